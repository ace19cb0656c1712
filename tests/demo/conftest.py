"""The demo's files, written once for all tests of this room, and readers for them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import shapely
from osgeo import gdal, ogr

from village_planner.base import SilentFeedback
from village_planner.demo import DemoResult, write_demo
from village_planner.demo.names import COUNTY_TOWNSHIPS
from village_planner.demo.scene import Fineness, Scene
from village_planner.demo.stress import build_on_mesh
from village_planner.demo.writing import EXPECTED, SOURCES, STEPS, write_scene


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> DemoResult:
    """The demo without faults."""
    return write_demo(tmp_path_factory.mktemp("clean"), "township", "none", 1)


@pytest.fixture(scope="session")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> DemoResult:
    """The demo with known faults."""
    return write_demo(tmp_path_factory.mktemp("faulty"), "township", "known", 1)


@pytest.fixture(scope="session")
def clean_county(tmp_path_factory: pytest.TempPathFactory) -> DemoResult:
    """The county without faults."""
    return write_demo(tmp_path_factory.mktemp("clean_county"), "county", "none", 1)


@pytest.fixture(scope="session")
def faulty_county(tmp_path_factory: pytest.TempPathFactory) -> DemoResult:
    """The county with known faults."""
    return write_demo(tmp_path_factory.mktemp("faulty_county"), "county", "known", 1)


SMALL_MAP = ("#ccaaaa", "cccaaaa", "ccccaaaa", "ccccaaaa", "ccccaaaa", "ccccaaaa", "cccc", "cccc", "c")
SMALL = Fineness(red_line_vertices=6_000, boundary_vertices=600, cut=(0.0, 0.05, 0.1))


def small_county(seed: int) -> Scene:
    """A county on a mesh of two townships: one that bears the faults of the township demo, and one with a town."""
    return build_on_mesh(seed, SMALL_MAP, {"c": (0, COUNTY_TOWNSHIPS[0]), "a": (7, COUNTY_TOWNSHIPS[7])}, SMALL)


@pytest.fixture(scope="session")
def clean_stress(tmp_path_factory: pytest.TempPathFactory) -> DemoResult:
    """A small county on a mesh without faults."""
    return _written(tmp_path_factory.mktemp("clean_stress"), "none")


@pytest.fixture(scope="session")
def faulty_stress(tmp_path_factory: pytest.TempPathFactory) -> DemoResult:
    """A small county on a mesh with known faults."""
    return _written(tmp_path_factory.mktemp("faulty_stress"), "known")


def _written(folder: Path, faults: str) -> DemoResult:
    write_scene(small_county(1), folder, "stress", faults, SilentFeedback())
    return DemoResult(folder / SOURCES, folder / EXPECTED, folder / STEPS)


@pytest.fixture(scope="session")
def read_vector() -> Callable[..., list[tuple[dict, shapely.Geometry | None]]]:
    """Rows of a layer as (attributes, geometry), in the file's order; each layer is read once."""

    @cache
    def read(path: Path, layer: str | None = None, encoding: str | None = None) -> list[tuple[dict, shapely.Geometry | None]]:
        options = [f"ENCODING={encoding}"] if encoding else []
        source = gdal.OpenEx(str(path), gdal.OF_VECTOR, open_options=options)
        opened: ogr.Layer = source.GetLayerByName(layer) if layer else source.GetLayer(0)
        rows = []
        for feature in opened:
            geometry = feature.GetGeometryRef()
            rows.append((feature.items(), None if geometry is None else shapely.from_wkb(bytes(geometry.ExportToWkb()))))
        return rows

    return read
