"""Roads, and the lines and areas beside the three control lines, laid where nothing is built."""

from __future__ import annotations

from village_planner.demo.layout import CELLS_PER_VILLAGE, Area, Ground, Point, node
from village_planner.demo.scene import Line, Scene

_ROADS = (("G527", "国道岚泉线"), ("S318", "省道岚云线"), ("X801", "县道岚砚线"), ("X802", "县道泉鹤线"), ("X803", "县道望海线"))
_VILLAGES_PER_ROAD = 7


def add_controls(scene: Scene) -> None:
    """Add all of them; the clean scene stays without a finding."""
    _add_roads(scene)


def _add_roads(scene: Scene) -> None:
    """One road each way for each seven villages, along the borders of villages, as far as both its sides belong to the scene."""
    cells = {cell for ground in _grounds(scene) for cell in ground.cells()}
    names = iter(_ROADS)
    for along in (0, 1):
        last = max(cell[1 - along] for cell in cells) + 1
        for place in range(3 * CELLS_PER_VILLAGE, last - CELLS_PER_VILLAGE, _VILLAGES_PER_ROAD * CELLS_PER_VILLAGE):
            code, name = next(names)
            scene.roads.append(Line(code, name, (_longest_path(scene.seed, cells, along, place),)))


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


def _grounds(scene: Scene) -> list[Area | Ground]:
    return list(scene.townships.values())
