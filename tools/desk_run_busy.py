"""Measures in a real QGIS how long the window stands still while a full check runs: `python -m tools.desk_run_busy [size | plan file]`."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from tools import desktop, environment
from tools.run_demo import run_demo
from village_planner.plan import PlanFile

BUSY = environment.BUILD / "desk-busy"
SCRIPT = environment.ROOT / "tools" / "desk_busy_script.py"
PLAN_VARIABLE = "DESK_BUSY_PLAN"
FIGURES, RECORD = "figures.json", "blocks.txt"
TIMEOUT_S = 3 * 3600


def measure(plan: Path, folder: Path = BUSY) -> int:
    """Work on a copy of a plan and its control layers in `folder` (emptied first); returns QGIS's exit code."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    copy = folder / plan.name
    PlanFile(plan).copy_to(copy)
    shutil.copy(PlanFile(plan).layers_path, PlanFile(copy).layers_path)
    return desktop.drive(SCRIPT, folder, {PLAN_VARIABLE: str(copy)}, TIMEOUT_S)


def report(folder: Path = BUSY) -> str:
    """A line for each step: its seconds, its longest block, and that of our own."""
    figures = json.loads((folder / FIGURES).read_text(encoding="utf-8"))
    lines = [
        f"{step['seconds']:7.1f} s  longest block {1000 * step['longest']:6.0f} ms, own {1000 * step['own']:6.0f} ms  {step['name']}  {step['where']}"
        for step in figures["steps"]
    ]
    return "\n".join([*lines, ", ".join(f"{name} {count}" for name, count in figures["done"].items())])


def main(what: str = "county") -> int:
    """Measure the demo of a size, or a plan file, and print the figures; what ran in each long block is in build/desk-busy/blocks.txt."""
    plan = Path(what)
    if plan.suffix != ".gpkg":
        plan = Path(run_demo(what, "known")["plan"])
    exit_code = measure(plan.absolute())
    print(report())
    return exit_code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
