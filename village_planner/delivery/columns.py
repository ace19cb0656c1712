"""The columns of a printed table: repeated ones spread out, and the cells of its heading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

from village_planner.standards import Profile, TableColumn, TableSpec


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
