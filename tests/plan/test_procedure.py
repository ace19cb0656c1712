"""The procedure of approval, the closed plan, and the revision that opens it again."""

from __future__ import annotations

import sqlite3

import pytest
import shapely

from tests.plan.conftest import HAMLETS, VILLAGES
from tests.plan.procedure import advance, approve
from village_planner.base import InputError, Refused, render
from village_planner.plan import PlanFile, decisions


def code_of(caught: pytest.ExceptionInfo[Refused]) -> str:
    """The innermost message code of a refusal."""
    message = caught.value.message
    while "reason" in message.params:
        message = message.params["reason"]
    return message.code


def categorise(plan: PlanFile, category: str) -> None:
    with plan.write("张三", "分类") as tx:
        decisions.set_category(tx, "S1", [VILLAGES[0]], category)


def save_move(plan: PlanFile, households: int = 60) -> str:
    with plan.write("张三", "迁并") as tx:
        return decisions.save_move(tx, {
            "scenario": "S1", "hamlet_code": HAMLETS[1], "destination_kind": "hamlet", "destination_code": HAMLETS[0], "phase": 2022,
            "households": households,
        })  # fmt: skip


def test_the_status_follows_the_procedure_step_by_step(plan: PlanFile) -> None:
    advance(plan, "implementation")
    steps = plan.read().approval_step
    assert plan.status.value == "implementation"
    assert steps["to_status"].tolist()[0] == "consultation"
    assert steps["from_status"].tolist()[1:] == steps["to_status"].tolist()[:-1]


def test_a_step_that_the_procedure_does_not_know_is_refused(plan: PlanFile) -> None:
    with pytest.raises(Refused) as caught:
        plan.transition("张三", "approved", "2026-01-01", "文", "通过")
    assert code_of(caught) == "plan.step_not_allowed"
    assert "批复" in render(caught.value.message)
    assert plan.status.value == "drafting"
    assert plan.read().approval_step.empty


@pytest.mark.parametrize("status", ["consultation", "expert_review", "public_notice", "committee", "submitted"])
def test_every_review_step_can_send_the_plan_back(plan: PlanFile, status: str) -> None:
    advance(plan, status)
    plan.transition("张三", "drafting", "2026-06-01", "退回函", "退回修改")
    assert plan.status.value == "drafting"
    categorise(plan, "01")


@pytest.mark.parametrize(("field", "value"), [("document", ""), ("result", " "), ("who", "")])
def test_a_step_without_document_result_or_person_is_refused(plan: PlanFile, field: str, value: str) -> None:
    step = {"who": "张三", "to_status": "consultation", "date": "2026-01-01", "document": "文", "result": "通过", field: value}
    with pytest.raises(Refused) as caught:
        plan.transition(**step)
    assert code_of(caught) == "plan.step_incomplete"


def test_a_step_with_a_date_that_does_not_exist_is_refused(plan: PlanFile) -> None:
    with pytest.raises(InputError):
        plan.transition("张三", "consultation", "2026-02-30", "文", "通过")


@pytest.mark.parametrize(("last_day", "passes"), [("2026-03-25", False), ("2026-03-29", False), ("2026-03-30", True)])
def test_the_public_notice_lasts_thirty_days_counting_both_ends(plan: PlanFile, last_day: str, passes: bool) -> None:
    advance(plan, "expert_review")
    plan.transition("张三", "public_notice", "2026-03-01", "公示", "公示", end_date=last_day)
    if passes:
        plan.transition("张三", "committee", "2026-04-01", "文", "通过")
        assert plan.status.value == "committee"
    else:
        with pytest.raises(Refused) as caught:
            plan.transition("张三", "committee", "2026-04-01", "文", "通过")
        assert code_of(caught) == "plan.notice_too_short"


def test_the_last_day_of_the_notice_may_be_stated_on_leaving_but_must_be_over(plan: PlanFile) -> None:
    advance(plan, "expert_review")
    plan.transition("张三", "public_notice", "2026-03-01", "公示", "公示")
    for date, end in (("2026-04-01", None), ("2026-03-20", "2026-03-30"), ("2026-04-01", "2026-03-15")):
        with pytest.raises(Refused):
            plan.transition("张三", "committee", date, "文", "通过", end_date=end)
    plan.transition("张三", "committee", "2026-03-31", "文", "通过", end_date="2026-03-30")


def test_the_notice_cannot_be_shortened_by_plain_sql(plan: PlanFile) -> None:
    advance(plan, "expert_review")
    plan.transition("张三", "public_notice", "2026-03-01", "公示", "公示", end_date="2026-03-25")
    connection = sqlite3.connect(plan.path)
    step = "('x', 'public_notice', 'committee', '2026-04-01', '文', '通过', '某人', '')"
    with pytest.raises(sqlite3.IntegrityError, match="公示"):
        connection.execute(
            f"INSERT INTO approval_step (code, from_status, to_status, date, document, result, person, recorded_at) VALUES {step}"
        )
    with pytest.raises(sqlite3.IntegrityError, match="只能追加"):
        connection.execute("UPDATE approval_step SET date = '2026-02-01'")
    connection.close()


def test_plain_sql_cannot_approve_even_with_a_step(plan: PlanFile) -> None:
    advance(plan, "submitted")
    connection = sqlite3.connect(plan.path)
    with pytest.raises(sqlite3.IntegrityError, match="插件中登记"):
        connection.execute(
            "INSERT INTO approval_step (code, from_status, to_status, date, document, result, person, recorded_at, state_hash) "
            "VALUES ('x', 'submitted', 'approved', '2026-04-01', '文', '通过', '某人', '', 'abc')"
        )
    connection.close()


def test_case_10_after_approval(plan: PlanFile) -> None:
    categorise(plan, "01")
    move = save_move(plan, households=60)
    before = plan.state_hash()
    advance(plan, "implementation")
    approval = plan.read().approval_step.set_index("to_status").loc["approved"]
    assert approval["state_hash"] == before

    with pytest.raises(Refused) as caught:
        categorise(plan, "02")
    assert code_of(caught) == "plan.locked"
    with pytest.raises(Refused):
        plan.undo("张三")

    with plan.write("张三", "实施台账") as tx:
        tx.insert("implementation", [{"move_code": move, "year": 2022, "households": 41}])
    assert plan.read().implementation["households"].tolist() == [41]
    assert plan.state_hash() == before
    assert plan.revision_report().empty
    assert plan.verify() == []

    with pytest.raises(Refused) as caught:
        plan.transition("张三", "revision", "2027-01-01", "文", "同意")
    assert code_of(caught) == "plan.step_without_ground"
    plan.transition("张三", "revision", "2027-01-01", "文", "同意", legal_ground="城乡规划法第四十八条")
    with pytest.raises(Refused) as caught, plan.write("张三", "实施台账") as tx:
        tx.update("implementation", {"move_code": move, "year": 2022}, households=42)
    assert code_of(caught) == "plan.not_yet_approved"
    categorise(plan, "02")
    report = plan.revision_report()
    assert report.to_dict("records") == [
        {"table": "category", "key": {"scenario": "S1", "village_code": VILLAGES[0]}, "column": "category", "old": "01", "new": "02"}
    ]
    assert plan.state_hash() != before
    assert plan.verify() == []


def test_the_ledger_is_closed_before_the_approval(plan: PlanFile) -> None:
    move = save_move(plan)
    with pytest.raises(Refused) as caught, plan.write("张三", "实施台账") as tx:
        tx.insert("implementation", [{"move_code": move, "year": 2022, "households": 41}])
    assert code_of(caught) == "plan.not_yet_approved"


def test_consents_stay_open_after_the_approval(plan: PlanFile) -> None:
    approve(plan)
    with plan.write("张三", "表决") as tx:
        decisions.save_consent(tx, {"village_code": VILLAGES[0], "kind": "meeting_adults", "date": "2026-06-01"})
    assert len(plan.read().consent) == 1


def test_the_revision_report_shows_added_removed_and_redrawn_rows(plan: PlanFile) -> None:
    approve(plan)
    plan.transition("张三", "revision", "2027-01-01", "文", "同意", legal_ground="法")
    with plan.write("张三", "修改") as tx:
        tx.update("site", {"code": "Z1"}, geom=shapely.box(0, 0, 1, 1))
        tx.delete("patch", {"code": "P0"})
        tx.insert("patch", [{"code": "P7", "kind": "new"}])
    report = plan.revision_report().set_index("table")
    assert report.loc["site", "column"] == "geom"
    assert (report.loc["site", "old"].area, report.loc["site", "new"].area) == (pytest.approx(33.3 * 44.4), 1)
    patches = report.loc["patch"]
    assert patches["key"].tolist() == [{"code": "P0"}, {"code": "P7"}]
    assert patches["column"].tolist() == [None, None]
    assert (patches["new"].iloc[0], patches["old"].iloc[1]) == (None, None)


def test_a_second_approval_becomes_what_the_next_revision_is_compared_with(plan: PlanFile) -> None:
    categorise(plan, "01")
    approve(plan)
    plan.transition("张三", "revision", "2027-01-01", "文", "同意", legal_ground="法")
    categorise(plan, "02")
    advance(plan, "approved")
    assert plan.revision_report().empty
    with pytest.raises(Refused):
        categorise(plan, "03")


def test_there_is_no_revision_report_before_the_first_approval(plan: PlanFile) -> None:
    with pytest.raises(Refused) as caught:
        plan.revision_report()
    assert caught.value.message.code == "plan.never_approved"


def test_the_state_hash_does_not_depend_on_how_the_state_came_about(plan: PlanFile) -> None:
    with plan.write("张三", "分类") as tx:
        decisions.set_category(tx, "S1", VILLAGES, "01")
    direct = plan.state_hash()
    plan.undo("张三")
    for village in reversed(VILLAGES):
        with plan.write("张三", "分类") as tx:
            decisions.set_category(tx, "S1", [village], "02")
            decisions.set_category(tx, "S1", [village], "01")
    assert plan.state_hash() == direct
