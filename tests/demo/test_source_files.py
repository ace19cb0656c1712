"""The demo's files look as a township's files do: titles, merged headings, mixed codes, encodings, fields of the standards."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from osgeo import gdal

from village_planner.demo import DemoResult
from village_planner.demo.gdb_fields import gdb_layers


def _sheet(path: Path):
    return openpyxl.load_workbook(path).active


def test_the_roster_has_a_title_a_two_row_heading_a_sum_and_a_note(clean: DemoResult) -> None:
    sheet = _sheet(clean.sources / "村庄名录.xlsx")
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert sheet["A1"].value == "岚桥县砚溪镇村庄名录（2020年）" and "A1:K1" in merged
    assert {"G2:H2", "I2:J2", "C2:C3"} <= merged
    assert [sheet.cell(3, column).value for column in (7, 8, 9, 10)] == ["户数", "人口", "宗数", "空置"]
    assert sheet.cell(sheet.max_row - 1, 1).value == "合计"
    assert sheet.cell(sheet.max_row, 1).value.startswith("注：")


def test_village_cells_are_merged_over_their_hamlets_and_the_sum_is_right(clean: DemoResult) -> None:
    sheet = _sheet(clean.sources / "村庄名录.xlsx")
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4, max_row=sheet.max_row - 2)]
    assert len(rows) == 90 and sum(row[2] is not None for row in rows) == 30
    assert sheet.cell(sheet.max_row - 1, 7).value == sum(row[6] for row in rows)
    for row in rows:
        assert 1 <= row[7] / row[6] <= 6 and 0 <= row[9] <= row[8]


def test_codes_come_partly_as_numbers_and_partly_as_text(clean: DemoResult) -> None:
    sheet = _sheet(clean.sources / "村庄名录.xlsx")
    codes = [sheet.cell(row, 3).value for row in range(4, sheet.max_row - 1) if sheet.cell(row, 3).value is not None]
    assert {type(code) for code in codes} == {str, int}
    assert all(len(str(code)) == 12 for code in codes) and len({str(code) for code in codes}) == 30


@pytest.mark.parametrize("name", ["行政村", "居民点用地", "道路"])
def test_gbk_shapefiles_say_nothing_of_their_encoding(clean: DemoResult, name: str) -> None:
    assert not (clean.sources / f"{name}.cpg").exists()
    content = (clean.sources / f"{name}.dbf").read_bytes()
    assert content[29] == 0
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")


def test_patches_have_chinese_field_names_and_every_kind(clean: DemoResult, read_vector: Callable) -> None:
    rows = [values for values, _ in read_vector(clean.sources / "居民点用地.shp", encoding="GBK")]
    assert list(rows[0]) == ["编号", "村代码", "居民点", "类型", "安置点", "安置类型", "安置户数", "建成期"]
    assert {row["类型"] for row in rows} == {"现状", "新建", "腾退", "集中安置点"}
    sites = [row for row in rows if row["类型"] == "集中安置点"]
    assert all(row["安置户数"] > 0 and row["建成期"] in (2022, 2025) and row["安置点"] for row in sites)


@pytest.mark.parametrize(("file", "layer"), [
    ("第三次国土调查.gdb", "DLTB"), ("第三次国土调查.gdb", "XZQ"), ("第三次国土调查.gdb", "CJDCQ"),
    ("三线.gdb", "YJJBNTTB"), ("三线.gdb", "STBHHX"), ("三线.gdb", "CZKFBJ"),
])
def test_geodatabases_have_the_fields_and_aliases_of_the_standards(clean: DemoResult, file: str, layer: str) -> None:
    source = gdal.OpenEx(str(clean.sources / file), gdal.OF_VECTOR)
    definition = source.GetLayerByName(layer).GetLayerDefn()
    found = [definition.GetFieldDefn(n) for n in range(definition.GetFieldCount())]
    wanted = gdb_layers()[layer].fields
    assert [(f.GetName(), f.GetAlternativeName()) for f in found] == [(f.name, f.alias) for f in wanted]
    assert [f.GetWidth() for f in found if f.GetTypeName() == "String"] == [f.width for f in wanted if f.type == "text"]


def test_parcels_hold_consistent_areas_and_ridges_only_on_cultivated_land(clean: DemoResult, read_vector: Callable) -> None:
    rows = [values for values, _ in read_vector(clean.sources / "第三次国土调查.gdb", "DLTB")]
    assert 4800 <= len(rows) <= 5500
    assert len({row["BSM"] for row in rows}) == len(rows)
    for row in rows:
        assert row["TBMJ"] > 0
        assert row["TBDLMJ"] == pytest.approx(row["TBMJ"] - row["KCMJ"], abs=0.005)
        if row["DLBM"].startswith("01"):
            assert 0 < row["KCXS"] < 1 and row["KCMJ"] == pytest.approx(row["TBMJ"] * row["KCXS"], abs=0.006)
        else:
            assert row["KCXS"] is None and row["KCMJ"] == 0
        assert bool(row["CZCSXM"]) == (row["DLBM"] in ("0601", "0701", "0702", "0809", "1004"))


def test_layers_lie_in_different_coordinate_systems(clean: DemoResult) -> None:
    villages, roads, hazards = (
        gdal.OpenEx(str(clean.sources / f"{name}.shp"), gdal.OF_VECTOR) for name in ("行政村", "道路", "地质灾害隐患")
    )
    west, east, _, _ = villages.GetLayer(0).GetExtent()
    assert 500_000 < west < east < 600_000
    west, east, _, _ = roads.GetLayer(0).GetExtent()
    assert 39_500_000 < west < east < 39_600_000
    assert hazards.GetLayer(0).GetSpatialRef().IsGeographic()


def test_the_second_roster_is_a_gbk_table_with_the_same_villages_and_two_other_units(clean: DemoResult) -> None:
    text = (clean.sources / "民政部门行政区划名录.csv").read_bytes().decode("gbk")
    rows = list(csv.DictReader(text.splitlines()))
    assert all(len(row["区划代码"]) == 12 for row in rows)
    assert [row["村委会名称"] for row in rows[30:]] == ["国有岚桥林场", "龙泉水库"]
    assert [bool(row["曾用名"]) for row in rows].count(True) == 1


def test_decisions_have_headings_that_the_profile_knows(clean: DemoResult) -> None:
    from village_planner.standards import load_profile

    spec = load_profile().inputs["decisions"]
    known = {name for field in spec.fields.values() for name in field.names}
    headings = [cell.value for cell in _sheet(clean.sources / "决策.xlsx")[1]]
    assert set(headings) <= known and len(headings) == len(set(headings)) == 25


def test_steps_name_files_that_exist_and_every_step_of_the_way(clean: DemoResult) -> None:
    steps = json.loads(clean.steps.read_text(encoding="utf-8"))
    order = [step["algorithm"].split(":")[1] for step in steps]
    assert order == ["createplan", *["addcontrol"] * 15, "addfacts", "addlimits", "addlimits", "decide", "check", "package", "inspect"]
    for step in steps:
        for name, value in step["parameters"].items():
            if name in ("ROSTER", "VILLAGES", "TOWNSHIPS", "PATCHES", "SOURCE", "DECISIONS"):
                path = Path(value.split("|")[0])
                assert path.is_absolute() and path.exists(), value
