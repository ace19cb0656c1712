"""The list of conditions before a package is written (提交前核查)."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QIcon, QPainter, QPixmap
from qgis.PyQt.QtWidgets import QAbstractItemView, QListView, QListWidget, QListWidgetItem

from village_planner.delivery.readiness import Condition, Place, State
from village_planner.desk.language import text

_COLORS = {State.OK: "#1a9641", State.TOLD: "#e6a800", State.STOPS: "#d7191c"}
_SIGNS = {State.OK: "✓", State.TOLD: "!", State.STOPS: "✕"}
ICON = QSize(16, 16)


class ReadinessList(QListWidget):
    """What stops the package first, then what somebody will ask about, then what is in order; `mend_wished` carries a condition."""

    mend_wished = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setIconSize(ICON)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSpacing(1)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self._conditions: list[Condition] = []
        self.itemActivated.connect(lambda item: self._wish(self.row(item)))

    def show_conditions(self, conditions: Sequence[Condition]) -> None:
        """Show conditions."""
        order = (State.STOPS, State.TOLD, State.OK)
        chosen = self.chosen()
        self._conditions = sorted(conditions, key=lambda condition: order.index(condition.state))
        self.clear()
        for condition in self._conditions:
            item = QListWidgetItem(_icon(condition.state), text(condition.message))
            if condition.place is not Place.NOWHERE:
                item.setToolTip(self.tr("Double-click to go where it is mended"))
            self.addItem(item)
        codes = [condition.code for condition in self._conditions]
        if chosen is not None and chosen.code in codes:
            self.setCurrentRow(codes.index(chosen.code))

    def chosen(self) -> Condition | None:
        """The condition that is chosen."""
        row = self.currentRow()
        return self._conditions[row] if 0 <= row < len(self._conditions) else None

    def shown(self) -> list[Condition]:
        """The conditions in the order of the list."""
        return self._conditions

    def _wish(self, row: int) -> None:
        if self._conditions[row].place is not Place.NOWHERE:
            self.mend_wished.emit(self._conditions[row])


def _icon(state: State) -> QIcon:
    pixmap = QPixmap(ICON)
    pixmap.fill(QColor(0, 0, 0, 0))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(_COLORS[state]))
    painter.drawEllipse(1, 1, 14, 14)
    painter.setPen(QColor("#ffffff"))
    painter.drawText(pixmap.rect(), Qt.AlignmentFlag.AlignCenter, _SIGNS[state])
    painter.end()
    return QIcon(pixmap)
