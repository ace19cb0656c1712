"""Finds the village and the hamlet that a row of a table speaks of, and says why where it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from village_planner.base import Message
from village_planner.intake import values
from village_planner.intake.codes import code_text
from village_planner.intake.headers import Table
from village_planner.intake.planindex import PlanIndex


@dataclass(frozen=True)
class Place:
    """What a row means: `code` '' where that is not clear; text: as written; fault: why not; note: what was understood."""

    code: str
    text: str
    fault: Message | None = None
    note: Message | None = None


def find_village(table: Table, position: int, index: PlanIndex) -> Place:
    """Find the village of a row by code, name and township; aliases count. A row without either has text ''."""
    row = table.numbers[position]
    code_cell = table.cell(position, "village_code")
    name, code, township = (values.text(table.cell(position, column)) for column in ("village", "village_code", "township"))
    name, code = ("" if values.is_blank(said) else said for said in (name, code))
    if not name and not code:
        return Place("", "", Message("intake.decide_no_village", {"row": row}))
    shown = name or code
    found = index.villages(code_cell if code else name, name, township)
    if len(found) != 1:
        if found:
            return Place("", shown, Message("intake.decide_villages", {"row": row, "village": shown, "codes": "、".join(found)}))
        return Place("", shown, Message("intake.decide_unknown_village", {"row": row, "village": shown}))
    meant = index.villages("", name, township) if name and code else []
    if meant and found[0] not in meant:
        params = {"row": row, "code": found[0], "of_code": index.village_names[found[0]], "village": name}
        return Place(found[0], shown, Message("intake.decide_code_and_name", params))
    note = None
    if name and code and not index.villages(code_cell):
        note = Message("intake.decide_by_name", {"row": row, "code": code, "village": name, "found": found[0]})
    return Place(found[0], shown, None, note)


def find_hamlet(table: Table, position: int, village: Place, index: PlanIndex) -> Place:
    """Find the hamlet of a row by its code, or by name within the row's village; a row that names none has text ''."""
    by_code = index.hamlet_by_code(code_text(table.cell(position, "hamlet_code")))
    name = values.text(table.cell(position, "hamlet"))
    if by_code is not None:
        return Place(by_code, name or by_code)
    if values.is_blank(name) or not village.code:
        return Place("", "" if values.is_blank(name) else name)
    found = index.hamlets(village.code, name)
    if len(found) == 1:
        return Place(found[0], name)
    params: dict[str, Any] = {"row": table.numbers[position], "village": village.text, "hamlet": name, "hamlets": index.hamlet_names(village.code)}
    return Place("", name, Message("intake.decide_hamlets" if found else "intake.decide_unknown_hamlet", params))
