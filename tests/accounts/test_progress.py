"""The implementation ledger and the turnover of building before clearing."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.accounts.examples import example, hamlet, move, village
from village_planner.accounts import implementation_by_phase, implementation_progress, turnover
from village_planner.standards import Profile

H1, H2 = (hamlet(serial)["code"] for serial in (1, 2))


def _plan(moves: list[dict], ledger: list[dict] = (), phases: tuple[int, ...] = (2020, 2021, 2022, 2025, 2035)):
    return example(phases, village=[village()], hamlet=[hamlet(1), hamlet(2)], move=moves, implementation=list(ledger))


def test_what_is_not_done_by_the_end_of_the_phase_is_carried_over() -> None:
    data = _plan(
        [move("M1", H1, phase=2022, households=60)],
        [{"move_code": "M1", "year": year, "households": count} for year, count in ((2021, 11), (2022, 30), (2023, 9))],
    )
    row = implementation_progress(data, "S1").iloc[0]
    assert (row["target"], row["done"], row["done_later"], row["carried_over"]) == (60, 41, 9, 19)
    assert round(row["share"], 3) == 0.683


def test_without_a_ledger_nothing_is_known() -> None:
    row = implementation_progress(_plan([move("M1", H1, phase=2022, households=60)]), "S1").iloc[0]
    assert pd.isna(row["done"])
    assert pd.isna(row["share"])
    assert pd.isna(row["carried_over"])


def test_a_move_carried_out_only_after_its_phase_had_done_nothing_in_time() -> None:
    data = _plan([move("M1", H1, phase=2022, households=10)], [{"move_code": "M1", "year": 2023, "households": 10}])
    row = implementation_progress(data, "S1").iloc[0]
    assert (row["done"], row["done_later"], row["carried_over"]) == (0, 10, 10)


def test_more_done_than_planned_carries_nothing_over() -> None:
    data = _plan([move("M1", H1, phase=2022, households=10)], [{"move_code": "M1", "year": 2022, "households": 12}])
    assert implementation_progress(data, "S1")["carried_over"].tolist() == [0]


def test_progress_by_phase_sums_the_moves_of_the_phase() -> None:
    data = _plan(
        [move("M1", H1, phase=2022, households=40), move("M2", H2, phase=2022, households=20), move("M3", H2, households=5)],
        [{"move_code": "M1", "year": 2022, "households": 40}, {"move_code": "M2", "year": 2022, "households": 1}],
    )
    by_phase = implementation_by_phase(data, "S1")
    assert by_phase["phase"].tolist() == [2022, pd.NA]
    assert by_phase.loc[0, ["moves", "target", "done", "carried_over"]].tolist() == [2, 60, 41, 19]
    assert pd.isna(by_phase.loc[1, "done"])


def _turnover(profile: Profile, phases: tuple[int, ...], *tasks: tuple[int, float, float]) -> pd.DataFrame:
    moves = [
        move(f"M{n}", H1, phase=phase, cleared_m2=cleared, built_m2=built) for n, (phase, cleared, built) in enumerate(tasks)
    ]
    return turnover(_plan(moves, phases=phases), profile, "S1").set_index("phase")


def test_building_ahead_is_due_within_the_term_and_settled_by_later_clearing(profile: Profile) -> None:
    table = _turnover(profile, (2021, 2022), (2021, 120_000.0, 150_000.0), (2022, 200_000.0, 100_000.0))
    assert table.loc[2021, ["excess_m2", "due", "settled"]].tolist() == [30_000.0, 2024, 2022]
    assert table.loc[2022, "cumulative_m2"] == -70_000.0
    assert not table["overdue"].any()


def test_building_ahead_that_is_settled_after_the_term_is_overdue(profile: Profile) -> None:
    table = _turnover(profile, (2021, 2022, 2025), (2021, 0.0, 10.0), (2025, 10.0, 0.0))
    assert table.loc[2021, ["due", "settled", "overdue"]].tolist() == [2024, 2025, True]


def test_building_ahead_that_falls_due_after_the_plan_is_not_overdue(profile: Profile) -> None:
    table = _turnover(profile, (2021, 2022), (2022, 0.0, 10.0))
    assert pd.isna(table.loc[2022, "settled"])
    assert not table["overdue"].any()


def test_the_oldest_amount_is_worked_off_first(profile: Profile) -> None:
    table = _turnover(profile, (2021, 2022, 2023, 2026), (2021, 0.0, 10.0), (2022, 0.0, 5.0), (2023, 10.0, 0.0), (2026, 5.0, 0.0))
    assert table["settled"].tolist()[:2] == [2023, 2026]
    assert table["overdue"].tolist() == [False, True, False, False]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=4, max_size=4))
def test_what_is_never_settled_is_what_is_ahead_at_the_end(profile: Profile, tasks: list[tuple[int, int]]) -> None:
    phases = (2021, 2022, 2025, 2035)
    table = _turnover(profile, phases, *((p, float(c), float(b)) for p, (c, b) in zip(phases, tasks)))
    assert table["cumulative_m2"].iloc[-1] == sum(b - c for c, b in tasks)
    last = max(0.0, table["cumulative_m2"].iloc[-1])
    unsettled = table.loc[table["settled"].isna(), "opened_m2"].sum()
    assert unsettled >= last
    assert (unsettled == 0) == (last == 0)
