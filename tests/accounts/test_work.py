"""What is still missing in a scenario."""

from __future__ import annotations

from tests.accounts.examples import V1, V2, V3, action, box, category, example, hamlet, move, village
from village_planner.accounts import open_work
from village_planner.plan.data import PlanData
from village_planner.standards import Profile

H1, H2, H3 = hamlet(1)["code"], hamlet(2)["code"], hamlet(1, V2)["code"]


def _plan(**tables: object) -> PlanData:
    standard = {
        "village": [village(), village(V2, "青石村"), village(V3, "林场", kind="farm")],
        "hamlet": [hamlet(1), hamlet(2), hamlet(1, V2), hamlet(1, V3)],
    }
    return example(**{**standard, **tables})  # type: ignore[arg-type]


def test_of_an_empty_plan_every_village_in_scope_is_undecided(profile: Profile) -> None:
    work = open_work(_plan(), profile, "S1")
    assert work.undecided_villages == (V1, V2) and work.undecided_hamlets == (H1, H2, H3)
    assert open_work(_plan(), profile, "S1", {V2}).undecided_villages == (V1,)


def test_a_decision_of_another_scenario_counts_for_nothing(profile: Profile) -> None:
    data = _plan(category=[category(V1, scenario="S2")], action=[action(H1, scenario="S2")])
    work = open_work(data, profile, "S1")
    assert V1 in work.undecided_villages and H1 in work.undecided_hamlets and work.unmoved == ()


def test_a_withdrawal_lacks_move_phase_and_consent_until_each_is_there(profile: Profile) -> None:
    data = _plan(action=[action(H1), action(H2), action(H3)], move=[move("M1", H1), move("M2", H2, phase=2022), move("M3", H2)])
    work = open_work(data, profile, "S1")
    assert work.unmoved == (H3,) and work.unphased == (H1, H2) and work.unasked == (H1, H2, H3)
    consents = [
        {"code": "C1", "village_code": V1, "hamlet_code": H1, "kind": "survey"}, {"code": "C2", "village_code": V2, "kind": "signing"},
    ]
    assert open_work(_plan(action=[action(H1), action(H2), action(H3)], consent=consents), profile, "S1").unasked == (H2,)


def test_gaps_of_the_roster_are_named(profile: Profile) -> None:
    data = _plan(
        hamlet=[hamlet(1)], patch=[{"code": "P1", "kind": "existing", "geom": box(0, 0, 9, 9)}, {"code": "P2", "kind": "new", "geom": box(9, 9, 9, 9)}],
        roster_difference=[
            {"source": "统计", "code": "1", "kind": "extra"}, {"source": "统计", "code": "2", "kind": "extra", "settled": "rejected"},
        ],
    )
    work = open_work(data, profile, "S1")
    assert work.bare_villages == (V2,) and work.loose_patches == ("P1",) and work.differences == 1
