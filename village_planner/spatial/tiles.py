"""Polygons of very many vertices (红线、边界), cut into tiles, so that what is compared with them meets a few vertices only."""

from __future__ import annotations

from typing import Callable

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from village_planner.spatial.arrays import objects, polygon_parts

MANY_VERTICES = 2_000
"""A geometry with more vertices than this is cut."""
TILE_VERTICES = 1_000
"""What a tile has at most, unless it cannot be cut."""

_AREA_AGREES = 1e-9
_DEEPEST = 40
_Box = tuple[float, float, float, float]


def is_large(geoms: np.ndarray) -> np.ndarray:
    """Whether each geometry is a polygon or multipolygon that is worth cutting."""
    geoms = np.asarray(geoms, dtype=object)
    kinds = shapely.get_type_id(geoms)
    return (shapely.get_num_coordinates(geoms) > MANY_VERTICES) & ((kinds == 3) | (kinds == 6))


def tiled(geoms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The geometries with the large polygons among them cut into tiles.

    geoms: any geometries, null too, in a CRS whose axes are straight. Returns an array of geometries and, for each, the
    position in `geoms` of that which it is a tile of; in the order of `geoms`. The tiles of a polygon are polygons
    that do not overlap, and their areas sum to its area within 1e-9 of it. What is not large, not valid, or cannot be cut so, is one tile.
    """
    geoms = np.asarray(geoms, dtype=object)
    large = np.flatnonzero(is_large(geoms))
    if not len(large):
        return geoms, np.arange(len(geoms))
    pieces = {int(row): tiles_of(geoms[row]) for row in large}
    counts = np.ones(len(geoms), dtype=np.int64)
    counts[large] = [len(pieces[int(row)]) for row in large]
    owner = np.repeat(np.arange(len(geoms)), counts)
    result = geoms[owner]
    for row, tiles in pieces.items():
        result[owner == row] = tiles
    return result, owner


def tiles_of(polygon: BaseGeometry) -> np.ndarray:
    """The tiles of one polygon or multipolygon; itself alone where it is not valid or cannot be cut exactly."""
    whole = objects([polygon])
    if not shapely.is_valid(polygon):
        return whole
    parts = shapely.get_parts(polygon)
    tiles = [_tiles_of_part(part) for part in parts]
    if any(found is None for found in tiles):
        return whole
    return np.concatenate([found for found in tiles if found is not None])


def _tiles_of_part(part: BaseGeometry) -> np.ndarray | None:
    """The tiles of one polygon: by rectangles, which is quick and in rare cases wrong, else by the exact overlay; None where both fail."""
    for cut in (_quickly, _exactly):
        try:
            tiles, _ = polygon_parts(_halved(part, cut))
        except shapely.errors.GEOSException:
            continue
        if abs(shapely.area(tiles).sum() - part.area) <= _AREA_AGREES * part.area and shapely.is_valid(tiles).all():
            return tiles
    return None


def _halved(part: BaseGeometry, cut: Callable[[BaseGeometry, _Box], BaseGeometry]) -> np.ndarray:
    """What lies of a polygon in the boxes that come of halving its bounds until each holds few vertices."""
    cells: list[BaseGeometry] = []
    open_cells = [(part, part.bounds, 0)]
    while open_cells:
        cell, box, depth = open_cells.pop()
        if shapely.get_num_coordinates(cell) <= TILE_VERTICES or depth == _DEEPEST:
            cells.append(cell)
        else:
            open_cells += [(cut(cell, half), half, depth + 1) for half in _halves(box)]
    return objects(cells)


def _halves(box: _Box) -> tuple[_Box, _Box]:
    x0, y0, x1, y1 = box
    if x1 - x0 > y1 - y0:
        middle = (x0 + x1) / 2
        return (x0, y0, middle, y1), (middle, y0, x1, y1)
    middle = (y0 + y1) / 2
    return (x0, y0, x1, middle), (x0, middle, x1, y1)


def _quickly(polygon: BaseGeometry, box: _Box) -> BaseGeometry:
    return shapely.clip_by_rect(polygon, *box)


def _exactly(polygon: BaseGeometry, box: _Box) -> BaseGeometry:
    return shapely.intersection(polygon, shapely.box(*box))
