"""The surroundings in which QGIS, qgis_process and the tests run: a profile of their own, the staged plugin, PROJ data, UTF-8."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
STAGED_PLUGINS = BUILD / "plugins"
# What a shell, a venv or pytest-qgis sets and would send QGIS to another Python or profile.
_MISLEADING = ("PYTHONHOME", "VIRTUAL_ENV", "QGIS_OPTS", "QGIS_OPTIONS_PATH")


def qgis_environment(config_path: Path | None = None, plugin_path: Path = STAGED_PLUGINS) -> dict[str, str]:
    """Environment of a QGIS process without a display that sees only our plugin and no profile of the user's.

    `config_path`: folder of the profile, made by QGIS when it is missing; None means the one under build/.
    `plugin_path`: folder that holds `village_planner/`.
    """
    environment = desktop_environment(plugin_path)
    environment["QT_QPA_PLATFORM"] = "offscreen"
    environment["QGIS_CUSTOM_CONFIG_PATH"] = str(config_path or BUILD / "qgis-config")
    return environment


def desktop_environment(plugin_path: Path = STAGED_PLUGINS) -> dict[str, str]:
    """Environment of a QGIS desktop: as `qgis_environment`, but with the display and the profile left to the caller."""
    environment = {key: value for key, value in os.environ.items() if key not in _MISLEADING}
    environment["QGIS_PLUGINPATH"] = str(plugin_path)
    environment["PYTHONPATH"] = sysconfig.get_paths()["purelib"]
    # pyproj from pip, and pyproj in a venv, do not find Debian's PROJ data by themselves.
    environment["PROJ_DATA"] = environment["PROJ_LIB"] = os.environ.get("PROJ_DATA", "/usr/share/proj")
    # QGIS 3.22 itself calls what Python has deprecated; stderr is for the planner.
    environment.setdefault("PYTHONWARNINGS", "ignore::DeprecationWarning")
    # QGIS asks before it quits when a project lies in the temporary folder.
    environment["TMPDIR"] = _folder(BUILD / "tmp")
    if not Path(environment.get("XDG_RUNTIME_DIR", "")).is_dir() or not environment.get("XDG_RUNTIME_DIR"):
        environment["XDG_RUNTIME_DIR"] = _folder(BUILD / "run", mode=0o700)
    # In the C locale Qt cannot spell Chinese file names.
    if "utf" not in (environment.get("LC_ALL") or environment.get("LC_CTYPE") or environment.get("LANG") or "").lower():
        environment["LC_ALL"] = "C.UTF-8"
    return environment


def qgis_process_command() -> str:
    """Path of qgis_process; the wrapper of Debian 12 is broken (it injects an option), its `.bin` is not."""
    command = shutil.which("qgis_process.bin") or shutil.which("qgis_process")
    if command is None:
        raise FileNotFoundError("qgis_process is not installed: run `make setup`")
    return command


def parameter_arguments(parameters: Mapping[str, Any]) -> list[str]:
    """Parameters as qgis_process takes them: KEY=value, a list as the key several times, null left out."""
    arguments = []
    for key, value in parameters.items():
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if one is not None:
                arguments.append(f"{key}={str(one).lower() if isinstance(one, bool) else one}")
    return arguments


def main() -> None:
    """Run the command given as arguments in the QGIS environment, from the root of the checkout."""
    os.chdir(ROOT)
    environment = qgis_environment()
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), environment["PYTHONPATH"]])
    os.execvpe(sys.argv[1], sys.argv[1:], environment)


def _folder(path: Path, mode: int = 0o755) -> str:
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(mode)
    return str(path)


if __name__ == "__main__":
    main()
