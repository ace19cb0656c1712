"""Keeps what checks found: which findings are new, which stay, and which are gone since the run before."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from village_planner.plan.data import PlanData, row_values
from village_planner.plan.schema import BY_NAME, Table
from village_planner.plan.values import stored_frame, stored_rows

FIXED = "fixed"
_KEPT_RUNS = 2


def store_run(connection: sqlite3.Connection, run: Mapping[str, Any], findings: pd.DataFrame, checked: Collection[str] | None) -> None:
    """Replace the findings of the rules in `checked` (None: of all) in the run's scenario; those of other rules stay.

    A finding keeps the run that found it first (`since`); one that is there no more stays as `fixed` until the next run. A run
    whose code is that of the last one goes on with it: what was new or gone in it stays so. What is found again as it was stays
    where it is in the file, all else is written anew.
    """
    scenario, code = run["scenario"], run["code"]
    goes_on = connection.execute("SELECT 1 FROM check_run WHERE code = ?", (code,)).fetchone() is not None
    if not goes_on:
        connection.execute("DELETE FROM finding WHERE scenario = ? AND state = ?", (scenario, FIXED))
    before = {
        key: (fid, since) for fid, key, rule, since in connection.execute("SELECT fid, key, rule, since FROM finding WHERE scenario = ?", (scenario,))
        if checked is None or rule in checked
    }  # fmt: skip
    stored = stored_frame(BY_NAME["finding"], findings.drop(columns=["scenario", "run", "since"], errors="ignore"), _crs(connection))
    _replace(connection, run, stored, before, before.keys() - set(findings["key"]))
    _keep_run(connection, run)


def store_update(connection: sqlite3.Connection, run: Mapping[str, Any], findings: Sequence[Mapping[str, Any]], gone: Collection[str]) -> bool:
    """Go on with the last run of the run's scenario: put some findings in their place, and let those with the keys `gone` be gone.

    findings: rows, each with the same columns as in `store_run`. All others stay as they are. Returns whether it did: not where another
    run has been stored since.
    """
    scenario = run["scenario"]
    last = connection.execute("SELECT code FROM check_run WHERE scenario = ? ORDER BY fid DESC LIMIT 1", (scenario,)).fetchone()
    if last is None or last[0] != run["code"]:
        return False
    keys = json.dumps([*(finding["key"] for finding in findings), *gone])
    found = connection.execute("SELECT fid, key, since FROM finding WHERE scenario = ? AND key IN (SELECT value FROM json_each(?))", (scenario, keys))
    rows = stored_rows(BY_NAME["finding"], findings, _crs(connection))
    stored = {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}
    _replace(connection, run, stored, {key: (fid, since) for fid, key, since in found}, gone)
    _keep_run(connection, run)
    return True


def last_run(data: PlanData, scenario: str) -> dict[str, Any] | None:
    """The present row of `check_run` of a scenario; None where it has not been checked."""
    runs = data.check_run[data.check_run["scenario"] == scenario]
    return row_values(runs, len(runs) - 1) if len(runs) else None


def known_digests(run: Mapping[str, Any] | None) -> dict[str, str | None]:
    """By rule that was run, what it has read then; null where an older program did not keep it."""
    if run is None:
        return {}
    rules = run["rules"] if isinstance(run["rules"], dict) else dict.fromkeys(run["rules"] or [])
    return {**{item["rule"]: item.get("read") for item in run["not_checked"] or []}, **rules}


def _replace(
    connection: sqlite3.Connection, run: Mapping[str, Any], stored: Mapping[str, Sequence[Any]], before: Mapping[str, tuple[int, str | None]],
    lost: Collection[str],
) -> None:
    """Write findings (SQLite's values by column) in the place of those of `before` (by key: fid and since); those of `lost` become `fixed`."""
    scenario, code = run["scenario"], run["code"]
    rows = list(zip(*stored.values()))
    keys = stored["key"] if rows else []
    same = _as_they_were(connection, list(stored), {before[key][0]: row for key, row in zip(keys, rows) if key in before})
    gone = [(FIXED, code, before[key][0]) for key in lost if key in before]
    connection.executemany("UPDATE finding SET state = ?, run = ? WHERE fid = ?", gone)
    connection.executemany("UPDATE finding SET run = ? WHERE fid = ?", [(code, fid) for fid in same])
    changed = [(key, row) for key, row in zip(keys, rows) if key not in before or before[key][0] not in same]
    connection.executemany("DELETE FROM finding WHERE fid = ?", [(before[key][0],) for key, _ in changed if key in before])
    names = ", ".join(f'"{name}"' for name in (*stored, "scenario", "run", "since"))
    sql = f"INSERT INTO finding ({names}) VALUES ({', '.join('?' * (len(stored) + 3))})"
    connection.executemany(sql, ((*row, scenario, code, before[key][1] if key in before else code) for key, row in changed))


def _as_they_were(connection: sqlite3.Connection, names: Sequence[str], rows: Mapping[int, tuple]) -> set[int]:
    """The fids of the given rows, by fid and with the columns `names`, that are in the file with just these values."""
    if not rows:
        return set()
    columns = ", ".join(f'"{name}"' for name in names)
    stored = connection.execute(f"SELECT fid, {columns} FROM finding WHERE fid IN (SELECT value FROM json_each(?))", (json.dumps(list(rows)),))
    return {fid for fid, *values in stored if tuple(values) == rows[fid]}


def _crs(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT crs FROM plan").fetchone()[0])


def _keep_run(connection: sqlite3.Connection, run: Mapping[str, Any]) -> None:
    """Add the run as the last row; of the earlier ones stay the one before it and those in which a finding was first seen."""
    scenario = run["scenario"]
    connection.execute("DELETE FROM check_run WHERE code = ?", (run["code"],))
    _insert(connection, BY_NAME["check_run"], [run])
    codes = [row[0] for row in connection.execute("SELECT code FROM check_run WHERE scenario = ? ORDER BY fid DESC", (scenario,))]
    if len(codes) <= _KEPT_RUNS:
        return
    named = connection.execute("SELECT DISTINCT since FROM finding WHERE scenario = ? AND since IS NOT NULL", (scenario,))
    kept = json.dumps([row[0] for row in named] + codes[:_KEPT_RUNS])
    connection.execute("DELETE FROM check_run WHERE scenario = ? AND code NOT IN (SELECT value FROM json_each(?))", (scenario, kept))


def _insert(connection: sqlite3.Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    for row in stored_rows(table, rows, _crs(connection)):
        names = ", ".join(f'"{name}"' for name in row)
        connection.execute(f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join("?" * len(row))})', list(row.values()))
