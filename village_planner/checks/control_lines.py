"""The three control lines among themselves (QC-5201) and under patches and sites (QC-5202, QC-5203)."""

from __future__ import annotations

import hashlib
from itertools import combinations
from typing import Any, Iterator

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from village_planner.accounts import counted_once, coverage, patch_states, usable_deduction
from village_planner.accounts.decisions import RETAINED
from village_planner.checks.rule import Context, Finding, Outcome
from village_planner.plan.data import PlanData, plain
from village_planner.plan.schema import PatchKind
from village_planner.spatial.area import ellipsoidal_area_m2, net_area_m2
from village_planner.spatial.columns import objects
from village_planner.spatial.overlay import overlaps

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


def has_polygons(data: PlanData) -> bool:
    """Whether any patch or site of the plan is drawn."""
    return any(geom is not None and not geom.is_empty for geom in [*data.patch["geom"], *data.site["geom"]])


def patches_on_farmland(context: Context) -> Iterator[Outcome]:
    """QC-5202: patches and sites on permanent basic farmland, net of ridges; the tolerance applies to the gross area."""
    return _patches_on(context, FARMLAND, "5202", "net_m2")


def patches_on_redline(context: Context) -> Iterator[Outcome]:
    """QC-5203: patches and sites inside the ecological red line."""
    return _patches_on(context, REDLINE, "5203", "gross_m2")


def _overlaps_of_kinds(context: Context, one: str, other: str) -> Iterator[Outcome]:
    # The second kind of a pair has the fewer features: it bounds what is read of the first.
    others = _features(context.layers.read(other))
    if others.empty:
        return
    subjects = _features(context.layers.read(one, bbox=tuple(shapely.total_bounds(others["geom"].to_numpy()))))
    pairs = overlaps(subjects["geom"].to_numpy(), others["geom"].to_numpy(), context.feedback)
    for side, frame in (("subject", subjects), ("other", others)):
        taken = frame.iloc[pairs[side].to_numpy()]
        pairs[f"{side}_id"], pairs[f"{side}_name"] = taken["source_id"].to_numpy(), taken["name"].to_numpy()
    valid = [_is_valid(frame, pairs[side].to_numpy()) for side, frame in (("subject", subjects), ("other", others))]
    failed = (pairs["error"] != "").to_numpy() | ~valid[0] | ~valid[1]
    for row in pairs[failed].itertuples(index=False):
        yield _broken_pair(context, "broken", other, row.other_id, one=context.title(one), one_feature=row.subject_id)
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


def _patches_on(context: Context, kind: str, rule: str, measure: str) -> Iterator[Outcome]:
    items = _built_or_kept(context)
    drawn = ~shapely.is_missing(items["geom"].to_numpy()) & ~shapely.is_empty(items["geom"].to_numpy())
    if not drawn.any() and not has_polygons(context.data):
        yield context.not_checked("no_patches")
        return
    yield from context.without_polygon(items.loc[~drawn, "code"])
    items = items[drawn]
    geoms = items["geom"].to_numpy()
    if len(geoms) == 0:
        return
    layer = _features(context.layers.read(kind, bbox=tuple(shapely.total_bounds(geoms))))
    covered = coverage(geoms, layer["geom"].to_numpy(), context.data.crs, layer["deduction"].to_numpy(), context.feedback)
    for (_, item), (_, ground) in zip(items.iterrows(), covered.iterrows()):
        for position in ground["failed"]:
            yield _broken_pair(context, "broken_item", kind, layer["source_id"].iloc[position], code=item["code"])
        if ground["gross_m2"] > context.limit("min_m2"):
            yield _conflict(context, kind, rule, item, ground, measure)


def _conflict(context: Context, kind: str, rule: str, item: pd.Series, ground: pd.Series, measure: str) -> Finding:
    hamlet, village, site = plain(item["hamlet_code"]), plain(item["village_code"]), item["kind"] == "site"
    who = context.names.sites.get(item["code"], "") if site else context.names.hamlet(hamlet)
    about = "site" if site else item["state"] if who else f"{item['state']}_unassigned"
    facts: dict[str, Any] = {"gross_m2": ground["gross_m2"], "features": int(ground["features"])}
    if kind == FARMLAND:
        facts["net_m2"] = ground["net_m2"]
    return Finding(
        subject_kind=item["kind"],
        subject_code=item["code"],
        message_code=f"checks.{rule}.{about}",
        facts=facts,
        names={"who": who, "who_code": hamlet or village or "—", "code": item["code"]},
        severity=context.limit("severity_existing") if item["state"] == RETAINED else None,
        village_code=village,
        other_kind="control",
        other_code=kind,
        measure=float(ground[measure]),
        limit=float(context.limit("min_m2")),
        unit="m2",
        geom=ground["part"],
    )


def _built_or_kept(context: Context) -> pd.DataFrame:
    """Patches that are new or stay, and sites (state new)."""
    patches = patch_states(context.data, context.scenario).assign(kind="patch")
    sites = context.data.site[["code", "village_code", "geom"]].assign(kind="site", state=PatchKind.NEW.value, hamlet_code=None)
    columns = ["kind", "code", "hamlet_code", "village_code", "state"]
    items = pd.concat([patches[columns], sites[columns]], ignore_index=True)
    items["geom"] = objects([*patches["geom"], *sites["geom"]])
    return items[items["state"] != PatchKind.CLEARED.value]


def _features(layer: pd.DataFrame) -> pd.DataFrame:
    """Features with a geometry; one without an id of its source goes by its shape, which does not change with the order."""
    geoms = layer["geom"].to_numpy()
    layer = layer[~shapely.is_missing(geoms) & ~shapely.is_empty(geoms)].reset_index(drop=True)
    ids = [_id_of(value, geom) for value, geom in zip(layer["source_id"], layer["geom"])]
    return layer.assign(source_id=ids)


def _id_of(source_id: object, geom: BaseGeometry) -> str:
    text = "" if pd.isna(source_id) else str(source_id).strip()
    return text or "#" + hashlib.sha1(shapely.to_wkb(geom), usedforsecurity=False).hexdigest()[:8]


def _is_valid(features: pd.DataFrame, chosen: np.ndarray) -> np.ndarray:
    """Whether each chosen feature is valid, each looked at once."""
    unique, inverse = np.unique(chosen, return_inverse=True)
    return shapely.is_valid(features["geom"].to_numpy()[unique])[inverse]


def _broken_pair(context: Context, why: str, kind: str, feature: str, **params: str) -> Outcome:
    return context.not_checked(why, other=context.title(kind), other_feature=feature, **params)


def _label(name: object, source_id: str) -> str:
    return source_id if pd.isna(name) or str(name) in ("", source_id) else f"{name} {source_id}"
