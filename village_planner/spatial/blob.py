"""The GeoPackage geometry blob: shapely geometries to blobs and back, and the SQL functions that its triggers call."""

from __future__ import annotations

import sqlite3
import struct
from typing import Callable, Sequence

import numpy as np
import shapely

from village_planner.base.errors import InputError
from village_planner.base.messages import Message
from village_planner.spatial.arrays import find_boxes, objects
from village_planner.spatial.wkb import geometries_from_wkb

HEAD_BYTES = 40
"""So many bytes of a blob that `to_blob` made hold its bounds."""

_MAGIC = b"GP"
_FLAGS_XY_ENVELOPE = 0b00000011
_FLAGS_EMPTY = 0b00010001
# WKB, little-endian: a multipolygon (6) of one polygon (3) of one ring.
_ONE_RING = struct.pack("<BIIBII", 1, 6, 1, 1, 3, 1)
_ONE_RING_BYTES = len(_ONE_RING)
_ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}


def to_blob(geoms: np.ndarray, srs_id: int) -> list[bytes | None]:
    """GeoPackage blobs of geometries (OGC 12-128r18, clause 2.1.3): little-endian, with an XY envelope unless empty.

    Only x and y are written; null gives None. srs_id: as in gpkg_spatial_ref_sys.
    """
    geoms = np.asarray(geoms, dtype=object)
    bodies = shapely.to_wkb(geoms, byte_order=1, output_dimension=2)
    bounds = shapely.bounds(geoms)
    empty = shapely.is_empty(geoms)
    return [_blob(*row, srs_id) for row in zip(bodies, empty.tolist(), bounds.tolist())]


def from_blob(blobs: Sequence[bytes | None]) -> np.ndarray:
    """Geometries of GeoPackage blobs, as an object array; None stays None; curves become lines. Threads may share them.

    Raises InputError naming the first blob (counted from 1) that is none.
    """
    bodies = _bodies(blobs)
    geoms, faults = geometries_from_wkb(bodies)
    for row in faults:
        if geoms[row] is None:
            raise InputError(Message("spatial.blob_unreadable", {"row": row + 1}))
    find_boxes(geoms, np.array([body is not None and body[:_ONE_RING_BYTES] == _ONE_RING for body in bodies], dtype=bool))
    return geoms


def bounds_of_heads(heads: Sequence[bytes | None]) -> np.ndarray:
    """Min x, min y, max x, max y by row, out of the first `HEAD_BYTES` of blobs that `to_blob` made; NaN for null and for empty geometries."""
    nothing = bytes(HEAD_BYTES)
    whole = b"".join([head if head is not None and len(head) == HEAD_BYTES else nothing for head in heads])
    table = np.frombuffer(whole, dtype=np.dtype([("mark", "S2"), ("version", "u1"), ("flags", "u1"), ("srs_id", "<i4"), ("envelope", "<f8", 4)]))
    known = table["flags"] == _FLAGS_XY_ENVELOPE
    return np.where(known[:, np.newaxis], table["envelope"][:, [0, 2, 1, 3]], np.nan)


def register_functions(connection: sqlite3.Connection) -> None:
    """Register ST_IsEmpty, ST_MinX, ST_MaxX, ST_MinY, ST_MaxY, so that plain sqlite3 can write feature tables.

    The R-tree triggers of a GeoPackage call them. They give NULL for NULL, for what is no blob and (bounds) for empty.
    """
    connection.create_function("ST_IsEmpty", 1, _is_empty, deterministic=True)
    for name, position in (("ST_MinX", 0), ("ST_MaxX", 1), ("ST_MinY", 2), ("ST_MaxY", 3)):
        connection.create_function(name, 1, _bound_getter(position), deterministic=True)


def _blob(body: bytes | None, empty: bool, bounds: list[float], srs_id: int) -> bytes | None:
    if body is None:
        return None
    if empty:
        return struct.pack("<2sBBi", _MAGIC, 0, _FLAGS_EMPTY, srs_id) + body
    min_x, min_y, max_x, max_y = bounds
    return struct.pack("<2sBBi4d", _MAGIC, 0, _FLAGS_XY_ENVELOPE, srs_id, min_x, max_x, min_y, max_y) + body


def _wkb_start(blob: bytes) -> int | None:
    if not isinstance(blob, (bytes, bytearray, memoryview)) or len(blob) < 13 or bytes(blob[:2]) != _MAGIC:
        return None
    size = _ENVELOPE_BYTES.get(blob[3] >> 1 & 0b111)
    return None if size is None or len(blob) < 8 + size + 5 else 8 + size


def _bodies(blobs: Sequence[bytes | None]) -> np.ndarray:
    """The WKB of each blob. The blobs of one writer begin alike, which spares to look at each header."""
    first = next((blob for blob in blobs if blob is not None), b"")
    head, start = bytes(first[:4]), _wkb_start(first)
    bodies = [
        blob[start:] if start is not None and type(blob) is bytes and blob[:4] == head else _body(blob, row) for row, blob in enumerate(blobs, 1)
    ]
    return objects(bodies)


def _body(blob: bytes | None, row: int) -> bytes | None:
    if blob is None:
        return None
    start = _wkb_start(blob)
    if start is None:
        raise InputError(Message("spatial.blob_unreadable", {"row": row}))
    return bytes(blob[start:])


def _is_empty(blob: bytes | None) -> int | None:
    if blob is None or _wkb_start(blob) is None:
        return None
    return blob[3] >> 4 & 1


def _bound_getter(position: int) -> Callable[[bytes | None], float | None]:
    def bound(blob: bytes | None) -> float | None:
        bounds = _blob_bounds(blob)
        return None if bounds is None else bounds[position]

    return bound


def _blob_bounds(blob: bytes | None) -> tuple[float, float, float, float] | None:
    """Min x, max x, min y, max y; writers may leave the envelope out (GDAL does for points), then the WKB is read."""
    if blob is None or _is_empty(blob) != 0:
        return None
    if blob[3] >> 1 & 0b111:
        order = "<" if blob[3] & 1 else ">"
        min_x, max_x, min_y, max_y = struct.unpack_from(f"{order}4d", blob, 8)
        return min_x, max_x, min_y, max_y
    geoms, _ = geometries_from_wkb(np.array([bytes(blob[8:])], dtype=object))
    if geoms[0] is None or geoms[0].is_empty:
        return None
    min_x, min_y, max_x, max_y = geoms[0].bounds
    return min_x, max_x, min_y, max_y
