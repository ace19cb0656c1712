"""Names on a map sheet: the largest size in which all of them find room, and numbers for those that find none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsLabelingEngineSettings,
    QgsMapRendererCustomPainterJob,
    QgsMapSettings,
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
from qgis.PyQt.QtGui import QColor, QImage, QPainter

from village_planner.desk import compat
from village_planner.desk.sheet_page import Box
from village_planner.desk.sheet_symbols import LABEL, NUMBER
from village_planner.desk.styles import label_font

SIZES = (8.5, 7.5, 6.5, 5.5, 5.0)
_TRIAL_DPI = 96
_MM_PER_INCH = 25.4
# Colour, points more than the villages have, priority, bold.
_LOOKS = {
    "village": ("#1a1a1a", 0.0, 5, False), "inset": ("#1a1a1a", 0.0, 5, False), "place": ("#6a1b7a", -0.5, 8, False),
    "township": ("#7a3b10", 2.0, 9, True),
}


@dataclass(frozen=True)
class Named:
    """A layer whose features have names. kind: ``village``, ``township`` or ``place``; ``obstacle`` has none, and names keep off it."""

    layer: QgsVectorLayer
    kind: str


@dataclass(frozen=True)
class Frame:
    """The map that names are set on: its box on the paper, its extent and CRS (EPSG)."""

    box: Box
    extent: QgsRectangle
    crs: int


def set_up_engine(project: QgsProject) -> None:
    """Let a project place labels as `fit` tries them."""
    project.setLabelingEngineSettings(_engine())


def fit(named: Sequence[Named], frame: Frame, largest: float = SIZES[0], first_number: int = 1) -> list[tuple[int, str]]:
    """Label the layers in the largest size in which every name has room; where even the smallest is too large, numbers stand for the rest.

    Returns number and name of those, beginning with `first_number`, for a list beside the map.
    """
    wanted = {(one.layer.id(), feature.id()): feature[LABEL] for one in named for feature in one.layer.getFeatures() if feature[LABEL]}
    if not wanted:
        return []
    lost = _set_in_largest(named, frame, [size for size in SIZES if size <= largest], list(wanted))
    villages = {one.layer.id(): one.layer for one in named if one.kind in ("village", "place")}
    order = {one.layer.id(): number for number, one in enumerate(named)}
    numbered = sorted((key for key in lost if key[0] in villages), key=lambda key: (order[key[0]], key[1]))
    listed = []
    for number, (layer_id, feature_id) in enumerate(numbered, first_number):
        layer = villages[layer_id]
        layer.dataProvider().changeAttributeValues({feature_id: {layer.fields().indexOf(NUMBER): str(number)}})
        listed.append((number, str(wanted[layer_id, feature_id])))
    return listed


def _set_in_largest(named: Sequence[Named], frame: Frame, sizes: Sequence[float], wanted: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Label in the largest of the sizes (falling) in which all names have room, else in the smallest; returns the names that have none."""
    def lost(position: int) -> list[tuple[str, int]]:
        for one in named:
            _label(one, sizes[position])
        placed = _placed(named, frame)
        return [key for key in wanted if key not in placed]

    first, last = 0, len(sizes) - 1
    # What has room in a size has room in every smaller one: halving spares trials.
    while first < last:
        middle = (first + last) // 2
        first, last = (middle + 1, last) if lost(middle) else (first, middle)
    return lost(last)


def name_simply(layers: Sequence[QgsVectorLayer], points: float) -> None:
    """Name the features of layers where there is room, as an inset does."""
    for layer in layers:
        _label(Named(layer, "inset"), points)


def _placed(named: Sequence[Named], frame: Frame) -> set[tuple[str, int]]:
    """The features whose names find room, as (layer id, feature id), by a trial on a small picture."""
    settings = QgsMapSettings()
    settings.setLayers([one.layer for one in named])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem(f"EPSG:{frame.crs}"))
    size = QSize(round(frame.box.width / _MM_PER_INCH * _TRIAL_DPI), round(frame.box.height / _MM_PER_INCH * _TRIAL_DPI))
    settings.setOutputSize(size)
    settings.setOutputDpi(_TRIAL_DPI)
    settings.setExtent(frame.extent)
    settings.setLabelingEngineSettings(_engine())
    picture = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(picture)
    job = QgsMapRendererCustomPainterJob(settings, painter)
    job.renderSynchronously()
    painter.end()
    results = job.takeLabelingResults()
    return {(position.layerID, position.featureId) for position in results.allLabels()} if results is not None else set()


def _engine() -> QgsLabelingEngineSettings:
    settings = QgsLabelingEngineSettings()
    settings.setPlacementVersion(compat.LABEL_ENGINE)
    return settings


def _label(one: Named, points: float) -> None:
    if one.kind == "obstacle":
        _set_labeling(one.layer, _obstacle())
        return
    color, larger, priority, bold = _LOOKS[one.kind]
    font = label_font()
    font.setBold(bold)
    text = QgsTextFormat()
    text.setFont(font)
    text.setSize(points + larger)
    text.setColor(QColor(color))
    halo = QgsTextBufferSettings()
    halo.setEnabled(True)
    halo.setSize(0.45)
    halo.setColor(QColor("#ffffff"))
    text.setBuffer(halo)
    settings = QgsPalLayerSettings()
    settings.fieldName = f'coalesce("{NUMBER}", "{LABEL}")'
    settings.isExpression = True
    settings.placement = compat.LABEL_HORIZONTAL if one.layer.geometryType() == compat.POLYGON else compat.LABEL_AROUND
    settings.fitInPolygonOnly = one.kind == "township"
    settings.dist = 1.0
    settings.priority = priority
    settings.setFormat(text)
    # A number stands where its name has no room; it is listed beside the map, so it must be seen.
    properties = settings.dataDefinedProperties()
    properties.setProperty(compat.LABEL_ALWAYS_SHOW, QgsProperty.fromExpression(f'"{NUMBER}" IS NOT NULL'))
    settings.setDataDefinedProperties(properties)
    _set_labeling(one.layer, settings)


def _obstacle() -> QgsPalLayerSettings:
    settings = QgsPalLayerSettings()
    settings.drawLabels = False
    obstacle = settings.obstacleSettings()
    obstacle.setIsObstacle(True)
    obstacle.setFactor(1.0)
    settings.setObstacleSettings(obstacle)
    return settings


def _set_labeling(layer: QgsVectorLayer, settings: QgsPalLayerSettings) -> None:
    layer.setLabeling(QgsVectorLayerSimpleLabeling(settings))
    layer.setLabelsEnabled(True)
