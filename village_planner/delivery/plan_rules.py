"""The plan's rules on what a package holds: which of them can run there, and why the others cannot."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from village_planner import checks
from village_planner.base import Feedback, Message, PlannerError
from village_planner.checks import CheckResult, NotChecked
from village_planner.delivery.editions import edition_content
from village_planner.delivery.manifest import Manifest
from village_planner.plan.data import PlanData
from village_planner.plan.layers import Layers, MemoryLayers
from village_planner.standards import Profile

_TABLES = {"villages": "village", "hamlets": "hamlet", "patches": "patch", "sites": "site", "moves": "move"}
"""Frames of required layers without which a table of the plan would be empty for another reason than the plan's."""


def run_plan_rules(
    data: PlanData, layers: Layers, profile: Profile, manifest: Manifest | None, present: Collection[str], whole: Collection[str], feedback: Feedback
) -> CheckResult:
    """Run the profile's rules that a package can answer; the findings have a column state, by the waivers that it carries.

    A rule is told as not checked where the edition leaves out what it reads, where the plan has control layers that the package
    does not hold, where a layer that must be there is not among those `present` (names), and where it needs more than packages hold.
    whole: kinds of the layers that are not the package's but whole ones of the reviewer: what reads no others can run. Cancelled.
    """
    runnable, beyond, notes = _sorted_out(profile, manifest, present, set(whole))
    formal = manifest is not None and not manifest.draft
    try:
        result = checks.run(data, layers, profile, rules=runnable, formal=formal, feedback=feedback)
        notes += _told(checks.run(data, MemoryLayers({}), profile, rules=beyond, formal=formal), beyond)
    except PlannerError as error:
        return CheckResult(no_plan_findings(), [*(NotChecked(rule, error.message) for rule in (*runnable, *beyond)), *notes], [])
    return CheckResult(checks.apply_waivers(result.findings, data.waiver), [*result.not_checked, *notes], result.ran)


def none_checked(profile: Profile, message: Message) -> CheckResult:
    """The result where no rule could run, for one reason."""
    return CheckResult(no_plan_findings(), [NotChecked(rule, message) for rule in _switched_on(profile)], [])


def no_plan_findings() -> pd.DataFrame:
    """An empty frame of findings with their state."""
    return checks.findings_frame([]).assign(state=pd.Series(dtype="string"))


def _told(result: CheckResult, rules: list[str]) -> list[NotChecked]:
    """Notes on rules that need more than packages hold, run without any layer: their own where the plan gives them nothing to judge by."""
    silent = {note.rule: note for note in result.not_checked if not note.holds_up}
    return [silent.get(rule) or NotChecked(rule, Message("delivery.not_checked.control_layers")) for rule in rules]


def _sorted_out(profile: Profile, manifest: Manifest | None, present: Collection[str], whole: set[str]) -> tuple[list[str], list[str], list[NotChecked]]:
    """Ids of the rules to run, of those that need more than packages hold, and notes on the others."""
    settings = profile.package.inspection
    possible = {str(rule) for rule in settings.get("plan_rules", ())}
    stated = {str(rule) for rule in settings.get("rules_by_statement", ())}
    edition = manifest.edition if manifest else ""
    left_out = edition_content(profile, edition).rules
    withheld = set(manifest.withheld) if manifest else set()
    reads = {rule.id: {*rule.layers, *rule.needs} for rule in checks.RULES}
    missing = {_TABLES.get(spec.frame, "") for name, spec in profile.layers.items() if spec.required and name not in present} - {""}
    without = {rule.id for rule in checks.RULES if missing & set(rule.tables)}
    titles = profile.code_list("control_kind")
    runnable, beyond, notes = [], [], []
    for rule in _switched_on(profile):
        lacking = sorted((reads[rule] & withheld) - whole) if rule not in stated else []
        if rule in left_out:
            notes.append(NotChecked(rule, Message("delivery.not_checked.edition", {"edition": profile.package.editions.get(edition, edition)})))
        elif rule in without:
            notes.append(NotChecked(rule, Message("delivery.not_checked.layer_missing")))
        elif rule not in possible and not (reads[rule] and reads[rule] <= whole):
            beyond.append(rule)
        elif lacking:
            params = {"layers": "、".join(titles.name(kind) or kind for kind in lacking)}
            notes.append(NotChecked(rule, Message("delivery.not_checked.withheld", params)))
        else:
            runnable.append(rule)
    return runnable, beyond, notes


def _switched_on(profile: Profile) -> list[str]:
    return [rule.id for rule in checks.RULES if (setting := profile.rule(rule.id)) is not None and setting.on]
