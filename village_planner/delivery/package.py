"""Writes a package: staged beside the target, inspected there, then renamed in one step; nothing half-done is ever seen."""

from __future__ import annotations

import errno
import glob
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from village_planner import checks
from village_planner.base import Feedback, InputError, Message, Refused, SilentFeedback, render
from village_planner.base.feedback import PartFeedback
from village_planner.base.report import Report
from village_planner.checks import CheckResult
from village_planner.delivery.content import PackageContent, write_content
from village_planner.delivery.frames import Conflicts, DeliverySource, county_code
from village_planner.delivery.inspection import Inspection, draft_mark, inspect_staged
from village_planner.delivery.manifest import file_entries, read_manifest, write_manifest
from village_planner.delivery.record import write_record
from village_planner.delivery.tree import entry_path, is_litter, is_lock, root_name
from village_planner.plan import PlanFile
from village_planner.plan.data import PlanData, plain
from village_planner.plan.layers import Layers
from village_planner.standards import Profile, load_profile

DRAFT, FORMAL = "draft", "formal"
FORMATS = ("gpkg", "xlsx")
FORMAL_EDITIONS = ("consultation",)
"""Editions whose documents this version can write in full; the others exist as drafts."""
_REASONS = {
    **dict.fromkeys((errno.EACCES, errno.EPERM), "delivery.reason.denied"), errno.EROFS: "delivery.reason.read_only",
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "delivery.reason.disk_full"),
}
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


@dataclass(frozen=True)
class PackageRequest:
    """What to write.

    plan: the plan file. folder: existing folder in which the package folder is made. mode: ``draft`` or ``formal``.
    edition: id of the profile's editions. formats: of FORMATS. scenario: None for the adopted one. person: contact, '' for none.
    profile: None for the plan's own; the folder of one that does not ship with the program.
    """

    plan: Path
    folder: Path
    mode: str = DRAFT
    edition: str = "consultation"
    formats: tuple[str, ...] = FORMATS
    scenario: str | None = None
    person: str = ""
    profile: str | Path | None = None


@dataclass(frozen=True)
class PackageResult:
    """The package folder, how many files it holds, the report of its inspection, and the inspection itself."""

    path: Path
    file_count: int
    report: Report
    inspection: Inspection


def write_package(request: PackageRequest, feedback: Feedback | None = None) -> PackageResult:
    """Write the package of a plan's scenario and return where it is.

    An earlier package of the same plan at the target is replaced when the new one is complete. Raises InputError for a wrong
    parameter or a folder that cannot be written, Refused where a formal package is not allowed or the target holds what
    would be lost, Cancelled; in all these cases the target is as it was.
    """
    feedback = feedback or SilentFeedback()
    plan = PlanFile.open(request.plan)
    data, layers = plan.read(), plan.layers()
    profile = load_profile(request.profile) if request.profile else plan.profile()
    _check_request(request, data, profile)
    target = request.folder / root_name(profile.package, package_names(data, request, profile))
    _recover(target, feedback)
    _check_target(target, str(data.info["guid"]))
    scenario = request.scenario or data.scenario
    feedback.say(Message("delivery.progress.checking"))
    result = checks.run(data, layers, profile, scenario=scenario, formal=request.mode == FORMAL, feedback=PartFeedback(feedback, 0.0, 0.5))
    findings = checks.apply_waivers(result.findings, data.waiver)
    if request.mode == FORMAL:
        _refuse_open(findings, result, profile)
    return _write_staged(request, data, layers, profile, result, findings, target, PartFeedback(feedback, 0.5, 1.0))


def package_names(data: PlanData, request: PackageRequest, profile: Profile) -> dict[str, str]:
    """What stands in the names of the package: code and name of county or township, edition in Chinese, 草稿 or ''."""
    info = data.info
    code, name = county_code(data), info["county_name"]
    if info["scope"] == "township" and len(data.township):
        code, name = data.township["code"].iloc[0], data.township["name"].iloc[0]
    names = {"code": code, "name": name, "edition": profile.package.editions[request.edition], "draft": draft_mark(request.mode == DRAFT)}
    return {key: _NOT_IN_NAMES.sub("_", str(value or "")) for key, value in names.items()}


def _check_request(request: PackageRequest, data: PlanData, profile: Profile) -> None:
    editions = profile.package.editions
    if request.mode not in (DRAFT, FORMAL):
        raise InputError("delivery.mode_unknown", mode=request.mode)
    if request.edition not in editions:
        raise InputError("delivery.edition_wrong", edition=request.edition, known="、".join(f"{key}（{name}）" for key, name in editions.items()))
    if request.mode == FORMAL and request.edition not in FORMAL_EDITIONS:
        known = "、".join(editions[edition] for edition in FORMAL_EDITIONS if edition in editions)
        raise Refused("delivery.formal_edition", edition=editions[request.edition], known=known)
    required = profile.package.inspection.get("formats", ())
    unsupported = [name for name in dict.fromkeys((*request.formats, *required)) if name not in FORMATS]
    if unsupported:
        raise InputError("delivery.formats_unsupported", formats="、".join(unsupported), known="、".join(FORMATS))
    lacking = [name for name in required if name not in request.formats]
    if lacking:
        raise InputError("delivery.formats_required", formats="、".join(lacking))
    scenarios = [str(code) for code in data.tables["scenario"]["code"]]
    if request.scenario is not None and request.scenario not in scenarios:
        raise InputError("delivery.scenario_unknown", scenario=request.scenario, known="、".join(scenarios))
    if not request.folder.is_dir():
        raise InputError("delivery.folder_missing", folder=str(request.folder))


def _recover(target: Path, feedback: Feedback) -> None:
    """Clear away what a run left behind that was killed while it put its package in place; an earlier package is put back."""
    for staging in target.parent.glob(f"{glob.escape(_staging_prefix(target))}*"):
        aside = staging / target.name
        if not aside.is_dir():
            continue
        if not os.path.lexists(target):
            try:
                os.rename(aside, target)
            except OSError as error:
                raise _not_writable(target.parent, error) from error
            feedback.say(Message("delivery.recovered", {"folder": target.name}))
        shutil.rmtree(staging, ignore_errors=True)


def _not_writable(folder: Path, error: OSError) -> InputError:
    reason = _REASONS.get(error.errno or 0)
    return InputError("delivery.folder_not_writable", folder=str(folder), reason=Message(reason) if reason else error.strerror or str(error))


def _staging_prefix(target: Path) -> str:
    return f".{target.name[:40]}."


def _check_target(target: Path, guid: str) -> None:
    """Refuse a target that is not a package of this plan as it was written: what is in it would be lost."""
    if not os.path.lexists(target):
        return
    manifest = read_manifest(target) if target.is_dir() and not target.is_symlink() else None
    if manifest is None:
        raise Refused("delivery.target_foreign", folder=target.name)
    if manifest.plan.get("guid") != guid:
        raise Refused("delivery.target_other_plan", folder=target.name)
    added = sorted(entry.path for entry in set(file_entries(target)) - set(manifest.files))
    locks = [file for file in added if is_lock(file)]
    if locks:
        raise Refused("delivery.target_open", folder=target.name, file=locks[0])
    changed = [file for file in added if not is_litter(file)]
    if changed:
        raise Refused("delivery.target_changed", folder=target.name, count=len(changed), first=changed[0])


def _refuse_open(findings: pd.DataFrame, result: CheckResult, profile: Profile) -> None:
    open_a = findings[findings["severity"].eq("A") & findings["state"].eq("open")]
    if len(open_a):
        first = Message(str(open_a["message_code"].iloc[0]), open_a["params"].iloc[0])
        raise Refused("delivery.formal_open_findings", count=len(open_a), first=first)
    relevant = []
    for note in result.not_checked:
        rule = profile.rule(note.rule)
        if rule is not None and rule.severity == "A" and note.holds_up:
            relevant.append(f"{note.rule} {rule.title}（{render(note.message).rstrip('。')}）")
    if relevant:
        raise Refused("delivery.formal_not_checked", count=len(relevant), first="；".join(relevant) + "。")


def _write_staged(
    request: PackageRequest, data: PlanData, layers: Layers, profile: Profile, result: CheckResult, findings: pd.DataFrame,
    target: Path, feedback: Feedback,
) -> PackageResult:
    source = DeliverySource(data, layers, profile, request.scenario or data.scenario, _conflicts(result))
    content = PackageContent(source, package_names(data, request, profile), request.edition, request.mode == DRAFT, request.person)
    try:
        staging = Path(tempfile.mkdtemp(prefix=_staging_prefix(target), dir=request.folder))
    except OSError as error:
        raise _not_writable(request.folder, error) from error
    aside = staging / target.name
    try:
        root = staging / "package"
        root.mkdir()
        inspection = _fill(root, target.name, content, result, findings, feedback)
        if request.mode == FORMAL:
            _refuse_faulty(inspection)
        feedback.check()
        count = sum(1 for path in root.rglob("*") if path.is_file())
        _swap(root, target, aside)
    except OSError as error:
        raise _not_writable(request.folder, error) from error
    finally:
        # An earlier package that could be put neither aside nor back stays where it is found again.
        if os.path.lexists(target) or not aside.exists():
            shutil.rmtree(staging, ignore_errors=True)
    feedback.progress(1.0)
    return PackageResult(target, count, inspection.report, inspection)


def _fill(
    root: Path, name: str, content: PackageContent, result: CheckResult, findings: pd.DataFrame, feedback: Feedback
) -> Inspection:
    """Write everything and inspect it; what the inspection finds goes into the record, and the manifest is made once more."""
    profile = content.source.profile
    feedback.say(Message("delivery.progress.writing"))
    manifest = write_content(root, content, PartFeedback(feedback, 0.0, 0.5))
    record = root / entry_path(profile.package, "findings", content.names)
    write_record(record, findings, result.not_checked, None, profile)
    write_manifest(root, manifest)
    inspection = inspect_staged(root, name, profile, PartFeedback(feedback, 0.5, 0.9))
    if len(inspection.findings):
        write_record(record, findings, result.not_checked, inspection.findings, profile)
        write_manifest(root, manifest)
    return inspection


def _refuse_faulty(inspection: Inspection) -> None:
    """Refuse a package with A findings of its own; those of the plan's rules were judged in the plan, with its waivers."""
    found = inspection.findings[inspection.findings["severity"] == "A"]
    if len(found):
        first = Message(str(found["message_code"].iloc[0]), found["params"].iloc[0])
        raise Refused("delivery.formal_package_findings", count=len(found), first=first)


def _swap(root: Path, target: Path, aside: Path) -> None:
    """Put the new package in the place of the old one; if that fails the old one is put back."""
    replaced = os.path.lexists(target)
    if replaced:
        os.rename(target, aside)
    try:
        os.rename(root, target)
    except OSError:
        if replaced:
            os.rename(aside, target)
        raise


def _conflicts(result: CheckResult) -> Conflicts:
    """Areas by village from the findings of the rules that ran; None for a rule that did not."""
    return Conflicts(
        farmland_m2=_by_village(result, "NL-01", "farmland_m2"),
        basic_farmland_m2=_by_village(result, "QC-5202", None),
        redline_m2=_by_village(result, "QC-5203", None),
        basic_farmland_new_m2=_by_village(result, "QC-5202", None, only_new=True),
        redline_new_m2=_by_village(result, "QC-5203", None, only_new=True),
    )


def _by_village(result: CheckResult, rule: str, param: str | None, only_new: bool = False) -> dict[str, float] | None:
    if rule not in result.ran:
        return None
    sums: dict[str, float] = {}
    for row in result.findings[result.findings["rule"] == rule].itertuples():
        if only_new and ".retained" in row.message_code:
            continue
        value = plain(row.params.get(param) if param else row.measure)
        if not pd.isna(row.village_code) and value is not None:
            sums[str(row.village_code)] = sums.get(str(row.village_code), 0.0) + float(value)
    return sums
