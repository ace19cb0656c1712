"""QC-5205 stated lines, QC-5302 cultivated land, QC-5305 reserve, NL-09 quotas, NL-10 fixed villages: found, not found, not checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from tests.accounts.examples import TOWNSHIP, V1, V3, action, box, category, example, features, geod_area_m2, hamlet, move, village
from village_planner import checks
from village_planner.plan.data import PlanData
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import Profile

Check = Callable[..., pd.DataFrame]
H1, H2 = (hamlet(serial)["code"] for serial in (1, 2))
TOWN, COUNTY = TOWNSHIP["code"], "370799"
FARMLAND, REDLINE, LAND_USE = "permanent_basic_farmland", "ecological_redline", "land_use"
CENT = 0.01
BUILT = {"class_code": "0702", "built_code": "203", "geom": box(0, 0, 100, 100)}
FIELD = {"class_code": "0103", "deduction": 0.1, "geom": box(1_000, 0, 100, 100)}
SURVEY = {LAND_USE: features(BUILT, FIELD)}


def _plan(*quotas: tuple[str, str, float], **tables: Any) -> PlanData:
    rows = [{"area_code": area, "item": item, "value": value, "source": "下达表.xlsx"} for area, item, value in quotas]
    standard = {"village": [village(), village(V3, "石桥村")], "hamlet": [hamlet(1), hamlet(2), hamlet(1, V3)], "action": [action(H2)]}
    return example(quota=rows, **{**standard, **tables})


def _told(findings: pd.DataFrame) -> list[tuple]:
    columns = ["severity", "subject_kind", "subject_code", "other_kind", "other_code", "unit"]
    return list(findings[columns].itertuples(index=False, name=None))


def test_a_line_differs_from_what_is_stated_in_both_directions(check: Check) -> None:
    layers = {FARMLAND: features({"deduction": 0.2, "geom": box(0, 0, 100, 100)}), REDLINE: features({"geom": box(0, 0, 100, 100)})}
    net, gross = 0.8 * geod_area_m2(box(0, 0, 100, 100)), geod_area_m2(box(0, 0, 100, 100))
    for off, found in ((19.0, 0), (-19.0, 0), (21.0, 1), (-21.0, 1)):
        findings = check("QC-5205", _plan((TOWN, "basic_farmland_m2", net + off), (COUNTY, "redline_m2", gross)), layers)
        assert len(findings) == found
    row = check("QC-5205", _plan((COUNTY, "redline_m2", gross - 30.0)), layers).iloc[0]
    assert _told(row.to_frame().T) == [("A", "county", COUNTY, "quota", "redline_m2", "m2")]
    assert (row["measure"], row["limit_value"]) == (pytest.approx(gross, abs=CENT), pytest.approx(gross - 30.0))


def test_lines_are_not_judged_without_figures_layers_or_polygons(not_checked: Callable) -> None:
    assert not_checked("QC-5205", _plan()) == ["no_quota"]
    assert not_checked("QC-5205", _plan((TOWN, "redline_m2", 1.0))) == ["layers"]
    no_polygons = [{**TOWNSHIP, "geom": None}]
    redline = {REDLINE: features({"geom": box(0, 0, 9, 9)})}
    assert not_checked("QC-5205", _plan((TOWN, "redline_m2", 1.0), township=no_polygons), redline) == ["quota_unknown"]


def test_cultivated_land_below_its_target(check: Check) -> None:
    base = 0.9 * geod_area_m2(box(1_000, 0, 100, 100))
    new = [{"code": "P1", "hamlet_code": H1, "kind": "new", "geom": box(1_000, 0, 10, 100)}]
    left = base - 0.9 * geod_area_m2(box(1_000, 0, 10, 100))
    assert check("QC-5302", _plan((TOWN, "cultivated_m2", left + 49.0), patch=new), SURVEY).empty
    row = check("QC-5302", _plan((TOWN, "cultivated_m2", base), patch=new), SURVEY).iloc[0]
    assert _told(row.to_frame().T) == [("A", "township", TOWN, "quota", "cultivated_m2", "m2")]
    assert (row["measure"], row["limit_value"]) == (pytest.approx(left, abs=CENT), pytest.approx(base))
    moves = [move("M1", H2, target=H1, reclaimed_m2=base - left, reclaim_to="水田")]
    assert check("QC-5302", _plan((TOWN, "cultivated_m2", base), patch=new, move=moves), SURVEY).empty


def test_cultivated_land_is_not_judged_without_target_or_survey(not_checked: Callable) -> None:
    assert not_checked("QC-5302", _plan(), SURVEY) == ["no_quota"]
    undrawn = [{"code": "P1", "hamlet_code": H1, "kind": "new"}]
    assert not_checked("QC-5302", _plan((TOWN, "cultivated_m2", 1.0), patch=undrawn)) == ["layers", "undrawn"]


@pytest.mark.parametrize(("reserve", "found"), [(500.0, 0), (501.0, 1)])
def test_a_reserve_above_its_share(check: Check, reserve: float, found: int) -> None:
    findings = check("QC-5305", _plan((COUNTY, "reserve_m2", reserve), (COUNTY, "construction_m2", 10_000.0)))
    assert _told(findings) == [("A", "county", COUNTY, "quota", "reserve_m2", "share")] * found
    assert findings["measure"].tolist() == pytest.approx([reserve / 10_000] * found)


def test_a_reserve_without_its_total_is_told_and_no_reserve_is_nothing(check: Check, not_checked: Callable) -> None:
    assert not_checked("QC-5305", _plan((TOWN, "reserve_m2", 5.0), (COUNTY, "construction_m2", 10.0))) == ["no_total"]
    assert not_checked("QC-5305", _plan()) == []
    assert check("QC-5305", _plan()).empty


def test_quotas_that_are_exceeded_or_not_reached(check: Check) -> None:
    base = geod_area_m2(box(0, 0, 100, 100))
    quotas = [(TOWN, "construction_m2", base - 51.0), (COUNTY, "construction_m2", base - 49.0), (COUNTY, "households", 8.0), (TOWN, "households", 7.0),
              (TOWN, "withdrawn_villages", 0.0), (TOWN, "reduction_m2", 51.0), (COUNTY, "reduction_m2", 49.0), (TOWN, "cultivated_m2", 9e9)]
    data = _plan(*quotas, action=[action(H1), action(H2)], move=[move("M1", H2, target=H1, households=7)])
    findings = check("NL-09", data, SURVEY)
    assert sorted(_told(findings)) == [
        ("A", "township", TOWN, "quota", "construction_m2", "m2"), ("A", "township", TOWN, "quota", "reduction_m2", "m2"),
        ("A", "township", TOWN, "quota", "withdrawn_villages", "villages"), ("B", "county", COUNTY, "quota", "households", "households"),
    ]  # fmt: skip
    row = findings[findings["other_code"] == "withdrawn_villages"].iloc[0]
    assert (row["measure"], row["limit_value"], row["message_code"]) == (1.0, 0.0, "checks.nl09.above")


def test_newly_taken_land_has_a_limit(check: Check) -> None:
    new = [{"code": "P1", "hamlet_code": H1, "kind": "new", "geom": box(500, 0, 10, 100)}]
    taken = geod_area_m2(box(500, 0, 10, 100))
    assert check("NL-09", _plan((TOWN, "new_land_m2", taken - 49.0), patch=new), SURVEY).empty
    assert check("NL-09", _plan((TOWN, "new_land_m2", taken - 51.0), patch=new), SURVEY)["measure"].tolist() == [pytest.approx(taken, abs=CENT)]


def test_quotas_that_cannot_be_compared_are_told(not_checked: Callable) -> None:
    assert not_checked("NL-09", _plan()) == ["no_quota"]
    assert not_checked("NL-09", _plan((TOWN, "cultivated_m2", 1.0))) == ["no_quota"]
    assert not_checked("NL-09", _plan((TOWN, "new_land_m2", 1.0))) == ["layers"]
    assert not_checked("NL-09", _plan((TOWN, "construction_m2", 1.0))) == ["quota_unknown"]
    assert not_checked("NL-09", _plan((TOWN, "households", 0.0), ("370700", "households", 0.0))) == ["quota_area"]
    township_plan = _plan((COUNTY, "households", 0.0), (TOWN, "households", 0.0), info={"scope": "township"}, township=[TOWNSHIP])
    assert not_checked("NL-09", township_plan) == ["quota_area"]


def _fixed(**row: Any) -> dict[str, Any]:
    return {"source": "名单", "village_code": V1, **row}


@pytest.mark.parametrize(
    ("fixed", "actions", "expected"),
    [
        ({"category": "04"}, [], ["category"]),
        ({"category": "01"}, [], []),
        ({"action": "retain"}, [action(H1, "retain"), action(H2, "retain")], []),
        ({"action": "retain"}, [action(H1, "retain"), action(H2)], ["action_partly"]),
        ({"action": "merge"}, [action(H1, "relocate"), action(H2, "relocate")], ["action"]),
        ({"action": "merge"}, [action(H1, "retain")], ["action_undecided"]),
        ({"category": "04", "action": "merge"}, [action(H1), action(H2)], ["category"]),
    ],
)
def test_villages_follow_the_list_fixed_from_above(check: Check, fixed: dict, actions: list, expected: list[str]) -> None:
    findings = check("NL-10", _plan(category=[category(V1, "01")], fixed_village=[_fixed(**fixed)], action=actions))
    assert findings["message_code"].str.split(".").str[-1].tolist() == expected
    for row in findings.itertuples(index=False):
        assert (row.severity, row.subject_kind, row.subject_code, row.village_code, row.other_kind) == ("A", "village", V1, V1, "fixed")
        assert row.other_code == f"名单/{row.message_code.split('.')[-1].split('_')[0]}"


def test_a_fixed_village_without_category_is_a_finding_of_its_own(check: Check) -> None:
    assert check("NL-10", _plan(fixed_village=[_fixed(category="04")]))["message_code"].tolist() == ["checks.nl10.category_missing"]


def test_what_no_county_need_have_does_not_hold_up_a_package(profile: Profile, not_checked: Callable) -> None:
    assert not_checked("NL-10", _plan()) == ["no_list"]
    result = checks.run(_plan(), MemoryLayers({}), profile, ["QC-5205", "QC-5302", "QC-5306", "NL-09", "NL-10"])
    assert result.ran == [] and len(result.not_checked) == 5
    assert not any(note.holds_up for note in result.not_checked)
