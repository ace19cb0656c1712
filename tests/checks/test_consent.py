"""QC-7105: lawful votes, surveys for later phases, counts in order, votes in time."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.accounts.examples import V1, V2, action, example, hamlet, move, village
from village_planner.checks import VoteFault, vote_fault
from village_planner.plan.data import PlanData
from village_planner.standards import Profile

Check = Callable[..., pd.DataFrame]
H1, H2 = (hamlet(serial)["code"] for serial in (1, 2))


def _consent(code: str = "C1", kind: str = "meeting_households", **values: object) -> dict:
    vote = {"eligible": 30, "attended": 20, "in_favour": 11, "date": "2020-05-01"}
    return {"code": code, "village_code": V1, "hamlet_code": H2, "kind": kind, **vote, **values}


def _plan(phase: int | None, *consents: dict, **tables: object) -> PlanData:
    standard = {"village": [village(), village(V2)], "hamlet": [hamlet(1), hamlet(2)], "action": [action(H2)]}
    return example(
        info={"base_year": 2020, "current_phase": 2021},
        move=[move("M1", H2, "cash", phase=phase)],
        consent=list(consents),
        **{**standard, **tables},
    )


def _told(findings: pd.DataFrame) -> list[tuple]:
    other = findings["other_code"].astype(object).where(findings["other_code"].notna(), None)
    return list(zip(findings["severity"], findings["message_code"].str.split(".").str[-1], findings["subject_code"], other))


@given(st.integers(1, 10**30))
def test_two_thirds_of_the_households_suffice_exactly(profile: Profile, third: int) -> None:
    eligible = 3 * third
    in_favour = third + 1
    assert vote_fault("meeting_households", eligible, 2 * third, in_favour, profile) is None
    assert vote_fault("meeting_households", eligible, 2 * third - 1, 2 * third - 1, profile) is VoteFault.ATTENDANCE
    assert vote_fault("meeting_households", eligible + 1, 2 * third, in_favour, profile) is VoteFault.ATTENDANCE


@given(st.integers(1, 10**30))
def test_half_of_the_adults_do_not_suffice_exactly(profile: Profile, half: int) -> None:
    assert vote_fault("meeting_adults", 2 * half, half, half, profile) is VoteFault.ATTENDANCE
    assert vote_fault("meeting_adults", 2 * half, half + 1, half + 1, profile) is None
    assert vote_fault("meeting_adults", 2 * half + 1, half + 1, half + 1, profile) is None


@given(st.integers(1, 10**30))
def test_half_of_those_attending_do_not_suffice_exactly(profile: Profile, half: int) -> None:
    assert vote_fault("meeting_households", 2 * half, 2 * half, half, profile) is VoteFault.FAVOUR
    assert vote_fault("meeting_households", 2 * half, 2 * half, half + 1, profile) is None


@pytest.mark.parametrize("counts", [(None, 20, 20), (30, None, 20), (30, 20, None), (0, 0, 0)])
def test_a_vote_without_counts_is_not_lawful(profile: Profile, counts: tuple) -> None:
    assert vote_fault("meeting_adults", *counts, profile) is VoteFault.COUNTS_MISSING


@pytest.mark.parametrize("kind", ["survey", "signing"])
def test_a_survey_is_no_vote(profile: Profile, kind: str) -> None:
    assert vote_fault(kind, 30, 30, 30, profile) is VoteFault.NO_MEETING


@pytest.mark.parametrize("phase", [2020, 2021])
def test_a_move_of_a_past_or_current_phase_needs_a_lawful_vote(check: Check, phase: int) -> None:
    assert check("QC-7105", _plan(phase, _consent())).empty
    assert _told(check("QC-7105", _plan(phase))) == [("A", "no_vote", H2, None)]
    assert _told(check("QC-7105", _plan(phase, _consent(kind="survey")))) == [("A", "no_vote", H2, None)]


def test_an_unlawful_vote_is_told_with_its_share(check: Check) -> None:
    row = check("QC-7105", _plan(2020, _consent(attended=19, in_favour=19))).iloc[0]
    assert (row["message_code"], row["other_kind"], row["other_code"]) == ("checks.7105.attendance", "consent", "C1")
    assert row["measure"] == pytest.approx(19 / 30)
    assert row["limit_value"] == pytest.approx(2 / 3)
    row = check("QC-7105", _plan(2020, _consent(in_favour=10))).iloc[0]
    assert (row["message_code"], row["measure"], row["limit_value"]) == ("checks.7105.favour", 0.5, 0.5)
    assert _told(check("QC-7105", _plan(2020, _consent(attended=None)))) == [("A", "counts_missing", H2, "C1")]


def test_one_lawful_vote_suffices_beside_an_unlawful_one(check: Check) -> None:
    assert check("QC-7105", _plan(2020, _consent(), _consent("C2", attended=19, in_favour=1))).empty


def test_the_whole_villages_vote_counts_but_not_another_hamlets_or_villages(check: Check) -> None:
    assert check("QC-7105", _plan(2020, _consent(hamlet_code=None))).empty
    assert _told(check("QC-7105", _plan(2020, _consent(hamlet_code=H1)))) == [("A", "no_vote", H2, None)]
    assert _told(check("QC-7105", _plan(2020, _consent(hamlet_code=None, village_code=V2)))) == [("A", "no_vote", H2, None)]


@pytest.mark.parametrize("phase", [2022, 2035, None])
def test_for_a_later_or_unphased_move_a_survey_suffices(check: Check, phase: int | None) -> None:
    assert _told(check("QC-7105", _plan(phase))) == [("B", "no_survey", H2, None)]
    assert check("QC-7105", _plan(phase, _consent(kind="survey"))).empty
    assert check("QC-7105", _plan(phase, _consent(attended=1, in_favour=1))).empty


def test_a_vote_must_not_come_after_the_phase(check: Check) -> None:
    assert check("QC-7105", _plan(2020, _consent(date="2020-12-31"))).empty
    assert _told(check("QC-7105", _plan(2020, _consent(date="2021-01-01")))) == [("A", "too_late", H2, "C1")]
    assert _told(check("QC-7105", _plan(2022, _consent(date="2023-01-01")))) == [("A", "too_late", H2, "C1")]
    assert check("QC-7105", _plan(2020, _consent(date="2021-01-01"), _consent("C2"))).empty


@pytest.mark.parametrize(
    ("eligible", "attended", "in_favour", "found"),
    [(30, 30, 30, 0), (30, 31, 20, 1), (30, 20, 21, 1), (30, 20, -1, 1), (30, None, 31, 1), (None, 20, 11, 0)],
)
def test_in_favour_attended_and_eligible_must_be_in_order(
    check: Check, eligible: int | None, attended: int | None, in_favour: int | None, found: int
) -> None:
    consent = _consent(kind="survey", eligible=eligible, attended=attended, in_favour=in_favour)
    findings = check("QC-7105", _plan(2025, consent))
    assert _told(findings) == [("A", "counts", "C1", None)] * found
    assert set(findings["subject_kind"]) <= {"consent"}


def test_a_vote_without_a_date_is_told_where_it_is_needed(check: Check) -> None:
    undated = _consent(date=None)
    assert _told(check("QC-7105", _plan(2020, undated))) == [("B", "undated", H2, "C1")]
    assert check("QC-7105", _plan(2020, undated, _consent("C2"))).empty
    assert check("QC-7105", _plan(2035, undated)).empty


def test_a_later_refusal_undoes_a_vote(check: Check) -> None:
    refused = _consent("C2", in_favour=9, date="2020-06-01")
    assert _told(check("QC-7105", _plan(2020, _consent(), refused))) == [("A", "favour", H2, "C2")]
    assert check("QC-7105", _plan(2020, _consent(), {**refused, "attended": 19})).empty
    assert check("QC-7105", _plan(2020, _consent(), {**refused, "date": "2020-04-01"})).empty
    assert check("QC-7105", _plan(2020, _consent(), refused, _consent("C3", date="2020-07-01"))).empty


def test_the_whole_village_cannot_vote_away_a_hamlet_that_refused(check: Check) -> None:
    village_vote = _consent(hamlet_code=None, date="2020-06-01")
    assert _told(check("QC-7105", _plan(2020, village_vote, _consent("C2", in_favour=9)))) == [("A", "favour", H2, "C2")]
    refusing_village = _consent("C2", hamlet_code=None, in_favour=9, date="2020-06-01")
    assert check("QC-7105", _plan(2020, _consent(), refusing_village)).empty
    other_hamlet = _consent("C2", hamlet_code=H1, in_favour=9, date="2020-07-01")
    assert check("QC-7105", _plan(2020, village_vote, other_hamlet)).empty


def test_a_signing_is_no_vote_but_shows_the_will_for_later_phases(check: Check) -> None:
    assert _told(check("QC-7105", _plan(2020, _consent(kind="signing")))) == [("A", "no_vote", H2, None)]
    assert check("QC-7105", _plan(2035, _consent(kind="signing"))).empty


def test_findings_on_votes_keep_their_keys_in_another_order(check: Check) -> None:
    short = [_consent(code, attended=19, in_favour=19) for code in ("C1", "C2")]
    late = [_consent(code, date="2021-01-01") for code in ("C1", "C2")]
    for consents in (short, late):
        assert check("QC-7105", _plan(2020, *consents))["key"].tolist() == check("QC-7105", _plan(2020, *reversed(consents)))["key"].tolist()


def test_without_phases_no_phase_is_under_way_and_a_survey_suffices(check: Check) -> None:
    data = example(phases=(), village=[village()], hamlet=[hamlet(1), hamlet(2)], action=[action(H2)], move=[move("M1", H2, "cash")])
    assert data.current_phase is None
    assert _told(check("QC-7105", data)) == [("B", "no_survey", H2, None)]
