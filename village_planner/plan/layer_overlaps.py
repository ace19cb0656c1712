"""Which features of a kind overlap: of each layer found at the import and kept beside it, between layers found when asked for."""

from __future__ import annotations

import sqlite3
from itertools import combinations
from typing import Sequence

import numpy as np

from village_planner.plan.layer_frames import BOUNDS
from village_planner.plan.layer_rows import Table, numbered, put_bounds, quoted, rows
from village_planner.spatial.arrays import objects
from village_planner.spatial.self_overlap import overlaps_between, self_overlaps

KINDS = ("permanent_basic_farmland", "ecological_redline")
"""Kinds whose area is added up (QC-5205): an import of them looks for overlaps."""


def overlaps_table(code: str) -> str:
    """Name of the table with the overlaps of a layer's features."""
    return f"{code}_overlaps"


def append_overlaps(connection: sqlite3.Connection, code: str, geoms: np.ndarray) -> None:
    """Keep which features of a new layer overlap; its fids are the positions in `geoms`, counted from 1."""
    connection.execute(f"CREATE TABLE {quoted(overlaps_table(code))} (one INTEGER NOT NULL, other INTEGER NOT NULL)")
    pairs = (self_overlaps(geoms) + 1).tolist()
    connection.executemany(f"INSERT INTO {quoted(overlaps_table(code))} VALUES (?, ?)", pairs)


def overlapping(connection: sqlite3.Connection, tables: Sequence[Table]) -> np.ndarray:
    """Feature numbers of the pairs of overlapping features of some layers, as (n, 2)."""
    found = [_within(connection, table) for table in tables]
    found += [_between(connection, one, other) for one, other in combinations(tables, 2)]
    return np.concatenate([np.empty((0, 2), dtype=np.int64), *found])


def _within(connection: sqlite3.Connection, table: Table) -> np.ndarray:
    name = overlaps_table(table.code)
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)).fetchone():
        pairs = connection.execute(f"SELECT one, other FROM {quoted(name)} ORDER BY 1, 2").fetchall()
        return numbered(table, np.array(pairs, dtype=np.int64).reshape(-1, 2))
    # Imported by an earlier version, or as a kind that is not added up.
    features, geoms = _features(connection, table, is_near=False)
    return features[self_overlaps(geoms)]


def _between(connection: sqlite3.Connection, one: Table, other: Table) -> np.ndarray:
    bounds = [frame[[*BOUNDS]].to_numpy() for frame in rows(connection, other, BOUNDS, False)]
    put_bounds(connection, np.concatenate([np.empty((0, 4)), *bounds]))
    features, geoms = _features(connection, one, is_near=True)
    others, other_geoms = _features(connection, other, is_near=False)
    pairs = overlaps_between(geoms, other_geoms)
    return np.column_stack([features[pairs[:, 0]], others[pairs[:, 1]]])


def _features(connection: sqlite3.Connection, table: Table, is_near: bool) -> tuple[np.ndarray, np.ndarray]:
    frames = list(rows(connection, table, ("feature", "geom"), is_near))
    numbers = [frame["feature"].to_numpy() for frame in frames]
    return np.concatenate([np.array([], dtype=np.int64), *numbers]), np.concatenate([objects([]), *(frame["geom"].to_numpy() for frame in frames)])
