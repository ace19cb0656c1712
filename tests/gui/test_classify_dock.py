"""The 分类 dock decides for one or many, follows the map, undoes, and says why it refuses."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QAbstractItemModelTester, QTest

from tests.desk.small_plan import HAMLETS, VILLAGES
from tests.gui.conftest import Desk
from tests.plan.procedure import approve
from tools.i18n import INTERFACE
from village_planner.desk.procedure import ApprovalStep, record_step
from village_planner.gui.village_model import ACTION, CATEGORY, CONSENT, HOUSEHOLDS, MOVES
from village_planner.plan.schema import Status

MARGINS = 8


def shown_villages(desk: Desk) -> list[str]:
    proxy = desk.dock.filter
    return [proxy.index(row, 0).data() for row in range(proxy.rowCount())]


def test_villages_unfold_to_their_hamlets(desk: Desk) -> None:
    model = desk.dock.model
    assert [model.rowCount(model.index_of(code)) for code in VILLAGES] == [3, 1, 1]
    assert desk.text(HAMLETS[1], 0) == "甲湾"
    assert desk.text(VILLAGES[0], HOUSEHOLDS) == "56"


def test_the_model_keeps_qts_rules_while_the_plan_changes(desk: Desk) -> None:
    tester = QAbstractItemModelTester(desk.dock.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    desk.session.set_category(VILLAGES, "01", "分类")
    desk.session.undo()
    assert tester.model() is desk.dock.model


def test_a_category_for_many_is_one_undo_step_with_its_name_in_the_history(desk: Desk) -> None:
    desk.dock.details.setCurrentWidget(desk.dock.details.history)
    desk.select(*VILLAGES[:2])
    desk.dock.categorize("04")
    assert [desk.text(code, CATEGORY) for code in VILLAGES] == ["搬迁撤并", "搬迁撤并", ""]
    assert "搬迁撤并类" in desk.dock.details.history.item(0).text() and "甲村" in desk.dock.details.history.item(0).text()
    desk.dock.undo()
    assert [desk.text(code, CATEGORY) for code in VILLAGES] == ["", "", ""]
    assert desk.dock.details.history.item(0).font().strikeOut()
    desk.dock.redo()
    assert desk.text(VILLAGES[1], CATEGORY) == "搬迁撤并"


def test_keys_decide_for_what_is_selected(desk: Desk, qtbot: Any) -> None:
    desk.select(VILLAGES[0])
    desk.dock.tree.setFocus()
    qtbot.waitExposed(desk.dock)
    QTest.keyClick(desk.dock.tree, Qt.Key.Key_3)
    QTest.keyClick(desk.dock.tree, Qt.Key.Key_W)
    assert desk.text(VILLAGES[0], CATEGORY) == "特色保护"
    assert {desk.text(code, ACTION) for code in HAMLETS[:3]} == {"撤并"}


def test_keys_typed_into_the_filter_decide_nothing(desk: Desk) -> None:
    desk.select(VILLAGES[0])
    desk.dock._search.setFocus()
    QTest.keyClick(desk.dock._search, Qt.Key.Key_1)
    assert desk.dock._search.text() == "1"
    assert len(desk.session.data.category) == 0


def test_an_action_for_a_village_is_that_of_its_hamlets_and_one_hamlet_may_differ(desk: Desk) -> None:
    desk.select(VILLAGES[0])
    desk.dock.act("retain")
    desk.select(HAMLETS[1])
    desk.dock.act("merge")
    assert [desk.text(code, ACTION) for code in HAMLETS[:3]] == ["保留", "撤并", "保留"]
    assert desk.text(VILLAGES[0], ACTION) != desk.text(VILLAGES[1], ACTION)


def test_nothing_selected_is_refused_in_words(desk: Desk) -> None:
    desk.dock.categorize("01")
    assert len(desk.session.data.category) == 0
    assert "选择" in desk.bar.told[-1]


def test_an_approved_plan_refuses_in_words_and_says_so_in_the_dock(desk: Desk) -> None:
    file = desk.session.file
    for status in ("consultation", "expert_review"):
        file.transition("测试", status, "2021-01-01", "文号", "同意")
    file.transition("测试", "public_notice", "2021-01-01", "文号", "同意", end_date="2021-02-15")
    for status in ("committee", "submitted", "approved"):
        file.transition("测试", status, "2021-03-01", "文号", "同意")
    desk.session.reload()
    desk.select(VILLAGES[0])
    desk.dock.categorize("01")
    desk.dock.act("merge")
    desk.dock.details.moves._destination.setText("")
    desk.dock._buttons.cleared.emit()
    assert desk.text(VILLAGES[0], CATEGORY) == "" and desk.text(HAMLETS[0], ACTION) == ""
    assert len(desk.bar.told) == 3 and all("已批复" in told for told in desk.bar.told)


def test_a_layer_in_edit_mode_refuses_in_words(desk: Desk) -> None:
    patches = next(layer for layer in desk.session.plan_layers() if layer.name() == "居民点用地")
    patches.startEditing()
    desk.select(VILLAGES[0])
    desk.dock.categorize("01")
    assert "居民点用地" in desk.bar.told[-1]
    patches.rollBack()


def test_the_filter_finds_hamlets_townships_and_what_is_undecided(desk: Desk) -> None:
    desk.dock._search.setText("甲湾")
    assert shown_villages(desk) == ["甲村"]
    desk.dock._search.setText("")
    desk.dock._township.setCurrentIndex(desk.dock._township.findData("990001002"))
    assert shown_villages(desk) == ["丙村"]
    desk.dock._township.setCurrentIndex(0)
    desk.session.set_category([VILLAGES[1]], "01", "分类")
    desk.session.set_action([HAMLETS[3]], "retain", "保留")
    desk.dock._undecided.setChecked(True)
    assert shown_villages(desk) == ["甲村", "丙村"]


def test_hamlets_that_need_no_decision_leave_the_filter_once_their_village_has_a_category(desk: Desk) -> None:
    desk.session.set_action(HAMLETS[:2], "retain", "保留")
    desk.dock._undecided.setChecked(True)
    proxy, village = desk.dock.filter, desk.dock.model.index_of(VILLAGES[0])
    assert proxy.rowCount(proxy.mapFromSource(village)) == 3
    desk.session.set_category([VILLAGES[0]], "01", "分类")
    assert proxy.rowCount(proxy.mapFromSource(village)) == 1
    desk.session.undo()
    assert proxy.rowCount(proxy.mapFromSource(village)) == 3


def test_only_cells_that_differ_are_drawn_again(desk: Desk) -> None:
    told: list[tuple[int, int, str]] = []
    desk.dock.model.dataChanged.connect(lambda first, last, *_: told.append((first.column(), last.column(), desk.dock.model.row_of(first).code)))
    desk.session.set_action([HAMLETS[3]], "retain", "保留")
    desk.session.set_category([VILLAGES[1]], "01", "分类")
    desk.session.set_category([VILLAGES[1]], "02", "分类")
    assert [item for item in told if item[2] == VILLAGES[1]] == [(ACTION, ACTION, VILLAGES[1]), *[(CATEGORY, CATEGORY, VILLAGES[1])] * 2]
    assert {item[2] for item in told} == {VILLAGES[1], HAMLETS[3]}


def test_households_sort_as_numbers(desk: Desk) -> None:
    desk.dock.tree.sortByColumn(HOUSEHOLDS, Qt.SortOrder.DescendingOrder)
    assert shown_villages(desk) == ["甲村", "乙村", "丙村"]
    desk.dock.tree.sortByColumn(HOUSEHOLDS, Qt.SortOrder.AscendingOrder)
    assert shown_villages(desk) == ["丙村", "乙村", "甲村"]


def test_selecting_in_the_table_selects_on_the_map(desk: Desk, qtbot: Any) -> None:
    desk.select(VILLAGES[1], HAMLETS[0])
    villages, hamlets = desk.layers.villages, desk.layers.hamlets
    qtbot.waitUntil(lambda: villages.codes(villages.layer.selectedFeatureIds()) == [VILLAGES[1]])
    assert hamlets.codes(hamlets.layer.selectedFeatureIds()) == [HAMLETS[0]]


def test_selecting_on_the_map_selects_in_the_table_without_a_loop(desk: Desk, qtbot: Any) -> None:
    told: list[None] = []
    desk.select(VILLAGES[0])
    qtbot.wait(20)
    desk.dock.selection.changed.connect(lambda: told.append(None))
    desk.layers.hamlets.layer.selectByIds(desk.layers.hamlets.ids([HAMLETS[2]]))
    qtbot.wait(50)
    assert desk.dock.selection.present().hamlets == [HAMLETS[2]]
    assert desk.dock.selection.present().villages == []
    assert desk.layers.villages.layer.selectedFeatureCount() == 0
    assert len(told) == 1


def test_a_hamlet_takes_several_moves_and_the_second_is_offered_the_rest(desk: Desk) -> None:
    moves = desk.dock.details.moves
    desk.select(HAMLETS[1])
    desk.dock._show_selected()
    desk.dock.act("merge")
    moves._destination.setText("甲庄")
    moves._households.set_value(6)
    moves._persons.set_value(20)
    moves._phase.set_value(2025)
    moves._buttons["add"].click()
    assert (moves._households.value(), moves._persons.value()) == (4, 13)
    moves._kind.set_value("site")
    moves._destination.setText("东乡安置点")
    moves._phase.set_value(2035)
    moves._buttons["add"].click()
    frame = desk.session.data.move
    assert sorted(frame["households"]) == [4, 6] and set(frame["destination_code"]) == {HAMLETS[0], "A1"}
    assert desk.text(HAMLETS[1], MOVES) == "→甲庄 2025；→东乡安置点 2035"
    moves._table.setCurrentCell(0, 0)
    moves._phase.set_value(None)
    moves._reclaimed.set_value(1200.5)
    moves._reclaim_to.setText(" 水田 ")
    moves._buttons["save"].click()
    assert desk.session.data.move["phase"].isna().sum() == 1
    (saved,) = desk.session.data.move.dropna(subset=["reclaim_to"])[["reclaimed_m2", "reclaim_to"]].to_numpy().tolist()
    assert saved == [1200.5, "水田"]
    moves._buttons["remove"].click()
    assert len(desk.session.data.move) == 1


def test_a_move_to_an_unknown_place_is_refused_by_its_name(desk: Desk) -> None:
    desk.select(HAMLETS[1])
    desk.dock._show_selected()
    desk.dock.act("merge")
    desk.dock.details.moves._destination.setText("无此庄")
    desk.dock.details.moves._buttons["add"].click()
    assert "无此庄" in desk.bar.told[-1] and len(desk.session.data.move) == 0


def test_a_retained_hamlet_takes_no_move(desk: Desk) -> None:
    desk.select(HAMLETS[1])
    desk.dock._show_selected()
    desk.dock.details.moves._buttons["add"].click()
    assert "甲湾" in desk.bar.told[-1] and len(desk.session.data.move) == 0


def test_a_vote_is_recorded_for_the_village_or_a_hamlet(desk: Desk) -> None:
    consents = desk.dock.details.consents
    desk.select(VILLAGES[0])
    desk.dock._show_selected()
    consents._kind.set_value("meeting_households")
    consents._eligible.set_value(50)
    consents._attended.set_value(45)
    consents._in_favour.set_value(44)
    consents._buttons["add"].click()
    consents._scope.set_value(HAMLETS[0])
    consents._buttons["add"].click()
    assert list(desk.session.data.consent["hamlet_code"].isna()) == [True, False]
    assert desk.text(VILLAGES[0], CONSENT) == "户代表会议" and desk.text(HAMLETS[0], CONSENT) == "户代表会议"


def test_a_second_click_on_add_records_no_second_vote_and_the_object_stays(desk: Desk) -> None:
    consents = desk.dock.details.consents
    desk.select(VILLAGES[0])
    desk.dock._show_selected()
    consents._scope.set_value(HAMLETS[1])
    for field, count in ((consents._eligible, 10), (consents._attended, 9), (consents._in_favour, 8)):
        field.set_value(count)
    consents._buttons["add"].click()
    assert consents._scope.value() == HAMLETS[1]
    assert [consents.row()[name] for name in ("eligible", "attended", "in_favour", "document")] == [None] * 4
    assert not consents._buttons["add"].isEnabled()
    consents._buttons["add"].click()
    assert list(desk.session.data.consent["hamlet_code"]) == [HAMLETS[1]]
    consents._eligible.set_value(11)
    consents._buttons["add"].click()
    assert list(desk.session.data.consent["hamlet_code"]) == [HAMLETS[1]] * 2


def test_a_vote_begins_with_the_hamlet_that_is_selected_and_never_with_the_figures_of_another_place(desk: Desk) -> None:
    consents = desk.dock.details.consents
    desk.select(HAMLETS[1])
    desk.dock._show_selected()
    assert consents._scope.value() == HAMLETS[1]
    consents._eligible.set_value(10)
    desk.select(VILLAGES[1])
    desk.dock._show_selected()
    assert consents._scope.value() is None and consents.row()["eligible"] is None and consents._buttons["add"].isEnabled()


def test_a_refused_vote_stays_in_the_form(desk: Desk) -> None:
    consents = desk.dock.details.consents
    desk.select(VILLAGES[0])
    desk.dock._show_selected()
    consents._eligible.set_value(10)
    patches = next(layer for layer in desk.session.plan_layers() if layer.name() == "居民点用地")
    patches.startEditing()
    consents._buttons["add"].click()
    patches.rollBack()
    assert len(desk.session.data.consent) == 0 and consents.row()["eligible"] == 10 and consents._buttons["add"].isEnabled()


def test_a_vote_of_a_hamlet_stays_the_hamlets_when_it_is_saved_among_several_villages(desk: Desk) -> None:
    consents = desk.dock.details.consents
    desk.session.save_consent({"village_code": VILLAGES[0], "hamlet_code": HAMLETS[1], "kind": "survey", "eligible": 9}, "意愿")
    desk.select(*VILLAGES[:2])
    desk.dock._show_selected()
    consents._table.setCurrentCell(0, 0)
    consents._eligible.set_value(10)
    consents._buttons["save"].click()
    (kept,) = desk.session.data.consent.to_dict("records")
    assert (kept["hamlet_code"], kept["eligible"]) == (HAMLETS[1], 10)
    assert not consents._buttons["add"].isEnabled()


def test_a_second_click_on_add_makes_no_second_move(desk: Desk) -> None:
    moves = desk.dock.details.moves
    desk.select(HAMLETS[1])
    desk.dock._show_selected()
    desk.dock.act("merge")
    moves._kind.set_value("cash")
    moves._buttons["add"].click()
    moves._buttons["add"].click()
    assert len(desk.session.data.move) == 1
    desk.select(HAMLETS[2])
    desk.dock._show_selected()
    assert moves._buttons["add"].isEnabled()


def test_patches_are_given_to_the_hamlet_that_was_chosen_also_by_a_second_click(desk: Desk) -> None:
    form = desk.dock.details.land
    desk.select(VILLAGES[0])
    desk.dock._show_selected()
    desk.dock.details.setCurrentWidget(form)
    form.hamlet.set_value(HAMLETS[1])
    form.table.selectRow(0)
    form.give.click()
    assert form.hamlet.value() == HAMLETS[1]


def test_grounds_are_stated_for_many_at_once(desk: Desk) -> None:
    desk.select(*VILLAGES[:2])
    desk.dock.categorize("01")
    desk.dock._show_selected()
    desk.dock.details.reasons._grounds.setPlainText("人口集聚")
    desk.dock.details.reasons._save.click()
    assert list(desk.session.data.category["grounds"]) == ["人口集聚", "人口集聚"]


def test_the_dock_fits_a_small_screen(desk: Desk) -> None:
    assert desk.dock.minimumSizeHint().width() <= 420
    assert desk.dock.minimumSizeHint().height() <= 600


def test_all_tabs_with_their_counts_are_in_sight_in_a_narrow_dock(desk: Desk, qtbot: Any) -> None:
    details = desk.dock.details
    names = {message.findtext("source"): message.findtext("translation") for message in _translations("Details")}
    for place, name in enumerate(("Grounds", "Moves", "Consent", "Land", "History")):
        details._count(details.widget(place), names[name], 12 if place in (1, 2, 3) else 0)
    assert details.tabText(1).endswith(" 12")
    assert details.tabBar().sizeHint().width() <= desk.dock.sizeHint().width() - MARGINS


def _translations(context: str) -> list[Any]:
    found = [item for item in ElementTree.parse(INTERFACE).getroot() if item.findtext("name") == context]
    return list(found[0].findall("message"))


def test_closing_the_plan_leaves_a_word_on_what_to_do(desk: Desk) -> None:
    desk.session.close()
    assert desk.dock.welcome.isVisible() and not desk.dock._body.isVisible()
    assert not QgsProject.instance().mapLayers()


@pytest.mark.parametrize("table", ["category", "action"])
def test_a_decision_patches_rows_and_never_resets_the_table(desk: Desk, qtbot: Any, table: str) -> None:
    with qtbot.assertNotEmitted(desk.dock.model.modelReset):
        desk.select(VILLAGES[0])
        (desk.dock.categorize if table == "category" else desk.dock.act)("01" if table == "category" else "merge")
    assert desk.dock.selection.present().villages == [VILLAGES[0]]


def test_what_does_not_concern_the_table_leaves_it_as_it_is(desk: Desk, qtbot: Any) -> None:
    control = {
        "code": "c001", "kind": "red_line", "title": "生态保护红线", "source": "三线.gdb", "imported_at": "2021-01-01", "features": 1, "repaired": 0,
        "set_aside": 0, "digest": "0",
    }  # fmt: skip
    with qtbot.assertNotEmitted(desk.dock.model.modelReset):
        record_step(desk.session, ApprovalStep(Status.CONSULTATION, "2026-01-05", "〔2026〕1号", "同意", "李四"))
        with desk.session.writing("题名") as tx:
            tx.update("plan", {"id": "plan"}, institute="设计院")
        with desk.session.writing("管控图层") as tx:
            tx.insert("control_layer", [control])
        desk.session.reload()
    assert desk.session.status is Status.CONSULTATION and len(desk.session.data.control_layer) == 1


def test_an_approval_that_another_program_records_locks_the_dock(desk: Desk, qtbot: Any) -> None:
    approve(desk.session.file)
    with qtbot.assertNotEmitted(desk.dock.model.modelReset):
        desk.session.reload()
    assert not desk.dock._buttons.isEnabled()


def test_a_village_inside_the_boundary_is_not_undecided(desk: Desk, qtbot: Any) -> None:
    with desk.session.writing("界内") as tx:
        tx.update("village", {"code": VILLAGES[1]}, position_stated="inside")
    with qtbot.waitSignal(desk.session.located, timeout=60000):
        desk.session.reload()
    desk.dock._undecided.setChecked(True)
    assert shown_villages(desk) == ["甲村", "丙村"]


def test_clearing_makes_a_village_undecided_again(desk: Desk) -> None:
    desk.select(VILLAGES[0])
    desk.dock.categorize("01")
    desk.dock._buttons.cleared.emit()
    assert desk.text(VILLAGES[0], CATEGORY) == ""


def test_the_selection_survives_a_reload(desk: Desk) -> None:
    desk.select(VILLAGES[1], HAMLETS[0])
    desk.session.reload()
    assert desk.dock.selection.present().villages == [VILLAGES[1]]
    assert desk.dock.selection.present().hamlets == [HAMLETS[0]]


def test_the_buttons_of_a_form_stay_in_sight_on_a_small_screen(desk: Desk, qtbot: Any) -> None:
    desk.dock.resize(380, 590)
    desk.select(HAMLETS[1])
    desk.dock.act("merge")
    for form in (desk.dock.details.moves, desk.dock.details.consents):
        desk.dock.details.setCurrentWidget(form)
        qtbot.wait(20)
        for button in form._buttons.values():
            assert button.visibleRegion().boundingRect().size() == button.size()


def test_a_plan_file_that_is_moved_away_is_told_by_its_name_and_back_again_all_goes_on(desk: Desk) -> None:
    path = desk.session.path
    desk.select(VILLAGES[0])
    desk.dock.categorize("01")
    desk.dock.details.setCurrentIndex(0)
    path.rename(path.with_name("别处.gpkg"))
    for act in (lambda: desk.dock.categorize("02"), desk.dock.undo, desk.dock._do(desk.session.reload)):
        desk.bar.told.clear()
        act()
        assert path.name in desk.bar.told[-1] and not path.exists()
    desk.dock.details.show_history()
    desk.dock.details.setCurrentWidget(desk.dock.details.history)
    assert path.name in desk.dock.details.history.item(0).text()
    path.with_name("别处.gpkg").rename(path)
    desk.dock.categorize("03")
    assert desk.text(VILLAGES[0], CATEGORY) == "特色保护"
    assert "特色保护" in desk.dock.details.history.item(0).text()
