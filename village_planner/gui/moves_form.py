"""The form for the moves of the selected hamlets: a list, and the chosen or a new one below it."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from village_planner.base import PlannerError
from village_planner.gui.destinations import DestinationEdit
from village_planner.gui.forms import AreaEdit, CodeCombo, CountEdit, RecordTable
from village_planner.plan.data import PlanData
from village_planner.standards import Profile


class MovesForm(QWidget):
    """Shows moves and hands over what the planner adds, changes or removes."""

    added = pyqtSignal(dict)
    saved = pyqtSignal(str, dict)
    removed = pyqtSignal(str)
    refused = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self._moves: dict[str, dict[str, Any]] = {}
        self._table = RecordTable(
            [self.tr("From"), self.tr("To"), self.tr("Phase"), self.tr("Households"), self.tr("Persons"), self.tr("Mode")]
        )
        self._kind, self._phase, self._mode = CodeCombo(), CodeCombo(), CodeCombo()
        self._destination = DestinationEdit()
        self._households, self._persons = CountEdit(), CountEdit()
        self._cleared, self._built = AreaEdit(), AreaEdit()
        self._buttons = {
            "add": QPushButton(self.tr("Add move")), "save": QPushButton(self.tr("Save move")), "remove": QPushButton(self.tr("Remove move")),
        }
        self._lay_out()
        self._kind.currentIndexChanged.connect(lambda _: self._destination.set_kind(self._kind.value() or ""))
        self._table.itemSelectionChanged.connect(self._show_chosen)
        self._buttons["add"].clicked.connect(lambda: self._hand_over(self.added.emit))
        self._buttons["save"].clicked.connect(lambda: self._hand_over(lambda row: self.saved.emit(self._table.chosen(), row)))
        self._buttons["remove"].clicked.connect(lambda: self.removed.emit(self._table.chosen()))

    def load(self, data: PlanData, profile: Profile) -> None:
        """Take kinds, phases, modes and destinations from the plan."""
        self._kind.set_choices((row["code"], row["name"]) for row in profile.code_list("destination_kind").rows)
        self._phase.set_choices([(year, str(year)) for year in data.phases], self.tr("unphased"))
        self._mode.set_choices([(row["code"], row["name"]) for row in profile.code_list("move_mode").rows], self.tr("not stated"))
        self._destination.load(data)
        self._destination.set_kind(self._kind.value() or "")

    def show_moves(self, moves: list[dict[str, Any]], labels: dict[str, list[str]], rest: dict[str, int | None] | None) -> None:
        """Show moves (rows of table `move`) with the cells of the list by code.

        rest: households and persons that no move takes yet, to begin a new move with; None where several hamlets or none are selected.
        """
        self._moves = {move["code"]: move for move in moves}
        self._table.show_records([(move["code"], labels[move["code"]]) for move in moves])
        nothing_left = rest is not None and not any(rest.values())
        if moves and nothing_left and self._table.chosen() is None:
            self._table.setCurrentCell(0, 0)
        if self._table.chosen() is None:
            self._households.set_value((rest or {}).get("households"))
            self._persons.set_value((rest or {}).get("persons"))
            self._cleared.set_value(None)
            self._built.set_value(None)
            self._destination.clear()
        self._enable()

    def set_addable(self, addable: bool) -> None:
        """Whether a hamlet is selected that a move could be added to."""
        self._buttons["add"].setEnabled(addable)

    def row(self) -> dict[str, Any]:
        """What stands in the form, as columns of table `move`; raises InputError for an unknown destination."""
        return {
            "destination_kind": self._kind.value(), **self._destination.destination(), "phase": self._phase.value(), "mode": self._mode.value(),
            "households": self._households.value(), "persons": self._persons.value(),
            "cleared_m2": self._cleared.value(), "built_m2": self._built.value(),
        }

    def _lay_out(self) -> None:
        self._households.setPlaceholderText(self.tr("the rest"))
        self._persons.setPlaceholderText(self.tr("the rest"))
        grid = QGridLayout()
        grid.setSpacing(3)
        pairs = [
            (self.tr("To"), self._kind), (self.tr("Place"), self._destination), (self.tr("Phase"), self._phase), (self.tr("Mode"), self._mode),
            (self.tr("Households"), self._households), (self.tr("Persons"), self._persons),
            (self.tr("Cleared m²"), self._cleared), (self.tr("Built m²"), self._built),
        ]
        for number, (title, field) in enumerate(pairs):
            grid.addWidget(QLabel(title), number // 2, 2 * (number % 2))
            grid.addWidget(field, number // 2, 2 * (number % 2) + 1)
        grid.setColumnStretch(1, 2)
        grid.setColumnStretch(3, 3)
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
        move = self._moves.get(self._table.chosen() or "")
        if move is not None:
            self._kind.set_value(move["destination_kind"])
            self._destination.set_kind(move["destination_kind"])
            self._destination.show_destination(move["destination_code"], move["destination_name"])
            self._phase.set_value(move["phase"])
            self._mode.set_value(move["mode"])
            self._households.set_value(move["households"])
            self._persons.set_value(move["persons"])
            self._cleared.set_value(move["cleared_m2"])
            self._built.set_value(move["built_m2"])
        self._enable()

    def _enable(self) -> None:
        chosen = self._table.chosen() is not None
        self._buttons["save"].setEnabled(chosen)
        self._buttons["remove"].setEnabled(chosen)

    def _hand_over(self, deliver: Any) -> None:
        try:
            row = self.row()
        except PlannerError as error:
            self.refused.emit(error.message)
            return
        deliver(row)
