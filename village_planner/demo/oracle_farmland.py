"""The farmland balance (NL-13), worked out from planted fields, stated reclaimed areas and the covers around the hamlets that go."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Optional

from village_planner.demo.building import HAMLET_SLOTS
from village_planner.demo.expected import Finding, Party
from village_planner.demo.names import COUNTY_CODE
from village_planner.demo.oracle_land import accepted_moves
from village_planner.demo.oracle_limits import fields_taken
from village_planner.demo.scene import Scene

_TOLERANCE_M2, _SLOPE_TOLERANCE = 50.0, 0.5
_SLOPE_OF_PLOTS, _STEEP = 1, "5"
_PADDY, _PADDY_WORD = "0101", "水田"


@dataclass
class _Sums:
    """Areas in m² by slope class; None: the class is not known."""

    taken: dict[Optional[int], float] = field(default_factory=lambda: defaultdict(float))
    reclaimed: dict[Optional[int], float] = field(default_factory=lambda: defaultdict(float))
    paddy_taken: float = 0.0
    paddy_reclaimed: float = 0.0


def farmland_findings(scene: Scene, refused: set[str]) -> list[Finding]:
    """Findings of NL-13; refused: names of villages whose decision rows are not taken. All fields have one level, so that none is poorer."""
    sums: dict[str, _Sums] = {township.code: _Sums() for township in scene.townships}
    plan = _Sums()
    steep: dict[str, float] = defaultdict(float)
    for plot, area_m2 in fields_taken(scene):
        for one in (sums[plot.village_code[:9]], plan):
            one.taken[_SLOPE_OF_PLOTS] += area_m2
            one.paddy_taken += area_m2 if plot.class_code == _PADDY else 0.0
    places = {(v.name, h.name): (v.code, HAMLET_SLOTS[serial], h.code) for v in scene.villages for serial, h in enumerate(v.hamlets)}
    for row in accepted_moves(scene, refused):
        if not row.reclaimed_m2 or not row.reclaim_to:
            continue
        village, slot, hamlet = places[row.village, row.hamlet]
        cover = scene.covers.get((village, slot))
        for one in (sums[village[:9]], plan):
            one.reclaimed[int(cover.slope) if cover else None] += row.reclaimed_m2
            one.paddy_reclaimed += row.reclaimed_m2 if row.reclaim_to == _PADDY_WORD else 0.0
        if cover and cover.slope == _STEEP:
            steep[hamlet] += row.reclaimed_m2
    found = [Finding("NL-13", "B", ("hamlet", hamlet), ("farmland", "steep"), area_m2, "m2", 0.0, 0.01) for hamlet, area_m2 in steep.items()]
    unit: Party = ("county", COUNTY_CODE) if len(sums) > 1 else ("township", next(iter(sums)))
    found += _amounts({**{("township", code): one for code, one in sums.items() if len(sums) > 1}, unit: plan}, unit)
    return found + _quality(plan, unit)


def _amounts(areas: dict[Party, _Sums], unit: Party) -> list[Finding]:
    totals = {party: (sum(one.reclaimed.values()), sum(one.taken.values())) for party, one in areas.items()}
    return [
        Finding("NL-13", "B" if party == unit else "C", party, ("farmland", "amount"), reclaimed, "m2", taken, 0.01)
        for party, (reclaimed, taken) in totals.items()
        if taken - reclaimed > _TOLERANCE_M2
    ]


def _quality(plan: _Sums, unit: Party) -> list[Finding]:
    if sum(plan.taken.values()) <= _TOLERANCE_M2:
        return []
    found = []
    if plan.paddy_taken - plan.paddy_reclaimed > _TOLERANCE_M2:
        found.append(Finding("NL-13", "C", unit, ("farmland", "paddy"), plan.paddy_reclaimed, "m2", plan.paddy_taken, 0.01))
    taken, reclaimed = _mean(plan.taken), _mean(plan.reclaimed)
    if taken is not None and reclaimed is not None and reclaimed - taken > _SLOPE_TOLERANCE:
        found.append(Finding("NL-13", "C", unit, ("farmland", "slope"), reclaimed, "class", taken, 1e-6))
    return found


def _mean(areas: dict[Optional[int], float]) -> Optional[float]:
    known = {slope: area_m2 for slope, area_m2 in areas.items() if slope is not None}
    return sum(slope * area_m2 for slope, area_m2 in known.items()) / sum(known.values()) if known else None
