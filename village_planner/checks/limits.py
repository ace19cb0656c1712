"""Limits from above: areas of the lines (QC-5205), cultivated land (QC-5302), reserve (QC-5305), quotas (NL-09), fixed villages (NL-10)."""

from __future__ import annotations

from typing import Any, Generator, Iterable, Iterator, Mapping

from village_planner.accounts import areas_of_plan, quota_comparison, village_action
from village_planner.accounts.line_areas import LINES
from village_planner.accounts.parcels import LAND_USE
from village_planner.checks.land import undrawn_new
from village_planner.checks.rule import NAMED, Context, Finding, Outcome

_RESERVE, _TOTAL = "reserve_m2", "construction_m2"
_UNITS = {"m²": "m2", "个": "villages", "户": "households"}
_NEEDED = {"new_land_m2": (LAND_USE,), "cultivated_m2": (LAND_USE,), **{item: (kind,) for item, kind in LINES.items()}}
"""Layers without which an item is not known; the land balance takes patches where there is no survey."""


def lines_as_stated(context: Context) -> Iterator[Outcome]:
    """QC-5205: basic farmland and red line of the plan's areas against what the level above states."""
    for row in (yield from _compared(context)):
        yield _of_area(context, row, "5205.differs", abs_difference=abs(row.difference))


def cultivated_kept(context: Context) -> Iterator[Outcome]:
    """QC-5302: cultivated land that is left (耕地保有量) below its target."""
    compared = yield from _compared(context)
    if _stated(context):
        yield from context.without_polygon(undrawn_new(context.data))
    for row in compared:
        yield _of_area(context, row, "5302.below", short=-row.difference)


def reserve_within_share(context: Context) -> Iterator[Outcome]:
    """QC-5305: reserve (机动指标) above its share of the construction land that is issued for the same area."""
    quota, areas = context.data.quota, areas_of_plan(context.data)
    totals = {row.area_code: float(row.value) for row in quota[quota["item"] == _TOTAL].itertuples(index=False)}
    for row in quota[(quota["item"] == _RESERVE) & quota["area_code"].isin(list(areas))].itertuples(index=False):
        kind, name = areas[row.area_code]
        total_m2 = totals.get(row.area_code, 0.0)
        if total_m2 <= 0:
            yield context.not_checked("no_total", area=name, area_code=row.area_code)
        elif row.value / total_m2 > context.limit("max_share"):
            share, limit = float(row.value) / total_m2, float(context.limit("max_share"))
            yield Finding(
                subject_kind=kind,
                subject_code=row.area_code,
                message_code="checks.5305.reserve",
                facts={"reserve_m2": float(row.value), "total_m2": total_m2, "percent": 100 * share, "limit_percent": 100 * limit},
                names={"area": name, "area_code": row.area_code},
                other_kind="quota",
                other_code=_RESERVE,
                measure=share,
                limit=limit,
                unit="share",
                place=context.names.place(row.area_code),
            )


def limits_kept(context: Context) -> Iterator[Outcome]:
    """NL-09: quotas of the county and its townships that the plan exceeds or does not reach."""
    compared = yield from _compared(context)
    strange = context.data.quota[~context.data.quota["area_code"].isin(list(areas_of_plan(context.data)))]
    if len(strange):
        yield context.not_checked("quota_area", codes="、".join(dict.fromkeys(strange["area_code"])))
    for row in compared:
        about = ("above" if row.role == "max" else "below") + ("_m2" if row.unit == "m²" else "")
        severity = context.limit("severity_households") if row.item == "households" else None
        yield _of_area(context, row, f"nl09.{about}", severity, abs_difference=abs(row.difference))


def villages_as_fixed(context: Context) -> Iterator[Outcome]:
    """NL-10: villages whose category or action differs from the list that the level above has fixed."""
    if not len(context.index.fixed_village):
        yield context.not_checked("no_list")
        return
    profile, chosen = context.profile, {row.village_code: row.category for row in context.subjects.categories()}
    for row in context.subjects.of_villages("fixed_village"):
        hamlets = [(hamlet.action, hamlet.row.is_main == 1) for hamlet in context.subjects.hamlets_of(row.village_code)]
        for what, fixed, mine, words in (
            ("category", row.category, chosen.get(row.village_code), profile.code_list("category")),
            ("action", row.action, village_action(hamlets), profile.code_list("action")),
        ):
            if fixed is None or fixed == mine:
                continue
            told = what if mine in words.codes else f"{what}_{mine}" if mine in ("partly", "undecided") else f"{what}_missing"
            names = {**context.names.village_params(row.village_code), "source": row.source, "fixed": words.name(fixed) or fixed}
            yield _not_as_fixed(context, row, what, told, {"fixed_code": fixed}, {**names, **({"mine": words.name(mine)} if told == what else {})})


def _not_as_fixed(context: Context, row: Any, what: str, told: str, facts: Mapping[str, Any], names: Mapping[str, Any]) -> Finding:
    return Finding(
        subject_kind="village",
        subject_code=row.village_code,
        message_code=f"checks.nl10.{told}",
        facts=facts,
        names=names,
        village_code=row.village_code,
        other_kind="fixed",
        other_code=f"{row.source}/{what}",
        place=context.names.place(row.village_code),
    )


def _stated(context: Context) -> list[str]:
    """Items of the rule of which table `quota` has a row for an area of the plan."""
    codes = context.profile.code_list("quota_item")
    mine = [row["code"] for row in codes.rows if row.get("rule") == context.setting.id]
    quota = context.data.quota[context.data.quota["area_code"].isin(list(areas_of_plan(context.data)))]
    return [item for item in mine if quota["item"].eq(item).fillna(False).any()]


def _compared(context: Context) -> Generator[Outcome, None, list[Any]]:
    """Notes of what cannot be compared; returns the rows of `quota_comparison` of this rule that are not met."""
    items = _stated(context)
    if not items:
        yield context.not_checked("no_quota", items="、".join(_item_names(context)))
        return []
    lacking = list(dict.fromkeys(kind for item in items for kind in _NEEDED.get(item, ()) if not context.layers.has(kind)))
    if lacking:
        yield context.without_layers(lacking)
    there = [item for item in items if all(map(context.layers.has, _NEEDED.get(item, ())))]
    accounts = context.shared.accounts
    frame = quota_comparison(context.data, context.layers, context.profile, context.scenario, there, context.feedback, accounts)
    unknown = [f"{row.area_name}：{row.item_name}" for row in frame[frame["planned"].isna()].itertuples(index=False)]
    if unknown:
        yield context.not_checked("quota_unknown", count=len(unknown), what="、".join(unknown[:NAMED]))
    return list(frame[frame["met"].eq(False).fillna(False)].itertuples(index=False))


def _item_names(context: Context) -> Iterable[str]:
    return [row["name"] for row in context.profile.code_list("quota_item").rows if row.get("rule") == context.setting.id]


def _of_area(context: Context, row: Any, message: str, severity: str | None = None, **differences: float) -> Finding:
    return Finding(
        subject_kind=row.area_kind,
        subject_code=row.area_code,
        message_code=f"checks.{message}",
        facts={"planned": float(row.planned), "target": float(row.target), **differences},
        names={"area": row.area_name, "area_code": row.area_code, "item": row.item_name},
        severity=severity,
        other_kind="quota",
        other_code=row.item,
        measure=float(row.planned),
        limit=float(row.target),
        unit=_UNITS.get(row.unit, row.unit),
        place=context.names.place(row.area_code),
    )
