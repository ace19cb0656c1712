"""The columns of a printed table: repeated ones spread out, heading cells, and how wide each column must be."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Sequence

from village_planner.delivery.rows import PrintedRow, decimals
from village_planner.standards import Profile, TableColumn, TableSpec

_WIDEST = 60.0
_STRETCH, _SHORT = 1.5, 20


@dataclass(frozen=True)
class HeadingBlock:
    """A cell of the heading: first and last column, first and last level, all counted from 0."""

    start: int
    stop: int
    level: int
    below: int
    text: str


def expanded_columns(spec: TableSpec, phases: Sequence[int], profile: Profile) -> list[TableColumn]:
    """All columns from left to right; the repeated ones once per phase, or once per code of the list `repeat_by`."""
    if spec.repeat_by == "phase":
        repeats = [(str(year), str(year), str(year)) for year in phases]
    else:
        repeats = [(row["code"], row["name"], row.get("short") or row["name"]) for row in profile.code_list(spec.repeat_by).rows]
    spread = [
        TableColumn(
            (*spec.phase_heading.format(phase=code, name=name, short=short).split("|"), *column.heading),
            column.value.format(phase=code), column.format, column.total, column.width, column.needs,
        )
        for code, name, short in repeats
        for column in spec.per_phase
    ]
    return [*spec.columns, *spread, *spec.columns_after]


def heading_depth(columns: Sequence[TableColumn]) -> int:
    """How many rows the headings take."""
    return max(len(column.heading) for column in columns)


def heading_blocks(columns: Sequence[TableColumn]) -> list[HeadingBlock]:
    """The heading's cells: equal neighbours are one, and a short heading reaches down."""
    blocks, depth = [], heading_depth(columns)
    for level in range(depth):
        position = 0
        while position < len(columns):
            heading = columns[position].heading
            if len(heading) <= level:
                position += 1
                continue
            stop = position
            is_leaf = len(heading) == level + 1
            while not is_leaf and stop + 1 < len(columns) and columns[stop + 1].heading[: level + 1] == heading[: level + 1]:
                stop += 1
            blocks.append(HeadingBlock(position, stop, level, depth - 1 if is_leaf else level, heading[level]))
            position = stop + 1
    return blocks


def column_widths(columns: Sequence[TableColumn], rows: Sequence[PrintedRow], page: float) -> list[float]:
    """Column widths in characters: as the profile says, as wide as a number or code needs, and wider for texts while the page has room.

    page: characters that a page of the table's paper holds at its normal size.
    """
    cells = [[row.cells[position] for row in rows] for position in range(len(columns))]
    least = [max(column.width, _unbreakable(column, own)) for column, own in zip(columns, cells)]
    stretch = min(_STRETCH, max(1.0, page / sum(least)))
    widths = []
    for width, own in zip(least, cells):
        longest = max((text_width(cell) + 4.0 for cell in own if isinstance(cell, str)), default=0.0)
        widths.append(min(max(width, min(longest, width * stretch)), _WIDEST))
    return widths


def is_short(cells: Sequence[Any], width: float) -> bool:
    """Whether all texts of a column are short enough to stand centred."""
    texts = [cell for cell in cells if isinstance(cell, str)]
    return all(text_width(text) <= _SHORT and wrapped_lines(text, width) == 1 for text in texts)


def text_width(text: str) -> int:
    """Width in characters of the normal font; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def wrapped_lines(text: str, width: float) -> int:
    """Number of lines that a text takes in a column of `width` characters; a little room is left at the edge."""
    usable = max(width - 1.0, 2.0)
    return sum(max(1, math.ceil(text_width(line) / usable)) for line in text.split("\n"))


def _unbreakable(column: TableColumn, cells: Sequence[Any]) -> float:
    """Width of the longest number or code in a column, its total included."""
    needed = 0
    for cell in cells:
        if isinstance(cell, str):
            needed = max([needed, *(len(word) for word in re.findall(r"[A-Za-z0-9\-]+", cell))])
        elif isinstance(cell, (int, float)):
            needed = max(needed, len(f"{cell:,.{decimals(column)}f}"))
    return needed + 2.0
