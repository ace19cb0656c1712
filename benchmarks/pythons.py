"""Pythons of the benchmark's own under build/bench, with geopandas, which the plugin does not need: with Debian 12's GEOS and with a newer one."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from benchmarks.county import ROOT

# With the numpy of Debian 12, for which its GDAL is made.
_PACKAGES = {
    "geos-3.11": ("shapely==2.0.7", "numpy==1.24.2", "pandas==1.5.3", "geopandas", "pyogrio"),
    "geos-new": ("shapely>=2.2", "numpy<2", "pandas<3", "geopandas", "pyogrio"),
}


def python_with(geos: str) -> Path | None:
    """Path of the Python with "geos-3.11" or "geos-new", made where it is not there; None where pip cannot make it."""
    folder = ROOT / geos
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        # What lies on our own path would count as installed there.
        alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        try:
            subprocess.run(["/usr/bin/python3", "-m", "venv", "--clear", "--system-site-packages", str(folder)], check=True, env=alone)
            subprocess.run([str(python), "-m", "pip", "install", "-q", *_PACKAGES[geos]], check=True, env=alone)
        except (OSError, subprocess.CalledProcessError):
            return None
        (folder / "ready").touch()
    return python
