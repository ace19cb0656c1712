"""Steps that join several rooms, without a desktop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.desk.small_plan import HAMLETS, VILLAGES, hamlet_place, make_plan
from village_planner.base import Cancelled, Message, SilentFeedback
from village_planner.desk.steps import check_plan, find_faults
from village_planner.plan import PlanFile
from village_planner.plan.data import PlanData


class Listening(SilentFeedback):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Message] = []

    def say(self, message: Message) -> None:
        self.told.append(message)


def test_a_check_says_that_the_layers_were_left_behind_and_does_not_pass_their_rules(tmp_path: Path) -> None:
    plan = PlanFile.open(make_plan(tmp_path / "规划.gpkg"))
    with plan.write("测试", "导入管控图层") as tx:
        tx.insert("control_layer", [{
            "code": "c001", "kind": "permanent_basic_farmland", "title": "永久基本农田", "source": "a.gdb", "imported_at": "2026-11-21",
            "features": 9, "repaired": 0, "set_aside": 0, "digest": "d",
        }])  # fmt: skip
    listening = Listening()
    outcome = check_plan(plan.path, listening, rules=["QC-5202"])
    assert [message.code for message in listening.told] == ["plan.layers_file_missing"]
    assert len(outcome.not_checked) == 1
    assert outcome.findings.empty


def decided(path: Path) -> PlanFile:
    """The small plan with a hamlet that moves away without being counted whole."""
    plan = PlanFile.open(make_plan(path))
    with plan.write("测试", "撤并") as tx:
        tx.insert("action", [{"scenario": "S1", "hamlet_code": HAMLETS[1], "action": "merge", "origin": "manual"}])
        tx.insert("move", [{
            "code": "M1", "scenario": "S1", "hamlet_code": HAMLETS[1], "destination_kind": "hamlet", "destination_code": HAMLETS[0],
            "households": 4, "persons": 33, "phase": 2025, "origin": "manual",
        }])  # fmt: skip
    return plan


def kept(data: PlanData) -> list[tuple[Any, ...]]:
    """What the plan says of itself: its open findings and what was not checked, without the run that found it."""
    finding = data.finding[data.finding["state"] != "fixed"]
    rows = [(row.key, row.digest, row.severity, repr(row.params), row.state) for row in finding.itertuples()]
    notes = [(item["rule"], item["code"], repr(item["params"])) for item in data.check_run.iloc[-1]["not_checked"]]
    return [*sorted(rows), *sorted(notes), *sorted(data.check_run.iloc[-1]["rules"])]


EDITS = {
    "category": lambda tx: tx.insert("category", [{"scenario": "S1", "village_code": VILLAGES[0], "category": "01", "origin": "manual"}]),
    "move": lambda tx: tx.update("move", {"code": "M1"}, households=10),
    "name": lambda tx: tx.update("hamlet", {"code": HAMLETS[1]}, name="甲新湾"),
    "patch": lambda tx: tx.insert("patch", [{"code": "P2", "kind": "new", "hamlet_code": HAMLETS[0], "geom": hamlet_place(0).buffer(20)}]),
    "protection": lambda tx: tx.update("hamlet", {"code": HAMLETS[1]}, protection="traditional"),
    "consent": lambda tx: tx.insert("consent", [{"code": "C1", "village_code": VILLAGES[0], "kind": "survey", "date": "2021-01-01"}]),
    "gone": lambda tx: tx.delete("move", {"code": "M1"}),
}


@pytest.mark.parametrize("edit", EDITS)
def test_checking_what_changed_keeps_the_plan_as_a_full_check_would(tmp_path: Path, edit: str) -> None:
    plan = decided(tmp_path / "规划.gpkg")
    check_plan(plan.path, SilentFeedback())
    with plan.write("测试", "编辑") as tx:
        EDITS[edit](tx)
    outcome = check_plan(plan.path, SilentFeedback(), changed_only=True)
    changed = plan.read()
    assert sum(outcome.count(severity) for severity in "ABC") == (changed.finding["state"] == "open").sum()
    check_plan(plan.path, SilentFeedback())
    assert kept(changed) == kept(plan.read())


def test_a_check_of_what_changed_after_nothing_changed_leaves_the_last_run_alone(tmp_path: Path) -> None:
    plan = decided(tmp_path / "规划.gpkg")
    first = check_plan(plan.path, SilentFeedback())
    before = plan.read()
    outcome = check_plan(plan.path, SilentFeedback(), changed_only=True)
    assert outcome.rules == () and outcome.record is None and len(outcome.findings) == len(first.findings)
    assert [message.code for message in outcome.not_checked] == [message.code for message in first.not_checked]
    assert plan.read().check_run["code"].tolist() == before.check_run["code"].tolist()


def test_a_check_of_what_changed_counts_what_is_new_and_gone(tmp_path: Path) -> None:
    plan = decided(tmp_path / "规划.gpkg")
    assert check_plan(plan.path, SilentFeedback()).new is None
    with plan.write("测试", "编辑") as tx:
        EDITS["move"](tx)
        EDITS["protection"](tx)
    outcome = check_plan(plan.path, SilentFeedback(), changed_only=True)
    finding = plan.read().finding
    assert set(finding.loc[finding["rule"].isin(["QC-7106", "QC-7108"]), "state"]) == {"fixed", "open"}
    assert finding.loc[finding["rule"] == "QC-7106", "state"].tolist() == ["open"]
    assert outcome.gone >= 1 and outcome.new >= 1 and "QC-7106" in outcome.rules and "QC-5202" not in outcome.rules


def test_a_first_check_of_what_changed_is_a_full_one(tmp_path: Path) -> None:
    plan = decided(tmp_path / "规划.gpkg")
    assert len(check_plan(plan.path, SilentFeedback(), changed_only=True).rules) > 5
    assert not plan.read().finding.empty


def test_a_check_of_one_rule_leaves_the_findings_of_others(tmp_path: Path) -> None:
    plan = decided(tmp_path / "规划.gpkg")
    check_plan(plan.path, SilentFeedback())
    before = kept(plan.read())
    outcome = check_plan(plan.path, SilentFeedback(), rules=["QC-7108"])
    assert set(outcome.findings["rule"]) == {"QC-7108"} and outcome.not_checked == ()
    assert kept(plan.read()) == before


@pytest.mark.parametrize("changed_only", [False, True])
def test_a_cancelled_check_leaves_the_stored_findings_as_they_were(tmp_path: Path, changed_only: bool) -> None:
    plan = decided(tmp_path / "规划.gpkg")
    check_plan(plan.path, SilentFeedback())
    with plan.write("测试", "编辑") as tx:
        EDITS["move"](tx)
    before = plan.read()

    class Impatient(SilentFeedback):
        def __init__(self) -> None:
            self.calls = 0

        def is_cancelled(self) -> bool:
            self.calls += 1
            return self.calls > 3

    with pytest.raises(Cancelled):
        check_plan(plan.path, Impatient(), changed_only=changed_only)
    after = plan.read()
    assert after.finding.drop(columns="geom").equals(before.finding.drop(columns="geom")) and after.check_run.equals(before.check_run)


def test_a_check_that_goes_on_keeps_the_last_run(tmp_path: Path) -> None:
    plan = decided(tmp_path / "规划.gpkg")
    check_plan(plan.path, SilentFeedback())
    with plan.write("测试", "编辑") as tx:
        EDITS["move"](tx)
    record = find_faults(plan.path, SilentFeedback(), rules=["QC-7108"], goes_on=True).record
    assert record is not None and record.run["code"] == plan.read().check_run["code"].tolist()[-1]
    plan.store_findings(record.run, record.findings, record.checked)
    data = plan.read()
    assert len(data.check_run) == 1 and "fixed" in set(data.finding.loc[data.finding["rule"] == "QC-7108", "state"])
