"""The 质检 dock: a finding is read whole below the list, and differences between rosters are settled from there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtWidgets import QDialog

from tests.desk.small_plan import HAMLETS, VILLAGES
from tests.gui.conftest import Desk
from village_planner.base import SilentFeedback
from village_planner.desk.steps import check_plan
from village_planner.gui import settle_dialogs
from village_planner.gui.finding_pane import FindingPane, quantity
from village_planner.gui.finding_rows import FindingRow
from village_planner.gui.findings_dock import FindingsDock
from village_planner.gui.findings_model import FindingsModel
from village_planner.gui.running import StepRunner
from village_planner.gui.settle_dialogs import ACCEPTED, EXPLAINED, CommitteesDialog, SettleDialog
from village_planner.gui.telling import Teller
from village_planner.standards import load_profile

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


@pytest.fixture
def checked(desk: Desk, qtbot: Any) -> Iterator[Checked]:
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
    desk.session.refresh_findings()
    dock.show()
    yield Checked(desk, dock)


def answer(monkeypatch: pytest.MonkeyPatch, give: Any) -> list[Any]:
    asked: list[Any] = []

    def accepted(dialog: QDialog) -> bool:
        asked.append(dialog)
        give(dialog)
        return True

    monkeypatch.setattr(settle_dialogs, "accepted", accepted)
    return asked


def test_a_chosen_finding_is_told_whole(checked: Checked) -> None:
    row = checked.choose_rule("QC-7108")
    text = checked.pane.text.toPlainText()
    rule = load_profile().rule("QC-7108")
    assert row.measure is not None
    for part in (row.sentence, rule.title, rule.basis, "甲湾", quantity(row.measure, row.unit), quantity(row.limit, row.unit)):
        assert part in text
    assert checked.pane.settle.isHidden()


@pytest.mark.parametrize(("value", "unit", "shown"), [
    (1234.5, "m2", "1,234.50 m²"), (0.667, "share", "66.7 %"), (12, "households", "12 households"), (None, "m2", ""),
])  # fmt: skip
def test_a_measure_is_shown_with_its_unit(value: float | None, unit: str, shown: str) -> None:
    assert quantity(value, unit) == shown


def test_a_new_name_is_taken_over_as_one_undo_step(checked: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    def give(dialog: SettleDialog) -> None:
        dialog.way.set_value(ACCEPTED)
        dialog.explanation.setText("已更名")

    answer(monkeypatch, give)
    checked.choose(f"民政.csv/{VILLAGES[0]}")
    assert not checked.pane.settle.isHidden()
    checked.pane.settle.click()
    session = checked.desk.session
    assert session.name_of("village", VILLAGES[0]) == "甲新村" and f"民政.csv/{VILLAGES[0]}" not in checked.listed()
    assert checked.desk.text(VILLAGES[0], 0) == "甲新村"
    session.undo()
    assert session.name_of("village", VILLAGES[0]) == "甲村" and f"民政.csv/{VILLAGES[0]}" in checked.listed()


def test_a_village_that_is_taken_in_appears_in_the_table(checked: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    def give(dialog: SettleDialog) -> None:
        dialog.way.set_value(ACCEPTED)
        dialog.explanation.setText("新设")

    dialogs = answer(monkeypatch, give)
    checked.choose(f"民政.csv/{UNIT['code']}")
    checked.pane.settle.click()
    assert not dialogs[0].kind.isHidden()
    assert checked.desk.text(UNIT["code"], 0) == "丁村"


def test_what_cannot_be_taken_over_is_not_offered(checked: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    dialogs = answer(monkeypatch, lambda dialog: dialog.explanation.setText("历史代码"))
    checked.choose("民政.csv/990001001999")
    checked.pane.settle.click()
    assert dialogs[0].way.findData(ACCEPTED) < 0 and dialogs[0].way.value() == EXPLAINED
    settled = checked.desk.session.data.roster_difference.set_index("code")
    assert settled.loc["990001001999", "settled"] == "explained" and settled.loc["990001001999", "explanation"] == "历史代码"


def test_a_settlement_needs_an_explanation(qgis_app: Any, qtbot: Any) -> None:
    dialog = SettleDialog(DIFFERENCES[0], "……", load_profile())
    qtbot.addWidget(dialog)
    ok = dialog._buttons.button(dialog._buttons.StandardButton.Ok)
    assert not ok.isEnabled()
    dialog.explanation.setText("已更名")
    assert ok.isEnabled()


def test_committees_are_settled_many_at_once_and_the_rest_stays_open(checked: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    def first(dialog: CommitteesDialog) -> None:
        dialog.table.selectRow(0)
        dialog.kind_buttons["rural_community"].click()

    answer(monkeypatch, first)
    checked.choose("名录.xlsx/committees")
    checked.pane.settle.click()
    kinds = checked.desk.session.data.village.set_index("code")["kind"]
    assert list(kinds[list(VILLAGES[1:])]) == ["rural_community", "committee"] and "名录.xlsx/committees" in checked.listed()

    def rest(dialog: CommitteesDialog) -> None:
        assert dialog.table.rowCount() == 1
        dialog.kind_buttons["urban_community"].click()

    answer(monkeypatch, rest)
    checked.choose("名录.xlsx/committees")
    checked.pane.settle.click()
    assert checked.desk.session.data.village.set_index("code")["kind"][VILLAGES[2]] == "urban_community"
    assert "名录.xlsx/committees" not in checked.listed()


def test_no_answer_settles_nothing(qgis_app: Any, qtbot: Any) -> None:
    dialog = CommitteesDialog(DIFFERENCES[3]["detail"], "……", load_profile())
    qtbot.addWidget(dialog)
    assert not dialog._buttons.button(dialog._buttons.StandardButton.Ok).isEnabled() and dialog.answers() == {}


def test_a_settlement_is_refused_in_words_while_a_layer_is_edited(checked: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = next(layer for layer in checked.desk.session.plan_layers() if layer.name() == "居民点用地")
    layer.startEditing()
    answer(monkeypatch, lambda dialog: dialog.explanation.setText("已更名"))
    checked.choose(f"民政.csv/{VILLAGES[0]}")
    checked.pane.settle.click()
    assert "居民点用地" in checked.desk.bar.told[-1] and f"民政.csv/{VILLAGES[0]}" in checked.listed()
    layer.rollBack()
