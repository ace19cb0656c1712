"""Facilities that are planned where nobody will live (NL-05)."""

from __future__ import annotations

from typing import Any, Iterator

import shapely

from village_planner.accounts.facilities import FACILITY, PLANNED
from village_planner.checks.covering import shape_id
from village_planner.checks.ground import absent_kinds
from village_planner.checks.rule import NAMED, Context, Finding, Outcome
from village_planner.plan.data import plain


def facilities_in_vain(context: Context) -> Iterator[Outcome]:
    """NL-05: planned facilities whose nearest hamlet within `reach_m` is to be withdrawn."""
    if not context.layers.has(FACILITY):
        yield from absent_kinds(context, (FACILITY,))
        return
    served = context.shared.accounts.facilities_served(float(context.limit("reach_m")))
    undrawn = served[shapely.is_missing(served["geom"].to_numpy())]
    if len(undrawn):
        yield context.not_checked("facility_undrawn", count=len(undrawn), names="、".join(str(name or "") for name in undrawn["name_"][:NAMED]))
    gone = [hamlet.code for hamlet in context.subjects.hamlets() if hamlet.withdrawn]
    served = served[served["hamlet_code"].isin(gone) & ~shapely.is_missing(served["geom"].to_numpy())]
    unsaid = served[served["state"].isna()]
    if len(unsaid):
        yield context.not_checked("facility_state", count=len(unsaid), names="、".join(str(name or "") for name in unsaid["name_"][:NAMED]))
    for row in served[served["state"].eq(PLANNED)].itertuples(index=False):
        yield _in_vain(context, row)


def _in_vain(context: Context, row: Any) -> Finding:
    hamlet = context.subjects.hamlet(row.hamlet_code)
    phase = None if hamlet is None else hamlet.completion_phase
    year = str(plain(row.year) or "").strip()
    source_id = str(plain(row.source_id) or "").strip() or shape_id(row.geom)
    told = "planned" + ("_year" if year else "") + ("_phase" if phase is not None else "")
    return Finding(
        subject_kind="control",
        subject_code=f"{FACILITY}/{source_id}",
        message_code=f"checks.nl05.{told}",
        facts={**({"year": year} if year else {}), **({} if phase is None else {"phase": int(phase)})},
        names={"facility": str(plain(row.name_) or source_id), **context.names.hamlet_params(row.hamlet_code)},
        village_code=context.names.village_of_hamlet[row.hamlet_code],
        other_kind="hamlet",
        other_code=row.hamlet_code,
        place=row.geom,
    )
