"""Cultivated land, limits from above, phases with running sums, categories of the whole plan, facilities."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.accounts.examples import TOWNSHIP, V1, V2, V3, action, box, category, features, geod_area_m2, hamlet, move, peopled, point, village
from village_planner import accounts
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import Profile

H1, H2 = (hamlet(serial)["code"] for serial in (1, 2))
K1 = hamlet(1, V3)["code"]
BUILT = {"class_code": "0702", "built_code": "203"}
FIELDS = [{"class_code": "0103", "deduction": 0.1, "geom": box(1_000, 0, 100, 100)}, {"class_code": "0101", "geom": box(12_000, 0, 100, 100)}]
CENT = 0.01
NOTHING = MemoryLayers({})


def _land(*more: dict) -> MemoryLayers:
    return MemoryLayers({"land_use": features({**BUILT, "geom": box(0, 0, 100, 100)}, *FIELDS, *more)})


def test_cultivated_land_is_what_is_left_of_it_net_of_ridges(profile: Profile) -> None:
    new = [
        {"code": "P1", "hamlet_code": H1, "kind": "new", "geom": box(1_000, 0, 30, 100)},
        {"code": "P2", "hamlet_code": H1, "kind": "new", "geom": box(1_000, 0, 20, 100)},  # lies in P1: its ground counts once
        {"code": "P3", "hamlet_code": H1, "kind": "new", "geom": box(0, 0, 50, 50)},
    ]
    moves = [
        move("M1", H2, target=H1, phase=2025, reclaimed_m2=500.0, reclaim_to="复垦为耕地"),
        move("M2", H2, target=H1, phase=2025, reclaimed_m2=700.0, reclaim_to="林地"),
        move("M3", H2, target=H1, phase=2025, reclaimed_m2=900.0),
    ]
    frame = accounts.cultivated_balance(peopled(patch=new, move=moves), _land(), profile, "S1").set_index("code")
    first = frame.loc[TOWNSHIP["code"]]
    assert first["base_m2"] == pytest.approx(0.9 * geod_area_m2(box(1_000, 0, 100, 100)), abs=CENT)
    assert first["taken_m2"] == pytest.approx(0.9 * geod_area_m2(box(1_000, 0, 30, 100)), abs=CENT)
    assert first["reclaimed_m2"] == 500.0
    assert first["planned_m2"] == pytest.approx(first["base_m2"] - first["taken_m2"] + 500.0)
    whole = frame[frame["kind"] == "plan"].iloc[0]
    assert whole["base_m2"] == pytest.approx(first["base_m2"] + geod_area_m2(box(12_000, 0, 100, 100)), abs=CENT)
    assert frame.loc["370799102", ["taken_m2", "reclaimed_m2"]].tolist() == [0.0, 0.0]


def test_without_a_survey_cultivated_land_is_not_known(profile: Profile) -> None:
    frame = accounts.cultivated_balance(peopled(), NOTHING, profile, "S1")
    assert frame[["base_m2", "taken_m2", "planned_m2"]].isna().all(axis=None)


def test_a_parcel_imported_twice_is_cultivated_once(profile: Profile) -> None:
    once, twice = (accounts.cultivated_balance(peopled(), layers, profile, "S1").iloc[-1] for layers in (_land(), _land(*FIELDS)))
    assert once["base_m2"] == twice["base_m2"]


def _compared(profile: Profile, layers: MemoryLayers, *quotas: tuple[str, str, float], **tables: object) -> pd.DataFrame:
    rows = [{"area_code": area, "item": item, "value": value, "source": "下达表"} for area, item, value in quotas]
    return accounts.quota_comparison(peopled(quota=rows, **tables), layers, profile, "S1")


def test_limits_stand_beside_what_the_plan_comes_to(profile: Profile) -> None:
    base_m2 = geod_area_m2(box(0, 0, 100, 100))
    patches = [
        {"code": "P1", "hamlet_code": H2, "kind": "existing", "geom": box(0, 0, 40, 100)},
        {"code": "P2", "hamlet_code": H1, "kind": "new", "geom": box(500, 0, 10, 100)},
    ]
    town = TOWNSHIP["code"]
    quotas = [("370799", "construction_m2", base_m2), (town, "construction_m2", 1_000.0), (town, "reduction_m2", 5_000.0),
              (town, "new_land_m2", 900.0), (town, "households", 30.0), ("370799", "households", 31.0), (town, "withdrawn_villages", 0.0)]
    frame = _compared(profile, _land(), *quotas, patch=patches, move=[move("M1", H2, target=H1, households=30)])
    found = frame.set_index(["area_kind", "item"])
    assert found["met"].to_dict() == {
        ("county", "construction_m2"): True, ("township", "construction_m2"): False, ("township", "reduction_m2"): False,
        ("township", "new_land_m2"): False, ("township", "households"): True, ("county", "households"): False,
        ("township", "withdrawn_villages"): True,
    }  # fmt: skip
    planned = base_m2 - geod_area_m2(box(0, 0, 40, 100)) + geod_area_m2(box(500, 0, 10, 100))
    assert found.loc[("township", "construction_m2"), "planned"] == pytest.approx(planned, abs=CENT)
    assert found.loc[("township", "reduction_m2"), "planned"] == pytest.approx(base_m2 - planned, abs=CENT)
    assert found.loc[("township", "new_land_m2"), "difference"] == pytest.approx(geod_area_m2(box(500, 0, 10, 100)) - 900, abs=CENT)


def test_wholly_withdrawn_villages_are_counted(profile: Profile) -> None:
    quota = (TOWNSHIP["code"], "withdrawn_villages", 0.0)
    frame = _compared(profile, NOTHING, quota, action=[action(H1), action(H2)])
    assert frame[["planned", "met"]].to_numpy().tolist() == [[1.0, False]]


def test_lines_are_measured_within_each_township(profile: Profile) -> None:
    line = features({"deduction": 0.1, "geom": box(9_900, 0, 200, 100)}, {"geom": box(9_900, 0, 50, 100)})
    layers = MemoryLayers({"permanent_basic_farmland": line, "ecological_redline": line})
    quotas = [(area, item, 1.0) for area in (TOWNSHIP["code"], "370799") for item in ("basic_farmland_m2", "redline_m2")]
    found = _compared(profile, layers, *quotas).set_index(["area_kind", "item"])["planned"]
    gross, once = geod_area_m2(box(9_900, 0, 100, 100)), geod_area_m2(box(9_900, 0, 50, 100))
    assert found["township", "redline_m2"] == pytest.approx(gross, abs=CENT)
    assert found["township", "basic_farmland_m2"] == pytest.approx(once + 0.9 * (gross - once), abs=CENT)
    assert found["county", "redline_m2"] == pytest.approx(geod_area_m2(box(9_900, 0, 200, 100)), abs=CENT)


def test_what_cannot_be_reckoned_is_not_taken_for_met(profile: Profile) -> None:
    items = ("construction_m2", "cultivated_m2", "new_land_m2", "redline_m2", "per_capita_m2", "reserve_m2")
    frame = _compared(profile, NOTHING, *((TOWNSHIP["code"], item, 1.0) for item in items))
    assert frame["planned"].isna().all() and frame["met"].isna().all()
    assert _compared(profile, NOTHING, ("370700", "households", 1.0)).empty


def test_phases_have_running_sums_and_the_wholepeopled(profile: Profile) -> None:
    moves = [
        move("M1", H2, target=H1, phase=2020, households=5, cleared_m2=100.0), move("M2", H2, target=H1, phase=2022, households=7),
        move("M3", K1, "cash", phase=2022, households=1, cleared_m2=30.0), move("M4", K1, "cash", households=2),
    ]  # fmt: skip
    frame = accounts.phase_account(peopled(action=[action(H2), action(K1)], move=moves), "S1")
    plan = frame[frame["kind"] == "plan"].set_index("phase")
    assert plan.loc[2022, ["households", "cumulative_households", "hamlets"]].tolist() == [8, 13, 1]
    assert plan.loc[2025, ["moves", "cumulative_cleared_m2"]].tolist() == [0, 130.0]
    unphased = frame[frame["phase"].isna()]
    assert unphased["households"].tolist() == [2, 2] and unphased["cumulative_households"].isna().all()
    assert frame.loc[frame["code"] == TOWNSHIP["code"], "cumulative_households"].tolist() == [5, 5, 12, 12, 12]


def test_the_whole_plans_categories_add_up(profile: Profile) -> None:
    data = peopled(village=[village(), village(V2, "柳湾村"), village(V3, "石桥村")], category=[category(V1, "01"), category(V3, "01")])
    frame = accounts.category_totals(data, profile, "S1")
    assert frame["villages"].sum() == 3 and frame["share"].sum() == pytest.approx(1)
    assert frame.iloc[0][["category", "villages", "persons"]].tolist() == ["01", 2, 200]
    assert pd.isna(frame.iloc[-1]["category"]) and frame.iloc[-1]["villages"] == 1


def test_turnover_of_one_township(profile: Profile) -> None:
    data = peopled(move=[move("M1", H2, phase=2021, built_m2=100.0), move("M2", K1, phase=2021, built_m2=40.0)])
    opened = [accounts.turnover(data, profile, "S1", town).set_index("phase").loc[2021, "opened_m2"] for town in (None, "370799101", "370799102")]
    assert opened == [140.0, 100.0, 40.0]


def test_facilities_serve_the_village_around_them_else_the_nearest_hamlet(profile: Profile) -> None:
    layer = features(
        {"name": "柳河卫生室", "class_code": "卫生室", "state": "present", "geom": point(10, 10)},
        {"name": "石桥幸福院", "class_code": "其他", "state": "planned", "geom": point(12_050, 160)},
        {"name": "远处小学", "class_code": "小学", "geom": point(15_000, 5_000)},
        {"name": "未定位超市", "class_code": "超市", "geom": None},
    )
    patch = [{"code": "P1", "hamlet_code": K1, "kind": "existing", "geom": box(12_000, 0, 100, 100)}]
    data = peopled(village=[village(geom=box(0, 0, 500, 500)), village(V3, "石桥村")], patch=patch)
    frame = accounts.facility_coverage(data, MemoryLayers({"facility": layer}), profile).set_index(["village_code", "facility"])
    assert frame.loc[(V1, "clinic"), ["state", "count", "names"]].tolist() == ["present", 1, "柳河卫生室"]
    assert frame.loc[(V3, "elderly"), "state"] == "planned"
    assert set(frame.loc[V1]["state"]) == {"present", "lacking"}
    assert frame.loc[(V3, "school"), "state"] == "lacking"
    unknown = accounts.facility_coverage(data, NOTHING, profile)
    assert set(unknown["state"]) == {"unknown"} and unknown["count"].isna().all()
