"""Which polygons of a layer overlap: found once, so that whoever adds up their areas knows what counts twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import shapely

from village_planner.base.feedback import Feedback, SilentFeedback
from village_planner.spatial.pairs import apart
from village_planner.spatial.tiles import tiled

NOISE_M2 = 1e-6
"""Common ground up to this is numerical noise, m²."""

_CHUNK = 2_000
_THREADS = 2


def self_overlaps(geoms: np.ndarray, feedback: Feedback | None = None) -> np.ndarray:
    """Positions of the pairs of polygons of one array that have ground in common, as (n, 2), the smaller first, in order.

    A pair that the engine fails on counts as one that has. Null, empty, points and lines have none. Raises Cancelled.
    """
    pieces, owner = tiled(np.asarray(geoms, dtype=object))
    one, other = shapely.STRtree(pieces).query(pieces)
    later = owner[one] < owner[other]
    return _with_common_ground(pieces, pieces, owner, owner, one[later], other[later], feedback)


def overlaps_between(ones: np.ndarray, others: np.ndarray, feedback: Feedback | None = None) -> np.ndarray:
    """Positions of the pairs of a polygon of one array and a polygon of the other that have ground in common; as `self_overlaps`."""
    (pieces, owner), (other_pieces, other_owner) = tiled(np.asarray(ones, dtype=object)), tiled(np.asarray(others, dtype=object))
    one, other = shapely.STRtree(other_pieces).query(pieces)
    return _with_common_ground(pieces, other_pieces, owner, other_owner, one, other, feedback)


def _with_common_ground(
    ones: np.ndarray, others: np.ndarray, owner: np.ndarray, other_owner: np.ndarray, one: np.ndarray, other: np.ndarray, feedback: Feedback | None
) -> np.ndarray:
    feedback = feedback or SilentFeedback()
    near = _boxes_overlap(ones, others, one, other)
    one, other = one[near], other[near]
    parts = [slice(start, start + _CHUNK) for start in range(0, len(one), _CHUNK)]
    common = np.zeros(len(one), dtype=bool)

    def compare(part: slice) -> None:
        feedback.check()
        common[part] = _have_common_ground(apart(ones[one[part]]), apart(others[other[part]]))

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(compare, parts))
    return np.unique(np.column_stack([owner[one[common]], other_owner[other[common]]]), axis=0).astype(np.int64)


def _boxes_overlap(ones: np.ndarray, others: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Whether the bounds of two polygons have ground in common; many only touch."""
    a, b = shapely.bounds(ones).reshape(-1, 4)[one], shapely.bounds(others).reshape(-1, 4)[other]
    return (np.maximum(a[:, :2], b[:, :2]) < np.minimum(a[:, 2:], b[:, 2:])).all(axis=1)


def _have_common_ground(ones: np.ndarray, others: np.ndarray) -> np.ndarray:
    try:
        return shapely.area(shapely.intersection(ones, others)) > NOISE_M2
    except shapely.errors.GEOSException:
        if len(ones) == 1:
            return np.array([True])
    return np.concatenate([_have_common_ground(ones[[row]], others[[row]]) for row in range(len(ones))])
