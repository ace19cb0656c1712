"""Farmland balance (耕地占补平衡, NL-13): as much reclaimed as taken, of paddy fields as much, as flat and as good; nothing on steep slopes."""

from __future__ import annotations

from typing import Any, Iterator

import pandas as pd

from village_planner.accounts import farmland_balance
from village_planner.accounts.farmland import RECLAIMED, UNDIRECTED
from village_planner.checks.land import unit_code
from village_planner.checks.rule import NAMED, Context, Finding, NotChecked, Outcome

_OTHER = "farmland"


def taken_and_reclaimed(context: Context) -> Iterator[Outcome]:
    """NL-13: amount of the plan and of each township; of the plan paddy fields, slope and level; hamlets reclaimed on steep slopes.

    What moves reclaim without saying to what, or to cultivated land of no named class, may be what is missing: then it is
    told as not checked instead.
    """
    entries = context.shared.accounts.farmland_entries(float(context.limit("reach_m")))
    balance = farmland_balance(context.data, entries, list(context.profile.value("paddy_landuse")))
    plan, townships = balance.iloc[-1], balance.iloc[:-1]
    tolerance_m2 = float(context.limit("tolerance_m2"))
    undirected = []
    for row in [plan, *(row for _, row in townships.iterrows() if len(townships) > 1)]:
        short_m2 = row["taken_m2"] - row["reclaimed_m2"]
        if short_m2 > tolerance_m2 and short_m2 - row["undirected_m2"] > tolerance_m2:
            yield _amount(context, row, short_m2)
        elif short_m2 > tolerance_m2:
            undirected.append(row["code"])
    if undirected:
        yield _undirected(context, entries)
    if plan["taken_m2"] > tolerance_m2:
        yield from _paddy(context, plan, tolerance_m2)
        for quality in ("slope", "level"):
            yield from _quality(context, plan, quality)
    yield from _steep(context, entries)


def _amount(context: Context, row: pd.Series, short_m2: float) -> Finding:
    facts = {"taken_m2": float(row["taken_m2"]), "reclaimed_m2": float(row["reclaimed_m2"]), "short_m2": float(short_m2)}
    if row["kind"] == "plan":
        return _of_plan(context, "amount", facts, facts["reclaimed_m2"], facts["taken_m2"], "m2", None)
    return Finding(
        "township", row["code"], "checks.nl13.amount", facts, {"who": row["name"], "who_code": row["code"]}, context.limit("severity_township"),
        other_kind=_OTHER, other_code="amount", measure=facts["reclaimed_m2"], limit=facts["taken_m2"], unit="m2", place=context.names.place(row["code"]),
    )  # fmt: skip


def _undirected(context: Context, entries: pd.DataFrame) -> NotChecked:
    hamlets = list(dict.fromkeys(entries.loc[entries["side"] == UNDIRECTED, "hamlet_code"]))
    return context.not_checked("reclaim_undirected", count=len(hamlets), hamlets="、".join(map(context.names.hamlet, hamlets[:NAMED])))


def _paddy(context: Context, plan: pd.Series, tolerance_m2: float) -> Iterator[Outcome]:
    short_m2 = plan["paddy_taken_m2"] - plan["paddy_reclaimed_m2"]
    if short_m2 <= tolerance_m2:
        return
    if short_m2 - plan["classless_m2"] - plan["undirected_m2"] > tolerance_m2:
        facts = {"taken_m2": float(plan["paddy_taken_m2"]), "reclaimed_m2": float(plan["paddy_reclaimed_m2"]), "short_m2": float(short_m2)}
        yield _of_plan(context, "paddy", facts, facts["reclaimed_m2"], facts["taken_m2"], "m2", context.limit("severity_quality"))
    else:
        yield context.not_checked("reclaim_classless", area_m2=float(plan["classless_m2"] + plan["undirected_m2"]), short_m2=float(short_m2))


def _quality(context: Context, plan: pd.Series, quality: str) -> Iterator[Outcome]:
    """The higher the number, the worse: slope class 5 is above 25°, level 15 the poorest."""
    unknown_m2 = float(plan[f"{quality}_unknown_m2"])
    if unknown_m2 > 0:
        yield context.not_checked(f"no_{quality}", area_m2=unknown_m2)
    worse = plan[f"{quality}_reclaimed"] - plan[f"{quality}_taken"]
    if worse > context.limit(f"{quality}_tolerance"):
        facts = {"taken": float(plan[f"{quality}_taken"]), "reclaimed": float(plan[f"{quality}_reclaimed"])}
        yield _of_plan(context, quality, facts, facts["reclaimed"], facts["taken"], "class", context.limit("severity_quality"))


def _steep(context: Context, entries: pd.DataFrame) -> Iterator[Outcome]:
    classes = [float(code) for code in context.profile.value("steep_slope_classes")]
    steep = entries[(entries["side"] == RECLAIMED) & entries["slope"].isin(classes)]
    for hamlet, group in steep.groupby("hamlet_code", sort=False):
        area_m2 = float(group["area_m2"].sum())
        yield Finding(
            subject_kind="hamlet",
            subject_code=str(hamlet),
            message_code="checks.nl13.steep",
            facts={"area_m2": area_m2, "slope": int(group["slope"].iloc[0])},
            names=context.names.hamlet_params(str(hamlet)),
            village_code=context.names.village_of_hamlet.get(str(hamlet)),
            other_kind=_OTHER,
            other_code="steep",
            measure=area_m2,
            limit=0.0,
            unit="m2",
            place=context.names.place(str(hamlet)),
        )


def _of_plan(context: Context, about: str, facts: dict[str, Any], measure: float, limit: float, unit: str, severity: str | None) -> Finding:
    info: Any = context.data.info
    return Finding(
        subject_kind=info["scope"],
        subject_code=unit_code(context),
        message_code=f"checks.nl13.{about}",
        facts=facts,
        names={"who": info["county_name"] or info["title"], "who_code": unit_code(context)},
        severity=severity,
        other_kind=_OTHER,
        other_code=about,
        measure=measure,
        limit=limit,
        unit=unit,
    )
