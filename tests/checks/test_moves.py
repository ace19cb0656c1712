"""QC-7103 destination and phase, QC-7104 targets, QC-7106 protection, QC-7108 sums."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from tests.accounts.examples import V1, V3, action, box, category, example, hamlet, move, point, village
from village_planner import checks
from village_planner.plan.data import PlanData
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import Profile

Check = Callable[..., pd.DataFrame]
H1, H2, H3 = (hamlet(serial)["code"] for serial in (1, 2, 3))
K1 = hamlet(1, V3)["code"]


def _plan(*moves: dict, withdrawn: tuple[str, ...] = (H2,), **tables: object) -> PlanData:
    standard = {
        "village": [village(), village(V3, "石桥村")],
        "hamlet": [hamlet(1, geom=point(0, 0)), hamlet(2, geom=point(30, 40)), hamlet(3), hamlet(1, V3, geom=point(12_000, 40))],
        "action": [action(code) for code in withdrawn],
    }
    return example(move=list(moves), **{**standard, **tables})


def _told(findings: pd.DataFrame) -> list[tuple]:
    return list(zip(findings["severity"], findings["message_code"].str.split(".").str[-1], findings["subject_code"]))


def test_a_withdrawn_hamlet_needs_a_move(check: Check) -> None:
    assert _told(check("QC-7103", _plan())) == [("A", "no_move", H2)]
    assert check("QC-7103", _plan(move("M1", H2, target=H1, phase=2025))).empty
    assert check("QC-7103", _plan(withdrawn=())).empty


@pytest.mark.parametrize("kind", ["hamlet", "site"])
def test_a_move_to_a_hamlet_or_site_needs_to_say_which(check: Check, kind: str) -> None:
    findings = check("QC-7103", _plan(move("M1", H2, kind, phase=2025)))
    assert _told(findings) == [("A", "no_destination", H2)]
    assert findings[["other_kind", "other_code"]].to_numpy().tolist() == [["move", "M1"]]


@pytest.mark.parametrize("kind", ["town", "outside", "cash", "none"])
def test_cash_and_the_like_need_no_target(check: Check, kind: str) -> None:
    assert check("QC-7103", _plan(move("M1", H2, kind, phase=2025))).empty


def test_an_unphased_move_is_allowed_in_a_draft_but_not_in_a_formal_package(check: Check) -> None:
    data = _plan(move("M1", H2, target=H1))
    assert _told(check("QC-7103", data)) == [("B", "unphased", H2)]
    assert _told(check("QC-7103", data, formal=True)) == [("A", "unphased", H2)]


def test_two_faults_of_one_move_are_one_finding_of_the_graver(check: Check) -> None:
    assert _told(check("QC-7103", _plan(move("M1", H2)))) == [("A", "no_destination_unphased", H2)]


def test_a_phase_must_be_one_of_the_plan(check: Check) -> None:
    assert _told(check("QC-7103", _plan(move("M1", H2, target=H1, phase=2030)))) == [("A", "foreign_phase", H2)]
    assert _told(check("QC-7103", _plan(move("M1", H2, phase=2030)))) == [("A", "no_destination_foreign_phase", H2)]


def test_a_village_to_be_withdrawn_must_withdraw_a_hamlet(check: Check) -> None:
    good = move("M1", H2, target=H1, phase=2025)
    assert _told(check("QC-7103", _plan(good, category=[category(V3, "04")]))) == [("A", "nothing_withdrawn", V3)]
    assert check("QC-7103", _plan(good, category=[category(V1, "04"), category(V3, "01")])).empty


def test_another_hamlet_of_the_same_village_is_the_normal_target(check: Check) -> None:
    assert check("QC-7104", _plan(move("M1", H2, target=H1))).empty


def test_a_target_must_exist(check: Check) -> None:
    assert _told(check("QC-7104", _plan(move("M1", H2, target="370799101201999")))) == [("A", "no_such_hamlet", H2)]
    findings = check("QC-7104", _plan(move("M1", H2, "site", "Z9")))
    assert _told(findings) == [("A", "no_such_site", H2)]
    assert findings[["other_kind", "other_code"]].to_numpy().tolist() == [["site", "Z9"]]


def test_a_hamlet_cannot_move_to_itself(check: Check) -> None:
    assert _told(check("QC-7104", _plan(move("M1", H2, target=H2)))) == [("A", "itself", H2)]


def test_a_withdrawn_target_is_a_chain(check: Check) -> None:
    findings = check("QC-7104", _plan(move("M1", H2, target=H3), move("M2", H3, target=H1), withdrawn=(H2, H3)))
    assert _told(findings) == [("A", "withdrawn", H2)]


def test_a_circle_is_told_from_each_of_its_hamlets_with_its_path(check: Check) -> None:
    moves = [move("M1", H1, target=H2), move("M2", H2, target=H3), move("M3", H3, target=H1)]
    findings = check("QC-7104", _plan(*moves, withdrawn=(H1, H2, H3)))
    assert {told[1:] for told in _told(findings)} == {("circle", H1), ("circle", H2), ("circle", H3)}
    assert findings["params"].iloc[0]["codes"] == [H1, H2, H3, H1]
    assert findings["params"].iloc[0]["path"].count("→") == 3


def test_a_circle_further_down_the_chain_is_not_the_first_hamlets_circle(check: Check) -> None:
    moves = [move("M1", H1, target=H2), move("M2", H2, target=H3), move("M3", H3, target=H2)]
    findings = check("QC-7104", _plan(*moves, withdrawn=(H1, H2, H3))).set_index("subject_code")
    assert findings.loc[H1, "message_code"] == "checks.7104.withdrawn"
    assert findings.loc[H2, "message_code"] == "checks.7104.circle"


def test_a_target_in_another_township_is_told_with_its_distance(check: Check) -> None:
    row = check("QC-7104", _plan(move("M1", H2, target=K1))).iloc[0]
    assert (row["severity"], row["measure"], row["unit"]) == ("B", 11_970.0, "m")
    no_points = [hamlet(1), hamlet(2), hamlet(1, V3)]
    assert _told(check("QC-7104", _plan(move("M1", H2, target=K1), hamlet=no_points))) == [("B", "other_township_unmeasured", H2)]


def test_the_township_of_a_site_is_its_own_or_that_of_its_village(check: Check) -> None:
    site = {"code": "Z1", "name": "安置点", "setting": "rural", "geom": box(12_000, 0, 100, 100)}
    to_site = move("M1", H2, "site", "Z1")
    assert len(check("QC-7104", _plan(to_site, site=[{**site, "village_code": V3}]))) == 1
    near = {**site, "geom": box(9_000, 0, 100, 100), "township_code": "370799101", "village_code": V3}
    assert check("QC-7104", _plan(to_site, site=[near])).empty


@pytest.mark.parametrize(("distance", "found"), [(9_999.0, 0), (10_001.0, 1)])
def test_a_target_too_far_away_in_the_same_township(check: Check, distance: float, found: int) -> None:
    hamlets = [hamlet(1, geom=point(distance, 0)), hamlet(2, geom=point(0, 0)), hamlet(3)]
    findings = check("QC-7104", _plan(move("M1", H2, target=H1), move("M2", H2, target=H1, phase=2025), hamlet=hamlets))
    assert findings[["severity", "message_code", "other_kind", "other_code"]].to_numpy().tolist() == [["B", "checks.7104.far", "hamlet", H1]] * found
    assert findings["measure"].tolist() == [distance] * found


def test_a_village_and_its_hamlets_state_the_same(check: Check) -> None:
    def found(households: int | None, *parts: int | None) -> list[tuple]:
        hamlets = [hamlet(n, households=count) for n, count in enumerate(parts, 1)]
        findings = check("QC-7108", _plan(hamlet=hamlets, village=[village(households=households)]))
        return list(findings[["severity", "subject_kind", "other_code", "measure", "limit_value"]].itertuples(index=False, name=None))

    assert found(50, 20, 25, 4) == [("B", "village", "households", 49.0, 50.0)]
    assert found(49, 20, 25, 4) == found(50, 20, 25, None) == found(None, 20, 25, 4) == []


def test_a_protected_hamlet_cannot_be_withdrawn(check: Check) -> None:
    hamlets = [hamlet(1, protection="historic"), hamlet(2, protection="traditional"), hamlet(3)]
    findings = check("QC-7106", _plan(hamlet=hamlets, withdrawn=(H2, H3)))
    assert _told(findings) == [("A", "withdrawn", H2)]
    assert findings["params"].iloc[0]["list"] == "传统村落"


def _sums(check: Check, facts: dict, *figures: dict) -> pd.DataFrame:
    moves = [move(f"M{n}", H2, "cash", phase=2025, **values) for n, values in enumerate(figures)]
    return check("QC-7108", _plan(*moves, hamlet=[hamlet(1), hamlet(2, **facts)]))


def test_the_moves_of_a_hamlet_add_up_to_it(check: Check) -> None:
    facts = {"households": 30, "persons": 90}
    assert _sums(check, facts, {"households": 20, "persons": 60}, {"households": 10, "persons": 30}).empty
    row = _sums(check, facts, {"households": 20, "persons": 60}, {"households": 9, "persons": 30}).iloc[0]
    assert (row["severity"], row["other_kind"], row["other_code"]) == ("A", "sum", "households")
    assert (row["measure"], row["limit_value"], row["unit"]) == (29, 30, "households")


def test_persons_add_up_too(check: Check) -> None:
    findings = _sums(check, {"households": 30, "persons": 90}, {"households": 30, "persons": 91})
    assert findings[["other_code", "measure"]].to_numpy().tolist() == [["persons", 91.0]]


def test_what_the_hamlet_does_not_state_cannot_differ(check: Check) -> None:
    assert _sums(check, {}, {"households": 20, "persons": 60}).empty


def test_moves_without_the_figure_that_the_hamlet_states_are_told(check: Check) -> None:
    findings = _sums(check, {"households": 30}, {})
    assert findings["message_code"].tolist() == ["checks.7108.households_not_stated"]
    assert pd.isna(findings["measure"].iloc[0])


@pytest.mark.parametrize(("persons", "found"), [(9, 1), (10, 0), (60, 0), (61, 1)])
def test_persons_per_household_outside_the_range_are_a_note(check: Check, persons: int, found: int) -> None:
    findings = _sums(check, {}, {"households": 10, "persons": persons})
    assert len(findings) == found
    assert set(findings["severity"]) <= {"C"}
    assert set(findings["other_kind"]) <= {"move"}


def test_moves_of_a_hamlet_that_stays_are_not_summed(check: Check) -> None:
    data = _plan(move("M1", H2, "cash", households=5), withdrawn=(), hamlet=[hamlet(1), hamlet(2, households=30)])
    assert check("QC-7108", data).empty


@pytest.mark.parametrize(("kind", "target"), [("hamlet", ""), ("site", " "), (None, None), ("elsewhere", None)])
def test_a_destination_that_says_nothing_is_none(check: Check, kind: str | None, target: str | None) -> None:
    data = _plan({**move("M1", H2, phase=2025), "destination_kind": kind, "destination_code": target})
    assert _told(check("QC-7103", data)) == [("A", "no_destination", H2)]
    if kind not in ("hamlet", "site"):
        assert check("QC-7104", data).empty


@pytest.mark.parametrize("actions", [[], [action(H2, "retain")], [action(H2, scenario="S2")]])
def test_a_move_of_a_hamlet_that_is_not_withdrawn_contradicts_itself(check: Check, actions: list[dict]) -> None:
    assert _told(check("QC-7103", _plan(move("M1", H2, target=H1, phase=2025), action=actions))) == [("A", "stays", H2)]


def test_a_chain_of_three_is_told_from_each_hamlet_whose_target_goes(check: Check) -> None:
    moves = [move("M1", H1, target=H2), move("M2", H2, target=H3), move("M3", H3, target=K1)]
    findings = check("QC-7104", _plan(*moves, withdrawn=(H1, H2, H3)))
    assert _told(findings) == [("A", "withdrawn", H1), ("A", "withdrawn", H2), ("B", "other_township_unmeasured", H3)]


def test_a_move_of_a_hamlet_that_stays_closes_no_circle(check: Check) -> None:
    moves = [move("M1", H2, target=H3), move("M2", H3, target=H1), move("M3", H1, target=H2)]
    assert ("A", "withdrawn", H2) in _told(check("QC-7104", _plan(*moves, withdrawn=(H2, H3))))


def test_two_moves_to_one_destination_are_one_finding(check: Check) -> None:
    moves = [move("M1", H2, target=H3, phase=2022), move("M2", H2, target=H3, phase=2025), move("M3", H3, target=H1)]
    assert _told(check("QC-7104", _plan(*moves, withdrawn=(H2, H3)))) == [("A", "withdrawn", H2)]


@pytest.mark.parametrize(("place", "code"), [("邻县青山镇", "other_county"), (None, "other_county_unnamed")])
def test_a_move_out_of_the_county_is_told(check: Check, place: str | None, code: str) -> None:
    away = [move(name, H2, "outside", destination_name=place, phase=2025) for name in ("M1", "M2")]
    assert _told(check("QC-7104", _plan(*away))) == [("B", code, H2)]


def test_a_site_lies_in_the_township_around_it_and_else_nobody_knows(check: Check, not_checked: Callable) -> None:
    site = {"code": "Z1", "name": "安置点", "setting": "rural", "geom": box(12_000, 0, 100, 100)}
    to_site = move("M1", H2, "site", "Z1")
    assert _told(check("QC-7104", _plan(to_site, site=[site]))) == [("B", "other_township", H2)]
    assert check("QC-7104", _plan(to_site, site=[{**site, "geom": None}])).empty
    assert not_checked("QC-7104", _plan(to_site, site=[{**site, "geom": None}])) == ["site_unplaced"]
    assert not_checked("QC-7104", _plan(site=[{**site, "geom": None}])) == []


def test_a_hamlet_without_figures_is_not_compared_and_that_is_said(check: Check, not_checked: Callable) -> None:
    data = _plan(move("M1", H2, "cash", households=5, persons=15), hamlet=[hamlet(1), hamlet(2, households=5)])
    assert check("QC-7108", data).empty
    assert not_checked("QC-7108", data) == ["no_persons"]
    assert not_checked("QC-7108", _plan(hamlet=[hamlet(1), hamlet(2)])) == []


def test_an_empty_hamlet_needs_no_figures_in_its_move(check: Check) -> None:
    assert _sums(check, {"households": 0, "persons": 0}, {}).empty
    assert len(_sums(check, {"households": 0}, {"households": 3})) == 1


def test_persons_without_households_are_a_note(check: Check) -> None:
    findings = _sums(check, {}, {"households": 0, "persons": 4})
    assert _told(findings) == [("C", "persons_without_households", H2)]
    assert _sums(check, {}, {"households": 0, "persons": 0}).empty


def test_only_the_chosen_scenario_counts(profile: Profile) -> None:
    scenarios = [{"code": code, "title": code} for code in ("S1", "S2")]
    other = {**move("M9", H1, target=H1, phase=1999, households=1, persons=99), "scenario": "S2"}
    data = _plan(
        move("M1", H2, target=H1, phase=2035, households=3, persons=9), other, scenario=scenarios,
        action=[action(H2), action(H1, scenario="S2")], category=[category(V3, "04", scenario="S2")],
        hamlet=[hamlet(1, protection="historic", households=1, persons=99), hamlet(2, households=3, persons=9), hamlet(1, V3)],
    )
    rules = ["QC-7103", "QC-7104", "QC-7106", "QC-7108"]
    assert checks.run(data, MemoryLayers({}), profile, rules, scenario="S1").findings.empty
    assert set(checks.run(data, MemoryLayers({}), profile, rules, scenario="S2").findings["rule"]) == set(rules)
