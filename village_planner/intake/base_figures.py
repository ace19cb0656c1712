"""Basic figures of villages and hamlets (households, persons, homesteads): which of two statements the plan holds, and why."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Mapping

from village_planner.base import Message
from village_planner.intake.fact_rows import FactCell, FactRow
from village_planner.plan import PlanData
from village_planner.plan.data import plain
from village_planner.plan.schema import BY_NAME
from village_planner.standards import Profile

_Unit = tuple[str, str]
_Held = tuple[str | None, set[str]]


def outdates(new: str | None, old: str | None) -> bool | None:
    """Whether a statement of date `new` replaces one of `old` (ISO dates, None unknown); None where dates do not decide it.

    A dated statement replaces one of unknown date; one of unknown date decides nothing.
    """
    if new is None or new == old:
        return None
    return old is None or new > old


class BaseFigures:
    """Gathers the columns to change from rows of facts.

    A village with one hamlet has its figures there, since tables add up hamlets; a village of several keeps its own only where it
    has the column. changes: unit → columns; messages: what is said, with the row; updated, contradictions: how many figures.
    """

    def __init__(self, data: PlanData, profile: Profile, source: str) -> None:
        self.source = source
        self.changes: dict[_Unit, dict[str, Any]] = defaultdict(dict)
        self.messages: list[tuple[Message, int]] = []
        self.updated = self.contradictions = 0
        self._names = {("village", code): name for code, name in zip(data.village["code"], data.village["name"])}
        self._names.update({("hamlet", code): name for code, name in zip(data.hamlet["code"], data.hamlet["name"])})
        self._hamlets: dict[str, list[str]] = defaultdict(list)
        for code, village in zip(data.hamlet["code"], data.hamlet["village_code"]):
            self._hamlets[village].append(code)
        self._codes = profile.code_list("fact_item")
        self._present: dict[_Unit, dict[str, Any]] = {}
        for kind, table in (("village", data.village), ("hamlet", data.hamlet)):
            names = [name for name in (*self._codes.with_role("base"), "facts_date") if name in BY_NAME[kind].names]
            for code, *row in zip(table["code"], *(table[name] for name in names)):
                self._present[kind, code] = dict(zip(names, map(plain, row)))
        self._stated: dict[tuple[_Unit, str, float], list[tuple[str | None, str]]] = defaultdict(list)
        for kind, code, item, number, source_, date in zip(*(data.fact[name] for name in ("subject_kind", "subject_code", "item", "number", "source", "date"))):
            if plain(number) is not None:
                self._stated[self._holder((kind, code)), item, float(number)].append((plain(date), source_))

    def take(self, row: FactRow) -> None:
        """Weigh the basic figures of a row against what the plan holds, or an earlier row has brought."""
        for cell in row.cells:
            if cell.item.role == "base" and cell.number is not None:
                self._weigh(row, cell, int(cell.number))

    def _weigh(self, row: FactRow, cell: FactCell, new: int) -> None:
        unit, item = self._holder((row.kind, row.code)), cell.item.code
        present, source = self._present[unit], row.source(self.source)
        params: dict[str, Any] = {"row": row.number, "name": self._names[unit], "item": cell.item.name, "new": new, "date": row.date or "—"}
        if item not in present:
            self._say(row, "intake.facts_only_kept", params)
            return
        old = present[item]
        held, sources = self._held(unit, item, old)
        params |= {"old": "—" if old is None else old, "old_date": held or "—", "old_source": "、".join(sorted(sources)) or "—"}
        self._stated[unit, item, float(new)].append((row.date, source))
        # A source that is read again corrects itself.
        newer = True if old is None or sources == {source} else outdates(row.date, held)
        if newer:
            self._set(row, unit, item, new)
        if old is not None and old != new:
            self.contradictions += newer is None
            codes = {None: "intake.facts_contradict", True: "intake.facts_replaced", False: "intake.facts_older"}
            self._say(row, codes[newer], params)
        self._compare_with_hamlets(row, unit, item, new, params)

    def _set(self, row: FactRow, unit: _Unit, item: str, new: int) -> None:
        present = self._present[unit]
        self.updated += present[item] != new
        dates = [date for date in (present["facts_date"], row.date) if date]
        present.update({item: new, "facts_date": max(dates, default=None)})
        self.changes[unit].update({item: new, "facts_date": present["facts_date"]})

    def _held(self, unit: _Unit, item: str, value: int | None) -> _Held:
        """Date and sources of the figure that the plan holds: of the facts that state it, else the unit's own date."""
        stated = self._stated.get((unit, item, float(value)), []) if value is not None else []
        if not stated:
            return self._present[unit]["facts_date"], set()
        return max((date for date, _ in stated if date), default=None), {source for _, source in stated}

    def _compare_with_hamlets(self, row: FactRow, unit: _Unit, item: str, new: int, params: Mapping[str, Any]) -> None:
        """Tables add up the hamlets where they state a figure: a village's own that is another sum is told."""
        if unit[0] != "village":
            return
        own = [self._present["hamlet", code].get(item) for code in self._hamlets[unit[1]]]
        stated = [value for value in own if value is not None]
        if stated and sum(stated) != new:
            self._say(row, "intake.facts_not_the_sum", {**params, "sum": sum(stated)})

    def _holder(self, unit: _Unit) -> _Unit:
        hamlets = self._hamlets.get(unit[1], []) if unit[0] == "village" else []
        return ("hamlet", hamlets[0]) if len(hamlets) == 1 else unit

    def _say(self, row: FactRow, code: str, params: Mapping[str, Any]) -> None:
        self.messages.append((Message(code, params), row.number))
