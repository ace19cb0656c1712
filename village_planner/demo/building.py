"""Builds a township's scene from its roles: villages, sites, new patches, boundary, red line, farmland, hazards, rosters."""

from __future__ import annotations

import math
import random

import numpy as np

from village_planner.demo.flows import at_site
from village_planner.demo.fractals import ring_inside
from village_planner.demo.layout import Area, Rect, Ring, rect_in, size_for
from village_planner.demo.names import FARM_CODE, FARM_NAME, RESERVOIR_CODE, RESERVOIR_NAME, hamlet_names
from village_planner.demo.roles import UNDECIDED, WITHDRAW, SiteRole
from village_planner.demo.scene import Cast, Cover, Hamlet, Line, Patch, Plot, Protected, RosterRow, Scene, Village
from village_planner.demo.settling import TOWN_BUILT, VILLAGE_BUILT, block_parcels, built_land

HAMLET_SLOTS = (4, 0, 2, 1, 3, 5)
SPARE_SLOT, FREE_SLOT, SECOND_SPARE_SLOT = 6, 7, 8
OPENING_M = 12.0
_VACANT, _VACANT_ELSEWHERE = {WITHDRAW: (0.25, 0.5), UNDECIDED: (0.2, 0.35)}, (0.0, 0.2)  # shares of the homesteads
_ROOM_AT_A_SITE, _CAPACITY_STEP = 1.12, 5  # households
_CULTIVATED = (Cover("0102", 0.06, "1"), Cover("0103", 0.125, "2"), Cover("0101", 0.04, "1"))


def add_village(cast: Cast, number: int, root: str, area: Area) -> Village:
    """Add a village with its hamlets, their built land as parcels, and one existing patch for each hamlet."""
    scene, is_town = cast.scene, number == cast.roles.town
    code = f"{cast.township.code}{1 if is_town else 201 + number:03d}"
    shake = random.Random(f"{scene.seed}:{code}")
    hamlets = []
    for serial, name in enumerate(hamlet_names(root, cast.roles.hamlet_counts[number], scene.seed)):
        households, persons, homesteads, vacant, size = _figures(cast, (number, serial), shake)
        built = built_land(cast, number, code, area.slot(HAMLET_SLOTS[serial]), size)
        scene.plots += built.plots
        hamlets.append(
            Hamlet(f"{code}{serial + 1:03d}", name, households, persons, homesteads, vacant, built.block, built.outline, built.is_by_hand)
        )
    name, kind = (root + "社区", "城镇社区") if is_town else (root + "村", "行政村")
    village = Village(code, name, cast.township, kind, area, tuple(hamlets))
    scene.villages.append(village)
    for hamlet in hamlets:
        scene.patches.append(Patch(scene.next_code("JM", 4), code, hamlet.name, "现状", hamlet.ring))
    return village


def furnish(cast: Cast) -> None:
    """Everything in a township that is not a village: sites and patches on built land, lines, farmland, hazards, protection."""
    _add_sites_and_new_patches(cast)
    if cast.roles.town is not None:
        _add_boundary(cast)
    _add_redline(cast)
    for number in range(len(cast)):
        add_farmland(cast, number)
    _add_hazards_and_protection(cast)


def add_farm_redline(scene: Scene) -> None:
    """The state forest farm lies in the ecological red line."""
    scene.redline.append(Line(scene.next_id("redline"), "岚桥山水源涵养红线", (scene.ring(scene.farm),), "水源涵养", township_code=FARM_CODE[:9]))


def add_second_roster(cast: Cast) -> None:
    """民政's roster: the same villages by their full names, one under a new name."""
    for number, village in enumerate(cast.villages()):
        name, former = committee_name(village), ""
        if number == cast.roles.renamed:
            name, former = f"新{village.hamlets[0].name}村民委员会", village.name
        cast.scene.second_roster.append(RosterRow(village.code, name, former))


def add_other_units(scene: Scene) -> None:
    """Two units of 民政's roster that are no villages."""
    scene.second_roster.append(RosterRow(FARM_CODE, FARM_NAME))
    scene.second_roster.append(RosterRow(RESERVOIR_CODE, RESERVOIR_NAME))


def committee_name(village: Village) -> str:
    """The village's committee as 民政 writes it: 某某村村民委员会, 某某社区居民委员会."""
    return village.name + ("居民委员会" if village.name.endswith("社区") else "村民委员会")


def add_farmland(cast: Cast, number: int) -> None:
    """Permanent basic farmland (永久基本农田) slot by slot, with an opening (开天窗) around each hamlet's built land."""
    scene, village = cast.scene, cast[number]
    shake = random.Random(f"{scene.seed}:{village.code}:farmland")
    blocks = dict(zip(HAMLET_SLOTS, (hamlet.block for hamlet in village.hamlets)))
    for slot in range(9):
        cover = shake.choice(_CULTIVATED)
        keep_free = (not blocks.get(slot)) and (slot in (SPARE_SLOT, SECOND_SPARE_SLOT) or shake.random() < 0.35)
        if keep_free or not _is_open_country(cast, number, slot):
            continue
        scene.covers[village.code, slot] = cover
        if scene.mesh is not None:  # there each field is a piece of basic farmland of its own
            continue
        rings: list[Ring] = [village.area.slot(slot).ring(scene.seed)]
        if slot in blocks:
            rings.append(blocks[slot].grown(OPENING_M).ring[::-1])
        scene.farmland.append(
            Line(
                scene.next_id("farmland"), village.name, tuple(rings), cover.class_code, cover.deduction, cover.slope, cast.township.code
            )
        )


def _add_sites_and_new_patches(cast: Cast) -> None:
    """Sites and new patches on land that is built already, and patches of retained hamlets that are cleared."""
    for number, site in enumerate(cast.roles.sites):
        _add_site(cast, number, site)
    for number in cast.roles.new_patches:
        yard = _add_brownfield(cast, number, SPARE_SLOT, 160, 100, VILLAGE_BUILT)
        _add_patch(cast, number, "XJ", "新建", yard.part(20, 15, 120, 70).ring)
    for number in cast.roles.cleared_yards:
        _add_patch(cast, number, "TF", "腾退", _add_brownfield(cast, number, SPARE_SLOT, 100, 60, VILLAGE_BUILT).ring)


def _add_boundary(cast: Cast) -> None:
    """The development boundary (城镇开发边界): the town with its quarters, the villages inside, and a third of the cut one."""
    scene, roles = cast.scene, cast.roles
    assert roles.town is not None
    town = cast[roles.town]
    taken = {*HAMLET_SLOTS[: len(town.hamlets)], *(site.slot for site in roles.sites if site.village == roles.town)}
    for slot in range(9):
        if slot not in taken:
            scene.plots += block_parcels(town.code, rect_in(town.area.slot(slot), 260, 200, scene.seed), TOWN_BUILT)
    columns = town.area.columns * (1 + len(roles.inside))
    for number in roles.cut:
        columns += cast[number].area.slot(0).columns
    area = Area(town.area.i0, town.area.j0, columns, town.area.rows)
    scene.boundary.append(Line(scene.next_id("boundary"), cast.township.name, (_boundary_ring(cast, area),), code="410"))


def _boundary_ring(cast: Cast, area: Area) -> Ring:
    """The area's outline; on a mesh a ring of many points just inside it, so that nothing outside is touched."""
    scene = cast.scene
    if scene.mesh is None:
        return scene.ring(area)
    shake = np.random.default_rng([scene.seed, int(cast.township.code)])
    return ring_inside(scene.ring(area), scene.fineness.boundary_vertices, 12.0, 40.0, shake)


def _add_redline(cast: Cast) -> None:
    """The ecological red line (生态保护红线) over the upper slots of some villages."""
    scene = cast.scene
    for number in cast.roles.red_lined:
        area = cast[number].area
        top = Area(area.i0, area.slot(6).j0, area.columns, area.slot(6).rows)
        scene.redline.append(Line(scene.next_id("redline"), "岚桥山水土保持红线", (scene.ring(top),), "水土保持", township_code=cast.township.code))


def _add_hazards_and_protection(cast: Cast) -> None:
    """Landslide areas over hamlets that move, others on empty land; protected hamlets that stay."""
    scene = cast.scene
    for number, serial in cast.roles.hazards:
        village, code = cast[number], f"ZH{len(scene.hazards) + 1:02d}"
        if serial is None:
            empty = scene.slot_rect(village, SECOND_SPARE_SLOT, 200, 160)
            scene.hazards.append(Line(code, "崩塌隐患区", (empty.ring,), code="中易发"))
        else:
            moved = village.hamlets[serial].block.grown(20)
            scene.hazards.append(Line(code, "滑坡隐患区", (moved.ring,), code="高易发"))
    for number, serial, title, level in cast.roles.protected:
        village = cast[number]
        scene.protected.append(Protected(village.code, village.name, village.hamlets[serial].name, title, level))


def _figures(cast: Cast, place: tuple[int, int], shake: random.Random) -> tuple[int, int, int, int, tuple[float, float]]:
    """Households, persons, homesteads, vacant ones, and the size of the built land in m of a hamlet by village and serial."""
    if any(move.kind == "自然消亡" for move in cast.roles.moves if (move.village, move.hamlet) == place):
        households, vacant = shake.randint(4, 9), shake.randint(7, 14)
        homesteads = households + vacant
        return households, round(households * shake.uniform(1.4, 2.1)), homesteads, vacant, size_for(homesteads * shake.uniform(380, 480))
    if place in cast.roles.fixed:
        households, persons, width, height = cast.roles.fixed[place]
    else:
        households = shake.randint(45, 90) if place[1] == 0 else shake.randint(14, 46)
        persons = round(households * shake.uniform(2.6, 3.7))
        width, height = size_for(households * shake.uniform(380, 480))
    homesteads = households + shake.randint(2, 9)
    least, most = _VACANT.get(cast.category(place[0]), _VACANT_ELSEWHERE)
    return households, persons, homesteads, shake.randint(max(int(homesteads * least), 1), int(homesteads * most)), (width, height)


def _add_brownfield(cast: Cast, number: int, slot: int, width: float, height: float, built_code: str) -> Rect:
    village = cast[number]
    rect = cast.scene.slot_rect(village, slot, width, height)
    cast.scene.plots.append(Plot(village.code, rect, "0601", built_code))
    return rect


def _add_site(cast: Cast, number: int, role: SiteRole) -> None:
    """A site that is ready when the first come, with some room above those that come (all hamlets of the township are there already)."""
    scene, village, coming = cast.scene, cast[role.village], at_site(cast, number)
    yard = _add_brownfield(cast, role.village, role.slot, role.width, role.height, role.built_code)
    code, name = scene.next_code("AZ", 2), village.hamlets[0].name + role.suffix
    capacity = math.ceil(sum(coming.values()) * _ROOM_AT_A_SITE / _CAPACITY_STEP) * _CAPACITY_STEP
    scene.patches.append(
        Patch(code, village.code, "", "集中安置点", yard.ring, name, capacity, min(coming), role.setting)
    )
    cast.sites.append(code)


def _add_patch(cast: Cast, number: int, prefix: str, kind: str, ring: Ring) -> None:
    scene, village = cast.scene, cast[number]
    scene.patches.append(Patch(scene.next_code(prefix, 2), village.code, village.hamlets[0].name, kind, ring))


def _is_open_country(cast: Cast, number: int, slot: int) -> bool:
    in_town = cast.in_town(number) or (number in cast.roles.cut and slot % 3 == 0)
    return not in_town and not (number in cast.roles.red_lined and slot >= 6)
