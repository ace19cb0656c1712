"""Where moves lead: targets that can receive, in the same township, near enough (QC-7104)."""

from __future__ import annotations

from typing import Any, Iterator

from shapely.geometry.base import BaseGeometry

from village_planner.accounts import hamlet_place, line_between, site_place
from village_planner.checks.moves import WITH_TARGET, about_hamlet, is_withdrawn
from village_planner.checks.rule import Context, Each, Finding, Outcome
from village_planner.plan.schema import Destination

_WITH_PLACE = (*WITH_TARGET, Destination.OUTSIDE.value)


def impossible_targets(context: Context) -> Iterator[Outcome]:
    """QC-7104: targets that do not exist, are the hamlet itself or are withdrawn; targets in another township or county, or far away (B)."""
    seen: set[tuple] = set()
    yield from _unplaced_sites(context)
    for move in context.subjects.moves():
        kind, target = move.destination_kind, move.destination_code
        if kind == Destination.OUTSIDE.value:
            target = move.destination_name or ""
        if kind not in _WITH_PLACE or target is None or (move.hamlet_code, kind, target) in seen:
            continue
        seen.add((move.hamlet_code, kind, target))
        if kind == Destination.OUTSIDE.value:
            yield _other_county(context, move.hamlet_code, target)
            continue
        fault = _target_fault(context, move.hamlet_code, kind, target)
        if fault is None:
            line = _line(context, move)
            yield from _other_township(context, move, target, line)
            yield from _far(context, move, target, line)
            continue
        circle = _circle(context, move.hamlet_code, target) if fault == "withdrawn" else []
        names = _target_params(context, kind, target)
        if circle:
            names["path"] = " → ".join(context.names.hamlet(code) for code in circle)
        yield about_hamlet(
            context,
            move.hamlet_code,
            f"checks.7104.{'circle' if circle else fault}",
            facts={"codes": circle} if circle else {},
            names=names,
            other_kind=kind,
            other_code=target,
        )


def _line(context: Context, move: Any) -> BaseGeometry | None:
    place = hamlet_place if move.destination_kind == Destination.HAMLET.value else site_place
    return line_between(hamlet_place(context.index, move.hamlet_code), place(context.index, move.destination_code))


def _target_fault(context: Context, hamlet: str, kind: str, target: str) -> str | None:
    """Why a hamlet or site cannot receive, None where it can."""
    if kind == Destination.SITE.value:
        return None if context.index.site.get(target) is not None else "no_such_site"
    if context.subjects.hamlet(target) is None:
        return "no_such_hamlet"
    if target == hamlet:
        return "itself"
    return "withdrawn" if is_withdrawn(context, target) else None


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
    yield about_hamlet(
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
    yield about_hamlet(
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
    return about_hamlet(
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
    codes = [site.code for site in context.subjects.sites() if _receives(context, site.code) and context.names.township_of_site(site.code) is None]
    yield from context.tally("site_unplaced", "codes", (Each("site", code, code) for code in codes), named=None)


def _receives(context: Context, site: str) -> bool:
    arriving = context.index.move.of("destination_code", site)
    return any(
        move.scenario == context.scenario and move.destination_kind == Destination.SITE.value and context.subjects.hamlet(move.hamlet_code) is not None
        for move in arriving
    )


def _township_of_target(context: Context, kind: str, target: str) -> str | None:
    if kind == Destination.HAMLET.value:
        return context.names.township_of_hamlet(target)
    return context.names.township_of_site(target)


def _target_params(context: Context, kind: str, target: str) -> dict[str, str]:
    name = context.names.hamlet(target) if kind == Destination.HAMLET.value else context.names.sites.get(target, "")
    return {"target": name, "target_code": target}


def _routes(context: Context, code: str) -> list[str]:
    """Hamlets to which a withdrawn hamlet moves."""
    hamlet = context.subjects.hamlet(code)
    if hamlet is None or not hamlet.withdrawn:
        return []
    return [move.destination_code for move in hamlet.moves if move.destination_kind == Destination.HAMLET.value and move.destination_code is not None]


def _circle(context: Context, start: str, first: str) -> list[str]:
    """The way from `start` through `first` back to `start`, as codes; empty where there is none."""
    ways, visited = [[start, first]], {first}
    while ways:
        way = ways.pop(0)
        for following in _routes(context, way[-1]):
            if following == start:
                return [*way, start]
            if following not in visited:
                visited.add(following)
                ways.append([*way, following])
    return []
