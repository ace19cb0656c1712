"""Checks (质检): the rule catalogue, findings, waivers and the comparison of runs."""

from village_planner.checks.catalogue import RULES
from village_planner.checks.consent import VoteFault, vote_fault
from village_planner.checks.findings import Comparison, apply_waivers, compare, finding_key, findings_frame, verdict_counts
from village_planner.checks.rule import Context, Finding, NotChecked, Rule, holds_up
from village_planner.checks.running import CheckResult, run

__all__ = [
    "RULES",
    "CheckResult",
    "Comparison",
    "Context",
    "Finding",
    "NotChecked",
    "Rule",
    "VoteFault",
    "apply_waivers",
    "compare",
    "finding_key",
    "findings_frame",
    "holds_up",
    "run",
    "verdict_counts",
    "vote_fault",
]
