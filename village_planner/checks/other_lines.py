"""Patches and sites on the control lines beside the three: rigid lines (NL-06), green (NL-07), dangers (NL-08), sites (NL-03)."""

from __future__ import annotations

from typing import Any, Callable, Iterator

import numpy as np
import pandas as pd
import shapely

from village_planner.accounts import site_density
from village_planner.accounts.decisions import RETAINED
from village_planner.checks.ground import (
    Covered,
    Item,
    about_item,
    absent_kinds,
    covered,
    drawn,
    features_near,
    has_polygons,
    is_polygon,
    patches,
    sites,
)
from village_planner.checks.rule import Context, Finding, NotChecked, Outcome
from village_planner.spatial.arrays import objects

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


def _on_kinds(context: Context, items: pd.DataFrame, kinds: tuple[str, ...], rule: str, severity: Severity) -> Iterator[Outcome]:
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
    for outcome in covered(context, items, kind, features_near(context, kind, items), context.limit("min_m2")):
        yield outcome if isinstance(outcome, NotChecked) else _inside(context, *outcome, kind, rule, severity(kind, outcome[0].state, False))


def _dangers(context: Context, items: list[Item], rule: str, severity: Severity) -> Iterator[Outcome]:
    """Hazards of which each item gets one finding: areas before points and lines, and both before those of a low level."""
    features = features_near(context, HAZARD, items, float(context.limit("reach_m")))
    levels = set(context.profile.value("hazard_low_levels"))
    is_low = np.array(["".join(str(level or "").split()) in levels for level in features["level"]], dtype=bool)
    is_area = is_polygon(features["geom"].to_numpy())
    told: set[str] = set()
    for low in (False, True):
        areas, spots = (features[(is_low == low) & (is_area == area)].reset_index(drop=True) for area in (True, False))
        for outcome in covered(context, [item for item in items if item.code not in told], HAZARD, areas, context.limit("min_m2")):
            if isinstance(outcome, NotChecked):
                yield outcome
                continue
            told.add(outcome[0].code)
            if severity(HAZARD, outcome[0].state, low) != "":
                yield _inside(context, *outcome, HAZARD, rule, severity(HAZARD, outcome[0].state, low))
        for item, distance_m in _near(context, [item for item in items if item.code not in told], spots):
            told.add(item.code)
            if severity(HAZARD, item.state, low) != "":
                yield _beside(context, item, distance_m, rule, severity(HAZARD, item.state, low))


def _near(context: Context, items: list[Item], spots: pd.DataFrame) -> list[tuple[Item, float]]:
    """The items that have a point or line within reach, with the distance of the nearest in m (0: inside)."""
    if not items or spots.empty:
        return []
    tree = shapely.STRtree(spots["geom"].to_numpy())
    geoms = objects([item.geom for item in items])
    reach_m = float(context.limit("reach_m"))
    (found, _), distances = tree.query_nearest(geoms, max_distance=reach_m, return_distance=True, all_matches=False)
    return [(items[position], float(distance)) for position, distance in zip(found, distances)]


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
    by_code: dict[str, Any] = {item.code: item for item in drawn(context, sites(context))[0]}
    density = site_density(context.data)
    for row in density[density["m2_per_household"] > limit].itertuples(index=False):
        facts = {"area_m2": row.area_m2, "households": int(row.households), "per_household_m2": row.m2_per_household, "limit_m2": limit}
        yield about_item(
            context, by_code[row.site_code], "nl03", facts, "per_household",
            severity=context.limit("severity_per_household"), other_kind="capacity", other_code="households",
            measure=row.m2_per_household, limit=limit, unit="m2/household", place=by_code[row.site_code].geom,
        )  # fmt: skip
