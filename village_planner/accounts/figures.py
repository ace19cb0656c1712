"""The key figures (关键指标) of a plan by name: what text, tables and sheets must agree on."""

from __future__ import annotations

from typing import Any

import pandas as pd

from village_planner.accounts.boundary import villages_inside
from village_planner.accounts.categories import category_counts
from village_planner.accounts.decisions import village_actions
from village_planner.accounts.facts import hamlet_frame, village_facts
from village_planner.accounts.sums import known_sum
from village_planner.accounts.tasks import FIGURES, phase_tasks
from village_planner.accounts.work import unguided_hamlets
from village_planner.plan.data import PlanData, plain
from village_planner.plan.layers import Layers
from village_planner.plan.schema import WITHDRAWN
from village_planner.standards import Profile

_FACTS = ("households", "persons", "residents", "homesteads", "vacant_homesteads", "area_m2", "built_m2")
_COUNTS = ("moves", "hamlets", "villages")
UNPHASED = "none"


def key_figures(data: PlanData, layers: Layers, profile: Profile, scenario: str) -> dict[str, float | int | None]:
    """Counts, households, persons and areas (m²) by name; None: not known. Delivered layers alone give every one of them.

    townships, villages, villages_inside, villages_outside, villages_to_classify (those that need a category or have one),
    villages_classified, hamlets, and sums over all villages: households, persons, residents, homesteads, vacant_homesteads,
    area_m2, present_m2 (present patches).
    category_{code}_villages|households|persons|built_m2. hamlets_retain|merge|relocate; without an action: hamlets_undecided of
    villages that need a category, hamlets_apart of the others. withdrawn_hamlets, withdrawn_villages (wholly), partly_villages.
    moves, move_households|persons|homesteads|cleared_m2|built_m2|reclaimed_m2|net_m2 (built − cleared).
    phase_{year}_ (`none`: unphased, only where there is one) moves|hamlets|villages and the same sums, hamlets and villages in the
    phase of completion. destination_{kind}_moves|households|persons.
    sites, site_capacity (households, of the last phase). consents, votes.
    """
    figures: dict[str, Any] = {"townships": len(data.township), "villages": len(data.village), "hamlets": len(data.hamlet)}
    facts = village_facts(data)
    figures.update({"present_m2" if name == "built_m2" else name: known_sum(facts[name]) for name in _FACTS})
    inside = villages_inside(data, layers, profile)
    figures["villages_inside"], figures["villages_outside"] = len(inside), len(data.village) - len(inside)
    counts = category_counts(data, profile, scenario, inside)
    figures["villages_to_classify"] = int(counts["villages"].sum())
    figures["villages_classified"] = int(counts.loc[counts["category"].notna(), "villages"].sum())
    for code, group in counts.dropna(subset=["category"]).groupby("category", sort=False):
        figures[f"category_{code}_villages"] = int(group["villages"].sum())
        held = group[group["villages"] > 0]
        figures.update({f"category_{code}_{name}": known_sum(held[name]) for name in ("households", "persons", "built_m2")})
    actions = hamlet_frame(data, scenario)["action"]
    figures.update({f"hamlets_{action}": int((actions == action).sum()) for action in ("retain", *WITHDRAWN)})
    figures.update({f"hamlets_{state}": count for state, count in unguided_hamlets(data, profile, scenario, inside).items()})
    figures["withdrawn_hamlets"] = sum(int((actions == action).sum()) for action in WITHDRAWN)
    of_villages = village_actions(data, scenario)["action"]
    figures["withdrawn_villages"] = int(of_villages.isin(WITHDRAWN).sum())
    figures["partly_villages"] = int((of_villages == "partly").sum())
    _add_moves(figures, data, scenario)
    figures["sites"] = len(data.site)
    last = data.site_capacity.sort_values("phase").groupby("site_code")["households"].last()
    figures["site_capacity"] = known_sum(last)
    figures["consents"] = len(data.consent)
    figures["votes"] = int(data.consent["kind"].isin(("meeting_adults", "meeting_households")).sum())
    return {name: _number(value) for name, value in figures.items()}


def _add_moves(figures: dict[str, Any], data: PlanData, scenario: str) -> None:
    tasks = phase_tasks(data, scenario)
    moving = tasks[tasks["moves"] > 0]
    figures["moves"] = int(tasks["moves"].sum())
    figures.update({f"move_{name}": known_sum(moving[name]) for name in (*FIGURES, "net_m2")})
    for phase, group in tasks.groupby("phase", dropna=False):
        name = UNPHASED if pd.isna(phase) else str(int(phase))
        figures.update({f"phase_{name}_{count}": int(group[count].sum()) for count in _COUNTS})
        held = group[group["moves"] > 0]
        figures.update({f"phase_{name}_{sums}": known_sum(held[sums]) for sums in (*FIGURES, "net_m2")})
    moves = data.move[data.move["scenario"] == scenario]
    for kind, group in moves.groupby("destination_kind"):
        figures[f"destination_{kind}_moves"] = len(group)
        figures.update({f"destination_{kind}_{name}": known_sum(group[name]) for name in ("households", "persons")})


def _number(value: Any) -> float | int | None:
    value = plain(value)
    return value if value is None or isinstance(value, int) else round(float(value), 2)
