"""Writes delivered layers into a GeoPackage: fields, widths and aliases of the profile, the same bytes for the same content."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Iterator, Mapping

import numpy as np
import pandas as pd
import shapely
from osgeo import gdal, ogr, osr

from village_planner.base import Feedback, InputError
from village_planner.delivery.fields import is_empty
from village_planner.standards import FieldSpec, LayerSpec

OGR_TYPES = {"text": ogr.OFTString, "int": ogr.OFTInteger, "real": ogr.OFTReal, "date": ogr.OFTDate}
OGR_GEOMETRIES = {"Point": ogr.wkbPoint, "MultiPolygon": ogr.wkbMultiPolygon, "LineString": ogr.wkbLineString, "None": ogr.wkbNone}
_CHECK_EVERY = 500
_LEAST_FREE_BYTES = 1 << 20


def write_geopackage(
    path: Path, layers: Mapping[str, tuple[LayerSpec, pd.DataFrame]], crs: int, date: str, feedback: Feedback
) -> None:
    """Write `path` anew with one table per layer.

    layers: name → spec and rows as `fields.deliver` returns them; geometry in the CRS `crs` (EPSG), null is kept null.
    date: ISO date that stands for "last changed", so that the same content gives the same file.
    Raises InputError when GDAL cannot write the file, Cancelled.
    """
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(crs)
    reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    with _gdal_settings(date), quiet_gdal():
        try:
            with _created(path) as source:
                for spec, rows in layers.values():
                    _write_layer(source, spec, rows, reference, feedback)
            _demand(gdal.GetLastErrorType() >= gdal.CE_Failure)
            _write_aliases(path, [spec for spec, _ in layers.values()])
        except (RuntimeError, sqlite3.Error) as error:
            # RuntimeError: ours, and GDAL's own where somebody in the process called UseExceptions().
            if shutil.disk_usage(path.parent).free < _LEAST_FREE_BYTES:
                raise InputError("delivery.disk_full", file=path.name) from error
            raise InputError("delivery.gpkg_not_written", file=path.name, reason=str(error)[:200]) from error


@contextmanager
def quiet_gdal() -> Iterator[None]:
    """Keep GDAL's error texts off the console; the last error can still be asked for."""
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    gdal.ErrorReset()
    try:
        yield
    finally:
        gdal.PopErrorHandler()


@contextmanager
def _created(path: Path) -> Iterator[ogr.DataSource]:
    """A new data source that is closed at the end, also while an error's traceback still refers to it."""
    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    _demand(source is None)
    try:
        yield source
    finally:
        source.Destroy()


@contextmanager
def _gdal_settings(date: str) -> Iterator[None]:
    settings = {"OGR_CURRENT_DATE": f"{date}T00:00:00.000Z", "OGR_SQLITE_JOURNAL": "DELETE", "OGR_SQLITE_SYNCHRONOUS": "OFF"}
    before = {name: gdal.GetThreadLocalConfigOption(name) for name in settings}
    for name, value in settings.items():
        gdal.SetThreadLocalConfigOption(name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            gdal.SetThreadLocalConfigOption(name, value)


def _write_layer(
    source: ogr.DataSource, spec: LayerSpec, rows: pd.DataFrame, reference: osr.SpatialReference, feedback: Feedback
) -> None:
    spatial = spec.geometry != "None"
    layer = source.CreateLayer(
        spec.name, reference if spatial else None, OGR_GEOMETRIES[spec.geometry],
        [f"IDENTIFIER={spec.alias}", f"DESCRIPTION={spec.alias}", "GEOMETRY_NAME=geom", "FID=fid"],
    )
    _demand(layer is None)
    for field in spec.fields:
        layer.CreateField(_definition(field))
    blobs = shapely.to_wkb(_geometries(spec, rows), output_dimension=2) if spatial else [None] * len(rows)
    columns = [(layer.GetLayerDefn().GetFieldIndex(field.name), list(rows[field.name])) for field in spec.fields]
    layer.StartTransaction()
    for number, blob in enumerate(blobs):
        if number % _CHECK_EVERY == 0:
            feedback.check()
        feature = ogr.Feature(layer.GetLayerDefn())
        for position, values in columns:
            if not is_empty(values[number]):
                feature.SetField(position, values[number])
        if blob is not None:
            feature.SetGeometryDirectly(ogr.CreateGeometryFromWkb(blob))
        _demand(layer.CreateFeature(feature))
    _demand(layer.CommitTransaction())


def _demand(failed: int) -> None:
    if failed:
        raise RuntimeError(gdal.GetLastErrorMsg())


def _definition(field: FieldSpec) -> ogr.FieldDefn:
    definition = ogr.FieldDefn(field.name, OGR_TYPES[field.type])
    if field.type == "text":
        definition.SetWidth(field.width)
    return definition


def _geometries(spec: LayerSpec, rows: pd.DataFrame) -> np.ndarray:
    geoms = rows["geom"].to_numpy(dtype=object)
    if spec.geometry != "MultiPolygon":
        return geoms
    single = np.array([geom is not None and geom.geom_type == "Polygon" for geom in geoms], dtype=bool)
    result = geoms.copy()
    result[single] = [shapely.multipolygons([geom]) for geom in geoms[single]]
    return result


def _write_aliases(path: Path, layers: list[LayerSpec]) -> None:
    """Field aliases by the schema extension (OGC 12-128r18, annex F.9); GDAL writes them since 3.8 only."""
    rows = [(spec.name, field.name, field.alias, field.alias) for spec in layers for field in spec.fields]
    extension = [
        (table, None, "gpkg_schema", "http://www.geopackage.org/spec121/#extension_schema", "read-write")
        for table in ("gpkg_data_columns", "gpkg_data_column_constraints")
    ]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(_DATA_COLUMNS)
        connection.execute(_CONSTRAINTS)
        connection.executemany("INSERT OR REPLACE INTO gpkg_data_columns (table_name, column_name, name, title) VALUES (?, ?, ?, ?)", rows)
        connection.execute(_EXTENSIONS)
        connection.execute("DELETE FROM gpkg_extensions WHERE extension_name = 'gpkg_schema'")
        connection.executemany("INSERT INTO gpkg_extensions VALUES (?, ?, ?, ?, ?)", extension)


_DATA_COLUMNS = """CREATE TABLE IF NOT EXISTS gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT,
description TEXT, mime_type TEXT, constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), CONSTRAINT gdc_tn UNIQUE (table_name, name))"""
_CONSTRAINTS = """CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT,
min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))"""
_EXTENSIONS = """CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))"""
