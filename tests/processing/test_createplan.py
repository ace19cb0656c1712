"""createplan as a command: with nothing but a roster, and with land use instead of patches."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from village_planner.plan import PlanFile


@pytest.mark.slow
def test_a_roster_is_enough(qgis_process: Callable[..., Any], tmp_path: Path) -> None:
    roster = tmp_path / "名录.csv"
    roster.write_text("乡镇,行政村代码,行政村\n砚溪镇,370799101201,东山村\n砚溪镇,370799101202,西河村\n", encoding="gbk")
    plan = tmp_path / "规划.gpkg"
    result = qgis_process(
        "villageplanner:createplan", PLAN=plan, TITLE="岚桥县砚溪镇村庄布局规划", INSTITUTE="示例市规划设计研究院", BASE_YEAR=2020, ROSTER=roster
    )
    assert result.exit_code == 0, result.stderr
    assert (result.outputs["VILLAGE_COUNT"], result.outputs["DIFFERENCES"]) == (2, 0)
    assert PlanFile.open(plan).read().info["institute"] == "示例市规划设计研究院"


@pytest.mark.slow
def test_patches_come_from_land_use_where_there_is_no_patch_layer(qgis_process: Callable[..., Any], tmp_path: Path) -> None:
    def layer(name: str, fields: dict[str, str], west: float, size: float) -> Path:
        ring = [[west, 36.1], [west + size, 36.1], [west + size, 36.1 + size], [west, 36.1 + size], [west, 36.1]]
        feature = {"type": "Feature", "properties": fields, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
        path = tmp_path / name
        path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}), encoding="utf-8")
        return path

    roster = tmp_path / "名录.csv"
    roster.write_text("乡镇,行政村代码,行政村,自然村\n砚溪镇,370799101201,东山村,柳湾\n", encoding="utf-8")
    villages = layer("村界.geojson", {"ZLDWDM": "3707991012010000000", "ZLDWMC": "东山村"}, 117.0, 0.01)
    land_use = layer("DLTB.geojson", {"DLBM": "0702", "CZCSXM": "203"}, 117.002, 0.001)
    plan = tmp_path / "规划.gpkg"
    result = qgis_process(
        "villageplanner:createplan", PLAN=plan, TITLE="岚桥县砚溪镇村庄布局规划", BASE_YEAR=2020, ROSTER=roster, VILLAGES=villages, LAND_USE=land_use
    )
    assert result.exit_code == 0, result.stderr
    patch = PlanFile.open(plan).read().patch
    assert patch["hamlet_code"].tolist() == ["370799101201001"] and patch["note"].tolist() == ["由地类图斑提取：村内唯一居民点"]
