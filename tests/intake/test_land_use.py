"""Patches from a land-use layer, and hamlets from a patch layer or with coordinates of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from tests.intake.conftest import PLAN_EPSG, box
from village_planner.base import InputError
from village_planner.intake import CreatePlan, CreateResult, create_plan
from village_planner.intake.coordinates import places, stated_crs
from village_planner.plan import PlanData, PlanFile
from village_planner.plan.data import plain
from village_planner.spatial.area import ellipsoidal_area_m2
from village_planner.spatial.crs import transform

EAST, WEST, SOUTH = "370799101201", "370799101202", "370799101203"
X0, Y0 = 500_000, 4_000_000


def at(x: float, y: float, width: float = 100, height: float = 100) -> BaseGeometry:
    return shapely.box(X0 + x, Y0 + y, X0 + x + width, Y0 + y + height)


def parcel(shape: BaseGeometry, code: str = "0702", built: str | None = "203", unit: str = "") -> tuple[dict[str, Any], BaseGeometry]:
    return {"DLBM": code, "CZCSXM": built, "ZLDWDM": unit}, shape


def codes(result: CreateResult) -> list[str]:
    return [row.code for section in result.report.sections for row in section.rows]


def read(result: CreateResult) -> PlanData:
    return PlanFile.open(result.plan).read()


def given(data: PlanData) -> dict[str, str | None]:
    return {row["code"]: plain(row["hamlet_code"]) for row in data.patch.to_dict("records")}


@pytest.fixture
def request_(tmp_path: Path, workbook: Callable[..., Path], polygons: Callable[..., Path]) -> CreatePlan:
    """Three villages of 1 km²: two hamlets with coordinates, one hamlet, two hamlets without coordinates."""
    roster = workbook([
        ["乡镇", "行政村代码", "行政村", "自然村", "户数", "横坐标", "纵坐标"],
        ["砚溪镇", EAST, "东山村", "柳湾", 30, X0 + 150, Y0 + 150], [None, None, None, "石桥", 20, X0 + 700, Y0 + 700],
        ["砚溪镇", WEST, "西河村", "西河", 40, None, None], ["砚溪镇", SOUTH, "南岭村", "上岭", 10, None, None], [None, None, None, "下岭", 10, None, None],
    ])
    villages = polygons([
        ({"ZLDWDM": code, "ZLDWMC": name}, box(column, 0)) for column, (code, name) in enumerate(((EAST, "东山村"), (WEST, "西河村"), (SOUTH, "南岭村")))
    ])
    return CreatePlan(tmp_path / "规划.gpkg", "岚桥县砚溪镇村庄布局规划", 2020, roster=str(roster), villages=str(villages))


def test_built_village_land_is_joined_cut_and_given_to_hamlets(request_: CreatePlan, polygons: Callable[..., Path]) -> None:
    layer = polygons(
        [parcel(at(100, 100)), parcel(at(200, 100), "1004"), parcel(at(120, 800)), parcel(at(950, 400)), parcel(at(2500, 500)),
         parcel(at(400, 400), "0101", None), parcel(at(500, 100), "0601", "203A"), parcel(at(0, 5000))],
        name="三调.gpkg", layer="DLTB",
    )
    result = create_plan(replace(request_, land_use=str(layer)))
    data = read(result)
    assert given(data) == {"D00001": f"{EAST}001", "D00002": f"{EAST}002", "D00003": f"{EAST}002", "D00004": f"{WEST}001", "D00005": None}
    notes = dict(zip(data.patch["code"], data.patch["note"]))
    assert notes["D00001"] == "由地类图斑提取：含居民点" and notes["D00004"] == "由地类图斑提取：村内唯一居民点"
    assert notes["D00002"].startswith("由地类图斑提取：最近居民点 490 米") and notes["D00002"].endswith("待核对")
    joined = data.patch["geom"].iloc[0]
    assert shapely.equals(joined, at(100, 100, 200)) and data.patch["geom"].map(lambda shape: shape.area).tolist() == [20_000, 10_000, 5_000, 5_000, 10_000]
    said = codes(result)
    assert {"intake.derived_203a", "intake.derived_outside", "intake.derived_homeless", "intake.derived_nearest", "intake.join_land_use"} <= set(said)
    assert said.count("intake.derived_village") == 3
    east = ellipsoidal_area_m2(data.patch["geom"].to_numpy()[:3], PLAN_EPSG).sum()
    assert f"{east:.2f}" in [row.params.get("area") for section in result.report.sections for row in section.rows if row.code == "intake.derived_village"]


def test_the_profile_says_whether_independent_industry_counts(request_: CreatePlan, polygons: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    from village_planner.intake import create as step

    shipped = step.load_profile

    def with_203a(profile_id: str) -> Any:
        profile = shipped(profile_id)
        return replace(profile, values={**profile.values, "village_czcsxm": replace(profile.values["village_czcsxm"], value=["203", "203A"])})

    layer = polygons([parcel(at(100, 100)), parcel(at(500, 100), "0601", "203a")], name="三调.gpkg", layer="DLTB")
    assert len(read(create_plan(replace(request_, land_use=str(layer)))).patch) == 1
    monkeypatch.setattr(step, "load_profile", with_203a)
    result = create_plan(replace(request_, land_use=str(layer), overwrite=True))
    assert len(read(result).patch) == 2 and "intake.derived_203a" not in codes(result)


def test_slivers_join_what_they_touch_and_others_are_left_out_by_name(request_: CreatePlan, polygons: Callable[..., Path]) -> None:
    layer = polygons([parcel(at(900, 100, 100.05)), parcel(at(1500, 500, 2, 2)), parcel(at(1300, 300))], name="三调.gpkg", layer="DLTB")
    result = create_plan(replace(request_, land_use=str(layer)))
    areas = sorted(shape.area for shape in read(result).patch["geom"])
    assert areas == pytest.approx([10_000, 10_005])
    assert {"intake.derived_sliver_joined", "intake.derived_sliver_left"} <= set(codes(result))


def test_a_patch_with_several_hamlets_goes_to_one_and_asks_to_be_checked(request_: CreatePlan, polygons: Callable[..., Path]) -> None:
    layer = polygons([parcel(at(50, 50, 800, 800))], name="三调.gpkg", layer="DLTB")
    result = create_plan(replace(request_, land_use=str(layer)))
    patch = read(result).patch.iloc[0]
    assert patch["hamlet_code"] == f"{EAST}001" and "柳湾、石桥" in patch["note"] and patch["note"].endswith("待核对")
    assert "intake.derived_several" in codes(result)


def test_without_village_polygons_the_parcels_say_their_village(request_: CreatePlan, polygons: Callable[..., Path]) -> None:
    layer = polygons([parcel(at(100, 100), unit=f"{EAST}0000000"), parcel(at(1500, 100), unit=f"{WEST}0000000")], name="三调.gpkg", layer="DLTB")
    data = read(create_plan(replace(request_, villages=None, land_use=str(layer))))
    assert given(data) == {"D00001": f"{EAST}001", "D00002": f"{WEST}001"}


def test_land_use_without_village_land_is_refused_and_a_patch_layer_comes_first(request_: CreatePlan, polygons: Callable[..., Path]) -> None:
    bare = polygons([parcel(at(100, 100), "0101", None)], name="耕地.gpkg", layer="DLTB")
    with pytest.raises(InputError) as caught:
        create_plan(replace(request_, land_use=str(bare)))
    assert caught.value.message.code == "intake.land_use_nothing" and not request_.plan.exists()
    other = polygons([({"名称": "x"}, at(0, 0))], name="无码.gpkg")
    with pytest.raises(InputError) as caught:
        create_plan(replace(request_, land_use=str(other)))
    assert caught.value.message.code == "intake.column_missing"
    patches = polygons([({"编号": "a", "村代码": WEST}, at(1500, 0))], name="用地.gpkg")
    result = create_plan(replace(request_, patches=str(patches), land_use=str(bare)))
    assert "intake.land_use_not_needed" in codes(result) and read(result).patch["code"].tolist() == ["a"]


def test_hamlets_are_made_from_a_patch_layer_where_the_roster_lists_none(tmp_path: Path, workbook: Callable[..., Path], polygons: Callable[..., Path]) -> None:
    roster = workbook([["乡镇", "行政村代码", "行政村", "户数", "宅基地宗数"], ["砚溪镇", EAST, "东山村", 50, 60], ["砚溪镇", WEST, "西河村", 40, 45]])
    layer = polygons(
        [({"村代码": code, "自然村": name, "类型": "现状"}, shape) for code, name, shape in (
            (EAST, "柳湾", at(0, 0)), (EAST, "石桥村", at(500, 0, 200)), (EAST, "石桥", at(500, 300)), (WEST, "河口", at(1500, 0)))],
        name="用地.gpkg",
    )
    result = create_plan(CreatePlan(tmp_path / "规划.gpkg", "岚桥县砚溪镇村庄布局规划", 2020, roster=str(roster), patches=str(layer)))
    data = read(result)
    assert data.hamlet[["code", "name", "is_main"]].to_numpy().tolist() == [
        [f"{EAST}001", "柳湾", 0], [f"{EAST}002", "石桥村", 1], [f"{WEST}001", "西河村", 1]
    ]
    assert sorted(given(data).values()) == [f"{EAST}001", f"{EAST}002", f"{EAST}002", f"{WEST}001"]
    assert data.village["households"].tolist()[0] == 50 and data.hamlet["households"].isna().tolist() == [True, True, False]
    homesteads = data.fact[(data.fact["subject_code"] == EAST) & (data.fact["item"] == "homesteads")]
    assert homesteads["number"].tolist() == [60]
    assert {"intake.hamlets_from_patches_figures", "intake.patch_only_hamlet"} <= set(codes(result))


def test_hamlets_stand_where_the_roster_says(request_: CreatePlan, polygons: Callable[..., Path]) -> None:
    hamlets = read(create_plan(request_)).hamlet
    points = dict(zip(hamlets["code"], hamlets["geom"]))
    assert points[f"{EAST}001"].equals(shapely.Point(X0 + 150, Y0 + 150)) and points[f"{EAST}002"].equals(shapely.Point(X0 + 700, Y0 + 700))


def test_a_roster_may_be_a_layer_of_points(tmp_path: Path, polygons: Callable[..., Path]) -> None:
    layer = polygons([({"行政村代码": EAST, "行政村": "东山村", "自然村": name}, shapely.Point(X0 + step, Y0)) for step, name in ((0, "柳湾"), (400, "石桥"))],
                     name="居民点.geojson")
    data = read(create_plan(CreatePlan(tmp_path / "规划.gpkg", "岚桥县砚溪镇村庄布局规划", 2020, roster=str(layer))))
    assert data.crs == PLAN_EPSG and [point.x for point in data.hamlet["geom"]] == [X0, X0 + 400]


@pytest.mark.parametrize("written", ["degrees", "swapped degrees", "metres", "north first", "with zone"])
def test_coordinates_are_read_in_the_ways_that_they_are_written(written: str) -> None:
    wanted = shapely.Point(X0 + 123, Y0 + 456)
    x, y = wanted.x, wanted.y
    degrees = transform(np.array([wanted], dtype=object), PLAN_EPSG, 4490)[0]
    cells = {
        "degrees": (degrees.x, f"{degrees.y:.9f}"), "swapped degrees": (degrees.y, degrees.x), "metres": (x, y), "north first": (y, x),
        "with zone": (x + 39e6, str(y)),
    }[written]
    points, faults = places([cells, (None, "—")], PLAN_EPSG)
    assert not faults and points[1] is None and points[0].distance(wanted) < 0.01


def test_what_is_no_coordinate_is_told() -> None:
    points, faults = places([(1, 2), ("东", "西"), (117.5, None)], PLAN_EPSG)
    assert sorted(faults) == [0, 1, 2] and all(point is None for point in points)
    assert stated_crs([(117.2, 36.1)]) == PLAN_EPSG and stated_crs([(39_500_123, 4_000_000)]) == 4527 and stated_crs([(500_000, 4_000_000)]) is None
