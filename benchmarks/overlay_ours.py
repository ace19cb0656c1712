"""Our engine: the patches of a county against the control layers of its plan, as the accounts and rules do it. Areas are ellipsoidal."""

from __future__ import annotations

import sqlite3

import numpy as np
import shapely

from benchmarks.measuring import KINDS, PATCHES, folder, measure, patch_count
from village_planner.accounts.county import county_overlaps
from village_planner.plan import LayerStore
from village_planner.spatial.blob import from_blob

CRS = 4548


def overlay() -> np.ndarray:
    """Read the patches, then the features near them while those read before are overlaid."""
    with sqlite3.connect(folder() / "county.gpkg") as connection:
        patches = from_blob([row[0] for row in connection.execute(f"SELECT geom FROM {PATCHES} ORDER BY fid")])
    found = county_overlaps(LayerStore(folder() / "plan.layers.gpkg"), patches, KINDS, CRS)
    areas = np.zeros((patch_count(), len(KINDS)))
    np.add.at(areas, (found["subject"], found["kind"]), found["area_m2"])
    return areas


if __name__ == "__main__":
    measure(overlay, shapely.geos_version_string)
