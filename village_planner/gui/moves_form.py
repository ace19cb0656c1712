"""The form for the moves of the selected hamlets: a list, and the chosen or a new one below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qgis.PyQt.QtWidgets import QLineEdit, QWidget

from village_planner.gui.destinations import DestinationEdit
from village_planner.gui.forms import AreaEdit, CodeCombo, CountEdit
from village_planner.gui.record_form import RecordForm
from village_planner.plan.data import PlanData
from village_planner.standards import Profile


class MovesForm(RecordForm):
    """Shows moves and hands over what the planner adds, changes or removes."""

    def __init__(self) -> None:
        super().__init__()
        self._of: list[str] = []
        self._kind, self._phase, self._mode = CodeCombo(), CodeCombo(), CodeCombo()
        self._destination = DestinationEdit()
        self._households, self._persons = CountEdit(), CountEdit()
        self._cleared, self._built, self._reclaimed, self._reclaim_to = AreaEdit(), AreaEdit(), AreaEdit(), QLineEdit()
        for field in (self._households, self._persons):
            field.setPlaceholderText(self.tr("the rest"))
        self._reclaim_to.setPlaceholderText(self.tr("paddy, dry field, woods …"))
        headings = [self.tr("From"), self.tr("To"), self.tr("Phase"), self.tr("Households"), self.tr("Persons"), self.tr("Mode")]
        lines: list[list[tuple[str, QWidget]]] = [
            [(self.tr("To"), self._kind), (self.tr("Place"), self._destination)],
            [(self.tr("Phase"), self._phase), (self.tr("Mode"), self._mode)],
            [(self.tr("Households"), self._households), (self.tr("Persons"), self._persons)],
            [(self.tr("Cleared m²"), self._cleared), (self.tr("Built m²"), self._built)],
            [(self.tr("Reclaimed m²"), self._reclaimed), (self.tr("Reclaimed to"), self._reclaim_to)],
        ]
        self.lay_out(headings, lines, (self.tr("Add move"), self.tr("Save move"), self.tr("Remove move")))
        self._kind.currentIndexChanged.connect(lambda _: self._destination.set_kind(self._kind.value() or ""))

    def load(self, data: PlanData, profile: Profile) -> None:
        """Take kinds, phases, modes and destinations from the plan."""
        self._kind.set_choices((row["code"], row["name"]) for row in profile.code_list("destination_kind").rows)
        self._phase.set_choices([(year, str(year)) for year in data.phases], self.tr("unphased"))
        self._mode.set_choices([(row["code"], row["name"]) for row in profile.code_list("move_mode").rows], self.tr("not stated"))
        self._destination.load(data)
        self._destination.set_kind(self._kind.value() or "")

    def show_moves(
        self, moves: list[dict[str, Any]], labels: dict[str, list[str]], hamlets: Sequence[str], rest: dict[str, int | None] | None
    ) -> None:
        """Show moves (rows of table `move`) of the selected hamlets with the cells of the list by code.

        rest: households and persons that no move takes yet, to begin a new move with; None where several hamlets or none are selected.
        """
        if list(hamlets) != self._of:
            self._of = list(hamlets)
            self.begin_entry()
        self.show_records(moves, labels)
        nothing_left = rest is not None and not any(rest.values())
        if moves and nothing_left and self._table.chosen() is None:
            self._table.setCurrentCell(0, 0)
        if self._table.chosen() is None:
            self._households.set_value((rest or {}).get("households"))
            self._persons.set_value((rest or {}).get("persons"))
            self._cleared.set_value(None)
            self._built.set_value(None)
            self._reclaimed.set_value(None)
            self._reclaim_to.clear()
            self._destination.clear()
        self.set_addable(bool(hamlets))

    def row(self) -> dict[str, Any]:
        """What stands in the form, as columns of table `move`; raises InputError for an unknown destination."""
        return {
            "destination_kind": self._kind.value(), **self._destination.destination(), "phase": self._phase.value(), "mode": self._mode.value(),
            "households": self._households.value(), "persons": self._persons.value(),
            "cleared_m2": self._cleared.value(), "built_m2": self._built.value(), "reclaimed_m2": self._reclaimed.value(),
            "reclaim_to": self._reclaim_to.text().strip() or None,
        }

    def show_record(self, record: dict[str, Any]) -> None:
        """Show a move in the fields."""
        self._kind.set_value(record["destination_kind"])
        self._destination.set_kind(record["destination_kind"])
        self._destination.show_destination(record["destination_code"], record["destination_name"])
        self._phase.set_value(record["phase"])
        self._mode.set_value(record["mode"])
        self._households.set_value(record["households"])
        self._persons.set_value(record["persons"])
        self._cleared.set_value(record["cleared_m2"])
        self._built.set_value(record["built_m2"])
        self._reclaimed.set_value(record["reclaimed_m2"])
        self._reclaim_to.setText(record["reclaim_to"] or "")
