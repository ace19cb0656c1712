"""Scenarios beside each other: their key figures, and the villages and hamlets for which they decide differently."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import pandas as pd

from village_planner.accounts.categories import category_counts
from village_planner.accounts.decisions import hamlet_actions, withdrawn_hamlets
from village_planner.accounts.land import land_balance
from village_planner.accounts.ledger import move_places
from village_planner.accounts.progress import AREAS
from village_planner.accounts.sums import known_sum
from village_planner.accounts.tasks import village_completion
from village_planner.accounts.work import open_work
from village_planner.base import Feedback, SilentFeedback
from village_planner.plan.data import PlanData, plain
from village_planner.plan.layers import Layers
from village_planner.standards import Profile

OPEN = "open"
SEVERITIES = ("A", "B", "C")


def scenario_figures(
    data: PlanData, layers: Layers, profile: Profile, scenarios: Sequence[str], inside: Collection[str] = (), feedback: Feedback | None = None
) -> pd.DataFrame:
    """Key figures of scenarios, one row each in the order given. inside: villages inside the development boundary, as for `open_work`.

    Columns: code, title, adopted (bool), `category_{code}` per category of the profile and `category_none` (villages),
    withdrawn_villages (all of whose hamlets go), withdrawn_hamlets, undecided_hamlets (of villages in scope), moves, households, persons,
    cleared_m2, built_m2, reclaimed_m2 (of the moves; null where none states it), base_m2, planned_m2, change_m2, new_m2
    (land balance of the whole plan; null where there is nothing to measure), finding_A, finding_B, finding_C (open ones
    of the stored check; null where the scenario has not been checked) and checked_at. Raises Cancelled.
    """
    feedback = feedback or SilentFeedback()
    table = data.tables["scenario"]
    titles = dict(zip(table["code"], table["title"]))
    rows = []
    for number, scenario in enumerate(scenarios):
        feedback.progress(number / max(1, len(scenarios)))
        feedback.check()
        row: dict[str, Any] = {"code": scenario, "title": titles[scenario], "adopted": scenario == data.info["adopted_scenario"]}
        row |= _decided(data, profile, scenario, inside)
        whole = land_balance(data, layers, profile, scenario, feedback).iloc[-1]
        row |= {name: whole[name] for name in ("base_m2", "planned_m2", "change_m2", "new_m2")}
        rows.append(row | _found(data, scenario))
    return pd.DataFrame(rows)


def scenario_differences(data: PlanData, scenarios: Sequence[str]) -> pd.DataFrame:
    """What scenarios decide differently: one row per village or hamlet and item, in roster order.

    Columns: kind (`village`, `hamlet`), code, name, village_name, township_name, item (`category`, `action`, `moves`),
    and one column per scenario code with its value: the category's code, the action's (`undecided` without), or the
    moves as a tuple of (destination_kind, destination_name, phase, households), nothing of it null but the unknown. A
    village without category has None.
    """
    townships = dict(zip(data.township["code"], data.township["name"]))
    villages = {
        code: (name, townships.get(township, "")) for code, name, township in zip(data.village["code"], data.village["name"], data.village["township_code"])
    }
    rows: list[tuple[Any, ...]] = []
    categories = [_categories(data, scenario) for scenario in scenarios]
    for code, (name, township) in villages.items():
        rows += _differing(("village", code, name, name, township, "category"), [values.get(code) for values in categories])
    actions = [hamlet_actions(data, scenario).to_dict() for scenario in scenarios]
    moves = [_moves(data, scenario) for scenario in scenarios]
    for code, name, village in zip(data.hamlet["code"], data.hamlet["name"], data.hamlet["village_code"]):
        place = ("hamlet", code, name, *villages.get(village, ("", "")))
        rows += _differing((*place, "action"), [values[code] for values in actions])
        rows += _differing((*place, "moves"), [values.get(code, ()) for values in moves])
    return pd.DataFrame(rows, columns=["kind", "code", "name", "village_name", "township_name", "item", *scenarios])


def _differing(head: tuple[str, ...], values: list[Any]) -> list[tuple[Any, ...]]:
    return [(*head, *values)] if any(value != values[0] for value in values) else []


def _decided(data: PlanData, profile: Profile, scenario: str, inside: Collection[str]) -> dict[str, Any]:
    counts = category_counts(data, profile, scenario, inside)
    by_category = counts.groupby(counts["category"].fillna("none"))["villages"].sum()
    row = {f"category_{code}": int(by_category.get(code, 0)) for code in (*profile.code_list("category").codes, "none")}
    moves = data.move[data.move["scenario"] == scenario]
    row["withdrawn_villages"] = len(village_completion(data, scenario))
    row["withdrawn_hamlets"] = len(withdrawn_hamlets(data, scenario))
    row["undecided_hamlets"] = len(open_work(data, profile, scenario, inside).undecided_hamlets)
    row["moves"] = len(moves)
    return row | {name: known_sum(moves[name]) for name in ("households", "persons", *AREAS)}


def _found(data: PlanData, scenario: str) -> dict[str, Any]:
    runs = data.check_run[data.check_run["scenario"] == scenario]
    if not len(runs):
        return {**{f"finding_{severity}": pd.NA for severity in SEVERITIES}, "checked_at": None}
    found = data.finding[(data.finding["scenario"] == scenario) & (data.finding["state"] == OPEN)]
    counts = {f"finding_{severity}": int((found["severity"] == severity).sum()) for severity in SEVERITIES}
    return {**counts, "checked_at": str(runs["at"].iloc[-1])}


def _categories(data: PlanData, scenario: str) -> dict[str, str]:
    rows = data.category[data.category["scenario"] == scenario]
    return dict(zip(rows["village_code"], rows["category"]))


def _moves(data: PlanData, scenario: str) -> dict[str, tuple[Any, ...]]:
    """Moves of each hamlet without their codes, which differ between copies of the same decision."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row in move_places(data, scenario).to_dict("records"):
        values = tuple(plain(row[name]) for name in ("destination_kind", "destination_name", "phase", "target"))
        found.setdefault(row["hamlet_code"], []).append(values)
    return {hamlet: tuple(sorted(moves, key=lambda move: [(value is None, str(value)) for value in move])) for hamlet, moves in found.items()}
