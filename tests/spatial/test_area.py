"""Ellipsoidal area: against the reference, and the properties that any area has."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from village_planner.base.errors import InputError
from village_planner.spatial.area import ellipsoidal_area_m2, net_area_m2
from village_planner.spatial.crs import transform

ZONE_40, CM_120 = 4528, 4549
SHIFT_TO_ZONE_40 = 40_000_000.0

eastings = st.floats(400_000, 600_000)
northings = st.floats(2_500_000, 5_000_000)
sizes = st.floats(5, 5_000)


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    path = Path(__file__).resolve().parents[3] / "shared" / "standards" / "ellipsoid_area_reference.py"
    if not path.is_file():
        pytest.skip("the reference implementation is not on this machine")
    spec = importlib.util.spec_from_file_location("ellipsoid_area_reference", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def area(geometry: shapely.Geometry, crs: int = CM_120) -> float:
    return float(ellipsoidal_area_m2(np.array([geometry], dtype=object), crs)[0])


def blob_of_points(x: float, y: float, size: float, count: int, seed: int) -> shapely.Polygon:
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    radius = size * np.random.default_rng(seed).uniform(0.3, 1.0, count)
    return shapely.Polygon(np.column_stack([x + radius * np.cos(angle), y + radius * np.sin(angle)]))


@settings(max_examples=40, deadline=None)
@given(x=eastings, y=northings, size=sizes, count=st.integers(3, 40), seed=st.integers(0, 999))
def test_area_agrees_with_the_reference(reference, x, y, size, count, seed):
    polygon = blob_of_points(x, y, size, count, seed)
    inverse = Transformer.from_crs(CM_120, 4490, always_xy=True)
    expected = reference.ring_area(shapely.get_coordinates(polygon).tolist(), inverse, quant=False)
    allowed = 0.01 if expected < 1e6 else expected * 1e-9
    assert abs(area(polygon) - expected) <= allowed


def test_a_long_edge_follows_the_projected_straight_line_not_the_geodesic():
    box = shapely.box(600_000, 4_000_000, 640_000, 4_030_000)
    dense = transform(np.array([shapely.segmentize(box, 20)]), CM_120, 4490)[0]
    on_ellipsoid = abs(Geod(a=6378137.0, rf=298.257222101).geometry_area_perimeter(dense)[0])
    assert area(box) == pytest.approx(on_ellipsoid, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(x=eastings, y=northings, width=sizes, height=sizes, cut=st.floats(0.05, 0.95))
def test_a_polygon_is_the_sum_of_its_parts(x, y, width, height, cut):
    middle = x + width * cut
    whole = shapely.Polygon([(x, y), (middle, y), (x + width, y), (x + width, y + height), (middle, y + height), (x, y + height)])
    parts = [shapely.box(x, y, middle, y + height), shapely.box(middle, y, x + width, y + height)]
    assert sum(map(area, parts)) == pytest.approx(area(whole), rel=1e-6)
    assert area(shapely.MultiPolygon(parts)) == pytest.approx(sum(map(area, parts)), rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(x=eastings, y=northings, size=sizes)
def test_a_hole_is_taken_off(x, y, size):
    shell, hole = shapely.box(x, y, x + 4 * size, y + 4 * size), shapely.box(x + size, y + size, x + 2 * size, y + 3 * size)
    pierced = shapely.Polygon(shell.exterior.coords, [hole.exterior.coords])
    assert area(pierced) == pytest.approx(area(shell) - area(hole), rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(x=eastings, y=northings, size=sizes, count=st.integers(3, 20), seed=st.integers(0, 999))
def test_the_direction_of_a_ring_does_not_matter(x, y, size, count, seed):
    polygon = blob_of_points(x, y, size, count, seed)
    assert area(shapely.reverse(polygon)) == pytest.approx(area(polygon), rel=1e-9, abs=1e-4)


@settings(max_examples=40, deadline=None)
@given(x=eastings, y=northings, size=sizes, count=st.integers(3, 20), seed=st.integers(0, 999))
def test_zones_with_and_without_prefix_agree(x, y, size, count, seed):
    polygon = blob_of_points(x, y, size, count, seed)
    prefixed = shapely.transform(polygon, lambda xy: xy + [SHIFT_TO_ZONE_40, 0])
    assert area(prefixed, ZONE_40) == pytest.approx(area(polygon), rel=1e-7, abs=1e-3)


def test_every_cgcs2000_zone_gives_the_same_area_for_a_small_square_on_its_meridian():
    codes = np.arange(4491, 4555)
    areas = []
    for code in codes:
        prefix = {0: code - 4491 + 13, 2: code - 4513 + 25}.get(int(np.digitize(code, [4502, 4513, 4534])), 0)
        x = prefix * 1e6 + 500_000
        areas.append(area(shapely.box(x - 10, 3_500_000, x + 10, 3_500_020), int(code)))
    np.testing.assert_allclose(areas, areas[0], atol=1e-4)


def test_geographic_coordinates_give_the_area_of_their_zone():
    boxes = np.array([shapely.box(500_000, 4_000_000, 500_800, 4_000_600), shapely.box(420_000, 3_000_000, 420_030, 3_000_020)])
    in_degrees = transform(boxes, CM_120, 4490)
    np.testing.assert_allclose(ellipsoidal_area_m2(in_degrees, 4490), ellipsoidal_area_m2(boxes, CM_120), atol=0.01)


@pytest.mark.parametrize("crs", [CM_120, 4490])
def test_null_empty_points_and_lines_have_no_area_and_keep_their_place(crs):
    square = shapely.box(120, 30, 120.001, 30.001) if crs == 4490 else shapely.box(500_000, 3e6, 500_010, 3e6 + 10)
    x, y = square.bounds[:2]
    line = shapely.LineString([(x, y), (x, y + 1)])
    mixed = shapely.GeometryCollection([shapely.Point(x, y), shapely.GeometryCollection([square]), line])
    areas = ellipsoidal_area_m2(np.array([None, shapely.Polygon(), square, shapely.Point(x, y), mixed], dtype=object), crs)
    assert areas[2] > 0
    np.testing.assert_array_equal(areas, [0, 0, areas[2], 0, areas[2]])
    assert ellipsoidal_area_m2(np.array([], dtype=object), crs).shape == (0,)


@pytest.mark.parametrize("crs", [CM_120, 4490])
def test_a_coordinate_that_is_no_number_does_not_pass_as_zero(crs):
    broken = shapely.Polygon([(119, 30), (119.001, np.nan), (119.001, 30.001)])
    assert np.isnan(area(broken, crs))


def test_another_crs_is_refused():
    with pytest.raises(InputError) as refusal:
        area(shapely.box(0, 0, 1, 1), 3857)
    assert refusal.value.message.code == "spatial.area_needs_cgcs2000"


def test_net_area_deducts_ridges_and_takes_null_for_nothing():
    net = net_area_m2(np.array([1000.0, 1000.0, 1000.0]), np.array([0.12, None, np.nan], dtype=object))
    np.testing.assert_allclose(net, [880, 1000, 1000])
