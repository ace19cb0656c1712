"""Writes a control layer into the layers file: its features, the tiles of the large ones, and what the import set aside."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Iterator, Mapping, Optional, Sequence

import numpy as np
import pandas as pd
import shapely
from osgeo import gdal, ogr, osr

from village_planner.base import Feedback, SilentFeedback
from village_planner.plan import layer_overlaps
from village_planner.plan.connection import writing
from village_planner.plan.data import plain
from village_planner.plan.ddl import create_dataset, gdal_writing, made
from village_planner.plan.layer_columns import TEXTS, append_columns, columns_table
from village_planner.plan.layer_frames import BATCH, BOUNDS, areas_m2
from village_planner.plan.layer_rows import index_table, quoted, tiles_table
from village_planner.plan.rtree import fill_rtree
from village_planner.plan.staging import put_in_place, staging
from village_planner.plan.values import json_text
from village_planner.spatial.blob import to_blob
from village_planner.spatial.tiles import is_large, tiled

_INDEX = "CREATE TABLE IF NOT EXISTS layer_index (code TEXT PRIMARY KEY, kind TEXT NOT NULL, digest TEXT)"
_STORED = ("source_id", "name", "class_code", "built_code", "deduction", "slope", "level", "state", "year", "extra", "status")
_NUMBERS = ("deduction", "area_m2")

Extras = Optional[Callable[[slice], Sequence[Optional[str]]]]
"""Gives the JSON texts of a slice of the rows when they are written: of a large layer they are most of what would be held."""


def append_layer(
    path: Path, meta: Mapping[str, Any], crs: int, frame: pd.DataFrame, geoms: np.ndarray, aside: Sequence[Mapping[str, Any]],
    extras: Extras = None, feedback: Feedback | None = None,
) -> None:
    """Write a layer that the file does not have; it is in the file's index only when all of it is on disk.

    Parameters as of `LayerStore.add`. Raises PlanFileError and Cancelled.
    """
    code, geoms = str(meta["code"]), np.asarray(geoms, dtype=object)
    with gdal_writing(path):
        _create_tables(path, code, str(meta.get("title") or code), crs)
    with writing(path) as connection:
        srs_id = int(connection.execute("SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = ?", (code,)).fetchone()[0])
        with _without_insert_triggers(connection, code):
            area_m2 = _append(connection, code, frame, geoms, crs, srs_id, extras, feedback or SilentFeedback())
        _index(connection, code, geoms)
        _append_tiles(connection, code, geoms, crs, srs_id)
        texts = {name: _cells(frame, name) for name in (*TEXTS, "deduction")}
        append_columns(connection, code, {"area_m2": area_m2, **texts, **dict(zip(BOUNDS, shapely.bounds(geoms).reshape(-1, 4).T))})
        if meta["kind"] in layer_overlaps.KINDS:
            layer_overlaps.append_overlaps(connection, code, geoms)
        _append_aside(connection, code, aside)
        connection.execute("INSERT OR REPLACE INTO layer_index VALUES (?, ?, ?)", (code, str(meta["kind"]), meta.get("digest")))


def remove_layer(path: Path, code: str) -> None:
    """Delete a layer with its tiles and the rows set aside with it; one that is not there is no fault."""
    with writing(path) as connection:
        connection.execute(_INDEX)
        connection.execute("DELETE FROM layer_index WHERE code = ?", (code,))
        for table in (index_table(tiles_table(code)), tiles_table(code), columns_table(code), layer_overlaps.overlaps_table(code)):
            connection.execute(f"DROP TABLE IF EXISTS {quoted(table)}")
    with gdal_writing(path):
        dataset = _opened(path)
        for name in (code, f"{code}_aside"):
            for position in range(dataset.GetLayerCount()):
                if dataset.GetLayer(position).GetName() == name:
                    dataset.DeleteLayer(position)
                    break
        dataset = None


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
    for name in (*_STORED, "area_m2"):
        layer.CreateField(ogr.FieldDefn(name, ogr.OFTReal if name in _NUMBERS else ogr.OFTString))
    layer = made(dataset.CreateLayer(f"{code}_aside", None, ogr.wkbNone, ["FID=fid", f"IDENTIFIER={code} {title}（搁置）"]))
    for name, type_ in (("source_id", ogr.OFTString), ("reason", ogr.OFTString), ("extra", ogr.OFTString), ("wkb", ogr.OFTBinary)):
        layer.CreateField(ogr.FieldDefn(name, type_))
    layer = None
    dataset.FlushCache()
    # While the table is empty: its index is filled at once, when all rows are there.
    dataset.ExecuteSQL(f"SELECT CreateSpatialIndex('{code}', 'geom')")
    dataset = None
    with writing(path) as connection:
        connection.execute(_INDEX)


@contextmanager
def _without_insert_triggers(connection: sqlite3.Connection, code: str) -> Iterator[None]:
    """Let GDAL's triggers rest that count and index each new row: both is done at once afterwards."""
    wanted = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND lower(tbl_name) = lower(?) AND sql LIKE '%AFTER INSERT ON%'"
    resting = connection.execute(wanted, (code,)).fetchall()
    for name, _ in resting:
        connection.execute(f"DROP TRIGGER {quoted(name)}")
    yield
    for _, sql in resting:
        connection.execute(sql)


def _append(
    connection: sqlite3.Connection, code: str, frame: pd.DataFrame, geoms: np.ndarray, crs: int, srs_id: int, extras: Extras, feedback: Feedback
) -> np.ndarray:
    """Write the rows; returns the area of each in m²."""
    names = ("fid", "geom", *_STORED, "area_m2")
    sql = f"INSERT INTO {quoted(code)} ({', '.join(map(quoted, names))}) VALUES ({', '.join('?' * len(names))})"
    area_m2 = np.zeros(len(geoms))
    for start in range(0, len(geoms), BATCH):
        feedback.check()
        feedback.progress(start / len(geoms))
        part = slice(start, start + BATCH)
        rows, shapes = frame.iloc[part], geoms[part]
        columns = [list(extras(part)) if name == "extra" and extras else _cells(rows, name) for name in _STORED]
        fids = range(start + 1, start + 1 + len(shapes))
        area_m2[part] = areas_m2(shapes, crs)
        connection.executemany(sql, zip(fids, to_blob(shapes, srs_id), *columns, _numbers(area_m2[part])))
    return area_m2


def _index(connection: sqlite3.Connection, code: str, geoms: np.ndarray) -> None:
    """Fill the R-tree, the count and the extent, which GDAL's triggers would have kept row by row."""
    bounds = shapely.bounds(geoms).reshape(-1, 4)
    fill_rtree(connection, index_table(code), np.arange(1, len(geoms) + 1), bounds)
    known = bounds[np.isfinite(bounds).all(axis=1)]
    extent = [*known[:, :2].min(axis=0).tolist(), *known[:, 2:].max(axis=0).tolist()] if len(known) else [None] * 4
    connection.execute("UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?", (*extent, code))
    connection.execute("UPDATE gpkg_ogr_contents SET feature_count = ? WHERE table_name = ?", (len(geoms), code))


def _append_tiles(connection: sqlite3.Connection, code: str, geoms: np.ndarray, crs: int, srs_id: int) -> None:
    """Tiles of the large polygons, with the fid of their feature; a polygon that cannot be cut has none and is read whole.

    The table is no layer of the GeoPackage, so that other programs do not show it beside the layer.
    """
    table = tiles_table(code)
    connection.execute(f"CREATE TABLE {quoted(table)} (id INTEGER PRIMARY KEY, feature INTEGER NOT NULL, geom BLOB NOT NULL, area_m2 REAL)")
    connection.execute(f"CREATE VIRTUAL TABLE {quoted(index_table(table))} USING rtree(id, minx, maxx, miny, maxy)")
    large = np.flatnonzero(is_large(geoms))
    tiles, owner = tiled(geoms[large])
    is_tile = np.bincount(owner, minlength=len(large))[owner] > 1
    tiles, owner = tiles[is_tile], owner[is_tile]
    ids = range(1, len(tiles) + 1)
    features = (large[owner] + 1).tolist()
    rows = zip(ids, features, to_blob(tiles, srs_id), _numbers(areas_m2(tiles, crs)))
    connection.executemany(f"INSERT INTO {quoted(table)} VALUES (?, ?, ?, ?)", rows)
    fill_rtree(connection, index_table(table), np.array(ids), shapely.bounds(tiles))


def _cells(frame: pd.DataFrame, name: str) -> list[Any]:
    if name not in frame.columns:
        return ["ok" if name == "status" else None] * len(frame)
    if name == "deduction" and frame[name].dtype == float:
        return _numbers(frame[name].to_numpy())
    values: list[Any] = frame[name].tolist()
    if {type(value) for value in values} <= {str, type(None)}:
        return values
    values = [value if isinstance(value, (dict, list)) else plain(value) for value in values]
    if name == "deduction":
        return [None if value is None else float(value) for value in values]
    if name == "extra":
        return [value if value is None or isinstance(value, str) else json_text(value) for value in values]
    return [None if value is None else str(value) for value in values]


def _numbers(values: np.ndarray) -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]


def _append_aside(connection: sqlite3.Connection, code: str, rows: Sequence[Mapping[str, Any]]) -> None:
    connection.executemany(
        f"INSERT INTO {quoted(code + '_aside')} (source_id, reason, extra, wkb) VALUES (?, ?, ?, ?)",
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
