"""The three control lines among themselves (QC-5201)."""

from __future__ import annotations

from itertools import combinations
from typing import Iterator

import numpy as np
import pandas as pd
import shapely

from village_planner.accounts import counted_once, usable_deduction
from village_planner.checks.covering import source_ids
from village_planner.checks.ground import broken_pair
from village_planner.checks.rule import Context, Finding, Outcome
from village_planner.spatial.area import ellipsoidal_area_m2, net_area_m2
from village_planner.spatial.arrays import objects
from village_planner.spatial.overlay import overlap_areas, overlaps

FARMLAND = "permanent_basic_farmland"
REDLINE = "ecological_redline"
BOUNDARY = "development_boundary"
THREE_LINES = (FARMLAND, REDLINE, BOUNDARY)

_NOISE_M2 = 1e-6
_COLUMNS = ("feature", "source_id", "name", "deduction", "geom_area_m2", "geom")


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


def _overlaps_of_kinds(context: Context, one: str, other: str) -> Iterator[Outcome]:
    # The second kind of a pair has the fewer features: they bound what is read of the first, and are prepared to be compared.
    others = _features(context, other)
    subjects = _features(context, one, shapely.bounds(others["geom"].to_numpy()))
    pairs = overlap_areas(
        others["geom"].to_numpy(), subjects["geom"].to_numpy(), context.data.crs, subjects["geom_area_m2"].to_numpy(), context.feedback,
        subjects_area_m2=others["geom_area_m2"].to_numpy(), feature=subjects["feature"].to_numpy(),
    ).rename(columns={"subject": "other", "other": "subject"})  # fmt: skip
    pairs = _named(context, pairs, (one, subjects, "subject"), (other, others, "other")).sort_values(["subject", "other"], kind="stable")
    failed = (pairs["error"] != "").to_numpy()
    for row in pairs[failed].drop_duplicates(["subject_feature", "other_feature"]).itertuples(index=False):
        yield broken_pair(context, "broken", other, row.other_id, one=context.title(one), one_feature=row.subject_id)
    pairs = pairs[~failed]
    # Ground under several features counts once, so that this is not too little.
    at_most_m2 = pairs.groupby(["subject_id", "other_id"], sort=False)["area_m2"].transform("sum")
    told = _with_ground(pairs[at_most_m2 > context.limit("min_m2") - _NOISE_M2], subjects, others, context)
    for rows in np.split(np.arange(len(told)), np.flatnonzero(np.diff(told["subject"])) + 1) if len(told) else ():
        group = told.iloc[rows]
        if group["area_m2"].sum() > context.limit("min_m2"):
            yield _line_overlap(context, one, other, group)


def _features(context: Context, kind: str, near: np.ndarray | None = None) -> pd.DataFrame:
    """Features with a geometry, those of very many vertices in tiles, in the order of the layers."""
    rows = context.layers.read(kind, columns=_COLUMNS, near=near, tiled=True)
    geoms = rows["geom"].to_numpy()
    return rows[~shapely.is_missing(geoms) & ~shapely.is_empty(geoms)].sort_values("feature", kind="stable").reset_index(drop=True)


def _named(context: Context, pairs: pd.DataFrame, *sides: tuple[str, pd.DataFrame, str]) -> pd.DataFrame:
    """The pairs with number, id and name of the features of both sides (kind, features, name of the side)."""
    for kind, features, side in sides:
        rows, place = np.unique(pairs[side].to_numpy(dtype=int), return_inverse=True)
        chosen = features.iloc[rows]
        pairs = pairs.assign(**{
            f"{side}_feature": chosen["feature"].to_numpy()[place],
            f"{side}_id": objects(source_ids(context.layers, kind, chosen))[place],
            f"{side}_name": chosen["name"].to_numpy(dtype=object)[place],
        })  # fmt: skip
    return pairs


def _with_ground(pairs: pd.DataFrame, subjects: pd.DataFrame, others: pd.DataFrame, context: Context) -> pd.DataFrame:
    """The pairs with their common ground, area_m2 and net_m2, each piece of ground counted once; `subject` numbers what two ids have in common.

    A feature may come in pieces, or twice in two layers of its kind.
    """
    rows, lines = (np.unique(pairs[side].to_numpy(dtype=int)) for side in ("subject", "other"))
    rows = np.flatnonzero(subjects["feature"].isin(subjects["feature"].to_numpy()[rows]).to_numpy())
    taken = subjects.iloc[rows]
    ground = overlaps(
        others["geom"].to_numpy()[lines], taken["geom"].to_numpy(), context.feedback, feature=taken["feature"].to_numpy()
    ).rename(columns={"subject": "other", "other": "subject"})  # fmt: skip
    ground["subject"], ground["other"] = rows[ground["subject"].to_numpy(dtype=int)], lines[ground["other"].to_numpy(dtype=int)]
    named = pairs.drop(columns=["area_m2", "error"]).merge(ground[ground["error"] == ""], on=["subject", "other"])
    named["deduction"] = usable_deduction(subjects["deduction"].to_numpy()[named["subject"].to_numpy(dtype=int)])
    named["subject"] = named.groupby(["subject_id", "other_id"], sort=False).ngroup()
    named = counted_once(named)
    named["area_m2"] = ellipsoidal_area_m2(named["part"].to_numpy(), context.data.crs)
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


def _label(name: object, source_id: str) -> str:
    return source_id if pd.isna(name) or str(name) in ("", source_id) else f"{name} {source_id}"
