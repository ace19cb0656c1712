"""The three control lines under patches and sites (QC-5202, QC-5203, QC-5204)."""

from __future__ import annotations

from typing import Iterator

from shapely.geometry.base import BaseGeometry

from village_planner.accounts.decisions import RETAINED
from village_planner.accounts.land import TOWN
from village_planner.checks.covering import Covered, Item, features_near
from village_planner.checks.ground import NEW, about_item, covered, drawn, has_polygons, patches_and_sites
from village_planner.checks.line_overlaps import BOUNDARY, FARMLAND, REDLINE
from village_planner.checks.rule import Context, Finding, NotChecked, Outcome
from village_planner.spatial.area import ellipsoidal_area_m2
from village_planner.spatial.arrays import objects
from village_planner.spatial.overlay import difference


def patches_on_farmland(context: Context) -> Iterator[Outcome]:
    """QC-5202: patches and sites on permanent basic farmland, net of ridges; the tolerance applies to the gross area."""
    return _patches_on(context, FARMLAND, "5202")


def patches_on_redline(context: Context) -> Iterator[Outcome]:
    """QC-5203: patches and sites inside the ecological red line."""
    return _patches_on(context, REDLINE, "5203")


def wrong_side_of_boundary(context: Context) -> Iterator[Outcome]:
    """QC-5204: new patches and rural sites inside the development boundary, sites in a town outside it.

    A site whose setting is not stated counts as rural. The measure is the area on the wrong side.
    """
    if not has_polygons(context.data):
        yield context.not_checked("no_patches")
        return
    items, notes = drawn(context, [item for item in patches_and_sites(context) if item.state == NEW])
    yield from notes
    if not items:
        return
    rural, urban = [item for item in items if item.setting != TOWN], [item for item in items if item.setting == TOWN]
    for outcome in covered(context, rural, BOUNDARY, context.limit("min_m2")):
        if isinstance(outcome, NotChecked):
            yield outcome
        else:
            item, ground = outcome
            yield _on_wrong_side(context, item, "site_inside" if item.kind == "site" else NEW, ground.gross_m2, ground.part)
    if not urban:
        return
    boundary = features_near(context.layers, BOUNDARY, urban)["geom"].to_numpy()
    outside = difference(objects([item.geom for item in urban]), boundary, context.feedback)
    for item, part, area_m2 in zip(urban, outside, ellipsoidal_area_m2(outside, context.data.crs)):
        if part is None:
            yield context.not_checked_of("broken_boundary", item.kind, item.code)
        elif area_m2 > context.limit("min_m2"):
            yield _on_wrong_side(context, item, "site_outside", float(area_m2), part)


def _patches_on(context: Context, kind: str, rule: str) -> Iterator[Outcome]:
    items, notes = drawn(context, patches_and_sites(context))
    if not items and not has_polygons(context.data):
        yield context.not_checked("no_patches")
        return
    yield from notes
    if not items:
        return
    for outcome in covered(context, items, kind, context.limit("min_m2")):
        yield outcome if isinstance(outcome, NotChecked) else _conflict(context, kind, rule, *outcome)


def _conflict(context: Context, kind: str, rule: str, item: Item, ground: Covered) -> Finding:
    is_farmland = kind == FARMLAND
    return about_item(
        context,
        item,
        rule,
        {"gross_m2": ground.gross_m2, "features": ground.features, **({"net_m2": ground.net_m2} if is_farmland else {})},
        severity=context.limit("severity_existing") if item.state == RETAINED else None,
        other_kind="control",
        other_code=kind,
        measure=ground.net_m2 if is_farmland else ground.gross_m2,
        limit=float(context.limit("min_m2")),
        unit="m2",
        geom=ground.part,
    )


def _on_wrong_side(context: Context, item: Item, about: str, area_m2: float, part: BaseGeometry) -> Finding:
    return about_item(
        context,
        item,
        "5204",
        {"area_m2": area_m2},
        about,
        other_kind="control",
        other_code=BOUNDARY,
        measure=area_m2,
        limit=float(context.limit("min_m2")),
        unit="m2",
        geom=part,
    )
