"""Measures all engines on all sizes, in turns, and writes docs/benchmarks.md and docs/benchmarks.json (QUICK: into build/bench)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Sequence

import numpy as np

from benchmarks import county, postgis_server
from benchmarks.engines import OURS, Engine, arguments, engines
from benchmarks.overlay_ours import CRS
from benchmarks.reference import agree_to, reference_of
from benchmarks.report import write_report
from tools import environment


@dataclass(frozen=True)
class Scope:
    """What is measured. size: of the demo; parcels: sizes, None for what the demo has; middle: the one at which slow engines are run;
    slow_elsewhere: those that are run at the other sizes too; rounds: runs of each engine that is not slow; limit_s: a run that takes
    longer is broken off; minutes: after so many no slow engine is begun; edits: how many random ones are followed."""

    size: str
    parcels: tuple[int, ...]
    middle: int
    rounds: int
    limit_s: float
    minutes: float
    edits: int
    slow_elsewhere: tuple[str, ...] = ("shapely", "geopandas.overlay")


@dataclass
class Measured:
    """The runs of one engine at one size."""

    engine: Engine
    parcels: int
    runs: list[dict[str, Any]] = field(default_factory=list)
    agrees_to: float = 0.0
    broken_off_s: float | None = None

    @property
    def seconds(self) -> float:
        """Median; where it was broken off, what it took until then."""
        return self.broken_off_s or median(run["seconds"] for run in self.runs)

    @property
    def cpu_seconds(self) -> float | None:
        """Median; null where it was broken off."""
        return median(run["cpu_seconds"] for run in self.runs) if self.runs else None

    @property
    def peak_mb(self) -> float | None:
        """Of all runs; null where it was broken off."""
        return max(run["peak_mb"] for run in self.runs) if self.runs else None


FULL = Scope("stress", (100_000, 300_000, 1_000_000), 300_000, 3, 240.0, 32.0, 1_000)
QUICK = Scope("county", (), 0, 1, 20.0, 3.0, 100)


def main() -> None:
    """Prepare what is not there, measure, report."""
    quick = os.environ.get("QUICK", "0") not in ("", "0")
    scope = QUICK if quick else FULL
    begun, load = time.monotonic(), os.getloadavg()[0]
    plan = county.plan_of(scope.size)
    sizes = scope.parcels or (county.parcels_of(plan),)
    folders = {parcels: _told(f"county of {parcels:,} parcels", county.county_of, plan, parcels) for parcels in sizes}
    reference = reference_of(folders[sizes[0]], CRS)
    with postgis_server.server() as has_postgis:
        chosen = list(engines(has_postgis))
        measured = _measure(scope, chosen, folders, reference, begun)
    others = {
        "areas": _runs("benchmarks.parcel_areas", folders[scope.middle or sizes[0]], 3),
        "check": _runs("benchmarks.whole_check", plan, scope.rounds),
    }
    edits = {kinds: _runs("benchmarks.edits", plan, 1, str(scope.edits), kinds)[0] for kinds in ("hamlet", "all")}
    folder = county.ROOT if quick else environment.ROOT / "docs"
    write_report(folder, measured, others, edits, len(reference["planar"]), has_postgis, load)
    print(f"{(time.monotonic() - begun) / 60:.1f} minutes")


def _measure(scope: Scope, chosen: Sequence[Engine], folders: dict[int, Path], reference: dict[str, np.ndarray], begun: float) -> list[Measured]:
    """Every engine once in each round, at one size after the other; slow ones in the first round only, those at the middle size first."""
    found = {(engine, parcels): Measured(engine, parcels) for parcels in folders for engine in chosen}
    databases = {
        (parcels, engine.file): _told(f"database of {parcels:,} parcels", postgis_server.database_of, folder / engine.file)
        for parcels, folder in folders.items() for engine in chosen if engine.database and (engine.tiled or parcels == _middle(scope, folders))
    }  # fmt: skip
    for _ in range(scope.rounds):
        for parcels in folders:
            for engine in chosen:
                if not engine.slow:
                    _run(found[engine, parcels], folders[parcels], databases, reference, scope.limit_s)
    middle = _middle(scope, folders)
    for parcels in sorted(folders, key=lambda size: size != middle):
        for engine in chosen:
            wanted = engine.slow and (parcels == middle or (engine.name in scope.slow_elsewhere and engine.geos == "3.11"))
            if wanted and (time.monotonic() - begun) / 60 < scope.minutes:
                _run(found[engine, parcels], folders[parcels], databases, reference, scope.limit_s)
    return [item for item in found.values() if item.runs or item.broken_off_s]


def _middle(scope: Scope, folders: dict[int, Path]) -> int:
    return scope.middle or next(iter(folders))


def _run(item: Measured, folder: Path, databases: dict[tuple[int, str], str], reference: dict[str, np.ndarray], limit_s: float) -> None:
    engine, areas = item.engine, county.ROOT / "areas.npy"
    command = arguments(engine, folder, areas, databases.get((item.parcels, engine.file), ""))
    begun = time.monotonic()
    try:
        said = _process(command, limit_s if engine.slow else None)
    except subprocess.TimeoutExpired:
        item.broken_off_s = time.monotonic() - begun
        _tell(item)
        return
    item.runs.append(json.loads(said))
    expected = reference["ellipsoidal" if engine.name == OURS else "planar"]
    item.agrees_to = max(item.agrees_to, agree_to(np.load(areas), expected))
    _tell(item)


def _tell(item: Measured) -> None:
    engine = item.engine
    said = f"more than {item.broken_off_s:.0f} s" if item.broken_off_s else f"{item.runs[-1]['seconds']:.2f} s, CPU {item.runs[-1]['cpu_seconds']:.2f} s"
    name = engine.name if engine.tiled else f"{engine.name}, whole polygons"
    print(f"{name}, GEOS {engine.geos}, {item.parcels:,} parcels: {said}, areas {item.agrees_to:.1e}", flush=True)


def _runs(module: str, argument: Path, rounds: int, *more: str) -> list[dict[str, Any]]:
    return [json.loads(_process([county.environment_python(), "-m", module, str(argument), *more], None)) for _ in range(rounds)]


def _process(command: Sequence[str], limit_s: float | None) -> str:
    """The last line of what a process says."""
    surroundings = county.qgis_python_environment()
    if command[0] != county.environment_python():
        surroundings["PYTHONPATH"] = str(environment.ROOT)
    done = subprocess.run(command, env=surroundings, cwd=environment.ROOT, capture_output=True, text=True, timeout=limit_s, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return done.stdout.strip().splitlines()[-1]


def _told(what: str, make: Any, *arguments: Any) -> Any:
    begun = time.monotonic()
    made = make(*arguments)
    print(f"{what}: {time.monotonic() - begun:.0f} s", flush=True)
    return made


if __name__ == "__main__":
    main()
