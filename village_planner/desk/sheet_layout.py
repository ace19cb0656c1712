"""Puts a map sheet together: paper and scale by the plan's extent, title, maps, legend and tables, the line at the foot."""

from __future__ import annotations

import math
from dataclasses import dataclass

from qgis.core import QgsRectangle, QgsVectorLayer

from village_planner.delivery.naming import chinese_date
from village_planner.delivery.sheets import MapLayer, Panel, Sheet, SheetSource
from village_planner.desk import compat, sheet_labels
from village_planner.desk.sheet_blocks import GAP, Block, Index, Inset, Legend, Notes, Scale, Statement, Table, draw_stacks, stacked
from village_planner.desk.sheet_page import CENTRE, LINE_HEIGHT, MM_PER_POINT, RIGHT, Box, Page
from village_planner.desk.sheet_surroundings import BEYOND, on_paper
from village_planner.desk.sheet_symbols import crowding, map_layers
from village_planner.desk.sheet_trial import Frame, set_up_engine

PAPERS = ((420.0, 297.0), (297.0, 420.0))
GROWTHS = (1.0, 2**0.5, 2.0)
_READABLE, _MOST_NUMBERS, _MOST_SHARE, _LEAST_SYMBOLS = 0.6, 40, 0.35, 0.5
_MARGIN, _TITLE, _FOOT, _COLUMN, _STRIP, _PANEL_TITLE = 10.0, 21.0, 9.0, 84.0, 88.0, 9.5
_ROOM_AROUND = 1.06
_STEPS = (1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.2, 2.5, 2.8, 3.0, 3.2, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0, 9.0, 10.0)
_SMALLEST_M = 200.0
_LABELS_ON_PANELS, _LEAST_SUMMARY = 7.5, 6.0
_GEOMETRY_ORDER = {compat.POLYGON: 0, compat.LINE: 1, compat.POINT: 2}


@dataclass(frozen=True)
class Arrangement:
    """Paper, boxes of the maps and of what stands beside them (mm), and the scale's denominator."""

    paper: tuple[float, float]
    maps: tuple[Box, ...]
    beside: Box
    denominator: int


def compose(sheet: Sheet, source: SheetSource) -> Page:
    """The sheet as a layout of one page: A3, landscape or portrait, whichever gives the larger scale.

    Where too many names found no room, some lie on others, or symbols or what stands beside the maps would be too small to read, the paper grows to
    A2 and A1; title, legend and tables grow with it, so that they can be read where the sheet is printed on smaller paper.
    """
    for growth in GROWTHS:
        best = arrange(len(sheet.panels), source.bounds, bool(sheet.panels[0].title), growth)
        page, last = Page(*best.paper), growth == GROWTHS[-1]
        if not last and _is_crowded(page, sheet, source, best.denominator):
            continue
        set_up_engine(page.project)
        numbered: list[tuple[int, str]] = []
        covering = 0
        for panel, box in zip(sheet.panels, best.maps):
            names = _draw_map(page, panel, box, best.denominator, source, len(numbered) + 1, growth)
            numbered += names.numbered
            covering += names.covering
        blocks = _beside(sheet, source, best, numbered)
        room = best.beside.inset(1.5)
        stacks = stacked(page, room, blocks, growth)
        if last and not stacks.scale:
            # The inset tells nothing that the map does not.
            blocks = [block for block in blocks if not isinstance(block, Inset)]
            stacks = stacked(page, room, blocks, growth)
        if last or (stacks.scale >= _READABLE and len(numbered) <= _MOST_NUMBERS and not covering):
            break
    draw_stacks(page, room, blocks, stacks)
    page.rectangle(best.beside, 0.3)
    _draw_frame(page, sheet, source, growth)
    return page


def _is_crowded(page: Page, sheet: Sheet, source: SheetSource, scale: int) -> bool:
    """Whether symbols of the fullest map would shrink too far, or names of the smallest size cover so much of the ground that a trial is a waste."""
    ground = _ground(source, scale)
    points = sheet_labels.SIZES[-1]
    lengths = [sum(page.width_of(label, points) for layer in panel.layers for label in layer.rows["label"].dropna()) for panel in sheet.panels]
    share = max(lengths) * points * MM_PER_POINT * LINE_HEIGHT / ground
    return share > _MOST_SHARE or min(crowding(panel.layers, ground) for panel in sheet.panels) < _LEAST_SYMBOLS


def _ground(source: SheetSource, scale: int) -> float:
    """The ground of the plan on the paper, mm²."""
    west, south, east, north = source.bounds
    return max((east - west) * (north - south) * 1e6 / scale**2, 1.0)


def _beside(sheet: Sheet, source: SheetSource, best: Arrangement, numbered: list[tuple[int, str]]) -> list[Block]:
    blocks: list[Block] = [Legend(sheet.legend)] if sheet.legend else []
    blocks += [Statement(sheet.statement)] if sheet.statement else []
    blocks += [Table(table) for table in sheet.tables]
    blocks += [Index(tuple(numbered))] if numbered else []
    blocks += [_inset(source, source.townships)] if source.townships is not None and len(sheet.panels) == 1 else []
    return [*blocks, Scale(best.denominator), *([Notes(sheet.notes)] if sheet.notes else [])]


def arrange(maps: int, bounds: tuple[float, float, float, float], with_titles: bool = False, growth: float = 1.0) -> Arrangement:
    """The arrangement of `maps` maps of the same extent with the largest scale; one map has a column or strip beside it, several stand in a grid.

    growth: how many times longer the sides of the paper are than those of A3.
    """
    found = []
    for paper in ((round(width * growth), round(height * growth)) for width, height in PAPERS):
        title, foot = _TITLE * growth, _FOOT * growth
        body = Box(_MARGIN, _MARGIN + title, paper[0] - 2 * _MARGIN, paper[1] - 2 * _MARGIN - title - foot)
        if maps == 1:
            column, strip = _COLUMN * growth, _STRIP * growth
            beside = Box(body.right - column, body.y, column, body.height)
            room = Box(body.x, body.y, body.width - column - GAP, body.height)
            if paper[1] > paper[0]:
                beside = Box(body.x, body.bottom - strip, body.width, strip)
                room = Box(body.x, body.y, body.width, body.height - strip - GAP)
            found.append(Arrangement(paper, (room,), beside, denominator(bounds, room)))
            continue
        for across in range(1, maps + 2):
            down = math.ceil((maps + 1) / across)
            width, height = (body.width - GAP * (across - 1)) / across, (body.height - GAP * (down - 1)) / down
            cells = [Box(body.x + n % across * (width + GAP), body.y + n // across * (height + GAP), width, height) for n in range(maps + 1)]
            last = cells[-1]
            beside = Box(last.x, last.y, body.right - last.x, last.height)
            if min(beside.width, beside.height) < 75 or beside.width * beside.height < 9_000:
                continue
            title = _PANEL_TITLE * growth if with_titles else 0.0
            rooms = tuple(Box(cell.x, cell.y + title, cell.width, cell.height - title) for cell in cells[:-1])
            found.append(Arrangement(paper, rooms, beside, denominator(bounds, rooms[0])))
    return min(found, key=lambda one: one.denominator)


def denominator(bounds: tuple[float, float, float, float], room: Box) -> int:
    """The scale in which the bounds (m) fit into a box with some room around, in steps that read well."""
    west, south, east, north = bounds
    needed = max(max(east - west, _SMALLEST_M) / room.width, max(north - south, _SMALLEST_M) / room.height) * 1000 * _ROOM_AROUND
    power = 10.0 ** math.floor(math.log10(needed))
    return int(next(step * power for step in _STEPS if step * power >= needed * (1 - 1e-9)))


def _draw_map(
    page: Page, panel: Panel, box: Box, scale: int, source: SheetSource, first_number: int, growth: float
) -> sheet_labels.Names:
    """One map with its title; returns what is written on it."""
    if panel.title:
        head, title = Box(box.x, box.y - _PANEL_TITLE * growth, box.width, _PANEL_TITLE * growth), 22 * growth
        page.rectangle(head, 0.3, fill="#f2f2f2")
        page.text(Box(head.x + 2, head.y, title, head.height), panel.title, 11 * growth, True)
        page.text(Box(head.x + title + 2, head.y, head.width - title - 4, head.height), panel.summary, 8 * growth, False, RIGHT, least=_LEAST_SUMMARY * growth)
    extent = _around(source.bounds, box, scale)
    factor = crowding(panel.layers, _ground(source, scale))
    layers = on_paper(panel.layers, Frame(box, extent, source.crs))
    drawn: list[tuple[MapLayer, QgsVectorLayer]] = [
        (layer, made) for layer in layers if layer.label_kind != BEYOND for made in map_layers(layer, source.crs, factor)
    ]
    drawn.sort(key=lambda pair: (pair[0].level, _GEOMETRY_ORDER[pair[1].geometryType()]), reverse=True)
    largest = _LABELS_ON_PANELS if panel.title else sheet_labels.SIZES[0]
    names = sheet_labels.fit(layers, factor, Frame(box, extent, source.crs), largest, first_number)
    page.map(box, extent, source.crs, [*names.layers, *(made for _, made in drawn)])
    return names


def _around(bounds: tuple[float, float, float, float], box: Box, scale: int) -> QgsRectangle:
    west, south, east, north = bounds
    half_width, half_height = box.width * scale / 2000, box.height * scale / 2000
    x, y = (west + east) / 2, (south + north) / 2
    return QgsRectangle(x - half_width, y - half_height, x + half_width, y + half_height)


def _inset(source: SheetSource, townships: MapLayer) -> Inset:
    west, south, east, north = source.inset_bounds or source.bounds
    extent = QgsRectangle(west, south, east, north)
    extent.grow(0.04 * max(extent.width(), extent.height()))
    return Inset("乡镇位置示意", extent, source.crs, townships)


def _draw_frame(page: Page, sheet: Sheet, source: SheetSource, growth: float) -> None:
    """Frames, title, number, draft mark, and the line at the foot; texts and boxes as much larger as the paper."""
    heading, paper, g = source.heading, page.box, growth
    page.rectangle(paper.inset(_MARGIN - 4), 0.8)
    page.rectangle(paper.inset(_MARGIN - 2), 0.2)
    inner = paper.inset(_MARGIN)
    middle = Box(inner.x + 48 * g, inner.y, inner.width - 96 * g, _TITLE * g)
    page.text(Box(middle.x, middle.y, middle.width, 7.5 * g), heading.plan_title, 14 * g, False, CENTRE)
    page.text(Box(middle.x, middle.y + 7.5 * g, middle.width, 11.5 * g), sheet.title, 26 * g, True, CENTRE)
    page.rectangle(Box(inner.right - 26 * g, inner.y + 1, 26 * g, 9 * g), 0.3)
    page.text(Box(inner.right - 25 * g, inner.y + 1, 24 * g, 9 * g), f"图号 {sheet.number}", 11 * g, True, CENTRE)
    page.text(Box(inner.right - 46 * g, inner.y + 11 * g, 46 * g, 6 * g), heading.edition, 10 * g, False, RIGHT)
    if heading.draft:
        page.rectangle(Box(inner.x, inner.y + 1, 26 * g, 12 * g), 0.8, "#d00000")
        page.text(Box(inner.x + 1, inner.y + 1, 26 * g - 2, 12 * g), "草稿", 22 * g, True, CENTRE, "#d00000")
    if heading.secrecy:
        page.text(Box(inner.x + 28 * g, inner.y + 1, 20 * g, 9 * g), heading.secrecy, 12 * g, True)
    foot = Box(inner.x, inner.bottom - _FOOT * g + 2, inner.width, _FOOT * g - 2)
    texts = [
        f"编制单位：{heading.institute or '（未填）'}", f"编制日期：{chinese_date(heading.date)}", f"坐标系统：{source.crs_text}",
        f"资料截止时间：{chinese_date(source.facts_text)}",
    ]
    points = 8.5 * g
    shares = [max(page.width_of(text, points), 30) for text in texts]
    x = foot.x
    for text, share in zip(texts, shares):
        width = foot.width * share / sum(shares)
        page.rectangle(Box(x, foot.y, width, foot.height), 0.2)
        page.text(Box(x + 1.5, foot.y, width - 3, foot.height), text, points, False, CENTRE)
        x += width
