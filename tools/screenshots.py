"""Pictures the plugin at work on the demo in a real QGIS in Chinese, into build/screenshots."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tools import desktop, environment
from tools.run_demo import run_demo

LONGEST_S = 900
SHOTS = environment.BUILD / "screenshots"


def main() -> int:
    """Picture a copy of the demo plan, so that the demo stays as it was written."""
    plan = Path(run_demo()["plan"])
    shutil.rmtree(SHOTS, ignore_errors=True)
    work = SHOTS / "plan"
    work.mkdir(parents=True)
    for path in (plan, plan.with_suffix(".layers.gpkg")):
        if path.exists():
            shutil.copy(path, work / path.name)
    script = environment.ROOT / "tools" / "desk_script.py"
    # The history names who is at work.
    surroundings = {desktop.OPEN_VARIABLE: str(work / plan.name), "LOGNAME": "规划员"}
    exit_code = desktop.drive(script, SHOTS, surroundings, LONGEST_S)
    for picture in sorted(SHOTS.glob("*.png")):
        print(picture.relative_to(environment.ROOT))
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
