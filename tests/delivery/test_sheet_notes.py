"""What map sheets explain: sums that do not add up, cells without a number, land and villages that are drawn and not counted, who receives whom."""

from __future__ import annotations

from typing import Any

import pytest

from tests.delivery.plans import box, move, plan_rows
from village_planner.delivery.frames import DeliverySource
from village_planner.delivery.sheets import Sheet, SheetHeading, sheet_source
from village_planner.plan.data import plan_data
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import load_profile

HEADING = SheetHeading("370799", "清河县", "清河县村庄布局规划（2020—2035年）", "", "征求意见稿", True, "2026-03-01")
FIRST, SECOND, FOURTH = "370799101201", "370799101202", "370799102202"


def sheets(rows: dict[str, list[dict[str, Any]]]) -> list[Sheet]:
    """The three sheets of a plan."""
    return list(sheet_source(DeliverySource(plan_data(**rows), MemoryLayers({}), load_profile("layout-2035"), "S1"), HEADING).sheets)


def entries(sheet: Sheet) -> dict[str, int | None]:
    """Name → count of a sheet's legend."""
    return {entry.name: entry.count for _, classes in sheet.legend for entry in classes}


def is_told(sheet: Sheet, text: str) -> bool:
    """Whether a note has the text."""
    return any(text in note for note in sheet.notes)


@pytest.mark.parametrize(("cleared", "told"), [((10_040, 14_040, 6_040), True), ((10_000, 14_000, 6_000), False)])
def test_areas_whose_rounded_parts_do_not_add_up_are_explained(cleared: tuple[int, ...], told: bool) -> None:
    rows = plan_rows()
    for one, area, phase in zip(rows["move"], cleared, (2021, 2025, 2035)):
        one.update(cleared_m2=area, phase=phase)
    for sheet in sheets(rows)[1:]:
        parts = [float(row[6]) for row in sheet.tables[0].rows[:-1]]
        assert (sum(map(round, (100 * part for part in parts))) != round(100 * float(sheet.tables[0].rows[-1][6]))) is told
        assert is_told(sheet, "因四舍五入") is told


def test_a_cell_without_a_number_is_explained_where_there_is_one() -> None:
    rows = plan_rows()
    assert not any(is_told(sheet, "表示没有或者未填报") for sheet in sheets(rows))
    rows["move"][2]["built_m2"] = None
    assert [is_told(sheet, "“—”表示没有或者未填报") for sheet in sheets(rows)] == [False, True, True]


def test_cleared_land_of_no_withdrawn_hamlet_is_told() -> None:
    rows = plan_rows()
    assert not is_told(sheets(rows)[1], "零星用地")
    for code, hamlet, x in (("P8", f"{FIRST}001", 100), ("P9", None, 300)):
        rows["patch"].append({"code": code, "hamlet_code": hamlet, "kind": "cleared", "geom": box(x, 1_500, 40, 40)})
    second = sheets(rows)[1]
    assert entries(second)["腾退"] == 4 and is_told(second, "零星用地 2 块")
    rows["action"] = [{**row, "action": "retain"} for row in rows["action"]]
    rows["move"] = []
    assert is_told(sheets(rows)[1], "腾退用地 2 块，均为不涉及居民点迁并的零星用地")


def test_villages_that_the_table_leaves_out_are_told() -> None:
    rows = plan_rows()
    assert not is_told(sheets(rows)[0], "统计表不含")
    rows["village"][3]["position_stated"] = "inside"
    rows["category"] = [row for row in rows["category"] if row["village_code"] != FOURTH]
    assert is_told(sheets(rows)[0], "统计表不含开发边界内不要求分类的单位，共 1 个")
    rows["village"][2]["kind"] = "urban_community"
    rows["category"] = rows["category"][:2]
    assert is_told(sheets(rows)[0], "统计表不含开发边界内不要求分类及不纳入分类的单位，共 2 个")


def test_ground_of_no_village_is_drawn_and_explained_where_all_villages_have_bounds() -> None:
    rows = plan_rows()
    rows["township"][0]["geom"] = box(0, 0, 3_900, 3_900)
    assert all("未划入行政村的用地" in entries(sheet) for sheet in sheets(rows))
    shown = next(layer for layer in sheets(rows)[0].panels[0].layers if layer.id == "unassigned").rows["geom"]
    assert [geom.area for geom in shown] == pytest.approx([100 * 3_900])
    rows["village"][0]["geom"] = None
    assert not any("未划入行政村的用地" in entries(sheet) for sheet in sheets(rows))


def test_bounds_of_villages_are_in_the_legend_of_every_sheet_but_no_points_that_stand_for_them() -> None:
    rows = plan_rows()
    rows["village"][3]["geom"] = None
    made = sheets(rows)
    assert all("行政村界" in entries(sheet) for sheet in made)
    borders = next(layer for layer in made[0].panels[0].layers if layer.id == "village_borders")
    assert len(borders.rows) == 3 and borders.classes[0].count is None


def test_the_hamlets_that_receive_are_drawn_and_their_villages_named_once() -> None:
    rows = plan_rows()
    rows["move"] = [
        move("M1", f"{FIRST}002", "hamlet", f"{FIRST}001", 2025, 18, 60, "07", 10_000, 4_000),
        move("M2", f"{SECOND}001", "hamlet", f"{FOURTH}001", 2025, 20, 64, "07", 14_000, 5_600),
    ]
    third = sheets(rows)[2]
    assert "本期接收居民点" in entries(third) and "本期接收安置点" not in dict(third.legend)
    layers = {layer.id: layer.rows for layer in next(panel for panel in third.panels if panel.title == "2025年").layers}
    assert [None if label is None else str(label) for label in layers["phase_hosts"]["label"]] == [None, "赵各庄村"]
    assert sorted(layers["phase_hamlets"]["label"].dropna()) == ["李家屯村", "王家庄村"]
    assert not any(layer.id == "phase_hosts" for layer in third.panels[0].layers)


def test_sites_have_the_symbols_of_sheet_02_on_sheet_03() -> None:
    rows = plan_rows()
    for setting in ("rural", "town"):
        rows["site"][0]["setting"] = setting
        shown = [[one for _, classes in sheet.legend for one in classes if one.name.endswith("集中安置点")] for sheet in sheets(rows)[1:]]
        (second,), (third,) = shown
        assert (second.name, second.color, second.symbol) == (third.name, third.color, third.symbol)


def test_the_tasks_of_the_phases_have_one_name() -> None:
    assert {sheet.tables[0].title for sheet in sheets(plan_rows())[1:]} == {"分期迁并任务"}


def test_a_sheet_without_tasks_says_over_its_map_why_there_are_no_phases() -> None:
    (panel,) = sheets({**plan_rows(), "move": [], "action": []})[2].panels
    assert panel.title == "2020—2035年" and "无迁并任务" in panel.summary
