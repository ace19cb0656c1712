"""Village construction land: reduction (QC-5301), newly taken land (NL-01), turnover overdue (QC-5303)."""

from __future__ import annotations

from typing import Any, Iterator

import numpy as np
import pandas as pd

from village_planner.accounts import turnover
from village_planner.accounts.land import TOWN
from village_planner.checks.ground import has_polygons
from village_planner.checks.rule import Context, Finding, Outcome
from village_planner.plan.data import PlanData, plain
from village_planner.plan.schema import PatchKind


def reduction(context: Context) -> Iterator[Outcome]:
    """QC-5301: planned village construction land above its base, of the county and of each township, never of a village."""
    balance = context.shared.accounts.land_balance()
    if balance["base_source"].iloc[0] == "nothing":
        yield context.not_checked("no_base", **context.without_layers(["land_use"]).message.params)
        return
    if not has_polygons(context.data):
        yield context.not_checked("no_patches")
        return
    plan = balance.iloc[-1]
    if plan["base_m2"] <= 0:
        yield context.not_checked("no_village_land", codes="、".join(context.profile.value("village_czcsxm")))
        return
    yield from context.without_polygon(_not_drawn(context.data, context.data.site["setting"] != TOWN))
    yield from _unplaced(context, balance)
    unmeasured = int(balance["unmeasured"].iloc[-1])
    if unmeasured:
        yield context.not_checked("unmeasured", count=unmeasured)
    info = context.data.info
    for row in balance[balance["base_m2"] > 0].itertuples(index=False):
        is_plan = row.kind == "plan"
        if (is_plan and info["scope"] != "county") or row.change_m2 <= context.limit("tolerance_m2"):
            continue
        yield Finding(
            subject_kind="county" if is_plan else "township",
            subject_code=unit_code(context) if is_plan else row.code,
            message_code=f"checks.5301.{row.base_source}",
            facts={name: getattr(row, name) for name in ("base_m2", "cleared_m2", "new_m2", "planned_m2", "change_m2")},
            names={"who": (info["county_name"] or row.name) if is_plan else row.name, "who_code": unit_code(context) if is_plan else row.code},
            measure=float(row.planned_m2),
            limit=float(row.base_m2),
            unit="m2",
            place=None if is_plan else context.names.place(row.code),
        )


def newly_taken_land(context: Context) -> Iterator[Outcome]:
    """NL-01: each new patch and site with more than `min_m2` outside the present built footprint."""
    data = context.data
    if not has_polygons(data):
        yield context.not_checked("no_patches")
        return
    yield from context.without_polygon(undrawn_new(data))
    hamlet_of = dict(zip(data.patch["code"], data.patch["hamlet_code"]))
    for row in context.shared.accounts.newly_taken().itertuples(index=False):
        if np.isnan(row.outside_m2):
            yield context.not_checked_of("broken_outside", row.kind, row.code)
        elif row.outside_m2 > context.limit("min_m2"):
            hamlet = plain(hamlet_of.get(row.code)) if row.kind == "patch" else None
            village = context.names.village_of_hamlet.get(hamlet) if row.kind == "patch" else context.names.village_of_site(row.code)
            yield _taken(context, row, hamlet, village)


def turnover_overdue(context: Context) -> Iterator[Outcome]:
    """QC-5303: building ahead of clearing that the plan does not settle within the profile's term."""
    table = turnover(context.data, context.profile, context.scenario)
    info = context.data.info
    for row in table[table["overdue"]].itertuples(index=False):
        settled = plain(row.settled)
        yield Finding(
            subject_kind=info["scope"],
            subject_code=unit_code(context),
            message_code="checks.5303.settled_late" if settled else "checks.5303.not_settled",
            facts={"phase": int(row.phase), "opened_m2": row.opened_m2, "due": int(row.due), **({"settled": settled} if settled else {})},
            names={"who": info["county_name"] or info["title"], "who_code": unit_code(context)},
            other_kind="phase",
            other_code=str(row.phase),
            measure=float(row.opened_m2),
            limit=0.0,
            unit="m2",
        )


def undrawn_new(data: PlanData) -> list[tuple[str, str]]:
    """Kind and code of new patches and of sites that have no polygon."""
    return _not_drawn(data, data.site["code"].notna())


def _not_drawn(data: PlanData, sites: pd.Series) -> list[tuple[str, str]]:
    """Kind and code of new patches, and of those of the chosen sites, that have no polygon."""
    new = data.patch[data.patch["kind"].eq(PatchKind.NEW.value).fillna(False)]
    tables = (("patch", new), ("site", data.site[sites.fillna(True).astype(bool)]))
    return [(kind, code) for kind, table in tables for code, geom in zip(table["code"], table["geom"]) if geom is None or geom.is_empty]


def _unplaced(context: Context, balance: pd.DataFrame) -> Iterator[Outcome]:
    """Townships whose base is not known, and ground of no township: they are not judged."""
    townships, plan = balance.iloc[:-1], balance.iloc[-1]
    without_base = townships["base_m2"].eq(0) & townships["new_m2"].gt(context.limit("tolerance_m2"))
    for why, chosen in (("no_townships", townships["base_m2"].isna()), ("no_base_in_township", without_base)):
        if chosen.any():
            yield context.not_checked(why, townships="、".join(townships.loc[chosen, "name"]))
    for column in ("new_m2", "cleared_m2"):
        left_m2 = float(plan[column] - townships[column].sum())
        if len(townships) and left_m2 > context.limit("tolerance_m2"):
            yield context.not_checked(f"unplaced_{column[:-3]}", area_m2=round(left_m2, 2))


def _taken(context: Context, row: Any, hamlet: str | None, village: str | None) -> Finding:
    who = context.names.hamlet(hamlet) if row.kind == "patch" else context.names.sites.get(row.code, "")
    return Finding(
        subject_kind=row.kind,
        subject_code=row.code,
        message_code=f"checks.nl01.{row.kind}" if who or row.kind == "site" else "checks.nl01.patch_unassigned",
        facts={name: float(getattr(row, name)) for name in ("outside_m2", "farmland_m2", "farmland_net_m2")},
        names={"who": who, "who_code": hamlet or village or "—", "code": row.code},
        village_code=village,
        measure=float(row.outside_m2),
        limit=float(context.limit("min_m2")),
        unit="m2",
        geom=row.geom,
    )


def unit_code(context: Context) -> str:
    """Code of the plan's unit: the county's, for a township plan that of its only township."""
    info, townships = context.data.info, context.data.township["code"]
    if info["scope"] == "township" and len(townships) == 1:
        return str(townships.iloc[0])
    return str(info["county_code"]) if not pd.isna(info["county_code"]) else "plan"
