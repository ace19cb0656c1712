"""Geometry that two threads need: copies where they could disturb each other."""

from __future__ import annotations

import shapely

from tests.spatial.scenes import array, box
from village_planner.spatial.pairs import apart


def test_polygons_with_holes_are_copied_for_another_thread():
    hole = box(0, 0, 9, 9) - box(3, 3, 6, 6)
    geoms = array(box(0, 0, 1, 1), hole, shapely.MultiPolygon([hole]), None, shapely.LineString([(0, 0), (1, 1)]))
    copies = apart(geoms)
    assert [one is other for one, other in zip(copies, geoms)] == [True, False, False, True, True]
    assert shapely.equals_exact(copies[:3], geoms[:3], 0).all()
