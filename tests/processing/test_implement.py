"""The command `implement`: refused with one sentence before the approval, afterwards rows in the ledger and a report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("qgis.core")

from qgis.core import QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback

from tests.desk.small_plan import HAMLETS, make_plan
from tests.plan.procedure import approve
from village_planner.plan import PlanFile, decisions
from village_planner.processing.implement import ImplementAlgorithm


@pytest.fixture
def plan(tmp_path: Path) -> PlanFile:
    plan = PlanFile.open(make_plan(tmp_path / "规划.gpkg"))
    with plan.write("测试", "决定") as tx:
        decisions.set_action(tx, "S1", [HAMLETS[1]], "merge")
        move = {"scenario": "S1", "hamlet_code": HAMLETS[1], "destination_kind": "hamlet", "destination_code": HAMLETS[0], "phase": 2025}
        decisions.save_move(tx, {**move, "code": "M1", "households": 10, "origin": "manual"})
    return plan


def run(plan: PlanFile, ledger: Path) -> dict[str, Any]:
    algorithm = ImplementAlgorithm().create()
    parameters = {"PLAN": str(plan.path), "LEDGER": str(ledger)}
    return dict(algorithm.processAlgorithm(parameters, QgsProcessingContext(), QgsProcessingFeedback()))


def test_the_ledger_is_refused_before_the_approval_and_kept_afterwards(qgis_app: Any, plan: PlanFile, tmp_path: Path) -> None:
    ledger = tmp_path / "台账.csv"
    ledger.write_text("行政村,自然村,年度,实际户数\n甲村,甲湾,2026,4\n甲村,甲庄,2026,1\n", encoding="utf-8")
    with pytest.raises(QgsProcessingException, match="批复"):
        run(plan, ledger)
    approve(plan)
    outputs = run(plan, ledger)
    assert (outputs["ACCEPTED"], outputs["REJECTED"]) == (1, 1)
    assert plan.read().implementation["households"].tolist() == [4]
    report = json.loads(Path(outputs["REPORT"]).read_text(encoding="utf-8"))
    assert any("没有迁并任务" in row["zh_CN"] for section in report["sections"] for row in section["rows"])
