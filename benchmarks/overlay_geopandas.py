"""geopandas.overlay, as users write it. Areas are planar."""

from __future__ import annotations

import sys

import geopandas
import numpy as np
import shapely

from benchmarks.measuring import KINDS, PATCHES, folder, measure, patch_count


def overlay() -> np.ndarray:
    """Layer after layer."""
    file = folder() / sys.argv[3]
    patches = geopandas.read_file(file, layer=PATCHES, engine="pyogrio")
    patches["patch"] = np.arange(len(patches))
    areas = np.zeros((patch_count(), len(KINDS)))
    for column, kind in enumerate(KINDS):
        features = geopandas.read_file(file, layer=kind, engine="pyogrio")
        common = geopandas.overlay(patches, features, how="intersection")
        np.add.at(areas[:, column], common["patch"].to_numpy(dtype=int), common.area.to_numpy())
    return areas


if __name__ == "__main__":
    measure(overlay, shapely.geos_version_string)
