"""The list of the patches of what is selected: their hamlets, which are a guess, and the hamlet that they are given to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from village_planner.desk.patches import Patch
from village_planner.gui.forms import CodeCombo, RecordTable

GUESSED = QColor("#b71c1c")


class LandForm(QWidget):
    """Hands over which patches the planner gives to a hamlet, confirms, or wants to see."""

    given = pyqtSignal(list, str)
    confirmed = pyqtSignal(list)
    shown = pyqtSignal(list)

    def __init__(self) -> None:
        super().__init__()
        self.table = RecordTable([self.tr("Patch"), self.tr("Hamlet"), self.tr("Kind"), self.tr("Area m²"), self.tr("Note")])
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.hamlet = CodeCombo()
        self.give = QPushButton(self.tr("Give to hamlet"))
        self.confirm = QPushButton(self.tr("Right as it is"))
        self._note = QLabel()
        self._note.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.hamlet, 1)
        buttons.addWidget(self.give)
        buttons.addWidget(self.confirm)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3, 3, 3, 3)
        layout.setSpacing(3)
        layout.addWidget(self._note)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)
        self.give.clicked.connect(lambda: self.given.emit(self.chosen(), self.hamlet.value()))
        self.confirm.clicked.connect(lambda: self.confirmed.emit(self.chosen()))
        self.table.itemSelectionChanged.connect(self._enable)
        self.table.itemDoubleClicked.connect(lambda *_: self.shown.emit(self.chosen()))
        self._enable()

    def show_patches(self, patches: Sequence[Patch], hamlets: Sequence[tuple[str, str]], kinds: Mapping[str, str]) -> None:
        """List patches; hamlets: (code, name) that they may be given to; kinds: names by code."""
        names = dict(hamlets)
        self.hamlet.set_choices(hamlets)
        self.table.show_records([
            (patch.code, [patch.code, names.get(patch.hamlet or "", self.tr("none yet")), kinds.get(patch.kind, patch.kind),
                          "" if patch.area_m2 is None else f"{patch.area_m2:.2f}", patch.note])
            for patch in patches
        ])  # fmt: skip
        for row, patch in enumerate(patches):
            for column in range(self.table.columnCount() if patch.to_check else 0):
                self.table.item(row, column).setForeground(GUESSED)
        open_ = sum(patch.to_check for patch in patches)
        self._note.setText(self.tr("{0} patches are to be checked (red): a double click shows one on the map.").format(open_) if open_ else "")
        self._note.setVisible(bool(open_))
        self._enable()

    def chosen(self) -> list[str]:
        """Codes of the selected patches."""
        items = [self.table.item(index.row(), 0) for index in self.table.selectionModel().selectedRows()]
        return [str(item.data(Qt.ItemDataRole.UserRole)) for item in items]

    def _enable(self) -> None:
        chosen = bool(self.chosen())
        self.give.setEnabled(chosen and self.hamlet.count() > 0)
        self.confirm.setEnabled(chosen)
