"""What every engine should find: an intersection of each pair by plain shapely, planar and on the ellipsoid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from osgeo import ogr

from benchmarks.measuring import KINDS, PATCHES
from village_planner.spatial.area import ellipsoidal_area_m2

_SMALLEST_M2 = 1.0


def reference_of(folder: Path, crs: int) -> dict[str, np.ndarray]:
    """By "planar" and "ellipsoidal", areas in m²: a row for each patch, a column for each of KINDS. Kept in the folder."""
    path = folder / "reference.npz"
    if not path.exists():
        patches = _geometries(folder / "county.gpkg", PATCHES)
        found = {name: np.zeros((len(patches), len(KINDS))) for name in ("planar", "ellipsoidal")}
        for column, kind in enumerate(KINDS):
            features = _geometries(folder / "county.gpkg", kind)
            patch, feature = shapely.STRtree(features).query(patches)
            parts = shapely.intersection(patches[patch], features[feature])
            np.add.at(found["planar"][:, column], patch, shapely.area(parts))
            np.add.at(found["ellipsoidal"][:, column], patch, ellipsoidal_area_m2(parts, crs))
        np.savez(path, **found)
    with np.load(path) as kept:
        return {name: kept[name] for name in kept.files}


def agree_to(areas: np.ndarray, reference: np.ndarray) -> float:
    """The largest relative difference of a patch's area on a kind; below 1 m² that in m²."""
    return float(np.max(np.abs(areas - reference) / np.maximum(reference, _SMALLEST_M2)))


def _geometries(file: Path, layer: str) -> np.ndarray:
    dataset = ogr.Open(str(file))
    found = [shapely.from_wkb(bytes(feature.GetGeometryRef().ExportToWkb())) for feature in dataset.GetLayerByName(layer)]
    return np.array([*found, None], dtype=object)[:-1]
