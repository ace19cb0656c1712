"""What one engine measures of itself, in a process of its own, and hands to the driver: seconds, peak memory, and the areas that it found."""

from __future__ import annotations

import json
import re
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Callable

import numpy as np

KINDS = ("land_use", "permanent_basic_farmland", "ecological_redline", "development_boundary")
"""Layers that patches are overlaid with, in this order in every table of areas."""
PATCHES = "patches"
PATCH_COUNT = "patch_count"
MOST_NODES = 256
"""What native:subdivide leaves of a polygon for the other engines."""


@dataclass(frozen=True)
class Run:
    """One run of an engine. seconds: wall; cpu_seconds: of all threads; peak_mb: of its process (a server: of its backend); geos: version."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    geos: str


def measure(work: Callable[[], np.ndarray], geos: str) -> None:
    """Time `work`, then hand over figures and areas.

    work: reads and overlays; returns areas in m², a row for each patch and a column for each of KINDS. It is handed over as
    the second argument of the process says (.npy), the figures as a line of JSON on stdout.
    """
    wall, cpu = time.perf_counter(), time.process_time()
    areas = work()
    run = Run(time.perf_counter() - wall, time.process_time() - cpu, peak_mb(), geos)
    hand_over(run, areas)


def peak_mb(process: int | str = "self") -> float:
    """The most memory that a process has had; ru_maxrss would begin with that of the driver, which a child inherits."""
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    return int(found.group(1)) / 1024 if found else 0.0


def hand_over(run: Run, areas: np.ndarray) -> None:
    """Write what the driver reads."""
    np.save(sys.argv[2], areas)
    print(json.dumps(asdict(run)))


def folder() -> Path:
    """The folder with the data of one size: the first argument of the process."""
    return Path(sys.argv[1])


def patch_count() -> int:
    """How many patches the data have."""
    return int((folder() / PATCH_COUNT).read_text())
