"""Map sheets in a Word document: each on a page of A3 that stands as the sheet does, so that its legend can be read."""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path
from typing import Any, Sequence

from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from docx.image.image import Image
from docx.shared import Mm

from village_planner.base import InputError
from village_planner.delivery.document_contents import HEADING
from village_planner.delivery.document_tables import paragraph
from village_planner.delivery.document_template import BOOKMARK, W

_PAPER_MM = (297, 420)
_HEADING_MM = 36.0
"""Room for the chapter's heading and the caption, whatever stands on the page."""
_REDUCED = "（缩印，以线段比例尺为准）"
"""The number of the scale on a sheet holds for its own paper only."""
_SAME_SIZE = 0.98
_FAULTS = (InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError)


class Pictures:
    """The pictures of one document. style: id of that of captions, '' for none."""

    def __init__(self, document: Any, sheets: Sequence[Path], style: str) -> None:
        self._document, self._sheets, self._style = document, sheets, style
        self._made: list[tuple[Any, Any, bool]] = []

    def elements(self) -> list[Any]:
        """A paragraph for each picture and one for its caption. Raises InputError for a file that is no picture."""
        for number, sheet in enumerate(self._sheets, 1):
            try:
                image = Image.from_file(str(sheet))
            except _FAULTS as error:
                raise InputError("delivery.document_picture", file=sheet.name, reason=type(error).__name__) from error
            upright = bool(image.px_height > image.px_width)
            width, height = self._room_mm(upright)
            held = self._document.add_paragraph()
            held.paragraph_format.first_line_indent = Mm(0)
            held.paragraph_format.line_spacing = 1.0
            held.paragraph_format.keep_with_next = True
            held.alignment = 1
            printed = Mm(min(height, width * image.px_height / image.px_width))
            held.add_run().add_picture(str(sheet), height=printed)
            held._p.getparent().remove(held._p)
            title = f"图{number}　{sheet_title(sheet)}{_REDUCED if printed < _SAME_SIZE * image.height else ''}"
            self._made.append((held._p, paragraph(title, self._style), upright))
        return [element for held, caption, _ in self._made for element in (held, caption)]

    def set_pages(self) -> None:
        """Give each picture its page, once it stands in the filled body; a marked heading right before the first one comes along."""
        if not self._made:
            return
        last = self._document.sections[-1]._sectPr
        first = self._made[0][0]
        before = first.getprevious()
        if before is not None and _is_heading(before):
            before = before.getprevious()
        if before is not None:
            _end_section(before, last)
        for _, caption, upright in self._made[:-1]:
            _end_section(caption, _turned(last, upright))
        last.getparent().replace(last, _turned(last, self._made[-1][2]))

    def _room_mm(self, upright: bool) -> tuple[float, float]:
        """Width and height that a picture may have on its page."""
        section = self._document.sections[-1]
        width, height = _PAPER_MM if upright else _PAPER_MM[::-1]
        sides = (section.left_margin + section.right_margin) / Mm(1)
        return width - sides, height - (section.top_margin + section.bottom_margin) / Mm(1) - _HEADING_MM


def sheet_title(sheet: Path) -> str:
    """Name of a map sheet from its file's: without code, name of the area and number."""
    return re.sub(r"^\d+\D+\d{2}(?=\D)", "", sheet.stem) or sheet.stem


def _is_heading(element: Any) -> bool:
    return any(str(mark.get(f"{W}name")).startswith(f"{BOOKMARK}{HEADING}") for mark in element.iter(f"{W}bookmarkStart"))


def _turned(section: Any, upright: bool) -> Any:
    copy = deepcopy(section)
    size = copy.find(f"{W}pgSz")
    twips = [str(int(Mm(side).twips)) for side in (_PAPER_MM if upright else _PAPER_MM[::-1])]
    for name, value in zip(("w", "h", "orient"), (*twips, "portrait" if upright else "landscape")):
        size.set(f"{W}{name}", value)
    return copy


def _end_section(element: Any, section: Any) -> None:
    """End a section in a paragraph, or behind a table."""
    if element.tag != f"{W}p":
        added = paragraph("", "")
        element.addnext(added)
        element = added
    form = element.find(f"{W}pPr")
    if form.find(f"{W}sectPr") is None:
        form.append(deepcopy(section))
