"""What is asked of all features of a layer at once — classes, areas, bounds — beside it as columns, since a row at a time costs a hundred times as much."""

from __future__ import annotations

import json
import sqlite3
from typing import Any, Mapping, Sequence

import numpy as np
import pandas as pd

NUMBERS = ("deduction", "area_m2", "min_x", "min_y", "max_x", "max_y")
TEXTS = ("class_code", "built_code")
_NUMBER_DTYPE, _TEXT_DTYPE = "<f8", "<i4"


def columns_table(code: str) -> str:
    """Name of the table with the columns of a layer."""
    return f"{code}_columns"


def append_columns(connection: sqlite3.Connection, code: str, columns: Mapping[str, Sequence[Any] | np.ndarray]) -> None:
    """Keep NUMBERS (NaN or None for null) and TEXTS (None for null) of a new layer, whose fids are the positions counted from 1."""
    table = _quoted(code)
    connection.execute(f"CREATE TABLE {table} (name TEXT PRIMARY KEY, data BLOB NOT NULL, texts TEXT)")
    for name in NUMBERS:
        data = np.array(columns[name], dtype=_NUMBER_DTYPE).tobytes()
        connection.execute(f"INSERT INTO {table} VALUES (?, ?, NULL)", (name, data))
    for name in TEXTS:
        rows, texts = pd.factorize(np.array([*columns[name], None], dtype=object)[:-1])
        connection.execute(f"INSERT INTO {table} VALUES (?, ?, ?)", (name, rows.astype(_TEXT_DTYPE).tobytes(), json.dumps(list(texts), ensure_ascii=False)))


def read_columns(connection: sqlite3.Connection, code: str, wanted: Sequence[str]) -> dict[str, np.ndarray] | None:
    """Those of NUMBERS and TEXTS that are wanted, a value for each feature by its fid; None where the layer was imported without."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (columns_table(code),)).fetchone():
        return None
    found = {}
    for name, data, texts in connection.execute(f"SELECT name, data, texts FROM {_quoted(code)}"):
        if name in wanted and texts is None:
            found[name] = np.frombuffer(data, dtype=_NUMBER_DTYPE)
        elif name in wanted:
            # Null has the position -1, which is the last.
            found[name] = np.array([*json.loads(texts), None], dtype=object)[np.frombuffer(data, dtype=_TEXT_DTYPE)]
    return found


def _quoted(code: str) -> str:
    return '"' + columns_table(code).replace('"', '""') + '"'
