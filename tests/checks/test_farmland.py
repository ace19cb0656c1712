"""NL-13 farmland balance: amount, paddy fields, slope, level, steep ground; and what could not be told for want of a direction or of quality."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from tests.accounts.examples import V3, action, box, example, features, geod_area_m2, hamlet, move, village
from village_planner import checks
from village_planner.plan.data import PlanData
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import Profile

Check = Callable[..., pd.DataFrame]
H1, H2, K1 = hamlet(1)["code"], hamlet(2)["code"], hamlet(1, V3)["code"]
CENT = 0.01


def _parcel(geom: object, class_code: str = "0103", slope: str | None = "2", level: str | None = "6", deduction: float = 0.1) -> dict:
    return {"class_code": class_code, "slope": slope, "level": level, "deduction": deduction, "geom": geom}


FIELD = box(1_000, 0, 100, 100)  # where something new is built
AROUND = box(120, 0, 200, 100)  # beside the patch that is cleared
CLEARED = {"code": "P1", "hamlet_code": H2, "kind": "existing", "geom": box(0, 0, 100, 100)}
NEW = {"code": "P2", "hamlet_code": H1, "kind": "new", "geom": FIELD}


def _layers(*parcels: dict) -> dict[str, pd.DataFrame]:
    built = {"class_code": "0702", "built_code": "203", "geom": CLEARED["geom"]}
    return {"land_use": features(built, *(parcels or (_parcel(FIELD), _parcel(AROUND))))}


def _plan(reclaimed_m2: float | None = 9_000.0, to: str | None = "耕地", patches: tuple[dict, ...] = (NEW,), **tables: object) -> PlanData:
    back = move("M1", H2, target=H1, phase=2025, cleared_m2=10_000.0, reclaimed_m2=reclaimed_m2, reclaim_to=to)
    standard = {
        "village": [village(), village(V3, "石桥村")], "hamlet": [hamlet(1), hamlet(2), hamlet(1, V3)], "action": [action(H2)], "move": [back],
        "patch": [CLEARED, *patches],
    }
    return example(**{**standard, **tables})


def _told(found: pd.DataFrame) -> list[tuple]:
    return list(zip(found["severity"], found["subject_kind"], found["subject_code"], found["other_code"]))


def test_as_much_reclaimed_as_taken_is_in_balance(check: Check, not_checked: Callable) -> None:
    assert check("NL-13", _plan(), _layers()).empty
    assert not_checked("NL-13", _plan(), _layers()) == []


def test_too_little_is_told_of_county_and_township_net_of_ridges(check: Check) -> None:
    found = check("NL-13", _plan(8_000.0), _layers())
    assert _told(found) == [("B", "county", "370799", "amount"), ("C", "township", "370799101", "amount")]
    assert found["limit_value"].iloc[0] == pytest.approx(0.9 * geod_area_m2(FIELD), abs=CENT)
    assert (found["measure"].iloc[0], found["unit"].iloc[0]) == (8_000.0, "m2")


def test_what_lies_within_the_tolerance_is_enough(check: Check) -> None:
    assert check("NL-13", _plan(0.9 * geod_area_m2(FIELD) - 49), _layers()).empty


def test_a_county_balances_between_its_townships(check: Check) -> None:
    lacking = {"code": "P2", "hamlet_code": K1, "kind": "new", "geom": FIELD}
    assert _told(check("NL-13", _plan(patches=(lacking,)), _layers())) == [("C", "township", "370799102", "amount")]


def test_a_township_plan_is_judged_once(check: Check) -> None:
    from tests.accounts.examples import TOWNSHIP

    data = _plan(0.0, info={"scope": "township"}, township=[TOWNSHIP], village=[village()], hamlet=[hamlet(1), hamlet(2)])
    assert _told(check("NL-13", data, _layers())) == [("B", "township", "370799101", "amount")]


def test_only_a_direction_to_cultivated_land_counts(check: Check) -> None:
    assert len(check("NL-13", _plan(to="林地"), _layers())) == 2
    for direction in ("耕地", "水田", "旱地", "复垦为水浇地"):
        assert "amount" not in set(check("NL-13", _plan(to=direction), _layers())["other_code"])


def test_a_reclaimed_area_without_direction_is_told_instead_of_a_finding(check: Check, not_checked: Callable) -> None:
    assert check("NL-13", _plan(to=None), _layers()).empty
    assert not_checked("NL-13", _plan(to=None), _layers()) == ["reclaim_undirected"]
    assert len(check("NL-13", _plan(5_000.0, to=None), _layers())) == 2
    assert not_checked("NL-13", _plan(to=None, patches=()), _layers()) == []


def test_paddy_is_to_be_made_good_by_paddy(check: Check, not_checked: Callable) -> None:
    wet = _layers(_parcel(FIELD, "0101"), _parcel(AROUND))
    found = check("NL-13", _plan(to="旱地"), wet)
    assert _told(found) == [("C", "county", "370799", "paddy")]
    assert found["limit_value"].iloc[0] == pytest.approx(0.9 * geod_area_m2(FIELD), abs=CENT)
    assert check("NL-13", _plan(to="水田"), wet).empty
    assert check("NL-13", _plan(to="耕地"), wet).empty
    assert not_checked("NL-13", _plan(to="耕地"), wet) == ["reclaim_classless"]


def test_reclaimed_ground_is_as_steep_as_most_of_the_fields_around_it(check: Check) -> None:
    steeper = _layers(_parcel(FIELD, slope="1"), _parcel(box(120, 0, 50, 100), slope="1"), _parcel(box(0, 120, 300, 100), slope="2级"))
    found = check("NL-13", _plan(), steeper)
    assert _told(found) == [("C", "county", "370799", "slope")]
    assert found[["measure", "limit_value", "unit"]].to_numpy().tolist() == [[2.0, 1.0, "class"]]
    beyond = _layers(_parcel(FIELD, slope="1"), _parcel(box(120, 0, 50, 100), slope="1"), _parcel(box(0, 160, 300, 100), slope="2"))
    assert check("NL-13", _plan(), beyond).empty


def test_poorer_ground_is_told_by_its_level(check: Check) -> None:
    for level, found in (("7", []), ("7.5", [("C", "county", "370799", "level")]), ("5", [])):
        assert _told(check("NL-13", _plan(), _layers(_parcel(FIELD, level="6"), _parcel(AROUND, level=level)))) == found


def test_ground_among_fields_above_25_degrees_is_told_by_hamlet_though_nothing_is_taken(check: Check) -> None:
    found = check("NL-13", _plan(patches=()), _layers(_parcel(AROUND, slope="5")))
    assert _told(found) == [("B", "hamlet", H2, "steep")]
    assert found["measure"].iloc[0] == 9_000.0
    assert check("NL-13", _plan(patches=(), to="林地"), _layers(_parcel(AROUND, slope="5"))).empty


def test_land_without_slope_or_level_is_told_and_holds_nothing_up(profile: Profile, not_checked: Callable) -> None:
    bare = _layers(_parcel(FIELD, slope=None, level=None), _parcel(AROUND))
    assert not_checked("NL-13", _plan(), bare) == ["no_slope", "no_level"]
    result = checks.run(_plan(), MemoryLayers(bare), profile, ["NL-13"])
    assert result.ran == ["NL-13"] and [note.holds_up for note in result.not_checked] == [False, False]
    assert result.not_checked[0].message.params["area_m2"] == pytest.approx(0.9 * geod_area_m2(FIELD), abs=CENT)


def test_without_fields_around_the_quality_of_reclaimed_ground_is_not_known(not_checked: Callable) -> None:
    assert not_checked("NL-13", _plan(), _layers(_parcel(FIELD))) == ["no_slope", "no_level"]


def test_without_a_land_use_layer_nothing_is_judged(profile: Profile) -> None:
    result = checks.run(_plan(), MemoryLayers({}), profile, ["NL-13"])
    assert result.ran == [] and [note.message.code for note in result.not_checked] == ["checks.not_checked.layers"]
