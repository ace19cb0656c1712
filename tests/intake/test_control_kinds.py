"""Control layers of every kind: their usual fields, tables of facilities, and layers that lie elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.intake.conftest import box
from village_planner.base import InputError
from village_planner.intake import AddControl, ControlResult, CreatePlan, add_control, create_plan
from village_planner.plan import PlanFile
from village_planner.plan.data import plain

EAST, WEST = "370799101201", "370799101202"
X0, Y0 = 500_000, 4_000_000


@pytest.fixture
def plan(tmp_path: Path, workbook: Callable[..., Path], polygons: Callable[..., Path]) -> Path:
    roster = workbook([
        ["乡镇", "行政村代码", "行政村", "自然村", "X", "Y", "中心居民点"],
        ["砚溪镇", EAST, "东山村", "柳湾", X0 + 100, Y0 + 100, None],
        [None, None, None, "石桥", X0 + 800, Y0 + 800, "是"], ["砚溪镇", WEST, "西河村", "河口", None, None, None],
        [None, None, None, "河尾", None, None, None],
    ])
    villages = polygons([({"ZLDWDM": code}, box(column, 0)) for column, code in enumerate((EAST, WEST))])
    return create_plan(CreatePlan(tmp_path / "规划.gpkg", "岚桥县砚溪镇村庄布局规划", 2020, roster=str(roster), villages=str(villages))).plan


def codes(result: ControlResult) -> list[str]:
    return [row.code for section in result.report.sections for row in section.rows]


def read(plan: Path, kind: str) -> list[dict[str, Any]]:
    names = ["name", "class_code", "level", "state", "year"]
    return [{name: plain(row[name]) for name in names if plain(row[name]) is not None} for row in PlanFile.open(plan).layers().read(kind).to_dict("records")]


@pytest.mark.parametrize(
    ("kind", "fields", "shape", "expected"),
    [
        ("facility", {"设施名称": "卫生室", "设施类型": "医疗卫生", "建设状态": "拟建", "规划年份": "2025年"}, shapely.Point(X0, Y0),
         {"name": "卫生室", "class_code": "医疗卫生", "state": "planned", "year": "2025"}),
        ("facility", {"SSMC": "小学", "SSLX": "教育", "JSZT": "现状"}, shapely.Point(X0, Y0), {"name": "小学", "class_code": "教育", "state": "present"}),
        ("hazard", {"灾害点名称": "北坡滑坡", "灾害类型": "滑坡", "险情等级": "大型"}, shapely.Point(X0, Y0),
         {"name": "北坡滑坡", "class_code": "滑坡", "level": "大型"}),
        ("mining", {"KSMC": "东山石灰石矿", "KCKZ": "石灰岩"}, box(0, 0), {"name": "东山石灰石矿", "class_code": "石灰岩"}),
        ("protected_area", {"ZRBHDMC": "西河湿地", "保护地类型": "湿地公园", "级别": "省级"}, box(0, 0),
         {"name": "西河湿地", "class_code": "湿地公园", "level": "省级"}),
        ("road_red_line", {"道路名称": "省道1", "道路等级": "二级"}, box(0, 0), {"name": "省道1", "class_code": "二级"}),
        ("heritage_purple_line", {"文物名称": "古戏台", "保护级别": "县级"}, box(0, 0), {"name": "古戏台", "level": "县级"}),
        ("water_blue_line", {"河流名称": "西河"}, box(0, 0), {"name": "西河"}),
        ("green_line", {"绿地名称": "河岸", "绿地类型": "防护"}, box(0, 0), {"name": "河岸", "class_code": "防护"}),
        ("road", {"路名": "村道", "状态": "完好"}, shapely.LineString([(X0, Y0), (X0 + 100, Y0)]), {"name": "村道"}),
    ],
)
def test_the_usual_fields_of_each_kind_are_recognised(
    plan: Path, polygons: Callable[..., Path], kind: str, fields: dict[str, Any], shape: Any, expected: dict[str, str]
) -> None:
    add_control(AddControl(plan, kind, str(polygons([(fields, shape)], name="图层.gpkg"))))
    assert read(plan, kind) == [expected]


def test_words_of_state_and_year_that_nobody_knows_are_kept_and_told(plan: Path, polygons: Callable[..., Path]) -> None:
    cells = [("甲", "废弃", "十三五"), ("乙", "/", "2021-03-05"), ("丙", "拟建", "2022"), ("丁", "现状", "2023年")]
    rows = [({"名称": name, "状态": state, "年份": year}, shapely.Point(X0, Y0)) for name, state, year in cells]
    result = add_control(AddControl(plan, "facility", str(polygons(rows, name="设施.gpkg"))))
    frame = PlanFile.open(plan).layers().read("facility")
    assert frame["year"].tolist() == ["十三五", "2021", "2022", "2023"]
    assert [plain(state) for state in frame["state"]] == ["废弃", None, "planned", "present"]
    assert {"intake.state_unknown", "intake.years_unread"} <= set(codes(result))


def test_a_table_of_facilities_stands_at_coordinates_hamlets_or_main_hamlets(plan: Path, workbook: Callable[..., Path]) -> None:
    source = workbook(
        [["公共服务设施一览表"], ["行政村", "自然村", "设施名称", "设施类型", "建设状态", "经度", "纬度"],
         ["东山村", "柳湾", "卫生室", "医疗", "现状", None, None], ["东山村", None, "小学", "教育", "规划", None, None],
         [None, None, "变电站", "电力", "现状", 117.0, 36.13], ["东山村", "没有湾", "幸福院", "养老", "规划", None, None],
         ["西河村", "河尾", "广场", "体育", "现状", None, None]],
        name="设施.xlsx",
    )
    result = add_control(AddControl(plan, "facility", str(source)))
    assert (result.count, result.set_aside) == (3, 2)
    frame = PlanFile.open(plan).layers().read("facility")
    assert frame["name"].tolist() == ["卫生室", "小学", "变电站"] and frame["state"].tolist() == ["present", "planned", "present"]
    assert [(point.x - X0, point.y - Y0) for point in frame["geom"][:2]] == [(100, 100), (800, 800)] and abs(frame["geom"][2].x - X0) < 100
    assert {"intake.facility_main_hamlet", "intake.decide_unknown_hamlet", "intake.facility_hamlet_no_point"} <= set(codes(result))
    with pytest.raises(InputError) as caught:
        add_control(AddControl(plan, "facility", str(source)))
    assert caught.value.message.code == "intake.control_again"


@pytest.mark.parametrize(("kind", "rows", "code"), [
    ("hazard", [["行政村", "名称"], ["东山村", "滑坡"]], "intake.control_no_geometry"),
    ("facility", [["设施名称", "类型"], ["小学", "教育"]], "intake.facilities_no_place"),
    ("facility", [["行政村", "设施名称"], ["没有村", "小学"]], "intake.facilities_none"),
])
def test_a_table_that_says_no_place_is_refused(plan: Path, workbook: Callable[..., Path], kind: str, rows: list[list[str]], code: str) -> None:
    with pytest.raises(InputError) as caught:
        add_control(AddControl(plan, kind, str(workbook(rows, name="表.xlsx"))))
    assert caught.value.message.code == code and PlanFile.open(plan).read().control_layer.empty


def test_a_layer_of_another_place_is_refused_and_one_partly_elsewhere_is_told(plan: Path, polygons: Callable[..., Path]) -> None:
    far = polygons([({"BSM": "1"}, box(60, 60))], name="他县.gpkg")
    with pytest.raises(InputError) as caught:
        add_control(AddControl(plan, "ecological_redline", str(far)))
    assert caught.value.message.code == "intake.control_elsewhere" and PlanFile.open(plan).read().control_layer.empty
    both = polygons([({"BSM": "1"}, box(60, 60)), ({"BSM": "2"}, box(0, 0)), ({"BSM": "3"}, box(4, 0))], name="两县.gpkg")
    result = add_control(AddControl(plan, "ecological_redline", str(both)))
    assert result.count == 3
    told = next(row for section in result.report.sections for row in section.rows if row.code == "intake.outside_plan")
    assert (told.params["outside"], told.params["count"]) == (1, 3)
