"""Reads the figures and tables out of a package's Word documents again and compares them with what its layers give."""

from __future__ import annotations

import math
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterator

from lxml import etree

from village_planner.accounts.rounding import half_up
from village_planner.base import InputError, Message
from village_planner.delivery.columns import expanded_columns, heading_depth
from village_planner.delivery.document_figures import text_figures
from village_planner.delivery.document_template import BOOKMARK, W
from village_planner.delivery.fields import shortened
from village_planner.delivery.findings import PackageFinding
from village_planner.delivery.frames import DeliverySource
from village_planner.delivery.printed import compare_rows, holds
from village_planner.delivery.rows import printed_rows
from village_planner.delivery.tables import delivered_tables, tables_of
from village_planner.delivery.unpack import ZIP_FAULTS
from village_planner.delivery.workbook import NOTE

TEXT_RULE = "NL-11"
_PART = "word/document.xml"
_MOST_BYTES = 128 << 20
_TABLE, _HEADING = "table_", "heading_"
_FIRST_ROWS = 5
_SPAN = re.compile(r"[1-9]|1\d")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_REPEATED = re.compile(r"__\d+$")
_FAULTS = (*ZIP_FAULTS, KeyError, ValueError, OSError, etree.XMLSyntaxError)


@dataclass
class FoundFigure:
    """A number between the two ends of a figure's bookmark: name with `__2` …, what a reader sees there, and the paragraph around it."""

    name: str
    text: str
    context: str

    @property
    def value(self) -> float:
        """The number, not a number where the text is none."""
        found = _NUMBER.fullmatch(self.text.replace(",", "").strip())
        return float(found.group()) if found else math.nan


@dataclass
class FoundDocument:
    """Figures in their order, the cells of each marked table, headings included, and the first rows of every table with its mark ('' none)."""

    figures: list[FoundFigure] = field(default_factory=list)
    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    first_rows: list[tuple[str, list[list[str]]]] = field(default_factory=list)


def read_figures(path: Path) -> dict[str, float]:
    """The numbers of a document by the names of their bookmarks; not a number where the visible text is none; {} for a file that has none.

    A figure that stands more than once comes as name, name__2, … Only visible text counts. Raises nothing for a damaged file: {}.
    """
    document = read_document(path)
    return {figure.name: figure.value for figure in document.figures} if document else {}


def check_explanation(path: Path, file: str, source: DeliverySource) -> list[PackageFinding]:
    """Findings (NL-11) on numbers in the text of a document, and in its tables, that are not those of the layers.

    source: the plan as the package's layers describe it. One finding per place in the text, and per column of a table. A
    document that cannot be read is passed over: QC-1103 says so. Raises InputError for one that carries no marks, which nothing can be compared with.
    """
    rule = source.profile.rule(TEXT_RULE)
    document = read_document(path)
    if rule is None or not rule.on or document is None:
        return []
    if not document.figures and not document.tables:
        raise InputError("delivery.document_without_figures")
    tables = tables_of(source)
    figures = text_figures(source, tables)
    findings = []
    for found in document.figures:
        expected = figures.get(_REPEATED.sub("", found.name))
        if expected is None or (expected.needs and not holds(source, expected.needs)):
            continue
        # A difference of one in the last decimal may come from what the layers' own fields were rounded to.
        allowed = 10.0**-expected.decimals if expected.decimals else 0.0
        if expected.value is None or not abs(found.value - half_up(expected.value, expected.decimals)) <= allowed + 1e-9:
            params = {
                "file": file.rsplit("/", 1)[-1], "context": shortened(found.context), "found": shortened(found.text) or "—",
                "expected": expected.text, "figure": found.name,
            }
            findings.append(PackageFinding(TEXT_RULE, file, found.name, Message("delivery.document_differs", params)))
    for spec, frame in [*delivered_tables(source, tables, "document"), *delivered_tables(source, tables)]:
        if spec.id in document.tables:
            columns = expanded_columns(spec, source.data.phases, source.profile)
            depth = heading_depth(columns)
            cells = [_numbers(row) for row in document.tables[spec.id][depth:]]
            findings += compare_rows(file, spec.title, depth + 1, columns, cells, printed_rows(spec, columns, frame), source, TEXT_RULE)
    return findings


def read_document(path: Path) -> FoundDocument | None:
    """What our marks in a document hold; None where it cannot be read. No entities, nothing fetched, bounded in size."""
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(_PART).file_size > _MOST_BYTES:
                return None
            parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
            root = etree.fromstring(archive.read(_PART), parser)
    except _FAULTS:
        return None
    if root.getroottree().docinfo.internalDTD is not None:
        return None
    document = FoundDocument()
    wanted = None
    for element in root.iter(f"{W}p", f"{W}tbl"):
        if element.tag == f"{W}p":
            for figure in _figures(element):
                if figure.name.startswith(_TABLE):
                    wanted = figure.name[len(_TABLE) :]
                elif not figure.name.startswith(_HEADING):
                    document.figures.append(figure)
        else:
            rows = list(element.iterchildren(f"{W}tr"))
            cells = [_row_texts(row) for row in (rows[:_FIRST_ROWS] if wanted is None else rows)]
            if cells and cells[-1] and cells[-1][0].startswith(NOTE) and not any(cells[-1][1:]):
                cells.pop()
            document.first_rows.append((wanted or "", cells[:_FIRST_ROWS]))
            if wanted is not None:
                document.tables.setdefault(wanted, cells)
            wanted = None
    return document


def _figures(paragraph: Any) -> Iterator[FoundFigure]:
    """The marked places of a paragraph; a place that is not closed in it holds no number."""
    opened: dict[str, tuple[str, list[str]]] = {}
    context = _visible(paragraph)
    for node in paragraph.iter(f"{W}bookmarkStart", f"{W}bookmarkEnd", f"{W}t"):
        if node.tag == f"{W}bookmarkStart":
            name = str(node.get(f"{W}name", ""))
            if name.startswith(BOOKMARK):
                opened[str(node.get(f"{W}id"))] = (name[len(BOOKMARK) :], [])
        elif node.tag == f"{W}bookmarkEnd":
            if str(node.get(f"{W}id")) in opened:
                name, texts = opened.pop(str(node.get(f"{W}id")))
                yield FoundFigure(name, "".join(texts), context)
        elif not _is_hidden(node):
            for _, texts in opened.values():
                texts.append(node.text or "")
    for name, _ in opened.values():
        yield FoundFigure(name, "", context)


def _row_texts(row: Any) -> list[str]:
    """The texts of a table's row by column; the columns that a cell stands over besides its first are ''."""
    texts: list[str] = []
    for cell in row.iterchildren(f"{W}tc"):
        span = cell.find(f"{W}tcPr/{W}gridSpan")
        count = str(span.get(f"{W}val", "")) if span is not None else ""
        texts += [_visible(cell), *[""] * (int(count) - 1 if _SPAN.fullmatch(count) else 0)]
    return texts


def _visible(element: Any) -> str:
    return "".join(node.text or "" for node in element.iter(f"{W}t") if not _is_hidden(node))


def _is_hidden(text: Any) -> bool:
    """Whether a text is not seen: marked as hidden, or deleted with tracking."""
    run = text.getparent()
    hidden = run.find(f"{W}rPr/{W}vanish") if run.tag == f"{W}r" else None
    return hidden is not None and hidden.get(f"{W}val") not in ("0", "false", "off")


def _numbers(row: list[str]) -> list[Any]:
    """Cells of a table as numbers where they are numbers, None where they are empty."""
    cells: list[Any] = []
    for cell in row:
        found = _NUMBER.fullmatch(cell.replace(",", "").strip())
        cells.append(float(found.group()) if found else cell or None)
    return cells
