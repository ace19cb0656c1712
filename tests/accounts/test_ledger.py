"""The ledger by year: what was due, what was done, and what is carried over."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.accounts.examples import V3, example, hamlet, move, village
from village_planner.accounts import implementation_by_year, implementation_progress, ledger_rows, move_places
from village_planner.plan.data import PlanData

H1, H2 = (hamlet(serial)["code"] for serial in (1, 2))
H3 = hamlet(1, V3)["code"]


def _plan(moves: list[dict], ledger: list[dict] = (), **tables: object) -> PlanData:  # type: ignore[assignment]
    hamlets = [hamlet(1), hamlet(2), hamlet(1, V3, name="石湾")]
    villages = [village(), village(V3, "青石村")]
    return example((2020, 2021, 2022, 2025, 2035), village=villages, hamlet=hamlets, move=moves, implementation=list(ledger), **tables)


def _actual(code: str, year: int, households: int | None = None, **areas: float) -> dict:
    return {"move_code": code, "year": year, "households": households, **areas}


@pytest.fixture(scope="module")
def two_townships() -> PlanData:
    moves = [
        move("M1", H1, target=H2, phase=2022, households=60, cleared_m2=900.0), move("M2", H3, "town", phase=2025, households=20, destination_name="县城"),
    ]
    return _plan(moves, [_actual("M1", 2021, 11, cleared_m2=100.0), _actual("M1", 2022, 30), _actual("M2", 2022, 5, cleared_m2=50.0)])


def test_places_name_where_a_move_starts_and_ends(two_townships: PlanData) -> None:
    places = move_places(two_townships, "S1")
    assert places["hamlet_name"].tolist() == ["居民点1", "石湾"] and places["township_name"].tolist() == ["云岭镇", "青石镇"]
    assert places["destination_name"].tolist() == ["居民点2", "县城"] and places["target_cleared_m2"].iloc[0] == 900.0


def test_rows_count_up_and_carry_over_only_from_the_phase_on(two_townships: PlanData) -> None:
    rows = ledger_rows(two_townships, "S1")
    assert list(zip(rows["move_code"], rows["year"], rows["done"])) == [("M1", 2021, 11), ("M1", 2022, 41), ("M2", 2022, 5)]
    assert rows["carried_over"].isna().tolist() == [True, False, True] and rows["carried_over"].iloc[1] == 19
    assert round(rows["share"].iloc[1], 3) == 0.683


def test_at_the_end_of_a_year_only_what_was_due_counts_as_carried_over(two_townships: PlanData) -> None:
    table = implementation_by_year(two_townships, "S1")
    assert sorted(set(table["year"])) == [2020, 2021, 2022]
    plan = table[table["kind"] == "plan"].set_index("year")
    assert plan.loc[2022, ["due", "households", "done", "carried_over"]].tolist() == [60, 35, 41, 19]
    assert round(plan.loc[2022, "share"], 3) == 0.683 and plan.loc[2022, "cleared_m2"] == 50.0
    assert pd.isna(plan.loc[2020, "households"]) and pd.isna(plan.loc[2020, "share"])


def test_townships_add_up_to_the_plan(two_townships: PlanData) -> None:
    table = implementation_by_year(two_townships, "S1")
    for column in ("due", "households", "done", "carried_over", "cleared_m2"):
        parts = table[table["kind"] == "township"].groupby("year")[column].sum()
        whole = table[table["kind"] == "plan"].set_index("year")[column].fillna(0)
        assert parts.astype(float).tolist() == whole.astype(float).tolist()


def test_a_due_move_without_a_row_is_carried_over_whole() -> None:
    moves = [move("M1", H1, phase=2021, households=8), move("M2", H2, phase=2022, households=3)]
    table = implementation_by_year(_plan(moves, [_actual("M2", 2022, 3)]), "S1")
    plan = table[(table["kind"] == "plan") & (table["year"] == 2022)].iloc[0]
    assert (plan["due"], plan["done"], plan["carried_over"]) == (11, 3, 8)


def test_without_a_ledger_there_are_no_rows() -> None:
    data = _plan([move("M1", H1, phase=2022, households=60)])
    assert len(ledger_rows(data, "S1")) == 0 and len(implementation_by_year(data, "S1")) == 0


def test_planned_areas_stand_beside_the_recorded_ones(two_townships: PlanData) -> None:
    row = implementation_progress(two_townships, "S1").set_index("move_code").loc["M1"]
    assert (row["target_cleared_m2"], row["cleared_m2"]) == (900.0, 100.0) and pd.isna(row["target_built_m2"])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(2020, 2026), st.integers(0, 40)), unique_by=lambda item: item[0], max_size=5))
def test_target_is_done_and_carried_over_unless_more_was_done(actuals: list[tuple[int, int]]) -> None:
    data = _plan([move("M1", H1, phase=2022, households=60)], [_actual("M1", year, count) for year, count in actuals])
    for row in implementation_by_year(data, "S1").query("kind == 'plan' and year >= 2022").itertuples():
        assert row.carried_over == max(0, 60 - row.done) and row.done == sum(count for year, count in actuals if year <= row.year)
