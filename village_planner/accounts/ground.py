"""How much of a polygon lies on the features of a layer, each piece of ground counted once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from village_planner.base import Feedback
from village_planner.spatial.area import ellipsoidal_area_m2, net_area_m2
from village_planner.spatial.arrays import objects
from village_planner.spatial.overlay import overlap_areas, overlaps
from village_planner.spatial.pairs import isolated, polygonal, united

_NOISE_M2 = 1e-6
_MANY_VERTICES = 2_000


def coverage(
    subjects: np.ndarray,
    others: np.ndarray,
    crs: int | str,
    deduction: np.ndarray | None = None,
    feedback: Feedback | None = None,
    *,
    feature: np.ndarray | None = None,
) -> pd.DataFrame:
    """How much of each subject lies on the others, gross and net of ridges (净面积 = area × (1 − KCXS)), and the ground itself.

    subjects, others: polygons in one CGCS2000 zone `crs`; null and empty ones are covered by nothing and cover nothing.
    deduction: KCXS of each other; null, or what is no share of 1, counts as 0; None: net is gross. feature: a number of each
    other; those with the same number are tiles of one feature.

    Returns a row per subject in order: gross_m2, net_m2, features (how many others cover it), part (the covered ground
    or None), failed (positions of the others, of a feature the first, that cannot be compared: not in the areas).
    Ground under several others counts once, for the one with the smallest deduction. Where the ground is not needed,
    `covered_m2` is quicker.
    """
    pairs = overlaps(subjects, others, feedback, feature=feature, repeatable=True)
    pairs["deduction"] = _deductions(deduction, len(others))[pairs["other"].to_numpy(dtype=int)]
    failed = (pairs["error"] != "").to_numpy()
    good, grounds = _disjoint(pairs[~failed])
    good["area_m2"] = ellipsoidal_area_m2(good["part"].to_numpy(), crs)
    frame = _summed(good, pairs[failed], len(subjects))
    parts = objects([None] * len(subjects))
    parts[np.unique(good["subject"].to_numpy(dtype=int))] = grounds
    frame.insert(3, "part", parts)
    return frame


def covered_m2(
    subjects: np.ndarray,
    others: np.ndarray,
    crs: int | str,
    deduction: np.ndarray | None = None,
    feedback: Feedback | None = None,
    *,
    others_area_m2: np.ndarray | None = None,
    feature: np.ndarray | None = None,
) -> pd.DataFrame:
    """`coverage` without the ground (no column part), which is made only where others overlap each other.

    others_area_m2: ellipsoidal area of each other where it is known, see `overlap_areas`.
    """
    subjects, others = np.asarray(subjects, dtype=object), np.asarray(others, dtype=object)
    pairs = overlap_areas(subjects, others, crs, others_area_m2, feedback, feature=feature)
    failed = (pairs["error"] != "").to_numpy()
    pairs["deduction"] = _deductions(deduction, len(others))[pairs["other"].to_numpy(dtype=int)]
    frame = _summed(pairs[~failed], pairs[failed], len(subjects))
    doubtful = _on_shared_ground(pairs[~failed], others, feature)
    if len(doubtful):
        chosen = _rows_of(np.unique(pairs.loc[pairs["subject"].isin(doubtful), "other"]), feature)
        kcxs, numbers = (None if values is None else np.asarray(values)[chosen] for values in (deduction, feature))
        again = coverage(subjects[doubtful], others[chosen], crs, kcxs, feedback, feature=numbers)
        for name in ("gross_m2", "net_m2", "features"):
            frame.loc[doubtful, name] = again[name].to_numpy()
    return frame


def without_earlier(geoms: np.ndarray, feedback: Feedback | None = None) -> np.ndarray:
    """The polygons without what an earlier one of the array covers, so that their areas add up without counting twice.

    Null stays null. A pair that the engine cannot compare is left as it is.
    """
    geoms = np.asarray(geoms, dtype=object)
    result = geoms.copy()
    found, near = shapely.STRtree(geoms).query(geoms)
    later, earlier = np.unique(found[found > near]), np.unique(near[found > near])
    pairs = overlaps(geoms[later], geoms[earlier], feedback)
    pairs = pd.DataFrame({"subject": later[pairs["subject"]], "other": earlier[pairs["other"]]})[(pairs["error"] == "").to_numpy()]
    pairs = pairs[pairs["subject"] > pairs["other"]].sort_values("subject", kind="stable")
    subject, other = pairs["subject"].to_numpy(dtype=int), pairs["other"].to_numpy(dtype=int)
    groups = _groups(subject)
    covers = objects([united(geoms[other[rows]])[0] for rows in groups])
    positions = np.array([subject[rows[0]] for rows in groups], dtype=int)
    rest, _ = isolated(shapely.difference, geoms[positions], covers)
    known = ~shapely.is_missing(rest)
    result[positions[known]] = polygonal(rest[known])
    return result


def counted_once(pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs with the parts of each subject made disjoint where they overlap; the smallest deduction comes first.

    pairs: subject, other, deduction and part (polygons) at least; returned sorted by the first three.
    """
    return _disjoint(pairs)[0]


def usable_deduction(deduction: np.ndarray) -> np.ndarray:
    """KCXS as shares of 1: null, and what is negative or above 1, becomes 0, so that no farmland is lost by a wrong entry."""
    values = np.asarray(deduction, dtype=float)
    return np.where((values >= 0) & (values <= 1), values, 0.0)


def _disjoint(pairs: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """`counted_once`, and the union of the parts of each subject, in their order."""
    pairs = pairs.sort_values(["subject", "deduction", "other"], kind="stable").reset_index(drop=True)
    parts = pairs["part"].to_numpy(copy=True)
    groups = _groups(pairs["subject"].to_numpy())
    grounds = objects([parts[rows[0]] for rows in groups])
    for place, rows in enumerate(groups):
        if len(rows) > 1:
            grounds[place] = shapely.union_all(parts[rows])
            if shapely.area(parts[rows]).sum() - shapely.area(grounds[place]) > _NOISE_M2:
                parts[rows] = without_earlier(parts[rows])
    return pairs.assign(part=parts), grounds


def _deductions(deduction: np.ndarray | None, count: int) -> np.ndarray:
    return np.zeros(count) if deduction is None else usable_deduction(deduction)


def _summed(good: pd.DataFrame, failed: pd.DataFrame, count: int) -> pd.DataFrame:
    """A row for each of `count` subjects: gross_m2, net_m2, features, failed. good: pairs with area_m2 and deduction, whose ground does not overlap."""
    subject, area_m2 = good["subject"].to_numpy(dtype=int), good["area_m2"].to_numpy(dtype=float)
    net_m2 = net_area_m2(area_m2, good["deduction"].to_numpy())
    frame = pd.DataFrame({
        "gross_m2": np.bincount(subject, weights=area_m2, minlength=count),
        "net_m2": np.bincount(subject, weights=net_m2, minlength=count),
        "features": np.bincount(subject[area_m2 > 0], minlength=count),
        "failed": objects([()] * count),
    })
    for position, group in failed.groupby("subject"):
        frame.at[position, "failed"] = tuple(int(row) for row in group["other"])
    return frame


def _on_shared_ground(pairs: pd.DataFrame, others: np.ndarray, feature: np.ndarray | None) -> np.ndarray:
    """Subjects that have two others which overlap each other, somewhere; or may do, where that is dear to tell."""
    several = pairs.loc[pairs["subject"].duplicated(keep=False), ["subject", "other"]]
    both = several.merge(several, on="subject")
    both = both[both["other_x"] < both["other_y"]]
    one, other = both["other_x"].to_numpy(dtype=int), both["other_y"].to_numpy(dtype=int)
    in_tiles = np.zeros(len(others), dtype=bool) if feature is None else pd.Series(feature).duplicated(keep=False).to_numpy()
    bounds = shapely.bounds(others).reshape(-1, 4)
    low, high = np.maximum(bounds[one, :2], bounds[other, :2]), np.minimum(bounds[one, 2:], bounds[other, 2:])
    near = np.flatnonzero((low < high).all(axis=1) | in_tiles[one] | in_tiles[other])
    different, inverse = np.unique(np.column_stack([one[near], other[near]]), axis=0, return_inverse=True)
    overlap = np.array([in_tiles[a] or in_tiles[b] or _overlap(others[a], others[b]) for a, b in different], dtype=bool)
    return np.unique(both["subject"].to_numpy()[near[overlap[inverse.ravel()]]])


def _rows_of(chosen: np.ndarray, feature: np.ndarray | None) -> np.ndarray:
    """Positions of some others, with all tiles of their features."""
    if feature is None:
        return chosen
    return np.flatnonzero(np.isin(feature, np.asarray(feature)[chosen]))


def _overlap(one: BaseGeometry, other: BaseGeometry) -> bool:
    if max(shapely.get_num_coordinates(one), shapely.get_num_coordinates(other)) > _MANY_VERTICES:
        return True
    try:
        return bool(shapely.area(shapely.intersection(one, other)) > _NOISE_M2)
    except shapely.errors.GEOSException:
        return True


def _groups(sorted_values: np.ndarray) -> list[np.ndarray]:
    """Positions of equal values of a sorted array."""
    return np.split(np.arange(len(sorted_values)), np.flatnonzero(np.diff(sorted_values)) + 1) if len(sorted_values) else []
