"""Opens short SQLite connections to a plan file and turns SQLite's complaints into the planner's words."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Hashable
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Iterator
from urllib.parse import quote

from village_planner.base import InputError, Message, PlanFileError, PlannerError, Refused
from village_planner.plan.schema import TABLES
from village_planner.plan.triggers import refusals
from village_planner.spatial.blob import register_functions

BUSY_SECONDS = 5.0
_GEOPACKAGE_ID = 0x47504B47
_TICK_NS = 100_000_000


@contextmanager
def reading(path: Path, patience_s: float | None = None) -> Iterator[sqlite3.Connection]:
    """One read transaction on the file; raises PlanFileError or InputError in words.

    patience_s: how long to wait for another program that holds the file; None is BUSY_SECONDS.
    """
    # Where it may be written it is opened so: a write that was killed half-way is rolled back by the next to open the file.
    with _connection(path, "rw" if is_writable(path) else "ro", patience_s) as connection:
        connection.execute("BEGIN")
        yield connection


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection for several readings one after the other, each in its own `transaction`; else as `reading`."""
    with _connection(path, "rw" if is_writable(path) else "ro") as connection:
        yield connection


@contextmanager
def transaction(connection: sqlite3.Connection, file: str) -> Iterator[None]:
    """One read transaction on a connection that is open; errors as of `reading`."""
    try:
        connection.execute("BEGIN")
        try:
            yield
        finally:
            _roll_back(connection)
    except sqlite3.Error as error:
        raise translated(error, file) from error


@contextmanager
def writing(path: Path, patience_s: float | None = None) -> Iterator[sqlite3.Connection]:
    """One write transaction: committed at the end of the block, rolled back when it raises.

    patience_s: as in `reading`. Raises PlanFileError for a read-only, locked or damaged file, Refused or InputError for what the file's triggers refuse.
    """
    if not is_writable(path):
        raise PlanFileError("plan.read_only", file=path.name)
    with _connection(path, "rw", patience_s) as connection:
        _leave_wal(connection)
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            _roll_back(connection)
            raise
        _commit(connection)


def content_state(path: Path) -> Hashable:
    """What tells the content of a file from that of another moment; None where that cannot be told: no file, or one that was written just now.

    The file is not opened: who closes it beside SQLite takes away the locks that the process holds on it.
    """
    states: list[tuple[int, ...] | None] = []
    for name in (path.name, f"{path.name}-wal"):
        try:
            state = path.with_name(name).stat()
        except OSError:
            states.append(None)
            continue
        # Two writes in one tick of the file system's clock cannot be told apart.
        if abs(time.time_ns() - state.st_mtime_ns) < _TICK_NS:
            return None
        states.append((state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns))
    return None if states[0] is None else tuple(states)


def is_writable(path: Path) -> bool:
    """Whether file and folder may be written, or the folder where the file is not there yet: SQLite needs its journal beside it."""
    places = (path, path.parent) if path.is_file() else (path.parent,)
    return all(os.access(place, os.W_OK) and bool(place.stat().st_mode & stat.S_IWUSR) for place in places)


def translated(error: sqlite3.Error, file: str) -> PlannerError:
    """Return what SQLite complained of as an error in the planner's words."""
    text = str(error)
    message = refusals().get(text)
    if message is not None:
        return Refused(message)
    if isinstance(error, sqlite3.IntegrityError):
        return _constraint(text)
    for fragment, code in _COMPLAINTS:
        if fragment in text:
            return InputError(code, file=file) if code == "plan.not_a_plan_file" else PlanFileError(code, file=file, detail=text)
    return PlanFileError("plan.sqlite_error", file=file, detail=text)


def check_is_plan_file(path: Path) -> None:
    """Raise InputError or PlanFileError unless `path` is a whole plan file of ours, of any version."""
    if not path.is_file():
        raise InputError("plan.missing", file=str(path))
    with reading(path) as connection:
        found = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE name IN ('plan', 'history')")}
        versioned = any(row[1] == "schema_version" for row in connection.execute("PRAGMA table_info(plan)"))
        if _pragma(connection, "application_id") != _GEOPACKAGE_ID or len(found) < 2 or not versioned:
            raise InputError("plan.not_a_plan_file", file=path.name)
        if path.stat().st_size < _pragma(connection, "page_count") * _pragma(connection, "page_size"):
            raise PlanFileError("plan.truncated", file=path.name)


def check_columns(path: Path) -> None:
    """Raise PlanFileError where another program took away or renamed a table or column of a file of the present version."""
    with reading(path) as connection:
        for table in TABLES:
            found = {row[1] for row in connection.execute(f'PRAGMA table_info("{table.name}")')}
            lost = [column.alias for column in table.columns if column.name not in found]
            if lost:
                raise PlanFileError("plan.columns_lost", file=path.name, table=table.alias, columns="、".join(lost))


_COMPLAINTS = (
    ("locked", "plan.file_busy"),
    ("readonly", "plan.read_only"),
    ("disk is full", "plan.disk_full"),
    ("not a database", "plan.not_a_plan_file"),
    ("malformed", "plan.truncated"),
    ("unable to open database file", "plan.cannot_open"),
)


@contextmanager
def _connection(path: Path, mode: str, patience_s: float | None = None) -> Iterator[sqlite3.Connection]:
    try:
        connection = _connect(path, mode, BUSY_SECONDS if patience_s is None else patience_s)
        try:
            yield connection
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise translated(error, path.name) from error


def _connect(path: Path, mode: str, patience_s: float) -> sqlite3.Connection:
    uri = _uri(path)
    connection = sqlite3.connect(f"{uri}?mode={mode}", uri=True, timeout=patience_s, isolation_level=None)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except UnicodeDecodeError as error:
        # SQLite quotes the damaged bytes in its complaint.
        connection.close()
        raise PlanFileError("plan.truncated", file=path.name) from error
    except sqlite3.OperationalError as error:
        connection.close()
        if mode == "rw" or "locked" in str(error) or is_writable(path):
            raise
        # A file that another program left in WAL mode cannot be opened in a read-only folder otherwise.
        connection = sqlite3.connect(f"{uri}?immutable=1", uri=True, isolation_level=None)
    # Other programs store text in encodings of their own; that must not keep the plan shut.
    connection.text_factory = partial(str, encoding="utf-8", errors="replace")
    register_functions(connection)
    return connection


def _uri(path: Path) -> str:
    # Path.as_uri gives a network share an authority (file://server/…), which SQLite refuses.
    name = path.absolute().as_posix()
    return "file://" + quote(name if name.startswith("/") else f"/{name}")


def _leave_wal(connection: sqlite3.Connection) -> None:
    """Plain QGIS switches a file to WAL when it edits; it cannot be switched back while it is open there: then later."""
    try:
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise


def _commit(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("COMMIT")
    except sqlite3.Error:
        _roll_back(connection)
        raise


def _roll_back(connection: sqlite3.Connection) -> None:
    # On a full disk SQLite has rolled back by itself.
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _constraint(text: str) -> PlannerError:
    kind, _, detail = text.partition(" constraint failed: ")
    if kind == "UNIQUE":
        return Refused("plan.duplicate_key", columns=detail)
    return InputError(Message("plan.value_refused", {"constraint": detail or text}))


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
