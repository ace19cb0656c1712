"""Roads, rivers and the other control layers of the clean plan, laid where nothing is built, and the villages' facilities."""

from __future__ import annotations

from itertools import chain, count
from typing import Iterator

from village_planner.demo.building import FREE_SLOT
from village_planner.demo.facilities import add_facilities
from village_planner.demo.layout import CELLS_PER_SLOT, CELLS_PER_VILLAGE, Point, Rect, Ring, node
from village_planner.demo.scene import Line, Scene

ROAD_RED_LINE, PURPLE, BLUE, GREEN = "road_red_line", "heritage_purple_line", "water_blue_line", "green_line"
HERITAGE, PROTECTED, MINING = "heritage", "protected_area", "mining"
OTHER_KINDS = (ROAD_RED_LINE, PURPLE, BLUE, GREEN, HERITAGE, PROTECTED, MINING)
_PREFIXES = dict(zip(OTHER_KINDS, ("DL", "ZX", "LX", "LVX", "WB", "BHD", "KQ")))
_ROADS = (("G527", "国道岚泉线"), ("S318", "省道岚云线"), ("X801", "县道岚砚线"), ("X802", "县道泉鹤线"), ("X803", "县道望海线"))
_RIVERS = ("岚河", "砚溪")
_VILLAGES_PER_LINE = 7
_ROAD_HALF_WIDTH_M, _RIVER_HALF_WIDTH_M = 12.0, 20.0
_AREAS = (  # kind, village of each township, size in m, name and class
    (MINING, 10, 220, 160, "建筑石料矿", "建筑用石料"),
    (HERITAGE, 11, 140, 120, "古遗址保护范围", "省级文物保护单位"),
    (PURPLE, 12, 120, 90, "古桥建设控制地带", "历史建筑"),
    (PROTECTED, 13, 240, 200, "湿地自然公园", "省级"),
)
_PARK = (100.0, 80.0)
_PARK_SLOT = 2


def add_controls(scene: Scene) -> None:
    """Add all of them; the clean scene stays without a finding."""
    scene.controls.update({kind: [] for kind in OTHER_KINDS})
    _add_roads_and_rivers(scene)
    add_control(scene, PROTECTED, "岚桥山自然保护区", "省级", scene.ring(scene.farm))
    for cast in scene.casts:
        if cast.roles.town is None:
            continue
        for kind, number, width, height, name, class_code in _AREAS:
            rect = scene.slot_rect(cast[number], FREE_SLOT, width, height)
            add_control(scene, kind, cast[number].hamlets[0].name + name, class_code, rect.ring)
        park = scene.slot_rect(cast[cast.roles.town], _PARK_SLOT, *_PARK)
        add_control(scene, GREEN, f"{cast.township.name}中心公园", "公园绿地", park.ring)
        add_facilities(cast)


def add_control(scene: Scene, kind: str, name: str, class_code: str, ring: Ring) -> None:
    """Add an area to a control layer beside the three lines."""
    lines = scene.controls[kind]
    lines.append(Line(f"{_PREFIXES[kind]}{len(lines) + 1:03d}", name, (ring,), class_code))


def ribbon(path: list[Point], half_width_m: float, along: int) -> Ring:
    """Closed ring, clockwise, of a band around a path that runs west to east (along 0) or south to north (1)."""
    dx, dy = (0.0, half_width_m) if along == 0 else (-half_width_m, 0.0)
    there = [(round(x + dx, 1), round(y + dy, 1)) for x, y in path]
    back = [(round(x - dx, 1), round(y - dy, 1)) for x, y in reversed(path)]
    return [*there, *back, there[0]]


def corner_of(block: Rect) -> Rect:
    """A small rectangle over a block's upper right corner: 4 m × 3 m of it lie on the block."""
    return Rect(block.x1 - 4, block.y1 - 3, block.x1 + 6, block.y1 + 5)


def _add_roads_and_rivers(scene: Scene) -> None:
    """A road each way for each seven villages, along their borders; rivers west to east between rows of hamlets."""
    cells = {cell for ground in scene.townships.values() for cell in ground.cells()}
    roads, rivers = chain(_ROADS, _further_roads()), iter(_RIVERS)
    for along in (0, 1):
        last = max(cell[1 - along] for cell in cells) + 1
        for place in range(3 * CELLS_PER_VILLAGE, last - CELLS_PER_VILLAGE, _VILLAGES_PER_LINE * CELLS_PER_VILLAGE):
            code, name = next(roads)
            path = _longest_path(scene.seed, cells, along, place)
            scene.roads.append(Line(code, name, (path,)))
            add_control(scene, ROAD_RED_LINE, name + "道路红线", "公路", ribbon(path, _ROAD_HALF_WIDTH_M, along))
    last = max(row for _, row in cells) + 1
    for place in range(CELLS_PER_VILLAGE + CELLS_PER_SLOT, last, 2 * _VILLAGES_PER_LINE * CELLS_PER_VILLAGE):
        path = _longest_path(scene.seed, cells, 0, place)
        add_control(scene, BLUE, next(rivers), "河道", ribbon(path, _RIVER_HALF_WIDTH_M, 0))


def _further_roads() -> Iterator[tuple[str, str]]:
    return ((f"Y{number:03d}", f"乡道{number}号线") for number in count(1))


def _longest_path(seed: int, cells: set[tuple[int, int]], along: int, place: int) -> list[Point]:
    """The longest run of lattice nodes on a lattice line (along 0: west to east) that has cells of the scene on both sides."""
    last = max(cell[along] for cell in cells) + 1
    best: list[int] = []
    run: list[int] = []
    for step in range(last + 1):
        sides = [(step, place), (step, place - 1)] if along == 0 else [(place, step), (place - 1, step)]
        run = [*run, step] if all(side in cells for side in sides) else []
        best = max(best, run, key=len)
    steps = [*best, best[-1] + 1]
    return [node(step, place, seed) if along == 0 else node(place, step, seed) for step in steps]
