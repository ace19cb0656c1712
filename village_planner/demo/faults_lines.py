"""Faults on the other control layers: patches and sites on lines, in danger, on the wrong side of the boundary, sites too large."""

from __future__ import annotations

from dataclasses import replace

from village_planner.demo.building import SECOND_SPARE_SLOT, SPARE_SLOT, VILLAGE_BUILT
from village_planner.demo.controls import BLUE, GREEN, MINING, PROTECTED, PURPLE, ROAD_RED_LINE, add_control, corner_of
from village_planner.demo.expected import Finding, Party, Planted, area_finding
from village_planner.demo.facilities import PLANNED, add_facility
from village_planner.demo.faults_geometry import add_new_patch, patch_of
from village_planner.demo.layout import Rect
from village_planner.demo.oracle import geodesic_area_m2
from village_planner.demo.scene import Cast, Line, Patch, Plot

_LEAST_M2 = 0.1
_LEAST_SIDE_M2 = 1.0
_GROUND_PER_HOUSEHOLD_M2 = 264.0 * 1.5


def plant_line_faults(cast: Cast, planted: Planted) -> None:
    """Plant all of them, and what must be found, into `planted`; all new ground is built already, so that nothing else is found."""
    _wrong_side_of_the_boundary(cast, planted)
    _unfit_sites(cast, planted)
    _patches_on_lines(cast, planted)
    _patches_in_danger(cast, planted)
    _patch_of_a_hamlet_that_goes(cast, planted)
    _facility_in_a_hamlet_that_goes(cast, planted)


def _wrong_side_of_the_boundary(cast: Cast, planted: Planted) -> None:
    """QC-5204: a village's new patch inside the boundary, and a town's site outside."""
    subject, ground = _patch_on_yard(cast, cast.roles.cut[0], SPARE_SLOT, 60, 40)
    planted.findings.append(_on(subject, "development_boundary", ground, "QC-5204", "B", _LEAST_SIDE_M2))
    subject, ground = site_on_yard(cast, 8, 120, 90, 40, "城镇安置")
    planted.findings.append(_on(subject, "development_boundary", ground, "QC-5204", "B", _LEAST_SIDE_M2))


def _unfit_sites(cast: Cast, planted: Planted) -> None:
    """NL-03: a site in a landslide area, on a park and over a mine; and one with too much ground for its households."""
    subject, site = site_on_yard(cast, 22, 110, 80, 60)
    _hazard(cast, Rect(site.x1 - 30, site.y0 - 20, site.x1 + 60, site.y1 + 20), "高易发")
    planted.findings.append(_on(subject, "hazard", site.part(80, 0, 30, 80), "NL-03", "A"))
    for kind, bottom, severity in ((GREEN, 0, "B"), (MINING, 50, "B")):
        part = site.part(0, bottom, 40, 30)
        add_control(cast.scene, kind, cast[22].hamlets[0].name, "", part.ring)
        planted.findings.append(_on(subject, kind, part, "NL-03", severity))
    households = 20
    subject, wide = site_on_yard(cast, 26, 150, 100, households)
    share = geodesic_area_m2(wide.ring) / households
    planted.findings.append(
        Finding("NL-03", "B", subject, ("capacity", "households"), share, "m2/household", _GROUND_PER_HOUSEHOLD_M2, 1e-4)
    )


def _patches_on_lines(cast: Cast, planted: Planted) -> None:
    """NL-06: new patches on a road's red line and on a river, a present one on a purple line; NL-07: one on a park."""
    for number, slot, kind, rule, severity in (
        (18, SPARE_SLOT, ROAD_RED_LINE, "NL-06", "A"), (18, SECOND_SPARE_SLOT, BLUE, "NL-06", "A"), (9, SPARE_SLOT, GREEN, "NL-07", "B"),
    ):
        subject, ground = _patch_on_yard(cast, number, slot, 60, 40)
        planted.findings.append(_line_over(cast, subject, ground, kind, rule, severity))
    block = cast[19].hamlets[0].block
    add_control(cast.scene, PURPLE, cast[19].hamlets[0].name + "古井", "历史建筑", corner_of(block).ring)
    patch: Party = ("patch", patch_of(cast.scene, cast[19], 0).code)
    planted.findings.append(_on(patch, PURPLE, block.overlap(corner_of(block)), "NL-06", "C"))


def _patches_in_danger(cast: Cast, planted: Planted) -> None:
    """NL-08: new patches in a protected area, over a mine, in hazard areas of both levels; a present one in a hazard area."""
    for number, slot, kind, severity in ((5, SPARE_SLOT, PROTECTED, "A"), (5, SECOND_SPARE_SLOT, MINING, "B")):
        subject, ground = _patch_on_yard(cast, number, slot, 60, 40)
        planted.findings.append(_line_over(cast, subject, ground, kind, "NL-08", severity))
    for number, slot, level, severity in ((13, SPARE_SLOT, "低易发", "C"), (13, SECOND_SPARE_SLOT, "高易发", "A")):
        subject, ground = _patch_on_yard(cast, number, slot, 60, 40)
        _hazard(cast, Rect(ground.x0 - 15, ground.y0 - 15, ground.x0 + 20, ground.y1 + 15), level)
        planted.findings.append(_on(subject, "hazard", ground.part(0, 0, 20, 40), "NL-08", severity))
    block = cast[3].hamlets[0].block
    _hazard(cast, corner_of(block), "中易发")
    patch: Party = ("patch", patch_of(cast.scene, cast[3], 0).code)
    planted.findings.append(_on(patch, "hazard", block.overlap(corner_of(block)), "NL-08", "B"))


def _patch_of_a_hamlet_that_goes(cast: Cast, planted: Planted) -> None:
    """QC-7107: a new patch for a hamlet of which nothing stays."""
    hamlet = cast[19].hamlets[5]
    subject, ground = _patch_on_yard(cast, 19, SPARE_SLOT, 50, 40)
    scene = cast.scene
    scene.patches[-1] = replace(scene.patches[-1], hamlet_name=hamlet.name)
    area_m2 = geodesic_area_m2(ground.ring)
    planted.findings.append(Finding("QC-7107", "B", subject, ("hamlet", hamlet.code), area_m2, "m2", 0.0, 0.01))


def _facility_in_a_hamlet_that_goes(cast: Cast, planted: Planted) -> None:
    """NL-05: a sports ground planned where nobody will live."""
    village, hamlet = cast[7], cast[7].hamlets[4]
    facility = add_facility(cast.scene, village.code, hamlet.name, "健身场地", hamlet.name + "健身广场", PLANNED, 2025)
    planted.findings.append(Finding("NL-05", "B", ("control", f"facility/{facility.code}"), ("hamlet", hamlet.code)))


def _line_over(cast: Cast, subject: Party, ground: Rect, kind: str, rule: str, severity: str) -> Finding:
    """Lay a line over the left third of a patch of 60 m."""
    over = Rect(ground.x0 - 15, ground.y0 - 15, ground.x0 + 20, ground.y1 + 15)
    add_control(cast.scene, kind, f"{cast.township.name}规划线", "", over.ring)
    return _on(subject, kind, ground.overlap(over), rule, severity)


def _on(subject: Party, kind: str, common: Rect, rule: str, severity: str, least_m2: float = _LEAST_M2) -> Finding:
    return replace(area_finding(rule, severity, subject, ("control", kind), geodesic_area_m2(common.ring)), limit=least_m2)


def _patch_on_yard(cast: Cast, number: int, slot: int, width: float, height: float) -> tuple[Party, Rect]:
    rect = cast.scene.slot_rect(cast[number], slot, width, height)
    cast.scene.plots.append(Plot(cast[number].code, rect, "0601", VILLAGE_BUILT))
    return add_new_patch(cast, number, rect), rect


def site_on_yard(cast: Cast, number: int, width: float, height: float, households: int, setting: str = "") -> tuple[Party, Rect]:
    """Add a site on ground that is built already; return it as the subject of a finding, and its ground."""
    scene, village = cast.scene, cast[number]
    rect = scene.slot_rect(village, SPARE_SLOT, width, height)
    scene.plots.append(Plot(village.code, rect, "0601", VILLAGE_BUILT))
    code, name = scene.next_code("AZ"), village.hamlets[0].name + "安置点"
    scene.patches.append(Patch(code, village.code, "", "集中安置点", rect.ring, name, households, 2025, setting))
    return ("site", code), rect


def _hazard(cast: Cast, rect: Rect, level: str) -> None:
    hazards = cast.scene.hazards
    hazards.append(Line(f"ZH{len(hazards) + 1:02d}", "滑坡隐患区", (rect.ring,), code=level))
