"""All rules of a plan, with the findings stored: what `villageplanner:check` does, in a copy of the plan file that has never been checked."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import shapely

from benchmarks.county import parcels_of
from benchmarks.measuring import Run, peak_mb
from village_planner.base import SilentFeedback
from village_planner.desk.steps import check_plan


def main() -> None:
    """Check the plan file of the first argument."""
    plan = Path(sys.argv[1])
    with tempfile.TemporaryDirectory(dir=plan.parent) as folder:
        copy = Path(shutil.copy(plan, folder))
        copy.with_suffix(".layers.gpkg").symlink_to(plan.with_suffix(".layers.gpkg").resolve())
        wall, cpu = time.perf_counter(), time.process_time()
        outcome = check_plan(copy, SilentFeedback())
        seconds, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rules = sorted(outcome.seconds.items(), key=lambda item: -item[1])
    run = Run(seconds, cpu, peak_mb(), shapely.geos_version_string)
    print(json.dumps({**asdict(run), "findings": len(outcome.findings), "rules": rules, "parcels": parcels_of(plan)}))


if __name__ == "__main__":
    main()
