"""Faults of shapes: repeated vertices, short edges, acute corners, twins; ground that a layer covers not exactly once."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from village_planner.spatial.topology import acute_corners, equal_pairs, mean_width_m, polygon_edges, repeated_vertices, short_edges, uneven_ground

X, Y = 500_000.0, 4_000_000.0
XY_M = 1e-4


def array(*geoms: shapely.Geometry | None) -> np.ndarray:
    result = np.empty(len(geoms), dtype=object)
    result[:] = geoms
    return result


def box(x0: float, y0: float, x1: float, y1: float) -> shapely.Polygon:
    return shapely.box(X + x0, Y + y0, X + x1, Y + y1)


def polygon(*points: tuple[float, float]) -> shapely.Polygon:
    return shapely.Polygon([(X + x, Y + y) for x, y in points])


def counted(*geoms: shapely.Geometry, weights: list[int] | None = None) -> list[tuple[int, float]]:
    """Count and area of each piece."""
    pieces = uneven_ground(array(*geoms), None if weights is None else np.array(weights))
    return [(int(count), round(geom.area, 6)) for count, geom in zip(pieces["count"], pieces["geom"])]


def test_a_vertex_that_is_repeated_is_found_with_its_polygon_and_place() -> None:
    edges = polygon_edges(array(box(0, 0, 9, 9), None, polygon((0, 0), (9, 0), (9, 0.00005), (9, 9))))
    found = repeated_vertices(edges, XY_M)
    assert found["owner"].tolist() == [2]
    assert (found["x"][0], found["y"][0]) == (X + 9, Y)


def test_the_vertex_that_closes_a_ring_is_not_repeated() -> None:
    hole = shapely.difference(box(0, 0, 99, 99), box(10, 10, 20, 20))
    assert repeated_vertices(polygon_edges(array(hole, shapely.multipolygons([box(0, 0, 1, 1), box(2, 2, 3, 3)]))), XY_M).empty


def test_short_edges_are_not_repeated_vertices_and_reach_into_holes_and_parts() -> None:
    holed = shapely.difference(box(0, 0, 99, 99), box(10, 10, 11.5, 40))
    parts = shapely.multipolygons([box(0, 0, 9, 9), box(20, 20, 29, 21.9)])
    found = short_edges(polygon_edges(array(holed, parts, polygon((0, 0), (9, 0), (9, 0), (9, 9)))), 2.0, XY_M)
    assert found.groupby("owner")["length"].apply(lambda lengths: [round(length, 6) for length in lengths]).to_dict() == {0: [1.5, 1.5], 1: [1.9, 1.9]}


def test_an_edge_of_the_least_length_is_long_enough() -> None:
    assert short_edges(polygon_edges(array(box(0, 0, 2, 9))), 2.0, XY_M).empty


@pytest.mark.parametrize("degrees", [0.5, 9.9, 10.1, 90.0, 179.0])
def test_an_angle_is_measured_at_its_vertex(degrees: float) -> None:
    turn = np.radians(degrees)
    wedge = polygon((0, 0), (50, 0), (50 * np.cos(turn), 50 * np.sin(turn)))
    found = acute_corners(polygon_edges(array(wedge)), 180.0, XY_M).sort_values("x")
    assert degrees in [pytest.approx(angle, abs=1e-6) for angle in found["degrees"]]
    assert found["degrees"].sum() == pytest.approx(180.0)


def test_a_spike_and_a_notch_are_both_acute_and_a_repeated_vertex_hides_neither() -> None:
    spike = polygon((0, 0), (20, 0), (20, 20), (10.5, 20), (10, 60), (10, 60), (9.5, 20), (0, 20))
    notch = polygon((0, 0), (20, 0), (20, 20), (10.5, 20), (10, 2), (9.5, 20), (0, 20))
    found = acute_corners(polygon_edges(array(spike, notch)), 10.0, XY_M)
    assert [(row.owner, row.x - X, row.y - Y) for row in found.itertuples()] == [(0, 10, 60), (1, 10, 2)]


def test_edges_between_vertices_of_another_layer_are_taken_over() -> None:
    stairs = polygon((0, 0), (20, 0), (20, 10), (19, 10), (19, 11), (0, 11))
    drawn = polygon((20, 0), (40, 0), (40, 12), (39, 12), (19, 11), (19, 10), (20, 10))
    edges = polygon_edges(array(drawn), array(stairs, None))
    assert short_edges(edges, 2.0, XY_M)["length"].tolist() == [1.0]
    assert len(short_edges(polygon_edges(array(drawn)), 2.0, XY_M)) == 3
    needle = polygon((0, 0), (50, 1), (50, -1))
    assert len(acute_corners(polygon_edges(array(needle)), 10.0, XY_M)) == 1
    assert acute_corners(polygon_edges(array(needle), array(needle)), 10.0, XY_M).empty


def test_nothing_has_no_edges() -> None:
    for geoms in (array(), array(None, shapely.Polygon(), shapely.Point(X, Y))):
        edges = polygon_edges(geoms, array())
        assert len(edges.length) == 0
        assert repeated_vertices(edges, XY_M).empty and short_edges(edges, 2, XY_M).empty and acute_corners(edges, 10, XY_M).empty


def test_twins_are_the_same_polygon_whatever_vertex_they_begin_with() -> None:
    again = polygon((9, 9), (0, 9), (0, 0), (9, 0))
    assert equal_pairs(array(box(0, 0, 9, 9), box(0, 0, 9, 8), again, box(0, 0, 9, 9))) == [(0, 2), (0, 3)]


def test_the_width_of_a_strip_is_about_its_shorter_side() -> None:
    widths = mean_width_m(array(box(0, 0, 1000, 0.5), box(0, 0, 10, 10), shapely.Polygon()))
    assert widths.tolist() == [pytest.approx(0.4998, abs=1e-4), pytest.approx(5.0), 0.0]


def test_polygons_that_fit_are_one_piece() -> None:
    assert counted(box(0, 0, 10, 10), box(10, 0, 20, 10), polygon((0, 10), (10, 10), (20, 10), (20, 20), (0, 20))) == [(1, 400)]
    assert counted(box(0, 0, 10, 10), box(50, 0, 60, 10)) == [(1, 100), (1, 100)]


def test_a_vertex_that_only_one_neighbour_has_leaves_neither_gap_nor_overlap() -> None:
    whole, left, right = box(0, 0, 20, 10), box(0, 10, 10, 20), box(10, 10, 20, 20)
    assert {count for count, _ in counted(whole, left, right)} == {1}


def test_gaps_and_overlaps_have_their_ground() -> None:
    ring = (box(0, 0, 30, 10), box(0, 20, 30, 30), box(0, 10, 10, 20), box(20, 10, 30, 20))
    assert (0, 100) in counted(*ring)
    overlapped = counted(box(0, 0, 10, 10), box(9, 0, 20, 10), box(9.5, 0, 9.75, 10))
    assert sum(area for count, area in overlapped if count == 2) == pytest.approx(10 - 2.5)
    assert sum(area for count, area in overlapped if count == 3) == pytest.approx(2.5)


def test_a_polygon_within_another_overlaps_it_though_no_edge_is_shared() -> None:
    assert sorted(counted(box(0, 0, 30, 30), box(10, 10, 20, 20))) == [(1, 800), (2, 100)]


def test_a_hole_that_another_polygon_fills_is_no_gap() -> None:
    holed = shapely.difference(box(0, 0, 30, 30), box(10, 10, 20, 20))
    assert counted(holed, box(10, 10, 20, 20)) == [(1, 900)]
    assert sorted(counted(holed)) == [(0, 100), (1, 800)]


def test_with_negative_weights_two_layers_are_told_apart() -> None:
    villages, township = (box(0, 0, 10, 10), box(10, 0, 20, 10)), box(0, 0, 20, 9)
    assert [(count, area) for count, area in counted(*villages, township, weights=[1, 1, -1]) if count] == [(1, 20)]
    assert [(count, area) for count, area in counted(*villages, box(0, 0, 25, 10), weights=[1, 1, -1]) if count] == [(-1, 50)]
    assert counted(*villages, box(0, 0, 20, 10), weights=[1, 1, -1]) in ([], [(0, 200)])


def test_a_layer_that_a_file_format_has_rounded_fits_one_that_it_has_not() -> None:
    villages = (polygon((0, 0), (10.00003, 0.00002), (10.00004, 10), (0, 10)), polygon((10.00003, 0.00002), (20, 0), (20, 10), (10.00004, 10)))
    township = polygon((0, 0), (10, 0), (20, 0), (20, 10), (10, 10), (0, 10))
    assert counted(*villages, township, weights=[1, 1, -1]) == []
    # What is a decimetre off is off.
    beyond = polygon((0, 0), (10, 0), (20, 0), (20.1, 10), (10, 10), (0, 10))
    assert [(count, pytest.approx(0.5, abs=1e-3)) for count in (-1,)] == [piece for piece in counted(*villages, beyond, weights=[1, 1, -1]) if piece[0]]


corners = st.integers(0, 12)
boxes = st.lists(st.builds(lambda x, y, w, h: box(x, y, x + w, y + h), corners, corners, st.integers(1, 8), st.integers(1, 8)), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(boxes)
def test_counts_add_up_to_the_areas_and_gaps_are_what_the_union_encloses(polygons: list[shapely.Polygon]) -> None:
    pieces = counted(*polygons)
    assert sum(count * area for count, area in pieces) == pytest.approx(sum(one.area for one in polygons))
    union = shapely.union_all(polygons)
    inside = sum(area for count, area in pieces if count >= 1)
    assert inside == pytest.approx(union.area)
    assert sum(area for count, area in pieces if count == 0) == pytest.approx(_enclosed(union) - union.area)


def _enclosed(union: shapely.Geometry) -> float:
    return shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(union)]).area
