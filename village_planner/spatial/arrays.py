"""Arrays of geometries: making them, and taking the polygons out of them."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np
import shapely


def objects(values: Sequence[Any]) -> np.ndarray:
    """A one-dimensional object array of the values, whatever they are."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def find_boxes(geoms: np.ndarray, has_one_ring: np.ndarray | None = None) -> None:
    """Have GEOS find the boxes of geometries and of their rings, so that threads may share them as long as none prepares them.

    Before 3.12 GEOS finds a box when it is first asked for it, which two threads must not do at once.
    has_one_ring: which of them are known to be polygons of one ring, whose box is that of the geometry.
    """
    if shapely.geos_version < (3, 12, 0):
        shapely.bounds(geoms)
        rest = geoms if has_one_ring is None else geoms[~has_one_ring]
        # A point is sought in each polygon by the boxes of all of its rings.
        shapely.point_on_surface(rest[(shapely.get_type_id(rest) > 3) | (shapely.get_num_interior_rings(rest) > 0)])


def polygon_parts(geoms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The polygons that are not empty in an array of geometries, also inside nested collections.

    Returns the polygons and, for each, the position of its geometry in `geoms`.
    """
    is_polygon = shapely.get_type_id(geoms) == 3
    # No parts are made of what is a polygon already, which spares a copy.
    whole = np.flatnonzero(is_polygon)
    whole = whole[~shapely.is_empty(geoms[whole])]
    others = np.flatnonzero(~is_polygon)
    if not len(others):
        return geoms[whole], whole
    parts, place = shapely.get_parts(geoms[others], return_index=True)
    owner = others[place]
    while np.any(shapely.get_type_id(parts) > 3):
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    keep = (shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)
    if not len(whole):
        return parts[keep], owner[keep]
    parts, owner = np.concatenate([geoms[whole], parts[keep]]), np.concatenate([whole, owner[keep]])
    order = np.argsort(owner, kind="stable")
    return parts[order], owner[order]
