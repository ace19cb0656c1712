"""implement: yearly actuals of an approved plan, each row taken or refused with its reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desk.small_plan import HAMLETS, VILLAGES, make_plan
from tests.plan.procedure import advance, approve
from village_planner.accounts import implementation_by_year
from village_planner.base import InputError, Refused, render
from village_planner.intake import Implement, TakeResult, implement
from village_planner.plan import PlanFile, decisions

HEAD = ["行政村", "自然村", "年度", "实际户数", "实际拆旧面积（亩）"]


@pytest.fixture
def plan(tmp_path: Path) -> PlanFile:
    """甲湾 goes in two moves, 甲坡 in one."""
    plan = PlanFile.open(make_plan(tmp_path / "规划.gpkg"))
    with plan.write("测试", "决定") as tx:
        decisions.set_action(tx, "S1", HAMLETS[1:3], "merge")
        for code, hamlet, kind, target, phase, households in (
            ("M1", HAMLETS[1], "hamlet", HAMLETS[0], 2025, 6), ("M2", HAMLETS[1], "town", None, 2035, 4), ("M3", HAMLETS[2], "site", "A1", 2025, 6),
        ):
            decisions.save_move(tx, {
                "code": code, "scenario": "S1", "hamlet_code": hamlet, "destination_kind": kind, "destination_code": target, "phase": phase,
                "households": households, "origin": "manual",
            })  # fmt: skip
    return plan


@pytest.fixture
def take(plan: PlanFile, workbook: Callable[..., Path]) -> Callable[..., TakeResult]:
    def run(*rows: list[object], head: list[str] = HEAD) -> TakeResult:
        return implement(Implement(plan.path, str(workbook([head, *rows], name="台账.xlsx"))))

    return run


def refused(result: TakeResult) -> list[str]:
    return [row.code for row in result.report.sections[2].rows]


def told(result: TakeResult) -> list[str]:
    return [row.code for row in result.report.sections[1].rows]


def test_before_the_approval_the_ledger_is_closed_and_says_where_the_plan_stands(plan: PlanFile, take: Callable[..., TakeResult]) -> None:
    advance(plan, "submitted")
    with pytest.raises(Refused) as caught:
        take(["甲村", "甲坡", 2026, 3, None])
    assert "报批" in render(caught.value.message) and plan.read().implementation.empty
    approve(plan)
    assert take(["甲村", "甲坡", 2026, 3, None]).accepted == 1
    plan.transition("张三", "revision", "2026-06-01", "修改〔2026〕1号", "同意修改", legal_ground="城乡规划法第四十七条")
    with pytest.raises(Refused, match="revision"):
        take(["甲村", "甲坡", 2027, 3, None])


def test_rows_are_taken_with_their_units_as_one_action(plan: PlanFile, take: Callable[..., TakeResult]) -> None:
    approve(plan)
    before = plan.state_hash()
    result = take(["甲村", "甲坡", "2026年", "3户", 1.5], ["甲村", "甲坡", 2027, 2, None])
    ledger = plan.read().implementation
    assert (result.accepted, result.rejected) == (2, 0)
    assert ledger["households"].tolist() == [3, 2] and ledger["move_code"].tolist() == ["M3", "M3"]
    assert ledger["cleared_m2"].iloc[0] == pytest.approx(1000.0) and plan.state_hash() == before
    assert implementation_by_year(plan.read(), "S1").query("kind == 'plan'")["done"].iloc[-1] == 5
    plan.undo("张三")
    assert plan.read().implementation.empty


def test_a_hamlet_of_several_moves_needs_phase_destination_or_code(plan: PlanFile, take: Callable[..., TakeResult]) -> None:
    approve(plan)
    result = take(["甲村", "甲湾", 2026, 3, None])
    assert refused(result) == ["intake.implement_several"] and "甲庄" in render(result.report.sections[2].rows[0])
    head = ["行政村", "自然村", "时序", "迁入去向类型", "任务编号", "年度", "实际户数"]
    result = take(
        ["甲村", "甲湾", 2025, None, None, 2026, 2], ["甲村", "甲湾", None, "城镇安置", None, 2026, 1], [None, None, None, None, "M3", 2026, 6], head=head,
    )
    assert result.rejected == 0
    ledger = plan.read().implementation
    assert dict(zip(ledger["move_code"], ledger["households"])) == {"M1": 2, "M2": 1, "M3": 6}
    assert refused(take(["甲村", "甲湾", 2020, None, None, 2026, 2], head=head)) == ["intake.implement_none_fits"]


def test_each_wrong_row_is_refused_with_its_reason_and_the_others_are_taken(plan: PlanFile, take: Callable[..., TakeResult]) -> None:
    approve(plan)
    result = take(
        ["甲村", "甲坡", 2026, 3, None], ["无此村", "甲坡", 2026, 3, None], ["甲村", "无此庄", 2026, 3, None], ["乙村", "乙庄", 2026, 3, None],
        ["甲村", "甲坡", None, 3, None], ["甲村", "甲坡", 2027, "三", None], ["甲村", "甲坡", 2028, None, None], ["甲村", "甲坡", 2010, 1, None],
    )  # fmt: skip
    assert refused(result) == [
        "intake.decide_unknown_village", "intake.decide_unknown_hamlet", "intake.implement_no_move", "intake.implement_no_year", "intake.decide_cell",
        "intake.implement_nothing", "intake.implement_early_year",
    ]  # fmt: skip
    assert (result.accepted, result.rejected) == (1, 7) and len(plan.read().implementation) == 1
    assert result.report_path.exists() and result.report_path.with_suffix(".html").exists()


def test_two_rows_of_one_move_and_year_are_both_refused(plan: PlanFile, take: Callable[..., TakeResult]) -> None:
    approve(plan)
    result = take(["甲村", "甲坡", 2026, 3, None], ["甲村", "甲坡", 2026, 4, None])
    assert refused(result) == ["intake.implement_twice"] * 2 and result.accepted == 0


def test_what_is_replaced_or_more_than_planned_is_told(plan: PlanFile, take: Callable[..., TakeResult]) -> None:
    approve(plan)
    take(["甲村", "甲坡", 2026, 3, 1.5])
    result = take(["甲村", "甲坡", 2026, 4, None], ["甲村", "甲坡", 2027, 5, None])
    assert "intake.implement_replaced" in told(result) and "intake.implement_more" in told(result)
    ledger = plan.read().implementation
    assert ledger["households"].tolist() == [4, 5] and ledger["cleared_m2"].iloc[0] == pytest.approx(1000.0)


def test_a_table_without_year_or_figures_cannot_serve(plan: PlanFile, take: Callable[..., TakeResult]) -> None:
    approve(plan)
    with pytest.raises(InputError, match="年度"):
        take([VILLAGES[0], "甲坡", 3], head=["行政村代码", "自然村", "实际户数"])
    with pytest.raises(InputError, match="实际户数"):
        take(["甲村", "甲坡", 2026], head=["行政村", "自然村", "年度"])
