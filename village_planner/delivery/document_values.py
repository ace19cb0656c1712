"""What the placeholders of texts may name: the plan, its figures, and lists of categories, phases, destinations, sites, votes and steps."""

from __future__ import annotations

import re
from typing import Any, Mapping, Sequence

import pandas as pd

from village_planner.accounts.land import base_source
from village_planner.accounts.parcels import LAND_USE
from village_planner.delivery.document_figures import TextFigure, shown_figure
from village_planner.delivery.document_template import Items, Value
from village_planner.delivery.frames import DeliverySource
from village_planner.delivery.naming import BLANK, chinese_date
from village_planner.delivery.workbook import Heading
from village_planner.plan.data import PlanData, plain, roster_title
from village_planner.spatial.crs import describe_crs

_ROSTER_CHECK = "roster_check"
_NUMERALS = "零一两三四五六七八九十"
_COVER_LINE = 15
"""Characters of a title that stand in a line of the cover."""
_PLANNED = re.compile(r"(?<=.)村庄[^村]*规划$")
_CUT_CRITERIA = {
    "seat": "按村委会驻地所在一侧判定，驻地位置不明的按现状居民点用地多数判定", "larger_share": "按现状居民点用地多数判定",
}
"""What decides on which side of the development boundary a village that it cuts counts, by the profile's `boundary_cut_criterion`."""
_ROLES = ("gather", "suburban", "protect", "withdraw", "undecided")


def text_values(source: DeliverySource, heading: Heading, figures: Mapping[str, TextFigure], has_sheets: bool) -> dict[str, Value]:
    """Values by the names that a template may use."""
    data, info = source.data, source.data.info
    year, month, _ = heading.date.split("-")
    dates = sorted({str(date) for table in (data.village, data.hamlet) for date in table["facts_date"].dropna()})
    rosters = dict.fromkeys(roster_title(str(name)) for name in data.tables["roster_source"]["source"].dropna())
    kinds = source.profile.code_list("control_kind")
    layers = dict.fromkeys(_titled(kinds.name(row.kind) or row.title, row.edition_date) for row in data.tables["control_layer"].itertuples())
    phases = data.phases
    from_land_use = base_source(data, source.layers) == LAND_USE
    texts = {
        "plan.title": heading.plan_title, "plan.cover_title": _in_lines(heading.plan_title),
        "plan.area": _area(data), "plan.institute": heading.institute or BLANK,
        "plan.month": f"{year}年{int(month)}月", "plan.base_year": str(info["base_year"]), "plan.last_year": str(phases[-1]) if phases else "",
        "plan.phases": "、".join(f"{phase}年" for phase in phases), "plan.stages": _stages(phases) if figures["moves"].value else "",
        "plan.due": _due(data), "plan.crs": _projection(data.crs),
        "plan.profile": f"《{source.profile.title}》",
        "edition": heading.edition, "draft": heading.draft_mark, "facts_dates": "、".join(map(chinese_date, dates)), "rosters": "、".join(rosters),
        "control_layers": "、".join(layers), "base_source": "按土地利用现状图斑统计" if from_land_use else "按现状居民点用地图斑统计",
        "base_beyond_words": "少" if (figures["base_beyond"].value or 0) < 0 else "多",
        "cut_criterion": _CUT_CRITERIA.get(str(source.profile.value("boundary_cut_criterion")), ""),
        "balance_words": "净增加" if _grows(figures) else "净减少",
    }
    checked = {
        "balance_changes": bool(figures["balance_cleared_ha"].value or figures["balance_new_ha"].value),
        "cleared_beyond_reclaimed": _exceeds(figures["move_cleared_ha"], figures["move_reclaimed_ha"]),
        "basic_farmland_checked": figures["basic_farmland_new_ha"].value is not None, "redline_checked": figures["redline_new_ha"].value is not None,
        "farmland_checked": figures["farmland_new_ha"].value is not None, "has_sheets": has_sheets,
        "roster_table": any(spec.frame == _ROSTER_CHECK for spec in source.profile.tables.values()),
        "steps": len(data.approval_step) > 0,
        "facilities_known": any(name.startswith("facility_") and figure.value is not None for name, figure in figures.items()),
    }
    texts.update(_categories(source, figures))
    values = {name: Value(text, "", bool(text)) for name, text in texts.items()}
    values.update({name: Value("", "", holds) for name, holds in checked.items()})
    values.update({name: _figure(name, figure) for name, figure in figures.items()})
    return values


def text_lists(source: DeliverySource, tables: Mapping[str, pd.DataFrame], figures: Mapping[str, TextFigure]) -> dict[str, Items]:
    """Lists by the names that {{each:…}} may use."""
    profile, data = source.profile, source.data
    of = _Lister(figures)
    return {
        "category": of.items("category", profile.code_list("category").rows, ("villages", "share", "households", "persons", "built_ha")),
        "phase": of.items(
            "phase", [{"code": str(phase), "name": f"{phase}年"} for phase in data.phases],
            ("moves", "hamlets", "villages", "households", "persons", "cleared_ha", "built_ha", "reclaimed_ha"),
        ),
        "destination": of.items(
            "destination", [row for row in profile.code_list("destination_kind").rows if f"destination_{row['code']}_moves" in figures],
            ("moves", "households", "persons"),
        ),
        "site": of.items("site", _sites(tables["site_list"]), ("area_ha", "capacity", "inflow"), ("place", "setting")),
        "consent": Items(("name", "count"), [
            {"name": Value(row["name"]), "count": _figure(f"consent_{row['code']}", figures[f"consent_{row['code']}"])}
            for row in profile.code_list("consent_kind").rows if figures[f"consent_{row['code']}"].value
        ]),
        "facility": of.items("facility", _facilities(source, figures), ("present", "planned", "lacking")),
        "step": Items(("date", "name", "document", "result"), _steps(source)),
    }


class _Lister:
    """Makes lists whose items have figures called {list}_{code}_{name}."""

    def __init__(self, figures: Mapping[str, TextFigure]) -> None:
        self._figures = figures

    def items(self, of: str, rows: Sequence[Mapping[str, Any]], names: Sequence[str], texts: Sequence[str] = ()) -> Items:
        result = []
        for row in rows:
            item = {name: Value(str(row[name])) for name in ("name", *texts)}
            for name in names:
                figure = f"{of}_{row['code']}_{name}"
                item[name] = _figure(figure, self._figures[figure])
            result.append(item)
        return Items(("name", *texts, *names), result)


def _figure(name: str, figure: TextFigure) -> Value:
    """A figure that is not known is a text: there is no number to compare."""
    return Value(figure.text, name if figure.value is not None else "", bool(figure.value))


def _grows(figures: Mapping[str, TextFigure]) -> bool:
    return _exceeds(figures["balance_new_ha"], figures["balance_cleared_ha"])


def _exceeds(one: TextFigure, other: TextFigure) -> bool:
    """Whether one figure is greater as it is shown; not where one of them is not known."""
    first, second = shown_figure(one).value, shown_figure(other).value
    return first is not None and second is not None and first > second


def _due(data: PlanData) -> str:
    """The phases whose moves need a vote now (QC-7105): those up to the one under way; '' for none."""
    current = data.current_phase
    return "、".join(f"{phase}年" for phase in data.phases if current is not None and phase <= current)


def _stages(phases: Sequence[int]) -> str:
    """The phases and how many they are, 2025年、2035年两期; '' for fewer than two."""
    if len(phases) < 2:
        return ""
    count = _NUMERALS[len(phases)] if len(phases) < len(_NUMERALS) else f"共{len(phases)}"
    return "、".join(f"{phase}年" for phase in phases) + f"{count}期"


def _categories(source: DeliverySource, figures: Mapping[str, TextFigure]) -> dict[str, str]:
    """What the profile calls the villages of each role of a category; '' for a role that it does not have. The undecided are named as the category is.

    role.…: whether or not the plan has such villages; used.…: '' where it has none.
    """
    codes = source.profile.code_list("category")
    called = {role: "、".join(str(codes.name(code)) for code in codes.with_role(role)) for role in _ROLES}
    words = {role: name if not name or name.endswith("村庄") else f"{name}村庄" for role, name in called.items()}
    words["undecided"] = called["undecided"]
    used = {role: any(figures[f"category_{code}_villages"].value for code in codes.with_role(role)) for role in _ROLES}
    return {**{f"role.{role}": word for role, word in words.items()}, **{f"used.{role}": word if used[role] else "" for role, word in words.items()}}


def _projection(crs: int) -> str:
    meridian = describe_crs(crs).central_meridian_deg
    return "经纬度坐标" if meridian is None else f"高斯—克吕格投影3度分带，中央经线{meridian:g}°"


def _area(data: PlanData) -> str:
    if data.info["scope"] == "township" and len(data.township):
        return str(data.township["name"].iloc[0])
    return str(data.info["county_name"] or "本县")


def _in_lines(title: str) -> str:
    """A title whose years in brackets, or the like, stand on a line of their own, and what is planned too where the cover has no room for both in one."""
    name, bracket, rest = title.partition("（")
    if not name:
        return title
    if len(name) > _COVER_LINE:
        name = _PLANNED.sub(r"\n\g<0>", name)
    return f"{name}\n{bracket}{rest}" if bracket else name


def _titled(title: Any, date: Any) -> str:
    known = plain(date)
    return f"{title}（{chinese_date(str(known))}）" if known else str(title)


def _sites(sites: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            "code": number, "name": site.site_name, "setting": plain(site.setting_name) or "",
            "place": f"{plain(site.township_name) or ''}{plain(site.village_name) or ''}" or "规划范围内",
        }
        for number, site in enumerate(sites.itertuples(), 1)
    ]


def _facilities(source: DeliverySource, figures: Mapping[str, TextFigure]) -> list[Mapping[str, str]]:
    kinds = source.profile.codes.get("facility_kind")
    return [row for row in kinds.rows if f"facility_{row['code']}_present" in figures] if kinds else []


def _steps(source: DeliverySource) -> list[dict[str, Value]]:
    names = source.profile.code_list("status")
    steps = source.data.approval_step.sort_values(["date", "code"])
    return [
        {
            "date": Value(chinese_date(str(step.date))), "name": Value(names.name(step.to_status) or str(step.to_status)),
            "document": Value(str(step.document)), "result": Value(str(step.result)),
        }
        for step in steps.itertuples()
    ]
