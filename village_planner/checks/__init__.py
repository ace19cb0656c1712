"""Checks (质检): the rule catalogue, findings, waivers and the comparison of runs."""

from village_planner.checks.catalogue import RULES
from village_planner.checks.checker import Checker
from village_planner.checks.consent import VoteFault, vote_fault
from village_planner.checks.findings import Comparison, compare, finding_key, findings_frame, verdict_counts
from village_planner.checks.inputs import Digests, input_digests, outdated, rules_reading, without_layers
from village_planner.checks.rule import Context, Finding, NotChecked, Rule, holds_up
from village_planner.checks.running import CheckResult, run
from village_planner.checks.waivers import apply_waivers, needs_evidence, waiver_fates, with_states

__all__ = [
    "RULES",
    "CheckResult",
    "Checker",
    "Comparison",
    "Context",
    "Digests",
    "Finding",
    "NotChecked",
    "Rule",
    "VoteFault",
    "apply_waivers",
    "compare",
    "finding_key",
    "findings_frame",
    "holds_up",
    "input_digests",
    "needs_evidence",
    "outdated",
    "rules_reading",
    "run",
    "verdict_counts",
    "vote_fault",
    "waiver_fates",
    "with_states",
    "without_layers",
]
