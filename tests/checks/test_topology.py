"""QC-4101 overlaps, QC-4102 gaps between villages, QC-4103 villages and townships: found, lawful, not checked."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
import shapely

from tests.accounts.examples import OTHER_TOWNSHIP, TOWNSHIP, V1, V2, V3, action, box, example, geod_area_m2, hamlet, village
from village_planner import checks
from village_planner.plan.data import PlanData
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import Profile

Check = Callable[..., pd.DataFrame]
H1, H2 = (hamlet(serial)["code"] for serial in (1, 2))
CENT = 0.01


def patch(code: str, kind: str, geom: shapely.Geometry | None, hamlet_code: str | None = H1) -> dict:
    return {"code": code, "hamlet_code": hamlet_code, "kind": kind, "geom": geom}


def site(code: str, geom: shapely.Geometry | None) -> dict:
    return {"code": code, "name": f"安置点{code}", "setting": "rural", "village_code": V1, "geom": geom}


def _plan(*patches: dict, **tables: object) -> PlanData:
    standard = {"village": [village()], "hamlet": [hamlet(1), hamlet(2)], "action": [action(H2)], "township": [{"code": "370799101", "name": "云岭镇"}]}
    return example(patch=list(patches), **{**standard, **tables})


def _pairs(found: pd.DataFrame) -> list[tuple]:
    return list(zip(found["severity"], found["subject_code"], found["other_code"], found["message_code"].str.removeprefix("checks.4101.")))


def test_two_new_patches_on_one_ground_are_told_once_with_their_ground(check: Check) -> None:
    found = check("QC-4101", _plan(patch("P1", "new", box(0, 0, 50, 50)), patch("P2", "new", box(40, 0, 50, 50), None)))
    assert _pairs(found) == [("B", "P1", "P2", "same")]
    assert found["measure"].iloc[0] == pytest.approx(geod_area_m2(box(40, 0, 10, 50)), abs=CENT)
    assert found["geom"].iloc[0].equals(box(40, 0, 10, 50)) and found["village_code"].iloc[0] == V1


def test_new_land_over_present_land_that_stays_is_a_note_and_over_what_goes_nothing(check: Check) -> None:
    new = patch("P1", "new", box(0, 0, 50, 50))
    assert _pairs(check("QC-4101", _plan(new, patch("P2", "existing", box(40, 0, 50, 50))))) == [("C", "P1", "P2", "present")]
    for gone in (patch("P2", "existing", box(40, 0, 50, 50), H2), patch("P2", "cleared", box(40, 0, 50, 50))):
        assert check("QC-4101", _plan(new, gone)).empty


def test_what_is_cleared_under_what_stays_is_told(check: Check) -> None:
    cleared = patch("P1", "cleared", box(0, 0, 50, 50))
    assert _pairs(check("QC-4101", _plan(cleared, patch("P2", "existing", box(40, 0, 50, 50))))) == [("B", "P1", "P2", "kept")]
    assert _pairs(check("QC-4101", _plan(cleared, patch("P2", "existing", box(40, 0, 50, 50), H2)))) == [("B", "P1", "P2", "same")]


def test_overlaps_of_present_patches_are_the_surveys(check: Check) -> None:
    assert check("QC-4101", _plan(patch("P1", "existing", box(0, 0, 50, 50)), patch("P2", "existing", box(40, 0, 50, 50)))).empty
    # What is said of a hamlet that goes anyway adds nothing: a package tells such a patch as a present one.
    assert check("QC-4101", _plan(patch("P1", "cleared", box(0, 0, 50, 50), H2), patch("P2", "existing", box(40, 0, 50, 50), H2))).empty


def test_touching_and_slipping_by_less_than_the_tolerance_is_no_overlap(check: Check) -> None:
    new = patch("P1", "new", box(0, 0, 50, 50))
    for slip, found in ((0.0, 0), (0.00005, 0), (0.01, 1)):
        assert len(check("QC-4101", _plan(new, patch("P2", "new", box(50 - slip, 0, 50, 50))))) == found


def test_sites_are_compared_with_sites_and_not_with_patches(check: Check) -> None:
    data = _plan(patch("P1", "new", box(0, 0, 50, 50)), site=[site("Z1", box(0, 0, 50, 50)), site("Z2", box(30, 0, 50, 50))])
    assert _pairs(check("QC-4101", data)) == [("B", "Z1", "Z2", "sites")]


def test_a_shape_that_is_not_valid_is_told_as_not_looked_at(check: Check, not_checked: Callable) -> None:
    bow_tie = shapely.Polygon([box(0, 0, 50, 50).exterior.coords[i] for i in (0, 2, 1, 3)])
    data = _plan(patch("P1", "new", bow_tie), patch("P2", "new", box(0, 0, 50, 50)))
    assert check("QC-4101", data).empty
    assert not_checked("QC-4101", data) == ["broken_shapes"]


def _units(*villages: dict, township: shapely.Geometry | None = None, **tables: object) -> PlanData:
    own = {**TOWNSHIP, "geom": township}
    return example(village=list(villages), township=[own, {**OTHER_TOWNSHIP, "geom": None}], **tables)


LEFT, RIGHT = village(V1, geom=box(0, 0, 1000, 1000)), village(V2, "青湾村", geom=box(1000, 0, 1000, 1000))


def test_overlapping_villages_are_one_finding_of_their_township(check: Check) -> None:
    wide = {**RIGHT, "geom": box(990, 0, 1010, 1000)}
    third = village("370799101203", "石门村", geom=box(1990, 0, 500, 1000))
    found = check("QC-4101", _units(LEFT, wide, third))
    assert found[["severity", "subject_kind", "subject_code", "other_code"]].to_numpy().tolist() == [["C", "township", "370799101", "village"]]
    assert found["measure"].iloc[0] == pytest.approx(geod_area_m2(box(990, 0, 10, 1000), box(1990, 0, 10, 1000)), abs=CENT)
    assert found["params"].iloc[0]["count"] == 2 and "石门村" in found["params"].iloc[0]["named"]


def test_overlapping_townships_are_a_finding_of_the_county(check: Check) -> None:
    data = example(township=[TOWNSHIP, {**OTHER_TOWNSHIP, "geom": box(9_990, 0, 10_000, 10_000)}])
    found = check("QC-4101", data)
    assert found[["severity", "subject_kind", "subject_code", "other_code"]].to_numpy().tolist() == [["C", "county", "370799", "township"]]


def test_villages_that_fit_have_neither_gap_nor_overlap(check: Check) -> None:
    data = _units(LEFT, RIGHT, township=box(0, 0, 2000, 1000))
    for rule in ("QC-4101", "QC-4102", "QC-4103"):
        assert check(rule, data).empty, rule


def _around(gap: shapely.Geometry) -> PlanData:
    """Two villages with a gap on their border."""
    return _units({**LEFT, "geom": shapely.difference(LEFT["geom"], gap)}, RIGHT)


@pytest.mark.parametrize(("width", "height", "found"), [(90, 90, True), (1.5, 800, True), (200, 800, False), (0.00005, 800, False)])
def test_small_and_narrow_gaps_are_told_and_large_ones_are_units_that_are_no_village(check: Check, width: float, height: float, found: bool) -> None:
    gap = box(1000 - width, 100, width, height)
    findings = check("QC-4102", _around(gap))
    assert len(findings) == found
    if found:
        assert findings[["severity", "subject_kind", "subject_code"]].to_numpy().tolist() == [["C", "township", "370799101"]]
        assert findings["measure"].iloc[0] == pytest.approx(geod_area_m2(gap), abs=CENT)
        assert findings["params"].iloc[0]["named"] == "柳河村、青湾村"


def test_a_village_beyond_its_township_and_ground_without_village_are_told_apart(check: Check) -> None:
    data = _units(LEFT, RIGHT, township=box(5, 0, 1996, 1000))
    found = check("QC-4103", data).set_index("other_code")
    assert found["measure"].to_dict() == {
        "outside": pytest.approx(geod_area_m2(box(0, 0, 5, 1000)), abs=CENT), "bare": pytest.approx(geod_area_m2(box(2000, 0, 1, 1000)), abs=CENT),
    }
    assert set(found["severity"]) == {"C"}
    assert (found.loc["outside", "params"]["named"], found.loc["bare", "params"]["named"]) == ("柳河村", "青湾村")


def test_a_gap_between_villages_is_told_once_and_a_farm_not_at_all(check: Check) -> None:
    gap = box(910, 100, 90, 90)
    for hole, found in ((gap, 1), (box(500, 100, 500, 500), 0)):
        data = _units({**LEFT, "geom": shapely.difference(LEFT["geom"], hole)}, RIGHT, township=box(0, 0, 2000, 1000))
        assert len(check("QC-4102", data)) == found
        assert check("QC-4103", data).empty


def test_a_village_in_the_wrong_township_reaches_beyond_its_own(check: Check) -> None:
    lost = village(V3, "石桥村", geom=box(500, 500, 400, 400))
    data = example(village=[LEFT, lost], township=[TOWNSHIP, OTHER_TOWNSHIP])
    found = check("QC-4103", data)
    assert found[["subject_code", "other_code"]].to_numpy().tolist() == [["370799102", "outside"]]


def test_without_polygons_of_villages_and_townships_nothing_is_judged_and_no_package_is_held_up(profile: Profile) -> None:
    result = checks.run(_plan(), MemoryLayers({}), profile, ["QC-4101", "QC-4102", "QC-4103"])
    assert result.ran == ["QC-4101"] and result.findings.empty
    assert [(note.rule, note.message.code, note.holds_up) for note in result.not_checked] == [
        (rule, "checks.not_checked.no_boundaries", False) for rule in ("QC-4102", "QC-4103")
    ]


def test_a_village_that_crosses_itself_is_told_and_the_others_are_looked_at(check: Check, not_checked: Callable) -> None:
    crossed = village(V3, "石桥村", geom=shapely.Polygon([box(5_000, 0, 50, 50).exterior.coords[i] for i in (0, 2, 1, 3)]))
    data = _units(LEFT, {**RIGHT, "geom": box(990, 0, 1010, 1000)}, crossed, township=box(0, 0, 2000, 1000))
    for rule, found in (("QC-4101", 1), ("QC-4102", 0), ("QC-4103", 0)):
        assert len(check(rule, data)) == found
        assert "broken_shapes" in not_checked(rule, data)
