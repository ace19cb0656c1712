"""QC-5301 reduction, NL-01 newly taken land, NL-02 capacity, QC-5303 turnover overdue."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from tests.accounts.examples import (
    TOWNSHIP,
    V1,
    V3,
    action,
    box,
    example,
    features,
    geod_area_m2,
    hamlet,
    move,
    village,
)
from village_planner.plan.data import PlanData

Check = Callable[..., pd.DataFrame]
H1, H2 = (hamlet(serial)["code"] for serial in (1, 2))
K1 = hamlet(1, V3)["code"]
BUILT = {"class_code": "0702", "built_code": "203"}
LAND_USE = {"land_use": features({**BUILT, "geom": box(0, 0, 100, 100)}, {**BUILT, "geom": box(12_000, 0, 100, 100)})}
CENT = 0.01


def _plan(*patches: dict, **tables: object) -> PlanData:
    standard = {
        "village": [village(), village(V3, "石桥村")],
        "hamlet": [hamlet(1), hamlet(2), hamlet(1, V3)],
        "action": [action(H2)],
    }
    return example(patch=list(patches), **{**standard, **tables})


def _patch(code: str, kind: str, geom: object, hamlet_code: str) -> dict:
    return {"code": code, "hamlet_code": hamlet_code, "kind": kind, "geom": geom}


CLEARED = _patch("P1", "existing", box(0, 0, 50, 100), H2)


def test_a_township_that_grows_is_severe_even_where_the_county_does_not(check: Check) -> None:
    findings = check("QC-5301", _plan(CLEARED, _patch("P2", "new", box(12_500, 0, 40, 100), K1)), LAND_USE)
    assert findings[["severity", "subject_kind", "subject_code"]].to_numpy().tolist() == [["A", "township", "370799102"]]
    row = findings.iloc[0]
    assert row["limit_value"] == pytest.approx(geod_area_m2(box(12_000, 0, 100, 100)), abs=CENT)
    assert row["measure"] == pytest.approx(geod_area_m2(box(12_000, 0, 100, 100), box(12_500, 0, 40, 100)), abs=CENT)


def test_a_village_that_receives_may_grow_while_its_township_does_not(check: Check) -> None:
    assert check("QC-5301", _plan(CLEARED, _patch("P2", "new", box(500, 0, 49, 100), H1)), LAND_USE).empty


def test_a_county_that_grows_is_told_only_in_a_county_plan(check: Check) -> None:
    grown = _patch("P2", "new", box(12_500, 0, 60, 100), K1)
    assert check("QC-5301", _plan(CLEARED, grown), LAND_USE)["subject_code"].tolist() == ["370799102", "370799"]
    township = _plan(CLEARED, _patch("P2", "new", box(500, 0, 60, 100), H1), info={"scope": "township"}, township=[TOWNSHIP])
    assert check("QC-5301", township, LAND_USE)["subject_kind"].tolist() == ["township"]


def test_what_is_cleared_may_be_built_again_to_the_square_metre(check: Check) -> None:
    assert check("QC-5301", _plan(CLEARED, _patch("P2", "new", box(0, 0, 50, 100), H1)), LAND_USE).empty


def test_present_patches_stand_in_for_a_missing_land_use_layer(check: Check) -> None:
    findings = check("QC-5301", _plan(CLEARED, _patch("P2", "new", box(500, 0, 60, 100), H1)))
    assert set(findings["message_code"]) == {"checks.5301.patches"}
    assert findings["limit_value"].iloc[0] == pytest.approx(geod_area_m2(box(0, 0, 50, 100)), abs=CENT)


def test_without_polygons_of_townships_only_the_county_is_judged(check: Check, not_checked: Callable) -> None:
    no_polygons = [{**TOWNSHIP, "geom": None}, {"code": "370799102", "name": "青石镇"}]
    data = _plan(CLEARED, _patch("P2", "new", box(12_500, 0, 60, 100), K1), township=no_polygons)
    assert check("QC-5301", data, LAND_USE)["subject_kind"].tolist() == ["county"]
    assert not_checked("QC-5301", data, LAND_USE) == ["no_townships"]


def test_parcels_follow_the_village_polygons_where_townships_have_none(check: Check) -> None:
    no_polygons = [{**TOWNSHIP, "geom": None}, {"code": "370799102", "name": "青石镇"}]
    villages = [village(geom=box(0, 0, 5_000, 5_000)), village(V3, "石桥村", geom=box(11_000, 0, 5_000, 5_000))]
    data = _plan(CLEARED, _patch("P2", "new", box(12_500, 0, 40, 100), K1), township=no_polygons, village=villages)
    row = check("QC-5301", data, LAND_USE).iloc[0]
    assert (row["subject_code"], row["limit_value"]) == ("370799102", pytest.approx(geod_area_m2(box(12_000, 0, 100, 100)), abs=CENT))


def test_present_patches_count_for_the_township_of_their_hamlet(check: Check) -> None:
    no_polygons = [{**TOWNSHIP, "geom": None}, {"code": "370799102", "name": "青石镇"}]
    present = _patch("P3", "existing", box(12_000, 0, 100, 100), K1)
    grown = _patch("P2", "new", box(12_500, 0, 40, 100), K1)
    row = check("QC-5301", _plan(CLEARED, present, grown, township=no_polygons)).iloc[0]
    assert (row["subject_code"], row["limit_value"]) == ("370799102", pytest.approx(geod_area_m2(box(12_000, 0, 100, 100)), abs=CENT))


def test_without_land_use_and_patches_there_is_no_base(not_checked: Callable) -> None:
    assert not_checked("QC-5301", _plan()) == ["no_base"]


def test_a_new_patch_outside_the_built_land_is_told_with_its_farmland(check: Check) -> None:
    layers = {"land_use": features(
        {**BUILT, "geom": box(0, 0, 100, 100)},
        {"class_code": "0101", "deduction": 0.1, "geom": box(100, 0, 30, 100)},
    )}
    row = check("NL-01", _plan(_patch("P2", "new", box(50, 0, 100, 100), H1)), layers).iloc[0]
    assert (row["severity"], row["subject_kind"], row["subject_code"], row["village_code"]) == ("B", "patch", "P2", V1)
    assert row["measure"] == pytest.approx(geod_area_m2(box(100, 0, 50, 100)), abs=CENT)
    assert row["params"]["farmland_m2"] == pytest.approx(geod_area_m2(box(100, 0, 30, 100)), abs=CENT)
    assert row["params"]["farmland_net_m2"] == pytest.approx(0.9 * geod_area_m2(box(100, 0, 30, 100)), abs=CENT)


def test_a_site_takes_new_land_as_a_patch_does(check: Check) -> None:
    site = {"code": "Z1", "name": "安置点", "setting": "rural", "village_code": V1, "geom": box(500, 0, 10, 10)}
    assert check("NL-01", _plan(site=[site]), LAND_USE)[["subject_kind", "subject_code"]].to_numpy().tolist() == [["site", "Z1"]]


@pytest.mark.parametrize(("width", "found"), [(0.99, 0), (1.01, 1)])
def test_one_square_metre_is_not_newly_taken(check: Check, width: float, found: int) -> None:
    assert len(check("NL-01", _plan(_patch("P2", "new", box(100 - 10, 0, 10 + width, 1), H1)), LAND_USE)) == found


def test_a_present_patch_is_built_land_although_no_parcel_says_so(check: Check) -> None:
    present = _patch("P1", "existing", box(500, 0, 50, 50), H1)
    assert check("NL-01", _plan(present, _patch("P2", "new", box(500, 0, 50, 50), H1)), LAND_USE).empty


def test_newly_taken_land_needs_the_land_use_layer_and_patches(not_checked: Callable) -> None:
    assert not_checked("NL-01", _plan(_patch("P2", "new", box(0, 0, 9, 9), H1))) == ["layers"]
    assert not_checked("NL-01", _plan(), LAND_USE) == ["no_patches"]


def _inflow(check: Check, capacity: dict[int, int], *households: tuple[int, int]) -> list[tuple]:
    data = _plan(
        site=[{"code": "Z1", "name": "安置点", "setting": "rural"}],
        site_capacity=[{"site_code": "Z1", "phase": year, "households": count} for year, count in capacity.items()],
        move=[move(f"M{n}", H2, "site", "Z1", phase=year, households=count) for n, (year, count) in enumerate(households)],
    )
    findings = check("NL-02", data)
    return list(zip(findings["other_code"], findings["measure"], findings["limit_value"]))


def test_a_site_that_is_full_is_told_in_the_phase_in_which_it_fills(check: Check) -> None:
    capacity = {2022: 100, 2025: 160}
    assert _inflow(check, capacity, (2022, 90), (2025, 60)) == []
    assert _inflow(check, capacity, (2022, 100), (2025, 60)) == []
    assert _inflow(check, capacity, (2022, 105), (2025, 45)) == [("2022", 105, 100)]
    assert _inflow(check, capacity, (2022, 105), (2025, 65)) == [("2022", 105, 100), ("2025", 170, 160)]


def test_a_site_stays_too_full_without_being_told_again(check: Check) -> None:
    assert _inflow(check, {2020: 100}, (2020, 105)) == [("2020", 105, 100)]


def test_households_that_arrive_before_the_site_is_ready_are_too_many(check: Check) -> None:
    assert _inflow(check, {2025: 100}, (2022, 3)) == [("2022", 3, 0)]


def test_a_site_without_stated_capacity_is_not_judged(check: Check) -> None:
    assert _inflow(check, {}, (2022, 300)) == []


def _turnover(check: Check, *tasks: tuple[int, float, float]) -> list[tuple]:
    moves = [move(f"M{n}", H2, phase=year, cleared_m2=cleared, built_m2=built) for n, (year, cleared, built) in enumerate(tasks)]
    findings = check("QC-5303", _plan(move=moves))
    return list(zip(findings["other_code"], findings["measure"], findings["message_code"].str.split(".").str[-1]))


def test_building_ahead_is_told_only_when_it_is_overdue(check: Check) -> None:
    assert _turnover(check, (2021, 12e4, 15e4), (2022, 20e4, 10e4)) == []
    assert _turnover(check, (2022, 0, 100), (2025, 100, 0)) == []
    assert _turnover(check, (2021, 0, 100), (2025, 100, 0)) == [("2021", 100, "settled_late")]
    assert _turnover(check, (2021, 0, 100)) == [("2021", 100, "not_settled")]


def test_codes_are_read_whatever_a_table_program_made_of_them(check: Check) -> None:
    for class_code, built_code in (("0702", " 203"), ("702", "203 "), ("701.0", "203.0"), (" 0702", "203")):
        layers = {"land_use": features({"class_code": class_code, "built_code": built_code, "geom": box(0, 0, 100, 100)})}
        grown = _plan(CLEARED, _patch("P2", "new", box(500, 0, 60, 100), H1))
        assert check("QC-5301", grown, layers)["limit_value"].tolist() == [pytest.approx(geod_area_m2(box(0, 0, 100, 100)), abs=CENT)] * 2
    independent = {"land_use": features({**BUILT, "built_code": "203a", "geom": box(0, 0, 100, 100)})}
    assert check("NL-01", _plan(_patch("P2", "new", box(0, 0, 60, 100), H1)), independent).empty
    farmland = {"land_use": features({"class_code": "103", "geom": box(0, 0, 100, 100)})}
    row = check("NL-01", _plan(_patch("P2", "new", box(0, 0, 50, 100), H1)), farmland).iloc[0]
    assert row["params"]["farmland_m2"] == pytest.approx(row["measure"], abs=CENT)


def test_land_use_without_village_land_is_no_base_of_nothing(not_checked: Callable) -> None:
    layers = {"land_use": features({"class_code": "0702", "geom": box(0, 0, 100, 100)})}
    data = _plan(CLEARED, _patch("P2", "new", box(500, 0, 10, 100), H1))
    assert not_checked("QC-5301", data, layers) == ["no_village_land"]
    assert not_checked("QC-5301", data, {"land_use": features()}) == ["no_village_land"]


def test_a_parcel_that_two_layers_hold_counts_once(check: Check) -> None:
    twice = {"land_use": features({**BUILT, "layer": "c001", "geom": box(0, 0, 100, 100)}, {**BUILT, "layer": "c002", "geom": box(0, 0, 100, 100)})}
    row = check("QC-5301", _plan(CLEARED, _patch("P2", "new", box(500, 0, 60, 100), H1)), twice).iloc[0]
    assert row["limit_value"] == pytest.approx(geod_area_m2(box(0, 0, 100, 100)), abs=CENT)


def test_ground_that_a_retained_patch_shares_is_not_cleared(check: Check) -> None:
    kept = _patch("P3", "existing", box(20, 0, 80, 100), H1)
    row = check("QC-5301", _plan(CLEARED, kept, _patch("P2", "new", box(500, 0, 30, 100), H1)), LAND_USE).iloc[0]
    assert row["params"]["cleared_m2"] == pytest.approx(geod_area_m2(box(0, 0, 20, 100)), abs=CENT)


def test_a_township_without_a_polygon_goes_by_its_villages_beside_those_that_have_one(check: Check, not_checked: Callable) -> None:
    townships = [TOWNSHIP, {"code": "370799102", "name": "青石镇"}]
    grown = _patch("P2", "new", box(12_500, 0, 40, 100), K1)
    villages = [village(), village(V3, "石桥村", geom=box(11_000, 0, 5_000, 5_000))]
    row = check("QC-5301", _plan(CLEARED, grown, township=townships, village=villages), LAND_USE).iloc[0]
    assert (row["subject_code"], row["limit_value"]) == ("370799102", pytest.approx(geod_area_m2(box(12_000, 0, 100, 100)), abs=CENT))
    assert check("QC-5301", _plan(CLEARED, grown, township=townships), LAND_USE).empty
    assert not_checked("QC-5301", _plan(CLEARED, grown, township=townships), LAND_USE) == ["no_townships"]


def test_a_township_that_the_base_does_not_reach_is_not_judged(check: Check, not_checked: Callable) -> None:
    layers = {"land_use": features({**BUILT, "geom": box(0, 0, 100, 100)})}
    data = _plan(CLEARED, _patch("P2", "new", box(12_500, 0, 40, 100), K1))
    assert check("QC-5301", data, layers).empty
    assert not_checked("QC-5301", data, layers) == ["no_base_in_township"]


def test_ground_of_no_township_is_said(not_checked: Callable) -> None:
    data = _plan(CLEARED, _patch("P2", "new", box(50_000, 0, 10, 10), None))
    assert not_checked("QC-5301", data, LAND_USE) == ["unplaced_new"]
    assert not_checked("QC-5301", _plan(CLEARED, _patch("P2", "new", box(500, 0, 10, 10), None)), LAND_USE) == []


def test_a_reduction_of_nothing_drawn_is_not_passed(check: Check, not_checked: Callable) -> None:
    site = {"code": "Z1", "name": "安置点", "setting": "rural", "village_code": V1}
    assert not_checked("QC-5301", _plan(), LAND_USE) == ["no_patches"]
    assert not_checked("QC-5301", _plan(CLEARED, site=[site]), LAND_USE) == ["undrawn"]
    assert not_checked("QC-5301", _plan(CLEARED, site=[{**site, "setting": "town"}]), LAND_USE) == []
    assert not_checked("NL-01", _plan(CLEARED, site=[{**site, "setting": "town"}]), LAND_USE) == ["undrawn"]


@pytest.mark.parametrize(("setting", "found"), [("rural", 2), (None, 2), ("town", 0)])
def test_only_a_site_in_a_town_is_no_village_land(check: Check, setting: str | None, found: int) -> None:
    site = {"code": "Z1", "name": "安置点", "setting": setting, "village_code": V1, "geom": box(500, 0, 60, 100)}
    assert len(check("QC-5301", _plan(CLEARED, site=[site]), LAND_USE)) == found


def test_newly_taken_land_of_no_hamlet_is_told_as_such(check: Check) -> None:
    assert check("NL-01", _plan(_patch("P2", "new", box(500, 0, 60, 100), None)), LAND_USE)["message_code"].tolist() == ["checks.nl01.patch_unassigned"]


def test_a_move_between_two_phases_fills_the_site_by_the_later_one(check: Check) -> None:
    assert _inflow(check, {2020: 100}, (2020, 60), (2023, 60)) == [("2025", 120, 100)]


def test_a_site_without_capacity_and_a_move_without_households_are_said(not_checked: Callable) -> None:
    sites = [{"code": code, "name": code, "setting": "rural"} for code in ("Z1", "Z2")]
    data = _plan(site=sites, move=[move("M1", H2, "site", "Z1", phase=2025, households=3), move("M2", H2, "site", "Z2", phase=2025)])
    assert not_checked("NL-02", data) == ["no_capacity", "no_inflow"]
    assert not_checked("NL-02", _plan(site=sites)) == []
