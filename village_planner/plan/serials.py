"""Serial numbers of delivered features, given once: the file's own table `serial`, made when the first number is given."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_TABLE = """
CREATE TABLE IF NOT EXISTS serial (
  series TEXT NOT NULL, layer TEXT NOT NULL, row_key TEXT NOT NULL, number INTEGER NOT NULL CHECK (number > 0),
  PRIMARY KEY (series, layer, row_key), UNIQUE (series, number)
)
"""


class SerialKey(NamedTuple):
    """What has a number: series within which it is unique, delivered layer, natural key of the row there as text."""

    series: str
    layer: str
    row_key: str


def given_serials(connection: sqlite3.Connection) -> dict[SerialKey, int]:
    """All numbers that were ever given, those of rows that are gone too; none where the table is not there yet."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'serial'").fetchone() is None:
        return {}
    rows = connection.execute("SELECT series, layer, row_key, number FROM serial")
    return {SerialKey(series, layer, row_key): number for series, layer, row_key, number in rows}


def give_serials(connection: sqlite3.Connection, wanted: Iterable[SerialKey]) -> None:
    """Give each of `wanted` that has none the number after the highest that was ever given in its series, in their order."""
    given = given_serials(connection)
    highest: dict[str, int] = {}
    for key, number in given.items():
        highest[key.series] = max(number, highest.get(key.series, 0))
    fresh: dict[SerialKey, int] = {}
    for key in wanted:
        if key not in given and key not in fresh:
            fresh[key] = highest[key.series] = highest.get(key.series, 0) + 1
    keep_serials(connection, fresh)


def keep_serials(connection: sqlite3.Connection, numbers: Mapping[SerialKey, int]) -> None:
    """Keep numbers that were given elsewhere; one that its series has already, or for a row that has one, is passed over."""
    connection.execute(_TABLE)
    connection.executemany("INSERT OR IGNORE INTO serial VALUES (?, ?, ?, ?)", [(*key, number) for key, number in numbers.items()])
