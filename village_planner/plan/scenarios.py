"""Scenarios (方案) as functions over a transaction: copy, rename, delete, adopt."""

from __future__ import annotations

import re
import uuid
from typing import Any

from village_planner.base import InputError, Refused
from village_planner.plan.schema import BY_NAME
from village_planner.plan.transaction import Transaction

DECIDED = ("category", "action", "move")
"""The tables whose rows belong to a scenario; what deletes or copies one takes them all."""
_NUMBER = re.compile(r"S(\d+)")


def copy_scenario(tx: Transaction, source: str, title: str, note: str | None = None) -> str:
    """Copy a scenario with its categories, actions and moves under a new title, and return the new code; moves get codes of their own.

    Raises InputError for an empty title or one that another scenario has, Refused for an unknown scenario or a closed plan.
    """
    _require(tx, source)
    code = _free_code(tx)
    tx.insert("scenario", [{"code": code, "title": _free_title(tx, title), "note": note}])
    for table in DECIDED:
        rows = [{**row, "scenario": code} for row in tx.select(table, scenario=source)]
        if table == "move":
            rows = [{**row, "code": f"M{uuid.uuid4().hex}"} for row in rows]
        tx.insert(table, rows)
    return code


def rename_scenario(tx: Transaction, code: str, title: str, note: str | None = None) -> None:
    """Give a scenario another title and note. Raises InputError for an empty title or one that another scenario has."""
    _require(tx, code)
    tx.update("scenario", {"code": code}, title=_free_title(tx, title, code), note=note)


def delete_scenario(tx: Transaction, code: str) -> None:
    """Delete a scenario with its categories, actions and moves.

    Raises Refused for the adopted one and the last one, for one whose moves the implementation ledger speaks of, and where the plan is closed.
    """
    title = _require(tx, code)["title"]
    if tx.select("plan")[0]["adopted_scenario"] == code:
        raise Refused("plan.scenario_is_adopted", title=title)
    if len(tx.select("scenario")) == 1:
        raise Refused("plan.scenario_is_last", title=title)
    for table in DECIDED:
        tx.delete(table, {"scenario": code})
    tx.delete("scenario", {"code": code})


def adopt_scenario(tx: Transaction, code: str) -> None:
    """Make a scenario the plan's adopted one. Raises Refused for an unknown scenario or a closed plan."""
    _require(tx, code)
    tx.update("plan", {"id": "plan"}, adopted_scenario=code)


def _require(tx: Transaction, code: str) -> dict[str, Any]:
    found = tx.select("scenario", code=code)
    if not found:
        raise Refused("plan.no_such_row", row=f"{BY_NAME['scenario'].alias} {code}")
    return found[0]


def _free_code(tx: Transaction) -> str:
    """A code that no scenario has and no kept check speaks of: the findings of a deleted one are none of the new one's."""
    used = {row["code"] for row in tx.select("scenario")} | {row["scenario"] for row in tx.select("check_run")}
    numbers = [int(match[1]) for match in map(_NUMBER.fullmatch, used) if match]
    return f"S{max(numbers, default=0) + 1}"


def _free_title(tx: Transaction, title: str, code: str | None = None) -> str:
    title = title.strip()
    if not title:
        raise InputError("plan.scenario_without_title")
    if any(row["title"] == title and row["code"] != code for row in tx.select("scenario")):
        raise InputError("plan.scenario_title_taken", title=title)
    return title
