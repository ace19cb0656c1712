"""Layers as a township gets them: village and patch shapefiles in GBK, the survey and control-line geodatabases, hazards, roads."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Iterator, Sequence

from osgeo import ogr

from village_planner.demo.gdb_fields import gdb_layers
from village_planner.demo.layout import PLAN_EPSG, Ring
from village_planner.demo.names import CITY_NAME, COUNTY_CODE, COUNTY_NAME, FARM_CODE, FARM_NAME, MAIN_TOWNSHIP, PROVINCE_NAME
from village_planner.demo.oracle import geodesic_area_m2, geographic
from village_planner.demo.parcels import CLASS_NAMES, Parcel
from village_planner.demo.scene import Line, Scene
from village_planner.demo.vector_files import Feature, Geodatabase, ShapeField, write_shapefile

WITH_ZONE_NUMBER_EPSG = 4527  # the plan's zone, eastings with its number 39
ZONE_NUMBER_SHIFT_M = 39_000_000.0
_SURVEY_YEAR = 2020
_BOUNDARY_CLASSES = {"410": "城镇集中建设区"}


def write_villages(scene: Scene, path: Path) -> None:
    """行政村.shp: village polygons with XZQDM and XZQMC, GBK, no .cpg."""
    fields = (ShapeField("XZQDM", "text", 12), ShapeField("XZQMC", "text", 60), ShapeField("SSXZMC", "text", 60))
    features = [
        Feature({"XZQDM": v.code, "XZQMC": v.name, "SSXZMC": v.township.name}, (v.area.ring(scene.seed),))
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
            None if p.ring is None else (p.ring,),
        )
        for p in scene.patches
    ]
    write_shapefile(path, PLAN_EPSG, ogr.wkbPolygon, fields, features, "GBK")


def write_survey(scene: Scene, parcels: Sequence[Parcel], path: Path) -> None:
    """三调.gdb: DLTB, XZQ and CJDCQ with the fields of TD/T 1057."""
    layers = gdb_layers()
    with Geodatabase(path) as target:
        target.add_layer(layers["DLTB"], PLAN_EPSG, (_parcel(n, parcel) for n, parcel in enumerate(parcels, 1)))
        target.add_layer(layers["XZQ"], PLAN_EPSG, _townships(scene))
        target.add_layer(layers["CJDCQ"], PLAN_EPSG, _village_units(scene))


def write_control_lines(scene: Scene, path: Path) -> None:
    """三线.gdb: YJJBNTTB, STBHHX and CZKFBJ as delivered with the three control lines (三条控制线)."""
    layers = gdb_layers()
    with Geodatabase(path) as target:
        target.add_layer(layers["YJJBNTTB"], PLAN_EPSG, (_farmland(line) for line in scene.farmland))
        target.add_layer(layers["STBHHX"], PLAN_EPSG, (_redline(line) for line in scene.redline))
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


def _parcel(number: int, parcel: Parcel) -> Feature:
    area = round(parcel.area_m2, 2)
    deducted = round(area * parcel.deduction, 2)
    unit = f"{parcel.unit_code}0000000"
    values: dict[str, Any] = {
        "BSM": f"{COUNTY_CODE}2001{number:08d}", "YSDM": "2001010100", "TBYBH": str(number), "TBBH": f"{number:04d}",
        "DLBM": parcel.class_code, "DLMC": CLASS_NAMES[parcel.class_code], "QSXZ": "30", "QSDWDM": unit, "QSDWMC": parcel.unit_name,
        "ZLDWDM": unit, "ZLDWMC": parcel.unit_name, "TBMJ": area, "KCMJ": deducted, "TBDLMJ": round(area - deducted, 2),
        "FRDBS": "0", "CZCSXM": parcel.built_code, "SJNF": _SURVEY_YEAR, "MSSM": "00",
    }
    if parcel.class_code.startswith("01"):
        values.update(KCDLBM="1203", KCXS=parcel.deduction, GDLX="PD", GDPDJB=parcel.slope, GDDB=6)
    return Feature(values, parcel.rings)


def _townships(scene: Scene) -> Iterator[Feature]:
    for number, (township, area) in enumerate(scene.townships.items(), 1):
        ring = area.ring(scene.seed)
        values = _unit_values("1000600100", number, ring)
        yield Feature({**values, "XZQDM": township.code, "XZQMC": township.name}, (ring,))


def _village_units(scene: Scene) -> Iterator[Feature]:
    units = [(v.code, v.name, v.area) for v in scene.villages] + [(FARM_CODE, FARM_NAME, scene.farm)]
    for number, (code, name, area) in enumerate(units, 1):
        ring = area.ring(scene.seed)
        values = _unit_values("1000600400", number, ring)
        yield Feature({**values, "ZLDWDM": f"{code}0000000", "ZLDWMC": name}, (ring,))


def _unit_values(feature_code: str, number: int, ring: Ring) -> dict[str, Any]:
    area = round(geodesic_area_m2(ring), 2)
    serial = f"{COUNTY_CODE}{feature_code[:4]}{number:08d}"
    return {"BSM": serial, "YSDM": feature_code, "DCMJ": area, "JSMJ": area, "MSSM": "00"}


def _farmland(line: Line) -> Feature:
    area = round(_area(line.rings), 2)
    deducted = round(area * line.deduction, 2)
    number = line.source_id[-8:]
    return Feature(
        {
            **_line_values(line, "2005010300"), "YJJBNTTBBH": f"{COUNTY_CODE}{number}", "TBBH": number[-4:], "DLBM": line.code,
            "DLMC": CLASS_NAMES[line.code], "QSXZ": "30", "QSDWDM": f"{MAIN_TOWNSHIP.code}0000000000", "QSDWMC": line.name,
            "ZLDWDM": f"{MAIN_TOWNSHIP.code}0000000000", "ZLDWMC": line.name, "YJJBNTTBMJ": area, "KCDLBM": "1203",
            "KCXS": line.deduction, "KCMJ": deducted, "YJJBNTMJ": round(area - deducted, 2), "GDLX": "PD", "GDPDJB": line.slope,
            "SJNF": _SURVEY_YEAR, "BHKSSJ": date(_SURVEY_YEAR, 1, 1).isoformat(), "WDGD": "是",
        },
        line.rings,
    )


def _redline(line: Line) -> Feature:
    values = {
        **_line_values(line, "3003010000"), "SHENG": PROVINCE_NAME, "SHI": CITY_NAME, "XIAN": COUNTY_NAME, "HXBM": line.source_id[-6:],
        "HXMC": line.name, "HXLX": line.code, "MJ": round(_area(line.rings), 2),
    }
    return Feature(values, line.rings)


def _boundary(line: Line) -> Feature:
    values = {
        **_line_values(line, "3002020000"), "GHFQDM": line.code, "GHFQMC": _BOUNDARY_CLASSES[line.code],
        "MJ": round(_area(line.rings), 2),
    }
    return Feature(values, line.rings)


def _line_values(line: Line, feature_code: str) -> dict[str, Any]:
    return {"BSM": line.source_id, "YSDM": feature_code, "XZQDM": COUNTY_CODE, "XZQMC": COUNTY_NAME}


def _area(rings: Sequence[Ring]) -> float:
    return geodesic_area_m2(rings[0]) - sum(geodesic_area_m2(hole) for hole in rings[1:])
