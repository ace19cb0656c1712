"""Arrows that would lie on each other: they end side by side on the paper, so that each that the legend counts is seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely

from village_planner.delivery.sheets import MapLayer

# Millimetres on the paper: how near points lie that are one place; between the middles of arrows where they end and where they begin, and of all of them
# together; how near arrows lie that must be moved.
_SAME = 0.05
_APART_AT_END, _MOST_AT_END = 1.6, 4.0
_APART_AT_START, _MOST_AT_START = 0.8, 2.0
_TOO_NEAR = 0.9


def side_by_side(layer: MapLayer, metres_per_mm: float, factor: float) -> MapLayer:
    """A layer of arrows of which none lies on another: those that come to a place from nearly the same direction end there side by side, in the order of
    their directions; those from one place, which also begin side by side, in the order of their classes.

    factor: of the symbols, as `sheet_symbols.crowding` gives it.
    """
    unit = factor * metres_per_mm
    order = {one.code: number for number, one in enumerate(layer.classes)}
    ranks = [order[code] for code in layer.rows["code"]]
    starts, ends = (np.array([line.coords[number] for line in layer.rows["geom"]]).reshape(-1, 2) for number in (0, -1))
    by_end: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row, end in enumerate(ends):
        by_end[_place(end, metres_per_mm)].append(row)
    moved = {}
    for coming in by_end.values():
        for chain in _chains(coming, starts, ends, ranks, _TOO_NEAR * unit):
            moved.update(_spread(chain, starts, ends, metres_per_mm, unit))
    geoms = [
        shapely.LineString([moved[row][0], *line.coords[1:-1], moved[row][1]]) if row in moved else line for row, line in enumerate(layer.rows["geom"])
    ]
    return replace(layer, rows=layer.rows.assign(geom=geoms))


def _place(point: np.ndarray, metres_per_mm: float) -> tuple[int, int]:
    x, y = np.rint(point / (_SAME * metres_per_mm))
    return int(x), int(y)


def _chains(rows: Sequence[int], starts: np.ndarray, ends: np.ndarray, ranks: Sequence[int], near: float) -> list[list[int]]:
    """Arrows to one place, those together that lie on each other; each chain counter-clockwise by where the arrows come from."""
    way = {row: starts[row] - ends[row] for row in rows}
    length = {row: float(np.hypot(*way[row])) for row in rows}
    angle = {row: float(np.arctan2(way[row][1], way[row][0])) for row in rows}
    turned = sorted((row for row in rows if length[row]), key=lambda row: (round(angle[row], 6), ranks[row], row))

    def gap(one: int, following: int) -> float:
        """How far the start of the shorter arrow lies from the longer one."""
        turn = (angle[following] - angle[one]) % (2 * np.pi)
        return min(length[one], length[following]) * float(np.sin(min(turn, np.pi / 2)))

    # The round begins where it is widest open.
    first = max(range(len(turned)), key=lambda at: (angle[turned[at]] - angle[turned[at - 1]]) % (2 * np.pi), default=0)
    chains: list[list[int]] = []
    for row in (*turned[first:], *turned[:first]):
        if chains and gap(chains[-1][-1], row) < near:
            chains[-1].append(row)
        else:
            chains.append([row])
    return [chain for chain in chains if len(chain) > 1]


def _spread(
    chain: Sequence[int], starts: np.ndarray, ends: np.ndarray, metres_per_mm: float, unit: float
) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """Start and end of each arrow of a chain, moved across the way of them all."""
    way = (starts[list(chain)] - ends[list(chain)]).sum(axis=0)
    across = np.array((-way[1], way[0])) / np.hypot(*way)
    of_place: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row in chain:
        of_place[_place(starts[row], metres_per_mm)].append(row)
    at_end = _offsets(len(chain), _APART_AT_END, _MOST_AT_END)
    made = {}
    for row, aside in zip(chain, at_end):
        same = of_place[_place(starts[row], metres_per_mm)]
        begins = _offsets(len(same), _APART_AT_START, _MOST_AT_START)[same.index(row)]
        made[row] = starts[row] + across * begins * unit, ends[row] + across * aside * unit
    return made


def _offsets(count: int, apart: float, most: float) -> list[float]:
    """Places of so many things side by side around the middle, in mm."""
    step = min(apart, most / max(count - 1, 1))
    return [(number - (count - 1) / 2) * step for number in range(count)]
