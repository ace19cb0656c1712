"""The printed tables as lists (CSV), one file per table beside the workbook: written, and compared with the layers again."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from village_planner.base import Message
from village_planner.delivery.columns import expanded_columns
from village_planner.delivery.findings import PackageFinding
from village_planner.delivery.frames import DeliverySource
from village_planner.delivery.printed import compare_rows, is_on
from village_planner.delivery.rows import csv_cell, printed_rows
from village_planner.delivery.tables import delivered_tables, required_tables, tables_of
from village_planner.standards import Profile, TableColumn, TableSpec

SUFFIX = ".csv"
LEVELS = "·"
"""What stands between the levels of a heading, which a list has in one row."""
_MOST_EXTRA_ROWS = 1_000
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


def write_lists(folder: Path, tables: Sequence[tuple[TableSpec, pd.DataFrame]], phases: Sequence[int], profile: Profile) -> None:
    """Write a file per table, called as its sheet, into `folder`: a row of headings, then the rows of the printed table with its totals.

    UTF-8 with byte order mark, so that spreadsheets show Chinese; no cell begins like a formula. tables, phases: as for `write_workbook`. Raises OSError.
    """
    for spec, frame in tables:
        columns = expanded_columns(spec, phases, profile)
        with (folder / list_name(spec)).open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([csv_cell(_heading(column)) for column in columns])
            writer.writerows([csv_cell(cell) for cell in row.cells] for row in printed_rows(spec, columns, frame))


def list_name(spec: TableSpec) -> str:
    """Name of a table's file."""
    return f"{spec.sheet or spec.id}{SUFFIX}"


def check_list_names(folder: str, files: Sequence[str], profile: Profile, whole: Profile) -> list[PackageFinding]:
    """Findings on the lists of a folder: tables that are missing (QC-1201), that the edition leaves out (PK-03), that the profile does not have (QC-1101).

    files: paths in the package. profile: as the edition uses it; whole: with what the edition leaves out.
    """
    names = {file.rsplit("/", 1)[-1] for file in files}
    missing = [list_name(spec) for spec in required_tables(profile) if list_name(spec) not in names]
    own, all_ = ({list_name(spec) for spec in of.tables.values() if spec.place == "workbook"} for of in (profile, whole))
    return [
        *(PackageFinding("QC-1201", f"{folder}/{name}", "", Message("delivery.file_missing", {"path": f"{folder}/{name}"})) for name in missing),
        *(PackageFinding("PK-03", f"{folder}/{name}", "", Message("delivery.sheet_not_for_edition", {"sheet": name})) for name in sorted(names & all_ - own)),
        *(PackageFinding("QC-1101", f"{folder}/{name}", "", Message("delivery.file_unknown", {"path": f"{folder}/{name}"})) for name in sorted(names - all_)),
    ]


def check_list(path: Path, file: str, source: DeliverySource) -> list[PackageFinding]:
    """Findings (QC-6101) on numbers of one list that are not those of the layers: one per column, naming the first row.

    source: the plan as the package's layers describe it. A list that cannot be read, or of a table that the profile does not have, is passed over: other
    rules say so.
    """
    pair = next(((spec, frame) for spec, frame in delivered_tables(source, tables_of(source)) if list_name(spec) == path.name), None)
    if pair is None or not is_on(source):
        return []
    spec, frame = pair
    columns = expanded_columns(spec, source.data.phases, source.profile)
    expected = printed_rows(spec, columns, frame)
    try:
        found = _cells(path, columns, len(expected))
    except (OSError, UnicodeDecodeError, csv.Error):
        return []
    return compare_rows(file, path.stem, 2, columns, found, expected, source)


def read_list(path: Path) -> None:
    """Read a list to its end; raises ValueError where it is no list in UTF-8."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for _ in csv.reader(stream):
                pass
    except csv.Error as error:
        raise ValueError(str(error)) from error


def _heading(column: TableColumn) -> str:
    return LEVELS.join("".join(level.split()) for level in column.heading)


def _cells(path: Path, columns: Sequence[TableColumn], expected: int) -> list[list[Any]]:
    rows = []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for number, row in enumerate(csv.reader(stream)):
            if number > expected + _MOST_EXTRA_ROWS:
                break
            if number and any(row):
                rows.append([float(cell) if _NUMBER.fullmatch(cell) else cell or None for cell in row[: len(columns)]])
    return rows
