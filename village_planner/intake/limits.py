"""addlimits: what the superior level has fixed, as tables: figures per township or county, and lists of villages."""

from __future__ import annotations

from typing import Callable

from village_planner.base import Feedback, InputError, Message, SilentFeedback, render
from village_planner.base.report import Report
from village_planner.intake import reporting
from village_planner.intake.fixed_villages import FixedVillages
from village_planner.intake.limit_table import LimitTable
from village_planner.intake.quotas import Quotas
from village_planner.intake.requests import AddLimits, TakeResult
from village_planner.plan import PlanFile
from village_planner.standards import load_profile

KINDS: dict[str, Callable[..., LimitTable]] = {"quota": Quotas, "villages": FixedVillages}
_LABELS = {"quota": "intake.label_quota", "villages": "intake.label_fixed"}


def add_limits(request: AddLimits, feedback: Feedback | None = None) -> TakeResult:
    """Take a table of limits into `quota`, or a list of villages fixed from above into `fixed_village`.

    A limit replaces an earlier one of another source only where it is newer; the report says both. Lists of several sources stand
    side by side, and where they differ the report says so. ACCEPTED and REJECTED count rows of the table; a row of several limits
    counts as taken where one of them is. Raises InputError where the table cannot serve.
    """
    feedback = feedback or SilentFeedback()
    if request.kind not in KINDS:
        raise InputError("intake.limits_kind", kind=request.kind, known="、".join(KINDS))
    plan = PlanFile.open(request.plan)
    profile = load_profile(request.profile) if request.profile else plan.profile()
    reader = KINDS[request.kind](request, plan.read(), profile, feedback)
    feedback.progress(0.5)
    feedback.check()
    report = Report(reporting.title("report_addlimits"))
    files, taken, refused = (report.section(reporting.title(f"section_{name}")) for name in ("files", "taken", "refused"))
    file = reader.table.file
    reporting.add_table(files, reader.table, reader.spec)
    reporting.add_rows(files, file, reader.table.set_aside)
    for note in reader.file_notes:
        files.add(note, source=file)
    rows = reader.rows
    if rows:
        label = render(Message(_LABELS[request.kind], {"file": reader.source}))
        with plan.write(reporting.person(request.who), label) as tx:
            tx.upsert(reader.target, rows)
    reporting.add_rows(taken, file, reader.notes)
    reporting.add_rows(refused, file, reader.refused)
    accepted = len(reader.accepted)
    rejected = len(reader.table.numbers) - accepted
    report.figures.update({"采纳行数": accepted, "退回行数": rejected, "写入条数": len(rows), "来源": reader.source})
    path = reporting.finish(report, request.report, plan.path, f"addlimits-{request.kind}")
    feedback.progress(1.0)
    return TakeResult(accepted, rejected, report, path)
