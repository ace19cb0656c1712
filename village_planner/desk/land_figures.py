"""The land balance of the 总览 dock, and what the scenario comes to against the limits from above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from village_planner.accounts import Accounts, farmland_balance, quota_comparison
from village_planner.accounts.parcels import LAND_USE
from village_planner.base import Feedback, Message
from village_planner.plan.data import PlanData
from village_planner.plan.layers import Layers
from village_planner.standards import Profile

M2_PER_HECTARE = 10_000
AREA = "m²"


@dataclass(frozen=True)
class LandFigures:
    """balance: the row of the whole plan of `accounts.land_balance`. limits: a sentence per limit, those that are not met first.
    farmland: what is taken of cultivated land and reclaimed to it; None without a land use layer."""

    balance: dict[str, Any]
    limits: tuple[Message, ...]
    farmland: Message | None = None


def land_figures(data: PlanData, layers: Layers, profile: Profile, scenario: str, feedback: Feedback) -> LandFigures:
    """Work the figures out; raises Cancelled."""
    accounts = Accounts(data, layers, profile, scenario, feedback)
    balance = accounts.land_balance().iloc[-1].to_dict()
    farmland = _farmland(accounts) if layers.has(LAND_USE) else None
    if not len(data.quota):
        return LandFigures(balance, (), farmland)
    table = quota_comparison(data, layers, profile, scenario, feedback=feedback, accounts=accounts)
    whole = table[table["area_kind"] == "county"] if (table["area_kind"] == "county").any() else table
    parts = table.drop(whole.index)
    lines = [_limit(row) for row in whole.sort_values("met", kind="stable", na_position="last").to_dict("records")]
    missed = parts[~parts["met"].fillna(True).astype(bool)]
    if len(missed):
        named = "、".join(f"{row['area_name']}（{row['item_name']}）" for row in missed.to_dict("records"))
        lines.insert(0, Message("desk.overview_limits_of_townships", {"count": len(missed), "named": named}))
    return LandFigures(balance, tuple(lines), farmland)


def _farmland(accounts: Accounts) -> Message:
    """The farmland balance (NL-13) of the whole plan."""
    rule = accounts.profile.rule("NL-13")
    entries = accounts.farmland_entries(float(rule.values["reach_m"]) if rule else 0.0)
    plan = farmland_balance(accounts.data, entries, list(accounts.profile.value("paddy_landuse"))).iloc[-1]
    names = ("taken_m2", "paddy_taken_m2", "reclaimed_m2", "undirected_m2")
    shown = {name.removesuffix("_m2"): _shown(plan[name], AREA) for name in names}
    return Message("desk.overview_farmland_undirected" if plan["undirected_m2"] > 0 else "desk.overview_farmland", shown)


def _limit(row: dict[str, Any]) -> Message:
    outcome = "unknown" if pd.isna(row["planned"]) else "told" if pd.isna(row["met"]) else "met" if row["met"] else "missed"
    params = {"area": row["area_name"], "item": row["item_name"], "target": _shown(row["target"], row["unit"]), "planned": _shown(row["planned"], row["unit"])}
    return Message(f"desk.overview_limit_{outcome}", params)


def _shown(value: Any, unit: str) -> Message | str:
    if pd.isna(value):
        return "—"
    if unit == AREA:
        return Message("desk.overview_hectares", {"value": f"{value / M2_PER_HECTARE:,.2f}"})
    return f"{value:,.6g} {unit}"
