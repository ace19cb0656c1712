"""What of polygons lies outside others."""

from __future__ import annotations

import numpy as np
import shapely

from village_planner.base.feedback import Feedback, SilentFeedback
from village_planner.spatial.arrays import objects
from village_planner.spatial.lanes import LANES
from village_planner.spatial.matching import Check, Matched, matched, polygons_of
from village_planner.spatial.pairs import METHOD, Common, Method, isolated, polygonal, united
from village_planner.spatial.repair import repair

_AT_ONCE = 50
_FEW = 500


def difference(
    subjects: np.ndarray, others: np.ndarray, feedback: Feedback | None = None, *, lanes: int | None = None, method: Method = METHOD
) -> np.ndarray:
    """What of each subject lies outside all the others, as polygons; an empty polygon where nothing does.

    Null and empty subjects give None, and so does one that cannot be compared with an other that it overlaps, being
    invalid or failed on: compare with the subject to tell. An invalid other counts as it is once mended.
    lanes, method: for tests; how many threads, and how pairs are told apart. Raises Cancelled.
    """
    feedback = feedback or SilentFeedback()
    feedback.check()
    one, other = polygons_of(subjects), polygons_of(others)
    lanes = lanes or (1 if max(len(one), len(other)) < _FEW else LANES)
    left = one.geoms.copy()
    # All others in one batch, since what lies outside is not known before the last of them.
    for rows, geoms in matched(one, [other] if len(other) else [], _outside, lanes, feedback, method):
        left[rows] = geoms
    result = objects([None] * np.asarray(subjects, dtype=object).size)
    ends = np.searchsorted(one.feature, np.arange(len(result) + 1))
    for row in np.flatnonzero(np.diff(ends)):
        tiles = left[ends[row] : ends[row + 1]]
        result[row] = tiles[0] if len(tiles) == 1 else None if shapely.is_missing(tiles).any() else united(tiles)[0]
    return result


def _outside(found: Matched, check: Check) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the subjects that meet an other, and what is left of each."""
    check()
    order = np.argsort(found.a, kind="stable")
    order = order[found.pairs.common[order] != Common.NOTHING]
    rows, first = np.unique(found.a[order], return_index=True)
    left = objects([None] * len(rows))
    groups = np.split(order, first[1:])
    for start in range(0, len(rows), _AT_ONCE):
        check()
        some = slice(start, start + _AT_ONCE)
        covers = objects([_cover(found, group) for group in groups[some]])
        left[some], _ = isolated(shapely.difference, found.subjects.geoms[rows[some]], covers)
    return rows, polygonal(left)


def _cover(found: Matched, group: np.ndarray) -> shapely.Geometry | None:
    """The union of the others that a subject meets; None, which leaves nothing known, where they cannot be united."""
    others = found.others.geoms[found.b[group]]
    failed = found.pairs.common[group] == Common.FAILED
    if failed.any():
        others[failed] = repair(others[failed]).geoms
    return united(others)[0]
