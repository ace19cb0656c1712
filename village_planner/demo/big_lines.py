"""Red lines of very many vertices: one along the parcels of woods, two that wander across the county with openings around what is built."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Sequence

import numpy as np
import shapely

from village_planner.demo.fields import NO_VILLAGE, Fields
from village_planner.demo.fractals import wandering_ring
from village_planner.demo.scene import Scene

OPENING_M = 20.0
_OPENING_POINTS = 240
_ROUGHNESS, _OPENING_ROUGHNESS = 0.25, 0.2
_MIDDLES = ((0.27, 0.46), (0.69, 0.5))  # shares of the mesh's width and height
_RADIUS_SHARES = (0.13, 0.3)
_WOODS = ("0301", "0305", "0404")
_SMALL_M = 400.0  # what is larger than this is spared by its own outline
_CUT_OPENING = 0.75  # of an opening that leaves a part of its patch in the red line


@dataclass(frozen=True)
class BigLine:
    """A feature of the red line layer as one polygon or multipolygon."""

    name: str
    code: str
    shape: shapely.Geometry


def wandering_lines(scene: Scene, obstacles: np.ndarray, narrow: np.ndarray) -> list[BigLine]:
    """Two red lines with an opening around each obstacle (polygons); where `narrow`, the opening is too small for it."""
    assert scene.mesh is not None
    corners = scene.mesh.nodes.reshape(-1, 2)
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    width, height = x1 - x0, y1 - y0
    radius = min(width * _RADIUS_SHARES[0], height * _RADIUS_SHARES[1])
    lines = []
    for number, (across, up) in enumerate(_MIDDLES):
        shake = np.random.default_rng([scene.seed, 3, number])
        middle = (float(x0 + across * width), float(y0 + up * height))
        reach = shapely.Point(middle).buffer(radius * (1 + _ROUGHNESS))
        near = np.flatnonzero(shapely.intersects(obstacles, reach))
        openings = shapely.union_all([_opening(obstacles[row], bool(narrow[row]), shake) for row in near])
        wanted = scene.fineness.red_line_vertices
        within = shapely.get_num_coordinates(shapely.intersection(openings, shapely.Point(middle).buffer(radius)))
        outline = shapely.Polygon(wandering_ring(middle, radius, max(wanted - int(within), wanted // 4), _ROUGHNESS, shake))
        rest = shapely.difference(outline, openings)
        parts = [part for part in shapely.get_parts(rest) if part.area > 1.0]
        lines.append(BigLine(f"岚桥山生物多样性红线{'一二'[number]}片", "生物多样性维护", shapely.multipolygons(parts)))
    return lines


def line_along_parcels(scene: Scene, fields: Fields, avoided: Sequence[np.ndarray]) -> tuple[BigLine, np.ndarray]:
    """A red line around woods and meadows that reaches so far as its vertices allow, and the rows of its parcels.

    avoided: polygons that it must keep away from by `OPENING_M`.
    """
    rows = np.flatnonzero((fields.village != NO_VILLAGE) & np.isin(fields.class_code, _WOODS))
    for shapes in avoided:
        tree = shapely.STRtree(fields.shapes[rows])
        touched = np.unique(tree.query(shapes, predicate="dwithin", distance=OPENING_M)[1])
        rows = np.delete(rows, touched)
    rows = rows[: _how_many(scene, fields, rows)]
    parts = shapely.get_parts(shapely.union_all(fields.shapes[rows]))
    return BigLine("岚桥山水土保持林带红线", "水土保持", shapely.multipolygons(list(parts))), rows


def _how_many(scene: Scene, fields: Fields, rows: np.ndarray) -> int:
    """How many of the parcels, in their order, have an outline of the wanted number of vertices together."""
    assert scene.mesh is not None
    rank = np.full(len(fields), -1)
    rank[rows] = np.arange(len(rows))
    mine = rank[fields.owner]
    edges = np.where(fields.sides >= 0, fields.sides, ~fields.sides)[mine >= 0]
    mine = mine[mine >= 0]
    points = 1 + np.diff(scene.mesh.offsets)[edges]
    order = np.lexsort((mine, edges))
    is_second = np.r_[False, edges[order][1:] == edges[order][:-1]]
    gain = np.bincount(mine[order], weights=np.where(is_second, -points[order], points[order]), minlength=len(rows))
    return int(np.searchsorted(np.cumsum(gain), scene.fineness.red_line_vertices)) + 1


def _opening(obstacle: shapely.Geometry, is_narrow: bool, shake: np.random.Generator) -> shapely.Geometry:
    x0, y0, x1, y1 = obstacle.bounds
    half = math.hypot(x1 - x0, y1 - y0) / 2
    if 2 * half > _SMALL_M:
        return shapely.buffer(obstacle, OPENING_M, join_style="mitre")
    radius = _CUT_OPENING * half if is_narrow else (half + OPENING_M) / (1 - _OPENING_ROUGHNESS)
    ring = wandering_ring(((x0 + x1) / 2, (y0 + y1) / 2), radius, _OPENING_POINTS, _OPENING_ROUGHNESS, shake)
    return shapely.Polygon(ring)
