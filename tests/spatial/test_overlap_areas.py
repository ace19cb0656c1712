"""Areas that pairs have in common: those of the plain overlay, however they were found."""

from __future__ import annotations

import threading

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.spatial.scenes import CM_120, array, box, parcels, ring, scene, shapes
from village_planner.base.errors import Cancelled, InputError
from village_planner.base.feedback import SilentFeedback
from village_planner.spatial import overlay, pairs, tiles
from village_planner.spatial.area import ellipsoidal_area_m2
from village_planner.spatial.overlay import Method, overlap_areas, overlap_areas_of_batches, overlaps, polygons_of

seeds = st.integers(0, 10_000)
BOWTIE = shapely.Polygon(ring(100, 100, 90, 4)[[0, 2, 1, 3]])


def table(found: pd.DataFrame, subjects: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Areas by subject and other, 0 where there is no row; the rows are in order and each pair has one."""
    places = found["subject"] * 10_000 + found["other"]
    assert places.is_monotonic_increasing and places.is_unique
    areas = np.zeros((len(subjects), len(others)))
    areas[found["subject"], found["other"]] = found["area_m2"]
    return areas


def plain(subjects: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Areas by subject and other, by an overlay of each pair."""
    common = shapely.intersection(subjects[:, np.newaxis], others[np.newaxis, :])
    return ellipsoidal_area_m2(common.ravel(), CM_120).reshape(common.shape)


def agree(one: np.ndarray, other: np.ndarray) -> None:
    np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-5)


@settings(max_examples=12, deadline=None)
@given(seed=seeds, method=st.sampled_from(Method), lanes=st.sampled_from([1, 2]))
def test_areas_are_those_of_plain_overlays(seed, method, lanes):
    subjects, others = scene(seed)
    found = overlap_areas(subjects, others, CM_120, lanes=lanes, method=method)
    assert (found["error"] == "").all() and (found["area_m2"] > 0).all()
    agree(table(found, subjects, others), plain(subjects, others))


@settings(max_examples=8, deadline=None)
@given(seed=seeds)
def test_threads_change_nothing(seed):
    subjects, others = scene(seed)
    pd.testing.assert_frame_equal(overlap_areas(subjects, others, CM_120, lanes=1), overlap_areas(subjects, others, CM_120, lanes=2))


@settings(max_examples=8, deadline=None)
@given(seed=seeds)
def test_the_order_of_the_input_does_not_matter(seed):
    subjects, others = scene(seed)
    rng = np.random.default_rng(seed)
    one, other = rng.permutation(len(subjects)), rng.permutation(len(others))
    mixed = table(overlap_areas(subjects[one], others[other], CM_120), subjects, others)
    agree(mixed, table(overlap_areas(subjects, others, CM_120), subjects, others)[one][:, other])


@settings(max_examples=8, deadline=None)
@given(seed=seeds)
def test_subjects_and_others_may_change_places(seed):
    subjects, others = scene(seed)
    agree(table(overlap_areas(others, subjects, CM_120), others, subjects).T, table(overlap_areas(subjects, others, CM_120), subjects, others))


@pytest.mark.parametrize("lanes", [1, 2])
@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_tiles_change_nothing(monkeypatch, seed, method, lanes):
    # In the plane: on the ellipsoid an edge of up to 70 m stands for its chord, and one that is cut by a tile for two.
    monkeypatch.setattr(overlay, "ellipsoidal_area_m2", lambda geoms, _: shapely.area(geoms))
    subjects, others = scene(seed)
    whole = table(overlap_areas(subjects, others, CM_120, lanes=lanes, method=method), subjects, others)
    monkeypatch.setattr(tiles, "MANY_VERTICES", 20)
    monkeypatch.setattr(tiles, "TILE_VERTICES", 12)
    cut, owner = tiles.tiled(others)
    assert len(cut) > len(others) + 20
    agree(table(overlap_areas(subjects, others, CM_120, lanes=lanes, method=method), subjects, others), whole)
    # The same from tiles that were cut beforehand: `other` is the first of them, and areas are of the feature.
    found = overlap_areas(subjects, cut, CM_120, shapely.area(cut), feature=owner + 7_000, lanes=lanes, method=method)
    assert set(found["other"]) <= set(np.unique(owner, return_index=True)[1])
    agree(table(found.assign(other=owner[found["other"]]), subjects, others), whole)


def test_tiles_change_an_area_on_the_ellipsoid_by_less_than_is_shown(monkeypatch):
    subjects, others = scene(9)
    whole = table(overlap_areas(subjects, others, CM_120), subjects, others)
    monkeypatch.setattr(tiles, "MANY_VERTICES", 20)
    monkeypatch.setattr(tiles, "TILE_VERTICES", 12)
    np.testing.assert_allclose(table(overlap_areas(subjects, others, CM_120), subjects, others), whole, atol=0.01)


def test_what_was_read_in_batches_gives_the_same():
    subjects, others = scene(5)
    feature = np.arange(len(others)) * 3 + 11
    batches = (polygons_of(others[start : start + 4], feature[start : start + 4]) for start in range(0, len(others), 4))
    found = overlap_areas_of_batches(subjects, batches, CM_120)
    agree(table(found.assign(other=(found["other"] - 11) // 3), subjects, others), plain(subjects, others))


def test_an_area_that_is_known_stands_where_the_other_lies_inside():
    subjects, others = array(box(0, 0, 100, 100)), array(box(10, 10, 20, 20), box(0, 0, 20, 100), box(90, 90, 200, 200), box(-9, -9, 300, 300))
    known = np.array([1.0, 2.0, 3.0, 4.0])
    found = overlap_areas(subjects, others, CM_120, known)
    areas = found.set_index("other")["area_m2"]
    assert areas[0] == 1.0
    assert areas[2] == pytest.approx(100, rel=0.01) and areas[3] == pytest.approx(10_000, rel=0.01)


def test_an_area_of_a_subject_that_is_known_stands_where_it_lies_inside_the_other():
    subjects, others = array(box(10, 10, 20, 20), box(90, 90, 200, 200)), array(box(0, 0, 100, 100))
    areas = overlap_areas(subjects, others, CM_120, subjects_area_m2=np.array([1.0, 2.0])).set_index("subject")["area_m2"]
    assert areas[0] == 1.0 and areas[1] == pytest.approx(100, rel=0.01)
    # One that nobody has measured is looked at.
    unknown = overlap_areas(array(BOWTIE), array(box(0, 0, 300, 300)), CM_120, subjects_area_m2=np.array([np.nan]))
    assert unknown["error"].iloc[0] != ""


def test_touching_is_no_overlap_and_equal_polygons_share_all():
    square = box(0, 0, 10, 10)
    others = array(box(10, 0, 20, 10), box(10, 10, 20, 20), box(2, -5, 5, 0), square, box(0, 0, 10, 5), box(0, 0, 10, 20))
    for method in Method:
        found = overlap_areas(array(square), others, CM_120, method=method)
        assert found["other"].tolist() == [3, 4, 5]
        agree(found["area_m2"], ellipsoidal_area_m2(array(square, others[4], square), CM_120))


@pytest.mark.parametrize("lanes", [1, 2])
@pytest.mark.parametrize("method", Method)
def test_a_broken_polygon_is_named_and_the_others_go_on(lanes, method):
    subjects, others = scene(4)
    expected = plain(subjects, others)
    subjects, others = array(*subjects, BOWTIE), array(*others, BOWTIE, None, shapely.Polygon(), shapely.Point(0, 0))
    found = overlap_areas(subjects, others, CM_120, lanes=lanes, method=method)
    failed = found["error"] != ""
    assert found.loc[failed, "error"].str.startswith("Self-intersection").all() and found.loc[failed, "area_m2"].isna().all()
    assert failed.equals((found["subject"] == len(subjects) - 1) | (found["other"] == len(others) - 4)) and 2 < failed.sum() < 50
    agree(table(found[~failed], subjects, others)[:-1, :-4], expected)


def test_a_broken_polygon_apart_from_all_is_no_failure():
    away = shapely.transform(BOWTIE, lambda xy: xy + 5_000)
    assert overlap_areas(array(box(0, 0, 9, 9), away), array(box(0, 0, 9, 9)), CM_120)["error"].tolist() == [""]


def test_collections_count_by_their_polygons_and_never_twice():
    collection = shapely.GeometryCollection([box(0, 0, 10, 10), shapely.LineString(ring(0, 0, 50, 9)), shapely.GeometryCollection([box(20, 0, 30, 10)])])
    twice = shapely.GeometryCollection([box(0, 0, 10, 10), box(0, 0, 10, 10)])
    raised = shapely.force_3d(box(0, 0, 10, 10), 7.0)
    found = overlap_areas(array(box(-5, -5, 25, 25)), array(collection, twice, raised), CM_120)
    assert found["other"].tolist() == [0, 1, 2]
    agree(found["area_m2"][[0, 2]], ellipsoidal_area_m2(array(shapely.MultiPolygon([box(0, 0, 10, 10), box(20, 0, 25, 10)]), box(0, 0, 10, 10)), CM_120))
    assert found["error"][1] and np.isnan(found["area_m2"][1])


def test_a_pair_that_the_engine_fails_on_is_named_and_the_others_go_on(monkeypatch):
    original, bad = shapely.intersection, box(3, 3, 20, 20)

    def guarded(one, other):
        if shapely.equals(np.atleast_1d(other), bad).any():
            raise shapely.errors.GEOSException("TopologyException: side location conflict")
        return original(one, other)

    monkeypatch.setattr(shapely, "intersection", guarded)
    found = overlap_areas(array(box(0, 0, 10, 10)), array(box(5, 0, 12, 12), bad), CM_120)
    assert found["error"].tolist() == ["", "TopologyException: side location conflict"]
    assert found["area_m2"][0] == pytest.approx(50, rel=0.01) and np.isnan(found["area_m2"][1])


@pytest.mark.parametrize("name", ["contains_properly", "intersects", "touches", "covers", "covered_by"])
def test_a_predicate_that_fails_leaves_the_answer_to_the_overlay(monkeypatch, name):
    def failing(*_):
        raise shapely.errors.GEOSException("IllegalArgumentException")

    subjects, others = scene(6)
    monkeypatch.setattr(pairs.shapely, name, failing)
    agree(table(overlap_areas(subjects, others, CM_120, method=Method.PREDICATES), subjects, others), plain(subjects, others))


def test_polygons_of_the_caller_are_not_prepared_since_other_threads_may_use_them():
    subjects, others = scene(7)
    overlap_areas(subjects, others, CM_120)
    overlaps(subjects, others)
    assert not shapely.is_prepared(subjects).any() and not shapely.is_prepared(others).any()


def test_nothing_overlaps_nothing():
    for subjects, others in ((array(), scene(1)[1]), (scene(1)[0], array()), (array(None), array(shapely.Polygon()))):
        found = overlap_areas(subjects, others, CM_120)
        assert found.empty and list(found.columns) == ["subject", "other", "area_m2", "error"]


def test_areas_need_a_zone_of_the_national_system():
    with pytest.raises(InputError):
        overlap_areas(array(box(0, 0, 9, 9)), array(box(3, 3, 20, 20)), 32650)


class Counting(SilentFeedback):
    """Asks to stop when it was asked a number of times."""

    def __init__(self, times: int) -> None:
        self.times, self.fractions, self.threads = times, [], set()

    def progress(self, fraction):
        self.fractions.append(fraction)

    def is_cancelled(self):
        self.threads.add(threading.current_thread())
        self.times -= 1
        return self.times < 0


@pytest.mark.parametrize("times", [0, 1, 2, 3])
@pytest.mark.parametrize("lanes", [1, 2])
def test_a_cancel_ends_it_with_no_thread_at_work(lanes, times):
    subjects, others = scene(1)
    others = np.tile(others, 60)
    feedback = Counting(times)
    with pytest.raises(Cancelled):
        overlap_areas(subjects, others, CM_120, feedback=feedback, lanes=lanes)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("overlay")]
    assert feedback.threads == {threading.current_thread()}


def test_progress_goes_to_the_end():
    feedback = Counting(10**9)
    overlap_areas(*scene(8), CM_120, feedback=feedback)
    assert feedback.fractions == sorted(feedback.fractions) and feedback.fractions[-1] == 1.0


@settings(max_examples=8, deadline=None)
@given(seed=seeds, method=st.sampled_from(Method))
def test_parts_are_the_common_ground(seed, method):
    subjects, others = scene(seed)
    found = overlaps(subjects, others, method=method)
    for row in found.itertuples():
        expected = shapely.intersection(subjects[row.subject], others[row.other])
        assert row.part.symmetric_difference(expected).area < 1e-5
    assert table(found.assign(area_m2=1), subjects, others).sum() == len(overlap_areas(subjects, others, CM_120, method=method))


def test_parts_of_tiles_are_united(monkeypatch):
    rng = np.random.default_rng(3)
    subjects, others = parcels(rng), shapes(rng, 6, vertices=300)
    whole = overlaps(subjects, others)
    monkeypatch.setattr(tiles, "MANY_VERTICES", 60)
    monkeypatch.setattr(tiles, "TILE_VERTICES", 25)
    cut = overlaps(subjects, others)
    pd.testing.assert_frame_equal(cut[["subject", "other", "error"]], whole[["subject", "other", "error"]])
    apart = shapely.area(shapely.symmetric_difference(cut["part"].to_numpy(), whole["part"].to_numpy()))
    assert apart.max() < 1e-5
    assert (shapely.get_num_geometries(cut["part"].to_numpy()) == shapely.get_num_geometries(whole["part"].to_numpy())).all()
