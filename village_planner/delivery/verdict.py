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
from village_planner.delivery.reference import JudgedBy
from village_planner.standards import Profile
from village_planner.standards.provenance import certainty_sentence, certainty_word

_FULL_SCORE = 100
_SEVERITIES = ("A", "B", "C")
_PROPOSAL, _PUBLIC = "proposal", "QC"
_SUBJECTS = {
    "village": "行政村", "hamlet": "居民点", "township": "乡镇", "county": "县", "site": "集中安置点", "patch": "居民点用地", "consent": "村民意愿",
    "move": "迁并任务", "difference": "名录差异",
}
_CONTROL, _WITHOUT_CODE = "control", ("consent", "move")
"""Kinds whose codes the program has made up: nobody knows them."""


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

    findings: on the package, columns rule, severity, file, subject, message_code, params, geom (None where it has no place). plan_result: of the plan's rules,
    findings with `state`: a waiver that the package carries holds here too. counts: open findings of both by severity.
    not_checked: rules that could not run, and why. score: 100 less the profile's weight per open finding, at least 0.
    report: all of it for base.report. profile: that it was inspected by. crs: EPSG code of the geometry of plan_result's findings,
    None where the package has no layers that could be read. judged_by: by which control layers, None where no rule of the plan ran.
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
    judged_by: JudgedBy | None = None


def draft_mark(draft: bool) -> str:
    """The word that marks a draft, '' for a formal package."""
    return "草稿" if draft else ""


def inspection_of(
    name: str, findings: pd.DataFrame, result: CheckResult, profile: Profile, manifest: Manifest | None, crs: int | None = None,
    judged_by: JudgedBy | None = None,
) -> Inspection:
    """The inspection of a package called `name`.

    findings: on the package; result: of the plan's rules, with the column state. judged_by: by which control layers.
    A finding that is waived or accepted is listed, and counts nowhere.
    """
    open_ones = result.findings[result.findings["state"].eq("open")]
    severities = [*findings["severity"], *open_ones["severity"]]
    counts = {severity: severities.count(severity) for severity in _SEVERITIES}
    weights = score_weights(profile)
    score = max(0, _FULL_SCORE - sum(weights[severity] * count for severity, count in counts.items()))
    verdict = _verdict(counts, len(findings) + len(result.findings) > 0, result.not_checked)
    report = _report(name, findings, result, counts, score, verdict, profile, manifest, judged_by)
    return Inspection(findings, result, counts, result.not_checked, score, verdict, report, profile, crs, judged_by)


def score_weights(profile: Profile) -> dict[str, int]:
    """Points that an open finding of each severity takes from the score."""
    weights = profile.package.inspection.get("weights", {})
    return {severity: int(weights.get(severity, 0)) for severity in _SEVERITIES}


def score_reason(profile: Profile) -> Message:
    """How the score is made, and how far its weights can be relied on."""
    sure = profile.package.inspection.get("weights_confidence", _PROPOSAL) != _PROPOSAL
    return Message("delivery.score" if sure else "delivery.score_proposal", score_weights(profile))


def _verdict(counts: Mapping[str, int], anything: bool, not_checked: list[NotChecked]) -> Verdict:
    if counts["A"]:
        return Verdict.FAILED
    if anything:
        return Verdict.PASSED_WITH_FINDINGS
    return Verdict.INCOMPLETE if any(note.holds_up for note in not_checked) else Verdict.PASSED


def _report(
    name: str, findings: pd.DataFrame, result: CheckResult, counts: Mapping[str, int], score: int, verdict: Verdict,
    profile: Profile, manifest: Manifest | None, judged_by: JudgedBy | None,
) -> Report:
    waived, accepted = (int(result.findings["state"].eq(state).sum()) for state in ("waived", "accepted"))
    figures: dict[str, Any] = {
        "质检结论": render(Message(f"delivery.verdict.{verdict.value}")), "得分": score, "计分方法": render(score_reason(profile)),
        "A类（严重）": counts["A"], "B类（重要）": counts["B"],
        "C类（一般）": counts["C"], "已举证": waived, "已认可": accepted,
        "未检查": len(result.not_checked), "成果标准": f"{profile.title}（{profile.id} {profile.version}）",
        "标准的可信度": certainty_sentence(profile),
    }
    if manifest is not None:
        figures["版次"] = profile.package.editions.get(manifest.edition, manifest.edition) + (f"（{draft_mark(True)}）" if manifest.draft else "")
        figures["规划名称"] = str(manifest.plan.get("title") or "")
    if judged_by is not None:
        figures["核查依据的管控图层"] = judged_by.sentence
    report = Report(Message("delivery.report.inspect", {"name": name}), figures)
    _add_rules(report, findings, result, profile)
    section = report.section(Message("delivery.report.package_findings"))
    for row in findings.itertuples():
        certainty = _certainty(row.rule, profile)
        section.add(Message(row.message_code, row.params), 规则=row.rule, 等级=row.severity, 文件=row.file, 对象=row.subject, 规则可信度=certainty)
    section = report.section(Message("delivery.report.plan_findings"))
    for row in result.findings.itertuples():
        subject = subject_text(row.subject_kind, row.subject_code, profile)
        facts = {"规则": row.rule, "等级": row.severity, "对象": subject, "状态": STATES[row.state], "规则可信度": _certainty(row.rule, profile)}
        section.add(Message(row.message_code, row.params), **facts)
    section = report.section(Message("delivery.report.not_checked"))
    for note in result.not_checked:
        rule = profile.rule(note.rule)
        section.add(note.message, 规则=note.rule, 名称=rule.title if rule else "")
    return report


def subject_text(kind: str, code: str, profile: Profile) -> str:
    """What a finding is about, for a reader: the kind's word and the code. A kind without a word stands as it is."""
    if kind == _CONTROL:
        layer, _, code = code.partition("/")
        return f"{profile.code_list('control_kind').name(layer) or layer} {code}".strip()
    return _SUBJECTS[kind] if kind in _WITHOUT_CODE else f"{_SUBJECTS.get(kind, kind)} {code}"


def _certainty(rule_id: str, profile: Profile) -> str:
    """Whether a rule's setting has a source or is a proposal; '' for a rule that the profile does not know."""
    rule = profile.rule(rule_id)
    return certainty_word(profile, rule.confidence) if rule else ""


def _add_rules(report: Report, findings: pd.DataFrame, result: CheckResult, profile: Profile) -> None:
    """A line for each rule that is on: how much was found, whether something of it could not be checked, or that nothing was found."""
    found = [*findings["rule"], *result.findings["rule"]]
    unchecked = {note.rule for note in result.not_checked}
    section = report.section(Message("delivery.report.rules"))
    for rule in (profile.rules[rule_id] for rule_id in sorted(profile.rules, key=lambda rule_id: (not rule_id.startswith(_PUBLIC), rule_id))):
        if not rule.on:
            continue
        count = found.count(rule.id)
        words = [Message("delivery.report.rule_found", {"count": count})] if count else []
        words += [Message("delivery.report.rule_unchecked")] if rule.id in unchecked else []
        told = words or [Message("delivery.report.rule_clean")]
        section.add(told[0] if len(told) == 1 else Message("delivery.report.rule_both", {"count": count}), 规则=rule.id, 名称=rule.title, 等级=rule.severity)
