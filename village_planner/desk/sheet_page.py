"""A sheet of paper to draw on in millimetres: texts that fit, boxes, lines, symbols and maps of a QGIS layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFillSymbol,
    QgsLayoutItem,
    QgsLayoutItemLabel,
    QgsLayoutItemMap,
    QgsLayoutItemMarker,
    QgsLayoutItemPolygon,
    QgsLayoutItemPolyline,
    QgsLayoutItemShape,
    QgsLayoutSize,
    QgsLineSymbol,
    QgsMapLayer,
    QgsMarkerSymbol,
    QgsPrintLayout,
    QgsProject,
    QgsRectangle,
    QgsSymbol,
    QgsTextFormat,
)
from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QFont, QFontMetricsF, QPolygonF

from village_planner.desk import compat
from village_planner.desk.styles import label_font

MM_PER_POINT = 25.4 / 72
LINE_HEIGHT = 1.32
LEAST_POINTS = 4.0
_EM_PIXELS = 200
_NEVER_FIRST, _NEVER_LAST = frozenset("，。、；：？！）》】〕”’"), frozenset("（《【〔“‘")
LEFT, CENTRE, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True)
class Box:
    """A rectangle on the paper, in mm from its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    def inset(self, margin: float) -> Box:
        """The box without a margin on every side."""
        return Box(self.x + margin, self.y + margin, self.width - 2 * margin, self.height - 2 * margin)


class Page:
    """One page of a layout of its own; the user's project is not touched."""

    def __init__(self, width: float, height: float) -> None:
        self.box = Box(0, 0, width, height)
        # The layout and the maps only borrow project and layers.
        self.project = QgsProject()
        self._layers: list[QgsMapLayer] = []
        self.layout = QgsPrintLayout(self.project)
        self.layout.initializeDefaults()
        self.layout.pageCollection().page(0).setPageSize(QgsLayoutSize(width, height))
        self._font = label_font()
        self._widths: dict[tuple[str, bool], float] = {}
        self._metrics = {bold: QFontMetricsF(_sized(self._font, bold)) for bold in (False, True)}

    def width_of(self, text: str, points: float, bold: bool = False) -> float:
        """Width of one line of text in mm."""
        known = self._widths.get((text, bold))
        if known is None:
            known = self._widths[text, bold] = self._metrics[bold].horizontalAdvance(text) / _EM_PIXELS * MM_PER_POINT
        return known * points

    def wrapped(self, text: str, width: float, points: float, bold: bool = False) -> list[str]:
        """The text as lines that are no wider than `width` mm; Chinese breaks after any character, but not before a closing mark nor after an opening one."""
        lines, line, used = [], "", 0.0
        for character in text:
            needed = self.width_of(character, points, bold)
            if line and used + needed > width:
                last = ""
                # What would begin the next line, and what would end this one.
                while len(line) > len(last) + 1 and ((last or character)[0] in _NEVER_FIRST or line[len(line) - len(last) - 1] in _NEVER_LAST):
                    last = line[len(line) - len(last) - 1 :]
                lines.append(line[: len(line) - len(last)])
                line, used = last, self.width_of(last, points, bold)
            line, used = line + character, used + needed
        return [*lines, line]

    def fitting(self, text: str, width: float, points: float, bold: bool = False, least: float = LEAST_POINTS) -> float:
        """The size up to `points` in which a text takes one line of `width` mm, but not less than `least`."""
        needed = self.width_of(text, points, bold)
        return points if needed <= width else max(least, points * width / needed)

    def text(
        self, box: Box, text: str, points: float, bold: bool = False, align: Qt.AlignmentFlag = LEFT, color: str = "#000000",
        least: float = LEAST_POINTS,
    ) -> None:
        """One line of text in the middle of a box's height, shrunk where it is too wide; what would be smaller than `least` points takes two lines."""
        size = self.fitting(text, box.width, points, bold, least)
        lines = [text]
        if self.width_of(text, size, bold) > box.width * 1.01:
            lines = self.wrapped(text, box.width, size, bold)
        height = size * MM_PER_POINT * LINE_HEIGHT
        top = box.y + (box.height - height * len(lines)) / 2
        for number, line in enumerate(lines):
            self._label(Box(box.x, top + number * height, box.width, height), line, size, bold, align, color)

    def paragraph(self, box: Box, text: str, points: float, color: str = "#000000") -> float:
        """A text in as many lines as it needs, from the top of a box; returns its height."""
        height = points * MM_PER_POINT * LINE_HEIGHT
        lines = self.wrapped(text, box.width, points)
        for number, line in enumerate(lines):
            self._label(Box(box.x, box.y + number * height, box.width, height), line, points, False, LEFT, color)
        return height * len(lines)

    def rectangle(self, box: Box, line_mm: float = 0.2, color: str = "#000000", fill: str | None = None) -> None:
        """A rectangle, filled where `fill` says a colour."""
        style = {"outline_color": color, "outline_width": str(line_mm), "joinstyle": "miter"}
        if line_mm <= 0:
            style["outline_style"] = "no"
        self.swatch(box, QgsFillSymbol.createSimple({**style, **({"color": fill} if fill else {"style": "no"})}))

    def swatch(self, box: Box, symbol: QgsSymbol) -> None:
        """A sample of a symbol: an area, a line through the middle, or a marker in the middle of the box."""
        if isinstance(symbol, QgsMarkerSymbol):
            marker = QgsLayoutItemMarker(self.layout)
            marker.setSymbol(symbol.clone())
            # It takes the size of its symbol, whatever it is given.
            size = marker.rect()
            self._add(marker, Box(box.x + (box.width - size.width()) / 2, box.y + (box.height - size.height()) / 2, size.width(), size.height()))
        elif isinstance(symbol, QgsLineSymbol):
            self.line([(box.x, box.y + box.height / 2), (box.right, box.y + box.height / 2)], symbol)
        else:
            item = QgsLayoutItemShape(self.layout)
            item.setShapeType(compat.RECTANGLE)
            item.setSymbol(symbol.clone())
            self._add(item, box)

    def line(self, points: Sequence[tuple[float, float]], symbol: QgsLineSymbol | None = None, line_mm: float = 0.2) -> None:
        """A line through points."""
        item = QgsLayoutItemPolyline(QPolygonF([QPointF(x, y) for x, y in points]), self.layout)
        item.setSymbol(symbol.clone() if symbol else QgsLineSymbol.createSimple({"line_color": "#000000", "line_width": str(line_mm)}))
        self.layout.addLayoutItem(item)

    def polygon(self, points: Sequence[tuple[float, float]], fill: str) -> None:
        """A filled polygon with a black outline."""
        item = QgsLayoutItemPolygon(QPolygonF([QPointF(x, y) for x, y in points]), self.layout)
        item.setSymbol(QgsFillSymbol.createSimple({"color": fill, "outline_color": "#000000", "outline_width": "0.2"}))
        self.layout.addLayoutItem(item)

    def map(self, box: Box, extent: QgsRectangle, crs: int, layers: Sequence[QgsMapLayer], frame_mm: float = 0.3) -> QgsLayoutItemMap:
        """A map of layers, the topmost first. extent: of the shape of the box, so that the scale is the wanted one."""
        item = QgsLayoutItemMap(self.layout)
        self._add(item, box)
        self._layers += layers
        item.setCrs(QgsCoordinateReferenceSystem(f"EPSG:{crs}"))
        item.setKeepLayerSet(True)
        item.setLayers(list(layers))
        item.setExtent(extent)
        item.setBackgroundColor(QColor("#ffffff"))
        self.rectangle(box, frame_mm)
        return item

    def _label(self, box: Box, text: str, points: float, bold: bool, align: Qt.AlignmentFlag, color: str) -> None:
        item = QgsLayoutItemLabel(self.layout)
        item.setMode(compat.LABEL_FONT_MODE)
        item.setMarginX(0)
        item.setMarginY(0)
        item.setText(text)
        font = QFont(self._font)
        font.setBold(bold)
        font.setPointSizeF(points)
        if hasattr(item, "setTextFormat"):
            # From 3.24 on; setFont is gone from QGIS 4.
            form = QgsTextFormat()
            form.setFont(font)
            form.setSize(points)
            form.setColor(QColor(color))
            item.setTextFormat(form)
        else:
            item.setFont(font)
            item.setFontColor(QColor(color))
        item.setHAlign(align)
        item.setVAlign(Qt.AlignmentFlag.AlignVCenter)
        # Metrics of the printer differ from ours by a hair: room on both sides keeps a line from breaking.
        room = 1.5 + 0.04 * box.width
        left = {LEFT: 0.0, CENTRE: room / 2, RIGHT: room}[align]
        self._add(item, Box(box.x - left, box.y - 0.5, box.width + room, box.height + 1.0))

    def _add(self, item: QgsLayoutItem, box: Box) -> None:
        item.attemptSetSceneRect(QRectF(box.x, box.y, box.width, box.height))
        self.layout.addLayoutItem(item)


def _sized(font: QFont, bold: bool) -> QFont:
    sized = QFont(font)
    sized.setBold(bold)
    sized.setPixelSize(_EM_PIXELS)
    return sized
