"""Control layers (管控图层): the store X.layers.gpkg beside the plan file, and the same face over frames in memory."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterable, Mapping, Protocol, Sequence

import numpy as np
import pandas as pd
import shapely
from osgeo import gdal, ogr, osr

from village_planner.base import InputError, Message, PlanFileError, PlannerError
from village_planner.plan.connection import is_writable, reading, writing
from village_planner.plan.data import plain
from village_planner.plan.ddl import create_dataset, gdal_writing, made
from village_planner.plan.staging import put_in_place, staging
from village_planner.plan.values import json_text
from village_planner.spatial.blob import from_blob, to_blob

COLUMNS = ("layer", "source_id", "name", "class_code", "built_code", "deduction", "slope", "level", "state", "year", "geom")
"""Columns of what `read` returns; `layer` is the code of the control layer, `state` and `year` are of facilities and projects."""
BATCH = 5000

_STORED = ("source_id", "name", "class_code", "built_code", "deduction", "slope", "level", "state", "year", "extra", "status")
_INDEX = "CREATE TABLE IF NOT EXISTS layer_index (code TEXT PRIMARY KEY, kind TEXT NOT NULL, digest TEXT)"
_Box = Sequence[float]


@dataclass(frozen=True)
class Listed:
    """A control layer as the plan lists it; digest: of its source."""

    code: str
    kind: str
    title: str
    digest: str


class Layers(Protocol):
    """What steps know of the control layers."""

    def kinds(self) -> set[str]:
        """Kinds of which there is a layer."""

    def has(self, kind: str) -> bool:
        """Whether there is a layer of `kind`."""

    def read(self, kind: str, bbox: _Box | None = None, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the features of all layers of `kind`."""


class LayerStore:
    """X.layers.gpkg. One table per layer, named by its code; rows set aside at the import lie in `<code>_aside`.

    crs: EPSG of the geometry; needed only to add layers. listed: gives the layers that the plan lists; without it all count.
    A layer counts only where its digest is the listed one: the file may be another plan's. A kind of which a listed layer
    is not there counts as absent, so that nothing is judged by half of it.
    """

    def __init__(self, path: str | Path, crs: int | None = None, listed: Callable[[], Sequence[Listed]] | None = None) -> None:
        self.path = Path(path)
        self._crs, self._listed = crs, listed

    def kinds(self) -> set[str]:
        """Kinds of which there is a layer."""
        usable, lost = self._layers()
        return {kind for _, kind in usable} - {layer.kind for layer in lost}

    def has(self, kind: str) -> bool:
        """Whether there is a layer of `kind`."""
        return kind in self.kinds()

    def codes(self, kind: str) -> list[str]:
        """Codes of the layers of `kind` that are there: the names of their tables in the file."""
        return [code for code, of_kind in self._layers()[0] if of_kind == kind]

    def problems(self) -> list[Message]:
        """Return which layers the plan lists that cannot be used: the file was left behind, is damaged or another plan's."""
        lost = self._layers()[1]
        if not lost:
            return []
        titles = "、".join(layer.title for layer in lost)
        if not self.path.is_file():
            return [Message("plan.layers_file_missing", {"file": self.path.name, "titles": titles})]
        return [Message("plan.layers_not_the_plans", {"file": self.path.name, "titles": titles})]

    def read(self, kind: str, bbox: _Box | None = None, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the features of all layers of `kind`: `COLUMNS`, or those of them in `columns`; no layer gives no rows.

        bbox: (min x, min y, max x, max y) in the plan's CRS; features whose envelope comes near it, found in the R-tree.
        Texts are None and `deduction` NaN where the source said nothing. Raises PlanFileError.
        """
        wanted = tuple(columns) if columns is not None else COLUMNS
        codes = self.codes(kind) if self.has(kind) else []
        if not codes:
            return _as_frame({name: [] for name in wanted}, wanted)
        with reading(self.path) as connection:
            return pd.concat([_read_layer(connection, code, bbox, wanted) for code in codes], ignore_index=True)

    def aside(self, code: str) -> pd.DataFrame:
        """Return the rows of a layer that the import set aside: source_id, reason, extra (decoded), wkb."""
        names = ["source_id", "reason", "extra", "wkb"]
        with reading(self.path) as connection:
            rows = connection.execute(f"SELECT source_id, reason, extra, wkb FROM {_name(code + '_aside')} ORDER BY fid").fetchall()
        frame = pd.DataFrame(rows, columns=names)
        frame["extra"] = [None if text is None else json.loads(text) for text in frame["extra"]]
        return frame

    def add(
        self, meta: Mapping[str, Any], frame: pd.DataFrame, geoms: np.ndarray, aside: Iterable[Mapping[str, Any]] | pd.DataFrame = (),
    ) -> None:
        """Append a layer; a table left behind under the same code is replaced.

        meta: `code`, `kind`, `title`, `digest` as the plan lists them, and `crs` (EPSG) where the store was opened without one.
        frame: columns source_id, name, class_code, built_code, deduction, slope, level, state, year, extra (mapping), status (`ok`, `repaired`);
        a missing column is null, a missing status `ok`. geoms: one geometry per row in the plan's CRS.
        aside: rows source_id, reason, extra, wkb. The layer is listed only when all of it is on disk. Raises PlanFileError.
        """
        code, crs = str(meta["code"]), meta.get("crs") or self._crs
        if crs is None:
            raise ValueError("a layer store needs the plan's crs to add a layer")
        if len(frame) != len(geoms):
            raise ValueError("one geometry per row")
        aside_rows = aside.to_dict("records") if isinstance(aside, pd.DataFrame) else list(aside)
        self._check_writable()
        self.remove(code)
        with gdal_writing(self.path):
            _create_tables(self.path, code, str(meta.get("title") or code), int(crs))
        with writing(self.path) as connection:
            _append(connection, code, frame, geoms)
            _append_aside(connection, code, aside_rows)
        with gdal_writing(self.path):
            _index(self.path, code)
        with writing(self.path) as connection:
            connection.execute("INSERT OR REPLACE INTO layer_index VALUES (?, ?, ?)", (code, str(meta["kind"]), meta.get("digest")))

    def remove(self, code: str) -> None:
        """Delete a layer and the rows set aside with it; one that is not there is no fault."""
        if not self.path.is_file():
            return
        with writing(self.path) as connection:
            connection.execute(_INDEX)
            connection.execute("DELETE FROM layer_index WHERE code = ?", (code,))
        with gdal_writing(self.path):
            dataset = _opened(self.path)
            for name in (code, f"{code}_aside"):
                for position in range(dataset.GetLayerCount()):
                    if dataset.GetLayer(position).GetName() == name:
                        dataset.DeleteLayer(position)
                        break
            dataset = None

    def _check_writable(self) -> None:
        if not self.path.parent.is_dir():
            raise InputError("plan.no_folder", folder=str(self.path.parent))
        if not is_writable(self.path):
            raise PlanFileError("plan.read_only", file=self.path.name)

    def _layers(self) -> tuple[list[tuple[str, str]], list[Listed]]:
        """Code and kind of the layers that can be used, and the listed ones that cannot."""
        found = self._found()
        if self._listed is None:
            return [(code, kind) for code, (kind, _) in found.items()], []
        listed = self._listed()
        lost = [layer for layer in listed if found.get(layer.code) != (layer.kind, layer.digest)]
        return [(layer.code, layer.kind) for layer in listed if layer not in lost], lost

    def _found(self) -> dict[str, tuple[str, str | None]]:
        if not self.path.is_file():
            return {}
        try:
            with reading(self.path) as connection:
                if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'layer_index'").fetchone():
                    return {}
                return {
                    code: (kind, digest) for code, kind, digest in connection.execute(
                        "SELECT code, kind, digest FROM layer_index WHERE code IN (SELECT name FROM sqlite_master) ORDER BY rowid"
                    )
                }  # fmt: skip
        except PlannerError as error:
            if error.message.code not in ("plan.not_a_plan_file", "plan.truncated"):
                raise
            return {}


class MemoryLayers:
    """Layers held as frames by kind; missing columns of `COLUMNS` are null. For packages under inspection and tests."""

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        self._frames = {kind: _complete(kind, frame) for kind, frame in frames.items()}

    def kinds(self) -> set[str]:
        """Kinds of which there is a layer."""
        return set(self._frames)

    def has(self, kind: str) -> bool:
        """Whether there is a layer of `kind`."""
        return kind in self._frames

    def read(self, kind: str, bbox: _Box | None = None, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the features of `kind` as `LayerStore.read` does."""
        wanted = list(columns) if columns is not None else list(COLUMNS)
        frame = self._frames.get(kind)
        if frame is None:
            return _as_frame({name: [] for name in wanted}, wanted)
        if bbox is not None:
            frame = frame[_near(frame["geom"].to_numpy(), bbox)]
        return frame[wanted].reset_index(drop=True)


def _read_layer(connection: sqlite3.Connection, code: str, bbox: _Box | None, wanted: Sequence[str]) -> pd.DataFrame:
    stored = [name for name in wanted if name != "layer"]
    # A layer that an earlier version imported lacks the columns that came later.
    there = {row[1] for row in connection.execute(f"PRAGMA table_info({_name(code)})")}
    columns_sql = ", ".join(f"t.{_name(name)}" if name in there else "NULL" for name in stored)
    sql = f"SELECT {columns_sql or 't.fid'} FROM {_name(code)} t"
    parameters: list[float] = []
    if bbox is not None:
        sql += (
            f" JOIN {_name(f'rtree_{code}_geom')} r ON r.id = t.fid"
            " WHERE r.maxx >= ? AND r.minx <= ? AND r.maxy >= ? AND r.miny <= ?"
        )
        parameters = [float(bbox[0]), float(bbox[2]), float(bbox[1]), float(bbox[3])]
    cursor = connection.execute(f"{sql} ORDER BY t.fid", parameters)
    columns: dict[str, list[Any]] = {name: [] for name in stored}
    count = 0
    while True:
        batch = cursor.fetchmany(BATCH)
        if not batch:
            break
        count += len(batch)
        for name, values in zip(stored, zip(*batch)):
            columns[name].extend(from_blob(values) if name == "geom" else values)
    if "layer" in wanted:
        columns["layer"] = [code] * count
    return _as_frame(columns, wanted)


def _as_frame(columns: Mapping[str, Sequence[Any]], wanted: Sequence[str]) -> pd.DataFrame:
    data: dict[str, Any] = {}
    for name in wanted:
        values = columns[name]
        if name == "deduction":
            data[name] = np.array([np.nan if value is None else value for value in values], dtype=float)
        else:
            cells = np.full(len(values), None, dtype=object)
            cells[:] = values
            data[name] = cells
    return pd.DataFrame(data, columns=list(wanted))


def _complete(kind: str, frame: pd.DataFrame) -> pd.DataFrame:
    columns: dict[str, Sequence[Any]] = {name: [None] * len(frame) for name in COLUMNS}
    columns["layer"] = [kind] * len(frame)
    for name in COLUMNS:
        if name in frame.columns:
            columns[name] = list(frame[name]) if name == "geom" else [plain(value) for value in frame[name]]
    return _as_frame(columns, COLUMNS)


def _near(geoms: np.ndarray, bbox: _Box) -> np.ndarray:
    bounds = shapely.bounds(geoms)
    with np.errstate(invalid="ignore"):
        return (bounds[:, 2] >= bbox[0]) & (bounds[:, 0] <= bbox[2]) & (bounds[:, 3] >= bbox[1]) & (bounds[:, 1] <= bbox[3])


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _opened(path: Path) -> gdal.Dataset:
    return made(gdal.OpenEx(str(path), gdal.OF_VECTOR | gdal.OF_UPDATE))


def _create_tables(path: Path, code: str, title: str, crs: int) -> None:
    srs = osr.SpatialReference()
    if srs.ImportFromEPSG(crs) != 0:
        raise RuntimeError(gdal.GetLastErrorMsg())
    if not path.is_file():
        with staging(path) as staged:
            with gdal_writing(path):
                create_dataset(staged)
            put_in_place(staged, path)
    dataset = _opened(path)
    options = ["GEOMETRY_NAME=geom", "FID=fid", "SPATIAL_INDEX=NO", f"IDENTIFIER={code} {title}"]
    layer = made(dataset.CreateLayer(code, srs, ogr.wkbUnknown, options))
    for name in _STORED:
        layer.CreateField(ogr.FieldDefn(name, ogr.OFTReal if name == "deduction" else ogr.OFTString))
    layer = made(dataset.CreateLayer(f"{code}_aside", None, ogr.wkbNone, ["FID=fid", f"IDENTIFIER={code} {title}（搁置）"]))
    for name, type_ in (("source_id", ogr.OFTString), ("reason", ogr.OFTString), ("extra", ogr.OFTString), ("wkb", ogr.OFTBinary)):
        layer.CreateField(ogr.FieldDefn(name, type_))
    layer = None
    dataset.FlushCache()
    dataset = None
    with writing(path) as connection:
        connection.execute(_INDEX)


def _append(connection: sqlite3.Connection, code: str, frame: pd.DataFrame, geoms: np.ndarray) -> None:
    srs_id = int(connection.execute("SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = ?", (code,)).fetchone()[0])
    columns = [_cells(frame, name) for name in _STORED]
    geoms = np.asarray(geoms, dtype=object)
    names = ", ".join(_name(name) for name in ("geom", *_STORED))
    sql = f"INSERT INTO {_name(code)} ({names}) VALUES ({', '.join('?' * (len(_STORED) + 1))})"
    for start in range(0, len(geoms), BATCH):
        part = slice(start, start + BATCH)
        connection.executemany(sql, list(zip(to_blob(geoms[part], srs_id), *(column[part] for column in columns))))


def _cells(frame: pd.DataFrame, name: str) -> list[Any]:
    if name not in frame.columns:
        return ["ok" if name == "status" else None] * len(frame)
    values: list[Any] = [value if isinstance(value, (dict, list)) else plain(value) for value in frame[name].tolist()]
    if name == "deduction":
        return [None if value is None else float(value) for value in values]
    if name == "extra":
        return [value if value is None or isinstance(value, str) else json_text(value) for value in values]
    return [None if value is None else str(value) for value in values]


def _append_aside(connection: sqlite3.Connection, code: str, rows: Sequence[Mapping[str, Any]]) -> None:
    connection.executemany(
        f"INSERT INTO {_name(code + '_aside')} (source_id, reason, extra, wkb) VALUES (?, ?, ?, ?)",
        [
            (
                _text(row.get("source_id")), _text(row.get("reason")),
                row["extra"] if isinstance(row.get("extra"), (str, type(None))) and "extra" in row else json_text(row.get("extra")),
                plain(row.get("wkb")),
            )
            for row in rows
        ],
    )  # fmt: skip


def _text(value: Any) -> str | None:
    value = plain(value)
    return None if value is None else str(value)


def _index(path: Path, code: str) -> None:
    dataset = _opened(path)
    dataset.ExecuteSQL(f"SELECT CreateSpatialIndex('{code}', 'geom')")
    dataset.ExecuteSQL(f"RECOMPUTE EXTENT ON {code}")
    dataset = None
