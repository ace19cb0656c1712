"""The GeoPackage blob codec: round trips, what GDAL reads and writes, and SQL functions in a real feature table."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from osgeo import gdal, ogr, osr

from village_planner.base.errors import InputError
from village_planner.spatial.blob import HEAD_BYTES, bounds_of_heads, from_blob, register_functions, to_blob

numbers = st.floats(-1e8, 1e8)
points = st.tuples(numbers, numbers)
geometries = st.one_of(
    st.none(),
    st.builds(shapely.Point, numbers, numbers),
    st.builds(shapely.LineString, st.lists(points, min_size=2, max_size=6)),
    st.builds(shapely.Polygon, st.lists(points, min_size=3, max_size=6)),
    st.builds(shapely.MultiPoint, st.lists(points, max_size=4)),
    st.just(shapely.Polygon()),
    st.just(shapely.Point()),
)


@given(st.lists(geometries, max_size=6))
def test_geometries_come_back_as_they_went(values):
    array = np.array(values + [None], dtype=object)[:-1]
    back = from_blob(to_blob(array, 4549))
    assert [None if g is None else shapely.to_wkb(g) for g in back] == [None if g is None else shapely.to_wkb(g) for g in array]


@given(st.lists(geometries, max_size=6))
def test_the_head_of_a_blob_tells_its_bounds(values):
    array = np.array(values + [None], dtype=object)[:-1]
    heads = [None if blob is None else blob[:HEAD_BYTES] for blob in to_blob(array, 4549)]
    np.testing.assert_array_equal(bounds_of_heads(heads), shapely.bounds(array).reshape(-1, 4))


def test_heights_are_left_out():
    assert not from_blob(to_blob(np.array([shapely.Point(1, 2, 3)]), 4490))[0].has_z


def test_what_is_no_blob_is_refused_with_its_row():
    with pytest.raises(InputError) as refusal:
        from_blob([None, b"not a blob at all, surely"])
    assert refusal.value.message.params["row"] == 2


@pytest.fixture
def feature_table(tmp_path):
    path = tmp_path / "t.gpkg"
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(4549)
    source = gdal.GetDriverByName("GPKG").Create(str(path), 0, 0, 0, gdal.GDT_Unknown)
    layer = source.CreateLayer("patch", srs, ogr.wkbUnknown)
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetGeometry(ogr.CreateGeometryFromWkt("POINT (7 8)"))
    layer.CreateFeature(feature)
    del feature, layer, source
    return path


def test_plain_sqlite_writes_a_feature_table_that_gdal_reads(feature_table):
    box = shapely.box(10, 20, 30, 50)
    connection = sqlite3.connect(feature_table)
    register_functions(connection)
    with connection:
        rows = [(blob,) for blob in to_blob(np.array([box, shapely.Polygon(), None], dtype=object), 4549)]
        connection.executemany("INSERT INTO patch (geom) VALUES (?)", rows)
    index = connection.execute("SELECT id, minx, maxx, miny, maxy FROM rtree_patch_geom ORDER BY id").fetchall()
    connection.close()
    assert index == [(1, 7, 7, 8, 8), (2, 10, 30, 20, 50)]
    source = ogr.Open(str(feature_table))
    layer = source.GetLayer(0)
    layer.SetSpatialFilterRect(9, 19, 11, 21)
    assert [shapely.from_wkb(bytes(f.GetGeometryRef().ExportToWkb())).equals(box) for f in layer] == [True]


def test_bounds_are_found_where_gdal_wrote_no_envelope(feature_table):
    connection = sqlite3.connect(feature_table)
    register_functions(connection)
    found = connection.execute("SELECT ST_IsEmpty(geom), ST_MinX(geom), ST_MaxY(geom) FROM patch").fetchone()
    blob = connection.execute("SELECT geom FROM patch").fetchone()[0]
    nothing = connection.execute("SELECT ST_IsEmpty(NULL), ST_MinX(NULL), ST_MinX(x'00')").fetchone()
    connection.close()
    assert blob[3] >> 1 & 7 == 0
    assert found == (0, 7, 8)
    assert nothing == (None, None, None)


def test_curves_become_lines(tmp_path):
    body = ogr.CreateGeometryFromWkt("CIRCULARSTRING (0 0, 1 1, 2 0)").ExportToIsoWkb()
    blob = b"GP\x00\x01" + (4549).to_bytes(4, "little") + bytes(body)
    line = from_blob([blob])[0]
    assert line.geom_type == "LineString" and line.length == pytest.approx(np.pi, rel=1e-3)


def test_threads_may_share_what_was_read() -> None:
    """Up to 3.11 GEOS finds the box of a geometry when it is first asked for it: threads that ask at once found less than is there."""
    turns = np.linspace(0, 2 * np.pi, 20_000, endpoint=False)
    x, y = (axis.reshape(-1, 1) * 400.0 for axis in np.divmod(np.arange(100), 10))
    rounds = shapely.polygons(np.stack([x + 200 * np.cos(turns), y + 200 * np.sin(turns)], axis=-1))
    blobs, start = to_blob(rounds, 4549), Barrier(3)

    def met(shared: np.ndarray) -> np.ndarray:
        start.wait()
        return shapely.STRtree(rounds).query(shared)

    for _ in range(12):
        with ThreadPoolExecutor(3) as pool:
            found = list(pool.map(met, [from_blob(blobs)] * 3))
        assert all(pairs.shape == found[0].shape and (pairs == found[0]).all() for pairs in found)
