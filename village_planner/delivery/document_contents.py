"""The list of contents (目录) of a document: a field that Word keeps up to date, with its entries already in it."""

from __future__ import annotations

from typing import Any, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from village_planner.delivery.document_template import Template, W

_NAMESPACE = f'xmlns:w="{W[1:-1]}"'
_LEVELS = {1: "目录一级", 2: "目录二级"}
_MARK = "vp_heading_"
_RIGHT_TWIPS = 8845  # the text's width on a page of the templates: 156 mm
_FIELD = ' TOC \\o "1-2" \\h \\z \\u '


def marked_headings(body: Any, styles: Mapping[str, str], template: Template) -> list[tuple[int, str, str]]:
    """Level, text and bookmark of every heading of the levels 1 and 2; each gets a bookmark, so that the list can name its page."""
    level_of = {styles[name]: level for level in _LEVELS for name in (f"Heading {level}", f"heading {level}", f"标题 {level}") if name in styles}
    headings = []
    for paragraph in body.iterchildren(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        level = level_of.get(style.get(f"{W}val")) if style is not None else None
        text = "".join(node.text or "" for node in paragraph.iter(f"{W}t"))
        if level is None or not text:
            continue
        name = f"heading_{len(headings) + 1}"
        content = [child for child in paragraph if child.tag != f"{W}pPr"]
        paragraph.extend(template.bookmarked(name, content))
        headings.append((level, text, f"{_MARK}{len(headings) + 1}"))
    return headings


def contents_elements(headings: Sequence[tuple[int, str, str]], styles: Mapping[str, str]) -> list[Any]:
    """One paragraph per heading, with its page as a field; the first begins the field of the list and the last ends it."""
    elements = []
    for position, (level, text, mark) in enumerate(headings):
        start = f'{_mark("begin", dirty=True)}<w:r><w:instrText xml:space="preserve">{_FIELD}</w:instrText></w:r>{_mark("separate")}' if position == 0 else ""
        end = _mark("end") if position == len(headings) - 1 else ""
        style = f"<w:pStyle w:val={quoteattr(styles[_LEVELS[level]])}/>" if _LEVELS[level] in styles else ""
        page = f'{_mark("begin")}<w:r><w:instrText xml:space="preserve"> PAGEREF {mark} \\h </w:instrText></w:r>{_mark("separate")}<w:r><w:t>…</w:t></w:r>{_mark("end")}'
        elements.append(etree.fromstring(
            f'<w:p {_NAMESPACE}><w:pPr>{style}<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{_RIGHT_TWIPS}"/></w:tabs></w:pPr>{start}'
            f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r><w:r><w:tab/></w:r>{page}{end}</w:p>'
        ))
    return elements


def _mark(kind: str, dirty: bool = False) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"{" w:dirty=" + chr(34) + "true" + chr(34) if dirty else ""}/></w:r>'
