"""Typed values on their way into and out of the plan file: a wrong one is refused by name."""

from __future__ import annotations

import datetime
import json
import math
from typing import Any, Callable, Mapping, Sequence

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from village_planner.base import InputError, Message
from village_planner.plan.data import plain
from village_planner.plan.schema import Column, Table
from village_planner.spatial.arrays import objects
from village_planner.spatial.blob import from_blob, to_blob


def stored_rows(table: Table, rows: Sequence[Mapping[str, Any]], srs_id: int) -> list[dict[str, Any]]:
    """Return `rows` (column name → value, `geom` a shapely geometry) as SQLite values, with only the columns that each row has.

    Raises InputError naming the row, the column and the value where it does not fit the column; KeyError for an unknown column.
    """
    columns = {column.name: column for column in table.columns}
    out = []
    for row in rows:
        stored = {}
        for name, value in row.items():
            if name == "geom" and table.geometry:
                continue
            stored[name] = _stored(table, columns[name], value, row)
        out.append(stored)
    if table.geometry and any("geom" in row for row in rows):
        _store_geometry(table, rows, out, srs_id)
    return out


def stored_frame(table: Table, frame: pd.DataFrame, srs_id: int) -> dict[str, list[Any]]:
    """Return those columns of `frame` that the table has (and `geom`) as lists of SQLite values, in the table's order.

    Raises InputError as `stored_rows` does. Quick for many rows of which most have plain values.
    """
    stored = {}
    for column in table.columns:
        if column.name in frame:
            stored[column.name] = _stored_column(table, column, frame)
    if table.geometry and "geom" in frame:
        geoms = frame["geom"].to_numpy(dtype=object)
        if table.geometry != "GEOMETRY" or not (shapely.is_geometry(geoms) | shapely.is_missing(geoms)).all():
            geoms = objects([_fitting(table, geom, row) for geom, row in zip(geoms, frame.to_dict("records"))])
        stored["geom"] = to_blob(geoms, srs_id)
    return stored


def require_columns(table: Table, row: Mapping[str, Any]) -> None:
    """Raise InputError when a required column of a new row has no value."""
    for column in table.columns:
        if column.required and row.get(column.name) is None:
            raise _wrong("plan.value_missing", table, column, None, row)


def row_words(table: Table, row: Mapping[str, Any]) -> str:
    """Return how a message names a row: the table's heading, its key, and the village or hamlet that it belongs to."""
    names = dict.fromkeys([*table.key, *(name for name in ("village_code", "hamlet_code", "name") if name in row)])
    # A made-up code says nothing to the planner where the row names its village or hamlet.
    words = [str(row[name]) for name in names if row.get(name) is not None and not (name == "code" and table.name in ("move", "consent"))]
    return f"{table.alias} {' / '.join(words)}".strip()


def loaded(column: Column, values: Sequence[Any]) -> Sequence[Any]:
    """Return a column's SQLite values as PlanData holds them."""
    if column.type == "json":
        return [None if value is None else json.loads(value) for value in values]
    return values


def loaded_geometry(blobs: Sequence[bytes | None]) -> np.ndarray:
    """Return geometries of blobs; a blob that another program spoiled is None, so that the plan still opens."""
    try:
        return from_blob(blobs)
    except InputError:
        out = np.full(len(blobs), None, dtype=object)
        for row, blob in enumerate(blobs):
            try:
                out[row] = from_blob([blob])[0]
            except InputError:
                continue
        return out


def json_text(value: Any) -> str:
    """Return json as the plan file stores it: sorted keys, Chinese as it is."""
    return _encode(value)


def _stored_column(table: Table, column: Column, frame: pd.DataFrame) -> list[Any]:
    """The values of a column as SQLite's; those that are not plainly of its type are looked at one by one."""
    is_plain = _PLAIN.get(column.type, _never)
    return [
        value if is_plain(value) and (not column.choices or value in column.choices)
        else None if value is None
        else json_text(value) if column.type == "json"
        else _stored(table, column, value, frame.iloc[row])
        for row, value in enumerate(frame[column.name].astype(object).where(frame[column.name].notna(), None))
    ]  # fmt: skip


def _never(_value: Any) -> bool:
    return False


def _stored(table: Table, column: Column, value: Any, row: Mapping[str, Any]) -> Any:
    if column.type == "json":
        return None if value is None else json_text(value)
    value = plain(value)
    if value is None or value is np.ma.masked or str(value) == "NaT":
        return None
    stored = _CONVERT[column.type](value)
    if stored is None:
        raise _wrong(f"plan.value_not_{column.type}", table, column, value, row)
    if column.choices and stored not in column.choices:
        raise _wrong("plan.value_not_a_choice", table, column, value, row, choices="、".join(column.choices))
    return stored


def _text(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    # An enum member is a str too, but SQLite would not take it.
    return str(getattr(value, "value", value))


def _int(value: Any) -> int | None:
    if isinstance(value, (bool, int)):
        return int(value)
    return int(value) if isinstance(value, float) and value.is_integer() else None


def _real(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if math.isfinite(value) else None


def _date(value: Any) -> str | None:
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    try:
        return datetime.date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        return None


def _blob(value: Any) -> bytes | None:
    return bytes(value) if isinstance(value, (bytes, bytearray, memoryview)) else None


_PLAIN: dict[str, Callable[[Any], bool]] = {
    "text": lambda value: type(value) is str, "int": lambda value: type(value) is int, "real": lambda value: type(value) is float and math.isfinite(value),
}  # fmt: skip
_CONVERT = {"text": _text, "int": _int, "real": _real, "date": _date, "blob": _blob}


def _store_geometry(table: Table, rows: Sequence[Mapping[str, Any]], out: list[dict[str, Any]], srs_id: int) -> None:
    at = [position for position, row in enumerate(rows) if "geom" in row]
    geoms = np.full(len(at), None, dtype=object)
    for place, position in enumerate(at):
        geoms[place] = _fitting(table, rows[position]["geom"], rows[position])
    for position, blob in zip(at, to_blob(geoms, srs_id)):
        out[position]["geom"] = blob


def _fitting(table: Table, geom: Any, row: Mapping[str, Any]) -> BaseGeometry | None:
    if geom is None:
        return None
    kind = geom.geom_type if isinstance(geom, BaseGeometry) else type(geom).__name__
    if table.geometry == "MULTIPOLYGON" and kind == "Polygon":
        return shapely.MultiPolygon([geom]) if not geom.is_empty else shapely.MultiPolygon()
    if not isinstance(geom, BaseGeometry) or table.geometry not in ("GEOMETRY", kind.upper()):
        raise InputError("plan.wrong_geometry", row=row_words(table, row), kind=kind, expected=table.geometry)
    return geom


def _wrong(code: str, table: Table, column: Column, value: Any, row: Mapping[str, Any], **more: str) -> InputError:
    return InputError(Message(code, {"row": row_words(table, row), "column": column.alias, "value": str(value), **more}))


def _json_plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (set, frozenset, tuple)):
        return sorted(value) if isinstance(value, (set, frozenset)) else list(value)
    return str(value)


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_json_plain).encode
