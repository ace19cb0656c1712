"""Reads the features of one control layer from the layers file: only rows and columns that are asked for, large polygons in tiles."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any, Iterator, Sequence

import numpy as np
import pandas as pd
import shapely

from village_planner.plan.layer_columns import NUMBERS, TEXTS, read_columns
from village_planner.plan.layer_frames import BATCH, BOUNDS, NUMBER_BITS, areas_m2, as_frame
from village_planner.spatial.blob import HEAD_BYTES, bounds_of_heads, from_blob
from village_planner.spatial.tiles import MANY_VERTICES, tiled

BYTES_OF_LARGE = MANY_VERTICES * 16
"""A blob of fewer bytes is no large polygon."""

_HEAD = "head"
_MOST_BOXES = 20_000
_MOST_NAMED = 1_000
_CACHED_LAYERS = 12
_tiles_of_older_files: OrderedDict[tuple[Any, ...], tuple[np.ndarray, np.ndarray, np.ndarray]] = OrderedDict()
_cache_lock = Lock()


@dataclass(frozen=True)
class Table:
    """A layer's table in the file.

    number: of the layer in the file's index. columns: those that the table has; a layer that an earlier version imported
    lacks some. has_tiles: whether its large polygons lie in the file as tiles. large: fids of these. key: of its content.
    """

    code: str
    number: int
    columns: frozenset[str]
    has_tiles: bool
    large: tuple[int, ...]
    crs: int | None
    key: tuple[Any, ...]


def put_bounds(connection: sqlite3.Connection, bounds: np.ndarray) -> None:
    """Keep (n, 4) bounds on the connection, for `rows` to read what meets one of them; those that are no numbers meet nothing."""
    bounds = np.asarray(bounds, dtype=float).reshape(-1, 4)
    make_room(connection)
    connection.execute("DELETE FROM temp.near")
    connection.executemany("INSERT INTO near VALUES (?, ?, ?, ?)", bounds[np.isfinite(bounds).all(axis=1)].tolist())


def make_room(connection: sqlite3.Connection) -> None:
    """Make the table for `put_bounds`, where it is not there: outside a transaction it stays, else each would make it anew and read the schema again."""
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS near (x0 REAL, y0 REAL, x1 REAL, y1 REAL)")


def table_of(connection: sqlite3.Connection, code: str, file_key: tuple[Any, ...]) -> Table:
    """What there is to know of a layer's table before it is read."""
    number, digest = connection.execute("SELECT rowid, digest FROM layer_index WHERE code = ?", (code,)).fetchone()
    columns = frozenset(row[1] for row in connection.execute(f"PRAGMA table_info({quoted(code)})"))
    has_tiles = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (tiles_table(code),)).fetchone() is not None
    large = tuple(row[0] for row in connection.execute(f"SELECT DISTINCT feature FROM {quoted(tiles_table(code))}")) if has_tiles else ()
    return Table(code, number, columns, has_tiles, large, _crs_of(connection, code), (*file_key, code, digest))


def boxes_of(connection: sqlite3.Connection, table: Table) -> np.ndarray | None:
    """(n, 4) boxes (min x, min y, max x, max y) that hold the features and tiles of a layer, as the R-trees have them; None where they are many."""
    # Of a large layer not even these are read.
    most = connection.execute(f"SELECT max(fid) FROM {quoted(table.code)}").fetchone()[0]
    if most is not None and most > _MOST_BOXES:
        return None
    trees = [table.code, *([tiles_table(table.code)] if table.large else [])]
    boxes: list[tuple[float, ...]] = []
    for tree in trees:
        boxes += connection.execute(f"SELECT minx, miny, maxx, maxy FROM {quoted(index_table(tree))} LIMIT {_MOST_BOXES + 1}").fetchall()
    return None if len(boxes) > _MOST_BOXES else np.array(boxes, dtype=float).reshape(-1, 4)


def rows(connection: sqlite3.Connection, table: Table, wanted: Sequence[str], is_near: bool) -> Iterator[pd.DataFrame]:
    """The features in the order of the file, in frames of at most `BATCH`; is_near: only those near the bounds put there."""
    kept = None if is_near else _kept_columns(connection, table, wanted)
    return _frames(connection, table, wanted, _features(table, is_near)) if kept is None else _sliced(kept)


def tiled_rows(connection: sqlite3.Connection, table: Table, wanted: Sequence[str], is_near: bool) -> Iterator[pd.DataFrame]:
    """As `rows`, with a row for each tile of a large polygon; these come last, tiles of one feature one after the other.

    Of a large polygon only the tiles come that are near.
    """
    kept = None if is_near else _kept_columns(connection, table, wanted)
    if table.has_tiles:
        if kept is not None:
            yield from _sliced(kept.drop(index=np.array(table.large, dtype=np.int64) - 1))
        else:
            yield from _frames(connection, table, wanted, _features(table, is_near, _has_no_tiles(table)))
        if table.large:
            yield from _frames(connection, table, wanted, _tiles(table, is_near), geom="s.geom", geom_area="s.area_m2")
    else:
        yield from _frames(connection, table, wanted, _features(table, is_near, f"(t.geom IS NULL OR length(t.geom) <= {BYTES_OF_LARGE})"))
        yield from _cut_on_reading(connection, table, wanted, is_near)


def numbered(table: Table, fids: np.ndarray) -> np.ndarray:
    """The numbers of features (column `feature`) by their fids in a layer's table."""
    return fids + (table.number << NUMBER_BITS)


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def tiles_table(code: str) -> str:
    """Name of the table with the tiles of a layer's large polygons."""
    return f"{code}_tiles"


def index_table(table: str) -> str:
    """Name of the R-tree over the geometry of a table."""
    return f"rtree_{table}_geom"


def _features(table: Table, is_near: bool, condition: str = "1") -> str:
    """SQL of the features of a layer, t, from the word FROM on."""
    near = f" AND t.fid IN {_near(table.code)}" if is_near else ""
    return f"FROM {quoted(table.code)} t WHERE {condition}{near} ORDER BY t.fid"


def _has_no_tiles(table: Table) -> str:
    """SQL of what holds for the features that are not large. To ask the table of tiles each time would read a page of each."""
    if not table.large:
        return "1"
    if len(table.large) > _MOST_NAMED:
        return f"t.fid NOT IN (SELECT feature FROM {quoted(tiles_table(table.code))})"
    return f"t.fid NOT IN ({', '.join(map(str, table.large))})"


def _kept_columns(connection: sqlite3.Connection, table: Table, wanted: Sequence[str]) -> pd.DataFrame | None:
    """All features of a layer, a row for each fid, where the wanted columns are kept as such."""
    if not set(wanted) <= {"feature", "geom_area_m2", *NUMBERS, *TEXTS}:
        return None
    columns = read_columns(connection, table.code, [*wanted, "area_m2"])
    if columns is None:
        return None
    columns["geom_area_m2"] = columns["area_m2"]
    columns["feature"] = numbered(table, np.arange(1, len(columns["area_m2"]) + 1))
    # As objects, of which pandas 3 would make strings.
    return pd.DataFrame({name: pd.Series(columns[name], dtype=object) if name in TEXTS else columns[name] for name in wanted})


def _sliced(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for start in range(0, len(frame), BATCH):
        yield frame.iloc[start : start + BATCH].reset_index(drop=True)


def _tiles(table: Table, is_near: bool) -> str:
    """SQL of the tiles of a layer, s, with their features, t."""
    tiles = tiles_table(table.code)
    near = f" WHERE s.id IN {_near(tiles)}" if is_near else ""
    return f"FROM {quoted(tiles)} s CROSS JOIN {quoted(table.code)} t ON t.fid = s.feature{near} ORDER BY s.id"


def _near(table: str) -> str:
    # CROSS JOIN holds SQLite to this order: for each of the bounds a search in the R-tree.
    return (
        f"(SELECT r.id FROM temp.near n CROSS JOIN {quoted(index_table(table))} r"
        " WHERE r.maxx >= n.x0 AND r.minx <= n.x1 AND r.maxy >= n.y0 AND r.miny <= n.y1)"
    )


def _frames(
    connection: sqlite3.Connection, table: Table, wanted: Sequence[str], source: str, geom: str = "t.geom", geom_area: str = "t.area_m2"
) -> Iterator[pd.DataFrame]:
    """Frames of a query; the area of a layer that was imported without is computed of the geometry."""
    measured = "area_m2" in table.columns
    computed = [] if measured else [name for name in wanted if name in ("area_m2", "geom_area_m2")]
    expressions = {"geom": geom, "geom_area_m2": geom_area, "feature": "t.fid", _HEAD: f"substr({geom}, 1, {HEAD_BYTES})"}
    stored = [name for name in wanted if name != "layer" and name not in computed and name not in BOUNDS]
    if set(wanted) & set(BOUNDS):
        stored.append(_HEAD)
    if computed and "geom" not in stored:
        stored.append("geom")
    known = table.columns | {"feature", _HEAD} | ({"geom_area_m2"} if measured else set())
    columns = ", ".join(expressions.get(name, f"t.{quoted(name)}") if name in known else "NULL" for name in stored)
    cursor = connection.execute(f"SELECT {columns or 't.fid'} {source}")
    while True:
        batch = cursor.fetchmany(BATCH)
        if not batch:
            return
        values: dict[str, Any] = dict(zip(stored, zip(*batch)))
        if "geom" in values:
            values["geom"] = from_blob(values["geom"])
        if computed:
            values.update(dict.fromkeys(computed, areas_m2(values["geom"], table.crs)))
        if _HEAD in values:
            values.update(zip(BOUNDS, bounds_of_heads(values[_HEAD]).T))
        yield _numbered(values, table, wanted, len(batch))


def _numbered(values: dict[str, Any], table: Table, wanted: Sequence[str], count: int) -> pd.DataFrame:
    if "feature" in values:
        values["feature"] = numbered(table, np.array(values["feature"], dtype=np.int64))
    if "layer" in wanted:
        values["layer"] = [table.code] * count
    return as_frame(values, wanted)


def _cut_on_reading(connection: sqlite3.Connection, table: Table, wanted: Sequence[str], is_near: bool) -> Iterator[pd.DataFrame]:
    """Tiles of a layer that was imported without: cut once in a process, then kept as WKB, which no two threads can disturb."""
    needed = tuple(dict.fromkeys((*(name for name in wanted if name != "geom_area_m2"), "feature", "geom")))
    for frame in _frames(connection, table, needed, _features(table, is_near, f"length(t.geom) > {BYTES_OF_LARGE}")):
        for row, feature in enumerate(frame["feature"]):
            wkb, bounds, area = _cut_once(table, int(feature), frame["geom"].iloc[row])
            chosen = _meeting(connection, bounds) if is_near else np.arange(len(wkb))
            taken = frame.iloc[np.full(len(chosen), row)].reset_index(drop=True)
            taken["geom"], taken["geom_area_m2"] = shapely.from_wkb(wkb[chosen]), area[chosen]
            taken[list(BOUNDS)] = bounds[chosen]
            yield taken[list(wanted)]


def _cut_once(table: Table, feature: int, polygon: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    key = (*table.key, feature)
    with _cache_lock:
        if key in _tiles_of_older_files:
            _tiles_of_older_files.move_to_end(key)
            return _tiles_of_older_files[key]
    tiles, _ = tiled(np.array([polygon, None], dtype=object)[:1])
    cut = shapely.to_wkb(tiles), shapely.bounds(tiles), areas_m2(tiles, table.crs)
    with _cache_lock:
        _tiles_of_older_files[key] = cut
        while len(_tiles_of_older_files) > _CACHED_LAYERS:
            _tiles_of_older_files.popitem(last=False)
    return cut


def _meeting(connection: sqlite3.Connection, bounds: np.ndarray) -> np.ndarray:
    near = np.array(connection.execute("SELECT x0, y0, x1, y1 FROM temp.near").fetchall(), dtype=float).reshape(-1, 4)
    return meeting(bounds, near)


def meeting(bounds: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Positions of those of (n, 4) bounds that meet one of the (m, 4) bounds `near`, borders counted; no number meets nothing."""
    usable = np.isfinite(near).all(axis=1)
    if not usable.any():
        return np.array([], dtype=int)
    found, _ = shapely.STRtree(shapely.box(*near[usable].T)).query(shapely.box(*bounds.T))
    return np.unique(found)


def _crs_of(connection: sqlite3.Connection, code: str) -> int | None:
    found = connection.execute(
        "SELECT organization_coordsys_id FROM gpkg_spatial_ref_sys WHERE srs_id = (SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = ?)"
        " AND upper(organization) = 'EPSG'",
        (code,),
    ).fetchone()
    return None if found is None else int(found[0])
