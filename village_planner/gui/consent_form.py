"""The form for the villagers' will: surveys and votes of the selected village or hamlet."""

from __future__ import annotations

from typing import Any

from qgis.gui import QgsDateEdit
from qgis.PyQt.QtCore import QDate, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from village_planner.gui.forms import CodeCombo, CountEdit, RecordTable
from village_planner.standards import Profile


class ConsentForm(QWidget):
    """Shows consents and hands over what the planner adds, changes or removes."""

    added = pyqtSignal(dict)
    saved = pyqtSignal(str, dict)
    removed = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self._consents: dict[str, dict[str, Any]] = {}
        self._table = RecordTable([self.tr("Of"), self.tr("Form"), self.tr("Date"), self.tr("In favour / attended / eligible")])
        self._scope, self._kind, self._date = CodeCombo(), CodeCombo(), QgsDateEdit()
        self._date.setDisplayFormat("yyyy-MM-dd")
        self._date.setAllowNull(True)
        self._date.setNullRepresentation("")
        self._date.clear()
        self._basis, self._document = QLineEdit(), QLineEdit()
        self._eligible, self._attended, self._in_favour = CountEdit(), CountEdit(), CountEdit()
        self._buttons = {
            "add": QPushButton(self.tr("Add record")), "save": QPushButton(self.tr("Save record")), "remove": QPushButton(self.tr("Remove record")),
        }
        self._lay_out()
        self._table.itemSelectionChanged.connect(self._show_chosen)
        self._buttons["add"].clicked.connect(lambda: self.added.emit(self.row()))
        self._buttons["save"].clicked.connect(lambda: self.saved.emit(self._table.chosen(), self.row()))
        self._buttons["remove"].clicked.connect(lambda: self.removed.emit(self._table.chosen()))

    def load(self, profile: Profile) -> None:
        """Take the forms of consent from the profile."""
        self._kind.set_choices((row["code"], row["name"]) for row in profile.code_list("consent_kind").rows)

    def show_consents(self, consents: list[dict[str, Any]], labels: dict[str, list[str]], scopes: list[tuple[Any, str]]) -> None:
        """Show consents (rows of table `consent`) with the cells of the list by code.

        scopes: whose will a new record may hold: (hamlet code or None for the whole village, name); empty where nothing is selected.
        """
        self._consents = {consent["code"]: consent for consent in consents}
        self._scope.set_choices(scopes)
        self._table.show_records([(consent["code"], labels[consent["code"]]) for consent in consents])
        self._buttons["add"].setEnabled(bool(scopes))
        self._enable()

    def row(self) -> dict[str, Any]:
        """What stands in the form, as columns of table `consent` without the village."""
        date = self._date.date()
        return {
            "hamlet_code": self._scope.value(), "kind": self._kind.value(),
            "date": None if self._date.isNull() or not date.isValid() else date.toString(Qt.DateFormat.ISODate),
            "basis": self._basis.text().strip() or None, "document": self._document.text().strip() or None,
            "eligible": self._eligible.value(), "attended": self._attended.value(), "in_favour": self._in_favour.value(),
        }

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(3)
        pairs = [
            (self.tr("Of"), self._scope), (self.tr("Form"), self._kind), (self.tr("Date"), self._date), (self.tr("Eligible"), self._eligible),
            (self.tr("Attended"), self._attended), (self.tr("In favour"), self._in_favour),
            (self.tr("Basis"), self._basis), (self.tr("Document"), self._document),
        ]
        for number, (title, field) in enumerate(pairs):
            grid.addWidget(QLabel(title), number // 2, 2 * (number % 2))
            grid.addWidget(field, number // 2, 2 * (number % 2) + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        buttons = QHBoxLayout()
        for button in self._buttons.values():
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(3)
        layout.addWidget(self._table, 1)
        layout.addLayout(grid)
        layout.addLayout(buttons)

    def _show_chosen(self) -> None:
        consent = self._consents.get(self._table.chosen() or "")
        if consent is not None:
            self._scope.set_value(consent["hamlet_code"])
            self._kind.set_value(consent["kind"])
            self._date.setDate(QDate.fromString(consent["date"], Qt.DateFormat.ISODate)) if consent["date"] else self._date.clear()
            self._basis.setText(consent["basis"] or "")
            self._document.setText(consent["document"] or "")
            self._eligible.set_value(consent["eligible"])
            self._attended.set_value(consent["attended"])
            self._in_favour.set_value(consent["in_favour"])
        self._enable()

    def _enable(self) -> None:
        chosen = self._table.chosen() is not None
        self._buttons["save"].setEnabled(chosen)
        self._buttons["remove"].setEnabled(chosen)
