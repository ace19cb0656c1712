"""NL-04: the same grounds everywhere, too many villages withdrawn or undecided."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from tests.accounts.examples import category, example, village
from village_planner.plan.data import PlanData

Check = Callable[..., pd.DataFrame]


def _plan(codes: list[str], grounds: list[str | None], **info: Any) -> PlanData:
    villages = [f"370799101{201 + n}" for n in range(len(codes))]
    rows = [{**category(village_code, code), "grounds": text} for village_code, code, text in zip(villages, codes, grounds)]
    return example(info=info, village=[village(code, f"第{n}村") for n, code in enumerate(villages)], category=rows)


def test_one_text_on_most_villages(check: Check) -> None:
    same, other = "人口集聚，设施齐全。", [f"理由{n}" for n in range(6)]
    digest = hashlib.sha1(same.encode(), usedforsecurity=False).hexdigest()[:8]
    row = check("NL-04", _plan(["01"] * 12, [same] * 5 + ["人口集聚， 设施齐全。"] * 2 + other[:5])).iloc[0]
    assert (row["severity"], row["subject_kind"], row["subject_code"], row["other_kind"], row["other_code"]) == ("C", "county", "370799", "grounds", digest)
    assert (row["measure"], row["limit_value"], row["unit"]) == (pytest.approx(7 / 12), 0.5, "share")
    assert check("NL-04", _plan(["01"] * 12, [same] * 6 + other)).empty
    assert check("NL-04", _plan(["01"] * 12, [same] * 9 + [None] * 3)).empty


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        (["04"] * 3 + ["01"] * 9, [("category", "04", 0.25, 0.2)]),
        (["04"] * 2 + ["01"] * 8, []),
        (["05"] * 4 + ["01"] * 8, [("category", "05", pytest.approx(1 / 3), 0.3)]),
        (["05"] * 3 + ["01"] * 7, []),
        (["04"] * 9, []),
    ],
)
def test_shares_above_the_alarm(check: Check, codes: list[str], found: list[tuple]) -> None:
    findings = check("NL-04", _plan(codes, [None] * len(codes)))
    assert list(zip(findings["other_kind"], findings["other_code"], findings["measure"], findings["limit_value"])) == found


def test_a_township_plan_speaks_of_its_township(check: Check) -> None:
    data = _plan(["04"] * 12, [None] * 12, scope="township")
    alone = example(info={"scope": "township"}, township=[{"code": "370799101", "name": "云岭镇"}], village=data.village, category=data.category)
    assert check("NL-04", alone)[["subject_kind", "subject_code"]].to_numpy().tolist() == [["township", "370799101"]]
