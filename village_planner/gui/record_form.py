"""What the forms of moves and of consents share: a list of records, fields of the chosen or a new one, and three buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from village_planner.base import PlannerError
from village_planner.gui.forms import RecordTable, scrolled

GRID_COLUMNS = 8
ADD, SAVE, REMOVE = "add", "save", "remove"


class RecordForm(QWidget):
    """Shows records and hands over what the planner adds, changes or removes; a subclass has the fields.

    `refused` carries the Message of an input that cannot be taken. After a record was added the same cannot be added once more
    until something in the fields differs: a second click would be a second vote.
    """

    added = pyqtSignal(dict)
    saved = pyqtSignal(str, dict)
    removed = pyqtSignal(str)
    refused = pyqtSignal(object)
    _records: dict[str, dict[str, Any]]
    _addable = False
    _added_from: dict[str, Any] | None = None
    """What stood in the fields right after a record was added; None where none was added for what is selected."""

    def row(self) -> dict[str, Any]:
        """What stands in the fields, as columns of the record's table; raises InputError for what cannot be taken."""
        raise NotImplementedError

    def show_record(self, record: dict[str, Any]) -> None:
        """Show a record in the fields."""
        raise NotImplementedError

    def clear_entry(self) -> None:
        """Take out of the fields what belongs to the one record that was just added."""

    def begin_entry(self) -> None:
        """Something else is selected: what stands in the fields was not added to it."""
        self._added_from = None

    def show_records(self, records: list[dict[str, Any]], labels: dict[str, list[str]]) -> None:
        """List records, with the cells of the list by code."""
        self._records = {record["code"]: record for record in records}
        self._table.show_records([(record["code"], labels[record["code"]]) for record in records])
        self._enable()

    def set_addable(self, addable: bool) -> None:
        """Whether something is selected that a record could be added to."""
        self._addable = addable
        self._enable()

    def lay_out(self, headings: list[str], lines: Sequence[Sequence[tuple[str, QWidget]]], captions: tuple[str, str, str]) -> None:
        """Make the list with its headings, the fields in lines of one to four (title, field) pairs, and the buttons.

        captions: of the buttons that add, save and remove; they stay in sight on a small screen.
        """
        self._records = {}
        self._table = RecordTable(headings)
        self._buttons = {name: QPushButton(caption) for name, caption in zip((ADD, SAVE, REMOVE), captions)}
        for _, field in (pair for line in lines for pair in line):
            _changes(field).connect(self._enable)
        self._table.itemSelectionChanged.connect(self._show_chosen)
        self._buttons[ADD].clicked.connect(lambda: self._hand_over(self._add))
        self._buttons[SAVE].clicked.connect(lambda: self._hand_over(lambda row: self.saved.emit(self._table.chosen(), row)))
        self._buttons[REMOVE].clicked.connect(lambda: self.removed.emit(self._table.chosen()))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3, 3, 3, 3)
        layout.setSpacing(3)
        layout.addWidget(scrolled(self._list_over(_grid(lines))), 1)
        buttons = QHBoxLayout()
        for button in self._buttons.values():
            buttons.addWidget(button)
        layout.addLayout(buttons)

    def _list_over(self, grid: QGridLayout) -> QWidget:
        upper = QWidget()
        inner = QVBoxLayout(upper)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(3)
        inner.addWidget(self._table, 1)
        inner.addLayout(grid)
        return upper

    def _show_chosen(self) -> None:
        record = self._records.get(self._table.chosen() or "")
        if record is not None:
            self.show_record(record)
        self._enable()

    def _add(self, row: dict[str, Any]) -> None:
        before = set(self._records)
        self.added.emit(row)
        if set(self._records) - before:
            self.clear_entry()
            self._added_from = self._entry()
            self._enable()

    def _entry(self) -> dict[str, Any] | None:
        try:
            return self.row()
        except PlannerError:
            return None

    def _enable(self, *_: Any) -> None:
        chosen = self._table.chosen() is not None
        self._buttons[ADD].setEnabled(self._addable and (self._added_from is None or self._entry() != self._added_from))
        self._buttons[SAVE].setEnabled(chosen)
        self._buttons[REMOVE].setEnabled(chosen)

    def _hand_over(self, deliver: Callable[[dict[str, Any]], None]) -> None:
        try:
            row = self.row()
        except PlannerError as error:
            self.refused.emit(error.message)
            return
        deliver(row)


def _changes(field: QWidget) -> Any:
    """The signal of a field that says that something else stands in it."""
    if isinstance(field, QComboBox):
        return field.currentIndexChanged
    return field.textChanged if isinstance(field, QLineEdit) else field.dateTimeChanged


def _grid(lines: Sequence[Sequence[tuple[str, QWidget]]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setSpacing(3)
    for number, pairs in enumerate(lines):
        width = GRID_COLUMNS // (len(pairs) if len(pairs) != 3 else 4)
        for place, (title, field) in enumerate(pairs):
            grid.addWidget(QLabel(title), number, width * place)
            grid.addWidget(field, number, width * place + 1, 1, width - 1)
    for column in range(1, GRID_COLUMNS, 2):
        grid.setColumnStretch(column, 1)
    return grid
