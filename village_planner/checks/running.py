"""Runs the rules of the catalogue on a plan, whoever read it: the plan file or a package."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Mapping, Sequence

import pandas as pd

from village_planner.accounts import hamlet_frame
from village_planner.base import Feedback, InputError, Message, SilentFeedback
from village_planner.base.feedback import PartFeedback
from village_planner.checks.catalogue import RULES
from village_planner.checks.findings import findings_frame
from village_planner.checks.names import Names
from village_planner.checks.rule import Context, Finding, NotChecked, Rule
from village_planner.plan.data import PlanData
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
    scenario = _scenario(data, scenario)
    found: list[tuple[RuleSetting, Finding]] = []
    notes: list[NotChecked] = []
    ran: list[str] = []
    seconds: dict[str, float] = {}
    names = Names(data)
    chosen = _chosen(rules)
    hamlets = hamlet_frame(data, scenario).drop_duplicates("hamlet_code").set_index("hamlet_code", drop=False)
    moves = data.move[(data.move["scenario"] == scenario) & data.move["hamlet_code"].isin(hamlets.index)]
    for position, rule in enumerate(chosen):
        feedback.check()
        setting = profile.rule(rule.id)
        if setting is None or not setting.on:
            if rules is not None:
                notes.append(NotChecked(rule.id, Message("checks.not_checked.switched_off", {"profile": profile.id})))
            continue
        part = PartFeedback(feedback, position / len(chosen), (position + 1) / len(chosen))
        context = Context(data, layers, profile, scenario, formal, setting, part, names, hamlets, moves)
        begun = time.perf_counter()
        findings, own_notes, did_run = _outcomes(rule, context)
        seconds[rule.id] = time.perf_counter() - begun
        found += [(setting, finding) for finding in findings]
        notes += own_notes
        ran += [rule.id] if did_run else []
        part.progress(1.0)
    return CheckResult(findings_frame(found), notes, ran, seconds)


def _chosen(rules: Sequence[str] | None) -> list[Rule]:
    if rules is None:
        return list(RULES)
    known = [rule.id for rule in RULES]
    unknown = [rule_id for rule_id in rules if rule_id not in known]
    if unknown:
        raise InputError("checks.unknown_rule", rules="、".join(unknown), known="、".join(known))
    return [rule for rule in RULES if rule.id in rules]


def _scenario(data: PlanData, scenario: str | None) -> str:
    if scenario is None:
        return data.scenario
    known = [str(code) for code in data.tables["scenario"]["code"]]
    if scenario not in known:
        raise InputError("checks.unknown_scenario", scenario=scenario, known="、".join(known))
    return scenario


def _outcomes(rule: Rule, context: Context) -> tuple[list[Finding], list[NotChecked], bool]:
    """Findings, notes, and whether the rule ran: it did not where a needed layer is missing or it says so itself."""
    missing = [kind for kind in rule.needs if not context.layers.has(kind)]
    if missing:
        return [], [context.without_layers(missing)], False
    findings: dict[tuple, Finding] = {}
    notes = _set_aside(rule, context)
    for outcome in rule.find(context):
        context.feedback.check()
        if isinstance(outcome, NotChecked):
            notes.append(outcome)
        else:
            subject = (outcome.subject_kind, outcome.subject_code, outcome.other_kind, outcome.other_code)
            if subject in findings:
                notes.append(context.not_checked("same_code", code=outcome.subject_code))
            findings.setdefault(subject, outcome)
    did_run = not any(note.message.code in _WHOLE_RULE for note in notes)
    return list(findings.values()), notes, did_run


def _set_aside(rule: Rule, context: Context) -> list[NotChecked]:
    """What intake could not read of the layers that the rule reads."""
    layers = context.data.control_layer
    lacking = layers[layers["kind"].isin(rule.layers) & layers["set_aside"].gt(0).fillna(False)]
    return [context.not_checked("set_aside", title=row.title, count=int(row.set_aside)) for row in lacking.itertuples(index=False)]


_WHOLE_RULE = tuple(
    f"checks.not_checked.{why}"
    for why in ("no_patches", "no_base", "no_village_land", "too_few_layers", "optional_layers", "no_quota", "no_list", "no_limit")
)
"""Notes that say that the whole rule did not run; others concern a part of it."""
