"""Keeps what checks found: which findings are new, which stay, and which are gone since the run before."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from village_planner.plan.data import PlanData, row_values
from village_planner.plan.schema import BY_NAME, Table
from village_planner.plan.values import stored_rows

FIXED = "fixed"
_KEPT_RUNS = 2


def store_run(connection: sqlite3.Connection, run: Mapping[str, Any], findings: pd.DataFrame, checked: Collection[str] | None) -> None:
    """Replace the findings of the rules in `checked` (None: of all) in the run's scenario; those of other rules stay.

    A finding keeps the run that found it first (`since`); one that is there no more stays as `fixed` until the next run. A run
    whose code is that of the last one goes on with it: what was new or gone in it stays so.
    """
    scenario, code = run["scenario"], run["code"]
    goes_on = connection.execute("SELECT 1 FROM check_run WHERE code = ?", (code,)).fetchone() is not None
    if not goes_on:
        connection.execute("DELETE FROM finding WHERE scenario = ? AND state = ?", (scenario, FIXED))
    before = {
        key: since for key, rule, since in connection.execute("SELECT key, rule, since FROM finding WHERE scenario = ?", (scenario,))
        if checked is None or rule in checked
    }  # fmt: skip
    rows = [
        {**row, "scenario": scenario, "run": code, "since": before[row["key"]] if row["key"] in before else code}
        for row in _finding_rows(findings)
    ]
    found = {row["key"] for row in rows}
    connection.executemany("DELETE FROM finding WHERE scenario = ? AND key = ?", [(scenario, key) for key in before if key in found])
    connection.executemany(
        "UPDATE finding SET state = ?, run = ? WHERE scenario = ? AND key = ?", [(FIXED, code, scenario, key) for key in before if key not in found]
    )
    _insert(connection, BY_NAME["finding"], rows)
    _keep_run(connection, run)


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


def _finding_rows(findings: pd.DataFrame) -> list[dict[str, Any]]:
    names = {*BY_NAME["finding"].names, "geom"}
    return [{name: value for name, value in row.items() if name in names} for row in findings.to_dict("records")]


def _keep_run(connection: sqlite3.Connection, run: Mapping[str, Any]) -> None:
    """Add the run as the last row; of the earlier ones stay the one before it and those in which a finding was first seen."""
    scenario = run["scenario"]
    connection.execute("DELETE FROM check_run WHERE code = ?", (run["code"],))
    _insert(connection, BY_NAME["check_run"], [run])
    recent = connection.execute("SELECT code FROM check_run WHERE scenario = ? ORDER BY fid DESC LIMIT ?", (scenario, _KEPT_RUNS))
    named = connection.execute("SELECT DISTINCT since FROM finding WHERE scenario = ? AND since IS NOT NULL", (scenario,))
    kept = json.dumps([row[0] for row in [*recent.fetchall(), *named.fetchall()]])
    connection.execute("DELETE FROM check_run WHERE scenario = ? AND code NOT IN (SELECT value FROM json_each(?))", (scenario, kept))


def _insert(connection: sqlite3.Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    crs = int(connection.execute("SELECT crs FROM plan").fetchone()[0])
    for row in stored_rows(table, rows, crs):
        names = ", ".join(f'"{name}"' for name in row)
        connection.execute(f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join("?" * len(row))})', list(row.values()))
