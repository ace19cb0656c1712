"""The short tables that stand in the chapters of texts as frames: one line per township, category, destination or phase."""

from __future__ import annotations

from typing import Any

import pandas as pd

from village_planner.accounts import category_counts, key_figures, village_facts
from village_planner.accounts.sums import known_sum
from village_planner.delivery.frames import DeliverySource
from village_planner.delivery.naming import TOTAL, hectares, printed_m2, printed_plan

_FACTS = ("households", "persons", "residents", "built_m2")


def township_facts(source: DeliverySource) -> pd.DataFrame:
    """Villages, hamlets, households, persons, residents and present land of each township that has a village."""
    facts = village_facts(source.data)
    # As in the roster, so that its sums stand here.
    facts["built_m2"] = printed_m2(facts["built_m2"])
    rows = [
        {
            "township_code": code, "township_name": name, "villages": len(mine), "hamlets": int(mine["hamlets"].sum()),
            **{column: known_sum(mine[column]) for column in _FACTS},
        }
        for code, name in zip(source.data.township["code"], source.data.township["name"])
        if len(mine := facts[facts["township_code"] == code])
    ]
    frame = pd.DataFrame(rows, columns=["township_code", "township_name", "villages", "hamlets", *_FACTS])
    frame["present_ha"] = hectares(pd.to_numeric(frame["built_m2"], errors="coerce"))
    return frame


def category_totals(source: DeliverySource, summary: pd.DataFrame) -> pd.DataFrame:
    """Villages, share, households, persons and land of each category in the whole plan. summary: the frame category_summary (B3)."""
    counts = category_counts(source.data, source.profile, source.scenario).dropna(subset=["category"])
    whole = summary[summary["township_name"] == TOTAL] if "township_name" in summary else summary
    rows: list[dict[str, Any]] = []
    for code, group in counts.groupby("category", sort=False):
        held = group[group["villages"] > 0]
        row = {"category": code, "category_name": group["category_name"].iloc[0], "villages": int(group["villages"].sum())}
        row.update({column: known_sum(held[column]) for column in ("households", "persons")})
        row.update({column: whole[f"{column}_{code}"].iloc[0] if len(whole) else None for column in ("share", "land_ha")})
        rows.append(row)
    frame = pd.DataFrame(rows, columns=["category", "category_name", "villages", "share", "households", "persons", "land_ha"])
    frame["land_ha"] = pd.to_numeric(frame["land_ha"], errors="coerce")
    return frame


def figures_by_name(source: DeliverySource) -> pd.DataFrame:
    """`accounts.key_figures` with the areas of moves as printed: columns name, value; they are made once for tables and texts."""
    figures = key_figures(printed_plan(source.data), source.layers, source.profile, source.scenario)
    return pd.DataFrame({"name": list(figures), "value": pd.Series(list(figures.values()), dtype=object)})


def destination_totals(source: DeliverySource, figures: pd.DataFrame) -> pd.DataFrame:
    """Moves, households and persons by kind of destination; only kinds that a move has. figures: of `figures_by_name`."""
    value_of = dict(zip(figures["name"], figures["value"]))
    rows = [
        {
            "destination_kind": row["code"], "destination_name": row["name"],
            **{name: value_of[f"destination_{row['code']}_{name}"] for name in ("moves", "households", "persons")},
        }
        for row in source.profile.code_list("destination_kind").rows
        if f"destination_{row['code']}_moves" in value_of
    ]
    return pd.DataFrame(rows, columns=["destination_kind", "destination_name", "moves", "households", "persons"])


def phase_totals(source: DeliverySource, summary: pd.DataFrame) -> pd.DataFrame:
    """The whole plan's tasks by phase; none where there is no move. summary: the frame phase_summary (B5)."""
    any_move = len(source.data.move[source.data.move["scenario"] == source.scenario]) > 0
    whole = summary[(summary["township_name"] == TOTAL) & any_move]
    return whole.drop(columns=["township_name", "no"], errors="ignore").reset_index(drop=True)
