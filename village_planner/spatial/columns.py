"""The rows of an OGR layer as columns: one pass over the features, then encodings, types and a data frame."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Callable, Sequence

import numpy as np
import pandas as pd
from osgeo import ogr

from village_planner.base.feedback import Feedback
from village_planner.base.messages import Message
from village_planner.spatial.arrays import objects
from village_planner.spatial.encoding import (
    LATIN1,
    UTF8,
    decode_values,
    encoding_of,
    is_decodable,
    shown_encoding,
    sniff_encoding,
)
from village_planner.spatial.wkb import plain_geometry

if TYPE_CHECKING:
    from village_planner.spatial.reading import FieldInfo

_BATCH = 5_000
_SINGLE_BYTE = (LATIN1, "cp1252")
_SURE = 0.8
_SURE_OF_UTF8 = 0.99


class Rows:
    """One pass over a layer that keeps ids, geometry and values.

    curves, heights: how many geometries had them; broke_off: reading stopped on an error.
    """

    def __init__(self, layer: ogr.Layer, is_dbf: bool, feedback: Feedback, limit: int | None = None) -> None:
        self.fids: list[int] = []
        self.curves = self.heights = 0
        self.broke_off = False
        self._layer, self._is_dbf, self._feedback, self._limit = layer, is_dbf, feedback, limit
        self._bodies: list[bytes | None] = []

    def read(self) -> list[list[Any]]:
        """The values by field, None for null; text as bytes where it comes from a DBF or is not the UTF-8 it claims."""
        definition = self._layer.GetLayerDefn()
        getters = [_getter(definition.GetFieldDefn(n), self._is_dbf) for n in range(definition.GetFieldCount())]
        columns: list[list[Any]] = [[] for _ in getters]
        numbered = [(number, getter, columns[number]) for number, getter in enumerate(getters)]
        total = max(self._layer.GetFeatureCount(), 1)
        self._layer.ResetReading()
        while self._limit is None or len(self.fids) < self._limit:
            if len(self.fids) % _BATCH == 0:
                self._feedback.check()
                self._feedback.progress(min(len(self.fids) / total, 1.0))
            feature = self._next()
            if feature is None:
                break
            self.fids.append(feature.GetFID())
            self._bodies.append(self._body(feature.GetGeometryRef()))
            for number, getter, column in numbered:
                column.append(getter(feature, number) if feature.IsFieldSetAndNotNull(number) else None)
        self._layer.ResetReading()
        return columns

    def wkb(self) -> np.ndarray:
        """The geometries in WKB, as an object array; None for null."""
        return objects(self._bodies)

    def _next(self) -> ogr.Feature | None:
        try:
            return self._layer.GetNextFeature()
        except RuntimeError:
            # Raised instead of returning None when somebody in the process called UseExceptions().
            self.broke_off = True
            return None

    def _body(self, geometry: ogr.Geometry | None) -> bytes | None:
        if geometry is None:
            return None
        kind = geometry.GetGeometryType()
        if not ogr.wkbPoint <= kind <= ogr.wkbGeometryCollection:
            self.curves += bool(ogr.GT_IsNonLinear(kind))
            self.heights += bool(ogr.GT_HasZ(kind) or ogr.GT_HasM(kind))
            geometry = plain_geometry(geometry)
        return bytes(geometry.ExportToIsoWkb())


def decide_encoding(columns: list[list[Any]], declared: str | None, explicit: str | None, file: str) -> tuple[str, list[Message]]:
    """The encoding of the columns' byte values, and what to say about it.

    explicit: the planner's word, which wins; declared: by .cpg or code page, believed unless the text is not in that
    encoding, or is Latin by declaration and Chinese or UTF-8 by its looks. Otherwise it is guessed, and said so.
    """
    values = {value for column in columns for value in column if isinstance(value, bytes) and not value.isascii()}
    named = encoding_of(explicit) if explicit else None
    if named:
        return named, []
    stated = encoding_of(declared) if declared else None
    if not values:
        return stated or UTF8, []
    guess = sniff_encoding(values)
    params = {"file": file, "encoding": shown_encoding(guess.encoding), "confidence": f"{guess.confidence:.0%}"}
    if stated is None:
        return guess.encoding, [Message("spatial.encoding_guessed", params)]
    contradicted = (
        (guess.encoding == UTF8 and guess.confidence >= _SURE_OF_UTF8)
        or (stated in _SINGLE_BYTE and guess.confidence >= _SURE)
        or not all(is_decodable(value, stated) for value in values)
    )
    if guess.encoding == stated or not contradicted:
        return stated, []
    return guess.encoding, [Message("spatial.encoding_overruled", {**params, "declared": declared})]


def unique_names(names: Sequence[str], file: str) -> tuple[list[str], list[Message]]:
    """Field names with a number after every repeated one, and a note that says so."""
    taken: set[str] = set()
    unique, notes = [], []
    for name in names:
        new, number = name, 1
        while new in taken or (number > 1 and new in names):
            number += 1
            new = f"{name}_{number}"
        taken.add(new)
        unique.append(new)
        if new != name:
            notes.append(Message("spatial.field_name_twice", {"file": file, "field": name, "renamed": new}))
    return unique, notes


def frame_of(columns: list[list[Any]], fields: Sequence[FieldInfo], encoding: str, file: str, row_count: int) -> tuple[pd.DataFrame, list[Message]]:
    """The columns as a frame (text as object, integers as Int64, reals as float), and notes on text that is damaged."""
    counts: Counter[tuple[str, str]] = Counter()
    series: dict[str, Any] = {}
    for field, values in zip(fields, columns):
        if field.type == "integer":
            series[field.name] = pd.array(values, dtype="Int64")
        elif field.type == "real":
            series[field.name] = np.array([np.nan if value is None else value for value in values], dtype=float)
        elif field.type == "binary":
            series[field.name] = objects(values)
        else:
            series[field.name], cut, bad = _texts(values, encoding)
            counts.update({("spatial.text_cut", field.name): cut, ("spatial.text_damaged", field.name): bad})
    notes = [
        Message(code, {"file": file, "field": name, "count": count, "encoding": shown_encoding(encoding)}) for (code, name), count in counts.items() if count
    ]
    return pd.DataFrame(series, index=pd.RangeIndex(row_count)), notes


def _texts(values: list[Any], encoding: str) -> tuple[np.ndarray, int, int]:
    is_raw = [isinstance(value, bytes) for value in values]
    if not any(is_raw):
        return objects(values), 0, 0
    decoded, cut, bad = decode_values([value if raw else None for value, raw in zip(values, is_raw)], encoding)
    return objects([text if raw else value for text, value, raw in zip(decoded, values, is_raw)]), cut, bad


def _getter(definition: ogr.FieldDefn, is_dbf: bool) -> Callable[[ogr.Feature, int], Any]:
    kind = definition.GetType()
    if kind in (ogr.OFTInteger, ogr.OFTInteger64):
        return ogr.Feature.GetFieldAsInteger64
    if kind == ogr.OFTReal:
        return ogr.Feature.GetFieldAsDouble
    if kind in (ogr.OFTDate, ogr.OFTDateTime, ogr.OFTTime):
        return {ogr.OFTDate: _iso_date, ogr.OFTDateTime: _iso_datetime, ogr.OFTTime: _iso_time}[kind]
    if kind == ogr.OFTBinary:
        return lambda feature, number: bytes(feature.GetFieldAsBinary(number))
    if kind == ogr.OFTString:
        return _latin1_bytes if is_dbf else _text
    return lambda feature, number: json.dumps(feature.GetField(number), ensure_ascii=False)


def _iso_date(feature: ogr.Feature, number: int) -> str:
    year, month, day, *_ = feature.GetFieldAsDateTime(number)
    return f"{year:04d}-{month:02d}-{day:02d}"


def _iso_datetime(feature: ogr.Feature, number: int) -> str:
    return f"{_iso_date(feature, number)}T{_iso_time(feature, number)}"


def _iso_time(feature: ogr.Feature, number: int) -> str:
    _, _, _, hour, minute, second, _ = feature.GetFieldAsDateTime(number)
    return f"{hour:02d}:{minute:02d}:{int(second):02d}"


def _latin1_bytes(feature: ogr.Feature, number: int) -> bytes:
    return feature.GetFieldAsString(number).encode("latin-1")


def _text(feature: ogr.Feature, number: int) -> str | bytes:
    """Text; bytes where the file claims UTF-8 but does not hold it (GDAL gives bytes or, from 3.10, surrogates)."""
    value = feature.GetFieldAsString(number)
    if isinstance(value, str) and not value.isascii() and any("\udc80" <= c <= "\udcff" for c in value):
        return value.encode("utf-8", "surrogateescape")
    return value
