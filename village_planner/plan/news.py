"""What changed in a plan file since a snapshot of it, whoever wrote it; only the tables concerned are read."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

import pandas as pd

from village_planner.base import PlanFileError
from village_planner.plan.data import PlanData, empty_frame, plain, typed_frame
from village_planner.plan.schema import BY_NAME, TABLES, Table
from village_planner.plan.transaction import Change, keys_changed_since, last_row
from village_planner.plan.values import loaded, loaded_geometry


@dataclass(frozen=True)
class News:
    """What differs from the snapshot `base`, and what the file holds now.

    change: by table the keys of all rows that somebody changed, in one group 0; every table, with one empty key, where another file or
    an older state of it has taken the place of the one that was read. data: the file now; frames of other tables are the same objects as in `base`.
    seen: number of the newest row of the history. has_run: whether a check has stored findings since.
    """

    base: PlanData
    data: PlanData
    change: Change
    seen: int
    has_run: bool
    is_whole: bool = False
    """Whether nothing of the snapshot holds."""


def read_news(connection: sqlite3.Connection, base: PlanData, seen: int) -> News:
    """Read what changed since the snapshot `base`, when the newest row of the history was `seen`. Raises PlanFileError."""
    newest, guid = last_row(connection), connection.execute("SELECT guid FROM plan").fetchone()[0]
    # A backup of the file that was put in its place has the same guid and an older history.
    if newest < seen or guid != base.info["guid"]:
        every = PlanData({table.name: read_frame(connection, table) for table in TABLES})
        return News(base, every, Change(0, {table.name: [{}] for table in TABLES}), newest, has_run=True, is_whole=True)
    tables = keys_changed_since(connection, seen)
    fresh = {name: read_frame(connection, BY_NAME[name]) for name in {*tables, "check_run"}}
    if "plan" in tables:
        # Approval steps leave no history of their own: they move the plan's status.
        steps = fresh["approval_step"] = read_frame(connection, BY_NAME["approval_step"])
        known = set(base.approval_step["code"])
        tables = {**tables, "approval_step": [{"code": code} for code in steps["code"] if code not in known]}
    has_run = _cells(fresh["check_run"]) != _cells(base.check_run)
    if has_run:
        fresh["finding"] = read_frame(connection, BY_NAME["finding"])
    change = Change(0, {name: keys for name, keys in tables.items() if keys})
    return News(base, PlanData({**base.tables, **fresh}), change, newest, has_run)


def read_frame(connection: sqlite3.Connection, table: Table) -> pd.DataFrame:
    """Read a table whole, in the order of its rows. Raises PlanFileError for values that its columns cannot hold."""
    names = [*table.names, *(["geom"] if table.geometry else [])]
    listed = ", ".join(f'"{name}"' for name in names)
    rows = connection.execute(f'SELECT {listed} FROM "{table.name}" ORDER BY fid').fetchall()
    if not rows:
        return empty_frame(table)
    values = dict(zip(names, zip(*rows)))
    try:
        columns: dict[str, Any] = {column.name: loaded(column, values[column.name]) for column in table.columns}
        if table.geometry:
            columns["geom"] = loaded_geometry(values["geom"])
        return typed_frame(table, columns)
    except ValueError as error:
        raise PlanFileError("plan.values_spoiled", table=table.alias, detail=str(error)) from error


def _cells(frame: pd.DataFrame) -> list[list[Any]]:
    return [[plain(cell) for cell in frame[column].to_numpy(dtype=object)] for column in frame.columns]
