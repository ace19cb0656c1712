"""Writes the printed tables into a workbook: headings, number formats, totals, signature line and a page set-up that prints as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Sequence

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from village_planner.delivery.columns import expanded_columns, heading_blocks, heading_depth
from village_planner.delivery.rows import (
    PrintedRow,
    RowKind,
    kept_rows,
    label_columns,
    looks_like_formula,
    own_cells,
    printed_rows,
    stands_in_the_middle,
)
from village_planner.delivery.widths import broken_heading, column_widths, is_short, text_width, wrapped_lines
from village_planner.delivery.workbook_page import CHARACTERS, set_page
from village_planner.delivery.zipping import reproducible
from village_planner.standards import Profile, TableColumn, TableSpec

SIGNATURE = "编制单位"
"""What the signature line begins with."""
NOTE = "注："
_FONT, _SIZE = "宋体", 10
_DIGITS, _NORMAL_SIZE = "Times New Roman", 10.5
"""Font of numbers and codes, and the size of the normal style, whose digits the widths of columns count: half as wide as a Chinese character of the same
size, whole pixels wide on a screen, and alike where a font takes its place."""
_LINE_POINTS, _ROW_POINTS = 14.5, 1.5
"""Of a row: for each line, as high as those of the fonts that take the place of a missing one, and once."""
_TALLEST_POINTS = 400.0
_AFTER_NUMBER = "_)"
_THIN = Border(*[Side(style="thin", color="808080")] * 4)
_HEAD_FILL = PatternFill("solid", fgColor="E8EEF4")
_SUM_FILL = PatternFill("solid", fgColor="F5F7FA")
_GAPS = ("　" * 4, "　" * 2)
"""Between the parts of the signature line, where the page is narrow the shorter one; a name to be filled in has twice as much."""


@dataclass(frozen=True)
class Heading:
    """What stands around every table and on a document's cover: the plan's title, the institute ('' unknown), 草稿 or '',
    the date of the data (ISO), and the Chinese name of the edition ('' none)."""

    plan_title: str
    institute: str
    draft_mark: str
    date: str
    edition: str = ""


def write_workbook(
    path: Path, tables: Sequence[tuple[TableSpec, pd.DataFrame]], phases: Sequence[int], profile: Profile, heading: Heading
) -> None:
    """Write `path` with one sheet per table, the same bytes for the same content.

    tables: each with the frame that has the columns its TableColumns name; null is an empty cell. Rows whose `no` is null are totals.
    phases: target years that repeated columns go through. Raises OSError when the file cannot be written.
    """
    book = Workbook()
    book.remove(book.active)
    book._named_styles["Normal"].font = Font(name=_DIGITS, size=_NORMAL_SIZE)
    for spec, frame in tables:
        sheet = book.create_sheet(spec.sheet or spec.id)
        columns = expanded_columns(spec, phases, profile)
        _write_sheet(sheet, spec, columns, frame, heading)
    moment = datetime.fromisoformat(heading.date)
    book.properties.creator = heading.institute or "Village Planner"
    book.properties.title = heading.plan_title
    book.properties.created = moment
    buffer = BytesIO()
    book.save(buffer)
    path.write_bytes(reproducible(buffer.getvalue(), moment))


def first_data_row(columns: Sequence[TableColumn]) -> int:
    """Number of the first row below title, unit and headings; rows count from 1."""
    return 3 + heading_depth(columns)


def _write_sheet(sheet: Worksheet, spec: TableSpec, columns: Sequence[TableColumn], frame: pd.DataFrame, heading: Heading) -> None:
    first_row = first_data_row(columns)
    rows = printed_rows(spec, columns, frame)
    widths = column_widths(columns, rows, CHARACTERS[spec.paper])
    _write_title(sheet, spec, widths, heading)
    _write_headings(sheet, columns, widths)
    centred = [is_short(cells, width) for cells, width in zip(own_cells(columns, rows), widths)]
    for offset, row in enumerate(rows):
        _write_row(sheet, first_row + offset, columns, row, widths, centred)
    last = first_row + len(rows)
    if not rows:
        for position in range(1, len(columns) + 1):
            sheet.cell(first_row, position).border = _THIN
        cell = sheet.cell(first_row, 1, "（无）")
        cell.font, cell.alignment = Font(name=_FONT, size=_SIZE), Alignment(horizontal="center", vertical="center")
        if len(columns) > 1:
            sheet.merge_cells(start_row=first_row, end_row=first_row, start_column=1, end_column=len(columns))
        last += 1
    last = _write_foot(sheet, last + 1, spec.note if rows else "", widths, heading)
    for position, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(position)].width = width * _SIZE / _NORMAL_SIZE
    sheet.freeze_panes = sheet.cell(first_row, 1)
    set_page(sheet, spec.paper, first_row - 1, last, widths, kept_rows(rows), _FONT, heading.draft_mark)


def _write_title(sheet: Worksheet, spec: TableSpec, widths: Sequence[float], heading: Heading) -> None:
    title = "　".join(part for part in (spec.number, spec.title) if part) + (f"（{heading.draft_mark}）" if heading.draft_mark else "")
    _write_line(sheet, 1, 1, len(widths), title, widths, Font(name=_FONT, size=16, bold=True), "center", 30)
    right, room = len(widths), 0.0
    while right > 1 and room < text_width(spec.unit) + 2:
        room += widths[right - 1]
        right -= 1
    font = Font(name=_FONT, size=_SIZE)
    plan_title = " ".join(heading.plan_title.split()) + (f"（{heading.edition}）" if heading.edition else "")
    left = right if spec.unit else len(widths)
    _write_line(sheet, 2, 1, left, plan_title, widths, font, "left", 18)
    if spec.unit and left < len(widths):
        _write_line(sheet, 2, left + 1, len(widths), spec.unit, widths, font, "right", 18)


def _write_foot(sheet: Worksheet, row: int, note: str, widths: Sequence[float], heading: Heading) -> int:
    """Note ('' none) and signature line below the table, after a blank row; returns the last row."""
    font = Font(name=_FONT, size=_SIZE)
    sheet.row_dimensions[row - 1].height = 6
    if note:
        _write_line(sheet, row, 1, len(widths), f"{NOTE}{note}", widths, font, "left", 18)
        row += 1
    year, month, day = (int(part) for part in heading.date.split("-"))
    for gap in _GAPS:
        blank = 2 * gap
        who, when = f"{SIGNATURE}：{heading.institute or blank}", f"填表日期：{year}年{month}月{day}日{gap}填表人：{blank}审核人：{blank}"
        text = f"{who}{gap}{when}"
        if wrapped_lines(text, sum(widths)) == 1:
            break
    else:
        text = f"{who}\n{when}"
    _write_line(sheet, row, 1, len(widths), text, widths, font, "left", 20)
    return row


def _write_line(
    sheet: Worksheet, row: int, first: int, last: int, text: str, widths: Sequence[float], font: Font, side: str, height: float
) -> None:
    """A text across columns, as high as it needs to be."""
    cell = sheet.cell(row, first, text)
    _keep_as_text(cell)
    cell.font = font
    cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True)
    if last > first:
        sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)
    lines = wrapped_lines(text, sum(widths[first - 1 : last]) * _SIZE / float(font.size))
    present = sheet.row_dimensions[row].height or 0.0
    sheet.row_dimensions[row].height = max(present, height + (lines - 1) * float(font.size) * 1.4)


def _write_headings(sheet: Worksheet, columns: Sequence[TableColumn], widths: Sequence[float]) -> None:
    depth = heading_depth(columns)
    heights = [1] * depth
    for level in range(depth):
        for position in range(len(columns)):
            cell = sheet.cell(3 + level, position + 1)
            cell.border, cell.fill = _THIN, _HEAD_FILL
            cell.font = Font(name=_FONT, size=_SIZE, bold=True)
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    for block in sorted(heading_blocks(columns), key=lambda block: block.below - block.level):
        room = sum(widths[block.start : block.stop + 1])
        text = broken_heading(block.text, room)
        sheet.cell(3 + block.level, block.start + 1, text)
        if block.stop > block.start or block.below > block.level:
            sheet.merge_cells(
                start_row=3 + block.level, end_row=3 + block.below, start_column=block.start + 1, end_column=block.stop + 1
            )
        lacking = wrapped_lines(text, room) - sum(heights[block.level : block.below + 1])
        heights[block.below] += max(0, lacking)
    for level, height in enumerate(heights):
        sheet.row_dimensions[3 + level].height = _LINE_POINTS * height + 6


def _write_row(
    sheet: Worksheet, number: int, columns: Sequence[TableColumn], row: PrintedRow, widths: Sequence[float], centred: Sequence[bool]
) -> None:
    lines, is_sum, label = 1, row.kind is not RowKind.ROW, label_columns(columns, row)
    for position, (column, value) in enumerate(zip(columns, row.cells)):
        cell = sheet.cell(number, position + 1, value)
        cell.border = _THIN
        is_text = isinstance(value, str) and not value.isascii()
        cell.font = Font(name=_FONT if is_text else _DIGITS, size=_SIZE, bold=is_sum)
        if is_sum:
            cell.fill = _SUM_FILL
        if isinstance(value, str):
            _keep_as_text(cell)
            middle = centred[position] or is_sum
            lines = max(lines, wrapped_lines(value, sum(widths[label.start : label.stop]) if position in label else widths[position]))
            cell.alignment = Alignment(horizontal="center" if middle else "left", vertical="center", wrap_text=True)
        else:
            # A blank as wide as its bracket keeps digits off the border.
            cell.number_format = column.format + _AFTER_NUMBER if column.format and column.value != "no" else column.format or "General"
            cell.alignment = Alignment(horizontal="center" if stands_in_the_middle(column) else "right", vertical="center")
    if len(label) > 1:
        sheet.merge_cells(start_row=number, end_row=number, start_column=label.start + 1, end_column=label.stop)
    sheet.row_dimensions[number].height = min(_LINE_POINTS * lines + _ROW_POINTS, _TALLEST_POINTS)


def _keep_as_text(cell: Cell) -> None:
    """A text that a spreadsheet would run as a formula stays a text, also after somebody edits it."""
    if looks_like_formula(cell.value):
        cell.data_type = "s"
        cell.quotePrefix = True
