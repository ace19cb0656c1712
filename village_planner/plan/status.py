"""The procedure of approval: its steps, the state that an approval keeps, and what a revision changes in it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import uuid
from datetime import datetime, timezone
from typing import Any, Mapping

import pandas as pd

from village_planner.base import Message, PlannerError, Refused
from village_planner.plan.connection import translated
from village_planner.plan.schema import BY_NAME, LOCKED, LOCKED_TABLES, STATE_TABLES, Status
from village_planner.plan.triggers import blob_column
from village_planner.plan.values import json_text, loaded_geometry, require_columns, stored_rows

State = Mapping[str, Mapping[str, tuple[str, "bytes | None"]]]
"""table → key as json → (row as json, its blob); only columns of the schema, no fid."""


def title(status: Status) -> Message:
    """Return the Chinese and English name of a status as a message."""
    return Message(f"plan.status_{status.value}")


def record_step(connection: sqlite3.Connection, to_status: Status, step: Mapping[str, Any], file: str) -> str:
    """Insert an approval step from the present status and return its code; the file's triggers then move the status.

    step: date, end_date, document, result, legal_ground, person. Raises Refused or InputError.
    """
    table = BY_NAME["approval_step"]
    state = present_state(connection)
    (row,) = stored_rows(table, [{
        **step, "code": uuid.uuid4().hex, "to_status": to_status,
        "from_status": connection.execute("SELECT status FROM plan").fetchone()[0],
        "recorded_at": datetime.now(timezone.utc).isoformat(timespec="seconds"), "state_hash": state_hash(state),
    }], 0)  # fmt: skip
    require_columns(table, row)
    names = ", ".join(f'"{name}"' for name in row)
    try:
        connection.execute(f"INSERT INTO approval_step ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))
    except sqlite3.IntegrityError as error:
        raise _with_step(translated(error, file), to_status) from error
    if to_status is Status.APPROVED:
        _keep(connection, row["code"], state)
    return str(row["code"])


def present_state(connection: sqlite3.Connection) -> State:
    """Return the decisions and base facts as they are now."""
    state: dict[str, dict[str, tuple[str, bytes | None]]] = {}
    for name in STATE_TABLES:
        table, blob = BY_NAME[name], blob_column(BY_NAME[name])
        listed = ", ".join(f'"{column}"' for column in [*table.names, *([blob] if blob else [])])
        rows: dict[str, tuple[str, bytes | None]] = {}
        for values in connection.execute(f'SELECT {listed} FROM "{name}"'):
            row = dict(zip(table.names, values))
            rows[json_text({key: row[key] for key in table.key})] = (json_text(row), values[-1] if blob else None)
        state[name] = dict(sorted(rows.items()))
    return state


def state_hash(state: State) -> str:
    """Return the SHA-256 of a state; rows in the order of their keys, so that it does not hang on how they were written."""
    digest = hashlib.sha256()
    for name in STATE_TABLES:
        for key, (row, blob) in sorted(state.get(name, {}).items()):
            digest.update(f"{name}\n{key}\n{row}\n{0 if blob is None else len(blob)}\n".encode())
            digest.update(blob or b"")
    return digest.hexdigest()


def revision_report(connection: sqlite3.Connection) -> pd.DataFrame:
    """Return every difference of the present from the last approved state: table, key, column, old, new."""
    step = _last_approval(connection)
    if step is None:
        raise Refused("plan.never_approved")
    approved, present = _kept(connection, step[0]), present_state(connection)
    lines: list[dict[str, Any]] = []
    for name in STATE_TABLES:
        before, after = approved.get(name, {}), present[name]
        for key in sorted({*before, *after}):
            if before.get(key) != after.get(key):
                lines += _differences(name, key, before.get(key), after.get(key))
    return pd.DataFrame(lines, columns=["table", "key", "column", "old", "new"])


def problems(connection: sqlite3.Connection) -> list[Message]:
    """Return where a kept state no longer gives the hash of its approval, and where a locked plan differs from it."""
    found = []
    for code, date, sha in connection.execute(
        "SELECT code, date, state_hash FROM approval_step WHERE to_status = 'approved' ORDER BY fid"
    ).fetchall():
        if state_hash(_kept(connection, code)) != sha:
            found.append(Message("plan.approved_state_changed", {"date": date}))
    step = _last_approval(connection)
    status = connection.execute("SELECT status FROM plan").fetchone()[0]
    if Status(status) in LOCKED:
        approved, present = ({} if step is None else _kept(connection, step[0])), present_state(connection)
        for name in LOCKED_TABLES:
            if approved.get(name, {}) != present[name]:
                found.append(Message("plan.locked_but_changed", {"table": BY_NAME[name].alias}))
    return found


def _keep(connection: sqlite3.Connection, step: str, state: State) -> None:
    connection.executemany(
        "INSERT INTO approved_state (step, tbl, row_key, row, row_geom) VALUES (?, ?, ?, ?, ?)",
        [(step, name, key, row, blob) for name, rows in state.items() for key, (row, blob) in rows.items()],
    )


def _kept(connection: sqlite3.Connection, step: str) -> State:
    state: dict[str, dict[str, tuple[str, bytes | None]]] = {}
    for name, key, row, blob in connection.execute("SELECT tbl, row_key, row, row_geom FROM approved_state WHERE step = ?", (step,)):
        state.setdefault(name, {})[key] = (row, blob)
    return state


def _last_approval(connection: sqlite3.Connection) -> tuple[str, str] | None:
    row = connection.execute(
        "SELECT code, state_hash FROM approval_step WHERE to_status = 'approved' ORDER BY fid DESC LIMIT 1"
    ).fetchone()
    return None if row is None else (str(row[0]), str(row[1]))


def _differences(
    name: str, key: str, before: tuple[str, bytes | None] | None, after: tuple[str, bytes | None] | None
) -> list[dict[str, Any]]:
    old = None if before is None else json.loads(before[0])
    new = None if after is None else json.loads(after[0])
    line = {"table": name, "key": json.loads(key)}
    if old is None or new is None or before is None or after is None:
        return [{**line, "column": None, "old": old, "new": new}]
    lines = [
        {**line, "column": column, "old": old.get(column), "new": new.get(column)}
        for column in dict.fromkeys([*old, *new])
        if old.get(column) != new.get(column)
    ]
    if before[1] != after[1]:
        geoms = loaded_geometry([before[1], after[1]])
        lines.append({**line, "column": "geom", "old": geoms[0], "new": geoms[1]})
    return lines


def _with_step(error: PlannerError, to_status: Status) -> PlannerError:
    return type(error)(Message("plan.step_refused", {"status": title(to_status), "reason": error.message}))
