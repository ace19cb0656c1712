"""A small list of bars with their names and numbers, painted without a library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qgis.PyQt.QtCore import QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QPainter, QPaintEvent, QPalette
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

LINE_SPACE, GAP, SHORTEST = 6, 6, 40


@dataclass(frozen=True)
class ShownBar:
    """A bar as it is painted: `done` of `value` in full colour, the rest paler; text stands behind the bar."""

    name: str
    value: float
    text: str
    color: str
    done: float | None = None


class BarList(QWidget):
    """Bars under each other, all in one scale; grey while their figures are being made anew."""

    def __init__(self) -> None:
        super().__init__()
        self._bars: Sequence[ShownBar] = ()
        self._stale = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def bars(self) -> Sequence[ShownBar]:
        """What is shown."""
        return self._bars

    def show_bars(self, bars: Sequence[ShownBar]) -> None:
        """Show these bars."""
        self._bars = tuple(bars)
        # Read by screen readers, and by whoever cannot tell the colours apart.
        self.setAccessibleDescription("\n".join(f"{bar.name} {bar.text}" for bar in bars))
        self.setToolTip("\n".join(f"{bar.name}　{bar.text}" for bar in bars))
        self.updateGeometry()
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Show the figures in grey while newer ones are on their way."""
        self._stale = stale
        self.update()

    def sizeHint(self) -> QSize:
        """High enough for every bar."""
        return QSize(self._text_width() + SHORTEST, self._line_height() * max(1, len(self._bars)))

    def minimumSizeHint(self) -> QSize:
        """No bar may be cut off."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint names, bars and numbers."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = self.palette().color(QPalette.ColorGroup.Disabled if self._stale else QPalette.ColorGroup.Active, QPalette.ColorRole.WindowText)
        names, height = self._name_width(), self._line_height()
        room = max(SHORTEST, self.width() - self._text_width())
        largest = max((bar.value for bar in self._bars), default=0) or 1
        for number, bar in enumerate(self._bars):
            top = number * height
            painter.setPen(ink)
            painter.drawText(QRectF(0, top, names, height), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, bar.name)
            length = room * bar.value / largest
            self._paint_bar(painter, bar, QRectF(names + GAP, top + LINE_SPACE / 2, length, height - LINE_SPACE), room / largest)
            painter.setPen(ink)
            behind = QRectF(names + GAP + length + GAP, top, self.width(), height)
            painter.drawText(behind, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, bar.text)
        painter.end()

    def _paint_bar(self, painter: QPainter, bar: ShownBar, place: QRectF, scale: float) -> None:
        color = QColor("#c4c4c4") if self._stale else QColor(bar.color)
        painter.setPen(Qt.PenStyle.NoPen)
        pale = QColor(color)
        pale.setAlpha(90)
        painter.setBrush(color if bar.done is None else pale)
        painter.drawRect(place)
        if bar.done:
            painter.setBrush(color)
            painter.drawRect(QRectF(place.left(), place.top(), min(place.width(), scale * bar.done), place.height()))

    def _line_height(self) -> int:
        return self.fontMetrics().height() + LINE_SPACE

    def _name_width(self) -> int:
        return max((self.fontMetrics().horizontalAdvance(bar.name) for bar in self._bars), default=0)

    def _text_width(self) -> int:
        """What names and numbers take beside the longest bar."""
        texts = max((self.fontMetrics().horizontalAdvance(bar.text) for bar in self._bars), default=0)
        return self._name_width() + texts + 3 * GAP
