"""Steps that join several rooms, without a desktop."""

from __future__ import annotations

from pathlib import Path

from tests.desk.small_plan import make_plan
from village_planner.base import Message, SilentFeedback
from village_planner.desk.steps import check_plan
from village_planner.plan import PlanFile


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
