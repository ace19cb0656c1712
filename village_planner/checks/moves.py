"""Moves: destination and phase (QC-7103), figures that add up (QC-7108)."""

from __future__ import annotations

from typing import Any, Iterator

from village_planner.checks.rule import Context, Each, Finding, Outcome
from village_planner.checks.subjects import Decided
from village_planner.plan.schema import Destination

WITH_TARGET = (Destination.HAMLET.value, Destination.SITE.value)
_KINDS = tuple(kind.value for kind in Destination)
_FIGURES = ("households", "persons")


def without_destination_or_phase(context: Context) -> Iterator[Outcome]:
    """QC-7103: withdrawn hamlets without a move, moves of hamlets that stay, moves without target or phase, 搬迁撤并
    villages of which nothing goes."""
    for hamlet in context.subjects.hamlets():
        if hamlet.withdrawn and not hamlet.moves:
            yield about_hamlet(context, hamlet.code, "checks.7103.no_move", facts={"action": hamlet.action})
    for move in context.subjects.moves():
        faults = [*_destination_fault(move), *_phase_fault(context, move)]
        if not is_withdrawn(context, move.hamlet_code):
            faults = ["stays"]
        if not faults:
            continue
        drafted = faults == ["unphased"] and not context.formal
        yield about_hamlet(
            context,
            move.hamlet_code,
            "checks.7103." + "_".join(faults),
            facts={"phase": move.phase},
            severity=context.limit("severity_unphased_draft") if drafted else None,
            other_kind="move",
            other_code=move.code,
        )
    yield from _withdrawn_villages_that_stay(context)


def sums_that_differ(context: Context) -> Iterator[Outcome]:
    """QC-7108: households and persons of a withdrawn hamlet's moves against its own, of a village's hamlets against the
    village's own (B); persons per household (C)."""
    yield from _village_sums(context)
    going = [hamlet for hamlet in context.subjects.hamlets() if hamlet.withdrawn and hamlet.moves]
    for figure in _FIGURES:
        silent = (hamlet.code for hamlet in going if getattr(hamlet.row, figure) is None)
        yield from context.tally(f"no_{figure}", "hamlets", (Each("hamlet", code, context.names.hamlet(code)) for code in silent))
    for hamlet in going:
        yield from _hamlet_sums(context, hamlet)
    lowest, highest = context.profile.value("persons_per_household")
    for move in context.subjects.moves():
        households, persons = move.households, move.persons
        if not is_withdrawn(context, move.hamlet_code):
            continue
        if households is None or persons is None or (households <= 0 and persons <= 0):
            continue
        if households <= 0:
            yield _without_households(context, move, households, persons)
            continue
        ratio = persons / households
        if not lowest <= ratio <= highest:
            yield about_hamlet(
                context,
                move.hamlet_code,
                "checks.7108.per_household",
                facts={"households": households, "persons": persons, "ratio": ratio, "lowest": lowest, "highest": highest},
                severity=context.limit("severity_per_household"),
                other_kind="move",
                other_code=move.code,
                measure=ratio,
                limit=float(lowest if ratio < lowest else highest),
                unit="persons/household",
            )


def _hamlet_sums(context: Context, hamlet: Decided) -> Iterator[Outcome]:
    """Figures of a withdrawn hamlet that its moves do not add up to."""
    for figure in _FIGURES:
        own, moved = getattr(hamlet.row, figure), hamlet.moved(figure)
        if own is None or own == (moved or 0):
            continue
        yield about_hamlet(
            context,
            hamlet.code,
            f"checks.7108.{figure}" if moved is not None else f"checks.7108.{figure}_not_stated",
            facts={"own": own, **({} if moved is None else {"moved": moved, "difference": moved - own})},
            other_kind="sum",
            other_code=figure,
            measure=None if moved is None else float(moved),
            limit=float(own),
            unit=figure,
        )


def _village_sums(context: Context) -> Iterator[Outcome]:
    """Villages that state a figure themselves which is not the sum of their hamlets, where every hamlet states it."""
    for figure in _FIGURES:
        for village in context.subjects.villages():
            own = getattr(village, figure)
            hamlets = [row for row in context.index.hamlet.of("village_code", village.code) if context.index.hamlet.get(row.code) is row]
            stated = [getattr(row, figure) for row in hamlets]
            if own is None or not stated or None in stated or sum(stated) == own:
                continue
            total = sum(stated)
            yield Finding(
                subject_kind="village",
                subject_code=village.code,
                message_code=f"checks.7108.village_{figure}",
                facts={"own": own, "total": total, "difference": total - own},
                names=context.names.village_params(village.code),
                severity=context.limit("severity_totals"),
                village_code=village.code,
                other_kind="sum",
                other_code=figure,
                measure=float(total),
                limit=float(own),
                unit=figure,
                place=context.names.place(village.code),
            )


def _without_households(context: Context, move: Any, households: int, persons: int) -> Finding:
    return about_hamlet(
        context,
        move.hamlet_code,
        "checks.7108.persons_without_households",
        facts={"households": households, "persons": persons},
        severity=context.limit("severity_per_household"),
        other_kind="move",
        other_code=move.code,
    )


def about_hamlet(context: Context, hamlet: str, message_code: str, names: dict[str, Any] | None = None, **values: Any) -> Finding:
    """A finding about a hamlet, with its names, village and place."""
    values.setdefault("place", context.names.place(hamlet))
    return Finding(
        subject_kind="hamlet",
        subject_code=hamlet,
        message_code=message_code,
        names={**context.names.hamlet_params(hamlet), **(names or {})},
        village_code=context.names.village_of_hamlet[hamlet],
        **values,
    )


def is_withdrawn(context: Context, code: str | None) -> bool:
    """Whether a hamlet is merged or relocated; one that the plan lacks is not."""
    hamlet = context.subjects.hamlet(code)
    return hamlet is not None and hamlet.withdrawn


def _destination_fault(move: Any) -> list[str]:
    kind = move.destination_kind
    is_known = bool(str(move.destination_code or "").strip()) if kind in WITH_TARGET else kind in _KINDS
    return [] if is_known else ["no_destination"]


def _phase_fault(context: Context, move: Any) -> list[str]:
    if move.phase is None:
        return ["unphased"]
    return [] if move.phase in context.data.phases else ["foreign_phase"]


def _withdrawn_villages_that_stay(context: Context) -> Iterator[Outcome]:
    categories = context.profile.code_list("category")
    for row in context.subjects.categories():
        village = row.village_code
        if village is None or row.category is None or categories.role(row.category) != "withdraw":
            continue
        if not any(is_withdrawn(context, hamlet.code) for hamlet in context.index.hamlet.of("village_code", village)):
            yield Finding(
                subject_kind="village",
                subject_code=village,
                message_code="checks.7103.nothing_withdrawn",
                names={**context.names.village_params(village), "category": categories.name(row.category)},
                village_code=village,
                place=context.names.place(village),
            )
