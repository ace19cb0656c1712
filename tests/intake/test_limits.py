"""Limits from above: quota tables wide and long with their units, and lists of fixed villages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from village_planner.base import InputError
from village_planner.intake import AddLimits, CreatePlan, TakeResult, add_limits, create_plan
from village_planner.plan import PlanFile


@pytest.fixture
def plan(tmp_path: Path, workbook: Callable[..., Path]) -> Path:
    rows = [
        ["乡镇", "行政村代码", "行政村", "曾用名"], ["砚溪镇", "370799101201", "东山村", None], ["砚溪镇", "370799101202", "西河村", "老河村"],
        ["青石乡", "370799102201", "南岭村", None],
    ]
    return create_plan(CreatePlan(tmp_path / "规划.gpkg", "岚桥县村庄布局规划", 2020, county_code="370799", roster=str(workbook(rows)))).plan


def codes(result: TakeResult) -> list[str]:
    return [row.code for section in result.report.sections for row in section.rows]


def quota(plan: Path) -> dict[tuple[str, str], float]:
    frame = PlanFile.open(plan).read().tables["quota"]
    return {(row["area_code"], row["item"]): row["value"] for row in frame.to_dict("records")}


def test_a_wide_table_gives_limits_in_square_metres_for_townships_and_the_county(plan: Path, workbook: Callable[..., Path]) -> None:
    source = workbook(
        [["岚桥县村庄建设用地指标分解表"], ["乡镇", "村庄建设用地规模（公顷）", "净减量（亩）", "迁并户数", "文号", "下达日期"],
         ["砚溪镇", 120.5, 30, 200, "岚政〔2021〕3号", "2021-05-01"], ["青石", 80, "15亩", "约100", None, None], ["岚桥县", 200.5, 45, 300, None, None],
         ["没有镇", 1, 1, 1, None, None], ["合计", 401, 90, 600, None, None]],
        name="指标.xlsx",
    )
    result = add_limits(AddLimits(plan, "quota", str(source)))
    assert (result.accepted, result.rejected) == (3, 1)
    found = quota(plan)
    assert found["370799101", "construction_m2"] == 1_205_000 and found["370799101", "reduction_m2"] == pytest.approx(20_000)
    assert found["370799102", "reduction_m2"] == pytest.approx(10_000) and found["370799", "construction_m2"] == 2_005_000
    assert ("370799102", "households") not in found and found["370799", "households"] == 300
    assert {"intake.limits_no_area", "intake.limits_cell", "intake.row_total", "intake.unit_converted"} <= set(codes(result))
    row = PlanFile.open(plan).read().tables["quota"].iloc[0]
    assert (row["document"], row["date"], row["source"]) == ("岚政〔2021〕3号", "2021-05-01", "指标.xlsx/名录")


def test_a_long_table_names_item_value_and_unit_in_each_row(plan: Path, workbook: Callable[..., Path]) -> None:
    source = workbook(
        [["行政区代码", "指标", "指标值", "单位"], ["370799101", "耕地保有量目标", 2, "万亩"], ["370799", "新增占地上限（公顷）", 3, None],
         ["370799102", "撤并村数", 4, "个"], ["370799102", "绿化率", 4, None], ["370799102", "净减量", 4, None]],
        name="长表.xlsx",
    )
    result = add_limits(AddLimits(plan, "quota", str(source)))
    assert quota(plan) == {
        ("370799101", "cultivated_m2"): pytest.approx(2e4 * 2000 / 3), ("370799", "new_land_m2"): 30_000, ("370799102", "withdrawn_villages"): 4,
    }
    assert (result.accepted, result.rejected) == (3, 2) and {"intake.limits_item", "intake.limits_cell"} <= set(codes(result))


def test_an_area_without_a_unit_is_never_guessed(plan: Path, workbook: Callable[..., Path]) -> None:
    source = workbook([["乡镇", "村庄建设用地规模"], ["砚溪镇", 120]], name="无单位.xlsx")
    assert add_limits(AddLimits(plan, "quota", str(source))).accepted == 0 and not quota(plan)
    assert add_limits(AddLimits(plan, "quota", str(source), field_map={"quota": {"construction_m2（公顷）": "村庄建设用地规模"}})).accepted == 1
    assert quota(plan) == {("370799101", "construction_m2"): 1_200_000}


def test_a_newer_limit_replaces_an_older_and_a_contradiction_is_refused(plan: Path, workbook: Callable[..., Path]) -> None:
    def limit(value: float, name: str, date: str | None) -> TakeResult:
        source = workbook([["乡镇", "净减量（公顷）", "下达日期"], ["砚溪镇", value, date]], name=name)
        return add_limits(AddLimits(plan, "quota", str(source)))

    limit(2, "甲.xlsx", "2021-01-01")
    assert "intake.limits_replaced" in codes(limit(3, "乙.xlsx", "2022-01-01"))
    assert "intake.limits_older" in codes(limit(4, "丙.xlsx", "2020-01-01"))
    assert "intake.limits_contradict" in codes(limit(5, "丁.xlsx", "2022-01-01"))
    assert quota(plan) == {("370799101", "reduction_m2"): 30_000}


def test_a_list_fixes_categories_and_actions_by_code_name_or_alias(plan: Path, workbook: Callable[..., Path]) -> None:
    source = workbook(
        [["乡镇", "行政村", "类别", "布局引导", "文号"], ["砚溪镇", "东山村", "搬迁撤并类", "搬迁", "岚政〔2021〕9号"], ["砚溪镇", "老河村", 1, None, None],
         ["青石乡", "南岭村", None, None, None], ["青石乡", "北岭村", "集聚提升", None, None], ["砚溪镇", "东山村", "集聚提升", None, None]],
        name="名单.xlsx",
    )
    result = add_limits(AddLimits(plan, "villages", str(source)))
    assert (result.accepted, result.rejected) == (2, 3)
    rows = PlanFile.open(plan).read().tables["fixed_village"]
    assert dict(zip(rows["village_code"], zip(rows["category"], rows["action"].fillna("")))) == {
        "370799101201": ("04", "relocate"), "370799101202": ("01", ""),
    }
    assert {"intake.fixed_row_empty", "intake.decide_unknown_village", "intake.fixed_twice"} <= set(codes(result))


def test_lists_of_two_sources_stand_side_by_side_and_the_difference_is_told(plan: Path, workbook: Callable[..., Path]) -> None:
    for name, word in (("甲.xlsx", "集聚提升"), ("乙.xlsx", "搬迁撤并")):
        result = add_limits(AddLimits(plan, "villages", str(workbook([["行政村", "村庄分类"], ["南岭村", word]], name=name))))
    assert "intake.fixed_differs" in codes(result) and len(PlanFile.open(plan).read().tables["fixed_village"]) == 2


@pytest.mark.parametrize(("kind", "rows", "code"), [
    ("quota", [["乡镇", "备注"], ["砚溪镇", "x"]], "intake.limits_no_item"),
    ("quota", [["村庄建设用地规模（公顷）", "净减量（公顷）"], [1, 2]], "intake.column_missing"),
    ("villages", [["行政村", "备注"], ["东山村", "x"]], "intake.fixed_nothing"), ("other", [["乡镇"], ["x"]], "intake.limits_kind"),
])
def test_a_table_that_cannot_serve_is_refused_and_changes_nothing(
    plan: Path, workbook: Callable[..., Path], kind: str, rows: list[list[str]], code: str
) -> None:
    with pytest.raises(InputError) as caught:
        add_limits(AddLimits(plan, kind, str(workbook(rows, name="坏.xlsx"))))
    assert caught.value.message.code == code and not quota(plan)
