"""Areas of many polygons at once by the trapezoids of the national rule, as `oracle.rule_area_m2` reckons each."""

from __future__ import annotations

import numpy as np
import shapely

from village_planner.demo.layout import Ring
from village_planner.demo.oracle import GAUSS, LONGEST_EDGE_M, densified, to_geographic, zone_factor

_BATCH = 20_000


def rule_areas_m2(shapes: np.ndarray) -> np.ndarray:
    """Area of each polygon or multipolygon in the plan's CRS on the ellipsoid, less its holes, m²; empty ones have none."""
    batches = [_areas(shapes[start : start + _BATCH]) for start in range(0, len(shapes), _BATCH)]
    return np.concatenate(batches) if batches else np.zeros(0)


def _areas(shapes: np.ndarray) -> np.ndarray:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    areas = _ring_areas(rings)
    is_outline = np.r_[True, part[1:] != part[:-1]] if len(part) else np.zeros(0, bool)
    return np.bincount(owner[part], weights=np.where(is_outline, areas, -areas), minlength=len(shapes))


def _ring_areas(rings: np.ndarray) -> np.ndarray:
    coords, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(coords):
        return np.zeros(len(rings))
    goes_on = ring[1:] == ring[:-1]
    too_long = goes_on & (np.hypot(*np.diff(coords, axis=0).T) > LONGEST_EDGE_M)
    if too_long.any():
        rings = rings.copy()
        for number in np.unique(ring[1:][too_long]):
            rings[number] = shapely.LinearRing(densified(_points(rings[number])))
        coords, ring = shapely.get_coordinates(rings, return_index=True)
    return _ring_areas_as_drawn(coords, ring, len(rings))


def _ring_areas_as_drawn(coords: np.ndarray, ring: np.ndarray, count: int) -> np.ndarray:
    longitude, latitude = (np.radians(values) for values in to_geographic().transform(coords[:, 0], coords[:, 1]))
    first = longitude[np.searchsorted(ring, np.arange(count))]
    goes_on = np.flatnonzero(ring[1:] == ring[:-1])
    middle = (latitude[goes_on] + latitude[goes_on + 1]) / 2
    half = (latitude[goes_on + 1] - latitude[goes_on]) / 2
    zone = half * sum(weight * zone_factor(middle + half * place, np) for place, weight in GAUSS)
    span = (longitude[goes_on] + longitude[goes_on + 1]) / 2 - first[ring[goes_on]]
    return np.abs(np.bincount(ring[goes_on], weights=span * zone, minlength=count))


def _points(ring: shapely.LinearRing) -> Ring:
    return [(float(x), float(y)) for x, y in shapely.get_coordinates(ring)]
