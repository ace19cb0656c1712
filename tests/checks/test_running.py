"""A run as a whole: what runs, keys and digests, waivers, comparing, cancelling."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

from tests.accounts.examples import V1, action, box, category, example, features, hamlet, move, point, village
from village_planner import checks
from village_planner.base import Cancelled, InputError, Message, SilentFeedback, render
from village_planner.plan.data import PlanData, plan_data
from village_planner.plan.layers import MemoryLayers
from village_planner.plan.schema import BY_NAME
from village_planner.standards import Profile

H1, H2 = (hamlet(serial)["code"] for serial in (1, 2))
FARMLAND = "permanent_basic_farmland"
NOTHING = MemoryLayers({})
TOLD_ONLY = ("QC-5205", "QC-5302", "QC-5306", "NL-05", "NL-09", "NL-10", "QC-4102", "QC-4103")
"""Rules of which a plan without limits from above and without facilities is told that they did not run."""


def _plan(width: float = 4, **tables: object) -> PlanData:
    standard = {
        "village": [village(position_stated="outside")],
        "hamlet": [hamlet(1, geom=point(500, 500)), hamlet(2, protection="traditional", households=9, geom=point(0, 0))],
        "action": [action(H2)],
        "move": [move("M1", H2, target=H1, phase=2025, households=9)],
        "patch": [{"code": "P1", "hamlet_code": H1, "kind": "new", "geom": box(0, 0, width, 3)}],
    }
    return example(**{**standard, **tables})


def _farmland(width: float = 50) -> MemoryLayers:
    return MemoryLayers({FARMLAND: features({"geom": box(0, 0, width, 50)})})


def _findings(profile: Profile, data: PlanData, layers: MemoryLayers = NOTHING, rules: list[str] | None = None) -> pd.DataFrame:
    return checks.run(data, layers, profile, rules).findings


def test_a_plan_without_geometry_runs_the_table_rules_and_says_which_did_not_run(profile: Profile) -> None:
    compared = [{"source": "民政.xlsx", "units": 1, "compared_at": "2020-05-01"}]
    data = _plan(patch=[], hamlet=[hamlet(1), hamlet(2, households=9, persons=27)], roster_source=compared)
    result = checks.run(data, NOTHING, profile)
    assert set(result.ran) >= {"QC-5303", "NL-02", "QC-7101", "QC-7102", "QC-7103", "QC-7104", "QC-7105", "QC-7106", "QC-7108"}
    of_maps = ["QC-5201", "QC-5202", "QC-5203", "QC-5204", "QC-5301", "NL-01", "NL-13"]
    assert [note.rule for note in result.not_checked if note.holds_up] == of_maps and not set(of_maps) & set(result.ran)
    assert "永久基本农田" in str(result.not_checked[1].message.params["layers"])


def test_findings_have_the_columns_of_the_plans_table(profile: Profile) -> None:
    names = [name for name in BY_NAME["finding"].names if name not in ("scenario", "state", "run", "since")]
    for data in (_plan(), _plan(patch=[], village=[village(position_stated="inside")], hamlet=[hamlet(1)], action=[], move=[])):
        frame = _findings(profile, data)
        assert list(frame.columns) == [*names, "geom"]
    assert frame.empty


def test_every_rule_has_a_setting_in_the_profile_with_a_source(profile: Profile) -> None:
    for rule in checks.RULES:
        setting = profile.rule(rule.id)
        assert setting is not None, rule.id
        assert setting.source


def test_unknown_rules_and_scenarios_are_refused(profile: Profile) -> None:
    with pytest.raises(InputError, match="QC-9999"):
        checks.run(_plan(), NOTHING, profile, ["QC-7102", "QC-9999"])
    with pytest.raises(InputError, match="S9"):
        checks.run(_plan(), NOTHING, profile, scenario="S9")


def test_a_rule_that_the_profile_switches_off_does_not_run(profile: Profile) -> None:
    off = replace(profile, rules={**profile.rules, "QC-7102": replace(profile.rules["QC-7102"], on=False)})
    assert "QC-7102" not in checks.run(_plan(), NOTHING, off).ran
    asked = checks.run(_plan(), NOTHING, off, ["QC-7102"])
    assert (asked.ran, [note.rule for note in asked.not_checked]) == ([], ["QC-7102"])


def test_the_profile_sets_severity_and_limit(profile: Profile) -> None:
    setting = replace(profile.rules["QC-5202"], severity="B", values={**profile.rules["QC-5202"].values, "min_m2": 12.5})
    milder = replace(profile, rules={**profile.rules, "QC-5202": setting})
    assert _findings(milder, _plan(), _farmland(), ["QC-5202"]).empty
    assert _findings(milder, _plan(5), _farmland(), ["QC-5202"])["severity"].tolist() == ["B"]


def test_another_scenario_has_its_own_findings(profile: Profile) -> None:
    scenarios = [{"code": "S1", "title": "方案一"}, {"code": "S2", "title": "方案二"}]
    data = _plan(scenario=scenarios, category=[category(V1, scenario="S2")])
    assert len(checks.run(data, NOTHING, profile, ["QC-7106"]).findings) == 1
    assert checks.run(data, NOTHING, profile, ["QC-7106"], scenario="S2").findings.empty
    assert checks.run(data, NOTHING, profile, ["QC-7102"], scenario="S2").findings.empty


def test_the_same_plan_gives_the_same_keys_and_digests(profile: Profile) -> None:
    first, second = (_findings(profile, _plan(), _farmland()) for _ in range(2))
    assert len(first) > 2
    assert first[["key", "digest"]].equals(second[["key", "digest"]])


def test_the_key_stays_and_the_digest_changes_when_more_is_taken(profile: Profile) -> None:
    before, after = (_findings(profile, _plan(width), _farmland(), ["QC-5202"]).iloc[0] for width in (4, 5))
    assert before["key"] == after["key"]
    assert before["digest"] != after["digest"]


def test_the_digest_changes_when_the_place_changes_at_the_same_area(profile: Profile) -> None:
    moved = _plan(patch=[{"code": "P1", "hamlet_code": H1, "kind": "new", "geom": box(10, 10, 4, 3)}])
    before, after = (_findings(profile, data, _farmland(), ["QC-5202"]).iloc[0] for data in (_plan(), moved))
    assert before["digest"] != after["digest"]


def test_a_shift_below_a_millimetre_and_a_new_name_keep_the_digest(profile: Profile) -> None:
    renamed = _plan(
        patch=[{"code": "P1", "hamlet_code": H1, "kind": "new", "geom": box(0, 0, 4.0001, 3)}],
        village=[village(name="新柳河村", position_stated="outside")],
    )
    before, after = (_findings(profile, data, _farmland(), ["QC-5202", "QC-7106"]) for data in (_plan(), renamed))
    assert before["digest"].tolist() == after["digest"].tolist()
    assert before["params"].iloc[1]["hamlet"] != after["params"].iloc[1]["hamlet"]


def test_the_digest_changes_with_what_was_found_without_a_measure(profile: Profile) -> None:
    before, after = (_findings(profile, _plan(action=[action(H2, kind)]), rules=["QC-7106"]).iloc[0] for kind in ("merge", "relocate"))
    assert before["key"] == after["key"]
    assert before["digest"] != after["digest"]


def _waiver(finding: pd.Series, **values: object) -> dict:
    row = {"finding_key": finding["key"], "finding_digest": finding["digest"], "reason": "前置审查", "person": "甲", "date": "2026-01-01"}
    return {**row, **values}


def test_a_waiver_holds_until_what_it_excused_changes(profile: Profile) -> None:
    before = _findings(profile, _plan(4), _farmland(), ["QC-5202"])
    waivers = plan_data(waiver=[_waiver(before.iloc[0])]).waiver
    assert checks.apply_waivers(before, waivers)["state"].tolist() == ["waived"]
    after = _findings(profile, _plan(5), _farmland(), ["QC-5202"])
    assert checks.apply_waivers(after, waivers)["state"].tolist() == ["open"]


def test_a_waiver_that_the_reviewer_accepts_is_accepted(profile: Profile) -> None:
    found = _findings(profile, _plan(), rules=["QC-7102"])
    waivers = plan_data(waiver=[_waiver(found.iloc[0], accepted_by="乙")]).waiver
    assert checks.apply_waivers(found, waivers)["state"].tolist() == ["accepted"]


@pytest.mark.parametrize(("evidence", "state"), [(None, "open"), (" ", "open"), ("前置审查意见〔2026〕1号", "waived")])
def test_only_a_documented_exception_excuses_the_withdrawal_of_a_protected_hamlet(
    profile: Profile, evidence: str | None, state: str
) -> None:
    found = _findings(profile, _plan(), rules=["QC-7106"])
    waivers = plan_data(waiver=[_waiver(found.iloc[0], evidence=evidence)]).waiver
    assert checks.apply_waivers(found, waivers)["state"].tolist() == [state]


def test_counts_leave_out_what_is_waived_or_accepted(profile: Profile) -> None:
    found = _findings(profile, _plan(), _farmland())
    severe = found[found["severity"] == "A"]
    assert checks.verdict_counts(found)["A"] == len(severe) >= 2
    rows = [_waiver(severe.iloc[0], evidence="意见"), _waiver(severe.iloc[1], evidence="意见", accepted_by="乙")]
    waivers = plan_data(waiver=rows).waiver
    counts = checks.verdict_counts(checks.apply_waivers(found, waivers))
    assert (counts["A"], counts["waived"]) == (len(severe) - 2, 2)


def test_two_runs_compare_by_key(profile: Profile) -> None:
    before = _findings(profile, _plan(4), _farmland(), ["QC-5202", "QC-7102"])
    after = _findings(profile, _plan(5, category=[category(V1)]), _farmland(), ["QC-5202", "QC-7102", "QC-7106"])
    compared = checks.compare(before, after)
    key = {rule: frame.set_index("rule")["key"][rule] for rule, frame in (("QC-5202", before), ("QC-7102", before), ("QC-7106", after))}
    assert (compared.new, compared.gone, compared.same) == ((key["QC-7106"],), (key["QC-7102"],), (key["QC-5202"],))
    assert compared.changed == (key["QC-5202"],)


def test_parameters_survive_json(profile: Profile) -> None:
    for params in _findings(profile, _plan(), _farmland())["params"]:
        assert json.loads(json.dumps(params, ensure_ascii=False)) == params


def test_a_cancelled_check_stops(profile: Profile) -> None:
    class Stop(SilentFeedback):
        def is_cancelled(self) -> bool:
            return True

    with pytest.raises(Cancelled):
        checks.run(_plan(), NOTHING, profile, feedback=Stop())


def test_progress_rises_to_the_end(profile: Profile) -> None:
    class Listener(SilentFeedback):
        seen: list[float] = []

        def progress(self, fraction: float) -> None:
            self.seen.append(fraction)

    listener = Listener()
    checks.run(_plan(), _farmland(), profile, feedback=listener)
    assert listener.seen == sorted(listener.seen)
    assert listener.seen[-1] == 1.0


def test_a_code_that_occurs_twice_is_said_and_not_swallowed(profile: Profile) -> None:
    patches = [{"code": "P1", "hamlet_code": H1, "kind": "new", "geom": box(x, 0, 4, 3)} for x in (0, 10)]
    result = checks.run(_plan(patch=patches), _farmland(), profile, ["QC-5202"])
    assert len(result.findings) == 1
    assert [note.message.code for note in result.not_checked] == ["checks.not_checked.same_code"]


def test_a_package_with_codes_twice_dangling_or_missing_is_still_checked(profile: Profile) -> None:
    twice = hamlet(2, households=3)
    data = _plan(
        village=[village(), village(), {**village("370799101299"), "township_code": None}],
        hamlet=[hamlet(1), twice, twice, {**hamlet(9), "village_code": None}, hamlet(1, "370799999999")],
        action=[action(H2), action("370799999999001"), action("370799101201009"), action("nobody")],
        move=[
            move("M1", H2, "site", "Z1", phase=2020, households=3),
            move("M1", "370799101201009", target=H1, phase=2020),
            move("M3", "nobody", target=H1),
            move("M4", "370799999999001", "site", "Z9", phase=1999),
        ],
        site=[{"code": "Z1", "name": "安置点", "setting": "rural"}] * 2,
        site_capacity=[{"site_code": "Z1", "phase": 2020, "households": 1}],
        patch=[{"code": "P1", "hamlet_code": "nobody", "kind": "existing", "geom": box(0, 0, 5, 5)}] * 2,
        consent=[{"code": "C1", "village_code": "nobody", "kind": "survey", "eligible": 1, "attended": 2}],
        category=[category("nobody", "04"), category(V1, "99")],
    )
    parcels = features({"class_code": "0702", "built_code": "203", "geom": box(0, 0, 9, 9)}, {"geom": None})
    kinds = {kind for rule in checks.RULES for kind in rule.layers} - {"facility"}
    result = checks.run(data, MemoryLayers(dict.fromkeys(sorted(kinds), parcels)), profile, formal=True)
    told = {note.rule for note in result.not_checked if not note.holds_up}
    assert [rule.id for rule in checks.RULES if rule.id not in result.ran] == [rule for rule in TOLD_ONLY if rule in told]
    assert not result.findings["key"].duplicated().any()
    assert {"QC-7103", "QC-7104", "QC-7105", "NL-02", "QC-5202"} <= set(result.findings["rule"])


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("village", "name"), ("hamlet", "name"), ("site", "name"), ("action", "action"), ("category", "village_code"),
        ("category", "category"), ("site_capacity", "phase"), ("site_capacity", "households"), ("patch", "kind"),
        ("move", "destination_kind"), ("consent", "kind"), ("consent", "date"),
    ],
)
def test_a_package_with_a_gap_is_checked_and_told_in_whole_words(profile: Profile, table: str, column: str) -> None:
    site = {"code": "Z1", "name": "安置点", "setting": "rural", "village_code": V1, "geom": box(500, 0, 9, 9)}
    tables = {
        "village": [village(position_stated="outside")],
        "hamlet": [hamlet(1), hamlet(2, protection="traditional", households=9)],
        "action": [action(H2)],
        "category": [category(V1, "04")],
        "site": [site],
        "site_capacity": [{"site_code": "Z1", "phase": 2020, "households": 1}],
        "patch": [{"code": "P1", "hamlet_code": H1, "kind": "new", "geom": box(0, 0, 4, 3)}],
        "move": [move("M1", H2, "site", "Z1", phase=2020, households=9)],
        "consent": [{"code": "C1", "village_code": V1, "kind": "meeting_adults", "date": "2020-01-01", "eligible": 9, "attended": 1}],
    }
    tables[table] = [{**tables[table][0], column: None}]
    parcels = features({"class_code": "0702", "built_code": "203", "geom": box(0, 0, 9, 9)})
    result = checks.run(example(**tables), MemoryLayers(dict.fromkeys((FARMLAND, "ecological_redline", "land_use"), parcels)), profile)
    assert len(result.findings) > 2
    for code, params in zip(result.findings["message_code"], result.findings["params"]):
        text = render(Message(code, params), "zh_CN")
        assert not any(gap in text for gap in ("<NA>", "None", "nan", "“”", "（）")), text
