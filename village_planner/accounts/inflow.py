"""Households that move to each resettlement site, phase by phase, against what the site holds."""

from __future__ import annotations

from typing import Any, NamedTuple, Sequence

import pandas as pd

from village_planner.plan.data import PlanData
from village_planner.plan.index import PlanIndex
from village_planner.plan.schema import Destination


class Inflow(NamedTuple):
    """One site in one phase, all in households: arriving in the phase, arrived by then, what the site holds (None: not stated)."""

    phase: int
    inflow: int
    cumulative: int
    capacity: int | None

    @property
    def excess(self) -> int | None:
        """By how much it holds too little; negative: still free; None where the capacity is not stated."""
        return None if self.capacity is None else self.cumulative - self.capacity


def site_inflow(data: PlanData, scenario: str) -> pd.DataFrame:
    """Households moving to each site, cumulative by phase, against its capacity in that phase: `inflow_of_site` of every site.

    Columns: site_code, phase, inflow (of the phase), cumulative, capacity, excess = cumulative − capacity, all
    households. One row per site and phase of the plan; NA is not stated.
    """
    index = PlanIndex(data)
    rows = [
        (site.code, row.phase, row.inflow, row.cumulative, _null(row.capacity), _null(row.excess))
        for site in index.site for row in inflow_of_site(index, scenario, data.phases, site.code)
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["site_code", "phase", "inflow", "cumulative", "capacity", "excess"])
    counts = dict.fromkeys(["phase", "inflow", "cumulative", "capacity", "excess"], "Int64")
    return frame.astype({"site_code": "string", **counts})


def inflow_of_site(index: PlanIndex, scenario: str, phases: Sequence[int], site: str) -> list[Inflow]:
    """Inflow of a site in each of `phases` (ascending).

    capacity is the latest stated up to the phase, 0 before the first. A move in a year between two phases arrives by the
    later one. Unphased moves are left out; a null household count is 0.
    """
    moves = [move for move in index.move.of("destination_code", site) if _arrives(move, scenario)]
    stated = {row.phase: row.households for row in index.site_capacity.of("site_code", site) if row.phase is not None and row.households is not None}
    rows, before = [], 0
    for phase in phases:
        arrived = sum(move.households or 0 for move in moves if move.phase <= phase)
        earlier = [year for year in stated if year <= phase]
        rows.append(Inflow(phase, arrived - before, arrived, stated[max(earlier)] if earlier else 0 if stated else None))
        before = arrived
    return rows


def _arrives(move: Any, scenario: str) -> bool:
    return move.scenario == scenario and move.destination_kind == Destination.SITE.value and move.phase is not None


def _null(value: int | None) -> Any:
    return pd.NA if value is None else value
