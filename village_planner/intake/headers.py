"""Finds the heading and the rows of a table among titles, merged cells, subtotals and notes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Mapping, Sequence

import numpy as np
import pandas as pd

from village_planner.base import Feedback, InputError, Message
from village_planner.intake.codes import CodeRule
from village_planner.intake.matching import Matching, heading_score, match_columns
from village_planner.intake.tables import Grid, read_grids, split_source
from village_planner.intake.values import is_blank, plain_form, text
from village_planner.standards import InputSpec

_LAST_HEADER_START = 20
_DEEPEST_HEADER = 3
_TOTAL = re.compile(r"(小计|合计|总计|共计|累计|小計|合計|總計|subtotal|total)[:：]?$", re.IGNORECASE)
_NOTE = re.compile(r"^(注|备注|说明|附注|填表|制表|审核|单位|负责人|联系|数据来源|资料来源|填报)[^，,]{0,8}[:：]|^注\d*[.、．]|^[*※]")


@dataclass(frozen=True)
class RowNote:
    """Something to say of one row of a file."""

    row: int
    message: Message


@dataclass(frozen=True)
class Table:
    """A table with its columns matched.

    frame: cells as the file holds them, columns named by heading; merged cells filled down. numbers: the row numbers
    that the planner sees. shared: same shape, true where a cell is merged over several rows. set_aside: rows that are
    no data. notes: what was decided on the way.
    """

    file: str
    sheet: str
    frame: pd.DataFrame
    numbers: Sequence[int]
    shared: np.ndarray
    matching: Matching
    set_aside: tuple[RowNote, ...]
    notes: tuple[Message, ...]

    def cell(self, position: int, field: str) -> Any:
        """Return the cell of a field in a row; None where the table has no such column."""
        column = self.matching.columns.get(field)
        return None if column is None else self.frame[column].iat[position]

    def is_shared(self, position: int, field: str) -> bool:
        """Whether the cell of a field is merged over several rows."""
        column = self.matching.columns.get(field)
        return column is not None and bool(self.shared[position, list(self.frame.columns).index(column)])

    def has(self, field: str) -> bool:
        """Whether a column was found for a field."""
        return field in self.matching.columns


def read_table(
    path: str | Path, spec: InputSpec, rule: CodeRule, chosen: Mapping[str, str] | None = None, feedback: Feedback | None = None
) -> Table:
    """Read the sheet of a table file that fits `spec` best, with its columns matched.

    chosen: field → heading as the planner says it. `path|layername=X` names a sheet. Raises InputError where no sheet has rows, or a
    required field has no column.
    """
    grids = [grid for grid in read_grids(path, feedback) if any(any(not is_blank(cell) for cell in row) for row in grid.rows)]
    file, sheet = split_source(path)
    if not grids:
        raise InputError("intake.table_empty", file=Path(file).name)
    if sheet is not None and len(grids) > 1:
        named = [grid for grid in grids if grid.sheet == sheet]
        if not named:
            raise InputError("intake.layer_missing", file=Path(file).name, layer=sheet, layers="、".join(grid.sheet for grid in grids))
        grids = named
    tables = [(_fit(grid, spec, chosen or {}), number, grid) for number, grid in enumerate(grids)]
    # A hidden sheet is mostly an old state: it only serves where no other fits at all.
    score, _, grid = max(tables, key=lambda item: (item[0] > 0 and not item[2].hidden, item[0], len(item[2].rows) if item[0] else 0, -item[1]))
    table = table_of(grid, spec, rule, chosen)
    if not table.numbers:
        raise InputError("intake.table_no_rows", file=grid.file)
    if grid.hidden:
        table = replace(table, notes=(Message("intake.sheet_hidden", {"file": grid.file, "sheet": grid.sheet}), *table.notes))
    others = [other.sheet for _, _, other in tables if other is not grid]
    if others:
        params = {"file": grid.file, "sheet": grid.sheet, "others": "、".join(others)}
        table = replace(table, notes=(Message("intake.sheet_chosen", params), *table.notes))
    return table


def table_of(grid: Grid, spec: InputSpec, rule: CodeRule, chosen: Mapping[str, str] | None = None) -> Table:
    """Return the table in a grid: heading found, merged cells filled down, subtotals and notes set aside, columns matched.

    Raises InputError where a required field has no column.
    """
    start, depth = _header(grid, spec, chosen or {})
    headings = _headings(grid, start, depth)
    names = _unique(["/".join(levels) for levels in headings])
    body, shared = _filled_body(grid, start + depth)
    keep, set_aside = _sort_rows(grid, body, start + depth, headings)
    width = len(names)
    frame = pd.DataFrame(
        {name: pd.Series([body[row][column] for row in keep], dtype=object) for column, name in enumerate(names)},
        index=pd.RangeIndex(len(keep)), columns=names,
    )
    used = [name for column, name in enumerate(names) if headings[column] or frame[name].notna().any()]
    matching = match_columns(frame[used], {name: [headings[names.index(name)]] for name in used}, spec, rule, chosen or {}, grid.file)
    _demand(matching, spec, grid.file, used)
    return Table(
        file=grid.file,
        sheet=grid.sheet,
        frame=frame[used],
        numbers=tuple(grid.numbers[start + depth + row] for row in keep),
        shared=shared[np.ix_(keep, [names.index(name) for name in used])] if keep else np.zeros((0, len(used)), dtype=bool),
        matching=matching,
        set_aside=tuple(set_aside),
        notes=(*grid.notes, *_title_notes(grid, start, width)),
    )


def _fit(grid: Grid, spec: InputSpec, chosen: Mapping[str, str]) -> float:
    start, depth = _header(grid, spec, chosen)
    return heading_score([[levels] for levels in _headings(grid, start, depth)], spec, chosen)


def _header(grid: Grid, spec: InputSpec, chosen: Mapping[str, str]) -> tuple[int, int]:
    """First row of the heading and its depth: where most headings fit; without any, the first row with two texts."""
    if grid.has_header:
        return 0, 1
    best, found = 0.0, (0, 0)
    for start in range(min(_LAST_HEADER_START, len(grid.rows))):
        for depth in range(1, min(_DEEPEST_HEADER, len(grid.rows) - start) + 1):
            spanned = _spanned(grid, start, start + depth - 1)
            leaves = [[levels] for column, levels in enumerate(_headings(grid, start, depth)) if column not in spanned]
            score = heading_score(leaves, spec, chosen)
            if score > best:
                best, found = score, (start, depth)
    if best > 0:
        return found
    for start, row in enumerate(grid.rows[:_LAST_HEADER_START]):
        filled = [cell for cell in row if not is_blank(cell)]
        if len(filled) >= 2:
            numeric = any(re.fullmatch(r"[\d.\-]{6,}", plain_form(cell)) for cell in filled)
            return (start, 0) if numeric else (start, 1)
    return 0, 1


def _spanned(grid: Grid, start: int, last: int) -> set[int]:
    """Columns whose heading in row `last` is merged over several columns: a heading over others, not one of a column of its own."""
    return {
        column for top, left, bottom, right in grid.merges if right > left and start <= top <= last <= bottom for column in range(left, right + 1)
    }


def _headings(grid: Grid, start: int, depth: int) -> list[tuple[str, ...]]:
    """Levels of each column's heading, from the top; repeated and blank levels left out."""
    rows = [[text(cell) for cell in row] for row in grid.rows[start : start + depth]]
    for top, left, bottom, right in grid.merges:
        for row in range(max(top, start), min(bottom, start + depth - 1) + 1):
            # A merge that begins above the heading is a title; one that runs on below is a column's own cell.
            if top >= start:
                rows[row - start][left : right + 1] = [text(grid.rows[top][left])] * (right - left + 1)
    if not grid.merges:
        for upper, lower in zip(rows, rows[1:]):
            for column in range(1, len(upper)):
                if not upper[column] and lower[column]:
                    upper[column] = upper[column - 1]
    width = len(grid.rows[0]) if grid.rows else 0
    return [tuple(dict.fromkeys(row[column] for row in rows if row[column])) for column in range(width)]


def _unique(names: Sequence[str]) -> list[str]:
    taken: dict[str, int] = {}
    unique = []
    for number, name in enumerate(names, 1):
        base = name or f"第{number}列"
        taken[base] = taken.get(base, 0) + 1
        unique.append(base if taken[base] == 1 else f"{base}_{taken[base]}")
    return unique


def _filled_body(grid: Grid, first: int) -> tuple[list[list[Any]], np.ndarray]:
    """Rows below the heading with vertically merged cells filled down, and where cells are shared by rows."""
    body = [list(row) for row in grid.rows[first:]]
    shared = np.zeros((len(body), len(grid.rows[0]) if grid.rows else 0), dtype=bool)
    for top, left, bottom, _right in grid.merges:
        if top < first or bottom == top:
            continue
        for row in range(top - first, min(bottom - first + 1, len(body))):
            body[row][left] = grid.rows[top][left]
            shared[row, left] = True
    return body, shared


def _sort_rows(
    grid: Grid, body: Sequence[Sequence[Any]], first: int, headings: Sequence[tuple[str, ...]]
) -> tuple[list[int], list[RowNote]]:
    keep: list[int] = []
    notes: list[RowNote] = []
    last_levels = [levels[-1] if levels else "" for levels in headings]
    for position, row in enumerate(body):
        filled = [text(cell) for cell in row if not is_blank(cell)]
        number = grid.numbers[first + position]
        if not filled:
            continue
        code = "" if grid.has_header else _row_fault(filled, row, last_levels, position)
        if code:
            notes.append(RowNote(number, Message(code, {"row": number, "text": " ".join(filled)[:60]})))
        else:
            keep.append(position)
    return keep, notes


def _row_fault(filled: Sequence[str], row: Sequence[Any], last_levels: Sequence[str], position: int) -> str:
    """Message code of why a row is no data; '' for data."""
    leading = [re.sub(r"\s", "", cell) for cell in filled[:3]]
    if any(_TOTAL.search(cell) for cell in leading):
        return "intake.row_total"
    if len(filled) <= 2 and _NOTE.search(leading[0]):
        return "intake.row_note"
    if len(filled) > 2 and all(text(cell) == heading for cell, heading in zip(row, last_levels) if not is_blank(cell)):
        return "intake.row_heading_again"
    if position == 0 and len(filled) > 2 and _is_numbering(filled):
        return "intake.row_numbering"
    return ""


def _is_numbering(filled: Sequence[str]) -> bool:
    """The row 1 2 3 … or 甲 乙 1 2 … that some forms put below the heading."""
    numbers = [cell for cell in filled if cell not in ("甲", "乙", "丙", "丁")]
    first = int(numbers[0]) if numbers and numbers[0].isdigit() else None
    return first is not None and first <= 5 and numbers == [str(first + step) for step in range(len(numbers))]


def _title_notes(grid: Grid, start: int, width: int) -> list[Message]:
    titles = [" ".join(text(cell) for cell in row if not is_blank(cell))[:60] for row in grid.rows[:start]]
    titles = [title for title in titles if title]
    return [Message("intake.title_rows", {"file": grid.file, "rows": start, "text": " / ".join(titles)})] if titles else []


def _demand(matching: Matching, spec: InputSpec, file: str, columns: Sequence[str]) -> None:
    for field in spec.fields.values():
        if field.required and field.id not in matching.columns:
            refused = next((match for match in matching.refused if match.field == field.id), None)
            params = {"file": file, "field": field.alias, "columns": "、".join(columns), "column": refused.column if refused else ""}
            raise InputError("intake.column_wrong_content" if refused else "intake.column_missing", **params)
