"""Scenarios are copied whole, renamed, deleted and adopted, and each of it can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.plan.conftest import HAMLETS, VILLAGES
from tests.plan.procedure import advance, approve
from village_planner.base import InputError, Refused
from village_planner.plan import PlanFile, decisions
from village_planner.plan.ledger import save_actuals
from village_planner.plan.scenarios import DECIDED, adopt_scenario, copy_scenario, delete_scenario, rename_scenario


@pytest.fixture
def decided(plan: PlanFile) -> Iterator[PlanFile]:
    with plan.write("张三", "决定") as tx:
        decisions.set_category(tx, "S1", VILLAGES[:2], "01", "人口集聚", "县政府文件")
        decisions.set_action(tx, "S1", [HAMLETS[1]], "merge", "户少")
        move = {"code": "M1", "scenario": "S1", "hamlet_code": HAMLETS[1], "destination_kind": "hamlet", "destination_code": HAMLETS[0], "origin": "manual"}
        decisions.save_move(tx, {**move, "phase": 2022, "households": 11})
    yield plan


def do(plan: PlanFile, function: Any, *arguments: Any, **named: Any) -> Any:
    with plan.write("张三", "方案") as tx:
        return function(tx, *arguments, **named)


def rows(plan: PlanFile, table: str, scenario: str) -> pd.DataFrame:
    frame = getattr(plan.read(), table)
    own = frame[frame["scenario"] == scenario].drop(columns=["scenario", *(["code"] if table == "move" else [])])
    return own.reset_index(drop=True)


def test_a_copy_holds_the_same_decisions_with_moves_of_its_own(decided: PlanFile) -> None:
    code = do(decided, copy_scenario, "S1", " 方案二 ", "多迁一个庄")
    data = decided.read()
    assert code == "S2" and data.scenario == "S1"
    assert data.scenario == "S1" and data.tables["scenario"]["title"].tolist() == ["方案一", "方案二"]
    for table in DECIDED:
        pd.testing.assert_frame_equal(rows(decided, table, "S1"), rows(decided, table, "S2"))
    assert data.move["code"].nunique() == 2


def test_a_change_in_the_copy_leaves_the_original(decided: PlanFile) -> None:
    do(decided, copy_scenario, "S1", "方案二")
    before = rows(decided, "category", "S1")
    do(decided, decisions.set_category, "S2", VILLAGES, "03")
    pd.testing.assert_frame_equal(rows(decided, "category", "S1"), before)


def test_a_copy_is_one_action_that_is_undone_and_redone(decided: PlanFile) -> None:
    before = decided.state_hash()
    do(decided, copy_scenario, "S1", "方案二")
    after = decided.state_hash()
    decided.undo("张三")
    assert decided.state_hash() == before
    decided.redo("张三")
    assert decided.state_hash() == after


def test_two_scenarios_never_share_a_title(decided: PlanFile) -> None:
    with pytest.raises(InputError, match="方案一"):
        do(decided, copy_scenario, "S1", "方案一")
    with pytest.raises(InputError, match="name"):
        do(decided, copy_scenario, "S1", "  ")
    do(decided, rename_scenario, "S1", "方案一", "自己的名称可以保留")
    do(decided, copy_scenario, "S1", "方案二")
    with pytest.raises(InputError, match="方案二"):
        do(decided, rename_scenario, "S1", "方案二")


def test_adopting_another_scenario_is_undone(decided: PlanFile) -> None:
    code = do(decided, copy_scenario, "S1", "方案二")
    do(decided, adopt_scenario, code)
    assert decided.read().scenario == code
    decided.undo("张三")
    assert decided.read().scenario == "S1"


def test_neither_the_adopted_nor_the_last_scenario_is_deleted(decided: PlanFile) -> None:
    with pytest.raises(Refused, match="方案一"):
        do(decided, delete_scenario, "S1")
    code = do(decided, copy_scenario, "S1", "方案二")
    do(decided, adopt_scenario, code)
    do(decided, delete_scenario, "S1")
    data = decided.read()
    assert data.tables["scenario"]["code"].tolist() == [code]
    assert all((getattr(data, table)["scenario"] == code).all() for table in DECIDED)


def test_a_deleted_scenario_comes_back_with_its_decisions(decided: PlanFile) -> None:
    code = do(decided, copy_scenario, "S1", "方案二")
    before = decided.state_hash()
    do(decided, delete_scenario, code)
    decided.undo("张三")
    assert decided.state_hash() == before


def test_a_new_scenario_takes_no_code_that_kept_findings_speak_of(decided: PlanFile) -> None:
    code = do(decided, copy_scenario, "S1", "方案二")
    run = {"code": "R1", "at": "2026-01-01T00:00:00", "who": "张三", "scenario": code, "rules": [], "not_checked": []}
    decided.store_findings(run, decided.read().finding)
    do(decided, delete_scenario, code)
    assert do(decided, copy_scenario, "S1", "方案三") == "S3"


def test_after_the_approval_scenarios_are_closed(decided: PlanFile) -> None:
    code = do(decided, copy_scenario, "S1", "方案二")
    approve(decided)
    for function, arguments in (
        (copy_scenario, ("S1", "方案三")), (rename_scenario, (code, "方案四")), (delete_scenario, (code,)), (adopt_scenario, (code,)),
    ):
        with pytest.raises(Refused, match="approved"):
            do(decided, function, *arguments)


def test_a_scenario_whose_moves_the_ledger_speaks_of_stays(decided: PlanFile) -> None:
    code = do(decided, copy_scenario, "S1", "方案二")
    approve(decided)
    do(decided, save_actuals, [{"move_code": "M1", "year": 2026, "households": 3}])
    decided.transition("张三", "revision", "2026-06-01", "修改〔2026〕1号", "同意修改", legal_ground="城乡规划法第四十七条")
    do(decided, adopt_scenario, code)
    with pytest.raises(Refused):
        do(decided, delete_scenario, "S1")


def test_the_ledger_opens_with_the_approval_and_forgets_a_row_that_states_nothing(decided: PlanFile) -> None:
    actual = {"move_code": "M1", "year": 2026, "households": 3, "cleared_m2": 120.5}
    advance(decided, "submitted")
    with pytest.raises(Refused, match="approved"):
        do(decided, save_actuals, [actual])
    approve(decided)
    do(decided, save_actuals, [actual])
    do(decided, save_actuals, [{"move_code": "M1", "year": 2026, "households": None}])
    assert decided.read().implementation[["households", "cleared_m2"]].isna().iloc[0].tolist() == [True, False]
    do(decided, save_actuals, [{"move_code": "M1", "year": 2026, "cleared_m2": None}])
    assert decided.read().implementation.empty


def test_a_step_keeps_its_document_beside_or_in_the_plan(decided: PlanFile) -> None:
    from village_planner.plan import Evidence

    document = decided.path.parent / "附件" / "征求意见函.pdf"
    document.parent.mkdir()
    document.write_bytes(b"%PDF-1.4")
    decided.transition("desk", "consultation", "2026-01-05", "〔2026〕1号", "同意", person="张三", evidence=Evidence(document))
    decided.transition("desk", "expert_review", "2026-02-05", "〔2026〕2号", "通过", person="张三", evidence=Evidence(document, "意见", copied=True))
    data = decided.read()
    assert data.approval_step["person"].tolist() == ["张三", "张三"]
    linked, copied = (data.evidence.iloc[row] for row in (0, 1))
    assert (linked["path"], linked["content"], linked["title"]) == ("附件/征求意见函.pdf", None, "征求意见函.pdf")
    assert copied["content"] == b"%PDF-1.4" and copied["sha256"] == linked["sha256"] and len(linked["sha256"]) == 64
    assert linked["subject_key"] == {"code": data.approval_step["code"].iloc[0]}


def test_a_step_whose_document_is_gone_is_not_taken(decided: PlanFile, tmp_path: Path) -> None:
    from village_planner.plan import Evidence

    with pytest.raises(InputError, match="无此文件"):
        decided.transition("张三", "consultation", "2026-01-05", "〔2026〕1号", "同意", evidence=Evidence(tmp_path / "无此文件.pdf"))
    assert decided.status.value == "drafting" and decided.read().approval_step.empty
