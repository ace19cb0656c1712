"""The roster against other rosters (QC-7101), and a category for every village outside the boundary (QC-7102)."""

from __future__ import annotations

from typing import Any, Iterator

import pandas as pd

from village_planner.accounts import positions
from village_planner.checks.rule import NAMED, Context, Finding, Outcome
from village_planner.plan.data import plain

_BATCH = "committees"
_WHOLE_ROSTER = "*"


def unsettled_differences(context: Context) -> Iterator[Outcome]:
    """QC-7101: every difference from another roster that nobody has settled; 居委会 are one question for all of them."""
    differences = context.data.roster_difference
    if context.data.roster_source.empty and differences["kind"].eq(_BATCH).all():
        yield context.not_checked("no_other_roster")
    asked: set[str] = set()
    for _, row in differences[differences["settled"].isna()].iterrows():
        kind, village = str(row["kind"]), plain(row["village_code"])
        detail = row["detail"] if isinstance(row["detail"], dict) else {}
        facts: dict[str, Any] = {"source": str(row["source"]), "code": str(row["code"])}
        if kind == _BATCH:
            facts.update(count=len(detail.get("codes", [])), codes=sorted(map(str, detail.get("codes", []))))
            asked.update(facts["codes"])
        yield Finding(
            subject_kind="difference",
            subject_code=f"{row['source']}/{row['code']}",
            message_code="checks.7101.strange" if row["code"] == _WHOLE_ROSTER else f"checks.7101.{kind}",
            facts=facts,
            names=_called(context, plain(row["name"]) or str(row["code"]), village or str(row["code"])),
            severity=context.limit("severity_batch") if kind == _BATCH else None,
            village_code=village,
            other_kind="village" if village else None,
            other_code=village,
            place=context.names.place(village) if village else None,
        )
    yield from _committees_never_asked(context, asked)


def villages_without_category(context: Context) -> Iterator[Outcome]:
    """QC-7102: every in-scope village that does not count as inside the boundary and has no category."""
    data, scenario = context.data, context.scenario
    kinds, categories = context.profile.code_list("village_kind"), context.profile.code_list("category")
    # A kind that the profile does not know hides no village: it needs a category until somebody says otherwise.
    excused = (*kinds.with_role("out_of_scope"), *kinds.with_role("ask"))
    chosen = data.category[data.category["scenario"] == scenario]
    category_of = {village: str(code) for village, code in zip(chosen["village_code"], chosen["category"]) if not pd.isna(code)}
    classified = [village for village, code in category_of.items() if code in categories.codes]
    places = positions(data, context.layers, context.profile)
    frame = data.village[["code", "kind"]].merge(places, left_on="code", right_on="village_code")
    open_villages = frame[~frame["kind"].isin(excused) & ~frame["counts_inside"] & ~frame["code"].isin(classified)]
    for row in open_villages.itertuples(index=False):
        if row.code in category_of:
            yield _foreign_category(context, row.code, category_of[row.code])
            continue
        share = None if pd.isna(row.share_inside) else round(float(row.share_inside) * 100, 1)
        yield Finding(
            subject_kind="village",
            subject_code=row.code,
            message_code=f"checks.7102.{row.position}" if share is not None or row.position != "cut" else "checks.7102.cut_stated",
            names={**context.names.village_params(row.code), **({"share": share} if row.position == "cut" and share is not None else {})},
            village_code=row.code,
            place=context.names.place(row.code),
        )


def _called(context: Context, name: str, village: str) -> dict[str, str]:
    """What a difference is called: by its own name, else its code."""
    return {"name": name, "village": context.names.village(village) or name, "village_code": village}


def _committees_never_asked(context: Context, asked: set[str]) -> Iterator[Outcome]:
    """居委会 of the plan that are neither 城镇社区 nor 涉农社区, and of which no open question tells."""
    village = context.data.village
    codes = sorted(set(village.loc[village["kind"].isin(context.profile.code_list("village_kind").with_role("ask")), "code"]) - asked)
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
