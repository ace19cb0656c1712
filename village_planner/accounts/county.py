"""What the patches of a whole county have in common with its control layers."""

from __future__ import annotations

from typing import Iterator, Sequence

import numpy as np
import pandas as pd
import shapely

from village_planner.base import Feedback, SilentFeedback
from village_planner.plan.layers import Layers
from village_planner.spatial.lanes import closed
from village_planner.spatial.overlay import Polygons, overlap_areas_of_batches, polygons_of

_COLUMNS = ["feature", "geom_area_m2", "geom"]


def county_overlaps(layers: Layers, subjects: np.ndarray, kinds: Sequence[str], crs: int | str, feedback: Feedback | None = None) -> pd.DataFrame:
    """The ellipsoidal areas that subjects have in common with the features of some kinds of control layers.

    subjects: polygons in the CGCS2000 zone `crs` of the layers; null and empty ones overlap nothing. kinds: those of which there is no layer give no rows.
    Only features near a subject are read, while those read before are overlaid.

    Returns a row per overlapping pair, ordered by kind, subject and feature: kind (place in `kinds`), subject (position), feature (as the layers number it),
    area_m2 (gross, unrounded; NaN where the pair cannot be compared), error ("", or why not). Raises Cancelled, PlanFileError.
    """
    seen: list[tuple[int, np.ndarray]] = []
    batches = _batches(layers, np.asarray(subjects, dtype=object), kinds, seen, feedback or SilentFeedback())
    found = overlap_areas_of_batches(subjects, batches, crs, feedback).rename(columns={"other": "feature"})
    found.insert(0, "kind", _kind_of(found["feature"].to_numpy(), seen))
    return found.sort_values("kind", kind="stable", ignore_index=True)


def _batches(layers: Layers, subjects: np.ndarray, kinds: Sequence[str], seen: list[tuple[int, np.ndarray]], feedback: Feedback) -> Iterator[Polygons]:
    """The features near the subjects; `seen` is told the place of the kind and the numbers of the features of each batch."""
    near = shapely.bounds(subjects)
    for place, kind in enumerate(kinds):
        feedback.progress(place / len(kinds))
        frames = layers.batches(kind, _COLUMNS, near=near, tiled=True)
        with closed(frames):
            for frame in frames:
                seen.append((place, frame["feature"].to_numpy()))
                yield polygons_of(frame["geom"].to_numpy(), frame["feature"].to_numpy(), frame["geom_area_m2"].to_numpy())


def _kind_of(features: np.ndarray, seen: list[tuple[int, np.ndarray]]) -> np.ndarray:
    if not seen:
        return np.array([], dtype=np.int64)
    numbers, first = np.unique(np.concatenate([numbers for _, numbers in seen]), return_index=True)
    places = np.repeat([place for place, _ in seen], [len(numbers) for _, numbers in seen])
    return places[first[np.searchsorted(numbers, features)]]
