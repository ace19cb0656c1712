"""What an edition of the package contains: the profile without what the edition leaves out, and what a formal edition needs."""

from __future__ import annotations

import fnmatch
from dataclasses import replace
from typing import Sequence

from village_planner.plan.data import PlanData
from village_planner.standards import EditionContent, LayerSpec, Profile, TableColumn, TableSpec


def edition_profile(profile: Profile, edition: str, control_lines: bool = True) -> Profile:
    """The profile as an edition uses it: without its layers, fields, tables and columns that the edition leaves out.

    Writer and inspector both work with it, so that what is left out is neither written nor missed. control_lines: False leaves
    out all layers of control lines, which are sensitive. An edition that the profile does not know leaves out nothing.
    """
    content = edition_content(profile, edition)
    layers = {
        name: _narrowed(spec, content) for name, spec in profile.layers.items()
        if name not in content.layers and (control_lines or not spec.kinds)
    }
    tables = {name: _narrowed_table(spec, content.columns.get(name, ())) for name, spec in profile.tables.items() if name not in content.tables}
    return replace(profile, layers=layers, tables=tables)


def edition_content(profile: Profile, edition: str) -> EditionContent:
    """What the profile says of an edition; nothing is left out where it says nothing."""
    return profile.package.contents.get(edition, EditionContent())


def lacking_steps(data: PlanData, profile: Profile, edition: str) -> list[str]:
    """Statuses that the plan must have reached by an approval step for this edition, and has not; in the order of the profile.

    A step before the last revision counts no more: what is delivered then is the revised plan.
    """
    steps = data.approval_step
    revisions = steps.index[steps["to_status"] == "revision"]
    since = steps.loc[revisions[-1] :] if len(revisions) else steps
    reached = set(since["to_status"])
    return [status for status in edition_content(profile, edition).needs if status not in reached]


def _narrowed(spec: LayerSpec, content: EditionContent) -> LayerSpec:
    left_out = (*content.fields.get("*", ()), *content.fields.get(spec.name, ()))
    return replace(spec, fields=tuple(field for field in spec.fields if field.name not in left_out))


def _narrowed_table(spec: TableSpec, left_out: Sequence[str]) -> TableSpec:
    def kept(columns: Sequence[TableColumn]) -> tuple[TableColumn, ...]:
        return tuple(column for column in columns if not _matches(column.value, left_out))

    return replace(spec, columns=kept(spec.columns), per_phase=kept(spec.per_phase), columns_after=kept(spec.columns_after))


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
