"""A report as PDF: pages of A4 with its title in the foot and their numbers."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QMarginsF, QRectF, QSizeF, Qt
from qgis.PyQt.QtGui import QFont, QFontMetricsF, QPageSize, QPainter, QPdfWriter, QTextDocument, QTransform

from village_planner.base.messages import CHINESE, Message, render
from village_planner.base.report import SAYS, Report, Section
from village_planner.desk.styles import label_font

_DPI = 300
_MARGIN_MM, _FOOT_MM, _MM_PER_INCH = 18.0, 8.0, 25.4
_POINTS, _FOOT_POINTS = 9.0, 8.0
_LINE, _PADDING = _DPI / 96, 3 * _DPI / 96
"""Of tables, in dots: Qt takes a pixel for 1/96 inch."""
_CELL = "style='padding:3px 5px' valign='top'"
_WIDTHS = {"规则": 9, "等级": 7, "状态": 8, "对象": 19, "规则可信度": 12}
_WIDTH, _WIDEST, _FEW = 18, 42, 3
"""Widths of columns in percent: of those that are not listed, and where there are few."""
_CELL_DOTS, _WIDEST_CODE = 12 * _DPI / 96, 35.0
"""What padding and lines take of a column; the percent of the page up to which a column grows for its codes."""
_BREAKS = re.compile(r"([/_]|\.(?!\d))")
"""Where a path or sentence may break, which has no blanks; points within numbers are none."""
_CODE = re.compile(r"[!-~]+")


@dataclass(frozen=True)
class Strip:
    """A paragraph or row in a document without pages: top, bottom; head: top and bottom of its table's heading; leads: must not end a page."""

    top: float
    bottom: float
    head: tuple[float, float] | None = None
    leads: bool = False


@dataclass(frozen=True)
class Letters:
    """How wide letters are, and the page, in dots."""

    metrics: QFontMetricsF
    page: float

    def percent_for(self, texts: Sequence[str]) -> float:
        """Of the page's width, what the longest code in texts needs so as to stay in one line; no more than a third."""
        codes = {code for text in texts for code in _CODE.findall(_BREAKS.sub("\\1\u200b", text))}
        widest = max((self.metrics.horizontalAdvance(code) for code in codes), default=0.0)
        return min(100 * (widest + _CELL_DOTS) / self.page, _WIDEST_CODE)


def write_report_pdf(report: Report, path: Path) -> None:
    """Write the report, as base.report has it as HTML, to a PDF in Chinese. Raises OSError where the file cannot be written."""
    with path.open("wb"):
        pass
    writer = QPdfWriter(str(path))
    writer.setResolution(_DPI)
    writer.setPageSize(_a4())
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    title = render(report.title, CHINESE)
    writer.setTitle(title)
    font = _font()
    size = QSizeF(writer.width() - 2 * _dots(_MARGIN_MM), writer.height() - 2 * _dots(_MARGIN_MM) - _dots(_FOOT_MM))
    document = laid_out(report, title, writer, size.width())
    slices = paged(_strips(document), size.height())
    painter = QPainter()
    if not painter.begin(writer):
        raise OSError(None, None, str(path))
    try:
        for number, (top, bottom, head) in enumerate(slices, 1):
            if number > 1:
                writer.newPage()
            y = _dots(_MARGIN_MM)
            for start, end in ([head] if head else []) + [(top, bottom)]:
                _draw_slice(painter, document, size.width(), start, end, y)
                y += end - start
            _draw_foot(painter, font, size, title, number, len(slices))
    finally:
        painter.end()


def laid_out(report: Report, title: str, writer: QPdfWriter, width: float) -> QTextDocument:
    """The report as a document without pages, of a width in dots of the writer."""
    document = QTextDocument()
    document.documentLayout().setPaintDevice(writer)
    document.setDefaultFont(_font())
    document.setDocumentMargin(0)
    document.setHtml(_page(report, title, Letters(QFontMetricsF(_font(), writer), width)))
    document.setTextWidth(width)
    return document


def _font() -> QFont:
    font = QFont(label_font())
    font.setPointSizeF(_POINTS)
    return font


def _a4() -> Any:
    # Before Qt 5.15 sizes were known by number only; both names lead to the same one.
    sizes = getattr(QPageSize, "PageSizeId", QPageSize)
    return QPageSize(sizes.A4)


def _dots(mm: float) -> float:
    return mm * _DPI / _MM_PER_INCH


def _strips(document: QTextDocument) -> list[Strip]:
    """What may stand on a page by itself, from the top down: paragraphs and rows of tables."""
    layout = document.documentLayout()
    found: list[Strip] = []
    place = document.rootFrame().begin()
    while not place.atEnd():
        table = place.currentFrame()
        block = place.currentBlock()
        # Behind a table there is an empty block that stands nowhere.
        if table is None and block.text():
            rect = layout.blockBoundingRect(block)
            found.append(Strip(rect.top(), rect.bottom(), None, block.blockFormat().headingLevel() > 0))
        elif table is not None:
            edges = _edges(table, layout)
            heads = table.format().headerRowCount()
            head = (edges[0], edges[heads]) if heads else None
            found += [Strip(edges[row], edges[row + 1], head if row >= heads else None, row < heads) for row in range(table.rows())]
        place += 1
    return found


def _edges(table: Any, layout: Any) -> list[float]:
    """Where the lines above the rows lie, and the one below the last."""
    def rects(row: int) -> list[QRectF]:
        return [layout.blockBoundingRect(table.cellAt(row, column).lastCursorPosition().block()) for column in range(table.columns())]

    tops = [layout.blockBoundingRect(table.cellAt(row, 0).firstCursorPosition().block()).top() - _PADDING - _LINE for row in range(table.rows())]
    return [*tops, max(rect.bottom() for rect in rects(table.rows() - 1)) + _PADDING]


def paged(strips: Sequence[Strip], height: float) -> list[tuple[float, float, tuple[float, float] | None]]:
    """Pages of at most `height`: from where to where, and the heading of the table that goes on there, None where none does.

    No strip is cut that fits on a page, and none that `leads` ends one.
    """
    pages: list[tuple[float, float, tuple[float, float] | None]] = []
    first = 0
    while first < len(strips):
        head = strips[first].head
        # A heading that would leave no room is not repeated.
        head = head if head and head[1] - head[0] < height / 2 else None
        room = height - (head[1] - head[0] if head else 0.0)
        last = first
        while last + 1 < len(strips) and strips[last + 1].bottom - strips[first].top <= room:
            last += 1
        while last + 1 < len(strips) and last > first and strips[last].leads:
            last -= 1
        top, bottom = strips[first].top, strips[last].bottom
        while bottom - top > room:
            pages.append((top, top + room, head))
            top += room
        pages.append((top, bottom, head))
        first = last + 1
    return pages


def _draw_slice(painter: QPainter, document: QTextDocument, width: float, top: float, bottom: float, y: float) -> None:
    """The part of the document from `top` to `bottom` at the height `y` of the page, with the line that closes a row."""
    painter.save()
    painter.setTransform(QTransform.fromTranslate(_dots(_MARGIN_MM), y - top))
    document.drawContents(painter, QRectF(0, top, width, bottom - top + _LINE))
    painter.restore()


def _draw_foot(painter: QPainter, font: QFont, size: QSizeF, title: str, number: int, count: int) -> None:
    small = QFont(font)
    small.setPointSizeF(_FOOT_POINTS)
    painter.setFont(small)
    foot = QRectF(_dots(_MARGIN_MM), _dots(_MARGIN_MM) + size.height(), size.width(), _dots(_FOOT_MM))
    bottom = Qt.AlignmentFlag.AlignBottom
    painter.drawText(foot, int(Qt.AlignmentFlag.AlignLeft | bottom), title)
    painter.drawText(foot, int(Qt.AlignmentFlag.AlignRight | bottom), render(Message("base.report.page", {"number": number, "count": count}), CHINESE))


def _page(report: Report, title: str, letters: Letters) -> str:
    """HTML of the kind that QTextDocument understands: tables with borders of their own, repeated headings, no style sheet."""
    figures = "".join(
        f"<tr><td width='22%' bgcolor='#f2f2f2' {_CELL}>{_safe(name)}</td><td {_CELL}>{_safe(value)}</td></tr>" for name, value in report.figures.items()
    )
    parts = [f"<h2>{_safe(title)}</h2>", _table(figures)]
    for section in report.sections:
        parts.append(f"<h3>{_safe(render(section.title, CHINESE))}（{len(section.rows)}）</h3>")
        parts.append(_section(section, letters))
    return "<html><body>" + "".join(parts) + "</body></html>"


def _section(section: Section, letters: Letters) -> str:
    if not section.rows:
        return f"<p>{_safe(render(Message('base.report.nothing'), CHINESE))}</p>"
    columns = list(dict.fromkeys(name for facts in section.facts for name in facts))
    wide = _WIDEST if len(columns) == _FEW else _WIDTH
    needed = {name: letters.percent_for([str(facts.get(name, "")) for facts in section.facts]) for name in columns}
    widths = {name: math.ceil(max(_WIDTHS.get(name, wide), needed[name])) for name in columns}
    head = "".join(f"<th width='{widths[name]}%' bgcolor='#f2f2f2' align='left' {_CELL}>{_safe(name)}</th>" for name in columns)
    head += f"<th bgcolor='#f2f2f2' align='left' {_CELL}>{_safe(render(SAYS, CHINESE))}</th>"
    rows = "".join(
        "<tr>" + "".join(f"<td {_CELL}>{_broken(facts.get(name, ''))}</td>" for name in columns) + f"<td {_CELL}>{_broken(render(row, CHINESE))}</td></tr>"
        for row, facts in zip(section.rows, section.facts)
    )
    return _table(f"<thead><tr>{head}</tr></thead>{rows}")


def _table(rows: str) -> str:
    return f"<table width='100%' border='1' cellspacing='0' style='border-collapse:collapse;border-color:#bbbbbb'>{rows}</table>"


def _safe(value: Any) -> str:
    return html.escape(str(value))


def _broken(value: Any) -> str:
    return _BREAKS.sub("\\1\u200b", _safe(value))
