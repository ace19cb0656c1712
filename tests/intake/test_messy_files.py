"""Files as planners really send them: each gives the right result or one clear sentence, and nothing is lost in silence."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
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


def test_blanks_that_align_names_are_left_out_and_full_width_figures_are_read(create: Callable[..., CreateResult], workbook: Callable[..., Path]) -> None:
    data = read(create(workbook([HEAD, ["甲　镇", EAST, "东　山　村", "３０"], ["甲 镇", WEST, "　西 河村", 40]])))
    assert data.village["name"].tolist() == ["东山村", "西河村"] and data.township["name"].tolist() == ["甲镇"]
    assert data.hamlet["households"].tolist() == [30, 40]


@pytest.mark.parametrize("serials", [("201", "202"), (201, 202.0), ("201 ", "202.0")])
def test_a_code_in_two_columns_is_put_together(create: Callable[..., CreateResult], workbook: Callable[..., Path], serials: tuple[Any, Any]) -> None:
    result = create(workbook([["乡镇代码", "村代码", "行政村"], [TOWN, serials[0], "东山村"], [int(TOWN), serials[1], "西河村"]]))
    assert read(result).village["code"].tolist() == [EAST, WEST] and len(said(result, "intake.code_composed")) == 1


def test_a_village_listed_twice_says_which_figures_were_not_taken(create: Callable[..., CreateResult], workbook: Callable[..., Path]) -> None:
    result = create(workbook([*ROWS, ["甲镇", EAST, "东山村", 33], ["甲镇", WEST, "西河村", 40]]))
    assert read(result).hamlet["households"].tolist() == [30, 40]
    (note,) = said(result, "intake.twice_other_figures")
    assert (note.params["row"], note.params["here"], note.params["taken"], note.params["other_row"]) == (4, 33, 30, 2)
    assert len(said(result, "intake.village_twice")) == 2


def test_a_hamlet_listed_twice_says_which_figures_were_not_taken(create: Callable[..., CreateResult], workbook: Callable[..., Path]) -> None:
    head = ["行政村代码", "行政村", "自然村", "户数"]
    result = create(workbook([head, [EAST, "东山村", "上屋", None], [EAST, "东山村", "下屋", 5], [EAST, "东山村", "上屋", 33]]))
    (note,) = said(result, "intake.twice_other_figures")
    assert (note.params["here"], note.params["taken"]) == (33, "—")


def test_a_field_map_for_an_input_that_is_not_there_is_refused(create: Callable[..., CreateResult], workbook: Callable[..., Path]) -> None:
    path = workbook(ROWS)
    assert refusal(create, path, field_map={"rooster": {"village": "行政村"}}) == "intake.field_map_input"
    assert refusal(create, path, field_map={"roster": {"village": "村庄名"}}) == "intake.field_map_column"
    for key in ("roster", "名录.xlsx", "名录", "villages"):
        assert create(path, field_map={key: {"village": "行政村"}}).village_count == 2
    plan = create(path).plan
    assert refusal(lambda: decide(Decide(plan, str(path), field_map={"decision": {}}))) == "intake.field_map_input"


class WindowsName(zipfile.ZipInfo):
    """An entry as Chinese Windows writes it: the bytes of GBK, without a word of it."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - the name is zipfile's
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def test_layers_of_a_zip_with_chinese_names_of_windows_are_named_in_chinese(
    create: Callable[..., CreateResult], workbook: Callable[..., Path], polygons: Callable[..., Path], tmp_path: Path
) -> None:
    for name in ("村庄范围", "其他"):
        polygons([({"XZQDM": EAST}, box(0, 0))], name=f"{name}.shp")
    with zipfile.ZipFile(tmp_path / "两个.zip", "w") as archive:
        for part in (*tmp_path.glob("村庄范围.*"), *tmp_path.glob("其他.*")):
            archive.writestr(WindowsName(part.name), part.read_bytes())
    with pytest.raises(InputError) as error:
        create(workbook(ROWS), villages=str(tmp_path / "两个.zip"))
    assert set(error.value.message.params["layers"].split("、")) == {"村庄范围", "其他"}
    result = create(workbook(ROWS), villages=f"{tmp_path / '两个.zip'}|layername=村庄范围")
    assert read(result).village["geom"].notna().tolist() == [True, False]


@pytest.mark.parametrize("epsg", [2383, 2435])
def test_an_old_datum_is_said_to_be_inexact(
    create: Callable[..., CreateResult], workbook: Callable[..., Path], polygons: Callable[..., Path], epsg: int
) -> None:
    result = create(workbook(ROWS), villages=str(polygons([({"XZQDM": EAST}, box(0, 0))], epsg=epsg)))
    assert len(said(result, "intake.old_datum")) == 1
