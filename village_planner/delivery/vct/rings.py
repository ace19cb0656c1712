"""Rings and polygons: what is a shell and what a hole in it."""

from __future__ import annotations

from typing import Sequence

import numpy as np
import shapely

MIN_RING = 4


def rings_of(geometry: shapely.Geometry) -> list[np.ndarray]:
    """Vertices of all rings of a polygon or multipolygon: each shell clockwise, followed by its holes counter-clockwise."""
    rings = []
    for part in shapely.get_parts(geometry):
        for number, ring in enumerate(shapely.get_rings(part)):
            vertices = shapely.get_coordinates(ring)
            rings.append(vertices if (_signed_area(vertices) > 0) == (number > 0) else vertices[::-1])
    return rings


def polygon_of(rings: Sequence[np.ndarray]) -> shapely.Geometry | None:
    """A polygon, or a multipolygon where there are several shells, from closed rings in any order; None without a ring.

    Holes turn against the shell that they lie in. A ring that turns as the shells do and lies in the ground of one is taken
    for a hole as well. Crossing and touching rings are kept as they are, so that checks find them. Raises ValueError for a ring of
    fewer than four vertices.
    """
    if not rings:
        return None
    if any(len(ring) < MIN_RING for ring in rings):
        raise ValueError("ring")
    if len(rings) == 1:
        return shapely.polygons(rings[0])
    clockwise = [_signed_area(ring) < 0 for ring in rings]
    shells = [number for number, turn in enumerate(clockwise) if turn == clockwise[0]]
    holes: dict[int, list[int]] = {number: [] for number in shells}
    polygons = {number: shapely.polygons(rings[number]) for number in shells}
    for number in range(len(rings)):
        if clockwise[number] != clockwise[0]:
            holes[_owner(rings[number], number, polygons)].append(number)
    parts = {number: shapely.polygons(rings[number], [shapely.linearrings(rings[hole]) for hole in holes[number]] or None) for number in shells}
    for number in shells:
        for other, ground in parts.items():
            if other != number and number in parts and _lies_in(polygons[number], ground):
                holes[other].append(number)
                parts[other] = shapely.polygons(rings[other], [shapely.linearrings(rings[hole]) for hole in holes[other]])
                parts.pop(number)
                break
    found = list(parts.values())
    return found[0] if len(found) == 1 else shapely.multipolygons(found)


def _owner(ring: np.ndarray, number: int, polygons: dict[int, shapely.Geometry]) -> int:
    """The smallest shell that the ring lies in, else the one before it in the file, else the first."""
    hole = shapely.polygons(ring)
    around = [shell for shell, polygon in polygons.items() if _lies_in(hole, polygon)]
    if around:
        return min(around, key=lambda shell: shapely.area(polygons[shell]))
    return max((shell for shell in polygons if shell < number), default=min(polygons))


def _lies_in(inner: shapely.Geometry, outer: shapely.Geometry) -> bool:
    return bool(shapely.is_valid(inner) and shapely.is_valid(outer) and shapely.within(inner, outer))


def _signed_area(vertices: np.ndarray) -> float:
    """Twice the area, positive when counter-clockwise; in units of the CRS, reckoned from the first vertex."""
    x, y = (vertices - vertices[0]).T
    return float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1]))
