"""Reads the vector data of a package that may come from anybody into frames; works on a copy, so that the original is not touched."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
import shapely
from osgeo import gdal, ogr

from village_planner.base import Feedback, InputError, Message
from village_planner.delivery.dbf_text import decode_table
from village_planner.delivery.fields import is_empty
from village_planner.delivery.vector import gdal_settings, quiet_gdal
from village_planner.spatial.crs import CrsInfo, describe_crs
from village_planner.spatial.wkb import geometries_from_wkb
from village_planner.standards import LayerSpec

GPKG, GDB, SHP, VCT = "gpkg", "gdb", "shp", "vct"
_TYPE_NAMES = {
    ogr.OFTString: "text", ogr.OFTInteger: "int", ogr.OFTInteger64: "int", ogr.OFTReal: "real", ogr.OFTDate: "date",
}
_CHECK_EVERY = 1_000
_RAW = "ISO-8859-1"
_ALIAS = re.compile(r"</GPFieldInfoExs>.*?<AliasName>([^<]*)</AliasName>", re.DOTALL)
_FAULTS = (OSError, sqlite3.Error, RuntimeError, UnicodeDecodeError)
"""RuntimeError: what GDAL raises where somebody in the process called UseExceptions()."""


@dataclass(frozen=True)
class LayerField:
    """A field as the file has it; type: ``text``, ``int``, ``real``, ``date`` or GDAL's name; width: of texts, 0 for none;
    alias, domain: '' where the file has none; precision: decimals, 0 where the file states none."""

    name: str
    type: str
    width: int
    alias: str = ""
    domain: str = ""
    precision: int = 0


@dataclass(frozen=True)
class LayerContent:
    """A layer as the file has it.

    geometry: ``Point``, ``MultiPolygon``, ``LineString``, ``None`` or GDAL's name. rows: one column per field with plain
    values (dates as ISO text), and `geom` (shapely or None) where the layer has geometry. unreadable: rows whose geometry is no geometry.
    curved: rows with curve segments, which `rows` holds as vertices. alias, dataset: '' where the file has none.
    doubts: what was odd about how the file is written.
    """

    name: str
    geometry: str
    crs: CrsInfo
    fields: tuple[LayerField, ...]
    rows: pd.DataFrame
    unreadable: tuple[int, ...]
    alias: str = ""
    dataset: str = ""
    doubts: tuple[Message, ...] = ()
    curved: tuple[int, ...] = ()


@dataclass(frozen=True)
class FileContent:
    """The vector data of one file or folder. file: path in the package; format: GPKG, GDB, SHP or VCT; domains: codes and their names by domain name.

    doubts: what was odd about the file as a whole.
    """

    file: str
    format: str
    layers: tuple[LayerContent, ...]
    domains: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    doubts: tuple[Message, ...] = ()


def row_serial(spec: LayerSpec, content: LayerContent, row: int) -> str:
    """What a row is called in a finding: its serial (BSM), else its number."""
    name = next((field.name for field in spec.fields if field.value == "bsm" and field.name in content.rows), None)
    value = content.rows[name].iloc[row] if name else None
    return f"#{row + 1}" if is_empty(value) else str(value)[:60]


def read_vectors(
    root: Path, file: str, format_: str, members: Sequence[str], work: Path, specs: Mapping[str, LayerSpec], feedback: Feedback
) -> FileContent:
    """All layers of a file or folder of a package, read from a copy in `work`.

    file: path in the package; members: for a FileGDB or shapefiles, the files that belong to it, as the package lists them
    (a link is not among them). specs: layers of the profile, by which short field names of shapefiles are known.
    Raises InputError where it is not of the format or is damaged, Cancelled.
    """
    copy = work / f"read_{format_}"
    name = file.rsplit("/", 1)[-1]
    try:
        if format_ == GPKG:
            copy = copy.with_suffix(".gpkg")
            shutil.copyfile(root / file, copy)
            aliases = _check_integrity(copy)
        else:
            aliases = {}
            copy = copy.with_suffix(f".{format_}")
            copy.mkdir()
            for member in members:
                shutil.copyfile(root / member, copy / member.rsplit("/", 1)[-1])
        with gdal_settings({"SHAPE_RESTORE_SHX": "NO"}), quiet_gdal():
            return FileContent(file, format_, *(_read_shapefiles(copy, specs, feedback) if format_ == SHP else _read_dataset(copy, format_, aliases, feedback)))
    except _FAULTS as error:
        raise InputError("delivery.file_unreadable", file=name, reason=str(error)[:200]) from error
    finally:
        shutil.rmtree(copy, ignore_errors=True) if copy.is_dir() else copy.unlink(missing_ok=True)


def _check_integrity(path: Path) -> dict[tuple[str, str], str]:
    """RuntimeError for a damaged GeoPackage; else the aliases by layer and field, which GDAL hands out since 3.8 only."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        verdicts = [str(row[0]) for row in connection.execute("PRAGMA quick_check(100)")]
        described = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'gpkg_data_columns'").fetchone()
        rows = connection.execute("SELECT table_name, column_name, name FROM gpkg_data_columns").fetchall() if described else []
    # A value that breaks its column's declaration is no damage to the file; the checks on values will find it.
    damage = [verdict for verdict in verdicts if verdict != "ok" and " value in " not in verdict and "CHECK constraint" not in verdict]
    if damage:
        raise RuntimeError(damage[0])
    return {(str(table), str(column)): str(name or "") for table, column, name in rows}


@contextmanager
def _opened(path: Path, driver: str, options: Sequence[str] = ()) -> Iterator[gdal.Dataset]:
    """The dataset, read only; RuntimeError where it cannot be opened, or where something of it could not be read."""
    source = gdal.OpenEx(str(path), gdal.OF_VECTOR | gdal.OF_READONLY, allowed_drivers=[driver], open_options=list(options))
    if source is None:
        raise RuntimeError(gdal.GetLastErrorMsg() or driver)
    yield source
    if gdal.GetLastErrorType() >= gdal.CE_Failure:
        raise RuntimeError(gdal.GetLastErrorMsg())


def _read_dataset(
    path: Path, format_: str, aliases: Mapping[tuple[str, str], str], feedback: Feedback
) -> tuple[tuple[LayerContent, ...], dict[str, dict[str, str]]]:
    with _opened(path, "GPKG" if format_ == GPKG else "OpenFileGDB") as source:
        datasets = _datasets(source) if format_ == GDB else {}
        layers = []
        for number in range(source.GetLayerCount()):
            layer = source.GetLayer(number)
            name = layer.GetName()
            if format_ == GDB:
                content = _read_layer(layer, name, _gdb_alias(source, name), datasets.get(name, ""), feedback)
                layers.append(_with_single_lines(content))
            else:
                content = _read_layer(layer, name, layer.GetMetadataItem("IDENTIFIER") or "", "", feedback)
                fields = tuple(replace(field, alias=aliases.get((name, field.name), "")) for field in content.fields)
                layers.append(replace(content, fields=fields))
        return tuple(layers), _domains(source)


def _read_shapefiles(folder: Path, specs: Mapping[str, LayerSpec], feedback: Feedback) -> tuple[tuple[LayerContent, ...], dict[str, dict[str, str]]]:
    layers = []
    with_shape = {path.stem.lower() for path in folder.iterdir() if path.suffix.lower() == ".shp"}
    for path in sorted(folder.iterdir()):
        suffix = path.suffix.lower()
        if suffix == ".shp" or (suffix == ".dbf" and path.stem.lower() not in with_shape):
            with _opened(path, "ESRI Shapefile", [f"ENCODING={_RAW}"]) as source:
                content = _read_layer(source.GetLayer(0), path.stem, "", "", feedback)
            layers.append(_in_profile_names(decode_table(content, folder), specs.get(path.stem)))
    if not layers:
        raise RuntimeError("0 .shp")
    return tuple(layers), {}


def _in_profile_names(content: LayerContent, spec: LayerSpec | None) -> LayerContent:
    """Fields with the names of the profile instead of their short ones; a polygon layer of shapefiles is one of multipolygons."""
    names = {field.dbf_name.upper(): field.name for field in spec.fields} if spec else {}
    renamed = {field.name: names.get(field.name.upper(), field.name) for field in content.fields}
    fields = tuple(LayerField(renamed[field.name], field.type, field.width, precision=field.precision) for field in content.fields)
    geometry = "MultiPolygon" if content.geometry == "Polygon" else content.geometry
    return LayerContent(
        content.name, geometry, content.crs, fields, content.rows.rename(columns=renamed), content.unreadable, doubts=content.doubts, curved=content.curved
    )


def _with_single_lines(content: LayerContent) -> LayerContent:
    """A layer of lines as one of single lines: a FileGDB knows only polylines, which GDAL gives as multi-lines."""
    if content.geometry != ogr.GeometryTypeToName(ogr.wkbMultiLineString):
        return content
    geoms = content.rows["geom"].to_numpy(dtype=object)
    single = shapely.get_num_geometries(geoms) == 1
    if not (single | shapely.is_missing(geoms)).all():
        return content
    lines = np.where(single, shapely.get_geometry(geoms, 0), geoms)
    return replace(content, geometry="LineString", rows=content.rows.assign(geom=pd.Series(lines, index=content.rows.index, dtype=object)))


def _datasets(source: gdal.Dataset) -> dict[str, str]:
    """Feature dataset by layer name."""
    root = source.GetRootGroup()
    names = (root.GetGroupNames() if root else None) or []
    return {layer: name for name in names for layer in root.OpenGroup(name).GetVectorLayerNames() or []}


def _gdb_alias(source: gdal.Dataset, layer: str) -> str:
    """The alias that the layer's definition states; GDAL hands it out in no other way before 3.9."""
    result = source.ExecuteSQL(f"GetLayerDefinition {layer}")
    if result is None:
        return ""
    feature = result.GetNextFeature()
    text = feature.GetFieldAsString(0) if feature is not None else ""
    del feature
    source.ReleaseResultSet(result)
    found = _ALIAS.search(text)
    return found.group(1) if found else ""


def _domains(source: gdal.Dataset) -> dict[str, dict[str, str]]:
    domains = {}
    for name in source.GetFieldDomainNames() or ():
        domain = source.GetFieldDomain(name)
        codes = domain.GetEnumeration() if domain is not None and domain.GetDomainType() == ogr.OFDT_CODED else None
        if codes is not None:
            domains[name] = {str(code): str(text or "") for code, text in codes.items()}
    return domains


def _read_layer(layer: ogr.Layer, name: str, alias: str, dataset: str, feedback: Feedback) -> LayerContent:
    definition = layer.GetLayerDefn()
    fields = tuple(_field(definition.GetFieldDefn(position)) for position in range(definition.GetFieldCount()))
    geometry = _geometry_name(layer.GetGeomType())
    rows: list[list[Any]] = []
    bodies: list[bytes | None] = []
    curved: list[int] = []
    readers = [_READERS.get(field.type, ogr.Feature.GetFieldAsString) for field in fields]
    layer.ResetReading()
    while (feature := layer.GetNextFeature()) is not None:
        if len(rows) % _CHECK_EVERY == 0:
            feedback.check()
        rows.append([read(feature, position) if feature.IsFieldSetAndNotNull(position) else None for position, read in enumerate(readers)])
        shape = feature.GetGeometryRef()
        if shape is not None and shape.HasCurveGeometry(True):
            curved.append(len(bodies))
        bodies.append(None if shape is None else bytes(shape.ExportToIsoWkb()))
    frame = pd.DataFrame(rows, columns=[field.name for field in fields], dtype=object)
    unreadable: tuple[int, ...] = ()
    if geometry != "None":
        column = np.empty(len(bodies), dtype=object)
        column[:] = bodies
        geoms, faults = geometries_from_wkb(column)
        unreadable = tuple(row for row in sorted(faults) if geoms[row] is None)
        frame["geom"] = pd.Series(geoms, index=frame.index, dtype=object)
    return LayerContent(name, geometry, describe_crs(layer.GetSpatialRef()), fields, frame, unreadable, alias, dataset, curved=tuple(curved))


def _field(definition: ogr.FieldDefn) -> LayerField:
    kind = _TYPE_NAMES.get(definition.GetType(), definition.GetTypeName())
    width = definition.GetWidth() if kind == "text" else 0
    names = definition.GetAlternativeName() or "", definition.GetDomainName() or ""
    return LayerField(definition.GetName(), kind, width, *names, definition.GetPrecision())


def _geometry_name(kind: int) -> str:
    if kind == ogr.wkbNone:
        return "None"
    name = {ogr.wkbPoint: "Point", ogr.wkbMultiPolygon: "MultiPolygon", ogr.wkbLineString: "LineString"}.get(kind)
    return name or ogr.GeometryTypeToName(kind)


def _date(feature: ogr.Feature, position: int) -> str:
    """ISO date; a FileGDB knows only dates with a time."""
    year, month, day = feature.GetFieldAsDateTime(position)[:3]
    return f"{year:04d}-{month:02d}-{day:02d}"


_READERS = {
    "text": ogr.Feature.GetFieldAsString, "int": ogr.Feature.GetFieldAsInteger64, "real": ogr.Feature.GetFieldAsDouble,
    "date": _date, "DateTime": _date,
}
