"""Compares the printed tables of a package with what its own layers give."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Sequence

import openpyxl

from village_planner.base import Message
from village_planner.delivery.columns import expanded_columns
from village_planner.delivery.findings import PackageFinding
from village_planner.delivery.frames import DeliverySource
from village_planner.delivery.rows import PrintedRow, RowKind, printed_rows
from village_planner.delivery.tables import delivered_tables, tables_of
from village_planner.delivery.unpack import MALFORMED_XML, ZIP_FAULTS
from village_planner.delivery.workbook import first_data_row
from village_planner.standards import TableColumn, TableSpec

PRINTED = "QC-6101"
Cells = Sequence[Sequence[Any]]
_FAULTS = (*ZIP_FAULTS, KeyError, IndexError, TypeError, AttributeError, MALFORMED_XML)
_MOST_EXTRA_ROWS = 1_000


def check_printed(path: Path, file: str, source: DeliverySource) -> list[PackageFinding]:
    """Findings (QC-6101) on numbers of the workbook that are not those of the layers: one per sheet and column, naming the first row.

    source: the plan as the package's layers describe it. A sheet that is missing or a workbook that cannot be read is
    passed over: other rules say so.
    """
    if not is_on(source):
        return []
    findings: list[PackageFinding] = []
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except _FAULTS:
        return []
    try:
        for spec, frame in delivered_tables(source, tables_of(source)):
            columns = expanded_columns(spec, source.data.phases, source.profile)
            expected = printed_rows(spec, columns, frame)
            found = _cells(book, spec, columns, len(expected))
            if found is not None:
                findings += compare_rows(file, spec.sheet or spec.id, first_data_row(columns), columns, found, expected, source)
    finally:
        book.close()
    return findings


def is_on(source: DeliverySource) -> bool:
    """Whether the profile wants printed numbers compared."""
    rule = source.profile.rule(PRINTED)
    return rule is not None and rule.on


def compare_rows(
    file: str, table: str, first_row: int, columns: Sequence[TableColumn], found: Cells, expected: Sequence[PrintedRow], source: DeliverySource,
    rule_id: str = PRINTED,
) -> list[PackageFinding]:
    """Findings on the rows of one table, wherever it is printed.

    table: name of the sheet or table in messages; first_row: number of its first row for a reader. Where the rows stand in
    another order, each column is compared as a whole. Of a column that the layers do not hold, only the totals are compared
    with the rows above them.
    """
    rule = source.profile.rule(rule_id)
    tolerance = float(rule.values.get("tolerance", 0.0)) if rule else 0.0
    known = [not column.needs or holds(source, column.needs) for column in columns]
    if len(found) != len(expected):
        if not any(is_known and column.format and column.value != "no" for is_known, column in zip(known, columns)):
            return []
        params = {"sheet": table, "found": len(found), "expected": len(expected)}
        return [PackageFinding(rule_id, file, table, Message("delivery.printed_rows", params))]
    kinds = [row.kind for row in expected]
    findings = []
    for position, column in enumerate(columns):
        if not column.format or column.value == "no":
            continue
        theirs = [_number(row[position]) if position < len(row) else None for row in found]
        ours = [_number(row.cells[position]) for row in expected] if known[position] else _own_sums(theirs, kinds, column)
        if _agree(sorted(theirs, key=_order), sorted(ours, key=_order), tolerance):
            continue
        row, wanted = _first_wrong(theirs, ours, tolerance)
        heading = "·".join(column.heading)
        params = {"sheet": table, "column": heading, "row": first_row + row, "found": _shown(theirs[row]), "expected": _shown(wanted)}
        findings.append(PackageFinding(rule_id, file, f"{table}·{heading}", Message("delivery.printed_differs", params)))
    return findings


def without_foot(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows without what stands below a table: blank rows, notes, the signature line, each a text alone in its row."""
    kept = list(rows)
    while kept and sum(cell is not None for cell in kept[-1]) <= 1:
        kept.pop()
    return kept


def _cells(book: Any, spec: TableSpec, columns: Sequence[TableColumn], expected: int) -> list[tuple[Any, ...]] | None:
    """Cells below the headings; None where the sheet cannot be read. Formulas give their last value."""
    first = first_data_row(columns)
    limits = {"min_row": first, "max_row": first + expected + _MOST_EXTRA_ROWS, "max_col": len(columns)}
    try:
        return without_foot(list(book[spec.sheet or spec.id].iter_rows(values_only=True, **limits)))
    except _FAULTS:
        return None


def holds(source: DeliverySource, need: str) -> bool:
    """Whether the layers hold what a column is made from: see TableColumn.needs."""
    if hasattr(source.conflicts, need):
        return getattr(source.conflicts, need) is not None
    return len(source.data.tables[need]) > 0 if need in source.data.tables else source.layers.has(need)


def _first_wrong(theirs: Sequence[float | None], ours: Sequence[float | None], tolerance: float) -> tuple[int, float | None]:
    """The first row that is wrong, and what should stand there; of rows in another order, the first whose number no other row has."""
    differing = [row for row in range(len(ours)) if not _agree(theirs[row : row + 1], ours[row : row + 1], tolerance)]
    given, wanted = sorted(range(len(theirs)), key=lambda row: _order(theirs[row])), sorted(ours, key=_order)
    strangers: list[int] = []
    missing: list[float | None] = []
    while given and wanted:
        row, value = given[-1], wanted[-1]
        if _agree([theirs[row]], [value], tolerance):
            given.pop()
            wanted.pop()
        elif _order(theirs[row]) > _order(value):
            strangers.append(given.pop())
        else:
            missing.append(wanted.pop())
    strangers, missing = [*strangers, *given], [*missing, *wanted]
    if len(differing) == len(strangers) or not strangers:
        return differing[0], ours[differing[0]]
    return min(strangers), missing[-1]


def _own_sums(values: Sequence[float | None], kinds: Sequence[RowKind], column: TableColumn) -> list[float | None]:
    """The column's own numbers, with those in its total rows made of the rows above them."""
    if column.total != "sum":
        return list(values)
    result: list[float | None] = []
    whole: list[float] = []
    part: list[float] = []
    for value, kind in zip(values, kinds):
        if kind is RowKind.ROW:
            result.append(value)
            whole += [] if value is None else [value]
            part += [] if value is None else [value]
            continue
        terms = part if kind is RowKind.SUBTOTAL else whole
        result.append(round(sum(terms), 6) if terms else None)
        part = []
    return result


def _number(cell: Any) -> float | None:
    return float(cell) if isinstance(cell, (int, float)) and not isinstance(cell, bool) else None


def _agree(one: Sequence[float | None], other: Sequence[float | None], tolerance: float) -> bool:
    return all(a == b or (a is not None and b is not None and abs(a - b) <= tolerance + 1e-9) for a, b in zip(one, other))


def _order(value: float | None) -> tuple[bool, float]:
    return value is None, value or 0.0


def _shown(value: float | None) -> str:
    return "—" if value is None else f"{value:g}" if value == int(value) else f"{value:.4f}"
