"""What patches and sites cover of a control layer: read, overlaid and told in one way, whichever rule asks."""

from __future__ import annotations

import hashlib
from typing import Any, Iterable, Iterator, Mapping, NamedTuple

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from village_planner.accounts import coverage, patch_states
from village_planner.checks.rule import Context, Finding, NotChecked, Outcome
from village_planner.plan.data import PlanData, plain
from village_planner.plan.schema import PatchKind
from village_planner.spatial.columns import objects

_COLUMNS = ["kind", "code", "hamlet_code", "village_code", "state", "setting"]
NEW = PatchKind.NEW.value


class Item(NamedTuple):
    """A patch or site that is looked at.

    kind: ``patch`` or ``site``. state: ``new`` or ``retained``. setting: of a site; None where not stated and for patches.
    """

    kind: str
    code: str
    hamlet_code: str | None
    village_code: str | None
    state: str
    setting: str | None
    geom: BaseGeometry


class Covered(NamedTuple):
    """What an item covers of a layer: gross and net m², how many features, and the ground."""

    gross_m2: float
    net_m2: float
    features: int
    part: BaseGeometry


def has_polygons(data: PlanData) -> bool:
    """Whether any patch or site of the plan is drawn."""
    return any(geom is not None and not geom.is_empty for geom in [*data.patch["geom"], *data.site["geom"]])


def patches(context: Context) -> pd.DataFrame:
    """Patches that are new or stay: a column for each field of Item; geom is None where there is no polygon."""
    frame = patch_states(context.data, context.scenario).assign(kind="patch", setting=None)
    items = frame[_COLUMNS].assign(geom=frame["geom"])
    return items[items["state"] != PatchKind.CLEARED.value].reset_index(drop=True)


def sites(context: Context) -> pd.DataFrame:
    """Sites, all of them new: the columns of `patches`."""
    frame = context.data.site[["code", "village_code", "setting"]].assign(kind="site", state=NEW, hamlet_code=None)
    return frame[_COLUMNS].assign(geom=context.data.site["geom"])


def patches_and_sites(context: Context) -> pd.DataFrame:
    """`patches`, then `sites`."""
    parts = (patches(context), sites(context))
    items = pd.concat([part[_COLUMNS].astype(object) for part in parts], ignore_index=True)
    items["geom"] = objects([geom for part in parts for geom in part["geom"]])
    return items


def drawn(context: Context, items: pd.DataFrame) -> tuple[list[Item], list[NotChecked]]:
    """The items that have a polygon, and the note of the others."""
    known = [Item._make((*map(plain, row[:-1]), row[-1])) for row in items[[*_COLUMNS, "geom"]].itertuples(index=False, name=None)]
    is_drawn = [item.geom is not None and not item.geom.is_empty for item in known]
    notes = context.without_polygon(item.code for item, shown in zip(known, is_drawn) if not shown)
    return [item for item, shown in zip(known, is_drawn) if shown], notes


def features_near(context: Context, kind: str, items: Iterable[Item], reach_m: float = 0.0) -> pd.DataFrame:
    """Features of a kind around the items, each with a geometry and an id."""
    bounds = shapely.total_bounds(objects([item.geom for item in items]))
    box = (bounds[0] - reach_m, bounds[1] - reach_m, bounds[2] + reach_m, bounds[3] + reach_m)
    return identified(context.layers.read(kind, bbox=box))


def identified(layer: pd.DataFrame) -> pd.DataFrame:
    """Features with a geometry; one without an id of its source goes by its shape, which does not change with the order."""
    geoms = layer["geom"].to_numpy()
    layer = layer[~shapely.is_missing(geoms) & ~shapely.is_empty(geoms)].reset_index(drop=True)
    return layer.assign(source_id=[_id_of(value, geom) for value, geom in zip(layer["source_id"], layer["geom"])])


def covered(
    context: Context, items: list[Item], kind: str, features: pd.DataFrame, min_m2: float
) -> Iterator[tuple[Item, Covered] | NotChecked]:
    """The items that cover more than `min_m2` gross of the features, and a note for each pair that cannot be compared."""
    if not items:
        return
    geoms, deduction = objects([item.geom for item in items]), features["deduction"].to_numpy()
    frame = coverage(geoms, features["geom"].to_numpy(), context.data.crs, deduction, context.feedback)
    for item, row in zip(items, frame.itertuples(index=False)):
        for position in row.failed:
            yield broken_pair(context, "broken_item", kind, features["source_id"].iloc[position], code=item.code)
        if row.gross_m2 > min_m2:
            yield item, Covered(float(row.gross_m2), float(row.net_m2), int(row.features), row.part)


def about_item(
    context: Context, item: Item, rule: str, facts: Mapping[str, Any], about: str = "", names: Mapping[str, Any] | None = None, **values: Any
) -> Finding:
    """A finding about a patch or site: message `checks.<rule>.<about>`, else by what it is and whether a hamlet has it."""
    site = item.kind == "site"
    who = context.names.sites.get(item.code, "") if site else context.names.hamlet(item.hamlet_code)
    about = about or ("site" if site else item.state)
    return Finding(
        subject_kind=item.kind,
        subject_code=item.code,
        message_code=f"checks.{rule}.{about}" if who or site else f"checks.{rule}.{about}_unassigned",
        facts=facts,
        names={"who": who, "who_code": item.hamlet_code or item.village_code or "—", "code": item.code, **(names or {})},
        village_code=item.village_code,
        **values,
    )


def broken_pair(context: Context, why: str, kind: str, feature: str, **params: str) -> NotChecked:
    """The note that a feature of a layer could not be compared."""
    return context.not_checked(why, other=context.title(kind), other_feature=feature, **params)


def absent_kinds(context: Context, kinds: Iterable[str], whole_rule: bool = True) -> Iterator[Outcome]:
    """The note of kinds of which there is no layer: a county need not have one of each, but nobody shall think it was looked at.

    whole_rule: the rule looks at nothing else, so that it did not run where none of its kinds is there.
    """
    kinds = tuple(kinds)
    absent = [kind for kind in kinds if not context.layers.has(kind)]
    if absent:
        why = "optional_layers" if whole_rule and len(absent) == len(kinds) else "optional_kinds"
        yield context.not_checked(why, **context.without_layers(absent).message.params)


def is_polygon(geoms: np.ndarray) -> np.ndarray:
    """Whether each geometry is an area."""
    return np.isin(shapely.get_type_id(geoms), (3, 6, 7))


def _id_of(source_id: object, geom: BaseGeometry) -> str:
    text = "" if pd.isna(source_id) else str(source_id).strip()
    return text or "#" + hashlib.sha1(shapely.to_wkb(geom), usedforsecurity=False).hexdigest()[:8]
