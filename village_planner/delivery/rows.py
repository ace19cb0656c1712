"""The rows of a printed table: cells as they are printed, 小计 after each group, 合计 at the end; the same for workbook, document and inspector."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from typing import Any, Sequence

import pandas as pd

from village_planner.accounts.rounding import half_up
from village_planner.plan.data import plain
from village_planner.standards import TableColumn, TableSpec

SUBTOTAL_LABEL, TOTAL_LABEL = "小计", "合计"
COUNT = "count"
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""How a text begins that some spreadsheet runs as a formula; those of East Asia take the full width too."""
_TOGETHER, WHOLE, _OF_GROUP = 3, 8, 2
"""Rows that stand together where a table ends, those of a table that is not cut at all, and those of a group that stay with its sum."""
_LABEL = 3
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


class RowKind(str, Enum):
    """What a printed row holds."""

    ROW = "row"
    SUBTOTAL = "subtotal"
    TOTAL = "total"


@dataclass(frozen=True)
class PrintedRow:
    """Cells from left to right (str, int, float or None), and what they are."""

    cells: list[Any]
    kind: RowKind


def printed_rows(spec: TableSpec, columns: Sequence[TableColumn], frame: pd.DataFrame) -> list[PrintedRow]:
    """All rows below the headings.

    A frame's row whose `no` is null is a total that the frame brings along. Where columns have a `total`, a last row adds
    up the others; with `spec.subtotal` each run of rows of one value there gets its own, where there is more than one.
    """
    cells = [list(frame[column.value]) if column.value in frame else [None] * len(frame) for column in columns]
    brought = [plain(number) is None for number in frame["no"]] if "no" in frame else [False] * len(frame)
    rows = [
        PrintedRow([_printed(own[position], column) for own, column in zip(cells, columns)], RowKind.TOTAL if brought[position] else RowKind.ROW)
        for position in range(len(frame))
    ]
    if not rows or not any(column.total for column in columns):
        return rows
    groups = [list(frame[spec.subtotal])] if spec.subtotal in frame else []
    result = _with_subtotals(columns, rows, groups[0]) if groups else list(rows)
    return [*result, PrintedRow(_sums(columns, [row.cells for row in rows], TOTAL_LABEL), RowKind.TOTAL)]


def kept_rows(rows: Sequence[PrintedRow]) -> list[bool]:
    """Which rows stay on the page of the next one, the last with what follows it; the same for pages of workbook and document.

    The last three rows of a table stay together with the sums below them, sums with each other and with the last two rows of their group; a table
    of eight rows or fewer is not cut. The first row of one that is cut is not kept: LibreOffice then loses most of it where it does not fit on the page (0547).
    """
    is_sum = [row.kind is not RowKind.ROW for row in rows]
    end = len(rows)
    while end and is_sum[end - 1]:
        end -= 1
    if len(rows) <= WHOLE:
        return [True] * len(rows)
    return [row > 0 and (row >= end - _TOGETHER or any(is_sum[row + 1 : row + 1 + _OF_GROUP])) for row in range(len(rows))]


def label_columns(columns: Sequence[TableColumn], row: PrintedRow) -> range:
    """The columns over which the label of a sum stands: its own and up to two empty ones behind it; none for other rows."""
    first = next((position for position, column in enumerate(columns) if column.total == "label"), None)
    if row.kind is RowKind.ROW or first is None:
        return range(0)
    stop = first + 1
    while stop < min(first + _LABEL, len(columns)) and row.cells[stop] is None:
        stop += 1
    return range(first, stop)


def own_cells(columns: Sequence[TableColumn], rows: Sequence[PrintedRow]) -> list[list[Any]]:
    """The cells of each column, without labels that stand over several."""
    wide = [label_columns(columns, row) for row in rows]
    return [
        [None if len(over) > 1 and position in over else row.cells[position] for row, over in zip(rows, wide)] for position in range(len(columns))
    ]


def without_control(text: str) -> str:
    """A text without the control characters that Office files cannot hold."""
    return _CONTROL.sub(" ", text)


def looks_like_formula(value: Any) -> bool:
    """Whether a value is a text that a spreadsheet would run as a formula."""
    return isinstance(value, str) and value.startswith(_FORMULA)


def csv_cell(value: Any) -> Any:
    """A cell for a CSV file: null is '', a text that looks like a formula gets a quote in front, numbers stay numbers."""
    if value is None:
        return ""
    return f"'{value}" if looks_like_formula(value) else value


def stands_in_the_middle(column: TableColumn) -> bool:
    """Whether the numbers of a column are centred: those of its rows, and counts of its texts, which are centred too."""
    return column.value == "no" or column.total.startswith(COUNT)


def decimals(column: TableColumn) -> int:
    """Digits behind the point in a column's number format."""
    return len(column.format.split(".")[1]) if "." in column.format else 0


def shown(cell: Any, column: TableColumn) -> str:
    """A cell as a reader sees it."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    if column.value == "no":
        return str(cell)
    return f"{cell:,.{decimals(column)}f}" if column.format else f"{cell:g}"


def _with_subtotals(columns: Sequence[TableColumn], rows: Sequence[PrintedRow], keys: Sequence[Any]) -> list[PrintedRow]:
    runs = [[position for position, _ in group] for _, group in groupby(enumerate(keys), key=lambda pair: str(plain(pair[1])))]
    if len(runs) < 2:
        return list(rows)
    result: list[PrintedRow] = []
    for run in runs:
        members = [rows[position] for position in run]
        label = f"{plain(keys[run[0]]) or ''}{SUBTOTAL_LABEL}"
        result += [*members, PrintedRow(_sums(columns, [row.cells for row in members], label), RowKind.SUBTOTAL)]
    return result


def _printed(value: Any, column: TableColumn) -> Any:
    """A cell as it is printed: numbers have the decimals of their format, so that a printed column adds up to its total."""
    value = plain(value)
    if isinstance(value, float) and column.format:
        return half_up(value, decimals(column)) + 0.0 if math.isfinite(value) else value
    return without_control(value) if isinstance(value, str) else value


def _sums(columns: Sequence[TableColumn], rows: Sequence[Sequence[Any]], label: str) -> list[Any]:
    sums: list[Any] = []
    for position, column in enumerate(columns):
        known = [row[position] for row in rows if isinstance(row[position], (int, float))]
        if column.total == "label":
            sums.append(label)
        elif column.total == "sum" and known:
            sums.append(round(sum(known), 6))
        elif column.total.startswith(COUNT):
            sums.append(_count([row[position] for row in rows], column.total[len(COUNT) + 1 :]))
        else:
            sums.append(None)
    return sums


def _count(cells: Sequence[Any], word: str) -> int | None:
    """How many cells hold the word, of '' any value; None where none of them holds anything."""
    held = [cell for cell in cells if cell is not None]
    return sum(not word or cell == word for cell in held) if held else None
