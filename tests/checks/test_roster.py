"""QC-7101 differences of rosters, QC-7102 categories outside the boundary."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.accounts.examples import V1, V2, box, category, example, features, hamlet, village

Check = Callable[..., pd.DataFrame]


def _difference(kind: str, **values: object) -> dict:
    return {"source": "民政.csv", "code": "370799101299", "name": "新村", "kind": kind, **values}


@pytest.mark.parametrize("kind", ["extra", "missing", "renamed", "recoded", "merged", "not_a_village", "committee"])
def test_an_open_difference_is_severe_whatever_its_kind(check: Check, kind: str) -> None:
    data = example(village=[village()], roster_difference=[_difference(kind, village_code=V1)])
    row = check("QC-7101", data).iloc[0]
    assert (row["severity"], row["subject_kind"], row["subject_code"]) == ("A", "difference", "民政.csv/370799101299")
    assert (row["other_kind"], row["other_code"]) == ("village", V1)


def test_settled_differences_are_no_findings(check: Check) -> None:
    rows = [_difference("extra", code=str(n), settled=word) for n, word in enumerate(("explained", "accepted", "rejected"))]
    assert check("QC-7101", example(village=[village()], roster_difference=rows)).empty


def test_the_batch_of_committees_is_one_milder_question(check: Check) -> None:
    batch = _difference("committees", code="committees", detail={"codes": [str(n) for n in range(114)]})
    findings = check("QC-7101", example(village=[village()], roster_difference=[batch]))
    assert findings["severity"].tolist() == ["B"]
    assert findings["params"].iloc[0]["count"] == 114
    assert pd.isna(findings["other_kind"].iloc[0])


def test_a_village_outside_the_boundary_needs_a_category(check: Check) -> None:
    villages = [village(V1, position_stated="outside"), village(V2, position_stated="outside")]
    findings = check("QC-7102", example(village=villages, category=[category(V2)]))
    assert findings["subject_code"].tolist() == [V1]
    assert findings["message_code"].tolist() == ["checks.7102.outside"]


def test_a_category_of_another_scenario_does_not_count(check: Check) -> None:
    data = example(village=[village(position_stated="outside")], category=[category(V1, scenario="S2")])
    assert len(check("QC-7102", data)) == 1


@pytest.mark.parametrize("kind", ["urban_community", "committee", "farm", "water", "zone"])
def test_what_is_no_village_needs_no_category(check: Check, kind: str) -> None:
    assert check("QC-7102", example(village=[village(kind=kind, position_stated="outside")])).empty
    assert len(check("QC-7102", example(village=[village(kind="rural_community", position_stated="outside")]))) == 1


def test_a_village_inside_needs_none_and_an_unknown_position_counts_as_outside(check: Check) -> None:
    assert check("QC-7102", example(village=[village(position_stated="inside")])).empty
    assert check("QC-7102", example(village=[village()]))["message_code"].tolist() == ["checks.7102.unknown"]
    assert check("QC-7102", example(village=[village(position_stated="cut")]))["message_code"].tolist() == ["checks.7102.cut_stated"]


def test_a_cut_village_is_told_with_its_share(check: Check) -> None:
    layers = {"development_boundary": features({"geom": box(0, 0, 200, 1000)})}
    findings = check("QC-7102", example(village=[village(geom=box(0, 0, 1000, 1000))], hamlet=[hamlet(1)]), layers)
    assert findings["message_code"].tolist() == ["checks.7102.cut"]
    assert findings["params"].iloc[0]["share"] == 20.0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.integers(201, 206)), st.integers(201, 206))
def test_one_more_category_never_adds_a_finding(check: Check, classified: set[int], one_more: int) -> None:
    codes = [f"370799101{n}" for n in range(201, 207)]
    villages = [village(code, position_stated="outside") for code in codes]

    def found(numbers: set[int]) -> set[str]:
        rows = [category(f"370799101{n}") for n in sorted(numbers)]
        return set(check("QC-7102", example(village=villages, category=rows))["key"])

    assert found(classified | {one_more}) <= found(classified)


def test_a_roster_that_shares_nothing_with_ours_is_one_question(check: Check) -> None:
    findings = check("QC-7101", example(roster_difference=[_difference("extra", code="*", name="")]))
    assert findings["message_code"].tolist() == ["checks.7101.strange"]


def test_a_category_that_the_profile_does_not_know_is_none(check: Check) -> None:
    findings = check("QC-7102", example(village=[village(position_stated="outside")], category=[category(V1, "99")]))
    assert findings["message_code"].tolist() == ["checks.7102.foreign_category"]


@pytest.mark.parametrize("kind", [None, "hamlet-like"])
def test_a_kind_that_the_profile_does_not_know_hides_no_village(check: Check, kind: str | None) -> None:
    assert len(check("QC-7102", example(village=[village(kind=kind, position_stated="outside")]))) == 1


def test_committees_of_which_nothing_asks_are_asked_about_once(check: Check) -> None:
    committees = [village(V1, "河西社区", kind="committee"), village(V2, "河东社区", kind="committee")]
    findings = check("QC-7101", example(village=committees))
    assert findings[["severity", "subject_code", "message_code"]].to_numpy().tolist() == [["B", "plan/committees", "checks.7101.undetermined"]]
    batch = _difference("committees", code="committees", name="", detail={"codes": [V1, V2]})
    assert check("QC-7101", example(village=committees, roster_difference=[batch]))["message_code"].tolist() == ["checks.7101.committees"]
    settled = [village(V1, "河西社区", kind="urban_community"), village(V2, "河东社区", kind="rural_community")]
    assert check("QC-7101", example(village=settled, roster_difference=[{**batch, "settled": "accepted"}])).empty


def test_another_question_about_as_many_committees_is_another_finding(check: Check) -> None:
    batches = [_difference("committees", code="committees", name="", detail={"codes": codes}) for codes in ([V1], [V2])]
    digests = [check("QC-7101", example(roster_difference=[batch]))["digest"].iloc[0] for batch in batches]
    assert digests[0] != digests[1]


def test_a_difference_without_a_name_is_called_by_its_code(check: Check) -> None:
    params = check("QC-7101", example(roster_difference=[_difference("extra", code="370799101299", name=None)]))["params"].iloc[0]
    assert params["name"] == "370799101299"


def test_a_roster_that_was_compared_with_no_other_is_not_passed(not_checked: Callable[..., list[str]]) -> None:
    assert not_checked("QC-7101", example(village=[village()])) == ["no_other_roster"]


@pytest.mark.parametrize("table", ["roster_source", "roster_difference"])
def test_another_roster_leaves_its_trace_even_where_it_agrees(not_checked: Callable[..., list[str]], table: str) -> None:
    row = {"source": "民政.xlsx", "units": 1, "compared_at": "2020-05-01"} if table == "roster_source" else _difference("extra", settled="explained")
    assert not_checked("QC-7101", example(village=[village()], **{table: [row]})) == []
