"""The 质检 dock with the findings of a check of the small plan, whose roster has differences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qgis.gui import QgsMessageBar

from tests.desk.small_plan import HAMLETS, VILLAGES
from tests.gui.conftest import Desk
from village_planner.base import SilentFeedback
from village_planner.desk.steps import check_plan
from village_planner.gui.finding_pane import FindingPane
from village_planner.gui.finding_rows import FindingRow
from village_planner.gui.findings_dock import FindingsDock
from village_planner.gui.findings_model import FindingsModel
from village_planner.gui.running import StepRunner
from village_planner.gui.telling import Teller

UNIT = {"code": "990001001203", "name": "丁村", "township_code": "990001001", "township_name": "东乡"}
DIFFERENCES = [
    {"source": "民政.csv", "code": VILLAGES[0], "name": "甲新村", "kind": "renamed", "village_code": VILLAGES[0], "detail": {}},
    {"source": "民政.csv", "code": UNIT["code"], "name": "丁村", "kind": "extra", "village_code": None, "detail": {"unit": UNIT}},
    {"source": "民政.csv", "code": "990001001999", "name": "乙村", "kind": "recoded", "village_code": VILLAGES[1], "detail": {}},
    {
        "source": "名录.xlsx", "code": "committees", "name": "", "kind": "committees", "village_code": None,
        "detail": {"codes": list(VILLAGES[1:]), "names": ["乙居委会", "丙居委会"]},
    },
]


@dataclass
class Checked:
    """The dock with the findings of a check."""

    desk: Desk
    dock: FindingsDock

    def choose(self, difference: str) -> None:
        self.choose_row(next(row for row in self.model.shown() if row.difference == difference))

    def choose_row(self, row: FindingRow) -> None:
        self.dock.view.tree.setCurrentIndex(self.model.index_of(self.model.shown().index(row)))

    def choose_rule(self, rule: str) -> FindingRow:
        row = next(row for row in self.model.shown() if row.rule == rule)
        self.choose_row(row)
        return row

    def row(self, key: str) -> FindingRow:
        return next(row for row in self.model.rows() if row.key == key)

    def listed(self) -> set[str]:
        return {row.difference for row in self.model.shown() if row.difference}

    @property
    def model(self) -> FindingsModel:
        return self.dock.view.model

    @property
    def pane(self) -> FindingPane:
        return self.dock.view.pane


def checked_dock(desk: Desk, qtbot: Any) -> Checked:
    """The plan with differences, two committees and a move to cash, checked, in the dock."""
    with desk.session.writing("名录") as tx:
        tx.insert("roster_difference", DIFFERENCES)
        for code in VILLAGES[1:]:
            tx.update("village", {"code": code}, kind="committee")
    desk.session.set_action([HAMLETS[1]], "merge", "撤并")
    desk.session.save_moves([{"hamlet_code": HAMLETS[1], "destination_kind": "cash", "households": 4, "persons": 33}], "任务")
    check_plan(desk.session.path, SilentFeedback())
    teller = Teller(desk.bar)
    dock = FindingsDock(desk.session, desk.layers, None, teller, StepRunner(QgsMessageBar(), teller, desk.session))
    qtbot.addWidget(dock)
    desk.session.reload()
    dock.show()
    return Checked(desk, dock)
