"""Village construction land per person: of villages, and of townships and the plan with persons and land of one scope."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.accounts.examples import TOWNSHIP, V1, V3, action, box, features, geod_area_m2, hamlet, move, peopled, village
from village_planner import accounts
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import Profile

H1, H2 = (hamlet(serial)["code"] for serial in (1, 2))
K1 = hamlet(1, V3)["code"]
CENT = 0.01
VILLAGE_LAND = {"class_code": "0702", "built_code": "203", "geom": box(0, 0, 100, 100)}
TOWN_LAND = {"class_code": "0702", "built_code": "202", "geom": box(12_000, 0, 100, 100)}
WITHIN = {"code": "P1", "hamlet_code": H1, "kind": "existing", "geom": box(0, 0, 50, 100)}


def _areas(profile: Profile, layers: MemoryLayers, **tables: object) -> pd.DataFrame:
    """Rows of the two townships and of the plan."""
    frame = accounts.per_capita_land(peopled(**tables), layers, profile, "S1")
    return frame[frame["kind"] != "village"].reset_index(drop=True)


def _persons(profile: Profile, **tables: object) -> pd.DataFrame:
    return accounts.village_per_capita(peopled(**tables), profile, "S1").set_index("code")


def test_land_per_person_follows_those_who_go_and_arrive(profile: Profile) -> None:
    patches = [
        {"code": "P1", "hamlet_code": H1, "kind": "existing", "geom": box(0, 0, 100, 100)},
        {"code": "P2", "hamlet_code": H2, "kind": "existing", "geom": box(200, 0, 100, 100)},
        {"code": "P3", "hamlet_code": H1, "kind": "new", "geom": box(50, 0, 100, 100)},
        {"code": "P4", "hamlet_code": K1, "kind": "existing", "geom": box(12_000, 0, 100, 100)},
    ]
    moves = [move("M1", H2, target=H1, persons=25), move("M2", H2, target=K1, persons=10), move("M3", H2, "cash", persons=5)]
    frame = _persons(profile, patch=patches, move=moves)
    assert frame["present_persons"].tolist() == [140, 60]
    assert frame["planned_persons"].tolist() == [125, 70]
    assert frame.loc[V1, "planned_m2"] == pytest.approx(geod_area_m2(box(0, 0, 150, 100)), abs=CENT)
    assert frame.loc[V1, "planned_m2_per_person"] == pytest.approx(frame.loc[V1, "planned_m2"] / 125)
    assert frame["limit_m2_per_person"].isna().all()


def test_a_rural_site_brings_land_and_persons_to_its_village(profile: Profile) -> None:
    for setting, persons, square in (("rural", 100, 1), ("town", 60, 0)):
        site = {"code": "Z1", "name": "安置点", "setting": setting, "village_code": V3, "geom": box(12_000, 0, 50, 50)}
        row = _persons(profile, site=[site], move=[move("M1", H2, "site", "Z1", persons=40)]).loc[V3]
        assert row["planned_persons"] == persons
        assert (row["planned_m2"] == pytest.approx(geod_area_m2(box(12_000, 0, 50, 50)), abs=CENT)) if square else pd.isna(row["planned_m2"])


def test_a_village_that_goes_has_nobody_and_one_that_does_not_say_is_unknown(profile: Profile) -> None:
    assert _persons(profile, action=[action(H1), action(H2)]).loc[V1, "planned_persons"] == 0
    silent = [hamlet(1), hamlet(2, persons=40)]
    assert pd.isna(_persons(profile, hamlet=silent).loc[V1, "planned_persons"])
    assert _persons(profile, hamlet=[hamlet(1), hamlet(2)], action=[], village=[village(persons=80)]).loc[V1, "planned_persons"] == 80


def test_the_limit_is_the_townships_else_the_countys(profile: Profile) -> None:
    quota = [{"area_code": "370799", "item": "per_capita_m2", "value": 150.0, "source": "q"}]
    own = [*quota, {"area_code": TOWNSHIP["code"], "item": "per_capita_m2", "value": 120.0, "source": "q"}]
    assert _persons(profile, quota=quota)["limit_m2_per_person"].tolist() == [150.0, 150.0]
    assert _persons(profile, quota=own)["limit_m2_per_person"].tolist() == [120.0, 150.0]


def test_land_per_person_of_townships_is_that_of_the_balance(profile: Profile) -> None:
    frame = accounts.per_capita_land(peopled(), MemoryLayers({"land_use": features(VILLAGE_LAND)}), profile, "S1")
    row = frame[frame["code"] == TOWNSHIP["code"]].iloc[0]
    assert row["present_m2_per_person"] == pytest.approx(geod_area_m2(box(0, 0, 100, 100)) / 140, abs=1e-4)
    assert frame["kind"].tolist() == ["village", "village", "township", "township", "plan"]


def test_persons_whose_land_the_survey_counts_with_a_town_are_left_out(profile: Profile) -> None:
    layers = MemoryLayers({"land_use": features(VILLAGE_LAND, TOWN_LAND)})
    inside = {"code": "P4", "hamlet_code": K1, "kind": "existing", "geom": box(12_000, 0, 100, 100)}
    frame = _areas(profile, layers, patch=[WITHIN, inside])
    assert frame["present_persons"].tolist() == [140, 0, 140]
    assert frame["planned_persons"].tolist() == [100, 0, 100]
    assert frame["present_m2_per_person"].iloc[2] == pytest.approx(geod_area_m2(box(0, 0, 100, 100)) / 140, abs=1e-4)


@pytest.mark.parametrize(("on_base_m", "counts"), [(51, True), (49, False)])
def test_a_village_counts_where_half_of_its_present_land_is_in_the_base(profile: Profile, on_base_m: int, counts: bool) -> None:
    layers = MemoryLayers({"land_use": features(VILLAGE_LAND, {**TOWN_LAND, "built_code": "203", "geom": box(12_000, 0, on_base_m, 100)})})
    half = {"code": "P4", "hamlet_code": K1, "kind": "existing", "geom": box(12_000, 0, 100, 100)}
    assert _areas(profile, layers, patch=[WITHIN, half])["present_persons"].iloc[2] == (200 if counts else 140)


def test_where_the_base_is_the_patches_all_persons_count(profile: Profile) -> None:
    frame = _areas(profile, MemoryLayers({}), patch=[WITHIN])
    assert frame["present_persons"].tolist() == [140, 60, 200]


def test_who_comes_to_rural_land_is_counted_there_whatever_village_it_belongs_to(profile: Profile) -> None:
    layers = MemoryLayers({"land_use": features(VILLAGE_LAND, TOWN_LAND)})
    inside = {"code": "P4", "hamlet_code": K1, "kind": "existing", "geom": box(12_000, 0, 100, 100)}
    site = {"code": "Z1", "name": "安置点", "setting": "rural", "township_code": TOWNSHIP["code"], "geom": box(500, 0, 50, 50)}
    moves = [move("M1", H2, "site", "Z1", persons=25), move("M2", H2, target=K1, persons=10), move("M3", H2, "cash", persons=5)]
    frame = _areas(profile, layers, patch=[WITHIN, inside], site=[site], move=moves)
    assert frame["planned_persons"].tolist() == [125, 10, 135]
