"""The attributes of a control layer as the layer store keeps them: what is read in columns, all the rest as `extra`."""

from __future__ import annotations

import json
from typing import Any, Mapping, Sequence

import numpy as np
import pandas as pd
import shapely

from village_planner.base import Feedback, InputError, Message, SilentFeedback
from village_planner.base.report import Section
from village_planner.intake import values
from village_planner.intake.codes import code_of
from village_planner.intake.geometry import Shapes
from village_planner.intake.headers import Table
from village_planner.standards import CodeList

_BATCH = 5_000
_TEXTS = ("name", "class_code", "built_code", "slope", "level")


def control_frame(table: Table, fids: Sequence[Any], states: CodeList, notes: Section, source: str, feedback: Feedback) -> pd.DataFrame:
    """Return the columns of the layer store but geometry and status, one row per row of the table.

    fids: names of rows that have no identifier of their own. states: code list of the words for present and planned. notes: takes what is to be
    said of the columns.
    """
    def column(name: str) -> list[Any]:
        found = table.matching.columns.get(name)
        return [None] * len(table.frame) if found is None else table.frame[found].tolist()

    frame = pd.DataFrame({name: [values.text(cell) or None for cell in column(name)] for name in _TEXTS}, dtype=object)
    frame["source_id"] = _identifiers(column("source_id"), fids, notes, source)
    frame["deduction"] = _deductions(column("deduction"), notes, source)
    frame["state"] = _states(column("state"), states, notes, source) if table.has("state") else None
    frame["year"] = _years(column("year"), notes, source) if table.has("year") else None
    read = set(table.matching.columns.values()) - {table.matching.columns.get("area")}
    frame["extra"] = extras(table.frame.drop(columns=list(read)), feedback)
    return frame


def _identifiers(cells: Sequence[Any], fids: Sequence[Any], notes: Section, source: str) -> list[str]:
    """The source's own identifiers; the feature's number where there is none; a repeated one gets a number behind it."""
    seen: dict[str, int] = {}
    found, repeated, missing = [], 0, 0
    for cell, fid in zip(cells, fids):
        text = values.text(cell)
        missing += not text
        text = text or str(fid)
        seen[text] = seen.get(text, 0) + 1
        repeated += seen[text] > 1
        found.append(text if seen[text] == 1 else f"{text}#{seen[text]}")
    if repeated:
        notes.add(Message("intake.identifier_twice", {"file": source, "count": repeated}), source=source)
    if missing:
        notes.add(Message("intake.identifier_missing", {"file": source, "count": missing}), source=source)
    return found


def _deductions(cells: Sequence[Any], notes: Section, source: str) -> np.ndarray:
    found = np.full(len(cells), np.nan)
    unread = 0
    for position, cell in enumerate(cells):
        if cell is None:
            continue
        try:
            number = cell if isinstance(cell, float) else values.number(cell)
        except InputError:
            number, unread = None, unread + 1
        found[position] = np.nan if number is None else number
    stated = found[found > 0]
    # One coefficient above 1 among fractions is a slip of that row; only a column of them is in percent.
    if len(stated) and (stated > 1).all():
        notes.add(Message("intake.deduction_percent", {"file": source}), source=source)
        found = found / 100
    wrong = (found < 0) | (found > 1)
    if unread or wrong.any():
        notes.add(Message("intake.deduction_unread", {"file": source, "count": unread + int(wrong.sum())}), source=source)
    return np.where(wrong, np.nan, found)


def _states(cells: Sequence[Any], states: CodeList, notes: Section, source: str) -> list[str | None]:
    """Codes of the words for present and planned; a word that the list does not know is kept as it is, and said."""
    codes = {written: code_of(states, written) for written in {values.text(cell) for cell in cells} if written}
    unknown = [written for written, code in codes.items() if code is None and not values.is_blank(written)]
    if unknown:
        known = "、".join(row["name"] for row in states.rows)
        notes.add(Message("intake.state_unknown", {"file": source, "values": "、".join(sorted(unknown)[:10]), "known": known}), source=source)
    return [None if values.is_blank(cell) else codes[values.text(cell)] or values.text(cell) for cell in cells]


def _years(cells: Sequence[Any], notes: Section, source: str) -> list[str | None]:
    """Years, also out of dates; what is none is kept as written, and counted."""
    found: list[str | None] = []
    unread = 0
    for cell in cells:
        try:
            year = values.year(cell)
            found.append(None if year is None else str(year))
        except InputError:
            date = _date(cell)
            unread += date is None
            found.append(date[:4] if date else values.text(cell))
    if unread:
        notes.add(Message("intake.years_unread", {"file": source, "count": unread}), source=source)
    return found


def _date(cell: Any) -> str | None:
    try:
        return values.date(cell)
    except InputError:
        return None


def extras(frame: pd.DataFrame, feedback: Feedback) -> list[str]:
    """Return each row as a JSON object of its columns that are not null."""
    names = list(frame.columns)
    rows = zip(*(frame[name].tolist() for name in names)) if names else iter([()] * len(frame))
    found: list[str] = []
    for number, row in enumerate(rows):
        if number % _BATCH == 0:
            feedback.check()
        found.append(_json({name: value for name, value in zip(names, row) if value is not None}))
    return found


def aside_rows(shapes: Shapes, rows: np.ndarray) -> list[dict[str, Any]]:
    """Return what is kept of the features that were set aside: identifier, reason, all attributes, the geometry as read."""
    positions = np.flatnonzero(rows)
    kept = extras(shapes.table.frame.iloc[positions], SilentFeedback())
    return [
        {
            "source_id": values.text(shapes.table.cell(position, "source_id")) or str(shapes.fids[position]), "reason": shapes.reasons[position],
            "extra": extra, "wkb": shapely.to_wkb(shapes.original[position]),
        }
        for position, extra in zip(positions, kept)
    ]


def _json(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, default=str)

