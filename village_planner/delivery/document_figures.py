"""The figures that stand in texts, by name, with the decimals in which they are shown; made of the same accounts as tables and layers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Mapping

import pandas as pd

from village_planner.accounts import off_base
from village_planner.accounts.boundary import BOUNDARY
from village_planner.accounts.facilities import FACILITY
from village_planner.accounts.land import base_source
from village_planner.accounts.parcels import LAND_USE
from village_planner.accounts.rounding import half_up
from village_planner.delivery.frames import DeliverySource
from village_planner.delivery.naming import TOTAL
from village_planner.plan.data import plain
from village_planner.plan.schema import Position
from village_planner.standards import Profile

UNKNOWN = "（未提供）"
_M2_PER_HA = 10_000.0
_LINES = ("basic_farmland", "redline")


@dataclass(frozen=True)
class TextFigure:
    """A figure as texts show it: None is not known; needs: as TableColumn.needs."""

    value: float | None
    decimals: int = 0
    needs: str = ""

    @property
    def text(self) -> str:
        """What a reader sees."""
        return UNKNOWN if self.value is None else f"{half_up(self.value, self.decimals):.{self.decimals}f}"


def text_figures(source: DeliverySource, tables: Mapping[str, pd.DataFrame]) -> dict[str, TextFigure]:
    """All figures of `accounts.key_figures`, areas as …_ha, and those that only tables hold.

    tables: frames of `tables.table_frames`. Further ones: category_{code}_share (%), hollow_percent, present_per_household (m²),
    base_ha, balance_cleared_ha, balance_new_ha, planned_ha, reduction_ha (as a positive number), base_per_person (m²), villages_off_base, off_base_ha,
    base_beyond (ha, negative: less), base_beyond_ha (without its sign),
    basic_farmland|redline_present_ha|new_ha, farmland_new_ha, consent_{kind}, site_{n}_area_ha|capacity|inflow,
    villages_cut_outside|inside (cut by the development boundary, by where they count), villages_spared (inside, without a category that they do not
    need), villages_other (of kinds that are not classified, without a category), villages_undecided (of categories of that role),
    served_villages (those of table B8), facility_{code}_present|planned|lacking.
    """
    data = source.data
    figures: dict[str, TextFigure] = {}
    for name, value in zip(tables["key_figures"]["name"], tables["key_figures"]["value"]):
        if name.endswith("_m2"):
            figures[f"{name[:-3]}_ha"] = _area(value)
        else:
            figures[name] = TextFigure(value, needs="consent" if name in ("consents", "votes") else "")
    for phase in (*data.phases, "none"):
        for name in ("moves", "hamlets", "villages", "households", "persons"):
            figures.setdefault(f"phase_{phase}_{name}", TextFigure(0))
        for name in ("cleared_ha", "built_ha", "reclaimed_ha"):
            figures.setdefault(f"phase_{phase}_{name}", TextFigure(0.0, 2))
    _add_ratios(figures)
    for row in tables["category_totals"].itertuples():
        figures[f"category_{row.category}_share"] = TextFigure(plain(row.share), 2)
    _add_balance(figures, tables["land_summary"])
    _add_bridge(figures, tables["village_roster"], source)
    _add_control_lines(figures, tables["control_line_check"])
    _add_positions(figures, tables["control_line_check"], source.profile)
    kinds = data.consent["kind"].value_counts()
    for row in source.profile.code_list("consent_kind").rows:
        figures[f"consent_{row['code']}"] = TextFigure(int(kinds.get(row["code"], 0)), needs="consent")
    for number, site in enumerate(tables["site_list"].itertuples(), 1):
        figures[f"site_{number}_area_ha"] = TextFigure(plain(site.area_ha), 2)
        figures[f"site_{number}_capacity"], figures[f"site_{number}_inflow"] = TextFigure(plain(site.capacity)), TextFigure(plain(site.inflow))
    figures["served_villages"] = TextFigure(len(tables["facility_list"]))
    if source.layers.has(FACILITY):
        _add_facilities(figures, tables["facility_list"], source.profile)
    return figures


def _add_facilities(figures: dict[str, TextFigure], villages: pd.DataFrame, profile: Profile) -> None:
    """Villages that stay and have, are to have, or lack each kind."""
    for kind in profile.code_list("facility_kind").codes:
        counts = villages[f"facility_{kind}"].value_counts()
        for name, word in (("present", "有"), ("planned", "规划"), ("lacking", "缺")):
            figures[f"facility_{kind}_{name}"] = TextFigure(int(counts.get(word, 0)), needs=FACILITY)


def _add_ratios(figures: dict[str, TextFigure]) -> None:
    vacant, homesteads = figures["vacant_homesteads"].value, figures["homesteads"].value
    land, households = figures["present_ha"].value, figures["households"].value
    figures["hollow_percent"] = TextFigure(100 * vacant / homesteads if homesteads and vacant is not None else None, 1)
    figures["present_per_household"] = TextFigure(land * _M2_PER_HA / households if households and land is not None else None, 1)


def _add_balance(figures: dict[str, TextFigure], balance: pd.DataFrame) -> None:
    whole = balance[balance["township_name"] == TOTAL].iloc[0]
    names = {"base": "base", "cleared": "balance_cleared", "new": "balance_new", "planned": "planned", "reduction": "reduction"}
    for column, name in names.items():
        area = plain(whole[f"{column}_ha"])
        figures[f"{name}_ha"] = TextFigure(None if area is None else abs(area), 2, LAND_USE)
    figures["base_per_person"] = TextFigure(plain(whole["present_m2_per_person"]), 1, LAND_USE)


def _add_bridge(figures: dict[str, TextFigure], roster: pd.DataFrame, source: DeliverySource) -> None:
    """What leads from the present patches to a base that is the survey's: villages that are not in it, and how much more or less it is than the
    patches of the others. Of what is printed, so that a reader's sum comes out.
    """
    apart = off_base(source.data, source.layers, source.profile)
    left_out = roster.loc[roster["village_code"].isin(apart), "present_ha"].sum()
    figures["villages_off_base"] = TextFigure(len(apart), needs=LAND_USE)
    figures["off_base_ha"] = TextFigure(float(left_out), 2, LAND_USE)
    base, present = figures["base_ha"].value, figures["present_ha"].value
    of_survey = base_source(source.data, source.layers) == LAND_USE
    beyond = None if base is None or present is None or not of_survey else half_up(base, 2) - half_up(present, 2) + half_up(left_out, 2)
    figures["base_beyond_ha"] = TextFigure(None if beyond is None else abs(beyond), 2, LAND_USE)
    figures["base_beyond"] = TextFigure(beyond, 2, LAND_USE)


def _add_control_lines(figures: dict[str, TextFigure], check: pd.DataFrame) -> None:
    figures["farmland_new_ha"] = _sum(check["farmland_new_ha"], "farmland_m2")
    for line in _LINES:
        for part in ("present", "new"):
            figures[f"{line}_{part}_ha"] = _sum(check[f"{line}_{part}_ha"], f"{line}_new_m2")


def _add_positions(figures: dict[str, TextFigure], villages: pd.DataFrame, profile: Profile) -> None:
    """Villages by how they stand to the boundary and to being classified, as the sheet of categories counts them."""
    inside, cut = villages["counts_inside"].eq(1), villages["position"].eq(Position.CUT.value).fillna(False)
    figures["villages_cut_outside"] = TextFigure(int((cut & ~inside).sum()), needs=BOUNDARY)
    figures["villages_cut_inside"] = TextFigure(int((cut & inside).sum()), needs=BOUNDARY)
    without, in_scope = villages["category"].isna(), villages["kind"].isin(profile.code_list("village_kind").with_role("in_scope"))
    figures["villages_spared"] = TextFigure(int((without & in_scope & inside).sum()))
    figures["villages_other"] = TextFigure(int((without & ~in_scope).sum()))
    figures["villages_undecided"] = TextFigure(int(villages["category"].isin(profile.code_list("category").with_role("undecided")).sum()))


def _sum(areas_ha: pd.Series, needs: str) -> TextFigure:
    return TextFigure(float(areas_ha.sum()) if areas_ha.notna().any() else None, 4, needs)


def _area(value_m2: Any) -> TextFigure:
    return TextFigure(None if value_m2 is None else value_m2 / _M2_PER_HA, 2)


def shown_figure(figure: TextFigure) -> TextFigure:
    """The figure as it is shown: rounded."""
    return figure if figure.value is None else replace(figure, value=half_up(figure.value, figure.decimals))
