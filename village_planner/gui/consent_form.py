"""The form for the villagers' will: surveys and votes of the selected village or hamlet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qgis.gui import QgsDateEdit
from qgis.PyQt.QtCore import QDate, Qt
from qgis.PyQt.QtWidgets import QLineEdit

from village_planner.gui.forms import CodeCombo, CountEdit
from village_planner.gui.record_form import RecordForm
from village_planner.standards import Profile

Scopes = Mapping[str, Sequence[tuple[Any, str]]]
"""By village code: (hamlet code or None for the whole village, name)."""


class ConsentForm(RecordForm):
    """Shows consents and hands over what the planner adds, changes or removes."""

    def __init__(self) -> None:
        super().__init__()
        self._scopes: Scopes = {}
        self._of: tuple[str, str | None] | None = None
        self._scope, self._kind, self._date = CodeCombo(), CodeCombo(), QgsDateEdit()
        self._date.setDisplayFormat("yyyy-MM-dd")
        self._date.setAllowNull(True)
        self._date.setNullRepresentation("")
        self._date.clear()
        self._basis, self._document = QLineEdit(), QLineEdit()
        self._eligible, self._attended, self._in_favour = CountEdit(), CountEdit(), CountEdit()
        headings = [self.tr("Of"), self.tr("Form"), self.tr("Date"), self.tr("In favour / attended / eligible")]
        lines = [
            [(self.tr("Of"), self._scope), (self.tr("Form"), self._kind)],
            [(self.tr("Date"), self._date), (self.tr("Document"), self._document)],
            [(self.tr("Eligible"), self._eligible), (self.tr("Attended"), self._attended), (self.tr("In favour"), self._in_favour)],
            [(self.tr("Basis"), self._basis)],
        ]
        self.lay_out(headings, lines, (self.tr("Add record"), self.tr("Save record"), self.tr("Remove record")))

    def load(self, profile: Profile) -> None:
        """Take the forms of consent from the profile."""
        self._kind.set_choices((row["code"], row["name"]) for row in profile.code_list("consent_kind").rows)

    def show_consents(self, consents: list[dict[str, Any]], labels: dict[str, list[str]], scopes: Scopes, of: tuple[str, str | None] | None) -> None:
        """Show consents (rows of table `consent`) with the cells of the list by code.

        scopes: by village whose will a record may hold. of: the village and the hamlet (None: the whole village) that is selected, which
        a new record begins with; None where none or several are selected, so that none can be added.
        """
        self._scopes = scopes
        if of != self._of:
            self._of = of
            self.begin_entry()
            self.clear_entry()
            self._offer(of[0] if of else None)
            self._scope.set_value(of[1] if of else None)
        elif of:
            self._offer(of[0])
        self.show_records(consents, labels)
        self.set_addable(of is not None)

    def clear_entry(self) -> None:
        """Take the figures and the document of the one vote out; whose vote, form, date and basis stay for the next of the same day."""
        self._table.setCurrentCell(-1, -1)
        for field in (self._eligible, self._attended, self._in_favour, self._document):
            field.clear()

    def row(self) -> dict[str, Any]:
        """What stands in the form, as columns of table `consent` without the village."""
        date = self._date.date()
        return {
            "hamlet_code": self._scope.value(), "kind": self._kind.value(),
            "date": None if self._date.isNull() or not date.isValid() else date.toString(Qt.DateFormat.ISODate),
            "basis": self._basis.text().strip() or None, "document": self._document.text().strip() or None,
            "eligible": self._eligible.value(), "attended": self._attended.value(), "in_favour": self._in_favour.value(),
        }

    def show_record(self, record: dict[str, Any]) -> None:
        """Show a consent in the fields."""
        self._offer(record["village_code"])
        self._scope.set_value(record["hamlet_code"])
        self._kind.set_value(record["kind"])
        self._date.setDate(QDate.fromString(record["date"], Qt.DateFormat.ISODate)) if record["date"] else self._date.clear()
        self._basis.setText(record["basis"] or "")
        self._document.setText(record["document"] or "")
        self._eligible.set_value(record["eligible"])
        self._attended.set_value(record["attended"])
        self._in_favour.set_value(record["in_favour"])

    def _offer(self, village: str | None) -> None:
        self._scope.set_choices(self._scopes.get(village or "", []))
