"""Patches and sites on the control lines beside the three: rigid lines (NL-06), green (NL-07), dangers (NL-08), sites (NL-03)."""

from __future__ import annotations

from typing import Callable, Iterator, Sequence

import numpy as np
import pandas as pd

from village_planner.accounts.decisions import RETAINED
from village_planner.checks.covering import Covered, Item, features_near
from village_planner.checks.ground import about_item, absent_kinds, covered, drawn, has_polygons, is_polygon, patches, sites
from village_planner.checks.rule import Context, Finding, NotChecked, Outcome
from village_planner.spatial.area import ellipsoidal_area_m2
from village_planner.spatial.arrays import objects
from village_planner.spatial.nearness import nearest

HAZARD, PROTECTED, MINING, GREEN = "hazard", "protected_area", "mining", "green_line"
RIGID = ("road_red_line", "heritage_purple_line", "water_blue_line", "heritage")
DANGERS = (HAZARD, PROTECTED, MINING)
ALL_KINDS = (*RIGID, GREEN, *DANGERS)

Severity = Callable[[str, str, bool], "str | None"]
"""(kind, state of the item, whether the hazard is a low one) → severity; None: the rule's own; '': no finding."""


def patches_on_rigid_lines(context: Context) -> Iterator[Outcome]:
    """NL-06: patches on road red line, purple line, blue line, heritage areas; a retained one is only told."""
    return _on_kinds(context, patches(context), RIGID, "nl06", lambda _kind, state, _low: _existing(context, state))


def patches_on_green_line(context: Context) -> Iterator[Outcome]:
    """NL-07: patches on the green line, which may be traded against other green (占补平衡)."""
    return _on_kinds(context, patches(context), (GREEN,), "nl07", lambda _kind, state, _low: _existing(context, state))


def patches_in_danger(context: Context) -> Iterator[Outcome]:
    """NL-08: patches in hazard areas or near hazard points, in protected areas, over mines."""

    def severity(kind: str, state: str, low: bool) -> str | None:
        if low:
            return "" if state == RETAINED else context.limit("severity_low")
        if state == RETAINED:
            return context.limit("severity_existing_hazard" if kind == HAZARD else "severity_existing")
        return context.limit("severity_mining") if kind == MINING else None

    return _on_kinds(context, patches(context), DANGERS, "nl08", severity)


def unfit_sites(context: Context) -> Iterator[Outcome]:
    """NL-03: sites on any of these lines or in danger, and sites that are too large for the households that they hold."""

    def severity(kind: str, _state: str, low: bool) -> str | None:
        by_kind = {GREEN: "severity_tradable", MINING: "severity_mining"}
        return context.limit("severity_low") if low else context.limit(by_kind[kind]) if kind in by_kind else None

    if context.data.site.empty:
        return
    yield from _on_kinds(context, sites(context), ALL_KINDS, "nl03", severity)
    yield from _too_large(context)


def _existing(context: Context, state: str) -> str | None:
    return context.limit("severity_existing") if state == RETAINED else None


def _on_kinds(context: Context, items: Sequence[Item], kinds: tuple[str, ...], rule: str, severity: Severity) -> Iterator[Outcome]:
    yield from absent_kinds(context, kinds, whole_rule=kinds != ALL_KINDS)
    there = [kind for kind in kinds if context.layers.has(kind)]
    if not there:
        return
    if not has_polygons(context.data):
        yield context.not_checked("no_patches")
        return
    known, notes = drawn(context, items)
    yield from notes
    for kind in there if known else ():
        yield from _dangers(context, known, rule, severity) if kind == HAZARD else _areas(context, known, kind, rule, severity)


def _areas(context: Context, items: list[Item], kind: str, rule: str, severity: Severity) -> Iterator[Outcome]:
    for outcome in covered(context, items, kind, context.limit("min_m2")):
        yield outcome if isinstance(outcome, NotChecked) else _inside(context, *outcome, kind, rule, severity(kind, outcome[0].state, False))


def _dangers(context: Context, items: list[Item], rule: str, severity: Severity) -> Iterator[Outcome]:
    """Hazards of which each item gets one finding: areas before points and lines, and both before those of a low level."""
    levels = set(context.profile.value("hazard_low_levels"))
    told: set[str] = set()
    for low in (False, True):

        def chosen(features: pd.DataFrame, low: bool = low) -> np.ndarray:
            return is_polygon(features["geom"].to_numpy()) & (_are_low(features, levels) == low)

        left = [item for item in items if item.code not in told]
        for outcome in covered(context, left, HAZARD, context.limit("min_m2"), chosen, "low" if low else "high"):
            if isinstance(outcome, NotChecked):
                yield outcome
                continue
            told.add(outcome[0].code)
            if severity(HAZARD, outcome[0].state, low) != "":
                yield _inside(context, *outcome, HAZARD, rule, severity(HAZARD, outcome[0].state, low))
        for item, distance_m in _near(context, [item for item in items if item.code not in told], levels, low):
            told.add(item.code)
            if severity(HAZARD, item.state, low) != "":
                yield _beside(context, item, distance_m, rule, severity(HAZARD, item.state, low))


def _are_low(features: pd.DataFrame, levels: set[str]) -> np.ndarray:
    """Whether each feature is of one of the levels that count as low."""
    return np.array(["".join(str(level or "").split()) in levels for level in features["level"]], dtype=bool)


def _near(context: Context, items: list[Item], levels: set[str], low: bool) -> list[tuple[Item, float]]:
    """The items that have a point or line of a level within reach, with the distance of the nearest in m (0: inside)."""
    reach_m = float(context.limit("reach_m"))

    def distances(unknown: list[Item]) -> list[float | None]:
        spots = features_near(context.layers, HAZARD, unknown, reach_m)
        if spots.empty:
            return [None] * len(unknown)
        spots = spots[~is_polygon(spots["geom"].to_numpy()) & (_are_low(spots, levels) == low)]
        found: list[float | None] = [None] * len(unknown)
        if len(spots):
            near = nearest(objects([item.geom for item in unknown]), spots["geom"].to_numpy(), reach_m, context.data.crs)
            for position, distance_m in zip(near["row"], near["distance_m"]):
                found[position] = float(distance_m)
        return found

    known = context.shared.covers.of(("near", HAZARD, low, reach_m), items, distances)
    return [(item, distance_m) for item, distance_m in zip(items, known) if distance_m is not None]


def _inside(context: Context, item: Item, ground: Covered, kind: str, rule: str, severity: str | None) -> Finding:
    return about_item(
        context, item, rule, {"area_m2": ground.gross_m2, "features": ground.features}, names={"layer": context.title(kind)},
        severity=severity, other_kind="control", other_code=kind, measure=ground.gross_m2, limit=float(context.limit("min_m2")),
        unit="m2", geom=ground.part,
    )  # fmt: skip


def _beside(context: Context, item: Item, distance_m: float, rule: str, severity: str | None) -> Finding:
    reach_m = float(context.limit("reach_m"))
    return about_item(
        context, item, rule, {"distance_m": distance_m, "reach_m": reach_m}, "near", {"layer": context.title(HAZARD)},
        severity=severity, other_kind="control", other_code=HAZARD, measure=distance_m, limit=reach_m, unit="m", place=item.geom,
    )  # fmt: skip


def _too_large(context: Context) -> Iterator[Outcome]:
    """Sites with more ground per household of their capacity than homestead and its share of streets and services."""
    limit = float(context.profile.value("homestead_max_m2")) * float(context.profile.value("site_gross_factor"))
    items = drawn(context, sites(context))[0]
    for item, area_m2 in zip(items, ellipsoidal_area_m2(objects([item.geom for item in items]), context.data.crs)):
        stated = [row.households for row in context.index.site_capacity.of("site_code", item.code) if row.households is not None]
        households = max(stated, default=0)
        if households <= 0 or area_m2 / households <= limit:
            continue
        each_m2 = float(area_m2) / households
        yield about_item(
            context, item, "nl03", {"area_m2": float(area_m2), "households": households, "per_household_m2": each_m2, "limit_m2": limit}, "per_household",
            severity=context.limit("severity_per_household"), other_kind="capacity", other_code="households",
            measure=each_m2, limit=limit, unit="m2/household", place=item.geom,
        )  # fmt: skip
