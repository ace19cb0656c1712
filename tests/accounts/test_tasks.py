"""Tasks by phase: sums, completion, unphased, capacity of sites."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.accounts.examples import V1, V2, action, example, hamlet, move, village
from village_planner.accounts import hamlet_completion, phase_tasks, site_inflow, village_completion

H1, H2, H3 = (hamlet(serial)["code"] for serial in (1, 2, 3))
K1 = hamlet(1, V2)["code"]


def _tasks(**tables: object) -> pd.DataFrame:
    return phase_tasks(example(**tables), "S1").set_index(["township_code", "phase"])


def test_a_hamlet_that_moves_in_two_phases_counts_in_the_last_and_its_households_in_each() -> None:
    tasks = _tasks(
        village=[village()],
        hamlet=[hamlet(1), hamlet(2)],
        action=[action(H2)],
        move=[move("M1", H2, phase=2021, households=12), move("M2", H2, phase=2025, households=8)],
    ).loc["370799101"]
    assert tasks["households"].to_dict() == {2020: 0, 2021: 12, 2022: 0, 2025: 8, 2035: 0}
    assert tasks["hamlets"].to_dict() == {2020: 0, 2021: 0, 2022: 0, 2025: 1, 2035: 0}
    assert tasks["villages"].sum() == 0


def test_a_village_counts_when_its_last_hamlet_is_gone() -> None:
    data = example(
        village=[village()],
        hamlet=[hamlet(1), hamlet(2)],
        action=[action(H1, "relocate"), action(H2)],
        move=[move("M1", H1, "town", phase=2021), move("M2", H2, "town", phase=2022)],
    )
    assert village_completion(data, "S1")["phase"].tolist() == [2022]
    assert phase_tasks(data, "S1").query("phase == 2022")["villages"].tolist() == [1, 0]


def test_unphased_moves_have_a_row_of_their_own_and_leave_the_hamlet_unfinished() -> None:
    data = example(
        village=[village()],
        hamlet=[hamlet(1), hamlet(2), hamlet(3)],
        action=[action(H2), action(H3)],
        move=[move("M1", H2, phase=2021, households=5), move("M2", H2, households=7)],
    )
    tasks = phase_tasks(data, "S1")
    unphased = tasks[tasks["phase"].isna()]
    assert unphased[["township_code", "households", "hamlets", "moves"]].to_numpy().tolist() == [["370799101", 7, 2, 1]]
    assert hamlet_completion(data, "S1")["phase"].isna().all()


def test_a_sum_of_nothing_but_unknowns_stays_unknown() -> None:
    tasks = _tasks(
        village=[village()],
        hamlet=[hamlet(1), hamlet(2)],
        action=[action(H2)],
        move=[move("M1", H2, phase=2021), move("M2", H2, phase=2022, households=3, cleared_m2=100.0)],
    ).loc["370799101"]
    assert pd.isna(tasks.loc[2021, "households"])
    assert pd.isna(tasks.loc[2021, "net_m2"])
    assert tasks.loc[2022, "net_m2"] == -100.0
    assert pd.isna(tasks.loc[2022, "built_m2"])
    assert tasks.loc[2020, "households"] == 0


_MOVES = st.lists(
    st.tuples(
        st.sampled_from([H1, H2, K1]),
        st.sampled_from([None, 2020, 2021, 2022, 2025, 2035]),
        st.one_of(st.none(), st.integers(0, 500)),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(_MOVES)
def test_the_tasks_hold_every_household_of_the_moves_once(rows: list[tuple]) -> None:
    moves = [move(f"M{n}", code, phase=phase, households=count) for n, (code, phase, count) in enumerate(rows)]
    data = example(village=[village(V1), village(V2)], hamlet=[hamlet(1), hamlet(2), hamlet(1, V2)], move=moves)
    tasks = phase_tasks(data, "S1")
    assert tasks["households"].sum() == sum(count or 0 for *_, count in rows)
    assert tasks["moves"].sum() == len(rows)


@settings(max_examples=40, deadline=None)
@given(_MOVES, st.sets(st.sampled_from([H1, H2, K1])))
def test_every_withdrawn_hamlet_is_counted_once(rows: list[tuple], withdrawn: set[str]) -> None:
    moves = [move(f"M{n}", code, phase=phase, households=count) for n, (code, phase, count) in enumerate(rows)]
    data = example(
        village=[village(V1), village(V2)],
        hamlet=[hamlet(1), hamlet(2), hamlet(1, V2)],
        action=[action(code) for code in sorted(withdrawn)],
        move=moves,
    )
    assert phase_tasks(data, "S1")["hamlets"].sum() == len(withdrawn)


def _inflow(first: int, second: int, capacity: dict[int, int]) -> dict:
    data = example(
        village=[village()],
        hamlet=[hamlet(1), hamlet(2)],
        site=[{"code": "Z1", "name": "安置点", "setting": "rural"}],
        site_capacity=[{"site_code": "Z1", "phase": year, "households": count} for year, count in capacity.items()],
        move=[move("M1", H1, "site", "Z1", phase=2022, households=first), move("M2", H2, "site", "Z1", phase=2025, households=second)],
    )
    return site_inflow(data, "S1").set_index("phase")["excess"].to_dict()


def test_inflow_adds_up_over_the_phases_and_capacity_holds_until_the_next_one_is_stated() -> None:
    excess = _inflow(90, 60, {2022: 100, 2025: 160})
    assert excess == {2020: 0, 2021: 0, 2022: -10, 2025: -10, 2035: -10}
    assert _inflow(105, 45, {2022: 100, 2025: 160})[2022] == 5


def test_before_its_first_capacity_a_site_holds_nobody_and_without_any_it_is_unknown() -> None:
    assert _inflow(90, 0, {2025: 100})[2022] == 90
    assert all(pd.isna(value) for value in _inflow(90, 0, {}).values())
