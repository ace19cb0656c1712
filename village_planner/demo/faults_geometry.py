"""Faults on the map: control lines that overlap, new and present built land on them, land newly taken, broken shapes."""

from __future__ import annotations

from dataclasses import replace
from typing import Optional

from village_planner.demo.building import SECOND_SPARE_SLOT, SPARE_SLOT
from village_planner.demo.expected import NOBODY, Party, Planted, area_finding
from village_planner.demo.layout import Rect, Ring
from village_planner.demo.oracle import geodesic_area_m2
from village_planner.demo.scene import Cast, Line, Patch, Plot, Scene, Village

FARMLAND: Party = ("control", "permanent_basic_farmland")
REDLINE: Party = ("control", "ecological_redline")
_KINDS = {"farmland": FARMLAND[1], "redline": REDLINE[1], "boundary": "development_boundary"}


def plant_geometry_faults(cast: Cast, neighbour: Cast, planted: Planted) -> None:
    """Plant all of them, and what must be found, into `planted`."""
    _overlapping_lines(cast, planted)
    _new_patch_on_farmland(cast, planted)
    _site_with_twelve_square_metres(cast, planted)
    _present_patches_on_lines(cast, planted)
    _new_patch_on_redline(cast, planted)
    _opening_around_new_patch(cast)
    _growth_in_the_neighbour_township(neighbour, planted)
    _broken_shapes(cast, planted)


def _overlapping_lines(cast: Cast, planted: Planted) -> None:
    """QC-5201: each pair of kinds once; an overlap of 0.8 m² and a red line within an opening give nothing."""
    scene = cast.scene
    ground = _slot_rect(cast, 21, SECOND_SPARE_SLOT, 200, 120)
    field = ground.part(0, 0, 120, 80)
    forest = ground.part(100, 70, 90, 40)
    farmland = _add_farmland(cast, field, cast[21].name, 0.1)
    _overlap(planted, farmland, _add_redline(cast, forest), field.overlap(forest), 0.1)

    sliver = _slot_rect(cast, 17, SECOND_SPARE_SLOT, 200, 120)
    _add_farmland(cast, sliver.part(0, 0, 100, 100), cast[17].name, 0.0)
    _add_redline(cast, Rect(sliver.x0 + 99.2, sliver.y0 + 99, sliver.x0 + 150, sliver.y0 + 120))

    boundary = _key("boundary", next(line.source_id for line in scene.boundary if line.name == cast.township.name))
    inside = cast.roles.inside[0]
    in_town = _slot_rect(cast, inside, SECOND_SPARE_SLOT, 60, 40)
    _overlap(planted, _add_farmland(cast, in_town, cast[inside].name, 0.06), boundary, in_town, 0.06)
    park = _slot_rect(cast, inside, SPARE_SLOT, 50, 30)
    _overlap(planted, _add_redline(cast, park), boundary, park, None)

    outer = _slot_rect(cast, 23, SECOND_SPARE_SLOT, 240, 160)
    opening = outer.part(60, 40, 120, 80)
    _add_line(cast, "farmland", (outer.ring, opening.ring[::-1]), cast[23].name, 0.06)
    _add_redline(cast, opening.part(10, 10, 100, 60))


def _new_patch_on_farmland(cast: Cast, planted: Planted) -> None:
    """QC-5202 A on the net area, and NL-01 on the whole with its share of cultivated land."""
    field = _slot_rect(cast, 0, SECOND_SPARE_SLOT, 200, 150)
    _add_farmland(cast, field, cast[0].name, 0.1)
    cast.scene.plots.append(Plot(cast[0].code, field, "0102", deduction=0.1))
    patch = Rect(field.x1 - 60, field.y0 + 20, field.x1 + 40, field.y0 + 80)
    subject = add_new_patch(cast, 0, patch)
    on_field = field.overlap(patch)
    gross = geodesic_area_m2(on_field.ring)
    planted.findings.append(area_finding("QC-5202", "A", subject, FARMLAND, gross * 0.9, {"gross_m2": gross}))
    params = {"farmland_m2": gross, "farmland_net_m2": gross * 0.9}
    planted.findings.append(area_finding("NL-01", "B", subject, NOBODY, geodesic_area_m2(patch.ring), params))


def _site_with_twelve_square_metres(cast: Cast, planted: Planted) -> None:
    """QC-5202 A: a new site on built land whose corner takes 4 m × 3 m of farmland; no new land otherwise."""
    village = cast[4]
    site = _slot_rect(cast, 4, SPARE_SLOT, 120, 100)
    cast.scene.plots.append(Plot(village.code, site, "0601", "203"))
    code = cast.scene.next_code("AZ")
    cast.scene.patches.append(
        Patch(code, village.code, "", "集中安置点", site.ring, village.hamlets[0].name + "安置点", 40, 2025)
    )
    field = Rect(site.x1 - 4, site.y1 - 3, site.x1 + 120, site.y1 + 80)
    _add_farmland(cast, field, village.name, 0.0)
    _on_line(planted, "QC-5202", "A", ("site", code), FARMLAND, site.overlap(field), 0.0)


def _present_patches_on_lines(cast: Cast, planted: Planted) -> None:
    """QC-5202 and QC-5203: C where the hamlet stays; nothing where it is withdrawn. Each lies within the opening."""
    for number, serial, line, severity in ((5, 0, "farmland", "C"), (9, 3, "farmland", ""), (18, 0, "redline", "C"), (24, 3, "redline", "")):
        village = cast[number]
        block = village.hamlets[serial].block
        corner = Rect(block.x1 - 4, block.y1 - 3, block.x1 + 6, block.y1 + 5)
        deduction = 0.2 if line == "farmland" else 0.0
        _add_line(cast, line, (corner.ring,), village.name, deduction)
        if severity:
            rule, other = ("QC-5202", FARMLAND) if line == "farmland" else ("QC-5203", REDLINE)
            subject = ("patch", patch_of(cast.scene, village, serial).code)
            _on_line(planted, rule, severity, subject, other, block.overlap(corner), deduction)


def _new_patch_on_redline(cast: Cast, planted: Planted) -> None:
    """QC-5203 A, and NL-01 without cultivated land."""
    forest = _slot_rect(cast, 12, SECOND_SPARE_SLOT, 120, 100)
    _add_redline(cast, forest)
    cast.scene.plots.append(Plot(cast[12].code, forest, "0301"))
    patch = forest.part(30, 20, 40, 30)
    subject = add_new_patch(cast, 12, patch)
    _on_line(planted, "QC-5203", "A", subject, REDLINE, patch, 0.0)
    planted.findings.append(
        area_finding("NL-01", "B", subject, NOBODY, geodesic_area_m2(patch.ring), {"farmland_m2": 0.0, "farmland_net_m2": 0.0})
    )


def _opening_around_new_patch(cast: Cast) -> None:
    """Farmland with a lawful opening (开天窗) around the yard that a clean new patch stands on: nothing to find."""
    yard = _slot_rect(cast, 7, SPARE_SLOT, 160, 100)
    _add_line(cast, "farmland", (yard.grown(60).ring, yard.grown(5).ring[::-1]), cast[7].name, 0.06)


def _growth_in_the_neighbour_township(neighbour: Cast, planted: Planted) -> None:
    """NL-01, half of it on cultivated land; QC-5301 for the township follows from the balance."""
    scene, village = neighbour.scene, neighbour[0]
    ground = _slot_rect(neighbour, 0, SECOND_SPARE_SLOT, 260, 160)
    field = ground.part(0, 0, 130, 160)
    scene.plots.append(Plot(village.code, field, "0103", deduction=0.125))
    scene.plots.append(Plot(village.code, ground.part(130, 0, 130, 160), "0404"))
    subject = add_new_patch(neighbour, 0, ground)
    gross = geodesic_area_m2(field.ring)
    params = {"farmland_m2": gross, "farmland_net_m2": gross * 0.875}
    planted.findings.append(area_finding("NL-01", "B", subject, NOBODY, geodesic_area_m2(ground.ring), params))


def _broken_shapes(cast: Cast, planted: Planted) -> None:
    """A patch and a hazard whose rings cross themselves are repaired; a patch row without geometry is set aside."""
    scene, village = cast.scene, cast[10]
    patch = patch_of(scene, village, 0)
    block = village.hamlets[0].block
    _replace_patch(scene, replace(patch, ring=_bow_tie(block)))
    shapeless = f"JM{9999 - planted.set_aside['居民点用地.shp']}"
    scene.patches.append(Patch(shapeless, cast[21].code, cast[21].hamlets[0].name, "现状", None))
    crossed = _slot_rect(cast, 8, SECOND_SPARE_SLOT, 120, 80)
    scene.hazards.append(Line(f"ZH{len(scene.hazards) + 1:02d}", "地面塌陷隐患区", (_bow_tie(crossed),), code="低易发"))
    planted.repaired.update(("居民点用地.shp", "地质灾害隐患.shp"))
    planted.set_aside.update(("居民点用地.shp",))


def _bow_tie(rect: Rect) -> Ring:
    return [(rect.x0, rect.y0), (rect.x1, rect.y1 - 10), (rect.x1, rect.y0), (rect.x0, rect.y1), (rect.x0, rect.y0)]


def _overlap(
    planted: Planted, first: str, second: str, common: Rect, deduction: Optional[float]
) -> None:
    gross = geodesic_area_m2(common.ring)
    params = {} if deduction is None else {"net_m2": gross * (1 - deduction)}
    planted.findings.append(area_finding("QC-5201", "A", ("control", first), ("control", second), gross, params))


def _on_line(
    planted: Planted, rule: str, severity: str, subject: Party, other: Party, common: Rect, deduction: float
) -> None:
    gross = geodesic_area_m2(common.ring)
    params = {"gross_m2": gross} if rule == "QC-5202" else {}
    planted.findings.append(area_finding(rule, severity, subject, other, gross * (1 - deduction), params))


def add_new_patch(cast: Cast, number: int, rect: Rect) -> Party:
    """Add a new patch of a village's main hamlet; return it as the subject of a finding."""
    code = cast.scene.next_code("XJ")
    cast.scene.patches.append(Patch(code, cast[number].code, cast[number].hamlets[0].name, "新建", rect.ring))
    return "patch", code


def patch_of(scene: Scene, village: Village, serial: int) -> Patch:
    """The present patch of a village's hamlet."""
    name = village.hamlets[serial].name
    return next(p for p in scene.patches if p.village_code == village.code and p.hamlet_name == name and p.kind == "现状")


def _slot_rect(cast: Cast, number: int, slot: int, width: float, height: float) -> Rect:
    return cast.scene.slot_rect(cast[number], slot, width, height)


def _add_farmland(cast: Cast, rect: Rect, name: str, deduction: float) -> str:
    return _add_line(cast, "farmland", (rect.ring,), name, deduction)


def _add_redline(cast: Cast, rect: Rect) -> str:
    return _add_line(cast, "redline", (rect.ring,), "生态廊道", 0.0)


def _add_line(cast: Cast, layer: str, rings: tuple[Ring, ...], name: str, deduction: float) -> str:
    lines: list[Line] = getattr(cast.scene, layer)
    code, slope = ("0102", "1") if layer == "farmland" else ("生物多样性维护", "")
    lines.append(Line(cast.scene.next_id(layer), name, rings, code, deduction, slope, cast.township.code))
    return _key(layer, lines[-1].source_id)


def _key(layer: str, source_id: str) -> str:
    return f"{_KINDS[layer]}/{source_id}"


def _replace_patch(scene: Scene, patch: Patch) -> None:
    scene.patches[:] = [patch if old.code == patch.code else old for old in scene.patches]
