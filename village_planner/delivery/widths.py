"""How wide the columns of a printed table are: each as wide as a number or code needs, the room that is left where it spares most lines."""

from __future__ import annotations

import math
import re
import unicodedata
from functools import lru_cache
from itertools import accumulate
from typing import Any, Iterator, Sequence

import numpy as np

from village_planner.delivery.rows import PrintedRow, decimals, own_cells
from village_planner.standards import TableColumn

_SHORT = 20
_EDGE = 1.0
_LEAST_TEXT, _LEAST_HEADING, _EMPTY = 11.0, 5.0, 10.0
_ROW = 0.3
"""Height of a row without its lines, in lines."""
_PAGE_LINES = 40
_NEIGHBOURS = 1e-3
"""What a line is worth that does not make its row lower, since another cell is as high: so that two such columns grow together."""
_WORTH, _SMALLEST_PRINT = 1.5, 0.7
_STRETCH = 1.25
_MOST_LINES = 6
_NAME, _REST = 32, 4
"""Width of a name or number of a paper that two lines of a column can hold, and of a rest that should not be alone on the last."""
_AIR = 0.8
"""Room that texts of several lines have besides: programs measure them somewhat differently."""
_MOST_MORE, _LITTLE_MORE = 20, 5
"""Digits by which a column of names, and one of longer texts, may be widened for better breaks."""
_BOLD = 0.2
"""What a bold digit of a heading is wider than another."""
_LATIN = 1.25
"""Width of a digit or letter among Chinese characters, whose font may be missing: those of others are wider than half a character."""
_CODE = re.compile(r"[A-Za-z0-9\-]+")
_UNBROKEN = re.compile(r"[A-Za-z0-9.,%\-]+|[^/]/[^/]?|.", re.DOTALL)
_YEAR = re.compile(r"\d{4}年(?=.)")
_OPENING, _CLOSING = set("（〔【《“(["), set("）〕】》”)]")
_NEVER_FIRST = set("，。、；：？！）》】〕”’%,.;:?!)]")


def column_widths(columns: Sequence[TableColumn], rows: Sequence[PrintedRow], page: float) -> list[float]:
    """Column widths in characters, so that the table takes few lines on its pages.

    page: characters that a page of the table's paper holds at its normal size. Numbers and codes never break; the room that they
    leave goes, step by step, to the column in which a character's width spares most lines. Where a table needs more than the page, or is
    much lower for it, it is wider than the page and printed smaller, not below seven tenths unless numbers and headings ask for it. Room that spares nothing
    is shared by the columns whose texts are not broken; the others get somewhat more where brackets would be. Columns that come again are equally wide.
    """
    cells = own_cells(columns, rows)
    texts = [_Texts(column, own) for column, own in zip(columns, cells)]
    filled = [any(cell not in (None, "") for cell in own) for own in cells]
    widths = _alike(columns, filled, [_least(column, own, text) for column, own, text in zip(columns, cells, texts)])
    lines = [text.lines(width) for text, width in zip(texts, widths)]
    weights = np.array([1.0] * len(rows) + [max(1.0, len(rows) / _PAGE_LINES)])
    while True:
        total, height = sum(widths), _height(lines, weights)
        best: tuple[float, int, float] | None = None
        for position, text in enumerate(texts):
            others = [own for other, own in enumerate(lines) if other != position]
            highest = np.max(others, axis=0) if others else np.ones(len(weights))
            for width in text.breaks(widths[position], lines[position]):
                more, made = width - widths[position], text.lines(width)
                spared = height - _rows_height(np.maximum(highest, made), weights)
                value = (spared + _NEIGHBOURS * float(weights @ (lines[position] - made))) / more
                if total + more > page and not (total + more <= page / _SMALLEST_PRINT and spared / height >= _WORTH * more / total):
                    continue
                if value > 0 and (best is None or value > best[0]):
                    best = value, position, width
        if best is None:
            break
        _, position, widths[position] = best
        lines[position] = texts[position].lines(widths[position])
    widths = _alike(columns, filled, widths)
    broken = [any(isinstance(cell, str) and wrapped_lines(cell, width) > 1 for cell in own) for own, width in zip(cells, widths)]
    widths = [_unbroken(own, width) + _AIR if is_broken else width for own, width, is_broken in zip(cells, widths, broken)]
    whole = sum(width for width, is_broken in zip(widths, broken) if not is_broken)
    share = min(_STRETCH, max(1.0, 1.0 + (page - sum(widths)) / whole)) if whole else 1.0
    return [width if is_broken else width * share for width, is_broken in zip(widths, broken)]


def _alike(columns: Sequence[TableColumn], filled: Sequence[bool], widths: Sequence[float]) -> list[float]:
    """The widths, those of numbers that come again under other headings (户 of each phase) being the widest of them that is filled."""
    keys = [(column.heading[1:], column.format) if column.format and len(column.heading) > 1 else (position,) for position, column in enumerate(columns)]
    groups = [[position for position, other in enumerate(keys) if other == key] for key in keys]
    return [max(widths[position] for position in [one for one in group if filled[one]] or group) for group in groups]


def _unbroken(cells: Sequence[Any], width: float) -> float:
    """The width, or a greater one at which fewer texts are broken within brackets or leave a mark alone on their last line."""
    texts = sorted({cell for cell in cells if isinstance(cell, str) and wrapped_lines(cell, width) > 1})
    most = _MOST_MORE if all(text_width(text) <= _NAME for text in texts) else _LITTLE_MORE
    rough = [sum(_is_rough(text, width + more) or _is_rough(text, width + more + _AIR) for text in texts) for more in range(most + 1)]
    return width + rough.index(min(rough))


def _is_rough(text: str, width: float) -> bool:
    """Whether a line ends within brackets, a name for two lines has a third, or a longer text, or one with brackets, a rest of one or two characters."""
    lines = _broken(text, max(width - _EDGE, 2.0))
    depth = list(accumulate(sum(char in _OPENING for char in line) - sum(char in _CLOSING for char in line) for line in lines))
    is_name, has_rest = text_width(text) <= _NAME, len(lines) > 1 and text_width(lines[-1]) <= _REST
    return any(depth[:-1]) or (is_name and len(lines) > 2) or (has_rest and (not is_name or not _OPENING.isdisjoint(text)))


def _broken(text: str, usable: float) -> list[str]:
    """The lines of a text as a program breaks it that knows no marks (LibreOffice, in cells)."""
    lines, used, latin = [""], 0.0, _latin(text)
    for part in _pieces(text, usable, latin):
        size = _width(part, latin)
        if used and used + size > usable:
            lines, used = [*lines, ""], 0.0
        lines[-1], used = lines[-1] + part, used + size
    return lines


def is_short(cells: Sequence[Any], width: float) -> bool:
    """Whether all texts of a column are short enough to stand centred."""
    texts = [cell for cell in cells if isinstance(cell, str)]
    return all(text_width(text) <= _SHORT and wrapped_lines(text, width) == 1 for text in texts)


@lru_cache(maxsize=100_000)
def text_width(text: str) -> float:
    """Width in digits of the font; a Chinese character takes two, a digit among them somewhat more than one."""
    return _width(text, _latin(text))


def _width(text: str, latin: float) -> float:
    return sum(2.0 if unicodedata.east_asian_width(char) in "WFA" else latin if char.isalnum() else 1.0 for char in text)


def _latin(text: str) -> float:
    """Width of a digit within the text."""
    return 1.0 if text.isascii() else _LATIN


def broken_heading(text: str, width: float) -> str:
    """A heading in lines: where it does not fit in one, its unit in brackets has a line of its own, and the lines of its name are of about the same length."""
    width -= _BOLD * sum(char.isascii() and char.isalnum() for char in text)
    if wrapped_lines(text, width) == 1:
        return text
    name, bracket, unit = text.partition("（")
    lines = wrapped_lines(name, width)
    year = _YEAR.match(name)
    if lines > 1 and year:
        name = f"{year.group()}\n{name[year.end():]}"
    elif lines > 1 and (mark := next((mark for mark in "/、" if name.count(mark) == 1), "")):
        name = name.replace(mark, f"{mark}\n")
    elif lines > 1 and all(unicodedata.east_asian_width(char) in "WF" for char in name):
        # The shorter lines come first: 特色 above 保护类.
        ends = [len(name) * line // lines for line in range(lines + 1)]
        name = "\n".join(name[start:end] for start, end in zip(ends, ends[1:]))
    return name + (f"\n{bracket}{unit}" if bracket else "")


def wrapped_lines(text: str, width: float) -> int:
    """Number of lines that a text takes in a column of `width` characters; a little room is left at the edge.

    Numbers and words stay whole where they fit a line, and no line begins with a closing mark.
    """
    usable = max(width - _EDGE, 2.0)
    return sum(_line_count(line, usable) for line in text.split("\n"))


@lru_cache(maxsize=100_000)
def _line_count(line: str, usable: float) -> int:
    if text_width(line) <= usable:
        return 1
    count, used, before, latin = 1, 0.0, 0.0, _latin(line)
    for part in _pieces(line, usable, latin):
        size = _width(part, latin)
        if used and used + size > usable:
            count += 1
            # A closing mark takes the character before it along.
            used = before if part[0] in _NEVER_FIRST and before + size <= usable else 0.0
        used, before = used + size, size
    return count


def _pieces(line: str, usable: float, latin: float) -> Iterator[str]:
    for part in _UNBROKEN.findall(line):
        yield from [part] if _width(part, latin) <= usable else part


class _Texts:
    """The texts of a column by row, its heading as the last row."""

    def __init__(self, column: TableColumn, cells: Sequence[Any]) -> None:
        name, bracket, unit = column.heading[-1].partition("（") if column.heading else ("", "", "")
        self._count = len(cells) + 1
        parts = [(row, text_width(line)) for row, cell in enumerate(cells) if isinstance(cell, str) for line in cell.split("\n")]
        self.longest = max((size for _, size in parts), default=0)
        self.name = name
        self.heading = [text_width(part) for part in (name, bracket + unit) if part]
        self.unit = text_width(bracket + unit)
        parts += [(len(cells), size) for size in self.heading]
        self._row, self._size = np.array([row for row, _ in parts], dtype=int), np.array([size for _, size in parts], dtype=float)

    def lines(self, width: float) -> np.ndarray:
        """Lines of each row, at least one."""
        usable = max((width - _EDGE) // 2 * 2, 2.0)
        return np.maximum(np.bincount(self._row, np.ceil(self._size / usable), self._count), 1.0)

    def breaks(self, width: float, lines: np.ndarray) -> set[float]:
        """Greater widths at which some text, or all texts, take fewer lines."""
        if not len(self._size):
            return set()
        usable = max((width - _EDGE) // 2 * 2, 2.0)
        now = np.ceil(self._size / usable)
        broken = now > 1
        sizes = set((np.ceil(self._size[broken] / (now[broken] - 1) / 2) * 2).tolist())
        nearest = {min(sizes)} if sizes else set()
        whole = {math.ceil(self._size.max() / count / 2) * 2 for count in range(1, _MOST_LINES)}
        return {size + _EDGE for size in nearest | whole if size > usable}


def _least(column: TableColumn, cells: Sequence[Any], texts: _Texts) -> float:
    """The width below which a column may not fall: numbers, codes, units and short texts whole, a heading in two lines, longer texts by five characters."""
    heading = max((math.ceil(size / 4) * 2 if size > 6 else size for size in texts.heading), default=0) + _EDGE
    heading = max(heading, texts.unit + _EDGE)
    while wrapped_lines(texts.name, heading) > 2:
        heading += 1.0
    if all(cell is None or cell == "" for cell in cells):
        return max(heading, _LEAST_HEADING, min(column.width, _EMPTY))
    text = min(texts.longest + _EDGE, _LEAST_TEXT)
    return max(heading, _LEAST_HEADING, text if texts.longest else 0.0, _unbreakable(column, cells))


def _unbreakable(column: TableColumn, cells: Sequence[Any]) -> float:
    """Width of the longest number or code in a column, its total included."""
    needed = 0.0
    for cell in cells:
        if isinstance(cell, str):
            needed = max([needed, *(len(word) * _latin(cell) for word in _CODE.findall(cell))])
        elif isinstance(cell, (int, float)):
            needed = max(needed, len(f"{cell:,.{decimals(column)}f}"))
    return needed + 2.0


def _height(lines: Sequence[np.ndarray], weights: np.ndarray) -> float:
    return _rows_height(np.max(lines, axis=0), weights)


def _rows_height(lines: np.ndarray, weights: np.ndarray) -> float:
    return float(weights @ (lines + _ROW))
