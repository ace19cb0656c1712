"""Key figures and reclamation: the same sums as the accounts they come from, unknown where nothing is known."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.accounts.examples import action, example, hamlet, move, village
from village_planner.accounts import category_counts, key_figures, phase_tasks, reclamation
from village_planner.plan.data import PlanData
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import load_profile

H1, H2, H3 = (hamlet(serial)["code"] for serial in (1, 2, 3))


def figures_of(data: PlanData) -> dict[str, float | int | None]:
    """The figures of scenario S1."""
    return key_figures(data, MemoryLayers({}), load_profile(), "S1")


def moving() -> PlanData:
    """A village of three hamlets; one moves in two phases, one unphased and without areas."""
    return example(
        village=[village()],
        hamlet=[hamlet(1), hamlet(2), hamlet(3)],
        action=[action(H2), action(H3, "relocate"), action(H1, "retain")],
        move=[
            move("M1", H2, phase=2021, households=12, cleared_m2=900.0, built_m2=400.0, reclaimed_m2=800.0, reclaim_to="水田"),
            move("M2", H2, phase=2025, households=8, cleared_m2=100.0, built_m2=50.0, reclaimed_m2=90.0, reclaim_to="林地"),
            move("M3", H3, "town", phase=None, households=5, cleared_m2=None, built_m2=None),
        ],
    )


def test_moves_add_up_over_phases_and_the_unphased() -> None:
    figures = figures_of(moving())
    assert (figures["moves"], figures["move_households"]) == (3, 25)
    phases = ("2020", "2021", "2022", "2025", "2035", "none")
    assert sum(figures[f"phase_{phase}_households"] for phase in phases) == 25
    assert [figures[f"phase_{phase}_hamlets"] for phase in phases] == [0, 0, 0, 1, 0, 1]
    assert (figures["move_cleared_m2"], figures["phase_2025_cleared_m2"], figures["phase_none_cleared_m2"]) == (1000.0, 100.0, None)
    assert (figures["destination_town_moves"], figures["destination_town_households"]) == (1, 5)


def test_hamlets_and_villages_are_counted_by_what_is_decided() -> None:
    figures = figures_of(moving())
    assert (figures["hamlets"], figures["hamlets_retain"], figures["hamlets_merge"], figures["hamlets_relocate"]) == (3, 1, 1, 1)
    assert (figures["withdrawn_hamlets"], figures["withdrawn_villages"], figures["partly_villages"]) == (2, 0, 1)


def test_what_nobody_states_is_unknown_and_an_empty_plan_has_nothing() -> None:
    assert figures_of(example(village=[village()], hamlet=[hamlet(1, residents=None)]))["residents"] is None
    empty = figures_of(example())
    assert (empty["villages"], empty["moves"], empty["move_households"], empty["sites"]) == (0, 0, 0, 0)


def test_villages_to_classify_are_those_in_scope_outside_and_those_classified() -> None:
    places = [village(position_stated="outside"), {**village(), "code": "370799101209", "position_stated": "inside"}]
    chosen = [{"scenario": "S1", "village_code": "370799101209", "category": "02", "origin": "manual"}]
    other = [{**chosen[0], "scenario": "S2", "village_code": places[0]["code"]}]
    figures = figures_of(example(village=places, category=[*chosen, *other]))
    assert (figures["villages_to_classify"], figures["villages_classified"], figures["villages_inside"]) == (2, 1, 1)


def test_a_village_inside_the_boundary_and_its_hamlets_lack_nothing() -> None:
    inner = "370799101209"
    places = [village(position_stated="outside"), {**village(), "code": inner, "position_stated": "inside"}]
    data = example(village=places, hamlet=[hamlet(1), hamlet(1, inner)])
    counts = category_counts(data, load_profile(), "S1", {inner})
    assert counts["villages"].sum() == 1 and category_counts(data, load_profile(), "S1")["villages"].sum() == 2
    figures = figures_of(data)
    assert (figures["villages_to_classify"], figures["hamlets_undecided"], figures["hamlets_apart"]) == (1, 1, 1)


def test_reclaimed_land_is_parted_by_what_it_becomes() -> None:
    frame = reclamation(moving(), load_profile(), "S1").set_index("phase")
    assert frame.loc[2021, ["reclaimed_m2", "farmland_m2", "other_m2", "surplus_m2"]].tolist() == [800.0, 800.0, 0.0, 400.0]
    assert frame.loc[2025, ["reclaimed_m2", "farmland_m2", "other_m2", "surplus_m2"]].tolist() == [90.0, 0.0, 90.0, 40.0]
    silent = moving()
    silent = PlanData({**silent.tables, "move": silent.move.assign(reclaim_to=[None, "  ", None])})
    untold = reclamation(silent, load_profile(), "S1").set_index("phase")
    assert untold.loc[2025, ["reclaimed_m2", "farmland_m2", "other_m2", "unstated_m2"]].tolist() == [90.0, 0.0, 0.0, 90.0]
    unphased = frame[frame.index.isna()].iloc[0]
    assert unphased[["farmland_m2", "surplus_m2"]].isna().all()


def test_reclamation_has_the_sums_of_the_tasks() -> None:
    data = moving()
    tasks = phase_tasks(data, "S1")
    assert reclamation(data, load_profile(), "S1")["cleared_m2"].sum() == pytest.approx(tasks["cleared_m2"].sum())
    assert reclamation(example(), load_profile(), "S1").empty and isinstance(tasks, pd.DataFrame)
