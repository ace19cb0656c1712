"""What patches and sites cover of a control layer: read, overlaid and told in one way, whichever rule asks."""

from __future__ import annotations

from typing import Any, Iterable, Iterator, Mapping, Sequence

import numpy as np
import shapely

from village_planner.accounts import patch_state
from village_planner.checks.covering import Choice, Covered, Item
from village_planner.checks.rule import Context, Finding, NotChecked, Outcome
from village_planner.plan.data import PlanData
from village_planner.plan.schema import PatchKind
from village_planner.spatial.arrays import objects

NEW = PatchKind.NEW.value


def has_polygons(data: PlanData) -> bool:
    """Whether any patch or site of the plan is drawn."""
    return any(geom is not None and not geom.is_empty for table in (data.patch, data.site) for geom in table["geom"])


def patches(context: Context) -> list[Item]:
    """Patches that are new or stay; geom is None where there is no polygon. The list is shared: copy before changing."""
    return context.shared.once(("patches", context.subjects), lambda: _patches(context))


def _patches(context: Context) -> list[Item]:
    items = []
    for row in context.subjects.patches():
        hamlet = context.subjects.hamlet(row.hamlet_code) if row.hamlet_code is not None else None
        state = patch_state(row.kind, hamlet is not None and hamlet.withdrawn)
        if state != PatchKind.CLEARED.value:
            items.append(Item("patch", row.code, row.hamlet_code, None if hamlet is None else hamlet.row.village_code, state, None, row.geom))
    return items


def sites(context: Context) -> list[Item]:
    """Sites, all of them new."""
    return [Item("site", row.code, None, row.village_code, NEW, row.setting, row.geom) for row in context.subjects.sites()]


def patches_and_sites(context: Context) -> list[Item]:
    """`patches`, then `sites`."""
    return [*patches(context), *sites(context)]


def drawn(context: Context, items: Sequence[Item]) -> tuple[list[Item], list[NotChecked]]:
    """The items that have a polygon, and the note of the others."""
    geoms = objects([item.geom for item in items])
    is_drawn = ~(shapely.is_missing(geoms) | shapely.is_empty(geoms))
    notes = context.without_polygon((item.kind, item.code) for item, shown in zip(items, is_drawn) if not shown)
    return [item for item, shown in zip(items, is_drawn) if shown], notes


def covered(
    context: Context, items: Sequence[Item], kind: str, min_m2: float, chosen: Choice | None = None, name: str = ""
) -> Iterator[tuple[Item, Covered] | NotChecked]:
    """The items that cover more than `min_m2` gross of a kind, and a note for each feature that one cannot be compared with.

    chosen: which features of the kind count (None: all), by a name that no other choice of the kind has.
    """
    for item, ground in zip(items, context.shared.covered(kind, items, min_m2, chosen, name)):
        if ground is None:
            continue
        for feature in ground.failed:
            yield broken_pair(context, "broken_item", kind, feature, item)
        if ground.gross_m2 > min_m2:
            yield item, ground


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


def broken_pair(context: Context, why: str, kind: str, feature: str, item: Item | None = None, **params: str) -> NotChecked:
    """The note that a feature of a layer could not be compared, with an item or another feature."""
    params = {"other": context.title(kind), "other_feature": feature, **params}
    return context.not_checked(why, **params) if item is None else context.not_checked_of(why, item.kind, item.code, **params)


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
