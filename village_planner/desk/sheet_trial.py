"""Places names on a map by trials of QGIS's labelling engine, and makes the layer that draws them where they were placed.

The engine takes labelled layers in the order of their addresses in memory (a hash table of pointers, QGIS 3.22 to 3.44), and of places that are as
good the first wins. So a trial has one layer of names and one of obstacles, and the layer that is drawn has pinned names only: nothing is left to order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
import shapely
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsField,
    QgsLabelingEngineSettings,
    QgsMapRendererCustomPainterJob,
    QgsMapSettings,
    QgsNullSymbolRenderer,
    QgsPalLayerSettings,
    QgsProject,
    QgsProperty,
    QgsRectangle,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor, QFontMetricsF, QImage, QPainter

from village_planner.desk import compat
from village_planner.desk.mirrors import qgs_geometry
from village_planner.desk.sheet_page import Box
from village_planner.desk.styles import label_font

# As sheets are drawn, so that letters are as wide in the trial as in the drawing.
_DPI = 300
_MM_PER_INCH = 25.4
_EM_PIXELS = 200
_HALO_MM, _BETWEEN_MM = 0.45, 0.2
_CANDIDATES_PER_CM2 = 10.0
# QGIS counts the weight of an obstacle to 2, but its data-defined form to 10. What weighs more than a name's priority is never crossed.
IMPASSABLE = 2.0
_WEIGHT_STEPS = 5.0
# What a name in the middle of its area keeps off: symbols, but no lines. Its places are so far apart, and no more than so many side by side.
_BLOCKS, _STEP_MM, _MOST_STEPS = 0.6, 0.5, 40
# An area with more points is tried in pieces, so many along each side.
_FEW_POINTS, _PIECES = 40, 16
# Of its height, what a name may reach into another one: the lines of a font have room above and below. Lines of one name stand closer than the font says.
_TOUCH, _LINE_PITCH = 0.1, 0.8


@dataclass(frozen=True)
class Frame:
    """The map that names are set on: its box on the paper (mm), its extent and CRS (EPSG, in metres)."""

    box: Box
    extent: QgsRectangle
    crs: int

    @property
    def metres_per_mm(self) -> float:
        """Metres on the ground for a millimetre of the paper."""
        return float(self.extent.width() / self.box.width)


@dataclass(frozen=True)
class Name:
    """A text to be placed within an area, or around a point (metres), `reach` mm off it. points: size; priority: 1 to 9, the higher wins.

    always: shown where there is no room, too. within: only where it lies wholly within its area.
    """

    text: str
    shape: shapely.Geometry
    reach: float
    points: float
    priority: float
    color: str
    bold: bool
    always: bool = False
    within: bool = False


@dataclass(frozen=True)
class Obstacle:
    """An area (metres) that names keep off. weight: from 0 to below 1, how dear it is to cross; or `IMPASSABLE`."""

    shape: shapely.Geometry
    weight: float


@dataclass(frozen=True)
class Placed:
    """A name with the lower left corner and the size of its text (metres)."""

    name: Name
    x: float
    y: float
    width: float
    height: float

    @property
    def box(self) -> shapely.Geometry:
        """The ground that it takes."""
        return shapely.box(self.x, self.y, self.x + self.width, self.y + self.height)


class Trial:
    """Tries names on one map with its obstacles."""

    def __init__(self, frame: Frame, obstacles: Sequence[Obstacle]) -> None:
        self._frame = frame
        self._blockers = [piece for one in obstacles if one.weight >= _BLOCKS for piece in _pieces(one.shape)]
        self._obstacles = _memory_layer("MultiPolygon", frame.crs, [QgsField("weight", compat.REAL)])
        self._features = [self._obstacle(one) for one in obstacles]
        self._asked: dict[tuple[float, bool, int], tuple[float, float]] = {}

    def place(self, names: Sequence[Name], standing: Sequence[Placed] = (), inside: bool = False) -> dict[int, Placed]:
        """The names that find room, by their position in `names`; they keep off each other, the obstacles and the names that stand already.

        names: all of areas, or all of points; inside: only places wholly within the areas count.
        """
        layer, numbers = _trial_layer(names, self._frame.crs, inside)
        metres = _BETWEEN_MM * self._frame.metres_per_mm
        around = [shapely.box(one.x - metres, one.y - metres, one.x + one.width + metres, one.y + one.height + metres) for one in standing]
        features = [*self._features, *(self._obstacle(Obstacle(box, IMPASSABLE)) for box in around)]
        layers = [layer, _obstacle_layer(features, self._frame.crs)] if features else [layer]
        placed = {}
        for position in self._positions(layers):
            if position.layerID == layer.id():
                number, corner = numbers[position.featureId], position.cornerPoints[0]
                placed[number] = Placed(names[number], corner.x(), corner.y(), position.width, position.height)
        kept = {number: one for number, one in placed.items() if one.name.always or not covers(one, standing)}
        return dict(sorted(kept.items()))

    def place_in_the_middle(self, names: Sequence[Name], standing: Sequence[Placed]) -> dict[int, Placed]:
        """The names of areas that have room wholly within them, each as near to the middle as it can stand off symbols, the names that stand and each other.

        The engine tries few places, and none in most areas that are little larger than the name.
        """
        tree = shapely.STRtree([*self._blockers, *(one.box for one in standing)])
        placed: dict[int, Placed] = {}
        taken = np.empty((0, 4))
        for number, (width, height) in enumerate(self._sizes(names)):
            empty = _TOUCH * height
            boxes = _boxes_within(names[number].shape, width, height - 2 * empty, _STEP_MM * self._frame.metres_per_mm)
            box = next((box for box in boxes if not len(tree.query(shapely.box(*box), "intersects")) and not _overlaps(box, taken)), None)
            if box is not None:
                taken = np.vstack((taken, box))
                placed[number] = Placed(names[number], float(box[0]), float(box[1]) - empty, width, height)
        return placed

    def put(self, name: Name, standing: Sequence[Placed]) -> Placed:
        """The name where it has most room; in the middle of its shape, or at the map's edge beside it, where it has none."""
        found = self.place([replace(name, always=True)], standing).get(0)
        if found is not None:
            return found
        width, height = self._sizes([name])[0]
        west, south, east, north = self._bounds
        middle = name.shape.centroid
        x, y = min(max(middle.x - width / 2, west), east - width), min(max(middle.y - height / 2, south), north - height)
        return Placed(name, x, y, width, height)

    @property
    def _bounds(self) -> tuple[float, float, float, float]:
        extent = self._frame.extent
        return extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()

    def _sizes(self, names: Sequence[Name]) -> list[tuple[float, float]]:
        """Width and height (metres) of texts as the engine sets them, which is asked for one text of each size and number of lines."""
        asked, sizes = self._asked, []
        for name in names:
            lines = name.text.split("\n")
            kind, ems = (name.points, name.bold, len(lines)), max(_ems(line, name.bold) for line in lines)
            if kind not in asked:
                # Beside a point it has few places to choose from, in an area as large as the map very many.
                anywhere = replace(name, shape=shapely.box(*self._bounds).centroid, reach=0.0, always=True)
                one = Trial(self._frame, []).place([anywhere]).get(0)
                asked[kind] = (one.width / ems, one.height) if one else (math.inf, math.inf)
            sizes.append((ems * asked[kind][0], asked[kind][1]))
        return sizes

    def _obstacle(self, one: Obstacle) -> QgsFeature:
        return _feature(self._obstacles, [one.weight * _WEIGHT_STEPS], one.shape)

    def _positions(self, layers: Sequence[QgsVectorLayer]) -> list[Any]:
        settings = QgsMapSettings()
        settings.setLayers(layers)
        settings.setDestinationCrs(QgsCoordinateReferenceSystem(f"EPSG:{self._frame.crs}"))
        box = self._frame.box
        settings.setOutputSize(QSize(*(round(side / _MM_PER_INCH * _DPI) for side in (box.width, box.height))))
        settings.setOutputDpi(_DPI)
        settings.setExtent(self._frame.extent)
        settings.setLabelingEngineSettings(_engine())
        # Nobody looks at it, so that the paper may be as small as it likes.
        picture = QImage(1, 1, QImage.Format.Format_ARGB32_Premultiplied)
        painter = QPainter(picture)
        job = QgsMapRendererCustomPainterJob(settings, painter)
        job.renderSynchronously()
        painter.end()
        results = job.takeLabelingResults()
        return list(results.allLabels()) if results is not None else []


def _pieces(area: shapely.Geometry) -> list[shapely.Geometry]:
    """An area in pieces, where it is large: of a tree only those near a place are tried."""
    if shapely.get_num_coordinates(area) <= _FEW_POINTS:
        return [area]
    west, south, east, north = area.bounds
    x, y = (np.linspace(low, high, _PIECES + 1) for low, high in ((west, east), (south, north)))
    tiles = product(zip(x, x[1:]), zip(y, y[1:]))
    pieces = [shapely.clip_by_rect(area, left, low, right, high) for (left, right), (low, high) in tiles]
    return [piece for piece in pieces if not piece.is_empty]


def _boxes_within(area: shapely.Geometry, width: float, height: float, step: float) -> np.ndarray:
    """Boxes (west, south, east, north) of a size that lie within an area, on a grid around its middle, the nearest to it first."""
    west, south, east, north = area.bounds
    middle = area.centroid
    if not (width < east - west and height < north - south):
        return np.empty((0, 4))
    step = max(step, (east - west) / _MOST_STEPS, (north - south) / _MOST_STEPS)
    x, y = np.meshgrid(*(
        np.arange(math.ceil((low - centre) / step), math.floor((high - centre) / step) + 1) * step + centre
        for low, centre, high in ((west + width / 2, middle.x, east - width / 2), (south + height / 2, middle.y, north - height / 2))
    ))
    x, y = x.ravel(), y.ravel()
    order = np.argsort(np.hypot(x - middle.x, y - middle.y), kind="stable")
    x, y = x[order], y[order]
    boxes = np.column_stack((x - width / 2, y - height / 2, x + width / 2, y + height / 2))
    shapely.prepare(area)
    return boxes[shapely.covers(area, shapely.box(*boxes.T))]


def _overlaps(box: np.ndarray, others: np.ndarray) -> bool:
    return bool(((box[:2] < others[:, 2:]) & (box[2:] > others[:, :2])).all(axis=1).any())


@lru_cache(maxsize=10_000)
def _ems(text: str, bold: bool) -> float:
    """Width of a line in units of its size."""
    font = label_font()
    font.setBold(bold)
    font.setPixelSize(_EM_PIXELS)
    return float(QFontMetricsF(font).horizontalAdvance(text)) / _EM_PIXELS


def covers(one: Placed, standing: Sequence[Placed]) -> bool:
    """Whether a name lies on one that stands already: where its other places are dear, too, the engine takes one that is impassable."""
    return any(
        min(one.x + one.width, other.x + other.width) - max(one.x, other.x) > _TOUCH * one.height
        and min(one.y + one.height, other.y + other.height) - max(one.y, other.y) > _TOUCH * one.height
        for other in standing
    )


def pinned(placed: Sequence[Placed], crs: int) -> QgsVectorLayer:
    """A layer that draws names where they were placed, whatever else is on the map."""
    settings = _settings()
    halo = QgsTextBufferSettings()
    halo.setEnabled(True)
    halo.setSize(_HALO_MM)
    halo.setColor(QColor("#ffffff"))
    text = settings.format()
    text.setBuffer(halo)
    settings.setFormat(text)
    _define(settings, {compat.LABEL_X: "$x", compat.LABEL_Y: "$y", compat.LABEL_ALWAYS_SHOW: "1"})
    layer = _memory_layer("Point", crs, _name_fields())
    layer.dataProvider().addFeatures([_feature(layer, _values(one.name), shapely.Point(one.x, one.y)) for one in placed])
    return _labelled(layer, settings)


def set_up_engine(project: QgsProject) -> None:
    """Let a project draw pinned names as the trials do."""
    project.setLabelingEngineSettings(_engine())


def _engine() -> QgsLabelingEngineSettings:
    settings = QgsLabelingEngineSettings()
    settings.setPlacementVersion(compat.LABEL_ENGINE)
    # A map of a layout draws no name that reaches over its edge: there is no room for it.
    settings.setFlag(compat.LABEL_PARTIAL, False)
    settings.setMaximumPolygonCandidatesPerCmSquared(_CANDIDATES_PER_CM2)
    return settings


def _trial_layer(names: Sequence[Name], crs: int, inside: bool) -> tuple[QgsVectorLayer, dict[int, int]]:
    """A layer of names to be placed, and the position in `names` by feature id."""
    around = all(name.shape.geom_type == "Point" for name in names)
    settings = _settings()
    settings.placement = compat.LABEL_AROUND if around else compat.LABEL_HORIZONTAL
    settings.fitInPolygonOnly = inside
    obstacle = settings.obstacleSettings()
    obstacle.setIsObstacle(False)
    settings.setObstacleSettings(obstacle)
    _define(settings, {compat.LABEL_DISTANCE: '"reach"', compat.LABEL_PRIORITY: '"priority"', compat.LABEL_ALWAYS_SHOW: '"always"'})
    layer = _memory_layer("Point" if around else "MultiPolygon", crs, _name_fields())
    _, added = layer.dataProvider().addFeatures([_feature(layer, _values(name), name.shape) for name in names])
    return _labelled(layer, settings), {feature.id(): number for number, feature in enumerate(added)}


def _obstacle_layer(features: Sequence[QgsFeature], crs: int) -> QgsVectorLayer:
    settings = QgsPalLayerSettings()
    settings.drawLabels = False
    obstacle = settings.obstacleSettings()
    obstacle.setIsObstacle(True)
    obstacle.setType(compat.LABEL_OBSTACLE_WHOLE)
    settings.setObstacleSettings(obstacle)
    _define(settings, {compat.LABEL_OBSTACLE_WEIGHT: '"weight"'})
    layer = _memory_layer("MultiPolygon", crs, [QgsField("weight", compat.REAL)])
    layer.dataProvider().addFeatures(features)
    return _labelled(layer, settings)


def _settings() -> QgsPalLayerSettings:
    text = QgsTextFormat()
    text.setFont(label_font())
    text.setLineHeight(_LINE_PITCH)
    settings = QgsPalLayerSettings()
    settings.fieldName = "text"
    settings.multilineAlign = compat.LABEL_LINES_CENTRED
    settings.setFormat(text)
    _define(settings, {compat.LABEL_SIZE: '"points"', compat.LABEL_COLOR: '"color"', compat.LABEL_BOLD: '"bold"'})
    return settings


def _define(settings: QgsPalLayerSettings, expressions: dict[Any, str]) -> None:
    properties = settings.dataDefinedProperties()
    for key, expression in expressions.items():
        properties.setProperty(key, QgsProperty.fromExpression(expression))
    settings.setDataDefinedProperties(properties)


def _name_fields() -> list[QgsField]:
    return [
        QgsField("text", compat.TEXT), QgsField("points", compat.REAL), QgsField("priority", compat.REAL), QgsField("color", compat.TEXT),
        QgsField("bold", compat.WHOLE), QgsField("reach", compat.REAL), QgsField("always", compat.WHOLE),
    ]


def _values(name: Name) -> list[Any]:
    return [name.text, name.points, name.priority, name.color, int(name.bold), name.reach, int(name.always)]


def _memory_layer(geometry: str, crs: int, fields: Sequence[QgsField]) -> QgsVectorLayer:
    layer = QgsVectorLayer(f"{geometry}?crs=EPSG:{crs}", "names", "memory")
    layer.dataProvider().addAttributes(fields)
    layer.updateFields()
    return layer


def _feature(layer: QgsVectorLayer, values: Sequence[Any], shape: shapely.Geometry) -> QgsFeature:
    feature = QgsFeature(layer.fields())
    feature.setAttributes(list(values))
    feature.setGeometry(qgs_geometry(shape))
    return feature


def _labelled(layer: QgsVectorLayer, settings: QgsPalLayerSettings) -> QgsVectorLayer:
    layer.updateExtents()
    layer.setRenderer(QgsNullSymbolRenderer())
    layer.setLabeling(QgsVectorLayerSimpleLabeling(settings))
    layer.setLabelsEnabled(True)
    return layer
