"""PlanIndex: the rows of a plan's tables as named tuples, found by key and by what they refer to."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any, Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
import shapely

from village_planner.plan.data import PlanData
from village_planner.plan.schema import BY_NAME, Table
from village_planner.spatial.arrays import objects

_MANY = 50
"""Rows of one table that are looked up one by one."""


class TableIndex:
    """Rows of one table in the table's order: named tuples of its columns and `geom` (of tables with geometry); null is None.

    Never changed: `patched` gives another one.
    """

    def __init__(self, table: Table, rows: Sequence[Any]) -> None:
        self.table = table
        self.rows = rows
        self._places: dict[Any, int] | None = None
        self._groups: dict[str, dict[Any, list[Any]]] = {}
        self._bounds: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def get(self, *key: Any) -> Any:
        """The row with a key (the values of the table's key columns), None where there is none; of several the first."""
        place = self._places_of_keys().get(key)
        return None if place is None else self.rows[place]

    def place(self, *key: Any) -> int:
        """Where in the table the row with a key stands; a key that is not there stands behind all others."""
        return self._places_of_keys().get(key, len(self.rows))

    def of(self, column: str, value: Any) -> Sequence[Any]:
        """The rows with a value in a column, in the table's order."""
        if column not in self._groups:
            groups: dict[Any, list[Any]] = {}
            for row, held in zip(self.rows, self._values(column)):
                groups.setdefault(held, []).append(row)
            self._groups[column] = groups
        return self._groups[column].get(value, ())

    @property
    def bounds(self) -> np.ndarray:
        """(n, 4) bounds of the rows' geometries in the plan's CRS; NaN where there is none."""
        if self._bounds is None:
            self._bounds = shapely.bounds(objects([row.geom for row in self.rows]))
        return self._bounds

    def in_order(self, rows: Sequence[Any]) -> list[Any]:
        """Rows of this table, gathered from several groups, in the table's order."""
        places = self._places_of_keys()
        return sorted(rows, key=lambda row: places.get(key_of(self.table, row), len(self.rows)))

    def patched(self, edits: Sequence[RowEdit]) -> TableIndex:
        """The table after some edits of rows."""
        gone = {edit.key for edit in edits if edit.row is None}
        places = self._places_of_keys()
        rows = list(self.rows)
        added = []
        for edit in edits:
            if edit.row is not None and edit.key in places:
                rows[places[edit.key]] = edit.row
            elif edit.row is not None:
                added.append(edit)
        if gone:
            rows = [row for row in rows if key_of(self.table, row) not in gone]
        added.sort(key=lambda edit: edit.place)
        kept_count = len(rows)
        for edit in added:
            rows.insert(edit.place, edit.row)
        after = TableIndex(self.table, rows)
        if len(places) == len(self.rows) and [edit.place for edit in added] == list(range(kept_count, len(rows))):
            changed = [places[edit.key] for edit in edits if edit.row is not None and edit.key in places]
            after._keep_what_is_known(self, changed, [places[key] for key in gone if key in places], kept_count)
        return after

    def _keep_what_is_known(self, before: TableIndex, changed: Sequence[int], gone: Sequence[int], kept_count: int) -> None:
        """Take over what was found of the table before, but for the rows that changed or are gone.

        changed, gone: places in the table before. kept_count: how many rows of this one come before those that are new.
        """
        old, new = before._places_of_keys(), self.rows[kept_count:]
        now = dict(zip(np.delete(np.arange(len(before.rows)), gone).tolist(), range(kept_count))) if gone else None
        after = {place: self.rows[place if now is None else now[place]] for place in changed}
        if now is None:
            self._places = dict(old)
            for place, row in enumerate(new, kept_count):
                self._places.setdefault(key_of(self.table, row), place)
        if before._bounds is not None:
            bounds = before._bounds.copy()
            bounds[list(changed)] = _bounds_of(after.values())
            self._bounds = np.concatenate([np.delete(bounds, gone, axis=0), _bounds_of(new)])
        for column, known in before._groups.items():
            self._groups[column] = _regrouped(column, known, before, after, gone, new)

    def _values(self, column: str) -> list[Any]:
        field = _row_type(self.table.name)._fields.index(column)
        return [row[field] for row in self.rows]

    def _places_of_keys(self) -> dict[Any, int]:
        if self._places is None:
            keys = zip(*(self._values(name) for name in self.table.key))
            places: dict[Any, int] = {}
            for place, key in enumerate(keys):
                places.setdefault(key, place)
            self._places = places
        return self._places


def _regrouped(
    column: str, known: Mapping[Any, list[Any]], before: TableIndex, after: Mapping[int, Any], gone: Sequence[int], new: Sequence[Any]
) -> dict[Any, list[Any]]:
    """Rows by their value in a column, in the table's order: `known` of the table before, with some rows changed, gone or new."""
    groups, value_of, places = dict(known), attrgetter(column), before._places_of_keys()
    for place in (*after, *gone):
        was = before.rows[place]
        groups[value_of(was)] = [row for row in groups[value_of(was)] if row is not was]
    for place, row in after.items():
        group = groups.get(value_of(row), [])
        # Rows that have changed too stand in no group of theirs yet, or have the key and so the place that they had.
        ahead = sum(places[key_of(before.table, other)] < place for other in group)
        groups[value_of(row)] = [*group[:ahead], row, *group[ahead:]]
    for row in new:
        groups[value_of(row)] = [*groups.get(value_of(row), ()), row]
    return groups


def _bounds_of(rows: Iterable[Any]) -> np.ndarray:
    return shapely.bounds(objects([row.geom for row in rows])).reshape(-1, 4)


@dataclass(frozen=True)
class RowEdit:
    """What became of one row.

    key: values of the key columns. row: as it is now, None where it is gone. place: where in the table it stands now.
    """

    key: tuple
    row: Any
    place: int


class PlanIndex:
    """The tables of a snapshot as `TableIndex`, each made when it is first asked for: `index.hamlet.get(code)`."""

    def __init__(self, data: PlanData, made: Mapping[str, TableIndex] | None = None) -> None:
        """made: tables that are known already, with the rows of `data`."""
        self._data = data
        self._made: dict[str, TableIndex] = dict(made or {})

    def __getattr__(self, name: str) -> TableIndex:
        if name.startswith("_") or name not in BY_NAME:
            raise AttributeError(name)
        if name not in self._made:
            self._made[name] = TableIndex(BY_NAME[name], rows_of(BY_NAME[name], self._data.tables[name]))
        return self._made[name]

    def patched(self, data: PlanData, edits: Mapping[str, Sequence[RowEdit]]) -> PlanIndex:
        """The index of `data`, which is this one's snapshot after some edits by table; a table that changed otherwise is made anew."""
        made = {
            name: table.patched(edits[name]) if name in edits else table
            for name, table in self._made.items()
            if name in edits or data.tables[name] is self._data.tables[name]
        }
        return PlanIndex(data, made)


def edits_of(data: PlanData, changed: Mapping[str, Sequence[Mapping[str, Any]]], before: PlanIndex | None = None) -> dict[str, list[RowEdit]]:
    """What became of some rows (by table their keys, as in Change) in the snapshot `data`, which was read after they changed.

    before: of the snapshot before; a row that has stayed in its place is then found at once.
    A table of which very many rows changed is left out: its index is made anew more quickly.
    """
    return {
        name: [_edit_of(BY_NAME[name], data.tables[name], key, getattr(before, name) if before is not None else None) for key in _each_once(keys)]
        for name, keys in changed.items()
        if name in BY_NAME and 0 < len(keys) <= _MANY
    }


def _each_once(keys: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return list({tuple(key.items()): key for key in keys}.values())


def _edit_of(table: Table, frame: pd.DataFrame, key: Mapping[str, Any], before: TableIndex | None) -> RowEdit:
    values = tuple(key[name] for name in table.key)
    # Most rows stay where they were, and a new one is the last.
    likely = [] if before is None else [before.place(*values), len(frame) - 1]
    place = next((place for place in likely if 0 <= place < len(frame) and _cells_at(frame, table.key, place) == values), None)
    if place is None:
        place = _place_of(table, frame, key)
    if place is None:
        return RowEdit(values, None, len(frame))
    names = _row_type(table.name)._fields
    return RowEdit(values, _row_type(table.name)._make(_cells_at(frame, names, place)), place)


def _place_of(table: Table, frame: pd.DataFrame, key: Mapping[str, Any]) -> int | None:
    found = np.ones(len(frame), dtype=bool)
    for name in table.key:
        found &= frame[name].eq(key[name]).fillna(False).to_numpy(dtype=bool)
    places = np.flatnonzero(found)
    return int(places[0]) if len(places) else None


def _cells_at(frame: pd.DataFrame, names: Sequence[str], place: int) -> tuple:
    """The cells of one row, as `rows_of` gives them."""
    return tuple(_cell(frame[name].array[place]) if name in frame else None for name in names)


def _cell(value: Any) -> Any:
    if value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    return value.item() if isinstance(value, np.generic) else value


def key_of(table: Table, row: Any) -> tuple:
    """The key of a row of a table."""
    return tuple(getattr(row, name) for name in table.key)


def rows_of(table: Table, frame: pd.DataFrame) -> list[Any]:
    """The rows of a frame of a table as named tuples."""
    names = _row_type(table.name)._fields
    columns = [_cells(frame[name]) if name in frame else [None] * len(frame) for name in names]
    return [_row_type(table.name)._make(values) for values in zip(*columns)]


@cache
def _row_type(table: str) -> Any:
    spec = BY_NAME[table]
    return namedtuple(f"{table}_row", [*spec.names, *(["geom"] if spec.geometry else [])])


def _cells(column: pd.Series) -> list[Any]:
    if column.dtype == object:
        return [None if value is pd.NA or (isinstance(value, float) and np.isnan(value)) else value for value in column]
    if column.dtype.kind == "f":
        return [None if value != value else value for value in column.tolist()]
    return column.to_numpy(dtype=object, na_value=None).tolist()
