"""A township without faults has none: the planted shapes do not collide, votes are lawful, sums add up."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable

import pytest
import shapely

from village_planner.demo import DemoResult
from village_planner.demo.decisions import add_decisions
from village_planner.demo.faults import plant_faults
from village_planner.demo.roles import WITHDRAW
from village_planner.demo.scene import Scene
from village_planner.demo.township import ROLES, build_township


@pytest.fixture(scope="module")
def scene() -> Scene:
    built = build_township(1)
    add_decisions(built)
    return built


def test_nothing_is_expected_to_be_found(clean: DemoResult) -> None:
    record = json.loads(clean.expected.read_text(encoding="utf-8"))
    assert record["findings"] == [] and record["counts"] == {"A": 0, "B": 0, "C": 0}
    assert record["village_count"] == 30 and record["hamlet_count"] == 90


def test_villages_have_one_to_six_hamlets_and_different_names(scene: Scene) -> None:
    counts = [len(village.hamlets) for village in scene.villages]
    assert set(counts) == {1, 2, 3, 4, 5, 6} and sum(counts) == 90
    assert len({village.name for village in scene.villages}) == 30
    assert all(h.code == f"{v.code}{n:03d}" for v in scene.villages for n, h in enumerate(v.hamlets, 1))


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("faults", ["none", "known"])
def test_everything_planted_lies_in_its_village(seed: int, faults: str) -> None:
    built = build_township(seed)
    add_decisions(built)
    if faults == "known":
        plant_faults(built)
    grounds = {village.code: shapely.Polygon(village.area.ring(seed)) for village in built.villages}
    assert all(ground.is_valid for ground in grounds.values())
    for plot in built.plots:
        assert grounds[plot.village_code].contains(shapely.Polygon(plot.rect.ring))
    for patch in built.patches:
        assert patch.ring is None or grounds[patch.village_code].contains(shapely.LinearRing(patch.ring))
    for line in built.farmland:
        outline, *holes = (shapely.Polygon(ring) for ring in line.rings)
        assert outline.is_valid and all(shapely.contains_properly(outline, hole) for hole in holes)


def test_parcels_cover_the_township_without_gap_or_overlap(clean: DemoResult, read_vector: Callable) -> None:
    parcels = [geom for _, geom in read_vector(clean.sources / "第三次国土调查.gdb", "DLTB")]
    township = read_vector(clean.sources / "第三次国土调查.gdb", "XZQ")[0][1]
    assert all(shapely.is_valid(parcels))
    assert sum(geom.area for geom in parcels) == pytest.approx(township.area, abs=0.01)
    assert shapely.difference(township, shapely.union_all(parcels)).area < 0.01


def test_the_three_lines_do_not_overlap(clean: DemoResult, read_vector: Callable) -> None:
    lines = [
        shapely.union_all([geom for _, geom in read_vector(clean.sources / "三线.gdb", layer)])
        for layer in ("YJJBNTTB", "STBHHX", "CZKFBJ")
    ]
    for first, second in ((0, 1), (0, 2), (1, 2)):
        assert shapely.intersection(lines[first], lines[second]).area == pytest.approx(0, abs=1e-6)


def test_farmland_opens_around_patches_and_no_patch_touches_it_or_the_red_line(clean: DemoResult, read_vector: Callable) -> None:
    farmland = [geom for _, geom in read_vector(clean.sources / "三线.gdb", "YJJBNTTB")]
    redline = [geom for _, geom in read_vector(clean.sources / "三线.gdb", "STBHHX")]
    patches = shapely.union_all([geom for _, geom in read_vector(clean.sources / "居民点用地.shp", encoding="GBK")])
    assert not shapely.intersects(shapely.union_all([*farmland, *redline]), patches)
    opened = [geom for geom in farmland if any(part.interiors for part in shapely.get_parts(geom))]
    assert len(opened) > 60


def test_new_patches_and_sites_lie_on_built_land(clean: DemoResult, read_vector: Callable) -> None:
    built = shapely.union_all([geom for values, geom in read_vector(clean.sources / "第三次国土调查.gdb", "DLTB") if values["CZCSXM"]])
    new = [
        geom for values, geom in read_vector(clean.sources / "居民点用地.shp", encoding="GBK")
        if values["类型"] in ("新建", "集中安置点")
    ]
    assert len(new) == 4 and all(shapely.covers(built, geom) for geom in new)


def test_village_land_shrinks(clean: DemoResult, read_vector: Callable, scene: Scene) -> None:
    base = shapely.union_all([
        geom for values, geom in read_vector(clean.sources / "第三次国土调查.gdb", "DLTB") if values["CZCSXM"] == "203"
    ])
    patches = read_vector(clean.sources / "居民点用地.shp", encoding="GBK")
    moved = {(d.village, d.hamlet) for d in scene.decisions if d.destination_kind}
    names = {village.code: village.name for village in scene.villages}
    cleared = [g for v, g in patches if v["类型"] == "腾退" or (names[v["村代码"]], v["居民点"]) in moved and v["类型"] == "现状"]
    new = [g for v, g in patches if v["类型"] in ("新建", "集中安置点")]
    lost = shapely.intersection(shapely.union_all(cleared), base).area
    gained = shapely.difference(shapely.union_all(new), base).area
    assert gained == pytest.approx(50_000) and lost > 100_000


def test_every_village_outside_the_boundary_is_classified_once(scene: Scene) -> None:
    classified = [row.village for row in scene.decisions if row.category]
    outside = [village.name for number, village in enumerate(scene.villages) if number not in (ROLES.town, *ROLES.inside)]
    assert sorted(classified) == sorted(outside)


def test_moves_add_up_to_the_households_and_persons_of_their_hamlets(scene: Scene) -> None:
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in scene.decisions:
        if row.destination_kind:
            sums[row.village, row.hamlet][0] += row.households
            sums[row.village, row.hamlet][1] += row.persons
    figures = {(v.name, h.name): [h.households, h.persons] for v in scene.villages for h in v.hamlets}
    assert len(sums) == 15 and all(figures[key] == value for key, value in sums.items())


def test_a_hamlet_splits_into_site_town_and_cash(scene: Scene) -> None:
    split = [row for row in scene.decisions if row.village == scene.villages[6].name and row.hamlet == scene.villages[6].hamlets[0].name]
    assert [(row.destination_kind, row.households) for row in split] == [("集中安置点", 70), ("城镇安置", 30), ("货币安置", 20)]


def test_votes_of_the_current_phase_are_lawful_and_later_moves_have_a_survey(scene: Scene) -> None:
    for row in scene.decisions:
        vote = row.consent
        if vote is None:
            continue
        assert vote.in_favour <= vote.attended <= vote.eligible and vote.date < f"{row.phase or 2021}-12-31"
        if row.phase == 2020 or row.category == WITHDRAW:
            quorum = 2 / 3 if vote.kind == "户代表会议" else 1 / 2
            assert vote.attended > quorum * vote.eligible - 1e-9 and vote.in_favour > vote.attended / 2
            assert vote.kind != "意愿调查"


def test_nobody_protected_is_withdrawn(scene: Scene) -> None:
    moved = {(row.village, row.hamlet) for row in scene.decisions if row.destination_kind}
    assert scene.protected and not {(p.village, p.hamlet) for p in scene.protected} & moved
