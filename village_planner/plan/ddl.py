"""Makes the empty plan file: GDAL lays down a valid GeoPackage, then its empty tables are replaced by strict ones."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator, Sequence

from osgeo import gdal, ogr, osr

from village_planner.base import InputError, PlanFileError
from village_planner.plan.schema import HISTORY_TABLES, TABLES, Column, Table

OWN_TABLES = ("history", "history_seal")
"""Tables of the file itself that other programs may see; `session` and `replaced` stay out of gpkg_contents."""

_NO_ROOM_BYTES = 1_000_000
_GDAL_TYPES = {
    "text": ogr.OFTString, "json": ogr.OFTString, "date": ogr.OFTDate,
    "int": ogr.OFTInteger64, "real": ogr.OFTReal, "blob": ogr.OFTBinary,
}  # fmt: skip
_GEOMETRY_TYPES = {"POINT": ogr.wkbPoint, "MULTIPOLYGON": ogr.wkbMultiPolygon, "GEOMETRY": ogr.wkbUnknown}
_SQL_TYPES = {"text": "TEXT", "json": "TEXT", "date": "DATE", "int": "INTEGER", "real": "REAL", "blob": "BLOB"}

_HISTORY = f"""
CREATE TABLE {{name}} (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL CHECK (id BETWEEN 1 AND 1000000000000),
  at TEXT NOT NULL,
  client TEXT,
  who TEXT,
  label TEXT,
  grp INTEGER,
  undoes INTEGER,
  op TEXT NOT NULL CHECK (op IN ('I','U','D')),
  tbl TEXT NOT NULL CHECK (tbl IN ({", ".join(f"'{name}'" for name in HISTORY_TABLES)})),
  row_key TEXT NOT NULL CHECK (json_valid(row_key)),
  old TEXT CHECK (CASE WHEN op = 'I' THEN old IS NULL WHEN json_valid(old) THEN json_type(old, '$.fid') IS 'integer' ELSE 0 END),
  new TEXT CHECK (CASE WHEN op = 'D' THEN new IS NULL WHEN json_valid(new) THEN json_type(new, '$.fid') IS 'integer' ELSE 0 END),
  old_blob BLOB,
  new_blob BLOB
);
"""
_HISTORY_INDEXES = """
CREATE INDEX history_grp ON history (grp, undoes);
CREATE INDEX history_undoes ON history (undoes, grp) WHERE undoes IS NOT NULL;
CREATE INDEX history_plan ON history (grp) WHERE tbl = 'plan';
"""
_HISTORY_SEAL = """
CREATE TABLE history_seal (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  at TEXT NOT NULL,
  first_id INTEGER,
  last_id INTEGER,
  row_count INTEGER NOT NULL,
  note TEXT,
  sha256 TEXT NOT NULL
);
"""
_SCRATCH = """
CREATE TABLE IF NOT EXISTS session (
  id INTEGER PRIMARY KEY CHECK (id = 1), client TEXT, who TEXT, label TEXT, grp INTEGER, undoes INTEGER
);
INSERT OR IGNORE INTO session (id) VALUES (1);
CREATE TABLE IF NOT EXISTS replaced (tbl TEXT NOT NULL, row_fid INTEGER NOT NULL, row_key TEXT NOT NULL, old TEXT NOT NULL, old_blob BLOB);
"""
_SCHEMA_EXTENSION = """
CREATE TABLE IF NOT EXISTS gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT, constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), CONSTRAINT gdc_tn UNIQUE (table_name, name)
);
CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN,
  max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value)
);
"""


def create_geopackage(path: Path, crs: int) -> None:
    """Write a GeoPackage with every table of the schema, empty and registered, in EPSG `crs`.

    `path` must not exist. Raises InputError for an unknown CRS, PlanFileError where GDAL cannot write.
    """
    srs = osr.SpatialReference()
    try:
        with gdal_quiet():
            known = srs.ImportFromEPSG(int(crs)) == 0
    except RuntimeError:
        # OGR raises instead of returning a code when somebody in the process called UseExceptions().
        known = False
    if not known:
        raise InputError("plan.unknown_crs", crs=crs)
    _create_with_gdal(path, srs)


def make_strict(connection: sqlite3.Connection) -> None:
    """Replace GDAL's empty tables by ours, add the file's own tables and the Chinese headings."""
    for table in TABLES:
        kept = [
            row[0]
            for row in connection.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table.name,))
        ]
        connection.execute(f'DROP TABLE "{table.name}"')
        connection.execute(table_sql(table))
        for sql in [*kept, *index_sql(table)]:
            connection.execute(sql)
    for statement in _statements(_HISTORY.format(name="history") + _HISTORY_INDEXES + _HISTORY_SEAL + _SCHEMA_EXTENSION):
        connection.execute(statement)
    make_scratch(connection)
    _register(connection)


def add_attribute_table(connection: sqlite3.Connection, table: Table) -> None:
    """Make and register a table without geometry that an older file lacks; its history has to know it (`remake_history`)."""
    for sql in (table_sql(table), *index_sql(table)):
        connection.execute(sql)
    _register_contents(connection, table.name, table.alias)
    _register_columns(connection, table, table.names)
    connection.execute("INSERT INTO gpkg_ogr_contents (table_name, feature_count) VALUES (?, 0)", (table.name,))


def add_column(connection: sqlite3.Connection, table: Table, name: str) -> None:
    """Add a column of the schema that an older file lacks; it is null in every row."""
    (column,) = (column for column in table.columns if column.name == name)
    connection.execute(f'ALTER TABLE "{table.name}" ADD COLUMN {_column_sql(column, "")}')
    _register_columns(connection, table, [name])


def remake_history(connection: sqlite3.Connection) -> None:
    """Make the history table anew with the same rows, so that it takes rows of every table of the schema."""
    connection.execute(_HISTORY.format(name="history_new").strip().rstrip(";"))
    connection.execute("INSERT INTO history_new SELECT * FROM history")
    connection.execute("DROP TABLE history")
    connection.execute("ALTER TABLE history_new RENAME TO history")
    for statement in _statements(_HISTORY_INDEXES):
        connection.execute(statement)


def make_scratch(connection: sqlite3.Connection) -> None:
    """Make the tables that the history triggers work with, where they are not there."""
    for statement in _statements(_SCRATCH):
        connection.execute(statement)


def scratch_is_there(connection: sqlite3.Connection) -> bool:
    """Whether the history triggers find what they work with; without it they would log nothing, or refuse every write."""
    tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('session', 'replaced')").fetchone()[0]
    return bool(tables == 2 and connection.execute("SELECT 1 FROM session").fetchone())


def table_sql(table: Table) -> str:
    """Return the CREATE TABLE of `table`, with its constraints named by the columns' Chinese headings."""
    lines = ['"fid" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL']
    if table.geometry:
        lines.append(f'"geom" {table.geometry}')
    # GDAL and QGIS see that a column is unique only where it is said with the column.
    alone = table.key[0] if len(table.key) == 1 else ""
    lines += [_column_sql(column, " UNIQUE" if column.name == alone else "") for column in table.columns]
    if not alone:
        lines.append("UNIQUE (" + ", ".join(f'"{name}"' for name in table.key) + ")")
    return f'CREATE TABLE "{table.name}" (\n  ' + ",\n  ".join(lines) + "\n)"


def index_sql(table: Table) -> list[str]:
    """Return the indexes on the columns that hold references, for the triggers that look for them."""
    return [
        f'CREATE INDEX "{table.name}_{column.name}" ON "{table.name}" ("{column.name}")'
        for column in table.columns
        if column.references and table.key[0] != column.name
    ]


@contextmanager
def gdal_quiet() -> Iterator[None]:
    """Silence GDAL's own messages and keep it from switching the file to WAL, for the time of the block."""
    before = gdal.GetConfigOption("OGR_SQLITE_JOURNAL")
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    gdal.SetConfigOption("OGR_SQLITE_JOURNAL", "DELETE")
    try:
        yield
    finally:
        gdal.SetConfigOption("OGR_SQLITE_JOURNAL", before)
        gdal.PopErrorHandler()


@contextmanager
def gdal_writing(path: Path) -> Iterator[None]:
    """`gdal_quiet` that turns GDAL's failures into PlanFileError, with or without GDAL's exceptions switched on."""
    with gdal_quiet():
        gdal.ErrorReset()
        try:
            yield
            # On a full disk the driver fails when it closes the file, and says so nowhere else.
            if gdal.GetLastErrorType() == gdal.CE_Failure:
                raise RuntimeError(gdal.GetLastErrorMsg())
        except RuntimeError as error:
            raise _not_written(path, str(error)) from error


def _not_written(path: Path, text: str) -> PlanFileError:
    """GDAL hands on whole SQL scripts, and on a full disk complains of whatever it missed first."""
    if "disk is full" in text or shutil.disk_usage(path.parent).free < _NO_ROOM_BYTES:
        return PlanFileError("plan.disk_full", file=path.name)
    return PlanFileError("plan.cannot_create", file=path.name, detail=text.rpartition(" failed: ")[2])


def made(thing: Any) -> Any:
    """Return what GDAL made; raises RuntimeError with its last message where it made nothing."""
    if thing is None:
        raise RuntimeError(gdal.GetLastErrorMsg())
    return thing


def create_dataset(path: Path) -> gdal.Dataset:
    """Make an empty GeoPackage with GDAL and return it; raises RuntimeError."""
    return made(gdal.GetDriverByName("GPKG").Create(str(path), 0, 0, 0, gdal.GDT_Unknown))


def _create_with_gdal(path: Path, srs: osr.SpatialReference) -> None:
    with gdal_writing(path):
        dataset = create_dataset(path)
        for table in TABLES:
            options = [f"IDENTIFIER={table.alias}", "FID=fid"]
            if table.geometry:
                layer = made(dataset.CreateLayer(table.name, srs, _GEOMETRY_TYPES[table.geometry], [*options, "GEOMETRY_NAME=geom"]))
            else:
                layer = made(dataset.CreateLayer(table.name, None, ogr.wkbNone, options))
            for column in table.columns:
                layer.CreateField(ogr.FieldDefn(column.name, _GDAL_TYPES[column.type]))
        dataset.FlushCache()
        layer = None
        dataset = None


def _column_sql(column: Column, unique: str) -> str:
    name = f'"{column.name}"'
    null = " NOT NULL" if column.required else ""
    return f'{name} {_SQL_TYPES[column.type]}{null}{unique} CONSTRAINT "{column.alias}" CHECK ({_check(column)})'


def _check(column: Column) -> str:
    name = f'"{column.name}"'
    if column.choices:
        return f"{name} IN ({', '.join(_quoted(choice) for choice in column.choices)})"
    return {
        "text": f"typeof({name}) IN ('text', 'null')",
        "json": f"{name} IS NULL OR json_valid({name})",
        "date": f"{name} IS NULL OR date({name}, '+0 days') IS {name}",
        "int": f"typeof({name}) IN ('integer', 'null')",
        # SQLite prints reals below 1e100 so that history gives them back to the bit; no measure of a plan comes near it.
        "real": f"{name} IS NULL OR (typeof({name}) = 'real' AND abs({name}) < 1e15)",
        "blob": f"typeof({name}) IN ('blob', 'null')",
    }[column.type]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _statements(script: str) -> list[str]:
    return [part.strip() for part in script.split(";") if part.strip()]


def _register(connection: sqlite3.Connection) -> None:
    for name, identifier in zip(OWN_TABLES, ("历史记录", "历史封存")):
        _register_contents(connection, name, identifier)
    for table in TABLES:
        _register_columns(connection, table, table.names)
    definition = "http://www.geopackage.org/spec/#extension_schema"
    connection.executemany(
        "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', ?, 'read-write')",
        [("gpkg_data_columns", definition), ("gpkg_data_column_constraints", definition)],
    )
    connection.execute("UPDATE gpkg_ogr_contents SET feature_count = 0")


def _register_contents(connection: sqlite3.Connection, name: str, identifier: str) -> None:
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change, srs_id) "
        "VALUES (?, 'attributes', ?, strftime('%Y-%m-%dT%H:%M:%fZ','now'), 0)",
        (name, identifier),
    )


def _register_columns(connection: sqlite3.Connection, table: Table, names: Sequence[str]) -> None:
    connection.executemany(
        "INSERT INTO gpkg_data_columns (table_name, column_name, name, title, mime_type) VALUES (?, ?, ?, ?, ?)",
        [
            (table.name, column.name, column.alias, column.alias, "application/json" if column.type == "json" else None)
            for column in table.columns
            if column.name in names
        ],
    )
