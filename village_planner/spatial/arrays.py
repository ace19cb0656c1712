"""Arrays of geometries: making them, and taking the polygons out of them."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np
import shapely


def objects(values: Sequence[Any]) -> np.ndarray:
    """A one-dimensional object array of the values, whatever they are."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def polygon_parts(geoms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The polygons that are not empty in an array of geometries, also inside nested collections.

    Returns the polygons and, for each, the position of its geometry in `geoms`.
    """
    parts, owner = shapely.get_parts(geoms, return_index=True)
    while np.any(shapely.get_type_id(parts) > 3):
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    keep = (shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)
    return parts[keep], owner[keep]
