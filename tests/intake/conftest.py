"""What the tests of intake share: small tables and layers made in place, and hashes of the files given."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import shapely
from openpyxl import Workbook
from osgeo import ogr, osr
from shapely.geometry.base import BaseGeometry

from village_planner.standards import Profile, load_profile

PLAN_EPSG = 4548


@pytest.fixture(scope="session")
def profile() -> Profile:
    """The layout profile as it ships."""
    return load_profile()


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Write an .xlsx: rows of cells, merged ranges as "A1:C1", hidden row numbers, further sheets by name."""

    def write(
        rows: Sequence[Sequence[Any]], merges: Sequence[str] = (), name: str = "名录.xlsx", hidden: Sequence[int] = (),
        sheets: Mapping[str, Sequence[Sequence[Any]]] | None = None, title: str = "名录",
    ) -> Path:
        book = Workbook()
        for other, content in (sheets or {}).items():
            sheet = book.create_sheet(other)
            for row in content:
                sheet.append(list(row))
        sheet = book.worksheets[0]
        sheet.title = title
        for row in rows:
            sheet.append(list(row))
        for merge in merges:
            sheet.merge_cells(merge)
        for number in hidden:
            sheet.row_dimensions[number].hidden = True
        book.save(tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture
def polygons(tmp_path: Path) -> Callable[..., Path]:
    """Write a layer of text, integer or real attributes and geometries; the driver goes by the ending."""

    def write(
        rows: Sequence[tuple[Mapping[str, Any], BaseGeometry | None]], name: str = "村界.gpkg", layer: str | None = None,
        epsg: int | None = PLAN_EPSG, options: Sequence[str] = (),
    ) -> Path:
        path = tmp_path / name
        driver = ogr.GetDriverByName({".gpkg": "GPKG", ".shp": "ESRI Shapefile", ".geojson": "GeoJSON"}[path.suffix])
        dataset = ogr.Open(str(path), 1) if path.exists() else driver.CreateDataSource(str(path))
        srs = None
        if epsg:
            srs = osr.SpatialReference()
            srs.ImportFromEPSG(epsg)
        target = dataset.CreateLayer(layer or path.stem, srs, ogr.wkbUnknown if path.suffix != ".shp" else ogr.wkbPolygon, list(options))
        for field, value in (rows[0][0] if rows else {}).items():
            kind = {int: ogr.OFTInteger64, float: ogr.OFTReal}.get(type(value), ogr.OFTString)
            target.CreateField(ogr.FieldDefn(field, kind))
        for values, geometry in rows:
            feature = ogr.Feature(target.GetLayerDefn())
            for field, value in values.items():
                if value is not None:
                    feature.SetField(field, value)
            if geometry is not None:
                feature.SetGeometry(ogr.CreateGeometryFromWkb(shapely.to_wkb(geometry)))
            target.CreateFeature(feature)
        target = dataset = None
        return path

    return write


def box(column: int, row: int, width: int = 1, height: int = 1) -> BaseGeometry:
    """A rectangle of whole kilometres in the middle of the tests' zone."""
    x, y = 500_000 + 1000 * column, 4_000_000 + 1000 * row
    return shapely.box(x, y, x + 1000 * width, y + 1000 * height)


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 by name of every file in a folder."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir()) if path.is_file()}
