"""Seals the history with a chain of hashes, and finds out whether somebody went round the triggers."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from typing import Any, Iterable

from village_planner.base import Message
from village_planner.plan.schema import BY_NAME, HISTORY_TABLES, Table
from village_planner.plan.triggers import blob_column, key_json, row_json, triggers, without_texts

_Rows = dict[int, dict[str, Any]]
_COLUMNS = "id, at, client, who, label, grp, undoes, op, tbl, row_key, old, new, old_blob, new_blob"
_BEFORE_ALL = -(2**63)
_NOW = "strftime('%Y-%m-%dT%H:%M:%fZ','now')"


def seal(connection: sqlite3.Connection, note: str | None = None) -> None:
    """Chain the hash of all history rows since the last seal into `history_seal`.

    Rows that another program wrote come without a group; they are given one of their own first.
    note: what was found wrong on opening; it is sealed with the rows. Nothing is written when there is neither.
    Must run inside a transaction of this program (`begin_group`).
    """
    last, previous = _last_seal(connection)
    strangers = connection.execute("SELECT 1 FROM history WHERE id > ? AND grp IS NULL LIMIT 1", (last,)).fetchone()
    if strangers:
        connection.execute(
            "UPDATE history SET grp = (SELECT coalesce(max(grp), 0) + 1 FROM history) WHERE id > ? AND grp IS NULL", (last,)
        )
    rows = connection.execute(f"SELECT {_COLUMNS} FROM history WHERE id > ? ORDER BY id", (last,)).fetchall()
    if not rows and note is None:
        return
    first_id, last_id = (rows[0][0], rows[-1][0]) if rows else (None, None)
    connection.execute(
        f"INSERT INTO history_seal (at, first_id, last_id, row_count, note, sha256) VALUES ({_NOW}, ?, ?, ?, ?, ?)",
        (first_id, last_id, len(rows), note, _chained(previous, rows, note)),
    )


def seal_strangers(connection: sqlite3.Connection) -> None:
    """Seal what other programs wrote since the last seal; rows that claim to be ours get a note, since ours are never left unsealed."""
    if strangers_wrote(connection):
        seal(connection, note="历史封存" if _false_claims(connection) else None)


def strangers_wrote(connection: sqlite3.Connection) -> bool:
    """Whether there are history rows that no seal covers yet."""
    last, _ = _last_seal(connection)
    return connection.execute("SELECT 1 FROM history WHERE id > ? LIMIT 1", (last,)).fetchone() is not None


def log_differences(connection: sqlite3.Connection) -> None:
    """Give every row that differs from what history says of it a history row: a migration writes without the triggers."""
    for name in HISTORY_TABLES:
        table = BY_NAME[name]
        blob = f't."{blob_column(table)}"' if blob_column(table) else "NULL"
        present, logged = _present_rows(connection, table), _logged_rows(connection, table)
        for fid in {**present, **logged}:
            if present.get(fid) == logged.get(fid):
                continue
            was = logged.get(fid)
            op = "I" if was is None else "U" if fid in present else "D"
            old = None if was is None else json.dumps({key: value for key, value in was.items() if key != blob_column(table)}, ensure_ascii=False)
            old_blob = None if was is None else was.get(blob_column(table))
            key = None if fid in present else json.dumps({name: (was or {}).get(name) for name in table.key}, ensure_ascii=False)
            row = "t.fid IS NOT NULL" if fid in present else "t.fid IS NULL"
            connection.execute(
                "INSERT INTO history (at, client, who, label, grp, undoes, op, tbl, row_key, old, new, old_blob, new_blob) "
                f"SELECT {_NOW}, s.client, s.who, s.label, s.grp, s.undoes, ?, ?, coalesce(?, {key_json(table, 't')}), ?, "
                f"CASE WHEN t.fid IS NULL THEN NULL ELSE {row_json(table, 't')} END, ?, {blob} "
                f'FROM session s LEFT JOIN "{name}" t ON t.fid = ? WHERE {row}',
                (op, name, key, old, old_blob, fid),
            )


def missing_triggers(connection: sqlite3.Connection) -> list[str]:
    """Return the names of our triggers that are gone or altered, and of unknown ones on our tables."""
    found = _found_triggers(connection)
    wanted = triggers()
    altered = [name for name, sql in wanted.items() if without_texts(found.get(name, "")) != without_texts(sql)]
    return altered + [name for name in found if name.startswith("vp_") and name not in wanted]


def drop_triggers(connection: sqlite3.Connection) -> None:
    """Take all our triggers away, for a migration."""
    for name in _found_triggers(connection):
        if name.startswith("vp_"):
            connection.execute(f'DROP TRIGGER "{name}"')


def restore_triggers(connection: sqlite3.Connection) -> None:
    """Make the file's triggers those that this program generates."""
    found = _found_triggers(connection)
    for name, sql in found.items():
        if name.startswith("vp_") and triggers().get(name) != sql:
            connection.execute(f'DROP TRIGGER "{name}"')
    for name, sql in triggers().items():
        if found.get(name) != sql:
            connection.execute(sql)


def texts_differ(connection: sqlite3.Connection) -> bool:
    """Whether any trigger of the file is not, to the letter, the one that this program generates."""
    found = {name: sql for name, sql in _found_triggers(connection).items() if name.startswith("vp_")}
    return found != dict(triggers())


def problems(connection: sqlite3.Connection) -> list[Message]:
    """Return what shows that the file was changed behind the triggers' back; empty when all is well."""
    found = [Message("plan.seal_triggers", {"count": len(names), "names": "、".join(names[:5])}) for names in [missing_triggers(connection)] if names]
    claims = _false_claims(connection)
    found += [Message("plan.seal_bypassed", {"count": claims})] if claims else []
    found += _broken_seals(connection)
    for table in HISTORY_TABLES:
        found += _unlogged(connection, BY_NAME[table])
    return found


def _found_triggers(connection: sqlite3.Connection) -> dict[str, str]:
    return dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall())


def _false_claims(connection: sqlite3.Connection) -> int:
    last, _ = _last_seal(connection)
    row = connection.execute("SELECT count(*) FROM history WHERE id > ? AND (client IS NOT NULL OR grp IS NOT NULL)", (last,)).fetchone()
    return int(row[0])


def _last_seal(connection: sqlite3.Connection) -> tuple[int, str]:
    last = connection.execute("SELECT coalesce(max(last_id), 0) FROM history_seal").fetchone()[0]
    row = connection.execute("SELECT sha256 FROM history_seal ORDER BY id DESC LIMIT 1").fetchone()
    return int(last), row[0] if row else ""


def _chained(previous: str, rows: Iterable[tuple[Any, ...]], note: str | None) -> str:
    digest = hashlib.sha256(previous.encode())
    for row in rows:
        for value in row:
            _feed(digest, value)
    _feed(digest, note)
    return digest.hexdigest()


def _feed(digest: Any, value: Any) -> None:
    body = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
    digest.update(f"{type(value).__name__}:{len(body)}:".encode())
    digest.update(body)


def _broken_seals(connection: sqlite3.Connection) -> list[Message]:
    found: list[Message] = []
    previous, covered = "", _BEFORE_ALL
    for at, first, last, count, note, sha in connection.execute(
        "SELECT at, first_id, last_id, row_count, note, sha256 FROM history_seal ORDER BY id"
    ).fetchall():
        # The range starts where the last one ended, so that a row slipped in between shows too.
        rows = [] if last is None else connection.execute(
            f"SELECT {_COLUMNS} FROM history WHERE id > ? AND id <= ? ORDER BY id", (covered, last)
        ).fetchall()  # fmt: skip
        if _chained(previous, rows, note) != sha:
            code = "plan.seal_rows_missing" if len(rows) < count else "plan.seal_rows_added" if len(rows) > count else "plan.seal_broken"
            found.append(Message(code, {"first": first, "last": last, "at": at, "expected": count, "found": len(rows)}))
        if note is not None:
            found.append(Message("plan.seal_note", {"at": at, "names": note}))
        previous, covered = sha, covered if last is None else last
    return found


def _unlogged(connection: sqlite3.Connection, table: Table) -> list[Message]:
    """Compare the rows with what the last history row of each says; a difference was made without the triggers."""
    present, logged = _present_rows(connection, table), _logged_rows(connection, table)
    different = [present.get(fid) or logged[fid] for fid in {**present, **logged} if present.get(fid) != logged.get(fid)]
    if not different:
        return []
    keys = "、".join("/".join(str(row.get(name)) for name in table.key) for row in different[:5])
    return [Message("plan.seal_unlogged", {"table": table.alias, "count": len(different), "keys": keys})]


def _present_rows(connection: sqlite3.Connection, table: Table) -> _Rows:
    names = ["fid", *table.names, *(["geom"] if table.geometry else [])]
    listed = ", ".join(f'"{name}"' for name in names)
    return {row[0]: dict(zip(names, row)) for row in connection.execute(f'SELECT {listed} FROM "{table.name}"')}


def _logged_rows(connection: sqlite3.Connection, table: Table) -> _Rows:
    """Replay the table's history: fid → the row as its last history row left it."""
    blob = blob_column(table)
    logged: dict[int, dict[str, Any]] = {}
    for old, new, old_blob, new_blob in connection.execute(
        "SELECT old, new, old_blob, new_blob FROM history WHERE tbl = ? ORDER BY id", (table.name,)
    ):
        before = json.loads(old) if old else None
        last = logged.pop(before["fid"], {}) if before else {}
        if new is not None:
            after = json.loads(new)
            if blob:
                unchanged = before is not None and old_blob is None and new_blob is None
                after[blob] = last.get(blob) if unchanged else new_blob
            logged[after["fid"]] = after
    return logged
