"""Compares the printed tables of a package with what its own layers give."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Sequence

import openpyxl
import pandas as pd
from lxml import etree

from village_planner.base import Message
from village_planner.delivery.columns import expanded_columns
from village_planner.delivery.findings import PackageFinding
from village_planner.delivery.frames import DeliverySource, layer_frames
from village_planner.delivery.tables import table_frames
from village_planner.delivery.unpack import ZIP_FAULTS
from village_planner.delivery.workbook import first_data_row, has_total_row, printed_rows
from village_planner.standards import TableColumn, TableSpec

PRINTED = "QC-6101"
_FAULTS = (*ZIP_FAULTS, KeyError, IndexError, TypeError, AttributeError, etree.XMLSyntaxError)
_MOST_EXTRA_ROWS = 1_000


def check_printed(path: Path, file: str, source: DeliverySource) -> list[PackageFinding]:
    """Findings (QC-6101) on numbers of the workbook that are not those of the layers: one per sheet and column, naming the first row.

    source: the plan as the package's layers describe it. Where the rows stand in another order, each column is compared as
    a whole. A sheet that is missing or a workbook that cannot be read is passed over: other rules say so.
    """
    rule = source.profile.rule(PRINTED)
    if rule is None or not rule.on:
        return []
    tolerance = float(rule.values.get("tolerance", 0.0))
    frames = table_frames(source, layer_frames(source))
    findings: list[PackageFinding] = []
    for spec in source.profile.tables.values():
        columns = expanded_columns(spec, source.data.phases, source.profile)
        found = _cells(path, spec, columns, len(frames[spec.frame]))
        if found is not None:
            findings += _check_sheet(file, spec, columns, found, frames[spec.frame], tolerance)
    return findings


def _cells(path: Path, spec: TableSpec, columns: Sequence[TableColumn], expected: int) -> list[tuple[Any, ...]] | None:
    """Cells below the headings, without empty rows at the end; None where the sheet cannot be read. Formulas give their last value."""
    first = first_data_row(columns)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            limits = {"min_row": first, "max_row": first + expected + _MOST_EXTRA_ROWS, "max_col": len(columns)}
            rows = list(book[spec.sheet or spec.id].iter_rows(values_only=True, **limits))
        finally:
            book.close()
    except _FAULTS:
        return None
    while rows and all(cell is None for cell in rows[-1]):
        rows.pop()
    return rows


def _check_sheet(
    file: str, spec: TableSpec, columns: Sequence[TableColumn], found: list[tuple[Any, ...]], frame: pd.DataFrame, tolerance: float
) -> list[PackageFinding]:
    expected = printed_rows(columns, frame)
    sheet = spec.sheet or spec.id
    if not expected:
        return []
    rows = found[: len(found) - 1] if has_total_row(columns, expected) else found
    if len(rows) != len(expected):
        params = {"sheet": sheet, "found": len(rows), "expected": len(expected)}
        return [PackageFinding(PRINTED, file, sheet, Message("delivery.printed_rows", params))]
    findings = []
    for position, column in enumerate(columns):
        theirs = [_number(row[position]) if position < len(row) else None for row in rows]
        ours = [_number(row[position]) for row in expected]
        if not column.format or column.value == "no" or _agree(sorted(theirs, key=_order), sorted(ours, key=_order), tolerance):
            continue
        row = next(row for row in range(len(ours)) if not _agree(theirs[row : row + 1], ours[row : row + 1], tolerance))
        params = {
            "sheet": sheet, "column": "·".join(column.heading), "row": first_data_row(columns) + row,
            "found": _shown(theirs[row]), "expected": _shown(ours[row]),
        }
        findings.append(PackageFinding(PRINTED, file, f"{sheet}·{params['column']}", Message("delivery.printed_differs", params)))
    return findings


def _number(cell: Any) -> float | None:
    return float(cell) if isinstance(cell, (int, float)) and not isinstance(cell, bool) else None


def _agree(one: Sequence[float | None], other: Sequence[float | None], tolerance: float) -> bool:
    return all(a == b or (a is not None and b is not None and abs(a - b) <= tolerance + 1e-9) for a, b in zip(one, other))


def _order(value: float | None) -> tuple[bool, float]:
    return value is None, value or 0.0


def _shown(value: float | None) -> str:
    return "—" if value is None else f"{value:g}" if value == int(value) else f"{value:.4f}"
