"""Limits from above (上级下达指标) against what the plan comes to, item by item and area by area."""

from __future__ import annotations

from typing import Any, Callable, Iterable

import numpy as np
import pandas as pd

from village_planner.accounts.decisions import withdrawn_hamlets
from village_planner.accounts.kept import Accounts
from village_planner.accounts.land import new_items
from village_planner.accounts.line_areas import LINES
from village_planner.accounts.people_and_land import PER_PERSON
from village_planner.accounts.tasks import village_completion
from village_planner.accounts.townships import Ground, Townships
from village_planner.base import Feedback, SilentFeedback
from village_planner.plan.data import PlanData, plain
from village_planner.plan.layers import Layers
from village_planner.standards import Profile

_COUNTY = "county"
Planned = Callable[[str], Any]
"""Area code, '' for the whole plan → planned figure, null where it is not known."""


def quota_comparison(
    data: PlanData, layers: Layers, profile: Profile, scenario: str, items: Iterable[str] | None = None, feedback: Feedback | None = None,
    accounts: Accounts | None = None,
) -> pd.DataFrame:
    """Each limit from above beside what the scenario comes to; one row per row of table `quota` whose area the plan has.

    items: codes of quota_item.csv; None: all. accounts: those of the scenario, where the caller has them.
    Areas: the plan's townships, and for a county plan the county.
    Columns: area_kind (`township`, `county`), area_code, area_name, item, item_name, unit, role (`max`, `min`, `equal`,
    `cap`, `reserve`), rule (that judges it), target, planned (in the unit of the item; null: not known), difference =
    planned − target, met (boolean; null where unknown or the role is `reserve`), source, document. An area is met within
    `tolerance_m2` of the rule that judges it, a count or share exactly.
    """
    feedback = feedback or SilentFeedback()
    codes = profile.code_list("quota_item")
    rows, known, named = [], areas_of_plan(data), list(items) if items is not None else list(codes.codes)
    accounts = accounts or Accounts(data, layers, profile, scenario, feedback)
    quotas = data.quota[data.quota["area_code"].isin(list(known)) & data.quota["item"].isin(named)]
    for item, mine in quotas.groupby("item", sort=False):
        feedback.check()
        code = codes.row(str(item)) or {}
        planned = _planned(str(item), accounts)
        for quota in mine.itertuples(index=False):
            kind, name = known[quota.area_code]
            reached = plain(planned("" if kind == _COUNTY else quota.area_code))
            rows.append((kind, quota.area_code, name, item, code.get("name", item), code.get("unit", ""), code.get("role", ""), code.get("rule", ""),
                         float(quota.value), np.nan if reached is None else float(reached), quota.source, quota.document))
    columns = ["area_kind", "area_code", "area_name", "item", "item_name", "unit", "role", "rule", "target", "planned", "source", "document"]
    frame = pd.DataFrame(rows, columns=columns).astype({**dict.fromkeys(columns, "string"), "target": "float64", "planned": "float64"})
    frame.insert(10, "difference", frame["planned"] - frame["target"])
    met = [_is_met(role, _tolerance(profile, rule, unit), difference) for role, rule, unit, difference in
           zip(frame["role"], frame["rule"], frame["unit"], frame["difference"])]
    frame.insert(11, "met", pd.array(met, dtype="boolean"))
    order = {code: place for place, code in enumerate(known)}
    return frame.sort_values("area_code", key=lambda codes_: codes_.map(order), kind="stable").reset_index(drop=True)


def areas_of_plan(data: PlanData) -> dict[str, tuple[str, str]]:
    """Codes of which limits may speak → kind (`township`, `county`) and name; the county only where the plan covers it."""
    info = data.info
    areas = {str(code): ("township", str(name)) for code, name in zip(data.township["code"], data.township["name"])}
    if info["scope"] == "county" and info["county_code"] is not None:
        areas[str(info["county_code"])] = (_COUNTY, str(info["county_name"] or info["title"]))
    return areas


def _tolerance(profile: Profile, rule: str, unit: str) -> float:
    setting = profile.rule(rule)
    return float(setting.values.get("tolerance_m2", 0.0)) if setting is not None and unit == "m²" else 0.0


def _is_met(role: str, tolerance: float, difference: float) -> bool | None:
    if np.isnan(difference) or role not in ("max", "cap", "min", "equal"):
        return None
    too_much, too_little = difference > tolerance, difference < -tolerance
    return not (too_much if role in ("max", "cap") else too_little if role == "min" else too_much or too_little)


def _planned(item: str, accounts: Accounts) -> Planned:
    """The planned figure of an item by area."""
    data, layers = accounts.data, accounts.layers
    if item == "construction_m2":
        return _of_balance(accounts.land_balance()["planned_m2"], accounts.land_balance())
    if item == "reduction_m2":
        balance = accounts.land_balance()
        return _of_balance(-balance["change_m2"].where(balance["base_m2"].notna()), balance)
    if item == "cultivated_m2":
        return _of_balance(accounts.cultivated_balance()["planned_m2"], accounts.cultivated_balance())
    if item == "new_land_m2":
        return _of_ground(_new_land(accounts), lambda _code: layers.has("land_use"))
    if item in LINES:
        known = layers.has(LINES[item])
        line = accounts.line_areas(item) if known else Ground(np.array([]), np.array([]))
        codes = list(data.township["code"])
        return _of_ground(line, lambda code: known and all(map(accounts.townships().has_ground, [code] if code else codes)))
    if item == "withdrawn_villages":
        gone = village_completion(data, accounts.scenario)
        return lambda code: len(gone) if code == "" else int((gone["township_code"] == code).sum())
    if item == "households":
        return _households(data, accounts.scenario)
    if item == PER_PERSON:
        shares = accounts.per_capita_land()
        shares = shares[shares["kind"] != "village"]
        return _of_balance(shares["planned_m2_per_person"], shares)
    return lambda _code: None


def _of_balance(figures: pd.Series, balance: pd.DataFrame) -> Planned:
    by_code = dict(zip(balance["code"].fillna(""), figures))
    return lambda code: by_code.get(code)


def _of_ground(ground: Ground, is_known: Callable[[str], bool]) -> Planned:
    """The sum by area; not known either where a piece of it could not be measured."""

    def planned(code: str) -> float | None:
        failed = ground.failed(code) if code else int(np.isnan(ground.area_m2).sum())
        return None if failed or not is_known(code) else ground.of(code) if code else ground.total()

    return planned


def _new_land(accounts: Accounts) -> Ground:
    return Ground(accounts.newly_taken()["outside_m2"].to_numpy(dtype=float), accounts.townships().of_items(new_items(accounts.data)))


def _households(data: PlanData, scenario: str) -> Planned:
    moves = data.move[(data.move["scenario"] == scenario) & data.move["hamlet_code"].isin(withdrawn_hamlets(data, scenario))]
    village_of = dict(zip(data.hamlet["code"], data.hamlet["village_code"]))
    townships = Townships(data).of_villages(moves["hamlet_code"].map(village_of))
    return _of_ground(Ground(moves["households"].fillna(0).to_numpy(dtype=float), townships), lambda _code: True)
