"""Inspects a package that anybody may have made: tree, files, manifest, layers, figures, and the plan's rules on what it holds."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Callable, Mapping

from village_planner.base import Feedback, InputError, Message, PlannerError, SilentFeedback
from village_planner.base.feedback import PartFeedback
from village_planner.checks import CheckResult, NotChecked
from village_planner.delivery.areas import check_areas
from village_planner.delivery.atlas import atlas_files, check_atlas_files, check_township
from village_planner.delivery.attachments import check_attachments
from village_planner.delivery.comparing import compare_formats
from village_planner.delivery.control import control_layers
from village_planner.delivery.document_reading import TEXT_RULE, check_explanation
from village_planner.delivery.editions import edition_content, edition_profile
from village_planner.delivery.findings import PackageFinding, findings_frame, placed_in
from village_planner.delivery.frames import DeliverySource
from village_planner.delivery.geodata import FileContent
from village_planner.delivery.harm import check_harm
from village_planner.delivery.lists import check_list
from village_planner.delivery.manifest import MANIFEST, Manifest, check_manifest, read_manifest
from village_planner.delivery.metadata import check_metadata
from village_planner.delivery.opening import package_limits, read_formats, stated_names, used_profile
from village_planner.delivery.personal import check_personal
from village_planner.delivery.plan_rules import none_checked, run_plan_rules
from village_planner.delivery.printed import PRINTED, check_printed
from village_planner.delivery.reading import in_plan_crs, plan_from_layers, stated_conflicts
from village_planner.delivery.reference import judged_by, reference_layers
from village_planner.delivery.request import ATLAS
from village_planner.delivery.restated import RULES as RESTATED
from village_planner.delivery.restated import check_restated
from village_planner.delivery.sheet_checks import RULE as SHEETS
from village_planner.delivery.sheet_checks import check_sheets
from village_planner.delivery.structure import check_layers
from village_planner.delivery.tree import check_files, check_names, check_tree, entry_path, files_of_kind, folders_of_kind, is_litter
from village_planner.delivery.unit_codes import RULE as UNITS
from village_planner.delivery.unit_codes import check_unit_codes
from village_planner.delivery.unpack import OpenedPackage, open_package
from village_planner.delivery.verdict import Inspection, inspection_of
from village_planner.plan.data import PlanData
from village_planner.plan.joined_layers import JoinedLayers
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import Profile

_UNUSABLE = frozenset({"QC-1201", "QC-2201", "QC-2203", "QC-2204", "QC-3301", "QC-3304", "QC-4105"})
_INVALID = ("checks.4105.item", "checks.4105.unit")
"""Rules on layers, and messages of plan rules, whose findings leave figures without ground: what is missing there would be found once more in every table."""

_Comparison = tuple[str, tuple[str, ...], Callable[[], list[PackageFinding]]]
"""File of the package that is compared with its layers, the rules that are run by it, and the comparison."""
_log = logging.getLogger("village_planner")
_OF_FIGURES = (PRINTED, "QC-3403", TEXT_RULE, SHEETS)
_OF_LAYERS = (
    "QC-2201", "QC-2203", "QC-2204", "QC-3101", "QC-3104", "QC-3105", "QC-3106", "QC-3301", "QC-3302", "QC-3303", "QC-3304", "QC-3305", "QC-3306",
    "QC-3308", "QC-3401", "QC-4106", "PK-05", *_OF_FIGURES,
)
"""Rules that compare figures, and all that cannot run without a layer."""


@dataclass(frozen=True)
class _Subject:
    """A package under inspection. profile: as the edition uses it; whole: with what the edition leaves out."""

    opened: OpenedPackage
    manifest: Manifest | None
    profile: Profile
    whole: Profile

    @property
    def names(self) -> dict[str, str] | None:
        return stated_names(self.manifest, self.whole)

    @property
    def edition(self) -> str:
        return self.manifest.edition if self.manifest else ""


def inspect_package(
    path: str | Path, profile: Profile | str | None = None, feedback: Feedback | None = None, reference: Path | None = None
) -> Inspection:
    """Inspect a folder or zip, ours or anybody's; nothing in it is changed or run.

    profile: that to inspect by, or its id; None: the one that the manifest names, else the default one. reference: a plan file whose control layers the
    plan is judged by instead of the package's own, kind by kind.
    Raises InputError where the path cannot be opened as a package at all, or the reference cannot serve (see `reference_layers`), Cancelled.
    """
    feedback = feedback or SilentFeedback()
    feedback.say(Message("delivery.progress.inspecting"))
    with open_package(Path(path), package_limits(profile), PartFeedback(feedback, 0.0, 0.2)) as opened:
        return _inspect(opened, Path(path).name, profile, PartFeedback(feedback, 0.2, 1.0), reference)


def inspect_staged(folder: Path, name: str, profile: Profile, feedback: Feedback) -> Inspection:
    """Inspect a package of ours that lies in a staging folder, as if its folder were called `name`."""
    with open_package(folder, package_limits(profile), feedback) as opened:
        renamed = OpenedPackage(opened.root, name, opened.files, opened.folders, opened.findings, opened.work)
        return _inspect(renamed, name, profile, feedback)


def read_package(path: str | Path, profile: Profile | str | None = None, feedback: Feedback | None = None) -> tuple[PlanData, MemoryLayers]:
    """The plan that a package describes, and the control layers that it holds.

    profile: as for `inspect_package`. Raises InputError where no vector data in it can be read.
    """
    feedback = feedback or SilentFeedback()
    with open_package(Path(path), package_limits(profile), feedback) as opened:
        subject, _ = _subject(opened, profile)
        contents, faults = read_formats(opened, subject.profile, subject.names, feedback)
        if not contents:
            raise InputError(faults[0].message)
        data, _ = plan_from_layers(contents[0].file, contents[0].layers, subject.profile, subject.manifest)
    return data, control_layers(contents[0].layers, subject.profile)


def _subject(opened: OpenedPackage, profile: Profile | str | None) -> tuple[_Subject, list[PackageFinding]]:
    manifest = read_manifest(opened.root)
    whole, doubts = used_profile(profile, manifest)
    narrowed = edition_profile(whole, manifest.edition, manifest.control_lines) if manifest else whole
    return _Subject(opened, manifest, narrowed, whole), doubts


def _inspect(
    opened: OpenedPackage, name: str, profile: Profile | str | None, feedback: Feedback, reference: Path | None = None
) -> Inspection:
    subject, doubts = _subject(opened, profile)
    manifest, used = subject.manifest, subject.profile
    findings = [*opened.findings, *doubts, *_check_files(subject)]
    feedback.progress(0.2)
    contents, faults = read_formats(opened, used, subject.names, PartFeedback(feedback, 0.2, 0.5))
    findings += faults
    if not contents:
        result = none_checked(used, Message("delivery.not_checked.unreadable"))
        result = CheckResult(result.findings, [*result.not_checked, *_told_for(_OF_LAYERS, used, "delivery.not_checked.unreadable")], result.ran)
        return inspection_of(name, findings_frame(findings, used), result, used, manifest)
    findings += _check_vectors(subject, contents)
    phases = [year for year, _ in manifest.phases] if manifest else []
    findings += check_personal(opened.root, [file for file in opened.files if not is_litter(file)], contents, used, subject.whole, phases, subject.edition)
    feedback.progress(0.6)
    best = contents[0]
    placed = in_plan_crs(best.layers, manifest)
    data, dangling = plan_from_layers(best.file, placed, used, manifest)
    findings += dangling
    layers = control_layers(placed, used)
    own = reference_layers(reference, data.crs) if reference else MemoryLayers({})
    best_known = JoinedLayers(own, layers)
    result = run_plan_rules(data, best_known, used, manifest, {layer.name for layer in best.layers}, own.kinds(), PartFeedback(feedback, 0.6, 0.9))
    different, unmeasured = check_areas(best.file, best.layers, used)
    findings += different
    if _UNUSABLE.isdisjoint(finding.rule for finding in findings) and not result.findings["message_code"].isin(_INVALID).any():
        source = DeliverySource(data, layers, used, data.scenario, stated_conflicts(best.layers, used))
        folder, files = _atlas(subject)
        findings += check_atlas_files(folder, files, source, manifest is not None and ATLAS in manifest.formats) if folder else []
        different, uncompared = _check_figures(subject, source, best)
        findings += different
    else:
        uncompared = _told_for(_OF_FIGURES, used, "delivery.not_checked.layers")
    result = CheckResult(result.findings, [*result.not_checked, *uncompared, *unmeasured], result.ran)
    findings = placed_in(findings, {layer.name for content in contents for layer in content.layers if layer.geometry != "None" and layer.crs.epsg != data.crs})
    return inspection_of(name, findings_frame(findings, used), result, used, manifest, data.crs, judged_by(own.kinds(), layers.kinds(), used))


def _check_files(subject: _Subject) -> list[PackageFinding]:
    """Findings on tree, manifest, metadata and files that do not open."""
    opened, manifest, used = subject.opened, subject.manifest, subject.profile
    extra = used.rule("PK-01")
    files = tuple(file for file in opened.files if not is_litter(file))
    findings = check_manifest(opened.root, files, manifest, str(extra.values.get("severity_extra", "")) if extra else "")
    findings += _check_edition(manifest, used)
    findings += check_tree(opened, used.package, subject.edition, subject.names, manifest is not None and not manifest.draft)
    findings += check_names(opened, used)
    findings += check_files(opened, used, subject.whole)
    findings += check_harm(opened.root, files)
    findings += check_attachments(manifest.lacking, MANIFEST) if manifest else []
    stated: Mapping[str, str] = {**subject.names, "crs": str(manifest.crs)} if manifest and subject.names else {}
    with_person = edition_content(used, subject.edition).person
    for file in files_of_kind(opened, used.package, "metadata"):
        findings += check_metadata(opened.root / file, file, used.package, stated, with_person)
    return findings


def _told_for(rules: tuple[str, ...], profile: Profile, code: str, **params: Any) -> list[NotChecked]:
    """Notes that rules which the profile has on could not run."""
    return [NotChecked(rule, Message(code, params)) for rule in rules if (setting := profile.rule(rule)) is not None and setting.on]


def _check_edition(manifest: Manifest | None, profile: Profile) -> list[PackageFinding]:
    if manifest is None or manifest.edition in profile.package.editions:
        return []
    return [PackageFinding("PK-01", MANIFEST, "edition", Message("delivery.edition_unknown", {"edition": manifest.edition[:60]}))]


def _check_vectors(subject: _Subject, contents: list[FileContent]) -> list[PackageFinding]:
    """Findings on the layers of each format, and on formats that do not hold the same."""
    manifest, used = subject.manifest, subject.profile
    county = str(manifest.plan.get("county_code") or "") if manifest else ""
    findings = []
    for content in contents:
        is_best = content is contents[0]
        findings += check_layers(content, used, subject.whole, manifest.crs if manifest else None, county, is_best)
        findings += _check_counts(manifest, content) if is_best else compare_formats(contents[0], content, used)
    return findings


def _check_counts(manifest: Manifest | None, content: FileContent) -> list[PackageFinding]:
    """Findings (PK-01) where the manifest states other numbers of rows; a layer that is missing has none."""
    found = {layer.name: len(layer.rows) for layer in content.layers}
    stated = manifest.counts if manifest else {}
    return [
        PackageFinding("PK-01", MANIFEST, layer, Message("delivery.manifest_counts", {"layer": layer, "stated": count, "found": found.get(layer, 0)}))
        for layer, count in stated.items()
        if found.get(layer, 0) != count
    ]


def _atlas(subject: _Subject) -> tuple[str, list[str]]:
    """Folder of the atlas, where it is or would be, and the files in it; '' where the profile has no place for one."""
    opened, package = subject.opened, subject.profile.package
    found = [*folders_of_kind(opened, package, "atlas", subject.names)]
    if not found and subject.names and any(entry.kind == "atlas" for entry in package.entries):
        found = [entry_path(package, "atlas", subject.names)]
    folder = found[0] if found else ""
    return folder, [file for file in opened.files if folder and file.rpartition("/")[0].rpartition("/")[0] == folder and not is_litter(file)]


def _check_figures(subject: _Subject, source: DeliverySource, best: FileContent) -> tuple[list[PackageFinding], list[NotChecked]]:
    """Findings where printed tables, documents, map sheets, and layers that tell of others, give other figures than the layers themselves; and what of these
    could not be compared, because figures cannot be made of just any layers: that is told, and never passes for agreement."""
    opened, package = subject.opened, subject.profile.package
    apart = edition_content(subject.profile, subject.edition).tables_apart
    tables = {name: table for name, table in source.profile.tables.items() if name not in apart}
    source = replace(source, profile=replace(source.profile, tables=tables))
    sheets = {file: opened.root / file for file in files_of_kind(opened, package, "sheet")}
    checks: list[_Comparison] = [(best.file, RESTATED, partial(check_restated, best.file, best.layers, source))]
    checks += [(min(sheets), (SHEETS,), partial(check_sheets, sheets, source))] if sheets else []
    folder, drawn = _atlas(subject)
    for code, paths in (atlas_files(source, folder) if drawn else {}).items():
        own = {file: opened.root / file for file in paths if file in drawn}
        checks += [(min(own), (SHEETS,), partial(check_township, own, source, code))] if own else []
    for kind, rule, compare in (
        ("workbook", PRINTED, check_printed), ("unit_codes", UNITS, check_unit_codes),
        ("text", TEXT_RULE, check_explanation), ("explanation", TEXT_RULE, check_explanation),
    ):
        files = files_of_kind(opened, package, kind, subject.names)[: 1 if kind == "workbook" else None]
        checks += [(file, (rule,), partial(compare, opened.root / file, file, source)) for file in files]
    for lists in folders_of_kind(opened, package, "lists", subject.names).values():
        checks += [(file, (PRINTED,), partial(check_list, opened.root / file, file, source)) for file in lists]
    findings: list[PackageFinding] = []
    uncompared: list[NotChecked] = []
    for file, rules, check in checks:
        try:
            findings += check()
        except (PlannerError, ArithmeticError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
            _log.info("figures of a package could not be compared", exc_info=True)
            cause = Message("delivery.figures_not_made", {"detail": f"{type(error).__name__}: {error}"[:200]})
            detail = error.message if isinstance(error, PlannerError) else cause
            uncompared += _told_for(rules, subject.profile, "delivery.not_checked.figures", file=file, detail=detail)
    return findings, uncompared
