"""Marks the ground that a finding is about on the map: hatched, until another finding is chosen."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry
from qgis.gui import QgsRubberBand
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor

from village_planner.desk.styles import SEVERITY_COLORS

LINE_WIDTH = 2
ICON_SIZE = 14
OTHER_COLOR = "#4a4a4a"


class FindingMarker:
    """One rubber band on a canvas; without a canvas nothing is drawn."""

    def __init__(self, canvas: Any) -> None:
        self._canvas = canvas
        self._band: QgsRubberBand | None = None

    def mark(self, geometry: QgsGeometry | None, crs: int, severity: str) -> None:
        """Hatch a geometry in a CRS (EPSG code) in the colour of a severity; None marks nothing."""
        self.clear()
        if self._canvas is None or geometry is None:
            return
        color = QColor(SEVERITY_COLORS.get(severity, OTHER_COLOR))
        band = QgsRubberBand(self._canvas, geometry.type())
        band.setToGeometry(geometry, QgsCoordinateReferenceSystem.fromEpsgId(crs))
        band.setStrokeColor(color)
        band.setSecondaryStrokeColor(QColor(255, 255, 255, 200))
        band.setFillColor(color)
        band.setBrushStyle(Qt.BrushStyle.BDiagPattern)
        band.setWidth(LINE_WIDTH)
        band.setIcon(QgsRubberBand.IconType.ICON_CIRCLE)
        band.setIconSize(ICON_SIZE)
        self._band = band

    @property
    def marked(self) -> QgsGeometry | None:
        """What is marked, in the CRS of the map; None where nothing is."""
        return self._band.asGeometry() if self._band is not None else None

    def clear(self) -> None:
        """Mark nothing."""
        if self._band is not None:
            self._canvas.scene().removeItem(self._band)
            self._band = None
