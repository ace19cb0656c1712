"""The implementation ledger (实施台账) as a function over a transaction: what was carried out of a move in a year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from village_planner.plan.transaction import Transaction

ACTUALS = ("households", "cleared_m2", "built_m2", "reclaimed_m2")


def save_actuals(tx: Transaction, rows: Iterable[Mapping[str, Any]]) -> None:
    """Record what was carried out of moves in years; a row that states nothing takes the record away.

    rows: move_code, year and any of households, cleared_m2, built_m2, reclaimed_m2, note; columns that a row lacks stay as they are.
    Raises Refused before the approval and while a revision is open, InputError for a wrong value.
    """
    for row in rows:
        key = {name: row[name] for name in ("move_code", "year")}
        before = tx.select("implementation", **key)
        after = {**(before[0] if before else {}), **row}
        if all(after.get(name) in (None, "") for name in (*ACTUALS, "note")):
            tx.delete("implementation", key)
        else:
            tx.upsert("implementation", [row])
