"""The demo's files, written once for all tests of this room, and readers for them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import shapely
from osgeo import gdal, ogr

from village_planner.demo import DemoResult, write_demo


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
