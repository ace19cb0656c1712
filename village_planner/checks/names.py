"""How findings call villages, hamlets, sites and townships."""

from __future__ import annotations

from typing import Callable, Iterator, Mapping

import shapely
from shapely.geometry.base import BaseGeometry

from village_planner.plan.index import PlanIndex, TableIndex


class Names:
    """Names (without one the code), owners and places of the plan's things; '' or None for a code that the plan lacks."""

    def __init__(self, index: PlanIndex) -> None:
        self._index = index
        self.villages = _Column(index.village, _name)
        self.townships = _Column(index.township, _name)
        self.sites = _Column(index.site, _name)
        self.village_of_hamlet = _Column(index.hamlet, lambda row: row.village_code)
        self.township_of_village = _Column(index.village, lambda row: row.township_code)
        self._hamlets = _Column(index.hamlet, _name)
        self._around: dict[str, str | None] = {}

    def village(self, code: str | None) -> str:
        """Name of a village."""
        return self.villages.get(code, "")

    def hamlet(self, code: str | None) -> str:
        """Name of a hamlet after that of its village, once where they are the same."""
        own, village = self._hamlets.get(code, ""), self.village(self.village_of_hamlet.get(code))
        return own if own == village or not village else f"{village}·{own}"

    def hamlet_params(self, code: str) -> dict[str, str]:
        """The parameters `hamlet` and `hamlet_code` of a message."""
        return {"hamlet": self.hamlet(code), "hamlet_code": str(code)}

    def village_params(self, code: str) -> dict[str, str]:
        """The parameters `village` and `village_code` of a message."""
        return {"village": self.village(code), "village_code": str(code)}

    def township_of_hamlet(self, code: str | None) -> str | None:
        """Township code of a hamlet."""
        return self.township_of_village.get(self.village_of_hamlet.get(code))

    def village_of_site(self, code: str | None) -> str | None:
        """Village code of a site."""
        row = self._index.site.get(code)
        return None if row is None else row.village_code

    def township_of_site(self, code: str | None) -> str | None:
        """Township code of a site: its own, else that of its village, else that of the township polygon it lies in."""
        row = self._index.site.get(code)
        if row is None:
            return None
        known = row.township_code if row.township_code is not None else self.township_of_village.get(row.village_code)
        if known is not None:
            return known
        if row.code not in self._around:
            self._around[row.code] = self._township_around(row.geom)
        return self._around[row.code]

    def place(self, code: str | None) -> BaseGeometry | None:
        """Point of a hamlet, polygon of a township, village or site."""
        for table in (self._index.site, self._index.hamlet, self._index.village, self._index.township):
            row = table.get(code)
            if row is not None:
                return row.geom
        return None

    def _township_around(self, geom: BaseGeometry | None) -> str | None:
        if geom is None or geom.is_empty:
            return None
        point = shapely.point_on_surface(geom)
        return next((row.code for row in self._index.township if row.geom is not None and row.geom.intersects(point)), None)


class _Column(Mapping):
    """What the rows of a table say, by their code."""

    def __init__(self, table: TableIndex, say: Callable) -> None:
        self._table, self._say = table, say

    def __getitem__(self, code: str | None) -> str:
        row = self._table.get(code)
        if row is None:
            raise KeyError(code)
        return self._say(row)

    def __iter__(self) -> Iterator[str]:
        return (row.code for row in self._table)

    def __len__(self) -> int:
        return len(self._table)


def _name(row: object) -> str:
    return str(row.code if row.name is None else row.name)  # type: ignore[attr-defined]
