"""Running only what changed: a rule that says its inputs are as they were would find the same again, whatever was edited."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.accounts.examples import V1, V2, V3, action, box, category, example, features, hamlet, move, point, village
from village_planner import checks
from village_planner.plan.data import PlanData, plain, typed_frame
from village_planner.plan.layers import MemoryLayers
from village_planner.plan.schema import BY_NAME, TABLES, Role
from village_planner.standards import Profile

H1, H2, H3, H4 = (hamlet(1)["code"], hamlet(2)["code"], hamlet(3)["code"], hamlet(1, V2)["code"])
LINES = ("permanent_basic_farmland", "ecological_redline", "development_boundary")
OTHERS = ("hazard", "green_line", "mining", "protected_area", "road_red_line", "facility")
EDITED = [table.name for table in TABLES if table.role in (Role.BASE, Role.DECISION, Role.RECORD, Role.LEDGER) and table.name != "evidence"]


def full_plan() -> PlanData:
    """A plan in which as many rules as possible find something."""
    return example(
        village=[
            village(V1, geom=box(0, 0, 2000, 2000), position_stated="outside"), village(V2, "青湾村", geom=box(1999, 0, 2001, 2000)),
            village(V3, "石桥村", geom=box(10_000, 0, 2000, 2000)),
        ],
        hamlet=[
            hamlet(1, geom=point(100, 100), households=40, persons=120, homesteads=45, vacant_homesteads=3),
            hamlet(2, geom=point(600, 600), households=9, persons=27, protection="traditional"),
            hamlet(3, geom=point(900, 900), households=12, persons=30),
            hamlet(1, V2, geom=point(2500, 500), households=30, persons=90), hamlet(1, V3, geom=point(10_500, 500), households=20, persons=60),
        ],
        category=[category(V1, "04"), category(V2, "01")],
        action=[action(H1, "retain"), action(H2), action(H3, "relocate"), action(H4, "merge")],
        move=[
            move("M1", H2, target=H1, phase=2021, households=8, persons=27, cleared_m2=900.0, built_m2=500.0),
            move("M2", H3, "site", "A1", phase=2020, households=12, persons=28, built_m2=900.0),
            move("M3", H4, "outside", destination_name="邻县", households=30),
        ],
        site=[{"code": "A1", "name": "云岭安置点", "setting": "rural", "ready_phase": 2025, "village_code": V1, "geom": box(300, 300, 40, 40)}],
        site_capacity=[{"site_code": "A1", "phase": 2020, "households": 5}],
        patch=[
            {"code": "P1", "hamlet_code": H1, "kind": "existing", "geom": box(80, 80, 60, 60)},
            {"code": "P2", "hamlet_code": H1, "kind": "new", "geom": box(160, 80, 50, 50)},
            {"code": "P3", "hamlet_code": H2, "kind": "existing", "geom": box(590, 590, 40, 40)},
            {"code": "P4", "hamlet_code": None, "kind": "new", "geom": box(2600, 600, 30, 30)},
            {"code": "P5", "hamlet_code": H2, "kind": "new", "geom": box(640, 590, 20, 20)},
        ],
        quota=[
            {"area_code": area, "item": item, "value": value, "source": "下达表"}
            for area, item, value in (
                ("370799101", "construction_m2", 10.0), ("370799101", "households", 99.0), ("370799101", "cultivated_m2", 9e6), ("370799", "redline_m2", 5.0),
                ("370799101", "reserve_m2", 5.0), ("370799101", "per_capita_m2", 10.0), ("370799101", "new_land_m2", 1.0),
            )
        ],
        fixed_village=[{"source": "名单", "village_code": V1, "category": "01", "action": "retain"}],
        consent=[
            {
                "code": "C1", "village_code": V1, "hamlet_code": H2, "kind": "meeting_households", "date": "2020-02-01",
                "eligible": 9, "attended": 7, "in_favour": 3,
            },
            {"code": "C2", "village_code": V2, "kind": "survey", "date": "2020-03-01", "eligible": 30, "attended": 20, "in_favour": 20},
        ],
        roster_difference=[{"source": "民政.csv", "code": V1, "name": "新柳河村", "kind": "renamed", "village_code": V1, "detail": {}}],
        roster_source=[{"source": "民政.csv", "units": 3, "compared_at": "2020-01-01"}],
        fact=[
            {"subject_kind": "hamlet", "subject_code": H2, "item": "persons", "value": "27", "number": 27.0, "unit": "人", "source": "表.xlsx"},
            {"subject_kind": "village", "subject_code": V1, "item": "persons", "value": "180", "number": 180.0, "source": "表.xlsx", "date": "2020-01-01"},
        ],
        implementation=[{"move_code": "M1", "year": 2021, "households": 4, "cleared_m2": 100.0}],
        waiver=[{"finding_key": "k", "finding_digest": "d", "reason": "…", "person": "甲", "date": "2020-01-01"}],
        control_layer=[
            {
                "code": f"c{number}", "kind": kind, "title": kind, "source": "a.gdb", "imported_at": "2020-01-01", "features": 1, "repaired": 0,
                "set_aside": number, "digest": f"d{number}",
            }
            for number, kind in enumerate((*LINES, "land_use", *OTHERS))
        ],
    )  # fmt: skip


LAYERS = MemoryLayers({
    "permanent_basic_farmland": features({"geom": box(150, 70, 300, 300), "deduction": 0.1}),
    "ecological_redline": features({"geom": box(580, 580, 100, 100)}),
    "development_boundary": features({"geom": box(0, 0, 400, 400)}),
    "land_use": features(
        {"geom": box(80, 80, 60, 60), "class_code": "0702", "built_code": "203"}, {"geom": box(140, 0, 3000, 3000), "class_code": "0101", "deduction": 0.08},
    ),
    **{kind: features({"geom": box(150 + 20 * number, 70, 60, 60), "name": kind}) for number, kind in enumerate(OTHERS[:-1])},
    "facility": features({"geom": point(605, 605), "name": "卫生室", "state": "planned"}),
})  # fmt: skip


@pytest.fixture(scope="module")
def settled(profile: Profile) -> tuple[dict[str, list[Any]], dict[str, str]]:
    """What a full run finds in the plan, by rule, and on what each rule rests."""
    data = full_plan()
    found = by_rule(data, LAYERS, profile)
    assert sum(any(row != "ran" and row[0] != "note" for row in rows) for rows in found.values()) >= 24
    return found, checks.input_digests(data, LAYERS, profile, "S1")


def by_rule(data: PlanData, layers: MemoryLayers, profile: Profile, scenario: str = "S1") -> dict[str, list[Any]]:
    """Everything that a full run says, by rule."""
    result = checks.run(data, layers, profile, scenario=scenario)
    said: dict[str, list[Any]] = {rule.id: [] for rule in checks.RULES}
    for row in result.findings.to_dict("records"):
        geom = row.pop("geom")
        said[row["rule"]].append((None if geom is None else geom.wkb, {name: repr(plain(value)) for name, value in row.items()}))
    for note in result.not_checked:
        said[note.rule].append(("note", note.message.code, repr(note.message.params)))
    for rule in result.ran:
        said[rule].append("ran")
    return said


def assert_kept_rules_say_the_same(before: tuple[dict[str, list[Any]], dict[str, str]], data: PlanData, profile: Profile) -> list[str]:
    said, known = before
    outdated = checks.outdated(checks.input_digests(data, LAYERS, profile, "S1"), known)
    now = by_rule(data, LAYERS, profile)
    assert {rule: rows for rule, rows in now.items() if rule not in outdated} == {rule: rows for rule, rows in said.items() if rule not in outdated}
    return outdated


def with_table(data: PlanData, name: str, frame: pd.DataFrame) -> PlanData:
    return PlanData({**data.tables, name: frame.reset_index(drop=True)})


@pytest.mark.parametrize("table", [name for name in EDITED if name not in ("phase", "scenario") and len(full_plan().tables[name])])
def test_a_table_that_is_emptied_concerns_every_rule_that_it_changes(settled: Any, profile: Profile, table: str) -> None:
    data = full_plan()
    assert_kept_rules_say_the_same(settled, with_table(data, table, data.tables[table].iloc[:0]), profile)


def _altered(name: str, row: int, column: str) -> PlanData:
    data = full_plan()
    table = BY_NAME[name]
    frame = data.tables[name].copy()
    if column == "geom":
        frame.at[row, "geom"] = shapely.affinity.translate(frame.at[row, "geom"], 3.0, 0.0) if frame.at[row, "geom"] is not None else None
        return with_table(data, name, frame)
    spec = next(item for item in table.columns if item.name == column)
    present = plain(frame.at[row, column])
    values = {column: list(frame[column])}
    if spec.choices:
        values[column][row] = next(choice for choice in spec.choices if choice != present)
    elif spec.references or column in table.key:
        others = [plain(value) for value in frame[column] if plain(value) != present]
        values[column][row] = others[0] if others else present
    elif spec.type in ("int", "real"):
        values[column][row] = None if present is not None and not spec.required else (present or 0) + 1
    elif spec.type != "json":
        values[column][row] = None if present is not None and not spec.required else "2021-06-01"
    columns = {item.name: values.get(item.name, list(frame[item.name])) for item in table.columns}
    return with_table(data, name, typed_frame(table, {**columns, **({"geom": list(frame["geom"])} if table.geometry else {})}))


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, int, str]:
    data = full_plan()
    table = draw(st.sampled_from([name for name in EDITED if len(data.tables[name])]))
    columns = [column for column in data.tables[table].columns if column not in ("year",)]
    return table, draw(st.integers(0, len(data.tables[table]) - 1)), draw(st.sampled_from(columns))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edit=edits())
def test_run_changed_after_any_edit_equals_run_all(settled: Any, profile: Profile, edit: tuple[str, int, str]) -> None:
    assert_kept_rules_say_the_same(settled, _altered(*edit), profile)


def test_an_edit_concerns_the_rules_that_read_it_and_no_others(settled: Any, profile: Profile) -> None:
    outdated = assert_kept_rules_say_the_same(settled, _altered("consent", 0, "in_favour"), profile)
    assert "QC-7105" in outdated and "QC-5202" not in outdated
    assert assert_kept_rules_say_the_same(settled, _altered("waiver", 0, "reason"), profile) == []


def test_what_was_undone_needs_no_new_run(settled: Any, profile: Profile) -> None:
    assert assert_kept_rules_say_the_same(settled, full_plan(), profile) == []


def test_another_name_concerns_every_rule_since_findings_name_it(profile: Profile, settled: Any) -> None:
    outdated = assert_kept_rules_say_the_same(settled, _altered("hamlet", 0, "name"), profile)
    assert outdated == [rule.id for rule in checks.RULES if profile.rule(rule.id).on]


def test_another_edition_of_a_layer_or_a_lost_one_concerns_its_rules(profile: Profile, settled: Any) -> None:
    data = full_plan()
    newer = data.control_layer.assign(digest=data.control_layer["digest"].where(data.control_layer["kind"] != LINES[0], "d99"))
    now = checks.input_digests(with_table(data, "control_layer", newer), LAYERS, profile, "S1")
    concerned = {rule.id for rule in checks.RULES if LINES[0] in (*rule.layers, *rule.needs)}
    assert concerned and set(checks.outdated(now, settled[1])) == concerned
    lost = MemoryLayers({kind: LAYERS.read(kind) for kind in LAYERS.kinds() - {LINES[0]}})
    assert set(checks.outdated(checks.input_digests(data, lost, profile, "S1"), settled[1])) == concerned


def test_another_limit_in_the_profile_concerns_its_rule_and_a_rule_that_is_off_has_no_inputs(profile: Profile, settled: Any) -> None:
    rules = {
        **profile.rules, "QC-7106": replace(profile.rules["QC-7106"], on=False),
        "QC-5202": replace(profile.rules["QC-5202"], values={**profile.rules["QC-5202"].values, "min_m2": 5.0}),
    }  # fmt: skip
    now = checks.input_digests(full_plan(), LAYERS, replace(profile, rules=rules), "S1")
    assert checks.outdated(now, settled[1]) == ["QC-5202"] and "QC-7106" not in now


def test_each_scenario_rests_on_its_own_run(profile: Profile, settled: Any) -> None:
    assert not set(settled[1].values()) & set(checks.input_digests(full_plan(), LAYERS, profile, "S2").values())


def test_a_changed_table_points_at_its_rules_at_once() -> None:
    assert "QC-7105" in checks.rules_reading(["consent"]) and "QC-5202" not in checks.rules_reading(["consent"])
    assert checks.rules_reading(["waiver", "evidence"]) == []
    assert set(checks.rules_reading(["hamlet"])) == {rule.id for rule in checks.RULES}
    assert checks.without_layers(["QC-7105", "QC-7108"]) and not checks.without_layers(["QC-7105", "QC-5202"])


@pytest.mark.parametrize(("evidence", "fate"), [(None, "lacks_evidence"), ("前置审查意见", "holds")])
def test_a_waiver_says_what_became_of_it(profile: Profile, evidence: str | None, fate: str) -> None:
    found = checks.run(full_plan(), LAYERS, profile, ["QC-7106"]).findings
    row = {"finding_key": found["key"][0], "finding_digest": found["digest"][0], "reason": "…", "person": "甲", "date": "2020-01-01", "evidence": evidence}
    waiver = typed_frame(BY_NAME["waiver"], {name: [value] for name, value in row.items()})
    assert checks.waiver_fates(found, waiver) == [fate]
    assert checks.waiver_fates(found, waiver.assign(finding_digest="other")) == ["died"]
    assert checks.waiver_fates(found, waiver.iloc[:0]) == ["none"]
    assert checks.apply_waivers(found.assign(state="fixed"), waiver)["state"].tolist() == ["fixed"]
