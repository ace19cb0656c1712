"""The ellipsoidal areas of all parcels of a county, already read."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import shapely

from benchmarks.measuring import Run, peak_mb
from benchmarks.overlay_ours import CRS
from village_planner.plan import LayerStore
from village_planner.spatial.area import ellipsoidal_area_m2


def main() -> None:
    """Take the areas of the parcels of a folder once."""
    parcels = LayerStore(Path(sys.argv[1]) / "plan.layers.gpkg").read("land_use", columns=("geom",))["geom"].to_numpy()
    wall, cpu = time.perf_counter(), time.process_time()
    areas = ellipsoidal_area_m2(parcels, CRS)
    seconds, cpu = time.perf_counter() - wall, time.process_time() - cpu
    assert np.isfinite(areas).all()
    run = Run(seconds, cpu, peak_mb(), shapely.geos_version_string)
    print(json.dumps({**asdict(run), "parcels": len(parcels), "vertices": float(shapely.get_num_coordinates(parcels).mean())}))


if __name__ == "__main__":
    main()
