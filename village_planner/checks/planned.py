"""The shapes that a plan delivers: patches and sites with what of them the planner has drawn, and polygons of villages and townships."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
import shapely

from village_planner.accounts.decisions import RETAINED
from village_planner.checks.ground import NEW, Item
from village_planner.checks.rule import Context, Each, Finding
from village_planner.plan.schema import PatchKind
from village_planner.spatial.columns import objects

UNITS = ("village", "township")
CLEARED = PatchKind.CLEARED.value
_FEW = 50
"""Shapes for which it pays to look for what is near one by one."""


@dataclass(frozen=True)
class Shapes:
    """Patches or sites that have a polygon, in the order of their tables, patches first.

    items: who they are; geoms: their polygons; drawn: whether the planner has drawn each; valid: whether its shape is valid.
    undrawn: kind and code of new patches and of sites without polygon.
    """

    items: list[Item]
    geoms: np.ndarray
    drawn: np.ndarray
    valid: np.ndarray
    undrawn: list[tuple[str, str]]

    def own(self, kind: str | None = None) -> np.ndarray:
        """Positions of what is drawn and valid; kind: only `patch` or `site`."""
        of_kind = np.array([kind is None or item.kind == kind for item in self.items], dtype=bool)
        return np.flatnonzero(self.drawn & self.valid & of_kind)

    def broken(self) -> list[Each]:
        """What is drawn and not valid, so that nothing else can be said of it."""
        rows = np.flatnonzero(self.drawn & ~self.valid)
        return [Each(self.items[row].kind, self.items[row].code, self.items[row].code) for row in rows]


def judged_shapes(context: Context) -> Shapes:
    """The patches and sites that the rule judges, with what of them the planner has drawn.

    Drawn are new patches, sites, and patches to be cleared of hamlets that stay: a present patch comes from a survey and
    keeps its shape, whatever becomes of its hamlet. A package tells the same apart, since it delivers the same states.
    """
    subjects = context.subjects
    return context.shared.once(("judged shapes", subjects), lambda: _shapes(context, subjects.patches(), subjects.sites()))


def shapes_around(context: Context, kind: str, geoms: np.ndarray) -> Shapes:
    """The patches or the sites of the whole plan whose bounds meet those of some geometries; of many geometries all of them."""
    table = context.index.patch if kind == "patch" else context.index.site
    if len(geoms) > _FEW:
        return context.shared.once(("all shapes", kind, context.subjects), lambda: _shapes_of(context, kind, table.rows))
    near = np.zeros(len(table.rows), dtype=bool)
    with np.errstate(invalid="ignore"):
        for x0, y0, x1, y1 in shapely.bounds(geoms):
            near |= (table.bounds[:, 0] <= x1) & (table.bounds[:, 2] >= x0) & (table.bounds[:, 1] <= y1) & (table.bounds[:, 3] >= y0)
    return _shapes_of(context, kind, [table.rows[place] for place in np.flatnonzero(near)])


def about_shape(context: Context, item: Item, code: str, facts: Mapping[str, Any], names: Mapping[str, Any] | None = None, **values: Any) -> Finding:
    """A finding about the shape of a patch or site, with its owner's name or — in the parameter `who`, and its code."""
    return Finding(
        subject_kind=item.kind,
        subject_code=item.code,
        message_code=f"checks.{code}",
        facts=facts,
        names={"who": owner(context, item), "code": item.code, **(names or {})},
        village_code=item.village_code,
        **values,
    )


def owner(context: Context, item: Item) -> str:
    """Name of a site, or of the hamlet of a patch; — where it has none."""
    return (context.names.sites.get(item.code) if item.kind == "site" else context.names.hamlet(item.hamlet_code)) or "—"


def units(context: Context, kind: str) -> pd.DataFrame:
    """Villages or townships that have a polygon: code, township_code, name, geom, valid. The frame is shared: copy before changing."""
    return context.shared.once(("units", kind), lambda: _units(context, kind))


def broken_units(kind: str, frame: pd.DataFrame) -> list[Each]:
    """Those of `units` that are not valid."""
    return [Each(kind, code, code) for code in frame.loc[~frame["valid"], "code"]]


def is_area(geom: Any) -> bool:
    """Whether there is a polygon."""
    return geom is not None and not geom.is_empty


def _units(context: Context, kind: str) -> pd.DataFrame:
    rows = [row for row in getattr(context.index, kind) if is_area(row.geom)]
    geoms = objects([row.geom for row in rows])
    return pd.DataFrame({
        "code": [row.code for row in rows], "township_code": [row.township_code if kind == "village" else row.code for row in rows],
        "name": [row.name or "" for row in rows], "geom": geoms, "valid": shapely.is_valid(geoms),
    })


def _shapes_of(context: Context, kind: str, rows: Sequence[Any]) -> Shapes:
    return _shapes(context, rows, ()) if kind == "patch" else _shapes(context, (), rows)


def _shapes(context: Context, patches: Iterable[Any], sites: Iterable[Any]) -> Shapes:
    known = [_patch(context, row) for row in patches]
    known += [(Item("site", row.code, None, row.village_code, NEW, row.setting, row.geom), True) for row in sites]
    there = [(item, is_drawn) for item, is_drawn in known if is_area(item.geom)]
    undrawn = [(item.kind, item.code) for item, _ in known if item.state == NEW and not is_area(item.geom)]
    geoms = objects([item.geom for item, _ in there])
    return Shapes([item for item, _ in there], geoms, np.array([is_drawn for _, is_drawn in there], dtype=bool), shapely.is_valid(geoms), undrawn)


def _patch(context: Context, row: Any) -> tuple[Item, bool]:
    """A patch with its state, as `accounts.patch_states` gives it, and whether the planner has drawn it."""
    hamlet = context.subjects.hamlet(row.hamlet_code)
    goes = hamlet is not None and hamlet.withdrawn
    state = row.kind if row.kind in (NEW, CLEARED) else CLEARED if goes else RETAINED
    item = Item("patch", row.code, row.hamlet_code, None if hamlet is None else hamlet.row.village_code, state, None, row.geom)
    return item, row.kind == NEW or (row.kind == CLEARED and not goes)
