"""Builds the Word templates of a profile's texts from their readable source: `python -m tools.document_templates`.

Source: tools/documents/<kind>.txt. `@ name` is the kind of text on the cover, `# ` a chapter, `## ` a section of it, `=== landscape`
begins pages of A3 landscape; every other paragraph stands as it is. What {{…}} means: docs/decisions/0131.
"""
# ruff: noqa: I001 - village_planner comes first: it brings python-docx along

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import village_planner  # noqa: F401
from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from village_planner.delivery.zipping import reproducible

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "tools" / "documents"
TARGET = ROOT / "resources" / "profiles" / "layout-2035" / "documents"
_DATE = datetime(2020, 1, 1)
_PLAIN_STYLES = ("表格文字", "表题", "图题", "目录标题", "目录一级", "目录二级", "封面标题", "封面文字", "表注")


def build(source: Path) -> bytes:
    """The template as a .docx, the same bytes for the same source."""
    document = Document()
    for element in list(document.element.body)[:-1]:
        document.element.body.remove(element)
    _set_styles(document)
    lines = [line for line in source.read_text(encoding="utf-8").split("\n") if line.strip()]
    name = next(line[2:].strip() for line in lines if line.startswith("@ "))
    _set_page(document.sections[0], Mm(210), Mm(297))
    _write_cover(document, name)
    _write_contents(document)
    _start_body(document)
    for line in lines:
        _write_line(document, line)
    document.core_properties.title, document.core_properties.author = name, "Village Planner"
    document.core_properties.comments = ""
    buffer = BytesIO()
    document.save(buffer)
    return reproducible(buffer.getvalue(), _DATE)


def _write_line(document: Any, line: str) -> None:
    if line.startswith("=== landscape"):
        section = document.add_section(WD_SECTION.NEW_PAGE)
        _set_page(section, Mm(420), Mm(297))
        section.orientation = WD_ORIENT.LANDSCAPE
        section._sectPr.remove(section._sectPr.find(qn("w:pgNumType")))
    elif line.startswith("## "):
        document.add_paragraph(line[3:], style="Heading 2")
    elif line.startswith("# "):
        document.add_paragraph(line[2:], style="Heading 1")
    elif not line.startswith("@ "):
        document.add_paragraph(line, style="Normal")


def _set_styles(document: Any) -> None:
    styles = document.styles
    _set_language(document)
    _set_style(styles["Normal"], "仿宋", 12)
    body = styles["Normal"].paragraph_format
    body.line_spacing, body.alignment = 1.5, WD_ALIGN_PARAGRAPH.LEFT
    body.space_before = body.space_after = Pt(0)
    body.first_line_indent = Pt(24)
    _keep_marks_off_line_starts(styles["Normal"])
    for level, font, size, side, space in ((1, "黑体", 16, WD_ALIGN_PARAGRAPH.CENTER, 18), (2, "楷体", 14, WD_ALIGN_PARAGRAPH.LEFT, 9)):
        heading = styles[f"Heading {level}"]
        _set_style(heading, font, size, bold=True)
        heading.paragraph_format.alignment, heading.paragraph_format.first_line_indent = side, Pt(0)
        heading.paragraph_format.space_before = heading.paragraph_format.space_after = Pt(space)
        heading.paragraph_format.keep_with_next = True
    for name in _PLAIN_STYLES:
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
        style.paragraph_format.first_line_indent = Pt(0)
        style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        style.paragraph_format.line_spacing = 1.0
    _set_style(styles["表格文字"], "宋体", 9)
    _set_style(styles["表注"], "宋体", 9)
    styles["表注"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.LEFT
    styles["表注"].paragraph_format.space_after = Pt(9)
    for name in ("表题", "图题"):
        _set_style(styles[name], "黑体", 10.5)
        styles[name].paragraph_format.space_before = styles[name].paragraph_format.space_after = Pt(6)
    styles["表题"].paragraph_format.keep_with_next = True
    _set_style(styles["封面标题"], "宋体", 28, bold=True)
    styles["封面标题"].paragraph_format.space_before = styles["封面标题"].paragraph_format.space_after = Pt(24)
    styles["封面标题"].paragraph_format.line_spacing = 1.3
    _set_style(styles["封面文字"], "宋体", 16)
    styles["封面文字"].paragraph_format.line_spacing = 1.5
    _set_style(styles["目录标题"], "黑体", 18)
    styles["目录标题"].paragraph_format.space_after = Pt(18)
    for name, indent, font in (("目录一级", 0, "黑体"), ("目录二级", 24, "仿宋")):
        _set_style(styles[name], font, 12)
        entry = styles[name].paragraph_format
        entry.alignment, entry.left_indent, entry.line_spacing = WD_ALIGN_PARAGRAPH.LEFT, Pt(indent), 1.2
    for name in ("Header", "Footer"):
        _set_style(styles[name], "宋体", 9)
        styles[name].paragraph_format.first_line_indent = Pt(0)
        styles[name].paragraph_format.line_spacing = 1.0


def _set_language(document: Any) -> None:
    """Chinese by the rules of the mainland: where a line may break, which marks may begin it, how its letters look."""
    language = document.styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:lang')}")
    theme = document.settings.element.find(qn("w:themeFontLang"))
    for element in (language, theme):
        element.set(qn("w:eastAsia"), "zh-CN")


def _keep_marks_off_line_starts(style: Any) -> None:
    """No line begins with a closing mark or ends with an opening one (避头尾), whatever a program does by itself."""
    style.element.get_or_add_pPr().insert_element_before(OxmlElement("w:kinsoku"), "w:spacing", "w:ind", "w:jc")


def _set_style(style: Any, font: str, size: float, bold: bool = False) -> None:
    """A style in a Chinese font; digits and Latin letters are Times New Roman."""
    style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    fonts.set(qn("w:eastAsia"), font)
    for key in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(key), "Times New Roman")


def _set_page(section: Any, width: int, height: int) -> None:
    section.page_width, section.page_height = width, height
    section.left_margin = section.right_margin = Mm(27 if width < height else 20)
    section.top_margin, section.bottom_margin = Mm(30 if width < height else 22), Mm(25 if width < height else 20)
    section.header_distance = section.footer_distance = Mm(12)


def _write_cover(document: Any, name: str) -> None:
    mark = document.add_paragraph("{{draft}}", style="封面文字")
    mark.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    mark.runs[0].font.bold, mark.runs[0].font.color.rgb = True, RGBColor(0xC0, 0, 0)
    title = document.add_paragraph("{{plan.cover_title}}", style="封面标题")
    title.paragraph_format.space_before = Pt(110)
    document.add_paragraph(name, style="封面标题")
    document.add_paragraph("（{{edition}}）", style="封面文字")
    # In the footer they stand at the foot of the page, however long the title is.
    section = document.sections[0]
    section.footer.is_linked_to_previous = False
    section.footer_distance = Mm(40)
    institute = section.footer.paragraphs[0]
    institute.text, institute.style = "{{plan.institute}}", document.styles["封面文字"]
    section.footer.add_paragraph("{{plan.month}}", style="封面文字")


def _write_contents(document: Any) -> None:
    """The section of the list of contents, with the header that all pages behind it have too."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False
    section.footer_distance = section.header_distance
    header = section.header.paragraphs[0]
    # In the middle: the pages of tables and sheets are of other widths.
    header.text, header.alignment = "{{plan.title}}（{{edition}}）[[　{{draft}}]]", WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph("目　录", style="目录标题")
    document.add_paragraph("{{toc}}", style="目录一级")


def _start_body(document: Any) -> None:
    """The section of the chapters, with pages counted from 1."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.footer.is_linked_to_previous = False
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _add_field(footer, "PAGE")
    counted = OxmlElement("w:pgNumType")
    counted.set(qn("w:start"), "1")
    section._sectPr.find(qn("w:cols")).addprevious(counted)


def _add_field(paragraph: Any, instruction: str) -> None:
    for kind in ("begin", None, "end"):
        run = paragraph.add_run()
        if kind is None:
            text = OxmlElement("w:instrText")
            text.set(qn("xml:space"), "preserve")
            text.text = f" {instruction} "
            run._r.append(text)
        else:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def main() -> None:
    """Write every template into the profile."""
    TARGET.mkdir(exist_ok=True)
    for source in sorted(SOURCES.glob("*.txt")):
        (TARGET / f"{source.stem}.docx").write_bytes(build(source))


if __name__ == "__main__":
    main()
