"""Real QGIS desktops: one for the user with the demo open, and one on a virtual display that a script drives and pictures."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tools import environment
from tools.stage import PLUGIN

OPEN_VARIABLE = "VILLAGE_PLANNER_OPEN"
SCRIPT_VARIABLE = "VILLAGE_PLANNER_SCRIPT"
SHOTS_VARIABLE = "VILLAGE_PLANNER_SHOTS"
PROFILE = "village-planner"
SCREEN = (1366, 768)

# `showTips322` and the like: QGIS names the setting after its version.
_TIPS = "\n".join(f"showTips{version}=false" for version in range(322, 400, 2))
_SETTINGS = f"""[locale]
overrideFlag=true
userLocale=zh-Hans

[PythonPlugins]
{PLUGIN}=true

[qgis]
checkVersion=false
{_TIPS}

[app]
minTaskLengthForSystemNotification=3600

[core]
NewsFeed\\httpsfeedqgisorg\\disabled=true

[plugins]
automatically-check-for-updates=false
"""


def open_plan(plan: Path) -> int:
    """Open a plan in QGIS in Chinese on the user's display; returns QGIS's exit code when the user closes it."""
    profiles = environment.BUILD / "desktop"
    prepare_profile(profiles)
    surroundings = {**environment.desktop_environment(), OPEN_VARIABLE: str(plan)}
    return subprocess.run(_qgis_command(profiles), env=surroundings, check=False).returncode


def drive(script: Path, shots: Path, extra: Mapping[str, str] | None = None, timeout_s: float = 180) -> int:
    """Start QGIS with a fresh Chinese profile on a virtual display and let `script` drive it.

    `script`: Python file with a function `drive(desk)`; see tools/inside_qgis.py for what `desk` offers.
    `shots`: folder that `desk.shot(name)` writes pictures to; made when missing.
    `extra`: environment variables for QGIS, such as OPEN_VARIABLE.
    Returns QGIS's exit code, which is not 0 when the script failed; raises subprocess.TimeoutExpired, and `stuck.png` shows why.
    """
    shots.mkdir(parents=True, exist_ok=True)
    environment.BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="driven-", dir=environment.BUILD, ignore_cleanup_errors=True) as profiles, virtual_display() as display:
        prepare_profile(Path(profiles))
        surroundings = {
            **environment.desktop_environment(), "DISPLAY": display, "QT_QPA_PLATFORM": "xcb",
            SCRIPT_VARIABLE: str(script), SHOTS_VARIABLE: str(shots), **(extra or {}),
        }
        surroundings["PYTHONPATH"] = os.pathsep.join([str(environment.ROOT), surroundings["PYTHONPATH"]])
        inside = str(environment.ROOT / "tools" / "inside_qgis.py")
        qgis = subprocess.Popen([*_qgis_command(Path(profiles)), "--code", inside], env=surroundings)
        try:
            return qgis.wait(timeout_s)
        except subprocess.TimeoutExpired:
            # A dialog that nobody answers: the picture shows which.
            picture = ["import", "-display", display, "-window", "root", str(shots / "stuck.png")]
            subprocess.run(picture, check=False)
            raise
        finally:
            if qgis.poll() is None:
                qgis.kill()
                qgis.wait()


def prepare_profile(profiles: Path) -> None:
    """Write a QGIS profile with the Chinese interface and our plugin on; in one that is there already, only the plugin is switched on."""
    settings = profiles / "profiles" / PROFILE / "QGIS" / "QGIS3.ini"
    if not settings.exists():
        settings.parent.mkdir(parents=True)
        settings.write_text(_SETTINGS, encoding="utf-8")
        return
    # QGIS switches a plugin off that was loading when the process was killed, and notes it under watchDog.
    lines = settings.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(f"watchDog\\{PLUGIN}=")]
    settings.write_text("\n".join(f"{PLUGIN}=true" if line == f"{PLUGIN}=false" else line for line in kept) + "\n", encoding="utf-8")


@contextmanager
def virtual_display(screen: tuple[int, int] = SCREEN) -> Iterator[str]:
    """An Xvfb of the given width and height in pixels while the block runs; yields its DISPLAY."""
    reading, writing = os.pipe()
    width, height = screen
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as numbers:
            number = numbers.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        yield f":{number}"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def _qgis_command(profiles: Path) -> list[str]:
    return ["qgis", "--nologo", "--noversioncheck", "--profiles-path", str(profiles), "--profile", PROFILE]
