"""The columns of a printed table with its repeated ones spread out, and how much room a text takes in a cell."""

from __future__ import annotations

import math
import unicodedata
from typing import Sequence

from village_planner.standards import Profile, TableColumn, TableSpec


def expanded_columns(spec: TableSpec, phases: Sequence[int], profile: Profile) -> list[TableColumn]:
    """All columns from left to right; the repeated ones once per phase, or once per code of the list `repeat_by`."""
    if spec.repeat_by == "phase":
        repeats = [(str(year), str(year)) for year in phases]
    else:
        repeats = [(row["code"], row["name"]) for row in profile.code_list(spec.repeat_by).rows]
    spread = [
        TableColumn(
            (spec.phase_heading.format(phase=code, name=name), *column.heading),
            column.value.format(phase=code), column.format, column.total, column.width,
        )
        for code, name in repeats
        for column in spec.per_phase
    ]
    return [*spec.columns, *spread, *spec.columns_after]


def text_width(text: str) -> int:
    """Width in characters of the normal font; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def wrapped_lines(text: str, width: float) -> int:
    """Number of lines that a text takes in a column of `width` characters; a little room is left at the edge."""
    usable = max(width - 1.0, 2.0)
    return sum(max(1, math.ceil(text_width(line) / usable)) for line in text.split("\n"))
