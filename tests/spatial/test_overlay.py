"""Overlay: area-bearing overlaps only, a failing pair alone, and areas that add up."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from village_planner.base.errors import Cancelled
from village_planner.base.feedback import SilentFeedback
from village_planner.spatial.area import ellipsoidal_area_m2
from village_planner.spatial.overlay import difference, overlaps

CM_120 = 4549
X, Y = 500_000, 3_500_000


def box(x0: float, y0: float, x1: float, y1: float) -> shapely.Polygon:
    return shapely.box(X + x0, Y + y0, X + x1, Y + y1)


def array(*geoms) -> np.ndarray:
    return np.array([*geoms, None], dtype=object)[:-1]


corners = st.integers(0, 400)
boxes = st.builds(lambda x, y, w, h: box(x, y, x + w, y + h), corners, corners, st.integers(1, 200), st.integers(1, 200))


def test_only_overlaps_with_area_are_found():
    subjects = array(box(0, 0, 10, 10), None, shapely.Polygon(), box(20, 20, 30, 30))
    others = array(box(5, 5, 25, 25), box(10, 0, 20, 10), None, box(-1, -1, 11, 11))
    found = overlaps(subjects, others)
    assert list(zip(found["subject"], found["other"])) == [(0, 0), (0, 3), (3, 0)]
    assert [part.area for part in found["part"]] == [25, 100, 25]
    assert (found["error"] == "").all()


def test_lines_and_points_that_overlap_along_leave_no_part():
    fork = box(0, 0, 6, 4) - box(2, 2, 4, 4)
    found = overlaps(array(fork), array(box(0, -4, 6, 0), box(1, 2, 5, 5)))
    assert found["other"].tolist() == [1]
    assert shapely.get_type_id(found["part"].to_numpy()).tolist() == [6] and found["part"][0].area == 4
    line = shapely.LineString([(X + 1, Y + 1), (X + 2, Y + 2)])
    assert overlaps(array(line), array(box(0, 0, 9, 9))).empty


@pytest.mark.parametrize(("subjects", "others"), [(array(), array(box(0, 0, 1, 1))), (array(box(0, 0, 1, 1)), array())])
def test_nothing_overlaps_nothing(subjects, others):
    found = overlaps(subjects, others)
    assert found.empty and list(found.columns) == ["subject", "other", "part", "error"]


def test_a_pair_that_fails_is_a_row_of_its_own_and_the_others_go_on(monkeypatch):
    bad = box(3, 3, 20, 20)
    original = shapely.intersection
    monkeypatch.setattr(shapely, "intersection", lambda one, other: _guarded(original, one, other, bad))
    found = overlaps(array(box(0, 0, 10, 10)), array(box(5, 0, 12, 12), bad))
    assert found["other"].tolist() == [0, 1]
    assert found["part"][1] is None and "TopologyException" in found["error"][1]
    assert found["part"][0].area == 50


def _guarded(operation, one, other, bad):
    if any(geometry.equals(bad) for geometry in np.atleast_1d(np.asarray(other, dtype=object))):
        raise shapely.errors.GEOSException("TopologyException: side location conflict")
    return operation(one, other)


@settings(max_examples=60, deadline=None)
@given(subject=boxes, others=st.lists(boxes, max_size=6))
def test_what_lies_inside_and_outside_make_up_the_whole(subject, others):
    inside = ellipsoidal_area_m2(overlaps(array(subject), array(shapely.union_all(others)))["part"].to_numpy(), CM_120).sum()
    outside = ellipsoidal_area_m2(difference(array(subject), array(*others)), CM_120)[0]
    assert inside + outside == pytest.approx(ellipsoidal_area_m2(array(subject), CM_120)[0], abs=0.01)


@settings(max_examples=60, deadline=None)
@given(subjects=st.lists(boxes, max_size=8), others=st.lists(boxes, max_size=8))
def test_overlaps_are_those_of_every_pair_taken_alone(subjects, others):
    expected = {(i, j): one.intersection(two).area for i, one in enumerate(subjects) for j, two in enumerate(others) if one.intersection(two).area > 0}
    found = overlaps(array(*subjects), array(*others))
    assert {(r.subject, r.other): r.part.area for r in found.itertuples()} == pytest.approx(expected)


def test_difference_is_the_ground_outside_and_empty_where_all_is_covered():
    outside = difference(array(box(0, 0, 10, 10), None, box(1, 1, 2, 2)), array(box(0, 0, 5, 10)))
    assert outside[0].equals(box(5, 0, 10, 10))
    assert outside[1] is None and outside[2].is_empty
    assert list(difference(array(None, shapely.Polygon()), array())) == [None, None]


def test_overlay_stops_when_the_planner_cancels():
    class Impatient(SilentFeedback):
        def is_cancelled(self) -> bool:
            return True

    for verb in (overlaps, difference):
        with pytest.raises(Cancelled):
            verb(array(box(0, 0, 1, 1)), array(box(0, 0, 1, 1)), Impatient())


@pytest.fixture(scope="module")
def stairs() -> shapely.MultiPolygon:
    """Areas with holes and steps, as a red line made of a raster has them: more vertices than are overlaid whole."""
    cells = np.random.default_rng(5).random((55, 55)) > 0.45
    rows, columns = np.nonzero(cells)
    area = shapely.union_all(shapely.box(X + 30.0 * columns, Y + 30.0 * rows, X + 30.0 * columns + 30, Y + 30.0 * rows + 30))
    assert shapely.get_num_coordinates(area) > 2_500
    return area


@pytest.mark.parametrize("size", [7.0, 90.0, 700.0])
def test_large_polygons_that_are_cut_down_give_what_they_give_whole(stairs: shapely.MultiPolygon, size: float) -> None:
    places = np.random.default_rng(6).uniform(-200, 1_400, (40, 2))
    subjects = np.array([shapely.box(X + x, Y + y, X + x + size, Y + y + size * 0.7) for x, y in places], dtype=object)
    expected = shapely.area(shapely.intersection(subjects, stairs))
    found = np.zeros(len(subjects))
    pairs = overlaps(subjects, array(stairs))
    found[pairs["subject"].to_numpy(dtype=int)] = shapely.area(pairs["part"].to_numpy())
    np.testing.assert_allclose(found, expected, atol=1e-6)
    outside = shapely.area(difference(subjects, array(stairs)))
    np.testing.assert_allclose(outside, shapely.area(subjects) - expected, atol=1e-6)
