"""Figures beside each other: land as moves state it and as it is drawn (QC-5304), land per person against its limit (QC-5306)."""

from __future__ import annotations

from typing import Iterator

from village_planner.accounts import stated_and_drawn
from village_planner.checks.rule import Context, Each, Finding, Outcome
from village_planner.plan.data import plain


def stated_as_drawn(context: Context) -> Iterator[Outcome]:
    """QC-5304: cleared and built land of the moves that differs from the patches and sites that are drawn for it.

    End = base − cleared + built holds in tables and on the map only where both speak of the same land.
    """
    frame = stated_and_drawn(context.data, context.scenario)
    silent = frame.loc[frame["stated_m2"].isna() & frame["item"].eq("cleared_m2"), "code"]
    yield from context.tally("no_cleared", "hamlets", (Each("hamlet", code, context.names.hamlet(code)) for code in silent))
    tolerance_m2 = float(context.limit("tolerance_m2"))
    for row in frame.itertuples(index=False):
        difference_m2 = row.stated_m2 - row.drawn_m2
        if not abs(difference_m2) > tolerance_m2:
            continue
        site = row.kind == "site"
        yield Finding(
            subject_kind=row.kind,
            subject_code=row.code,
            message_code=f"checks.5304.{'site' if site else row.item[:-3]}",
            facts={"stated_m2": row.stated_m2, "drawn_m2": row.drawn_m2, "difference_m2": difference_m2},
            names={"who": context.names.sites.get(row.code, "") if site else context.names.hamlet(row.code), "who_code": row.code},
            village_code=context.names.village_of_site(row.code) if site else context.names.village_of_hamlet.get(row.code),
            other_kind="sum",
            other_code=row.item,
            measure=row.stated_m2,
            limit=row.drawn_m2,
            unit="m2",
            place=context.names.place(row.code),
        )


def land_per_person(context: Context) -> Iterator[Outcome]:
    """QC-5306: planned village land per person above the limit of the township, the county or the profile; no limit, no finding."""
    frame = context.shared.accounts.village_per_capita()
    if frame["limit_m2_per_person"].isna().all():
        yield context.not_checked("no_limit")
        return
    built = frame[frame["planned_m2"].gt(0) & frame["limit_m2_per_person"].notna()]
    untold = built.loc[built["planned_persons"].isna(), "code"]
    yield from context.tally("no_population", "villages", (Each("village", code, context.names.village(code)) for code in untold))
    for row in built[built["planned_m2_per_person"] > built["limit_m2_per_person"]].itertuples(index=False):
        each, limit = float(row.planned_m2_per_person), float(row.limit_m2_per_person)
        yield Finding(
            subject_kind="village",
            subject_code=row.code,
            message_code="checks.5306.above",
            facts={"planned_m2": row.planned_m2, "persons": int(plain(row.planned_persons)), "per_person_m2": each, "limit_m2": limit},
            names=context.names.village_params(row.code),
            village_code=row.code,
            measure=each,
            limit=limit,
            unit="m2/person",
            place=context.names.place(row.code),
        )
