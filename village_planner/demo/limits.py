"""Limits from above: the quota table, cut so that the plan keeps it but for planted faults, and the list of fixed villages."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Callable, Mapping

from village_planner.demo.expected import NOBODY, Finding, Party, Planted
from village_planner.demo.names import COUNTY_CODE, COUNTY_NAME
from village_planner.demo.oracle_limits import land_per_person, planned_figures
from village_planner.demo.parcels import Survey
from village_planner.demo.roles import SUBURBAN
from village_planner.demo.scene import Cast, Fixed, Quota, Scene
from village_planner.demo.township import FIXED_AS_GATHERING

HECTARE_M2, MU_M2 = 10_000.0, 2_000 / 3
FIXED_LIST, FIXED_SHEET = "上级定村名单.xlsx", "名单"
_SUM_TOLERANCE_M2 = 1.0
_RESERVE_SHARE, _RESERVE_LIMIT = 0.03, 0.05
_RESERVE, _PER_PERSON = "reserve_m2", "per_capita_m2"
_FIXED_NUMBERS = (1, FIXED_AS_GATHERING, 8)


@dataclass(frozen=True)
class QuotaItem:
    """A column of the quota table. cut: figure of the plan in m² or a count → limit in the table's unit that the plan keeps.

    unit_m2: m² of the table's unit, 1 for counts; rule, severity, role: of the finding where the plan breaks the limit;
    slack: what a rule lets pass.
    """

    code: str
    heading: str
    unit_m2: float
    cut: Callable[[float], float]
    rule: str = "NL-09"
    severity: str = "A"
    role: str = "max"
    slack: float = 50.0
    unit: str = "m2"


QUOTA_ITEMS = (
    QuotaItem("construction_m2", "村庄建设用地规模（公顷）", HECTARE_M2, lambda m2: math.ceil(m2 / HECTARE_M2)),
    QuotaItem("reduction_m2", "净减量（亩）", MU_M2, lambda m2: max(math.floor(m2 / 2000) * 3, 0), role="min"),
    QuotaItem("new_land_m2", "新增占地（公顷）", HECTARE_M2, lambda m2: math.ceil(m2 / HECTARE_M2) + 1),
    QuotaItem("cultivated_m2", "耕地保有量（公顷）", HECTARE_M2, lambda m2: math.floor(m2 / HECTARE_M2) - 1, "QC-5302", role="min"),
    QuotaItem("withdrawn_villages", "撤并村数（个）", 1.0, round, slack=0.0, unit="villages"),
    QuotaItem(
        "households", "迁并户数（户）", 1.0, lambda count: math.floor(count / 10) * 10, severity="B", role="min", slack=0.0,
        unit="households",
    ),
    QuotaItem(
        "basic_farmland_m2", "永久基本农田（公顷）", HECTARE_M2, lambda m2: round(m2 / HECTARE_M2, 4), "QC-5205", role="equal", slack=20.0
    ),
    QuotaItem("redline_m2", "生态保护红线（公顷）", HECTARE_M2, lambda m2: round(m2 / HECTARE_M2, 4), "QC-5205", role="equal", slack=20.0),
)
OTHER_HEADINGS = {_RESERVE: "机动指标（公顷）", _PER_PERSON: "人均村庄建设用地（m²/人）"}


def set_limits(scene: Scene, survey: Survey, planted: Planted, faults: bool) -> None:
    """Set quotas and the list of fixed villages, with faults in some townships where `faults`; add what must be found."""
    refused = {row["village"] for row in planted.rejected}
    figures, shares = planned_figures(scene, survey, refused), land_per_person(scene, refused)
    names = {township.code: township.name for township in scene.townships}
    if len(names) > 1:
        names[COUNTY_CODE] = COUNTY_NAME
    scene.quotas = [Quota(code, name, _cut(figures[code])) for code, name in names.items()]
    scene.quotas[-1].values[_PER_PERSON] = math.ceil(max(shares.values()) / 10) * 10
    _fix_villages(scene, refused)
    if faults:
        _break_quotas(scene, shares)
        _break_list(scene, planted)
    planted.findings += [*_quota_findings(scene, figures), *_reserve_findings(scene), *_share_findings(scene, shares)]


def _cut(figures: Mapping[str, float]) -> dict[str, float]:
    values = {item.code: float(item.cut(figures[item.code])) for item in QUOTA_ITEMS}
    return {**values, _RESERVE: round(values["construction_m2"] * _RESERVE_SHARE, 2)}


def _break_quotas(scene: Scene, shares: Mapping[str, float]) -> None:
    """One limit of each kind that the plan does not keep: NL-09, QC-5302, QC-5205, QC-5305 and QC-5306."""
    first, last = scene.quotas[0], _last_township(scene)
    first.values["construction_m2"] -= 3
    first.values["households"] += 50
    first.values["withdrawn_villages"] -= 1
    first.values["cultivated_m2"] += 25
    first.values[_RESERVE] = round(first.values["construction_m2"] * 0.08, 2)
    first.values["redline_m2"] = round(first.values["redline_m2"] + 1.5, 4)
    last.values["reduction_m2"] += 150
    last.values["basic_farmland_m2"] = round(last.values["basic_farmland_m2"] - 0.8, 4)
    mine = sorted(share for village, share in shares.items() if village.startswith(last.area_code))
    last.values[_PER_PERSON] = round((mine[-1] + mine[-2]) / 2)


def _last_township(scene: Scene) -> Quota:
    return [quota for quota in scene.quotas if quota.area_code != COUNTY_CODE][-1]


def _fix_villages(scene: Scene, refused: set[str]) -> None:
    """Some villages of each township, with the category that they have; the action only where the whole village stays."""
    category = {row.village: row.category for row in scene.decisions if row.category and row.village not in refused}
    moving = {row.village for row in scene.decisions if row.hamlet}
    for cast in scene.casts:
        for number in _FIXED_NUMBERS if cast.roles.town is not None else ():
            village = cast[number]
            if village.name in category:
                action = "" if village.name in moving else "保留"
                scene.fixed.append(Fixed(village.code, cast.township.name, village.name, category[village.name], action))


def _break_list(scene: Scene, planted: Planted) -> None:
    """NL-10: a village that the list puts into another category, and one that it lets go while the plan keeps it."""
    cast = scene.casts[0]
    _refix(scene, cast, FIXED_AS_GATHERING, planted, "category", category=SUBURBAN)
    _refix(scene, cast, 1, planted, "action", action="就近撤并")


def _refix(scene: Scene, cast: Cast, number: int, planted: Planted, what: str, **values: str) -> None:
    place = next(place for place, row in enumerate(scene.fixed) if row.village_code == cast[number].code)
    scene.fixed[place] = replace(scene.fixed[place], **values)  # type: ignore[arg-type]
    planted.findings.append(Finding("NL-10", "A", ("village", cast[number].code), ("fixed", f"{FIXED_LIST}/{FIXED_SHEET}/{what}")))


def _quota_findings(scene: Scene, figures: Mapping[str, Mapping[str, float]]) -> list[Finding]:
    found = []
    for quota in scene.quotas:
        for item in QUOTA_ITEMS:
            planned, limit = figures[quota.area_code][item.code], quota.values[item.code] * item.unit_m2
            over, under = planned - limit > item.slack, limit - planned > item.slack
            if (over and item.role != "min") or (under and item.role != "max"):
                tolerance = _SUM_TOLERANCE_M2 if item.unit == "m2" else 1e-6
                found.append(
                    Finding(item.rule, item.severity, _area(quota), ("quota", item.code), planned, item.unit, limit, tolerance)
                )
    return found


def _reserve_findings(scene: Scene) -> list[Finding]:
    """QC-5305: more than a twentieth of the construction land held back."""
    shares = {quota.area_code: quota.values[_RESERVE] / quota.values["construction_m2"] for quota in scene.quotas}
    return [
        Finding("QC-5305", "A", _area(quota), ("quota", _RESERVE), shares[quota.area_code], "share", _RESERVE_LIMIT, 1e-9)
        for quota in scene.quotas
        if shares[quota.area_code] > _RESERVE_LIMIT
    ]


def _share_findings(scene: Scene, shares: Mapping[str, float]) -> list[Finding]:
    """QC-5306: villages with more land to a person than their township's limit, or the county's where it has none."""
    limits = {quota.area_code: quota.values[_PER_PERSON] for quota in scene.quotas if _PER_PERSON in quota.values}
    found = []
    for village, share in shares.items():
        limit = limits.get(village[:9], limits.get(COUNTY_CODE))
        if limit is not None and share > limit:
            found.append(Finding("QC-5306", "B", ("village", village), NOBODY, share, "m2/person", limit, 1e-4))
    return found


def _area(quota: Quota) -> Party:
    return ("county" if quota.area_code == COUNTY_CODE else "township"), quota.area_code
