"""Places written as two columns of numbers: degrees, or metres of the national grid with or without zone, in either order."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Sequence

import numpy as np
import shapely

from village_planner.base import InputError, Message
from village_planner.intake import values
from village_planner.spatial.crs import CGCS2000_GEOGRAPHIC, has_zone_prefix, three_degree_zone, transform, zone_from_coordinates

_LONGITUDES, _LATITUDES = (70.0, 140.0), (15.0, 56.0)
_EASTINGS, _NORTHINGS = (1e5, 9e5), (1.6e6, 6.2e6)
_Cells = tuple[Any, Any]


def stated_crs(cells: Sequence[_Cells]) -> int | None:
    """Return the EPSG code of a plan for places like these: the zone that they name, or that of their longitude; None where they tell none."""
    longitudes = []
    for pair in cells:
        read = _read(pair, None)
        if isinstance(read, tuple):
            x, _, epsg = read
            if epsg != CGCS2000_GEOGRAPHIC:
                return epsg
            longitudes.append(x)
    return int(three_degree_zone(float(np.median(longitudes)))) if longitudes else None


def places(cells: Sequence[_Cells], crs: int) -> tuple[np.ndarray, dict[int, Message]]:
    """Return a point in `crs` for each pair of cells (None for blank and unread), and by position why one could not be read.

    crs: of the plan; metres without a zone number count as metres of its meridian.
    """
    points = np.full(len(cells), None, dtype=object)
    faults: dict[int, Message] = {}
    by_crs: dict[int, list[tuple[int, float, float]]] = defaultdict(list)
    for position, pair in enumerate(cells):
        read = _read(pair, crs)
        if isinstance(read, Message):
            faults[position] = read
        elif read is not None:
            by_crs[read[2]].append((position, read[0], read[1]))
    for epsg, found in by_crs.items():
        where, x, y = (np.array(column) for column in zip(*found))
        points[where] = transform(shapely.points(x, y), epsg, crs)
    return points, faults


def _read(pair: _Cells, crs: int | None) -> tuple[float, float, int] | Message | None:
    if all(values.is_blank(cell) for cell in pair):
        return None
    shown = {"x": values.text(pair[0]), "y": values.text(pair[1])}
    try:
        first, second = (values.number(cell) for cell in pair)
    except InputError:
        return Message("intake.place_unread", shown)
    if first is None or second is None:
        return Message("intake.place_unread", shown)
    # Surveyors call the northing X: which is which is told by the numbers alone.
    for x, y in ((first, second), (second, first)):
        if _within(x, _LONGITUDES) and _within(y, _LATITUDES):
            return x, y, CGCS2000_GEOGRAPHIC
        if _within(y, _NORTHINGS):
            zone = zone_from_coordinates((x, y, x, y))
            if zone is not None and zone != CGCS2000_GEOGRAPHIC:
                return x, y, zone
            if _within(x, _EASTINGS) and crs is not None and crs != CGCS2000_GEOGRAPHIC:
                return x, y, _without_prefix(crs)
    return Message("intake.place_unread", shown)


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _without_prefix(crs: int) -> int:
    """EPSG of the zone with the same meridian whose eastings have no zone number."""
    if not has_zone_prefix(crs):
        return crs
    return crs + (11 if crs <= 4501 else 21)
