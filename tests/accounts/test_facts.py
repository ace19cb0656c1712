"""Figures of villages, hamlets and categories, and the lines of moves."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.accounts.examples import (
    V1,
    V2,
    V3,
    action,
    box,
    category,
    example,
    geod_area_m2,
    hamlet,
    move,
    point,
    village,
)
from village_planner.accounts import category_counts, hamlet_frame, move_lines, village_facts
from village_planner.standards import Profile

H1, H2 = (hamlet(serial)["code"] for serial in (1, 2))


def test_the_hamlets_figures_come_before_the_villages_own() -> None:
    data = example(
        village=[village(V1, households=999, persons=50), village(V2, households=7)],
        hamlet=[hamlet(1, households=30), hamlet(2), hamlet(1, V2)],
    )
    facts = village_facts(data).set_index("village_code")
    assert facts.loc[V1, ["households", "persons"]].tolist() == [30, 50]
    assert facts.loc[V2, "households"] == 7
    assert pd.isna(facts.loc[V2, "persons"])


def test_the_hollow_rate_is_vacant_homesteads_among_homesteads() -> None:
    data = example(
        village=[village(V1), village(V2)],
        hamlet=[hamlet(1, homesteads=40, vacant_homesteads=10, households=5), hamlet(1, V2, homesteads=0, vacant_homesteads=0)],
    )
    rates = village_facts(data)["hollow_rate"]
    assert rates.iloc[0] == 0.25
    assert pd.isna(rates.iloc[1])


def test_built_land_is_that_of_present_patches_only() -> None:
    patches = [
        {"code": "P1", "hamlet_code": H1, "kind": "existing", "geom": box(0, 0, 100, 80)},
        {"code": "P2", "hamlet_code": H1, "kind": "new", "geom": box(200, 0, 100, 80)},
    ]
    data = example(village=[village(V1), village(V2)], hamlet=[hamlet(1), hamlet(1, V2)], patch=patches)
    built = village_facts(data)["built_m2"]
    assert built.iloc[0] == pytest.approx(geod_area_m2(box(0, 0, 100, 80)), abs=0.01)
    assert pd.isna(built.iloc[1])


def test_a_hamlet_shows_what_is_decided_for_it() -> None:
    data = example(
        village=[village()],
        hamlet=[hamlet(1), hamlet(2, households=20)],
        action=[action(H2)],
        move=[move("M1", H2, target=H1, phase=2021, households=12), move("M2", H2, "cash", phase=2022, households=8)],
    )
    row = hamlet_frame(data, "S1").iloc[1]
    assert (row["action"], row["withdrawn"], row["moves"], row["moved_households"], row["completion_phase"]) == ("merge", True, 2, 20, 2022)
    assert pd.isna(row["moved_persons"])


def test_categories_are_counted_per_township_with_those_that_have_none(profile: Profile) -> None:
    data = example(
        village=[village(V1, households=10), village(V2), village(V3), village("370799102202", kind="farm")],
        category=[category(V1, "01"), category(V2, "04")],
    )
    counts = category_counts(data, profile, "S1").set_index(["township_code", "category"])
    first, second = counts.loc["370799101"], counts.loc["370799102"]
    assert first["villages"].tolist() == [1, 0, 0, 1, 0, 0]
    assert first["share"].tolist() == [0.5, 0, 0, 0.5, 0, 0]
    assert second["villages"].tolist() == [0, 0, 0, 0, 0, 1]
    assert first["households"].iloc[0] == 10
    assert pd.isna(first["households"].iloc[3])


def test_moves_have_a_line_where_both_ends_are_known() -> None:
    data = example(
        village=[village()],
        hamlet=[hamlet(1, geom=point(0, 0)), hamlet(2, geom=point(300, 400))],
        move=[move("M1", H2, target=H1), move("M2", H2, "cash"), move("M3", H2, "site", "Z9"), move("M4", H2, "town")],
    )
    lines = move_lines(data, "S1")
    assert [geom is not None for geom in lines["geom"]] == [True, False, False, True]
    assert lines["length_m"].iloc[0] == 500


def test_what_is_done_to_figures_that_were_asked_for_reaches_nobody_else() -> None:
    data = example(village=[village(V1, households=50)])
    village_facts(data)["households"] = 1
    frame = village_facts(data)
    frame.loc[0, "households"] = 2
    assert list(village_facts(data)["households"]) == [50]


def test_a_category_that_the_profile_does_not_know_counts_in_the_township_all_the_same(profile: Profile) -> None:
    counts = category_counts(example(village=[village(V1), village(V2)], category=[category(V1, "01"), category(V2, "99")]), profile, "S1")
    assert 0.5 in list(counts.loc[counts["category"].eq("01").fillna(False), "share"])
