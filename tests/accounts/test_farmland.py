"""The farmland balance as an account: who takes what, when, of which class and quality; ground counts once, and sums agree with QC-5302's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.accounts.examples import V1, action, box, example, features, geod_area_m2, hamlet, move, village
from village_planner.accounts import cultivated_balance, farmland_balance, farmland_entries
from village_planner.plan.data import PlanData
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import Profile

H1, H2 = hamlet(1)["code"], hamlet(2)["code"]
REACH_M = 50.0
CENT = 0.01
FIELDS = MemoryLayers({
    "land_use": features(
        {"class_code": "0101", "slope": "1", "level": "4", "deduction": 0.05, "geom": box(0, 0, 100, 400)},
        {"class_code": "0103", "slope": "3", "level": "8", "deduction": 0.2, "geom": box(100, 0, 100, 400)},
        {"class_code": "0702", "built_code": "203", "geom": box(500, 0, 100, 100)},
    )
})


def _plan(**tables: object) -> PlanData:
    standard = {
        "village": [village()], "hamlet": [hamlet(1), hamlet(2)], "action": [action(H2)],
        "patch": [
            {"code": "P1", "hamlet_code": H1, "kind": "new", "geom": box(50, 0, 100, 100)},
            {"code": "P2", "hamlet_code": H2, "kind": "existing", "geom": box(500, 0, 100, 100)},
        ],
        "site": [{"code": "Z1", "name": "安置点", "setting": "rural", "village_code": V1, "ready_phase": 2022, "geom": box(0, 200, 50, 50)}],
        "move": [
            move("M1", H2, target=H1, phase=2025, reclaimed_m2=4_000.0, reclaim_to="水田"), move("M2", H2, target=H1, phase=2021, reclaimed_m2=1_000.0),
            move("M3", H2, "site", "Z1", phase=2035, reclaimed_m2=500.0, reclaim_to="林地"),
        ],
    }  # fmt: skip
    return example(**{**standard, **tables})


def test_each_patch_site_and_move_has_its_entries_by_class_and_quality(profile: Profile) -> None:
    entries = farmland_entries(_plan(), FIELDS, profile, "S1", REACH_M)
    told = [tuple(row) for row in entries[["side", "kind", "code", "phase", "class_code", "slope", "level"]].fillna(0).itertuples(index=False)]
    assert told == [
        ("taken", "patch", "P1", 2021, "0101", 1.0, 4.0), ("taken", "patch", "P1", 2021, "0103", 3.0, 8.0), ("taken", "site", "Z1", 2022, "0101", 1.0, 4.0),
        ("reclaimed", "move", "M1", 2025, "0101", 0, 0), ("undirected", "move", "M2", 2021, 0, 0, 0),
    ]
    expected = [0.95 * geod_area_m2(box(50, 0, 50, 100)), 0.8 * geod_area_m2(box(100, 0, 50, 100)), 0.95 * geod_area_m2(box(0, 200, 50, 50)), 4_000, 1_000]
    assert entries["area_m2"].tolist() == pytest.approx(expected, abs=CENT)
    assert set(entries["township_code"]) == {"370799101"}


def test_sums_by_township_and_plan_keep_what_is_not_known_apart(profile: Profile) -> None:
    data = _plan()
    balance = farmland_balance(data, farmland_entries(data, FIELDS, profile, "S1", REACH_M), ["0101"]).set_index("kind")
    plan = balance.loc["plan"]
    wet, dry = 0.95 * geod_area_m2(box(50, 0, 50, 100), box(0, 200, 50, 50)), 0.8 * geod_area_m2(box(100, 0, 50, 100))
    assert plan[["taken_m2", "paddy_taken_m2", "reclaimed_m2", "undirected_m2", "paddy_reclaimed_m2", "classless_m2"]].tolist() == pytest.approx(
        [wet + dry, wet, 4_000, 1_000, 4_000, 0], abs=CENT
    )
    assert plan["slope_taken"] == pytest.approx((wet + 3 * dry) / (wet + dry))
    assert plan["slope_unknown_m2"] == pytest.approx(4_000.0)
    assert balance.loc["township", "taken_m2"].tolist() == pytest.approx([wet + dry, 0], abs=CENT)


corners = st.integers(0, 150)
patches = st.lists(st.builds(lambda x, y, w, h: box(x, y, w, h), corners, corners, st.integers(5, 90), st.integers(5, 90)), max_size=4)


@settings(max_examples=25, deadline=None)
@given(patches)
def test_what_is_taken_is_what_the_balance_of_cultivated_land_loses(shapes: list) -> None:
    from village_planner.standards import load_profile

    profile = load_profile()
    data = _plan(patch=[{"code": f"P{n}", "hamlet_code": H1, "kind": "new", "geom": shape} for n, shape in enumerate(shapes)])
    entries = farmland_entries(data, FIELDS, profile, "S1", REACH_M)
    taken_m2 = cultivated_balance(data, FIELDS, profile, "S1").iloc[-1]["taken_m2"]
    assert entries.loc[entries["side"] == "taken", "area_m2"].sum() == pytest.approx(taken_m2, abs=CENT)


def test_without_layer_and_without_anything_planned_there_are_no_entries(profile: Profile) -> None:
    assert set(farmland_entries(_plan(), MemoryLayers({}), profile, "S1", REACH_M)["side"]) == {"reclaimed", "undirected"}
    empty = farmland_entries(_plan(patch=[], site=[], move=[]), FIELDS, profile, "S1", REACH_M)
    assert empty.empty and farmland_balance(_plan(), empty, ["0101"])["taken_m2"].tolist() == [0.0, 0.0, 0.0]
