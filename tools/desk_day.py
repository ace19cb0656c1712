"""A planner's whole day in a real QGIS on a virtual display, then the next morning: `python -m tools.desk_day long` or `short`."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from tools import desktop, environment
from village_planner.demo import write_demo

DAY = environment.BUILD / "desk-day"
SCRIPT = environment.ROOT / "tools" / "desk_day_script.py"
FOLDER_VARIABLE, KIND_VARIABLE, PART_VARIABLE = "DESK_DAY_FOLDER", "DESK_DAY_KIND", "DESK_DAY_PART"
PARTS = ("day", "morning")
SIZES = {"short": "township", "long": "county"}
TIMEOUT_S = {"short": 200, "long": 1800}


def run_day(kind: str, folder: Path, shots: Path) -> int:
    """Write the demo's files into `folder` (emptied first) and let the script work with them; pictures and figures go to `shots`.

    kind: `short` (a township, some control layers) or `long` (a county, all of them).
    Returns QGIS's exit code: 0 when both parts came through.
    """
    for old in (folder, shots):
        shutil.rmtree(old, ignore_errors=True)
    write_demo(folder, SIZES[kind], "none", 1)
    for part in PARTS:
        extra = {FOLDER_VARIABLE: str(folder), KIND_VARIABLE: kind, PART_VARIABLE: part}
        exit_code = desktop.drive(SCRIPT, shots, extra, TIMEOUT_S[kind])
        if exit_code:
            return exit_code
    return 0


def plan_path(folder: Path) -> Path:
    """Where the day makes its plan."""
    return folder / "规划" / "布局规划.gpkg"


def figures_path(shots: Path, part: str) -> Path:
    """Where the figures of a part of the day lie: a list of the steps of tools/desk_watch.py."""
    return shots / f"{part}.json"


def report(shots: Path) -> str:
    """The steps with their seconds and the longest block of the main thread, one a line."""
    lines = []
    for part in PARTS:
        path = figures_path(shots, part)
        steps: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
        lines += [f"{step['seconds']:7.2f} s  longest block {1000 * step['longest']:6.0f} ms  {step['name']}  {step['where']}" for step in steps]
    return "\n".join(lines)


def main(kind: str = "long") -> int:
    """Run the day under build/desk-day and print its figures."""
    shots = DAY / kind
    exit_code = run_day(kind, DAY / f"{kind}-files", shots)
    print(report(shots))
    return exit_code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
