"""The rows of a table of facts: whose figures they are, of which date, and each cell as written and as a number."""

from __future__ import annotations

import calendar
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any, Sequence

from village_planner.base import InputError, Message
from village_planner.intake import values
from village_planner.intake.headers import Table
from village_planner.intake.items import Item, read_item
from village_planner.intake.planindex import PlanIndex
from village_planner.intake.subjects import find_hamlet, find_village

LEVELS = ("village", "hamlet")
_YEAR = re.compile(r"((?:19|20)\d{2})\s*年?(?:末|底)?")
_MONTH = re.compile(r"((?:19|20)\d{2})\s*[-/.年]\s*(\d{1,2})\s*月?(?:末|底)?")


@dataclass(frozen=True)
class FactCell:
    """A figure: as written, and as a number in the item's unit (None where it is none)."""

    item: Item
    value: str
    number: float | None


@dataclass
class FactRow:
    """One row; kind: `village` or `hamlet`; code: of that unit; date: ISO or None; of_date: the source name carries the date."""

    number: int
    kind: str = "village"
    code: str = ""
    name: str = ""
    date: str | None = None
    cells: list[FactCell] = field(default_factory=list)
    faults: list[Message] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)
    of_date: bool = False

    def facts(self, source: str) -> list[dict[str, Any]]:
        """Return the rows of table `fact`."""
        return [
            {
                "subject_kind": self.kind, "subject_code": self.code, "item": cell.item.code, "value": cell.value, "number": cell.number,
                "unit": cell.item.unit or None, "source": self.source(source), "date": self.date,
            }
            for cell in self.cells
        ]

    def source(self, source: str) -> str:
        """Return the name of the source; of a table that states several years of one unit with the date, so that none replaces another."""
        return f"{source}（{self.date}）" if self.of_date else source


def fact_rows(table: Table, items: Sequence[Item], index: PlanIndex, level: str | None, date: str | None) -> list[FactRow]:
    """Read every row; level: `village`, `hamlet`, or None for what the row names; date: where the row states none."""
    rows = [_row(table, position, items, index, level, date) for position in range(len(table.frame))]
    by_unit: dict[tuple[str, str], list[FactRow]] = defaultdict(list)
    for row in rows:
        if not row.faults:
            by_unit[row.kind, row.code].append(row)
    several = any(len({row.date for row in same}) > 1 for same in by_unit.values())
    for same in by_unit.values():
        _refuse_repeated(same)
        for row in same:
            row.of_date = several and row.date is not None
    return rows


def _row(table: Table, position: int, items: Sequence[Item], index: PlanIndex, level: str | None, date: str | None) -> FactRow:
    row = FactRow(table.numbers[position], date=date)
    _find_unit(row, table, position, index, level)
    _read_date(row, table.cell(position, "date"))
    for item in items:
        value, number, reason = read_item(table, position, item)
        if reason is not None:
            params = {"row": row.number, "column": item.column, "value": value, "reason": reason}
            row.notes.append(Message("intake.fact_as_written", params))
        if value:
            row.cells.append(FactCell(item, value, number))
    if not row.cells and not row.faults:
        row.faults.append(Message("intake.facts_row_empty", {"row": row.number, "name": row.name}))
    return row


def _find_unit(row: FactRow, table: Table, position: int, index: PlanIndex, level: str | None) -> None:
    village = find_village(table, position, index)
    hamlet = find_hamlet(table, position, village, index) if level != "village" else replace(village, code="", text="", fault=None)
    row.name = " ".join(text for text in (village.text, hamlet.text) if text)
    if hamlet.code:
        row.kind, row.code = "hamlet", hamlet.code
        of = index.village_of_hamlet[hamlet.code]
        if village.code not in ("", of):
            params = {"row": row.number, "hamlet": hamlet.code, "village": index.village_names[of], "stated": village.text}
            row.faults.append(Message("intake.facts_other_village", params))
        return
    row.code = village.code
    row.notes += [village.note] if village.note else []
    row.faults += [fault for fault in (village.fault, hamlet.fault) if fault]
    if level == "hamlet" and not row.faults:
        own = index.all_hamlets(village.code)
        if len(own) == 1:
            row.kind, row.code = "hamlet", own[0]
        else:
            params = {"row": row.number, "village": village.text, "hamlets": index.hamlet_names(village.code)}
            row.faults.append(Message("intake.facts_no_hamlet", params))


def _read_date(row: FactRow, cell: Any) -> None:
    if values.is_blank(cell):
        return
    written = values.plain_form(cell)
    year, month = _YEAR.fullmatch(written), _MONTH.fullmatch(written)
    if year:
        # Yearly statistics are of the year's end, monthly ones of the month's.
        row.date = f"{year.group(1)}-12-31"
        return
    if month and 1 <= int(month.group(2)) <= 12:
        last = calendar.monthrange(int(month.group(1)), int(month.group(2)))[1]
        row.date = f"{month.group(1)}-{int(month.group(2)):02d}-{last}"
        return
    try:
        row.date = values.date(cell)
    except InputError as error:
        row.faults.append(Message("intake.facts_row_date", {"row": row.number, "reason": error.message}))


def _refuse_repeated(same: Sequence[FactRow]) -> None:
    """Of rows that speak of one unit and date, a later one may add items; one that contradicts is refused, and said so."""
    first: dict[tuple[str | None, str], tuple[str, int]] = {}
    for row in same:
        for cell in row.cells:
            value, number = first.setdefault((row.date, cell.item.code), (cell.value, row.number))
            if value != cell.value:
                params = {"row": row.number, "name": row.name, "item": cell.item.name, "value": cell.value, "other": value, "other_row": number}
                row.faults.append(Message("intake.facts_twice", params))
