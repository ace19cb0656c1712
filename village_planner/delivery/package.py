"""Writes a package: staged beside the target, inspected there, then renamed in one step; nothing half-done is ever seen."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import ContextManager

import pandas as pd

from village_planner import checks
from village_planner.base import Feedback, Message, Refused, SilentFeedback
from village_planner.base.feedback import PartFeedback
from village_planner.base.report import Report
from village_planner.checks import CheckResult
from village_planner.delivery.conflicts import found_conflicts
from village_planner.delivery.content import PackageContent, write_content
from village_planner.delivery.editions import edition_profile
from village_planner.delivery.frames import DeliverySource, county_code
from village_planner.delivery.inspection import inspect_staged
from village_planner.delivery.manifest import write_manifest
from village_planner.delivery.naming import safe_name
from village_planner.delivery.placing import check_target, not_writable, recover, staging_prefix, swap
from village_planner.delivery.record import write_record
from village_planner.delivery.request import DRAFT, FORMAL, PackageRequest, check_request, default_formats, refuse_open
from village_planner.delivery.serials import Give
from village_planner.delivery.sheets import DrawSheets
from village_planner.delivery.tree import entry_path, root_name
from village_planner.delivery.verdict import Inspection, draft_mark
from village_planner.plan import PlanFile, SerialKey
from village_planner.plan.data import PlanData
from village_planner.standards import Profile, load_profile


@dataclass(frozen=True)
class PackageResult:
    """The package folder, how many files it holds, the report of its inspection, the inspection itself, and what of the wished formats could not be made."""

    path: Path
    file_count: int
    report: Report
    inspection: Inspection
    notes: tuple[Message, ...] = ()


def write_package(
    request: PackageRequest, feedback: Feedback | None = None, draw: DrawSheets | None = None, alone: Callable[[], ContextManager[None]] = nullcontext
) -> PackageResult:
    """Write the package of a plan's scenario and return where it is.

    draw: draws map sheets; None where there is no QGIS to draw with. alone: keeps others from writing while the plan file gives identifiers, see
    `PlanSession.alone`.

    An earlier package of the same plan at the target is replaced when the new one is complete. Raises InputError for a wrong
    parameter, a value that a format cannot hold or a folder that cannot be written, Refused where a formal package is not allowed
    or the target holds what would be lost, PlanFileError where the plan file has to keep new identifiers and cannot, Cancelled; in all these cases the
    target is as it was.
    """
    feedback = feedback or SilentFeedback()
    plan = PlanFile.open(request.plan)
    data, layers = plan.read(), plan.layers().as_of_now()
    profile = load_profile(request.profile) if request.profile else plan.profile()
    formats = default_formats(profile, request.mode, draw is not None) if request.formats is None else request.formats
    check_request(request, formats, data, profile, draw is not None)
    target = request.folder / root_name(profile.package, package_names(data, request, profile))
    recover(target, feedback)
    check_target(target, str(data.info["guid"]))
    scenario = request.scenario or data.scenario
    feedback.say(Message("delivery.progress.checking"))
    result = checks.run(data, layers, profile, scenario=scenario, formal=request.mode == FORMAL, feedback=PartFeedback(feedback, 0.0, 0.4))
    findings = checks.apply_waivers(result.findings, data.waiver)
    if request.mode == FORMAL:
        refuse_open(findings, result, profile)
    used = edition_profile(profile, request.edition, request.control_lines)
    content = PackageContent(
        DeliverySource(data, layers, used, scenario, found_conflicts(result)), package_names(data, request, profile), request.edition,
        request.mode == DRAFT, request.person, formats, request.plan.absolute().parent, _given_alone(plan, alone), request.control_lines,
    )
    return _write_staged(content, profile, result, findings, target, draw, PartFeedback(feedback, 0.4, 1.0))


def _given_alone(plan: PlanFile, alone: Callable[[], ContextManager[None]]) -> Give:
    def give(wanted: Sequence[SerialKey]) -> Mapping[SerialKey, int]:
        with alone():
            return plan.give_serials(wanted)

    return give


def package_names(data: PlanData, request: PackageRequest, profile: Profile) -> dict[str, str]:
    """What stands in the names of the package: code and name of county or township, edition in Chinese, 草稿 or ''."""
    info = data.info
    code, name = county_code(data), info["county_name"]
    if info["scope"] == "township" and len(data.township):
        code, name = data.township["code"].iloc[0], data.township["name"].iloc[0]
    names = {"code": code, "name": name, "edition": profile.package.editions[request.edition], "draft": draft_mark(request.mode == DRAFT)}
    return {key: safe_name(value) for key, value in names.items()}


def _write_staged(
    content: PackageContent, profile: Profile, result: CheckResult, findings: pd.DataFrame, target: Path, draw: DrawSheets | None,
    feedback: Feedback,
) -> PackageResult:
    """profile: the whole one, by which the package is inspected as anybody would inspect it."""
    try:
        staging = Path(tempfile.mkdtemp(prefix=staging_prefix(target), dir=target.parent))
    except OSError as error:
        raise not_writable(target.parent, error) from error
    aside = staging / target.name
    try:
        root = staging / "package"
        root.mkdir()
        inspection, notes = _fill(root, target.name, content, profile, result, findings, draw, feedback)
        if not content.draft:
            _refuse_faulty(inspection)
        feedback.check()
        count = sum(1 for path in root.rglob("*") if path.is_file())
        swap(root, target, aside)
    except OSError as error:
        raise not_writable(target.parent, error) from error
    finally:
        # An earlier package that could be put neither aside nor back stays where it is found again.
        if os.path.lexists(target) or not aside.exists():
            shutil.rmtree(staging, ignore_errors=True)
    feedback.progress(1.0)
    if notes:
        section = inspection.report.section(Message("delivery.report_not_made"))
        for note in notes:
            section.add(note)
    return PackageResult(target, count, inspection.report, inspection, tuple(notes))


def _fill(
    root: Path, name: str, content: PackageContent, profile: Profile, result: CheckResult, findings: pd.DataFrame, draw: DrawSheets | None,
    feedback: Feedback,
) -> tuple[Inspection, list[Message]]:
    """Write everything and inspect it; what the inspection finds goes into the record, and the manifest is made once more."""
    feedback.say(Message("delivery.progress.writing"))
    manifest, notes = write_content(root, content, draw, PartFeedback(feedback, 0.0, 0.6))
    record = root / entry_path(profile.package, "findings", content.names)
    write_record(record, findings, result.not_checked, None, profile)
    write_manifest(root, manifest)
    inspection = inspect_staged(root, name, profile, PartFeedback(feedback, 0.6, 0.95))
    if len(inspection.findings):
        write_record(record, findings, result.not_checked, inspection.findings, profile)
        write_manifest(root, manifest)
    return inspection, notes


def _refuse_faulty(inspection: Inspection) -> None:
    """Refuse a package with A findings of its own; those of the plan's rules were judged in the plan, with its waivers."""
    found = inspection.findings[inspection.findings["severity"] == "A"]
    if len(found):
        first = Message(str(found["message_code"].iloc[0]), found["params"].iloc[0])
        raise Refused("delivery.formal_package_findings", count=len(found), first=first)
