"""Hamlets on a protection list must not be withdrawn (QC-7106)."""

from __future__ import annotations

from typing import Iterator

from village_planner.checks.rule import Context, Finding, Outcome


def protected_hamlets_withdrawn(context: Context) -> Iterator[Outcome]:
    """QC-7106: each listed hamlet that the scenario merges or relocates; only a documented prior review waives it."""
    lists = context.profile.code_list("protection")
    for hamlet in context.subjects.hamlets():
        row = hamlet.row
        if not hamlet.withdrawn or row.protection is None:
            continue
        yield Finding(
            subject_kind="hamlet",
            subject_code=row.code,
            message_code="checks.7106.withdrawn",
            facts={"protection": row.protection, "action": hamlet.action},
            names={**context.names.hamlet_params(row.code), "list": lists.name(row.protection) or row.protection},
            village_code=row.village_code,
            place=row.geom,
        )
