"""How a sheet of the workbook prints: its paper, headings that come again, numbers of pages, where pages end, and no last page for a line or two."""

from __future__ import annotations

from itertools import groupby
from typing import Sequence

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

CHARACTERS = {"A3": 223.0, "A4": 154.0}
"""Digits of 10 points that stand beside each other on a page that lies down."""
_PAPER = {"A3": (8, 297.0, 420.0), "A4": (9, 210.0, 297.0)}
"""Number of a paper, its shorter and its longer side in millimetres."""
_DIGIT_POINTS, _POINTS_PER_INCH, _MM_PER_INCH = 5.0, 72.0, 25.4
_SIDE, _TOP, _BOTTOM = 0.5, 0.7, 0.6
"""Margins in inches."""
_UPRIGHT, _LONG = 0.67, 30
"""The share of a page's width that is left where it stands, and the rows that a page lying down cannot hold."""
_LITTLE = 0.15
"""The share of a page up to which what stands on the last one goes to those before it, printed somewhat smaller."""
_FULL = 0.97
"""The share of a page that rows fill before it ends: programs scale and round somewhat differently, and none may end it earlier by itself."""
_ENDS_KEPT = 2
"""Runs of rows that are kept or not in a table of which only the end is."""
_FOOT_SIZE, _MARK_SIZE, _MARK_COLOR = 9, 14, "C00000"


def set_page(
    sheet: Worksheet, paper: str, last_heading_row: int, last_row: int, widths: Sequence[float], kept: Sequence[bool], font: str, draft_mark: str
) -> None:
    """Set the page of a sheet whose rows have their heights.

    paper: A3, A4. widths: of the columns, in digits of 10 points. kept: which rows below the headings stay on the page of the next one; those beyond do.
    font: of head and foot. draft_mark: 草稿 or ''.
    """
    number, short, long = _PAPER[paper]
    sheet.page_setup.paperSize = number
    # A long list of few columns takes fewer pages that stand.
    stands = sum(widths) <= CHARACTERS[paper] * _UPRIGHT and last_row > _LONG
    sheet.page_setup.orientation = "portrait" if stands else "landscape"
    width, height = (short, long) if stands else (long, short)
    scale = min(1.0, (width / _MM_PER_INCH - 2 * _SIDE) * _POINTS_PER_INCH / (sum(widths) * _DIGIT_POINTS))
    heights = [sheet.row_dimensions[row].height or 0.0 for row in range(1, last_row + 1)]
    room = (height / _MM_PER_INCH - _TOP - _BOTTOM) * _POINTS_PER_INCH / scale - sum(heights[:last_heading_row])
    below = heights[last_heading_row:]
    kept = [*kept, *[True] * (len(below) - len(kept))]
    fewer = pages_to_fit(below, room)
    # A sheet fitted to a number of pages ends them by itself: not one with groups, whose rows are kept here and there.
    if fewer > 1 and len(list(groupby(kept))) > _ENDS_KEPT:
        fewer = 0
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, fewer
    for row in [] if fewer else page_ends(below, kept, room * _FULL):
        sheet.row_breaks.append(Break(id=last_heading_row + 1 + row))
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"$1:${last_heading_row}"
    sheet.print_area = f"A1:{get_column_letter(len(widths))}{last_row}"
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = _SIDE
    margins.top, margins.bottom, margins.header, margins.footer = _TOP, _BOTTOM, 0.3, 0.3
    sheet.oddFooter.center.text = "第 &P 页　共 &N 页"
    sheet.oddFooter.center.font, sheet.oddFooter.center.size = font, _FOOT_SIZE
    if draft_mark:
        sheet.oddHeader.right.text = draft_mark
        sheet.oddHeader.right.font, sheet.oddHeader.right.size, sheet.oddHeader.right.color = f"{font},Bold", _MARK_SIZE, _MARK_COLOR
        sheet.sheet_properties.tabColor = _MARK_COLOR


def pages_to_fit(heights: Sequence[float], room: float) -> int:
    """Pages to which rows are to be fitted: one fewer than they take where the last would hold little; 0, for as many as they take, where it does not.

    heights: of the rows below the headings, in points; room: of a page, without its headings.
    """
    pages, used = 1, 0.0
    for height in heights:
        if used and used + height > room:
            pages, used = pages + 1, 0.0
        used += height
    return pages - 1 if used <= _LITTLE * room else 0


def page_ends(heights: Sequence[float], kept: Sequence[bool], room: float) -> list[int]:
    """The rows, counted from 0, after which a page ends: the last that fits and is not kept with the next one, or just the last that fits where all are.

    heights: of the rows below the headings, in points; kept: by row; room: of a page, without its headings.
    """
    ends: list[int] = []
    start, used = 0, 0.0
    for row, height in enumerate(heights):
        while row > start and used + height > room:
            ends.append(next((last for last in range(row - 1, start - 1, -1) if not kept[last]), row - 1))
            start = ends[-1] + 1
            used = sum(heights[start:row])
        used += height
    return ends
