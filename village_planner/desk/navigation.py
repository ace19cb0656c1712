"""Takes the map to a place and lets it flash there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsGeometry, QgsProject, QgsRectangle

SMALLEST_VIEW_M = 400
MARGIN = 1.6


def go_to(canvas: Any, geometries: Sequence[QgsGeometry], crs: int, smallest_view_m: float = SMALLEST_VIEW_M) -> None:
    """Show geometries, in a CRS (EPSG code) with metres, on the map canvas with some of what surrounds them, and flash them.

    smallest_view_m: least width or height to show, so that a point does not fill the map.
    """
    box = QgsRectangle()
    for geometry in geometries:
        box.combineExtentWith(geometry.boundingBox())
    box.grow(max(0.0, (smallest_view_m - max(box.width(), box.height())) / 2))
    show(canvas, box, crs, MARGIN)
    canvas.flashGeometries(list(geometries), QgsCoordinateReferenceSystem.fromEpsgId(crs))


def show(canvas: Any, box: QgsRectangle, crs: int, margin: float) -> None:
    """Show a box in a CRS (EPSG code) on the map canvas; margin: factor to widen it by. A canvas without a CRS takes this one."""
    own = QgsCoordinateReferenceSystem.fromEpsgId(crs)
    if not canvas.mapSettings().destinationCrs().isValid():
        canvas.setDestinationCrs(own)
    wider = QgsRectangle(box)
    wider.scale(margin)
    transform = QgsCoordinateTransform(own, canvas.mapSettings().destinationCrs(), QgsProject.instance())
    canvas.setExtent(transform.transformBoundingBox(wider))
    canvas.refresh()
