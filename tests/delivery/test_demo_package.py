"""The demo from source files to package and back: a clean one inspects clean, a faulty one gives the same findings as its plan."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.delivery.damages import DAMAGES, Damage, resealed, rules_found
from tests.following import follow
from village_planner.base import SilentFeedback
from village_planner.delivery import PackageRequest, ReadBack, Verdict, inspect_package, read_back, write_package
from village_planner.demo import write_demo

_EACH = int(os.environ.get("EACH_DAMAGE", "13"))
"""Each so many-th kind of damage is tried here; all of them, with EACH_DAMAGE=1, take minutes."""


def plan_of_demo(folder: Path, faults: str) -> tuple[Path, dict[str, Any]]:
    """The plan of a demo township, and what its oracle expects."""
    demo = write_demo(folder / "demo", "township", faults, 1, SilentFeedback())
    return follow(demo).plan, json.loads(demo.expected.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def clean_plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan of the demo township without faults."""
    return plan_of_demo(tmp_path_factory.mktemp("clean"), "none")[0]


@pytest.fixture(scope="module")
def clean_township(clean_plan: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its package as GeoPackage and workbook; tests copy it before they damage it."""
    return write_package(PackageRequest(clean_plan, tmp_path_factory.mktemp("township"), formats=("gpkg", "xlsx"))).path


def assert_comes_again(package: Path, folder: Path) -> None:
    """A plan that is read back from the package gives the same GeoPackage and the same workbooks, byte by byte."""
    back = folder / "back"
    back.mkdir()
    again = write_package(PackageRequest(read_back(ReadBack(package, back / "读回.gpkg")).plan, back, formats=("gpkg", "xlsx"))).path
    theirs, ours = ({path.name: path.read_bytes() for path in of.rglob("*") if path.suffix in (".gpkg", ".xlsx")} for of in (package, again))
    assert len(theirs) == 3 and [name for name in theirs if theirs[name] != ours.get(name)] == []


@pytest.mark.slow
def test_the_package_of_the_clean_demo_inspects_clean(clean_plan: Path, tmp_path: Path) -> None:
    package = write_package(PackageRequest(clean_plan, tmp_path)).path
    inspection = inspect_package(package)
    assert inspection.counts == {"A": 0, "B": 0, "C": 0}
    assert inspection.findings.empty and inspection.score == 100 and inspection.verdict is Verdict.INCOMPLETE
    assert inspect_package(package, reference=clean_plan).verdict is Verdict.PASSED
    assert_comes_again(package, tmp_path)


@pytest.mark.slow
def test_the_package_of_the_faulty_demo_gives_the_findings_of_its_plan_that_need_no_control_lines(tmp_path: Path) -> None:
    plan, expected = plan_of_demo(tmp_path, "known")
    result = write_package(PackageRequest(plan, tmp_path))
    found = inspect_package(result.path).plan_result
    # What a village states beside the sum of its hamlets stays in the plan: the package has one figure for both.
    told = [f for f in expected["findings"] if f["rule"] in found.ran and (f["rule"], f["subject_kind"]) != ("QC-7108", "village")]
    wanted = sorted((f["rule"], f["severity"], f["subject_kind"]) for f in told)
    assert wanted
    assert sorted(zip(found.findings["rule"], found.findings["severity"], found.findings["subject_kind"])) == wanted
    assert_comes_again(result.path, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("damage", "expected"), [row[1:] for row in DAMAGES[::_EACH]], ids=[row[0] for row in DAMAGES[::_EACH]])
def test_damage_to_the_package_of_the_clean_demo_is_found_by_the_rules_that_its_kind_has(
    clean_township: Path, tmp_path: Path, damage: Damage, expected: set[str]
) -> None:
    copy = Path(shutil.copytree(clean_township, tmp_path / clean_township.name))
    damage(copy)
    resealed(copy)
    assert rules_found(copy) == expected
