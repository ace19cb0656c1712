"""Reading a planner's layers and tables into arrays, with every liberty taken said in a note."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from osgeo import ogr

from village_planner.base.errors import InputError
from village_planner.base.feedback import Feedback, SilentFeedback
from village_planner.base.messages import Message
from village_planner.spatial.batches import Rows, read_rows
from village_planner.spatial.columns import byte_values, decide_encoding, frame_of, unique_names
from village_planner.spatial.crs import CrsInfo, describe_crs
from village_planner.spatial.encoding import decode_each, encoding_of
from village_planner.spatial.sources import OpenLayer, gdal_errors, open_layers
from village_planner.spatial.stream import StreamFailed, can_stream, stream_rows
from village_planner.spatial.wkb import RINGS_CLOSED, UNREADABLE

_SAMPLE_ROWS = 2_000
_FIELD_TYPES = {
    ogr.OFTString: "text",
    ogr.OFTInteger: "integer",
    ogr.OFTInteger64: "integer",
    ogr.OFTReal: "real",
    ogr.OFTDate: "date",
    ogr.OFTDateTime: "datetime",
    ogr.OFTTime: "time",
    ogr.OFTBinary: "binary",
}


@dataclass(frozen=True)
class FieldInfo:
    """A field of a layer. type: text, integer, real, date, datetime, time, list or binary; width: 0 where not limited;
    alias: empty where the file has none."""

    name: str
    alias: str
    type: str
    width: int


@dataclass(frozen=True)
class LayerInfo:
    """A layer or table of a file. geometry_type: OGR's name for it, "None" for a table; feature_count: -1 if unknown."""

    path: str
    layer: str
    geometry_type: str
    feature_count: int
    crs: CrsInfo
    fields: tuple[FieldInfo, ...]
    encoding: str


@dataclass(frozen=True)
class SourceLayer:
    """A layer read into memory; frame, fids and geoms have one row per feature, in the file's order.

    frame: attributes (text as str or None, integers as Int64, reals as float, dates as ISO text, lists as JSON text);
    geoms: shapely geometries, two-dimensional, curves as lines, None for null and for what cannot be read;
    geometry_faults: message code by row for geometry that was closed or could not be read; notes: for the report.
    """

    path: str
    layer: str
    crs: CrsInfo
    frame: pd.DataFrame
    fids: np.ndarray
    geoms: np.ndarray
    encoding: str
    notes: tuple[Message, ...]
    fields: tuple[FieldInfo, ...] = ()
    geometry_faults: dict[int, str] = field(default_factory=dict)


def list_layers(path: str | Path) -> list[LayerInfo]:
    """The layers and tables of a SHP, DBF, GPKG, FileGDB folder, GeoJSON, GML, or of a .zip of such files.

    Raises InputError when the file is missing or cannot be read.
    """
    with open_layers(path) as layers, gdal_errors():
        return [_layer_info(str(path), layer) for layer in layers]


def read_layer(
    path: str | Path,
    layer: str | None = None,
    *,
    encoding: str | None = None,
    where: str | None = None,
    feedback: Feedback | None = None,
) -> SourceLayer:
    """Read one layer or table; the source is not changed and nothing is written beside it.

    layer: name; None takes the only layer. encoding: of a DBF's text; None guesses it (the .cpg or code page is
    believed unless the text contradicts it). where: an OGR attribute filter.
    Raises InputError when the file cannot be read, has several layers and none is named, has no such layer, or the
    filter or encoding is not understood; Cancelled when the planner cancels.
    """
    if encoding is not None and encoding_of(encoding) is None:
        raise InputError(Message("spatial.encoding_unknown", {"encoding": encoding}))
    with open_layers(path) as layers:
        chosen = _choose(layers, layer, Path(path).name)
        return _read(str(path), chosen, encoding, where, feedback or SilentFeedback())


def _layer_info(path: str, source: OpenLayer) -> LayerInfo:
    rows = read_rows(source.layer, source.is_dbf, SilentFeedback(), _SAMPLE_ROWS if source.is_dbf else 0)
    encoding, _ = decide_encoding(byte_values(rows.columns), _declared(source), None, source.name)
    fields, _ = _fields(source, encoding)
    return LayerInfo(
        path=path,
        layer=source.name,
        geometry_type=ogr.GeometryTypeToName(source.layer.GetGeomType()),
        feature_count=source.layer.GetFeatureCount(),
        crs=describe_crs(source.layer.GetSpatialRef()),
        fields=fields,
        encoding=encoding,
    )


def _choose(layers: list[OpenLayer], name: str | None, file: str) -> OpenLayer:
    listed = ", ".join(layer.name for layer in layers)
    if name is None:
        if len(layers) == 1:
            return layers[0]
        raise InputError(Message("spatial.which_layer", {"file": file, "layers": listed}))
    for layer in layers:
        if layer.name == name:
            return layer
    raise InputError(Message("spatial.no_such_layer", {"file": file, "layer": name, "layers": listed}))


def _read(path: str, source: OpenLayer, encoding: str | None, where: str | None, feedback: Feedback) -> SourceLayer:
    file = Path(path).name
    with gdal_errors() as errors:
        if where:
            _filter(source, where, encoding, file)
        expected = _count(source, where, file)
        rows = _rows(source, expected, errors, feedback)
    if where and errors and not rows.count:
        # SQLite finds out about a bad filter only when it reads.
        raise _bad_filter(where, file)
    decided, encoding_notes = decide_encoding(byte_values(rows.columns), _declared(source), encoding, file)
    fields, name_notes = _fields(source, decided)
    frame, text_notes = frame_of(rows.columns, fields, decided, file, rows.count)
    read_notes = _reading_notes(rows, expected, errors, file)
    return SourceLayer(
        path=path,
        layer=source.name,
        crs=describe_crs(source.layer.GetSpatialRef()),
        frame=frame,
        fids=rows.fids,
        geoms=rows.geoms,
        encoding=decided,
        notes=(*source.notes, *encoding_notes, *name_notes, *text_notes, *read_notes),
        fields=fields,
        geometry_faults=rows.faults,
    )


def _rows(source: OpenLayer, expected: int, errors: list[str], feedback: Feedback) -> Rows:
    """All rows of a layer. Where GDAL reports anything, they are read one by one, so that a fault costs one row and not a batch."""
    if can_stream(source.layer, source.driver):
        before = len(errors)
        try:
            rows = stream_rows(source.layer, source.is_dbf, feedback, expected)
            if len(errors) == before:
                return rows
        except StreamFailed:
            pass
        del errors[before:]
    return read_rows(source.layer, source.is_dbf, feedback)


def _declared(source: OpenLayer) -> str | None:
    """The encoding that a DBF's .cpg file or code page names; a code page for Latin text is no statement, since
    writers put it without asking."""
    if not source.is_dbf:
        return None
    metadata = source.layer.GetMetadata("SHAPEFILE") or {}
    by_page = metadata.get("ENCODING_FROM_LDID", "")
    return metadata.get("CPG_VALUE") or (by_page if by_page not in ("", "ISO-8859-1", "CP1252") else None)


def _filter(source: OpenLayer, where: str, encoding: str | None, file: str) -> None:
    expression = where
    if source.is_dbf and not where.isascii():
        # The layer shows raw bytes as Latin-1, so the filter has to look the same.
        sample = read_rows(source.layer, True, SilentFeedback(), _SAMPLE_ROWS)
        decided, _ = decide_encoding(byte_values(sample.columns), _declared(source), encoding, file)
        expression = where.encode(decided, "replace").decode("latin-1")
    try:
        failed = source.layer.SetAttributeFilter(expression)
    except RuntimeError:
        failed = 1
    if failed:
        raise _bad_filter(where, file)


def _count(source: OpenLayer, where: str | None, file: str) -> int:
    try:
        return int(source.layer.GetFeatureCount())
    except RuntimeError as error:
        # Raised for a filter that SQLite refuses when somebody in the process called UseExceptions().
        if where:
            raise _bad_filter(where, file) from error
        raise InputError(Message("spatial.file_unreadable", {"file": file, "detail": str(error)[:200]})) from error


def _bad_filter(where: str, file: str) -> InputError:
    return InputError(Message("spatial.filter_not_understood", {"file": file, "filter": where}))


def _fields(source: OpenLayer, encoding: str) -> tuple[tuple[FieldInfo, ...], list[Message]]:
    definition = source.layer.GetLayerDefn()
    found = [definition.GetFieldDefn(number) for number in range(definition.GetFieldCount())]
    names: list[str] = [item.GetName() for item in found]
    if source.is_dbf:
        names = decode_each([name.encode("latin-1", "replace") for name in names], encoding)[0]
    unique, notes = unique_names(names, source.name)
    fields = tuple(
        FieldInfo(name, item.GetAlternativeName() or "", _FIELD_TYPES.get(item.GetType(), "list"), item.GetWidth()) for name, item in zip(unique, found)
    )
    return fields, notes


def _reading_notes(rows: Rows, expected: int, errors: list[str], file: str) -> list[Message]:
    notes, faults = [], rows.faults
    if rows.count < expected or rows.broke_off:
        params = {"file": file, "expected": expected, "read": rows.count, "detail": "; ".join(errors)[:200]}
        notes.append(Message("spatial.rows_unreadable", params))
    elif errors:
        notes.append(Message("spatial.file_damaged", {"file": file, "detail": "; ".join(dict.fromkeys(errors))[:200]}))
    counts = {
        "spatial.curves_made_lines": rows.curves,
        "spatial.heights_left_out": rows.heights,
        RINGS_CLOSED: sum(fault == RINGS_CLOSED for fault in faults.values()),
        UNREADABLE: sum(fault == UNREADABLE for fault in faults.values()),
    }
    notes += [Message(code, {"file": file, "count": count}) for code, count in counts.items() if count]
    return notes
