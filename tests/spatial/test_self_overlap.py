"""Which polygons of a layer overlap, against the overlap of every pair."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from village_planner.spatial.arrays import objects
from village_planner.spatial.self_overlap import overlaps_between, self_overlaps

boxes = st.builds(
    lambda x, y, width, height: shapely.box(x, y, x + width, y + height), *[st.integers(0, 12)] * 2, *[st.integers(1, 6)] * 2
)
geometries = st.lists(st.one_of(boxes, st.none(), st.just(shapely.Polygon()), st.just(shapely.Point(2, 2))), max_size=8)


def _common(one: object, other: object) -> bool:
    return one is not None and other is not None and shapely.intersection(one, other).area > 0


@given(geometries)
def test_the_pairs_are_those_with_common_ground(geoms: list) -> None:
    expected = [[i, j] for (i, one), (j, other) in combinations(enumerate(geoms), 2) if _common(one, other)]
    assert self_overlaps(objects(geoms)).tolist() == expected


@given(geometries, geometries)
def test_between_two_layers_likewise(ones: list, others: list) -> None:
    expected = [[i, j] for i, one in enumerate(ones) for j, other in enumerate(others) if _common(one, other)]
    assert overlaps_between(objects(ones), objects(others)).tolist() == expected


def test_neighbours_and_the_tiles_of_one_large_polygon_do_not_overlap() -> None:
    angle = np.linspace(0, 2 * np.pi, 9_000, endpoint=False)
    large = shapely.Polygon(np.column_stack([1_000 * np.cos(angle), 1_000 * np.sin(angle)]))
    beside = shapely.difference(shapely.box(-1_200, -1_200, 1_200, 1_200), large)
    inside = shapely.box(-10, -10, 10, 10)
    assert self_overlaps(objects([large, beside, inside])).tolist() == [[0, 2]]
