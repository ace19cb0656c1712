"""Reads a user's table files into grids of cells, without a guess at what they mean."""

from __future__ import annotations

import csv
import io
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Iterator
from zipfile import BadZipFile

import pandas as pd
from osgeo import gdal

from village_planner.base import Feedback, InputError, Message
from village_planner.intake.old_excel import read_old_excel
from village_planner.intake.workbook_faults import formula_note, is_text, refuse_no_workbook
from village_planner.spatial.encoding import decode_values, sniff_encoding
from village_planner.spatial.reading import read_layer
from village_planner.spatial.sources import gdal_errors

EXCEL = (".xlsx", ".xlsm", ".xls")
SPREADSHEETS = (*EXCEL, ".ods")
TEXTS = (".csv", ".txt", ".tsv")
_SAMPLE_BYTES = 200_000
_BIFF_MAGIC = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Grid:
    """One sheet as cells.

    rows: lists of cells as the file holds them (text, numbers, dates, None), all of one length.
    merges: merged ranges (top, left, bottom, right), counted from 0, both ends inside.
    numbers: what the planner sees as the row's number, parallel to rows.
    has_header: the first row holds field names (attribute tables), nothing has to be looked for.
    hidden: the sheet is hidden from who opens the file.
    notes: what was said while reading.
    """

    file: str
    sheet: str
    rows: list[list[Any]]
    numbers: list[int]
    merges: tuple[tuple[int, int, int, int], ...] = ()
    has_header: bool = False
    hidden: bool = False
    notes: tuple[Message, ...] = field(default=())


def is_table_file(path: str | Path) -> bool:
    """Whether the path is a spreadsheet or text table (attribute tables of layers are read as layers)."""
    return Path(_split(path)[0]).suffix.lower() in (*SPREADSHEETS, *TEXTS)


def read_grids(path: str | Path, feedback: Feedback | None = None) -> list[Grid]:
    """Return every sheet of a table file, or the attribute table of a layer (`path|layername=X` names one of several).

    Hidden rows and columns are read like all others. The file is only read.
    Raises InputError where the file is missing, of an unknown kind, damaged or empty.
    """
    file, layer = _split(path)
    source = Path(file)
    if not source.exists():
        raise InputError("intake.file_missing", file=source.name)
    suffix = source.suffix.lower()
    if suffix in EXCEL:
        # By content: offices rename .xls to .xlsx and the other way round, and systems export text under either name.
        refuse_no_workbook(source)
        if is_text(source):
            grids = [_delimited(source)]
        else:
            grids = _old_excel(source) if _starts_with(source, _BIFF_MAGIC) else _excel(source)
    elif suffix == ".ods":
        grids = _through_ogr(source, "ODS")
    elif suffix in TEXTS:
        grids = [_delimited(source)]
    else:
        grids = [_attributes(source, layer, feedback)]
    if not any(grid.rows for grid in grids):
        raise InputError("intake.table_empty", file=source.name)
    return grids


def split_source(path: str | Path) -> tuple[str, str | None]:
    """Split `path|layername=X` into path and layer name (None where none is given)."""
    return _split(path)


def _split(path: str | Path) -> tuple[str, str | None]:
    head, *options = str(path).split("|")
    layer = next((option.split("=", 1)[1] for option in options if option.lower().startswith("layername=")), None)
    return head, layer


def _excel(source: Path) -> list[Grid]:
    try:
        import openpyxl
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError as error:
        raise InputError("intake.no_openpyxl", file=source.name) from error
    try:
        # As a stream: openpyxl judges a path by its ending.
        content = source.read_bytes()
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError, EOFError) as error:
        raise InputError("intake.table_unreadable", file=source.name, detail=str(error)[:200]) from error
    grids, notes = [], formula_note(source, content)
    for sheet in book.worksheets:
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        merges = tuple((r.min_row - 1, r.min_col - 1, r.max_row - 1, r.max_col - 1) for r in sheet.merged_cells.ranges)
        grids.append(replace(_grid(source, sheet.title, rows, merges, notes), hidden=sheet.sheet_state != "visible"))
    book.close()
    return grids


def _old_excel(source: Path) -> list[Grid]:
    return [_grid(source, name, rows, merges) for name, rows, merges in read_old_excel(source)]


def _through_ogr(source: Path, driver: str) -> list[Grid]:
    if gdal.GetDriverByName(driver) is None:
        raise InputError("intake.no_reader", file=source.name)
    with _cells_as_they_are(driver), gdal_errors() as errors:
        try:
            dataset = gdal.OpenEx(str(source), gdal.OF_VECTOR | gdal.OF_READONLY, allowed_drivers=[driver])
        except RuntimeError as error:
            errors.append(str(error))
            dataset = None
        if dataset is None:
            raise InputError("intake.table_unreadable", file=source.name, detail="; ".join(errors)[:200])
        grids = []
        for number in range(dataset.GetLayerCount()):
            layer = dataset.GetLayer(number)
            width = layer.GetLayerDefn().GetFieldCount()
            rows = [[feature.GetField(column) for column in range(width)] for feature in layer]
            grids.append(_grid(source, layer.GetName(), rows))
    return grids


@contextmanager
def _cells_as_they_are(driver: str) -> Iterator[None]:
    """Have OGR take the first row as data and every cell as text, on this thread only."""
    wanted = {f"OGR_{driver}_HEADERS": "DISABLE", f"OGR_{driver}_FIELD_TYPES": "STRING"}
    before = {key: gdal.GetThreadLocalConfigOption(key, None) for key in wanted}
    for key, value in wanted.items():
        gdal.SetThreadLocalConfigOption(key, value)
    try:
        yield
    finally:
        for key, old in before.items():
            gdal.SetThreadLocalConfigOption(key, old)


def _delimited(source: Path) -> Grid:
    raw = source.read_bytes()
    guess = sniff_encoding([raw[:_SAMPLE_BYTES]])
    # A sample cut in the middle of a character, or one odd byte later on, must not stop the reading.
    content = decode_values([raw], guess.encoding)[0][0] or ""
    content = content.lstrip("\ufeff")
    rows: list[list[Any]] = []
    numbers: list[int] = []
    try:
        reader = csv.reader(io.StringIO(content, newline=""), delimiter=_delimiter(content))
        for row in reader:
            numbers.append(reader.line_num)
            rows.append([cell if cell != "" else None for cell in row])
    except csv.Error as error:
        raise InputError("intake.table_unreadable", file=source.name, detail=str(error)[:200]) from error
    notes = []
    if not guess.encoding.startswith("utf-8") or "\ufffd" in content:
        params = {"file": source.name, "encoding": guess.encoding, "bad": content.count("\ufffd")}
        notes.append(Message("intake.encoding_bad" if params["bad"] else "intake.encoding_read", params))
    grid = _grid(source, "", rows, notes=tuple(notes))
    return Grid(grid.file, grid.sheet, grid.rows, numbers, notes=grid.notes)


def _delimiter(content: str) -> str:
    lines = [line for line in content.splitlines()[:50] if line.strip()]
    if not lines:
        return ","
    # The delimiter is the one that most lines have equally often; title lines have none.
    def steadiness(mark: str) -> tuple[int, int]:
        counts = [line.count(mark) for line in lines]
        usual = max(set(counts), key=counts.count) if counts else 0
        return (sum(count == usual for count in counts) if usual else 0, usual)

    return max((",", "\t", ";", "，", "|"), key=steadiness)


def _attributes(source: Path, layer: str | None, feedback: Feedback | None) -> Grid:
    read = read_layer(source, layer, feedback=feedback)
    header: list[Any] = list(read.frame.columns)
    rows = [[None if _is_null(cell) else cell for cell in row] for row in read.frame.astype(object).to_numpy().tolist()]
    return Grid(source.name, read.layer, [header, *rows], [0, *range(1, len(rows) + 1)], has_header=True, notes=tuple(read.notes))


def _is_null(cell: Any) -> bool:
    return cell is None or cell is pd.NA or (isinstance(cell, float) and cell != cell)


def _grid(
    source: Path, sheet: str, rows: list[list[Any]], merges: tuple[tuple[int, int, int, int], ...] = (), notes: tuple[Message, ...] = ()
) -> Grid:
    width = max((len(row) for row in rows), default=0)
    padded = [row + [None] * (width - len(row)) for row in rows]
    return Grid(source.name, sheet, padded, list(range(1, len(rows) + 1)), merges, notes=notes)


def _starts_with(source: Path, magic: bytes) -> bool:
    with source.open("rb") as stream:
        return stream.read(len(magic)) == magic
