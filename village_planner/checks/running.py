"""Runs the rules of the catalogue on a plan, whoever read it: the plan file or a package."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Mapping, Sequence

import pandas as pd

from village_planner.base import Feedback, InputError, Message, SilentFeedback
from village_planner.base.feedback import PartFeedback
from village_planner.checks.catalogue import RULES
from village_planner.checks.findings import findings_frame
from village_planner.checks.names import Names
from village_planner.checks.rule import Context, Finding, NotChecked, Rule
from village_planner.checks.shared import Memory, Shared
from village_planner.checks.subjects import Scope, Subjects
from village_planner.plan.data import PlanData
from village_planner.plan.index import PlanIndex
from village_planner.plan.layers import Layers
from village_planner.standards import Profile, RuleSetting


@dataclass(frozen=True)
class CheckResult:
    """What a run found.

    findings: columns of plan table `finding` without state and run, and geom; at most one row per rule, subject and
    other. not_checked: what could not be checked and why. ran: ids of the rules that ran, in the catalogue's order.
    seconds: how long each rule took that was tried.
    """

    findings: pd.DataFrame
    not_checked: list[NotChecked]
    ran: list[str]
    seconds: Mapping[str, float] = field(default_factory=dict)


def run(
    data: PlanData,
    layers: Layers,
    profile: Profile,
    rules: Sequence[str] | None = None,
    scenario: str | None = None,
    formal: bool = False,
    feedback: Feedback | None = None,
) -> CheckResult:
    """Run the rules that the profile has switched on, or those of `rules`, on one scenario (default: the adopted one).

    formal: check as for a formal package. A rule that is asked for by id but switched off, or lacks a layer, is in
    not_checked. Raises InputError for an unknown rule or scenario, Cancelled.
    """
    feedback = feedback or SilentFeedback()
    found: list[tuple[RuleSetting, Finding]] = []
    notes: list[NotChecked] = []
    ran: list[str] = []
    seconds: dict[str, float] = {}
    chosen = _chosen(rules)
    contexts = Contexts(data, layers, profile, known_scenario(data, scenario), formal, feedback)
    for position, rule in enumerate(chosen):
        feedback.check()
        setting = profile.rule(rule.id)
        if setting is None or not setting.on:
            if rules is not None:
                notes.append(NotChecked(rule.id, Message("checks.not_checked.switched_off", {"profile": profile.id})))
            continue
        part = PartFeedback(feedback, position / len(chosen), (position + 1) / len(chosen))
        begun = time.perf_counter()
        said = outcomes(rule, contexts.of(setting, part))
        seconds[rule.id] = time.perf_counter() - begun
        found += [(setting, finding) for finding in said.findings]
        notes += said.notes
        ran += [rule.id] if said.ran else []
        part.progress(1.0)
    return CheckResult(findings_frame(found), notes, ran, seconds)


@dataclass(frozen=True)
class Said:
    """What one rule found and could not check, and whether it ran: it did not where a needed layer is missing or it says so itself."""

    findings: list[Finding]
    notes: list[NotChecked]
    ran: bool


class Contexts:
    """What the rules of one run see in common."""

    def __init__(
        self, data: PlanData, layers: Layers, profile: Profile, scenario: str, formal: bool, feedback: Feedback, index: PlanIndex | None = None,
        scope: Scope | None = None, memory: Memory | None = None,
    ) -> None:
        """index: of `data`, where there is one already. scope: what rules of local reach judge; None is everything. memory: of earlier runs."""
        self._data, self._layers, self._profile, self._scenario, self._formal = data, layers, profile, scenario, formal
        index = PlanIndex(data) if index is None else index
        self._names, self._shared = Names(index), Shared(data, layers, profile, scenario, feedback, memory)
        self.whole = Subjects(index, scenario)
        self.subjects = self.whole if scope is None else Subjects(index, scenario, scope)

    def of(self, setting: RuleSetting, feedback: Feedback, whole: bool = False) -> Context:
        """What one rule sees. whole: it judges everything, whatever the scope."""
        subjects = self.whole if whole else self.subjects
        return Context(self._data, self._layers, self._profile, self._scenario, self._formal, setting, feedback, self._names, subjects, self._shared)


def outcomes(rule: Rule, context: Context) -> Said:
    """Run one rule."""
    missing = [kind for kind in rule.needs if not context.layers.has(kind)]
    if missing:
        return Said([], [context.without_layers(missing)], False)
    findings: dict[tuple, Finding] = {}
    notes = _set_aside(rule, context)
    for outcome in rule.find(context):
        context.feedback.check()
        if isinstance(outcome, NotChecked):
            notes.append(outcome)
        else:
            subject = (outcome.subject_kind, outcome.subject_code, outcome.other_kind, outcome.other_code)
            if subject in findings:
                notes.append(context.not_checked_of("same_code", outcome.subject_kind, outcome.subject_code))
            findings.setdefault(subject, outcome)
    did_run = not any(note.message.code in _WHOLE_RULE for note in notes)
    return Said(list(findings.values()), notes, did_run)


def known_scenario(data: PlanData, scenario: str | None) -> str:
    """The scenario, None: the adopted one. Raises InputError for one that the plan lacks."""
    if scenario is None:
        return data.scenario
    known = [str(code) for code in data.tables["scenario"]["code"]]
    if scenario not in known:
        raise InputError("checks.unknown_scenario", scenario=scenario, known="、".join(known))
    return scenario


def _chosen(rules: Sequence[str] | None) -> list[Rule]:
    if rules is None:
        return list(RULES)
    known = [rule.id for rule in RULES]
    unknown = [rule_id for rule_id in rules if rule_id not in known]
    if unknown:
        raise InputError("checks.unknown_rule", rules="、".join(unknown), known="、".join(known))
    return [rule for rule in RULES if rule.id in rules]


def _set_aside(rule: Rule, context: Context) -> list[NotChecked]:
    """What intake could not read of the layers that the rule reads."""
    return [context.not_checked("set_aside", title=title, count=count) for kind, title, count in context.shared.set_aside if kind in rule.layers]


_WHOLE_RULE = tuple(
    f"checks.not_checked.{why}"
    for why in ("no_patches", "no_base", "no_village_land", "too_few_layers", "optional_layers", "no_quota", "no_list", "no_limit", "no_boundaries")
)
"""Notes that say that the whole rule did not run; others concern a part of it."""
