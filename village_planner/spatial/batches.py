"""An OGR layer in batches of some thousand features: through GDAL's Arrow stream where that gives the same, else one by one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Callable

import numpy as np
from osgeo import ogr

from village_planner.base.feedback import Feedback
from village_planner.spatial.arrays import objects
from village_planner.spatial.columns import Integers, Part, coded
from village_planner.spatial.wkb import Kinds, geometries_from_wkb, kinds_of_wkb

BATCH = 5_000


@dataclass(frozen=True)
class Batch:
    """Some features in the layer's order. fids: int64; columns: one piece per field; bodies: WKB, None for null."""

    fids: np.ndarray
    columns: list[Part]
    bodies: np.ndarray


@dataclass
class Rows:
    """What was read of a layer.

    columns: pieces by field; geoms and faults as of `geometries_from_wkb`; curves, heights: how many geometries had
    them; broke_off: reading stopped on an error.
    """

    columns: list[list[Part]]
    curves: int = 0
    heights: int = 0
    broke_off: bool = False
    faults: dict[int, str] = field(default_factory=dict)
    _fids: list[np.ndarray] = field(default_factory=list)
    _geoms: list[np.ndarray] = field(default_factory=list)
    count: int = 0

    def take(self, batch: Batch) -> None:
        """Add a batch; its geometry is read now, so that the WKB need not be kept."""
        kinds: Kinds = kinds_of_wkb(batch.bodies)
        geoms, faults = geometries_from_wkb(batch.bodies)
        self.faults.update({self.count + row: fault for row, fault in faults.items()})
        self.curves, self.heights = self.curves + kinds.curves, self.heights + kinds.heights
        for column, part in zip(self.columns, batch.columns):
            column.append(part)
        self._fids.append(batch.fids)
        self._geoms.append(geoms)
        self.count += len(batch.fids)

    @property
    def fids(self) -> np.ndarray:
        """Feature ids, int64."""
        return np.concatenate([np.empty(0, np.int64), *self._fids])

    @property
    def geoms(self) -> np.ndarray:
        """Geometries, None for null."""
        return np.concatenate([objects([]), *self._geoms])


def read_rows(layer: ogr.Layer, is_dbf: bool, feedback: Feedback, limit: int | None = None) -> Rows:
    """All features of a layer, or the first `limit`, one by one. is_dbf: text comes as raw bytes shown as Latin-1."""
    rows = Rows([[] for _ in range(layer.GetLayerDefn().GetFieldCount())])
    total = max(layer.GetFeatureCount(), 1)
    layer.ResetReading()
    reader = _FeatureReader(layer, is_dbf)
    while not reader.at_end and (limit is None or rows.count < limit):
        feedback.check()
        feedback.progress(min(rows.count / total, 1.0))
        rows.take(reader.next(BATCH if limit is None else min(BATCH, limit - rows.count)))
    rows.broke_off = reader.broke_off
    layer.ResetReading()
    return rows


class _FeatureReader:
    def __init__(self, layer: ogr.Layer, is_dbf: bool) -> None:
        definition = layer.GetLayerDefn()
        self._layer = layer
        self._types = [definition.GetFieldDefn(number).GetType() for number in range(definition.GetFieldCount())]
        self._getters = [_getter(kind, is_dbf) for kind in self._types]
        self.at_end = self.broke_off = False

    def next(self, count: int) -> Batch:
        fids: list[int] = []
        bodies: list[bytes | None] = []
        columns: list[list[Any]] = [[] for _ in self._getters]
        numbered = [(number, getter, columns[number]) for number, getter in enumerate(self._getters)]
        while len(fids) < count:
            feature = self._feature()
            if feature is None:
                self.at_end = True
                break
            fids.append(feature.GetFID())
            geometry = feature.GetGeometryRef()
            bodies.append(None if geometry is None else bytes(geometry.ExportToIsoWkb()))
            for number, getter, column in numbered:
                column.append(getter(feature, number) if feature.IsFieldSetAndNotNull(number) else None)
        return Batch(np.array(fids, dtype=np.int64), [_part(*pair) for pair in zip(columns, self._types)], objects(bodies))

    def _feature(self) -> ogr.Feature | None:
        try:
            return self._layer.GetNextFeature()
        except RuntimeError:
            # Raised instead of returning None when somebody in the process called UseExceptions().
            self.broke_off = True
            return None


def _part(values: list[Any], kind: int) -> Part:
    if kind in (ogr.OFTInteger, ogr.OFTInteger64):
        null = np.array([value is None for value in values], dtype=bool)
        return Integers(np.array([value or 0 for value in values], dtype=np.int64), null)
    if kind == ogr.OFTReal:
        return np.array([np.nan if value is None else value for value in values], dtype=float)
    return objects(values) if kind == ogr.OFTBinary else coded(values)


def _getter(kind: int, is_dbf: bool) -> Callable[[ogr.Feature, int], Any]:
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
