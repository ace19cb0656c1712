"""The 质检 dock: a finding is read whole below the list, and differences between rosters are settled from there."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QDialog

from tests.desk.small_plan import HAMLETS, VILLAGES
from tests.gui.conftest import Desk
from village_planner.base import SilentFeedback
from village_planner.checks.waivers import FIXED, OPEN
from village_planner.desk.steps import check_plan
from village_planner.gui import findings_dock, settle_dialogs
from village_planner.gui.finding_pane import FindingPane, quantity
from village_planner.gui.finding_rows import NOT_CHECKED, FindingRow, fate_sentence
from village_planner.gui.findings_dock import FindingsDock
from village_planner.gui.findings_model import FindingsModel
from village_planner.gui.running import StepRunner
from village_planner.gui.settle_dialogs import ACCEPTED, EXPLAINED, CommitteesDialog, SettleDialog
from village_planner.gui.telling import Teller
from village_planner.gui.waiver_dialogs import AcceptDialog
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
    desk.session.reload()
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
    (3.8183, "deg", "3.82 °"), (2.0, "parts", "2 parts"), (5.0, "vertices", "5 vertices"),
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


def decided(checked: Checked) -> Checked:
    """The protected hamlet that is withdrawn, found by a check."""
    with checked.desk.session.writing("保护") as tx:
        tx.update("hamlet", {"code": HAMLETS[1]}, protection="traditional")
    check_plan(checked.desk.session.path, SilentFeedback())
    checked.desk.session.reload()
    return checked


def explained(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    def give(dialog: Any) -> bool:
        if isinstance(dialog, AcceptDialog):
            dialog.reviewer.setText("李审")
        else:
            dialog.reason.setPlainText(values.get("reason", "已论证"))
            dialog.person.setText("张三")
            dialog.evidence.setText(values.get("evidence", ""))
            if "file" in values:
                dialog.file.setFilePath(values["file"])
                dialog.copied.setChecked("copied" in values)
        return True

    monkeypatch.setattr(findings_dock, "accepted", give)


def test_an_explained_finding_leaves_the_list_and_undo_brings_it_back(checked: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    explained(monkeypatch)
    row = checked.choose_rule("QC-7108")
    open_before = checked.model.counts()["A"]
    checked.pane.explain.click()
    assert checked.row(row.key).state == "waived" and row.key not in {shown.key for shown in checked.model.shown()}
    assert checked.model.counts()["A"] == open_before - 1
    checked.dock.show_findings(state="waived")
    checked.choose_row(checked.row(row.key))
    for part in ("已论证", "张三"):
        assert part in checked.pane.text.toPlainText()
    checked.desk.session.undo()
    assert checked.row(row.key).state == "open" and len(checked.desk.session.data.waiver) == 0
    checked.desk.session.redo()
    assert checked.row(row.key).state == "waived"


def test_several_findings_get_one_explanation_as_one_action(checked: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    explained(monkeypatch)
    checked.dock.show_findings(severity="A")
    checked.dock.view.tree.selectAll()
    selected = checked.dock.view.selected()
    wanted = {row.key for row in selected if row.difference is None}
    assert 1 < len(wanted) < len(selected)
    checked.pane.explain_wished.emit()
    # Differences between rosters are settled, not explained away.
    assert set(checked.desk.session.data.waiver["finding_key"]) == wanted
    checked.desk.session.undo()
    assert checked.desk.session.data.waiver.empty


def test_a_protected_hamlet_is_excused_by_evidence_only(checked: Checked, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    decided(checked)
    explained(monkeypatch)
    row = checked.choose_rule("QC-7106")
    checked.pane.explain.click()
    assert checked.row(row.key).state == "open"
    checked.choose_rule("QC-7106")
    assert fate_sentence(checked.row(row.key)) in checked.pane.text.toPlainText() and checked.pane.accept.isHidden()
    paper = tmp_path / "前置审查.pdf"
    paper.write_bytes(b"%PDF")
    explained(monkeypatch, file=str(paper), copied="yes")
    checked.pane.explain.click()
    session = checked.desk.session
    assert checked.row(row.key).state == "waived" and session.data.evidence["content"].tolist() == [b"%PDF"]
    assert session.data.waiver["evidence"].tolist() == [paper.name]


def test_a_reviewer_accepts_and_takes_it_back_and_the_explanation_can_be_taken_back(checked: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    explained(monkeypatch)
    row = checked.choose_rule("QC-7108")
    checked.pane.explain.click()
    checked.dock.show_findings(state="all")
    for button, state in (
        (checked.pane.accept, "accepted"), (checked.pane.acceptance_back, "waived"), (checked.pane.remove, "open"),
    ):
        checked.choose_row(checked.row(row.key))
        button.click()
        assert checked.row(row.key).state == state
    assert checked.desk.session.data.waiver.empty


def test_an_explanation_dies_with_what_it_explained_and_that_is_told(checked: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    explained(monkeypatch)
    row = checked.choose_rule("QC-7108")
    checked.pane.explain.click()
    session = checked.desk.session
    move = session.data.move["code"].iloc[0]
    session.save_moves([{"code": move, "hamlet_code": HAMLETS[1], "households": 3}], "任务")
    check_plan(session.path, SilentFeedback(), changed_only=True)
    session.reload()
    assert (checked.row(row.key).state, checked.row(row.key).fate) == ("open", "died")
    checked.choose_row(checked.row(row.key))
    assert fate_sentence(checked.row(row.key)) in checked.pane.text.toPlainText()


def test_new_and_gone_findings_are_listed_and_the_gone_ones_are_struck_out(checked: Checked) -> None:
    session, model = checked.desk.session, checked.model
    assert not any(row.is_new for row in model.rows())
    gone = next(row for row in model.rows() if row.rule == "QC-7108" and row.measure is not None)
    session.save_moves([{"code": session.data.move["code"].iloc[0], "hamlet_code": HAMLETS[1], "households": 10, "persons": 33}], "任务")
    session.set_action([HAMLETS[3]], "relocate", "搬迁")
    check_plan(session.path, SilentFeedback(), changed_only=True)
    session.reload()
    checked.dock.show_findings(state="gone")
    assert gone.key in {row.key for row in model.shown()}
    assert model.data(model.index_of(0), Qt.ItemDataRole.FontRole).strikeOut()
    checked.choose_row(model.shown()[0])
    assert checked.pane.explain.isHidden()
    checked.dock.show_findings(state="new")
    assert model.shown() and all(row.is_new and row.state == "open" and row.since for row in model.shown())
    checked.dock.show_findings()
    assert gone.key not in {row.key for row in model.shown()}


def test_the_list_is_filtered_by_township_words_and_severity(checked: Checked) -> None:
    view, model = checked.dock.view, checked.model
    everything = len(model.shown())
    view.township.set_value("990001001")
    assert {row.township for row in model.shown()} == {"990001001"} and len(model.shown()) < everything
    view.township.set_value(None)
    view.search.setText("甲村 qc-7102")
    view._search_pause.timeout.emit()
    assert [(row.rule, row.village) for row in model.shown()] == [("QC-7102", VILLAGES[0])]
    checked.dock.show_findings(severity=NOT_CHECKED)
    assert model.shown() and not any(row.is_finding for row in model.shown())


def test_the_list_is_grouped_by_rule_and_by_village_and_keys_go_through_all(checked: Checked) -> None:
    view, model = checked.dock.view, checked.model
    flat = {id(row) for row in model.shown()}
    for grouping in ("rule", "village"):
        view.grouping.set_value(grouping)
        assert {id(row) for row in model.shown()} == flat and model.rowCount() < len(flat)
        titles = [model.index(number, 0).data() for number in range(model.rowCount())]
        assert len(set(titles)) == len(titles) and not any("–" in title for title in titles)
        view.tree.setCurrentIndex(model.index_of(-1))
        gone_to: list[FindingRow] = []
        view.gone_to.connect(gone_to.append)
        for _ in flat:
            view.step(1)
        assert gone_to == model.shown()
        view.step(1)
        view.step(-1)
        assert view.model.finding(view.tree.currentIndex()) is model.shown()[-2]
        view.gone_to.disconnect(gone_to.append)
    assert any("甲村" in title for title in titles)


def test_the_record_of_the_check_is_exported_with_what_was_not_checked(checked: Checked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "质检记录"
    monkeypatch.setattr(findings_dock.QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    monkeypatch.setattr(Teller, "done", lambda self, said, document=None: checked.desk.bar.told.append(said))
    checked.dock.export()
    with target.with_suffix(".csv").open(encoding="utf-8-sig") as stream:
        lines = list(csv.reader(stream))
    assert len(lines) == len(checked.model.rows()) + 1 and "未检查" in {line[4] for line in lines}
    monkeypatch.setattr(findings_dock.QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "没有" / "a.csv"), ""))
    checked.dock.export()
    assert "a.csv" in checked.desk.bar.told[-1]


def test_after_an_edit_the_quick_rules_run_by_themselves_and_the_others_are_told(checked: Checked, qtbot: Any) -> None:
    dock, session = checked.dock, checked.desk.session
    dock._automatic.setChecked(True)
    dock.freshness.adopt({"QC-7102": 60.0}, None)
    session.save_moves([{"code": session.data.move["code"].iloc[0], "hamlet_code": HAMLETS[1], "households": 10, "persons": 33}], "任务")
    session.set_category([VILLAGES[0]], "01", "分类")
    qtbot.waitUntil(lambda: not dock._stale.isHidden() and "QC-7102" in dock._stale.toolTip(), timeout=60000)
    assert "QC-7108" not in dock._stale.toolTip() and len(session.data.check_run) == 1
    households = [row for row in checked.model.rows() if row.rule == "QC-7108" and row.unit == "households" and row.hamlet == HAMLETS[1]]
    assert [row.state for row in households] == ["fixed"]
    check_plan(session.path, SilentFeedback(), changed_only=True)
    session.reload()
    qtbot.waitUntil(lambda: dock._stale.isHidden(), timeout=60000)


def test_after_a_check_of_all_rules_each_edit_is_followed_at_once(checked: Checked, qtbot: Any) -> None:
    dock, session = checked.dock, checked.desk.session
    freshness = dock.freshness
    dock._automatic.setChecked(True)
    # What waits for a pause does not run here.
    freshness._pause.setInterval(3_600_000)
    dock.check()
    qtbot.waitUntil(lambda: not dock._runner.is_busy and freshness.is_live and not session.turns.is_waiting, timeout=60_000)
    live = freshness._live
    session.set_action([HAMLETS[2]], "merge", "撤并")
    qtbot.waitUntil(lambda: any(row.rule == "QC-7103" and row.hamlet == HAMLETS[2] and row.state == OPEN for row in checked.model.rows()), timeout=60_000)
    (made,) = [row.key for row in checked.model.rows() if row.rule == "QC-7103" and row.hamlet == HAMLETS[2]]
    session.undo()
    qtbot.waitUntil(lambda: checked.row(made).state == FIXED, timeout=60_000)
    qtbot.waitUntil(lambda: freshness._task is None and not session.turns.is_waiting, timeout=60_000)
    assert freshness._live is live and live.run == session.data.check_run["code"].iloc[-1]


def test_after_a_check_of_some_rules_or_of_somebody_else_edits_are_not_followed(checked: Checked, qtbot: Any) -> None:
    dock, session = checked.dock, checked.desk.session
    dock.check()
    qtbot.waitUntil(lambda: not dock._runner.is_busy and dock.freshness.is_live and dock.freshness._task is None, timeout=60_000)
    check_plan(session.path, SilentFeedback())
    session.reload()
    assert not dock.freshness.is_live


def test_a_check_of_what_changed_goes_on_from_the_edits_that_were_followed(checked: Checked, qtbot: Any) -> None:
    dock, session = checked.dock, checked.desk.session
    freshness = dock.freshness
    dock._automatic.setChecked(True)
    dock.check()
    qtbot.waitUntil(lambda: not dock._runner.is_busy and freshness.is_live and freshness._task is None, timeout=60_000)
    live, run = freshness._live, session.data.check_run["code"].tolist()
    session.set_action([HAMLETS[2]], "merge", "撤并")
    qtbot.waitUntil(lambda: any(row.rule == "QC-7103" and row.hamlet == HAMLETS[2] for row in checked.model.rows()), timeout=60_000)
    qtbot.waitUntil(lambda: freshness._task is None and not live.is_behind and not live.outdated, timeout=60_000)
    dock.check_changed()
    qtbot.waitUntil(lambda: not dock._runner.is_busy, timeout=60_000)
    assert freshness._live is live and session.data.check_run["code"].tolist() == run


def test_without_the_tick_nothing_runs_by_itself(checked: Checked, qtbot: Any) -> None:
    dock, session = checked.dock, checked.desk.session
    dock._automatic.setChecked(False)
    before = session.data.check_run["at"].tolist()
    session.save_moves([{"code": session.data.move["code"].iloc[0], "hamlet_code": HAMLETS[1], "households": 10, "persons": 33}], "任务")
    qtbot.waitUntil(lambda: not dock._stale.isHidden(), timeout=60000)
    assert "QC-7108" in dock._stale.toolTip() and session.data.check_run["at"].tolist() == before
    session.undo()
    qtbot.waitUntil(lambda: dock._stale.isHidden(), timeout=60000)
    dock._automatic.setChecked(True)


def test_a_thousand_findings_do_not_hold_the_desk_up(checked: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        FindingRow(
            "ABC"[number % 3], f"QC-{number % 20}", f"村{number}", f"村{number} 有问题", village=str(number % 300), key=str(number), searched=f"村{number}",
        )
        for number in range(1000)
    ]
    asked: list[int] = []
    data = FindingsModel.data
    monkeypatch.setattr(FindingsModel, "data", lambda self, index, role=0: (asked.append(1), data(self, index, role))[1])
    checked.dock.view.load(rows, lambda grouping, row: row.rule)
    checked.dock.view.grouping.set_value("rule")
    checked.dock.view.search.setText("村99")
    checked.dock.view._search_pause.timeout.emit()
    checked.dock.grab()
    # The view asks for what is on the screen, not for every row.
    assert 0 < len(asked) < 9000 and len(checked.model.shown()) == 11
