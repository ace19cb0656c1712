"""Which villages lie inside the development boundary: worked out in a task, since a county's boundary has hundreds of thousands of vertices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication

from village_planner.accounts import villages_inside
from village_planner.desk.tasks import StepTask
from village_planner.plan import PlanData, PlanFile
from village_planner.standards import Profile

LOCATING_TABLES = frozenset({"village", "control_layer"})
"""What the answer rests on."""


def locate_villages(file: PlanFile, data: PlanData, profile: Profile, take: Callable[[frozenset[str]], None]) -> None:
    """Start a task that compares villages and boundary; `take` gets the codes of those that count as inside, on the main thread."""

    def step(_: Any) -> frozenset[str]:
        return villages_inside(data, PlanFile(file.path).layers(), profile)

    task = StepTask(QCoreApplication.translate("PlanSession", "Compare villages with the development boundary"), step)
    task.signals.finished.connect(take)
    task.start()
