"""createplan: rosters, polygons and patches become a plan; every join is said, nothing is dropped, no source is changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from tests.intake.conftest import PLAN_EPSG, box, digests
from tests.standards.test_profiles import make_profile
from village_planner.base import Cancelled, InputError, Message, SilentFeedback
from village_planner.intake import AddControl, CreatePlan, CreateResult, Decide, add_control, create_plan, decide
from village_planner.plan import PlanData, PlanFile
from village_planner.plan.data import plain
from village_planner.spatial.crs import transform

TOWN = "370799101"
EAST, WEST, SOUTH = f"{TOWN}201", f"{TOWN}202", f"{TOWN}203"


@pytest.fixture
def request_(tmp_path: Path, workbook: Callable[..., Path]) -> CreatePlan:
    """A township of three villages, the first with two hamlets."""
    roster = workbook([
        ["乡镇", "行政村代码", "行政村", "自然村", "户籍户数"], ["甲镇", EAST, "东山村", "东山", 30], ["甲镇", EAST, "东山村", "西坡", 12],
        ["甲镇", WEST, "西河村", "西河", 50], ["甲镇", SOUTH, "南岗村", "南岗", 20],
    ])
    return CreatePlan(plan=tmp_path / "规划.gpkg", title="甲镇村庄布局规划（2020—2035年）", base_year=2020, roster=str(roster))


def village_layer(polygons: Callable[..., Path], **options: object) -> Path:
    return polygons([({"XZQDM": EAST, "XZQMC": "东山村"}, box(0, 0, 4, 4)), ({"XZQDM": WEST, "XZQMC": "西河村"}, box(4, 0, 4, 4)),
                     ({"XZQDM": SOUTH, "XZQMC": "南岗村"}, box(0, 4, 4, 4))], **options)  # type: ignore[arg-type]


def read(result: CreateResult) -> PlanData:
    return PlanFile.open(result.plan).read()


def codes(result: CreateResult) -> list[str]:
    return [row.code for section in result.report.sections for row in section.rows]


def test_a_plan_from_a_roster_alone_works_without_polygons(request_: CreatePlan) -> None:
    result = create_plan(request_)
    data = read(result)
    assert (result.village_count, result.hamlet_count, result.differences) == (3, 4, 0)
    assert data.info["scope"] == "township" and data.info["county_name"] == "甲镇" and data.info["adopted_scenario"] == "S1"
    assert data.phases == [2020, 2021, 2022, 2025, 2035]
    assert data.township[["code", "name"]].to_numpy().tolist() == [[TOWN, "甲镇"]]
    assert data.hamlet["households"].tolist() == [30, 12, 50, 20]
    assert result.report_path.exists() and result.report_path.with_suffix(".html").exists()
    assert json.loads(result.report_path.read_text(encoding="utf-8"))["figures"]["行政村"] == 3


@pytest.mark.parametrize(("stated", "kept"), [(" 示例市规划设计研究院 ", "示例市规划设计研究院"), (None, None), ("  ", None)])
def test_a_plan_knows_the_institute_that_makes_it(request_: CreatePlan, stated: str | None, kept: str | None) -> None:
    assert read(create_plan(replace(request_, institute=stated))).info["institute"] == kept


def test_polygons_join_by_code_and_by_name_and_leftovers_are_reported(request_: CreatePlan, polygons: Callable[..., Path]) -> None:
    layer = polygons([({"XZQDM": EAST, "XZQMC": "东山村"}, box(0, 0)), ({"XZQDM": "370799101888", "XZQMC": "西河村民委员会"}, box(1, 0)),
                      ({"XZQDM": "370799101999", "XZQMC": "外村"}, box(2, 0))])
    result = create_plan(replace(request_, villages=str(layer)))
    shapes = dict(zip(read(result).village["code"], read(result).village["geom"]))
    assert shapes[EAST].equals(box(0, 0)) and shapes[WEST].equals(box(1, 0)) and shapes[SOUTH] is None
    assert {"intake.polygon_by_name", "intake.polygon_left", "intake.village_no_polygon"} <= set(codes(result))


def test_two_polygons_of_one_village_are_united_and_said(request_: CreatePlan, polygons: Callable[..., Path]) -> None:
    layer = polygons([({"XZQDM": EAST}, box(0, 0)), ({"XZQDM": EAST}, box(5, 5))])
    result = create_plan(replace(request_, villages=str(layer)))
    assert read(result).village["geom"].iloc[0].area == pytest.approx(2e6)
    assert "intake.polygon_again" in codes(result)


def test_patches_join_by_hamlet_name_only_hamlet_location_and_distance(request_: CreatePlan, polygons: Callable[..., Path]) -> None:
    def spot(x: float, y: float) -> shapely.Polygon:
        return shapely.box(500_000 + x, 4_000_000 + y, 500_050 + x, 4_000_050 + y)

    fields = ("编号", "村代码", "居民点", "类型")
    rows = [
        (("a", EAST, "东山", "现状"), spot(100, 100)), (("b", EAST, "西坡", "现状"), spot(2000, 100)), (("c", EAST, "", "现状"), spot(160, 100)),
        (("d", EAST, "没有的", "现状"), spot(3000, 3000)), (("e", WEST, "", "新建"), spot(4100, 100)), (("f", "", "南岗", "拆旧"), spot(100, 4100)),
        (("g", "", "", ""), spot(90_000, 0)), (("a", WEST, "西河", "现状"), spot(4300, 100)), (("h", EAST, "", "现状"), spot(3000, 9000)),
    ]
    layer = polygons([(dict(zip(fields, values)), shape) for values, shape in rows], name="居民点用地.gpkg")
    result = create_plan(replace(request_, villages=str(village_layer(polygons)), patches=str(layer)))
    data = read(result)
    found = {row["code"]: (plain(row["hamlet_code"]), row["kind"]) for row in data.patch.to_dict("records")}
    assert found["a"] == (f"{EAST}001", "existing") and found["b"] == (f"{EAST}002", "existing")
    assert found["c"] == (f"{EAST}001", "existing")
    assert found["d"] == (f"{EAST}003", "existing") and found["g"] == found["h"] == (None, "existing")
    assert found["e"] == (f"{WEST}001", "new") and found["f"] == (f"{SOUTH}001", "cleared")
    assert len(data.patch) == len(rows)
    assert {"intake.patch_nearest", "intake.hamlet_made", "intake.patch_no_hamlet", "intake.patch_no_village", "intake.patch_code_twice"} <= set(codes(result))
    points = dict(zip(data.hamlet["code"], data.hamlet["geom"]))
    assert spot(100, 100).contains(points[f"{EAST}001"]) and spot(2000, 100).contains(points[f"{EAST}002"])


def test_sites_come_with_capacity_for_every_phase_from_their_readiness(request_: CreatePlan, polygons: Callable[..., Path]) -> None:
    site = {"编号": "AZ01", "村代码": EAST, "类型": "集中安置点", "安置点": "东山新村", "安置户数": 100, "建成期": 2023}
    layer = polygons([(site, box(1, 1))], name="用地.gpkg")
    data = read(create_plan(replace(request_, patches=str(layer))))
    assert data.site[["code", "name", "setting", "ready_phase", "village_code"]].to_numpy().tolist() == [["AZ01", "东山新村", "rural", 2025, EAST]]
    assert data.site_capacity[["phase", "households"]].to_numpy().tolist() == [[2025, 100], [2035, 100]]
    assert data.patch.empty


def test_geometry_is_repaired_or_set_aside_and_said(request_: CreatePlan, polygons: Callable[..., Path]) -> None:
    bow = shapely.Polygon([(500_000, 4_000_000), (501_000, 4_001_000), (501_000, 4_000_000), (500_000, 4_001_000)])
    layer = polygons([({"XZQDM": EAST}, bow), ({"XZQDM": WEST}, None)])
    result = create_plan(replace(request_, villages=str(layer)))
    assert {"intake.geometry_repaired", "intake.geometry_set_aside", "intake.village_no_polygon"} <= set(codes(result))
    shape = read(result).village["geom"].iloc[0]
    assert shapely.is_valid(shape) and shape.area == pytest.approx(500_000)


def test_layers_of_other_coordinate_systems_come_into_the_plans(request_: CreatePlan, polygons: Callable[..., Path]) -> None:
    layer = village_layer(polygons)
    spot = transform(np.array([shapely.box(500_100, 4_000_100, 500_200, 4_000_200)], dtype=object), PLAN_EPSG, 4490)[0]
    patches = polygons([({"村代码": EAST, "居民点": "东山"}, spot)], name="用地.geojson", epsg=4490)
    result = create_plan(replace(request_, villages=str(layer), patches=str(patches)))
    data = read(result)
    assert data.crs == PLAN_EPSG
    assert data.patch["geom"].iloc[0].centroid.distance(shapely.Point(500_150, 4_000_150)) < 0.1
    assert "intake.transformed" in codes(result)


def test_a_layer_without_coordinate_system_is_refused_in_words(request_: CreatePlan, polygons: Callable[..., Path]) -> None:
    layer = village_layer(polygons, name="村.shp", epsg=None)
    with pytest.raises(InputError) as caught:
        create_plan(replace(request_, villages=str(layer)))
    assert caught.value.message.code == "intake.layer_refused"
    assert not request_.plan.exists()


def test_a_zone_prefix_that_the_crs_denies_is_put_right_and_said(request_: CreatePlan, polygons: Callable[..., Path]) -> None:
    moved = shapely.transform(box(0, 0), lambda c: c + [39_000_000, 0])
    result = create_plan(replace(request_, villages=str(polygons([({"XZQDM": EAST}, moved)]))))
    assert read(result).crs == 4527
    assert "intake.crs_corrected" in codes(result)


def test_the_villages_layer_can_be_the_roster(request_: CreatePlan, polygons: Callable[..., Path]) -> None:
    result = create_plan(replace(request_, roster=None, villages=str(village_layer(polygons, name="村.shp", options=("ENCODING=GBK",)))))
    assert read(result).village["name"].tolist() == ["东山村", "西河村", "南岗村"]
    assert "intake.roster_from_villages" in codes(result)


def test_townships_come_from_a_layer_or_a_table(request_: CreatePlan, polygons: Callable[..., Path], tmp_path: Path) -> None:
    units = [({"XZQDM": TOWN, "XZQMC": "甲镇人民政府"}, box(0, 0, 8, 8)), ({"XZQDM": "370799555", "XZQMC": "别镇"}, box(9, 9))]
    layer = polygons(units, name="乡镇.gpkg")
    result = create_plan(replace(request_, townships=str(layer)))
    township = read(result).township
    assert township["name"].tolist() == ["甲镇人民政府"] and township["geom"].iloc[0].area == pytest.approx(64e6)
    assert "intake.township_left" in codes(result)
    table = tmp_path / "乡镇.csv"
    table.write_text(f"code,name\n{TOWN},甲镇街道\n", encoding="utf-8")
    assert read(create_plan(replace(request_, townships=str(table), overwrite=True))).township["name"].tolist() == ["甲镇街道"]


def test_the_field_map_names_columns_by_input_or_by_file(request_: CreatePlan, workbook: Callable[..., Path]) -> None:
    roster = workbook([["行政村代码", "正确代码", "行政村"], [EAST, WEST, "东山村"]], name="另.xlsx")
    for key in ("roster", "另.xlsx"):
        result = create_plan(replace(request_, roster=str(roster), overwrite=True, field_map={key: {"village_code": "正确代码"}}))
        assert read(result).village["code"].tolist() == [WEST]


def test_no_source_is_changed_and_nothing_is_left_beside_it(request_: CreatePlan, polygons: Callable[..., Path], tmp_path: Path) -> None:
    layer = village_layer(polygons)
    target = tmp_path / "成果"
    before = digests(tmp_path)
    create_plan(replace(request_, villages=str(layer), plan=target / "规划.gpkg"))
    assert digests(tmp_path) == before
    assert sorted(path.name for path in target.iterdir()) == ["规划.gpkg", "规划.report-createplan.html", "规划.report-createplan.json"]


class Impatient(SilentFeedback):
    """Cancels at the n-th question."""

    def __init__(self, patience: int) -> None:
        self.patience = patience

    def is_cancelled(self) -> bool:
        self.patience -= 1
        return self.patience < 0


def test_a_cancelled_creation_leaves_no_file_and_keeps_the_plan_that_was_there(request_: CreatePlan, polygons: Callable[..., Path], tmp_path: Path) -> None:
    request = replace(request_, villages=str(village_layer(polygons)))
    before = digests(tmp_path)
    patience = 0
    while True:
        try:
            create_plan(request, Impatient(patience))
            break
        except Cancelled:
            assert digests(tmp_path) == before
            assert not [path for path in tmp_path.iterdir() if path.is_dir()]
        patience += 1
    assert patience >= 4
    kept = digests(tmp_path)
    with pytest.raises(Cancelled):
        create_plan(replace(request, overwrite=True), Impatient(patience - 1))
    assert digests(tmp_path) == kept


def test_an_existing_plan_is_only_replaced_on_demand(request_: CreatePlan) -> None:
    create_plan(request_)
    with pytest.raises(InputError) as caught:
        create_plan(request_)
    assert caught.value.message.code == "intake.plan_exists"
    (request_.plan.with_suffix(".layers.gpkg")).write_bytes(b"old")
    create_plan(replace(request_, overwrite=True))
    assert not request_.plan.with_suffix(".layers.gpkg").exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [({"roster": None}, "intake.no_roster"), ({"roster": "/没有/名录.xlsx"}, "intake.file_missing"), ({"title": " "}, "intake.no_title"),
     ({"plan": Path("规划.txt")}, "intake.plan_suffix"), ({"plan": Path("/没有/这个/规划.gpkg")}, "intake.plan_folder")],
)
def test_what_cannot_be_made_is_refused_in_words(request_: CreatePlan, change: dict[str, object], code: str) -> None:
    with pytest.raises(InputError) as caught:
        create_plan(replace(request_, **change))  # type: ignore[arg-type]
    assert caught.value.message.code == code


def test_a_roster_without_codes_is_refused_unless_polygons_have_them(
    request_: CreatePlan, workbook: Callable[..., Path], polygons: Callable[..., Path]
) -> None:
    roster = workbook([["乡镇", "行政村"], ["甲镇", "东山村"], ["甲镇", "无名村"]], name="无码.xlsx")
    with pytest.raises(InputError) as caught:
        create_plan(replace(request_, roster=str(roster)))
    assert caught.value.message.code == "intake.no_village_with_code"
    result = create_plan(replace(request_, roster=str(roster), villages=str(village_layer(polygons))))
    assert read(result).village["code"].tolist() == [EAST]
    assert {"intake.code_by_name", "intake.row_no_code"} <= set(codes(result))


def test_every_message_of_the_report_has_both_languages(request_: CreatePlan, polygons: Callable[..., Path]) -> None:
    result = create_plan(replace(request_, villages=str(village_layer(polygons))))
    written = json.loads(result.report_path.read_text(encoding="utf-8"))
    for section in written["sections"]:
        for row in section["rows"]:
            assert not row["zh_CN"].startswith(row["code"]) and not row["en"].startswith(row["code"])
    assert isinstance(result.report.title, Message)


def test_a_roster_that_is_a_polygon_layer_gives_its_polygons_too(request_: CreatePlan, polygons: Callable[..., Path]) -> None:
    data = read(create_plan(replace(request_, roster=str(village_layer(polygons)))))
    assert [shape.area for shape in data.village["geom"]] == pytest.approx([16e6] * 3)


def test_an_empty_layer_is_refused(request_: CreatePlan, polygons: Callable[..., Path]) -> None:
    with pytest.raises(InputError) as caught:
        create_plan(replace(request_, villages=str(polygons([], name="空.gpkg"))))
    assert caught.value.message.code == "intake.layer_empty"


@pytest.mark.parametrize(("title", "county"), [
    ("潍坊市临朐县村庄布局规划（2020—2035年）", "临朐县"), ("岚桥县砚溪镇村庄布局规划", "岚桥县"), ("青州市村庄布点规划", "青州市"), ("甲镇规划", "甲镇"),
])
def test_the_county_is_read_from_the_title(request_: CreatePlan, title: str, county: str) -> None:
    assert read(create_plan(replace(request_, title=title))).info["county_name"] == county


def test_a_polygon_whose_name_contradicts_its_code_is_said(request_: CreatePlan, polygons: Callable[..., Path]) -> None:
    layer = polygons([({"XZQDM": EAST, "XZQMC": "别的村"}, box(0, 0)), ({"XZQDM": WEST, "XZQMC": "西河村委会"}, box(1, 0))])
    result = create_plan(replace(request_, villages=str(layer)))
    assert codes(result).count("intake.polygon_name_differs") == 1
    assert read(result).village["geom"].notna().sum() == 2


def test_a_profile_that_does_not_ship_goes_with_the_plan_so_that_later_steps_find_it(
    request_: CreatePlan, tmp_path: Path, workbook: Callable[..., Path], polygons: Callable[..., Path]
) -> None:
    own = make_profile(tmp_path / "标准" / "my-county", values={
        "public_notice_days": {"value": 45, "unit": "日", "source": "测试", "confidence": "proposal"},
    })
    plan = create_plan(replace(request_, profile=own)).plan
    shutil.rmtree(own)
    assert PlanFile.open(plan).profile().id == PlanFile.open(plan).read().info["profile_id"] == "my-county"
    assert PlanFile.open(plan).read().info["public_notice_days"] == 45
    decisions = workbook([["行政村", "村庄类别"], ["西河村", "集聚提升类"]], name="决策.xlsx")
    assert decide(Decide(plan, str(decisions))).accepted == 1
    assert add_control(AddControl(plan, "road", str(polygons([({"BSM": "1"}, box(0, 0))], name="路.gpkg")))).count == 1
    moved = tmp_path / "别处" / plan.name
    moved.parent.mkdir()
    plan.rename(moved)
    with pytest.raises(InputError, match="my-county"):
        decide(Decide(moved, str(decisions)))


def test_a_creation_that_fails_leaves_no_profile_behind(request_: CreatePlan, tmp_path: Path) -> None:
    own = make_profile(tmp_path / "标准" / "my-county")
    with pytest.raises(InputError):
        create_plan(replace(request_, profile=own, roster=str(tmp_path / "没有.xlsx")))
    assert not (tmp_path / "profiles").exists()


@pytest.mark.parametrize(("title", "county"), [
    ("岚桥县砚溪镇村庄布局规划（2020—2035年）", "岚桥县"), ("某省某市岚桥县砚溪镇村庄布局规划", "岚桥县"), ("《岚桥县砚溪镇村庄布局规划》", "岚桥县"),
    ("岚桥县村庄布局规划", "岚桥县"), ("临江市砚溪街道村庄布局规划", "临江市"), ("沙泉县区高桥镇村庄布局规划", "沙泉县区"),
    ("临江市市中区村庄布局规划", "市中区"),
    ("江州区新和镇村庄布局规划", "江州区"), ("远州市岚桥县村庄布局规划", "岚桥县"), ("岚山州盐桥县红镇村庄布局规划", "盐桥县"),
    ("某某苗族自治县融溪镇村庄布局规划", "某某苗族自治县"), ("右翼前旗村庄布局规划", "右翼前旗"), ("雲山縣斗溪市村庄布局规划", "雲山縣"),
    ("岚桥县砚溪镇2020—2035年村庄布局", "岚桥县"), ("甲镇规划", "甲镇"),
])
def test_the_county_is_read_out_of_the_title_without_its_township(request_: CreatePlan, title: str, county: str) -> None:
    data = read(create_plan(replace(request_, title=title)))
    assert data.info["county_name"] == county and data.township["name"].tolist() == ["甲镇"]


def test_patches_of_which_nothing_can_serve_are_refused_and_no_plan_is_left(request_: CreatePlan, polygons: Callable[..., Path]) -> None:
    lines = polygons([({"JMDMC": "东山"}, shapely.LineString([(5e5, 4e6), (5e5, 4.001e6)]))], name="居民点.gpkg")
    with pytest.raises(InputError) as caught:
        create_plan(replace(request_, patches=str(lines)))
    assert caught.value.message.code == "intake.nothing_usable" and not request_.plan.exists()


def test_patches_of_another_place_are_refused_and_those_partly_elsewhere_told(request_: CreatePlan, polygons: Callable[..., Path]) -> None:
    here, abroad = ({"JMDMC": "东山"}, box(1, 1)), ({"JMDMC": "远"}, box(300, 0))
    villages = str(village_layer(polygons))
    with pytest.raises(InputError) as caught:
        create_plan(replace(request_, villages=villages, patches=str(polygons([abroad], name="外县.gpkg"))))
    assert caught.value.message.code == "intake.control_elsewhere" and not request_.plan.exists()
    result = create_plan(replace(request_, villages=villages, patches=str(polygons([here, abroad], name="居民点.gpkg"))))
    assert "intake.outside_plan" in codes(result) and len(read(result).patch) == 2
