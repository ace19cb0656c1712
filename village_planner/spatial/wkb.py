"""WKB to shapely geometries, row by row where it is broken: what shapely refuses is given to OGR."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from osgeo import gdal, ogr
from shapely.geometry.base import BaseGeometry

RINGS_CLOSED = "spatial.geometry_rings_closed"
UNREADABLE = "spatial.geometry_unreadable"


_FIRST_CURVE, _LAST_CURVE = 8, 14
_HEADER_BYTES = 5


@dataclass(frozen=True)
class Kinds:
    """How many geometries of an array are curves (or surfaces with curved edges), and how many have z or m."""

    curves: int
    heights: int


def kinds_of_wkb(bodies: np.ndarray) -> Kinds:
    """What geometries are by the heads of their WKB values: ISO's numbers or the older flags, in either byte order."""
    heads = b"".join([body[:_HEADER_BYTES] for body in bodies if body is not None and len(body) >= _HEADER_BYTES])
    table = np.frombuffer(heads, dtype=np.dtype([("little", "u1"), ("kind", "<u4")]))
    numbers = np.where(table["little"] == 0, table["kind"].byteswap(), table["kind"])
    plain = numbers & 0x0FFFFFFF
    curves = (plain % 1000 >= _FIRST_CURVE) & (plain % 1000 <= _LAST_CURVE)
    return Kinds(int(curves.sum()), int(((plain >= 1000) | (numbers != plain)).sum()))


def geometries_from_wkb(bodies: np.ndarray) -> tuple[np.ndarray, dict[int, str]]:
    """Geometries of an array of WKB values, in two dimensions; None stays None.

    Curves are made lines; open rings are closed. Returns the geometries and, by row, the message code of each fault:
    a ring that was closed, or a geometry that cannot be read (it is then None).
    """
    geoms = _shapely_or_nones(bodies)
    faults: dict[int, str] = {}
    for row in np.flatnonzero(shapely.is_missing(geoms)):
        if bodies[row] is None:
            continue
        geoms[row], fault = _through_ogr(bodies[row])
        if fault:
            faults[int(row)] = fault
    return _plane(geoms), faults


def _plane(geoms: np.ndarray) -> np.ndarray:
    # Where nothing has z or m no copy is made. Before 2.1 shapely knows no m, and GEOS leaves it out on reading.
    has_m = getattr(shapely, "has_m", None)
    if shapely.has_z(geoms).any() or (has_m is not None and has_m(geoms).any()):
        return shapely.force_2d(geoms)
    return geoms


def _shapely_or_nones(bodies: np.ndarray) -> np.ndarray:
    try:
        return np.asarray(shapely.from_wkb(bodies, on_invalid="ignore"), dtype=object)
    except NotImplementedError:
        # GEOS 3.13 reads curves, for which shapely 2.1 has no class: it then refuses the whole array.
        geoms = np.full(len(bodies), None, dtype=object)
        for row, body in enumerate(bodies):
            geoms[row] = None if body is None else _shapely_or_none(body)
        return geoms


def _through_ogr(body: bytes) -> tuple[BaseGeometry | None, str]:
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        geometry = ogr.CreateGeometryFromWkb(body)
        if geometry is None:
            return None, UNREADABLE
        plain = plain_geometry(geometry)
        readable = _shapely_or_none(bytes(plain.ExportToIsoWkb()))
        if readable is not None:
            return readable, ""
        plain.CloseRings()
        readable = _shapely_or_none(bytes(plain.ExportToIsoWkb()))
    except RuntimeError:
        # OGR raises instead of returning None when somebody in the process called UseExceptions().
        return None, UNREADABLE
    finally:
        gdal.PopErrorHandler()
    return readable, UNREADABLE if readable is None else RINGS_CLOSED


def plain_geometry(geometry: ogr.Geometry) -> ogr.Geometry:
    """An OGR geometry without curves, surfaces of triangles, z and m."""
    if ogr.GT_IsNonLinear(geometry.GetGeometryType()):
        geometry = geometry.GetLinearGeometry()
    if ogr.GT_Flatten(geometry.GetGeometryType()) in (ogr.wkbPolyhedralSurface, ogr.wkbTIN, ogr.wkbTriangle):
        geometry = ogr.ForceToMultiPolygon(geometry)
    geometry.FlattenTo2D()
    return geometry


def _shapely_or_none(body: bytes) -> BaseGeometry | None:
    try:
        return shapely.from_wkb(body, on_invalid="ignore")
    except NotImplementedError:
        return None
