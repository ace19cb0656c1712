"""Which values a coded column of the plan file takes, with their Chinese names from the profile: for drop-down lists wherever the file is opened."""

from __future__ import annotations

import sqlite3
from typing import Mapping

from village_planner.plan.schema import BY_NAME, TABLES, Column
from village_planner.standards import Profile

Choices = Mapping[tuple[str, str], Mapping[str, str]]
"""(table, column) → value as text → Chinese name, in the order of the profile."""

CODE_LISTS = {
    ("plan", "scope"): "plan_scope", ("plan", "status"): "status", ("village", "kind"): "village_kind", ("village", "position_stated"): "position",
    ("hamlet", "is_main"): "yes_no", ("hamlet", "protection"): "protection", ("site", "setting"): "delivered_setting", ("patch", "kind"): "patch_kind",
    ("roster_difference", "kind"): "delivered_difference", ("roster_difference", "settled"): "delivered_settled",
    ("fact", "subject_kind"): "delivered_level", ("fact", "item"): "fact_item", ("quota", "item"): "quota_item",
    ("fixed_village", "category"): "category", ("fixed_village", "action"): "action",
    ("category", "category"): "category", ("category", "origin"): "origin", ("action", "action"): "action", ("action", "origin"): "origin",
    ("move", "destination_kind"): "destination_kind", ("move", "mode"): "move_mode", ("move", "origin"): "origin", ("consent", "kind"): "consent_kind",
    ("approval_step", "from_status"): "status", ("approval_step", "to_status"): "status", ("control_layer", "kind"): "control_kind",
    ("finding", "severity"): "severity", ("finding", "state"): "finding_state",
}  # fmt: skip
"""Code list of the profile that names a column's values; delivered lists name the plan's own word in their column `word`."""

OPEN_COLUMNS = frozenset({("fact", "item")})
"""Columns that take other values too: a planner's table has items that no list foresees."""
_COUNTS = frozenset({
    "households", "persons", "residents", "homesteads", "vacant_homesteads", "eligible", "attended", "in_favour", "features", "repaired", "set_aside", "units",
})
_YEARS = frozenset({"phase", "year", "ready_phase", "base_year", "current_phase"})
_MOST, _FIRST_YEAR, _LAST_YEAR = 10_000_000, 1900, 2200


def choices(profile: Profile) -> dict[tuple[str, str], dict[str, str]]:
    """The values of all coded columns; those that a column does not take, and lists that a profile lacks, are left out."""
    found = {}
    for (table, name), list_id in CODE_LISTS.items():
        column = next(column for column in BY_NAME[table].columns if column.name == name)
        rows = profile.codes[list_id].rows if list_id in profile.codes else ()
        named = {row.get("word") or row["code"]: row["name"] for row in rows}
        taken = {value: text for value, text in named.items() if not column.choices or value in column.choices}
        # A value without a name still has to be offered: the file holds it.
        taken.update({value: value for value in column.choices if value not in taken})
        if taken:
            found[table, name] = taken
    return found


def limits(column: Column) -> tuple[int, int] | None:
    """Smallest and largest value of a whole number: counts are not negative, years are years; None for other columns."""
    if column.type != "int":
        return None
    if column.name in _YEARS:
        return (_FIRST_YEAR, _LAST_YEAR)
    return (0, _MOST) if column.name in _COUNTS else None


def registered(connection: sqlite3.Connection) -> set[tuple[str, str, str, str]]:
    """What the file itself says of its columns: (table, column, value or range, name)."""
    rows = connection.execute(
        "SELECT c.table_name, c.column_name, coalesce(k.value, k.min || '–' || k.max), coalesce(k.description, '') FROM gpkg_data_columns c "
        "JOIN gpkg_data_column_constraints k ON k.constraint_name = c.constraint_name"
    )
    return {(str(table), str(column), str(value), str(name)) for table, column, value, name in rows}


def wanted(offered: Choices) -> set[tuple[str, str, str, str]]:
    """What `register` makes the file say, as `registered` gives it."""
    closed = {key: values for key, values in offered.items() if key not in OPEN_COLUMNS}
    listed = {(table, column, value, name) for (table, column), values in closed.items() for value, name in values.items()}
    ranges = {(table.name, column.name, f"{bounds[0]}–{bounds[1]}", "") for table in TABLES for column in table.columns if (bounds := limits(column))}
    return listed | ranges


def register(connection: sqlite3.Connection, offered: Choices) -> None:
    """Write the values and ranges of columns into the file, in place of those that it has, so that plain QGIS and QField offer them."""
    for table in TABLES:
        for column in table.columns:
            constraint = f"{table.name}_{column.name}"
            connection.execute("DELETE FROM gpkg_data_column_constraints WHERE constraint_name = ?", (constraint,))
            values, bounds = offered.get((table.name, column.name), {}), limits(column)
            if (table.name, column.name) in OPEN_COLUMNS:
                values = {}
            connection.executemany(
                "INSERT INTO gpkg_data_column_constraints (constraint_name, constraint_type, value, description) VALUES (?, 'enum', ?, ?)",
                [(constraint, value, name) for value, name in values.items()],
            )
            if bounds:
                connection.execute(
                    "INSERT INTO gpkg_data_column_constraints (constraint_name, constraint_type, min, min_is_inclusive, max, max_is_inclusive) "
                    "VALUES (?, 'range', ?, 1, ?, 1)", (constraint, *bounds),
                )
            connection.execute(
                "UPDATE gpkg_data_columns SET constraint_name = ? WHERE table_name = ? AND column_name = ?",
                (constraint if values or bounds else None, table.name, column.name),
            )
