"""Faults of shapes: new patches that overlap, stand twice, are ragged or too small, and boundaries of villages that do not fit."""

from __future__ import annotations

import math

from village_planner.demo.building import SPARE_SLOT, VILLAGE_BUILT
from village_planner.demo.expected import Finding, Planted, area_finding
from village_planner.demo.faults_geometry import patch_of
from village_planner.demo.layout import Point, Rect, Ring, node
from village_planner.demo.oracle import geodesic_area_m2
from village_planner.demo.scene import Cast, Patch, Plot, Scene, Village

_VILLAGE = 1
_BEND_M = 5.0
_SAME_M = 1e-3
_SLIVER_M2, _LEAST_M2, _LEAST_M, _LEAST_DEG = 10.0, 80.0, 2.0, 10.0


def plant_shape_faults(cast: Cast, planted: Planted) -> None:
    """Plant those of one township, and what must be found, into `planted`; all ground is built already, so that nothing else is found."""
    yard = cast.scene.slot_rect(cast[_VILLAGE], SPARE_SLOT, 240, 120)
    cast.scene.plots.append(Plot(cast[_VILLAGE].code, yard, "0601", VILLAGE_BUILT))
    _overlapping_and_twin_patches(cast, yard, planted)
    _small_and_ragged_patches(cast, yard, planted)
    _patch_over_present_land(cast, planted)
    _villages_that_do_not_fit(cast, planted)


def plant_outer_boundary_fault(scene: Scene, planted: Planted) -> None:
    """QC-4103: a village that reaches beyond its township where no other village lies; once in the plan."""
    taken = {cell for village in scene.villages for cell in village.area.cells()} | set(scene.farm.cells())
    for village in scene.villages:
        i, j = village.area.i0 + 1, village.area.j0
        if not {(i - 1, j - 1), (i, j - 1)} & taken:
            beyond = _bend(scene, village, (i, j), (0.0, -_BEND_M))
            _of_boundary(planted, "QC-4103", village, "outside", beyond)
            return


def _overlapping_and_twin_patches(cast: Cast, yard: Rect, planted: Planted) -> None:
    """QC-4101: two new patches share a corner; QC-4105: one stands twice."""
    first, second, twin = yard.part(0, 0, 60, 40), yard.part(50, 30, 60, 40), yard.part(120, 0, 30, 30)
    one, other = (_patch(cast, rect.ring) for rect in (first, second))
    shared_m2 = geodesic_area_m2(first.overlap(second).ring)
    planted.findings.append(area_finding("QC-4101", "B", ("patch", one), ("patch", other), shared_m2))
    again = [_patch(cast, ring) for ring in (twin.ring, twin.ring)]
    planted.findings.append(Finding("QC-4105", "A", ("patch", again[0]), ("patch", again[1])))


def _small_and_ragged_patches(cast: Cast, yard: Rect, planted: Planted) -> None:
    """QC-4105 repeated vertices, QC-4107 and QC-4601 a part that is a sliver, QC-4602 too small, QC-4701 a short edge, QC-4702 a notch."""
    r = yard.part(120, 50, 30, 30)
    code = _patch(cast, [r.ring[0], r.ring[1], r.ring[1], *r.ring[2:]])
    planted.findings.append(Finding("QC-4105", "C", ("patch", code), ("shape", "vertices"), 1.0, "vertices", tolerance=1e-6))

    sliver = yard.part(210, 10, 2.5, 3)
    code = _patch(cast, yard.part(160, 0, 40, 30).ring, sliver.ring)
    planted.findings.append(Finding("QC-4107", "C", ("patch", code), measure=2.0, unit="parts", limit=1.0, tolerance=1e-6))
    planted.findings.append(Finding("QC-4601", "C", ("patch", code), measure=geodesic_area_m2(sliver.ring), unit="m2", limit=_SLIVER_M2, tolerance=1e-3))

    small = yard.part(0, 90, 9, 8)
    code = _patch(cast, small.ring)
    planted.findings.append(Finding("QC-4602", "C", ("patch", code), measure=geodesic_area_m2(small.ring), unit="m2", limit=_LEAST_M2, tolerance=1e-3))

    r = yard.part(160, 50, 40, 30)
    code = _patch(cast, [*r.ring[:3], (r.x1, r.y0 + 10), (r.x1 - 1, r.y0 + 10), (r.x1 - 1, r.y0), r.ring[-1]])
    planted.findings.append(Finding("QC-4701", "C", ("patch", code), measure=1.0, unit="m", limit=_LEAST_M, tolerance=1e-6))

    r = yard.part(50, 85, 40, 30)
    notch = [(r.x0 + 19, r.y1), (r.x0 + 20, r.y1 - 20), (r.x0 + 21, r.y1)]
    code = _patch(cast, [*r.ring[:2], *notch, *r.ring[2:]])
    degrees = math.degrees(2 * math.atan2(1, 20))
    planted.findings.append(Finding("QC-4702", "C", ("patch", code), measure=degrees, unit="deg", limit=_LEAST_DEG, tolerance=1e-6))


def _patch_over_present_land(cast: Cast, planted: Planted) -> None:
    """QC-4101: a new patch over a present one that stays."""
    village = cast[_VILLAGE]
    ground = village.hamlets[0].block.part(5, 5, 12, 10)
    present = patch_of(cast.scene, village, 0).code
    planted.findings.append(area_finding("QC-4101", "C", ("patch", _patch(cast, ground.ring)), ("patch", present), geodesic_area_m2(ground.ring)))


def _villages_that_do_not_fit(cast: Cast, planted: Planted) -> None:
    """QC-4102: a boundary stone that one village has set back; QC-4101: one that it has set forward into its neighbour."""
    scene = cast.scene
    village = next(one for one in cast.villages() if any(_lies_east_of(one, other) for other in cast.villages()))
    i, j = village.area.i0 + village.area.columns, village.area.j0
    gap = _bend(scene, village, (i, j + 3), (-_BEND_M, 0.0))
    _of_boundary(planted, "QC-4102", village, "gap", gap)
    over = _bend(scene, village, (i, j + 8), (_BEND_M, 0.0))
    _of_boundary(planted, "QC-4101", village, "village", over)


def _lies_east_of(village: Village, other: Village) -> bool:
    return (other.area.i0, other.area.j0) == (village.area.i0 + village.area.columns, village.area.j0)


def _bend(scene: Scene, village: Village, at: tuple[int, int], by: tuple[float, float]) -> Ring:
    """Move one node of a village's boundary, for this village alone; return the ground between the old and the new boundary."""
    ring = scene.village_rings.get(village.code) or scene.ring(village.area)
    place = next(n for n, point in enumerate(ring) if math.dist(point, node(*at, scene.seed)) < _SAME_M)
    start, old, end = ring[place - 1 : place + 2]
    new: Point = (round(old[0] + by[0], 1), round(old[1] + by[1], 1))
    scene.village_rings[village.code] = [*ring[:place], new, *ring[place + 1 :]]
    return [start, new, end, old, start]


def _of_boundary(planted: Planted, rule: str, village: Village, about: str, ground: Ring) -> None:
    party = ("township", village.township.code)
    planted.findings.append(area_finding(rule, "C", party, ("boundary", about), geodesic_area_m2(ground)))


def _patch(cast: Cast, ring: Ring, *more: Ring) -> str:
    """Add a new patch of the village's main hamlet, of one or more parts; return its code."""
    village, code = cast[_VILLAGE], cast.scene.next_code("XJ")
    cast.scene.patches.append(Patch(code, village.code, village.hamlets[0].name, "新建", ring, more=more))
    return code
