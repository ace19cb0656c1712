"""Overlay of polygon arrays: who overlaps whom, by how much, and what of one lies outside the others."""

from __future__ import annotations

from typing import Callable, Mapping

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from village_planner.base.feedback import Feedback, SilentFeedback
from village_planner.spatial.arrays import objects, polygon_parts
from village_planner.spatial.cutting import Surroundings, cut_down, surroundings
from village_planner.spatial.repair import repair

_BATCH = 5_000


def overlaps(subjects: np.ndarray, others: np.ndarray, feedback: Feedback | None = None) -> pd.DataFrame:
    """The overlaps with area between two arrays of polygons in one projected CRS.

    Returns one row per pair, ordered by subject, then other: subject, other (positions in the arrays), part (the
    common polygon or multipolygon), error ("" or the engine's words). A pair that the engine fails on is a row with
    part None and its error, never an exception. Null and empty geometries overlap nothing; touching is no overlap.
    Raises Cancelled.
    """
    subjects, others = _polygons(subjects), _polygons(others)
    feedback = feedback or SilentFeedback()
    tree, cuts = shapely.STRtree(others), surroundings(others)
    frames = []
    for start in range(0, len(subjects), _BATCH):
        feedback.check()
        feedback.progress(start / len(subjects))
        found = tree.query(subjects[start : start + _BATCH])
        subject, other = found[0] + start, found[1]
        order = np.lexsort((other, subject))
        frames += _pair_batches(subjects, others, subject[order], other[order], cuts, feedback)
    feedback.progress(1.0)
    empty = pd.DataFrame({"subject": np.array([], int), "other": np.array([], int), "part": objects([]), "error": objects([])})
    return pd.concat([empty, *frames], ignore_index=True) if frames else empty


def difference(subjects: np.ndarray, others: np.ndarray, feedback: Feedback | None = None) -> np.ndarray:
    """What of each subject lies outside all the others, as polygons; an empty polygon where nothing does.

    Null and empty subjects give None. A subject that the engine fails on even after mending gives None too: compare
    with the subject to tell. Raises Cancelled.
    """
    subjects, others = _polygons(subjects), _polygons(others)
    feedback = feedback or SilentFeedback()
    tree, cuts = shapely.STRtree(others), surroundings(others)
    result = subjects.copy()
    for start in range(0, len(subjects), _BATCH):
        feedback.check()
        feedback.progress(start / len(subjects))
        subject, other = tree.query(result[start : start + _BATCH])
        subject, other = subject + start, other[np.argsort(subject, kind="stable")]
        touched, first = np.unique(np.sort(subject), return_index=True)
        groups = np.split(other, first[1:]) if len(touched) else []
        near = [cut_down(others, group, objects([result[row]] * len(group)), cuts) for row, group in zip(touched, groups)]
        parts, _ = _isolated(shapely.difference, result[touched], objects([_united(group) for group in near]))
        result[touched] = _polygonal(parts)
    return result


def _pair_batches(
    subjects: np.ndarray, others: np.ndarray, subject: np.ndarray, other: np.ndarray, cuts: Mapping[int, Surroundings], feedback: Feedback
) -> list[pd.DataFrame]:
    frames = []
    for start in range(0, len(subject), _BATCH):
        feedback.check()
        batch = slice(start, start + _BATCH)
        part, error = _common_parts(subjects[subject[batch]], others, other[batch], cuts)
        frame = pd.DataFrame({"subject": subject[batch], "other": other[batch], "part": part, "error": error})
        frames.append(frame[~shapely.is_missing(part) | (error != "")])
    return frames


def _common_parts(
    subjects: np.ndarray, polygons: np.ndarray, chosen: np.ndarray, cuts: Mapping[int, Surroundings]
) -> tuple[np.ndarray, np.ndarray]:
    """Common polygons of each subject and the chosen polygon (None without) and errors.

    Predicates on prepared geometry spare most overlays, and the rest takes of large polygons only what lies around.
    """
    others = polygons[chosen]
    shapely.prepare(others)
    parts, errors = objects([None] * len(subjects)), objects([""] * len(subjects))
    meets, _ = _isolated(shapely.intersects, others, subjects)
    # A predicate that failed (None) leaves the answer to the overlay itself.
    open_pairs = np.flatnonzero(~np.equal(meets, False))
    inside, _ = _isolated(shapely.contains_properly, others[open_pairs], subjects[open_pairs])
    is_inside = np.equal(inside, True)
    parts[open_pairs[is_inside]] = subjects[open_pairs[is_inside]]
    rest = open_pairs[~is_inside]
    common, failed = _isolated(shapely.intersection, subjects[rest], cut_down(polygons, chosen[rest], subjects[rest], cuts))
    common = _polygonal(common)
    parts[rest] = np.where(shapely.area(common) > 0, common, None)
    errors[rest] = failed
    return parts, errors


def _isolated(operation: Callable, one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """An operation on pairs, as objects; where it fails on a pair, that pair alone gives None and the error's words."""
    errors = objects([""] * len(one))
    try:
        return np.asarray(operation(one, other), dtype=object), errors
    except shapely.errors.GEOSException:
        results = objects([None] * len(one))
    for row, (a, b) in enumerate(zip(one, other)):
        try:
            results[row] = operation(a, b)
        except shapely.errors.GEOSException as error:
            errors[row] = str(error)[:200]
    return results, errors


def _united(polygons: np.ndarray) -> BaseGeometry | None:
    try:
        united = shapely.union_all(polygons)
    except shapely.errors.GEOSException:
        try:
            united = shapely.union_all(repair(polygons).geoms)
        except shapely.errors.GEOSException:
            return None
    return _polygonal(objects([united]))[0]


def _polygonal(geoms: np.ndarray) -> np.ndarray:
    """The polygons of each geometry, as polygon or multipolygon; empty where there are none, None for None."""
    result = geoms.copy()
    strange = np.flatnonzero(~shapely.is_missing(geoms) & ~np.isin(shapely.get_type_id(geoms), (3, 6)))
    parts, owner = polygon_parts(geoms[strange])
    for position, row in enumerate(strange):
        mine = parts[owner == position]
        result[row] = shapely.multipolygons(mine) if len(mine) > 1 else mine[0] if len(mine) else shapely.Polygon()
    return result


def _polygons(geoms: np.ndarray) -> np.ndarray:
    """An object array with the polygons of each geometry, None where there are none."""
    polygons = _polygonal(np.asarray(geoms, dtype=object).ravel())
    polygons[shapely.is_empty(polygons)] = None
    return polygons
