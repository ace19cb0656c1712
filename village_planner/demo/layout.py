"""The geometry of the fictitious county: a lattice of fields, villages and slots on it, and rectangles planted in slots."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import cache
from typing import Collection, Optional

Point = tuple[float, float]
Ring = list[Point]

PLAN_EPSG = 4548  # CGCS2000, 3-degree zone, central meridian 117°E, eastings without zone number
CELL_M = 140.0
CELLS_PER_SLOT = 4
SLOTS_PER_SIDE = 3
CELLS_PER_VILLAGE = CELLS_PER_SLOT * SLOTS_PER_SIDE
FARM_ROWS = 4
_ORIGIN: Point = (512_000.0, 4_030_000.0)
_JITTER_M = 18.0


@dataclass(frozen=True)
class Rect:
    """An axis-parallel rectangle in the plan's CRS, in whole metres: the only shape that is planted."""

    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def of(cls, ring: Ring) -> Rect:
        """The rectangle around a ring."""
        (x0, x1), (y0, y1) = ((min(values), max(values)) for values in zip(*ring))
        return cls(x0, y0, x1, y1)

    @property
    def ring(self) -> Ring:
        """Closed ring, clockwise as shapefiles want it."""
        return [(self.x0, self.y0), (self.x0, self.y1), (self.x1, self.y1), (self.x1, self.y0), (self.x0, self.y0)]

    @property
    def width(self) -> float:
        """Extent along x, m."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Extent along y, m."""
        return self.y1 - self.y0

    def overlap(self, other: Rect) -> Rect:
        """The common rectangle. Raises ValueError where the two share no area."""
        shared = self.common(other.ring)
        if shared is None:
            raise ValueError(f"{self} and {other} do not overlap")
        return shared

    def common(self, ring: Ring) -> Optional[Rect]:
        """The rectangle shared with a rectangular ring; None where there is none."""
        other = Rect.of(ring)
        shared = Rect(max(self.x0, other.x0), max(self.y0, other.y0), min(self.x1, other.x1), min(self.y1, other.y1))
        return shared if shared.width > 0 and shared.height > 0 else None

    def holds(self, ring: Ring) -> bool:
        """Whether all points of a ring lie in the rectangle or on its edge."""
        return all(self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1 for x, y in ring)

    def grown(self, distance: float) -> Rect:
        """The rectangle pushed out by `distance` m on each side."""
        return Rect(self.x0 - distance, self.y0 - distance, self.x1 + distance, self.y1 + distance)

    def distance_m(self, other: Rect) -> float:
        """Straight distance between the middles of two rectangles, m."""
        dx, dy = self.x0 + self.x1 - other.x0 - other.x1, self.y0 + self.y1 - other.y0 - other.y1
        return float((dx**2 + dy**2) ** 0.5) / 2

    def part(self, left: float, bottom: float, width: float, height: float) -> Rect:
        """A rectangle of `width` × `height` m whose lower left corner lies `left`, `bottom` m inside this one's."""
        return Rect(self.x0 + left, self.y0 + bottom, self.x0 + left + width, self.y0 + bottom + height)


@dataclass(frozen=True)
class Area:
    """A block of lattice cells, from column `i0` and row `j0`: a village, a slot, the state farm."""

    i0: int
    j0: int
    columns: int
    rows: int

    def cells(self) -> list[tuple[int, int]]:
        """Lower left lattice indices of its cells, row by row."""
        return [(self.i0 + i, self.j0 + j) for j in range(self.rows) for i in range(self.columns)]

    def slot(self, number: int) -> Area:
        """Slot 0 to 8 of a village, counted from the lower left, row by row."""
        row, column = divmod(number, SLOTS_PER_SIDE)
        return Area(self.i0 + column * CELLS_PER_SLOT, self.j0 + row * CELLS_PER_SLOT, CELLS_PER_SLOT, CELLS_PER_SLOT)

    def outline(self) -> list[tuple[int, int]]:
        """Indices of all lattice nodes on its outline, closed, clockwise from the lower left."""
        i1, j1 = self.i0 + self.columns, self.j0 + self.rows
        nodes = [(self.i0, j) for j in range(self.j0, j1)]
        nodes += [(i, j1) for i in range(self.i0, i1)]
        nodes += [(i1, j) for j in range(j1, self.j0, -1)]
        return nodes + [(i, self.j0) for i in range(i1, self.i0 - 1, -1)]

    def ring(self, seed: int) -> Ring:
        """Closed outline over all lattice nodes on it, clockwise."""
        return [node(i, j, seed) for i, j in self.outline()]

    def centre(self, seed: int) -> Point:
        """Middle of its four corner nodes, in whole metres."""
        corners = [node(i, j, seed) for i in (self.i0, self.i0 + self.columns) for j in (self.j0, self.j0 + self.rows)]
        return round(sum(x for x, _ in corners) / 4), round(sum(y for _, y in corners) / 4)


@dataclass(frozen=True)
class Ground:
    """Any connected set of lattice cells without holes: a township, a forest farm."""

    members: frozenset[tuple[int, int]]

    def cells(self) -> list[tuple[int, int]]:
        """Lower left lattice indices of its cells, row by row."""
        return sorted(self.members, key=lambda cell: (cell[1], cell[0]))

    def outline(self) -> list[tuple[int, int]]:
        """Indices of all lattice nodes on its outline, closed, clockwise from the leftmost."""
        return outline_of(self.members)

    def ring(self, seed: int) -> Ring:
        """Closed outline over all lattice nodes on it, clockwise."""
        return [node(i, j, seed) for i, j in self.outline()]


def outline_of(members: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    """Indices of the corners on the outline of a connected set of cells without holes, closed, clockwise from the leftmost."""
    following = {}
    for i, j in members:
        sides = (
            ((i, j), (i, j + 1), (i - 1, j)), ((i, j + 1), (i + 1, j + 1), (i, j + 1)),
            ((i + 1, j + 1), (i + 1, j), (i + 1, j)), ((i + 1, j), (i, j), (i, j - 1)),
        )
        following.update({start: end for start, end, beyond in sides if beyond not in members})
    places = [min(following)]
    while (place := following[places[-1]]) != places[0]:
        places.append(place)
    return [*places, places[0]]


def planar_area_m2(ring: Ring) -> float:
    """Area within a closed ring in the plane, m²."""
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:]))) / 2


def village_area(column: int, row: int) -> Area:
    """The cells of the village at `column`, `row` of the chequerboard."""
    return Area(column * CELLS_PER_VILLAGE, row * CELLS_PER_VILLAGE, CELLS_PER_VILLAGE, CELLS_PER_VILLAGE)


def rect_in(slot: Area, width: float, height: float, seed: int) -> Rect:
    """A rectangle of `width` × `height` m (even numbers) in the middle of a slot."""
    x, y = slot.centre(seed)
    return Rect(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def size_for(area_m2: float) -> tuple[float, float]:
    """Even width and height in metres of a rectangle of about `area_m2` that fits into a slot."""
    width = min(260.0, 2 * round(math.sqrt(area_m2 * 1.4) / 2))
    return width, 2.0 * round(area_m2 / width / 2)


@cache
def node(i: int, j: int, seed: int) -> Point:
    """The lattice node, bent and shaken so that the fields look grown, rounded to 0.1 m; the same for all that share it."""
    shake = random.Random(f"{seed}:{i}:{j}")
    turn = 2 * math.pi
    x = _ORIGIN[0] + CELL_M * i + 260 * math.sin(turn * (i / 61 + j / 83)) + 120 * math.sin(turn * (j / 29 - i / 97))
    y = _ORIGIN[1] + CELL_M * j + 240 * math.sin(turn * (i / 53 - j / 71)) + 110 * math.sin(turn * (i / 31 + j / 89))
    return (
        round(x + shake.uniform(-_JITTER_M, _JITTER_M), 1),
        round(y + shake.uniform(-_JITTER_M, _JITTER_M), 1),
    )
