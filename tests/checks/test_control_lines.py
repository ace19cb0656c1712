"""QC-5201 lines among themselves, QC-5202 and QC-5203 patches and sites on them."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
import shapely

from tests.accounts.examples import V1, action, box, example, features, geod_area_m2, hamlet, village
from village_planner.plan.data import PlanData

Check = Callable[..., pd.DataFrame]
H1, H2 = (hamlet(serial)["code"] for serial in (1, 2))
FARMLAND, REDLINE, BOUNDARY = "permanent_basic_farmland", "ecological_redline", "development_boundary"
FAR = features({"geom": box(9_000, 9_000, 10, 10)})
LINES = {FARMLAND: FAR, REDLINE: FAR.assign(geom=[box(8_000, 9_000, 10, 10)]), BOUNDARY: FAR.assign(geom=[box(7_000, 9_000, 10, 10)])}
CENT = 0.01


def _bow_tie(x: float, y: float, size: float) -> shapely.Polygon:
    corners = list(box(x, y, size, size).exterior.coords)
    return shapely.Polygon([corners[0], corners[1], corners[3], corners[2]])


def _plan(patch: list[dict] = (), site: list[dict] = ()) -> PlanData:
    return example(
        village=[village()], hamlet=[hamlet(1), hamlet(2)], action=[action(H1, "retain"), action(H2)], patch=list(patch), site=list(site)
    )


def _patch(kind: str, geom: object, hamlet_code: str | None = H1, code: str = "P1") -> dict:
    return {"code": code, "hamlet_code": hamlet_code, "kind": kind, "geom": geom}


def _site(geom: object, setting: str = "rural") -> dict:
    return {"code": "Z1", "name": "安置点", "setting": setting, "village_code": V1, "geom": geom}


def test_farmland_on_the_red_line_is_measured_gross_and_net(check: Check) -> None:
    layers = {
        **LINES,
        FARMLAND: features({"source_id": "F7", "deduction": 0.1, "geom": box(0, 0, 120, 80)}),
        REDLINE: features({"source_id": "R3", "geom": box(100, 70, 90, 40)}),
    }
    row = check("QC-5201", _plan(), layers).iloc[0]
    common = box(100, 70, 20, 10)
    assert (row["subject_kind"], row["subject_code"]) == ("control", f"{FARMLAND}/F7")
    assert (row["other_kind"], row["other_code"]) == ("control", f"{REDLINE}/R3")
    assert row["measure"] == pytest.approx(geod_area_m2(common), abs=CENT)
    assert row["params"]["net_m2"] == pytest.approx(0.9 * geod_area_m2(common), abs=CENT)
    assert row["geom"].equals(common)


def test_every_pair_of_kinds_is_compared(check: Check) -> None:
    same = features({"source_id": "X", "geom": box(0, 0, 50, 50)})
    findings = check("QC-5201", _plan(), {FARMLAND: same, REDLINE: same, BOUNDARY: same})
    assert list(zip(findings["subject_code"], findings["other_code"])) == [
        (f"{FARMLAND}/X", f"{REDLINE}/X"), (f"{FARMLAND}/X", f"{BOUNDARY}/X"), (f"{REDLINE}/X", f"{BOUNDARY}/X"),
    ]


def test_an_opening_is_no_overlap(check: Check) -> None:
    ring = shapely.difference(box(0, 0, 300, 300), box(50, 50, 100, 80))
    layers = {**LINES, FARMLAND: features({"geom": ring}), BOUNDARY: features({"geom": box(60, 60, 80, 60)})}
    assert check("QC-5201", _plan(), layers).empty


@pytest.mark.parametrize(("width", "found"), [(0.9, 0), (1.1, 1)])
def test_lines_may_overlap_by_one_square_metre(check: Check, width: float, found: int) -> None:
    layers = {**LINES, FARMLAND: features({"geom": box(0, 0, 100, 1)}), REDLINE: features({"geom": box(100 - width, 0, 50, 1)})}
    assert len(check("QC-5201", _plan(), layers)) == found


def test_pieces_of_one_feature_are_one_finding(check: Check) -> None:
    pieces = features({"source_id": "F1", "geom": box(0, 0, 10, 10)}, {"source_id": "F1", "geom": box(20, 0, 10, 10)})
    findings = check("QC-5201", _plan(), {**LINES, FARMLAND: pieces, REDLINE: features({"source_id": "R", "geom": box(-5, -5, 99, 99)})})
    assert findings["measure"].tolist() == [pytest.approx(geod_area_m2(box(0, 0, 10, 10), box(20, 0, 10, 10)), abs=CENT)]


def test_features_without_an_id_are_told_apart(check: Check) -> None:
    pieces = features({"source_id": None, "geom": box(0, 0, 10, 10)}, {"source_id": "", "geom": box(20, 0, 10, 10)})
    findings = check("QC-5201", _plan(), {**LINES, FARMLAND: pieces, REDLINE: features({"geom": box(-5, -5, 99, 99)})})
    assert len(findings) == 2


def test_one_missing_line_leaves_the_other_pair_checked(check: Check, not_checked: Callable) -> None:
    layers = {FARMLAND: features({"geom": box(0, 0, 10, 10)}), REDLINE: features({"geom": box(0, 0, 10, 10)})}
    assert len(check("QC-5201", _plan(), layers)) == 1
    assert not_checked("QC-5201", _plan(), layers) == ["layers"]
    assert not_checked("QC-5201", _plan(), {FARMLAND: FAR}) == ["too_few_layers"]


def test_a_broken_line_is_a_note_of_its_pair_and_the_rest_is_checked(check: Check, not_checked: Callable) -> None:
    layers = {
        **LINES,
        FARMLAND: features({"source_id": "F1", "geom": _bow_tie(0, 0, 50)}, {"source_id": "F2", "geom": box(100, 0, 50, 50)}),
        REDLINE: features({"geom": box(0, 0, 200, 200)}),
    }
    assert check("QC-5201", _plan(), layers)["subject_code"].tolist() == [f"{FARMLAND}/F2"]
    assert not_checked("QC-5201", _plan(), layers) == ["broken"]


def test_a_new_patch_on_farmland_is_severe_and_measured_net_over_all_parcels(check: Check) -> None:
    layers = {FARMLAND: features({"deduction": 0.2, "geom": box(0, 0, 10, 100)}, {"geom": box(10, 0, 10, 100)}, {"geom": box(500, 0, 9, 9)})}
    row = check("QC-5202", _plan([_patch("new", box(5, 0, 50, 50))]), layers).iloc[0]
    left, right = geod_area_m2(box(5, 0, 5, 50)), geod_area_m2(box(10, 0, 10, 50))
    assert (row["severity"], row["subject_kind"], row["subject_code"]) == ("A", "patch", "P1")
    assert (row["other_kind"], row["other_code"], row["village_code"]) == ("control", FARMLAND, V1)
    assert row["measure"] == pytest.approx(0.8 * left + right, abs=CENT)
    assert row["params"]["gross_m2"] == pytest.approx(left + right, abs=CENT)
    assert row["params"]["features"] == 2


def test_parcels_that_overlap_each_other_count_once(check: Check) -> None:
    layers = {REDLINE: features({"geom": box(0, 0, 60, 100)}, {"geom": box(40, 0, 60, 100)})}
    row = check("QC-5203", _plan([_patch("new", box(0, 0, 100, 100))]), layers).iloc[0]
    assert row["measure"] == pytest.approx(geod_area_m2(box(0, 0, 100, 100)), abs=CENT)
    assert "net_m2" not in row["params"]


@pytest.mark.parametrize("rule", ["QC-5202", "QC-5203"])
@pytest.mark.parametrize(
    ("patch", "severity"),
    [
        (_patch("new", box(0, 0, 4, 3)), "A"),
        (_patch("existing", box(0, 0, 4, 3)), "C"),
        (_patch("existing", box(0, 0, 4, 3), None), "C"),
        (_patch("existing", box(0, 0, 4, 3), H2), ""),
        (_patch("cleared", box(0, 0, 4, 3)), ""),
    ],
)
def test_severity_depends_on_what_becomes_of_the_patch(check: Check, rule: str, patch: dict, severity: str) -> None:
    layers = {FARMLAND: features({"geom": box(0, 0, 99, 99)}), REDLINE: features({"geom": box(0, 0, 99, 99)})}
    assert check(rule, _plan([patch]), layers)["severity"].tolist() == ([severity] if severity else [])


@pytest.mark.parametrize("setting", ["rural", "town"])
def test_a_site_is_new_wherever_it_is(check: Check, setting: str) -> None:
    layers = {FARMLAND: features({"geom": box(0, 0, 99, 99)})}
    row = check("QC-5202", _plan(site=[_site(box(0, 0, 4, 3), setting)]), layers).iloc[0]
    assert (row["severity"], row["subject_kind"], row["subject_code"]) == ("A", "site", "Z1")


@pytest.mark.parametrize(("width", "found"), [(0.09, 0), (0.11, 1)])
def test_numeric_slivers_are_no_finding(check: Check, width: float, found: int) -> None:
    layers = {FARMLAND: features({"deduction": 0.5, "geom": box(0, 0, 1, 1)})}
    assert len(check("QC-5202", _plan([_patch("new", box(1 - width, 0, 50, 1))]), layers)) == found


def test_a_patch_in_an_opening_or_beside_the_line_is_no_finding(check: Check) -> None:
    ring = shapely.difference(box(0, 0, 300, 300), box(50, 50, 100, 80))
    patches = [_patch("new", box(50, 50, 100, 80)), _patch("new", box(300, 0, 50, 50), code="P2")]
    assert check("QC-5202", _plan(patches), {FARMLAND: features({"geom": ring})}).empty


def test_without_its_layer_or_without_patches_the_rule_did_not_run(not_checked: Callable) -> None:
    patch = [_patch("new", box(0, 0, 4, 3))]
    assert not_checked("QC-5202", _plan(patch), {REDLINE: FAR}) == ["layers"]
    assert not_checked("QC-5203", _plan([_patch("new", None)]), {REDLINE: FAR}) == ["no_patches"]


def test_a_broken_parcel_is_a_note_and_the_others_still_count(check: Check, not_checked: Callable) -> None:
    layers = {FARMLAND: features({"geom": _bow_tie(0, 0, 50)}, {"geom": box(0, 0, 10, 10)})}
    data = _plan([_patch("new", box(0, 0, 100, 100))])
    assert check("QC-5202", data, layers)["measure"].tolist() == [pytest.approx(geod_area_m2(box(0, 0, 10, 10)), abs=CENT)]
    assert not_checked("QC-5202", data, layers) == ["broken_item"]


def test_a_line_imported_twice_counts_its_ground_once(check: Check) -> None:
    feature = {"source_id": "F1", "geom": box(0, 0, 10, 10)}
    twice = features({**feature, "layer": "c001"}, {**feature, "layer": "c002", "deduction": 0.5})
    row = check("QC-5201", _plan(), {**LINES, FARMLAND: twice, REDLINE: features({"geom": box(0, 0, 99, 99)})}).iloc[0]
    assert row["measure"] == pytest.approx(geod_area_m2(box(0, 0, 10, 10)), abs=CENT)
    assert row["params"]["net_m2"] == pytest.approx(row["measure"], abs=CENT)


def test_features_without_an_id_keep_their_keys_in_another_order(check: Check) -> None:
    pieces = features({"source_id": None, "geom": box(0, 0, 10, 10)}, {"source_id": " ", "geom": box(20, 0, 10, 10)})
    red = {**LINES, REDLINE: features({"geom": box(-5, -5, 99, 99)})}
    keys = [set(check("QC-5201", _plan(), {**red, FARMLAND: frame})["key"]) for frame in (pieces, pieces.iloc[::-1].reset_index(drop=True))]
    assert keys[0] == keys[1]


@pytest.mark.parametrize("deduction", [1.5, -0.2, 12.0])
def test_a_deduction_that_is_no_share_deducts_nothing(check: Check, deduction: float) -> None:
    layers = {**LINES, FARMLAND: features({"deduction": deduction, "geom": box(0, 0, 10, 10)}), REDLINE: features({"geom": box(0, 0, 10, 10)})}
    whole = pytest.approx(geod_area_m2(box(0, 0, 10, 10)), abs=CENT)
    assert check("QC-5201", _plan(), layers).iloc[0]["params"]["net_m2"] == whole
    assert check("QC-5202", _plan([_patch("new", box(0, 0, 10, 10))]), layers)["measure"].tolist() == [whole]


def test_what_is_not_drawn_is_said_beside_what_is_found(check: Check, not_checked: Callable) -> None:
    layers = {FARMLAND: features({"geom": box(0, 0, 99, 99)})}
    data = _plan([_patch("new", box(0, 0, 4, 3)), _patch("new", None, code="P2"), _patch("cleared", None, code="P3")], [_site(shapely.Polygon())])
    assert check("QC-5202", data, layers)["subject_code"].tolist() == ["P1"]
    assert not_checked("QC-5202", data, layers) == ["undrawn"]
    assert not_checked("QC-5202", _plan([_patch("new", box(0, 0, 4, 3)), _patch("cleared", None, code="P3")]), layers) == []


def test_features_that_were_set_aside_at_import_are_not_taken_for_clear(not_checked: Callable) -> None:
    layer = {"code": "c001", "kind": FARMLAND, "title": "永久基本农田"}
    patches = [_patch("existing", box(0, 0, 4, 3), None)]
    data = {aside: example(patch=patches, control_layer=[{**layer, "set_aside": aside}]) for aside in (0, 2)}
    assert not_checked("QC-5202", data[2], {FARMLAND: FAR}) == ["set_aside"]
    assert not_checked("QC-5202", data[0], {FARMLAND: FAR}) == []
    assert "set_aside" not in not_checked("QC-5203", data[2], {REDLINE: FAR})


@pytest.mark.parametrize(("kind", "code"), [("new", "new_unassigned"), ("existing", "retained_unassigned")])
def test_a_patch_of_no_hamlet_is_told_as_such(check: Check, kind: str, code: str) -> None:
    layers = {FARMLAND: features({"geom": box(0, 0, 99, 99)}), REDLINE: features({"geom": box(0, 0, 99, 99)})}
    for rule in ("5202", "5203"):
        assert check(f"QC-{rule}", _plan([_patch(kind, box(0, 0, 4, 3), None)]), layers)["message_code"].tolist() == [f"checks.{rule}.{code}"]


def test_a_new_patch_over_a_cleared_one_is_new(check: Check) -> None:
    layers = {FARMLAND: features({"geom": box(0, 0, 99, 99)})}
    data = _plan([_patch("existing", box(0, 0, 4, 3), H2), _patch("new", box(0, 0, 4, 3), code="P2")])
    assert check("QC-5202", data, layers)[["severity", "subject_code"]].to_numpy().tolist() == [["A", "P2"]]
