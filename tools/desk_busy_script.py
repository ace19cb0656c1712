"""In a real QGIS: opens a plan, runs a full check while a planner works on, and writes down how long the window stood still."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from tools.desk_busy import BusyPlanner
from tools.desk_run_busy import FIGURES, PLAN_VARIABLE, RECORD
from tools.desk_script import PLUGIN, tidy
from tools.desk_watch import Watch

WORK_S = 3600
AFTER_S = 5


def drive(desk: Any) -> None:
    """Do it; `desk` is what tools/inside_qgis.py offers."""
    from qgis.utils import plugins

    window = plugins[PLUGIN].desk
    tidy(desk)
    watch = Watch(desk.shots / RECORD)
    planner = None
    try:
        watch.begin("open")
        window.open_in_task(Path(os.environ[PLAN_VARIABLE]))
        desk.wait_until(lambda: window.session.is_open and window.is_settled, WORK_S)
        watch.begin("figures of the overview")
        desk.settle(1)
        desk.wait_until(lambda: not window.overview.is_waiting, WORK_S)
        window.show_classify()
        desk.settle(1)
        planner = BusyPlanner(window, desk.iface.mapCanvas())
        watch.begin("work without a check")
        desk.settle(AFTER_S)
        watch.begin("work while a full check runs")
        window.check()
        desk.wait_until(lambda: window.is_settled, WORK_S)
        watch.begin("work after the check")
        desk.settle(AFTER_S)
        with watch.away():
            desk.shot("after")
    finally:
        done = {**planner.done, "refused": planner.refused} if planner is not None else {}
        if planner is not None:
            planner.stop()
        watch.stop()
        (desk.shots / FIGURES).write_text(json.dumps({"steps": watch.steps, "done": done}, ensure_ascii=False, indent=1), encoding="utf-8")
