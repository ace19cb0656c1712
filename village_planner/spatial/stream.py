"""An OGR layer through GDAL's Arrow stream (GDAL 3.6 and later): whole columns at a time instead of feature by feature."""

from __future__ import annotations

from typing import Any, Iterator, Mapping

import numpy as np
from osgeo import gdal, ogr

from village_planner.base.feedback import Feedback
from village_planner.spatial.arrays import objects
from village_planner.spatial.batches import BATCH, Batch, Rows
from village_planner.spatial.columns import Coded, Integers, Part, coded

# GDAL's own names where the layer has none.
_FID, _GEOMETRY = "OGC_FID", "wkb_geometry"
_TYPES = (ogr.OFTString, ogr.OFTInteger, ogr.OFTInteger64, ogr.OFTReal, ogr.OFTDate, ogr.OFTDateTime, ogr.OFTBinary)
# A text array has the width of its longest text in every row.
_BATCH_OF_LONG_TEXTS = 1_000
_GPKG_SETTINGS = {"OGR_GPKG_NUM_THREADS": "1", "OGR_GPKG_STREAM_BASE_IMPL": "YES"}
"""GDAL reads a GeoPackage ahead in a thread: on a connection of its own, opened without our options (see sources), and before
3.11.4 with a condition that may be missed, so that the reading hangs (GDAL issue 12934)."""
# GDAL 3.6 counts days before 1970 one too late.
_FIRST_SURE_DAY = np.datetime64("1970-01-02")


class StreamFailed(Exception):
    """The stream did not give what the layer has; the layer must be read one by one."""


def can_stream(layer: ogr.Layer, driver: str) -> bool:
    """Whether the stream gives the same as reading one by one. driver: GDAL's name of the format.

    It does not
    - before GDAL 3.6 and where GDAL's Python has no numpy: there is none;
    - for lists, whose nulls it loses, and for times;
    - for numbers of a narrower type (boolean, 16 bits, single precision) and for times of a day, except in a FileGDB:
      other formats hold wider numbers under such a type, and times in several time zones, which it makes one;
    - where a field is called as another or as the id or geometry column, since it names columns;
    - for a second geometry column.
    """
    if not hasattr(layer, "GetArrowStreamAsNumPy") or not _has_numpy():
        return False
    definition = layer.GetLayerDefn()
    fields = [definition.GetFieldDefn(number) for number in range(definition.GetFieldCount())]
    names = [field.GetName() for field in fields] + [layer.GetFIDColumn() or _FID, layer.GetGeometryColumn() or _GEOMETRY]
    return (
        definition.GetGeomFieldCount() <= 1
        and len(set(names)) == len(names)
        and all(field.GetType() in _TYPES for field in fields)
        and (driver == "OpenFileGDB" or not any(_is_delicate(field) for field in fields))
    )


def stream_rows(layer: ogr.Layer, is_dbf: bool, feedback: Feedback, expected: int) -> Rows:
    """All features of a layer for which `can_stream` holds. expected: how many there are, -1 where that is not known.

    Raises StreamFailed where the stream broke off, gave fewer or other columns, and Cancelled.
    """
    definition = layer.GetLayerDefn()
    fields = [definition.GetFieldDefn(number) for number in range(definition.GetFieldCount())]
    rows = Rows([[] for _ in fields])
    total = max(expected, 1)
    layer.ResetReading()
    try:
        for arrays in _arrays(layer, any(field.GetType() == ogr.OFTString and field.GetWidth() == 0 for field in fields)):
            feedback.check()
            feedback.progress(min(rows.count / total, 1.0))
            rows.take(_batch(arrays, layer, fields, is_dbf))
    except (RuntimeError, MemoryError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise StreamFailed(str(error)) from error
    finally:
        layer.ResetReading()
    if rows.count != expected:
        raise StreamFailed(f"{rows.count} of {expected}")
    return rows


def _has_numpy() -> bool:
    try:
        from osgeo import gdal_array  # noqa: F401
    except ImportError:
        return False
    return True


def _is_delicate(field: ogr.FieldDefn) -> bool:
    is_narrow = field.GetSubType() in (ogr.OFSTBoolean, ogr.OFSTInt16, ogr.OFSTFloat32)
    return is_narrow or field.GetType() == ogr.OFTDateTime


def _arrays(layer: ogr.Layer, with_long_texts: bool) -> Iterator[Mapping[str, Any]]:
    before = {name: gdal.GetThreadLocalConfigOption(name, None) for name in _GPKG_SETTINGS}
    for name, value in _GPKG_SETTINGS.items():
        gdal.SetThreadLocalConfigOption(name, value)
    try:
        size = _BATCH_OF_LONG_TEXTS if with_long_texts else BATCH
        with layer.GetArrowStreamAsNumPy([f"MAX_FEATURES_IN_BATCH={size}"]) as stream:
            yield from stream
    finally:
        for name, earlier in before.items():
            gdal.SetThreadLocalConfigOption(name, earlier)


def _batch(arrays: Mapping[str, Any], layer: ogr.Layer, fields: list[ogr.FieldDefn], is_dbf: bool) -> Batch:
    # A copy: an array of GDAL's holds the whole batch in memory.
    fids = np.array(arrays[layer.GetFIDColumn() or _FID], dtype=np.int64)
    has_geometry = layer.GetLayerDefn().GetGeomFieldCount() > 0
    bodies = arrays[layer.GetGeometryColumn() or _GEOMETRY] if has_geometry else None
    return Batch(
        fids,
        [_part(arrays[field.GetName()], field.GetType(), is_dbf) for field in fields],
        objects([None] * len(fids)) if bodies is None else _binaries(bodies),
    )


def _part(values: np.ndarray, kind: int, is_dbf: bool) -> Part:
    null = np.ma.getmaskarray(values)
    data = np.ma.getdata(values)
    if kind in (ogr.OFTInteger, ogr.OFTInteger64):
        return Integers(np.where(null, 0, data).astype(np.int64), null)
    if kind == ogr.OFTReal:
        return np.where(null, np.nan, data).astype(float)
    if kind == ogr.OFTBinary:
        return _binaries(values)
    if kind == ogr.OFTString:
        part = _coded(data, null)
        return Coded(part.codes, _texts(part.values, is_dbf))
    if (data[~null] < _FIRST_SURE_DAY).any():
        raise StreamFailed("days before 1970")
    unit = "D" if kind == ogr.OFTDate else "s"
    return _coded(np.datetime_as_string(data.astype(f"datetime64[{unit}]")), null)


def _coded(data: np.ndarray, null: np.ndarray) -> Coded:
    values = data.tolist()
    for row in np.flatnonzero(null).tolist():
        values[row] = None
    return coded(values)


def _texts(values: list[bytes | None], is_dbf: bool) -> list[str | bytes | None]:
    """Texts of what GDAL hands out as UTF-8; of a DBF the bytes of the file, and bytes also where it is not the UTF-8 it claims."""
    known = [value for value in values if value is not None]
    together = b"\0".join(known)
    if is_dbf and together.isascii():
        return list(values)
    try:
        texts: list[str] = together.decode("utf-8").split("\0")
    except UnicodeDecodeError:
        return [None if value is None else _text(value, is_dbf) for value in values]
    found: Iterator[str | bytes] = iter([text.encode("latin-1") for text in texts] if is_dbf else texts)
    return [None if value is None else next(found) for value in values]


def _text(value: bytes, is_dbf: bool) -> str | bytes:
    try:
        text = value.decode("utf-8")
        return text.encode("latin-1") if is_dbf else text
    except UnicodeError:
        return value


def _binaries(values: np.ndarray) -> np.ndarray:
    data = np.ma.getdata(values).astype(object)
    data[np.ma.getmaskarray(values)] = None
    return data
