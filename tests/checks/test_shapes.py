"""QC-4105 validity, QC-4107 parts, QC-4601 slivers, QC-4602 least area, QC-4701 short edges, QC-4702 acute corners."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
import shapely

from tests.accounts.examples import TOWNSHIP, V1, action, box, example, geod_area_m2, hamlet, village
from tests.checks.test_topology import H1, H2, patch, site
from village_planner.plan.data import PlanData

Check = Callable[..., pd.DataFrame]
OF_DRAWN = ("QC-4107", "QC-4601", "QC-4602", "QC-4701", "QC-4702")


def _plan(*patches: dict, **tables: object) -> PlanData:
    return example(patch=list(patches), **{"village": [village()], "hamlet": [hamlet(1), hamlet(2)], "action": [action(H2)], **tables})


def at(*points: tuple[float, float]) -> shapely.Polygon:
    """A polygon by its corners, in metres from the corner of the example's township."""
    return shapely.Polygon([box(x, y, 1, 1).bounds[:2] for x, y in points])


BOW_TIE = at((0, 0), (60, 60), (60, 0), (0, 60))


def test_a_ring_that_crosses_itself_is_severe_with_the_place_of_the_crossing(check: Check) -> None:
    found = check("QC-4105", _plan(patch("P1", "new", BOW_TIE), patch("P2", "existing", BOW_TIE, None), site=[site("Z1", box(500, 0, 50, 50))]))
    assert found[["severity", "subject_code", "other_code"]].to_numpy().tolist() == [["A", "P1", "invalid"], ["A", "P2", "invalid"]]
    assert found["geom"].iloc[0].distance(shapely.Point(box(30, 30, 1, 1).bounds[:2])) < 1e-6
    assert "4000030.00" in found["params"].iloc[0]["at"]


def test_villages_and_townships_are_looked_at_too(check: Check) -> None:
    found = check("QC-4105", _plan(village=[village(geom=BOW_TIE)], township=[{**TOWNSHIP, "geom": BOW_TIE}]))
    assert found[["severity", "subject_kind", "subject_code"]].to_numpy().tolist() == [["A", "village", V1], ["A", "township", "370799101"]]


def test_the_digest_follows_the_place_of_the_fault(check: Check) -> None:
    moved = shapely.transform(BOW_TIE, lambda points: points + 5)
    before, after = (check("QC-4105", _plan(patch("P1", "new", shape))).iloc[0] for shape in (BOW_TIE, moved))
    assert before["key"] == after["key"] and before["digest"] != after["digest"]


def test_coordinates_that_are_no_numbers_are_no_valid_shape(check: Check) -> None:
    broken = shapely.Polygon([(0, 0), (float("nan"), 0), (1, 1)])
    assert check("QC-4105", _plan(patch("P1", "new", broken)))["params"].iloc[0]["at"] == "—"


def test_the_same_polygon_twice_is_severe_and_no_overlap_besides(check: Check) -> None:
    data = _plan(patch("P1", "new", box(0, 0, 50, 50)), patch("P2", "new", at((50, 50), (0, 50), (0, 0), (50, 0))))
    found = check("QC-4105", data)
    assert found[["severity", "subject_code", "other_kind", "other_code"]].to_numpy().tolist() == [["A", "P1", "patch", "P2"]]
    assert check("QC-4101", data).empty
    assert check("QC-4105", _plan(patch("P1", "new", box(0, 0, 50, 50)), patch("P2", "existing", box(0, 0, 50, 50)))).empty
    twins = [site("Z1", box(0, 0, 50, 50)), site("Z2", box(0, 0, 50, 50))]
    assert check("QC-4105", _plan(site=twins))["other_code"].tolist() == ["Z2"]


def test_repeated_vertices_are_a_note_and_only_of_what_is_drawn(check: Check) -> None:
    shape = at((0, 0), (60, 0), (60, 0), (60, 60), (60, 60), (0, 60))
    found = check("QC-4105", _plan(patch("P1", "new", shape), patch("P2", "existing", shape)))
    assert found[["severity", "subject_code", "other_code", "measure"]].to_numpy().tolist() == [["C", "P1", "vertices", 2.0]]


def test_new_patches_and_sites_without_polygon_are_told(check: Check, not_checked: Callable) -> None:
    data = _plan(patch("P1", "new", None), patch("P2", "existing", None), site=[site("Z1", None)])
    assert check("QC-4105", data).empty
    assert not_checked("QC-4105", data) == ["undrawn"]


@pytest.mark.parametrize("rule", OF_DRAWN)
def test_a_present_patch_keeps_the_shape_that_the_survey_gave_it(check: Check, not_checked: Callable, rule: str) -> None:
    ragged = shapely.multipolygons([at((0, 0), (60, 1), (60, -1)), box(100, 0, 1, 1)])
    for own in (H1, H2, None):
        assert check(rule, _plan(patch("P1", "existing", ragged, own))).empty
    assert check(rule, _plan(patch("P1", "cleared", ragged, H2))).empty
    assert not_checked(rule, _plan(patch("P1", "new", BOW_TIE))) == ["broken_shapes"]


@pytest.mark.parametrize("rule", OF_DRAWN)
def test_a_plain_new_patch_and_site_have_no_fault(check: Check, rule: str) -> None:
    assert check(rule, _plan(patch("P1", "new", box(0, 0, 30, 40)), site=[site("Z1", box(500, 0, 50, 50))])).empty


def test_a_patch_of_two_parts_is_told_with_their_number(check: Check) -> None:
    two = shapely.multipolygons([box(0, 0, 50, 50), box(100, 0, 50, 50)])
    found = check("QC-4107", _plan(patch("P1", "cleared", two), patch("P2", "new", shapely.multipolygons([box(500, 0, 50, 50)])), site=[site("Z1", two)]))
    assert found[["severity", "subject_code", "measure"]].to_numpy().tolist() == [["C", "P1", 2.0], ["C", "Z1", 2.0]]


def test_slivers_are_told_part_by_part_in_one_finding(check: Check) -> None:
    shape = shapely.multipolygons([box(0, 0, 50, 50), box(100, 0, 3, 3), box(200, 0, 2, 2), box(300, 0, 4, 2.6)])
    found = check("QC-4601", _plan(patch("P1", "new", shape)))
    assert found[["severity", "subject_code"]].to_numpy().tolist() == [["C", "P1"]]
    assert found["params"].iloc[0]["count"] == 2
    assert found["measure"].iloc[0] == pytest.approx(geod_area_m2(box(200, 0, 2, 2)), abs=1e-4)
    assert found["geom"].iloc[0].area == pytest.approx(13.0)


@pytest.mark.parametrize(("width", "rules"), [(3, ["QC-4601"]), (10, ["QC-4602"]), (20.1, [])])
def test_a_patch_is_a_sliver_or_below_the_mapping_area_or_large_enough(check: Check, width: float, rules: list[str]) -> None:
    data = _plan(patch("P1", "new", box(0, 0, width, 4 if width > 3 else 3)))
    assert [rule for rule in ("QC-4601", "QC-4602") if len(check(rule, data))] == rules


def test_the_least_mapping_area_concerns_what_is_new(check: Check) -> None:
    assert check("QC-4602", _plan(patch("P1", "cleared", box(0, 0, 7, 7)))).empty
    found = check("QC-4602", _plan(patch("P1", "new", box(0, 0, 7, 7))))
    assert (found["limit_value"].iloc[0], found["unit"].iloc[0]) == (80.0, "m2")


def test_short_edges_and_acute_corners_are_one_finding_a_shape_with_the_worst(check: Check) -> None:
    shape = at((0, 0), (60, 0), (60, 30), (60.5, 30), (60.5, 31.5), (60, 31.5), (60, 60), (31, 60), (30, 90), (29, 60), (0, 60))
    data = _plan(patch("P1", "new", shape))
    short, acute = check("QC-4701", data), check("QC-4702", data)
    assert short[["severity", "measure", "limit_value", "unit"]].to_numpy().tolist() == [["C", pytest.approx(0.5), 2.0, "m"]]
    assert short["params"].iloc[0]["count"] == 3
    assert acute[["severity", "limit_value", "unit"]].to_numpy().tolist() == [["C", 10.0, "deg"]]
    assert acute["measure"].iloc[0] == pytest.approx(3.8183, abs=1e-3)


def test_what_is_drawn_along_present_land_takes_over_its_edges_and_corners(check: Check) -> None:
    present = at((0, 0), (60, 0), (60, 30), (59, 30), (59, 31), (0, 31))
    drawn = at((60, 0), (120, 0), (120, 40), (40, 40), (59, 31), (59, 30), (60, 30))
    assert check("QC-4701", _plan(patch("P1", "existing", present), patch("P2", "new", drawn))).empty
    assert len(check("QC-4701", _plan(patch("P2", "new", drawn)))) == 1
