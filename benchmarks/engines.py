"""The engines that are compared, and how each is run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Iterable

from benchmarks.county import environment_python
from benchmarks.pythons import python_with

OURS = "ours"
PLAIN, TILED = "county.gpkg", "tiled.gpkg"


@dataclass(frozen=True)
class Engine:
    """name: as in the tables. geos: "3.11" (Debian 12's; 3.11 or 3.9 whichever the program has) or "new". tiled: whether large polygons
    are cut before. command: Python, module and arguments, without the folder and the file for areas. database: of PostGIS.
    slow: as users write it, with large polygons whole: run once."""

    name: str
    geos: str
    tiled: bool
    command: tuple[str, ...]
    database: bool = False

    @property
    def slow(self) -> bool:
        """Whether it is run once, and not at all sizes."""
        return not self.tiled

    @property
    def file(self) -> str:
        """What of the folder it reads."""
        return "plan.layers.gpkg" if self.name == OURS else TILED if self.tiled else PLAIN

    @property
    def own_key(self) -> tuple[str, str, bool]:
        """What tells it from the others."""
        return self.name, self.geos, self.tiled


def engines(has_postgis: bool) -> Iterable[Engine]:
    """All engines that can be run here, ours first."""
    here = environment_python()
    yield Engine(OURS, "3.11", True, (here, "-m", "benchmarks.overlay_ours"))
    newer = python_with("geos-new")
    if newer:
        yield Engine(OURS, "new", True, (str(newer), "-m", "benchmarks.overlay_ours"))
    for tiled in (True, False):
        for geos, python in (("3.11", python_with("geos-3.11")), ("new", newer)):
            if python:
                yield Engine("shapely", geos, tiled, (str(python), "-m", "benchmarks.overlay_shapely"))
                yield Engine("geopandas.overlay", geos, tiled, (str(python), "-m", "benchmarks.overlay_geopandas"))
        for tool, name in (("intersection", "QGIS native:intersection"), ("overlaps", "QGIS native:calculatevectoroverlaps")):
            yield Engine(name, "3.11", tiled, (here, "-m", "benchmarks.overlay_qgis", tool))
        if has_postgis:
            yield Engine("PostGIS", "3.11", tiled, (here, "-m", "benchmarks.overlay_postgis"), database=True)


def arguments(engine: Engine, folder: Path, areas: Path, database: str) -> list[str]:
    """The command line of a run."""
    python, option, module, *rest = engine.command
    source = database if engine.database else engine.file
    return [python, option, module, str(folder), str(areas), source, *rest]
