"""Reads the geometry sections of a VCT file: points, lines, polygons by their rings or by boundary lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable

import numpy as np
import shapely

from village_planner.delivery.vct.document import LINE, POINT, POLYGON
from village_planner.delivery.vct.lines import Lines
from village_planner.delivery.vct.rings import polygon_of

_POLYLINE = 11
_CURVES = range(12, 18)
_DIRECT, _INDIRECT = 1, 100
_BY_LINES, _BY_POLYGONS = 21, 22
_CLUSTER, _DIRECTED = 4, 3


@dataclass
class Shapes:
    """Objects by id. codes: feature code of each; geoms: None where a geometry could not be made, and then faults says why (code of the reason)."""

    codes: dict[int, str] = field(default_factory=dict)
    kinds: dict[int, str] = field(default_factory=dict)
    geoms: dict[int, shapely.Geometry | None] = field(default_factory=dict)
    faults: dict[int, str] = field(default_factory=dict)
    vertices: dict[int, np.ndarray] = field(default_factory=dict)
    """Of lines: what polygons and other lines are made of."""
    twice: list[int] = field(default_factory=list)


def read_section(lines: Lines, kind: str, shapes: Shapes) -> None:
    """Read the objects of a section (`Point`, `Line` or `Polygon`) up to its end."""
    read: Callable[[Lines, Shapes, int], shapely.Geometry | None] = {POINT: _point, LINE: _line, POLYGON: _polygon}[kind]
    while (line := lines.take()).lower() != f"{kind}End".lower():
        object_id, code = lines.whole(line), lines.take()
        lines.take()  # the style
        if object_id in shapes.geoms:
            shapes.twice.append(object_id)
        shapes.codes[object_id], shapes.kinds[object_id] = code, kind
        shapes.geoms[object_id] = read(lines, shapes, object_id)
        if lines.take() != "0":
            lines.fail("object_end", str(object_id))


def _point(lines: Lines, shapes: Shapes, object_id: int) -> shapely.Geometry | None:
    form = lines.whole()
    vertices = lines.pairs(lines.whole() if form == _CLUSTER else 2 if form == _DIRECTED else 1)
    return shapely.multipoints(vertices) if form == _CLUSTER else shapely.points(vertices[0])


def _line(lines: Lines, shapes: Shapes, object_id: int) -> shapely.Geometry | None:
    form = lines.whole()
    if form == _INDIRECT:
        parts = _joined(_numbers(lines, lines.whole()), shapes)
        if parts is None:
            shapes.faults[object_id] = "missing_line"
            return None
    elif form == _DIRECT:
        parts = []
        for _ in range(lines.whole()):
            if lines.whole() in _CURVES:
                shapes.faults[object_id] = "curve"
            parts.append(lines.pairs(lines.whole()))
    else:
        lines.fail("form", str(form))
    parts = _end_to_end(parts)
    if len(parts) == 1:
        shapes.vertices[object_id] = parts[0]
    if object_id in shapes.faults or not parts or any(len(part) < 2 for part in parts):
        shapes.faults.setdefault(object_id, "vertices")
        return None
    return shapely.linestrings(parts[0]) if len(parts) == 1 else shapely.multilinestrings([shapely.linestrings(part) for part in parts])


def _polygon(lines: Lines, shapes: Shapes, object_id: int) -> shapely.Geometry | None:
    form = lines.whole()
    lines.pair()  # where a label stands
    rings: list[np.ndarray] | None = []
    if form == _DIRECT:
        for _ in range(lines.whole()):
            if lines.whole() in _CURVES:
                shapes.faults[object_id] = "curve"
            rings.append(lines.pairs(lines.whole()))  # type: ignore[union-attr]
    elif form == _INDIRECT:
        of, numbers = lines.whole(), _numbers(lines, lines.whole())
        if of == _BY_POLYGONS:
            return _of_polygons([number for number in numbers if number], shapes, object_id)
        if of != _BY_LINES:
            lines.fail("form", str(of))
        rings = _joined(numbers, shapes)
    else:
        lines.fail("form", str(form))
    if rings is None:
        shapes.faults[object_id] = "missing_line"
    elif any(len(ring) < 1 or (ring[0] != ring[-1]).any() for ring in rings):
        shapes.faults[object_id] = "open_ring"
    elif not rings or any(len(ring) < 4 for ring in rings):
        shapes.faults.setdefault(object_id, "vertices")
    return None if object_id in shapes.faults or rings is None else polygon_of(rings)


def _of_polygons(numbers: list[int], shapes: Shapes, object_id: int) -> shapely.Geometry | None:
    parts = [shapes.geoms.get(abs(number)) for number in numbers]
    if not parts or any(part is None for part in parts):
        shapes.faults[object_id] = "missing_polygon"
        return None
    single = [polygon for part in parts for polygon in shapely.get_parts(part)]
    return single[0] if len(single) == 1 else shapely.multipolygons(single)


def _numbers(lines: Lines, count: int) -> list[int]:
    """`count` numbers, however many stand in a line; a 0 between rings is counted."""
    numbers: list[int] = []
    while len(numbers) < count:
        numbers += [lines.whole(part.strip()) for part in lines.take().strip(",").split(",")]
    return numbers


def _joined(numbers: list[int], shapes: Shapes) -> list[np.ndarray] | None:
    """Vertices of the parts that signed line numbers describe, parts being separated by 0; None where a line is not in the file."""
    parts: list[list[np.ndarray]] = [[]]
    for number in numbers:
        if number == 0:
            parts.append([])
            continue
        vertices = shapes.vertices.get(abs(number))
        if vertices is None:
            return None
        turned = vertices if number > 0 else vertices[::-1]
        begun = parts[-1]
        # Where two lines do not meet, the vertex stays, and the ring or line is told as odd by what is checked later.
        begun.append(turned[1:] if begun and (begun[-1][-1] == turned[0]).all() else turned)
    return [np.concatenate(part) for part in parts if part]


def _end_to_end(parts: list[np.ndarray]) -> list[np.ndarray]:
    """Segments of one line joined where one begins as the one before ended."""
    joined: list[np.ndarray] = []
    for part in parts:
        if joined and len(part) and len(joined[-1]) and (joined[-1][-1] == part[0]).all():
            joined[-1] = np.concatenate([joined[-1], part[1:]])
        else:
            joined.append(part)
    return joined
