"""Invalid geometry made valid: shells are ground, holes are none, and ground that two parts cover counts once."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from village_planner.spatial.arrays import polygon_parts
from village_planner.spatial.mending import made_valid
from village_planner.spatial.repair import repair, repair_any

box = shapely.box
SQUARE = [(0, 0), (4, 0), (4, 4), (0, 4)]


def ring(west: float, south: float, east: float, north: float) -> list[tuple[float, float]]:
    return [(west, south), (east, south), (east, north), (west, north)]


CASES = {
    "parts over one another": (shapely.MultiPolygon([box(0, 0, 4, 4), box(2, 2, 6, 6)]), 28, "spatial.repair_self_intersection"),
    "a part twice": (shapely.MultiPolygon([box(0, 0, 4, 4), box(0, 0, 4, 4)]), 16, "spatial.repair_self_intersection"),
    "a part within another": (shapely.MultiPolygon([box(0, 0, 4, 4), box(1, 1, 2, 2)]), 16, "spatial.repair_parts_overlap"),
    "parts side by side": (shapely.MultiPolygon([box(0, 0, 4, 4), box(4, 0, 8, 4)]), 32, "spatial.repair_self_intersection"),
    "a hole outside": (shapely.Polygon(SQUARE, [ring(5, 5, 6, 6)]), 16, "spatial.repair_hole_outside"),
    "a hole partly outside": (shapely.Polygon(SQUARE, [ring(3, 3, 6, 6)]), 15, "spatial.repair_self_intersection"),
    "a hole twice": (shapely.Polygon(SQUARE, [ring(1, 1, 2, 2)] * 2), 15, "spatial.repair_self_intersection"),
    "holes over one another": (shapely.Polygon(ring(0, 0, 9, 9), [ring(1, 1, 4, 4), ring(2, 2, 6, 6)]), 60, "spatial.repair_self_intersection"),
    "a collection of polygons": (shapely.GeometryCollection([box(0, 0, 4, 4), box(2, 2, 6, 6)]), 28, "spatial.repair_collection"),
    "polygons and a point": (shapely.GeometryCollection([box(0, 0, 4, 4), box(2, 2, 6, 6), shapely.Point(9, 9)]), 28, "spatial.repair_stray_parts"),
    "parts over one another in a collection": (
        shapely.GeometryCollection([shapely.MultiPolygon([box(0, 0, 4, 4), box(2, 2, 6, 6)]), shapely.Point(9, 9)]), 28,
        "spatial.repair_self_intersection",
    ),
}  # fmt: skip


@pytest.mark.parametrize("verb", [repair, repair_any])
@pytest.mark.parametrize("name", CASES)
def test_ground_counts_once_and_a_hole_is_no_ground(verb, name):
    geometry, area, reason = CASES[name]
    result = verb(np.array([geometry], dtype=object))
    assert (result.geoms[0].area, result.status[0], result.reasons[0]) == (area, "repaired", reason)
    assert result.area_change_m2_planar[0] == area - geometry.area


def test_a_polygon_that_is_all_hole_is_set_aside():
    result = repair(np.array([shapely.Polygon(SQUARE, [SQUARE])], dtype=object))
    assert (result.geoms[0], result.status[0], result.reasons[0]) == (None, "set_aside", "spatial.repair_no_area")


coordinates = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=3, max_size=7)
polygons = st.builds(shapely.Polygon, coordinates, st.lists(coordinates, max_size=2))


# Off all lines between points of the grid.
COLUMNS, ROWS = (values.ravel() for values in np.meshgrid(np.arange(7) + 0.3711, np.arange(7) + 0.2173))


def enclosed(line: shapely.LinearRing) -> np.ndarray:
    """Which points lie in what GEOS makes of the ring alone."""
    parts, _ = polygon_parts(np.array([shapely.make_valid(shapely.Polygon(line))], dtype=object))
    return shapely.intersects_xy(parts[:, None], COLUMNS, ROWS).any(axis=0)


@settings(max_examples=100, deadline=None)
@given(st.lists(polygons, min_size=1, max_size=3))
def test_a_point_is_in_the_ground_where_a_shell_holds_it_and_no_hole_of_that_shell(parts):
    geometry = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    mended = geometry if shapely.is_valid(geometry) else made_valid(np.array([geometry], dtype=object))[0]
    expected = np.zeros(len(COLUMNS), dtype=bool)
    for part in parts:
        held = enclosed(part.exterior)
        for hole in part.interiors:
            held &= ~enclosed(hole)
        expected |= held
    assert shapely.is_valid(mended)
    assert (shapely.intersects_xy(mended, COLUMNS, ROWS) == expected).all()


def test_parts_of_polygons_and_of_all_else_come_in_the_order_of_their_geometries() -> None:
    one, two, three = shapely.box([0, 10, 20], 0, [5, 15, 25], 5)
    mixed = shapely.GeometryCollection([two, shapely.LineString([(0, 0), (1, 1)]), shapely.MultiPolygon([one, three])])
    geoms = np.array([one, mixed, None, shapely.MultiPolygon([three, one]), shapely.Polygon(), shapely.Point(0, 0), two, None], dtype=object)[:-1]
    parts, owner = polygon_parts(geoms)
    assert owner.tolist() == [0, 1, 1, 1, 3, 3, 6]
    assert shapely.equals(parts, np.array([one, two, one, three, three, one, two], dtype=object)).all()
