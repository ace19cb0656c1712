"""The three control lines among themselves (QC-5201) and under patches and sites (QC-5202, QC-5203, QC-5204)."""

from __future__ import annotations

from itertools import combinations
from typing import Iterator

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from village_planner.accounts import counted_once, usable_deduction
from village_planner.accounts.decisions import RETAINED
from village_planner.accounts.land import TOWN
from village_planner.checks.ground import (
    NEW,
    Covered,
    Item,
    about_item,
    broken_pair,
    covered,
    drawn,
    features_near,
    has_polygons,
    identified,
    patches_and_sites,
)
from village_planner.checks.rule import Context, Finding, NotChecked, Outcome
from village_planner.spatial.area import ellipsoidal_area_m2, net_area_m2
from village_planner.spatial.arrays import objects
from village_planner.spatial.overlay import difference, overlaps

FARMLAND = "permanent_basic_farmland"
REDLINE = "ecological_redline"
BOUNDARY = "development_boundary"
THREE_LINES = (FARMLAND, REDLINE, BOUNDARY)


def overlapping_lines(context: Context) -> Iterator[Outcome]:
    """QC-5201: each pair of features of two kinds that overlap by more than `min_m2`; openings (开天窗) are holes."""
    missing = [kind for kind in THREE_LINES if not context.layers.has(kind)]
    if len(missing) > 1:
        yield context.not_checked("too_few_layers", **context.without_layers(missing).message.params)
        return
    if missing:
        yield context.without_layers(missing)
    for one, other in combinations([kind for kind in THREE_LINES if kind not in missing], 2):
        yield from _overlaps_of_kinds(context, one, other)


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
    everything = patches_and_sites(context)
    if not has_polygons(context.data):
        yield context.not_checked("no_patches")
        return
    items, notes = drawn(context, everything[everything["state"] == NEW])
    yield from notes
    if not items:
        return
    boundary = features_near(context, BOUNDARY, items)
    rural, urban = [item for item in items if item.setting != TOWN], [item for item in items if item.setting == TOWN]
    for outcome in covered(context, rural, BOUNDARY, boundary, context.limit("min_m2")):
        if isinstance(outcome, NotChecked):
            yield outcome
        else:
            item, ground = outcome
            yield _on_wrong_side(context, item, "site_inside" if item.kind == "site" else NEW, ground.gross_m2, ground.part)
    outside = difference(objects([item.geom for item in urban]), boundary["geom"].to_numpy(), context.feedback)
    for item, part, area_m2 in zip(urban, outside, ellipsoidal_area_m2(outside, context.data.crs)):
        if part is None:
            yield context.not_checked("broken_boundary", code=item.code)
        elif area_m2 > context.limit("min_m2"):
            yield _on_wrong_side(context, item, "site_outside", float(area_m2), part)


def _overlaps_of_kinds(context: Context, one: str, other: str) -> Iterator[Outcome]:
    # The second kind of a pair has the fewer features: it bounds what is read of the first.
    others = identified(context.layers.read(other))
    if others.empty:
        return
    subjects = identified(context.layers.read(one, bbox=tuple(shapely.total_bounds(others["geom"].to_numpy()))))
    pairs = overlaps(subjects["geom"].to_numpy(), others["geom"].to_numpy(), context.feedback)
    for side, frame in (("subject", subjects), ("other", others)):
        taken = frame.iloc[pairs[side].to_numpy()]
        pairs[f"{side}_id"], pairs[f"{side}_name"] = taken["source_id"].to_numpy(), taken["name"].to_numpy()
    valid = [_is_valid(frame, pairs[side].to_numpy()) for side, frame in (("subject", subjects), ("other", others))]
    failed = (pairs["error"] != "").to_numpy() | ~valid[0] | ~valid[1]
    for row in pairs[failed].itertuples(index=False):
        yield broken_pair(context, "broken", other, row.other_id, one=context.title(one), one_feature=row.subject_id)
    for _, group in _by_names(pairs[~failed], subjects["deduction"].to_numpy(), context.data.crs).groupby("subject", sort=False):
        if group["area_m2"].sum() > context.limit("min_m2"):
            yield _line_overlap(context, one, other, group)


def _by_names(pairs: pd.DataFrame, deduction: np.ndarray, crs: int) -> pd.DataFrame:
    """The pairs with `subject` the number of their two features' ids, and area_m2, net_m2 of ground that counts once.

    A feature may come in pieces, or twice in two layers of its kind.
    """
    named = pairs.assign(deduction=usable_deduction(deduction[pairs["subject"].to_numpy()]))
    named["subject"] = named.groupby(["subject_id", "other_id"], sort=False).ngroup()
    named = counted_once(named)
    named["area_m2"] = ellipsoidal_area_m2(named["part"].to_numpy(), crs)
    named["net_m2"] = net_area_m2(named["area_m2"].to_numpy(), named["deduction"].to_numpy())
    return named


def _line_overlap(context: Context, one: str, other: str, group: pd.DataFrame) -> Finding:
    first, titles = group.iloc[0], context.profile.code_list("control_kind")
    area_m2, net_m2 = float(group["area_m2"].sum()), float(group["net_m2"].sum())
    return Finding(
        subject_kind="control",
        subject_code=f"{one}/{first['subject_id']}",
        message_code="checks.5201.farmland" if one == FARMLAND else "checks.5201.overlap",
        facts={"area_m2": area_m2, **({"net_m2": net_m2} if one == FARMLAND else {})},
        names={
            "one": titles.name(one),
            "one_feature": _label(first["subject_name"], first["subject_id"]),
            "other": titles.name(other),
            "other_feature": _label(first["other_name"], first["other_id"]),
        },
        other_kind="control",
        other_code=f"{other}/{first['other_id']}",
        measure=area_m2,
        limit=float(context.limit("min_m2")),
        unit="m2",
        geom=shapely.union_all(group["part"].to_numpy()),
    )


def _patches_on(context: Context, kind: str, rule: str) -> Iterator[Outcome]:
    items, notes = drawn(context, patches_and_sites(context))
    if not items and not has_polygons(context.data):
        yield context.not_checked("no_patches")
        return
    yield from notes
    if not items:
        return
    for outcome in covered(context, items, kind, features_near(context, kind, items), context.limit("min_m2")):
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


def _is_valid(features: pd.DataFrame, chosen: np.ndarray) -> np.ndarray:
    """Whether each chosen feature is valid, each looked at once."""
    unique, inverse = np.unique(chosen, return_inverse=True)
    return shapely.is_valid(features["geom"].to_numpy()[unique])[inverse]


def _label(name: object, source_id: str) -> str:
    return source_id if pd.isna(name) or str(name) in ("", source_id) else f"{name} {source_id}"
