"""Decisions as the docks and the import make them, and how wrong values are refused."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from tests.plan.conftest import HAMLETS, VILLAGES
from village_planner.base import InputError, PlannerError, Refused, render
from village_planner.plan import PlanFile, Transaction, decisions
from village_planner.plan.schema import Action


def write(plan: PlanFile, function: Any, *arguments: Any, **named: Any) -> Any:
    with plan.write("张三", "决定") as tx:
        return function(tx, *arguments, **named)


def refusal(plan: PlanFile, table: str, row: dict[str, Any]) -> PlannerError:
    before = plan.state_hash()
    with pytest.raises(PlannerError) as caught, plan.write("张三", "决定") as tx:
        tx.upsert(table, [row])
    assert plan.state_hash() == before
    return caught.value


MOVE: dict[str, Any] = {"code": "M1", "scenario": "S1", "hamlet_code": HAMLETS[1], "destination_kind": "hamlet",
                        "destination_code": HAMLETS[0], "phase": 2022, "origin": "manual"}  # fmt: skip


def test_a_category_is_set_changed_and_cleared(plan: PlanFile) -> None:
    write(plan, decisions.set_category, "S1", VILLAGES[:2], "01", "人口集聚", "县政府文件", "suggested")
    write(plan, decisions.set_category, "S1", [VILLAGES[1]], "03")
    rows = plan.read().category.set_index("village_code")
    assert rows["category"].tolist() == ["01", "03"]
    assert rows.loc[VILLAGES[0], ["grounds", "basis", "origin"]].tolist() == ["人口集聚", "县政府文件", "suggested"]
    write(plan, decisions.clear_category, "S1", VILLAGES)
    assert plan.read().category.empty


def test_a_category_that_the_profile_does_not_know_is_refused(plan: PlanFile) -> None:
    with pytest.raises(InputError, match="99"):
        write(plan, decisions.set_category, "S1", [VILLAGES[0]], "99")


def test_an_unknown_village_is_refused_by_its_code_and_nothing_is_written(plan: PlanFile) -> None:
    with pytest.raises(Refused) as caught:
        write(plan, decisions.set_category, "S1", [VILLAGES[0], "370799101999"], "01")
    assert "370799101999" in render(caught.value.message)
    assert "“行政村”中不存在" in render(caught.value.message)
    assert plan.read().category.empty


def test_retaining_a_hamlet_removes_its_moves_in_that_scenario_only(plan: PlanFile) -> None:
    with plan.write("张三", "方案二") as tx:
        tx.insert("scenario", [{"code": "S2", "title": "方案二"}])
        decisions.set_action(tx, "S1", HAMLETS[1:3], Action.MERGE)
        for scenario, hamlet in (("S1", HAMLETS[1]), ("S1", HAMLETS[2]), ("S2", HAMLETS[1])):
            decisions.save_move(tx, {"scenario": scenario, "hamlet_code": hamlet, "destination_kind": "cash"})
    write(plan, decisions.set_action, "S1", [HAMLETS[1]], "retain")
    data = plan.read()
    assert list(zip(data.move["scenario"], data.move["hamlet_code"])) == [("S1", HAMLETS[2]), ("S2", HAMLETS[1])]
    assert data.action["action"].tolist() == ["retain", "merge"]
    plan.undo("张三")
    assert len(plan.read().move) == 3


def test_clearing_an_action_makes_the_hamlet_undecided_and_removes_its_moves(plan: PlanFile) -> None:
    write(plan, decisions.set_action, "S1", [HAMLETS[1]], "merge")
    write(plan, decisions.save_move, MOVE)
    write(plan, decisions.clear_action, "S1", [HAMLETS[1]])
    assert plan.read().action.empty and plan.read().move.empty


def test_a_split_hamlet_has_several_moves(plan: PlanFile) -> None:
    parts = [("site", "Z1", 70), ("town", None, 30), ("cash", None, 20)]
    with plan.write("张三", "迁并") as tx:
        codes = [
            decisions.save_move(tx, {"scenario": "S1", "hamlet_code": HAMLETS[0], "destination_kind": kind, "destination_code": to, "households": n})
            for kind, to, n in parts
        ]
    moves = plan.read().move
    assert moves["code"].tolist() == codes and len(set(codes)) == 3
    assert all(len(code) == 33 and code.startswith("M") for code in codes)
    assert (moves["households"].sum(), moves["hamlet_code"].nunique()) == (120, 1)


def test_a_move_is_changed_by_its_code_and_keeps_what_the_row_does_not_name(plan: PlanFile) -> None:
    code = write(plan, decisions.save_move, {**MOVE, "households": 12, "cleared_m2": 19200.25})
    assert write(plan, decisions.save_move, {"code": code, "phase": None}) == "M1"
    row = plan.read().move.iloc[0]
    assert pd.isna(row["phase"])
    assert (row["households"], row["cleared_m2"]) == (12, 19200.25)
    write(plan, decisions.delete_move, code)
    assert plan.read().move.empty


def test_a_consent_is_saved_and_deleted(plan: PlanFile) -> None:
    row = {"village_code": VILLAGES[0], "kind": "meeting_adults", "date": datetime.date(2026, 6, 1), "eligible": np.int64(601),
           "attended": 301.0, "in_favour": 151}  # fmt: skip
    code = write(plan, decisions.save_consent, row)
    saved = plan.read().consent.iloc[0]
    assert (code[0], saved["date"], saved["eligible"], saved["attended"]) == ("C", "2026-06-01", 601, 301)
    write(plan, decisions.delete_consent, code)
    assert plan.read().consent.empty


@pytest.mark.parametrize(("column", "value", "code", "heading"), [
    ("households", "六十", "plan.value_not_int", "户数"),
    ("households", 1.5, "plan.value_not_int", "户数"),
    ("cleared_m2", "1.2公顷", "plan.value_not_real", "拆旧（腾退）面积 m²"),
    ("cleared_m2", float("inf"), "plan.value_not_real", "拆旧（腾退）面积 m²"),
    ("destination_name", 12, "plan.value_not_text", "迁入地名称"),
    ("destination_kind", "moon", "plan.value_not_a_choice", "迁入去向类型"),
    ("destination_kind", None, "plan.value_missing", "迁入去向类型"),
])  # fmt: skip
def test_a_value_of_the_wrong_kind_is_refused_with_hamlet_and_heading(
    plan: PlanFile, column: str, value: Any, code: str, heading: str
) -> None:
    error = refusal(plan, "move", {**MOVE, column: value})
    assert isinstance(error, InputError)
    assert error.message.code == code
    assert HAMLETS[1] in render(error.message) and f"“{heading}”" in render(error.message)


@pytest.mark.parametrize(("column", "value", "parent"), [
    ("phase", 2024, "分期"), ("scenario", "S9", "方案"), ("hamlet_code", "370799101201999", "自然村/居民点"),
])  # fmt: skip
def test_a_reference_to_nothing_is_refused(plan: PlanFile, column: str, value: Any, parent: str) -> None:
    error = refusal(plan, "move", {**MOVE, column: value})
    assert isinstance(error, Refused)
    assert f"“{parent}”中不存在" in render(error.message)


def test_wrong_dates_and_geometries_are_refused(plan: PlanFile) -> None:
    assert refusal(plan, "consent", {"code": "C1", "village_code": VILLAGES[0], "kind": "survey", "date": "2026-02-30"}).message.code == (
        "plan.value_not_date"
    )
    assert refusal(plan, "patch", {"code": "P9", "kind": "new", "geom": shapely.Point(1, 1)}).message.code == "plan.wrong_geometry"


def test_a_refused_call_leaves_the_rest_of_the_action_alone(plan: PlanFile) -> None:
    def half(tx: Transaction) -> None:
        tx.insert("site_capacity", [{"site_code": "Z1", "phase": 2022, "households": 100}])
        with pytest.raises(Refused):
            tx.insert("site_capacity", [{"site_code": "Z1", "phase": 2025, "households": 160}, {"site_code": "无", "phase": 2025, "households": 1}])
        assert tx.delete("site_capacity", {"site_code": "Z1"}) == 1
        with pytest.raises(Refused):
            tx.update("site", {"code": "Z9"}, name="无")

    write(plan, half)
    assert plan.read().site_capacity.empty


def test_a_second_row_with_the_same_key_is_refused(plan: PlanFile) -> None:
    with pytest.raises(Refused) as caught:
        write(plan, lambda tx: tx.insert("phase", [{"year": 2022, "title": "重复"}]))
    assert "2022" in render(caught.value.message)


def test_findings_of_a_scenario_are_replaced_without_history(plan: PlanFile) -> None:
    findings = pd.DataFrame([{
        "key": "k1", "rule": "QC-7102", "severity": "A", "subject_kind": "village", "subject_code": VILLAGES[0], "village_code": VILLAGES[0],
        "other_kind": None, "other_code": None, "measure": np.nan, "limit_value": 2.5, "unit": "m²", "message_code": "x",
        "params": {"name": "村"}, "digest": "d", "state": "open", "geom": shapely.box(0, 0, 1, 1),
    }])  # fmt: skip
    run = {"code": "R1", "at": "2026-11-21", "who": "张三", "scenario": "S1", "rules": ["QC-7102"], "not_checked": []}
    groups = len(plan.history())
    plan.store_findings(run, findings)
    plan.store_findings({**run, "code": "R2"}, findings.assign(key="k2"))
    data = plan.read()
    assert data.finding[["key", "state"]].to_numpy().tolist() == [["k1", "fixed"], ["k2", "open"]]
    assert data.check_run["code"].tolist() == ["R1", "R2"]
    assert data.finding["params"][1] == {"name": "村"}
    assert data.finding["geom"][1].area == 1
    plan.store_findings({**run, "code": "T1", "scenario": "S2"}, findings.assign(key="k2", measure=7.0))
    data = plan.read()
    open_now = data.finding[data.finding["state"] == "open"]
    assert open_now[["scenario", "key", "run"]].to_numpy().tolist() == [["S1", "k2", "R2"], ["S2", "k2", "T1"]]
    assert len(plan.history()) == groups
    plan.store_findings({**run, "code": "R3"}, findings.iloc[:0])
    data = plan.read()
    assert data.finding.loc[data.finding["state"] == "open", "scenario"].tolist() == ["S2"]
    assert plan.verify() == []
