"""QC-5204 the boundary, NL-06 rigid lines, NL-07 green, NL-08 dangers, NL-03 sites: what is found, what is not, what is not checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from tests.accounts.examples import V1, action, box, example, features, geod_area_m2, hamlet, point, village
from village_planner import checks
from village_planner.plan.data import PlanData
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import Profile

Check = Callable[..., pd.DataFrame]
H1, H2 = (hamlet(serial)["code"] for serial in (1, 2))
BOUNDARY, GREEN, HAZARD, MINING, PROTECTED = "development_boundary", "green_line", "hazard", "mining", "protected_area"
RIGID = ("road_red_line", "heritage_purple_line", "water_blue_line", "heritage")
FAR = {"geom": box(9_000, 9_000, 10, 10)}
CENT = 0.01


def _plan(*patches: dict, sites: tuple[dict, ...] = (), **tables: Any) -> PlanData:
    return example(village=[village()], hamlet=[hamlet(1), hamlet(2)], action=[action(H2)], patch=list(patches), site=list(sites), **tables)


def _patch(kind: str = "new", geom: Any = None, hamlet_code: str | None = H1, code: str = "P1") -> dict:
    return {"code": code, "hamlet_code": hamlet_code, "kind": kind, "geom": box(0, 0, 40, 30) if geom is None else geom}


def _site(setting: str | None = "rural", geom: Any = None) -> dict:
    return {"code": "Z1", "name": "柳湾安置点", "setting": setting, "village_code": V1, "geom": box(0, 0, 40, 30) if geom is None else geom}


def _every(*kinds: str, **of: Any) -> dict[str, pd.DataFrame]:
    """A far feature in each of the kinds, in those of `of` the given one instead."""
    return {kind: features(of.get(kind, FAR)) for kind in (*kinds, *of)}


def _told(findings: pd.DataFrame) -> list[tuple]:
    columns = ["severity", "subject_kind", "subject_code", "other_kind", "other_code"]
    return list(findings[columns].itertuples(index=False, name=None))


def test_new_village_ground_inside_the_boundary_is_on_the_wrong_side(check: Check) -> None:
    row = check("QC-5204", _plan(_patch()), {BOUNDARY: features({"geom": box(-10, -10, 30, 99)})}).iloc[0]
    assert _told(row.to_frame().T) == [("B", "patch", "P1", "control", BOUNDARY)]
    assert row["measure"] == pytest.approx(geod_area_m2(box(0, 0, 20, 30)), abs=CENT)
    assert (row["limit_value"], row["unit"], row["message_code"]) == (1.0, "m2", "checks.5204.new")
    assert row["geom"].area == pytest.approx(600, abs=1e-6)


def test_sites_are_judged_by_where_they_should_lie(check: Check) -> None:
    half = {BOUNDARY: features({"geom": box(-10, -10, 30, 99)})}
    for setting, code, width in (("rural", "site_inside", 20), (None, "site_inside", 20), ("town", "site_outside", 20)):
        row = check("QC-5204", _plan(sites=(_site(setting),)), half).iloc[0]
        assert (row["subject_kind"], row["message_code"]) == ("site", f"checks.5204.{code}")
        assert row["measure"] == pytest.approx(geod_area_m2(box(0, 0, width, 30)), abs=CENT)


def test_what_lies_on_its_own_side_or_is_there_already_is_no_finding(check: Check) -> None:
    around = {BOUNDARY: features({"geom": box(-10, -10, 99, 99)})}
    assert check("QC-5204", _plan(_patch("existing"), sites=(_site("town"),)), around).empty
    assert check("QC-5204", _plan(_patch(), sites=(_site("rural"),)), {BOUNDARY: features(FAR)}).empty
    assert check("QC-5204", _plan(_patch(geom=box(99 - 10.03, 0, 40, 30))), {BOUNDARY: features({"geom": box(-10, -10, 99, 99)})}).empty


def test_the_boundary_rule_needs_its_layer_and_polygons(not_checked: Callable) -> None:
    assert not_checked("QC-5204", _plan(_patch())) == ["layers"]
    assert not_checked("QC-5204", _plan(), {BOUNDARY: features(FAR)}) == ["no_patches"]
    undrawn = {**_patch(code="P2"), "geom": None}
    assert not_checked("QC-5204", _plan(_patch(), undrawn), {BOUNDARY: features(FAR)}) == ["undrawn"]


@pytest.mark.parametrize("kind", RIGID)
def test_new_ground_on_a_rigid_line_is_severe_and_present_ground_is_told(check: Check, kind: str) -> None:
    layers = _every(*RIGID, **{kind: {"geom": box(0, 0, 10, 30)}})
    assert _told(check("NL-06", _plan(_patch()), layers)) == [("A", "patch", "P1", "control", kind)]
    row = check("NL-06", _plan(_patch("existing")), layers).iloc[0]
    assert (row["severity"], row["message_code"]) == ("C", "checks.nl06.retained")
    assert row["measure"] == pytest.approx(geod_area_m2(box(0, 0, 10, 30)), abs=CENT)
    assert check("NL-06", _plan(_patch("existing", hamlet_code=H2)), layers).empty
    assert check("NL-06", _plan(_patch("new", box(10, 0, 30, 30))), layers).empty


def test_green_can_be_traded_and_is_important_only(check: Check) -> None:
    layers = {GREEN: features({"geom": box(0, 0, 10, 30)})}
    assert _told(check("NL-07", _plan(_patch()), layers)) == [("B", "patch", "P1", "control", GREEN)]
    assert check("NL-07", _plan(_patch("existing", hamlet_code=None)), layers)["message_code"].tolist() == ["checks.nl07.retained_unassigned"]


@pytest.mark.parametrize(
    ("kind", "level", "state", "severity"),
    [
        (HAZARD, "高易发", "new", "A"), (HAZARD, None, "new", "A"), (HAZARD, "低易发区", "new", "C"), (HAZARD, "中易发", "existing", "B"),
        (HAZARD, " 低 ", "existing", ""), (PROTECTED, None, "new", "A"), (PROTECTED, None, "existing", "C"), (MINING, None, "new", "B"),
        (MINING, None, "existing", "C"),
    ],
)  # fmt: skip
def test_dangers_weigh_by_kind_and_level(check: Check, kind: str, level: str | None, state: str, severity: str) -> None:
    layers = _every(HAZARD, PROTECTED, MINING, **{kind: {"level": level, "geom": box(0, 0, 10, 30)}})
    findings = check("NL-08", _plan(_patch(state)), layers)
    assert _told(findings) == ([(severity, "patch", "P1", "control", kind)] if severity else [])


def test_a_hazard_point_reaches_as_far_as_the_profile_says(check: Check) -> None:
    for distance, found in ((0.0, [0.0]), (49.0, [49.0]), (51.0, [])):
        layers = _every(PROTECTED, MINING, hazard={"geom": point(40 + distance, 15)})
        findings = check("NL-08", _plan(_patch()), layers)
        assert findings["measure"].tolist() == pytest.approx(found)
        assert findings["unit"].tolist() == ["m"] * len(found)


def test_an_item_has_one_hazard_finding_and_the_graver_comes_first(check: Check) -> None:
    low, high, spot = {"level": "低易发", "geom": box(0, 0, 40, 30)}, {"level": "高易发", "geom": box(0, 0, 5, 30)}, {"geom": point(20, 15)}
    layers = {**_every(PROTECTED, MINING), HAZARD: features(low, high, spot)}
    assert check("NL-08", _plan(_patch()), layers)["measure"].tolist() == [pytest.approx(geod_area_m2(box(0, 0, 5, 30)), abs=CENT)]
    layers[HAZARD] = features(low, spot)
    assert check("NL-08", _plan(_patch()), layers)[["severity", "unit"]].to_numpy().tolist() == [["A", "m"]]


def test_sites_have_a_rule_of_their_own(check: Check) -> None:
    layers = _every(*RIGID, GREEN, HAZARD, PROTECTED, MINING)
    for kind, severity in (*((kind, "A") for kind in (*RIGID, HAZARD, PROTECTED)), (GREEN, "B"), (MINING, "B")):
        here = {**layers, kind: features({"geom": box(0, 0, 10, 30)})}
        assert _told(check("NL-03", _plan(sites=(_site(),)), here)) == [(severity, "site", "Z1", "control", kind)]
        assert check("NL-03", _plan(_patch()), here).empty
        for rule in ("NL-06", "NL-07", "NL-08"):
            assert check(rule, _plan(sites=(_site(),)), here).empty


def test_a_site_near_a_hazard_point_and_on_low_ground(check: Check) -> None:
    layers = _every(*RIGID, GREEN, PROTECTED, MINING, hazard={"geom": point(60, 15)})
    row = check("NL-03", _plan(sites=(_site(),)), layers).iloc[0]
    assert (row["severity"], row["message_code"], row["measure"], row["limit_value"]) == ("A", "checks.nl03.near", 20.0, 50.0)
    layers[HAZARD] = features({"level": "低", "geom": box(0, 0, 40, 30)})
    assert check("NL-03", _plan(sites=(_site(),)), layers)["severity"].tolist() == ["C"]


@pytest.mark.parametrize(("households", "found"), [(3, [["B", "capacity", "households"]]), (4, [])])
def test_a_site_too_large_for_its_households(check: Check, households: int, found: list) -> None:
    capacity = [{"site_code": "Z1", "phase": year, "households": count} for year, count in ((2022, 1), (2025, households))]
    findings = check("NL-03", _plan(sites=(_site(),), site_capacity=capacity), _every(*RIGID, GREEN, HAZARD, PROTECTED, MINING))
    assert findings[["severity", "other_kind", "other_code"]].to_numpy().tolist() == found
    if found:
        assert findings["measure"].iloc[0] == pytest.approx(geod_area_m2(box(0, 0, 40, 30)) / households, abs=CENT)
        assert (findings["limit_value"].iloc[0], findings["unit"].iloc[0]) == (396.0, "m2/household")


def test_kinds_that_are_not_imported_are_told_without_holding_up(profile: Profile, not_checked: Callable) -> None:
    for rule in ("NL-06", "NL-07", "NL-08"):
        assert not_checked(rule, _plan(_patch())) == ["optional_layers"]
    assert not_checked("NL-06", _plan(_patch()), _every("heritage")) == ["optional_kinds"]
    assert not_checked("NL-08", _plan(_patch()), _every(HAZARD, PROTECTED, MINING)) == []
    assert not_checked("NL-03", _plan(sites=(_site(),))) == ["optional_kinds"]
    assert not_checked("NL-03", _plan(_patch())) == []
    result = checks.run(_plan(_patch()), MemoryLayers({}), profile, ["NL-06", "QC-5202"])
    assert [(note.rule, note.holds_up) for note in result.not_checked] == [("QC-5202", True), ("NL-06", False)]
    assert result.ran == []


def test_without_polygons_nothing_was_looked_at(not_checked: Callable) -> None:
    assert not_checked("NL-07", _plan(), {GREEN: features(FAR)}) == ["no_patches"]
    undrawn = {**_patch(code="P2"), "geom": None}
    assert not_checked("NL-07", _plan(_patch(), undrawn), {GREEN: features(FAR)}) == ["undrawn"]
