"""Brings older plan files to the present version, after a backup beside them."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Callable

from village_planner.base import Message, PlanFileError, render
from village_planner.plan import seal
from village_planner.plan.connection import is_writable, reading, writing
from village_planner.plan.ddl import add_attribute_table, add_column, remake_history
from village_planner.plan.schema import BY_NAME, SCHEMA_VERSION
from village_planner.plan.staging import put_in_place, staging
from village_planner.plan.transaction import begin_group, end_group


def _facts_and_limits(connection: sqlite3.Connection) -> None:
    """1 → 2: facts of villages and hamlets, limits and lists from above, and since which run a finding is known."""
    for name in ("fact", "quota", "fixed_village"):
        add_attribute_table(connection, BY_NAME[name])
    add_column(connection, BY_NAME["finding"], "since")
    remake_history(connection)


MIGRATIONS: dict[int, Callable[[sqlite3.Connection], None]] = {1: _facts_and_limits}
"""version → the change that makes a file of that version one of the next. It runs without our triggers, in one transaction."""


def migrate(path: Path) -> Path | None:
    """Bring the file to SCHEMA_VERSION and return the backup's path; None when it is of that version already.

    Raises PlanFileError for a file of a newer version, of one that no migration leads from, or that cannot be written.
    """
    version = file_version(path)
    if version == SCHEMA_VERSION:
        return None
    if version > SCHEMA_VERSION:
        raise PlanFileError("plan.newer_version", file=path.name, version=version, known=SCHEMA_VERSION)
    steps = range(version, SCHEMA_VERSION)
    if any(step not in MIGRATIONS for step in steps):
        raise PlanFileError("plan.too_old", file=path.name, version=version)
    if not is_writable(path):
        raise PlanFileError("plan.old_and_read_only", file=path.name, version=version)
    backup = _backup_path(path, version)
    vacuum_into(path, backup)
    with writing(path) as connection:
        begin_group(connection, "", render(Message("plan.migrated_label", {"version": SCHEMA_VERSION})))
        seal.seal(connection)
        seal.drop_triggers(connection)
        for step in steps:
            MIGRATIONS[step](connection)
        connection.execute("UPDATE plan SET schema_version = ?", (SCHEMA_VERSION,))
        seal.restore_triggers(connection)
        seal.log_differences(connection)
        seal.seal(connection)
        end_group(connection)
    return backup


def file_version(path: Path) -> int:
    """Return the schema version that the file states."""
    with reading(path) as connection:
        row = connection.execute("SELECT schema_version FROM plan").fetchone()
    if row is None or not isinstance(row[0], int):
        raise PlanFileError("plan.truncated", file=path.name)
    return row[0]


def vacuum_into(path: Path, target: Path) -> None:
    """Write a compact, whole copy of the file to `target`, which must not exist; a failed copy leaves nothing behind."""
    try:
        with staging(target) as staged:
            with reading(path) as connection:
                connection.execute("COMMIT")
                connection.execute("VACUUM INTO ?", (str(staged),))
            put_in_place(staged, target)
    except OSError as error:
        raise PlanFileError("plan.cannot_create", file=target.name, detail=str(error)) from error


def _backup_path(path: Path, version: int) -> Path:
    number = 0
    while True:
        suffix = f"-{number}" if number else ""
        backup = path.with_name(f"{path.stem}.v{version}-backup{suffix}.gpkg")
        if not backup.exists():
            return backup
        number += 1
