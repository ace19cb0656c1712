"""The open differences between rosters, to be settled one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qgis.PyQt.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from village_planner.desk.session import PlanSession
from village_planner.gui.dialogs import close_box
from village_planner.gui.forms import RecordTable
from village_planner.gui.settle_dialogs import BATCH, ask_to_settle, open_differences
from village_planner.gui.telling import Teller

SIZE = (760, 460)


class DifferencesDialog(QDialog):
    """Lists what nobody has settled; each is settled in a dialog of its own and can be undone."""

    def __init__(self, session: PlanSession, sentences: Mapping[str, str], teller: Teller, parent: QWidget | None = None) -> None:
        """sentences: what is to be said of a difference, by the subject code of its finding."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Open differences between rosters"))
        self.resize(*SIZE)
        self._session, self._sentences, self._teller = session, sentences, teller
        self.table = RecordTable([self.tr("Source"), self.tr("Name"), self.tr("What differs")])
        self.settle_button = QPushButton(self.tr("Settle…"))
        self._count = QLabel()
        buttons = close_box(self, "check#名录差异")
        buttons.addButton(self.settle_button, QDialogButtonBox.ButtonRole.ActionRole)
        layout = QVBoxLayout(self)
        layout.addWidget(self._count)
        layout.addWidget(self.table, 1)
        layout.addWidget(buttons)
        self.table.itemSelectionChanged.connect(self._enable)
        self.table.itemDoubleClicked.connect(lambda _: self._settle())
        self.settle_button.clicked.connect(lambda _: self._settle())
        self.load()

    def load(self) -> None:
        """List what is open now."""
        self._open = open_differences(self._session.data)
        self._count.setText(self.tr("{0} differences are open.").format(len(self._open)))
        names = {code: row["name"] or ("" if row["kind"] == BATCH else row["code"]) for code, row in self._open.items()}
        cells = [(code, [row["source"], names[code], self._sentence(code)]) for code, row in self._open.items()]
        self.table.show_records(cells)
        if self.table.chosen() is None and cells:
            self.table.setCurrentCell(0, 0)
        self._enable()

    def _settle(self) -> None:
        code = self.table.chosen()
        if code is None:
            return
        with self._teller.refusals():
            ask_to_settle(self._session, self._open[code], self._sentence(code), self)
        self.load()

    def _sentence(self, code: str) -> Any:
        return self._sentences.get(code, code)

    def _enable(self) -> None:
        self.settle_button.setEnabled(self.table.chosen() is not None)
