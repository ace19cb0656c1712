"""Reads the layers of a GeoPackage that may come from anybody into frames; works on a copy, so that the original is not touched."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from osgeo import gdal, ogr

from village_planner.base import Feedback, InputError
from village_planner.delivery.geopackage import quiet_gdal
from village_planner.spatial.crs import CrsInfo, describe_crs
from village_planner.spatial.wkb import geometries_from_wkb

_TYPE_NAMES = {
    ogr.OFTString: "text", ogr.OFTInteger: "int", ogr.OFTInteger64: "int", ogr.OFTReal: "real", ogr.OFTDate: "date",
}
_CHECK_EVERY = 1_000


@dataclass(frozen=True)
class LayerField:
    """A field as the file has it; type: ``text``, ``int``, ``real``, ``date`` or GDAL's name; width: 0 for none."""

    name: str
    type: str
    width: int


@dataclass(frozen=True)
class LayerContent:
    """A layer as the file has it.

    geometry: ``Point``, ``MultiPolygon``, ``LineString``, ``None`` or GDAL's name. rows: one column per field with plain
    values (dates as ISO text), and `geom` (shapely or None) where the layer has geometry. unreadable: rows whose geometry is no geometry.
    """

    name: str
    geometry: str
    crs: CrsInfo
    fields: tuple[LayerField, ...]
    rows: pd.DataFrame
    unreadable: tuple[int, ...]


def read_geopackage(path: Path, work: Path, feedback: Feedback) -> list[LayerContent]:
    """All layers of a GeoPackage, read from a copy in `work`.

    Raises InputError where the file is no GeoPackage or is damaged; Cancelled.
    """
    copy = work / "read.gpkg"
    try:
        shutil.copyfile(path, copy)
        _check_integrity(copy)
        with quiet_gdal():
            return _read_layers(copy, feedback)
    except (OSError, sqlite3.Error, RuntimeError, UnicodeDecodeError) as error:
        # RuntimeError: what GDAL raises where somebody in the process called UseExceptions().
        raise InputError("delivery.file_unreadable", file=path.name, reason=str(error)[:200]) from error
    finally:
        copy.unlink(missing_ok=True)


def _check_integrity(path: Path) -> None:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        verdicts = [str(row[0]) for row in connection.execute("PRAGMA quick_check(100)")]
    # A value that breaks its column's declaration is no damage to the file; the checks on values will find it.
    damage = [verdict for verdict in verdicts if verdict != "ok" and " value in " not in verdict and "CHECK constraint" not in verdict]
    if damage:
        raise InputError("delivery.file_unreadable", file=path.name, reason=damage[0][:200])


def _read_layers(path: Path, feedback: Feedback) -> list[LayerContent]:
    source = gdal.OpenEx(str(path), gdal.OF_VECTOR | gdal.OF_READONLY, allowed_drivers=["GPKG"])
    if source is None:
        raise InputError("delivery.file_unreadable", file=path.name, reason=gdal.GetLastErrorMsg()[:200])
    contents = [_read_layer(source.GetLayer(number), feedback) for number in range(source.GetLayerCount())]
    if gdal.GetLastErrorType() >= gdal.CE_Failure:
        raise InputError("delivery.file_unreadable", file=path.name, reason=gdal.GetLastErrorMsg()[:200])
    return contents


def _read_layer(layer: ogr.Layer, feedback: Feedback) -> LayerContent:
    definition = layer.GetLayerDefn()
    fields = tuple(_field(definition.GetFieldDefn(position)) for position in range(definition.GetFieldCount()))
    geometry = _geometry_name(layer.GetGeomType())
    rows: list[list[Any]] = []
    bodies: list[bytes | None] = []
    layer.ResetReading()
    while (feature := layer.GetNextFeature()) is not None:
        if len(rows) % _CHECK_EVERY == 0:
            feedback.check()
        rows.append([_value(feature, position, field) for position, field in enumerate(fields)])
        shape = feature.GetGeometryRef()
        bodies.append(None if shape is None else bytes(shape.ExportToIsoWkb()))
    frame = pd.DataFrame(rows, columns=[field.name for field in fields], dtype=object)
    unreadable: tuple[int, ...] = ()
    if geometry != "None":
        column = np.empty(len(bodies), dtype=object)
        column[:] = bodies
        geoms, faults = geometries_from_wkb(column)
        unreadable = tuple(row for row in sorted(faults) if geoms[row] is None)
        frame["geom"] = pd.Series(geoms, index=frame.index, dtype=object)
    return LayerContent(layer.GetName(), geometry, describe_crs(layer.GetSpatialRef()), fields, frame, unreadable)


def _field(definition: ogr.FieldDefn) -> LayerField:
    kind = _TYPE_NAMES.get(definition.GetType(), definition.GetTypeName())
    return LayerField(definition.GetName(), kind, definition.GetWidth() if kind == "text" else 0)


def _geometry_name(kind: int) -> str:
    if kind == ogr.wkbNone:
        return "None"
    name = {ogr.wkbPoint: "Point", ogr.wkbMultiPolygon: "MultiPolygon", ogr.wkbLineString: "LineString"}.get(kind)
    return name or ogr.GeometryTypeToName(kind)


def _value(feature: ogr.Feature, position: int, field: LayerField) -> Any:
    if not feature.IsFieldSetAndNotNull(position):
        return None
    if field.type == "int":
        return feature.GetFieldAsInteger64(position)
    if field.type == "real":
        return feature.GetFieldAsDouble(position)
    if field.type == "date":
        year, month, day = feature.GetFieldAsDateTime(position)[:3]
        return f"{year:04d}-{month:02d}-{day:02d}"
    return feature.GetFieldAsString(position)
