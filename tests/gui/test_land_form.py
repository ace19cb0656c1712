"""The land tab of the 分类 dock: derived patches that are a guess are seen, confirmed, or given to another hamlet, and undone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk.small_plan import HAMLETS, VILLAGES, hamlet_place
from tests.gui.conftest import Desk
from village_planner.desk.patches import patches_of
from village_planner.gui.land_form import GUESSED
from village_planner.plan import PlanFile

GUESS, SURE = "由地类图斑提取：最近居民点 80 米，待核对", "由地类图斑提取：含居民点"


@pytest.fixture
def land(desk: Desk, qtbot: Any) -> Any:
    with desk.session.writing("用地") as tx:
        tx.insert("patch", [
            {"code": "D1", "hamlet_code": HAMLETS[0], "kind": "existing", "note": GUESS, "geom": hamlet_place(0).buffer(20)},
            {"code": "D2", "hamlet_code": HAMLETS[0], "kind": "existing", "note": SURE, "geom": hamlet_place(2).buffer(20)},
            {"code": "D3", "hamlet_code": None, "kind": "existing", "note": None, "geom": hamlet_place(3).buffer(20)},
        ])
    desk.dock.details.setCurrentWidget(desk.dock.details.land)
    desk.select(VILLAGES[0])
    qtbot.waitUntil(lambda: desk.dock.details.land.table.rowCount() == 3)
    return desk.dock.details.land


def cells(form: Any) -> list[tuple[str, str]]:
    return [(form.table.item(row, 0).text(), form.table.item(row, 1).text()) for row in range(form.table.rowCount())]


def choose(form: Any, code: str) -> None:
    form.table.selectRow(next(row for row, (found, _) in enumerate(cells(form)) if found == code))


def test_patches_that_are_a_guess_come_first_and_in_red(land: Any, desk: Desk) -> None:
    assert cells(land) == [("D1", "甲庄"), ("P1", "甲湾"), ("D2", "甲庄")]
    assert land.table.item(0, 0).foreground().color() == GUESSED and land.table.item(1, 0).foreground().color() != GUESSED
    place = desk.dock.details.indexOf(land)
    assert desk.dock.details.tabText(place).endswith(" 1") and desk.dock.details.tabToolTip(place) == "1 patches to check"
    assert not land.give.isEnabled() and not land.confirm.isEnabled()


def test_a_patch_is_given_to_another_hamlet_and_the_gift_is_undone(land: Any, desk: Desk) -> None:
    choose(land, "D1")
    land.hamlet.set_value(HAMLETS[2])
    land.give.click()
    stored = PlanFile.open(desk.session.path).read().patch.set_index("code").loc["D1"]
    assert (stored["hamlet_code"], stored["note"]) == (HAMLETS[2], "由地类图斑提取：人工指定，已核对")
    assert ("D1", "甲坡") in cells(land)
    desk.dock.undo()
    assert PlanFile.open(desk.session.path).read().patch.set_index("code").loc["D1", "hamlet_code"] == HAMLETS[0]


def test_a_guess_is_confirmed_where_it_is(land: Any, desk: Desk) -> None:
    choose(land, "D1")
    land.confirm.click()
    patch = {patch.code: patch for patch in patches_of(desk.session.data, [VILLAGES[0]])}["D1"]
    assert (patch.hamlet, patch.note, patch.to_check) == (HAMLETS[0], GUESS.replace("待核对", "已核对"), False)


def test_a_patch_without_hamlet_is_shown_with_the_village_that_holds_it(land: Any, desk: Desk, qtbot: Any) -> None:
    desk.select(VILLAGES[1])
    qtbot.waitUntil(lambda: cells(land) == [("D3", land.tr("none yet"))])
    choose(land, "D3")
    land.hamlet.set_value(HAMLETS[3])
    land.give.click()
    assert desk.session.data.patch.set_index("code").loc["D3", "hamlet_code"] == HAMLETS[3]


def test_the_list_is_empty_without_a_selection(land: Any, desk: Desk, qtbot: Any) -> None:
    desk.dock.tree.clearSelection()
    qtbot.waitUntil(lambda: cells(land) == [])
    assert land.chosen() == [] and not land.give.isEnabled()


def test_a_hamlet_without_a_place_stands_in_the_land_that_it_is_given(land: Any, desk: Desk, qtbot: Any) -> None:
    village = desk.session.data.village.set_index("code").loc[VILLAGES[0], "geom"]
    with desk.session.writing("无坐标") as tx:
        tx.update("hamlet", {"code": HAMLETS[1]}, geom=None)
        tx.update("hamlet", {"code": HAMLETS[0]}, geom=village.representative_point())
    for hamlet, code in ((HAMLETS[1], "D1"), (HAMLETS[0], "D2"), (HAMLETS[2], "P1")):
        choose(land, code)
        land.hamlet.set_value(hamlet)
        land.give.click()
    places = desk.session.data.hamlet.set_index("code")["geom"]
    shapes = desk.session.data.patch.set_index("code")["geom"]
    assert shapes["D1"].contains(places[HAMLETS[1]]) and shapes["D2"].contains(places[HAMLETS[0]])
    assert places[HAMLETS[2]].equals(hamlet_place(2))
