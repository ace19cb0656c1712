"""A printed table as a table of a Word document, as wide as the page and in a size in which it fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from village_planner.delivery.columns import heading_blocks, heading_depth
from village_planner.delivery.document_template import W
from village_planner.delivery.rows import WHOLE, PrintedRow, RowKind, kept_rows, label_columns, own_cells, shown, stands_in_the_middle, without_control
from village_planner.delivery.widths import broken_heading, column_widths, is_short
from village_planner.delivery.workbook import NOTE
from village_planner.standards import TableColumn

_NAMESPACE = f'xmlns:w="{W[1:-1]}"'
_MM_PER_POINT = 25.4 / 72
_TWIPS_PER_MM = 1440 / 25.4
_LARGEST, _SMALLEST = 9.0, 5.0
_SLACK = 0.95  # margins of cells, and blanks that programs put between characters and digits
_SIDE_TWIPS, _TOP_TWIPS, _NUMBER_TWIPS = 30, 20, 40
_HEAD, _SUM = "E8EEF4", "F5F7FA"


@dataclass(frozen=True)
class Styles:
    """Ids of the styles of the template; '' where it has none of that name."""

    cell: str
    caption: str
    note: str


def table_elements(
    caption: str, unit: str, note: str, columns: Sequence[TableColumn], rows: Sequence[PrintedRow], width_mm: float, styles: Styles,
    begins_page: bool = False,
) -> tuple[Any, list[Any]]:
    """The caption's paragraph, and what follows it: the unit, the table with headings that repeat on each page, a blank line.

    The note is the table's last row: what stands behind a table, a program may put on the next page alone. width_mm: of the text on the page.
    begins_page: a table that is cut begins on a page of its own; one that is not stands where it fits.
    """
    page = width_mm / (_LARGEST / 2 * _MM_PER_POINT)
    widths = column_widths(columns, rows, page)
    size = max(_SMALLEST, min(_LARGEST, _SLACK * _LARGEST * page / sum(widths)))
    twips = [int(width / sum(widths) * width_mm * _TWIPS_PER_MM) for width in widths]
    centred = [is_short(cells, width) for cells, width in zip(own_cells(columns, rows), widths)]
    body = [_head_row(columns, level, widths, twips, size, styles.cell) for level in range(heading_depth(columns))]
    body += [_row(columns, row, twips, centred, size, styles.cell, keep) for row, keep in zip(rows, [*kept_rows(rows)[:-1], bool(note)])]
    body += [_note_row(note, sum(twips), len(twips), styles.note)] if note else []
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
    sides = (("top", _TOP_TWIPS), ("left", _SIDE_TWIPS), ("bottom", _TOP_TWIPS), ("right", _SIDE_TWIPS))
    margins = "".join(f'<w:{side} w:w="{room}" w:type="dxa"/>' for side, room in sides)
    table = (
        f'<w:tbl {_NAMESPACE}><w:tblPr><w:tblW w:w="{sum(twips)}" w:type="dxa"/><w:jc w:val="center"/>{_borders()}'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(body)}</w:tbl>'
    )
    top = paragraph(caption, styles.caption, keep=True, begins_page=begins_page and len(rows) > WHOLE)
    parts = [paragraph(unit, styles.note, side="right", keep=True)] if unit else []
    parts.append(etree.fromstring(table))
    parts.append(paragraph("", styles.note))
    return top, parts


def paragraph(text: str, style: str, side: str = "", keep: bool = False, begins_page: bool = False) -> Any:
    """A paragraph of one run. side: alignment other than the style's; keep: on the page of the next one. begins_page: on a new one."""
    form = "".join((
        f"<w:pStyle w:val={quoteattr(style)}/>" if style else "", "<w:keepNext/>" if keep else "",
        "<w:pageBreakBefore/>" if begins_page else "",
        '<w:spacing w:after="0"/>' if side == "right" else "", f'<w:jc w:val="{side}"/>' if side else "",
    ))
    run = f'<w:r><w:t xml:space="preserve">{escape(without_control(text))}</w:t></w:r>' if text else ""
    return etree.fromstring(f"<w:p {_NAMESPACE}><w:pPr>{form}</w:pPr>{run}</w:p>")


def _borders() -> str:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    return "<w:tblBorders>" + "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="808080"/>' for side in sides) + "</w:tblBorders>"


def _head_row(columns: Sequence[TableColumn], level: int, widths: Sequence[float], twips: Sequence[int], size: float, style: str) -> str:
    cells = []
    for block in sorted(heading_blocks(columns), key=lambda block: block.start):
        if not block.level <= level <= block.below:
            continue
        span = f'<w:gridSpan w:val="{block.stop - block.start + 1}"/>' if block.stop > block.start else ""
        first = level == block.level
        merged = "" if block.below == block.level else '<w:vMerge w:val="restart"/>' if first else "<w:vMerge/>"
        width = sum(twips[block.start : block.stop + 1])
        text = broken_heading(block.text, sum(widths[block.start : block.stop + 1])) if first else ""
        cells.append(_cell(text, width, size, style, "center", span + merged, _HEAD, bold=True, keep=True))
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"


def _row(
    columns: Sequence[TableColumn], row: PrintedRow, twips: Sequence[int], centred: Sequence[bool], size: float, style: str, keep: bool
) -> str:
    is_sum, label = row.kind is not RowKind.ROW, label_columns(columns, row)
    cells = []
    for position, (column, value) in enumerate(zip(columns, row.cells)):
        if position in label[1:]:
            continue
        over = label if position in label else range(position, position + 1)
        span = f'<w:gridSpan w:val="{len(over)}"/>' if len(over) > 1 else ""
        if isinstance(value, str):
            side = "center" if centred[position] or is_sum else "left"
        else:
            side = "center" if stands_in_the_middle(column) else "right"
        cells.append(_cell(shown(value, column), sum(twips[over.start : over.stop]), size, style, side, span, _SUM if is_sum else "", bold=is_sum, keep=keep))
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"


def _note_row(note: str, width: int, columns: int, style: str) -> str:
    """One cell without a frame."""
    span = f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""
    frame = "".join(f'<w:{side} w:val="nil"/>' for side in ("left", "bottom", "right"))
    named = f"<w:pPr><w:pStyle w:val={quoteattr(style)}/><w:spacing w:after=\"0\"/></w:pPr>" if style else ""
    text = escape(without_control(f"{NOTE}{note}"))
    return (
        f'<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}<w:tcBorders>{frame}</w:tcBorders></w:tcPr>'
        f'<w:p>{named}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p></w:tc></w:tr>'
    )


def _cell(text: str, width: int, size: float, style: str, side: str, merged: str, fill: str, bold: bool, keep: bool) -> str:
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    half_points = round(size * 2)
    # Without the hint Word takes these marks for Latin ones, half as wide.
    hint = '<w:rFonts w:hint="eastAsia"/>' if "“" in text or "”" in text else ""
    form = f'{hint}{"<w:b/>" if bold else ""}<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n")) if text else ""
    run = f"<w:r><w:rPr>{form}</w:rPr>{lines}</w:r>" if text else ""
    named = (f"<w:pStyle w:val={quoteattr(style)}/>" if style else "") + ("<w:keepNext/>" if keep else "")
    # Digits keep off the border, as in the workbook.
    indent = f'<w:ind w:right="{_NUMBER_TWIPS}"/>' if side == "right" else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{merged}{shade}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr>{named}{indent}<w:jc w:val="{side}"/><w:rPr>{form}</w:rPr></w:pPr>{run}</w:p></w:tc>'
    )
