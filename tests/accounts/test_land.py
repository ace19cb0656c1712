"""Land balance, newly taken land, coverage and positions, against areas by pyproj.Geod."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.accounts.examples import (
    CRS,
    V1,
    V3,
    action,
    box,
    example,
    features,
    geod_area_m2,
    hamlet,
    point,
    village,
)
from village_planner.accounts import coverage, cultivated_balance, land_balance, newly_taken, positions, without_earlier
from village_planner.plan.layers import MemoryLayers
from village_planner.spatial.columns import objects
from village_planner.standards import Profile

H1, H2 = (hamlet(serial)["code"] for serial in (1, 2))
BUILT = {"class_code": "0702", "built_code": "203"}
CENT = 0.01


def _patch(code: str, kind: str, geom: object, hamlet_code: str | None = H2) -> dict:
    return {"code": code, "hamlet_code": hamlet_code, "kind": kind, "geom": geom}


def _plan(*patches: dict, site: list[dict] = (), **tables: object):
    standard = {"village": [village()], "hamlet": [hamlet(1), hamlet(2)], "action": [action(H2)]}
    return example(patch=list(patches), site=list(site), **{**standard, **tables})


def test_ground_under_two_parcels_counts_once_and_for_the_smaller_deduction() -> None:
    subject = box(0, 0, 100, 100)
    others = objects([box(-10, -10, 80, 200), box(40, -10, 200, 200)])
    row = coverage(objects([subject]), others, CRS, np.array([0.5, 0.1])).iloc[0]
    left, right = box(0, 0, 40, 100), box(40, 0, 60, 100)
    assert row["gross_m2"] == pytest.approx(geod_area_m2(subject), abs=CENT)
    assert row["net_m2"] == pytest.approx(0.5 * geod_area_m2(left) + 0.9 * geod_area_m2(right), abs=CENT)
    assert row["features"] == 2


def test_a_hole_is_not_covered_ground() -> None:
    subject = box(20, 20, 10, 10)
    ring = shapely.difference(box(0, 0, 100, 100), box(10, 10, 50, 50))
    assert coverage(objects([subject]), objects([ring]), CRS)["gross_m2"].tolist() == [0.0]


def test_an_invalid_feature_is_left_out_and_named() -> None:
    bow_tie = shapely.Polygon([*box(0, 0, 100, 100).exterior.coords[:2], *box(0, 0, 100, 100).exterior.coords[3:1:-1]])
    row = coverage(objects([box(0, 0, 100, 100)]), objects([bow_tie, box(50, 0, 100, 100)]), CRS).iloc[0]
    assert row["failed"] == (0,)
    assert row["gross_m2"] == pytest.approx(geod_area_m2(box(50, 0, 50, 100)), abs=CENT)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 20)] * 2, *[st.integers(1, 10)] * 2), min_size=1, max_size=6))
def test_polygons_without_the_earlier_ones_add_up_to_their_union(rows: list[tuple]) -> None:
    geoms = objects([box(*row) for row in rows])
    parts = without_earlier(geoms)
    assert shapely.area(parts).sum() == pytest.approx(shapely.union_all(geoms).area, abs=1e-6)


def test_the_balance_takes_cleared_ground_off_and_adds_new_ground_outside_the_base(profile: Profile) -> None:
    layers = MemoryLayers({"land_use": features(
        {**BUILT, "geom": box(0, 0, 100, 100)},
        {**BUILT, "geom": box(200, 0, 100, 100)},
        {"class_code": "0702", "built_code": "201", "geom": box(400, 0, 100, 100)},
        {"class_code": "0103", "geom": box(0, 100, 500, 100)},
    )})
    data = _plan(
        _patch("P1", "existing", box(50, 0, 100, 100)),
        _patch("P2", "new", box(280, 0, 50, 50), H1),
    )
    table = land_balance(data, layers, profile, "S1").set_index("kind")
    plan = table.loc["plan"]
    assert plan["base_m2"] == pytest.approx(geod_area_m2(box(0, 0, 100, 100), box(200, 0, 100, 100)), abs=CENT)
    assert plan["cleared_m2"] == pytest.approx(geod_area_m2(box(50, 0, 50, 100)), abs=CENT)
    assert plan["new_m2"] == pytest.approx(geod_area_m2(box(300, 0, 30, 50)), abs=CENT)
    assert plan["planned_m2"] == pytest.approx(plan["base_m2"] - plan["cleared_m2"] + plan["new_m2"], abs=1e-6)
    township = table.loc["township"]
    assert township["change_m2"].tolist() == [pytest.approx(plan["change_m2"]), 0.0]


def test_ground_that_is_cleared_and_built_again_is_no_reduction(profile: Profile) -> None:
    layers = MemoryLayers({"land_use": features({**BUILT, "geom": box(0, 0, 100, 100)})})
    data = _plan(_patch("P1", "existing", box(0, 0, 100, 100)), _patch("P2", "new", box(0, 0, 100, 100), H1))
    assert land_balance(data, layers, profile, "S1")["change_m2"].tolist() == [0.0, 0.0, 0.0]


def test_a_new_patch_and_a_site_on_the_same_ground_count_once(profile: Profile) -> None:
    layers = MemoryLayers({"land_use": features({**BUILT, "geom": box(0, 0, 10, 10)})})
    sites = [
        {"code": "Z1", "name": "安置点", "setting": "rural", "village_code": V1, "geom": box(500, 0, 100, 100)},
        {"code": "Z2", "name": "镇区安置点", "setting": "town", "village_code": V1, "geom": box(900, 0, 100, 100)},
    ]
    data = _plan(_patch("P2", "new", box(500, 0, 100, 100), H1), site=sites)
    plan = land_balance(data, layers, profile, "S1").set_index("kind").loc["plan"]
    assert plan["new_m2"] == pytest.approx(geod_area_m2(box(500, 0, 100, 100)), abs=CENT)
    # What the site takes has all been taken by the patch: there is nothing left to measure, and nothing has failed.
    assert plan["unmeasured"] == 0 and cultivated_balance(data, layers, profile, "S1")["unmeasured"].tolist() == [0, 0, 0]


def test_a_cleared_patch_that_stands_twice_counts_once_and_is_no_failure(profile: Profile) -> None:
    layers = MemoryLayers({"land_use": features({**BUILT, "geom": box(0, 0, 100, 100)})})
    twins = [_patch(code, "cleared", box(0, 0, 50, 100)) for code in ("P1", "P2")]
    plan = land_balance(_plan(*twins), layers, profile, "S1").set_index("kind").loc["plan"]
    assert plan["cleared_m2"] == pytest.approx(geod_area_m2(box(0, 0, 50, 100)), abs=CENT) and plan["unmeasured"] == 0


def test_without_a_land_use_layer_the_present_patches_are_the_base(profile: Profile) -> None:
    data = _plan(_patch("P1", "existing", box(0, 0, 100, 100)), _patch("P2", "existing", box(200, 0, 100, 100), H1))
    plan = land_balance(data, MemoryLayers({}), profile, "S1").set_index("kind").loc["plan"]
    assert plan["base_source"] == "patches"
    assert plan["base_m2"] == pytest.approx(geod_area_m2(box(0, 0, 100, 100), box(200, 0, 100, 100)), abs=CENT)
    assert plan["planned_m2"] == pytest.approx(geod_area_m2(box(200, 0, 100, 100)), abs=CENT)


def test_without_layer_and_patches_there_is_no_balance(profile: Profile) -> None:
    table = land_balance(_plan(), MemoryLayers({}), profile, "S1")
    assert set(table["base_source"]) == {"nothing"}
    assert table["planned_m2"].isna().all()


def test_newly_taken_land_lies_outside_parcels_and_present_patches(profile: Profile) -> None:
    layers = MemoryLayers({"land_use": features(
        {**BUILT, "geom": box(0, 0, 20, 100)},
        {"class_code": "0103", "deduction": 0.2, "geom": box(20, 0, 50, 100)},
        {"class_code": "0301", "geom": box(70, 0, 130, 100)},
    )})
    data = _plan(_patch("P1", "existing", box(20, 0, 10, 100)), _patch("P2", "new", box(0, 0, 100, 100), H1))
    row = newly_taken(data, layers, profile).iloc[0]
    farmland = geod_area_m2(box(30, 0, 40, 100))
    assert row["outside_m2"] == pytest.approx(geod_area_m2(box(30, 0, 70, 100)), abs=CENT)
    assert row["farmland_m2"] == pytest.approx(farmland, abs=CENT)
    assert row["farmland_net_m2"] == pytest.approx(0.8 * farmland, abs=CENT)


def test_farmland_is_unknown_without_a_land_use_layer(profile: Profile) -> None:
    row = newly_taken(_plan(_patch("P2", "new", box(0, 0, 100, 100), H1)), MemoryLayers({}), profile).iloc[0]
    assert row["outside_m2"] == pytest.approx(geod_area_m2(box(0, 0, 100, 100)), abs=CENT)
    assert np.isnan(row["farmland_m2"])


def _position(profile: Profile, boundary: object, **tables: object) -> tuple:
    standard = {"village": [village(geom=box(0, 0, 1000, 1000))], "hamlet": [hamlet(1, geom=point(100, 100))]}
    layers = MemoryLayers({} if boundary is None else {"development_boundary": features({"geom": boundary})})
    return tuple(positions(example(**{**standard, **tables}), layers, profile).iloc[0][["position", "counts_inside", "decided_by"]])


def test_a_sliver_of_overlap_leaves_a_village_outside_or_inside(profile: Profile) -> None:
    assert _position(profile, box(0, 0, 0.9, 1000)) == ("outside", False, "polygon")
    assert _position(profile, box(0.9, -10, 2000, 2000)) == ("inside", True, "polygon")


def test_a_cut_village_counts_by_its_seat(profile: Profile) -> None:
    assert _position(profile, box(0, 0, 200, 1000)) == ("cut", True, "seat")
    assert _position(profile, box(200, 0, 800, 1000)) == ("cut", False, "seat")


def test_a_cut_village_without_seat_counts_by_its_patches_then_by_its_polygon(profile: Profile) -> None:
    no_seat = {"hamlet": [hamlet(1)]}
    patch = [_patch("P1", "existing", box(0, 0, 100, 100), H1), _patch("P2", "new", box(500, 0, 400, 400), H1)]
    assert _position(profile, box(0, 0, 200, 1000), patch=patch, **no_seat) == ("cut", True, "patches")
    assert _position(profile, box(0, 0, 200, 1000), **no_seat) == ("cut", False, "polygon")


def test_a_profile_may_decide_by_the_larger_share_instead_of_the_seat(profile: Profile) -> None:
    value = replace(profile.values["boundary_cut_criterion"], value="larger_share")
    by_share = replace(profile, values={**profile.values, "boundary_cut_criterion": value})
    assert _position(by_share, box(0, 0, 200, 1000)) == ("cut", False, "polygon")
    assert _position(by_share, box(0, 0, 501, 1000)) == ("cut", True, "polygon")


def test_without_boundary_or_polygon_the_stated_position_holds(profile: Profile) -> None:
    stated = {"village": [village(position_stated="inside")]}
    assert _position(profile, box(0, 0, 1, 1), **stated) == ("inside", True, "stated")
    assert _position(profile, None, **stated) == ("inside", True, "stated")
    assert _position(profile, None) == ("unknown", False, "nothing")


def test_a_patch_counts_for_the_township_of_its_hamlet_wherever_it_lies(profile: Profile) -> None:
    layers = MemoryLayers({"land_use": features({**BUILT, "geom": box(0, 0, 10, 10)})})
    data = _plan(
        _patch("P2", "new", box(12_000, 0, 100, 100), H1),
        _patch("P3", "new", box(12_500, 0, 50, 50), None),
        village=[village(), village(V3, "石桥村")],
    )
    table = land_balance(data, layers, profile, "S1")
    assert (table["new_m2"] > 0).tolist() == [True, True, True]
    assert table["new_m2"].iloc[1] == pytest.approx(geod_area_m2(box(12_500, 0, 50, 50)), abs=CENT)
