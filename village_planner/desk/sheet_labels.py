"""Names on a map sheet: the largest size in which all of them find room, and numbers for those that find none."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import shapely
from qgis.core import QgsVectorLayer

from village_planner.delivery.sheets import MapLayer
from village_planner.desk.sheet_obstacles import LINE_MM, SYMBOL, VILLAGE_BORDER, around_plan, is_area, kept_clear, obstacles, strip
from village_planner.desk.sheet_symbols import symbol_place
from village_planner.desk.sheet_trial import IMPASSABLE, Frame, Name, Obstacle, Placed, Trial, covers, pinned

SIZES = (8.5, 7.5, 6.5, 5.5, 5.0)
_INSET_SIZES = (6.0, 5.5, 5.0, 4.5, 4.0)
_ROUNDS = 4
_LEAST_IN_A_LINE, _MOST_LINES = 3, 4
_TOWNSHIP, _NEIGHBOUR, _BEYOND = "township", "neighbour", "beyond"
# Free space around a symbol, and how much farther off a name may stand, in mm on the paper.
_GAP_MM, _OFF_MM = 0.3, 2.0
# A size is too large when more than these shares of the names cover symbols, or have room in a smaller size only.
_MOST_COVERING, _MOST_SMALLER = 0.02, 0.05


@dataclass(frozen=True)
class _Look:
    """larger: points more than the villages have."""

    color: str
    larger: float
    priority: float
    bold: bool


_LOOKS = {
    "village": _Look("#1a1a1a", 0.0, 5, False), "place": _Look("#6a1b7a", -0.5, 8, False), _TOWNSHIP: _Look("#7a3b10", 2.0, 9, True),
    "inset": _Look("#1a1a1a", 0.0, 5, False), _NEIGHBOUR: _Look("#8c8c8c", 1.0, 1, False), _BEYOND: _Look("#404040", -0.5, 8, False),
}


@dataclass(frozen=True)
class Names:
    """What is written on a map: the layers that draw it, number and name of those that have a number only, and how many lie on others.

    points: the size of most names of villages, that of nothing written the largest.
    """

    layers: tuple[QgsVectorLayer, ...]
    numbered: tuple[tuple[int, str], ...] = ()
    covering: int = 0
    points: float = SIZES[0]


@dataclass(frozen=True)
class _Trials:
    """clear: no name covers a symbol, an arrow or a drawn line, nor lies beyond the plan; inner: it may cover lines, but no head of an arrow; strict: none
    covers a symbol; loose: it may, where there is no other room; the others: as clear and as loose, but across borders of villages, too."""

    clear: Trial
    inner: Trial
    strict: Trial
    loose: Trial
    clear_across: Trial
    across: Trial


@dataclass(frozen=True)
class _Groups:
    """Names by how they are treated: own, which decide the size; places beyond the map; townships."""

    own: list[Name]
    beyond: list[Name]
    townships: list[Name]


@dataclass(frozen=True)
class _Written:
    """Names that found room where villages have `points`, and those that found none in any size; those of places beyond apart, for which no paper grows.

    covering: how many of the own names cover symbols; smaller: how many have no room in their own size.
    """

    points: float
    placed: list[Placed]
    covering: int
    smaller: int
    lost: list[Name]
    lost_beyond: list[Name]


_Place = Callable[[Sequence[Name], Sequence[Placed]], "tuple[list[Placed], list[Name]]"]
"""Finds room for names beside those that stand; gives the placed and the others."""


def fit(layers: Sequence[MapLayer], factor: float, frame: Frame, largest: float = SIZES[0], first_number: int = 1) -> Names:
    """Write the names of layers in the largest size in which nearly all have room, the others smaller; numbers stand for those that have none in any size.

    factor: of the symbols, as `sheet_symbols.crowding` gives it. The numbers begin with `first_number` and are listed beside the map, so that they
    are always seen; so are the names of townships, but not those of neighbours, which stand where they have room.
    """
    upper_first = sorted(layers, key=lambda layer: -layer.level)
    metres = frame.metres_per_mm
    named = [(layer.label_kind, name) for layer in upper_first for name in _names(layer, layer.label_kind, factor, metres)]
    if not named:
        return Names(())
    townships = [name for kind, name in named if kind == _TOWNSHIP and name.within]
    around, beyond = ([name for kind, name in named if kind == wanted] for wanted in (_NEIGHBOUR, _BEYOND))
    others = [name for kind, name in named if kind not in (_TOWNSHIP, _NEIGHBOUR, _BEYOND) or (kind == _TOWNSHIP and not name.within)]
    trials = _trials([one for layer in upper_first for one in obstacles(layer, factor, metres)], layers, frame)
    written = _in_largest(trials, _Groups(others, beyond, townships), [size for size in SIZES if size <= largest])
    placed = list(written.placed)
    numbered: list[tuple[int, str]] = []
    covering = 0
    for name in (*written.lost, *written.lost_beyond):
        text = name.text
        if name.priority != _LOOKS[_TOWNSHIP].priority:
            text = str(first_number + len(numbered))
            numbered.append((first_number + len(numbered), name.text))
        forced = trials.loose.put(replace(name, text=text), placed)
        covering += covers(forced, placed) and name not in written.lost_beyond
        placed.append(forced)
    placed += _place_around(trials.strict, [_sized(name, written.points) for name in around], placed)
    return Names((pinned(placed, frame.crs),), tuple(numbered), covering, written.points)


def _trials(some: Sequence[Obstacle], layers: Sequence[MapLayer], frame: Frame) -> _Trials:
    def across(kept: Sequence[Obstacle]) -> list[Obstacle]:
        return [one for one in kept if one.weight != VILLAGE_BORDER]

    around = around_plan(layers, frame)
    clear, inner = ([*kept_clear(some, with_lines), *around] for with_lines in (True, False))
    strict = [replace(one, weight=IMPASSABLE) if one.weight == SYMBOL else one for one in some]
    return _Trials(*(Trial(frame, kept) for kept in (clear, inner, strict, some, across(clear), across(some))))


def fit_simply(layer: MapLayer, frame: Frame) -> Names:
    """Write the names of a layer of areas within these, as an inset does: each as large as it has room."""
    left = [name for name in _names(layer, "inset", 1.0, frame.metres_per_mm) if is_area(name.shape)]
    trial = Trial(frame, obstacles(layer, 1.0, frame.metres_per_mm))
    placed: list[Placed] = []
    for points in _INSET_SIZES:
        inside, left = _place_inside(trial, [replace(name, points=points) for name in left], placed)
        placed += inside
    across, _ = _place(trial, [_in_lines(name, 2) if len(name.text) >= 2 * _LEAST_IN_A_LINE else name for name in left], placed)
    return Names((pinned([*placed, *across], frame.crs),))


def _in_largest(trials: _Trials, groups: _Groups, sizes: Sequence[float]) -> _Written:
    """The names in the largest of the sizes (falling) in which nearly all have room and few cover symbols, else in the smallest."""
    def written(position: int) -> _Written:
        return _write(trials, groups, sizes[position])

    found: dict[int, _Written] = {}
    first, last = 0, len(sizes) - 1
    # What has room in a size has room in every smaller one: halving spares trials.
    while first < last:
        middle = (first + last) // 2
        one = found[middle] = written(middle)
        too_large = one.covering > _MOST_COVERING * len(groups.own) or one.smaller > math.ceil(_MOST_SMALLER * len(groups.own))
        first, last = (middle + 1, last) if too_large else (first, middle)
    return found.get(last) or written(last)


def _write(trials: _Trials, groups: _Groups, points: float) -> _Written:
    """Names of points first, then of areas within them, of places beyond, then those of townships, which are large, in the gaps: within them, else across."""
    own, beyond, townships = ([_sized(name, points) for name in group] for group in (groups.own, groups.beyond, groups.townships))
    inner = [partial(place, trial) for trial in (trials.clear, trials.inner) for place in (_place_beside, _place_off)]
    around = _ways(*inner, partial(_place_beside, trials.strict))
    within = _ways(partial(_place_inside, trials.clear), partial(_place_inside, trials.strict))
    in_township = _ways(partial(_place_inside, trials.clear_across), partial(_place_inside, trials.across))
    page = _Writing()
    lost = page.write([name for name in own if not is_area(name.shape)], around, partial(_place, trials.loose))
    left = page.write([name for name in own if is_area(name.shape)], within, partial(_place_over, trials.loose))
    lost += [name for name in left if name.within] + page.put(partial(_place, trials.loose), [name for name in left if not name.within])
    smaller, covering = page.smaller, page.covering
    lost_beyond = page.write(beyond, partial(_place_beside, trials.strict), partial(_place, trials.loose))
    lost += page.write(townships, in_township, partial(_place, trials.across))
    return _Written(points, page.placed, covering, smaller, lost, lost_beyond)


class _Writing:
    """Names written one after the other; smaller: how many had no room in their own size, covering: how many stand where they had rather not."""

    def __init__(self) -> None:
        self.placed: list[Placed] = []
        self.smaller, self.covering = 0, 0

    def write(self, names: Sequence[Name], place: _Place, anywhere: _Place) -> list[Name]:
        """Write names where `place` finds room in their own size or a smaller one, else where `anywhere` does; returns those without room."""
        left = self.put(place, names)
        self.smaller += len(left)
        left = self.put(partial(_place_smaller, place), left)
        before = len(self.placed)
        left = self.put(anywhere, left)
        self.covering += len(self.placed) - before
        return left

    def put(self, place: _Place, names: Sequence[Name]) -> list[Name]:
        """Write the names that `place` finds room for beside those that stand, and return the others."""
        found, left = place(names, self.placed)
        self.placed = [*self.placed, *found]
        return left


def _ways(*ways: _Place) -> _Place:
    """Finds room by the first way, for what has none by the next one."""
    def placed(names: Sequence[Name], standing: Sequence[Placed]) -> tuple[list[Placed], list[Name]]:
        found: list[Placed] = []
        left = list(names)
        for way in ways:
            more, left = way(left, [*standing, *found]) if left else ([], [])
            found += more
        return found, left

    return placed


def _sized(name: Name, points: float) -> Name:
    """A name in its size where villages have `points`; never less than can be read."""
    return replace(name, points=max(SIZES[-1], points + name.points))


def _place(trial: Trial, names: Sequence[Name], standing: Sequence[Placed] = ()) -> tuple[list[Placed], list[Name]]:
    """Names that found room and the others. QGIS looks for a good solution, not for all names: what it left out is tried again beside the rest."""
    placed: list[Placed] = []
    left = list(names)
    for _ in range(_ROUNDS):
        found = trial.place(left, [*standing, *placed]) if left else {}
        if not found:
            break
        placed += found.values()
        left = [name for position, name in enumerate(left) if position not in found]
    return placed, left


def _place_beside(trial: Trial, names: Sequence[Name], standing: Sequence[Placed] = ()) -> tuple[list[Placed], list[Name]]:
    """As `_place`, long names that have no room for it in two lines."""
    placed, left = _place(trial, names, standing)
    short = [name for name in left if len(name.text) < 2 * _LEAST_IN_A_LINE]
    long = [(_in_lines(name, 2), name) for name in left if len(name.text) >= 2 * _LEAST_IN_A_LINE]
    folded, still = _place(trial, [name for name, _ in long], [*standing, *placed])
    return [*placed, *folded], [*short, *(whole for name, whole in long if any(name is one for one in still))]


def _place_off(trial: Trial, names: Sequence[Name], standing: Sequence[Placed] = ()) -> tuple[list[Placed], list[Name]]:
    """As `_place_beside`, a little farther off, where the heads of arrows end."""
    placed, left = _place_beside(trial, [replace(name, reach=name.reach + _OFF_MM) for name in names], standing)
    return placed, [replace(name, reach=name.reach - _OFF_MM) for name in left]


def _place_inside(trial: Trial, names: Sequence[Name], standing: Sequence[Placed]) -> tuple[list[Placed], list[Name]]:
    """As `_place`, but wholly inside of the shapes: in one line, and long names that have no room for it in two to four."""
    placed, left = _place_over(trial, names, standing)
    for lines in range(1, _MOST_LINES + 1):
        tried = [number for number, name in enumerate(left) if lines == 1 or len(name.text) >= lines * _LEAST_IN_A_LINE]
        found = trial.place_in_the_middle([_in_lines(left[number], lines) for number in tried], [*standing, *placed]) if tried else {}
        placed += found.values()
        done = {tried[position] for position in found}
        left = [name for number, name in enumerate(left) if number not in done]
    return placed, left


def _place_over(trial: Trial, names: Sequence[Name], standing: Sequence[Placed] = ()) -> tuple[list[Placed], list[Name]]:
    """As `_place_inside`, in one line where the engine finds room among what is dear to cover."""
    return _found(trial.place(names, standing, inside=True) if names else {}, names)


def _place_smaller(place: _Place, names: Sequence[Name], standing: Sequence[Placed]) -> tuple[list[Placed], list[Name]]:
    """As `place`, each in the largest size below its own that has room; the names without any are given back in the smallest."""
    placed: list[Placed] = []
    left = list(names)
    for points in SIZES:
        larger, smaller = ([name for name in left if (name.points > points) is is_larger] for is_larger in (True, False))
        found, still = place([replace(name, points=points) for name in larger], [*standing, *placed])
        placed, left = [*placed, *found], [*smaller, *still]
    return placed, left


def _place_around(trial: Trial, names: Sequence[Name], standing: Sequence[Placed]) -> list[Placed]:
    """Names of areas that are seen at their edges only: in a line, upright in a narrow strip, or smaller; those without room are left out."""
    inside, left = _place_inside(trial, names, standing)
    upright, left = _found(trial.place_in_the_middle([_in_lines(name, len(name.text)) for name in left], [*standing, *inside]), left)
    smaller, _ = _place_smaller(partial(_place_inside, trial), left, [*standing, *inside, *upright])
    return [*inside, *upright, *smaller]


def _found(found: Mapping[int, Placed], names: Sequence[Name]) -> tuple[list[Placed], list[Name]]:
    """What a trial placed, and the names that it did not."""
    return list(found.values()), [name for number, name in enumerate(names) if number not in found]


def _in_lines(name: Name, lines: int) -> Name:
    """A name in lines that differ by one character at most, the longer ones first."""
    length, longer = divmod(len(name.text), lines)
    ends = [number * length + min(number, longer) for number in range(lines + 1)]
    return replace(name, text="\n".join(name.text[start:end] for start, end in zip(ends, ends[1:])))


def _names(layer: MapLayer, kind: str, factor: float, metres: float) -> list[Name]:
    look, classes = _LOOKS[kind], {one.code: one for one in layer.classes}
    made = []
    for code, label, shape in zip(layer.rows["code"], layer.rows["label"], layer.rows["geom"]):
        if not label:
            continue
        reach, within = 0.0, is_area(shape)
        if shape.geom_type.endswith("Point"):
            x, y, half = symbol_place(classes[code], factor)
            shape, reach = shapely.Point(shape.centroid.x + x * metres, shape.centroid.y + y * metres), half + _GAP_MM
        elif not is_area(shape):
            shape = strip(shape, LINE_MM * metres)
        made.append(Name(str(label), shape, reach, look.larger, look.priority, look.color, look.bold, within=within))
    return made
