"""Ellipsoidal area by the national rule, for whole arrays of polygons."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Callable, Iterator

import numpy as np
import shapely

from village_planner.base.errors import InputError
from village_planner.base.feedback import Feedback, SilentFeedback
from village_planner.base.messages import Message
from village_planner.spatial.arrays import polygon_parts
from village_planner.spatial.crs import CrsKind, central_meridian_deg, describe_crs, false_easting_m, three_degree_zone
from village_planner.spatial.equal_area import equal_area, zone_m2
from village_planner.spatial.gauss import to_geographic, to_plane

_LONGEST_EDGE_M = 70.0
# Batches: few enough geometries that a call into GEOS does not hold the interpreter long, few enough vertices that memory stays small.
_MOST_GEOMETRIES = 5_000
_MOST_VERTICES = 65_536
_MOST_CUTS = 262_144
_COORDINATE_DECIMALS, _SECOND_DECIMALS = 4, 6

_Locate = Callable[[np.ndarray, np.ndarray], "tuple[np.ndarray, np.ndarray]"]


def ellipsoidal_area_m2(geoms: np.ndarray, crs: int | str, feedback: Feedback | None = None) -> np.ndarray:
    """Area of each geometry on the CGCS2000 ellipsoid, in m², unrounded.

    TD/T 1055-2019, area on the ellipsoid of a figure of any shape: edges longer than 70 m in the projected plane are
    cut by int(length / 70) evenly spaced points, all points go by the inverse Gauss projection to latitude B and
    longitude L, and the trapezoids between each edge and a meridian are summed (`equal_area`). The meridian is that of
    the ring's first vertex, which changes nothing in a closed ring but keeps the digits.

    geoms: polygons, multipolygons or collections, of which the polygons count; null, empty, points and lines give 0.0;
    a coordinate that is not a number, or farther than 4,000 km from the central meridian, gives NaN. Holes are taken
    off; the direction of a ring does not matter; z and m are not looked at.
    crs: EPSG code or WKT of a CGCS2000 zone (3 or 6 degrees, with or without prefix, EPSG 4491-4554) or EPSG 4490.
    In EPSG 4490 the 70 m are those of the plane of the 3-degree zone of the geometry's centroid: there edges are
    straight, and there they are cut.
    Raises InputError for any other CRS: transform first; Cancelled when the planner cancels.
    """
    return _areas(geoms, crs, equal_area, feedback)


def rounded_area_m2(geoms: np.ndarray, crs: int | str, feedback: Feedback | None = None) -> np.ndarray:
    """The same with the rounding of programs in production: plane coordinates, after cutting, to 4 decimals of a metre,
    latitudes and longitudes to 6 decimals of a second. The area itself is not rounded."""
    return _areas(geoms, crs, _located_rounded, feedback)


def area_by_rule_m2(geoms: np.ndarray, crs: int | str, rule: str) -> np.ndarray:
    """The area as the profile's value `area_rule` wants it: "unrounded" (`ellipsoidal_area_m2`) or "rounded" (`rounded_area_m2`).

    Raises InputError for any other rule and where those raise it.
    """
    if rule not in _RULES:
        raise InputError(Message("spatial.area_rule_unknown", {"rule": rule, "rules": ", ".join(_RULES)}))
    return _RULES[rule](geoms, crs)


def net_area_m2(area_m2: np.ndarray, deduction: np.ndarray) -> np.ndarray:
    """Farmland net of ridges (净面积): area × (1 − KCXS).

    area_m2: m²; deduction: the coefficient 扣除地类系数 from 0 to 1, null counts as 0 (nothing is deducted).
    """
    coefficient = np.array([np.nan if value is None else value for value in np.atleast_1d(deduction)], dtype=float)
    return np.asarray(area_m2, dtype=float) * (1 - np.nan_to_num(coefficient, nan=0.0))


_RULES: dict[str, Callable[[np.ndarray, int | str], np.ndarray]] = {"unrounded": ellipsoidal_area_m2, "rounded": rounded_area_m2}


@dataclass(frozen=True)
class _Rings:
    """The rings of polygons in the plane: all vertices one after another, the first again at each ring's end.

    offset_m: east of the central meridian; counts: vertices by ring; polygon: position of the ring's; hole: by ring.
    """

    offset_m: np.ndarray
    northing_m: np.ndarray
    counts: np.ndarray
    polygon: np.ndarray
    hole: np.ndarray


def _areas(geoms: np.ndarray, crs: int | str, locate: _Locate, feedback: Feedback | None) -> np.ndarray:
    epsg = _zone(crs)
    geoms, feedback = np.asarray(geoms, dtype=object).ravel(), feedback or SilentFeedback()
    areas = np.zeros(len(geoms))
    for batch in _batches(geoms):
        feedback.check()
        feedback.progress(batch.start / len(geoms))
        areas[batch] = _area_of_batch(geoms[batch], epsg, locate)
    return areas


@lru_cache(maxsize=256)
def _zone(crs: int | str) -> int | None:
    """EPSG code of a CGCS2000 zone; None for EPSG 4490."""
    info = describe_crs(crs)
    if info.kind is CrsKind.CGCS2000_GEOGRAPHIC:
        return None
    if info.kind is not CrsKind.CGCS2000_PROJECTED or info.epsg is None:
        raise InputError(Message("spatial.area_needs_cgcs2000", {"crs": info.name or str(crs)[:60]}))
    return info.epsg


def _batches(geoms: np.ndarray) -> Iterator[slice]:
    """Slices of so few geometries and, unless one alone has more, vertices that a step is short and small."""
    start = 0
    while start < len(geoms):
        counts = np.cumsum(shapely.get_num_coordinates(geoms[start : start + _MOST_GEOMETRIES]))
        stop = start + max(1, int(np.searchsorted(counts, _MOST_VERTICES, side="right")))
        yield slice(start, stop)
        start = stop


def _area_of_batch(geoms: np.ndarray, epsg: int | None, locate: _Locate) -> np.ndarray:
    polygons, owner = polygon_parts(geoms)
    if len(polygons) == 0:
        return np.zeros(len(geoms))
    rings = _rings_of(polygons, _meridians_deg(geoms)[owner] if epsg is None else epsg)
    with np.errstate(invalid="ignore", over="ignore"):
        areas = np.abs(_signed_ring_areas(rings, locate))
    return np.bincount(owner[rings.polygon], weights=np.where(rings.hole, -areas, areas), minlength=len(geoms))


def _meridians_deg(geoms: np.ndarray) -> np.ndarray:
    """Central meridian of the 3-degree zone of each geometry in degrees; NaN where it has no place."""
    broken = _has_nan(geoms)
    # Bounds, because get_x raises on an empty point (GEOS 3.11).
    longitude = shapely.bounds(shapely.centroid(np.where(broken, None, geoms)))[:, 0]
    found = np.isfinite(longitude)
    meridians = np.full(len(geoms), np.nan)
    zones, which = np.unique(three_degree_zone(longitude[found]), return_inverse=True)
    meridians[found] = np.array([central_meridian_deg(int(zone)) for zone in zones])[which]
    return meridians


def _has_nan(geoms: np.ndarray) -> np.ndarray:
    coordinates, owner = shapely.get_coordinates(geoms, return_index=True)
    return np.bincount(owner[~np.isfinite(coordinates).all(axis=1)], minlength=len(geoms)) > 0


def _rings_of(polygons: np.ndarray, zone: int | np.ndarray) -> _Rings:
    """zone: EPSG code of the coordinates' zone, or, by polygon, the central meridian in whose plane degrees are put."""
    pierced = shapely.get_num_interior_rings(polygons) > 0
    # A polygon without holes is its ring, which spares a geometry for most.
    whole, parts = np.flatnonzero(~pierced), np.flatnonzero(pierced)
    rings, place = shapely.get_rings(polygons[parts], return_index=True)
    polygon = np.concatenate([whole, parts[place]])
    hole = np.concatenate([np.zeros(len(whole), bool), np.diff(place, prepend=-1) == 0])
    counts = np.concatenate([shapely.get_num_coordinates(polygons[whole]), shapely.get_num_coordinates(rings)])
    coordinates = np.concatenate([shapely.get_coordinates(polygons[whole]), shapely.get_coordinates(rings)])
    if isinstance(zone, np.ndarray):
        meridian = np.repeat(zone[polygon], counts)
        offset, northing = to_plane(np.radians(coordinates[:, 0] - meridian), np.radians(coordinates[:, 1]))
    else:
        offset, northing = coordinates[:, 0] - false_easting_m(zone), coordinates[:, 1].copy()
    return _Rings(offset, northing, counts, polygon, hole)


def _signed_ring_areas(rings: _Rings, locate: _Locate) -> np.ndarray:
    longitude, zone = locate(rings.offset_m, rings.northing_m)
    first = np.cumsum(rings.counts) - rings.counts
    from_meridian = longitude - np.repeat(longitude[first], rings.counts)
    trapezoids = np.zeros(len(longitude))
    trapezoids[:-1] = (from_meridian[1:] + from_meridian[:-1]) * (zone[1:] - zone[:-1])
    trapezoids[first + rings.counts - 1] = 0.0
    for edges, cut in _cut_edges(rings, longitude, np.repeat(first, rings.counts), locate):
        trapezoids[edges] = cut
    return np.add.reduceat(trapezoids, first) / 2


def _cut_edges(rings: _Rings, longitude: np.ndarray, first_of: np.ndarray, locate: _Locate) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The edges over 70 m, named by their first vertex, and the doubled trapezoids of their pieces."""
    x, y = rings.offset_m, rings.northing_m
    east, north = np.diff(x), np.diff(y)
    # The square root only where it may matter.
    nearly = np.flatnonzero(east * east + north * north > 0.999 * _LONGEST_EDGE_M**2)
    nearly = nearly[first_of[nearly] == first_of[nearly + 1]]
    length = np.hypot(east[nearly], north[nearly])
    is_long = (length > _LONGEST_EDGE_M) & np.isfinite(longitude[nearly] + longitude[nearly + 1])
    long = nearly[is_long]
    pieces = np.floor(length[is_long] / _LONGEST_EDGE_M).astype(np.int64) + 1
    for some in _groups(pieces):
        start, count = long[some], pieces[some]
        edge = np.repeat(np.arange(len(start)), count + 1)
        begin = np.cumsum(count + 1) - (count + 1)
        share = (np.arange(len(edge)) - begin[edge]) / count[edge]
        along, zone = locate(x[start][edge] + east[start][edge] * share, y[start][edge] + north[start][edge] * share)
        along = along - longitude[first_of[start]][edge]
        trapezoids = np.zeros(len(edge))
        trapezoids[:-1] = (along[1:] + along[:-1]) * (zone[1:] - zone[:-1])
        trapezoids[begin + count] = 0.0
        yield start, np.add.reduceat(trapezoids, begin)


def _groups(pieces: np.ndarray) -> Iterator[slice]:
    """Slices of edges with so few pieces together that memory stays small."""
    ends, start = np.cumsum(pieces), 0
    while start < len(pieces):
        before = ends[start] - pieces[start]
        stop = max(start + 1, int(np.searchsorted(ends, before + _MOST_CUTS, side="right")))
        yield slice(start, stop)
        start = stop


def _located_rounded(offset_m: np.ndarray, northing_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """As `equal_area`; rounding from the central meridian is rounding from Greenwich, since meridians are whole degrees."""
    longitude, latitude = to_geographic(np.round(offset_m, _COORDINATE_DECIMALS), np.round(northing_m, _COORDINATE_DECIMALS))
    seconds = np.degrees(1.0) * 3600
    longitude, latitude = (np.round(angle * seconds, _SECOND_DECIMALS) / seconds for angle in (longitude, latitude))
    return longitude, zone_m2(latitude)
