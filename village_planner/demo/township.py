"""A clean township plan: thirty villages, ninety hamlets, survey parcels and control lines that do not collide."""

from __future__ import annotations

import random

from village_planner.demo.layout import (
    CELLS_PER_VILLAGE,
    FARM_ROWS,
    Area,
    Rect,
    Ring,
    rect_in,
    size_for,
    village_area,
)
from village_planner.demo.names import (
    FARM_CODE,
    FARM_NAME,
    MAIN_TOWNSHIP,
    RESERVOIR_CODE,
    RESERVOIR_NAME,
    TownshipName,
    hamlet_names,
    village_roots,
)
from village_planner.demo.scene import Cover, Hamlet, Line, Patch, Plot, Protected, RosterRow, Scene, Village

COLUMNS, ROWS = 6, 5
HAMLET_COUNTS = (3, 4, 5, 3, 2, 1, 3, 6, 2, 4, 3, 2, 3, 5, 1, 2, 3, 4, 1, 6, 2, 3, 4, 3, 4, 2, 3, 3, 2, 1)
TOWN, INSIDE, CUT = 14, 15, 16
RENAMED = 10
RED_LINED = (25, 28)
HAMLET_SLOTS = (4, 0, 2, 1, 3, 5)
SPARE_SLOT, SECOND_SPARE_SLOT = 6, 8
OPENING_M = 12.0
_TOWN_BUILT, _VILLAGE_BUILT = "202", "203"
_FIXED = {  # (village, hamlet) → households, persons, width and height of the built block in m
    (2, 3): (20, 50, 120.0, 80.0),
    (2, 4): (18, 46, 120.0, 80.0),
    (6, 0): (120, 384, 240.0, 190.0),
}
_CULTIVATED = (Cover("0102", 0.06, "1"), Cover("0103", 0.125, "2"), Cover("0101", 0.04, "1"))


def build_township(seed: int) -> Scene:
    """Return the township without decisions; the same seed gives the same scene.

    Only names, figures of hamlets and the shapes of fields depend on the seed: which village plays which part does not.
    """
    scene = Scene(seed, Area(0, ROWS * CELLS_PER_VILLAGE, COLUMNS * CELLS_PER_VILLAGE, FARM_ROWS))
    scene.townships[MAIN_TOWNSHIP] = Area(0, 0, COLUMNS * CELLS_PER_VILLAGE, ROWS * CELLS_PER_VILLAGE + FARM_ROWS)
    roots = village_roots(len(HAMLET_COUNTS) + 2, seed)
    for number, count in enumerate(HAMLET_COUNTS):
        row, column = divmod(number, COLUMNS)
        is_town = number == TOWN
        serial = 1 if is_town else 201 + number
        add_village(
            scene, MAIN_TOWNSHIP, f"{MAIN_TOWNSHIP.code}{serial:03d}", roots[number], number, count, village_area(column, row)
        )
    add_sites_and_new_patches(scene)
    add_boundary(scene)
    add_redline(scene)
    for number, village in enumerate(scene.villages):
        add_farmland(scene, village, number)
    add_hazards_and_protection(scene)
    add_second_roster(scene)
    return scene


def add_village(
    scene: Scene, township: TownshipName, code: str, root: str, number: int, count: int, area: Area
) -> Village:
    """Add a village with `count` hamlets, their built land as parcels, and one existing patch for each hamlet."""
    shake = random.Random(f"{scene.seed}:{code}")
    hamlets = []
    for serial, name in enumerate(hamlet_names(root, count, scene.seed)):
        households, persons, width, height = _FIXED.get((number, serial)) or _figures(shake, serial)
        homesteads = households + shake.randint(2, 9)
        block = rect_in(area.slot(HAMLET_SLOTS[serial]), width, height, scene.seed)
        hamlets.append(
            Hamlet(f"{code}{serial + 1:03d}", name, households, persons, homesteads, shake.randint(1, homesteads // 5), block)
        )
    is_town = number == TOWN
    village = Village(
        code, root + ("社区" if is_town else "村"), township, "城镇社区" if is_town else "行政村", area, tuple(hamlets)
    )
    scene.villages.append(village)
    built_code = _TOWN_BUILT if number in (TOWN, INSIDE) else _VILLAGE_BUILT
    for hamlet in hamlets:
        scene.plots += _block_parcels(village.code, hamlet.block, built_code)
        scene.patches.append(Patch(f"JM{len(scene.patches) + 1:04d}", code, hamlet.name, "现状", hamlet.block.ring))
    return village


def add_sites_and_new_patches(scene: Scene) -> None:
    """Two sites and two new patches on land that is built already, and one patch of a retained hamlet that is cleared."""
    large = _add_brownfield(scene, 3, 250, 200, "203A")
    _add_site(scene, "AZ01", 3, large, "新居安置点", 240, 2021)
    small = _add_brownfield(scene, 10, 160, 120, "203")
    _add_site(scene, "AZ02", 10, small, "和园安置点", 60, 2025)
    for code, number in (("XJ01", 2), ("XJ02", 7)):
        village = scene.villages[number]
        yard = _add_brownfield(scene, number, 160, 100, "203")
        scene.patches.append(
            Patch(code, village.code, village.hamlets[0].name, "新建", yard.part(20, 15, 120, 70).ring)
        )
    village = scene.villages[20]
    yard = _add_brownfield(scene, 20, 100, 60, "203")
    scene.patches.append(Patch("TF01", village.code, village.hamlets[0].name, "腾退", yard.ring))


def add_boundary(scene: Scene) -> None:
    """The development boundary (城镇开发边界): the town with its quarters, the village beside it, and a third of the next one."""
    town, cut = scene.villages[TOWN].area, scene.villages[CUT].area
    for slot in set(range(9)) - set(HAMLET_SLOTS[: HAMLET_COUNTS[TOWN]]):
        quarter = rect_in(town.slot(slot), 260, 200, scene.seed)
        scene.plots += _block_parcels(scene.villages[TOWN].code, quarter, _TOWN_BUILT)
    third = cut.slot(0).columns
    area = Area(town.i0, town.j0, cut.i0 + third - town.i0, town.rows)
    scene.boundary.append(
        Line(scene.next_id("boundary"), MAIN_TOWNSHIP.name, (area.ring(scene.seed),), code="410")
    )


def add_redline(scene: Scene) -> None:
    """The ecological red line (生态保护红线): the forest farm, and the upper slots of two villages below it."""
    scene.redline.append(Line(scene.next_id("redline"), "岚桥山水源涵养红线", (scene.farm.ring(scene.seed),), code="水源涵养"))
    for number in RED_LINED:
        area = scene.villages[number].area
        top = Area(area.i0, area.slot(6).j0, area.columns, area.slot(6).rows)
        scene.redline.append(Line(scene.next_id("redline"), "岚桥山水土保持红线", (top.ring(scene.seed),), code="水土保持"))


def add_farmland(scene: Scene, village: Village, number: int) -> None:
    """Permanent basic farmland (永久基本农田) slot by slot, with an opening (开天窗) around each hamlet's built land."""
    shake = random.Random(f"{scene.seed}:{village.code}:farmland")
    blocks = dict(zip(HAMLET_SLOTS, (hamlet.block for hamlet in village.hamlets)))
    for slot in range(9):
        cover = shake.choice(_CULTIVATED)
        keep_free = (not blocks.get(slot)) and (slot in (SPARE_SLOT, SECOND_SPARE_SLOT) or shake.random() < 0.35)
        if keep_free or not _is_open_country(number, slot):
            continue
        scene.covers[village.code, slot] = cover
        rings: list[Ring] = [village.area.slot(slot).ring(scene.seed)]
        if slot in blocks:
            rings.append(blocks[slot].grown(OPENING_M).ring[::-1])
        scene.farmland.append(
            Line(scene.next_id("farmland"), village.name, tuple(rings), cover.class_code, cover.deduction, cover.slope)
        )


def add_hazards_and_protection(scene: Scene) -> None:
    """A landslide area over a hamlet that moves and one on empty land; two protected hamlets that stay."""
    moved = scene.villages[9].hamlets[3].block
    empty = scene.slot_rect(scene.villages[24], SECOND_SPARE_SLOT, 200, 160)
    scene.hazards.append(Line("ZH01", "滑坡隐患区", (moved.grown(20).ring,), code="高易发"))
    scene.hazards.append(Line("ZH02", "崩塌隐患区", (empty.ring,), code="中易发"))
    for number, serial, title, level in ((1, 0, "传统村落", "省级"), (17, 1, "历史文化名村", "国家级")):
        village = scene.villages[number]
        scene.protected.append(Protected(village.code, village.name, village.hamlets[serial].name, title, level))


def add_second_roster(scene: Scene) -> None:
    """民政's roster: the same villages by their full names, one under a new name, and two units that are no villages."""
    for number, village in enumerate(scene.villages):
        name, former = committee_name(village), ""
        if number == RENAMED:
            name, former = f"新{village.hamlets[0].name}村民委员会", village.name
        scene.second_roster.append(RosterRow(village.code, name, former))
    scene.second_roster.append(RosterRow(FARM_CODE, FARM_NAME))
    scene.second_roster.append(RosterRow(RESERVOIR_CODE, RESERVOIR_NAME))


def committee_name(village: Village) -> str:
    """The village's committee as 民政 writes it: 某某村村民委员会, 某某社区居民委员会."""
    return village.name + ("居民委员会" if village.name.endswith("社区") else "村民委员会")


def _figures(shake: random.Random, serial: int) -> tuple[int, int, float, float]:
    households = shake.randint(45, 90) if serial == 0 else shake.randint(14, 46)
    persons = round(households * shake.uniform(2.6, 3.7))
    width, height = size_for(households * shake.uniform(380, 480))
    return households, persons, width, height


def _block_parcels(village_code: str, block: Rect, built_code: str) -> list[Plot]:
    """A street through the middle, homesteads on both sides, public ground at one corner: together the whole block."""
    street = 6.0
    left = block.width / 2 - street / 2
    lower = block.height // 2
    right = left + street
    public_width = left // 2
    pieces = (
        (block.part(left, 0, street, block.height), "1004"),
        (block.part(0, 0, left, lower), "0702"),
        (block.part(0, lower, public_width, block.height - lower), "0809"),
        (block.part(public_width, lower, left - public_width, block.height - lower), "0702"),
        (block.part(right, 0, left, lower), "0702"),
        (block.part(right, lower, left, block.height - lower), "0702"),
    )
    homestead = "0701" if built_code == _TOWN_BUILT else "0702"
    return [Plot(village_code, rect, homestead if code == "0702" else code, built_code) for rect, code in pieces]


def _add_brownfield(scene: Scene, number: int, width: float, height: float, built_code: str) -> Rect:
    village = scene.villages[number]
    rect = scene.slot_rect(village, SPARE_SLOT, width, height)
    scene.plots.append(Plot(village.code, rect, "0601", built_code))
    return rect


def _add_site(scene: Scene, code: str, number: int, rect: Rect, suffix: str, capacity: int, ready: int) -> None:
    village = scene.villages[number]
    name = village.hamlets[0].name + suffix
    scene.patches.append(Patch(code, village.code, "", "集中安置点", rect.ring, name, capacity, ready))


def _is_open_country(number: int, slot: int) -> bool:
    in_town = number in (TOWN, INSIDE) or (number == CUT and slot % 3 == 0)
    return not in_town and not (number in RED_LINED and slot >= 6)
