"""Overlay of polygon arrays: who overlaps whom, by how much, and what of one lies outside the others."""

from __future__ import annotations

from functools import partial
from typing import Callable, Iterable, Iterator, NamedTuple

import numpy as np
import pandas as pd

from village_planner.base.feedback import Feedback, SilentFeedback
from village_planner.spatial.area import ellipsoidal_area_m2
from village_planner.spatial.arrays import objects
from village_planner.spatial.difference import difference
from village_planner.spatial.lanes import LANES
from village_planner.spatial.matching import BATCH, Check, Matched, Polygons, matched, polygons_of
from village_planner.spatial.pairs import METHOD, Common, Method, united

__all__ = ["Method", "Polygons", "difference", "overlap_areas", "overlap_areas_of_batches", "overlaps"]

_FEW = 500


class _Found(NamedTuple):
    """Rows of pairs that overlap or failed; subject and other are numbers of features, several rows where these are tiles."""

    subject: np.ndarray
    other: np.ndarray
    area_m2: np.ndarray
    part: np.ndarray
    error: np.ndarray


def overlap_areas(
    subjects: np.ndarray,
    others: np.ndarray,
    crs: int | str,
    others_area_m2: np.ndarray | None = None,
    feedback: Feedback | None = None,
    *,
    subjects_area_m2: np.ndarray | None = None,
    feature: np.ndarray | None = None,
    lanes: int | None = None,
    method: Method = METHOD,
) -> pd.DataFrame:
    """The ellipsoidal areas that pairs of two arrays of polygons have in common.

    subjects, others: any geometries in one CGCS2000 zone `crs` (or EPSG 4490); null, empty, lines and points overlap nothing.
    others_area_m2: ellipsoidal area of each other in m², NaN where it is not known: a known one says that the geometry is
    valid, and stands where the other lies inside a subject. subjects_area_m2: the same of each subject. feature: a number of
    each other; others with the same number are tiles of one feature, and the result is of the feature. lanes, method: for
    tests; how many threads, and how pairs are told apart.

    Returns a row per overlapping pair, ordered by subject, then other: subject, other (positions in the arrays, of a
    feature the first), area_m2 (unrounded; NaN where the pair cannot be compared), error ("", or why not: one of them is
    invalid, or the engine's words). Touching is no overlap. Raises Cancelled, InputError for another CRS.
    """
    one, other = polygons_of(subjects, area_m2=subjects_area_m2), polygons_of(others, feature, others_area_m2)
    found = _of_arrays(one, other, partial(_areas, crs=crs), feedback, lanes, method)
    return _frame(_at_first_row(found, feature), ["subject", "other", "area_m2", "error"])


def overlap_areas_of_batches(
    subjects: np.ndarray, batches: Iterable[Polygons], crs: int | str, feedback: Feedback | None = None, lanes: int | None = None
) -> pd.DataFrame:
    """`overlap_areas` of others that come in batches, each asked for when there is room: reading and overlaying go on at once.

    Returns the same columns; `other` is the feature's number. Raises also what `batches` raises.
    """
    found = matched(polygons_of(subjects), batches, partial(_areas, crs=crs), lanes or LANES, feedback or SilentFeedback())
    return _frame(_together(found), ["subject", "other", "area_m2", "error"])


def overlaps(
    subjects: np.ndarray,
    others: np.ndarray,
    feedback: Feedback | None = None,
    *,
    feature: np.ndarray | None = None,
    lanes: int | None = None,
    method: Method = METHOD,
    repeatable: bool = False,
) -> pd.DataFrame:
    """The common ground of pairs of two arrays of polygons in one CRS.

    Parameters, order and failures as of `overlap_areas`. Returns subject, other, part (the common polygon or multipolygon, None where
    the pair cannot be compared), error. repeatable: a pair gives the same ring, from the same point on, whichever others are asked for
    with it; slower where there are many more subjects than others.
    """
    found = _of_arrays(polygons_of(subjects), polygons_of(others, feature), _parts, feedback, lanes, method, repeatable)
    return _frame(_at_first_row(found, feature), ["subject", "other", "part", "error"])


def _of_arrays(
    subjects: Polygons, others: Polygons, take: Callable[[Matched, Check], _Found], feedback: Feedback | None, lanes: int | None, method: Method,
    repeatable: bool = False,
) -> _Found:
    """Every pair of two arrays. The fewer are the ones that are prepared, whichever was asked for first; repeatable: always the subjects."""
    feedback = feedback or SilentFeedback()
    lanes = lanes or (1 if max(len(subjects), len(others)) < _FEW else LANES)
    feedback.check()
    if len(others) < len(subjects) and not repeatable:
        found = _together(matched(others, _batches(subjects, feedback), take, lanes, feedback, method))
        return _sorted(found._replace(subject=found.other, other=found.subject))
    return _together(matched(subjects, _batches(others, feedback), take, lanes, feedback, method))


def _batches(polygons: Polygons, feedback: Feedback) -> Iterator[Polygons]:
    for start in range(0, len(polygons), BATCH):
        feedback.progress(start / len(polygons))
        yield polygons[start : start + BATCH]
    feedback.progress(1.0)


def _areas(found: Matched, check: Check, crs: int | str) -> _Found:
    check()
    common = found.pairs.common
    area_m2 = np.full(len(common), np.nan)
    for kind, side, rows_of_side in ((Common.OTHER, found.others, found.b), (Common.SUBJECT, found.subjects, found.a)):
        rows = np.flatnonzero(common == kind)
        area_m2[rows] = _areas_of(side, rows_of_side[rows], crs)
    rows = np.flatnonzero(common == Common.PART)
    area_m2[rows] = ellipsoidal_area_m2(found.pairs.parts[rows], crs)
    return _of_pairs(found, area_m2, objects([None] * len(common)))


def _areas_of(side: Polygons, chosen: np.ndarray, crs: int | str) -> np.ndarray:
    """Ellipsoidal areas of the chosen polygons of a side, computed where they are not known, once each."""
    rows, place = np.unique(chosen, return_inverse=True)
    area_m2 = side.area_m2[rows]
    unknown = np.isnan(area_m2)
    area_m2[unknown] = ellipsoidal_area_m2(side.geoms[rows[unknown]], crs)
    return area_m2[place]


def _parts(found: Matched, check: Check) -> _Found:
    check()
    common, parts = found.pairs.common, found.pairs.parts.copy()
    for kind, side, rows_of_side in ((Common.OTHER, found.others, found.b), (Common.SUBJECT, found.subjects, found.a)):
        rows = np.flatnonzero(common == kind)
        parts[rows] = side.geoms[rows_of_side[rows]]
    return _of_pairs(found, np.zeros(len(common)), parts)


def _of_pairs(found: Matched, area_m2: np.ndarray, parts: np.ndarray) -> _Found:
    rows = np.flatnonzero(found.pairs.common != Common.NOTHING)
    return _Found(found.subjects.feature[found.a[rows]], found.others.feature[found.b[rows]], area_m2[rows], parts[rows], found.pairs.errors[rows])


def _together(found: Iterable[_Found]) -> _Found:
    """All rows, those of one pair of features as one: areas summed, parts united; a pair fails where one of its tiles does."""
    none = _Found(np.array([], np.int64), np.array([], np.int64), np.array([]), objects([]), objects([]))
    rows = _sorted(_Found(*(np.concatenate(columns) for columns in zip(none, *found))))
    count = len(rows.subject)
    is_first = np.ones(count, dtype=bool)
    is_first[1:] = (np.diff(rows.subject) != 0) | (np.diff(rows.other) != 0)
    first = np.flatnonzero(is_first)
    if len(first) == count:
        return rows
    area_m2, part, error = np.add.reduceat(rows.area_m2, first), rows.part[first], rows.error[first]
    ends = np.append(first[1:], count)
    for pair in np.flatnonzero(ends - first > 1):
        tiles = slice(first[pair], ends[pair])
        error[pair] = next((text for text in rows.error[tiles] if text), "")
        part[pair], failed = (None, "") if error[pair] else united(rows.part[tiles])
        error[pair] = error[pair] or failed
    return _Found(rows.subject[first], rows.other[first], area_m2, part, error)


def _at_first_row(found: _Found, feature: np.ndarray | None) -> _Found:
    """With the number of each other feature replaced by the first row that has it."""
    if feature is None:
        return found
    numbers, first = np.unique(np.asarray(feature, dtype=np.int64), return_index=True)
    return _sorted(found._replace(other=first[np.searchsorted(numbers, found.other)]))


def _sorted(found: _Found) -> _Found:
    order = np.lexsort((found.other, found.subject))
    return _Found(*(column[order] for column in found))


def _frame(found: _Found, columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame({name: getattr(found, name) for name in columns})
