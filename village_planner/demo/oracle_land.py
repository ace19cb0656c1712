"""The balance of village construction land, worked out from the planted rectangles: base, cleared, newly taken."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Sequence

import shapely

from village_planner.demo.expected import TOLERANCE_M2, Finding
from village_planner.demo.names import COUNTY_CODE, TownshipName
from village_planner.demo.oracle import rule_area_m2
from village_planner.demo.oracle_arrays import rule_areas_m2
from village_planner.demo.scene import Decision, Plot, Scene

VILLAGE_BUILT = ("203",)
BUILT = ("202", "203", "203A")
TOWN_SETTING = "城镇安置"
WITHDRAWN_ACTIONS = ("就近撤并", "搬迁")


@dataclass
class Balance:
    """Village construction land of a township, m²; planned = base − cleared + new."""

    base_m2: float = 0.0
    cleared_m2: float = 0.0
    new_m2: float = 0.0

    @property
    def planned_m2(self) -> float:
        """What remains and what is built, m²."""
        return self.base_m2 - self.cleared_m2 + self.new_m2


def land_balances(scene: Scene, refused: set[str]) -> dict[TownshipName, Balance]:
    """Return the balance by township; refused: names of villages whose decision rows are not taken.

    Present patches of village land are the blocks of their hamlets, which the parcels of class 203 fill to the edge,
    and new land lies either wholly on one plot or wholly off the built ones: so areas are sums of
    plots. A site in a town is no village land.
    """
    balances = {township: Balance() for township in scene.townships}
    township_of = {village.code: village.township for village in scene.villages}
    built = built_ground(scene, VILLAGE_BUILT)
    for code, plots in built.items():
        balances[township_of[code]].base_m2 += _total_m2(plots)
    withdrawn = withdrawn_hamlets(scene, refused)
    for village in scene.villages:
        for hamlet in village.hamlets:
            if hamlet.code in withdrawn:
                on_base = [plot for plot in built[village.code] if hamlet.block.holds(plot.ring)]
                balances[village.township].cleared_m2 += _total_m2(on_base)
    for patch in scene.patches:
        if patch.ring is None or patch.kind == "现状" or patch.setting == TOWN_SETTING:
            continue
        balance = balances[township_of[patch.village_code]]
        lies_on_base = any(plot.holds(patch.ring) for plot in built[patch.village_code])
        if patch.kind == "腾退" and lies_on_base:
            balance.cleared_m2 += rule_area_m2(patch.ring)
        elif patch.kind != "腾退" and not lies_on_base:
            balance.new_m2 += rule_area_m2(patch.ring)
    return balances


def reduction_findings(scene: Scene, refused: set[str]) -> list[Finding]:
    """QC-5301 for each township, and for the county where the plan covers several townships."""
    balances = land_balances(scene, refused)
    scopes = [(("township", township.code), balance) for township, balance in balances.items()]
    if len(balances) > 1:
        whole = Balance(*(sum(getattr(b, name) for b in balances.values()) for name in ("base_m2", "cleared_m2", "new_m2")))
        scopes.append((("county", COUNTY_CODE), whole))
    return [
        Finding("QC-5301", "A", scope, measure=b.planned_m2, unit="m2", limit=b.base_m2, tolerance=TOLERANCE_M2)
        for scope, b in scopes
        if b.planned_m2 > b.base_m2 + TOLERANCE_M2
    ]


def _total_m2(plots: Sequence[Plot]) -> float:
    return float(rule_areas_m2(shapely.polygons([shapely.LinearRing(plot.ring) for plot in plots])).sum()) if plots else 0.0


def built_ground(scene: Scene, codes: Sequence[str]) -> dict[str, list[Plot]]:
    """Plots with one of the CZCSXM codes, by village."""
    found: dict[str, list[Plot]] = defaultdict(list)
    for plot in scene.plots:
        if plot.built_code in codes:
            found[plot.village_code].append(plot)
    return found


def accepted_moves(scene: Scene, refused: set[str]) -> list[Decision]:
    """Rows that withdraw a hamlet, of villages whose rows are taken."""
    return [row for row in scene.decisions if row.hamlet and row.action in WITHDRAWN_ACTIONS and row.village not in refused]


def withdrawn_hamlets(scene: Scene, refused: set[str]) -> set[str]:
    """Codes of the hamlets that the taken rows withdraw."""
    codes = {(v.name, h.name): h.code for v in scene.villages for h in v.hamlets}
    return {codes[row.village, row.hamlet] for row in accepted_moves(scene, refused)}

