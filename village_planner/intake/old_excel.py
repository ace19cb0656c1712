"""Reads the sheets of an old Excel workbook (.xls), which no other library of a QGIS installation can."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import xlrd

from village_planner.base import InputError

Sheet = tuple[str, list[list[Any]], tuple[tuple[int, int, int, int], ...]]


def read_old_excel(source: Path) -> list[Sheet]:
    """Return name, rows of cells and merged ranges (top, left, bottom, right, counted from 0) of every sheet.

    Dates come as datetime, empty and faulty cells as None, numbers as float. The file is only read.
    Raises InputError where it is damaged, locked by a password, or no .xls.
    """
    content = source.read_bytes()
    # A .xlsx with a password is wrapped into the container of the old format.
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise InputError("intake.table_locked", file=source.name)
    try:
        book = _open(content)
        return [(sheet.name, _rows(book, sheet), _merges(sheet)) for sheet in book.sheets()]
    # xlrd walks the file's structure unguarded: a damaged one ends in whichever of these comes first.
    except (xlrd.XLRDError, xlrd.compdoc.CompDocError, struct.error, ValueError, LookupError, AssertionError, OSError, ArithmeticError, TypeError) as error:
        is_locked = "encrypted" in str(error)
        raise InputError("intake.table_locked" if is_locked else "intake.table_unreadable", file=source.name, detail=str(error)[:200]) from error


def _open(content: bytes) -> xlrd.book.Book:
    # xlrd writes its warnings to a stream; they say nothing that a planner could act on.
    try:
        return xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
    except NotImplementedError:
        # Formatting, and with it merged cells, cannot be had of every old version.
        return xlrd.open_workbook(file_contents=content, logfile=io.StringIO())


def _rows(book: xlrd.book.Book, sheet: xlrd.sheet.Sheet) -> list[list[Any]]:
    return [[_value(book, cell) for cell in sheet.row(number)] for number in range(sheet.nrows)]


def _value(book: xlrd.book.Book, cell: xlrd.sheet.Cell) -> Any:
    if cell.ctype == xlrd.XL_CELL_DATE:
        return xlrd.xldate_as_datetime(cell.value, book.datemode)
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR) or cell.value == "":
        return None
    return bool(cell.value) if cell.ctype == xlrd.XL_CELL_BOOLEAN else cell.value


def _merges(sheet: xlrd.sheet.Sheet) -> tuple[tuple[int, int, int, int], ...]:
    return tuple((top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells)
