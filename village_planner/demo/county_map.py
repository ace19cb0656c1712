"""Maps of 岚桥县: which village of the lattice belongs to which of its townships; the county's own one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

from village_planner.demo.layout import CELLS_PER_VILLAGE, Area, Ground, village_area
from village_planner.demo.names import TownshipName

# One character for each village, from north to south: a letter for the township, # for the state forest farm.
COUNTY_MAP = (
    "..........nooooooo",
    ".mmmmmmnnnnooooooo",
    ".mmmmmmnnnnnoooooo",
    ".mmmmmmnnnnnnnoooo",
    ".mmmmmmnnnnnkklll.",
    ".jjjjjmkkknnkklll.",
    "jjjjjjmkkkkkkklll.",
    "jjjjjjmkkkkkkkllll",
    "jjjjjjhhkkkkklllll",
    "jjjggghhhhhkklllll",
    ".ggggghhhhhkkiiill",
    ".ggggghhhhhiiiiii.",
    ".ddggghhhhhiiiiii.",
    ".ddggghhhhhiiiii..",
    ".ddgggheeeeeiiii..",
    ".ddgggeeeeeeffffff",
    "dddddeeeeeeeffffff",
    "dddddddeeeeeffffff",
    "daaaaddeeeeeeeffff",
    "aaaaaddbbbbcccffff",
    "aaaaadbbbbbbcccccc",
    "aaaaaabbbbbbcccccc",
    ".aaaaabbbbbbcccccc",
    ".aaa..bbbbb..ccccc",
    "............##cccc",
)
_FARM = "#"
COUNTY_LETTERS = "ckeabdfghijlmno"
TOWN_NUMBER = 14
_TOWN_ROW = 3  # the town, the village beside it, and one more to the east


@dataclass(frozen=True)
class TownshipGround:
    """A township's villages by number (the town is 14, its eastern neighbours 15 and 16), and all that belongs to it."""

    name: TownshipName
    villages: tuple[Area, ...]
    ground: Ground


def grounds_of(map_rows: Sequence[str], letters: str, names: Sequence[TownshipName]) -> tuple[list[TownshipGround], Ground]:
    """Return the townships in the order of their codes, and the state forest farm, which belongs to the first one.

    map_rows: a character for each village, from north to south; letters: those of the townships in the order of `names`.
    """
    farm = _places(map_rows, _FARM)
    found = []
    for letter, name in zip(letters, names):
        places = _numbered(_places(map_rows, letter))
        areas = tuple(village_area(column, row) for column, row in places)
        whole = [*places, *(farm if name is names[0] else ())]
        found.append(TownshipGround(name, areas, _ground(whole)))
    return found, _ground(farm)


def _places(map_rows: Sequence[str], letter: str) -> list[tuple[int, int]]:
    """Columns and rows of a letter, row by row from the south, to and fro, so that neighbours in the list are neighbours on the map."""
    places = [(column, row) for row, line in enumerate(reversed(map_rows)) for column, found in enumerate(line) if found == letter]
    return sorted(places, key=lambda place: (place[1], place[0] if place[1] % 2 == 0 else -place[0]))


def _numbered(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The town is the most central village with two more to its east; it and they get the numbers 14 to 16."""
    own = set(places)
    x, y = (sum(place[axis] for place in places) / len(places) for axis in (0, 1))
    towns = [(c, r) for c, r in places if {(c + 1, r), (c + 2, r)} <= own]
    column, row = min(towns, key=lambda place: (place[0] + 1 - x) ** 2 + (place[1] - y) ** 2)
    town = [(column + east, row) for east in range(_TOWN_ROW)]
    others = [place for place in places if place not in town]
    return [*others[:TOWN_NUMBER], *town, *others[TOWN_NUMBER:]]


def _ground(places: list[tuple[int, int]]) -> Ground:
    cells = [
        (column * CELLS_PER_VILLAGE + i, row * CELLS_PER_VILLAGE + j)
        for column, row in places
        for j in range(CELLS_PER_VILLAGE)
        for i in range(CELLS_PER_VILLAGE)
    ]
    return Ground(frozenset(cells))
