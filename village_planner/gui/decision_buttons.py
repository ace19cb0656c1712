"""Buttons for categories and actions, with the keys that the profile gives them."""

from __future__ import annotations

from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QIcon, QKeySequence, QPixmap
from qgis.PyQt.QtWidgets import QGridLayout, QShortcut, QSizePolicy, QToolButton, QWidget

from village_planner.standards import CodeList, Profile

# Narrow, so that five buttons of four characters stand side by side in a dock of 380 pixels.
SWATCH = QSize(6, 14)


class DecisionButtons(QWidget):
    """Two rows of buttons; the keys work where the focus is in `scope`, the list of villages."""

    category_chosen = pyqtSignal(str)
    action_chosen = pyqtSignal(str)
    cleared = pyqtSignal()

    def __init__(self, scope: QWidget) -> None:
        super().__init__()
        self._scope = scope
        self._shortcuts: list[QShortcut] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2)

    def load(self, profile: Profile) -> None:
        """Make the buttons of a profile."""
        while self._grid.count():
            self._grid.takeAt(0).widget().deleteLater()
        for shortcut in self._shortcuts:
            shortcut.deleteLater()
        self._shortcuts = []
        self._add_row(0, profile.code_list("category"), self.category_chosen)
        self._add_row(1, profile.code_list("action"), self.action_chosen)
        clear = QToolButton()
        clear.setText(self.tr("Clear"))
        clear.setToolTip(self.tr("Take back the category of villages or the action of hamlets (key Delete)"))
        clear.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        clear.clicked.connect(self.cleared)
        self._grid.addWidget(clear, 1, self._grid.columnCount() - 1)

    def _add_row(self, row: int, codes: CodeList, chosen: pyqtSignal) -> None:
        for column, entry in enumerate(codes.rows):
            code, key = entry["code"], entry.get("key", "")
            button = QToolButton()
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setText(entry.get("short") or entry["name"])
            button.setToolTip(self.tr("{0} (key {1})").format(entry["name"], key) if key else entry["name"])
            button.setIcon(_swatch(entry.get("color") or "#cccccc"))
            button.setIconSize(SWATCH)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _=False, code=code: chosen.emit(code))
            self._grid.addWidget(button, row, column)
            if key:
                shortcut = QShortcut(QKeySequence(key), self._scope)
                shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                shortcut.activated.connect(lambda code=code: chosen.emit(code))
                self._shortcuts.append(shortcut)


def _swatch(color: str) -> QIcon:
    pixmap = QPixmap(SWATCH)
    pixmap.fill(QColor(color))
    return QIcon(pixmap)
