"""What the tests on real files share: commands that must succeed, raw layers, and areas on the ellipsoid from pyproj alone."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyproj
import pytest
import shapely
from openpyxl import load_workbook
from osgeo import ogr

from tests.conftest import ProcessResult

GEOD = pyproj.Geod(ellps="GRS80")
LONGEST_EDGE_M = 70.0


@pytest.fixture(scope="session")
def run(qgis_process: Callable[..., ProcessResult]) -> Callable[..., Mapping[str, Any]]:
    """Run one of our algorithms, which must succeed, and return its outputs: `run("check", PLAN=path)`."""

    def outputs(name: str, **parameters: Any) -> Mapping[str, Any]:
        result = qgis_process(f"villageplanner:{name}", **parameters)
        assert result.exit_code == 0, result.stderr
        return result.outputs

    return outputs


def raw_shapes(path: Path, where: str | None = None) -> list[tuple[dict[str, Any], shapely.Geometry]]:
    """Attributes and geometries of the only layer of a file, as they are stored."""
    dataset = ogr.Open(str(path))
    layer = dataset.GetLayer(0)
    layer.SetAttributeFilter(where)
    return [(dict(feature.items()), shapely.from_wkb(bytes(feature.GetGeometryRef().ExportToWkb()))) for feature in layer]


def area_m2(shape: shapely.Geometry, epsg: int) -> float:
    """Area on the ellipsoid of a shape in a projected system, edges cut to 70 m first, holes taken off."""
    to_degrees = pyproj.Transformer.from_crs(epsg, 3824, always_xy=True)
    area = 0.0
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon" and not part.is_empty:
            dense = shapely.segmentize(part, LONGEST_EDGE_M)
            rings = [GEOD.polygon_area_perimeter(*to_degrees.transform(*zip(*ring.coords)))[0] for ring in (dense.exterior, *dense.interiors)]
            area += abs(rings[0]) - sum(map(abs, rings[1:]))
    return area


def write_csv(path: Path, rows: Sequence[Sequence[Any]], encoding: str = "utf-8-sig") -> Path:
    """Write rows as a table that Excel would write."""
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def sheets(package: Path) -> dict[str, list[list[Any]]]:
    """The cells of the package's workbook by sheet."""
    (book,) = package.rglob("*规划表格.xlsx")
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in load_workbook(book, data_only=True).worksheets}


def records(rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """Rows of a printed table below its two-level heading, by the heading's words (`本期/户数（户）`); totals too, notes and signatures not."""
    first = next(number for number, row in enumerate(rows) if row[0] == "序号")
    headings, above = [], ""
    for upper, lower in zip(rows[first], rows[first + 1]):
        above = str(upper) if upper is not None else above
        headings.append((f"{above}/{lower}" if lower is not None else above).replace("\n", ""))
    return [dict(zip(headings, row)) for row in rows[first + 2 :] if sum(cell is not None for cell in row) > 1 and "编制单位" not in str(row)]
