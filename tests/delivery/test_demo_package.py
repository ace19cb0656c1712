"""The demo from source files to package and back: a clean one inspects clean, a faulty one gives the same findings as its plan."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.following import follow
from village_planner.base import SilentFeedback
from village_planner.delivery import PackageRequest, PackageResult, inspect_package, write_package
from village_planner.demo import write_demo


def package_of_demo(folder: Path, faults: str) -> tuple[PackageResult, dict[str, Any]]:
    """The package of a demo township, and what its oracle expects."""
    demo = write_demo(folder / "demo", "township", faults, 1, SilentFeedback())
    out = folder / "out"
    out.mkdir()
    return write_package(PackageRequest(follow(demo).plan, out)), json.loads(demo.expected.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_the_package_of_the_clean_demo_inspects_clean(tmp_path: Path) -> None:
    result, _ = package_of_demo(tmp_path, "none")
    inspection = inspect_package(result.path)
    assert inspection.counts == {"A": 0, "B": 0, "C": 0}
    assert inspection.findings.empty and inspection.score == 100


@pytest.mark.slow
def test_the_package_of_the_faulty_demo_gives_the_findings_of_its_plan_that_need_no_control_lines(tmp_path: Path) -> None:
    result, expected = package_of_demo(tmp_path, "known")
    found = inspect_package(result.path).plan_result
    # What a village states beside the sum of its hamlets stays in the plan: the package has one figure for both.
    told = [f for f in expected["findings"] if f["rule"] in found.ran and (f["rule"], f["subject_kind"]) != ("QC-7108", "village")]
    wanted = sorted((f["rule"], f["severity"], f["subject_kind"]) for f in told)
    assert wanted
    assert sorted(zip(found.findings["rule"], found.findings["severity"], found.findings["subject_kind"])) == wanted
