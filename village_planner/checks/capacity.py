"""Resettlement sites that receive more households than they hold (NL-02)."""

from __future__ import annotations

from typing import Any, Iterator, Sequence

from village_planner.accounts import Inflow, inflow_of_site
from village_planner.checks.rule import Context, Each, Finding, Outcome
from village_planner.plan.schema import Destination


def sites_over_capacity(context: Context) -> Iterator[Outcome]:
    """NL-02: a site in each phase in which its cumulative inflow begins to exceed its capacity, or exceeds it by more."""
    sites = list(context.subjects.sites())
    inflows = [inflow_of_site(context.index, context.scenario, context.data.phases, site.code) for site in sites]
    unknown = [site for site, inflow in zip(sites, inflows) if any(row.cumulative > 0 and row.capacity is None for row in inflow)]
    named = (Each("site", site.code, context.names.sites.get(site.code) or site.code) for site in unknown)
    yield from context.tally("no_capacity", "sites", named, named=None)
    yield from _without_households(context)
    for site, inflow in zip(sites, inflows):
        yield from _excesses(context, site, inflow)


def _excesses(context: Context, site: Any, inflow: Sequence[Inflow]) -> Iterator[Outcome]:
    worst = 0
    for row in inflow:
        if row.excess is None or row.capacity is None:
            continue
        if row.excess > worst:
            yield Finding(
                subject_kind="site",
                subject_code=site.code,
                message_code="checks.nl02.over",
                facts={"phase": row.phase, "inflow": row.cumulative, "capacity": row.capacity, "excess": row.excess},
                names={"site": context.names.sites.get(site.code, ""), "site_code": site.code},
                village_code=site.village_code,
                other_kind="phase",
                other_code=str(row.phase),
                measure=float(row.cumulative),
                limit=float(row.capacity),
                unit="households",
                place=site.geom,
            )
        worst = max(0, row.excess)


def _without_households(context: Context) -> Iterator[Outcome]:
    """Hamlets of which a move to a site does not say how many households."""
    hamlets = (hamlet for hamlet in context.subjects.hamlets() if any(_is_silent(move) for move in hamlet.moves))
    yield from context.tally("no_inflow", "hamlets", (Each("hamlet", hamlet.code, context.names.hamlet(hamlet.code)) for hamlet in hamlets))


def _is_silent(move: Any) -> bool:
    return move.destination_kind == Destination.SITE.value and move.households is None
