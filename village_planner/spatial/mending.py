"""Valid geometry of invalid geometry: what a ring encloses is found from its lines, then shells are ground and holes are none."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from village_planner.spatial.arrays import objects, polygon_parts

_BATCH = 5_000
_POLYGON, _MULTIPOLYGON, _COLLECTION = 3, 6, 7


def made_valid(geoms: np.ndarray) -> np.ndarray:
    """Valid geometries of invalid ones, one for each; None where GEOS finds none.

    A ring that crosses itself is mended by itself (`make_valid`: what its lines enclose an odd number of times). Of a polygon with holes, or with
    several parts, the ground is what at least one part's shell encloses and none of its own holes does: ground that two parts cover
    counts once, and a hole outside its shell is no ground. (`make_valid` takes all rings of a geometry as one set of lines: it loses ground that
    two parts cover, and makes ground of stray holes. Its method "structure" does as here, but wants shapely 2.1.)
    """
    made = objects([None] * len(geoms))
    by_rings = _has_several_rings(geoms)
    made[by_rings] = objects([_mended(geometry) for geometry in geoms[by_rings]])
    simple = np.flatnonzero(~by_rings)
    for start in range(0, len(simple), _BATCH):
        rows = simple[start : start + _BATCH]
        try:
            made[rows] = shapely.make_valid(geoms[rows])
        except shapely.errors.GEOSException:
            made[rows] = objects([_mended(geometry) for geometry in geoms[rows]])
    return made


def united(polygons: np.ndarray) -> BaseGeometry:
    """One polygon or multipolygon of valid polygons; ground that several cover is in it once. polygons: at least one."""
    if len(polygons) == 1:
        return polygons[0]
    together = shapely.multipolygons(polygons)
    return together if shapely.is_valid(together) else shapely.union_all(polygons)


def _has_several_rings(geoms: np.ndarray) -> np.ndarray:
    kinds = shapely.get_type_id(geoms)
    with_holes = (kinds == _POLYGON) & (shapely.get_num_interior_rings(geoms) > 0)
    return with_holes | (kinds == _MULTIPOLYGON) | (kinds == _COLLECTION)


def _mended(geometry: BaseGeometry) -> BaseGeometry | None:
    try:
        return _valid(geometry)
    except shapely.errors.GEOSException:
        return None


def _valid(geometry: BaseGeometry) -> BaseGeometry:
    kind = shapely.get_type_id(geometry)
    if kind == _POLYGON:
        return _shell_without_holes(geometry)
    if kind == _MULTIPOLYGON:
        parts = shapely.get_parts(geometry)
        valid = objects([part if shapely.is_valid(part) else _shell_without_holes(part) for part in parts])
        ground, _ = polygon_parts(valid)
        return united(ground) if len(ground) else shapely.geometrycollections(valid)
    if kind == _COLLECTION:
        return shapely.geometrycollections([_valid(part) for part in shapely.get_parts(geometry)])
    return shapely.make_valid(geometry)


def _shell_without_holes(polygon: BaseGeometry) -> BaseGeometry:
    shell = shapely.make_valid(shapely.polygons(shapely.get_exterior_ring(polygon)))
    rings = [shapely.get_interior_ring(polygon, number) for number in range(shapely.get_num_interior_rings(polygon))]
    ground, _ = polygon_parts(objects([shell]))
    holes, _ = polygon_parts(objects([shapely.make_valid(shapely.polygons(ring)) for ring in rings]))
    if not len(ground) or not len(holes):
        return shell
    return shapely.difference(united(ground), shapely.union_all(holes))
