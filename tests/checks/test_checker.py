"""After any edit the checker holds what a full run finds, and says what is new and what is gone."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.accounts.examples import box, features
from tests.checks.test_incremental import LAYERS, full_plan
from tests.edits import EDITS, Row, in_memory, random_edit
from village_planner import checks
from village_planner.checks.checker import Checker
from village_planner.checks.rule import Reach
from village_planner.plan.data import PlanData, plain
from village_planner.plan.index import PlanIndex
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import Profile

LOCAL = [rule.id for rule in checks.RULES if rule.reach is Reach.LOCAL]


def said(result: checks.CheckResult) -> dict[str, Any]:
    """All that a run says, whatever the order of the findings of a rule."""
    found = {}
    for row in result.findings.to_dict("records"):
        geom = row.pop("geom")
        found[row["key"]] = (None if geom is None else geom.wkb, {name: repr(plain(value)) for name, value in row.items()})
    notes = sorted((note.rule, note.message.code, repr(sorted(note.message.params.items()))) for note in result.not_checked)
    return {"found": found, "notes": notes, "ran": result.ran}


def only(profile: Profile, rules: list[str]) -> Profile:
    from dataclasses import replace

    return replace(profile, rules={name: replace(setting, on=name in rules) for name, setting in profile.rules.items()})


def follow(checker: Checker, data: PlanData, rng: Random, profile: Profile, edits: int) -> None:
    known = {record["key"]: record for record in checker.result().findings.to_dict("records")}
    for _ in range(edits):
        name, rows = random_edit(rng, PlanIndex(data))
        data, change = in_memory(data, rows)
        update = checker.follow(data, change)
        expected = checks.run(data, LAYERS, profile)
        assert said(checker.result()) == said(expected), (name, rows)
        for key in update.gone:
            del known[key]
        known.update({record["key"]: record for record in update.found})
        assert {key: record["digest"] for key, record in known.items()} == dict(zip(expected.findings["key"], expected.findings["digest"])), (name, rows)


def test_a_vote_that_is_dropped_reaches_its_hamlet_in_another_village_too(profile: Profile) -> None:
    switched, data = only(profile, LOCAL), full_plan()
    vote = next(row for row in data.consent.to_dict("records") if row["code"] == "C1")
    elsewhere = next(row.code for row in PlanIndex(data).village if row.code[:9] != vote["village_code"][:9])
    checker = Checker(data, LAYERS, switched)
    checker.check()
    for row in (Row("hamlet", {"code": vote["hamlet_code"]}, {"village_code": elsewhere}), Row("consent", {"code": vote["code"]}, None)):
        data, change = in_memory(data, [row])
        checker.follow(data, change)
    assert said(checker.result()) == said(checks.run(data, LAYERS, switched))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rng=st.randoms(use_true_random=False))
def test_after_any_edits_the_checker_holds_what_a_full_run_finds(profile: Profile, rng: Random) -> None:
    switched = only(profile, LOCAL)
    data = full_plan()
    checker = Checker(data, LAYERS, switched)
    checker.check()
    follow(checker, data, rng, switched, 8)


@pytest.mark.parametrize("name", EDITS)
def test_each_kind_of_edit_is_one_that_changes_something(name: str) -> None:
    index, rng = PlanIndex(full_plan()), Random(1)
    assert any(random_edit(rng, index, [name])[1] for _ in range(5))


class Watched(MemoryLayers):
    """Layers that count what is asked of them, and can become others."""

    def __init__(self, frames: dict[str, Any]) -> None:
        super().__init__(frames)
        self.reads = 0

    def read(self, *args: Any, **options: Any) -> Any:
        self.reads += 1
        return super().read(*args, **options)


SUMS = ["QC-5205", "QC-5301", "QC-5302", "NL-01", "NL-05", "NL-09", "NL-13"]
OVERLAYS = ["QC-5202", "QC-5203", "QC-5204", "NL-03", "NL-06", "NL-07", "NL-08"]


def watched(**others: Any) -> Watched:
    return Watched({**{kind: LAYERS.read(kind) for kind in LAYERS.kinds()}, **others})


def _found(checker: Checker, rule: str) -> set[str]:
    findings = checker.result().findings
    return set(findings.loc[findings["rule"] == rule, "subject_code"])


def test_patches_on_layers_follow_each_edit_and_only_what_is_drawn_otherwise_is_compared_anew(profile: Profile) -> None:
    switched, first, layers = only(profile, OVERLAYS), full_plan(), watched()
    checker = Checker(first, layers, switched)
    checker.check()
    was = next(row for row in PlanIndex(first).patch if row.code == "P2")
    elsewhere = shapely.affinity.translate(was.geom, 0.0, 800.0)
    data = first
    for row, on_farmland, is_read in (
        (Row("patch", {"code": "P2"}, {"geom": elsewhere}), set(), True),
        (Row("patch", {"code": "P2"}, {"geom": was.geom}), {"P2"}, True),
        (Row("patch", {"code": "P2"}, {"kind": "existing"}), {"P2"}, False),
        (Row("action", {"scenario": "S1", "hamlet_code": was.hamlet_code}, {"action": "merge"}), set(), False),
        (Row("action", {"scenario": "S1", "hamlet_code": was.hamlet_code}, {"action": "retain"}), {"P2"}, False),
        (Row("patch", {"code": "P2"}, None), set(), False),
        (Row("patch", {"code": "P2"}, dict(was._asdict())), {"P2"}, False),
        (Row("patch", {"code": "P9"}, {**was._asdict(), "code": "P9"}), {"P2", "P9"}, True),
    ):
        data, change = in_memory(data, [row])
        layers.reads = 0
        checker.follow(data, change)
        assert (_found(checker, "QC-5202") - {"A1"}, layers.reads > 0) == (on_farmland, is_read), row
        assert said(checker.result()) == said(checks.run(data, LAYERS, switched)), row


def test_another_control_layer_is_compared_with_everything(profile: Profile) -> None:
    switched, data, layers = only(profile, OVERLAYS), full_plan(), watched()
    checker = Checker(data, layers, switched)
    checker.check()
    assert "P2" in _found(checker, "QC-5202")
    moved = watched(permanent_basic_farmland=features({"geom": box(2600, 600, 300, 300)}))
    layers.__dict__.update(moved.__dict__)
    data, change = in_memory(data, [Row("control_layer", {"code": "c0"}, {"digest": "another"})])
    checker.follow(data, change)
    assert _found(checker, "QC-5202") == {"P4"}
    assert said(checker.result()) == said(checks.run(data, moved, switched))


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rng=st.randoms(use_true_random=False))
def test_sums_over_the_plan_are_those_of_a_full_run_though_a_part_of_them_is_kept(profile: Profile, rng: Random) -> None:
    switched, data = only(profile, SUMS), full_plan()
    checker = Checker(data, LAYERS, switched)
    checker.check()
    follow(checker, data, rng, switched, 10)


def test_what_waits_takes_no_longer_than_what_it_has_to_do_again(profile: Profile) -> None:
    switched, data, layers = only(profile, ["QC-5301"]), full_plan(), watched()
    checker = Checker(data, layers, switched)
    checker.check()
    read = layers.reads
    data, change = in_memory(data, [Row("action", {"scenario": "S1", "hamlet_code": "370799101201001"}, {"action": "merge"})])
    layers.reads = 0
    checker.follow(data, change)
    assert 0 < layers.reads < read
    data, change = in_memory(data, [Row("village", {"code": data.village["code"][0]}, {"geom": box(0, 0, 1500, 2000)})])
    layers.reads = 0
    checker.follow(data, change)
    assert layers.reads == read
