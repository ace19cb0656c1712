"""The 质检 dock: a finding is read whole below the list, which is filtered, grouped, exported and follows edits."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from qgis.PyQt.QtCore import Qt

from tests.desk.small_plan import HAMLETS, VILLAGES
from tests.gui.checked import Checked, checked_dock
from tests.gui.conftest import Desk
from village_planner.base import SilentFeedback
from village_planner.checks.waivers import FIXED, OPEN
from village_planner.desk.steps import check_plan
from village_planner.gui import findings_dock
from village_planner.gui.finding_pane import quantity
from village_planner.gui.finding_rows import NOT_CHECKED, FindingRow
from village_planner.gui.findings_model import FindingsModel
from village_planner.gui.telling import Teller
from village_planner.standards import load_profile


@pytest.fixture
def checked(desk: Desk, qtbot: Any) -> Checked:
    return checked_dock(desk, qtbot)


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
