"""The lines of moves on the map (迁并方向)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from village_planner.plan.data import PlanData, plain
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
    places = {code: geom for code, geom in zip(data.hamlet["code"], data.hamlet["geom"]) if geom is not None}
    for code, geom in zip(data.patch["hamlet_code"], data.patch["geom"]):
        if geom is not None and not pd.isna(code) and code not in places:
            places[code] = shapely.point_on_surface(geom)
    return places


class _Places:
    """Points of hamlets, sites and towns."""

    def __init__(self, data: PlanData) -> None:
        self._data = data
        self._hamlets = hamlet_places(data)
        self._sites = {code: shapely.point_on_surface(geom) for code, geom in zip(data.site["code"], data.site["geom"])}

    def hamlet(self, code: str) -> BaseGeometry | None:
        return self._hamlets.get(code)

    def site(self, code: str) -> BaseGeometry | None:
        return self._sites.get(code)

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
        townships = self._data.township
        name = "" if pd.isna(move.destination_name) else str(move.destination_name)
        named = [own in name for own in townships["name"]]
        if not any(named):
            hamlets, villages = self._data.hamlet, self._data.village
            village = hamlets.loc[hamlets["code"] == move.hamlet_code, "village_code"]
            named = townships["code"].isin(villages.loc[villages["code"].isin(village), "township_code"])
        geom = next(iter(townships.loc[named, "geom"]), None)
        return None if geom is None else shapely.point_on_surface(geom)


def _lines(starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """A line for each pair of points that are known and apart, else None."""
    lines = objects([None] * len(starts))
    known = ~(shapely.is_missing(starts) | shapely.is_missing(ends) | shapely.is_empty(starts) | shapely.is_empty(ends))
    known[known] = ~shapely.equals(starts[known], ends[known])
    pairs = [np.column_stack([shapely.get_x(points[known]), shapely.get_y(points[known])]) for points in (starts, ends)]
    lines[known] = shapely.linestrings(np.stack(pairs, axis=1))
    return lines
