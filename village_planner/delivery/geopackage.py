"""Writes delivered layers into a GeoPackage: fields, widths, aliases and domains of the profile, the same bytes for the same content."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from osgeo import ogr

from village_planner.base import Feedback
from village_planner.delivery.vector import OGR_GEOMETRIES, OGR_TYPES, Delivered, add_fields, created, demand, reference, write_rows, writing_vectors
from village_planner.standards import FieldSpec, LayerSpec, Profile

PRECISION_M = 0.0
"""Coordinates are kept to the last bit."""


def write_geopackage(path: Path, layers: Delivered, profile: Profile, crs: int, date: str, feedback: Feedback) -> None:
    """Write `path` anew with one table per layer; coordinates in the CRS `crs` (EPSG).

    date: ISO date that stands for "last changed", so that the same content gives the same file.
    Raises InputError when GDAL cannot write the file, Cancelled.
    """
    settings = {"OGR_CURRENT_DATE": f"{date}T00:00:00.000Z", "OGR_SQLITE_JOURNAL": "DELETE", "OGR_SQLITE_SYNCHRONOUS": "OFF"}
    with writing_vectors(path, settings):
        with created("GPKG", path) as source:
            for spec, rows in layers.values():
                spatial = spec.geometry != "None"
                options = [f"IDENTIFIER={spec.alias}", f"DESCRIPTION={spec.alias}", "GEOMETRY_NAME=geom", "FID=fid"]
                layer = source.CreateLayer(spec.name, reference(crs) if spatial else None, OGR_GEOMETRIES[spec.geometry], options)
                demand(layer is None)
                add_fields(layer, spec, _definition)
                layer.StartTransaction()
                write_rows(layer, spec, rows, feedback)
                demand(layer.CommitTransaction())
                del layer
        try:
            _write_schema(path, [spec for spec, _ in layers.values()], profile)
        except sqlite3.Error as error:
            raise RuntimeError(str(error)) from error


def _definition(field: FieldSpec) -> ogr.FieldDefn:
    definition = ogr.FieldDefn(field.name, OGR_TYPES[field.type])
    if field.type == "text":
        definition.SetWidth(field.width)
    return definition


def _write_schema(path: Path, layers: list[LayerSpec], profile: Profile) -> None:
    """Field aliases and coded domains by the schema extension (OGC 12-128r18, annex F.9); GDAL writes aliases since 3.8 only."""
    names = profile.package.domains
    rows = [
        (spec.name, field.name, field.alias, field.alias, names.get(field.domain)) for spec in layers for field in spec.fields
    ]
    used = sorted({field.domain for spec in layers for field in spec.fields if field.domain in names})
    codes = [(names[domain], "enum", row["code"], row["name"]) for domain in used for row in profile.code_list(domain).rows]
    extension = [
        (table, None, "gpkg_schema", "http://www.geopackage.org/spec121/#extension_schema", "read-write")
        for table in ("gpkg_data_columns", "gpkg_data_column_constraints")
    ]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(_DATA_COLUMNS)
        connection.execute(_CONSTRAINTS)
        connection.executemany(f"INSERT OR REPLACE INTO gpkg_data_columns ({_COLUMN_NAMES}) VALUES (?, ?, ?, ?, ?)", rows)
        connection.executemany(f"INSERT INTO gpkg_data_column_constraints ({_CODE_NAMES}) VALUES (?, ?, ?, ?)", codes)
        connection.execute(_EXTENSIONS)
        connection.execute("DELETE FROM gpkg_extensions WHERE extension_name = 'gpkg_schema'")
        connection.executemany("INSERT INTO gpkg_extensions VALUES (?, ?, ?, ?, ?)", extension)


_COLUMN_NAMES = "table_name, column_name, name, title, constraint_name"
_CODE_NAMES = "constraint_name, constraint_type, value, description"
_DATA_COLUMNS = """CREATE TABLE IF NOT EXISTS gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT,
description TEXT, mime_type TEXT, constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), CONSTRAINT gdc_tn UNIQUE (table_name, name))"""
_CONSTRAINTS = """CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT,
min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))"""
_EXTENSIONS = """CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))"""
