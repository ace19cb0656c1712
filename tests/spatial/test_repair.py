"""Repair: every bad geometry comes back mended or set aside with its reason, and never as an exception."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from village_planner.base.messages import Message, render
from village_planner.spatial.repair import name_reading_faults, repair, repair_any
from village_planner.spatial.wkb import RINGS_CLOSED, UNREADABLE

BOX = shapely.box(0, 0, 2, 2)
BOW_TIE = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])

finite = st.one_of(st.integers(-5, 5).map(float), st.floats(-1e7, 1e7))
numbers = st.one_of(finite, finite, finite, st.just(float("nan")), st.just(float("inf")))
# The first vertex is finite, or shapely itself would refuse to close the ring.
rings = st.builds(
    lambda first, rest: [first, *rest],
    st.tuples(finite, finite),
    st.lists(st.tuples(numbers, numbers), min_size=2, max_size=8),
)
anything = st.one_of(
    st.none(),
    st.just(shapely.Polygon()),
    st.builds(shapely.Polygon, rings),
    st.builds(lambda shell, hole: shapely.Polygon(shell, [hole]), rings, rings),
    st.builds(lambda one, two: shapely.MultiPolygon([shapely.Polygon(one), shapely.Polygon(two)]), rings, rings),
    st.builds(shapely.LineString, rings),
    st.builds(shapely.Point, numbers, numbers),
    st.builds(lambda ring: shapely.GeometryCollection([BOX, shapely.LineString(ring)]), rings),
)


def one(geometry):
    result = repair(np.array([geometry, None], dtype=object)[:1])
    return result.geoms[0], result.status[0], result.reasons[0], result.area_change_m2_planar[0]


@settings(max_examples=300, deadline=None)
@given(st.lists(anything, max_size=5))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("verb", [repair, repair_any])
def test_repair_never_raises_and_accounts_for_every_row(verb, values):
    geoms = np.array([*values, None], dtype=object)[:-1]
    result = verb(geoms)
    assert len(result.geoms) == len(result.status) == len(result.reasons) == len(result.area_change_m2_planar) == len(geoms)
    assert (shapely.is_missing(result.geoms) == (result.status == "set_aside")).all()
    assert ((result.reasons == "") == (result.status == "ok")).all()
    assert shapely.is_valid(result.geoms[~shapely.is_missing(result.geoms)]).all()
    if verb is repair:
        kept = result.geoms[~shapely.is_missing(result.geoms)]
        assert np.isin(shapely.get_type_id(kept), (3, 6)).all() and (shapely.area(kept) > 0).all()


def test_a_valid_polygon_is_handed_back_untouched():
    geometry, status, reason, change = one(BOX)
    assert geometry is BOX and (status, reason, change) == ("ok", "", 0)


def test_a_bow_tie_becomes_two_triangles_and_says_its_change_of_area():
    geometry, status, reason, change = one(BOW_TIE)
    assert geometry.area == 50 and change == 50
    assert (status, reason) == ("repaired", "spatial.repair_self_intersection")


def test_stray_lines_beside_a_polygon_are_dropped_and_said_so():
    geometry, status, reason, _ = one(shapely.GeometryCollection([BOX, shapely.LineString([(5, 5), (6, 6)])]))
    assert geometry.equals(BOX) and (status, reason) == ("repaired", "spatial.repair_stray_parts")


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        (None, "spatial.repair_null"),
        (shapely.Polygon(), "spatial.repair_empty"),
        (shapely.Polygon([(0, 0), (1, np.nan), (1, 1)]), "spatial.repair_not_a_number"),
        (shapely.Polygon([(0, 0), (1, np.inf), (1, 1)]), "spatial.repair_not_a_number"),
        (shapely.Point(1, 1), "spatial.repair_no_polygon"),
        (shapely.Polygon([(0, 0), (1, 1), (2, 2)]), "spatial.repair_no_area"),
    ],
)
def test_what_cannot_be_a_polygon_is_set_aside_with_its_reason(geometry, reason):
    result = one(geometry)
    assert result[:3] == (None, "set_aside", reason)
    assert render(Message(reason)) != reason


def test_lines_and_points_are_kept_where_any_kind_is_wanted():
    line, point = shapely.LineString([(0, 0), (1, 1)]), shapely.Point(1, 2)
    result = repair_any(np.array([line, point, BOW_TIE, None], dtype=object))
    assert result.status.tolist() == ["ok", "ok", "repaired", "set_aside"]
    assert result.geoms[0] is line and result.geoms[1] is point


def test_no_rows_are_no_trouble():
    assert len(repair(np.array([], dtype=object)).geoms) == 0


def test_what_reading_did_to_a_geometry_is_its_reason():
    result = repair(np.array([BOX, BOX, None, BOX, None], dtype=object))
    name_reading_faults(result.status, result.reasons, {1: RINGS_CLOSED, 2: UNREADABLE})
    assert result.status.tolist() == ["ok", "repaired", "set_aside", "ok", "set_aside"]
    assert result.reasons.tolist() == ["", "spatial.repair_ring_closed", "spatial.repair_unreadable", "", "spatial.repair_null"]
