"""Faults of the farmland balance: a paddy field that is built over, and fields above 25° around a hamlet that is reclaimed."""

from __future__ import annotations

from dataclasses import replace

from village_planner.demo.building import HAMLET_SLOTS, SECOND_SPARE_SLOT
from village_planner.demo.expected import NOBODY, Planted, area_finding
from village_planner.demo.faults_geometry import add_new_patch
from village_planner.demo.oracle import geodesic_area_m2
from village_planner.demo.scene import Cast, Plot

_PADDY_VILLAGE, _STEEP_VILLAGE, _STEEP_HAMLET = 1, 22, 3
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
    place = (cast[_STEEP_VILLAGE].code, HAMLET_SLOTS[_STEEP_HAMLET])
    cast.scene.covers[place] = replace(cast.scene.covers[place], slope="5")
