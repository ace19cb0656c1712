"""addcontrol: layers picked by kind, filtered, repaired and kept whole; protection lists mark hamlets."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from osgeo import ogr

from tests.intake.conftest import PLAN_EPSG, box, digests
from tests.intake.test_create import Impatient
from village_planner.base import Cancelled, InputError
from village_planner.intake import AddControl, ControlResult, CreatePlan, add_control, create_plan
from village_planner.plan import PlanFile
from village_planner.spatial.crs import transform

TOWN = "370799101"
BOW = shapely.Polygon([(500_000, 4_000_000), (501_000, 4_001_000), (501_000, 4_000_000), (500_000, 4_001_000)])


@pytest.fixture
def plan(tmp_path: Path, workbook: Callable[..., Path], polygons: Callable[..., Path]) -> Path:
    """A township of two villages, the first with two hamlets, in the tests' zone."""
    folder = tmp_path / "plan"
    folder.mkdir()
    hamlets = [("201", "东山村", "东山"), ("201", "东山村", "西坡"), ("202", "西河村", "西河")]
    roster = workbook([["行政村代码", "行政村", "自然村"], *([TOWN + serial, village, hamlet] for serial, village, hamlet in hamlets)])
    villages = polygons([({"XZQDM": f"{TOWN}201"}, box(0, 0, 5, 5))], name="村.gpkg")
    return create_plan(CreatePlan(plan=folder / "规划.gpkg", title="甲镇规划", base_year=2020, roster=str(roster), villages=str(villages))).plan


def codes(result: ControlResult) -> list[str]:
    return [row.code for section in result.report.sections for row in section.rows]


def farmland(polygons: Callable[..., Path], name: str = "农田.gpkg", **options: object) -> Path:
    rows = [({"BSM": str(n), "DLBM": "0101", "KCXS": 0.15, "GDPDJB": "2", "GDDB": 7, "TBMJ": 1e6, "其他": "留"}, box(n, 0)) for n in range(3)]
    return polygons(rows, name=name, **options)  # type: ignore[arg-type]


def test_a_layer_is_kept_whole_in_the_columns_of_the_store(plan: Path, polygons: Callable[..., Path]) -> None:
    source = farmland(polygons)
    before = digests(source.parent)
    result = add_control(AddControl(plan, "permanent_basic_farmland", str(source)))
    assert digests(source.parent) == before
    opened = PlanFile.open(plan)
    frame = opened.layers().read("permanent_basic_farmland")
    assert (result.code, result.count, result.repaired, result.set_aside) == ("c001", 3, 0, 0)
    assert frame["source_id"].tolist() == ["0", "1", "2"]
    assert frame["deduction"].tolist() == [0.15] * 3 and frame["slope"].tolist() == ["2"] * 3
    assert frame["level"].tolist() == ["7"] * 3 and frame["class_code"].tolist() == ["0101"] * 3
    listed = opened.read().control_layer.iloc[0]
    assert (listed["kind"], listed["features"], listed["source"]) == ("permanent_basic_farmland", 3, "农田.gpkg")


@pytest.mark.parametrize(("landuse", "said"), [
    (["702", "103", "1004"], []),
    (["0703", "1207", "0101"], ["intake.land_codes_other_system"]),
    (["0702", "9999"], ["intake.land_codes_unknown"]),
])  # fmt: skip
def test_codes_of_another_classification_are_told_before_they_are_counted_wrongly(
    plan: Path, polygons: Callable[..., Path], landuse: list[str], said: list[str]
) -> None:
    rows = [({"DLBM": code, "CZCSXM": "203"}, box(n, 0)) for n, code in enumerate(landuse)]
    result = add_control(AddControl(plan, "land_use", str(polygons(rows, name="地类.gpkg"))))
    assert [code for code in codes(result) if code.startswith("intake.land_codes")] == said


def test_what_a_standard_wants_in_other_codes_is_listed_where_a_human_has_to_decide(plan: Path, polygons: Callable[..., Path]) -> None:
    rows = [({"DLBM": code, "CZCSXM": built}, box(n, 0)) for n, (code, built) in enumerate([("0702", "203"), ("1004", "203"), ("1202", ""), ("1202", "")])]
    result = add_control(AddControl(plan, "land_use", str(polygons(rows, name="地类.gpkg")), profile="fujian-village-2021"))
    said = [row for section in result.report.sections for row in section.rows if row.code == "intake.land_codes_to_decide"]
    assert [row.params["codes"] for row in said] == [1]
    assert said[0].params["listed"] == "1202设施农用地（2）→ 0602种植设施建设用地、0603畜禽养殖设施建设用地、0604水产养殖设施建设用地"


def test_what_the_program_does_not_read_is_kept_as_extra(plan: Path, polygons: Callable[..., Path]) -> None:
    import sqlite3

    add_control(AddControl(plan, "permanent_basic_farmland", str(farmland(polygons))))
    with sqlite3.connect(PlanFile.open(plan).layers_path) as connection:
        assert '"其他": "留"' in connection.execute("SELECT extra FROM c001").fetchone()[0]


def test_of_several_layers_the_one_that_the_kind_is_known_by_is_taken(plan: Path, polygons: Callable[..., Path]) -> None:
    farmland(polygons, name="三线.gpkg", layer="YJJBNTTB")
    source = polygons([({"BSM": "9", "HXLX": "1"}, box(0, 0))], name="三线.gpkg", layer="STBHHX")
    polygons([({"BSM": "1"}, box(0, 0))], name="三线.gpkg", layer="别的")
    result = add_control(AddControl(plan, "ecological_redline", str(source)))
    assert result.count == 1 and "intake.layer_chosen" in codes(result)
    with pytest.raises(InputError) as caught:
        add_control(AddControl(plan, "hazard", str(source)))
    assert caught.value.message.code == "intake.layers_unknown" and "别的" in str(caught.value)
    assert add_control(AddControl(plan, "hazard", f"{source}|layername=别的")).count == 1
    with pytest.raises(InputError) as caught:
        add_control(AddControl(plan, "hazard", f"{source}|layername=没有"))
    assert caught.value.message.code == "intake.layer_missing"


@pytest.mark.parametrize("wanted", ["分区=农业区", "\"分区\" = '农业区'", "分区 = '农业区'", "号=1"])
def test_a_filter_is_a_where_clause_or_attribute_and_value(plan: Path, polygons: Callable[..., Path], wanted: str) -> None:
    source = polygons([({"分区": "农业区", "号": 1}, box(0, 0)), ({"分区": "保护区", "号": 2}, box(1, 0))], name="分区.shp", options=("ENCODING=GBK",))
    result = add_control(AddControl(plan, "permanent_basic_farmland", str(source), filter=wanted))
    assert result.count == 1 and "intake.filtered" in codes(result)


def test_a_filter_that_fits_nothing_is_refused(plan: Path, polygons: Callable[..., Path]) -> None:
    source = farmland(polygons)
    for wanted, code in (
        ("没有=1", "intake.filter_field"), ("DLBM=0999", "intake.filter_selects_nothing"), ("DLBM LIKE LIKE", "spatial.filter_not_understood"),
    ):
        with pytest.raises(InputError) as caught:
            add_control(AddControl(plan, "land_use", str(source), filter=wanted))
        assert caught.value.message.code == code
    assert PlanFile.open(plan).read().control_layer.empty


def test_the_same_source_twice_is_refused_and_another_becomes_a_second_layer(plan: Path, polygons: Callable[..., Path]) -> None:
    source = farmland(polygons)
    add_control(AddControl(plan, "permanent_basic_farmland", str(source)))
    with pytest.raises(InputError) as caught:
        add_control(AddControl(plan, "permanent_basic_farmland", str(source)))
    assert caught.value.message.code == "intake.control_again"
    assert add_control(AddControl(plan, "land_use", str(source))).code == "c002"
    other = farmland(polygons, name="农田二.gpkg")
    assert add_control(AddControl(plan, "permanent_basic_farmland", str(other))).code == "c003"
    assert len(PlanFile.open(plan).layers().read("permanent_basic_farmland")) == 6


def test_geometry_is_repaired_set_aside_and_counted(plan: Path, polygons: Callable[..., Path]) -> None:
    source = polygons([({"BSM": "a"}, BOW), ({"BSM": "b"}, None), ({"BSM": "c"}, shapely.Point(500_000, 4_000_000)), ({"BSM": "a"}, box(3, 3))])
    result = add_control(AddControl(plan, "ecological_redline", str(source)))
    assert (result.count, result.repaired, result.set_aside) == (2, 1, 2)
    store = PlanFile.open(plan).layers()
    assert store.read("ecological_redline")["source_id"].tolist() == ["a", "a#2"]
    assert store.aside("c001")["source_id"].tolist() == ["b", "c"]
    assert "intake.identifier_twice" in codes(result)


def test_points_and_lines_are_welcome_where_the_kind_takes_any_geometry(plan: Path, polygons: Callable[..., Path]) -> None:
    ditch = shapely.LineString([(5e5, 4e6), (5e5, 4.001e6)])
    source = polygons([({"名称": "隐患点"}, shapely.Point(500_000, 4_000_000)), ({"名称": "沟"}, ditch)], name="灾害.gpkg")
    result = add_control(AddControl(plan, "hazard", str(source)))
    assert (result.count, result.set_aside) == (2, 0)


def test_layers_are_transformed_and_zips_opened(plan: Path, polygons: Callable[..., Path], tmp_path: Path) -> None:
    spot = transform(np.array([box(1, 1)], dtype=object), PLAN_EPSG, 4490)[0]
    source = polygons([({"BSM": "1"}, spot)], name="红线.geojson", epsg=4490)
    with zipfile.ZipFile(tmp_path / "红线.zip", "w") as archive:
        archive.write(source, source.name)
    result = add_control(AddControl(plan, "ecological_redline", str(tmp_path / "红线.zip")))
    shape = PlanFile.open(plan).layers().read("ecological_redline")["geom"].iloc[0]
    assert shape.symmetric_difference(box(1, 1)).area < 1
    assert "intake.transformed" in codes(result)


def test_oddities_of_coefficients_and_area_units_are_noted(plan: Path, polygons: Callable[..., Path]) -> None:
    source = polygons([({"BSM": str(n), "KCXS": 15.0, "TBMJ": 100.0}, box(n, 0)) for n in range(3)])
    result = add_control(AddControl(plan, "land_use", str(source)))
    assert {"intake.deduction_percent", "intake.area_unit"} <= set(codes(result))
    assert PlanFile.open(plan).layers().read("land_use")["deduction"].tolist() == pytest.approx([0.15] * 3)


def test_a_cancelled_import_leaves_the_plan_as_it_was(plan: Path, polygons: Callable[..., Path]) -> None:
    source, patience = farmland(polygons), 0
    while True:
        try:
            add_control(AddControl(plan, "land_use", str(source)), Impatient(patience))
            break
        except Cancelled:
            opened = PlanFile.open(plan)
            assert opened.read().control_layer.empty and not opened.layers().kinds()
        patience += 1
    assert patience >= 3


def test_unknown_kinds_and_tables_without_geometry_are_refused(plan: Path, polygons: Callable[..., Path], workbook: Callable[..., Path]) -> None:
    with pytest.raises(InputError) as caught:
        add_control(AddControl(plan, "nonsense", str(farmland(polygons))))
    assert caught.value.message.code == "intake.kind_unknown_control"
    with pytest.raises(InputError) as caught:
        add_control(AddControl(plan, "hazard", str(workbook([["名称"], ["甲"]], name="表.xlsx"))))
    assert caught.value.message.code == "intake.control_no_geometry"


def test_a_protection_list_marks_hamlets_and_says_what_it_could_not_place(plan: Path, workbook: Callable[..., Path]) -> None:
    listed = workbook(
        [
            ["传统村落等保护名录", None, None, None], ["行政村代码", "行政村", "自然村", "保护名录类型"],
            [f"{TOWN}201", "东山村", "西坡", "第五批中国传统村落"], [None, "西河村", None, "历史文化名村"], [None, "东山村", "没有的", "传统村落"],
            [None, "无名村", None, "传统村落"], [None, "东山村", "东山", "文明村"],
        ],
        ["A1:D1"], name="保护名录.xlsx",
    )
    result = add_control(AddControl(plan, "heritage", str(listed)))
    hamlets = PlanFile.open(plan).read().hamlet
    assert hamlets["protection"].astype(object).where(hamlets["protection"].notna(), None).tolist() == [None, "traditional", "historic"]
    assert hamlets["protection_note"].iloc[1] == "第五批中国传统村落"
    assert (result.count, result.set_aside) == (2, 3)
    assert {"intake.protection_main", "intake.protection_no_hamlet", "intake.protection_no_village", "intake.protection_kind"} <= set(codes(result))


def test_a_protection_list_that_fits_nothing_changes_nothing(plan: Path, workbook: Callable[..., Path]) -> None:
    listed = workbook([["行政村", "保护名录类型"], ["无名村", "传统村落"]], name="保护.xlsx")
    with pytest.raises(InputError) as caught:
        add_control(AddControl(plan, "heritage", str(listed)))
    assert caught.value.message.code == "intake.protection_none"
    with pytest.raises(InputError):
        add_control(AddControl(plan, "heritage", str(workbook([["行政村"], ["东山村"]], name="缺.xlsx"))))


def test_a_heritage_layer_with_geometry_is_a_control_layer(plan: Path, polygons: Callable[..., Path]) -> None:
    result = add_control(AddControl(plan, "heritage", str(polygons([({"名称": "紫线"}, box(0, 0))], name="保护范围.gpkg"))))
    assert result.code == "c001"


def test_a_protection_list_may_be_an_attribute_table(plan: Path, tmp_path: Path) -> None:
    path = tmp_path / "名录.dbf"
    dataset = ogr.GetDriverByName("ESRI Shapefile").CreateDataSource(str(path))
    layer = dataset.CreateLayer("名录", None, ogr.wkbNone, ["ENCODING=GBK"])
    for name in ("村代码", "自然村", "称号"):
        layer.CreateField(ogr.FieldDefn(name, ogr.OFTString))
    feature = ogr.Feature(layer.GetLayerDefn())
    for name, value in (("村代码", f"{TOWN}201"), ("自然村", "西坡"), ("称号", "中国传统村落")):
        feature.SetField(name, value)
    layer.CreateFeature(feature)
    feature = layer = dataset = None
    assert add_control(AddControl(plan, "heritage", str(path))).count == 1
    with pytest.raises(InputError):
        add_control(AddControl(plan, "hazard", str(path)))
    with pytest.raises(InputError) as caught:
        add_control(AddControl(plan, "hazard", str(tmp_path / "没有.shp")))
    assert caught.value.message.code == "intake.file_missing"


def test_one_coefficient_above_one_is_a_slip_of_its_row_and_not_a_column_in_percent(plan: Path, polygons: Callable[..., Path]) -> None:
    source = polygons([({"BSM": str(n), "KCXS": value}, box(n, 0)) for n, value in enumerate((0.15, 15.0, 0.0))], name="农田.gpkg")
    result = add_control(AddControl(plan, "permanent_basic_farmland", str(source)))
    assert "intake.deduction_unread" in codes(result) and "intake.deduction_percent" not in codes(result)
    deduction = PlanFile.open(plan).layers().read("permanent_basic_farmland")["deduction"]
    assert deduction.isna().tolist() == [False, True, False] and deduction[0] == pytest.approx(0.15)


def test_a_layer_of_which_nothing_can_serve_is_refused_and_leaves_nothing(plan: Path, polygons: Callable[..., Path]) -> None:
    ditch = shapely.LineString([(5e5, 4e6), (5e5, 4.001e6)])
    lines = polygons([({"BSM": "1"}, ditch), ({"BSM": "2"}, ditch), ({"BSM": "3"}, None)], name="红线.gpkg")
    with pytest.raises(InputError) as caught:
        add_control(AddControl(plan, "ecological_redline", str(lines)))
    assert caught.value.message.code == "intake.nothing_usable"
    assert "3" in str(caught.value) and "2" in str(caught.value) and "红线.gpkg" in str(caught.value)
    opened = PlanFile.open(plan)
    assert opened.read().control_layer.empty and opened.layers().read("ecological_redline").empty
    assert add_control(AddControl(plan, "road", str(lines))).set_aside == 1
