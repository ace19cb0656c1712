"""Moves: destination and phase (QC-7103), targets that can receive (QC-7104), figures that add up (QC-7108)."""

from __future__ import annotations

from typing import Any, Iterator

import pandas as pd
from shapely.geometry.base import BaseGeometry

from village_planner.accounts import move_lines
from village_planner.checks.rule import NAMED, Context, Finding, Outcome
from village_planner.plan.data import plain
from village_planner.plan.schema import Destination

_WITH_TARGET = (Destination.HAMLET.value, Destination.SITE.value)
_WITH_PLACE = (*_WITH_TARGET, Destination.OUTSIDE.value)
_KINDS = tuple(kind.value for kind in Destination)
_FIGURES = ("households", "persons")


def without_destination_or_phase(context: Context) -> Iterator[Outcome]:
    """QC-7103: withdrawn hamlets without a move, moves of hamlets that stay, moves without target or phase, 搬迁撤并
    villages of which nothing goes."""
    hamlets = context.hamlets
    for code in hamlets.loc[hamlets["withdrawn"] & (hamlets["moves"] == 0), "hamlet_code"]:
        yield _of_hamlet(context, code, "checks.7103.no_move", facts={"action": hamlets.loc[code, "action"]})
    for move in context.moves.itertuples(index=False):
        faults = [*_destination_fault(move), *_phase_fault(context, move)]
        if not hamlets.loc[move.hamlet_code, "withdrawn"]:
            faults = ["stays"]
        if not faults:
            continue
        drafted = faults == ["unphased"] and not context.formal
        yield _of_hamlet(
            context,
            move.hamlet_code,
            "checks.7103." + "_".join(faults),
            facts={"phase": plain(move.phase)},
            severity=context.limit("severity_unphased_draft") if drafted else None,
            other_kind="move",
            other_code=move.code,
        )
    yield from _withdrawn_villages_that_stay(context)


def impossible_targets(context: Context) -> Iterator[Outcome]:
    """QC-7104: targets that do not exist, are the hamlet itself or are withdrawn; targets in another township or county, or far away (B)."""
    lines = move_lines(context.data, context.scenario)
    line_of = dict(zip(lines["move_code"], lines["geom"]))
    routes = _routes(context)
    seen: set[tuple] = set()
    yield from _unplaced_sites(context)
    for move in context.moves.itertuples(index=False):
        kind, target = plain(move.destination_kind), plain(move.destination_code)
        if kind == Destination.OUTSIDE.value:
            target = plain(move.destination_name) or ""
        if kind not in _WITH_PLACE or target is None or (move.hamlet_code, kind, target) in seen:
            continue
        seen.add((move.hamlet_code, kind, target))
        if kind == Destination.OUTSIDE.value:
            yield _other_county(context, move.hamlet_code, target)
            continue
        fault = _target_fault(context, move.hamlet_code, kind, target)
        if fault is None:
            yield from _other_township(context, move, target, line_of.get(move.code))
            yield from _far(context, move, target, line_of.get(move.code))
            continue
        circle = _circle(routes, move.hamlet_code, target) if fault == "withdrawn" else []
        names = _target_params(context, kind, target)
        if circle:
            names["path"] = " → ".join(context.names.hamlet(code) for code in circle)
        yield _of_hamlet(
            context,
            move.hamlet_code,
            f"checks.7104.{'circle' if circle else fault}",
            facts={"codes": circle} if circle else {},
            names=names,
            other_kind=kind,
            other_code=target,
        )


def sums_that_differ(context: Context) -> Iterator[Outcome]:
    """QC-7108: households and persons of a withdrawn hamlet's moves against its own, of a village's hamlets against the
    village's own (B); persons per household (C)."""
    hamlets = context.hamlets
    yield from _village_sums(context)
    going = hamlets[hamlets["withdrawn"] & (hamlets["moves"] > 0)]
    for figure in _FIGURES:
        silent = going.loc[going[figure].isna(), "hamlet_code"]
        if len(silent):
            yield context.not_checked(f"no_{figure}", count=len(silent), hamlets="、".join(map(context.names.hamlet, silent[:NAMED])))
    for row in going.itertuples(index=False):
        for figure in _FIGURES:
            own, moved = plain(getattr(row, figure)), plain(getattr(row, f"moved_{figure}"))
            if own is None or own == (moved or 0):
                continue
            yield _of_hamlet(
                context,
                row.hamlet_code,
                f"checks.7108.{figure}" if moved is not None else f"checks.7108.{figure}_not_stated",
                facts={"own": own, **({} if moved is None else {"moved": moved, "difference": moved - own})},
                other_kind="sum",
                other_code=figure,
                measure=None if moved is None else float(moved),
                limit=float(own),
                unit=figure,
            )
    lowest, highest = context.profile.value("persons_per_household")
    withdrawn = context.moves["hamlet_code"].map(hamlets["withdrawn"]).astype(bool)
    for move in context.moves[withdrawn].itertuples(index=False):
        households, persons = plain(move.households), plain(move.persons)
        if households is None or persons is None or (households <= 0 and persons <= 0):
            continue
        if households <= 0:
            yield _without_households(context, move, households, persons)
            continue
        ratio = persons / households
        if not lowest <= ratio <= highest:
            yield _of_hamlet(
                context,
                move.hamlet_code,
                "checks.7108.per_household",
                facts={"households": households, "persons": persons, "ratio": ratio, "lowest": lowest, "highest": highest},
                severity=context.limit("severity_per_household"),
                other_kind="move",
                other_code=move.code,
                measure=ratio,
                limit=float(lowest if ratio < lowest else highest),
                unit="persons/household",
            )


def _village_sums(context: Context) -> Iterator[Outcome]:
    """Villages that state a figure themselves which is not the sum of their hamlets, where every hamlet states it."""
    hamlets = context.data.hamlet.drop_duplicates("code")
    for figure in _FIGURES:
        known = hamlets.groupby("village_code")[figure].agg(["count", "size", "sum"])
        sums = known.loc[known["count"] == known["size"], "sum"]
        for code, own in zip(context.data.village["code"], context.data.village[figure]):
            if code not in sums.index or pd.isna(own) or int(sums[code]) == int(own):
                continue
            total = int(sums[code])
            yield Finding(
                subject_kind="village",
                subject_code=code,
                message_code=f"checks.7108.village_{figure}",
                facts={"own": int(own), "total": total, "difference": total - int(own)},
                names=context.names.village_params(code),
                severity=context.limit("severity_totals"),
                village_code=code,
                other_kind="sum",
                other_code=figure,
                measure=float(total),
                limit=float(own),
                unit=figure,
                place=context.names.place(code),
            )


def _without_households(context: Context, move: Any, households: int, persons: int) -> Finding:
    return _of_hamlet(
        context,
        move.hamlet_code,
        "checks.7108.persons_without_households",
        facts={"households": households, "persons": persons},
        severity=context.limit("severity_per_household"),
        other_kind="move",
        other_code=move.code,
    )


def _of_hamlet(context: Context, hamlet: str, message_code: str, names: dict[str, Any] | None = None, **values: Any) -> Finding:
    """A finding about a hamlet, with its names, village and place."""
    values.setdefault("place", context.names.place(hamlet))
    return Finding(
        subject_kind="hamlet",
        subject_code=hamlet,
        message_code=message_code,
        names={**context.names.hamlet_params(hamlet), **(names or {})},
        village_code=context.names.village_of_hamlet[hamlet],
        **values,
    )


def _destination_fault(move: Any) -> list[str]:
    kind = plain(move.destination_kind)
    is_known = bool(str(plain(move.destination_code) or "").strip()) if kind in _WITH_TARGET else kind in _KINDS
    return [] if is_known else ["no_destination"]


def _phase_fault(context: Context, move: Any) -> list[str]:
    if pd.isna(move.phase):
        return ["unphased"]
    return [] if int(move.phase) in context.data.phases else ["foreign_phase"]


def _withdrawn_villages_that_stay(context: Context) -> Iterator[Outcome]:
    categories = context.profile.code_list("category")
    rows = context.data.category[context.data.category["scenario"] == context.scenario].dropna(subset=["village_code", "category"])
    withdrawing = set(context.hamlets.loc[context.hamlets["withdrawn"], "village_code"])
    for village, category in zip(rows["village_code"], rows["category"]):
        if categories.role(category) == "withdraw" and village not in withdrawing:
            yield Finding(
                subject_kind="village",
                subject_code=village,
                message_code="checks.7103.nothing_withdrawn",
                names={**context.names.village_params(village), "category": categories.name(category)},
                village_code=village,
                place=context.names.place(village),
            )


def _target_fault(context: Context, hamlet: str, kind: str, target: str) -> str | None:
    """Why a hamlet or site cannot receive, None where it can."""
    if kind == Destination.SITE.value:
        return None if target in set(context.data.site["code"]) else "no_such_site"
    if target not in context.hamlets.index:
        return "no_such_hamlet"
    if target == hamlet:
        return "itself"
    return "withdrawn" if context.hamlets.loc[target, "withdrawn"] else None


def _other_township(context: Context, move: Any, target: str, line: BaseGeometry | None) -> Iterator[Outcome]:
    home, away = context.names.township_of_hamlet(move.hamlet_code), _township_of_target(context, move.destination_kind, target)
    if home is None or away is None or home == away:
        return
    names = {
        **_target_params(context, move.destination_kind, target),
        "from_township": context.names.townships.get(home, home),
        "to_township": context.names.townships.get(away, away),
    }
    distance_m = None if line is None else line.length
    yield _of_hamlet(
        context,
        move.hamlet_code,
        "checks.7104.other_township" if line is not None else "checks.7104.other_township_unmeasured",
        facts={} if distance_m is None else {"distance_m": round(distance_m)},
        names=names,
        severity=context.limit("severity_cross_township"),
        other_kind=move.destination_kind,
        other_code=target,
        measure=distance_m,
        unit=None if distance_m is None else "m",
        place=line if line is not None else context.names.place(move.hamlet_code),
    )


def _far(context: Context, move: Any, target: str, line: BaseGeometry | None) -> Iterator[Outcome]:
    """A target in the same township that lies farther than `max_distance_m`; one in another township is told with its distance."""
    home, away = context.names.township_of_hamlet(move.hamlet_code), _township_of_target(context, move.destination_kind, target)
    limit_m = float(context.limit("max_distance_m"))
    if line is None or line.length <= limit_m or (home is not None and away is not None and home != away):
        return
    yield _of_hamlet(
        context,
        move.hamlet_code,
        "checks.7104.far",
        facts={"distance_m": round(line.length), "limit_m": limit_m},
        names=_target_params(context, move.destination_kind, target),
        severity=context.limit("severity_far"),
        other_kind=move.destination_kind,
        other_code=target,
        measure=line.length,
        limit=limit_m,
        unit="m",
        place=line,
    )


def _other_county(context: Context, hamlet: str, place: str) -> Finding:
    return _of_hamlet(
        context,
        hamlet,
        "checks.7104.other_county" if place else "checks.7104.other_county_unnamed",
        names={"target": place} if place else {},
        severity=context.limit("severity_cross_township"),
        other_kind=Destination.OUTSIDE.value,
        other_code=place or None,
    )


def _unplaced_sites(context: Context) -> Iterator[Outcome]:
    """Sites that receive, but of which nobody knows in which township they lie."""
    receiving = set(context.moves.loc[context.moves["destination_kind"] == Destination.SITE.value, "destination_code"].dropna())
    codes = [code for code in dict.fromkeys(context.data.site["code"]) if code in receiving and context.names.township_of_site(code) is None]
    if codes:
        yield context.not_checked("site_unplaced", codes="、".join(codes))


def _township_of_target(context: Context, kind: str, target: str) -> str | None:
    if kind == Destination.HAMLET.value:
        return context.names.township_of_hamlet(target)
    return context.names.township_of_site(target)


def _target_params(context: Context, kind: str, target: str) -> dict[str, str]:
    name = context.names.hamlet(target) if kind == Destination.HAMLET.value else context.names.sites.get(target, "")
    return {"target": name, "target_code": target}


def _routes(context: Context) -> dict[str, list[str]]:
    """Hamlets to which each withdrawn hamlet moves."""
    going = context.moves["hamlet_code"].map(context.hamlets["withdrawn"]).astype(bool)
    to_hamlets = context.moves[going & context.moves["destination_kind"].eq(Destination.HAMLET.value)].dropna(subset=["destination_code"])
    return to_hamlets.groupby("hamlet_code")["destination_code"].agg(list).to_dict()


def _circle(routes: dict[str, list[str]], start: str, first: str) -> list[str]:
    """The way from `start` through `first` back to `start`, as codes; empty where there is none."""
    ways, visited = [[start, first]], {first}
    while ways:
        way = ways.pop(0)
        for following in routes.get(way[-1], []):
            if following == start:
                return [*way, start]
            if following not in visited:
                visited.add(following)
                ways.append([*way, following])
    return []
