"""Writes delivered layers as shapefiles into one folder: GB18030 with .cpg, tables without geometry as .dbf, and a list of the fields."""

from __future__ import annotations

import csv
from pathlib import Path

import shapely
from osgeo import ogr

from village_planner.base import Feedback, InputError
from village_planner.delivery.vector import OGR_GEOMETRIES, Delivered, add_fields, created, demand, reference, write_rows, writing_vectors
from village_planner.standards import FieldSpec, Profile

DRIVER = "ESRI Shapefile"
ENCODING = "GB18030"
FIELD_LIST = "字段对照表.csv"
PRECISION_M = 0.0
"""Coordinates are kept to the last bit; dBASE keeps no aliases, no domains and texts of at most 254 bytes."""
MAX_TEXT_BYTES = 254
_BYTES_PER_CHARACTER = 2
_MAX_BYTES = (1 << 31) - (1 << 20)
"""Of a .shp and of a .dbf: both count in 31 bits."""
_HEADINGS = ("图层", "图层名称", "字段", "SHP字段", "字段名称", "类型", "宽度", "小数位", "约束", "值域")
_TYPES = {"text": ogr.OFTString, "int": ogr.OFTInteger64, "real": ogr.OFTReal, "date": ogr.OFTDate}
_TYPE_WORDS = {"text": "文本", "int": "整数", "real": "小数", "date": "日期"}


def dbf_width(field: FieldSpec) -> int:
    """Width of a field in a dBASE table: bytes of a text (two for a character, at most 254), digits, sign and point of a number."""
    if field.type == "text":
        return min(MAX_TEXT_BYTES, field.width * _BYTES_PER_CHARACTER)
    return field.width + (2 if field.type == "real" else 1)


def text_bytes(value: str) -> int:
    """Bytes that a text takes in a dBASE table."""
    return len(value.encode(ENCODING, "replace"))


def write_shapefiles(folder: Path, layers: Delivered, profile: Profile, crs: int, date: str, feedback: Feedback) -> None:
    """Write one .shp (or .dbf) per layer into the new folder `folder`; values have been looked at before.

    date: ISO date that the tables carry, so that the same content gives the same files.
    Raises InputError when GDAL cannot write, or a layer is too big for the format; Cancelled.
    """
    folder.mkdir(parents=True)
    # Set for the thread, because QGIS leaves an empty value behind that makes GDAL write UTF-8 whatever ENCODING says.
    with writing_vectors(folder, {"SHAPE_ENCODING": ENCODING}):
        for name, (spec, rows) in layers.items():
            spatial = spec.geometry != "None"
            _refuse_too_big(name, spec.alias, sum(dbf_width(field) for field in spec.fields) * len(rows), rows["geom"] if spatial else None)
            with created(DRIVER, folder / f"{name}.{'shp' if spatial else 'dbf'}") as source:
                options = [f"ENCODING={ENCODING}", f"DBF_DATE_LAST_UPDATE={date}"]
                layer = source.CreateLayer(name, reference(crs) if spatial else None, OGR_GEOMETRIES[spec.geometry], options)
                demand(layer is None)
                add_fields(layer, spec, _definition)
                write_rows(layer, spec, rows, feedback)
                demand(layer.SyncToDisk())
                del layer
    _write_field_list(folder / FIELD_LIST, layers, profile)


def _refuse_too_big(name: str, alias: str, dbf_bytes: int, geoms: object) -> None:
    """Refuse before writing: GDAL stops in the middle of a layer, at 4 GB that most readers cannot open."""
    shp_bytes = 0 if geoms is None else 16 * int(shapely.get_num_coordinates(geoms).sum()) + 100 * len(geoms)  # type: ignore[arg-type, call-overload]
    if max(dbf_bytes, shp_bytes) > _MAX_BYTES:
        raise InputError("delivery.shp_too_big", layer=name, alias=alias)


def _definition(field: FieldSpec) -> ogr.FieldDefn:
    definition = ogr.FieldDefn(field.dbf_name, _TYPES[field.type])
    if field.type != "date":
        definition.SetWidth(dbf_width(field))
    if field.type == "real":
        definition.SetPrecision(field.precision)
    return definition


def _write_field_list(path: Path, layers: Delivered, profile: Profile) -> None:
    """The names, aliases and domains that dBASE cannot hold, as CSV for people (UTF-8 with byte order mark)."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(_HEADINGS)
        for spec, _ in layers.values():
            for field in spec.fields:
                codes = profile.codes[field.domain].rows if field.domain in profile.codes else ()
                domain = "；".join(f"{row['code']} {row['name']}" for row in codes)
                writer.writerow([
                    spec.name, spec.alias, field.name, field.dbf_name, field.alias, _TYPE_WORDS[field.type], field.width or "", field.precision or "",
                    field.required, domain,
                ])
