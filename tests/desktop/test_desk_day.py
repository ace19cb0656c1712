"""A planner's day in a real QGIS, driven through its window by mouse and keys, and what the next morning finds of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tools.desk_day import DAY, PARTS, figures_path, plan_path, report, run_day
from village_planner.plan import PlanFile

pytestmark = [
    pytest.mark.qgis,
    pytest.mark.slow,
    pytest.mark.skipif(not (shutil.which("Xvfb") and shutil.which("qgis")), reason="no QGIS desktop or no Xvfb here"),
]


def test_a_day_at_the_desk_ends_with_what_the_planner_did_in_the_plan_file(staged_plugin: Path, tmp_path: Path) -> None:
    folder, shots = tmp_path / "资料 与 规划", DAY / "short"
    assert run_day("short", folder, shots) == 0, report(shots)
    data = PlanFile(plan_path(folder)).read()
    assert data.info["status"] == "revision"
    assert (len(data.category), len(data.action), len(data.move), len(data.consent), len(data.waiver)) == (10, 2, 2, 1, 1)
    assert list(data.approval_step["to_status"]) == [
        "consultation", "expert_review", "public_notice", "committee", "submitted", "approved", "revision",
    ]
    report_lines = PlanFile(plan_path(folder)).revision_report()
    assert sorted(zip(report_lines["table"], report_lines["column"])) == [("category", "category"), ("patch", "note")]
    assert all(figures_path(shots, part).exists() for part in PARTS)
