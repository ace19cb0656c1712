"""The columns of a control layer's features, and frames of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Mapping, Sequence

import numpy as np
import pandas as pd

from village_planner.base import InputError
from village_planner.spatial.area import ellipsoidal_area_m2
from village_planner.spatial.arrays import objects

COLUMNS = ("layer", "source_id", "name", "class_code", "built_code", "deduction", "slope", "level", "state", "year", "geom")
"""What `Layers.read` returns unless asked for other columns; `layer`: code of the control layer; `state`, `year`: of facilities and projects."""
BOUNDS = ("min_x", "min_y", "max_x", "max_y")
MEASURES = ("feature", "area_m2", "geom_area_m2", *BOUNDS)
"""Columns that are there where they are asked for. feature: a number of the feature, the same in every reading, other than that of any other
feature of the store. area_m2: ellipsoidal area of the whole feature. geom_area_m2: that of the row's geometry, another one where it is a tile.
Both in m², gross and unrounded; 0 without a polygon, NaN where the CRS has no such area or none is known. BOUNDS: of the row's geometry, NaN without."""
BATCH = 5_000
NUMBER_BITS = 40
"""A feature's number is its row, with the number of its layer in the bits above these."""

_FLOATS = ("deduction", "area_m2", "geom_area_m2", *BOUNDS)


def as_frame(columns: Mapping[str, Sequence[Any]], wanted: Sequence[str]) -> pd.DataFrame:
    """A frame of the wanted columns: measures as numbers with NaN for null, all else as objects with None."""
    data: dict[str, Any] = {}
    for name in wanted:
        values = columns[name]
        if name == "feature":
            data[name] = np.asarray(values, dtype=np.int64)
        elif name in _FLOATS:
            data[name] = np.array(values, dtype=float)
        else:
            # Said to be objects, since pandas 3 makes strings with NaN of texts with None.
            data[name] = pd.Series(values if isinstance(values, np.ndarray) and values.dtype == object else objects(values), dtype=object)
    return pd.DataFrame(data)


def empty_frame(wanted: Sequence[str]) -> pd.DataFrame:
    """A frame of the wanted columns without rows."""
    return _empty(tuple(wanted)).copy()


@lru_cache(maxsize=64)
def _empty(wanted: tuple[str, ...]) -> pd.DataFrame:
    return as_frame({name: [] for name in wanted}, wanted)


def areas_m2(geoms: np.ndarray, crs: int | None) -> np.ndarray:
    """Ellipsoidal area of each geometry in m², unrounded; NaN where `crs` is not known or has no such area."""
    if crs is not None:
        try:
            return ellipsoidal_area_m2(geoms, crs)
        except InputError:
            pass
    return np.full(len(geoms), np.nan)
