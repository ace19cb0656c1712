"""Writes the printed tables into a workbook: headings, number formats, totals and a page set-up that prints as it stands."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Sequence

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from village_planner.delivery.columns import expanded_columns, text_width, wrapped_lines
from village_planner.plan.data import plain
from village_planner.standards import Profile, TableColumn, TableSpec

_FONT, _SIZE = "宋体", 10
_LINE_POINTS = 14.0
_PAPER = {"A3": 8, "A4": 9}
_WIDEST, _TALLEST_POINTS = 60.0, 400.0
_STRETCH, _SHORT = 1.5, 20
_CHARACTERS = {"A3": 215.0, "A4": 150.0}
_THIN = Border(*[Side(style="thin", color="808080")] * 4)
_HEAD_FILL = PatternFill("solid", fgColor="E8EEF4")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Heading:
    """What stands around every table: the plan's title, the institute ('' unknown), 草稿 or '', and the date of the data."""

    plan_title: str
    institute: str
    draft_mark: str
    date: str


def write_workbook(
    path: Path, tables: Sequence[tuple[TableSpec, pd.DataFrame]], phases: Sequence[int], profile: Profile, heading: Heading
) -> None:
    """Write `path` with one sheet per table, the same bytes for the same content.

    tables: each with the frame that has the columns its TableColumns name; null is an empty cell. Rows whose `no` is null are totals.
    phases: target years that repeated columns go through. Raises OSError when the file cannot be written.
    """
    book = Workbook()
    book.remove(book.active)
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
    path.write_bytes(_reproducible(buffer.getvalue(), moment))


def first_data_row(columns: Sequence[TableColumn]) -> int:
    """Number of the first row below title, unit and headings; rows count from 1."""
    return 3 + max(len(column.heading) for column in columns)


def printed_rows(columns: Sequence[TableColumn], frame: pd.DataFrame) -> list[list[Any]]:
    """The cells below the headings as they are printed, without the row of totals that the workbook adds."""
    cells = [list(frame[column.value]) if column.value in frame else [None] * len(frame) for column in columns]
    return [[_cell_value(own[row], column) for own, column in zip(cells, columns)] for row in range(len(frame))]


def has_total_row(columns: Sequence[TableColumn], rows: Sequence[Any]) -> bool:
    """Whether the workbook adds a row of totals below the rows."""
    return bool(rows) and any(column.total for column in columns)


def _write_sheet(sheet: Worksheet, spec: TableSpec, columns: Sequence[TableColumn], frame: pd.DataFrame, heading: Heading) -> None:
    last = get_column_letter(len(columns))
    _write_title(sheet, spec, last, heading)
    depth = max(len(column.heading) for column in columns)
    first_row = first_data_row(columns)
    values = printed_rows(columns, frame)
    widths = _widths(columns, values, spec.paper)
    _write_headings(sheet, columns, depth, widths)
    sides = _sides(values, widths)
    is_total = [plain(number) is None for number in frame["no"]] if "no" in frame else [False] * len(values)
    for offset, row in enumerate(values):
        _write_row(sheet, first_row + offset, columns, row, widths, sides, bold=is_total[offset])
    if has_total_row(columns, values):
        _write_row(sheet, first_row + len(values), columns, _totals(columns, values), widths, sides, bold=True)
    if not values:
        cell = sheet.cell(first_row, 1, "（无）")
        cell.font, cell.alignment = Font(name=_FONT, size=_SIZE), Alignment(horizontal="left")
    for position, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.freeze_panes = sheet.cell(first_row, 1)
    _set_page(sheet, spec, first_row - 1, heading)


def _write_title(sheet: Worksheet, spec: TableSpec, last: str, heading: Heading) -> None:
    sheet["A1"] = spec.title + (f"（{heading.draft_mark}）" if heading.draft_mark else "")
    sheet.merge_cells(f"A1:{last}1")
    sheet["A1"].font = Font(name=_FONT, size=16, bold=True)
    sheet["A1"].alignment = Alignment(horizontal="center", vertical="center")
    sheet.row_dimensions[1].height = 30
    parts = [" ".join(heading.plan_title.split()), f"编制单位：{heading.institute}" if heading.institute else "", spec.unit]
    sheet["A2"] = "　　".join(part for part in parts if part)
    _keep_as_text(sheet["A2"])
    sheet.merge_cells(f"A2:{last}2")
    sheet["A2"].font = Font(name=_FONT, size=_SIZE)
    sheet["A2"].alignment = Alignment(horizontal="right", vertical="center")
    sheet.row_dimensions[2].height = 18


def _write_headings(sheet: Worksheet, columns: Sequence[TableColumn], depth: int, widths: Sequence[float]) -> None:
    for level in range(depth):
        height = 1
        for position, column in enumerate(columns):
            cell = sheet.cell(3 + level, position + 1)
            cell.border, cell.fill = _THIN, _HEAD_FILL
            cell.font = Font(name=_FONT, size=_SIZE, bold=True)
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
            if level == len(column.heading) - 1:
                text = _broken(column.heading[level], widths[position])
                height = max(height, wrapped_lines(text, widths[position]) if len(column.heading) == depth else 1)
        sheet.row_dimensions[3 + level].height = _LINE_POINTS * height + 6
    for start, stop, level, text, below in _heading_blocks(columns, depth):
        sheet.cell(3 + level, start + 1, _broken(text, sum(widths[start : stop + 1])))
        if stop > start or below > level:
            sheet.merge_cells(start_row=3 + level, end_row=3 + below, start_column=start + 1, end_column=stop + 1)


def _broken(text: str, width: float) -> str:
    """A heading that does not fit in one line has its unit in brackets on a line of its own."""
    return text if wrapped_lines(text, width) == 1 else text.replace("（", "\n（", 1)


def _heading_blocks(columns: Sequence[TableColumn], depth: int) -> list[tuple[int, int, int, str, int]]:
    """First and last column, first level, text, and last level of each heading cell."""
    blocks = []
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
            blocks.append((position, stop, level, heading[level], depth - 1 if is_leaf else level))
            position = stop + 1
    return blocks


def _write_row(
    sheet: Worksheet, number: int, columns: Sequence[TableColumn], values: Sequence[Any], widths: Sequence[float], sides: Sequence[str],
    bold: bool = False,
) -> None:
    lines = 1
    for position, (column, value) in enumerate(zip(columns, values), 1):
        cell = sheet.cell(number, position, value)
        cell.border = _THIN
        cell.font = Font(name=_FONT, size=_SIZE, bold=bold)
        if isinstance(value, str):
            _keep_as_text(cell)
            side = sides[position - 1]
            lines = max(lines, wrapped_lines(value, widths[position - 1] - (1 if side == "left" else 0)))
            cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True, indent=1 if side == "left" else 0)
        else:
            cell.number_format = column.format or "General"
            cell.alignment = Alignment(horizontal="center" if column.value == "no" else "right", vertical="center")
    sheet.row_dimensions[number].height = min(_LINE_POINTS * lines + 4, _TALLEST_POINTS)


def _sides(values: Sequence[Sequence[Any]], widths: Sequence[float]) -> list[str]:
    """Alignment of each column's texts: centred where all are short, else left."""
    sides = []
    for position, width in enumerate(widths):
        texts = [row[position] for row in values if isinstance(row[position], str)]
        short = all(text_width(text) <= _SHORT and wrapped_lines(text, width) == 1 for text in texts)
        sides.append("center" if short else "left")
    return sides


def _keep_as_text(cell: Cell) -> None:
    """A text that a spreadsheet would run as a formula stays a text, also after somebody edits it."""
    if isinstance(cell.value, str) and cell.value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        cell.data_type = "s"
        cell.quotePrefix = True


def _cell_value(value: Any, column: TableColumn) -> Any:
    """A cell as it is printed: numbers have the decimals of their format, so that a printed column adds up to its total."""
    value = plain(value)
    if isinstance(value, float) and column.format:
        return round(value, _decimals(column))
    return _CONTROL.sub(" ", value) if isinstance(value, str) else value


def _decimals(column: TableColumn) -> int:
    return len(column.format.split(".")[1]) if "." in column.format else 0


def _totals(columns: Sequence[TableColumn], values: Sequence[Sequence[Any]]) -> list[Any]:
    totals: list[Any] = []
    for position, column in enumerate(columns):
        known = [row[position] for row in values if isinstance(row[position], (int, float))]
        if column.total == "label":
            totals.append("合计")
        elif column.total == "sum" and known:
            totals.append(round(sum(known), 6))
        elif column.total == "count":
            totals.append(sum(row[position] is not None for row in values))
        else:
            totals.append(None)
    return totals


def _widths(columns: Sequence[TableColumn], values: Sequence[Sequence[Any]], paper: str) -> list[float]:
    """Column widths in characters: as the profile says, as wide as a number or code needs, and wider for texts while the page has room."""
    least = [max(column.width, _unbreakable(column, [row[position] for row in values])) for position, column in enumerate(columns)]
    stretch = min(_STRETCH, max(1.0, _CHARACTERS[paper] / sum(least)))
    widths = []
    for position, width in enumerate(least):
        longest = max((text_width(row[position]) + 4.0 for row in values if isinstance(row[position], str)), default=0.0)
        widths.append(min(max(width, min(longest, width * stretch)), _WIDEST))
    return widths


def _unbreakable(column: TableColumn, cells: Sequence[Any]) -> float:
    """Width of the longest number or code in a column, its total included."""
    needed = 0
    decimals = _decimals(column)
    total = sum(cell for cell in cells if isinstance(cell, (int, float))) if column.total == "sum" else None
    for cell in [*cells, total]:
        if isinstance(cell, str):
            needed = max([needed, *(len(word) for word in re.findall(r"[A-Za-z0-9\-]+", cell))])
        elif isinstance(cell, (int, float)):
            needed = max(needed, len(f"{cell:,.{decimals}f}"))
    return needed + 2.0


def _set_page(sheet: Worksheet, spec: TableSpec, last_heading_row: int, heading: Heading) -> None:
    sheet.page_setup.paperSize = _PAPER[spec.paper]
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"$1:${last_heading_row}"
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.5
    margins.top, margins.bottom, margins.header, margins.footer = 0.7, 0.6, 0.3, 0.3
    sheet.oddFooter.center.text = "第 &P 页　共 &N 页"
    sheet.oddFooter.center.font, sheet.oddFooter.center.size = _FONT, 9
    if heading.draft_mark:
        sheet.oddHeader.right.text = heading.draft_mark
        sheet.oddHeader.right.font, sheet.oddHeader.right.size, sheet.oddHeader.right.color = f"{_FONT},Bold", 14, "C00000"
        sheet.sheet_properties.tabColor = "C00000"


def _reproducible(content: bytes, moment: datetime) -> bytes:
    """The same workbook without the moment of saving: openpyxl writes it into docProps/core.xml and the zip's dates."""
    result = BytesIO()
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            info = zipfile.ZipInfo(name, _ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            target.writestr(info, data)
    return result.getvalue()
