#!/usr/bin/env bash
# Runs a command of this checkout in a chroot of another Debian release: tools/chroot.sh SUITE [COMMAND ...], as root.
# The chroot is made once with debootstrap and kept in VILLAGE_PLANNER_CHROOTS (default /var/cache/village-planner); the
# checkout's files are copied into it, its .venv and build/ stay there between runs.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly SUITE=${1:?usage: tools/chroot.sh SUITE [COMMAND ...]}
shift
readonly CHROOTS=${VILLAGE_PLANNER_CHROOTS:-/var/cache/village-planner}
readonly ROOT=$CHROOTS/$SUITE
readonly HOME_IN=/srv/village-planner # checkout and shared data lie beside each other in it

fail() {
    printf 'chroot: %s\n' "$*" >&2
    exit 1
}

mirror() {
    # The mirror of the host, so that a closed network needs no other.
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1
}

make_root() {
    [ -f "$ROOT/complete" ] && return
    command -v debootstrap >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends debootstrap ||
        { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends debootstrap; } ||
        fail "debootstrap could not be installed."
    local mirror
    mirror=$(mirror)
    [ -n "$mirror" ] || { apt-get update -q; mirror=$(mirror); }
    [ -n "$mirror" ] || fail "no Debian mirror in the sources of apt."
    rm -rf "$ROOT"
    mkdir -p "$ROOT"
    echo "chroot: making Debian $SUITE in $ROOT (some minutes)"
    debootstrap --variant=minbase --include=ca-certificates,git,make,sudo "$SUITE" "$ROOT" "$mirror" >"$CHROOTS/$SUITE.log" 2>&1 ||
        { tail -n 20 "$CHROOTS/$SUITE.log" >&2; fail "debootstrap failed; its log is $CHROOTS/$SUITE.log"; }
    # Snapshots and sid may carry dates that apt would refuse.
    echo 'Acquire::Check-Valid-Until "false";' >"$ROOT/etc/apt/apt.conf.d/99village-planner"
    printf 'path-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\n' >"$ROOT/etc/dpkg/dpkg.cfg.d/village-planner"
    touch "$ROOT/complete"
}

copy_settings() {
    local file
    for file in /etc/resolv.conf /etc/hosts /etc/pip.conf /etc/ssl/certs/ca-certificates.crt; do
        [ -f "$file" ] && cp -L "$file" "$ROOT$file"
    done
    return 0
}

copy_checkout() {
    local target=$ROOT$HOME_IN/main kept
    mkdir -p "$target"
    for kept in "$target"/* "$target"/.[!.]*; do
        case "${kept##*/}" in
            .venv | build | '*' | '.[!.]*') ;;
            *) rm -rf "$kept" ;;
        esac
    done
    git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
        # A file that was deleted and not yet committed is listed too.
        [ ! -e "$file" ] || printf '%s\0' "$file"
    done | tar --null --files-from=- -cf - | tar -C "$target" -xf -
}

main() {
    [ "$(id -u)" -eq 0 ] || fail "this needs root (debootstrap and chroot): run it as root, or in CI."
    mkdir -p "$CHROOTS"
    make_root
    copy_settings
    copy_checkout
    local shared=${VILLAGE_PLANNER_SHARED:-../shared}
    mkdir -p "$ROOT$HOME_IN/shared"
    [ "$#" -gt 0 ] || set -- make test
    # A mount namespace of its own: whatever happens, nothing stays mounted.
    exec unshare --mount bash -c '
        set -euo pipefail
        root=$1 home=$2 shared=$3
        shift 3
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount -t tmpfs tmpfs "$root/run"
        [ ! -d "$shared" ] || { mount --bind "$shared" "$root$home/shared"; mount -o remount,ro,bind "$root$home/shared"; }
        exec chroot "$root" env HOME=/root LC_ALL=C.UTF-8 bash -c "cd \"\$0\" && exec \"\$@\"" "$home/main" "$@"
    ' chroot "$ROOT" "$HOME_IN" "$shared" "$@"
}

main "$@"
