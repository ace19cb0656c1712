"""Puts a village's rows of a decisions table into a scenario; what is said again keeps its code, and with it waivers and the ledger."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

import pandas as pd

from village_planner.intake.decision_rows import DecisionRow
from village_planner.plan import PlanData, Transaction, decisions
from village_planner.plan.schema import Origin

_SAME_VOTE = ("hamlet_code", "kind", "date")
_VOTE_FIGURES = ("eligible", "attended", "in_favour", "document", "basis")


def take(tx: Transaction, scenario: str, data: PlanData, group: Sequence[DecisionRow], moves: Sequence[Mapping[str, Any]]) -> None:
    """Write the rows of one village: its category, actions and moves replace what the scenario had, votes are added or brought up to date.

    moves: those of the rows. A move of the same hamlet to the same destination is the same move: it keeps its code. A vote of the same
    village or hamlet, form and date is the same vote. Raises Refused where the plan is closed.
    """
    village = group[0].village
    stated = next((row for row in group if row.category), None)
    if stated is not None:
        decisions.set_category(tx, scenario, [village], str(stated.category), stated.grounds, stated.basis, Origin.IMPORTED)
    if any(row.action for row in group):
        _take_actions(tx, scenario, data, group)
        _take_moves(tx, scenario, data, village, moves)
    _take_votes(tx, data, village, [row.consent for row in group if row.consent is not None])


def _take_actions(tx: Transaction, scenario: str, data: PlanData, group: Sequence[DecisionRow]) -> None:
    spoken_of = {hamlet for row in group if row.action for hamlet in row.hamlets}
    own = data.hamlet.loc[data.hamlet["village_code"] == group[0].village, "code"]
    decisions.clear_action(tx, scenario, [hamlet for hamlet in own if hamlet not in spoken_of])
    for row in group:
        if row.action:
            decisions.set_action(tx, scenario, row.hamlets, row.action, row.grounds, row.basis, Origin.IMPORTED)


def _take_moves(tx: Transaction, scenario: str, data: PlanData, village: str, moves: Sequence[Mapping[str, Any]]) -> None:
    hamlets = set(data.hamlet.loc[data.hamlet["village_code"] == village, "code"])
    table = data.move[(data.move["scenario"] == scenario) & data.move["hamlet_code"].isin(hamlets)]
    left = [_plain(row) for row in table.to_dict("records")]
    kept: dict[int, str] = {}
    # Of several moves to one place those of the same phase are the same, then those in the same order.
    for compared in (("phase",), ()):
        for number, move in enumerate(moves):
            same = next((old for old in left if number not in kept and _is_same_move(old, move, compared)), None)
            if same is not None:
                kept[number] = same["code"]
                left.remove(same)
    for old in left:
        decisions.delete_move(tx, old["code"])
    for number, move in enumerate(moves):
        code = {"code": kept[number]} if number in kept else {}
        decisions.save_move(tx, {**move, **code, "scenario": scenario, "origin": Origin.IMPORTED})


def _is_same_move(old: Mapping[str, Any], move: Mapping[str, Any], compared: Sequence[str]) -> bool:
    named = "destination_code" if move["destination_code"] else "destination_name"
    return all(old[name] == move[name] for name in ("hamlet_code", "destination_kind", named, *compared))


def _take_votes(tx: Transaction, data: PlanData, village: str, votes: Sequence[Mapping[str, Any]]) -> None:
    left = [_plain(row) for row in data.consent[data.consent["village_code"] == village].to_dict("records")]
    fresh: list[Mapping[str, Any]] = []
    for vote in votes:
        if vote not in fresh:
            fresh.append(vote)
    known: dict[int, dict[str, Any]] = {}
    for compared in ((*_SAME_VOTE, *_VOTE_FIGURES), _SAME_VOTE):
        for number, vote in enumerate(fresh):
            same = next((old for old in left if number not in known and all(old[name] == vote[name] for name in compared)), None)
            if same is not None:
                known[number] = same
                left.remove(same)
    for number, vote in enumerate(fresh):
        if number not in known:
            decisions.save_consent(tx, vote)
            continue
        # A cell left empty says nothing: what the record holds stays.
        news = {name: vote[name] for name in _VOTE_FIGURES if vote[name] is not None and vote[name] != known[number][name]}
        if news:
            decisions.save_consent(tx, {"code": known[number]["code"], **news})


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name): None if not isinstance(value, (dict, list)) and pd.isna(value) else value for name, value in row.items()}
