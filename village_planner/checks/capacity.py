"""Resettlement sites that receive more households than they hold (NL-02)."""

from __future__ import annotations

from typing import Iterator

from village_planner.accounts import site_inflow
from village_planner.checks.rule import NAMED, Context, Finding, Outcome
from village_planner.plan.schema import Destination


def sites_over_capacity(context: Context) -> Iterator[Outcome]:
    """NL-02: a site in each phase in which its cumulative inflow begins to exceed its capacity, or exceeds it by more."""
    inflow = site_inflow(context.data, context.scenario)
    yield from _unknown(context, set(inflow.loc[inflow["cumulative"].gt(0) & inflow["capacity"].isna(), "site_code"]))
    for site, phases in inflow.groupby("site_code", sort=False):
        worst = 0
        for row in phases.dropna(subset=["excess"]).itertuples(index=False):
            if row.excess > worst:
                yield Finding(
                    subject_kind="site",
                    subject_code=str(site),
                    message_code="checks.nl02.over",
                    facts={"phase": int(row.phase), "inflow": int(row.cumulative), "capacity": int(row.capacity), "excess": int(row.excess)},
                    names={"site": context.names.sites.get(site, ""), "site_code": str(site)},
                    village_code=context.names.village_of_site(site),
                    other_kind="phase",
                    other_code=str(row.phase),
                    measure=float(row.cumulative),
                    limit=float(row.capacity),
                    unit="households",
                    place=context.names.place(site),
                )
            worst = max(0, int(row.excess))


def _unknown(context: Context, without_capacity: set[str]) -> Iterator[Outcome]:
    """Sites that receive without a capacity, and moves to a site without households."""
    sites = [code for code in dict.fromkeys(context.data.site["code"]) if code in without_capacity]
    if sites:
        yield context.not_checked("no_capacity", sites="、".join(context.names.sites.get(code) or code for code in sites))
    to_sites = context.moves[context.moves["destination_kind"].eq(Destination.SITE.value) & context.moves["households"].isna()]
    hamlets = list(dict.fromkeys(to_sites["hamlet_code"]))
    if hamlets:
        yield context.not_checked("no_inflow", count=len(hamlets), hamlets="、".join(map(context.names.hamlet, hamlets[:NAMED])))
