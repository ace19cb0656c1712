"""The 质检 dock: differences between rosters are settled from there, findings explained and accepted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from qgis.PyQt.QtWidgets import QDialog

from tests.desk.small_plan import HAMLETS, VILLAGES
from tests.gui.checked import DIFFERENCES, UNIT, Checked, checked_dock
from tests.gui.conftest import Desk
from village_planner.base import SilentFeedback
from village_planner.desk.steps import check_plan
from village_planner.gui import findings_dock, settle_dialogs
from village_planner.gui.finding_rows import fate_sentence
from village_planner.gui.settle_dialogs import ACCEPTED, EXPLAINED, CommitteesDialog, SettleDialog
from village_planner.gui.waiver_dialogs import AcceptDialog
from village_planner.standards import load_profile


@pytest.fixture
def checked(desk: Desk, qtbot: Any) -> Checked:
    return checked_dock(desk, qtbot)


def answer(monkeypatch: pytest.MonkeyPatch, give: Any) -> list[Any]:
    asked: list[Any] = []

    def accepted(dialog: QDialog) -> bool:
        asked.append(dialog)
        give(dialog)
        return True

    monkeypatch.setattr(settle_dialogs, "accepted", accepted)
    return asked


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
