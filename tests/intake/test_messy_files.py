"""Files as planners really send them: each gives the right result or one clear sentence, and nothing is lost in silence."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely
from openpyxl import Workbook, load_workbook

from tests.intake.conftest import box
from village_planner.base import InputError, Message
from village_planner.intake import CreatePlan, CreateResult, Decide, create_plan, decide
from village_planner.plan import PlanData, PlanFile

TOWN = "370799101"
EAST, WEST, SOUTH = f"{TOWN}201", f"{TOWN}202", f"{TOWN}203"
HEAD = ["乡镇", "行政村代码", "行政村", "户数"]
ROWS = [HEAD, ["甲镇", EAST, "东山村", 30], ["甲镇", WEST, "西河村", 40]]


@pytest.fixture
def create(tmp_path: Path) -> Callable[..., CreateResult]:
    def run(roster: Path, **more: Any) -> CreateResult:
        return create_plan(replace(CreatePlan(tmp_path / "规划.gpkg", "岚桥县规划", 2020, roster=str(roster), overwrite=True), **more))

    return run


def read(result: CreateResult) -> PlanData:
    return PlanFile.open(result.plan).read()


def said(result: Any, code: str) -> list[Message]:
    return [row for section in result.report.sections for row in section.rows if row.code == code]


def refusal(run: Callable[..., Any], *arguments: Any, **more: Any) -> str:
    with pytest.raises(InputError) as error:
        run(*arguments, **more)
    return error.value.message.code


@pytest.mark.parametrize(("name", "content", "code"), [
    ("~$名录.xlsx", b"\x05user" + b" " * 160, "intake.table_is_lock"),
    ("名录.xlsx", b"", "intake.table_no_bytes"),
    ("名录.xls", "<html><meta charset=gb2312><table><tr><td>行政村</td></tr></table></html>".encode("gbk"), "intake.table_is_web_page"),
    ("名录.xlsx", '<?xml version="1.0"?><Workbook/>'.encode("utf-16"), "intake.table_is_web_page"),
    ("名录.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(999), "intake.table_locked"),
])
def test_what_is_no_workbook_says_what_it_is(create: Callable[..., CreateResult], tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert refusal(create, tmp_path / name) == code


@pytest.mark.parametrize(("name", "separator", "encoding"), [("名录.xlsx", ",", "gbk"), ("名录.xls", "\t", "utf-16"), ("名录.xls", "\t", "utf-8-sig")])
def test_text_under_the_name_of_a_workbook_is_read_as_text(
    create: Callable[..., CreateResult], tmp_path: Path, name: str, separator: str, encoding: str
) -> None:
    (tmp_path / name).write_bytes("\n".join(separator.join(map(str, row)) for row in ROWS).encode(encoding))
    assert read(create(tmp_path / name)).hamlet["households"].tolist() == [30, 40]


def test_a_table_of_headings_only_says_so(create: Callable[..., CreateResult], workbook: Callable[..., Path]) -> None:
    assert refusal(create, workbook([HEAD])) == "intake.table_no_rows"


def test_formulas_whose_results_were_not_saved_are_told_by_cell(create: Callable[..., CreateResult], workbook: Callable[..., Path]) -> None:
    path = workbook([*ROWS[:2], ["甲镇", WEST, "西河村", "=20+20"]])
    (note,) = said(create(path), "intake.formulas_unsaved")
    assert (note.params["count"], note.params["cells"]) == (1, "D3")
    assert said(create(workbook(ROWS)), "intake.formulas_unsaved") == []


def test_a_hidden_sheet_serves_only_where_no_other_fits(create: Callable[..., CreateResult], workbook: Callable[..., Path]) -> None:
    path = workbook([*ROWS, ["甲镇", SOUTH, "旧村", 1]], sheets={"新名录": ROWS}, title="旧名录")
    book = load_workbook(path)
    book["旧名录"].sheet_state = "hidden"
    book.save(path)
    assert read(create(path)).village["name"].tolist() == ["东山村", "西河村"]
    book = Workbook()
    hidden = book.create_sheet("名录")
    for row in ROWS:
        hidden.append(row)
    hidden.sheet_state = "hidden"
    book.save(path)
    result = create(path)
    assert result.village_count == 2 and said(result, "intake.sheet_hidden")
