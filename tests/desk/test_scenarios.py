"""Which scenario is shown and edited is the planner's choice, and everything follows it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk.small_plan import HAMLETS, VILLAGES
from tests.plan.procedure import approve
from village_planner.base import Refused
from village_planner.base.feedback import SilentFeedback
from village_planner.desk.layers import PlanLayers
from village_planner.desk.procedure import ApprovalStep, next_statuses, record_step, save_ledger, takes_back
from village_planner.desk.scenarios import Scenarios
from village_planner.desk.session import PlanSession
from village_planner.plan.schema import Status


@pytest.fixture
def scenarios(session: PlanSession) -> Scenarios:
    session.set_category(VILLAGES[:1], "01", "分类")
    return Scenarios(session)


def copied(scenarios: Scenarios, session: PlanSession, title: str = "方案二") -> str:
    """Copy the first scenario as the task of the desk does, and show the copy."""
    code, fresh = session.followed(scenarios.copying("S1", title))(SilentFeedback())
    session.take(fresh, code)
    return code


def test_a_copy_is_shown_and_edited_at_once(scenarios: Scenarios, session: PlanSession) -> None:
    layers = PlanLayers(session)
    layers.show()
    code = copied(scenarios, session, scenarios.free_title())
    assert session.scenario == code and session.data.scenario == "S1" and scenarios.title(code) == "方案二"
    session.set_category(VILLAGES[:1], "04", "改分类")
    shown = {feature["code"]: feature["category"] for feature in layers.villages.layer.getFeatures()}
    assert shown[VILLAGES[0]] == "04"
    rows = session.data.category
    assert dict(zip(rows["scenario"], rows["category"])) == {"S1": "01", code: "04"}


def test_a_decision_that_came_while_the_copy_was_made_is_not_lost(scenarios: Scenarios, session: PlanSession) -> None:
    code, fresh = session.followed(scenarios.copying("S1", "方案二"))(SilentFeedback())
    session.set_category(VILLAGES[1:2], "02", "其间")
    session.take(fresh, code)
    assert session.scenario == code and len(session.data.category) == 3


def test_choosing_a_scenario_shows_it_everywhere_and_writes_nothing(scenarios: Scenarios, session: PlanSession, qtbot: Any) -> None:
    copied(scenarios, session)
    entries = len(session.history())
    with qtbot.waitSignal(session.reloaded):
        session.choose_scenario("S1")
    assert session.scenario == "S1" and len(session.history()) == entries
    with pytest.raises(Refused, match="S9"):
        session.choose_scenario("S9")


def test_when_the_shown_scenario_goes_the_adopted_one_is_shown(scenarios: Scenarios, session: PlanSession, qtbot: Any) -> None:
    code = copied(scenarios, session)
    with qtbot.waitSignal(session.reloaded):
        session.undo()
    assert session.scenario == "S1"
    session.redo()
    assert session.scenario == code
    with qtbot.waitSignal(session.reloaded):
        scenarios.delete(code)
    assert session.scenario == "S1"


def test_adopting_is_one_entry_of_the_history(scenarios: Scenarios, session: PlanSession) -> None:
    code = copied(scenarios, session)
    scenarios.adopt(code)
    assert session.data.scenario == code and session.history()["label"].iloc[0] == "采纳方案“方案二”"
    session.undo()
    assert session.data.scenario == "S1" and session.scenario == code


def test_a_recorded_step_shows_at_once(session: PlanSession) -> None:
    step = ApprovalStep(Status.CONSULTATION, "2026-01-05", "〔2026〕1号", "同意", "李四")
    record_step(session, step)
    assert session.status is Status.CONSULTATION and session.data.approval_step["person"].tolist() == ["李四"]
    assert next_statuses(session.status)[0] is Status.EXPERT_REVIEW and takes_back(session.status, Status.DRAFTING)
    with pytest.raises(Refused):
        record_step(session, ApprovalStep(Status.APPROVED, "2026-01-06", "〔2026〕2号", "同意", "李四"))


def test_the_ledger_of_a_locked_plan_is_one_action(session: PlanSession) -> None:
    session.set_action(HAMLETS[1:2], "merge", "撤并")
    (code,) = session.save_moves([{"hamlet_code": HAMLETS[1], "destination_kind": "hamlet", "destination_code": HAMLETS[0], "households": 10}], "任务")
    rows = [{"move_code": code, "year": year, "households": 4} for year in (2026, 2027)]
    with pytest.raises(Refused):
        save_ledger(session, rows)
    approve(session.file)
    session.reload()
    save_ledger(session, rows)
    assert len(session.data.implementation) == 2 and session.history()["label"].iloc[0] == "登记2026、2027年实施台账 2 条"
    session.undo()
    assert session.data.implementation.empty
