"""A small county on a mesh, made as the stress county is: parcels that tile the ground, lines of many vertices, patches of any shape."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.demo.conftest import SMALL, small_county
from village_planner.demo import DemoResult
from village_planner.demo.decisions import add_decisions
from village_planner.demo.faults_terrain import lay_clean
from village_planner.demo.fields import NO_VILLAGE, TRACK
from village_planner.demo.fractals import wandering_ring
from village_planner.demo.mesh import Mesh
from village_planner.demo.oracle import rule_area_m2
from village_planner.demo.oracle_arrays import rule_areas_m2
from village_planner.demo.parcels import surveyed
from village_planner.demo.scene import Scene
from village_planner.demo.stress import build_stress
from village_planner.demo.terrain import Terrain, land_by_township


@pytest.fixture(scope="module")
def scene() -> Scene:
    built = small_county(1)
    add_decisions(built)
    return built


@pytest.fixture(scope="module")
def terrain(scene: Scene) -> Terrain:
    return lay_clean(scene)


def _polygons(rings: list) -> np.ndarray:
    return np.array([shapely.Polygon(ring) for ring in rings], object)


def _all_parcels(scene: Scene, terrain: Terrain) -> np.ndarray:
    return np.concatenate([terrain.fields.shapes, _polygons([plot.ring for plot in scene.plots])])


@given(seed=st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_the_quads_of_a_mesh_are_valid_and_share_their_edges_to_the_last_digit(seed: int) -> None:
    mesh = Mesh(seed, 6, 5)
    c, r = (axis.ravel() for axis in np.meshgrid(np.arange(mesh.columns), np.arange(mesh.rows), indexing="ij"))
    sides = np.column_stack([mesh.upward(c, r), mesh.across(c, r + 1), ~mesh.upward(c + 1, r), ~mesh.across(c, r)])
    coords, owner = mesh.outlines(sides.ravel(), np.repeat(np.arange(len(c)), 4))
    quads = shapely.polygons(shapely.linearrings(coords, indices=owner))
    assert shapely.is_valid(quads).all()
    frame = [(i, 0) for i in range(6)] + [(6, j) for j in range(5)] + [(i, 5) for i in range(6, 0, -1)] + [(0, j) for j in range(5, -1, -1)]
    whole = shapely.Polygon(mesh.ring(frame))
    united = shapely.union_all(quads)
    assert united.area == pytest.approx(shapely.area(quads).sum(), abs=1e-6) == pytest.approx(whole.area, abs=1e-6)
    assert len(united.interiors) == 0


def test_the_same_seed_gives_the_same_mesh_and_another_one_another() -> None:
    assert Mesh(3, 4, 4).points.tobytes() == Mesh(3, 4, 4).points.tobytes() != Mesh(4, 4, 4).points.tobytes()


def test_parcels_tile_the_county_without_gap_or_overlap(scene: Scene, terrain: Terrain) -> None:
    parcels = _all_parcels(scene, terrain)
    assert 8_000 < len(parcels) == len(surveyed(scene, terrain)) < 16_000
    assert shapely.is_valid(parcels).all() and set(shapely.get_type_id(parcels)) == {3}
    ground = sum(shapely.Polygon(scene.ring(area)).area for area in scene.townships.values())
    assert shapely.area(parcels).sum() == pytest.approx(ground, abs=0.01)
    assert shapely.union_all(parcels).area == pytest.approx(ground, abs=0.01)


def test_every_field_lies_in_its_village(scene: Scene, terrain: Terrain) -> None:
    villages = _polygons([scene.ring(village.area) for village in scene.villages])
    fields = terrain.fields
    inside = np.flatnonzero((fields.village != NO_VILLAGE) & (fields.class_code != TRACK))[::20]
    assert shapely.covers(villages[fields.village[inside]], fields.shapes[inside]).all()


def test_some_parcels_are_long_and_thin_with_holes_and_very_many_vertices(terrain: Terrain) -> None:
    tracks = terrain.fields.shapes[terrain.fields.class_code == TRACK]
    assert shapely.get_num_coordinates(tracks).max() > 5_000
    assert shapely.get_num_interior_rings(tracks).max() > 20
    others = terrain.fields.shapes[terrain.fields.class_code != TRACK]
    assert 15 < shapely.get_num_coordinates(others).mean() < 45


def test_most_basic_farmland_equals_a_parcel_and_some_is_cut(terrain: Terrain) -> None:
    shapes = {shape.wkb for shape in terrain.fields.shapes}
    equal = np.mean([shape.wkb in shapes for shape in terrain.farmland.shapes])
    assert 0.7 < equal < 0.98
    assert len(terrain.farmland) == pytest.approx(len(terrain.fields) / 2, rel=0.1)
    assert set(terrain.farmland.class_code.tolist()) == {"0101", "0102", "0103"} and (terrain.farmland.deduction > 0).all()


def test_red_lines_have_their_vertices_and_openings_and_are_valid(scene: Scene, terrain: Terrain) -> None:
    along, *wandering = terrain.red_lines
    assert shapely.get_num_coordinates(along.shape) == pytest.approx(SMALL.red_line_vertices, rel=0.1)
    for line in wandering:
        assert SMALL.red_line_vertices * 0.4 < shapely.get_num_coordinates(line.shape) < SMALL.red_line_vertices * 1.6
        assert max(len(part.interiors) for part in line.shape.geoms) > 3
    assert all(line.shape.is_valid for line in terrain.red_lines)


def test_no_line_of_the_clean_county_lies_on_another_or_under_a_patch(scene: Scene, terrain: Terrain) -> None:
    red_lines = np.concatenate([
        shapely.get_parts([line.shape for line in terrain.red_lines]), _polygons([line.rings[0] for line in scene.redline]),
    ])
    layers = (
        red_lines, terrain.farmland.shapes, _polygons([line.rings[0] for line in scene.boundary]),
        _polygons([patch.ring for patch in scene.patches]),
    )
    for place, layer in enumerate(layers):
        for other in layers[place + 1 :]:
            if layer is layers[2]:
                continue  # towns have patches within their boundary
            first, second = shapely.STRtree(layer).query(other, predicate="intersects")
            assert shapely.area(shapely.intersection(other[first], layer[second])).sum() == pytest.approx(0, abs=1e-5)


def test_a_boundary_of_many_vertices_keeps_within_its_villages(scene: Scene) -> None:
    assert len(scene.boundary) == 2
    for cast, line in zip(scene.casts, scene.boundary):
        ground = shapely.union_all(_polygons([scene.ring(village.area) for village in cast.villages()]))
        boundary = shapely.Polygon(line.rings[0])
        assert boundary.is_valid and ground.covers(boundary) and len(line.rings[0]) == SMALL.boundary_vertices + 1


def test_patches_follow_parcels_or_are_drawn_by_hand_and_faulty_townships_keep_rectangles(scene: Scene) -> None:
    hamlets = [(cast, hamlet) for cast in scene.casts for village in cast.villages() for hamlet in village.hamlets]
    assert all(hamlet.outline is None for cast, hamlet in hamlets if cast.roles.bears_faults)
    by_hand = [hamlet.is_by_hand for _, hamlet in hamlets if hamlet.outline is not None]
    assert 0.15 < np.mean(by_hand) < 0.5
    assert shapely.is_valid(_polygons([patch.ring for patch in scene.patches])).all()


def test_areas_of_many_polygons_are_those_of_the_rule_ring_by_ring(terrain: Terrain) -> None:
    shapes = np.concatenate([terrain.fields.shapes[::500], terrain.fields.shapes[-3:], [shapely.box(5.2e5, 4.03e6, 5.24e5, 4.031e6)]])
    for shape, area in zip(shapes, rule_areas_m2(shapes)):
        outline, *holes = (rule_area_m2(list(ring.coords)) for ring in (shape.exterior, *shape.interiors))
        assert area == pytest.approx(outline - sum(holes), abs=1e-5)
    assert rule_areas_m2(np.array([shapely.Polygon(), shapely.MultiPolygon([shapes[0], shapes[1]])])) == pytest.approx(
        [0, rule_areas_m2(shapes[:2]).sum()]
    )


def test_land_by_township_adds_up_to_all_of_it(scene: Scene, terrain: Terrain) -> None:
    land = land_by_township(scene, terrain)
    farmland = (terrain.farmland_areas_m2 * (1 - terrain.farmland.deduction)).sum()
    assert sum(land["basic_farmland_m2"].values()) == pytest.approx(farmland)
    red_lines = rule_areas_m2(np.array([line.shape for line in terrain.red_lines], object)).sum()
    assert sum(land["redline_m2"].values()) == pytest.approx(red_lines, rel=1e-6)


@given(seed=st.integers(0, 2**32 - 1), points=st.integers(30, 4_000), roughness=st.floats(0.05, 0.35))
@settings(max_examples=25, deadline=None)
def test_a_wandering_ring_never_crosses_itself(seed: int, points: int, roughness: float) -> None:
    ring = wandering_ring((5e5, 4e6), 500.0, points, roughness, np.random.default_rng(seed))
    assert shapely.Polygon(ring).is_valid and len(ring) == points + 1 and not shapely.is_ccw(shapely.LinearRing(ring))


def test_the_faulty_small_county_has_patches_on_farmland_and_red_line(faulty_stress: DemoResult) -> None:
    findings = json.loads(faulty_stress.expected.read_text(encoding="utf-8"))["findings"]
    for rule in ("QC-5202", "QC-5203"):
        assert sum(finding["rule"] == rule and finding["severity"] == "C" for finding in findings) > 3


def test_the_stress_county_has_eight_hundred_villages_and_three_thousand_patches() -> None:
    scene = build_stress(1)
    assert len(scene.villages) == 800 == len({village.name for village in scene.villages})
    assert len(scene.patches) == pytest.approx(3_000, abs=50)
    assert (len(scene.boundary), len(scene.townships)) == (5, 18)
    assert {cast.roles.bears_faults for cast in scene.casts[:3]} == {True}
