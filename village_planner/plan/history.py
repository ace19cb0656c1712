"""The visible history of a plan file, and undo and redo as inverse writes from its rows."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

import pandas as pd

from village_planner.base import Message, Refused, render
from village_planner.plan.schema import BY_NAME, Table
from village_planner.plan.triggers import CLIENT, blob_column


@dataclass
class Action:
    """One action of the history: the group that did it first, and the group that stands for it now.

    root: the group that the history shows. group: the group whose inverse undoes (or redoes) it.
    """

    root: int
    group: int
    label: str


def last_done(connection: sqlite3.Connection) -> Action:
    """Return the action that undo takes back; raises Refused when there is none."""
    done, _ = _stacks(connection)
    if not done:
        raise Refused("plan.nothing_to_undo")
    return done[-1]


def last_undone(connection: sqlite3.Connection) -> Action:
    """Return the action that redo does again; raises Refused when there is none."""
    _, undone = _stacks(connection)
    if not undone:
        raise Refused("plan.nothing_to_redo")
    return undone[-1]


def invert(connection: sqlite3.Connection, group: int) -> None:
    """Write the inverse of every row of `group`, last first; raises Refused where a row is not as the group left it."""
    rows = connection.execute(
        "SELECT op, tbl, old, new, old_blob, new_blob FROM history WHERE grp = ? ORDER BY id DESC", (group,)
    ).fetchall()
    for op, name, old, new, old_blob, new_blob in rows:
        table = BY_NAME[name]
        before = _row(table, old, old_blob)
        after = _row(table, new, new_blob)
        if op == "U" and old_blob is None and new_blob is None and blob_column(table):
            del before[blob_column(table)], after[blob_column(table)]
        _expect(connection, table, before, after)
        if op == "I":
            connection.execute(f'DELETE FROM "{name}" WHERE fid = ?', (after["fid"],))
        elif op == "D":
            names = ", ".join(f'"{column}"' for column in before)
            connection.execute(f'INSERT INTO "{name}" ({names}) VALUES ({", ".join("?" * len(before))})', list(before.values()))
        else:
            changed = {column: value for column, value in before.items() if value != after[column]}
            names = ", ".join(f'"{column}" = ?' for column in changed)
            connection.execute(f'UPDATE "{name}" SET {names} WHERE fid = ?', [*changed.values(), after["fid"]])


def actions(connection: sqlite3.Connection, limit: int) -> pd.DataFrame:
    """Return the last `limit` actions, newest first: group, at, who, label, rows, undone, can_undo.

    Undoing and redoing are not actions of their own here: they show in `undone`. who is null for another program.
    """
    done, undone = _stacks(connection)
    top = done[-1].root if done else None
    gone = {action.root for action in undone}
    found = []
    for group, first, rows in connection.execute(
        "SELECT grp, min(id), count(*) FROM history WHERE grp IS NOT NULL AND undoes IS NULL GROUP BY grp ORDER BY grp DESC LIMIT ?",
        (limit,),
    ).fetchall():
        at, client, who, label = connection.execute("SELECT at, client, who, label FROM history WHERE id = ?", (first,)).fetchone()
        label = label if client == CLIENT else label_text(Message("plan.strangers_label"))
        found.append((group, at, who or None, label, rows, group in gone or _left_undone(connection, group), group == top))
    return pd.DataFrame(found, columns=["group", "at", "who", "label", "rows", "undone", "can_undo"])


def label_text(message: Message) -> str:
    """Return a label as the file stores it: Chinese, like the deliverables."""
    return render(message)


def _stacks(connection: sqlite3.Connection) -> tuple[list[Action], list[Action]]:
    """Replay the groups: what undo can take back and what redo can do again, the next one last."""
    barriers = {
        row[0]
        for row in connection.execute(
            "SELECT grp FROM history WHERE tbl = 'plan' AND (old IS NULL"
            " OR json_extract(old, '$.status') IS NOT json_extract(new, '$.status')"
            " OR json_extract(old, '$.schema_version') IS NOT json_extract(new, '$.schema_version'))"
        )
    }
    done: list[Action] = []
    undone: list[Action] = []
    for group, undoes in connection.execute(
        "SELECT DISTINCT grp, undoes FROM history WHERE grp IS NOT NULL ORDER BY grp"
    ):
        if group in barriers:
            # The creation, a migration and the steps of the procedure are no actions to take back, nor is what led to them.
            done, undone = [], []
        elif undoes is None:
            done.append(Action(group, group, ""))
            undone = []
        elif done and done[-1].group == undoes:
            undone.append(Action(done.pop().root, group, ""))
        elif undone and undone[-1].group == undoes:
            done.append(Action(undone.pop().root, group, ""))
    for action in [*done[-1:], *undone[-1:]]:
        row = connection.execute("SELECT client, label FROM history WHERE grp = ? ORDER BY id LIMIT 1", (action.root,)).fetchone()
        action.label = row[1] if row[0] == CLIENT else label_text(Message("plan.strangers_label"))
    return done, undone


def _left_undone(connection: sqlite3.Connection, group: int) -> bool:
    """Whether an action that is no longer on the stacks was undone when it left them."""
    undone = False
    current: int | None = group
    while current is not None:
        row = connection.execute("SELECT max(grp) FROM history WHERE undoes = ?", (current,)).fetchone()
        current = row[0]
        undone = undone if current is None else not undone
    return undone


def _row(table: Table, text: str | None, blob: bytes | None) -> dict[str, Any]:
    if text is None:
        return {}
    row: dict[str, Any] = json.loads(text)
    if not {"fid", *table.key} <= row.keys() <= {"fid", *table.names}:
        # Only a row that was not written by the file's triggers looks so.
        raise Refused("plan.history_forged", table=table.alias)
    if blob_column(table):
        row[blob_column(table)] = blob
    return row


def _expect(connection: sqlite3.Connection, table: Table, before: dict[str, Any], after: dict[str, Any]) -> None:
    wanted = after or before
    if before and after and before.keys() != after.keys():
        raise Refused("plan.history_forged", table=table.alias)
    names = list(wanted)
    listed = ", ".join(f'"{name}"' for name in names)
    found = connection.execute(f'SELECT {listed} FROM "{table.name}" WHERE fid = ?', (wanted["fid"],)).fetchone()
    as_left = found is None if not after else found is not None and dict(zip(names, found)) == after
    if not as_left:
        key = " / ".join(str(wanted[name]) for name in table.key)
        raise Refused("plan.changed_since", table=table.alias, key=key)
