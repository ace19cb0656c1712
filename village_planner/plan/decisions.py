"""Decisions as functions over a transaction: categories of villages, actions and moves of hamlets, consents."""

from __future__ import annotations

import uuid
from typing import Any, Iterable, Mapping

from village_planner.base import InputError
from village_planner.plan.schema import Action, Origin
from village_planner.plan.transaction import Transaction


def set_category(
    tx: Transaction, scenario: str, village_codes: Iterable[str], category: str, grounds: str | None = None, basis: str | None = None,
    origin: Origin | str = Origin.MANUAL,
) -> None:
    """Give villages a category (村庄类别) in a scenario.

    category: code of the profile's list. grounds, basis: reason and legal or policy text; null is kept as null.
    Raises InputError for a category that the profile does not know, Refused for an unknown village or a closed plan.
    """
    known = tx.profile.code_list("category").codes
    if category not in known:
        raise InputError("plan.unknown_category", category=category, known="、".join(known))
    tx.upsert("category", [
        {"scenario": scenario, "village_code": code, "category": category, "grounds": grounds, "basis": basis, "origin": origin}
        for code in village_codes
    ])  # fmt: skip


def clear_category(tx: Transaction, scenario: str, village_codes: Iterable[str]) -> None:
    """Take the category of villages away; one without a category is left as it is."""
    for code in village_codes:
        tx.delete("category", {"scenario": scenario, "village_code": code})


def set_action(
    tx: Transaction, scenario: str, hamlet_codes: Iterable[str], action: Action | str, grounds: str | None = None, basis: str | None = None,
    origin: Origin | str = Origin.MANUAL,
) -> None:
    """Retain, merge or relocate hamlets (布局引导) in a scenario; a retained hamlet loses its moves there."""
    codes = list(hamlet_codes)
    tx.upsert("action", [
        {"scenario": scenario, "hamlet_code": code, "action": action, "grounds": grounds, "basis": basis, "origin": origin}
        for code in codes
    ])  # fmt: skip
    if Action(action) is Action.RETAIN:
        _delete_moves(tx, scenario, codes)


def clear_action(tx: Transaction, scenario: str, hamlet_codes: Iterable[str]) -> None:
    """Make hamlets undecided again in a scenario; their moves there go too."""
    codes = list(hamlet_codes)
    for code in codes:
        tx.delete("action", {"scenario": scenario, "hamlet_code": code})
    _delete_moves(tx, scenario, codes)


def save_move(tx: Transaction, row: Mapping[str, Any]) -> str:
    """Add a move (迁并任务), or change the one whose code the row has; returns its code."""
    return _save(tx, "move", "M", {"origin": Origin.MANUAL, **row} if not row.get("code") else row)


def delete_move(tx: Transaction, code: str) -> None:
    """Remove a move; one that is not there is no fault."""
    tx.delete("move", {"code": code})


def save_consent(tx: Transaction, row: Mapping[str, Any]) -> str:
    """Add a record of the villagers' will (村民意愿/表决), or change the one whose code the row has; returns its code."""
    return _save(tx, "consent", "C", row)


def delete_consent(tx: Transaction, code: str) -> None:
    """Remove a consent; one that is not there is no fault."""
    tx.delete("consent", {"code": code})


def _delete_moves(tx: Transaction, scenario: str, hamlet_codes: Iterable[str]) -> None:
    for code in hamlet_codes:
        tx.delete("move", {"scenario": scenario, "hamlet_code": code})


def _save(tx: Transaction, table: str, prefix: str, row: Mapping[str, Any]) -> str:
    code = str(row.get("code") or prefix + uuid.uuid4().hex)
    tx.upsert(table, [{**row, "code": code}])
    return code
