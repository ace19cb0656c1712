"""Tables among titles, merged cells, subtotals and notes; their encodings, sheets and columns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from osgeo import ogr

from tests.intake.conftest import digests
from village_planner.base import InputError
from village_planner.intake.codes import code_rule
from village_planner.intake.headers import Table, read_table
from village_planner.intake.matching import Reason
from village_planner.intake.roster import roster_of
from village_planner.standards import Profile

HEAD = ["乡镇", "行政村代码", "行政村", "户籍户数", "户籍人口"]


def read(path: Path, profile: Profile, **chosen: str) -> Table:
    return read_table(path, profile.inputs["roster"], code_rule(profile), chosen)


def test_a_title_merged_headings_and_merged_villages_are_understood(workbook: Callable[..., Path], profile: Profile) -> None:
    path = workbook(
        [
            ["某县村庄名录", *[None] * 6],
            ["序号", "行政村代码", "行政村", "自然村", "户籍", None, "备注"],
            [None, None, None, None, "户数", "人口", None],
            [1, 370799101201.0, "东山村", "东山", 30, 90, None],
            [None, None, None, "西坡", 12, 40, None],
            [2, "370799101202", "南沟村", "南沟", "1,050", 3000, None],
            ["合计", None, None, None, 1092, 3130, None],
            ["注：数据截至2020年底。", *[None] * 6],
        ],
        ["A1:G1", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:F2", "G2:G3", "A4:A5", "B4:B5", "C4:C5", "A8:G8"],
    )
    before = digests(path.parent)
    table = read(path, profile)
    assert table.matching.columns["households"] == "户籍/户数"
    assert table.matching.columns["persons"] == "户籍/人口"
    assert [table.cell(row, "village") for row in range(3)] == ["东山村", "东山村", "南沟村"]
    assert table.numbers == (4, 5, 6)
    assert table.is_shared(1, "village") and not table.is_shared(1, "households")
    assert [(note.row, note.message.code) for note in table.set_aside] == [(7, "intake.row_total"), (8, "intake.row_note")]
    assert digests(path.parent) == before


def test_three_header_rows_subtotals_numbering_and_hidden_rows(workbook: Callable[..., Path], profile: Profile) -> None:
    path = workbook(
        [
            ["村庄", None, "基本情况", None],
            ["行政村代码", "行政村", "户籍", None],
            [None, None, "户数", "人口"],
            ["1", "2", "3", "4"],
            ["370799101201", "东山村", 30, 90],
            ["370799101202", "西山村", 31, 91],
            ["某镇小计", None, 61, 181],
        ],
        ["A1:B1", "C1:D1", "A2:A3", "B2:B3", "C2:D2"], hidden=[6],
    )
    table = read(path, profile)
    assert list(table.frame[table.matching.columns["village"]]) == ["东山村", "西山村"]
    assert table.cell(1, "persons") == 91
    assert [note.message.code for note in table.set_aside] == ["intake.row_numbering", "intake.row_total"]


def test_the_sheet_that_fits_best_is_taken_and_said(workbook: Callable[..., Path], profile: Profile) -> None:
    path = workbook([["填表说明"], ["请如实填写"]], sheets={"数据": [HEAD, ["甲镇", "370799101201", "东山村", 1, 2]]}, title="说明")
    table = read(path, profile)
    assert table.sheet == "数据"
    assert [note.params["others"] for note in table.notes if note.code == "intake.sheet_chosen"] == ["说明"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_tables_are_read_in_every_usual_encoding(tmp_path: Path, profile: Profile, encoding: str, delimiter: str) -> None:
    rows = [HEAD, ["城关镇", "370799101201", "东山村", "30", "90"], ["城关镇", "370799101202", "西河村", "31", "95"]]
    path = tmp_path / "名录.csv"
    path.write_bytes("\r\n".join(delimiter.join(row) for row in rows).encode(encoding))
    table = read(path, profile)
    assert table.matching.columns.keys() >= {"township", "village_code", "village", "households", "persons"}
    assert table.cell(1, "village") == "西河村"
    assert table.cell(0, "village_code") == "370799101201"


def test_big5_text_is_read(tmp_path: Path, profile: Profile) -> None:
    path = tmp_path / "名錄.csv"
    path.write_bytes("村里,區域,戶數\r\n忠孝里,斗六市,696\r\n仁愛里,斗六市,512\r\n信義里,斗六市,313\r\n".encode("big5"))
    table = read(path, profile)
    assert [table.cell(row, "village") for row in range(3)] == ["忠孝里", "仁愛里", "信義里"]


def test_the_planners_word_wins_over_headings(workbook: Callable[..., Path], profile: Profile) -> None:
    path = workbook([["行政村代码", "新代码", "行政村"], ["370799101201", "370799102301", "东山村"]])
    table = read(path, profile, village_code="新代码")
    assert table.cell(0, "village_code") == "370799102301"
    assert table.matching.matches[0].reason is Reason.FIELD_MAP
    with pytest.raises(InputError) as caught:
        read(path, profile, village_code="没有的列")
    assert caught.value.message.code == "intake.field_map_column"
    with pytest.raises(InputError):
        read(path, profile, nonsense="行政村")


def test_of_two_columns_that_match_the_content_decides_and_the_other_is_reported(workbook: Callable[..., Path], profile: Profile) -> None:
    path = workbook([["区划代码", "村代码", "村名"], ["101", "370799101201", "东山村"], ["102", "370799101202", "西山村"]])
    table = read(path, profile)
    assert table.matching.columns["village_code"] == "村代码"
    both = workbook([["区划代码", "村代码", "村名"], ["370799101301", "370799101201", "东山村"]], name="b.xlsx")
    match = next(match for match in read(both, profile).matching.matches if match.field == "village_code")
    assert match.rivals


def test_codes_and_names_without_a_telling_heading_are_found_by_content(workbook: Callable[..., Path], profile: Profile) -> None:
    path = workbook([["A", "B", "户数"], ["东山村", "370799101201", 3], ["西山村", "370799101202", 4], ["河东社区", "370799101203", 4]])
    table = read(path, profile)
    assert table.matching.columns["village_code"] == "B"
    assert table.matching.columns["village"] == "A"
    reasons = {match.field: match.reason for match in table.matching.matches}
    assert reasons["village_code"] is Reason.CONTENT and reasons["households"] is Reason.HEADING


def test_a_table_without_heading_rows_is_read_by_content(tmp_path: Path, profile: Profile) -> None:
    path = tmp_path / "a.csv"
    path.write_text("370799101201,东山村\n370799101202,西山村\n", encoding="utf-8")
    table = read(path, profile)
    assert [table.cell(row, "village") for row in range(2)] == ["东山村", "西山村"]


def test_files_that_cannot_serve_are_refused_in_words(tmp_path: Path, workbook: Callable[..., Path], profile: Profile) -> None:
    for name, content, code in (
        ("缺.xlsx", None, "intake.file_missing"), ("坏.xlsx", b"no zip", "intake.table_unreadable"), ("空.csv", b"", "intake.table_empty"),
        ("旧.xlsx", b"\xd0\xcf\x11\xe0old", "intake.table_unreadable"), ("旧.xls", b"\xd0\xcf\x11\xe0broken", "intake.table_unreadable"),
        ("锁.xlsx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "intake.table_locked"),
    ):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError) as caught:
            read(tmp_path / name, profile)
        assert caught.value.message.code in code
    with pytest.raises(InputError) as caught:
        read(workbook([["甲", "乙"], ["x", "y"]]), profile)
    assert caught.value.message.code == "intake.column_missing"


def test_the_same_real_table_gives_the_same_from_xlsx_and_ods(shared_data: Path, profile: Profile) -> None:
    tables = [read(shared_data / "tables_excel" / f"107年異動清單.{ending}", profile) for ending in ("xlsx", "ods")]
    names = [list(table.frame[table.matching.columns["village"]]) for table in tables]
    assert names[0] == names[1]
    assert len(names[0]) == 729


def test_a_dbf_in_gbk_is_a_roster(tmp_path: Path, profile: Profile) -> None:
    path = tmp_path / "名录.dbf"
    dataset = ogr.GetDriverByName("ESRI Shapefile").CreateDataSource(str(path))
    layer = dataset.CreateLayer("名录", None, ogr.wkbNone, ["ENCODING=GBK"])
    layer.CreateField(ogr.FieldDefn("村代码", ogr.OFTReal))
    layer.CreateField(ogr.FieldDefn("村名", ogr.OFTString))
    for serial, name in ((201, "东山村"), (202, "西河村"), (203, "南岗村")):
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetField("村代码", float(f"370799101{serial}"))
        feature.SetField("村名", name)
        layer.CreateFeature(feature)
    feature = layer = dataset = None
    (tmp_path / "名录.cpg").unlink(missing_ok=True)
    table = read(path, profile)
    found = roster_of(table, profile)
    assert [(village.code, village.name) for village in found.villages] == [
        ("370799101201", "东山村"), ("370799101202", "西河村"), ("370799101203", "南岗村"),
    ]


_UNITS = st.tuples(st.integers(1, 999), st.sampled_from("东西南北上下大小"))


@given(rows=st.lists(_UNITS, min_size=1, max_size=12, unique_by=lambda row: row[0]), titles=st.integers(0, 3))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_row_of_a_roster_is_lost(rows: list[tuple[int, str]], titles: int, profile: Profile, tmp_path: Path) -> None:
    lines = [f"标题{n}" for n in range(titles)] + ["行政村代码,行政村,户数"]
    lines += [f"370799101{serial:03d},{name}{serial}村,{serial}" for serial, name in rows] + ["合计,,999"]
    path = tmp_path / "名录.csv"
    path.write_text("\n".join(lines), encoding="gbk")
    found = roster_of(read(path, profile), profile)
    assert len(found.villages) + len(found.left_out) == len(rows)
    assert [village.name for village in found.villages] == [f"{name}{serial}村" for serial, name in rows]
