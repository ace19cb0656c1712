"""What patches and sites cover of a control layer, worked out for those alone that cover enough of it to be told."""

from __future__ import annotations

import hashlib
import time
from typing import Any, Callable, Hashable, NamedTuple, Sequence, TypeVar

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from village_planner.accounts import coverage
from village_planner.base import Feedback
from village_planner.plan.layers import Layers
from village_planner.spatial.arrays import objects
from village_planner.spatial.overlay import overlap_areas

Choice = Callable[[pd.DataFrame], np.ndarray]
"""Features → whether each is meant."""

Known = TypeVar("Known")

_COLUMNS = ("feature", "source_id", "deduction", "level", "geom_area_m2", "geom")
_NOISE_M2 = 1e-6


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
    """What an item covers of a layer: gross and net m², how many features, the ground, and ids of features that it cannot be compared with."""

    gross_m2: float
    net_m2: float
    features: int
    part: BaseGeometry | None
    failed: tuple[str, ...]


class Covers:
    """What is known of items and layers, kept from one run to the next: it rests on the item's geometry and the layers alone.

    What is known of an item that is gone from the plan stays: an undo brings it back. seconds: how long it took to work out in all.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._known: dict[Hashable, dict[tuple[str, str], tuple[BaseGeometry, Any]]] = {}

    def of(self, name: Hashable, items: Sequence[Item], work_out: Callable[[list[Item]], Sequence[Known]]) -> list[Known]:
        """What `work_out` gives of each item; it is asked only of those that are new, or drawn otherwise than when it was asked last.

        name: tells apart what is asked of the layers.
        """
        known = self._known.setdefault(name, {})
        held = [known.get((item.kind, item.code)) for item in items]
        found: list[Any] = [None if was is None else was[1] for was in held]
        unknown = [place for place, (was, item) in enumerate(zip(held, items)) if was is None or not _same(was[0], item.geom)]
        if not unknown:
            return found
        begun = time.perf_counter()
        new = work_out([items[place] for place in unknown])
        self.seconds += time.perf_counter() - begun
        for place, said in zip(unknown, new):
            item = items[place]
            found[place] = said
            known[item.kind, item.code] = item.geom, said
        return found


def features_near(layers: Layers, kind: str, items: Sequence[Item], reach_m: float = 0.0) -> pd.DataFrame:
    """Features of a kind near an item, those of very many vertices in tiles: feature, source_id, deduction, level, geom_area_m2, geom."""
    bounds = shapely.bounds(objects([item.geom for item in items])).reshape(-1, 4)
    rows = layers.read(kind, columns=_COLUMNS, near=bounds + np.array([-reach_m, -reach_m, reach_m, reach_m]), tiled=True)
    if rows.empty:
        return rows
    geoms = rows["geom"].to_numpy()
    used = ~shapely.is_missing(geoms) & ~shapely.is_empty(geoms)
    return rows if used.all() else rows[used].reset_index(drop=True)


def covered(
    layers: Layers, kind: str, items: Sequence[Item], crs: int, min_m2: float, chosen: Choice | None = None, feedback: Feedback | None = None
) -> list[Covered | None]:
    """What each item covers of a kind; None where it is certainly no more than `min_m2` gross, and no feature defies comparison.

    chosen: which features count; None: all.
    """
    ground: list[Covered | None] = [None] * len(items)
    if not items:
        return ground
    features = features_near(layers, kind, items)
    if features.empty:
        return ground
    if chosen is not None:
        features = features[chosen(features)].reset_index(drop=True)
        if features.empty:
            return ground
    geoms, numbers = objects([item.geom for item in items]), features["feature"].to_numpy()
    pairs = overlap_areas(geoms, features["geom"].to_numpy(), crs, features["geom_area_m2"].to_numpy(), feedback, feature=numbers)
    subject, area_m2 = pairs["subject"].to_numpy(dtype=int), pairs["area_m2"].to_numpy(dtype=float)
    # Ground under several features counts once, so that this is not too little.
    at_most_m2 = np.bincount(subject, weights=np.nan_to_num(area_m2), minlength=len(items))
    failed = np.bincount(subject[np.isnan(area_m2)], minlength=len(items))
    told = np.flatnonzero((at_most_m2 > min_m2 - _NOISE_M2) & (at_most_m2 > 0) | (failed > 0))
    if not len(told):
        return ground
    mine = np.unique(pairs["other"].to_numpy(dtype=int)[np.isin(subject, told)])
    rows = features[np.isin(numbers, numbers[mine])].reset_index(drop=True)
    frame = coverage(
        geoms[told], rows["geom"].to_numpy(), crs, rows["deduction"].to_numpy(), feedback, feature=rows["feature"].to_numpy()
    )  # fmt: skip
    columns = (frame[name].tolist() for name in ("gross_m2", "net_m2", "features", "part", "failed"))
    for position, gross_m2, net_m2, count, part, broken in zip(told, *columns):
        ground[position] = Covered(gross_m2, net_m2, count, part, tuple(source_ids(layers, kind, rows.iloc[list(broken)])) if broken else ())
    return ground


def source_ids(layers: Layers, kind: str, features: pd.DataFrame) -> list[str]:
    """Ids of features (columns feature, source_id, geom); one without an id of its source goes by its shape."""
    ids = ["" if pd.isna(value) else str(value).strip() for value in features["source_id"]]
    without = np.flatnonzero([not text for text in ids])
    if not len(without):
        return ids
    rows = features.iloc[without]
    # Of a feature in tiles only a part may be at hand.
    near = layers.read(kind, columns=("feature", "geom"), near=shapely.bounds(rows["geom"].to_numpy()))
    whole = dict(zip(near["feature"], near["geom"]))
    for place, number in zip(without, rows["feature"]):
        ids[place] = shape_id(whole[number])
    return ids


def _same(one: BaseGeometry, other: BaseGeometry) -> bool:
    return one is other or bool(shapely.equals_exact(one, other))


def shape_id(geom: BaseGeometry) -> str:
    """Id of a feature whose source gives it none: the same in every order, another one after any change of its shape."""
    return "#" + hashlib.sha1(shapely.to_wkb(geom), usedforsecurity=False).hexdigest()[:8]
