"""What the planted plan comes to, township by township, in the terms of the limits from above; worked out from the shapes alone."""

from __future__ import annotations

from collections import defaultdict
from typing import Iterable, Sequence

from village_planner.demo.layout import Rect
from village_planner.demo.names import COUNTY_CODE
from village_planner.demo.oracle import geodesic_area_m2
from village_planner.demo.oracle_land import BUILT, TOWN_SETTING, accepted_moves, built_ground, land_balances, withdrawn_hamlets
from village_planner.demo.parcels import Survey
from village_planner.demo.scene import Decision, Line, Patch, Plot, Scene
from village_planner.demo.terrain import land_by_township

_SUMMED = (
    "construction_m2", "reduction_m2", "new_land_m2", "cultivated_m2", "withdrawn_villages", "households", "basic_farmland_m2", "redline_m2",
)


def planned_figures(scene: Scene, survey: Survey, refused: set[str]) -> dict[str, dict[str, float]]:
    """Return the figures of each township and of the county by its code: item of a quota → m², villages or households.

    refused: names of villages whose decision rows are not taken. New land never lies under a field of the lattice:
    what it takes of cultivated land are planted plots.
    """
    figures: dict[str, dict[str, float]] = {township.code: dict.fromkeys(_SUMMED, 0.0) for township in scene.townships}
    for township, balance in land_balances(scene, refused).items():
        figures[township.code].update(construction_m2=balance.planned_m2, reduction_m2=balance.base_m2 - balance.planned_m2)
    for code, amounts in (
        ("new_land_m2", _new_land(scene)),
        ("cultivated_m2", [*_cultivated(scene, survey), *_reclaimed(scene, refused)]),
        ("withdrawn_villages", _withdrawn_villages(scene, refused)),
        ("households", _households(scene, refused)),
        ("basic_farmland_m2", _line_area(scene.farmland)),
        ("redline_m2", _line_area(scene.redline)),
    ):
        for township_code, amount in amounts:
            figures[township_code][code] += amount
    if survey.terrain:
        for code, by_township in land_by_township(scene, survey.terrain).items():
            for township_code, amount in by_township.items():
                figures[township_code][code] += amount
    county = {item: sum(mine[item] for mine in figures.values()) for item in _SUMMED}
    return {**figures, COUNTY_CODE: county}


def land_per_person(scene: Scene, refused: set[str]) -> dict[str, float]:
    """Planned built land per planned person of each village by its code, m²; villages that are left by all are missing.

    Land: patches that stay, new ones and rural sites; persons: of hamlets that stay, and those who move to them or to a
    rural site of the village. A patch whose ring crosses itself counts as if it did not;
    ground that two patches share counts once.
    """
    gone = withdrawn_hamlets(scene, refused)
    codes = {(village.code, hamlet.name): hamlet.code for village in scene.villages for hamlet in village.hamlets}
    area: dict[str, float] = defaultdict(float)
    counted: dict[str, list[Patch]] = defaultdict(list)
    sites = {}
    for patch in scene.patches:
        if patch.ring is None or patch.kind == "腾退" or patch.setting == TOWN_SETTING:
            continue
        if patch.kind == "集中安置点":
            sites[patch.code] = patch.village_code
        elif patch.kind == "现状" and codes[patch.village_code, patch.hamlet_name] in gone:
            continue
        area[patch.village_code] += sum(map(geodesic_area_m2, (patch.ring, *patch.more))) - _counted_twice(patch, counted[patch.village_code])
        counted[patch.village_code].append(patch)
    persons = {village.code: sum(h.persons for h in village.hamlets if h.code not in gone) for village in scene.villages}
    for row in accepted_moves(scene, refused):
        target = _target_village(scene, row, sites)
        if target:
            persons[target] += row.persons or 0
    return {village: area[village] / count for village, count in persons.items() if count and village in area}


def _counted_twice(patch: Patch, others: list[Patch]) -> float:
    """What a patch shares with others, m²: only rectangles are planted upon each other, and no three."""
    shared = [Rect.of(other.ring or []).common(patch.ring or []) for other in others]
    return sum(geodesic_area_m2(rect.ring) for rect in shared if rect is not None)


def _target_village(scene: Scene, row: Decision, sites: dict[str, str]) -> str:
    if row.destination_kind == "集中安置点":
        return sites.get(row.destination, "")
    if row.destination_kind != "并入居民点" or not row.destination:
        return ""
    if row.destination.isdigit():
        return row.destination[:12]
    return next(village.code for village in scene.villages if village.name == row.village)


def new_ground(scene: Scene) -> list[Patch]:
    """New patches and sites that do not stand on built land."""
    built = built_ground(scene, BUILT)
    new = [patch for patch in scene.patches if patch.kind in ("新建", "集中安置点") and patch.ring is not None]
    return [patch for patch in new if not any(plot.holds(patch.ring or []) for plot in built[patch.village_code])]


def _new_land(scene: Scene) -> Iterable[tuple[str, float]]:
    return [(patch.village_code[:9], geodesic_area_m2(patch.ring or [])) for patch in new_ground(scene)]


def _cultivated(scene: Scene, survey: Survey) -> Iterable[tuple[str, float]]:
    """Net of ridges: what the survey has, less what new ground takes of planted plots."""
    for parcel in survey.parcels:
        if parcel.class_code.startswith("01"):
            yield parcel.unit_code[:9], parcel.area_m2 * (1 - parcel.deduction)
    for plot, area_m2 in fields_taken(scene):
        yield plot.village_code[:9], -area_m2


def fields_taken(scene: Scene) -> Iterable[tuple[Plot, float]]:
    """What new ground takes of planted plots that are cultivated land, net of ridges."""
    fields = [plot for plot in scene.plots if plot.class_code.startswith("01")]
    for patch in new_ground(scene):
        for plot in fields:
            common = plot.rect.common(patch.ring or [])
            if plot.village_code == patch.village_code and common is not None:
                yield plot, geodesic_area_m2(common.ring) * (1 - plot.deduction)


def _reclaimed(scene: Scene, refused: set[str]) -> Iterable[tuple[str, float]]:
    """What moves reclaim to cultivated land."""
    township = {village.name: village.code[:9] for village in scene.villages}
    return [(township[row.village], row.reclaimed_m2) for row in accepted_moves(scene, refused) if row.reclaimed_m2 and row.reclaim_to]


def _withdrawn_villages(scene: Scene, refused: set[str]) -> Iterable[tuple[str, int]]:
    gone = withdrawn_hamlets(scene, refused)
    return [(village.code[:9], 1) for village in scene.villages if all(hamlet.code in gone for hamlet in village.hamlets)]


def _households(scene: Scene, refused: set[str]) -> Iterable[tuple[str, int]]:
    township = {village.name: village.code[:9] for village in scene.villages}
    return [(township[row.village], row.households or 0) for row in accepted_moves(scene, refused)]


def _line_area(lines: Sequence[Line]) -> Iterable[tuple[str, float]]:
    for line in lines:
        outline, *holes = (geodesic_area_m2(ring) for ring in line.rings)
        yield line.township_code, (outline - sum(holes)) * (1 - line.deduction)
