"""The lines of moves on the map (迁并方向)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from village_planner.plan.data import PlanData, plain
from village_planner.plan.index import PlanIndex
from village_planner.plan.schema import Destination
from village_planner.spatial.columns import objects


def move_lines(data: PlanData, scenario: str) -> pd.DataFrame:
    """From where to where each move goes, as straight lines in the plan's CRS.

    Columns: move_code, hamlet_code, phase, households, destination_kind, destination_code, length_m (in the plane of
    the plan's CRS), geom (line or None), one row per move of the scenario. Only moves to a hamlet, a site or a town
    have a line, and only where both ends are known. A hamlet's place is its point, else the inner point of its first
    patch; a site's the inner point of its polygon; a town's the inner point of the township polygon that
    `destination_name` names, else of the hamlet's own township.
    """
    moves = data.move[data.move["scenario"] == scenario]
    columns = ["code", "hamlet_code", "phase", "households", "destination_kind", "destination_code"]
    frame = moves[columns].rename(columns={"code": "move_code"}).reset_index(drop=True)
    places = _Places(data)
    starts = objects([places.hamlet(code) for code in moves["hamlet_code"]])
    frame["geom"] = _lines(starts, objects([places.destination(move) for move in moves.itertuples(index=False)]))
    frame.insert(len(columns), "length_m", shapely.length(frame["geom"].to_numpy()))
    return frame


def hamlet_places(data: PlanData) -> dict[str, BaseGeometry]:
    """Place by hamlet code: its point, else the inner point of its first patch; hamlets without either are left out."""
    index = PlanIndex(data)
    codes = dict.fromkeys([*(row.code for row in index.hamlet), *(row.hamlet_code for row in index.patch if row.hamlet_code is not None)])
    places = {code: hamlet_place(index, code) for code in codes}
    return {code: place for code, place in places.items() if place is not None}


def hamlet_place(index: PlanIndex, code: str) -> BaseGeometry | None:
    """A hamlet's point, else the inner point of its first patch; None without either."""
    row = index.hamlet.get(code)
    if row is not None and row.geom is not None:
        return row.geom
    patch = next((patch for patch in index.patch.of("hamlet_code", code) if patch.geom is not None), None)
    return None if patch is None else shapely.point_on_surface(patch.geom)


def site_place(index: PlanIndex, code: str) -> BaseGeometry | None:
    """The inner point of a site; None for one that is not drawn."""
    row = index.site.get(code)
    return None if row is None or row.geom is None else shapely.point_on_surface(row.geom)


def line_between(start: BaseGeometry | None, end: BaseGeometry | None) -> BaseGeometry | None:
    """The straight line between two points, None where one is not known or they are the same."""
    return _lines(objects([start]), objects([end]))[0]


class _Places:
    """Points of hamlets, sites and towns."""

    def __init__(self, data: PlanData) -> None:
        self._index = PlanIndex(data)
        self._towns = dict(zip(data.township["code"], shapely.point_on_surface(data.township["geom"].to_numpy())))
        self._town_names = list(zip(data.township["name"], self._towns.values()))

    def hamlet(self, code: str) -> BaseGeometry | None:
        return hamlet_place(self._index, code)

    def site(self, code: str) -> BaseGeometry | None:
        return site_place(self._index, code)

    def destination(self, move: Any) -> BaseGeometry | None:
        kind, code = plain(move.destination_kind), move.destination_code
        if kind == Destination.TOWN.value:
            return self._town(move)
        if pd.isna(code):
            return None
        if kind == Destination.HAMLET.value:
            return self.hamlet(code)
        return self.site(code) if kind == Destination.SITE.value else None

    def _town(self, move: Any) -> BaseGeometry | None:
        name = "" if pd.isna(move.destination_name) else str(move.destination_name)
        named = [place for own, place in self._town_names if own in name]
        if named:
            return named[0]
        hamlet = self._index.hamlet.get(move.hamlet_code)
        village = None if hamlet is None else self._index.village.get(hamlet.village_code)
        return None if village is None else self._towns.get(village.township_code)


def _lines(starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """A line for each pair of points that are known and apart, else None."""
    lines = objects([None] * len(starts))
    known = ~(shapely.is_missing(starts) | shapely.is_missing(ends) | shapely.is_empty(starts) | shapely.is_empty(ends))
    known[known] = ~shapely.equals(starts[known], ends[known])
    pairs = [np.column_stack([shapely.get_x(points[known]), shapely.get_y(points[known])]) for points in (starts, ends)]
    lines[known] = shapely.linestrings(np.stack(pairs, axis=1))
    return lines
