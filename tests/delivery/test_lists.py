"""Printed tables as lists (CSV): the same rows as the workbook, held against the layers like it, and none that an edition leaves out."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Callable

import openpyxl
import pytest

from tests.delivery.damages import added, bytes_of, file_of, resealed, rules_found
from tests.delivery.plans import plan_rows, write_plan
from village_planner.base import InputError
from village_planner.delivery import PackageRequest, inspect_package, possible_formats, write_package
from village_planner.delivery.lists import check_list_names
from village_planner.delivery.manifest import read_manifest
from village_planner.standards import load_profile


@pytest.fixture(scope="module")
def with_lists(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package with lists; a village has a note that a spreadsheet would run."""
    folder = tmp_path_factory.mktemp("lists")
    rows = plan_rows()
    rows["village"][0]["note"] = "=1+1"
    return write_package(PackageRequest(write_plan(folder / "plan.gpkg", rows), folder, formats=("gpkg", "xlsx", "csv"))).path


@pytest.fixture
def copied(with_lists: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may damage."""
    return Path(shutil.copytree(with_lists, tmp_path / with_lists.name))


def lists(package: Path) -> dict[str, list[list[str]]]:
    """The rows of each list by the name of its table."""
    return {path.stem: list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines())) for path in (package / "3规划表格" / "CSV").iterdir()}


def test_each_table_of_the_workbook_is_a_list_with_the_same_numbers(with_lists: Path) -> None:
    book = openpyxl.load_workbook(file_of(with_lists, "规划表格.xlsx"))
    found = lists(with_lists)
    assert set(found) == set(book.sheetnames)
    sheet, rows = book["B5分期任务汇总表"], found["B5分期任务汇总表"]
    printed = [cell for row in sheet.iter_rows(min_row=5, max_row=3 + len(rows), values_only=True) for cell in row if isinstance(cell, (int, float))]
    assert len(printed) > 200 and [float(cell) for row in rows[1:] for cell in row if cell.replace(".", "").isdigit()] == printed
    assert any("·" in heading for heading in rows[0])


def test_a_package_with_lists_inspects_clean_and_says_its_format(with_lists: Path) -> None:
    inspection = inspect_package(with_lists)
    assert inspection.findings.empty
    assert (read_manifest(with_lists) or pytest.fail()).formats == ("gpkg", "xlsx", "csv")
    cells = [cell for rows in lists(with_lists).values() for row in rows for cell in row]
    assert "'=1+1" in cells and not any(cell.startswith("=") for cell in cells)


@pytest.mark.parametrize(("damage", "expected"), [
    (lambda package: file_of(package, "B3村庄分类汇总表.csv").unlink(), {"QC-1201"}),
    (bytes_of("B5分期任务汇总表.csv", lambda content: content.replace(b",2.4,", b",2.42,", 1)), {"QC-6101"}),
    (bytes_of("B5分期任务汇总表.csv", lambda content: content[: content.index(b"\r\n") + 2]), {"QC-6101"}),
    (bytes_of("B5分期任务汇总表.csv", lambda content: "序号".encode("gbk")), {"QC-1103"}),
    (bytes_of("B5分期任务汇总表.csv", lambda content: b"\xef\xbb\xbf" + b"x" * 200_000), {"QC-1103"}),
    (added("3规划表格/CSV", "台账.csv", b"a,b\r\n"), {"QC-1101"}),
], ids=["missing", "number", "rows", "gbk", "field too long", "unknown"])  # fmt: skip
def test_damage_to_a_list_is_found(copied: Path, damage: Callable[[Path], None], expected: set[str]) -> None:
    damage(copied)
    resealed(copied)
    assert rules_found(copied) == expected


def test_a_list_that_the_edition_leaves_out_is_found() -> None:
    whole = load_profile("layout-2035")
    left_out = next(spec for spec in whole.tables.values() if spec.place == "workbook" and not spec.since)
    narrowed = replace(whole, tables={name: spec for name, spec in whole.tables.items() if spec is not left_out})
    files = [f"表/{spec.sheet or spec.id}.csv" for spec in whole.tables.values() if spec.place == "workbook"]
    assert [finding.rule for finding in check_list_names("表", files, narrowed, whole)] == ["PK-03"]
    assert check_list_names("表", files, whole, whole) == []


def test_a_format_that_the_profile_has_no_place_for_is_refused(plan_path: Path, tmp_path: Path) -> None:
    assert "csv" in possible_formats(load_profile("layout-2035")) and "csv" not in possible_formats(load_profile("zhejiang-village"))
    with pytest.raises(InputError) as refused:
        write_package(PackageRequest(plan_path, tmp_path, formats=("gpkg", "xlsx", "csv"), profile="zhejiang-village"))
    assert refused.value.message.code == "delivery.formats_placeless"
