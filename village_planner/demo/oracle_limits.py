"""What the planted plan comes to, township by township, in the terms of the limits from above; worked out from the shapes alone."""

from __future__ import annotations

from collections import defaultdict
from typing import Iterable, Sequence

from village_planner.demo.names import COUNTY_CODE
from village_planner.demo.oracle import geodesic_area_m2
from village_planner.demo.oracle_land import BUILT, accepted_moves, built_ground, land_balances, withdrawn_hamlets
from village_planner.demo.parcels import Parcel
from village_planner.demo.scene import Decision, Line, Patch, Scene

_TOWN_SETTING = "城镇安置"
_SUMMED = (
    "construction_m2", "reduction_m2", "new_land_m2", "cultivated_m2", "withdrawn_villages", "households", "basic_farmland_m2", "redline_m2",
)


def planned_figures(scene: Scene, parcels: Sequence[Parcel], refused: set[str]) -> dict[str, dict[str, float]]:
    """Return the figures of each township and of the county by its code: item of a quota → m², villages or households.

    refused: names of villages whose decision rows are not taken. New land never lies under a field of the lattice:
    what it takes of cultivated land are planted plots.
    """
    figures: dict[str, dict[str, float]] = {township.code: dict.fromkeys(_SUMMED, 0.0) for township in scene.townships}
    for township, balance in land_balances(scene, refused).items():
        figures[township.code].update(construction_m2=balance.planned_m2, reduction_m2=balance.base_m2 - balance.planned_m2)
    for code, amounts in (
        ("new_land_m2", _new_land(scene)),
        ("cultivated_m2", _cultivated(scene, parcels)),
        ("withdrawn_villages", _withdrawn_villages(scene, refused)),
        ("households", _households(scene, refused)),
        ("basic_farmland_m2", _line_area(scene.farmland)),
        ("redline_m2", _line_area(scene.redline)),
    ):
        for township_code, amount in amounts:
            figures[township_code][code] += amount
    county = {item: sum(mine[item] for mine in figures.values()) for item in _SUMMED}
    return {**figures, COUNTY_CODE: county}


def land_per_person(scene: Scene, refused: set[str]) -> dict[str, float]:
    """Planned built land per planned person of each village by its code, m²; villages that are left by all are missing.

    Land: patches that stay, new ones and rural sites; persons: of hamlets that stay, and those who move to them or to a
    rural site of the village. A patch whose ring crosses itself counts as if it did not.
    """
    gone = withdrawn_hamlets(scene, refused)
    codes = {(village.code, hamlet.name): hamlet.code for village in scene.villages for hamlet in village.hamlets}
    area: dict[str, float] = defaultdict(float)
    sites = {}
    for patch in scene.patches:
        if patch.ring is None or patch.kind == "腾退" or patch.setting == _TOWN_SETTING:
            continue
        if patch.kind == "集中安置点":
            sites[patch.code] = patch.village_code
        elif patch.kind == "现状" and codes[patch.village_code, patch.hamlet_name] in gone:
            continue
        area[patch.village_code] += geodesic_area_m2(patch.ring)
    persons = {village.code: sum(h.persons for h in village.hamlets if h.code not in gone) for village in scene.villages}
    for row in accepted_moves(scene, refused):
        target = _target_village(scene, row, sites)
        if target:
            persons[target] += row.persons or 0
    return {village: area[village] / count for village, count in persons.items() if count and village in area}


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
    return [patch for patch in new if not any(rect.holds(patch.ring or []) for rect in built[patch.village_code])]


def _new_land(scene: Scene) -> Iterable[tuple[str, float]]:
    return [(patch.village_code[:9], geodesic_area_m2(patch.ring or [])) for patch in new_ground(scene)]


def _cultivated(scene: Scene, parcels: Sequence[Parcel]) -> Iterable[tuple[str, float]]:
    """Net of ridges: what the survey has, less what new ground takes of planted plots."""
    for parcel in parcels:
        if parcel.class_code.startswith("01"):
            yield parcel.unit_code[:9], parcel.area_m2 * (1 - parcel.deduction)
    fields = [plot for plot in scene.plots if plot.class_code.startswith("01")]
    for patch in new_ground(scene):
        for plot in fields:
            common = plot.rect.common(patch.ring or [])
            if plot.village_code == patch.village_code and common is not None:
                yield plot.village_code[:9], -geodesic_area_m2(common.ring) * (1 - plot.deduction)


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
