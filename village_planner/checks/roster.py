"""The roster against other rosters (QC-7101), and a category for every village outside the boundary (QC-7102)."""

from __future__ import annotations

from typing import Any, Iterator

import pandas as pd

from village_planner.accounts import positions
from village_planner.checks.rule import NAMED, Context, Finding, Outcome

_BATCH = "committees"
_WHOLE_ROSTER = "*"


def unsettled_differences(context: Context) -> Iterator[Outcome]:
    """QC-7101: every difference from another roster that nobody has settled; 居委会 are one question for all of them."""
    differences = context.index.roster_difference
    if not len(context.index.roster_source) and all(row.kind == _BATCH for row in differences):
        yield context.not_checked("no_other_roster")
    asked: set[str] = set()
    for row in differences:
        if row.settled is not None:
            continue
        kind, village = str(row.kind), row.village_code
        detail = row.detail if isinstance(row.detail, dict) else {}
        facts: dict[str, Any] = {"source": str(row.source), "code": str(row.code)}
        if kind == _BATCH:
            facts.update(count=len(detail.get("codes", [])), codes=sorted(map(str, detail.get("codes", []))))
            asked.update(facts["codes"])
        yield Finding(
            subject_kind="difference",
            subject_code=f"{row.source}/{row.code}",
            message_code="checks.7101.strange" if row.code == _WHOLE_ROSTER else f"checks.7101.{kind}",
            facts=facts,
            names=_called(context, row.name or str(row.code), village or str(row.code)),
            severity=context.limit("severity_batch") if kind == _BATCH else None,
            village_code=village,
            other_kind="village" if village else None,
            other_code=village,
            place=context.names.place(village) if village else None,
        )
    yield from _committees_never_asked(context, asked)


def villages_without_category(context: Context) -> Iterator[Outcome]:
    """QC-7102: every in-scope village that does not count as inside the boundary and has no category."""
    data = context.data
    kinds, categories = context.profile.code_list("village_kind"), context.profile.code_list("category")
    # A kind that the profile does not know hides no village: it needs a category until somebody says otherwise.
    excused = (*kinds.with_role("out_of_scope"), *kinds.with_role("ask"))
    chosen = {row.village_code: str(row.category) for row in context.subjects.categories() if row.category is not None}
    judged = [village for village in context.subjects.villages() if village.kind not in excused and chosen.get(village.code) not in categories.codes]
    if not judged:
        return
    found = positions(data, context.layers, context.profile, [village.code for village in judged])
    places = {row.village_code: row for row in found.itertuples(index=False)}
    for village in judged:
        place, category = places[village.code], chosen.get(village.code)
        if place.counts_inside:
            continue
        if category is not None:
            yield _foreign_category(context, village.code, category)
            continue
        share = None if pd.isna(place.share_inside) else round(float(place.share_inside) * 100, 1)
        yield Finding(
            subject_kind="village",
            subject_code=village.code,
            message_code=f"checks.7102.{place.position}" if share is not None or place.position != "cut" else "checks.7102.cut_stated",
            names={**context.names.village_params(village.code), **({"share": share} if place.position == "cut" and share is not None else {})},
            village_code=village.code,
            place=context.names.place(village.code),
        )


def _called(context: Context, name: str, village: str) -> dict[str, str]:
    """What a difference is called: by its own name, else its code."""
    return {"name": name, "village": context.names.village(village) or name, "village_code": village}


def _committees_never_asked(context: Context, asked: set[str]) -> Iterator[Outcome]:
    """居委会 of the plan that are neither 城镇社区 nor 涉农社区, and of which no open question tells."""
    kinds = context.profile.code_list("village_kind").with_role("ask")
    codes = sorted({row.code for row in context.index.village if row.kind in kinds} - asked)
    if codes:
        yield Finding(
            subject_kind="difference",
            subject_code=f"plan/{_BATCH}",
            message_code="checks.7101.undetermined",
            facts={"count": len(codes), "codes": codes},
            names={"villages": "、".join(context.names.village(code) or code for code in codes[:NAMED])},
            severity=context.limit("severity_batch"),
        )


def _foreign_category(context: Context, village: str, category: str) -> Finding:
    return Finding(
        subject_kind="village",
        subject_code=village,
        message_code="checks.7102.foreign_category",
        facts={"category": category},
        names=context.names.village_params(village),
        village_code=village,
        place=context.names.place(village),
    )
