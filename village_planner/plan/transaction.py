"""One user action on a plan file: the writes of a transaction, logged as one history group."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Callable, Iterable, Mapping, Sequence

from village_planner.base import Message, PlannerError, Refused
from village_planner.plan.connection import translated
from village_planner.plan.schema import BY_NAME, Role, Table
from village_planner.plan.triggers import CLIENT
from village_planner.plan.values import require_columns, row_words, stored_rows
from village_planner.standards import Profile, load_profile


@dataclass(frozen=True)
class Change:
    """What an action changed: its history group, and by table the natural keys of the rows.

    tables is empty where the action changed nothing; the group is then not in the history.
    """

    group: int
    tables: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)


class Transaction:
    """Writes rows of plan tables; made by `PlanFile.write`.

    Rows are mappings from PlanData's column names to plain values, `geom` a shapely geometry in the plan's CRS.
    Wrong values raise InputError, what the plan's state or references forbid raises Refused; both name the row.
    A call that raises has written nothing, and the transaction can go on.
    """

    def __init__(self, connection: sqlite3.Connection, group: int, file: str, profile: Profile | None = None) -> None:
        self._connection, self._file, self._profile = connection, file, profile
        self.group = group
        self.change = Change(group)
        plan = connection.execute("SELECT crs, profile_id FROM plan").fetchone()
        self.crs, self._profile_id = (int(plan[0]), str(plan[1])) if plan else (0, "")

    @cached_property
    def profile(self) -> Profile:
        """The profile that the plan follows; raises InputError where it is neither beside the plan file nor among the shipped."""
        return self._profile or load_profile(self._profile_id, beside=self.folder)

    @cached_property
    def folder(self) -> Path:
        """Folder of the plan file."""
        return Path(self._connection.execute("PRAGMA database_list").fetchone()[2]).parent

    def insert(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add rows; columns that a row lacks are null."""
        spec = _writable(table)
        stored = stored_rows(spec, list(rows), self.crs)
        for row in stored:
            require_columns(spec, row)
        self._each(spec, stored, self._insert)

    def upsert(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add rows, or change those whose key exists: only the columns that a row has."""
        spec = _writable(table)
        stored = stored_rows(spec, list(rows), self.crs)
        self._each(spec, stored, self._upsert)

    def update(self, table: str, key: Mapping[str, Any], **values: Any) -> None:
        """Change the one row with `key` (all key columns); raises Refused when there is none."""
        spec = _writable(table)
        stored_key, stored = stored_rows(spec, [key, values], self.crs)
        self._each(spec, [stored], lambda t, row: self._update(t, stored_key, row), words=stored_key)

    def delete(self, table: str, key: Mapping[str, Any]) -> int:
        """Remove the rows that match `key` (one or more columns); returns how many there were."""
        spec = _writable(table)
        (stored,) = stored_rows(spec, [key], self.crs)
        counts: list[int] = []
        self._each(spec, [stored], lambda t, row: counts.append(self._delete(t, row)))
        return counts[0]

    def select(self, table: str, **equal: Any) -> list[dict[str, Any]]:
        """Return rows as they now are inside the transaction (no geometry, json as text), where columns equal values."""
        spec = BY_NAME[table]
        (stored,) = stored_rows(spec, [equal], self.crs)
        names = ", ".join(f'"{name}"' for name in spec.names)
        cursor = self._connection.execute(f'SELECT {names} FROM "{table}"{_where(stored)} ORDER BY fid', list(stored.values()))
        return [dict(zip(spec.names, row)) for row in cursor]

    def _each(
        self, table: Table, rows: Sequence[dict[str, Any]], write: Callable[[Table, dict[str, Any]], Any],
        words: Mapping[str, Any] | None = None,
    ) -> None:
        connection = self._connection
        connection.execute("SAVEPOINT call")
        row: dict[str, Any] = {}
        try:
            for row in rows:
                write(table, row)
        except sqlite3.IntegrityError as error:
            connection.execute("ROLLBACK TO call")
            raise _with_row(translated(error, self._file), row_words(table, {**row, **(words or {})})) from error
        except PlannerError:
            connection.execute("ROLLBACK TO call")
            raise
        finally:
            if connection.in_transaction:
                connection.execute("RELEASE call")

    def _insert(self, table: Table, row: dict[str, Any]) -> None:
        names = ", ".join(f'"{name}"' for name in row)
        self._connection.execute(f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join("?" * len(row))})', list(row.values()))

    def _upsert(self, table: Table, row: dict[str, Any]) -> None:
        key = {name: row[name] for name in table.key}
        found = self._connection.execute(f'SELECT 1 FROM "{table.name}"{_where(key)}', list(key.values())).fetchone()
        if found:
            self._update(table, key, {name: value for name, value in row.items() if name not in key})
        else:
            require_columns(table, row)
            self._insert(table, row)

    def _update(self, table: Table, key: dict[str, Any], row: dict[str, Any]) -> None:
        if not row:
            return
        names = ", ".join(f'"{name}" = ?' for name in row)
        cursor = self._connection.execute(
            f'UPDATE "{table.name}" SET {names}{_where(key)}', [*row.values(), *key.values()]
        )
        if cursor.rowcount == 0:
            raise Refused("plan.no_such_row", row=row_words(table, key))

    def _delete(self, table: Table, key: dict[str, Any]) -> int:
        return self._connection.execute(f'DELETE FROM "{table.name}"{_where(key)}', list(key.values())).rowcount


def begin_group(connection: sqlite3.Connection, who: str, label: str, undoes: int | None = None) -> int:
    """Tell the history triggers who writes, and return the number of the new group."""
    group = int(connection.execute("SELECT coalesce(max(grp), 0) + 1 FROM history").fetchone()[0])
    # Without this row the history triggers log nothing, and another program may have deleted it.
    connection.execute(
        "INSERT INTO session (id, client, who, label, grp, undoes) VALUES (1, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
        "client = excluded.client, who = excluded.who, label = excluded.label, grp = excluded.grp, undoes = excluded.undoes",
        (CLIENT, who, label, group, undoes),
    )
    return group


def end_group(connection: sqlite3.Connection) -> None:
    """Date the tables that the group changed, and forget who writes: no other program must find that after the commit."""
    # GDAL takes a stored extent at its word; without one it asks the R-tree.
    connection.execute(
        "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ','now'), min_x = NULL, min_y = NULL, max_x = NULL, max_y = NULL "
        "WHERE table_name IN (SELECT tbl FROM history WHERE grp = (SELECT grp FROM session))"
    )
    connection.execute("UPDATE session SET client = NULL, who = NULL, label = NULL, grp = NULL, undoes = NULL")


def changed_keys(connection: sqlite3.Connection, group: int) -> dict[str, list[dict[str, Any]]]:
    """Return by table the natural keys that a group touched, in the order of the writes; a renamed row with both keys."""
    return _touched(connection, "grp = ?", group)


def keys_changed_since(connection: sqlite3.Connection, number: int) -> dict[str, list[dict[str, Any]]]:
    """As `changed_keys`, of all rows of the history after the row `number`, whoever wrote them."""
    return _touched(connection, "id > ?", number)


def last_row(connection: sqlite3.Connection) -> int:
    """Number of the newest row of the history."""
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM history").fetchone()[0])


def _touched(connection: sqlite3.Connection, condition: str, value: int) -> dict[str, list[dict[str, Any]]]:
    tables: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    cursor = connection.execute(f"SELECT tbl, row_key, CASE op WHEN 'U' THEN old END FROM history WHERE {condition} ORDER BY id", (value,))
    for table, key, old in cursor:
        if old is not None:
            before = json.loads(old)
            old_key = {name: before[name] for name in BY_NAME[table].key}
            tables[table].setdefault(json.dumps(old_key), old_key)
        new_key = json.loads(key)
        tables[table].setdefault(json.dumps(new_key), new_key)
    return {table: list(keys.values()) for table, keys in tables.items()}


def _writable(name: str) -> Table:
    table = BY_NAME[name]
    if table.role is Role.RESULT or (table.role is Role.SYSTEM and name != "plan"):
        raise KeyError(f"{name} is not written through a transaction")
    return table


def _where(key: Mapping[str, Any]) -> str:
    return " WHERE " + " AND ".join(f'"{name}" IS ?' for name in key) if key else ""


def _with_row(error: PlannerError, row: str) -> PlannerError:
    return type(error)(Message("plan.row_refused", {"row": row, "reason": error.message}))
