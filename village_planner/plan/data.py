"""PlanData: one snapshot of a plan as frozen tables, whoever read it (the plan file or a package)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, wraps
from pathlib import PurePosixPath
from typing import Any, Callable, Mapping, TypeVar, cast

import numpy as np
import pandas as pd

from village_planner.plan.schema import BY_NAME, TABLES, Table

_DTYPES = {"text": "string", "date": "string", "int": "Int64", "real": "float64", "json": "object", "blob": "object"}


@dataclass(frozen=True)
class PlanData:
    """A plan's tables. Treat every frame as read-only: copy before changing.

    tables: name → DataFrame with the columns of `schema.Table` in order (text and dates `string`,
    whole numbers `Int64`, measures `float64` with NaN as null, json already decoded) and, for
    tables with geometry, a column `geom` of shapely geometries or None in the plan's CRS.
    The index is 0..n-1, rows in the order of their keys' insertion. There is no fid.
    """

    tables: Mapping[str, pd.DataFrame]

    def __getattr__(self, name: str) -> pd.DataFrame:
        tables = self.__dict__.get("tables", {})
        if name in tables:
            return tables[name]
        raise AttributeError(name)

    @cached_property
    def info(self) -> Mapping[str, Any]:
        """The single row of table `plan` as a mapping; null is None."""
        return row_values(self.tables["plan"], 0)

    @cached_property
    def crs(self) -> int:
        """EPSG code of all geometry."""
        return int(self.info["crs"])

    @cached_property
    def phases(self) -> list[int]:
        """Target years, ascending."""
        return sorted(int(year) for year in self.tables["phase"]["year"])

    @property
    def current_phase(self) -> int | None:
        """The phase under way: the stated one, else the first not before the base year; None without phases."""
        info = self.info
        if info["current_phase"] is not None:
            return int(info["current_phase"])
        later = [year for year in self.phases if year >= int(info["base_year"])]
        return later[0] if later else (self.phases[-1] if self.phases else None)

    @property
    def scenario(self) -> str:
        """Code of the adopted scenario, else of the first."""
        adopted = self.info["adopted_scenario"]
        return str(adopted) if adopted is not None else str(self.tables["scenario"]["code"].iloc[0])


_Reckon = TypeVar("_Reckon", bound=Callable[..., Any])


def once_per_plan(reckon: _Reckon) -> _Reckon:
    """Decorate a function of a snapshot and texts: what it gives is kept with the snapshot, which never changes. Frames come as copies."""
    name = f"{reckon.__module__}.{reckon.__qualname__}"

    @wraps(reckon)
    def kept(data: PlanData, *texts: str) -> Any:
        known = data.__dict__.setdefault("_kept", {})
        key = (name, *texts)
        if key not in known:
            known[key] = reckon(data, *texts)
        return known[key].copy() if isinstance(known[key], (pd.DataFrame, pd.Series)) else known[key]

    return cast(_Reckon, kept)


def empty_frame(table: Table) -> pd.DataFrame:
    """Return a frame without rows with the dtypes that PlanData promises."""
    return _empty(table.name).copy()


@cache
def _empty(table: str) -> pd.DataFrame:
    return typed_frame(BY_NAME[table], {})


def typed_frame(table: Table, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Return `columns` (name → sequence, missing names are null) as a frame with PlanData's dtypes.

    Raises ValueError when a value does not fit the column's type.
    """
    length = max((len(values) for values in columns.values()), default=0)
    data: dict[str, Any] = {}
    for column in table.columns:
        values = columns.get(column.name)
        data[column.name] = _array([None] * length if values is None else list(values), _DTYPES[column.type])
    if table.geometry:
        geoms = np.full(length, None, dtype=object)
        if columns.get("geom") is not None:
            geoms[:] = columns["geom"]
        data["geom"] = geoms
    return pd.DataFrame(data, index=pd.RangeIndex(length))


def _array(values: list[Any], dtype: str) -> Any:
    """What becomes a column: an array is several times quicker made than a Series."""
    if dtype == "object":
        return pd.Series(values, dtype=object)
    return np.array(values, dtype=dtype) if dtype == "float64" else pd.array(values, dtype=dtype)


def row_values(frame: pd.DataFrame, position: int) -> dict[str, Any]:
    """Return one row as plain Python values, null as None."""
    row = frame.iloc[position]
    return {name: plain(value) for name, value in row.items()}


def roster_title(source: str) -> str:
    """What a reader calls a roster, by its source (file, or file/layer): the name of the file without its ending."""
    return PurePosixPath(source.split("/")[0]).stem


def plain(value: Any) -> Any:
    """Return a frame's cell as a plain Python value; pandas and numpy nulls become None."""
    if value is None or value is pd.NA:
        return None
    if isinstance(value, float) and np.isnan(value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def plan_data(**tables: pd.DataFrame | list[dict[str, Any]]) -> PlanData:
    """Build PlanData from some tables, given as frames or as lists of rows; the others are empty.

    Raises KeyError for a table that the schema does not know.
    """
    frames = {table.name: empty_frame(table) for table in TABLES}
    for name, rows in tables.items():
        table = BY_NAME[name]
        if isinstance(rows, pd.DataFrame):
            frames[name] = rows.reset_index(drop=True)
        else:
            names = [*table.names, *(["geom"] if table.geometry else [])]
            frames[name] = typed_frame(table, {n: [row.get(n) for row in rows] for n in names})
    return PlanData(frames)
