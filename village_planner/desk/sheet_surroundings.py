"""What of a map's layers lies on its paper: arrows and neighbours end at its edge, where a place beyond it is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import shapely

from village_planner.delivery.sheets import MapLayer
from village_planner.desk.sheet_arrows import side_by_side
from village_planner.desk.sheet_trial import Frame

NEIGHBOUR, BEYOND = "neighbour", "beyond"
_ARROW = "arrow"
# Millimetres on the paper: how far from the edge an arrow ends, and within how many of a text it is not repeated.
_EDGE_MM, _APART_MM = 2.0, 20.0


def on_paper(layers: Sequence[MapLayer], frame: Frame, factor: float = 1.0) -> list[MapLayer]:
    """The layers as they are drawn on one map: arrows are cut at its edge, so that their heads are seen, and none lies on another; neighbours are cut, too, and
    their names stand where they are seen; a place beyond is a point at the end of what is left of its line, and one text stands once for the arrows that end
    side by side. factor: of the symbols, as `sheet_symbols.crowding` gives it."""
    metres = frame.metres_per_mm
    extent = frame.extent
    whole = shapely.box(extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum())
    inner = whole.buffer(-_EDGE_MM * metres, join_style="mitre")
    made = []
    for layer in layers:
        if layer.label_kind == NEIGHBOUR:
            made.append(_changed(layer, [_area_within(geom, whole) for geom in layer.rows["geom"]]))
        elif layer.label_kind == BEYOND:
            made.append(_named_once(_changed(layer, [_last_point(_line_within(geom, inner)) for geom in layer.rows["geom"]]), _APART_MM * metres))
        elif any(one.symbol == _ARROW for one in layer.classes):
            made.append(side_by_side(_changed(layer, [_line_within(geom, inner) for geom in layer.rows["geom"]]), metres, factor))
        else:
            made.append(layer)
    return made


def _changed(layer: MapLayer, geoms: Sequence[shapely.Geometry]) -> MapLayer:
    """A layer with other geometries; rows without any left are dropped."""
    rows = layer.rows.assign(geom=geoms)
    return replace(layer, rows=rows[[not geom.is_empty for geom in geoms]].reset_index(drop=True))


def _area_within(area: shapely.Geometry, box: shapely.Geometry) -> shapely.Geometry:
    """The part of an area in a box; bounds that a planner has not mended yet are mended first."""
    part = shapely.intersection(area if area.is_valid else shapely.make_valid(area), box)
    areas = [one for one in shapely.get_parts(part) if one.geom_type == "Polygon"]
    return shapely.multipolygons(areas)


def _line_within(line: shapely.Geometry, box: shapely.Geometry) -> shapely.Geometry:
    """The first part of a line in a box, in its own direction."""
    if box.covers(line):
        return line
    parts = [one for one in shapely.get_parts(shapely.intersection(line, box)) if one.geom_type == "LineString"]
    if not parts:
        return shapely.LineString()
    part = min(parts, key=lambda one: line.project(shapely.get_point(one, 0)))
    ends = [line.project(shapely.get_point(part, number)) for number in (0, -1)]
    return part if ends[0] <= ends[1] else shapely.reverse(part)


def _last_point(line: shapely.Geometry) -> shapely.Geometry:
    return shapely.Point() if line.is_empty else shapely.get_point(line, -1)


def _named_once(layer: MapLayer, apart: float) -> MapLayer:
    """A layer of points without those that repeat the text of one nearby."""
    kept: list[int] = []
    labels, geoms = list(layer.rows["label"]), list(layer.rows["geom"])
    for row, (label, geom) in enumerate(zip(labels, geoms)):
        if not any(labels[other] == label and geoms[other].distance(geom) < apart for other in kept):
            kept.append(row)
    return replace(layer, rows=layer.rows.iloc[kept].reset_index(drop=True))
