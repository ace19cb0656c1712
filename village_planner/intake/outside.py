"""Whether a layer lies where the plan is: another county's layer is refused, what lies partly elsewhere is told."""

from __future__ import annotations

import numpy as np
import shapely

from village_planner.base import InputError, Message
from village_planner.plan import PlanData
from village_planner.spatial.crs import CGCS2000_GEOGRAPHIC

_NEAR_M, _NEAR_DEG = 5_000.0, 0.05


def drawn_in(data: PlanData) -> np.ndarray:
    """Return all that a plan has drawn, null where a row has no geometry."""
    return np.concatenate([data.tables[table]["geom"].to_numpy() for table in ("township", "village", "hamlet", "patch", "site")])


def told_outside(geoms: np.ndarray, drawn: np.ndarray, crs: int, source: str) -> Message | None:
    """Return what is to be said of features that lie more than 5 km outside the box around what is drawn; None where there are none.

    geoms, drawn: in the CRS `crs` (EPSG); null and empty ones do not count. Raises InputError where nothing of the layer lies nearer: it is
    another county's, or its coordinates are wrong. Where nothing is drawn yet, nothing is judged.
    """
    drawn, geoms = _there(drawn), _there(geoms)
    if not len(drawn) or not len(geoms):
        return None
    west, south, east, north = shapely.total_bounds(drawn)
    margin = _NEAR_DEG if crs == CGCS2000_GEOGRAPHIC else _NEAR_M
    bounds = shapely.bounds(geoms)
    apart = np.maximum(np.maximum(west - bounds[:, 2], bounds[:, 0] - east), np.maximum(south - bounds[:, 3], bounds[:, 1] - north))
    outside = int((apart > margin).sum())
    kilometres = apart * (111.0 if crs == CGCS2000_GEOGRAPHIC else 0.001)
    if outside == len(geoms):
        raise InputError("intake.control_elsewhere", file=source, count=outside, distance=f"{kilometres.min():.0f}")
    if not outside:
        return None
    return Message("intake.outside_plan", {"file": source, "outside": outside, "count": len(geoms), "distance": f"{kilometres.max():.0f}"})


def _there(geoms: np.ndarray) -> np.ndarray:
    return geoms[~shapely.is_missing(geoms) & ~shapely.is_empty(geoms)]
