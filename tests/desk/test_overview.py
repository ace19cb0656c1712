"""What the 总览 dock says of a plan: the steps with what is missing, bars, findings and limits."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.desk.small_plan import HAMLETS, VILLAGES, hamlet_place, make_plan
from tests.plan.procedure import approve
from village_planner.base import SilentFeedback, render
from village_planner.desk.land_figures import land_figures
from village_planner.desk.overview import Overview, kinds_read, overview, villages_of_guesses
from village_planner.desk.steps import check_plan
from village_planner.plan import MemoryLayers, PlanFile, decisions
from village_planner.plan.ledger import save_actuals
from village_planner.standards import load_profile

PROFILE = load_profile()


@pytest.fixture
def plan(tmp_path: Path) -> PlanFile:
    return PlanFile.open(make_plan(tmp_path / "规划.gpkg"))


def summed(plan: PlanFile) -> Overview:
    data = plan.read()
    return overview(data, PROFILE, data.scenario)


def said(value: Overview, step: str) -> str:
    (found,) = [item for item in value.steps if item.id == step]
    return "\n".join(render(line.message) for line in found.lines)


def links(value: Overview, step: str) -> list[str]:
    return [link.to for item in value.steps if item.id == step for line in item.lines for link in line.links]


def decide(plan: PlanFile) -> None:
    with plan.write("测试", "决定") as tx:
        decisions.set_category(tx, "S1", VILLAGES, "01")
        decisions.set_action(tx, "S1", [HAMLETS[0], *HAMLETS[3:]], "retain")
        decisions.set_action(tx, "S1", HAMLETS[1:3], "merge")
        move = {"scenario": "S1", "hamlet_code": HAMLETS[1], "destination_kind": "hamlet", "destination_code": HAMLETS[0], "phase": 2025}
        decisions.save_move(tx, {**move, "code": "M1", "households": 10, "origin": "manual"})


def test_a_new_plan_lacks_everything_and_says_where_to_begin(plan: PlanFile) -> None:
    value = summed(plan)
    assert said(value, "decisions") == "应分类 3 个行政村，已分类 0 个\n3 个行政村未分类\n5 个居民点未定布局引导"
    assert "名录未与其他来源核对" in said(value, "roster") and links(value, "check") == ["check"]
    assert "control:permanent_basic_farmland" in links(value, "controls") and value.findings is None
    assert [step.id for step in value.steps if step.is_done] == ["roster", "moves", "consents", "procedure"]


def test_what_is_decided_is_no_longer_missing(plan: PlanFile) -> None:
    decide(plan)
    value = summed(plan)
    assert said(value, "decisions") == "应分类 3 个行政村，已分类 3 个"
    assert value.work.unmoved == (HAMLETS[2],) and links(value, "moves") == ["select:unmoved"] and links(value, "consents") == ["select:unasked"]
    assert [(bar.name, bar.value) for bar in value.categories if bar.value] == [("集聚提升", 3)]
    assert [(bar.name, bar.value, render(bar.note)) for bar in value.phases if bar.value] == [("2025", 10, "1 个居民点，1 项")]


def test_a_kind_of_layer_that_is_there_is_not_asked_for(plan: PlanFile) -> None:
    needed, useful = kinds_read(PROFILE)
    assert "permanent_basic_farmland" in needed and not needed & useful
    row: dict[str, Any] = {"title": "图层", "source": "a.gdb", "imported_at": "2026-11-21", "features": 9, "repaired": 0, "set_aside": 0, "digest": "d"}
    with plan.write("测试", "导入管控图层") as tx:
        tx.insert("control_layer", [{**row, "code": f"c{number}", "kind": kind} for number, kind in enumerate(sorted(needed))])
    value = summed(plan)
    assert next(step for step in value.steps if step.id == "controls").is_done
    assert all(f"control:{kind}" not in links(value, "controls") for kind in needed)


def test_a_check_shows_its_open_findings_and_what_it_could_not_look_at(plan: PlanFile) -> None:
    outcome = check_plan(plan.path, SilentFeedback())
    value = summed(plan)
    assert value.findings == {severity: outcome.count(severity) for severity in "ABC"} and value.findings["A"] > 0
    assert len(value.not_checked) == len(outcome.not_checked) > 0
    assert "findings:A" in links(value, "check") and not next(step for step in value.steps if step.id == "deliver").is_done


def test_an_approved_plan_asks_for_its_ledger(plan: PlanFile) -> None:
    decide(plan)
    approve(plan)
    assert said(summed(plan), "ledger") == "1 项迁并任务尚无实施记录"
    assert "2026-05-05 进入“批复”" in said(summed(plan), "procedure")
    with plan.write("测试", "台账") as tx:
        save_actuals(tx, [{"move_code": "M1", "year": 2026, "households": 4}])
    value = summed(plan)
    assert said(value, "ledger") == "1 项迁并任务有实施记录"
    assert next((bar.value, bar.done) for bar in value.phases if bar.name == "2025") == (10, 4)


def test_limits_from_above_stand_beside_the_balance(plan: PlanFile) -> None:
    decide(plan)
    with plan.write("测试", "指标") as tx:
        tx.insert("patch", [{"code": "P9", "hamlet_code": HAMLETS[0], "kind": "new", "geom": hamlet_place(0).buffer(60)}])
        tx.insert("quota", [
            {"area_code": area, "item": item, "value": value, "source": "指标.xlsx"}
            for area, item, value in (("990001", "construction_m2", 1e6), ("990001", "households", 50), ("990001001", "construction_m2", 10))
        ])  # fmt: skip
    data = plan.read()
    figures = land_figures(data, MemoryLayers({}), PROFILE, "S1", SilentFeedback())
    sentences = [render(limit) for limit in figures.limits]
    assert len(sentences) == 3 and sentences[0].startswith("有 1 项乡镇指标不符合：东乡")
    assert "迁并户数：规划 10 户，下达 50 户，不符合" in sentences[1] and sentences[2].endswith("符合") and "100.00 公顷" in sentences[2]
    assert figures.balance["cleared_m2"] > 0 and figures.farmland is None


def test_what_is_taken_of_cultivated_land_and_reclaimed_stands_beside_the_balance(plan: PlanFile) -> None:
    decide(plan)
    ground = hamlet_place(0).buffer(60)
    with plan.write("测试", "用地") as tx:
        tx.insert("patch", [{"code": "P9", "hamlet_code": HAMLETS[0], "kind": "new", "geom": ground}])
    field = pd.DataFrame({"class_code": ["0101"], "geom": [ground.buffer(500)]})
    told = land_figures(plan.read(), MemoryLayers({"land_use": field}), PROFILE, "S1", SilentFeedback()).farmland
    assert told is not None and re.fullmatch(r"耕地占补：新建占用 (1\.\d\d) 公顷（水田 \1 公顷），复垦为耕地 0.00 公顷", render(told))


def test_patches_that_wait_for_a_check_and_tables_that_were_not_imported_are_told(plan: PlanFile) -> None:
    assert {"import:facts"} <= set(links(summed(plan), "roster")) and {"import:quota", "import:villages"} <= set(links(summed(plan), "controls"))
    with plan.write("测试", "提取") as tx:
        tx.update("patch", {"code": "P1"}, note="由地类图斑提取，最近居民点 123 米，待核对")
        tx.insert("quota", [{"area_code": "990001", "item": "households", "value": 5, "source": "指标.xlsx"}])
    value = summed(plan)
    assert "1 块居民点用地的归属为推测" in said(value, "roster") and "import:quota" not in links(value, "controls")
    assert villages_of_guesses(plan.read()) == [VILLAGES[0]]
