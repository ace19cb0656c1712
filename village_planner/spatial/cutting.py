"""Polygons of very many vertices (红线、边界), cut down to what lies around the thing that they are compared with."""

from __future__ import annotations

import math
from typing import Mapping

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

_MANY = 2_000
_FEW = 1_000
_DEEPEST = 16


class Surroundings:
    """The neighbourhoods of one polygon, each cut when it is first asked for.

    Cells halve from level to level and overlap by half a cell on each side, so that a thing no larger than a cell lies
    wholly in the one that holds its middle: what it has in common with the cell is what it has in common with the polygon.
    """

    def __init__(self, polygon: BaseGeometry) -> None:
        self._polygon = polygon
        x0, y0, x1, y1 = polygon.bounds
        self._corner, self._extent = (x0, y0), max(x1 - x0, y1 - y0)
        self._cells: dict[tuple[int, int, int], BaseGeometry] = {}

    def around(self, bounds: tuple[float, float, float, float]) -> BaseGeometry:
        """The polygon, or a piece of it that agrees with it within `bounds` (min x, min y, max x, max y)."""
        x0, y0, x1, y1 = bounds
        size = max(x1 - x0, y1 - y0, self._extent / 2**_DEEPEST)
        depth = max(0, int(math.log2(self._extent / size)))
        cell = self._extent / 2**depth
        i, j = (math.floor(((low + high) / 2 - corner) / cell) for low, high, corner in ((x0, x1, self._corner[0]), (y0, y1, self._corner[1])))
        return self._cell(depth, i, j)

    def _cell(self, depth: int, i: int, j: int) -> BaseGeometry:
        if depth == 0:
            return self._polygon
        if (depth, i, j) not in self._cells:
            above = self._cell(depth - 1, i // 2, j // 2)
            self._cells[depth, i, j] = above if shapely.get_num_coordinates(above) <= _FEW else self._cut(above, self._extent / 2**depth, i, j)
        return self._cells[depth, i, j]

    def _cut(self, above: BaseGeometry, cell: float, i: int, j: int) -> BaseGeometry:
        left, bottom = self._corner[0] + (i - 0.5) * cell, self._corner[1] + (j - 0.5) * cell
        try:
            piece = shapely.clip_by_rect(above, left, bottom, left + 2 * cell, bottom + 2 * cell)
        except shapely.errors.GEOSException:
            return above
        # Cutting by a rectangle is quick and not exact in every case: what it leaves broken, or no polygon, is not used.
        return piece if shapely.is_valid(piece) and (piece.is_empty or shapely.get_type_id(piece) in (3, 6)) else above


def surroundings(polygons: np.ndarray) -> Mapping[int, Surroundings]:
    """By position, of each polygon with so many vertices that cutting pays; one that is not valid is left whole."""
    many = np.flatnonzero(shapely.get_num_coordinates(polygons) > _MANY)
    return {int(row): Surroundings(polygons[row]) for row in many[shapely.is_valid(polygons[many])]}


def cut_down(polygons: np.ndarray, chosen: np.ndarray, to: np.ndarray, cuts: Mapping[int, Surroundings]) -> np.ndarray:
    """`polygons[chosen]`, those that `cuts` has reduced to what lies around the geometry at the same place of `to`."""
    result = polygons[chosen]
    if cuts:
        for place in np.flatnonzero(np.isin(chosen, list(cuts))):
            result[place] = cuts[int(chosen[place])].around(to[place].bounds)
    return result
