"""Rows of a decisions table as decisions: every cell read, every fault of a row named."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Callable, Sequence

from village_planner.base import InputError, Message
from village_planner.intake import values
from village_planner.intake.codes import code_of
from village_planner.intake.headers import Table
from village_planner.intake.planindex import PlanIndex
from village_planner.intake.subjects import find_village
from village_planner.plan.data import plain
from village_planner.plan.schema import Action, Destination
from village_planner.standards import CodeList, Profile

MOVE_NUMBERS = ("households", "persons", "homesteads")
MOVE_AREAS = ("cleared_m2", "built_m2", "reclaimed_m2")
_CONSENT = ("consent_kind", "consent_date", "consent_basis", "consent_eligible", "consent_attended", "consent_in_favour", "consent_document")
_WITHDRAWN = (Action.MERGE.value, Action.RELOCATE.value)
_PATH = re.compile(r"\s*[/／>→、\\]\s*")


@dataclass
class DecisionRow:
    """One row of the table.

    village: code, '' where it names none; village_text: as written. hamlets: codes it speaks of ([] where the row is about the village only).
    names_hamlet: it names one itself. move, consent: columns of those tables, None where the row has none. faults: why it is wrong; notes: what was understood.
    """

    number: int
    village: str = ""
    village_text: str = ""
    hamlets: list[str] = field(default_factory=list)
    names_hamlet: bool = False
    category: str | None = None
    action: str | None = None
    grounds: str | None = None
    basis: str | None = None
    move: dict[str, Any] | None = None
    consent: dict[str, Any] | None = None
    faults: list[Message] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)


def decision_rows(table: Table, index: PlanIndex, profile: Profile) -> list[DecisionRow]:
    """Read every row of a decisions table; a row without a village belongs to the one above."""
    reader = _RowReader(table, index, profile)
    return [reader.read(position) for position in range(len(table.frame))]


class _RowReader:
    """Reads the rows of one table, with the village above in mind."""

    def __init__(self, table: Table, index: PlanIndex, profile: Profile) -> None:
        self._table, self._index, self._profile = table, index, profile
        self._phases = index.data.phases
        self._units = {
            name: values.area_unit_m2(table.matching.columns[name]) or 1.0 for name in MOVE_AREAS if name in table.matching.columns
        }
        self._above: tuple[str, str] = ("", "")
        self._position = 0
        self._row = DecisionRow(0)

    def read(self, position: int) -> DecisionRow:
        self._position, self._row = position, DecisionRow(self._table.numbers[position])
        row = self._row
        self._find_village()
        self._find_hamlet()
        row.category = self._code("category", self._profile.code_list("category"))
        row.action = self._code("action", self._profile.code_list("action"))
        row.grounds, row.basis = self._text("grounds"), self._text("basis")
        row.consent = self._consent()
        row.move = self._move()
        if not (row.category or row.action or row.move or row.consent or row.faults):
            self._note("intake.decide_row_empty", village=row.village_text)
        return row

    def _find_village(self) -> None:
        found = find_village(self._table, self._position, self._index)
        if not found.text and self._above[1]:
            self._row.village, self._row.village_text = self._above
            return
        self._row.village, self._row.village_text = found.code, found.text
        self._row.faults += [found.fault] if found.fault else []
        self._row.notes += [found.note] if found.note else []
        self._above = (found.code, found.text)

    def _find_hamlet(self) -> None:
        text = values.text(self._cell("hamlet"))
        if values.is_blank(text) or not self._row.village:
            return
        self._row.names_hamlet = True
        found = self._index.hamlets(self._row.village, text)
        if len(found) == 1:
            self._row.hamlets = found
            return
        params = {"village": self._row.village_text, "hamlet": text, "hamlets": self._index.hamlet_names(self._row.village)}
        self._fault("intake.decide_hamlets" if found else "intake.decide_unknown_hamlet", **params)

    def _consent(self) -> dict[str, Any] | None:
        if all(values.is_blank(self._cell(column)) for column in _CONSENT):
            return None
        kind = self._code("consent_kind", self._profile.code_list("consent_kind"))
        if kind is None and values.is_blank(self._cell("consent_kind")):
            self._fault("intake.decide_consent_kind")
        return {
            "village_code": self._row.village, "hamlet_code": self._row.hamlets[0] if self._row.hamlets else None, "kind": kind,
            "date": self._read("consent_date", values.date), "basis": self._text("consent_basis"),
            "eligible": self._read("consent_eligible", values.count), "attended": self._read("consent_attended", values.count),
            "in_favour": self._read("consent_in_favour", values.count), "document": self._text("consent_document"),
        }

    def _move(self) -> dict[str, Any] | None:
        columns = ("destination_kind", "destination", "phase", *MOVE_NUMBERS, "mode", *MOVE_AREAS, "reclaim_to")
        if all(values.is_blank(self._cell(column)) for column in columns):
            return None
        move: dict[str, Any] = {"phase": self._read("phase", values.year), "mode": self._code("mode", self._profile.code_list("move_mode"))}
        if move["phase"] is not None and move["phase"] not in self._phases:
            self._fault("intake.decide_phase", phase=move["phase"], phases="、".join(map(str, self._phases)))
        for name in MOVE_NUMBERS:
            move[name] = self._read(name, values.count)
        for name in MOVE_AREAS:
            unit = self._units.get(name, 1.0)
            move[name] = self._read(name, partial(values.area_m2, unit_m2=unit))
        move["reclaim_to"], move["note"] = self._text("reclaim_to"), self._text("note")
        return {**move, **self._destination()}

    def _destination(self) -> dict[str, Any]:
        kinds = self._profile.code_list("destination_kind")
        kind, text = self._code("destination_kind", kinds), values.text(self._cell("destination"))
        text = "" if values.is_blank(text) else text
        if kind is None and values.is_blank(self._cell("destination_kind")):
            kind = self._guessed_kind(text, kinds)
            if kind is None:
                self._fault("intake.decide_destination_kind", destination=text or "—")
        target: dict[str, Any] = {"destination_kind": kind, "destination_code": None, "destination_name": text or None}
        if kind == Destination.HAMLET.value and text:
            target["destination_code"] = self._target_hamlet(text)
        elif kind == Destination.SITE.value and text:
            found = self._index.sites_named(text, self._row.village)
            target["destination_code"] = found[0] if len(found) == 1 else None
            if len(found) != 1:
                known = "、".join(self._index.sites.values()) or "—"
                self._fault("intake.decide_sites" if found else "intake.decide_unknown_site", site=text, sites=known)
        return target

    def _guessed_kind(self, text: str, kinds: CodeList) -> str | None:
        """A destination without its kind: a word of the list, a site, or a hamlet; only what is clear."""
        if not text:
            return None
        if found := kinds.find(text):
            return found
        if self._index.sites_named(text, self._row.village):
            return Destination.SITE.value
        return Destination.HAMLET.value if self._index.hamlets(self._row.village, text) or _PATH.search(text) else None

    def _target_hamlet(self, text: str) -> str | None:
        by_code = self._index.hamlet_by_code(text)
        if by_code:
            return by_code
        own = self._index.hamlets(self._row.village, text) if self._row.village else []
        if len(own) == 1:
            return own[0]
        parts = [part for part in _PATH.split(text) if part]
        village_text, hamlet = (parts[-2], parts[-1]) if len(parts) > 1 else (text, "")
        villages = self._index.villages(village_text, village_text, parts[-3] if len(parts) > 2 else "")
        if len(villages) == 1:
            found = self._index.hamlets(villages[0], hamlet) if hamlet else [self._index.main_hamlet(villages[0])]
            if len(found) == 1:
                if not hamlet:
                    self._note("intake.decide_main_hamlet", village=text, hamlet=self._index.hamlet_name(found[0]))
                return found[0]
        self._fault("intake.decide_targets" if len(own) > 1 or len(villages) > 1 else "intake.decide_unknown_target", destination=text)
        return None

    def _code(self, column: str, codes: CodeList) -> str | None:
        cell = self._cell(column)
        found = code_of(codes, cell)
        if found is None and not values.is_blank(cell):
            known = "、".join(row["name"] for row in codes.rows)
            self._fault("intake.decide_code", column=self._table.matching.columns[column], value=values.plain_form(cell), known=known)
        return found

    def _read(self, column: str, read: Callable[[Any], Any]) -> Any:
        try:
            return read(self._cell(column))
        except InputError as error:
            self._fault("intake.decide_cell", column=self._table.matching.columns[column], reason=error.message)
            return None

    def _text(self, column: str) -> str | None:
        text = values.text(self._cell(column))
        return None if values.is_blank(text) else text

    def _cell(self, column: str) -> Any:
        return self._table.cell(self._position, column)

    def _fault(self, message_code: str, /, **params: Any) -> None:
        self._row.faults.append(Message(message_code, {"row": self._row.number, **params}))

    def _note(self, message_code: str, /, **params: Any) -> None:
        self._row.notes.append(Message(message_code, {"row": self._row.number, **params}))


def complete_village(rows: Sequence[DecisionRow], index: PlanIndex) -> None:
    """Bring the rows of one village together: what a row leaves out is taken from its hamlet's other rows, contradictions become faults.

    A row without a hamlet speaks of all hamlets of the village that no other row names.
    """
    categories = {row.category for row in rows if row.category}
    if len(categories) > 1:
        _fault_all([row for row in rows if row.category], "intake.decide_two_categories")
    named = {hamlet for row in rows for hamlet in row.hamlets if row.action or row.move}
    for row in rows:
        if (row.action or row.move) and not row.names_hamlet:
            row.hamlets = [hamlet for hamlet in index.all_hamlets(row.village) if hamlet not in named] if row.village else []
    actions: dict[str, set[str]] = {}
    for row in rows:
        for hamlet in row.hamlets if row.action else ():
            actions.setdefault(hamlet, set()).add(str(row.action))
    for row in rows:
        stated = set().union(*(actions.get(hamlet, set()) for hamlet in row.hamlets)) if row.hamlets else set()
        if row.action and any(len(actions.get(hamlet, ())) > 1 for hamlet in row.hamlets):
            row.faults.append(Message("intake.decide_two_actions", {"row": row.number, "village": row.village_text}))
        if row.move is not None:
            effective = row.action or (next(iter(stated)) if len(stated) == 1 else None)
            if effective is None:
                row.faults.append(Message("intake.decide_move_no_action", {"row": row.number, "village": row.village_text}))
            elif effective not in _WITHDRAWN:
                row.faults.append(Message("intake.decide_move_retained", {"row": row.number, "village": row.village_text}))


def distinct_moves(rows: Sequence[DecisionRow], index: PlanIndex) -> list[dict[str, Any]]:
    """Return the moves of a village's rows; a move that a further row repeats in every cell counts once, and the row says so."""
    moves: list[dict[str, Any]] = []
    for row in rows:
        for move in moves_of(row, index):
            if move in moves:
                row.notes.append(Message("intake.decide_move_again", {"row": row.number, "hamlet": index.hamlet_name(move["hamlet_code"])}))
            else:
                moves.append(move)
    return moves


def moves_of(row: DecisionRow, index: PlanIndex) -> list[dict[str, Any]]:
    """Return the moves of a row, one per hamlet.

    For a whole village of several hamlets each takes its own households and persons from the roster, where the row states none or
    their sum; anything else cannot be shared out and becomes a fault.
    """
    if row.move is None or row.faults or not row.hamlets:
        return []
    if len(row.hamlets) == 1:
        return [{**row.move, "hamlet_code": row.hamlets[0]}]
    facts = index.data.hamlet.set_index("code").loc[row.hamlets]
    shared: dict[str, list[Any]] = {}
    for name in (*MOVE_NUMBERS, *MOVE_AREAS):
        stated = row.move[name]
        own = [plain(value) for value in facts[name]] if name in facts else [None] * len(facts)
        if stated is not None and stated != sum(value or 0 for value in own):
            row.faults.append(Message("intake.decide_share_out", {"row": row.number, "village": row.village_text, "stated": stated}))
            return []
        shared[name] = own
    return [
        {**row.move, "hamlet_code": hamlet, **{name: column[position] for name, column in shared.items()}}
        for position, hamlet in enumerate(row.hamlets)
    ]


def _fault_all(rows: Sequence[DecisionRow], code: str) -> None:
    for row in rows:
        row.faults.append(Message(code, {"row": row.number, "village": row.village_text}))
