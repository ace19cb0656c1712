"""How moves, votes and reasons are put into words in layers and tables."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from village_planner.accounts.rounding import half_up
from village_planner.plan.data import PlanData, once_per_plan, plain, row_values
from village_planner.plan.schema import ConsentKind, Destination
from village_planner.standards import Profile

TOTAL, UNPHASED = "合计", "未定"
"""How tables name the row of the whole plan, and what has no phase yet."""
BLANK = "＿" * 8
"""A line to write on, where what belongs on a page is not known."""
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_UNKNOWN_DATE = "1980-01-01"
_M2_PER_HA = 10_000.0
JOINT = "；"
_MEETINGS = (ConsentKind.MEETING_ADULTS.value, ConsentKind.MEETING_HOUSEHOLDS.value)


def safe_name(text: Any) -> str:
    """A text as it stands in names of files and folders; '' for null."""
    return _NOT_IN_NAMES.sub("_", str(plain(text) or ""))


def join_texts(*texts: Any) -> str | None:
    """The known texts joined by ；, None without any."""
    known = [str(text) for text in map(plain, texts) if text is not None and str(text).strip()]
    return JOINT.join(dict.fromkeys(known)) or None


def plan_date(data: PlanData) -> str:
    """The date that the package carries: of the last approval step, else when the plan was made (ISO); never today's."""
    steps = sorted(str(date) for date in data.approval_step["date"].dropna())
    return (steps[-1] if steps else str(data.info["created_at"] or ""))[:10] or _UNKNOWN_DATE


def chinese_date(text: str) -> str:
    """An ISO date as readers write it, 2020年12月31日; any other text as it is."""
    parts = text.split("-")
    return f"{parts[0]}年{int(parts[1])}月{int(parts[2])}日" if len(parts) == 3 and all(part.isdigit() for part in parts) else text


def printed_m2(areas_m2: pd.Series) -> pd.Series:
    """Areas as the tables print them: 4 decimals of a hectare are whole m², so that moves, phases and totals add up."""
    return areas_m2.round()


@once_per_plan
def printed_plan(data: PlanData) -> PlanData:
    """The plan with the areas of its moves as printed, for sums that tables and texts show."""
    names = ("cleared_m2", "built_m2", "reclaimed_m2")
    return PlanData({**data.tables, "move": data.move.assign(**{name: printed_m2(data.move[name]) for name in names})})


def hectares(areas_m2: pd.Series) -> pd.Series:
    """Hectares of areas in m²."""
    return areas_m2.astype("float64") / _M2_PER_HA


def destination_names(data: PlanData, moves: pd.DataFrame, profile: Profile) -> dict[str, str]:
    """Name of the destination (迁入地名称) by move code: hamlet, site, stated name, else the kind's name. A hamlet of another village: 甲村·甲庄."""
    hamlets = {row.code: row for row in data.hamlet.itertuples()}
    villages = dict(zip(data.village["code"], data.village["name"]))
    sites = dict(zip(data.site["code"], data.site["name"]))
    kinds = profile.code_list("destination_kind")
    names = {}
    for move in moves.itertuples():
        code, stated = plain(move.destination_code), plain(move.destination_name)
        name = stated or kinds.name(move.destination_kind)
        if move.destination_kind == Destination.HAMLET.value and code in hamlets:
            target, origin = hamlets[code], hamlets.get(move.hamlet_code)
            same = origin is not None and origin.village_code == target.village_code
            village = None if same else villages.get(target.village_code)
            name = target.name if village in (None, target.name) else f"{village}·{target.name}"
        elif move.destination_kind == Destination.SITE.value and code in sites:
            name = sites[code]
        names[move.code] = str(name)
    return names


def latest_meetings(data: PlanData) -> dict[str, dict[str, Any]]:
    """The last dated vote (村民会议 or 户代表会议) by village code, of the village or one of its hamlets, as row values."""
    return {meeting["village_code"]: meeting for meeting in _meetings(data)}


def meetings_by_place(data: PlanData) -> dict[tuple[str, str | None], dict[str, Any]]:
    """The last dated vote by village code and hamlet code, which is None where the whole village voted."""
    return {(meeting["village_code"], meeting["hamlet_code"]): meeting for meeting in _meetings(data)}


def favour_percent(consent: dict[str, Any]) -> float | None:
    """In favour of those attending, in percent; None where one is unknown or nobody attended."""
    attended, in_favour = plain(consent["attended"]), plain(consent["in_favour"])
    return None if not attended or in_favour is None else half_up(100.0 * in_favour / attended, 2)


def _meetings(data: PlanData) -> list[dict[str, Any]]:
    """Dated votes as row values, the last one last."""
    held = data.consent[data.consent["kind"].isin(_MEETINGS) & data.consent["date"].notna()].sort_values(["date", "code"])
    return [dict(row_values(held, row)) for row in range(len(held))]
