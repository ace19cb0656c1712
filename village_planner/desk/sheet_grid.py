"""Where the maps of a sheet stand on its paper, and where what is told beside them: whatever gives the largest scale."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from village_planner.desk.sheet_blocks import GAP
from village_planner.desk.sheet_page import Box

PAPERS = ((420.0, 297.0), (297.0, 420.0))
MARGIN, TITLE, FOOT, PANEL_TITLE = 10.0, 21.0, 9.0, 9.5
_COLUMN, _STRIP = 84.0, 88.0
# Of what stands beside several maps: its least side and area as one cell, and how high or wide a strip or column is at least.
_LEAST_SIDE, _LEAST_AREA, _LEAST_STRIP = 75.0, 9_000.0, 60.0
# How high or wide a strip or column beside such a cell is at most: the maps have the rest around them.
_MOST_STRIP, _MOST_COLUMN = 62.0, 90.0
_ROOM_AROUND = 1.06
_STEPS = (
    1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.2, 2.4, 2.5, 2.6, 2.8, 3.0, 3.2, 3.4, 3.5, 3.6, 3.8, 4.0, 4.2, 4.5, 4.8, 5.0, 5.5, 6.0, 6.5, 7.0,
    7.5, 8.0, 8.5, 9.0, 9.5, 10.0,
)
_SMALLEST_M = 200.0


@dataclass(frozen=True)
class Arrangement:
    """Paper, boxes of the maps and of what stands beside them (mm), and the scale's denominator."""

    paper: tuple[float, float]
    maps: tuple[Box, ...]
    beside: tuple[Box, ...]
    denominator: int

    @property
    def space(self) -> float:
        """mm² beside the maps."""
        return sum(box.width * box.height for box in self.beside)


def arrange(maps: int, bounds: tuple[float, float, float, float], with_titles: bool = False, growth: float = 1.0) -> Arrangement:
    """The arrangement of `maps` maps of the same extent with the largest scale, of those the one with the most space beside them.

    One map has a column or strip beside it; several stand in a grid, and what they do not need of the paper is a strip or column, too, or the grid's last cell.
    growth: how many times longer the sides of the paper are than those of A3.
    """
    found: list[Arrangement] = []
    for paper in ((round(width * growth), round(height * growth)) for width, height in PAPERS):
        title, foot = TITLE * growth, FOOT * growth
        body = Box(MARGIN, MARGIN + title, paper[0] - 2 * MARGIN, paper[1] - 2 * MARGIN - title - foot)
        head = PANEL_TITLE * growth if with_titles else 0.0
        if maps == 1:
            found.append(_alone(paper, body, bounds, growth, head))
        else:
            found += _grids(maps, paper, body, bounds, growth, head)
    return min(found, key=lambda one: (one.denominator, -one.space))


def denominator(bounds: tuple[float, float, float, float], room: Box) -> int:
    """The scale in which the bounds (m) fit into a box with some room around, in steps that read well."""
    width, height = _sides(bounds)
    needed = max(width / room.width, height / room.height)
    power = 10.0 ** math.floor(math.log10(needed))
    return round(next(step * power for step in _STEPS if step * power >= needed * (1 - 1e-9)))


def _sides(bounds: tuple[float, float, float, float]) -> tuple[float, float]:
    """Width and height of bounds (m) with the room around them, in thousandths: of a scale 1:1,000 in mm."""
    west, south, east, north = bounds
    return max(east - west, _SMALLEST_M) * 1000 * _ROOM_AROUND, max(north - south, _SMALLEST_M) * 1000 * _ROOM_AROUND


def _alone(paper: tuple[float, float], body: Box, bounds: tuple[float, float, float, float], growth: float, head: float) -> Arrangement:
    column, strip = _COLUMN * growth, _STRIP * growth
    beside = Box(body.right - column, body.y, column, body.height)
    room = Box(body.x, body.y, body.width - column - GAP, body.height)
    if paper[1] > paper[0]:
        beside = Box(body.x, body.bottom - strip, body.width, strip)
        room = Box(body.x, body.y, body.width, body.height - strip - GAP)
    room = Box(room.x, room.y + head, room.width, room.height - head)
    return Arrangement(paper, (room,), (beside,), denominator(bounds, room))


def _grids(
    maps: int, paper: tuple[float, float], body: Box, bounds: tuple[float, float, float, float], growth: float, title: float
) -> Iterator[Arrangement]:
    """Grids of all shapes, with a strip below or a column to the right, or with neither where a cell is left that is large enough."""
    for across in range(1, maps + 1):
        down = math.ceil(maps / across)
        for strip, column in ((0.0, 0.0), (_LEAST_STRIP * growth, 0.0), (0.0, _COLUMN * growth)):
            cell = _cell(body, across, down, strip, column)
            if cell.height <= 2 * title or cell.width <= 2 * title:
                continue
            scale = denominator(bounds, Box(0, 0, cell.width, cell.height - title))
            width, height = (side / scale for side in _sides(bounds))
            left = _left_over(body, across * (width + GAP), down * (height + title + GAP), strip, column, _LEAST_STRIP * growth)
            strip, column = (min(side, most * growth) for side, most in zip(left, (_MOST_STRIP, _MOST_COLUMN))) if across * down > maps else left
            one = _grid(maps, paper, body, across, (strip, column), title, scale)
            least = min(one.beside[0].width, one.beside[0].height) if one.beside else 0.0
            if strip or column or (least >= _LEAST_SIDE and one.space >= _LEAST_AREA):
                yield one


def _left_over(body: Box, width: float, height: float, strip: float, column: float, least: float) -> tuple[float, float]:
    """Height of the strip and width of the column: all that the maps leave of the body on the wanted side; where none is wanted, on that where it is more."""
    free_height, free_width = body.height - height, body.width - width
    if not (strip or column):
        below = free_height * body.width >= free_width * body.height
        strip, column = (free_height, 0.0) if below else (0.0, free_width)
        return (strip if strip >= least else 0.0), (column if column >= least else 0.0)
    return (max(strip, free_height), 0.0) if strip else (0.0, max(column, free_width))


def _cell(body: Box, across: int, down: int, strip: float, column: float) -> Box:
    """The first cell of a grid above a strip, left of a column."""
    width, height = body.width - (column + GAP if column else 0.0), body.height - (strip + GAP if strip else 0.0)
    return Box(body.x, body.y, (width - GAP * (across - 1)) / across, (height - GAP * (down - 1)) / down)


def _grid(
    maps: int, paper: tuple[float, float], body: Box, across: int, sides: tuple[float, float], title: float, scale: int
) -> Arrangement:
    """The grid itself. sides: height of the strip and width of the column, 0 for none."""
    (strip, column), down = sides, math.ceil(maps / across)
    cell = _cell(body, across, down, strip, column)
    places = [(number % across * (cell.width + GAP), number // across * (cell.height + GAP)) for number in range(across * down)]
    rooms = tuple(Box(body.x + x, body.y + y + title, cell.width, cell.height - title) for x, y in places[:maps])
    beside = []
    if len(places) > maps:
        x, y = places[maps]
        beside.append(Box(body.x + x, body.y + y, places[-1][0] + cell.width - x, cell.height))
    if strip:
        beside.append(Box(body.x, body.bottom - strip, body.width, strip))
    if column:
        beside.append(Box(body.right - column, body.y, column, body.height))
    return Arrangement(paper, rooms, tuple(beside), scale)
