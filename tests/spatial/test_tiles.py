"""Tiles of large polygons: they make up the polygon, do not overlap, and what cannot be cut exactly stays whole."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from village_planner.spatial import tiles
from village_planner.spatial.tiles import TILE_VERTICES, is_large, tiled

X, Y = 500_000, 3_500_000


def array(*geoms) -> np.ndarray:
    return np.array([*geoms, None], dtype=object)[:-1]


@pytest.fixture(scope="module")
def stairs() -> shapely.MultiPolygon:
    """Areas with holes, islands in holes and steps, as a red line made of a raster has them; many edges lie where it is cut."""
    cells = np.random.default_rng(5).random((64, 64)) > 0.45
    rows, columns = np.nonzero(cells)
    return shapely.union_all(shapely.box(X + 30.0 * columns, Y + 30.0 * rows, X + 30.0 * columns + 30, Y + 30.0 * rows + 30))


def ring(x: float, y: float, radius: float, vertices: int) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    rough = radius * (1 + 0.1 * np.sin(angle * 61))
    return np.column_stack([x + rough * np.cos(angle), y + rough * np.sin(angle)])


WAVES = shapely.Polygon(ring(X, Y, 9_000, 20_000), [ring(X + 3_000, Y, 2_000, 3_000), ring(X - 3_000, Y, 2_000, 50)])
ISLAND = shapely.Polygon(ring(X + 3_000, Y, 1_000, 2_500))


def test_what_has_few_vertices_stays_as_it_is(stairs):
    small = array(shapely.box(X, Y, X + 1, Y + 1), None, shapely.Polygon(), shapely.Point(X, Y))
    geoms, owner = tiled(small)
    assert geoms is small and owner.tolist() == [0, 1, 2, 3]
    assert is_large(array(*small, stairs, shapely.LineString(ring(X, Y, 9, 5_000)))).tolist() == [False] * 4 + [True, False]


def test_tiles_make_up_a_polygon_with_holes_islands_and_parts(stairs):
    whole = array(WAVES, shapely.box(X, Y, X + 1, Y + 1), shapely.MultiPolygon([WAVES, ISLAND]), stairs)
    geoms, owner = tiled(whole)
    assert owner.tolist() == sorted(owner) and set(owner) == {0, 1, 2, 3}
    assert (owner == 0).sum() > 20 and (owner == 1).sum() == 1
    assert shapely.is_valid(geoms).all() and (shapely.get_type_id(geoms) == 3).all()
    assert shapely.get_num_coordinates(geoms).max() <= TILE_VERTICES
    np.testing.assert_allclose(np.bincount(owner, weights=shapely.area(geoms)), shapely.area(whole), rtol=1e-9)
    for position in (0, 2, 3):
        # Of the same area as the whole and together no smaller: they do not overlap.
        assert shapely.union_all(geoms[owner == position]).symmetric_difference(whole[position]).area < 1e-5


def test_an_invalid_polygon_is_left_whole():
    turns = np.vstack([ring(X, Y, 9_000, 3_000), ring(X + 5_000, Y, 9_000, 3_000)])
    broken = shapely.Polygon(turns)
    assert not broken.is_valid
    geoms, owner = tiled(array(broken))
    assert len(geoms) == 1 and geoms[0] is broken


@pytest.mark.parametrize("fault", ["loses", "doubles", "raises"])
def test_where_cutting_by_rectangles_goes_wrong_the_exact_overlay_cuts(monkeypatch, fault):
    original = shapely.clip_by_rect

    def faulty(geometry, *box):
        if fault == "raises":
            raise shapely.errors.GEOSException("TopologyException")
        return geometry if fault == "doubles" else shapely.Polygon() if box[0] > X + 5_000 else original(geometry, *box)

    monkeypatch.setattr(shapely, "clip_by_rect", faulty)
    monkeypatch.setattr(tiles, "_DEEPEST", 8)
    geoms, _ = tiled(array(WAVES))
    assert shapely.area(geoms).sum() == pytest.approx(WAVES.area, rel=1e-9)
    assert len(geoms) > 20


def test_a_polygon_that_no_way_cuts_is_left_whole(monkeypatch):
    def failing(*_):
        raise shapely.errors.GEOSException("TopologyException")

    monkeypatch.setattr(shapely, "clip_by_rect", failing)
    monkeypatch.setattr(shapely, "intersection", failing)
    geoms, owner = tiled(array(WAVES))
    assert len(geoms) == 1 and geoms[0] is WAVES
