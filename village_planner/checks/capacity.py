"""Resettlement sites that receive more households than they hold (NL-02)."""

from __future__ import annotations

from typing import Iterator

from village_planner.accounts import site_inflow
from village_planner.checks.rule import Context, Finding, Outcome


def sites_over_capacity(context: Context) -> Iterator[Outcome]:
    """NL-02: a site in each phase in which its cumulative inflow begins to exceed its capacity, or exceeds it by more."""
    for site, phases in site_inflow(context.data, context.scenario).groupby("site_code", sort=False):
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
