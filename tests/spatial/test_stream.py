"""Reading through GDAL's stream: the same as reading one by one, whatever the format and the values."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from osgeo import gdal, ogr, osr

from village_planner.base.errors import Cancelled, PlannerError
from village_planner.base.feedback import SilentFeedback
from village_planner.demo import write_demo
from village_planner.spatial import reading, stream
from village_planner.spatial.reading import SourceLayer, list_layers, read_layer

pytestmark = pytest.mark.skipif(not hasattr(ogr.Layer, "GetArrowStreamAsNumPy"), reason="GDAL before 3.6 has no stream")

FIELDS = (
    ("编号", ogr.OFTString, ogr.OFSTNone),
    ("NOTE", ogr.OFTString, ogr.OFSTNone),
    ("COUNT_", ogr.OFTInteger, ogr.OFSTNone),
    ("BIG", ogr.OFTInteger64, ogr.OFSTNone),
    ("AREA_", ogr.OFTReal, ogr.OFSTNone),
    ("DAY_", ogr.OFTDate, ogr.OFSTNone),
)
GDB_FIELDS = (("MOMENT", ogr.OFTDateTime, ogr.OFSTNone), ("FLAG", ogr.OFTInteger, ogr.OFSTInt16), ("SINGLE", ogr.OFTReal, ogr.OFSTFloat32))
SHAPES = (
    "POLYGON ((0 0,10 0,10 10,0 10,0 0),(2 2,3 2,3 3,2 2))", "MULTIPOLYGON (((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))",
    "POLYGON Z ((0 0 1,10 0 2,10 10 3,0 0 1))", "POLYGON EMPTY", None,
)  # fmt: skip
texts = st.none() | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cf")), max_size=12) | st.sampled_from(
    ["", "001", "柳树屯村", "é", "\U00020000", "村" * 20]
)
rows = st.tuples(
    texts,
    texts,
    st.none() | st.integers(-(2**31) + 1, 2**31 - 1),
    st.none() | st.integers(-(10**15), 10**15),
    st.none() | st.floats(-1e9, 1e9).map(lambda value: round(value, 3)),
    st.none() | st.dates(dt.date(1971, 1, 1), dt.date(2100, 12, 31)),
    st.sampled_from(SHAPES),
)
moments = st.none() | st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2100, 1, 1)).map(lambda value: value.replace(microsecond=0))
gdb_rows = st.tuples(rows, st.tuples(moments, st.none() | st.integers(-(2**15), 2**15 - 1), st.none() | st.floats(-1e6, 1e6, width=32)))
FORMATS = [("v.gpkg", "GPKG"), ("v.shp", "ESRI Shapefile"), ("v.gdb", "OpenFileGDB"), ("v.geojson", "GeoJSON")]


def write(path: Path, driver: str, fields: tuple, features: list[tuple]) -> Path:
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(4549)
    gdal.SetThreadLocalConfigOption("SHAPE_ENCODING", "UTF-8")
    source = gdal.GetDriverByName(driver).Create(str(path), 0, 0, 0, gdal.GDT_Unknown)
    kind = ogr.wkbMultiPolygon if driver == "OpenFileGDB" else ogr.wkbPolygon if driver == "ESRI Shapefile" else ogr.wkbUnknown
    layer = source.CreateLayer(path.stem, srs, kind, ["ENCODING=UTF-8"] if driver == "ESRI Shapefile" else [])
    for name, field_type, subtype in fields:
        definition = ogr.FieldDefn(name, field_type)
        definition.SetSubType(subtype)
        layer.CreateField(definition)
    for values in features:
        feature = ogr.Feature(layer.GetLayerDefn())
        for number, value in enumerate(values[:-1]):
            if isinstance(value, dt.date):
                clock = (value.hour, value.minute, float(value.second)) if isinstance(value, dt.datetime) else (0, 0, 0.0)
                feature.SetField(number, value.year, value.month, value.day, *clock, 0)
            elif isinstance(value, list):
                feature.SetFieldStringList(number, value)
            elif value is not None:
                feature.SetField(number, value)
        if values[-1] is not None:
            geometry = ogr.CreateGeometryFromWkt(values[-1])
            feature.SetGeometry(ogr.ForceToMultiPolygon(geometry) if driver == "OpenFileGDB" else geometry)
        layer.CreateFeature(feature)
        del feature
    del layer, source
    gdal.SetThreadLocalConfigOption("SHAPE_ENCODING", None)
    return path


def one_by_one(path: Path, layer: str | None = None, **options: Any) -> SourceLayer:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "can_stream", lambda *_: False)
        return read_layer(path, layer, **options)


def streamed(path: Path, layer: str | None = None, **options: Any) -> SourceLayer:
    """As it is read, with proof that the stream was used to the end."""
    made: list[object] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "stream_rows", lambda *arguments: made.append(stream.stream_rows(*arguments)) or made[-1])
        patch.setattr(reading, "read_rows", lambda *_: pytest.fail("read one by one"))
        result = read_layer(path, layer, **options)
    assert len(made) == 1
    return result


def assert_same(one: SourceLayer, other: SourceLayer) -> None:
    pd.testing.assert_frame_equal(one.frame, other.frame)
    np.testing.assert_array_equal(one.fids, other.fids)
    assert shapely.to_wkb(one.geoms).tolist() == shapely.to_wkb(other.geoms).tolist()
    for part in ("path", "layer", "crs", "encoding", "notes", "fields", "geometry_faults"):
        assert getattr(one, part) == getattr(other, part)


@pytest.mark.parametrize(("name", "driver"), FORMATS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(features=st.lists(rows, min_size=1, max_size=12))
def test_a_stream_gives_what_reading_one_by_one_gives(tmp_path_factory, name, driver, features):
    path = write(tmp_path_factory.mktemp("stream") / name, driver, FIELDS, features)
    layer = streamed(path)
    assert_same(layer, one_by_one(path))
    assert len(layer.frame) == len(features)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(features=st.lists(gdb_rows, min_size=1, max_size=12))
def test_moments_and_narrow_numbers_of_a_filegdb_are_the_same(tmp_path_factory, features):
    flat = [(*row[:-1], *more, row[-1]) for row, more in features]
    path = write(tmp_path_factory.mktemp("stream") / "v.gdb", "OpenFileGDB", (*FIELDS, *GDB_FIELDS), flat)
    assert_same(streamed(path), one_by_one(path))


def test_more_rows_than_a_batch_keep_their_order_and_their_faults(tmp_path):
    features = [(str(number), "村" * (number % 3), number, number, number / 8, None, SHAPES[number % len(SHAPES)]) for number in range(12_345)]
    path = write(tmp_path / "v.gpkg", "GPKG", FIELDS, features)
    layer = streamed(path)
    assert layer.frame["COUNT_"].tolist() == list(range(12_345))
    assert_same(layer, one_by_one(path))
    assert_same(streamed(path, where="COUNT_ >= 7000"), one_by_one(path, where="COUNT_ >= 7000"))


def test_curves_and_measures_are_the_same(tmp_path):
    shapes = [
        "CURVEPOLYGON (CIRCULARSTRING (0 0,5 5,10 0,5 -5,0 0))", "MULTISURFACE (((0 0,1 0,1 1,0 0)),CURVEPOLYGON (CIRCULARSTRING (0 0,5 5,10 0,5 -5,0 0)))",
        "POLYGON M ((0 0 1,10 0 2,10 10 3,0 0 1))", "POLYGON ZM ((0 0 1 7,10 0 2 7,10 10 3 7,0 0 1 7))", "TIN (((0 0,1 0,1 1,0 0)))",
        "GEOMETRYCOLLECTION (POINT (1 2),POLYGON ((0 0,1 0,1 1,0 0)))", "LINESTRING (0 0,1 1)", "POINT EMPTY", SHAPES[0],
    ]  # fmt: skip
    path = write(tmp_path / "v.gpkg", "GPKG", FIELDS, [(str(number), None, None, None, None, None, shape) for number, shape in enumerate(shapes)])
    layer = streamed(path)
    assert_same(layer, one_by_one(path))
    counts = {note.code: note.params["count"] for note in layer.notes}
    assert counts == {"spatial.curves_made_lines": 2, "spatial.heights_left_out": 2}


@pytest.mark.parametrize(
    ("fields", "values", "driver"),
    [
        ((("L", ogr.OFTStringList, ogr.OFSTNone),), (["a"],), "GeoJSON"),
        ((("T", ogr.OFTDateTime, ogr.OFSTNone),), (dt.datetime(2020, 1, 1),), "GPKG"),
        ((("B", ogr.OFTInteger, ogr.OFSTBoolean),), (1,), "GPKG"),
        ((("wkb_geometry", ogr.OFTString, ogr.OFSTNone),), ("x",), "GeoJSON"),
        ((("OGC_FID", ogr.OFTString, ogr.OFSTNone),), ("x",), "ESRI Shapefile"),
    ],
)
def test_what_the_stream_would_change_is_read_one_by_one(tmp_path, fields, values, driver):
    suffix = {"GeoJSON": "geojson", "GPKG": "gpkg", "ESRI Shapefile": "shp"}[driver]
    path = write(tmp_path / f"v.{suffix}", driver, fields, [(*values, SHAPES[0])])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "stream_rows", lambda *_: pytest.fail("streamed"))
        assert len(read_layer(path).frame) == 1


@pytest.mark.parametrize("failure", [stream.StreamFailed("x"), "error"])
def test_a_stream_that_fails_costs_nothing_but_time(tmp_path, failure):
    path = write(tmp_path / "v.gpkg", "GPKG", FIELDS, [("1", "a", 1, 1, 1.0, None, SHAPES[0])])

    def broken(layer, is_dbf, feedback, expected):
        if isinstance(failure, Exception):
            raise failure
        gdal.Error(gdal.CE_Failure, 1, "half a row")
        return stream.stream_rows(layer, is_dbf, feedback, expected)

    expected = one_by_one(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "stream_rows", broken)
        assert_same(read_layer(path), expected)


@given(day=st.dates(dt.date(1900, 1, 2), dt.date(1970, 12, 31)))
@settings(max_examples=15, deadline=None)
def test_days_before_1970_are_right(tmp_path_factory, day):
    """GDAL 3.6 counts them one too late in its stream."""
    path = write(tmp_path_factory.mktemp("stream") / "v.shp", "ESRI Shapefile", FIELDS, [("1", None, None, None, None, day, SHAPES[0])])
    assert read_layer(path).frame["DAY_"].tolist() == [day.isoformat()]


def test_fewer_rows_than_announced_are_no_result(tmp_path):
    path = write(tmp_path / "v.shp", "ESRI Shapefile", FIELDS, [(str(number), None, None, None, None, None, SHAPES[0]) for number in range(30)])
    with path.with_suffix(".shp").open("r+b") as file:
        file.truncate(600)
    assert_same(read_layer(path), one_by_one(path))


def test_a_stream_stops_when_the_planner_cancels(tmp_path):
    class AfterOneBatch(SilentFeedback):
        calls = 0

        def is_cancelled(self) -> bool:
            self.calls += 1
            return self.calls > 1

    path = write(tmp_path / "v.gpkg", "GPKG", FIELDS, [(str(number), None, None, None, None, None, None) for number in range(5_100)])
    with pytest.raises(Cancelled):
        read_layer(path, feedback=AfterOneBatch())
    assert len(read_layer(path).frame) == 5_100


def test_the_demos_files_are_the_same_either_way(tmp_path):
    sources = write_demo(tmp_path, "township", "known").sources
    files = [path for path in sorted(sources.rglob("*")) if path.suffix in (".shp", ".gdb", ".gpkg", ".geojson", ".dbf")]
    layers = [(path, info.layer) for path in files for info in list_layers(path)]
    assert {path.suffix for path, _ in layers} >= {".shp", ".gdb"}
    for path, layer in layers:
        assert_same(streamed(path, layer), one_by_one(path, layer))


def test_other_peoples_files_are_the_same_either_way(shared_data):
    compared = 0
    for path in sorted((shared_data / "bad_inputs").rglob("*")):
        try:
            layers = list_layers(path) if path.is_file() else []
        except PlannerError:
            continue
        for layer in dict.fromkeys(info.layer for info in layers):
            assert_same(read_layer(path, layer), one_by_one(path, layer))
            compared += 1
    assert compared > 50
