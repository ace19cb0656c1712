"""What in a package could run or reach out when somebody opens it: programs, macros, formulas, scripts, links to elsewhere. It is only looked at."""

from __future__ import annotations

import csv
import re
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any, Iterator

from lxml import etree

from village_planner.base import Message
from village_planner.delivery.fields import shortened
from village_planner.delivery.findings import PackageFinding
from village_planner.delivery.unpack import UNSAFE, ZIP_FAULTS

_PROGRAMS = frozenset(
    ".exe .dll .com .scr .msi .bat .cmd .vbs .vbe .js .jse .wsf .wsh .hta .ps1 .lnk .url .jar .py .pyw .sh .reg .chm .cpl".split()
)
_PROGRAM_STARTS = (b"MZ", b"\x7fELF", b"#!")
_OFFICE = frozenset(".xlsx .xlsm .xltm .xlsb .docx .docm .dotm .pptx .pptm".split())
_MACRO_PARTS = re.compile(r"vbaProject\.bin$|/macrosheets/|/activeX/|/embeddings/", re.IGNORECASE)
_SHEET_PART = re.compile(r"^xl/worksheets/[^/]+\.xml$")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REACHES_OUT = re.compile(r"\b(WEBSERVICE|HYPERLINK|CALL|REGISTER|EXEC|RTD|IMPORTXML|IMPORTDATA)\s*\(|\[|\|", re.IGNORECASE)
_RUNS_IN_LIST = re.compile(r"[\t\r]?(?:[=@]|[+\-].*[(!|])", re.DOTALL)
_IN_PDF = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia)\b")
_IN_PAGE = re.compile(rb"<script|\bon(?:load|error|click)\s*=", re.IGNORECASE)
_PROJECT_MACRO = re.compile(rb"<Macros[ >].{0,2000}?<pythonCode[^>]*>\s*[^<\s]", re.DOTALL)
_OWN_SQL = re.compile(r"(?:rtree|gpkg|trigger_(?:insert|delete)_feature_count|feature_count)_", re.IGNORECASE)
_MOST_PART, _CHUNK, _OVERLAP, _PROLOG = 64 << 20, 1 << 20, 4_096, 65_536
_FAULTS = (*ZIP_FAULTS, KeyError, csv.Error, etree.XMLSyntaxError, sqlite3.Error)


def check_harm(root: Path, files: tuple[str, ...]) -> list[PackageFinding]:
    """Findings (PK-02) on files that could run something or fetch something when they are opened; those that only calculate are C.

    files: paths below `root`, with /. Nothing is executed, opened in its program or fetched. What cannot be read is passed over: QC-1103 says so.
    """
    findings = []
    for file in files:
        try:
            for finding in _harm_in(root / file, file):
                findings.append(finding)
        except _FAULTS:
            continue
    return findings


def _harm_in(path: Path, file: str) -> Iterator[PackageFinding]:
    suffix = path.suffix.lower()
    with path.open("rb") as stream:
        start = stream.read(4)
    if suffix in _PROGRAMS or start.startswith(_PROGRAM_STARTS):
        yield _finding(file, "", "delivery.unsafe_program")
    elif suffix in _OFFICE:
        yield from _office(path, file)
    elif suffix == ".csv":
        yield from _list(path, file)
    elif suffix == ".gpkg":
        yield from _database(path, file)
    elif suffix == ".qgz":
        with zipfile.ZipFile(path) as archive:
            bodies = [_part(archive, info) for info in archive.infolist() if info.filename.lower().endswith(".qgs")]
        yield from [_finding(file, "", "delivery.unsafe_macro")] if any(_PROJECT_MACRO.search(body) for body in bodies) else []
    else:
        code, pattern = {
            ".pdf": ("delivery.unsafe_pdf", _IN_PDF), ".html": ("delivery.unsafe_script", _IN_PAGE), ".htm": ("delivery.unsafe_script", _IN_PAGE),
            ".svg": ("delivery.unsafe_script", _IN_PAGE), ".qgs": ("delivery.unsafe_macro", _PROJECT_MACRO),
        }.get(suffix, ("", None))
        if pattern is not None and _holds(path, pattern):
            yield _finding(file, "", code)


def _office(path: Path, file: str) -> Iterator[PackageFinding]:
    """A workbook, document or presentation: macros and embedded objects, links to elsewhere, document types, formulas."""
    with zipfile.ZipFile(path) as archive:
        infos = [info for info in archive.infolist() if info.file_size <= _MOST_PART]
        if any(_MACRO_PARTS.search(info.filename) for info in infos):
            yield _finding(file, "", "delivery.unsafe_macro")
        for info in infos:
            name = info.filename
            if not name.lower().endswith((".xml", ".rels")):
                continue
            with archive.open(info) as stream:
                prolog = stream.read(_PROLOG).replace(b"\x00", b"")
            if b"<!DOCTYPE" in prolog or b"<!ENTITY" in prolog:
                yield _finding(file, name, "delivery.unsafe_xml")
            elif name.endswith(".rels"):
                yield from _links(_part(archive, info), file)
            elif _SHEET_PART.match(name):
                yield from _formulas(archive, info, file)


def _links(body: bytes, file: str) -> Iterator[PackageFinding]:
    """Templates, pictures and workbooks that would be fetched; a hyperlink waits for a click."""
    for link in etree.fromstring(body, _parser()):
        kind = str(link.get("Type", "")).rsplit("/", 1)[-1]
        if link.get("TargetMode") == "External" and kind != "hyperlink":
            yield _finding(file, kind, "delivery.unsafe_external", target=shortened(str(link.get("Target", ""))))


def _formulas(archive: zipfile.ZipFile, info: zipfile.ZipInfo, file: str) -> Iterator[PackageFinding]:
    """One finding per sheet: formulas that reach out of the workbook, else (C) formulas that only calculate."""
    found: list[tuple[str, str]] = []
    with archive.open(info) as stream:
        for _, cell in etree.iterparse(stream, tag=f"{_MAIN}c", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False):
            formula = cell.find(f"{_MAIN}f")
            if formula is not None:
                found.append((str(cell.get("r", "")), formula.text or ""))
            cell.clear()
    reaching = [one for one in found if _REACHES_OUT.search(one[1])]
    sheet = Path(info.filename).stem
    if reaching:
        yield _finding(file, sheet, "delivery.unsafe_formula", cell=reaching[0][0], formula=shortened(f"={reaching[0][1]}"), count=len(reaching))
    elif found:
        cell, formula = found[0]
        message = Message("delivery.formulas", {"file": file, "sheet": sheet, "cell": cell, "formula": shortened(f"={formula}"), "count": len(found)})
        yield PackageFinding(UNSAFE, file, sheet, message, "C")


def _list(path: Path, file: str) -> Iterator[PackageFinding]:
    """Cells of a list that a spreadsheet takes for formulas."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        found = [(number, cell) for number, row in enumerate(csv.reader(stream), 1) for cell in row if _RUNS_IN_LIST.match(cell)]
    if found:
        number, cell = found[0]
        yield _finding(file, "", "delivery.unsafe_formula", cell=f"#{number}", formula=shortened(cell.strip()), count=len(found))


def _database(path: Path, file: str) -> Iterator[PackageFinding]:
    """Triggers and views that a GeoPackage does not need, and projects in it."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        rows = connection.execute("SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view') OR lower(name) = 'qgis_projects'").fetchall()
    for kind, name in rows:
        if kind == "table":
            yield _finding(file, str(name), "delivery.unsafe_project")
        elif kind in ("trigger", "view") and not _OWN_SQL.match(str(name)):
            yield _finding(file, shortened(str(name)), "delivery.unsafe_sql", name=shortened(str(name)))


def _holds(path: Path, pattern: re.Pattern[bytes]) -> bool:
    """Whether a file of any size holds what the pattern finds."""
    kept = b""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            if pattern.search(kept + chunk):
                return True
            kept = chunk[-_OVERLAP:]
    return False


def _part(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A part of an archive, not more of it than is looked at."""
    with archive.open(info) as stream:
        return stream.read(_MOST_PART)


def _parser() -> Any:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _finding(file: str, subject: str, code: str, **params: Any) -> PackageFinding:
    return PackageFinding(UNSAFE, file, subject, Message(code, {"file": file, **params}))
