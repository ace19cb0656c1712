"""The county's story: fifteen townships of different size, every village once, shapes that keep to their ground for each seed."""

from __future__ import annotations

from collections import Counter

import pytest
import shapely

from village_planner.demo.controls import OTHER_KINDS, PROTECTED
from village_planner.demo.county import build_county
from village_planner.demo.decisions import add_decisions
from village_planner.demo.faults import plant_faults
from village_planner.demo.scene import Scene


@pytest.fixture(scope="module")
def scene() -> Scene:
    built = build_county(1)
    add_decisions(built)
    return built


def test_the_county_has_four_hundred_villages_in_townships_of_twenty_to_thirty(scene: Scene) -> None:
    sizes = Counter(village.township for village in scene.villages)
    assert len(sizes) == 15 and sum(sizes.values()) == 400
    assert min(sizes.values()) >= 20 and max(sizes.values()) <= 30
    hamlets = [hamlet for village in scene.villages for hamlet in village.hamlets]
    assert 1200 <= len(hamlets) <= 1500
    for codes in ([v.code for v in scene.villages], [h.code for h in hamlets], [p.code for p in scene.patches]):
        assert len(set(codes)) == len(codes)


def test_names_are_different_and_some_are_long(scene: Scene) -> None:
    names = [village.name for village in scene.villages]
    assert len(set(names)) == 400 and max(map(len, names)) >= 9
    assert max(len(township.name) for township in scene.townships) >= 10
    assert len({hamlet.name for village in scene.villages for hamlet in village.hamlets}) >= 1200


def test_a_fifth_of_the_villages_lose_hamlets_and_one_township_none(scene: Scene) -> None:
    losing = {row.village for row in scene.decisions if row.destination_kind}
    assert 75 <= len(losing) <= 85
    townships = {row.township for row in scene.decisions if row.destination_kind}
    assert len(scene.townships) - len(townships) == 1
    assert {row.destination_kind for row in scene.decisions} >= {"并入居民点", "集中安置点", "城镇安置", "货币安置", "自然消亡"}
    assert {row.phase for row in scene.decisions if row.phase} == {2020, 2021, 2022, 2025, 2035}


def test_every_hamlet_outside_the_boundary_stays_or_goes(scene: Scene) -> None:
    named = {(row.village, row.hamlet) for row in scene.decisions if row.action and row.hamlet}
    whole = {row.village for row in scene.decisions if row.action and not row.hamlet}
    in_town = {village.name for cast in scene.casts for number, village in enumerate(cast.villages()) if cast.in_town(number)}
    open_ones = [
        hamlet.name for village in scene.villages if village.name not in whole | in_town
        for hamlet in village.hamlets if (village.name, hamlet.name) not in named
    ]
    assert open_ones == []


def test_fifteen_sites_are_ready_for_the_first_and_hold_a_tenth_to_a_quarter_more_than_come_and_some_lie_in_town(scene: Scene) -> None:
    sites = {patch.code: patch for patch in scene.patches if patch.kind == "集中安置点"}
    arriving: Counter[str] = Counter()
    first: dict[str, int] = {}
    for row in scene.decisions:
        if row.destination_kind == "集中安置点":
            first[row.destination] = min(first.get(row.destination, row.phase), row.phase)
            arriving[row.destination] += row.households
    assert len(sites) == 15 == len(arriving)
    assert all(1.1 * arriving[code] <= site.capacity <= 1.25 * arriving[code] for code, site in sites.items())
    assert first == {code: site.ready_phase for code, site in sites.items()}
    assert 0 < sum(site.setting == "城镇安置" for site in sites.values()) < 15


def test_moves_add_up_and_what_is_built_at_a_site_is_its_ground(scene: Scene) -> None:
    figures = {(v.name, h.name): h for v in scene.villages for h in v.hamlets}
    households: Counter[tuple[str, str]] = Counter()
    built: Counter[str] = Counter()
    for row in scene.decisions:
        if row.destination_kind:
            households[row.village, row.hamlet] += row.households
        if row.destination_kind == "集中安置点":
            built[row.destination] += row.built_m2
    assert all(figures[key].households == count for key, count in households.items())
    ground = {patch.code: shapely.Polygon(patch.ring).area for patch in scene.patches if patch.code in built}
    assert {code: pytest.approx(area, abs=0.2) for code, area in ground.items()} == dict(built)


@pytest.mark.parametrize(("seed", "faults"), [(2, "none"), (3, "known")])
def test_everything_planted_lies_in_its_village(seed: int, faults: str) -> None:
    built = build_county(seed)
    add_decisions(built)
    if faults == "known":
        plant_faults(built)
    grounds = {village.code: shapely.Polygon(village.area.ring(seed)) for village in built.villages}
    for ground in grounds.values():
        shapely.prepare(ground)
    assert all(grounds[plot.village_code].contains(shapely.Polygon(plot.rect.ring)) for plot in built.plots)
    assert all(p.ring is None or grounds[p.village_code].contains(shapely.LinearRing(p.ring)) for p in built.patches)


@pytest.mark.parametrize("seed", [1, 4])
def test_no_line_of_the_clean_county_touches_a_patch_that_is_built_or_new(seed: int) -> None:
    built = build_county(seed)
    patches = shapely.STRtree([shapely.Polygon(patch.ring) for patch in built.patches])
    for kind in OTHER_KINDS:
        shapes = [shapely.Polygon(line.rings[0]) for line in built.controls[kind]]
        assert shapes and shapely.is_valid(shapes).all()
        assert patches.query(shapes, predicate="intersects").shape[1] == 0, kind
    assert len(built.controls[PROTECTED]) == 16


def test_townships_cover_their_villages_and_the_forest_farm(scene: Scene) -> None:
    townships = {name.code: shapely.Polygon(ground.ring(scene.seed)) for name, ground in scene.townships.items()}
    villages = shapely.area([shapely.Polygon(village.area.ring(scene.seed)) for village in scene.villages]).sum()
    farm = shapely.Polygon(scene.farm.ring(scene.seed))
    assert all(shape.is_valid for shape in townships.values())
    assert sum(shape.area for shape in townships.values()) == pytest.approx(villages + farm.area, abs=0.01)
    assert shapely.union_all(list(townships.values())).area == pytest.approx(villages + farm.area, abs=0.01)
    assert townships["379921101"].covers(farm)


def test_another_seed_tells_the_same_story_with_other_names(scene: Scene) -> None:
    other = build_county(2)
    assert [v.code for v in other.villages] == [v.code for v in scene.villages]
    assert [len(v.hamlets) for v in other.villages] == [len(v.hamlets) for v in scene.villages]
    assert sum(a.name == b.name for a, b in zip(other.villages, scene.villages)) < 20
