"""How findings call villages, hamlets, sites and townships."""

from __future__ import annotations

import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from village_planner.plan.data import PlanData


class Names:
    """Names (without one the code), owners and places of the plan's things; '' or None for a code that the plan lacks."""

    def __init__(self, data: PlanData) -> None:
        self.villages = _names(data.village)
        self.townships = _names(data.township)
        self.sites = _names(data.site)
        self.village_of_hamlet = {code: _known(village) for code, village in zip(data.hamlet["code"], data.hamlet["village_code"])}
        self.township_of_village = {code: _known(town) for code, town in zip(data.village["code"], data.village["township_code"])}
        self._hamlets = _names(data.hamlet)
        tables = (data.township, data.village, data.hamlet, data.site)
        self._places = {code: geom for table in tables for code, geom in zip(table["code"], table["geom"])}
        self._townships = list(zip(data.township["code"], data.township["geom"]))
        homes = zip(data.site["code"], data.site["township_code"], data.site["village_code"])
        self._home_of_site = {code: (_known(town), _known(village)) for code, town, village in homes}

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
        return self._home_of_site.get(code, (None, None))[1]

    def township_of_site(self, code: str | None) -> str | None:
        """Township code of a site: its own, else that of its village, else that of the township polygon it lies in."""
        own, village = self._home_of_site.get(code, (None, None))
        known = own if own is not None else self.township_of_village.get(village)
        return known if known is not None else self._township_around(self._places.get(code))

    def place(self, code: str | None) -> BaseGeometry | None:
        """Point of a hamlet, polygon of a township, village or site."""
        return self._places.get(code)


    def _township_around(self, geom: BaseGeometry | None) -> str | None:
        if geom is None or geom.is_empty:
            return None
        point = shapely.point_on_surface(geom)
        return next((code for code, ground in self._townships if ground is not None and ground.intersects(point)), None)


def _known(code: object) -> str | None:
    return None if pd.isna(code) else str(code)


def _names(table: pd.DataFrame) -> dict[str | None, str]:
    return {str(code): str(code if pd.isna(name) else name) for code, name in zip(table["code"], table["name"])}
