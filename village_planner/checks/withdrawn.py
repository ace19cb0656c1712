"""Hamlets to be withdrawn: nothing new is built there, and the ground is given back (QC-7107)."""

from __future__ import annotations

from typing import Any, Iterator

from village_planner.checks.moves import is_withdrawn
from village_planner.checks.rule import Context, Finding, Outcome
from village_planner.plan.schema import PatchKind
from village_planner.spatial.area import ellipsoidal_area_m2
from village_planner.spatial.arrays import objects


def nothing_new_where_all_goes(context: Context) -> Iterator[Outcome]:
    """QC-7107: new patches of withdrawn hamlets (repair of dangerous houses apart), ground reclaimed beyond what is cleared,
    and a use after clearing that is none for reclaimed land."""
    yield from _new_patches(context)
    words = [str(word) for word in context.profile.value("reclaim_directions")]
    tolerance_m2 = float(context.limit("tolerance_m2"))
    for move in context.subjects.moves():
        reclaimed_m2, cleared_m2, direction = move.reclaimed_m2, move.cleared_m2, str(move.reclaim_to or "").strip()
        if reclaimed_m2 is not None and cleared_m2 is not None and reclaimed_m2 > cleared_m2 + tolerance_m2:
            facts = {"reclaimed_m2": reclaimed_m2, "cleared_m2": cleared_m2}
            yield _of_move(context, move, "reclaimed", facts, "move", measure=reclaimed_m2, limit=cleared_m2, unit="m2")
        if direction and not any(word in direction for word in words):
            yield _of_move(context, move, "direction", {"reclaim_to": direction}, "reclaim_to")


def _new_patches(context: Context) -> Iterator[Outcome]:
    words = [str(word) for word in context.profile.value("repair_words")]
    new = [
        row for row in context.subjects.patches()
        if row.kind == PatchKind.NEW.value and is_withdrawn(context, row.hamlet_code) and not any(word in (row.note or "") for word in words)
    ]  # fmt: skip
    if not new:
        return
    for row, area_m2 in zip(new, ellipsoidal_area_m2(objects([row.geom for row in new]), context.data.crs)):
        drawn = row.geom is not None and not row.geom.is_empty
        yield Finding(
            subject_kind="patch",
            subject_code=row.code,
            message_code="checks.7107.new" if drawn else "checks.7107.new_undrawn",
            facts={"area_m2": float(area_m2)} if drawn else {},
            names={**context.names.hamlet_params(row.hamlet_code), "code": row.code},
            village_code=context.names.village_of_hamlet[row.hamlet_code],
            other_kind="hamlet",
            other_code=row.hamlet_code,
            measure=float(area_m2) if drawn else None,
            limit=0.0 if drawn else None,
            unit="m2" if drawn else None,
            geom=row.geom if drawn else None,
            place=context.names.place(row.hamlet_code),
        )


def _of_move(context: Context, move: Any, about: str, facts: dict[str, Any], other_kind: str, **values: Any) -> Finding:
    return Finding(
        subject_kind="hamlet",
        subject_code=move.hamlet_code,
        message_code=f"checks.7107.{about}",
        facts=facts,
        names=context.names.hamlet_params(move.hamlet_code),
        village_code=context.names.village_of_hamlet[move.hamlet_code],
        other_kind=other_kind,
        other_code=move.code,
        place=context.names.place(move.hamlet_code),
        **values,
    )
