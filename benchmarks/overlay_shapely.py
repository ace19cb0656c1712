"""shapely as one would write it: all features read, a tree, an intersection for each pair whose boxes meet. Areas are planar."""

from __future__ import annotations

import sys

import numpy as np
import pyogrio
import shapely

from benchmarks.measuring import KINDS, PATCHES, folder, measure, patch_count


def overlay() -> np.ndarray:
    """Layer after layer."""
    file = folder() / sys.argv[3]
    patches = _geometries(file, PATCHES)
    areas = np.zeros((patch_count(), len(KINDS)))
    for column, kind in enumerate(KINDS):
        features = _geometries(file, kind)
        patch, feature = shapely.STRtree(features).query(patches, predicate="intersects")
        np.add.at(areas[:, column], patch, shapely.area(shapely.intersection(patches[patch], features[feature])))
    return areas


def _geometries(file: object, layer: str) -> np.ndarray:
    return shapely.from_wkb(pyogrio.raw.read(file, layer=layer, columns=[])[2])


if __name__ == "__main__":
    measure(overlay, shapely.geos_version_string)
