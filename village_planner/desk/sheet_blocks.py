"""What stands beside the maps of a sheet: legend, tables, scale, inset, notes; blocks that are stacked and shrunk until all of them fit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

from qgis.core import QgsLineSymbol, QgsMarkerSymbol, QgsRectangle

from village_planner.delivery.sheets import MapClass, MapLayer, PrintedTable
from village_planner.desk.sheet_labels import fit_simply
from village_planner.desk.sheet_page import CENTRE, LINE_HEIGHT, MM_PER_POINT, RIGHT, Box, Page
from village_planner.desk.sheet_symbols import legend_symbol, map_layers
from village_planner.desk.sheet_trial import Frame

GAP = 3.0
_SMALLEST = 0.45
_STACK_WIDTH, _GOOD_WIDTH, _GOOD_SCALE = 60.0, 80.0, 0.9
_TEXT, _HEADING = 7.8, 9.0
_ROW, _HEADING_ROW = 5.0, 6.0
# A text of the legend that takes more lines, of which so many at most where it has several columns, makes its row so much higher.
_MORE_ROW, _MOST_LINES = 3.2, 2
_SAMPLE = 8.0
_LEAST_SHARE = 0.9
"""How far a text of the legend may be smaller than the others."""
_MOST_UNEVEN = 1.25
"""How much higher than the mean a column of the legend may be for the sake of whole groups."""


class Block(Protocol):
    """A part of the column beside the maps. Heights and widths in mm; `scale` shrinks texts and rows, `columns` are those of a list."""

    def height(self, page: Page, width: float, scale: float, columns: int) -> float:
        """The height that it takes in a column."""

    def draw(self, page: Page, box: Box, scale: float, columns: int) -> None:
        """Draw it from the top of a box."""


@dataclass(frozen=True)
class Stacks:
    """Blocks side by side and below each other. scale: of their texts, 0 where they do not fit in any; ends: the first block of each stack, and the end."""

    scale: float
    ends: tuple[int, ...]
    columns: tuple[int, ...]


def stacked(page: Page, box: Box, blocks: Sequence[Block], largest: float = 1.0) -> Stacks:
    """How blocks fit a box in the largest scale up to `largest`, in as many stacks side by side as the box is wide for.

    Of scales that are nearly as large stacks count that are not narrow; of the same scale the most: a table stretched over a whole sheet is hard to read.
    """
    wide = _STACK_WIDTH * largest + GAP
    most = max(1, min(len(blocks), int((box.width + GAP) // wide)))
    ways = [_split(page, box, blocks, count, largest) for count in range(1, most + 1)]

    def worth(way: Stacks) -> tuple[float, float, float, int]:
        width = _stack_width(box, max(len(way.columns), 1))
        return min(way.scale, _GOOD_SCALE * largest), min(width, _GOOD_WIDTH * largest), way.scale, len(way.columns)

    return max(ways, key=worth)


def draw_stacks(page: Page, box: Box, blocks: Sequence[Block], stacks: Stacks) -> None:
    """Draw blocks as `stacked` says."""
    width, scale = _stack_width(box, len(stacks.columns)), stacks.scale
    for number, (first, last) in enumerate(zip(stacks.ends, stacks.ends[1:])):
        y = box.y
        for block in blocks[first:last]:
            height = block.height(page, width, scale, stacks.columns[number])
            block.draw(page, Box(box.x + number * (width + GAP), y, width, height), scale, stacks.columns[number])
            y += height + GAP * scale


def _split(page: Page, box: Box, blocks: Sequence[Block], count: int, largest: float) -> Stacks:
    best = Stacks(0.0, (), ())
    width = _stack_width(box, count)
    for cuts in combinations(range(1, len(blocks)), count - 1):
        ends = (0, *cuts, len(blocks))
        found = [_largest(page, width, box.height, blocks[first:last], largest) for first, last in zip(ends, ends[1:])]
        scale = min(size for size, _ in found)
        if scale > best.scale:
            best = Stacks(scale, ends, tuple(columns for _, columns in found))
    return best


def _stack_width(box: Box, count: int) -> float:
    return (box.width - GAP * (count - 1)) / count


def _largest(page: Page, width: float, height: float, blocks: Sequence[Block], largest: float) -> tuple[float, int]:
    """The scale in which blocks fit below each other, and the columns of their lists; 0 where they fit in none."""
    for step in range(round(largest * 20), round(_SMALLEST * 20) - 1, -1):
        scale = step / 20
        for columns in (1, 2, 3):
            heights = [block.height(page, width, scale, columns) for block in blocks]
            if sum(heights) + GAP * scale * (len(blocks) - 1) <= height:
                return scale, columns
    return 0.0, 1


@dataclass(frozen=True)
class Legend:
    """The legend: headings with their classes."""

    groups: tuple[tuple[str, tuple[MapClass, ...]], ...]

    def height(self, page: Page, width: float, scale: float, columns: int) -> float:
        """As Block; infinite where the columns are too narrow for the texts in two lines."""
        lines = self._lines(page, (width - GAP * (columns - 1)) / columns, scale)
        if columns > 1 and max(lines.values(), default=1) > _MOST_LINES:
            return math.inf
        return _HEADING_ROW * scale + max(sum(height for _, _, height in column) for column in self._columns(scale, columns, lines))

    def draw(self, page: Page, box: Box, scale: float, columns: int) -> None:
        """As Block."""
        page.text(Box(box.x, box.y, box.width, _HEADING_ROW * scale), "图　例", _HEADING * scale * 1.1, True, CENTRE)
        width = (box.width - GAP * (columns - 1)) / columns
        for number, column in enumerate(self._columns(scale, columns, self._lines(page, width, scale))):
            x, y = box.x + number * (width + GAP), box.y + _HEADING_ROW * scale
            for heading, one, height in column:
                row = Box(x, y, width, height)
                if one is None:
                    page.text(row, heading, _HEADING * scale * 0.92, True)
                else:
                    self._entry(page, row, one, scale)
                y += height

    def _entry(self, page: Page, row: Box, one: MapClass, scale: float) -> None:
        symbol, wide, high = legend_symbol(one), _SAMPLE * scale, 3.4 * scale
        sample = Box(row.x, row.y + (row.height - high) / 2, wide, high)
        if isinstance(symbol, QgsMarkerSymbol):
            page.swatch(Box(row.x + wide / 2 - 2.5, row.y + row.height / 2 - 2.5, 5, 5), symbol)
        elif isinstance(symbol, QgsLineSymbol):
            page.swatch(sample, symbol)
        else:
            page.swatch(sample, symbol)
        room, texts = self._text_width(row.width, scale), self._texts(page, one, row.width, scale)
        height = min(row.height / len(texts), _ROW * scale)
        top = row.y + (row.height - height * len(texts)) / 2
        for number, text in enumerate(texts):
            page.text(Box(row.right - room, top + number * height, room, height), text, _TEXT * scale * (1.0 if len(texts) == 1 else _LEAST_SHARE))

    def _lines(self, page: Page, width: float, scale: float) -> dict[MapClass, int]:
        """In how many lines the text of each class stands in a column of a width."""
        return {one: len(self._texts(page, one, width, scale)) for _, classes in self.groups for one in classes}

    def _texts(self, page: Page, one: MapClass, width: float, scale: float) -> list[str]:
        """The lines of a class's text in a column of a width; the count is not broken."""
        room, points, text = self._text_width(width, scale), _TEXT * scale * _LEAST_SHARE, _counted(one)
        if page.width_of(text, points) <= room:
            return [text]
        *lines, last = page.wrapped(one.name, room, points)
        count = text[len(one.name) :]
        return [*lines, last + count] if page.width_of(last + count, points) <= room else [*lines, last, count]

    @staticmethod
    def _text_width(width: float, scale: float) -> float:
        """What a column of a width leaves for the text beside the sample."""
        return width - _SAMPLE * scale - 1.8

    def _columns(self, scale: float, columns: int, lines: Mapping[MapClass, int]) -> list[list[tuple[str, MapClass | None, float]]]:
        """Rows of each column: whole groups, where that makes no column much higher than the others; else a heading stays with its first class."""
        def row(one: MapClass) -> float:
            return (_ROW + _MORE_ROW * (lines.get(one, 1) - 1)) * scale

        groups = [[(heading, None, _HEADING_ROW * scale), *((heading, one, row(one)) for one in classes)] for heading, classes in self.groups]
        rows: list[tuple[str, MapClass | None, float]] = [row for group in groups for row in group]
        limit = _high(rows) / columns
        cuts = combinations(range(1, len(groups)), max(min(columns, len(groups)) - 1, 0))
        ways = [[[row for group in groups[a:b] for row in group] for a, b in zip((0, *cut), (*cut, len(groups)))] for cut in cuts]
        whole = min(ways, key=lambda way: max(map(_high, way)))
        if max(map(_high, whole)) <= limit * _MOST_UNEVEN:
            return whole
        made: list[list[tuple[str, MapClass | None, float]]] = [[]]
        used = 0.0
        for number, entry in enumerate(rows):
            needed = entry[2] + (rows[number + 1][2] if entry[1] is None else 0.0)
            if used and used + needed > limit + _ROW * scale * 1.3 and len(made) < columns:
                made.append([])
                used = 0.0
            made[-1].append(entry)
            used += entry[2]
        return made


def _high(rows: Sequence[tuple[str, MapClass | None, float]]) -> float:
    return sum(height for *_, height in rows)


@dataclass(frozen=True)
class Table:
    """A table with a title."""

    table: PrintedTable

    def height(self, page: Page, width: float, scale: float, columns: int) -> float:
        """As Block."""
        return (_HEADING_ROW + 2 * _ROW * 0.85 + len(self.table.rows) * _ROW) * scale

    def draw(self, page: Page, box: Box, scale: float, columns: int) -> None:
        """As Block."""
        page.text(Box(box.x, box.y, box.width, _HEADING_ROW * scale), self.table.title, _HEADING * scale, True, CENTRE)
        widths = self._widths(page, box.width)
        top = box.y + _HEADING_ROW * scale
        heading = 2 * _ROW * 0.85 * scale
        edges = [box.x]
        for width in widths:
            edges.append(edges[-1] + width)
        lines = [top, top + heading]
        lines += [lines[-1] + _ROW * scale * (number + 1) for number in range(len(self.table.rows))]
        page.rectangle(Box(box.x, top, box.width, heading), 0, fill="#ececec")
        for text, x, width in zip(self.table.headings, edges, widths):
            parts = _name_and_unit(text)
            for number, part in enumerate(parts):
                cell = Box(x + 0.4, top + number * heading / len(parts), width - 0.8, heading / len(parts))
                page.text(cell, part, _TEXT * scale * 0.9, True, CENTRE)
        for number, row in enumerate(self.table.rows):
            total = self.table.has_total and number == len(self.table.rows) - 1
            for column, (text, x, width) in enumerate(zip(row, edges, widths)):
                cell = Box(x + 0.8, lines[number + 1], width - 1.6, _ROW * scale)
                page.text(cell, text, _TEXT * scale * 0.92, total, RIGHT if column else CENTRE)
        for y in lines:
            page.line([(box.x, y), (box.right, y)], line_mm=0.15)
        for x in edges:
            page.line([(x, top), (x, lines[-1])], line_mm=0.15)

    def _widths(self, page: Page, width: float) -> list[float]:
        """Columns as wide as their longest text asks, the first at most a third."""
        texts = [[*_name_and_unit(heading), *(row[column] for row in self.table.rows)] for column, heading in enumerate(self.table.headings)]
        needed = [max(page.width_of(text, _TEXT, True) for text in column) + 2.5 for column in texts]
        needed[0] = min(needed[0], 0.34 * sum(needed))
        return [width * one / sum(needed) for one in needed]


@dataclass(frozen=True)
class Scale:
    """Scale as number and bar, and the north arrow."""

    denominator: int

    def height(self, page: Page, width: float, scale: float, columns: int) -> float:
        """As Block."""
        return 15.0 * scale

    def draw(self, page: Page, box: Box, scale: float, columns: int) -> None:
        """As Block."""
        arrow = 12.0 * scale
        bar = box.width - arrow - 10
        step = _round_below(bar / 4 * self.denominator / 1000)
        length = step * 1000 / self.denominator
        x, y = box.x + (bar - 4 * length) / 2 + 2, box.y + 8.0 * scale
        page.text(Box(box.x, box.y, bar, 6.0 * scale), f"比例尺　1:{self.denominator:,}".replace(",", " "), _HEADING * scale, True, CENTRE)
        for number in range(4):
            page.rectangle(Box(x + number * length, y, length, 1.4 * scale), 0.15, fill="#000000" if number % 2 == 0 else "#ffffff")
        kilometres = step >= 1000
        for number in (0, 2, 4):
            value = number * step / (1000 if kilometres else 1)
            text = f"{value:g}" + (("千米" if kilometres else "米") if number == 4 else "")
            page.text(Box(x + number * length - 10, y + 1.6 * scale, 20, 3.6 * scale), text, 6.5 * scale, False, CENTRE)
        north_arrow(page, Box(box.right - arrow, box.y, arrow, 15.0 * scale))


@dataclass(frozen=True)
class Inset:
    """A small map of all townships."""

    title: str
    extent: QgsRectangle
    crs: int
    townships: MapLayer

    def height(self, page: Page, width: float, scale: float, columns: int) -> float:
        """As Block."""
        return 6.0 * scale + self._map_height(width, scale)

    def draw(self, page: Page, box: Box, scale: float, columns: int) -> None:
        """As Block."""
        page.text(Box(box.x, box.y, box.width, 5.0 * scale), self.title, _TEXT * scale, True, CENTRE)
        height = self._map_height(box.width, scale)
        width = min(box.width, height * self.extent.width() / self.extent.height())
        room = Box(box.x + (box.width - width) / 2, box.y + 5.5 * scale, width, height)
        names = fit_simply(self.townships, Frame(room, self.extent, self.crs))
        page.map(room, self.extent, self.crs, [*names.layers, *map_layers(self.townships, self.crs)], 0.2)

    def _map_height(self, width: float, scale: float) -> float:
        return min(52.0 * scale, width * self.extent.height() / self.extent.width())


@dataclass(frozen=True)
class Statement:
    """One sentence in a box: what the sheet says instead of tasks."""

    text: str

    def height(self, page: Page, width: float, scale: float, columns: int) -> float:
        """As Block."""
        return 12.0 * scale

    def draw(self, page: Page, box: Box, scale: float, columns: int) -> None:
        """As Block."""
        page.rectangle(Box(box.x, box.y, box.width, 12.0 * scale), 0.3)
        page.text(Box(box.x + 2, box.y, box.width - 4, 12.0 * scale), self.text, 11.0 * scale, True, CENTRE)


@dataclass(frozen=True)
class Notes:
    """Notes under their heading."""

    texts: tuple[str, ...]

    def height(self, page: Page, width: float, scale: float, columns: int) -> float:
        """As Block."""
        points = _TEXT * scale * 0.88
        lines = sum(len(page.wrapped(text, width - page.width_of(lead, points), points)) for lead, text in self._numbered())
        return lines * points * MM_PER_POINT * LINE_HEIGHT

    def draw(self, page: Page, box: Box, scale: float, columns: int) -> None:
        """As Block."""
        y, points = box.y, _TEXT * scale * 0.88
        for lead, text in self._numbered():
            indent = page.width_of(lead, points)
            page.paragraph(Box(box.x, y, box.width, box.bottom - y), lead, points)
            y += page.paragraph(Box(box.x + indent, y, box.width - indent, box.bottom - y), text, points)

    def _numbered(self) -> list[tuple[str, str]]:
        """What stands before each note, and the note, whose lines begin behind it."""
        if len(self.texts) == 1:
            return [("注：", self.texts[0])]
        return [(f"{'注：' if number == 1 else '　　'}{number}. ", text) for number, text in enumerate(self.texts, 1)]


@dataclass(frozen=True)
class Index:
    """The names of places that have a number on the map."""

    names: tuple[tuple[int, str], ...]

    def height(self, page: Page, width: float, scale: float, columns: int) -> float:
        """As Block."""
        return _HEADING_ROW * scale + math.ceil(len(self.names) / self._across(page, width, scale)) * 3.4 * scale

    def draw(self, page: Page, box: Box, scale: float, columns: int) -> None:
        """As Block."""
        page.text(Box(box.x, box.y, box.width, _HEADING_ROW * scale), "图上编号", _HEADING * scale * 0.92, True)
        across = self._across(page, box.width, scale)
        width = box.width / across
        for position, (number, name) in enumerate(self.names):
            x, y = box.x + position % across * width, box.y + _HEADING_ROW * scale + position // across * 3.4 * scale
            page.text(Box(x, y, width - 1, 3.4 * scale), f"{number} {name}", _TEXT * scale * 0.8)

    def _across(self, page: Page, width: float, scale: float) -> int:
        longest = max(page.width_of(f"{number} {name}", _TEXT * scale * 0.8) for number, name in self.names)
        return max(1, int(width // (longest + 2)))


def _name_and_unit(heading: str) -> list[str]:
    """The lines of a heading: its unit stands below it."""
    name, mark, unit = heading.partition("（")
    return [name, mark + unit] if mark else [name]


def _counted(one: MapClass) -> str:
    return f"{one.name}（{one.count}{one.unit}）" if one.count is not None else one.name


def north_arrow(page: Page, box: Box) -> None:
    """A north arrow: halves in black and white under the word 北."""
    letter = 4.0
    page.text(Box(box.x, box.y, box.width, letter), "北", 9.0, True, CENTRE)
    middle, top, bottom, half = box.x + box.width / 2, box.y + letter, box.bottom, min(box.width, box.height) * 0.26
    notch = (middle, bottom - (bottom - top) * 0.25)
    page.polygon([(middle, top), (middle - half, bottom), notch], "#000000")
    page.polygon([(middle, top), (middle + half, bottom), notch], "#ffffff")


def _round_below(metres: float) -> float:
    """The largest of 1, 2, 5 × 10ⁿ that is not above."""
    power = 10.0 ** math.floor(math.log10(metres))
    return max(factor * power for factor in (1, 2, 5) if factor * power <= metres)
