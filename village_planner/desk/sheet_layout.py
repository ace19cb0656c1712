"""Puts a map sheet together: paper and scale by the plan's extent, title, maps, legend and tables, the line at the foot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qgis.core import QgsRectangle, QgsVectorLayer

from village_planner.delivery.naming import BLANK, chinese_date
from village_planner.delivery.sheets import MapLayer, Panel, Sheet, SheetSource
from village_planner.desk import compat, sheet_labels
from village_planner.desk.sheet_blocks import Block, Index, Inset, Legend, Notes, Scale, Stacks, Statement, Table, draw_stacks, stacked
from village_planner.desk.sheet_grid import FOOT, MARGIN, PANEL_TITLE, TITLE, Arrangement, arrange
from village_planner.desk.sheet_page import CENTRE, LINE_HEIGHT, MM_PER_POINT, RIGHT, Box, Page
from village_planner.desk.sheet_surroundings import BEYOND, on_paper
from village_planner.desk.sheet_symbols import crowding, map_layers
from village_planner.desk.sheet_trial import Frame, set_up_engine

GROWTHS = (1.0, 2**0.5, 2.0)
_READABLE, _MOST_NUMBERS, _MOST_SHARE, _LEAST_SYMBOLS = 0.6, 40, 0.35, 0.5
_LABELS_ON_PANELS, _LEAST_ON_PANELS, _LEAST_SUMMARY, _TITLE_WIDTH = 7.5, 5.5, 6.0, 22
_PADDING, _NOMINAL_WIDTH, _GOOD = 1.5, 90.0, 0.85
_GEOMETRY_ORDER = {compat.POLYGON: 0, compat.LINE: 1, compat.POINT: 2}


def compose(sheet: Sheet, source: SheetSource) -> Page:
    """The sheet as a layout of one page: A3, landscape or portrait, whichever gives the larger scale.

    Where too many names found no room, some lie on others, or names of several maps, symbols or what stands beside the maps would be too small to read,
    the paper grows to A2 and A1; title, legend and tables grow with it, so that they can be read where the sheet is printed on smaller paper.
    """
    for growth in GROWTHS:
        best = arrange(len(sheet.panels), source.bounds, bool(sheet.panels[0].title), growth)
        page, last = Page(*best.paper), growth == GROWTHS[-1]
        if not last and _is_crowded(page, sheet, source, best.denominator):
            continue
        set_up_engine(page.project)
        factor = min(crowding(panel.layers, _ground(source, best.denominator)) for panel in sheet.panels)
        maps = [_map(panel, box, best.denominator, source, factor) for panel, box in zip(sheet.panels, best.maps)]
        written = _written(maps, factor, sheet_labels.SIZES[0] if len(maps) == 1 else _LABELS_ON_PANELS)
        numbered = tuple(number for names in written for number in names.numbered)
        blocks = _beside(sheet, source, best, numbered)
        parts = _in_boxes(page, best.beside, blocks, growth)
        if _scale(parts) < _GOOD * growth if len(maps) > 1 else last and not _scale(parts):
            # The inset tells nothing that the map does not.
            parts = _in_boxes(page, best.beside, [block for block in blocks if not isinstance(block, Inset)], growth)
        too_small = len(maps) > 1 and min(names.points for names in written) < _LEAST_ON_PANELS
        if last or (_scale(parts) >= _READABLE and len(numbered) <= _MOST_NUMBERS and not too_small and not any(names.covering for names in written)):
            break
    rooms = [(panel.summary, _summary_width(box, growth)) for panel, box in zip(sheet.panels, best.maps)]
    points = min(page.fitting(text, width, 8 * growth, least=_LEAST_SUMMARY * growth) for text, width in rooms)
    for one, names in zip(maps, written):
        _draw_map(page, one, names, factor, growth, points)
    for part in parts:
        draw_stacks(page, part.box.inset(_PADDING), part.blocks, part.stacks)
        page.rectangle(part.box, 0.3)
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


def _beside(sheet: Sheet, source: SheetSource, best: Arrangement, numbered: tuple[tuple[int, str], ...]) -> list[Block]:
    blocks: list[Block] = [Legend(sheet.legend)] if sheet.legend else []
    blocks += [Statement(sheet.statement)] if sheet.statement else []
    blocks += [Table(table) for table in sheet.tables]
    blocks += [Index(numbered)] if numbered else []
    with_inset = len(sheet.panels) == 1 or source.heading.township
    blocks += [_inset(source, source.townships)] if source.townships is not None and with_inset else []
    return [*blocks, Scale(best.denominator), *([Notes(sheet.notes)] if sheet.notes else [])]


@dataclass(frozen=True)
class _Part:
    """What stands in one of the boxes beside the maps."""

    box: Box
    blocks: tuple[Block, ...]
    stacks: Stacks


def _in_boxes(page: Page, boxes: Sequence[Box], blocks: Sequence[Block], growth: float) -> list[_Part]:
    """Blocks in one or two boxes, in their order: so that no text is small, then so that no box is empty and both are as full as each other."""
    if len(boxes) == 1:
        return [_part(page, boxes[0], blocks, growth)]
    def fullness(box: Box, some: Sequence[Block]) -> float:
        return sum(block.height(page, _NOMINAL_WIDTH, 1.0, 1) for block in some) / (box.width * box.height)

    ways = [(blocks[:count], blocks[count:]) for count in range(len(blocks) + 1)]
    evenly = sorted(ways, key=lambda way: (not all(way), abs(fullness(boxes[0], way[0]) - fullness(boxes[1], way[1]))))
    made = ([_part(page, box, some, growth) for box, some in zip(boxes, way) if some] for way in evenly)
    return max(made, key=lambda parts: min(_scale(parts), _GOOD * growth))


def _part(page: Page, box: Box, blocks: Sequence[Block], growth: float) -> _Part:
    return _Part(box, tuple(blocks), stacked(page, box.inset(_PADDING), blocks, growth))


def _scale(parts: Sequence[_Part]) -> float:
    return min(part.stacks.scale for part in parts)


@dataclass(frozen=True)
class _Map:
    """One map of a sheet: its panel, its frame, and the layers as they lie on the paper."""

    panel: Panel
    frame: Frame
    layers: tuple[MapLayer, ...]


def _map(panel: Panel, box: Box, scale: int, source: SheetSource, factor: float) -> _Map:
    frame = Frame(box, _around(source.bounds, box, scale), source.crs)
    return _Map(panel, frame, tuple(on_paper(panel.layers, frame, factor)))


def _written(maps: Sequence[_Map], factor: float, largest: float) -> list[sheet_labels.Names]:
    """The names of all maps in one size, which is that of the map with the least room; their numbers run on from map to map."""
    made: list[sheet_labels.Names] = []
    for one in maps:
        first = 1 + sum(len(names.numbered) for names in made)
        made.append(sheet_labels.fit(one.layers, factor, one.frame, largest, first))
    points = {names.points for names in made if names.layers}
    return made if len(points) <= 1 else _written(maps, factor, min(points))


def _summary_width(box: Box, growth: float) -> float:
    """What the title of a map leaves of the head for its summary."""
    return box.width - _TITLE_WIDTH * growth - 4


def _draw_map(page: Page, one: _Map, names: sheet_labels.Names, factor: float, growth: float, points: float) -> None:
    """One map with its title; points: of its summary."""
    box, panel = one.frame.box, one.panel
    if panel.title:
        head, width = Box(box.x, box.y - PANEL_TITLE * growth, box.width, PANEL_TITLE * growth), _summary_width(box, growth)
        page.rectangle(head, 0.3, fill="#f2f2f2")
        page.text(Box(head.x + 2, head.y, _TITLE_WIDTH * growth, head.height), panel.title, 11 * growth, True)
        page.text(Box(head.right - 2 - width, head.y, width, head.height), panel.summary, points, False, RIGHT, least=points)
    drawn: list[tuple[MapLayer, QgsVectorLayer]] = [
        (layer, made) for layer in one.layers if layer.label_kind != BEYOND for made in map_layers(layer, one.frame.crs, factor)
    ]
    drawn.sort(key=lambda pair: (pair[0].level, _GEOMETRY_ORDER[pair[1].geometryType()]), reverse=True)
    page.map(box, one.frame.extent, one.frame.crs, [*names.layers, *(made for _, made in drawn)])


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
    page.rectangle(paper.inset(MARGIN - 4), 0.8)
    page.rectangle(paper.inset(MARGIN - 2), 0.2)
    inner = paper.inset(MARGIN)
    middle = Box(inner.x + 48 * g, inner.y, inner.width - 96 * g, TITLE * g)
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
    foot = Box(inner.x, inner.bottom - FOOT * g + 2, inner.width, FOOT * g - 2)
    texts = [
        f"编制单位：{heading.institute or BLANK}", f"编制日期：{chinese_date(heading.date)}", f"坐标系统：{source.crs_text}",
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
