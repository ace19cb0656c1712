"""The attributes of a control layer as the layer store keeps them: what is read in columns, all the rest as JSON."""

from __future__ import annotations

import json
import math
import re
from json.encoder import encode_basestring
from typing import Any, Callable, Sequence

import numpy as np
import pandas as pd
import shapely

from village_planner.base import InputError, Message
from village_planner.base.report import Section
from village_planner.intake import values
from village_planner.intake.codes import code_of
from village_planner.intake.geometry import Shapes
from village_planner.intake.headers import Table
from village_planner.standards import CodeList

_MOST_REMEMBERED = 20_000
_TEXT_OR_NULL = {str, type(None)}
# What values.text takes away: where a column has none of it, its texts are as they should be.
_TO_TIDY = re.compile(r"[\s\ufeff\u200b]")
_TEXTS = ("name", "class_code", "built_code", "slope", "level")


def control_frame(table: Table, fids: Sequence[Any], states: CodeList, notes: Section, source: str) -> pd.DataFrame:
    """Return the columns of the layer store but geometry, status and `Extras`, one row per row of the table.

    fids: names of rows that have no identifier of their own. states: code list of the words for present and planned. notes: takes what is to be
    said of the columns.
    """
    def column(name: str) -> list[Any]:
        found = table.matching.columns.get(name)
        return [None] * len(table.frame) if found is None else table.frame[found].tolist()

    frame = pd.DataFrame({name: _texts(column(name)) for name in _TEXTS}, dtype=object)
    frame["source_id"] = _identifiers(column("source_id"), fids, notes, source)
    frame["deduction"] = _deductions(column("deduction"), notes, source)
    frame["state"] = _states(column("state"), states, notes, source) if table.has("state") else None
    frame["year"] = _years(column("year"), notes, source) if table.has("year") else None
    return frame


def _texts(cells: Sequence[Any]) -> list[str | None]:
    """Each cell as `values.text` has it, None for ''."""
    if set(map(type, cells)) <= _TEXT_OR_NULL and not _TO_TIDY.search("".join(filter(None, cells))):
        return [cell or None for cell in cells]
    known = _Known(lambda cell: values.text(cell) or None)
    return [known[cell] for cell in cells]


def _identifiers(cells: Sequence[Any], fids: Sequence[Any], notes: Section, source: str) -> list[str]:
    """The source's own identifiers; the feature's number where there is none; a repeated one gets a number behind it."""
    texts = _texts(cells)
    if None not in texts and len(set(texts)) == len(texts):
        return texts  # type: ignore[return-value]
    seen: dict[str, int] = {}
    found, repeated, missing = [], 0, 0
    for text, fid in zip(texts, fids):
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
    codes = {written: code_of(states, written) for written in _texts(cells) if written}
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


class Extras:
    """What the source says of each feature and the program does not read, as JSON objects of the columns that are not null.

    Made row by row when they are asked for: together they are larger than all else of a layer.
    """

    def __init__(self, table: Table, rows: np.ndarray | None = None) -> None:
        """rows: positions in the table of the features, in their order; None: all of them."""
        read = set(table.matching.columns.values()) - {table.matching.columns.get("area")}
        self._columns = {name: table.frame[name] for name in table.frame.columns if name not in read}
        self._members = {name: _Members(name) for name in self._columns}
        self._rows = np.arange(len(table.frame)) if rows is None else rows

    def __call__(self, part: slice) -> list[str]:
        """Return the texts of a slice of the features."""
        rows = self._rows[part]
        members = [self._members[name].of(column.iloc[rows]) for name, column in self._columns.items()]
        if not members:
            return ["{}"] * len(rows)
        return [f"{{{', '.join(filter(None, row))}}}" for row in zip(*members)]


class _Known(dict):
    """What a function gives, remembered by its argument; numbers are asked for anew, since 1, 1.0 and True are one key."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        super().__init__({None: function(None)})
        self._function = function

    def __missing__(self, key: Any) -> Any:
        result = self._function(key)
        if isinstance(key, str) and len(self) < _MOST_REMEMBERED:
            self[key] = result
        return result


class _Members:
    """The members of JSON objects that one column gives; '' for null."""

    def __init__(self, name: str) -> None:
        self._key = f"{_json(name)}: "
        self._known = _Known(self._member)

    def of(self, column: pd.Series) -> list[str]:
        if column.dtype == float and not np.isinf(column.to_numpy()).any():
            return ["" if cell != cell else f"{self._key}{cell!r}" for cell in column.tolist()]
        cells = column.to_numpy(dtype=object).tolist()
        if set(map(type, cells)) <= _TEXT_OR_NULL:
            return [self._known[cell] for cell in cells]
        return [self._member(cell) for cell in cells]

    def _member(self, cell: Any) -> str:
        return "" if _is_null(cell) else self._key + _json(cell)


def aside_rows(shapes: Shapes, rows: np.ndarray) -> list[dict[str, Any]]:
    """Return what is kept of the features that were set aside: identifier, reason, all attributes, the geometry as read."""
    positions = np.flatnonzero(rows)
    frame = shapes.table.frame
    columns = [frame[name].iloc[positions].to_numpy(dtype=object).tolist() for name in frame.columns]
    records = zip(*columns) if columns else iter([()] * len(positions))
    return [
        {
            "source_id": values.text(shapes.table.cell(position, "source_id")) or str(shapes.fids[position]), "reason": shapes.reasons[position],
            "extra": _json({name: value for name, value in zip(frame.columns, record) if not _is_null(value)}),
            "wkb": shapely.to_wkb(shapes.original[position]),
        }
        for position, record in zip(positions, records)
    ]


def _is_null(cell: Any) -> bool:
    return cell is None or cell is pd.NA or (isinstance(cell, float) and cell != cell)


def _json(value: Any) -> str:
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    # As the encoder does, which takes ten times as long to be made for each number.
    if kind is int or (kind is float and math.isfinite(value)):
        return repr(value)
    return json.dumps(value, ensure_ascii=False, default=str)
