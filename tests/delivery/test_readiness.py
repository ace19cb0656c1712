"""Readiness before a package: what stops it, what will be asked about, and where it is mended."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.accounts.examples import V1, V2, action, category, example, hamlet, move, village
from village_planner.base import render
from village_planner.delivery import FORMATS
from village_planner.delivery.readiness import Condition, Place, State, Wish, readiness, stops
from village_planner.plan.data import PlanData
from village_planner.standards import Profile, load_profile

RUN = {"code": "R1", "at": "2026-11-21T08:00:00+00:00", "who": "甲", "scenario": "S1", "rules": {"QC-7102": "d"}, "not_checked": []}


@pytest.fixture(scope="module")
def profile() -> Profile:
    return load_profile()


def plan(**tables: Any) -> PlanData:
    standard = {
        "village": [village(V1), village(V2, "青湾村")], "hamlet": [hamlet(1), hamlet(2)], "action": [action(hamlet(2)["code"])],
        "category": [category(V1), category(V2, "04")],
        "move": [move("M1", hamlet(2)["code"], target=hamlet(1)["code"], phase=2025)], "check_run": [RUN],
    }  # fmt: skip
    return example(info={"institute": "示例院", "secrecy": "内部"}, **{**standard, **tables})


def finding(key: str, severity: str = "A", state: str = "open", scenario: str = "S1") -> dict[str, Any]:
    return {
        "scenario": scenario, "key": key, "rule": "QC-7102", "severity": severity, "subject_kind": "village", "subject_code": V1, "message_code": "x",
        "params": {}, "digest": "d", "state": state, "run": "R1",
    }


def told(
    data: PlanData, profile: Profile, folder: Path | None, mode: str = "formal", scenario: str = "S1", formats: tuple[str, ...] = FORMATS,
    edition: str = "consultation", **more: Any
) -> dict[str, Condition]:
    conditions = readiness(data, profile, Wish(edition, mode, formats, scenario, folder), **more)
    for condition in conditions:
        for language in ("zh_CN", "en"):
            sentence = render(condition.message, language)
            assert not sentence.startswith("delivery.ready") and "{" not in sentence
    codes = [condition.code for condition in conditions]
    assert len(codes) == len(set(codes))
    return {condition.code: condition for condition in conditions}


def test_a_plan_file_that_cannot_be_written_is_told_before_the_package_is_refused_for_it(profile: Profile, tmp_path: Path) -> None:
    conditions = told(plan(), profile, tmp_path, plan_writable=False)
    assert conditions["plan_read_only"].state is State.TOLD and not stops(list(conditions.values()))
    assert "plan_read_only" not in told(plan(), profile, tmp_path)


def test_a_plan_in_order_stops_nothing(profile: Profile, tmp_path: Path) -> None:
    conditions = told(plan(), profile, tmp_path)
    assert not stops(list(conditions.values()))
    assert {"checked", "no_open_a", "all_checked", "all_decided", "all_phased", "folder_ok"} <= conditions.keys()
    assert all(condition.place is Place.NOWHERE for condition in conditions.values() if condition.state is State.OK)


@pytest.mark.parametrize(("tables", "code"), [
    ({"check_run": []}, "unchecked"), ({"finding": [finding("k")]}, "open_a"), ({"category": [category(V1)]}, "undecided"),
    ({"move": [move("M1", hamlet(2)["code"], target=hamlet(1)["code"])]}, "unphased"),
    ({"check_run": [{**RUN, "not_checked": [{"rule": "QC-5202", "code": "checks.not_checked.layers", "params": {}}]}]}, "not_checked_a"),
])  # fmt: skip
def test_what_stops_a_formal_package_is_only_told_of_a_draft(profile: Profile, tmp_path: Path, tables: dict[str, Any], code: str) -> None:
    assert told(plan(**tables), profile, tmp_path)[code].state is State.STOPS
    draft = told(plan(**tables), profile, tmp_path, mode="draft")
    assert draft[code].state is State.TOLD and draft[code].place is not Place.NOWHERE and not stops(list(draft.values()))


def test_what_is_excused_gone_or_of_another_scenario_stops_nothing(profile: Profile, tmp_path: Path) -> None:
    findings = [finding("1", state="waived"), finding("2", state="accepted"), finding("3", state="fixed"), finding("4", scenario="S2"), finding("5", "B")]
    conditions = told(plan(finding=findings), profile, tmp_path)
    assert not stops(list(conditions.values()))
    assert conditions["not_accepted"].message.params["count"] == 1 and conditions["open_others"].message.params == {"b": 1, "c": 0}
    assert dict(conditions["not_accepted"].wanted) == {"state": "waived"}


def test_what_a_county_need_not_have_is_told_but_stops_nothing(profile: Profile, tmp_path: Path) -> None:
    note = {"rule": "NL-06", "code": "checks.not_checked.optional_layers", "params": {}}
    conditions = told(plan(check_run=[{**RUN, "not_checked": [note]}]), profile, tmp_path)
    assert conditions["not_checked_others"].state is State.TOLD and not stops(list(conditions.values()))


def test_villages_inside_the_boundary_and_out_of_scope_need_no_category(profile: Profile, tmp_path: Path) -> None:
    data = plan(category=[category(V1)])
    assert "all_decided" in told(data, profile, tmp_path, inside=[V2])
    urban = plan(category=[category(V1)], village=[village(V1), village(V2, kind="urban_community")])
    assert "all_decided" in told(urban, profile, tmp_path)


def test_a_check_that_is_older_than_the_plan_is_told(profile: Profile, tmp_path: Path) -> None:
    assert told(plan(), profile, tmp_path, outdated=3)["outdated"].message.params["count"] == 3


def test_missing_names_and_marks_are_told(profile: Profile, tmp_path: Path) -> None:
    data = example(info={"county_code": None, "institute": None, "secrecy": None})
    conditions = told(data, profile, tmp_path)
    assert conditions["no_area"].state is State.STOPS
    assert conditions["no_institute"].state is conditions["no_secrecy"].state is State.TOLD


def test_another_scenario_than_the_adopted_one_is_told(profile: Profile, tmp_path: Path) -> None:
    scenarios = [{"code": "S1", "title": "方案一"}, {"code": "S2", "title": "方案二"}]
    data = plan(scenario=scenarios, check_run=[{**RUN, "scenario": "S2"}])
    assert told(data, profile, tmp_path, scenario="S2")["other_scenario"].message.params == {"title": "方案二", "adopted": "方案一"}
    assert "other_scenario" not in told(plan(), profile, tmp_path)


def test_no_format_and_no_folder_stop_even_a_draft(profile: Profile, tmp_path: Path) -> None:
    assert told(plan(), profile, None, "draft")["no_folder"].state is State.STOPS
    assert told(plan(), profile, tmp_path / "没有", "draft")["folder_missing"].state is State.STOPS
    assert told(plan(), profile, tmp_path, "draft", formats=())["no_format"].state is State.STOPS


def test_formats_that_the_profile_requires_stop_where_they_are_not_wished(profile: Profile, tmp_path: Path) -> None:
    lacking = told(plan(), profile, tmp_path, formats=("gpkg", "xlsx"))["formats_missing"]
    assert lacking.state is State.STOPS and "docx" in lacking.message.params["formats"]
    assert "formats_missing" not in told(plan(), profile, tmp_path, "draft", formats=("gpkg", "xlsx"))


def test_approval_steps_that_the_edition_needs_are_named(profile: Profile, tmp_path: Path) -> None:
    assert not {"steps_missing", "steps_done"} & told(plan(), profile, tmp_path).keys()
    missing = told(plan(), profile, tmp_path, edition="submission")["steps_missing"]
    assert missing.state is State.STOPS and "专家论证" in missing.message.params["steps"] and missing.place is Place.OVERVIEW
    assert told(plan(), profile, tmp_path, "draft", edition="submission")["steps_missing"].state is State.TOLD
    steps = [
        {
            "code": str(number), "from_status": before, "to_status": after, "date": "2026-01-05", "document": "1号", "result": "通过", "person": "甲",
            "recorded_at": "2026-01-05",
        }
        for number, (before, after) in enumerate([("consultation", "expert_review"), ("expert_review", "public_notice")])
    ]
    assert told(plan(approval_step=steps), profile, tmp_path, edition="submission")["steps_done"].state is State.OK


def test_a_folder_that_cannot_be_written_stops(profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert told(plan(), profile, tmp_path, "draft")["folder_read_only"].state is State.STOPS


def test_linked_documents_that_are_gone_are_told_and_copied_ones_are_not(profile: Profile, tmp_path: Path) -> None:
    (tmp_path / "在.pdf").write_bytes(b"x")
    documents = [("在", "在.pdf", None), ("不在", "不在.pdf", None), ("已存入", "不在.pdf", b"x"), ("无链接", None, None)]
    rows = [
        {"code": f"E{number}", "subject_table": "consent", "subject_key": {"code": "C1"}, "title": title, "path": path, "content": content}
        for number, (title, path, content) in enumerate(documents)
    ]
    gone = told(plan(evidence=rows), profile, tmp_path, plan_folder=tmp_path)["documents_gone"]
    assert gone.state is State.TOLD and gone.message.params == {"count": 2, "titles": "不在、无链接"}
    assert "documents_gone" not in told(plan(evidence=rows[:1]), profile, tmp_path, plan_folder=tmp_path)
