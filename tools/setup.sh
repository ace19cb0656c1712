#!/usr/bin/env bash
# Installs what the project needs and does not find: Debian packages first, then the Python packages in .venv.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly VENV=.venv
readonly STAMP=$VENV/village-planner.stamp

fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}

debian_release() {
    local ID='' VERSION_ID='' VERSION_CODENAME=''
    [ -r /etc/os-release ] && . /etc/os-release
    case "$ID:$VERSION_ID" in
        debian:12) echo 12 ;;
        debian:*) echo 13 ;;
        *) echo "setup: this set-up is made for Debian 12 and 13, not for '${ID:-unknown} ${VERSION_ID:-}'; going on as on Debian 13." >&2
           echo 13 ;;
    esac
}

debian_packages() {
    printf '%s\n' \
        qgis python3-qgis python3-gdal gdal-bin python3-pandas python3-openpyxl python3-lxml python3-pyproj python3-scipy proj-bin proj-data \
        python3-venv ca-certificates \
        pyqt5-dev-tools qttools5-dev-tools qttranslations5-l10n fonts-noto-cjk fonts-open-sans \
        xvfb xdotool imagemagick x11-utils poppler-utils
    # Debian 12 has shapely 1.8; there pip brings 2.0.
    [ "$1" -ge 13 ] && echo python3-shapely
    return 0
}

missing_packages() {
    local package
    debian_packages "$1" | while read -r package; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
    done
}

install_packages() {
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "these Debian packages are missing, and you are neither root nor is there sudo. Ask your administrator for: apt-get install $*"
        as_root=(sudo)
    fi
    echo "setup: installing Debian packages (some minutes when QGIS is among them): $*"
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends -o Dpkg::Use-Pty=0 "$@" ||
        fail "apt-get could not install the packages above; see its message."
}

# The first python3 on PATH may be pyenv's or conda's, which cannot see Debian's QGIS.
python_with_qgis() {
    local python
    for python in /usr/bin/python3 /usr/bin/python3.[0-9]* /usr/local/bin/python3; do
        if [ -x "$python" ] && "$python" -c 'import qgis.core' 2>/dev/null; then
            echo "$python"
            return
        fi
    done
    fail "no Python on this machine can import qgis, though python3-qgis is installed."
}

venv_works() {
    [ -x "$VENV/bin/python" ] && "$VENV/bin/python" -c 'import qgis.core' 2>/dev/null
}

wanted_state() {
    echo "debian $1"
    sha256sum tools/setup.sh constraints/requirements.txt "constraints/debian$1.txt"
}

main() {
    unset PYTHONHOME PYTHONPATH VIRTUAL_ENV
    export PIP_DISABLE_PIP_VERSION_CHECK=1
    local release wanted missing=()
    release=$(debian_release)
    wanted=$(wanted_state "$release")
    if [ -f "$STAMP" ] && [ "$(cat "$STAMP")" = "$wanted" ] && venv_works; then
        return
    fi

    command -v dpkg-query >/dev/null || fail "no dpkg here: this set-up needs Debian 12 or 13."
    mapfile -t missing < <(missing_packages "$release")
    [ "${#missing[@]}" -eq 0 ] || install_packages "${missing[@]}"

    if ! venv_works; then
        rm -rf "$VENV"
        "$(python_with_qgis)" -m venv --system-site-packages "$VENV"
    fi
    echo "setup: Python packages into $VENV"
    "$VENV/bin/python" -m pip install -q -c "constraints/debian$release.txt" -r constraints/requirements.txt ||
        fail "pip could not install the Python packages; is there a network, or a package index that pip knows?"
    echo "$wanted" >"$STAMP"
}

main
