"""Findings over runs: what is new, what stays since when, what is gone, and what a run of some rules leaves alone."""

from __future__ import annotations

import sqlite3

import pandas as pd
import pytest
import shapely

from village_planner.base import InputError, render
from village_planner.plan import PlanFile
from village_planner.plan.runs import known_digests, last_run

FINDING = {
    "rule": "QC-7102", "severity": "A", "subject_kind": "village", "subject_code": "360111100200", "message_code": "x", "params": {}, "digest": "d",
    "measure": None, "state": "open", "geom": None,
}  # fmt: skip
RUN = {"at": "2026-11-21T08:00:00+00:00", "who": "张三", "scenario": "S1", "rules": {"QC-7102": "d1"}, "not_checked": []}


def store(plan: PlanFile, code: str, *keys: str, checked: list[str] | None = None) -> None:
    rows = [
        {
            "key": key, "rule": "QC-7102" if key.startswith("v") else "QC-7106", "severity": "A", "subject_kind": "village", "subject_code": key,
            "message_code": "x", "params": {}, "digest": "d", "state": "open", "geom": None,
        }
        for key in keys
    ]
    columns = ["key", "rule", "severity", "subject_kind", "subject_code", "message_code", "params", "digest", "state", "geom"]
    plan.store_findings({**RUN, "code": code}, pd.DataFrame(rows, columns=columns), checked)


def shown(plan: PlanFile) -> dict[str, tuple[str, str, str | None]]:
    finding = plan.read().finding
    return {row.key: (row.state, row.run, None if pd.isna(row.since) else row.since) for row in finding.itertuples()}


def test_a_finding_keeps_the_run_that_found_it_first(plan: PlanFile) -> None:
    store(plan, "R1", "v1", "v2")
    store(plan, "R2", "v1", "v3")
    assert shown(plan) == {"v1": ("open", "R2", "R1"), "v2": ("fixed", "R2", "R1"), "v3": ("open", "R2", "R2")}


def test_what_is_gone_stays_as_fixed_for_one_run(plan: PlanFile) -> None:
    store(plan, "R1", "v1", "v2")
    store(plan, "R2", "v1")
    store(plan, "R3", "v1")
    assert shown(plan) == {"v1": ("open", "R3", "R1")}


def test_what_comes_back_after_it_was_gone_is_new(plan: PlanFile) -> None:
    store(plan, "R1", "v1")
    store(plan, "R2")
    store(plan, "R3", "v1")
    assert shown(plan) == {"v1": ("open", "R3", "R3")}


def test_rules_that_did_not_run_keep_their_findings(plan: PlanFile) -> None:
    store(plan, "R1", "v1", "v2", "w1", "w2")
    store(plan, "R2", "v2", checked=["QC-7102"])
    assert shown(plan) == {"v1": ("fixed", "R2", "R1"), "v2": ("open", "R2", "R1"), "w1": ("open", "R1", "R1"), "w2": ("open", "R1", "R1")}


def test_a_run_that_goes_on_keeps_what_was_new_and_gone_in_it(plan: PlanFile) -> None:
    store(plan, "R1", "v1", "v2")
    store(plan, "R2", "v2", "v3")
    store(plan, "R2", "v3", checked=["QC-7102"])
    assert shown(plan) == {"v1": ("fixed", "R2", "R1"), "v2": ("fixed", "R2", "R1"), "v3": ("open", "R2", "R2")}
    store(plan, "R2", "v1", "v2", "v3", checked=["QC-7102"])
    assert shown(plan) == {"v1": ("open", "R2", "R1"), "v2": ("open", "R2", "R1"), "v3": ("open", "R2", "R2")}


def test_runs_are_kept_while_a_finding_names_them(plan: PlanFile) -> None:
    for code, keys in (("R1", ["v1"]), ("R2", ["v1"]), ("R3", ["v1"]), ("R4", ["v1"]), ("R5", ["v2"]), ("R6", ["v2"])):
        store(plan, code, *keys)
        assert last_run(plan.read(), "S1")["code"] == code
    assert plan.read().check_run["code"].tolist() == ["R5", "R6"]
    store(plan, "R7", "v2", "v3")
    assert plan.read().check_run["code"].tolist() == ["R5", "R6", "R7"]


def test_another_scenario_is_left_alone(plan: PlanFile) -> None:
    store(plan, "R1", "v1")
    plan.store_findings({**RUN, "code": "T1", "scenario": "S2"}, pd.DataFrame(columns=["key", "geom"]))
    assert shown(plan) == {"v1": ("open", "R1", "R1")} and last_run(plan.read(), "S3") is None


def test_only_what_changed_is_written_anew(plan: PlanFile) -> None:
    place, other = shapely.Point(500_100, 3_500_100), shapely.Point(500_200, 3_500_100)
    rows = [{**FINDING, "key": key, "measure": 1.5, "params": {"名": key}, "geom": place} for key in ("v1", "v2", "v3", "v4")]
    plan.store_findings({**RUN, "code": "R1"}, pd.DataFrame(rows))
    rows[1] = {**rows[1], "measure": 2.5}
    rows[2] = {**rows[2], "geom": other}
    rows[3] = {**rows[3], "params": {"名": "改名"}}
    before = _written(plan)
    plan.store_findings({**RUN, "code": "R2"}, pd.DataFrame(rows))
    after, finding = _written(plan), plan.read().finding.set_index("key")
    assert {key for key in before if before[key] == after[key]} == {"v1"}
    assert finding.loc[["v2", "v3", "v4"], "measure"].tolist() == [2.5, 1.5, 1.5]
    assert finding.loc["v3", "geom"] == other and finding.loc["v4", "params"] == {"名": "改名"}
    assert set(finding["run"]) == {"R2"} and set(finding["since"]) == {"R1"} and plan.verify() == []


@pytest.mark.parametrize(("column", "value"), [("severity", "D"), ("measure", float("inf")), ("subject_code", 7), ("geom", "no shape")])
def test_a_finding_of_wrong_values_is_refused_by_name(plan: PlanFile, column: str, value: object) -> None:
    with pytest.raises(InputError) as caught:
        plan.store_findings({**RUN, "code": "R1"}, pd.DataFrame([{**FINDING, "key": "v1", column: value}]))
    assert "v1" in render(caught.value.message, "zh_CN")
    assert plan.read().finding.empty


def _written(plan: PlanFile) -> dict[str, int]:
    with sqlite3.connect(plan.path) as connection:
        return dict(connection.execute("SELECT key, fid FROM finding").fetchall())


def test_feature_counts_stay_right(plan: PlanFile) -> None:
    store(plan, "R1", "v1", "v2", "w1")
    store(plan, "R2", "v2", checked=["QC-7102"])
    assert plan.verify() == []


@pytest.mark.parametrize(("rules", "known"), [(["QC-7102"], {"QC-7102": None}), ({"QC-7102": "d"}, {"QC-7102": "d"})])
def test_runs_of_an_older_program_say_which_rules_ran_but_not_on_what(rules: object, known: dict[str, str | None]) -> None:
    assert known_digests({"rules": rules, "not_checked": []}) == known
    assert known_digests({"rules": {}, "not_checked": [{"rule": "NL-01", "read": "e"}, {"rule": "NL-02"}]}) == {"NL-01": "e", "NL-02": None}
    assert known_digests(None) == {}
