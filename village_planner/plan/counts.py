"""The feature counts that GDAL keeps in the file: it drops its counting triggers while it edits, and a kill loses them."""

from __future__ import annotations

import sqlite3

from village_planner.plan.schema import BY_NAME


def counts_wrong(connection: sqlite3.Connection) -> bool:
    """Whether a count is wrong, or a counting trigger is gone."""
    return len(_lost_count_triggers(connection)) > 0 or any(
        connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] != count
        for name, count in connection.execute("SELECT table_name, feature_count FROM gpkg_ogr_contents").fetchall()
        if name in BY_NAME
    )


def mend_counts(connection: sqlite3.Connection) -> None:
    """Make lost counting triggers anew and count again."""
    for name, sql in _lost_count_triggers(connection).items():
        connection.execute(f'DROP TRIGGER IF EXISTS "{name}"')
        connection.execute(sql)
    for table in BY_NAME:
        connection.execute(
            f'UPDATE gpkg_ogr_contents SET feature_count = (SELECT count(*) FROM "{table}") WHERE lower(table_name) = ?', (table,)
        )


def _lost_count_triggers(connection: sqlite3.Connection) -> dict[str, str]:
    found = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    wanted = {}
    for table in BY_NAME:
        for op, sign in (("insert", "+"), ("delete", "-")):
            name = f"trigger_{op}_feature_count_{table}"
            wanted[name] = (
                f'CREATE TRIGGER "{name}" AFTER {op.upper()} ON "{table}" BEGIN UPDATE gpkg_ogr_contents SET feature_count = '
                f"feature_count {sign} 1 WHERE lower(table_name) = lower('{table}'); END"
            )
    return {name: sql for name, sql in wanted.items() if name not in found}
