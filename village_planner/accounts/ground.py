"""How much of a polygon lies on the features of a layer, each piece of ground counted once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from village_planner.base import Feedback
from village_planner.spatial.area import ellipsoidal_area_m2, net_area_m2
from village_planner.spatial.columns import objects
from village_planner.spatial.overlay import difference, overlaps

_NOISE_M2 = 1e-6


def coverage(
    subjects: np.ndarray, others: np.ndarray, crs: int | str, deduction: np.ndarray | None = None, feedback: Feedback | None = None
) -> pd.DataFrame:
    """How much of each subject lies on the others, gross and net of ridges (净面积 = area × (1 − KCXS)).

    subjects, others: polygons in one CGCS2000 zone `crs`; null and empty ones are covered by nothing and cover nothing.
    deduction: KCXS of each other; null, or what is no share of 1, counts as 0; None: net is gross.

    Returns a row per subject in order: gross_m2, net_m2, features (how many others cover it), part (the covered ground
    or None), failed (positions of the others that the engine could not compare or that are invalid: not in the areas).
    Ground under several others counts once, for the one with the smallest deduction.
    """
    subjects, others = np.asarray(subjects, dtype=object), np.asarray(others, dtype=object)
    deduction = np.zeros(len(others)) if deduction is None else usable_deduction(deduction)
    pairs = overlaps(subjects, others, feedback)
    subject, other = pairs["subject"].to_numpy(), pairs["other"].to_numpy()
    pairs["failed"] = (pairs["error"] != "") | _is_invalid(others, other) | _is_invalid(subjects, subject)
    pairs["deduction"] = deduction[other]
    good = counted_once(pairs[~pairs["failed"]])
    good["area_m2"] = ellipsoidal_area_m2(good["part"].to_numpy(), crs)
    good["net_m2"] = net_area_m2(good["area_m2"].to_numpy(), good["deduction"].to_numpy())
    sums = good.groupby("subject")[["area_m2", "net_m2"]].sum().reindex(range(len(subjects)), fill_value=0.0)
    frame = pd.DataFrame({"gross_m2": sums["area_m2"], "net_m2": sums["net_m2"]})
    counts = good[good["area_m2"] > 0].groupby("subject")["other"].nunique()
    frame["features"] = counts.reindex(frame.index, fill_value=0).astype(int)
    frame["part"] = objects([None] * len(subjects))
    frame["failed"] = objects([()] * len(subjects))
    for position, group in good.groupby("subject"):
        frame.at[position, "part"] = shapely.union_all(group["part"].to_numpy())
    for position, group in pairs[pairs["failed"]].groupby("subject"):
        frame.at[position, "failed"] = tuple(int(row) for row in group["other"])
    return frame.rename_axis(None)


def without_earlier(geoms: np.ndarray, feedback: Feedback | None = None) -> np.ndarray:
    """The polygons without what an earlier one of the array covers, so that their areas add up without counting twice.

    Null stays null. A pair that the engine cannot compare is left as it is.
    """
    geoms = np.asarray(geoms, dtype=object)
    pairs = overlaps(geoms, geoms, feedback)
    pairs = pairs[(pairs["subject"] > pairs["other"]) & (pairs["error"] == "")]
    result = geoms.copy()
    for position, group in pairs.groupby("subject"):
        rest = difference(geoms[[position]], geoms[group["other"].to_numpy()])[0]
        result[position] = geoms[position] if rest is None else rest
    return result


def counted_once(pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs with the parts of each subject made disjoint where they overlap; the smallest deduction comes first.

    pairs: subject, other, deduction and part (polygons) at least; returned sorted by the first three.
    """
    pairs = pairs.sort_values(["subject", "deduction", "other"], kind="stable").reset_index(drop=True)
    parts = pairs["part"].to_numpy()
    for _, group in pairs.groupby("subject"):
        if len(group) < 2:
            continue
        rows = group.index.to_numpy()
        if shapely.area(parts[rows]).sum() - shapely.area(shapely.union_all(parts[rows])) > _NOISE_M2:
            parts[rows] = without_earlier(parts[rows])
    pairs["part"] = parts
    return pairs


def usable_deduction(deduction: np.ndarray) -> np.ndarray:
    """KCXS as shares of 1: null, and what is negative or above 1, becomes 0, so that no farmland is lost by a wrong entry."""
    values = np.asarray(deduction, dtype=float)
    return np.where((values >= 0) & (values <= 1), values, 0.0)


def _is_invalid(geoms: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Whether each chosen geometry is invalid, each looked at once."""
    unique, inverse = np.unique(chosen, return_inverse=True)
    return ~shapely.is_valid(geoms[unique])[inverse]
