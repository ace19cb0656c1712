"""How a map sheet's classes look, and the memory layers that show them: one symbol for the map and for the legend."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd
from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsFeature,
    QgsField,
    QgsFillSymbol,
    QgsLinePatternFillSymbolLayer,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsRendererCategory,
    QgsSymbol,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QColor

from village_planner.delivery.sheets import MapClass, MapLayer
from village_planner.desk import compat
from village_planner.desk.mirrors import qgs_geometry
from village_planner.desk.styles import arrow, arrow_by_length

_CODE = "code"
_AREAS = {
    "fill": {"outline_color": "#8a8a8a", "outline_width": "0.15"}, "outline": {"style": "no", "outline_width": "0.18"},
    "border": {"style": "no", "outline_width": "0.45"}, "boundary": {"style": "no", "outline_width": "0.8"},
    "line": {"style": "no", "outline_width": "0.6"},
}
_POINTS = {"dot": "circle", "ring": "circle", "square": "square", "diamond": "diamond", "triangle": "triangle", "cross": "cross2", "star": "star"}
_SIZES = {"dot": 2.0, "ring": 2.4, "square": 2.8, "diamond": 3.0, "triangle": 2.9, "cross": 2.4, "star": 3.6}
# Beside the hamlet's dot, each kind on a side of its own, so that several at one place do not cover each other.
_OFFSETS = {"star": (-2.6, -2.2), "triangle": (2.6, 2.2), "diamond": (2.6, -2.2), "cross": (-2.6, 2.2)}
_ROOM_MM = 12.0
SMALLEST = 0.45
_LINE_WIDTHS = {"border": "0.45", "boundary": "0.8", "line": "0.6"}


def crowding(layers: Sequence[MapLayer], area_mm2: float) -> float:
    """How far the symbols of a map shrink, 1 to 0.45, so that its points leave room for each other on the paper."""
    points = sum(sum(shape.geom_type == "Point" for shape in layer.rows["geom"]) for layer in layers)
    return min(1.0, max(SMALLEST, math.sqrt(area_mm2 / max(points, 1)) / _ROOM_MM))


def symbol_for(one: MapClass, geometry: str, in_legend: bool = False, factor: float = 1.0) -> QgsSymbol:
    """The symbol of a class for a kind of geometry (``Point``, ``LineString`` or ``MultiPolygon``); factor: as `crowding` gives it."""
    if geometry == "Point":
        return _marker(one, in_legend, factor)
    if geometry == "LineString":
        return arrow_by_length(one.color, factor) if one.symbol == "arrow" else _line(one)
    if one.symbol == "hatch":
        return _hatch(one.color)
    style = dict(_AREAS.get(one.symbol, _AREAS["fill"]))
    if one.symbol in _AREAS and one.symbol != "fill":
        style["outline_color"] = one.color
    elif one.symbol not in _AREAS:
        style["outline_color"] = QColor(one.color).darker(160).name()
    return QgsFillSymbol.createSimple({"color": one.color, "joinstyle": "round", **style})


def symbol_place(one: MapClass, factor: float = 1.0) -> tuple[float, float, float]:
    """Where the symbol of a point stands on a map: mm to the right of and above the point, and half its size."""
    right, down = _OFFSETS.get(one.symbol, (0.0, 0.0))
    return right * factor, -down * factor, _SIZES.get(one.symbol, _SIZES["dot"]) * factor / 2


def legend_symbol(one: MapClass) -> QgsSymbol:
    """What the legend shows of a class."""
    if one.symbol in _POINTS:
        return symbol_for(one, "Point", in_legend=True)
    if one.symbol == "arrow":
        return arrow(one.color)
    if one.symbol in ("border", "boundary", "line"):
        return symbol_for(one, "LineString")
    return symbol_for(one, "MultiPolygon")


def map_layers(layer: MapLayer, crs: int, factor: float = 1.0) -> list[QgsVectorLayer]:
    """Memory layers of a sheet's layer, one for each kind of geometry in it."""
    made = []
    for geometry, types in _GEOMETRIES.items():
        chosen = [shape.geom_type in types for shape in layer.rows["geom"]]
        if any(chosen):
            rows = layer.rows[chosen]
            made.append(_memory_layer(layer, geometry, crs, rows))
            categories = [QgsRendererCategory(one.code, symbol_for(one, geometry, factor=factor), one.name) for one in layer.classes]
            made[-1].setRenderer(QgsCategorizedSymbolRenderer(_CODE, categories))
    return made


def _memory_layer(layer: MapLayer, geometry: str, crs: int, rows: pd.DataFrame) -> QgsVectorLayer:
    made = QgsVectorLayer(f"{geometry}?crs=EPSG:{crs}", layer.id, "memory")
    made.dataProvider().addAttributes([QgsField(_CODE, compat.TEXT)])
    made.updateFields()
    features = []
    for code, shape in zip(rows["code"], rows["geom"]):
        feature = QgsFeature(made.fields())
        feature.setAttributes([code])
        feature.setGeometry(qgs_geometry(shape))
        features.append(feature)
    made.dataProvider().addFeatures(features)
    made.updateExtents()
    return made


def _marker(one: MapClass, in_legend: bool, factor: float) -> QgsMarkerSymbol:
    shape = one.symbol if one.symbol in _POINTS else "dot"
    style = {"name": _POINTS[shape], "color": one.color, "size": f"{_SIZES[shape] * factor:.2f}", "outline_color": "#303030", "outline_width": "0.15"}
    if shape == "ring":
        style.update(color="255,255,255,0", outline_color=one.color, outline_width="0.5")
    if shape == "cross":
        style.update(outline_color=one.color, outline_width="0.6")
    if not in_legend and shape in _OFFSETS:
        style["offset"] = ",".join(f"{part * factor:.2f}" for part in _OFFSETS[shape])
    return QgsMarkerSymbol.createSimple(style)


def _hatch(color: str) -> QgsFillSymbol:
    """Thin parallel lines within an outline: what lies below stays readable."""
    lines = QgsLinePatternFillSymbolLayer()
    lines.setLineAngle(45)
    lines.setDistance(1.3)
    lines.setSubSymbol(QgsLineSymbol.createSimple({"line_color": color, "line_width": "0.15"}))
    symbol = QgsFillSymbol.createSimple({"style": "no", "outline_color": color, "outline_width": "0.35"})
    symbol.insertSymbolLayer(0, lines)
    return symbol


def _line(one: MapClass) -> QgsLineSymbol:
    return QgsLineSymbol.createSimple({"line_color": one.color, "line_width": _LINE_WIDTHS.get(one.symbol, "0.4")})


_GEOMETRIES: Mapping[str, tuple[str, ...]] = {
    "Point": ("Point", "MultiPoint"), "LineString": ("LineString", "MultiLineString", "LinearRing"), "MultiPolygon": ("Polygon", "MultiPolygon"),
}
