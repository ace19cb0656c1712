"""Nearest and within distance, against the distance of every pair."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from village_planner.spatial.arrays import objects
from village_planner.spatial.crs import CGCS2000_GEOGRAPHIC, transform
from village_planner.spatial.nearness import nearest, within_distance

ZONE = 4548
small = st.integers(0, 12)
geometries = st.lists(
    st.one_of(
        st.builds(shapely.Point, small, small),
        st.builds(lambda x, y, width, height: shapely.box(x, y, x + width, y + height), small, small, st.integers(1, 4), st.integers(1, 4)),
        st.builds(lambda x, y: shapely.LineString([(x, y), (y, x + 1)]), small, small),
        st.none(), st.just(shapely.Polygon()),
    ),
    max_size=7,
)  # fmt: skip
# Also distances that pairs of whole coordinates have, since what lies just at it counts.
reaches = st.sampled_from([0.0, 0.5, 1.0, 2.0, 5.0, 50.0])


def distance(one: object, other: object) -> float:
    there = one is not None and other is not None and not one.is_empty and not other.is_empty
    return float(shapely.distance(one, other)) if there else np.inf


@given(geometries, geometries, reaches)
def test_the_nearest_is_the_first_at_the_least_distance_within_reach(geoms: list, others: list, reach_m: float) -> None:
    expected = []
    for row, one in enumerate(geoms):
        distances = [distance(one, other) for other in others]
        if distances and min(distances) <= reach_m:
            expected.append([row, distances.index(min(distances)), min(distances)])
    assert nearest(objects(geoms), objects(others), reach_m, ZONE).to_numpy().tolist() == expected


@given(geometries, geometries, reaches)
def test_all_pairs_within_reach_are_found(geoms: list, others: list, reach_m: float) -> None:
    expected = [[row, other] for row, one in enumerate(geoms) for other, two in enumerate(others) if distance(one, two) <= reach_m]
    assert within_distance(objects(geoms), objects(others), reach_m, ZONE).to_numpy().tolist() == expected


def test_a_plan_in_degrees_is_measured_in_metres() -> None:
    place, near, far = (shapely.Point(500_000 + x, 4_000_000) for x in (0, 30, 90))
    here, others = (transform(objects(points), ZONE, CGCS2000_GEOGRAPHIC) for points in ([place], [far, near]))
    found = nearest(here, others, 50.0, CGCS2000_GEOGRAPHIC)
    assert found[["row", "other"]].to_numpy().tolist() == [[0, 1]] and found["distance_m"].iloc[0] == pytest.approx(30, abs=1e-6)
    assert within_distance(here, others, 50.0, CGCS2000_GEOGRAPHIC).to_numpy().tolist() == [[0, 1]]
    assert nearest(here, others, 20.0, CGCS2000_GEOGRAPHIC).empty
