"""Writes the plan's text and explanation (规划文本, 说明书) as Word documents, from the templates that the profile has for them."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Mapping, Sequence

import pandas as pd
from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.shared import Mm

from village_planner.base import InputError
from village_planner.delivery.columns import expanded_columns
from village_planner.delivery.document_contents import contents_elements, marked_headings
from village_planner.delivery.document_figures import text_figures
from village_planner.delivery.document_pictures import Pictures
from village_planner.delivery.document_tables import Styles, paragraph, table_elements
from village_planner.delivery.document_template import Template, Value, W
from village_planner.delivery.document_values import text_lists, text_values
from village_planner.delivery.frames import DeliverySource
from village_planner.delivery.naming import plan_date
from village_planner.delivery.rows import printed_rows
from village_planner.delivery.tables import delivered_tables
from village_planner.delivery.workbook import Heading
from village_planner.delivery.zipping import reproducible
from village_planner.standards import TableSpec

if TYPE_CHECKING:
    from village_planner.delivery.content import PackageContent

TEXT, EXPLANATION = "text", "explanation"
"""Kinds of documents, as the package's entries and the profile's templates are called."""
_PICTURES = (".jpg", ".jpeg", ".png")
_TABLE = "table_"
_ANNEX = "annex."
"""Before a frame: the number of the table at the end of the text that shows it; holds only where there is one."""
_CHAPTER_TABLE, _ANNEX_TABLE = "表", "附表"


def write_document(
    kind: str, path: Path, source: DeliverySource, heading: Heading, tables: Mapping[str, pd.DataFrame], sheets: Sequence[Path]
) -> None:
    """Write `path`, the same bytes for the same content.

    kind: TEXT or EXPLANATION. tables: frames of `tables.table_frames`. sheets: pictures of map sheets in order (jpg, png; other
    files are passed over). Raises InputError where the profile has no template, or one that names what does not exist;
    OSError where the file cannot be written.
    """
    document, file = _opened(source, kind)
    writer = _Writer(document, file, source, heading, tables, [sheet for sheet in sheets if sheet.suffix.lower() in _PICTURES])
    writer.fill()
    moment = datetime.fromisoformat(heading.date)
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = heading.plan_title, heading.institute or "Village Planner", ""
    properties.created = properties.modified = moment
    buffer = BytesIO()
    document.save(buffer)
    path.write_bytes(reproducible(buffer.getvalue(), moment))


def _opened(source: DeliverySource, kind: str) -> tuple[Any, str]:
    template = source.profile.documents.get(kind)
    if template is None:
        raise InputError("delivery.document_no_template", profile=source.profile.id, kind=kind)
    try:
        return Document(str(template)), template.name
    except (PackageNotFoundError, OSError, KeyError, ValueError) as error:
        raise InputError("delivery.document_template_unreadable", file=template.name, reason=str(error)[:200]) from error


class _Writer:
    """Fills one document: its texts, tables, pictures and the list of contents."""

    def __init__(
        self, document: Any, file: str, source: DeliverySource, heading: Heading, tables: Mapping[str, pd.DataFrame], sheets: Sequence[Path]
    ) -> None:
        self._document, self._file, self._source = document, file, source
        of_document = delivered_tables(source, tables, "document")
        self._appended = delivered_tables(source, tables)
        self._tables = {spec.id: (spec, frame) for spec, frame in [*of_document, *self._appended]}
        self._numbers: dict[str, str] = {}
        self._contents: Any = None
        figures = text_figures(source, tables)
        names = {style.name: style.style_id for style in document.styles}
        self._pictures = Pictures(document, sheets, names.get("图题", ""))
        blocks = {"table": self._table, "tables": self._all_tables, "sheets": lambda _: self._pictures.elements(), "toc": self._toc}
        self._values = {**text_values(source, heading, figures, bool(sheets)), **{f"{_ANNEX}{frame}": Value("", "", False) for frame in tables}}
        self._template = Template(file, self._values, text_lists(source, tables, figures), blocks)
        self._styles = Styles(names.get("表格文字", ""), names.get("表题", ""), names.get("表注", ""))
        self._names = names

    def fill(self) -> None:
        body = self._document.element.body
        self._number_tables(body)
        self._template.fill_body(body)
        headings = marked_headings(body, self._names, self._template)
        if self._contents is not None:
            for element in contents_elements(headings, self._names):
                self._contents.addprevious(element)
            self._contents.getparent().remove(self._contents)
        self._pictures.set_pages()
        for section in self._document.sections:
            for part in (section.header, section.footer, section.first_page_header, section.first_page_footer):
                if not part.is_linked_to_previous:
                    self._template.fill_part(part._element)

    def _number_tables(self, body: Any) -> None:
        """Number the tables that will be printed: 表1 … in the chapters, 附表1 … those of the workbook, which the text may name by their frames."""
        shown: list[str] = []
        for word, table in self._template.shown_blocks(list(body)):
            shown += [table] if word == "table" else [spec.id for spec, _ in self._appended] if word == "tables" else []
        counts = {_CHAPTER_TABLE: 0, _ANNEX_TABLE: 0}
        for spec, frame in (self._tables[table] for table in dict.fromkeys(shown) if table in self._tables):
            if len(frame):
                name = _ANNEX_TABLE if spec.place == "workbook" else _CHAPTER_TABLE
                counts[name] += 1
                self._numbers[spec.id] = f"{name}{counts[name]}"
                if name == _ANNEX_TABLE:
                    self._values[f"{_ANNEX}{spec.frame}"] = Value(self._numbers[spec.id])

    def _toc(self, _: str) -> list[Any]:
        self._contents = paragraph("", "")
        return [self._contents]

    def _table(self, table: str) -> list[Any]:
        if table not in self._tables:
            raise InputError("delivery.document_placeholder", file=self._file, placeholder=f"{{{{table:{table[:40]}}}}}")
        return self._table_elements(*self._tables[table], width_mm=self._width_mm(table))

    def _all_tables(self, _: str) -> list[Any]:
        elements: list[Any] = []
        for spec, frame in self._appended:
            # The first one stands below the chapter's heading.
            elements += self._table_elements(spec, frame, self._width_mm(spec.id), begins_page=bool(elements))
        return elements

    def _table_elements(self, spec: TableSpec, frame: pd.DataFrame, width_mm: float, begins_page: bool = False) -> list[Any]:
        """The table with a bookmark around its caption by which an inspector finds it; nothing for a table without rows."""
        columns = expanded_columns(spec, self._source.data.phases, self._source.profile)
        rows = printed_rows(spec, columns, frame)
        if not rows:
            return []
        in_workbook = f"（{spec.number}）" if spec.place == "workbook" else ""
        caption = f"{self._numbers[spec.id]}　{spec.title}{in_workbook}"
        top, parts = table_elements(caption, spec.unit, spec.note, columns, rows, width_mm, self._styles, begins_page)
        runs = [child for child in top if child.tag == f"{W}r"]
        for run in runs:
            top.remove(run)
        top.extend(self._template.bookmarked(f"{_TABLE}{spec.id}", runs))
        return [top, *parts]

    def _width_mm(self, table: str) -> float:
        """Room for a table: short tables stand in the chapters, those of the workbook on the last pages."""
        section = self._document.sections[-1 if self._tables[table][0].place == "workbook" else 0]
        return float((section.page_width - section.left_margin - section.right_margin) / Mm(1))


def write_explanation(path: Path, content: PackageContent, tables: Mapping[str, pd.DataFrame], sheets: Sequence[Path]) -> None:
    """Write the explanation (说明书) of a package: see `write_document`."""
    write_document(EXPLANATION, path, content.source, document_heading(content), tables, sheets)


def write_text(path: Path, content: PackageContent, tables: Mapping[str, pd.DataFrame], sheets: Sequence[Path]) -> None:
    """Write the text (规划文本) of a package: see `write_document`."""
    write_document(TEXT, path, content.source, document_heading(content), tables, sheets)


def document_heading(content: PackageContent) -> Heading:
    """What stands on the cover of a package's documents."""
    info = content.source.data.info
    institute, date = str(info["institute"] or ""), plan_date(content.source.data)
    return Heading(str(info["title"]), institute, content.names["draft"], date, content.names["edition"])
