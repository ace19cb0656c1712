"""Facts from a planner's table: kept with source and date, units by heading, and the newest basic figure in the plan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from village_planner.base import InputError
from village_planner.intake import AddFacts, CreatePlan, TakeResult, add_facts, create_plan
from village_planner.intake.base_figures import outdates
from village_planner.intake.units import figure, heading_unit
from village_planner.plan import PlanFile
from village_planner.plan.data import plain

ROSTER = [
    ["乡镇", "行政村代码", "行政村", "自然村", "户籍户数", "户籍人口", "数据日期"],
    ["砚溪镇", "370799101201", "东山村", "柳湾", 38, 120, "2020-12-31"],
    [None, None, None, "石桥", 22, 70, "2020-12-31"],
    ["砚溪镇", "370799101202", "西河村", "西河", 50, 160, None],
]


@pytest.fixture
def plan(tmp_path: Path, workbook: Callable[..., Path]) -> Path:
    roster = workbook(ROSTER)
    return create_plan(CreatePlan(tmp_path / "规划.gpkg", "岚桥县砚溪镇村庄布局规划", 2020, roster=str(roster))).plan


def codes(result: TakeResult) -> list[str]:
    return [row.code for section in result.report.sections for row in section.rows]


def facts(plan: Path, code: str) -> dict[str, tuple[Any, ...]]:
    frame = PlanFile.open(plan).read().fact
    own = frame[(frame["subject_code"] == code) & ~frame["source"].str.startswith("名录")]
    return {row["item"]: tuple(plain(row[name]) for name in ("value", "number", "unit", "source", "date")) for row in own.to_dict("records")}


def hamlet(plan: Path, code: str) -> dict[str, Any]:
    frame = PlanFile.open(plan).read().hamlet
    return dict(frame[frame["code"] == code].iloc[0])


@pytest.mark.parametrize(
    ("cell", "unit", "heading", "expected"),
    [
        ("3", "m²", "耕地面积（亩）", 2000.0), (1.5, "m²", "耕地（公顷）", 15000.0), ("12亩", "m²", "耕地", 8000.0), (0.1234, "人", "人口（万人）", 1234.0),
        ("5公里", "m", "距镇区距离", 5000.0), (30000, "万元", "集体收入（元）", 3.0), ("38户", "户", "户数", 38.0), ("—", "户", "户数", None),
        (12, "户", "户数（单位：户）", 12.0), (3, "宗", "宅基地（个）", 3.0), ("1,200", "元", "人均收入(元)", 1200.0),
    ],
)
def test_figures_come_into_the_unit_that_the_plan_keeps(cell: Any, unit: str, heading: str, expected: float | None) -> None:
    assert figure(cell, unit, heading_unit(heading)) == expected


@pytest.mark.parametrize(("cell", "unit", "heading", "code"), [
    (3, "m²", "耕地面积", "intake.unit_unsaid"), (3, "m²", "耕地（万元）", "intake.unit_other"), ("约30", "户", "户数", "intake.no_number"),
])
def test_a_figure_without_a_certain_meaning_is_refused(cell: Any, unit: str, heading: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        figure(cell, unit, heading_unit(heading))
    assert caught.value.message.code == code


def test_every_figure_is_kept_with_source_date_and_unit(plan: Path, workbook: Callable[..., Path]) -> None:
    source = workbook(
        [["2021年村级统计表"], ["行政村", "自然村", "危房", "村集体经济收入（元）", "耕地面积（亩）", "主导产业", "统计年份", "信号塔"],
         ["东山村", "柳湾", 4, 65000, 300, "蔬菜", "2021年", 2], ["东山村", "石桥", "约3", None, "1200亩", "/", "2021年", 1]],
        name="统计.xlsx", title="村级",
    )
    result = add_facts(AddFacts(plan, str(source)))
    assert (result.accepted, result.rejected) == (2, 0)
    where = ("统计.xlsx/村级", "2021-12-31")
    assert facts(plan, "370799101201001") == {
        "dilapidated_houses": ("4", 4.0, "户", *where), "collective_income": ("65000", 6.5, "万元", *where),
        "cultivated_m2": ("300", pytest.approx(200_000), "m²", *where), "main_industry": ("蔬菜", None, None, *where),
    }
    assert facts(plan, "370799101201002")["dilapidated_houses"][0] == "约3" and facts(plan, "370799101201002")["cultivated_m2"][1] == pytest.approx(800_000)
    assert {"intake.fact_as_written", "intake.unit_converted", "intake.columns_unused"} <= set(codes(result))


def test_a_column_of_its_own_is_taken_only_when_the_planner_maps_it(plan: Path, workbook: Callable[..., Path]) -> None:
    source = workbook([["行政村代码", "信号塔", "水面"], ["370799101201", 2, 30]], name="其他.xlsx")
    with pytest.raises(InputError) as caught:
        add_facts(AddFacts(plan, str(source)))
    assert caught.value.message.code == "intake.facts_no_item"
    result = add_facts(AddFacts(plan, str(source), field_map={"facts": {"通信基站": "信号塔", "水面（亩）": "水面"}}))
    assert result.accepted == 1
    found = facts(plan, "370799101201")
    assert found["通信基站"][:2] == ("2", 2.0) and found["水面"][:3] == ("30", 30.0, "亩")


def test_the_newest_basic_figure_stands_in_the_plan_and_all_are_kept(plan: Path, workbook: Callable[..., Path]) -> None:
    newer = workbook([["行政村", "自然村", "户数", "常住人口"], ["东山村", "柳湾", 35, 90]], name="新.xlsx")
    older = workbook([["行政村", "自然村", "户数"], ["东山村", "柳湾", 41]], name="旧.xlsx")
    first = add_facts(AddFacts(plan, str(newer), date="2022-06-30"))
    second = add_facts(AddFacts(plan, str(older), date="2018-12-31"))
    found = hamlet(plan, "370799101201001")
    assert (found["households"], found["residents"], found["facts_date"]) == (35, 90, "2022-06-30")
    assert "intake.facts_replaced" in codes(first) and "intake.facts_older" in codes(second)
    every = PlanFile.open(plan).read().fact
    every = every[(every["subject_code"] == "370799101201001") & (every["item"] == "households")]
    assert sorted(every["number"]) == [35, 38, 41] and set(every["date"]) == {"2020-12-31", "2022-06-30", "2018-12-31"}


def test_a_figure_of_the_roster_keeps_its_date_when_another_figure_is_renewed(plan: Path, workbook: Callable[..., Path]) -> None:
    add_facts(AddFacts(plan, str(workbook([["行政村", "自然村", "户数"], ["东山村", "柳湾", 35]], name="户.xlsx")), date="2022-06-30"))
    result = add_facts(AddFacts(plan, str(workbook([["行政村", "自然村", "人口"], ["东山村", "柳湾", 111]], name="人.xlsx")), date="2021-12-31"))
    assert hamlet(plan, "370799101201001")["persons"] == 111 and "intake.facts_replaced" in codes(result)


def test_figures_of_one_date_that_differ_are_told_and_not_decided(plan: Path, workbook: Callable[..., Path]) -> None:
    source = workbook([["行政村", "自然村", "户数"], ["东山村", "柳湾", 40]], name="另一.xlsx")
    result = add_facts(AddFacts(plan, str(source), date="2020-12-31"))
    assert hamlet(plan, "370799101201001")["households"] == 38 and "intake.facts_contradict" in codes(result)
    again = workbook([["行政村", "自然村", "户数"], ["西河村", "西河", 51]], name="无日期.xlsx")
    assert "intake.facts_contradict" in codes(add_facts(AddFacts(plan, str(again))))


def test_a_source_that_is_read_again_corrects_itself(plan: Path, workbook: Callable[..., Path]) -> None:
    for figure_, name in ((60, "西河.xlsx"), (61, "西河.xlsx")):
        add_facts(AddFacts(plan, str(workbook([["行政村", "户数"], ["西河村", figure_]], name=name)), date="2021-12-31"))
    assert hamlet(plan, "370799101202001")["households"] == 61
    assert len(facts(plan, "370799101202")) == 1


def test_rows_that_fit_no_village_or_hamlet_are_refused_with_their_reason(plan: Path, workbook: Callable[..., Path]) -> None:
    source = workbook(
        [["行政村代码", "行政村", "自然村", "户数"], ["370799101999", "没有村", None, 1], ["370799101201", "西河村", None, 2],
         ["370799101201", "东山村", "没有湾", 3], ["370799101202", "西河村", None, 50], ["370799101202", "西河村", None, 49], [None, "合计", None, 105]],
        name="错.xlsx",
    )
    result = add_facts(AddFacts(plan, str(source)))
    assert (result.accepted, result.rejected) == (1, 4)
    said = {"intake.decide_unknown_village", "intake.decide_code_and_name", "intake.decide_unknown_hamlet", "intake.facts_twice", "intake.row_total"}
    assert said <= set(codes(result))


def test_several_years_of_one_village_are_kept_side_by_side(plan: Path, workbook: Callable[..., Path]) -> None:
    source = workbook([["行政村", "年度", "常住人口"], ["西河村", 2019, 150], ["西河村", 2021, 140], ["西河村", 2020, 145]], name="历年.xlsx")
    result = add_facts(AddFacts(plan, str(source)))
    assert result.accepted == 3 and hamlet(plan, "370799101202001")["residents"] == 140
    every = PlanFile.open(plan).read().fact
    assert sorted(every.loc[every["item"] == "residents", "number"]) == [140, 145, 150]


def test_a_village_of_several_hamlets_is_compared_with_their_sum(plan: Path, workbook: Callable[..., Path]) -> None:
    source = workbook([["行政村", "户数", "宅基地宗数"], ["东山村", 70, 80]], name="村.xlsx")
    result = add_facts(AddFacts(plan, str(source), level="village", date="2021-12-31"))
    village = PlanFile.open(plan).read().village
    assert village.loc[village["code"] == "370799101201", "households"].iloc[0] == 70
    assert {"intake.facts_not_the_sum", "intake.facts_only_kept"} <= set(codes(result))


def test_one_undo_takes_a_table_back(plan: Path, workbook: Callable[..., Path]) -> None:
    before = len(PlanFile.open(plan).read().fact)
    add_facts(AddFacts(plan, str(workbook([["行政村", "户数"], ["西河村", 44]], name="退.xlsx")), date="2023-01-01"))
    PlanFile.open(plan).undo("甲")
    assert hamlet(plan, "370799101202001")["households"] == 50 and len(PlanFile.open(plan).read().fact) == before


@pytest.mark.parametrize(("new", "old", "expected"), [
    ("2021-01-01", "2020-01-01", True), ("2020-01-01", "2021-01-01", False), ("2021-01-01", None, True), (None, "2021-01-01", None),
    (None, None, None), ("2021-01-01", "2021-01-01", None),
])
def test_only_dates_decide_which_statement_is_newer(new: str | None, old: str | None, expected: bool | None) -> None:
    assert outdates(new, old) is expected


def test_of_a_heading_in_levels_the_lowest_says_most(plan: Path, workbook: Callable[..., Path]) -> None:
    source = workbook([["行政村", "人口", None, None], [None, "男", "女", "户籍人口"], ["西河村", 80, 78, 158]], merges=["A1:A2", "B1:D1"], name="分级.xlsx")
    add_facts(AddFacts(plan, str(source), date="2021-12-31"))
    assert facts(plan, "370799101202")["persons"][1] == 158
