"""Faults of the farmland balance: a paddy field that is built over, and steep fields around hamlets that are reclaimed."""

from __future__ import annotations

from dataclasses import replace

from village_planner.demo.building import HAMLET_SLOTS, SECOND_SPARE_SLOT
from village_planner.demo.expected import NOBODY, Planted, area_finding
from village_planner.demo.faults_geometry import add_new_patch
from village_planner.demo.oracle import geodesic_area_m2
from village_planner.demo.scene import Cast, Plot

_PADDY_VILLAGE, _STEEP_VILLAGE = 1, 22
_SLOPES = {2: "4", 3: "5"}  # grade by hamlet: only the last is above 25°
_DEDUCTION = 0.04


def plant_farmland_faults(cast: Cast, planted: Planted) -> None:
    """Plant both; what NL-13 finds of them follows from the sums. The new patch is newly taken land (NL-01) besides."""
    village = cast[_PADDY_VILLAGE]
    field = cast.scene.slot_rect(village, SECOND_SPARE_SLOT, 200, 150)
    cast.scene.plots.append(Plot(village.code, field, "0101", deduction=_DEDUCTION))
    patch = field.part(60, 50, 60, 50)
    gross = geodesic_area_m2(patch.ring)
    params = {"farmland_m2": gross, "farmland_net_m2": gross * (1 - _DEDUCTION)}
    planted.findings.append(area_finding("NL-01", "B", add_new_patch(cast, _PADDY_VILLAGE, patch), NOBODY, gross, params))
    for hamlet, slope in _SLOPES.items():
        place = (cast[_STEEP_VILLAGE].code, HAMLET_SLOTS[hamlet])
        cast.scene.covers[place] = replace(cast.scene.covers[place], slope=slope)
