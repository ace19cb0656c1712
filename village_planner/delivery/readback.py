"""Reads a plan back from a package (由成果包读回规划): what the package carries becomes a plan file of its own, a report says what it does not carry."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from pathlib import Path

from village_planner.base import Feedback, InputError, Message, SilentFeedback
from village_planner.base.feedback import PartFeedback
from village_planner.base.report import Report, write_report
from village_planner.delivery.opening import package_limits
from village_planner.delivery.readback_gaps import gaps_of, report_of
from village_planner.delivery.readback_plan import write_plan
from village_planner.delivery.readback_source import carried_plan
from village_planner.delivery.unpack import open_package
from village_planner.standards import profile_kept


@dataclass(frozen=True)
class ReadBack:
    """What to read back.

    package: folder or zip. plan: the plan file (.gpkg) to write. profile: id or folder, None for the one that the manifest names. allow_gaps: also from an
    edition that leaves out a part of the plan. overwrite: replace an existing plan file. who: for the history, '' for the user of the machine.
    """

    package: Path
    plan: Path
    profile: str | None = None
    allow_gaps: bool = False
    overwrite: bool = False
    who: str = ""


@dataclass(frozen=True)
class ReadBackResult:
    """The plan file; how many villages and hamlets it has; what of the plan the package does not carry; the report and where it lies."""

    plan: Path
    village_count: int
    hamlet_count: int
    gaps: tuple[Message, ...]
    report: Report
    report_path: Path


def read_back(request: ReadBack, feedback: Feedback | None = None) -> ReadBackResult:
    """Make a plan file of what a package carries, and write a report beside it; the package is only read.

    The plan gets a history that begins with the package's name, edition, date and digest. Its steps of approval are entered anew, each held against the
    procedure, so that an approved edition gives a plan that is closed. Control layers come as far as they are delivered; land use as an excerpt.

    Raises InputError where the path is no package of a plan, its vector data cannot be read, or a value does not fit; Refused where its vector data are not
    those that its manifest lists, or where the edition leaves out a part of the plan and gaps are not allowed; PlanFileError; Cancelled. In all these
    cases no file is left and an existing plan is untouched.
    """
    feedback = feedback or SilentFeedback()
    target = _checked_target(request)
    feedback.say(Message("delivery.progress.reading_back"))
    with open_package(request.package, package_limits(request.profile), PartFeedback(feedback, 0.0, 0.2)) as opened:
        carried = carried_plan(opened, request.package.name, request.profile, request.allow_gaps, PartFeedback(feedback, 0.2, 0.5))
    who = request.who or _user()
    try:
        target.parent.mkdir(exist_ok=True)
        with profile_kept(request.profile or carried.profile.id, target.parent, replace=request.overwrite):
            write_plan(carried, target, who, PartFeedback(feedback, 0.5, 1.0))
    except OSError as error:
        raise InputError("delivery.readback_unwritable", file=target.name, detail=error.strerror or str(error)) from error
    gaps = gaps_of(carried)
    report = report_of(carried, gaps)
    path = target.with_name(f"{target.stem}.report-readpackage.json")
    try:
        write_report(report, path)
    except OSError as error:
        raise InputError("delivery.readback_unwritable", file=path.name, detail=error.strerror or str(error)) from error
    feedback.progress(1.0)
    return ReadBackResult(target, len(carried.data.village), len(carried.data.hamlet), tuple(gaps), report, path)


def _checked_target(request: ReadBack) -> Path:
    target, package = request.plan.absolute(), request.package.absolute()
    if target.suffix.lower() != ".gpkg":
        raise InputError("delivery.readback_suffix", file=target.name)
    if not target.parent.is_dir() and not target.parent.parent.is_dir():
        raise InputError("delivery.readback_folder", folder=str(target.parent))
    if package == target or package in target.parents:
        raise InputError("delivery.readback_into_package", file=target.name, package=package.name)
    if target.exists() and not request.overwrite:
        raise InputError("delivery.readback_exists", file=target.name)
    return target


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "—"
