"""Brings polygons that come in batches together with the subjects that they may overlap, in two threads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Callable, Iterable, Iterator, TypeVar

import numpy as np
import shapely

from village_planner.base.feedback import Feedback
from village_planner.spatial.arrays import objects
from village_planner.spatial.lanes import Task, closed, in_lanes
from village_planner.spatial.pairs import METHOD, Common, Method, Pairs, apart, common_ground, isolated, own, polygonal
from village_planner.spatial.repair import repair
from village_planner.spatial.tiles import tiled

BATCH = 5_000

_VERTICES_AT_ONCE = 100_000
_PREPARED_AT_ONCE = 10_000

Check = Callable[[], None]
"""Raises Cancelled when the planner asked to stop."""
Result = TypeVar("Result")


@dataclass(frozen=True)
class Polygons:
    """Polygons of one side of an overlay: n rows.

    geoms: polygons and multipolygons, none null or empty. feature: int64, the number of the feature of each; tiles of one feature share it.
    area_m2: ellipsoidal area of each geometry; NaN where it is not known. One that is known came of an import, which let only valid geometry pass.
    """

    geoms: np.ndarray
    feature: np.ndarray
    area_m2: np.ndarray

    def __len__(self) -> int:
        return len(self.geoms)

    def __getitem__(self, rows: np.ndarray | slice) -> Polygons:
        return Polygons(self.geoms[rows], self.feature[rows], self.area_m2[rows])


@dataclass(frozen=True)
class Matched:
    """Pairs of a batch that may overlap: subjects[a], others[b], and what they have in common."""

    subjects: Polygons
    others: Polygons
    a: np.ndarray
    b: np.ndarray
    pairs: Pairs


def polygons_of(geoms: np.ndarray, feature: np.ndarray | None = None, area_m2: np.ndarray | None = None) -> Polygons:
    """The polygons of an array of any geometries; null, empty, lines and points are left out.

    feature: numbers, where large polygons came in tiles; None: the position in the array is the number, and large
    polygons are cut here. area_m2: of each geometry as far as it is known.
    """
    geoms = np.asarray(geoms, dtype=object).ravel()
    area_m2 = np.full(len(geoms), np.nan) if area_m2 is None else np.asarray(area_m2, dtype=float)
    number = np.arange(len(geoms), dtype=np.int64) if feature is None else np.asarray(feature, dtype=np.int64)
    geoms = polygonal(geoms)
    used = ~shapely.is_missing(geoms) & ~shapely.is_empty(geoms)
    found = Polygons(geoms[used], number[used], area_m2[used])
    if feature is not None:
        return found
    tiles, owner = tiled(found.geoms)
    is_tile = np.bincount(owner, minlength=len(found))[owner] > 1
    return Polygons(tiles, found.feature[owner], np.where(is_tile, np.nan, found.area_m2[owner]))


def matched(
    subjects: Polygons,
    batches: Iterable[Polygons],
    take: Callable[[Matched, Check], Result],
    lanes: int,
    feedback: Feedback,
    method: Method = METHOD,
) -> Iterator[Result]:
    """What `take` makes of the pairs of each batch of others; it is called in the threads that work, and calls `Check` now and then.

    A subject is looked at by one thread only, as it is prepared, which no two threads may share. Pairs with an invalid
    polygon fail where its mended shape overlaps. Raises Cancelled.
    """
    ready = _Subjects(subjects)
    return in_lanes(_tasks(ready, batches, take, lanes, method), lanes, feedback)


class _Subjects:
    """Subjects made ready: own: copies that may be prepared, with their bounds and number of vertices; faults: why each is invalid, else ""."""

    def __init__(self, given: Polygons) -> None:
        self.given = given
        self.own = own(given.geoms)
        self.bounds = shapely.bounds(self.own)
        self.vertices = shapely.get_num_coordinates(self.own)
        self.faults = _faults(self.own, ~np.isnan(given.area_m2))
        self._tree = shapely.STRtree(self.own)

    def near(self, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Positions of subjects and others whose boxes meet, by subject."""
        b, a = self._tree.query(others)
        order = np.lexsort((b, a))
        return a[order], b[order]


def _tasks(subjects: _Subjects, batches: Iterable[Polygons], take: Callable[[Matched, Check], Result], lanes: int, method: Method) -> Iterator[Task]:
    with closed(batches):
        for batch in batches:
            yield from _tasks_of_batch(subjects, batch, take, lanes, method)


def _tasks_of_batch(subjects: _Subjects, batch: Polygons, take: Callable[[Matched, Check], Result], lanes: int, method: Method) -> Iterator[Task]:
    a, b = subjects.near(batch.geoms)
    lane = a % lanes
    shared = _shared(b, lane, lanes, len(batch))
    for number in range(lanes):
        mine = lane == number
        if mine.any():
            rows, place = np.unique(b[mine], return_inverse=True)
            others = batch[rows]
            if number:
                others.geoms[shared[rows]] = apart(others.geoms[shared[rows]])
            yield Task(number, partial(_work, subjects, others, a[mine], place, take, method))


def _shared(b: np.ndarray, lane: np.ndarray, lanes: int, count: int) -> np.ndarray:
    """Whether each other is met in several lanes."""
    uses = np.zeros((lanes, count), dtype=bool)
    uses[lane, b] = True
    return uses.sum(axis=0) > 1


def _work(
    subjects: _Subjects,
    others: Polygons,
    a: np.ndarray,
    b: np.ndarray,
    take: Callable[[Matched, Check], Result],
    method: Method,
    check: Check,
) -> Result:
    faults = _faults(others.geoms, ~np.isnan(others.area_m2))
    is_broken = (subjects.faults[a] != "") | (faults[b] != "")
    order = np.concatenate([np.flatnonzero(~is_broken), np.flatnonzero(is_broken)])
    a, b = a[order], b[order]
    sound = len(a) - int(is_broken.sum())
    parts, bounds = [], shapely.bounds(others.geoms)
    for rows in _pieces(subjects.vertices[a[:sound]] + shapely.get_num_coordinates(others.geoms)[b[:sound]]):
        check()
        one, other = a[rows], b[rows]
        parts.append(common_ground(subjects.own[one], others.geoms[other], subjects.bounds[one], bounds[other], method))
        if len(subjects.own) > _PREPARED_AT_ONCE:
            shapely.destroy_prepared(subjects.own[one])
    if sound < len(a):
        check()
        parts.append(_broken(subjects, others.geoms, faults, a[sound:], b[sound:]))
    pairs = Pairs(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("common", "parts", "errors")))
    return take(Matched(subjects.given, others, a, b, pairs), check)


def _pieces(vertices: np.ndarray) -> list[slice]:
    """Pairs (vertices of each) to be looked at between two looks at the cancel: few enough vertices for about a tenth of a second."""
    vertices, count = np.cumsum(vertices), len(vertices)
    ends = np.unique(np.searchsorted(vertices, np.arange(_VERTICES_AT_ONCE, vertices[-1], _VERTICES_AT_ONCE)) if len(vertices) else [])
    borders = np.unique(np.concatenate([[0], ends, [count]])).astype(int)
    return [slice(start, stop) for start, stop in zip(borders[:-1], borders[1:])]


def _faults(geoms: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Why each geometry is invalid, in the engine's words; "" where it is valid or known to be."""
    faults = objects([""] * len(geoms))
    rows = np.flatnonzero(~known)
    rows = rows[~shapely.is_valid(geoms[rows])]
    faults[rows] = shapely.is_valid_reason(geoms[rows])
    return faults


def _broken(subjects: _Subjects, others: np.ndarray, faults: np.ndarray, a: np.ndarray, b: np.ndarray) -> Pairs:
    """Pairs with an invalid polygon: they fail where the mended polygons overlap."""
    errors = np.where(faults[b] != "", faults[b], subjects.faults[a])
    ground, failed = isolated(shapely.intersection, _mended(subjects.own, a), _mended(others, b))
    meets = (shapely.area(ground) > 0) | (failed != "")
    return Pairs(
        np.where(meets, Common.FAILED, Common.NOTHING).astype(np.int8), objects([None] * len(a)), np.where(meets, errors, objects([""] * len(a)))
    )


def _mended(geoms: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """The chosen geometries mended, each once: one large invalid polygon may meet thousands of others."""
    rows, place = np.unique(chosen, return_inverse=True)
    return repair(geoms[rows]).geoms[place]
