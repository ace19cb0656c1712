"""Faults in the shapes of polygons: repeated vertices, short edges, acute corners; gaps and overlaps in layers that should cover the ground once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from village_planner.spatial.arrays import objects, polygon_parts
from village_planner.spatial.pairs import own

_HEIGHTS = (0.4142, 0.2718, 0.5772, 0.6934, 0.1618, 0.8443)
_ALONG = 0.4381
_GRID_M = 0.001
_MOST_CELLS = 2.0**62


@dataclass(frozen=True)
class Edges:
    """The edges of polygons, ring by ring in the order of their vertices.

    owner: position of each edge's geometry; ring: its ring, counted through; start, end: (n, 2) coordinates; length: in
    the unit of the CRS (m in a projected one); known: whether it was taken over from another layer.
    """

    owner: np.ndarray
    ring: np.ndarray
    start: np.ndarray
    end: np.ndarray
    length: np.ndarray
    known: np.ndarray


def polygon_edges(geoms: np.ndarray, known: np.ndarray | None = None) -> Edges:
    """All edges of an array of geometries that are polygons; null, empty, points and lines have none.

    known: geometries of another layer: an edge between two of their vertices (to the millimetre) was taken over from there.
    """
    polygons, owner = polygon_parts(geoms)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    follows = ring[:-1] == ring[1:]
    start, end, ring = points[:-1][follows], points[1:][follows], ring[:-1][follows]
    length = np.hypot(*(end - start).T)
    vertices = np.zeros(0, dtype=complex) if known is None else _on_grid(shapely.get_coordinates(known))
    taken = np.isin(_on_grid(start), vertices) & np.isin(_on_grid(end), vertices)
    return Edges(owner[polygon[ring]], ring, start, end, length, taken)


def repeated_vertices(edges: Edges, tolerance_m: float) -> pd.DataFrame:
    """Vertices that lie no farther than `tolerance_m` from the one before: owner, x, y, length."""
    return _edge_frame(edges, edges.length <= tolerance_m)


def short_edges(edges: Edges, least_m: float, tolerance_m: float) -> pd.DataFrame:
    """Edges shorter than `least_m` that are no repeated vertex and were not taken over: owner, x, y (of its start), length."""
    return _edge_frame(edges, (edges.length < least_m) & (edges.length > tolerance_m) & ~edges.known)


def acute_corners(edges: Edges, least_deg: float, tolerance_m: float) -> pd.DataFrame:
    """Corners sharper than `least_deg`, spikes and notches alike, but those taken over: owner, x, y, degrees.

    The angle is that between the two edges at a vertex; repeated vertices are passed over.
    """
    kept = edges.length > tolerance_m
    owner, ring, start, known = edges.owner[kept], edges.ring[kept], edges.start[kept], edges.known[kept]
    ahead = edges.end[kept] - start
    first = np.flatnonzero(np.diff(ring, prepend=-1))
    before = np.arange(len(ring)) - 1
    before[first] = np.append(first[1:], len(ring)) - 1
    back = -ahead[before]
    across = ahead[:, 0] * back[:, 1] - ahead[:, 1] * back[:, 0]
    degrees = np.degrees(np.arctan2(np.abs(across), (ahead * back).sum(axis=1)))
    chosen = (degrees < least_deg) & ~(known & known[before])
    return pd.DataFrame({"owner": owner[chosen], "x": start[chosen, 0], "y": start[chosen, 1], "degrees": degrees[chosen]})


def equal_pairs(geoms: np.ndarray) -> list[tuple[int, int]]:
    """Positions of geometries that are the same polygon, whatever vertex they begin with: each with the first of its kind."""
    shapes = pd.Series(shapely.to_wkb(shapely.normalize(geoms)), dtype=object)
    first = shapes.groupby(shapes, sort=False).transform(lambda group: group.index[0])
    return [(int(of), position) for position, of in first.items() if of != position]


def mean_width_m(geoms: np.ndarray) -> np.ndarray:
    """How wide each polygon is on average: twice its area by its perimeter, both in the plane; 0.0 without area."""
    length = shapely.length(geoms)
    return np.divide(2 * shapely.area(geoms), length, out=np.zeros(len(geoms)), where=length > 0)


def uneven_ground(geoms: np.ndarray, weights: np.ndarray | None = None) -> pd.DataFrame:
    """Ground that a layer of polygons does not cover exactly once: gaps between them and overlaps.

    geoms: valid polygons in one projected CRS; null and empty ones count for nothing. weights: whole number of each, 1 where
    not given; with -1 for the polygons of another layer, what the two layers have apart. Returns a row per connected piece:
    geom, count (sum of the weights of the polygons that hold it), for all pieces that edges enclose. Ground beyond the
    outermost edges is none of them; where each polygon fits the next to the last digit, the whole is one piece of count 1.

    Vertices are told apart to the millimetre. Only edges along which the count changes are noded, so that a layer whose
    polygons share their edges costs little.
    """
    geoms = np.asarray(geoms, dtype=object)
    weights = np.ones(len(geoms), dtype=int) if weights is None else np.asarray(weights, dtype=int)
    lines = _changing_edges(geoms, weights)
    if len(lines) == 0:
        return pd.DataFrame({"geom": objects([]), "count": np.zeros(0, dtype=int)})
    pieces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(lines))))
    pieces = pieces[np.lexsort(shapely.bounds(pieces).T)]
    return pd.DataFrame({"geom": objects(list(pieces)), "count": _counts(pieces, geoms, weights)})


def _on_grid(points: np.ndarray) -> np.ndarray:
    return np.round(points[:, 0] / _GRID_M) + 1j * np.round(points[:, 1] / _GRID_M)


def _cells(points: np.ndarray) -> np.ndarray:
    """What tells the squares of the grid apart, in the order of x, then y: whole numbers, which sort quickly, unless the ground is too wide for them."""
    if not len(points):
        return _on_grid(points)
    cells = np.round(points / _GRID_M)
    cells -= cells.min(axis=0)
    wide, high = cells.max(axis=0) + 1
    return cells[:, 0].astype(np.int64) * np.int64(high) + cells[:, 1].astype(np.int64) if wide * high < _MOST_CELLS else _on_grid(points)


def _edge_frame(edges: Edges, chosen: np.ndarray) -> pd.DataFrame:
    start = edges.start[chosen]
    return pd.DataFrame({"owner": edges.owner[chosen], "x": start[:, 0], "y": start[:, 1], "length": edges.length[chosen]})


def _changing_edges(geoms: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Edges, as lines, on whose two sides the count differs; those of neighbours that share them cancel each other.

    Vertices in one square of the grid count as one, so that neighbours share edges also where a file format has rounded those of one.
    """
    polygons, owner = polygon_parts(geoms)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    is_hole = np.diff(polygon, prepend=-1) == 0
    inside_is_left = shapely.is_ccw(rings) != is_hole
    points, ring = shapely.get_coordinates(rings, return_index=True)
    _, place, vertex = np.unique(_cells(points), return_index=True, return_inverse=True)
    follows = (ring[:-1] == ring[1:]) & (vertex[:-1] != vertex[1:])
    start, end, ring = vertex[:-1][follows], vertex[1:][follows], ring[:-1][follows]
    jump = weights[owner[polygon[ring]]] * np.where(inside_is_left[ring], 1, -1)
    edges, edge = np.unique(np.minimum(start, end) * np.int64(len(place)) + np.maximum(start, end), return_inverse=True)
    sums = np.bincount(edge, np.where(start > end, -jump, jump), len(edges))
    ends = np.stack(np.divmod(edges[sums != 0], np.int64(len(place))), axis=1)
    return shapely.linestrings(points[place[ends]])


def _counts(pieces: np.ndarray, geoms: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The sum of weights at a point inside each piece; where every point that is tried lies on an edge, 1."""
    counts = np.ones(len(pieces), dtype=int)
    # Prepared, as copies that no other thread has: a township is asked about thousands of points.
    holders, left = own(geoms), np.arange(len(pieces))
    tree = shapely.STRtree(holders)
    shapely.prepare(holders)
    for height in _HEIGHTS:
        if len(left) == 0:
            break
        points = _points_at(pieces[left], height)
        near, holder = tree.query(points)
        within = shapely.contains_properly(holders[holder], points[near])
        met = shapely.intersects(holders[holder], points[near])
        # On an edge that two polygons share a point is in neither, and would count for nothing.
        clear = (np.bincount(near, met, len(left)) == np.bincount(near, within, len(left))) & ~shapely.is_missing(points)
        counts[left[clear]] = np.bincount(near, within * weights[holder], len(left))[clear]
        left = left[~clear]
    return counts


def _points_at(pieces: np.ndarray, height: float) -> np.ndarray:
    """A point inside each piece, on the longest section of a level line at a share of its height; None where there is none."""
    x0, y0, x1, y1 = shapely.bounds(pieces).T
    y = y0 + (y1 - y0) * height
    levels = shapely.linestrings(np.stack([np.column_stack([x0 - 1, y]), np.column_stack([x1 + 1, y])], axis=1))
    sections, owner = shapely.get_parts(shapely.intersection(pieces, levels), return_index=True)
    order = np.lexsort((shapely.length(sections), owner))
    last = np.flatnonzero(np.diff(owner[order], append=-1))
    longest = objects([None] * len(pieces))
    longest[owner[order][last]] = sections[order][last]
    longest[shapely.length(longest) == 0] = None
    return shapely.line_interpolate_point(longest, _ALONG, normalized=True)
