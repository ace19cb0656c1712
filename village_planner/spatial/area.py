"""Ellipsoidal area by the national rule, for whole arrays of polygons."""

from __future__ import annotations

import numpy as np
import shapely

from village_planner.base.errors import InputError
from village_planner.base.messages import Message
from village_planner.spatial.arrays import polygon_parts
from village_planner.spatial.crs import (
    CGCS2000_GEOGRAPHIC,
    CrsKind,
    describe_crs,
    three_degree_zone,
    transform,
    transformer_between,
)

_SEMI_MAJOR_M = 6378137.0
_FLATTENING = 1 / 298.257222101
_SEMI_MINOR_M = _SEMI_MAJOR_M * (1 - _FLATTENING)
_E2 = _FLATTENING * (2 - _FLATTENING)
# Coefficients A to E of the area formula; the powers of e² are those of the first eccentricity.
_SERIES = (
    1 + 3 / 6 * _E2 + 30 / 80 * _E2**2 + 35 / 112 * _E2**3 + 630 / 2304 * _E2**4,
    -(1 / 6 * _E2 + 15 / 80 * _E2**2 + 21 / 112 * _E2**3 + 420 / 2304 * _E2**4),
    3 / 80 * _E2**2 + 7 / 112 * _E2**3 + 180 / 2304 * _E2**4,
    -(1 / 112 * _E2**3 + 45 / 2304 * _E2**4),
    5 / 2304 * _E2**4,
)
_LONGEST_EDGE_M = 70.0
_BATCH = 5_000


def ellipsoidal_area_m2(geoms: np.ndarray, crs: int | str) -> np.ndarray:
    """Area of each geometry on the CGCS2000 ellipsoid, in m², unrounded.

    TD/T 1055-2019, area on the ellipsoid of a figure of any shape: edges longer than 70 m in the projected plane are
    cut by int(length / 70) evenly spaced points, all points go by the inverse Gauss projection to latitude B and
    longitude L, and the trapezoids between each edge and a meridian are summed. The formula's
    2·sin(n·ΔB/2)·cos(n·Bm) is written as sin(n·B2) − sin(n·B1), which is the same number, so each vertex needs the
    series once; the meridian is that of the ring's first vertex, which changes nothing in a closed ring but keeps
    the digits.

    geoms: polygons, multipolygons or collections, of which the polygons count; null, empty, points and lines give 0.0;
    a coordinate that is not a number gives NaN. Holes are taken off; the direction of a ring does not matter.
    crs: EPSG code or WKT of a CGCS2000 zone (3 or 6 degrees, with or without prefix, EPSG 4491-4554) or EPSG 4490.
    In EPSG 4490 edges are straight in the plane of the 3-degree zone of the geometry's centroid, and are cut there.
    Raises InputError for any other CRS: transform first.
    """
    info = describe_crs(crs)
    geoms = np.asarray(geoms, dtype=object).ravel()
    if info.kind is CrsKind.CGCS2000_GEOGRAPHIC:
        return _area_of_geographic(geoms)
    if info.kind is not CrsKind.CGCS2000_PROJECTED or info.epsg is None:
        raise InputError(Message("spatial.area_needs_cgcs2000", {"crs": info.name or str(crs)[:60]}))
    return _area_of_projected(geoms, info.epsg)


def net_area_m2(area_m2: np.ndarray, deduction: np.ndarray) -> np.ndarray:
    """Farmland net of ridges (净面积): area × (1 − KCXS).

    area_m2: m²; deduction: the coefficient 扣除地类系数 from 0 to 1, null counts as 0 (nothing is deducted).
    """
    coefficient = np.array([np.nan if value is None else value for value in np.atleast_1d(deduction)], dtype=float)
    return np.asarray(area_m2, dtype=float) * (1 - np.nan_to_num(coefficient, nan=0.0))


def _area_of_geographic(geoms: np.ndarray) -> np.ndarray:
    areas = np.zeros(len(geoms))
    broken = _has_nan(geoms)
    areas[broken] = np.nan
    # Bounds, because get_x raises on an empty point (GEOS 3.11).
    longitude = shapely.bounds(shapely.centroid(np.where(broken, None, geoms)))[:, 0]
    found = np.isfinite(longitude)
    zones = np.zeros(len(geoms), dtype=int)
    zones[found] = three_degree_zone(longitude[found])
    for zone in np.unique(zones[found]):
        here = zones == zone
        areas[here] = _area_of_projected(transform(geoms[here], CGCS2000_GEOGRAPHIC, int(zone)), int(zone))
    return areas


def _has_nan(geoms: np.ndarray) -> np.ndarray:
    coordinates, owner = shapely.get_coordinates(geoms, return_index=True)
    return np.bincount(owner[~np.isfinite(coordinates).all(axis=1)], minlength=len(geoms)) > 0


def _area_of_projected(geoms: np.ndarray, epsg: int) -> np.ndarray:
    areas = np.zeros(len(geoms))
    for start in range(0, len(geoms), _BATCH):
        batch = slice(start, start + _BATCH)
        areas[batch] = _area_of_batch(geoms[batch], epsg)
    return areas


def _area_of_batch(geoms: np.ndarray, epsg: int) -> np.ndarray:
    polygons, owner = polygon_parts(geoms)
    rings, polygon_of_ring = shapely.get_rings(polygons, return_index=True)
    if len(rings) == 0:
        return np.zeros(len(geoms))
    is_hole = np.concatenate([[False], polygon_of_ring[1:] == polygon_of_ring[:-1]])
    ring_areas = np.abs(_signed_ring_areas(rings, epsg))
    signed = np.where(is_hole, -ring_areas, ring_areas)
    return np.bincount(owner[polygon_of_ring], weights=signed, minlength=len(geoms))


def _signed_ring_areas(rings: np.ndarray, epsg: int) -> np.ndarray:
    points, first = _densified(rings)
    longitude, latitude = transformer_between(epsg, CGCS2000_GEOGRAPHIC).transform(points[:, 0], points[:, 1])
    counts = np.diff(np.append(first, len(points)))
    with np.errstate(invalid="ignore"):
        from_meridian = np.radians(longitude - np.repeat(longitude[first], counts))
        zonal = _zonal_series(np.radians(latitude))
        following = np.arange(1, len(points) + 1)
        following[first + counts - 1] = first
        trapezoids = (from_meridian + from_meridian[following]) / 2 * (zonal[following] - zonal)
        return _SEMI_MINOR_M**2 * np.add.reduceat(trapezoids, first)


def _densified(rings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vertices of closed rings, last one left out, with points put into long edges; and where each ring begins."""
    vertices, ring_of_vertex = shapely.get_coordinates(rings, return_index=True)
    is_start = ring_of_vertex[:-1] == ring_of_vertex[1:]
    start, end = vertices[:-1][is_start], vertices[1:][is_start]
    ring_of_edge = ring_of_vertex[:-1][is_start]
    length_m = np.hypot(*(end - start).T)
    is_long = np.isfinite(length_m) & (length_m > _LONGEST_EDGE_M)
    pieces = np.where(is_long, np.floor(length_m / _LONGEST_EDGE_M), 0).astype(np.int64) + 1
    edge = np.repeat(np.arange(len(start)), pieces)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    share = (step / pieces[edge])[:, np.newaxis]
    points = start[edge] + (end - start)[edge] * share
    first = np.flatnonzero(np.diff(ring_of_edge[edge], prepend=-1))
    return points, first


def _zonal_series(latitude_rad: np.ndarray) -> np.ndarray:
    terms = ((2 * order + 1, coefficient) for order, coefficient in enumerate(_SERIES))
    return sum(coefficient * np.sin(multiple * latitude_rad) for multiple, coefficient in terms)
