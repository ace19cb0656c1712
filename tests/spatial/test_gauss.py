"""The Gauss projection and the equal-area coordinates: against PROJ, and against each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from village_planner.spatial.crs import CGCS2000_GEOGRAPHIC, central_meridian_deg, false_easting_m, transformer_between
from village_planner.spatial.equal_area import equal_area, zone_m2
from village_planner.spatial.gauss import latitude_of_isometric, to_geographic, to_isometric, to_plane

MOST_APART_DEG = 1e-12
RNG = np.random.default_rng(4)


def country_points(count: int = 2_000) -> tuple[np.ndarray, np.ndarray]:
    return RNG.uniform(-3.5, 3.5, count), RNG.uniform(18, 53, count)


@pytest.mark.parametrize("epsg", range(4491, 4555))
def test_latitude_and_longitude_of_every_zone_are_those_of_proj(epsg):
    from_meridian, latitude = country_points()
    easting, northing = transformer_between(CGCS2000_GEOGRAPHIC, epsg).transform(from_meridian + central_meridian_deg(epsg), latitude)
    expected = transformer_between(epsg, CGCS2000_GEOGRAPHIC).transform(easting, northing)
    found = to_geographic(easting - false_easting_m(epsg), northing)
    # A prefixed easting has 8 digits before the point, so that its last place is 7e-9 m.
    np.testing.assert_allclose(np.degrees(found[0]) + central_meridian_deg(epsg), expected[0], rtol=0, atol=MOST_APART_DEG)
    np.testing.assert_allclose(np.degrees(found[1]), expected[1], rtol=0, atol=MOST_APART_DEG)


def test_the_plane_is_that_of_proj():
    from_meridian, latitude = country_points(20_000)
    expected = transformer_between(CGCS2000_GEOGRAPHIC, 4549).transform(from_meridian + 120, latitude)
    offset, northing = to_plane(np.radians(from_meridian), np.radians(latitude))
    np.testing.assert_allclose(offset + 500_000, expected[0], rtol=0, atol=1e-8)
    np.testing.assert_allclose(northing, expected[1], rtol=0, atol=1e-8)


@settings(max_examples=200, deadline=None)
@given(longitude=st.floats(-40, 40), latitude=st.floats(-60, 60))
def test_there_and_back_again_is_the_same_place(longitude, latitude):
    offset, northing = to_plane(np.radians([longitude]), np.radians([latitude]))
    back = to_geographic(offset, northing)
    if abs(offset[0]) <= 4e6:
        np.testing.assert_allclose(np.degrees(back).ravel(), [longitude, latitude], rtol=0, atol=1e-11)


@pytest.mark.parametrize("place", [(np.nan, 4e6), (0.0, np.inf), (4.1e6, 4e6), (0.0, -1.1e7), (1e300, 1e300)])
def test_what_is_no_place_on_the_ellipsoid_is_no_number(place):
    assert np.isnan(to_geographic(np.array([place[0], 0.0]), np.array([place[1], 4e6]))).tolist() == [[True, False]] * 2


@pytest.mark.parametrize("place", [(50.0, 30.0), (0.0, 91.0), (np.nan, 30.0)])
def test_degrees_too_far_from_the_meridian_have_no_place_in_the_plane(place):
    assert np.isnan(to_plane(np.radians([place[0], 1.0]), np.radians([place[1], 30.0]))).tolist() == [[True, False]] * 2


def test_the_isometric_form_is_the_same_projection():
    from_meridian, latitude = country_points()
    offset, northing = to_plane(np.radians(from_meridian), np.radians(latitude))
    isometric = to_isometric(northing + 1j * offset)
    np.testing.assert_allclose(isometric.imag, np.radians(from_meridian), rtol=0, atol=1e-14)
    np.testing.assert_allclose(latitude_of_isometric(isometric.real), np.radians(latitude), rtol=0, atol=1e-14)


@settings(max_examples=60, deadline=None)
@given(
    longitude=st.floats(-3, 3),
    latitude=st.floats(18, 53),
    reach_m=st.sampled_from([1.0, 1e3, 3e4, 2e5, 6e5, 1.5e6]),
    seed=st.integers(0, 99),
)
def test_many_points_together_lie_where_they_lie_one_by_one(longitude, latitude, reach_m, seed):
    middle = np.concatenate(to_plane(np.radians([longitude]), np.radians([latitude])))
    spread = np.random.default_rng(seed).uniform(-reach_m, reach_m, (2, 3_000))
    offset, northing = middle[0] + spread[0], middle[1] + spread[1]
    together = equal_area(offset, northing)
    alone = to_geographic(offset, northing)
    np.testing.assert_allclose(together[0], alone[0], rtol=0, atol=2e-15)
    difference_m2 = together[1] - zone_m2(alone[1])
    assert np.ptp(difference_m2) < 2e-15 * 6.4e6**2, "zones may differ by one constant only"
