"""The roster against other rosters (QC-7101), and a category for every village outside the boundary (QC-7102)."""

from __future__ import annotations

from typing import Any, Iterator

import pandas as pd

from village_planner.accounts import positions
from village_planner.checks.rule import Context, Finding, Outcome
from village_planner.plan.data import plain

_BATCH = "committees"
_WHOLE_ROSTER = "*"


def unsettled_differences(context: Context) -> Iterator[Outcome]:
    """QC-7101: every difference from another roster that nobody has settled; the batch of 居委会 is one question."""
    differences = context.data.roster_difference
    for _, row in differences[differences["settled"].isna()].iterrows():
        kind, village = str(row["kind"]), plain(row["village_code"])
        detail = row["detail"] if isinstance(row["detail"], dict) else {}
        facts: dict[str, Any] = {"source": str(row["source"]), "code": str(row["code"])}
        if kind == _BATCH:
            facts["count"] = len(detail.get("codes", []))
        yield Finding(
            subject_kind="difference",
            subject_code=f"{row['source']}/{row['code']}",
            message_code="checks.7101.strange" if row["code"] == _WHOLE_ROSTER else f"checks.7101.{kind}",
            facts=facts,
            names={"name": plain(row["name"]) or "", "village": context.names.village(village), "village_code": village or ""},
            severity=context.limit("severity_batch") if kind == _BATCH else None,
            village_code=village,
            other_kind="village" if village else None,
            other_code=village,
            place=context.names.place(village) if village else None,
        )


def villages_without_category(context: Context) -> Iterator[Outcome]:
    """QC-7102: every in-scope village that does not count as inside the boundary and has no category."""
    data, scenario = context.data, context.scenario
    in_scope = context.profile.code_list("village_kind").with_role("in_scope")
    categories = data.category
    classified = set(categories.loc[categories["scenario"] == scenario, "village_code"])
    places = positions(data, context.layers, context.profile)
    frame = data.village[["code", "kind"]].merge(places, left_on="code", right_on="village_code")
    open_villages = frame[frame["kind"].isin(in_scope) & ~frame["counts_inside"] & ~frame["code"].isin(classified)]
    for row in open_villages.itertuples(index=False):
        share = None if pd.isna(row.share_inside) else round(float(row.share_inside) * 100, 1)
        yield Finding(
            subject_kind="village",
            subject_code=row.code,
            message_code=f"checks.7102.{row.position}" if share is not None or row.position != "cut" else "checks.7102.cut_stated",
            names={**context.names.village_params(row.code), **({"share": share} if row.position == "cut" and share is not None else {})},
            village_code=row.code,
            place=context.names.place(row.code),
        )
