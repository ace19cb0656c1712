"""What a package is asked for, and the refusals before anything is made: parameters, formats, steps on record, open findings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from village_planner.base import InputError, Message, Refused, render
from village_planner.checks import CheckResult
from village_planner.delivery.atlas import has_atlas
from village_planner.delivery.editions import lacking_steps
from village_planner.plan.data import PlanData
from village_planner.standards import Profile

DRAFT, FORMAL = "draft", "formal"
SHEETS, PDF, DOCX, CSV, ATLAS = "sheets", "pdf", "docx", "csv", "atlas"
FORMATS = ("gpkg", "gdb", "shp", "vct", "xlsx", CSV, DOCX, PDF, SHEETS, ATLAS)
"""PDF: of the texts, by LibreOffice; where that is not installed the package goes without, and says so. ATLAS: the map sheets of each township."""
_KINDS = {
    "gpkg": "geopackage", "gdb": "filegdb", "shp": "shapefile", "vct": "vct", "xlsx": "workbook", CSV: "lists", DOCX: "explanation",
    PDF: "explanation_pdf", SHEETS: "sheet", ATLAS: "atlas",
}
"""The kind of entry in the profile's tree by which a format is known."""


@dataclass(frozen=True)
class PackageRequest:
    """What to write.

    plan: the plan file. folder: existing folder in which the package folder is made. mode: ``draft`` or ``formal``.
    edition: id of the profile's editions. formats: of FORMATS; None for those that the profile requires in this mode.
    scenario: None for the adopted one. person: contact, '' for none. profile: None for the plan's own; the folder of one that
    does not ship with the program. control_lines: False leaves out the layers of control lines, which are sensitive.
    """

    plan: Path
    folder: Path
    mode: str = DRAFT
    edition: str = "consultation"
    formats: tuple[str, ...] | None = None
    scenario: str | None = None
    person: str = ""
    profile: str | Path | None = None
    control_lines: bool = True


def required_formats(profile: Profile, mode: str) -> tuple[str, ...]:
    """The formats that a package must have in a mode, in the order of FORMATS; then those that the profile wants and nobody can write."""
    entries = [entry for entry in profile.package.entries if entry.required or (mode == FORMAL and entry.formal)]
    kinds = {entry.kind for entry in entries}
    wanted = [name for name in FORMATS if _KINDS[name] in kinds]
    return tuple(dict.fromkeys((*wanted, *profile.package.inspection.get("formats", ()))))


def possible_formats(profile: Profile, data: PlanData | None = None) -> tuple[str, ...]:
    """The formats for which the profile's tree has a place, in the order of FORMATS; of texts as PDF one of the two is enough.

    data: of the plan, whose atlas would be no more than its sheets where it has one township only.
    """
    kinds = {entry.kind for entry in profile.package.entries}
    placed = (name for name in FORMATS if _KINDS[name] in kinds or (name == PDF and "text_pdf" in kinds))
    return tuple(name for name in placed if name != ATLAS or data is None or has_atlas(data))


def default_formats(profile: Profile, mode: str = FORMAL, can_draw: bool = True) -> tuple[str, ...]:
    """The formats that are written where none are named: those of a formal package, so that a draft shows what it will be.

    can_draw: False where nobody is there to draw map sheets: a draft then goes without.
    """
    wanted = required_formats(profile, FORMAL)
    return wanted if can_draw or mode == FORMAL else tuple(name for name in wanted if name != SHEETS)


def check_request(request: PackageRequest, formats: tuple[str, ...], data: PlanData, profile: Profile, can_draw: bool) -> None:
    """Raise InputError for a parameter that is wrong, Refused where the steps that a formal edition needs are not on record."""
    editions = profile.package.editions
    if request.mode not in (DRAFT, FORMAL):
        raise InputError("delivery.mode_unknown", mode=request.mode)
    if request.edition not in editions:
        raise InputError("delivery.edition_wrong", edition=request.edition, known="、".join(f"{key}（{name}）" for key, name in editions.items()))
    required = required_formats(profile, request.mode)
    unsupported = [name for name in dict.fromkeys((*formats, *required)) if name not in FORMATS]
    if unsupported:
        raise InputError("delivery.formats_unsupported", formats="、".join(unsupported), known="、".join(FORMATS))
    possible = possible_formats(profile)
    placeless = [name for name in formats if name not in possible]
    if placeless:
        raise InputError("delivery.formats_placeless", formats="、".join(placeless), known="、".join(possible))
    lacking = [name for name in required if name not in formats]
    if lacking:
        raise InputError("delivery.formats_required", formats="、".join(lacking))
    if PDF in formats and DOCX not in formats:
        raise InputError("delivery.pdf_needs_docx")
    if ATLAS in formats and not has_atlas(data):
        raise InputError("delivery.atlas_one_township")
    if (SHEETS in formats or ATLAS in formats) and not can_draw:
        raise InputError("delivery.sheets_need_qgis")
    scenarios = [str(code) for code in data.tables["scenario"]["code"]]
    if request.scenario is not None and request.scenario not in scenarios:
        raise InputError("delivery.scenario_unknown", scenario=request.scenario, known="、".join(scenarios))
    if not request.folder.is_dir():
        raise InputError("delivery.folder_missing", folder=str(request.folder))
    if request.mode == FORMAL:
        steps = lacking_steps(data, profile, request.edition)
        if steps:
            names = "、".join(profile.code_list("status").name(status) or status for status in steps)
            raise Refused("delivery.formal_steps", edition=editions[request.edition], steps=names)


def refuse_open(findings: pd.DataFrame, result: CheckResult, profile: Profile) -> None:
    """Raise Refused while an A finding is open, or a rule of severity A could not be checked for want of something that can be had."""
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
