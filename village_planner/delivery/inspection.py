"""Inspects a package that anybody may have made: tree, files, manifest, layers, and the plan's rules on what it holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, Mapping

import pandas as pd

from village_planner import checks
from village_planner.base import Feedback, InputError, Message, PlannerError, SilentFeedback, render
from village_planner.base.feedback import PartFeedback
from village_planner.base.report import Report
from village_planner.checks import CheckResult, NotChecked
from village_planner.delivery.findings import PackageFinding, findings_frame
from village_planner.delivery.frames import DeliverySource
from village_planner.delivery.geodata import LayerContent, read_geopackage
from village_planner.delivery.manifest import MANIFEST, Manifest, check_manifest, read_manifest
from village_planner.delivery.metadata import check_metadata
from village_planner.delivery.printed import PRINTED, check_printed
from village_planner.delivery.reading import plan_from_layers
from village_planner.delivery.record import STATES
from village_planner.delivery.structure import check_layers
from village_planner.delivery.tree import check_files, check_tree, files_of_kind, is_litter
from village_planner.delivery.unpack import UNREADABLE, Limits, OpenedPackage, open_package
from village_planner.plan.data import PlanData
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import Profile, load_profile, profile_ids
from village_planner.standards.loading import DEFAULT_PROFILE

_FULL_SCORE = 100
_UNUSABLE = frozenset({"QC-1201", "QC-2201", "QC-2203", "QC-2204", "QC-3301", "QC-4105"})
"""Rules on layers whose findings leave figures without ground: what is missing there would be found once more in every table."""
_SEVERITIES = ("A", "B", "C")


class Verdict(str, Enum):
    """What the inspection says of the package; what could not be checked is told beside it."""

    PASSED = "passed"
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


def inspect_package(path: str | Path, profile: Profile | str | None = None, feedback: Feedback | None = None) -> Inspection:
    """Inspect a folder or zip, ours or anybody's; nothing in it is changed or run.

    profile: that to inspect by, or its id; None: the one that the manifest names, else the default one.
    Raises InputError where the path cannot be opened as a package at all, Cancelled.
    """
    feedback = feedback or SilentFeedback()
    feedback.say(Message("delivery.progress.inspecting"))
    with open_package(Path(path), _limits(profile), PartFeedback(feedback, 0.0, 0.2)) as opened:
        return _inspect(opened, Path(path).name, profile, PartFeedback(feedback, 0.2, 1.0))


def inspect_staged(folder: Path, name: str, profile: Profile, feedback: Feedback) -> Inspection:
    """Inspect a package of ours that lies in a staging folder, as if its folder were called `name`."""
    with open_package(folder, _limits(profile), feedback) as opened:
        renamed = OpenedPackage(opened.root, name, opened.files, opened.folders, opened.findings, opened.work)
        return _inspect(renamed, name, profile, feedback)


def read_package(path: str | Path, profile: Profile | str | None = None, feedback: Feedback | None = None) -> tuple[PlanData, MemoryLayers]:
    """The plan that a package describes, and its control layers (none: they are not delivered).

    profile: as for `inspect_package`. Raises InputError where there is no readable GeoPackage in it.
    """
    feedback = feedback or SilentFeedback()
    with open_package(Path(path), _limits(profile), feedback) as opened:
        manifest = read_manifest(opened.root)
        used, _ = _profile(profile, manifest)
        files = files_of_kind(opened, used.package, "geopackage", _names(manifest, used))
        if not files:
            raise InputError("delivery.no_geopackage")
        contents = read_geopackage(opened.root / files[0], opened.work, feedback)
        data, _ = plan_from_layers(files[0], contents, used, manifest)
    return data, MemoryLayers({})


def _inspect(opened: OpenedPackage, name: str, profile: Profile | str | None, feedback: Feedback) -> Inspection:
    manifest = read_manifest(opened.root)
    used, doubts = _profile(profile, manifest)
    findings = [*opened.findings, *doubts]
    extra = used.rule("PK-01")
    files = tuple(file for file in opened.files if not is_litter(file))
    findings += check_manifest(opened.root, files, manifest, str(extra.values.get("severity_extra", "")) if extra else "")
    findings += _check_edition(manifest, used)
    feedback.check()
    findings += check_tree(opened, used.package, manifest.edition if manifest else "", _names(manifest, used))
    findings += check_files(opened, used)
    for file in files_of_kind(opened, used.package, "metadata"):
        findings += check_metadata(opened.root / file, file, used.package, _stated(manifest, used))
    feedback.progress(0.3)
    file, contents, faults = _contents(opened, used, _names(manifest, used), feedback)
    findings += faults
    if contents is None:
        result = CheckResult(_no_plan_findings(), _all_not_checked(used, Message("delivery.not_checked.unreadable")), [])
    else:
        county = str(manifest.plan.get("county_code") or "") if manifest else ""
        findings += check_layers(file, contents, used, manifest.crs if manifest else None, county)
        findings += _check_counts(manifest, contents)
        feedback.progress(0.6)
        data, dangling = plan_from_layers(file, contents, used, manifest)
        findings += dangling
        result = _run_plan_rules(data, used, manifest, PartFeedback(feedback, 0.6, 1.0))
        if _UNUSABLE.isdisjoint(finding.rule for finding in findings):
            findings += _check_printed(opened, used, manifest, data)
        else:
            note = NotChecked(PRINTED, Message("delivery.not_checked.layers"))
            result = replace(result, not_checked=[*result.not_checked, note])
    inspection = _inspection(name, findings_frame(findings, used), result, used, manifest)
    return replace(inspection, crs=None if contents is None else data.crs)


def _limits(profile: Profile | str | None) -> Limits:
    own = profile if isinstance(profile, Profile) else load_profile(profile or DEFAULT_PROFILE)
    settings = own.package.inspection
    return Limits(int(settings.get("max_files", Limits.max_files)), int(settings.get("max_total_mb", Limits.max_total_mb)))


def _profile(profile: Profile | str | None, manifest: Manifest | None) -> tuple[Profile, list[PackageFinding]]:
    """The profile to inspect by. What a manifest names is only looked for among the installed ones: it may name any path."""
    if isinstance(profile, Profile):
        return profile, []
    if profile:
        return load_profile(profile), []
    if manifest is None:
        return load_profile(DEFAULT_PROFILE), []
    if manifest.profile_id not in profile_ids():
        params = {"profile": manifest.profile_id[:60], "used": DEFAULT_PROFILE}
        return load_profile(DEFAULT_PROFILE), [PackageFinding("PK-01", MANIFEST, "profile", Message("delivery.profile_unknown", params))]
    used = load_profile(manifest.profile_id)
    if used.version == manifest.profile_version:
        return used, []
    params = {"profile": used.id, "stated": manifest.profile_version[:20], "used": used.version}
    return used, [PackageFinding("PK-01", MANIFEST, "profile", Message("delivery.profile_other_version", params), "C")]


def _names(manifest: Manifest | None, profile: Profile) -> dict[str, str] | None:
    if manifest is None:
        return None
    edition = profile.package.editions.get(manifest.edition, manifest.edition)
    return {"code": manifest.code, "name": manifest.name, "edition": edition, "draft": draft_mark(manifest.draft)}


def _stated(manifest: Manifest | None, profile: Profile) -> dict[str, str]:
    """What the metadata must say too, by the keys of its elements."""
    names = _names(manifest, profile)
    return {**names, "crs": str(manifest.crs)} if manifest and names else {}


def draft_mark(draft: bool) -> str:
    """The word that marks a draft, '' for a formal package."""
    return "草稿" if draft else ""


def _contents(
    opened: OpenedPackage, profile: Profile, names: Mapping[str, str] | None, feedback: Feedback
) -> tuple[str, list[LayerContent] | None, list[PackageFinding]]:
    files = files_of_kind(opened, profile.package, "geopackage", names) or [file for file in opened.files if file.lower().endswith(".gpkg")]
    if not files:
        return "", None, [PackageFinding("QC-1201", "", "", Message("delivery.no_geopackage"))]
    try:
        return files[0], read_geopackage(opened.root / files[0], opened.work, feedback), []
    except InputError as error:
        return files[0], None, [PackageFinding(UNREADABLE, files[0], "", error.message)]


def _check_edition(manifest: Manifest | None, profile: Profile) -> list[PackageFinding]:
    if manifest is None or manifest.edition in profile.package.editions:
        return []
    return [PackageFinding("PK-01", MANIFEST, "edition", Message("delivery.edition_unknown", {"edition": manifest.edition[:60]}))]


def _check_counts(manifest: Manifest | None, contents: list[LayerContent]) -> list[PackageFinding]:
    found = {content.name: len(content.rows) for content in contents}
    stated = manifest.counts if manifest else {}
    return [
        PackageFinding("PK-01", MANIFEST, layer, Message("delivery.manifest_counts", {"layer": layer, "stated": count, "found": found[layer]}))
        for layer, count in stated.items()
        if layer in found and found[layer] != count
    ]


def _check_printed(opened: OpenedPackage, profile: Profile, manifest: Manifest | None, data: PlanData) -> list[PackageFinding]:
    files = files_of_kind(opened, profile.package, "workbook", _names(manifest, profile))
    source = DeliverySource(data, MemoryLayers({}), profile, data.scenario)
    try:
        return check_printed(opened.root / files[0], files[0], source) if files else []
    except (PlannerError, ValueError, TypeError, KeyError):
        # Figures cannot be made of just any layers; what is wrong with them is told by the rules on layers.
        return []


def _run_plan_rules(data: PlanData, profile: Profile, manifest: Manifest | None, feedback: Feedback) -> CheckResult:
    """Run those rules of the profile that need no control layers; the others are told as not checked."""
    runnable = [str(rule) for rule in profile.package.inspection.get("plan_rules", ())]
    others = [
        NotChecked(rule, Message("delivery.not_checked.control_layers"))
        for rule, setting in profile.rules.items() if setting.on and rule not in runnable and rule in _plan_rules()
    ]
    try:
        result = checks.run(data, MemoryLayers({}), profile, rules=runnable, formal=manifest is not None and not manifest.draft, feedback=feedback)
    except PlannerError as error:
        return CheckResult(_no_plan_findings(), [*(NotChecked(rule, error.message) for rule in runnable), *others], [])
    return CheckResult(checks.apply_waivers(result.findings, data.waiver), [*result.not_checked, *others], result.ran)


def _all_not_checked(profile: Profile, message: Message) -> list[NotChecked]:
    return [NotChecked(rule, message) for rule, setting in profile.rules.items() if setting.on and rule in _plan_rules()]


def _plan_rules() -> set[str]:
    return {rule.id for rule in checks.RULES}


def _no_plan_findings() -> pd.DataFrame:
    return checks.findings_frame([]).assign(state=pd.Series(dtype="string"))


def _inspection(name: str, findings: pd.DataFrame, result: CheckResult, profile: Profile, manifest: Manifest | None) -> Inspection:
    open_ones = result.findings[result.findings["state"].eq("open")]
    severities = [*findings["severity"], *open_ones["severity"]]
    counts = {severity: severities.count(severity) for severity in _SEVERITIES}
    weights = profile.package.inspection.get("weights", {})
    score = max(0, _FULL_SCORE - sum(int(weights.get(severity, 0)) * count for severity, count in counts.items()))
    anything = len(findings) + len(result.findings) > 0
    verdict = Verdict.FAILED if counts["A"] else Verdict.PASSED_WITH_FINDINGS if anything else Verdict.PASSED
    report = _report(name, findings, result, counts, score, verdict, profile, manifest)
    return Inspection(findings, result, counts, result.not_checked, score, verdict, report, profile)


def _report(
    name: str, findings: pd.DataFrame, result: CheckResult, counts: Mapping[str, int], score: int, verdict: Verdict,
    profile: Profile, manifest: Manifest | None,
) -> Report:
    figures: dict[str, Any] = {
        "质检结论": render(Message(f"delivery.verdict.{verdict.value}")), "得分": score, "A类（严重）": counts["A"], "B类（重要）": counts["B"],
        "C类（一般）": counts["C"], "未检查": len(result.not_checked), "成果标准": f"{profile.id} {profile.version}",
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
