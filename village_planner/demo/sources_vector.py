"""Layers as a township gets them: village and patch shapefiles in GBK, the survey and control-line geodatabases, hazards, roads."""

from __future__ import annotations

from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, Iterator, Optional, Sequence

import numpy as np
import shapely
from osgeo import ogr

from village_planner.demo.gdb_fields import gdb_layers
from village_planner.demo.layout import PLAN_EPSG, Ring
from village_planner.demo.names import CITY_NAME, COUNTY_CODE, COUNTY_NAME, FARM_CODE, FARM_NAME, MAIN_TOWNSHIP, PROVINCE_NAME
from village_planner.demo.oracle import geodesic_area_m2, geographic
from village_planner.demo.oracle_arrays import rule_areas_m2
from village_planner.demo.parcels import CLASS_NAMES, Survey
from village_planner.demo.scene import Line, Scene, split_id
from village_planner.demo.terrain import Terrain
from village_planner.demo.vector_files import Feature, Geodatabase, ShapeField, write_shapefile

WITH_ZONE_NUMBER_EPSG = 4527  # the plan's zone, eastings with its number 39
ZONE_NUMBER_SHIFT_M = 39_000_000.0
_SURVEY_YEAR = 2020
_BATCH = 5_000
_BOUNDARY_CLASSES = {"410": "城镇集中建设区"}


def write_villages(scene: Scene, path: Path) -> None:
    """行政村.shp: village polygons with XZQDM and XZQMC, GBK, no .cpg."""
    fields = (ShapeField("XZQDM", "text", 12), ShapeField("XZQMC", "text", 60), ShapeField("SSXZMC", "text", 60))
    features = [
        Feature({"XZQDM": v.code, "XZQMC": v.name, "SSXZMC": v.township.name}, (scene.village_rings.get(v.code) or scene.ring(v.area),))
        for v in scene.villages
    ]
    write_shapefile(path, PLAN_EPSG, ogr.wkbPolygon, fields, features, "GBK")


def write_patches(scene: Scene, path: Path) -> None:
    """居民点用地.shp: present, cleared and new patches and sites, Chinese field names, GBK, no .cpg."""
    fields = (
        ShapeField("编号", "text", 20), ShapeField("村代码", "text", 12), ShapeField("居民点", "text", 60), ShapeField("类型", "text", 20),
        ShapeField("安置点", "text", 60), ShapeField("安置类型", "text", 20), ShapeField("安置户数", "int", 6), ShapeField("建成期", "int", 4),
    )
    features = [
        Feature(
            {
                "编号": p.code, "村代码": p.village_code, "居民点": p.hamlet_name, "类型": p.kind, "安置点": p.site_name, "安置类型": p.setting,
                "安置户数": p.capacity, "建成期": p.ready_phase,
            },
            None if p.ring is None else (p.ring, *p.more),
        )
        for p in scene.patches
    ]
    write_shapefile(path, PLAN_EPSG, ogr.wkbPolygon, fields, features, "GBK")


def write_survey(scene: Scene, survey: Survey, path: Path) -> None:
    """第三次国土调查.gdb: DLTB, XZQ and CJDCQ with the fields of TD/T 1057."""
    layers = gdb_layers()
    with Geodatabase(path) as target:
        target.add_layer(layers["DLTB"], PLAN_EPSG, _parcels(scene, survey))
        target.add_layer(layers["XZQ"], PLAN_EPSG, _townships(scene))
        target.add_layer(layers["CJDCQ"], PLAN_EPSG, _village_units(scene))


def write_control_lines(scene: Scene, terrain: Optional[Terrain], path: Path) -> None:
    """三线.gdb: YJJBNTTB, STBHHX and CZKFBJ as delivered with the three control lines (三条控制线)."""
    farmland, redline = (_farmland(line) for line in scene.farmland), (_redline(line) for line in scene.redline)
    layers = gdb_layers()
    with Geodatabase(path) as target:
        target.add_layer(layers["YJJBNTTB"], PLAN_EPSG, chain(farmland, _pieces_of_farmland(scene, terrain) if terrain else ()))
        target.add_layer(layers["STBHHX"], PLAN_EPSG, chain(redline, _large_red_lines(scene, terrain) if terrain else ()))
        target.add_layer(layers["CZKFBJ"], PLAN_EPSG, (_boundary(line) for line in scene.boundary))


def write_hazards(scene: Scene, path: Path) -> None:
    """地质灾害隐患.shp: in longitude and latitude (EPSG:4490), UTF-8 with .cpg."""
    fields = (ShapeField("编号", "text", 20), ShapeField("名称", "text", 60), ShapeField("YFCD", "text", 20))
    features = [
        Feature({"编号": h.source_id, "名称": h.name, "YFCD": h.code}, tuple(geographic(ring) for ring in h.rings))
        for h in scene.hazards
    ]
    write_shapefile(path, 4490, ogr.wkbPolygon, fields, features, "UTF-8")


def write_areas(lines: Sequence[Line], path: Path) -> None:
    """A shapefile of one further control layer, as the office in charge sends it: the plan's zone, GBK, no .cpg."""
    fields = (ShapeField("编号", "text", 20), ShapeField("名称", "text", 60), ShapeField("类型", "text", 30))
    features = [Feature({"编号": line.source_id, "名称": line.name, "类型": line.code}, line.rings) for line in lines]
    write_shapefile(path, PLAN_EPSG, ogr.wkbPolygon, fields, features, "GBK")


def write_roads(scene: Scene, path: Path) -> None:
    """道路.shp: roads in the zone with number (EPSG:4527), GBK, no .cpg."""
    fields = (ShapeField("编号", "text", 20), ShapeField("名称", "text", 60))
    features = [
        Feature({"编号": road.source_id, "名称": road.name}, ([(x + ZONE_NUMBER_SHIFT_M, y) for x, y in road.rings[0]],))
        for road in scene.roads
    ]
    write_shapefile(path, WITH_ZONE_NUMBER_EPSG, ogr.wkbLineString, fields, features, "GBK")


def _parcels(scene: Scene, survey: Survey) -> Iterator[Feature]:
    for number, parcel in enumerate(survey.parcels, 1):
        values = _parcel_values(
            number, round(parcel.area_m2, 2), parcel.unit_code, parcel.unit_name, parcel.class_code, parcel.built_code,
            parcel.deduction, parcel.slope,
        )
        yield Feature(values, parcel.rings)
    if survey.terrain:
        fields = survey.terrain.fields
        units = [*((village.code, village.name) for village in scene.villages), (FARM_CODE, FARM_NAME)]  # NO_VILLAGE is the last
        rows = zip(
            survey.terrain.field_areas_m2.tolist(), fields.village.tolist(), fields.class_code.tolist(), fields.deduction.tolist(),
            fields.slope.tolist(), _wkb(fields.shapes),
        )
        for number, (area, village, class_code, deduction, slope, wkb) in enumerate(rows, len(survey.parcels) + 1):
            unit_code, unit_name = units[village]
            values = _parcel_values(number, round(area, 2), unit_code, unit_name, class_code, "", deduction, slope)
            yield Feature(values, None, wkb)


def _parcel_values(
    number: int, area: float, unit_code: str, unit_name: str, class_code: str, built_code: str, deduction: float, slope: str
) -> dict[str, Any]:
    deducted = round(area * deduction, 2)
    unit = f"{unit_code}0000000"
    values: dict[str, Any] = {
        "BSM": f"{COUNTY_CODE}2001{number:08d}", "YSDM": "2001010100", "TBYBH": str(number), "TBBH": f"{number:04d}",
        "DLBM": class_code, "DLMC": CLASS_NAMES[class_code], "QSXZ": "30", "QSDWDM": unit, "QSDWMC": unit_name,
        "ZLDWDM": unit, "ZLDWMC": unit_name, "TBMJ": area, "KCMJ": deducted, "TBDLMJ": round(area - deducted, 2),
        "FRDBS": "0", "CZCSXM": built_code, "SJNF": _SURVEY_YEAR, "MSSM": "00",
    }
    if class_code.startswith("01"):
        values.update(KCDLBM="1203", KCXS=deduction, GDLX="PD", GDPDJB=slope, GDDB=6)
    return values


def _townships(scene: Scene) -> Iterator[Feature]:
    for number, (township, area) in enumerate(scene.townships.items(), 1):
        ring = scene.ring(area)
        values = _unit_values("1000600100", number, ring)
        yield Feature({**values, "XZQDM": township.code, "XZQMC": township.name}, (ring,))


def _village_units(scene: Scene) -> Iterator[Feature]:
    units = [(v.code, v.name, v.area) for v in scene.villages] + [(FARM_CODE, FARM_NAME, scene.farm)]
    for number, (code, name, area) in enumerate(units, 1):
        ring = scene.ring(area)
        values = _unit_values("1000600400", number, ring)
        yield Feature({**values, "ZLDWDM": f"{code}0000000", "ZLDWMC": name}, (ring,))


def _unit_values(feature_code: str, number: int, ring: Ring) -> dict[str, Any]:
    area = round(geodesic_area_m2(ring), 2)
    serial = f"{COUNTY_CODE}{feature_code[:4]}{number:08d}"
    return {"BSM": serial, "YSDM": feature_code, "DCMJ": area, "JSMJ": area, "MSSM": "00"}


def _farmland(line: Line) -> Feature:
    return Feature(_farmland_values(line.source_id, line.name, line.code, line.deduction, line.slope, _area(line.rings)), line.rings)


def _pieces_of_farmland(scene: Scene, terrain: Terrain) -> Iterator[Feature]:
    """Basic farmland of the terrain, numbered on after that of the scene."""
    pieces, prefix, first = terrain.farmland, *split_id(scene.next_id("farmland"))
    names = [village.name for village in scene.villages]
    rows = zip(
        pieces.village.tolist(), pieces.class_code.tolist(), pieces.deduction.tolist(), pieces.slope.tolist(),
        terrain.farmland_areas_m2.tolist(), _wkb(pieces.shapes),
    )
    for number, (village, class_code, deduction, slope, area, wkb) in enumerate(rows, first):
        yield Feature(_farmland_values(f"{prefix}{number:08d}", names[village], class_code, deduction, slope, area), None, wkb)


def _farmland_values(source_id: str, name: str, class_code: str, deduction: float, slope: str, area_m2: float) -> dict[str, Any]:
    area = round(area_m2, 2)
    deducted = round(area * deduction, 2)
    number = source_id[-8:]
    return {
        **_line_values(source_id, "2005010300"), "YJJBNTTBBH": f"{COUNTY_CODE}{number}", "TBBH": number[-4:], "DLBM": class_code,
        "DLMC": CLASS_NAMES[class_code], "QSXZ": "30", "QSDWDM": f"{MAIN_TOWNSHIP.code}0000000000", "QSDWMC": name,
        "ZLDWDM": f"{MAIN_TOWNSHIP.code}0000000000", "ZLDWMC": name, "YJJBNTTBMJ": area, "KCDLBM": "1203",
        "KCXS": deduction, "KCMJ": deducted, "YJJBNTMJ": round(area - deducted, 2), "GDLX": "PD", "GDPDJB": slope,
        "SJNF": _SURVEY_YEAR, "BHKSSJ": date(_SURVEY_YEAR, 1, 1).isoformat(), "WDGD": "是",
    }


def _redline(line: Line) -> Feature:
    return Feature(_redline_values(line.source_id, line.name, line.code, _area(line.rings)), line.rings)


def _large_red_lines(scene: Scene, terrain: Terrain) -> Iterator[Feature]:
    """The large red lines of the terrain, numbered on after those of the scene."""
    prefix, first = split_id(scene.next_id("redline"))
    areas_m2 = rule_areas_m2(np.array([line.shape for line in terrain.red_lines], object))
    for number, (line, area_m2) in enumerate(zip(terrain.red_lines, areas_m2), first):
        yield Feature(_redline_values(f"{prefix}{number:08d}", line.name, line.code, float(area_m2)), None, shapely.to_wkb(line.shape))


def _redline_values(source_id: str, name: str, code: str, area_m2: float) -> dict[str, Any]:
    return {
        **_line_values(source_id, "3003010000"), "SHENG": PROVINCE_NAME, "SHI": CITY_NAME, "XIAN": COUNTY_NAME, "HXBM": source_id[-6:],
        "HXMC": name, "HXLX": code, "MJ": round(area_m2, 2),
    }


def _boundary(line: Line) -> Feature:
    values = {
        **_line_values(line.source_id, "3002020000"), "GHFQDM": line.code, "GHFQMC": _BOUNDARY_CLASSES[line.code],
        "MJ": round(_area(line.rings), 2),
    }
    return Feature(values, line.rings)


def _line_values(source_id: str, feature_code: str) -> dict[str, Any]:
    return {"BSM": source_id, "YSDM": feature_code, "XZQDM": COUNTY_CODE, "XZQMC": COUNTY_NAME}


def _area(rings: Sequence[Ring]) -> float:
    return geodesic_area_m2(rings[0]) - sum(geodesic_area_m2(hole) for hole in rings[1:])


def _wkb(shapes: np.ndarray) -> Iterator[bytes]:
    for start in range(0, len(shapes), _BATCH):
        yield from shapely.to_wkb(shapes[start : start + _BATCH])
