"""createplan: rosters, polygons and patches become a plan file, and a report says what was done with every row."""

from __future__ import annotations

from pathlib import Path

from village_planner.base import Feedback, InputError, Message, SilentFeedback, render
from village_planner.intake import reporting
from village_planner.intake.creation import Creation
from village_planner.intake.plan_rows import insert_rows, plan_info
from village_planner.intake.requests import CreatePlan, CreateResult
from village_planner.intake.tables import split_source
from village_planner.plan import PlanFile, Transaction
from village_planner.standards import load_profile, profile_kept


def create_plan(request: CreatePlan, feedback: Feedback | None = None) -> CreateResult:
    """Make a plan file from a roster, other rosters, polygons and patches.

    The roster comes from ROSTER, else from the attributes of VILLAGES; without a patch layer the patches are derived from LAND_USE.
    Nothing is dropped in silence: the report has every row that was changed, joined by other means than its code, or left over.
    The sources are only read.
    Raises InputError where a source cannot serve, and Cancelled; in both cases no file is left and an existing plan is untouched.
    """
    feedback = feedback or SilentFeedback()
    plan_path = _checked_target(request)
    profile = load_profile(request.profile)
    reporting.check_field_map(request.field_map, profile, _sources(request))
    work = Creation(request, profile, feedback)
    work.read_sources()
    feedback.progress(0.5)
    work.build()
    feedback.progress(0.7)
    _write(work, plan_path, feedback)
    report_path = reporting.finish(work.report, request.report, plan_path, "createplan")
    feedback.progress(1.0)
    return CreateResult(
        plan_path, len(work.roster.villages), sum(len(v.hamlets) for v in work.roster.villages), work.open_differences, work.report, report_path
    )


def _checked_target(request: CreatePlan) -> Path:
    path = Path(request.plan).absolute()
    if path.suffix.lower() != ".gpkg":
        raise InputError("intake.plan_suffix", file=path.name)
    if not path.parent.is_dir() and not path.parent.parent.is_dir():
        raise InputError("intake.plan_folder", folder=str(path.parent))
    if path.exists() and not request.overwrite:
        raise InputError("intake.plan_exists", file=path.name)
    if any(source and Path(split_source(source)[0]).absolute() == path for source in _sources(request)):
        raise InputError("intake.plan_is_source", file=path.name)
    if not request.title.strip():
        raise InputError("intake.no_title")
    return path


def _sources(request: CreatePlan) -> tuple[str | None, ...]:
    return request.roster, request.villages, request.townships, request.patches, request.land_use, *request.other_rosters


def _write(work: Creation, target: Path, feedback: Feedback) -> None:
    """Write the plan as one creation that cannot be undone: a cancel or failure leaves nothing, an existing plan stays."""

    def content(tx: Transaction) -> None:
        insert_rows(work, tx, feedback)
        feedback.check()

    try:
        target.parent.mkdir(exist_ok=True)
        with profile_kept(work.request.profile, target.parent, replace=work.request.overwrite):
            PlanFile.create(
                target, plan_info(work), list(work.phases), overwrite=work.request.overwrite, content=content,
                who=reporting.person(work.request.who), label=render(Message("intake.label_create", {"file": work.roster.source})),
            )  # fmt: skip
    except OSError as error:
        raise InputError("intake.plan_unwritable", file=target.name, detail=str(error)) from error
