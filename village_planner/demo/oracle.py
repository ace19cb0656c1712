"""Areas and expected findings worked out from the planted shapes alone; nothing here knows the program's own engine."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

from pyproj import Geod, Transformer

from village_planner.demo.layout import PLAN_EPSG, Ring

LONGEST_EDGE_M = 70.0
_SEMI_MAJOR_M = 6378137.0
_INVERSE_FLATTENING = 298.257222101


def densified(ring: Ring) -> Ring:
    """Cut each edge longer than 70 m by int(length / 70) evenly spaced points (national rule, TD/T 1055)."""
    points: Ring = []
    for (x1, y1), (x2, y2) in zip(ring[:-1], ring[1:]):
        length = math.hypot(x2 - x1, y2 - y1)
        pieces = int(length / LONGEST_EDGE_M) + 1 if length > LONGEST_EDGE_M else 1
        points += [(x1 + (x2 - x1) * k / pieces, y1 + (y2 - y1) * k / pieces) for k in range(pieces)]
    return [*points, ring[-1]]


def geographic(ring: Ring) -> Ring:
    """The ring in EPSG:4490 as (longitude, latitude) in degrees; no point is added."""
    longitudes, latitudes = to_geographic().transform([x for x, _ in ring], [y for _, y in ring])
    return list(zip(longitudes, latitudes))


def geodesic_area_m2(ring: Ring) -> float:
    """Area within a closed ring in the plan's CRS, between geodesics of at most 70 m on the CGCS2000 ellipsoid."""
    corners = geographic(densified(ring))
    area, _ = _geod().polygon_area_perimeter([x for x, _ in corners], [y for _, y in corners])
    return abs(float(area))


def rule_area_m2(ring: Ring) -> float:
    """Area within a closed ring by the trapezoids of the national rule, unrounded; for sums over many shapes.

    Each trapezoid reaches from the edge to the ring's first meridian: dL is the mean of both ends' difference in
    longitude, and the area between the parallels B1 and B2 per radian is the integral of M·N·cos B,
    taken here by five-point Gauss quadrature instead of the rule's series.
    """
    corners = [(math.radians(x), math.radians(y)) for x, y in geographic(densified(ring))]
    start = corners[0][0]
    total = 0.0
    for (l1, b1), (l2, b2) in zip(corners[:-1], corners[1:]):
        total += ((l1 - start) + (l2 - start)) / 2 * _zone_area_per_radian(b1, b2)
    return abs(total)


def zone_factor(latitude: Any, functions: Any = math) -> Any:
    """M·N·cos B at a latitude in radians, m²: the ellipsoid's area per radian of latitude and of longitude; of an array with numpy's functions."""
    flattening = 1 / _INVERSE_FLATTENING
    e2 = flattening * (2 - flattening)
    return _SEMI_MAJOR_M**2 * (1 - e2) * functions.cos(latitude) / (1 - e2 * functions.sin(latitude) ** 2) ** 2


def _zone_area_per_radian(b1: float, b2: float) -> float:
    middle, half = (b1 + b2) / 2, (b2 - b1) / 2
    return half * float(sum(weight * zone_factor(middle + half * place) for place, weight in GAUSS))


GAUSS = (
    (0.0, 0.5688888888888889),
    (0.5384693101056831, 0.47862867049936647),
    (-0.5384693101056831, 0.47862867049936647),
    (0.906179845938664, 0.23692688505618908),
    (-0.906179845938664, 0.23692688505618908),
)


@lru_cache(maxsize=1)
def to_geographic() -> Transformer:
    """From the plan's CRS to longitude and latitude in degrees."""
    return Transformer.from_crs(PLAN_EPSG, 4490, always_xy=True)


@lru_cache(maxsize=1)
def _geod() -> Geod:
    return Geod(a=_SEMI_MAJOR_M, rf=_INVERSE_FLATTENING)
