"""A package is judged by the control layers of the reviewer's reference, kind by kind, and the report says by which."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.delivery.plans import add_layers, box, clean_layers, plan_rows, write_plan
from village_planner.base import InputError
from village_planner.delivery import PackageRequest, ReadBack, inspect_package, read_back, write_package

SITE = box(900, 500, 70, 80)


def reference(path: Path, **layers: list[Any]) -> Path:
    """A plan file of a reviewer with control layers."""
    plan = write_plan(path, plan_rows())
    if layers:
        add_layers(plan, **layers)
    return plan


def found(package: Path, plan: Path | None) -> set[str]:
    return set(inspect_package(package, reference=plan).plan_result.findings["rule"])


def test_a_conflict_that_the_packages_own_copy_conceals_is_found_by_the_reviewers_layer(formal_package: Path, tmp_path: Path) -> None:
    assert found(formal_package, None) == set()
    assert found(formal_package, reference(tmp_path / "r.gpkg", ecological_redline=[SITE])) == {"QC-5203"}
    assert found(formal_package, reference(tmp_path / "f.gpkg", permanent_basic_farmland=[SITE])) == {"QC-5202"}


def test_a_conflict_that_only_the_packages_own_copy_has_is_not_the_reviewers(tmp_path: Path) -> None:
    plan = reference(tmp_path / "plan.gpkg", **{**clean_layers(), "ecological_redline": [SITE]})
    package = write_package(PackageRequest(plan, tmp_path, formats=("gpkg", "xlsx"))).path
    assert found(package, None) == {"QC-5203"}
    assert found(package, reference(tmp_path / "r.gpkg", **clean_layers())) == set()


def test_page_and_report_say_by_whose_layers_the_plan_was_judged(formal_package: Path, tmp_path: Path) -> None:
    alone = inspect_package(formal_package)
    both = inspect_package(formal_package, reference=reference(tmp_path / "r.gpkg", ecological_redline=clean_layers()["ecological_redline"]))
    assert alone.judged_by is not None and both.judged_by is not None
    assert alone.judged_by.sentence == "审查底图：无；成果包自带：城镇开发边界、生态保护红线、土地利用现状（三调地类图斑）、永久基本农田"
    assert both.judged_by.sentence == "审查底图：生态保护红线；成果包自带：城镇开发边界、土地利用现状（三调地类图斑）、永久基本农田"
    assert both.judged_by.sentence in both.report.figures.values()


def test_layers_that_a_package_withholds_are_checked_by_the_reviewers(tmp_path: Path) -> None:
    plan = reference(tmp_path / "plan.gpkg", **clean_layers())
    package = write_package(PackageRequest(plan, tmp_path, formats=("gpkg", "xlsx"), control_lines=False)).path
    unchecked = {note.rule for note in inspect_package(package).not_checked}
    left = {note.rule for note in inspect_package(package, reference=plan).not_checked}
    assert {"QC-5201", "QC-5202", "NL-01"} <= unchecked and not {"QC-5201", "QC-5202", "NL-01"} & left


def other_zone(path: Path) -> Path:
    rows = plan_rows()
    rows["plan"][0]["crs"] = 4548
    plan = write_plan(path, rows)
    add_layers(plan, **clean_layers())
    return plan


def lost(path: Path) -> Path:
    plan = reference(path, **clean_layers())
    next(path.parent.glob("*.layers.gpkg")).unlink()
    return plan


def no_plan(path: Path) -> Path:
    path.write_bytes(b"text")
    return path


@pytest.mark.parametrize(("make", "code"), [
    (reference, "delivery.reference_empty"), (other_zone, "delivery.reference_crs"), (lost, "plan.layers_file_missing"), (no_plan, "plan.not_a_plan_file"),
    (lambda path: path, "plan.missing"),
])  # fmt: skip
def test_a_reference_that_cannot_serve_is_refused_in_words(formal_package: Path, tmp_path: Path, make: Any, code: str) -> None:
    with pytest.raises(InputError) as refused:
        inspect_package(formal_package, reference=make(tmp_path / "r.gpkg"))
    assert refused.value.message.code == code


def test_a_plan_read_back_from_a_package_with_an_excerpt_is_no_reference(formal_package: Path, tmp_path: Path) -> None:
    plan = read_back(ReadBack(formal_package, tmp_path / "back.gpkg")).plan
    with pytest.raises(InputError) as refused:
        inspect_package(formal_package, reference=plan)
    assert refused.value.message.code == "delivery.reference_excerpt"
