"""Whether a package of an edition without personal data has columns of such data, by their names: in layers, workbooks, documents and lists."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Iterable, Iterator, Mapping, Sequence

import openpyxl

from village_planner.base import Message
from village_planner.delivery.columns import expanded_columns, heading_depth
from village_planner.delivery.document_reading import read_document
from village_planner.delivery.editions import edition_content
from village_planner.delivery.findings import PackageFinding
from village_planner.delivery.geodata import FileContent
from village_planner.delivery.lists import LEVELS, list_name
from village_planner.delivery.structure import NOT_FOR_EDITION
from village_planner.delivery.unpack import MALFORMED_XML, ZIP_FAULTS
from village_planner.delivery.workbook import first_data_row
from village_planner.standards import Profile, TableSpec

_UNKNOWN_ROWS = 3
"""How many rows may be headings where nobody knows the table."""
_WIDEST = 200
_FAULTS = (*ZIP_FAULTS, KeyError, ValueError, OSError, TypeError, AttributeError, csv.Error, MALFORMED_XML)


def check_personal(
    root: Path, files: Sequence[str], contents: Sequence[FileContent], profile: Profile, whole: Profile, phases: Sequence[int], edition: str
) -> list[PackageFinding]:
    """Findings (PK-03) on headings that name personal data, or a column that the edition leaves out; one per heading and table.

    files: those of the package, / in their paths; contents: its vector data; profile: as the edition uses it; whole: with what it leaves
    out. Nothing is found where the edition may name persons. What cannot be read is passed over: other rules say so.
    """
    content = edition_content(whole, edition)
    if content.person:
        return []
    checker = _Checker(content.personal, _left_out(profile, whole, phases), {spec.sheet or spec.id: spec for spec in whole.tables.values()})
    for one in contents:
        for layer in one.layers:
            checker.layer(one.file, layer.name, [(field.name, field.alias) for field in layer.fields])
    for file in files:
        read = {".xlsx": _workbook_headings, ".docx": _document_headings, ".csv": _list_headings}.get(Path(file).suffix.lower())
        try:
            for table, headings in read(root / file, profile, phases) if read else ():
                checker.table(file, table, headings)
        except _FAULTS:
            continue
    return checker.findings


class _Checker:
    """Collects findings. words: parts of names of personal data; left_out: headings by table; tables: by the name of their sheet."""

    def __init__(self, words: Sequence[str], left_out: Mapping[str, set[str]], tables: Mapping[str, TableSpec]) -> None:
        self._words, self._left_out, self._tables = words, left_out, tables
        self.findings: list[PackageFinding] = []

    def layer(self, file: str, name: str, fields: Iterable[tuple[str, str]]) -> None:
        """Fields (name, alias) of a layer; those that the profile knows and leaves out are told by the rules on layers."""
        for field, alias in fields:
            if self._is_personal(field) or self._is_personal(alias):
                self._find(file, f"{name}.{field}", name, alias or field)

    def table(self, file: str, table: str, headings: Iterable[str]) -> None:
        """Headings of a table: the name of its sheet, or its id."""
        spec = self._tables.get(table)
        left_out = self._left_out.get(spec.id if spec else table, set())
        for heading in dict.fromkeys(map(_plain, headings)):
            if heading in left_out or self._is_personal(heading):
                self._find(file, f"{table}·{heading}" if table else heading, table or file.rsplit("/", 1)[-1], heading)

    def _is_personal(self, name: str) -> bool:
        return any(word in name for word in self._words)

    def _find(self, file: str, subject: str, table: str, heading: str) -> None:
        params = {"table": table[:_WIDEST], "heading": heading[:_WIDEST]}
        self.findings.append(PackageFinding(NOT_FOR_EDITION, file, subject[:_WIDEST], Message("delivery.column_not_for_edition", params)))


def _left_out(profile: Profile, whole: Profile, phases: Sequence[int]) -> dict[str, set[str]]:
    """Lowest headings by table id that only the whole table has."""
    result = {}
    for name, spec in whole.tables.items():
        if name in profile.tables:
            all_, kept = ({_plain(column.heading[-1]) for column in expanded_columns(one, phases, whole)} for one in (spec, profile.tables[name]))
            result[name] = all_ - kept
    return result


def _workbook_headings(path: Path, profile: Profile, phases: Sequence[int]) -> Iterator[tuple[str, list[str]]]:
    rows_of = {spec.sheet or spec.id: first_data_row(expanded_columns(spec, phases, profile)) - 1 for spec in profile.tables.values()}
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            rows = sheet.iter_rows(max_row=rows_of.get(sheet.title, _UNKNOWN_ROWS), values_only=True)
            yield sheet.title, [cell for row in rows for cell in row if isinstance(cell, str)]
    finally:
        book.close()


def _document_headings(path: Path, profile: Profile, phases: Sequence[int]) -> Iterator[tuple[str, list[str]]]:
    document = read_document(path)
    for table, rows in document.first_rows if document else ():
        spec = profile.tables.get(table)
        depth = heading_depth(expanded_columns(spec, phases, profile)) if spec else _UNKNOWN_ROWS
        yield table, [cell for row in rows[:depth] for cell in row]


def _list_headings(path: Path, profile: Profile, _: Sequence[int]) -> Iterator[tuple[str, list[str]]]:
    table = path.stem if any(path.name == list_name(spec) for spec in profile.tables.values()) else ""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        yield table, [level for heading in next(csv.reader(file), []) for level in heading.split(LEVELS)]


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text)
