"""What names on a map sheet keep off: symbols, arrows, drawn lines, borders, and the ground around the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely

from village_planner.delivery.sheets import MapLayer
from village_planner.desk.sheet_symbols import symbol_place
from village_planner.desk.sheet_trial import IMPASSABLE, Frame, Obstacle

_TOWNSHIP = "township"
# How dear it is for a name to cover a symbol, a border of townships or villages, the head of an arrow, a line.
SYMBOL, _TOWNSHIP_BORDER, VILLAGE_BORDER, _HEAD, _LINE = 0.6, 0.7, 0.5, 0.4, 0.2
# Millimetres on the paper: how wide a border or line is for a name, the line around the plan, and the head of an arrow.
_BORDER_MM, LINE_MM, _OUTLINE_MM, _HEAD_LENGTH_MM, _HEAD_WIDTH_MM = 0.1, 0.3, 1.0, 2.4, 2.4
_OUTLINES = ("boundary", "border")
_SEGMENTS = 4


def obstacles(layer: MapLayer, factor: float, metres: float) -> list[Obstacle]:
    """Symbols and lines of a layer, and the borders of its areas where they have names. factor: of the symbols; metres: on the ground for a mm of the paper."""
    classes = {one.code: one for one in layer.classes}
    with_names = layer.rows["label"].notna().any()
    made = []
    for code, shape in zip(layer.rows["code"], layer.rows["geom"]):
        symbol = classes[code].symbol
        if shape.geom_type.endswith("Point"):
            x, y, half = symbol_place(classes[code], factor)
            moved = shapely.transform(shape, lambda points, dx=x, dy=y: points + (dx * metres, dy * metres))
            made.append(Obstacle(moved.buffer(half * metres, quad_segs=_SEGMENTS), SYMBOL))
        elif shape.geom_type.endswith(("LineString", "LinearRing")):
            made.append(Obstacle(strip(shape, LINE_MM * metres), _LINE))
            made += [Obstacle(_head(shape, factor * metres), _HEAD)] if symbol == "arrow" else []
        elif is_area(shape) and symbol == "line":
            made.append(Obstacle(strip(shape.boundary, LINE_MM * metres), _LINE))
        elif with_names and is_area(shape):
            weight = _TOWNSHIP_BORDER if layer.label_kind == _TOWNSHIP else VILLAGE_BORDER
            made.append(Obstacle(strip(shape.boundary, _BORDER_MM * metres), weight))
    return made


def around_plan(layers: Sequence[MapLayer], frame: Frame) -> list[Obstacle]:
    """The line around the plan and what of the map lies beyond it; none where the plan has no areas."""
    return [Obstacle(area, IMPASSABLE) for area in shapely.get_parts(_outside(layers, frame))]


def kept_clear(some: Sequence[Obstacle], with_lines: bool) -> list[Obstacle]:
    """Obstacles of which no symbol and no head of an arrow may be covered, and with_lines: no line."""
    kept = (SYMBOL, _HEAD, _LINE) if with_lines else (SYMBOL, _HEAD)
    return [replace(one, weight=IMPASSABLE) if one.weight in kept else one for one in some]


def is_area(shape: shapely.Geometry) -> bool:
    """Whether it is a polygon or several."""
    return shape.geom_type in ("Polygon", "MultiPolygon")


def strip(line: shapely.Geometry, width: float) -> shapely.Geometry:
    """A line as an area that is so wide."""
    return line.simplify(width / 2).buffer(width / 2, quad_segs=1)


def _head(arrow: shapely.Geometry, unit: float) -> shapely.Geometry:
    """The ground of an arrow's head; that of a short one is half as long as the arrow."""
    end, before = (np.array(point) for point in shapely.get_coordinates(arrow)[[-1, -2]])
    length = float(np.hypot(*(end - before)))
    long = min(_HEAD_LENGTH_MM * unit, length / 2)
    back = end - (end - before) * (long / length if length else 0.0)
    return shapely.LineString([back, end]).buffer(_HEAD_WIDTH_MM / 2 * unit, quad_segs=1, cap_style="flat") if long else shapely.Point(end).buffer(unit)


def _outside(layers: Sequence[MapLayer], frame: Frame) -> shapely.Geometry:
    """What of the map lies beyond the plan, and its outline; empty where the plan has none."""
    for symbol in _OUTLINES:
        areas = [
            geom for layer in layers if any(one.symbol == symbol for one in layer.classes) for geom in layer.rows["geom"] if is_area(geom)
        ]
        if areas:
            extent = frame.extent
            whole = shapely.box(extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum())
            width = _OUTLINE_MM * frame.metres_per_mm
            inside = shapely.union_all(shapely.simplify(shapely.make_valid(areas), width / 10))
            return shapely.difference(whole, shapely.buffer(inside, -width / 2, quad_segs=1))
    return shapely.Polygon()
