"""Mending geometry: every row comes back as it was, repaired, or set aside with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Callable, Mapping

import numpy as np
import shapely

from village_planner.spatial.arrays import objects, polygon_parts
from village_planner.spatial.mending import made_valid, united
from village_planner.spatial.wkb import UNREADABLE

# GEOS says in English why a geometry is invalid; the words before the coordinates are stable over its versions.
_REASONS = (
    ("Ring Self-intersection", "spatial.repair_ring_touches_itself"),
    ("Self-intersection", "spatial.repair_self_intersection"),
    ("Hole lies outside shell", "spatial.repair_hole_outside"),
    ("Holes are nested", "spatial.repair_holes_nested"),
    ("Nested shells", "spatial.repair_parts_overlap"),
    ("Duplicate Rings", "spatial.repair_ring_twice"),
    ("Interior is disconnected", "spatial.repair_interior_disconnected"),
    ("Too few points", "spatial.repair_too_few_points"),
)


class RepairStatus(str, Enum):
    """What became of a geometry."""

    OK = "ok"
    REPAIRED = "repaired"
    SET_ASIDE = "set_aside"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class RepairResult:
    """One row per geometry given.

    geoms: valid geometries, None where set aside; status: "ok", "repaired" or "set_aside"; reasons: message code, ""
    where ok; area_change_m2_planar: area after less area before, in the square of the CRS's unit (m² in a projected
    CRS), 0.0 where ok; for what is set aside, the area lost (NaN where it cannot be known).
    """

    geoms: np.ndarray
    status: np.ndarray
    reasons: np.ndarray
    area_change_m2_planar: np.ndarray


def repair(geoms: np.ndarray) -> RepairResult:
    """Repair the geometries of a polygon layer; never raises for a bad one.

    Set aside are null, empty, coordinates that are no numbers, what has no polygon, and what has no area once valid.
    Lines and points that are left over by the repair are dropped, which the reason tells where nothing else is wrong.
    """
    geoms = np.asarray(geoms, dtype=object).ravel()
    reasons = _unusable(geoms)
    usable = reasons == ""
    reasons[usable & (shapely.get_dimensions(geoms) < 2)] = "spatial.repair_no_polygon"
    return _repaired(geoms, reasons, _only_polygons)


def repair_any(geoms: np.ndarray) -> RepairResult:
    """Repair geometries of any kind, polygons as `repair` does, also those of a collection; lines and points are set aside only when null,
    empty or with coordinates that are no numbers."""
    geoms = np.asarray(geoms, dtype=object).ravel()
    return _repaired(geoms, _unusable(geoms), _same_dimension)


def name_reading_faults(status: np.ndarray, reasons: np.ndarray, faults: Mapping[int, str]) -> None:
    """Put what reading did to geometries beside what repair says of them, in place.

    status, reasons: as of `RepairResult`, one per row of the layer; faults: message code by row (`SourceLayer.geometry_faults`). A geometry that
    could not be read has come as null and is set aside for that; one whose ring was closed counts as repaired.
    """
    for row, fault in faults.items():
        if fault == UNREADABLE:
            reasons[row] = "spatial.repair_unreadable"
        elif status[row] == RepairStatus.OK.value:
            status[row], reasons[row] = RepairStatus.REPAIRED.value, "spatial.repair_ring_closed"


def _unusable(geoms: np.ndarray) -> np.ndarray:
    reasons = objects([""] * len(geoms))
    coordinates, owner = shapely.get_coordinates(geoms, return_index=True)
    not_a_number = np.bincount(owner[~np.isfinite(coordinates).all(axis=1)], minlength=len(geoms)) > 0
    reasons[not_a_number] = "spatial.repair_not_a_number"
    reasons[shapely.is_empty(geoms)] = "spatial.repair_empty"
    reasons[shapely.is_missing(geoms)] = "spatial.repair_null"
    return reasons


def _repaired(geoms: np.ndarray, reasons: np.ndarray, keep: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> RepairResult:
    result = np.where(reasons == "", geoms, None)
    valid = shapely.is_valid(result)
    broken = np.flatnonzero((reasons == "") & ~valid)
    reasons[broken] = [_reason(text) for text in shapely.is_valid_reason(result[broken])]
    result[broken] = made_valid(result[broken])
    kept = keep(result, geoms)
    changed = np.flatnonzero((reasons == "") & ~_same(kept, result))
    reasons[changed] = [_reason_of_collection(geometry) for geometry in result[changed]]
    nothing_left = shapely.is_missing(kept) & ~shapely.is_missing(geoms) & ~shapely.is_missing(result)
    reasons[nothing_left] = "spatial.repair_no_area"
    failed = (reasons != "") & shapely.is_missing(result) & np.isin(np.arange(len(geoms)), broken)
    reasons[failed] = "spatial.repair_failed"
    status = objects([RepairStatus.OK.value] * len(geoms))
    status[reasons != ""] = RepairStatus.REPAIRED.value
    status[shapely.is_missing(kept)] = RepairStatus.SET_ASIDE.value
    return RepairResult(kept, status, reasons, _area_change(geoms, kept, status))


def _reason(text: str | None) -> str:
    for beginning, code in _REASONS:
        if text is not None and text.startswith(beginning):
            return code
    return "spatial.repair_invalid"


def _reason_of_collection(geometry: shapely.Geometry) -> str:
    parts = objects([geometry])
    while np.any(shapely.get_type_id(parts) > 3):
        parts = shapely.get_parts(parts)
    strays = (shapely.get_type_id(parts) < 3) & ~shapely.is_empty(parts)
    return "spatial.repair_stray_parts" if strays.any() else "spatial.repair_collection"


def _only_polygons(result: np.ndarray, _original: np.ndarray) -> np.ndarray:
    """Each geometry's polygons; None where there are none with area."""
    kept = result.copy()
    mixed = np.flatnonzero(~np.isin(shapely.get_type_id(result), (3, 6)) & ~shapely.is_missing(result))
    parts, owner = polygon_parts(result[mixed])
    kept[mixed] = None
    for position in np.unique(owner):
        kept[mixed[position]] = united(parts[owner == position])
    kept[~(shapely.area(kept) > 0)] = None
    return kept


def _same_dimension(result: np.ndarray, original: np.ndarray) -> np.ndarray:
    """Polygons stay polygons, and a collection that has polygons becomes them; everything else stays as make_valid left it."""
    kept = result.copy()
    polygonal = np.isin(shapely.get_type_id(original), (3, 6))
    collections = np.flatnonzero(shapely.get_type_id(original) == 7)
    _, owner = polygon_parts(result[collections])
    polygonal[collections[np.unique(owner)]] = True
    kept[polygonal] = _only_polygons(result[polygonal], original[polygonal])
    kept[shapely.is_empty(kept)] = None
    return kept


def _same(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.fromiter((a is b for a, b in zip(one, other)), dtype=bool, count=len(one))


def _area_change(before: np.ndarray, after: np.ndarray, status: np.ndarray) -> np.ndarray:
    had = np.where(shapely.is_missing(before), 0.0, shapely.area(before))
    has = np.where(shapely.is_missing(after), 0.0, shapely.area(after))
    return np.where(status == RepairStatus.OK.value, 0.0, has - had)
