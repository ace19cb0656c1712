"""Small plans made in place, and rectangles in EPSG:4548 with their area on the ellipsoid from pyproj.Geod."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely
from pyproj import Geod, Transformer

from village_planner.plan.data import PlanData, plan_data

CRS = 4548
_ORIGIN = (500_000.0, 4_000_000.0)
_GEOD = Geod(a=6378137.0, rf=298.257222101)
_TO_DEGREES = Transformer.from_crs(CRS, 4490, always_xy=True)


def box(x: float, y: float, width: float, height: float) -> shapely.Polygon:
    """A rectangle, metres from a corner of the example's township."""
    return shapely.box(_ORIGIN[0] + x, _ORIGIN[1] + y, _ORIGIN[0] + x + width, _ORIGIN[1] + y + height)


def point(x: float, y: float) -> shapely.Point:
    return shapely.Point(_ORIGIN[0] + x, _ORIGIN[1] + y)


def geod_area_m2(*polygons: shapely.Polygon) -> float:
    """Area on the ellipsoid by pyproj.Geod, with vertices at most 50 m apart."""
    return sum(_geod_ring_m2(p.exterior) - sum(map(_geod_ring_m2, p.interiors)) for p in polygons)


def _geod_ring_m2(ring: shapely.LinearRing) -> float:
    x, y = np.asarray(shapely.segmentize(ring, 50.0).coords).T
    return abs(_GEOD.polygon_area_perimeter(*_TO_DEGREES.transform(x, y))[0])


TOWNSHIP = {"code": "370799101", "name": "云岭镇", "geom": box(0, 0, 10_000, 10_000)}
OTHER_TOWNSHIP = {"code": "370799102", "name": "青石镇", "geom": box(10_000, 0, 10_000, 10_000)}
V1, V2, V3 = "370799101201", "370799101202", "370799102201"


def village(code: str = V1, name: str = "柳河村", **values: Any) -> dict[str, Any]:
    return {"code": code, "name": name, "township_code": code[:9], "kind": "village", **values}


def hamlet(serial: int, village_code: str = V1, **values: Any) -> dict[str, Any]:
    name = values.pop("name", f"居民点{serial}")
    is_main = int(serial == 1)
    return {"code": f"{village_code}{serial:03d}", "village_code": village_code, "name": name, "is_main": is_main, **values}


def action(hamlet_code: str, kind: str = "merge", scenario: str = "S1") -> dict[str, Any]:
    return {"scenario": scenario, "hamlet_code": hamlet_code, "action": kind, "origin": "manual"}


def category(village_code: str, code: str = "01", scenario: str = "S1") -> dict[str, Any]:
    return {"scenario": scenario, "village_code": village_code, "category": code, "origin": "manual"}


def move(code: str, hamlet_code: str, kind: str = "hamlet", target: str | None = None, **values: Any) -> dict[str, Any]:
    row = {"code": code, "scenario": "S1", "hamlet_code": hamlet_code, "destination_kind": kind, "origin": "manual"}
    return {**row, "destination_code": target, **values}


def example(phases: tuple[int, ...] = (2020, 2021, 2022, 2025, 2035), info: dict[str, Any] | None = None, **tables: Any) -> PlanData:
    """PlanData with a plan row, phases, two townships and one scenario; other tables as given."""
    plan = {
        "id": "plan", "title": "示例", "scope": "county", "county_code": "370799", "county_name": "示例县",
        "profile_id": "layout-2035", "profile_version": "0.1", "base_year": 2019, "crs": CRS, "status": "drafting",
        "adopted_scenario": "S1", "schema_version": 1, "guid": "g", "created_at": "2026-01-01T00:00:00", **(info or {}),
    }
    standard = {
        "plan": [plan],
        "phase": [{"year": year, "title": f"{year}年"} for year in phases],
        "township": [TOWNSHIP, OTHER_TOWNSHIP],
        "scenario": [{"code": "S1", "title": "方案一"}],
    }
    return plan_data(**{**standard, **tables})


def features(*rows: dict[str, Any]) -> pd.DataFrame:
    """Features of a control layer with the columns that layers give; missing values are null."""
    columns = ["layer", "source_id", "name", "class_code", "built_code", "deduction", "slope", "level", "state", "year", "geom"]
    frame = pd.DataFrame([{"source_id": str(n), **row} for n, row in enumerate(rows, 1)], columns=columns)
    frame["deduction"] = frame["deduction"].astype(float)
    return frame


def peopled(**tables: Any) -> PlanData:
    """Two villages in two townships with 140 and 60 persons, of which a hamlet of 40 is merged; other tables as given."""
    standard = {
        "village": [village(), village(V3, "石桥村")],
        "hamlet": [hamlet(1, persons=100), hamlet(2, persons=40), hamlet(1, V3, persons=60)],
        "action": [action(hamlet(2)["code"])],
    }
    return example(**{**standard, **tables})
