"""PostGIS: a join by ST_Intersects and the area of each ST_Intersection, in tables with an index. Reading the files in is not timed. Areas are planar."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import psycopg2

from benchmarks.measuring import KINDS, PATCHES, Run, hand_over, patch_count, peak_mb

_SQL = (
    "SELECT p.number, sum(ST_Area(ST_Intersection(p.geom, f.geom))) FROM {patches} p JOIN {kind} f ON ST_Intersects(p.geom, f.geom) GROUP BY p.number"
)


def main() -> None:
    """Layer after layer, in the database that the fourth argument of the process names."""
    areas = np.zeros((patch_count(), len(KINDS)))
    connection = psycopg2.connect(sys.argv[3])
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), postgis_geos_version(), postgis_lib_version()")
        backend, geos, postgis = cursor.fetchone()
        wall, cpu = time.perf_counter(), _cpu_seconds(backend)
        for column, kind in enumerate(KINDS):
            cursor.execute(_SQL.format(patches=PATCHES, kind=kind))
            for number, area in cursor:
                areas[number, column] = area
        seconds, cpu = time.perf_counter() - wall, _cpu_seconds(backend) - cpu
        peak = peak_mb(backend)
    hand_over(Run(seconds, cpu, peak, f"{geos.split('-')[0]} (PostGIS {postgis})"), areas)


def _cpu_seconds(process: int) -> float:
    """CPU seconds of a process and of those that it waited for; PostgreSQL's parallel workers are not among them."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


if __name__ == "__main__":
    main()
