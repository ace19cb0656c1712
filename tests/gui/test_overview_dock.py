"""The 总览 dock in the window: it sums the plan up, follows every change, and its links lead where they say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from qgis.PyQt.QtCore import QDate

from tests.desk.small_plan import HAMLETS, VILLAGES, make_plan
from tests.gui.fake_iface import FakeIface
from tests.plan.procedure import advance, approve
from village_planner.gui import approval_dialog, leads, plan_actions, scenario_bar
from village_planner.gui.approval_dialog import ApprovalDialog
from village_planner.gui.desk_window import DeskWindow
from village_planner.plan import PlanFile
from village_planner.plan.schema import Status

WAIT_MS = 20000


@pytest.fixture
def window(iface: FakeIface, tmp_path: Path, qtbot: Any) -> Iterator[DeskWindow]:
    made = DeskWindow(iface)
    made.open_plan(make_plan(tmp_path / "小规划.gpkg"))
    settle(made, qtbot)
    yield made
    made.close()


def settle(window: DeskWindow, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: not window.overview.is_waiting and window.is_settled, timeout=WAIT_MS)


def follow(window: DeskWindow, to: str) -> None:
    window.overview.wished.emit(to)


def test_the_dock_comes_first_and_sums_the_plan_up(window: DeskWindow) -> None:
    dock = window.overview
    assert window._docks[0] is dock and dock.isVisible()
    assert "应分类 3 个行政村" in dock.steps.text_of("decisions") and 'href="undecided"' in dock.steps.text_of("decisions")
    assert [bar.value for bar in dock.categories.bars][-1] == 3 and dock.land.figure("cleared_m2") == "0.00 ha"


def test_figures_are_grey_until_they_follow_a_decision(window: DeskWindow, qtbot: Any) -> None:
    window.session.set_category(VILLAGES, "01", "分类")
    assert window.overview.is_waiting
    settle(window, qtbot)
    assert "已分类 3 个" in window.overview.steps.text_of("decisions") and window.overview.categories.bars[0].value == 3


def test_links_lead_to_what_is_missing(window: DeskWindow, qtbot: Any) -> None:
    window.session.set_category(VILLAGES[:2], "01", "分类")
    window.session.set_action(list(HAMLETS), "retain", "保留")
    window.session.set_action(HAMLETS[1:2], "merge", "撤并")
    settle(window, qtbot)
    window.classify._search.setText("无此村")
    follow(window, "undecided")
    assert window.classify.isVisible() and window.classify.filter.rowCount() == 1
    follow(window, "select:unmoved")
    assert window.classify.selection.present().hamlets == [HAMLETS[1]]
    with window.session.writing("提取") as tx:
        tx.update("patch", {"code": "P1"}, note="由地类图斑提取，最近居民点 123 米，待核对")
    follow(window, "guessed")
    details = window.classify.details
    assert window.classify.selection.present().villages == [VILLAGES[0]] and details.currentWidget() is details.land


def test_a_missing_control_layer_opens_its_dialog_with_the_kind_chosen(window: DeskWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    from village_planner.gui import dialogs

    kinds: list[str] = []
    monkeypatch.setattr(dialogs, "accepted", lambda dialog: kinds.append(dialog.kind.value()))
    follow(window, "control:ecological_redline")
    assert kinds == ["ecological_redline"]


def test_open_differences_are_settled_from_here(window: DeskWindow, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with window.session.writing("导入名录") as tx:
        tx.insert("roster_difference", [{"source": "统计", "code": "990001001299", "name": "丁村", "kind": "extra"}])
    shown: list[list[str]] = []

    def look(dialog: Any) -> None:
        shown.append([dialog.table.item(0, column).text() for column in range(3)])

    monkeypatch.setattr(leads.DifferencesDialog, "exec", look)
    follow(window, "differences")
    settle(window, qtbot)
    assert shown[0][:2] == ["统计", "丁村"] and "丁村" in shown[0][2]


def test_scenarios_are_copied_compared_and_adopted(window: DeskWindow, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bar = window.overview.scenario_bar
    assert not bar.action("compare").isEnabled() and not bar.action("delete").isEnabled()
    monkeypatch.setattr(scenario_bar, "accepted", lambda dialog: True)
    bar.action("copy").trigger()
    settle(window, qtbot)
    assert window.session.scenario == "S2" and bar.combo.currentText() == "方案二"
    window.session.set_category(VILLAGES[:1], "04", "分类")
    seen: list[Any] = []
    from village_planner.gui.compare_dialog import CompareDialog

    monkeypatch.setattr(CompareDialog, "exec", lambda dialog: seen.append(dialog))
    bar.action("compare").trigger()
    settle(window, qtbot)
    (dialog,) = seen
    cells = [dialog.differences.item(0, column).text() for column in range(6)]
    assert dialog.differences.rowCount() == 1 and cells[1] == "甲村" and cells[4:] == ["undecided", "搬迁撤并类"]
    dialog.differences.cellDoubleClicked.emit(0, 0)
    assert window.classify.selection.present().villages == [VILLAGES[0]]
    bar.action("adopt").trigger()
    assert window.session.data.scenario == "S2" and not bar.action("adopt").isEnabled()
    window.session.choose_scenario("S1")
    bar.load()
    bar.action("delete").trigger()
    assert [code for code, _ in bar.scenarios.listed()] == ["S2"] and window.session.scenario == "S2"


def test_a_taken_title_is_refused_in_words(window: DeskWindow, iface: FakeIface, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def accept(dialog: Any) -> bool:
        dialog.title.setText("方案一")
        return True

    monkeypatch.setattr(scenario_bar, "accepted", accept)
    window.overview.scenario_bar.action("copy").trigger()
    settle(window, qtbot)
    assert "方案一" in iface.told() and len(window.session.data.tables["scenario"]) == 1


def filled(dialog: ApprovalDialog, date: str, end: str | None = None, **fields: str) -> bool:
    dialog.date.setDate(QDate.fromString(date, "yyyy-MM-dd"))
    if end is not None:
        dialog.end_date.setDate(QDate.fromString(end, "yyyy-MM-dd"))
    for name, value in {"document": "〔2026〕1号", "result": "通过", "person": "张三", **fields}.items():
        getattr(dialog, name).setText(value)
    return True


def test_a_step_is_recorded_with_its_document(window: DeskWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = tmp_path / "征求意见函.pdf"
    document.write_bytes(b"%PDF")

    def accept(dialog: ApprovalDialog) -> bool:
        dialog.evidence.setFilePath(str(document))
        return filled(dialog, "2026-01-05")

    monkeypatch.setattr(plan_actions, "accepted", accept)
    follow(window, "approve")
    assert window.session.status is Status.CONSULTATION
    assert window.session.data.evidence["title"].tolist() == ["征求意见函.pdf"]
    dialog = ApprovalDialog(window.session, None)
    assert [dialog.steps.item(0, column).text() for column in (0, 2, 4, 5)] == ["2026-01-05", "〔2026〕1号", "张三", "征求意见函.pdf"]


def test_a_notice_of_25_days_is_refused_in_words_and_one_of_30_passes(
    window: DeskWindow, iface: FakeIface, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance(window.session.file, "expert_review")
    window.session.reload()
    monkeypatch.setattr(plan_actions, "accepted", lambda dialog: filled(dialog, "2026-03-01", "2026-03-25"))
    follow(window, "approve")
    assert window.session.status is Status.PUBLIC_NOTICE
    monkeypatch.setattr(plan_actions, "accepted", lambda dialog: filled(dialog, "2026-03-26"))
    follow(window, "approve")
    assert "公示天数不足" in iface.told()
    assert window.session.status is Status.PUBLIC_NOTICE
    monkeypatch.setattr(plan_actions, "accepted", lambda dialog: filled(dialog, "2026-03-31", "2026-03-30"))
    follow(window, "approve")
    assert window.session.status is Status.COMMITTEE


def test_open_serious_findings_are_told_before_the_plan_is_submitted(window: DeskWindow) -> None:
    advance(window.session.file, "committee")
    window.session.reload()
    assert "3" in ApprovalDialog(window.session, 3).warning and "checked" in ApprovalDialog(window.session, None).warning
    assert ApprovalDialog(window.session, 0).warning == ""


def test_the_warning_before_an_approval_is_in_sight_whole(window: DeskWindow, qtbot: Any) -> None:
    advance(window.session.file, "submitted")
    window.session.reload()
    dialog = ApprovalDialog(window.session, 3, window.main_window)
    dialog.resize(dialog.minimumSizeHint())
    dialog.show()
    qtbot.waitExposed(dialog)
    label = dialog._warning
    assert dialog.warning.count("\n") == 1
    assert label.visibleRegion().boundingRect().height() >= label.heightForWidth(label.width())


def test_a_revision_needs_its_legal_ground(window: DeskWindow) -> None:
    approve(window.session.file)
    window.session.reload()
    dialog = ApprovalDialog(window.session, 0)
    dialog.to_status.set_value("revision")
    filled(dialog, "2026-06-01")
    assert not dialog._ok().isEnabled()
    dialog.legal_ground.setText("城乡规划法第四十七条")
    assert dialog._ok().isEnabled() and dialog.step().legal_ground == "城乡规划法第四十七条"


def test_after_the_approval_every_dock_says_locked_and_a_revision_opens_it_again(window: DeskWindow, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from village_planner.gui.revision_dialog import RevisionDialog
    from village_planner.gui.status_badge import StatusBadge

    window.session.set_category(VILLAGES[:1], "01", "分类")
    assert not window.overview._buttons["revision"].isEnabled()
    approve(window.session.file)
    window.session.reload()
    for dock in (window.overview, window.classify):
        assert not dock.findChild(StatusBadge).isHidden() and "locked" in dock.findChild(StatusBadge).text()
    assert not window.classify._buttons.isEnabled() and not window.overview.scenario_bar.action("copy").isEnabled()
    monkeypatch.setattr(plan_actions, "accepted", _revise)
    follow(window, "approve")
    assert window.session.status is Status.REVISION and window.classify._buttons.isEnabled()
    window.session.set_category(VILLAGES[:1], "04", "修改")
    seen: list[RevisionDialog] = []
    monkeypatch.setattr(RevisionDialog, "exec", lambda dialog: seen.append(dialog))
    follow(window, "revision")
    settle(window, qtbot)
    (dialog,) = seen
    assert dialog.table.rowCount() == 1 and dialog.table.item(0, 6).text() == "搬迁撤并类"
    path = window.session.path.with_name("对照表.csv")
    dialog.save(path)
    assert "搬迁撤并类" in path.read_text(encoding="utf-8-sig")


def _revise(dialog: ApprovalDialog) -> bool:
    dialog.to_status.set_value("revision")
    return filled(dialog, "2026-06-01", legal_ground="城乡规划法第四十七条")


def test_back_to_drafting_is_a_step_of_its_own(window: DeskWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    advance(window.session.file, "consultation")
    window.session.reload()

    def back(dialog: ApprovalDialog) -> bool:
        dialog.to_status.set_value("drafting")
        return "back" in dialog.warning and filled(dialog, "2026-02-01", result="退回修改")

    monkeypatch.setattr(plan_actions, "accepted", back)
    follow(window, "approve")
    assert window.session.status is Status.DRAFTING and PlanFile.open(window.session.path).status is Status.DRAFTING


def test_the_last_day_of_a_notice_is_offered_so_that_it_lasts_long_enough(window: DeskWindow) -> None:
    advance(window.session.file, "expert_review")
    window.session.reload()
    dialog = ApprovalDialog(window.session, 0)
    assert dialog.date.date().daysTo(dialog.end_date.date()) == approval_dialog.NOTICE_DAYS - 1


def test_a_change_after_the_check_is_told_beside_its_findings(window: DeskWindow, qtbot: Any) -> None:
    window.check()
    settle(window, qtbot)
    assert "changed since" not in window.overview._checked.text()
    window.overview.set_outdated(["QC-7102", "QC-7103"])
    assert "2 rules" in window.overview._checked.text()
    window.overview.set_outdated([])
    assert "changed since" not in window.overview._checked.text()


def test_a_plan_read_in_a_task_is_shown_whole(window: DeskWindow, tmp_path: Path, qtbot: Any) -> None:
    other = make_plan(tmp_path / "另一规划.gpkg")
    window.open_in_task(other)
    qtbot.waitUntil(lambda: window.session.path == other and window.is_settled, timeout=WAIT_MS)
    assert window.layers.hamlets.layer.featureCount() == 5
    settle(window, qtbot)
    assert len(list(window.classify.model.villages())) == 3 and "应分类 3 个" in window.overview.steps.text_of("decisions")
