"""A small clean plan to make packages of: two townships, four villages, a split hamlet, a site, votes and a settled difference."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from village_planner.plan import PlanFile

CRS = 4547
X, Y = 500_000.0, 3_990_000.0
_WRITTEN: dict[bytes, bytes] = {}


def box(x: float, y: float, width: float, height: float) -> shapely.Geometry:
    """A rectangle with its lower left corner at (x, y) metres from the plan's corner."""
    return shapely.box(X + x, Y + y, X + x + width, Y + y + height)


def point(x: float, y: float) -> shapely.Geometry:
    """A point at (x, y) metres from the plan's corner."""
    return shapely.Point(X + x, Y + y)


def plan_rows() -> dict[str, list[dict[str, Any]]]:
    """Rows of the clean plan by table."""
    v1, v2, v3, v4 = "370799101201", "370799101202", "370799102201", "370799102202"
    hamlets = [
        (v1, 1, "王家庄", 1, 120, 400, 500, 500), (v1, 2, "北洼", 0, 18, 60, 700, 800),
        (v2, 1, "李家屯", 1, 20, 64, 2_500, 500), (v3, 1, "张家堡", 1, 90, 300, 500, 4_500), (v4, 1, "赵各庄", 1, 80, 260, 2_500, 4_500),
    ]
    return {
        "plan": [{
            "id": "plan", "title": "清河县村庄布局规划（2020—2035年）", "scope": "county", "county_code": "370799", "county_name": "清河县",
            "institute": "清河县规划编制中心", "profile_id": "layout-2035", "profile_version": "0.1", "base_year": 2020, "current_phase": 2020,
            "crs": CRS, "status": "drafting", "adopted_scenario": "S1", "secrecy": None, "schema_version": 1,
            "guid": "0f8f1f0e-2b7c-4d7e-9a53-0123456789ab", "created_at": "2026-03-01T08:00:00",
        }],
        "phase": [{"year": year, "title": f"{year}年"} for year in (2020, 2021, 2022, 2025, 2035)],
        "township": [{"code": "370799101", "name": "东河镇"}, {"code": "370799102", "name": "西山镇"}],
        "village": [
            {"code": code, "name": name, "township_code": code[:9], "kind": "village", "position_stated": "outside", "facts_date": "2020-12-31",
             "geom": box(x, y, 1_900, 3_900)}
            for code, name, x, y in ((v1, "王家庄村", 0, 0), (v2, "李家屯村", 2_000, 0), (v3, "张家堡村", 0, 4_000), (v4, "赵各庄村", 2_000, 4_000))
        ],
        "village_alias": [{"source": "统计名录", "village_code": v1, "alias_code": "", "alias_name": "王庄"}],
        "hamlet": [
            {"code": f"{village}{serial:03d}", "village_code": village, "name": name, "is_main": main, "households": households, "persons": persons,
             "residents": persons - 10, "homesteads": households, "vacant_homesteads": households // 4, "geom": point(x, y)}
            for village, serial, name, main, households, persons, x, y in hamlets
        ],
        "site": [{"code": "AZ01", "name": "东河安置点", "township_code": "370799101", "village_code": v1, "setting": "rural", "ready_phase": 2025,
                  "geom": box(900, 500, 70, 80)}],
        "site_capacity": [{"site_code": "AZ01", "phase": 2025, "households": 40}, {"site_code": "AZ01", "phase": 2035, "households": 60}],
        "patch": [
            {"code": f"P{number}", "hamlet_code": hamlet, "kind": "existing", "geom": box(x, y, width, 100)}
            for number, hamlet, x, y, width in (
                (1, f"{v1}001", 450, 450, 400), (2, f"{v1}002", 650, 750, 100), (3, f"{v2}001", 2_450, 450, 200), (4, f"{v3}001", 450, 4_450, 300),
                (5, f"{v4}001", 2_450, 4_450, 300))
        ],
        "roster_difference": [{"source": "统计名录.xlsx", "code": v1, "name": "王庄", "kind": "renamed", "village_code": v1,
                               "detail": {"ours": "王家庄村", "theirs": "王庄"}, "settled": "explained", "explanation": "俗称"}],
        "scenario": [{"code": "S1", "title": "方案一"}],
        "category": [
            {"scenario": "S1", "village_code": code, "category": category, "grounds": grounds, "basis": "乡镇国土空间规划", "origin": "manual"}
            for code, category, grounds in ((v1, "01", "人口集聚、设施齐全"), (v2, "04", "人口外流、空心化"), (v3, "03", "传统风貌完整"), (v4, "05", "看不准"))
        ],
        "action": [
            {"scenario": "S1", "hamlet_code": f"{code}{serial}", "action": action, "grounds": grounds, "origin": "manual"}
            for code, serial, action, grounds in (
                (v1, "001", "retain", None), (v1, "002", "merge", "就近并入中心居民点"), (v2, "001", "relocate", "采空区避险"), (v3, "001", "retain", None),
                (v4, "001", "retain", None))
        ],
        "move": [
            move("M1", f"{v1}002", "hamlet", f"{v1}001", 2025, 18, 60, "07", 10_000, 4_000),
            move("M2", f"{v2}001", "site", "AZ01", 2025, 14, 46, "09", 14_000, 5_600),
            move("M3", f"{v2}001", "cash", None, 2035, 6, 18, "11", 6_000, 0),
        ],
        "consent": [
            {"code": "C1", "village_code": v1, "hamlet_code": f"{v1}002", "kind": "meeting_households", "date": "2020-06-01", "basis": "户代表会议",
             "eligible": 18, "attended": 15, "in_favour": 12, "document": "北洼决议.pdf"},
            {"code": "C2", "village_code": v2, "hamlet_code": None, "kind": "survey", "date": "2020-05-01", "basis": "入户调查",
             "eligible": 20, "attended": 20, "in_favour": 17, "document": "李家屯问卷.pdf"},
        ],
    }


def move(
    code: str, hamlet: str, kind: str, destination: str | None, phase: int | None, households: int, persons: int, mode: str, cleared: float, built: float
) -> dict[str, Any]:
    """A row of table move in scenario S1; areas in m²."""
    return {
        "code": code, "scenario": "S1", "hamlet_code": hamlet, "destination_kind": kind, "destination_code": destination, "phase": phase,
        "households": households, "persons": persons, "homesteads": households, "mode": mode, "cleared_m2": cleared, "built_m2": built,
        "reclaimed_m2": cleared, "reclaim_to": "耕地", "origin": "manual",
    }


def control(kind: str, geoms: list[shapely.Geometry]) -> pd.DataFrame:
    """A control layer with one row per geometry; land use is rural dwellings (0702) in a village (203)."""
    class_code, built_code = ("0702", "203") if kind == "land_use" else (None, None)
    count = len(geoms)
    shapes = np.empty(count, dtype=object)
    shapes[:] = geoms
    return pd.DataFrame({
        "layer": ["c001"] * count, "source_id": [f"{kind}-{number}" for number in range(count)], "name": [None] * count, "class_code": [class_code] * count,
        "built_code": [built_code] * count, "deduction": [np.nan] * count, "slope": [None] * count, "level": [None] * count, "geom": shapes,
    })


def write_plan(path: Path, rows: dict[str, list[dict[str, Any]]]) -> Path:
    """A plan file with these rows; of the same rows the first is copied."""
    key = pickle.dumps(rows)
    if key not in _WRITTEN:
        _WRITTEN[key] = _write_plan(path, rows).read_bytes()
    path.write_bytes(_WRITTEN[key])
    return path


def _write_plan(path: Path, rows: dict[str, list[dict[str, Any]]]) -> Path:
    rows = dict(rows)
    info, phases = rows.pop("plan")[0], [row["year"] for row in rows.pop("phase")]
    rows.pop("scenario")
    with PlanFile.create(path, info, phases).write("测试", "录入") as tx:
        for table, values in rows.items():
            tx.insert(table, values)
    return path


def add_layers(plan: Path, **geoms: list[Any]) -> None:
    """Import control layers into the plan, one per kind."""
    store = PlanFile.open(plan).layers()
    rows = []
    for number, (kind, shapes) in enumerate(geoms.items(), 1):
        frame = control(kind, shapes)
        meta = {"code": f"c{number:03d}", "kind": kind, "title": kind, "digest": "0"}
        store.add(meta, frame.drop(columns=["layer", "geom"]), frame["geom"].to_numpy())
        rows.append({"code": f"c{number:03d}", "kind": kind, "title": kind, "source": "x.gpkg", "imported_at": "2026-03-01", "features": len(shapes),
                     "repaired": 0, "set_aside": 0, "digest": "0"})
    with PlanFile.open(plan).write("测试", "图层") as tx:
        tx.insert("control_layer", rows)


def far(x: float) -> list[Any]:
    """A polygon away from everything that the plan builds."""
    return [box(x, 9_000, 500, 500)]


def clean_layers() -> dict[str, list[Any]]:
    """Every control layer that the rules need, in no conflict with the clean plan."""
    return {
        "development_boundary": far(0), "permanent_basic_farmland": far(1_000), "ecological_redline": far(2_000), "land_use": [box(0, 0, 4_000, 8_000)],
    }
