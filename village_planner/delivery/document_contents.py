"""The list of contents (目录) of a document: its headings with their pages as fields, which Word and others work out when they open it."""

from __future__ import annotations

from typing import Any, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from village_planner.delivery.document_template import BOOKMARK, Template, W

_NAMESPACE = f'xmlns:w="{W[1:-1]}"'
_LEVELS = {1: "目录一级", 2: "目录二级"}
HEADING = "heading_"
"""What the bookmarks of headings are called, a number behind it."""
_MARK = f"{BOOKMARK}{HEADING}"
_RIGHT_TWIPS = 8845  # the text's width on a page of the templates: 156 mm


def marked_headings(body: Any, styles: Mapping[str, str], template: Template) -> list[tuple[int, str, str]]:
    """Level, text and bookmark of every heading of the levels 1 and 2; each gets a bookmark, so that the list can name its page."""
    level_of = {styles[name]: level for level in _LEVELS for name in (f"Heading {level}", f"heading {level}", f"标题 {level}") if name in styles}
    headings: list[tuple[int, str, str]] = []
    for paragraph in body.iterchildren(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        level = level_of.get(style.get(f"{W}val")) if style is not None else None
        text = "".join(node.text or "" for node in paragraph.iter(f"{W}t"))
        if level is None or not text:
            continue
        name = f"{HEADING}{len(headings) + 1}"
        content = [child for child in paragraph if child.tag != f"{W}pPr"]
        paragraph.extend(template.bookmarked(name, content))
        headings.append((level, text, f"{_MARK}{len(headings) + 1}"))
    return headings


def contents_elements(headings: Sequence[tuple[int, str, str]], styles: Mapping[str, str]) -> list[Any]:
    """One paragraph per heading, with its page as a field."""
    elements = []
    for level, text, mark in headings:
        style = f"<w:pStyle w:val={quoteattr(styles[_LEVELS[level]])}/>" if _LEVELS[level] in styles else ""
        page = _mark("begin", ' w:dirty="true"') + f'<w:r><w:instrText xml:space="preserve"> PAGEREF {mark} </w:instrText></w:r>' + _mark("separate")
        elements.append(etree.fromstring(
            f'<w:p {_NAMESPACE}><w:pPr>{style}<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{_RIGHT_TWIPS}"/></w:tabs></w:pPr>'
            f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r><w:r><w:tab/></w:r>{page}<w:r><w:t> </w:t></w:r>{_mark("end")}</w:p>'
        ))
    return elements


def _mark(kind: str, flag: str = "") -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"{flag}/></w:r>'
