"""What is nearest to something, and what lies within a distance of it: candidates by an R-tree, distances by GEOS."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from village_planner.spatial.crs import CGCS2000_GEOGRAPHIC, three_degree_zone, transform


def nearest(geoms: np.ndarray, others: np.ndarray, reach_m: float, crs: int) -> pd.DataFrame:
    """The nearest of the others to each geometry.

    geoms, others: geometries of any kind in the plan's CRS; null and empty ones are near nothing. reach_m: how far to look, m, that distance included;
    crs: EPSG of a CGCS2000 zone, or 4490, whose geometries are measured in the zone of their middle.
    Returns a frame with a row for each geometry that has one within reach, in order: `row` and `other` (positions), `distance_m` (planar, 0 where they
    touch or overlap). Of several that are equally near the first is taken.
    """
    rows, near, tree = _tree(geoms, others, crs)
    (found, other), distances = tree.query_nearest(near, max_distance=_not_nothing(reach_m), return_distance=True, all_matches=True)
    frame = pd.DataFrame({"row": rows[found], "other": other, "distance_m": distances})[distances <= reach_m]
    return frame.sort_values(["row", "other"]).drop_duplicates("row").reset_index(drop=True)


def within_distance(geoms: np.ndarray, others: np.ndarray, reach_m: float, crs: int) -> pd.DataFrame:
    """Every pair of a geometry and one of the others at most `reach_m` apart (planar): `row`, `other` (positions), in order; else as `nearest`."""
    rows, near, tree = _tree(geoms, others, crs)
    found, other = tree.query(near, predicate="dwithin", distance=reach_m)
    return pd.DataFrame({"row": rows[found], "other": other}).sort_values(["row", "other"]).reset_index(drop=True)


def _tree(geoms: np.ndarray, others: np.ndarray, crs: int) -> tuple[np.ndarray, np.ndarray, shapely.STRtree]:
    """The positions of the geometries that are there, these in metres, and a tree of the others in metres (it leaves out null and empty ones)."""
    geoms, others = (np.asarray(array, dtype=object) for array in (geoms, others))
    rows = np.flatnonzero(~shapely.is_missing(geoms) & ~shapely.is_empty(geoms))
    near = geoms[rows]
    if crs == CGCS2000_GEOGRAPHIC and len(near):
        west, _, east, _ = shapely.total_bounds(near)
        zone = int(three_degree_zone((west + east) / 2))
        near, others = transform(near, crs, zone), transform(others, crs, zone)
    return rows, near, shapely.STRtree(others)


def _not_nothing(reach_m: float) -> float:
    """shapely wants a distance above 0 to search within; what is farther than asked is left out afterwards."""
    return max(reach_m, 1e-9)
