"""What an inspection says in the end: counts, score, verdict and report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Mapping

import pandas as pd

from village_planner.base import Message, render
from village_planner.base.report import Report
from village_planner.checks import CheckResult, NotChecked
from village_planner.delivery.manifest import Manifest
from village_planner.delivery.record import STATES
from village_planner.standards import Profile

_FULL_SCORE = 100
_SEVERITIES = ("A", "B", "C")


class Verdict(str, Enum):
    """What the inspection says of the package; `INCOMPLETE`: nothing was found, but a rule that
    this plan could have been judged by was not checked."""

    PASSED = "passed"
    INCOMPLETE = "incomplete"
    PASSED_WITH_FINDINGS = "passed_with_findings"
    FAILED = "failed"


@dataclass(frozen=True)
class Inspection:
    """What an inspection found.

    findings: on the package, columns rule, severity, file, subject, message_code, params. plan_result: of the plan's rules,
    findings with `state`: a waiver that the package carries holds here too. counts: open findings of both by severity.
    not_checked: rules that could not run, and why. score: 100 less the profile's weight per open finding, at least 0.
    report: all of it for base.report. profile: that it was inspected by. crs: EPSG code of the geometry of plan_result's findings,
    None where the package has no layers that could be read.
    """

    findings: pd.DataFrame
    plan_result: CheckResult
    counts: Mapping[str, int]
    not_checked: list[NotChecked]
    score: int
    verdict: Verdict
    report: Report
    profile: Profile
    crs: int | None = None


def draft_mark(draft: bool) -> str:
    """The word that marks a draft, '' for a formal package."""
    return "草稿" if draft else ""


def inspection_of(
    name: str, findings: pd.DataFrame, result: CheckResult, profile: Profile, manifest: Manifest | None, crs: int | None = None
) -> Inspection:
    """The inspection of a package called `name`.

    findings: on the package; result: of the plan's rules, with the column state. A finding that is waived or accepted is listed, and counts nowhere.
    """
    open_ones = result.findings[result.findings["state"].eq("open")]
    severities = [*findings["severity"], *open_ones["severity"]]
    counts = {severity: severities.count(severity) for severity in _SEVERITIES}
    weights = profile.package.inspection.get("weights", {})
    score = max(0, _FULL_SCORE - sum(int(weights.get(severity, 0)) * count for severity, count in counts.items()))
    verdict = _verdict(counts, len(findings) + len(result.findings) > 0, result.not_checked)
    report = _report(name, findings, result, counts, score, verdict, profile, manifest)
    return Inspection(findings, result, counts, result.not_checked, score, verdict, report, profile, crs)


def _verdict(counts: Mapping[str, int], anything: bool, not_checked: list[NotChecked]) -> Verdict:
    if counts["A"]:
        return Verdict.FAILED
    if anything:
        return Verdict.PASSED_WITH_FINDINGS
    return Verdict.INCOMPLETE if any(note.holds_up for note in not_checked) else Verdict.PASSED


def _report(
    name: str, findings: pd.DataFrame, result: CheckResult, counts: Mapping[str, int], score: int, verdict: Verdict,
    profile: Profile, manifest: Manifest | None,
) -> Report:
    waived, accepted = (int(result.findings["state"].eq(state).sum()) for state in ("waived", "accepted"))
    figures: dict[str, Any] = {
        "质检结论": render(Message(f"delivery.verdict.{verdict.value}")), "得分": score, "A类（严重）": counts["A"], "B类（重要）": counts["B"],
        "C类（一般）": counts["C"], "已举证": waived, "已认可": accepted,
        "未检查": len(result.not_checked), "成果标准": f"{profile.id} {profile.version}",
    }
    if manifest is not None:
        figures["版次"] = profile.package.editions.get(manifest.edition, manifest.edition) + (f"（{draft_mark(True)}）" if manifest.draft else "")
        figures["规划名称"] = str(manifest.plan.get("title") or "")
    report = Report(Message("delivery.report.inspect", {"name": name}), figures)
    section = report.section(Message("delivery.report.package_findings"))
    for row in findings.itertuples():
        section.add(Message(row.message_code, row.params), 规则=row.rule, 等级=row.severity, 文件=row.file, 对象=row.subject)
    section = report.section(Message("delivery.report.plan_findings"))
    for row in result.findings.itertuples():
        subject = f"{row.subject_kind}:{row.subject_code}"
        section.add(Message(row.message_code, row.params), 规则=row.rule, 等级=row.severity, 对象=subject, 状态=STATES[row.state])
    section = report.section(Message("delivery.report.not_checked"))
    for note in result.not_checked:
        rule = profile.rule(note.rule)
        section.add(note.message, 规则=note.rule, 名称=rule.title if rule else "")
    return report
