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
from village_planner.spatial.area import area_by_rule_m2, ellipsoidal_area_m2, net_area_m2, rounded_area_m2
from village_planner.spatial.crs import central_meridian_deg, false_easting_m, transform

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


def by_the_reference(reference: ModuleType, geometry: shapely.Geometry, crs: int, quant: bool = False) -> float:
    """The reference knows rings: holes are taken off and parts added here."""
    inverse = Transformer.from_crs(crs, 4490, always_xy=True)
    return sum(
        reference.ring_area(shapely.get_coordinates(ring).tolist(), inverse, quant=quant) * (1 if number == 0 else -1)
        for polygon in shapely.get_parts(geometry)
        for number, ring in enumerate(shapely.get_rings(polygon))
    )


def place(crs: int, from_meridian_deg: float, latitude_deg: float) -> tuple[float, float]:
    to_plane = Transformer.from_crs(4490, crs, always_xy=True)
    return to_plane.transform(central_meridian_deg(crs) + from_meridian_deg, latitude_deg)


def pierced_blobs(x: float, y: float, size: float, count: int, seed: int) -> shapely.MultiPolygon:
    """Two parts, the first with a hole."""
    shell, hole = blob_of_points(x, y, size, count, seed), blob_of_points(x, y, size * 0.2, count, seed + 1)
    apart = blob_of_points(x + 3 * size, y, size, count, seed + 2)
    return shapely.MultiPolygon([shapely.Polygon(shell.exterior.coords, [hole.exterior.coords]), apart])


zones = st.integers(4491, 4554)
off_meridian = st.floats(-3.5, 3.5)
latitudes = st.floats(18, 53)


@settings(max_examples=60, deadline=None)
@given(crs=zones, longitude=off_meridian, latitude=latitudes, size=sizes, count=st.integers(3, 40), seed=st.integers(0, 999))
def test_area_agrees_with_the_reference(reference, crs, longitude, latitude, size, count, seed):
    polygon = blob_of_points(*place(crs, longitude, latitude), size, count, seed)
    expected = by_the_reference(reference, polygon, crs)
    allowed = 0.001 if expected < 1e6 else expected * 1e-9
    assert abs(area(polygon, crs) - expected) <= allowed


@settings(max_examples=40, deadline=None)
@given(crs=zones, longitude=off_meridian, latitude=latitudes, size=st.floats(5, 500), count=st.integers(5, 20), seed=st.integers(0, 999))
def test_holes_and_parts_agree_with_the_reference(reference, crs, longitude, latitude, size, count, seed):
    geometry = pierced_blobs(*place(crs, longitude, latitude), size, count, seed)
    expected = by_the_reference(reference, geometry, crs)
    assert abs(area(geometry, crs) - expected) <= 0.001


@pytest.mark.parametrize("latitude", [18, 35, 53])
def test_the_area_of_a_township_agrees_with_the_reference(reference, latitude):
    polygon = blob_of_points(*place(CM_120, 1.4, latitude), 20_000, 60, latitude)
    assert area(polygon) == pytest.approx(by_the_reference(reference, polygon, CM_120), rel=1e-10)


@pytest.mark.parametrize("length", [69.999, 70.0, 70.001, 139.999, 140.001])
def test_edges_are_cut_as_the_reference_cuts_them(reference, length):
    # At a high latitude and far from the meridian a cut moves the edge by most.
    x, y = place(CM_120, 3.4, 53)
    triangle = shapely.Polygon([(x, y), (x + length, y), (x, y + 30)])
    assert area(triangle) == pytest.approx(by_the_reference(reference, triangle, CM_120), abs=1e-5)


def test_a_cut_edge_bounds_another_area_than_a_whole_one(reference):
    x, y = place(CM_120, 3.4, 53)
    triangle = shapely.Polygon([(x, y), (x + 1_000, y), (x + 500, y + 900)])
    inverse = Transformer.from_crs(CM_120, 4490, always_xy=True)
    uncut = reference.ring_area(shapely.get_coordinates(triangle).tolist(), inverse, dens=1e9, quant=False)
    assert abs(area(triangle) - uncut) > 1


@settings(max_examples=40, deadline=None)
@given(crs=zones, longitude=off_meridian, latitude=latitudes, size=st.floats(5, 500), count=st.integers(3, 20), seed=st.integers(0, 999))
def test_the_rounding_of_production_programs_agrees_with_the_reference(reference, crs, longitude, latitude, size, count, seed):
    polygon = blob_of_points(*place(crs, longitude, latitude), size, count, seed)
    rounded = rounded_area_m2(np.array([polygon], dtype=object), crs)[0]
    # A coordinate half way between two rounded ones may go either way: 0.1 mm along the longest diameter.
    assert abs(rounded - by_the_reference(reference, polygon, crs, quant=True)) <= 2e-4 * size
    assert abs(rounded - area(polygon, crs)) <= 4e-4 * size * np.sqrt(shapely.get_num_coordinates(polygon) + shapely.length(polygon) / 70)


def test_the_profile_chooses_between_the_rules():
    polygon = np.array([blob_of_points(*place(CM_120, 1.2, 33), 300, 12, 5)], dtype=object)
    assert area_by_rule_m2(polygon, CM_120, "unrounded")[0] == ellipsoidal_area_m2(polygon, CM_120)[0]
    assert area_by_rule_m2(polygon, CM_120, "rounded")[0] == rounded_area_m2(polygon, CM_120)[0] != ellipsoidal_area_m2(polygon, CM_120)[0]
    with pytest.raises(InputError) as refusal:
        area_by_rule_m2(polygon, CM_120, "by guess")
    assert refusal.value.message.code == "spatial.area_rule_unknown"


def test_areas_do_not_depend_on_what_else_is_measured():
    """Many together go by batches and power series, one alone by the projection; some lie far off, some are large."""
    rng = np.random.default_rng(7)
    places = [(500_000 + rng.uniform(-4e4, 4e4), 3.5e6 + rng.uniform(-4e4, 4e4)) for _ in range(6_000)]
    geoms = np.array([blob_of_points(x, y, 60, 12, seed) for seed, (x, y) in enumerate(places)], dtype=object)
    geoms[1_000] = shapely.Point(500_000, 3.5e6).buffer(20_000, 25_000)
    geoms[2_000] = blob_of_points(-2e6, 5.5e6, 100, 12, 2)
    geoms[3_000] = blob_of_points(9e7, 3.5e6, 100, 12, 3)
    geoms[4_000] = None
    together = ellipsoidal_area_m2(geoms, CM_120)
    some = np.r_[0:6_000:97, 1_000, 2_000, 3_000, 4_000]
    alone = np.array([area(geometry) for geometry in geoms[some]])
    np.testing.assert_allclose(together[some], alone, rtol=1e-11, atol=1e-6)
    assert np.flatnonzero(np.isnan(together)).tolist() == [3_000]
    np.testing.assert_allclose(ellipsoidal_area_m2(geoms[::-1], CM_120)[::-1], together, rtol=1e-11, atol=1e-6)


def test_heights_and_measures_are_not_looked_at():
    flat = blob_of_points(500_000, 3e6, 100, 9, 1)
    assert area(shapely.force_3d(flat, z=812.5)) == area(flat)
    with_measures = shapely.from_wkt(flat.wkt.replace("POLYGON", "POLYGON M").replace(", ", " 7, ").replace("))", " 7))"))
    assert area(with_measures) == pytest.approx(area(flat), abs=1e-3)


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
        assert x == false_easting_m(int(code))
        areas.append(area(shapely.box(x - 10, 3_500_000, x + 10, 3_500_020), int(code)))
    np.testing.assert_allclose(areas, areas[0], atol=1e-4)


def test_codes_that_are_no_zone_have_no_false_easting():
    for code in (4490, 4555, 4326):
        with pytest.raises(ValueError, match=str(code)):
            false_easting_m(code)


def test_geographic_coordinates_give_the_area_of_their_zone():
    boxes = np.array([shapely.box(500_000, 4_000_000, 500_800, 4_000_600), shapely.box(420_000, 3_000_000, 420_030, 3_000_020)])
    in_degrees = transform(boxes, CM_120, 4490)
    np.testing.assert_allclose(ellipsoidal_area_m2(in_degrees, 4490), ellipsoidal_area_m2(boxes, CM_120), atol=0.01)


@settings(max_examples=40, deadline=None)
@given(longitude=st.floats(73.5, 136.5), latitude=latitudes, size=st.floats(5, 2_000), count=st.integers(5, 20), seed=st.integers(0, 999))
def test_degrees_are_cut_and_measured_in_the_plane_of_their_zone(longitude, latitude, size, count, seed):
    meridian = round(longitude / 3) * 3
    crs = 4534 + (min(max(meridian, 75), 135) - 75) // 3
    geometry = pierced_blobs(*place(crs, longitude - central_meridian_deg(crs), latitude), size, count, seed)
    zone_of_centroid = transform(np.array([geometry.centroid]), crs, 4490)[0].x - central_meridian_deg(crs)
    in_degrees = transform(np.array([geometry], dtype=object), crs, 4490)
    if abs(zone_of_centroid) < 1.5:
        assert ellipsoidal_area_m2(in_degrees, 4490)[0] == pytest.approx(area(geometry, crs), rel=1e-9, abs=1e-3)


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
