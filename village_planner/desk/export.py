"""Writes what the desk shows to a file that the planner names."""

from __future__ import annotations

from pathlib import Path

from village_planner.base import InputError, Message
from village_planner.base.report import write_report
from village_planner.checks import NotChecked
from village_planner.delivery import Inspection
from village_planner.delivery.record import write_record
from village_planner.desk.report_pdf import write_report_pdf
from village_planner.desk.session import PlanSession
from village_planner.plan.runs import last_run


def export_findings(session: PlanSession, path: Path) -> int:
    """Write the last check of the shown scenario as a record of checks (质检记录, CSV); returns the number of lines.

    Gone findings are in it too. Raises InputError where the file cannot be written.
    """
    data, run = session.data, last_run(session.data, session.scenario)
    findings = data.finding[data.finding["scenario"] == session.scenario]
    notes = [] if run is None else [NotChecked(item["rule"], Message(item["code"], item["params"])) for item in run["not_checked"] or []]
    try:
        write_record(path, findings, notes, None, session.profile)
    except OSError as error:
        raise InputError("desk.not_written", file=path.name, reason=error.strerror or str(error)) from error
    return len(findings) + len(notes)


def export_inspection(inspection: Inspection, path: Path) -> Path:
    """Write the report of an inspection: `path` with the suffix .html, beside it .json and .pdf, and the record of checks (质检记录) as .csv.

    Returns the .html. Raises InputError where a file cannot be written.
    """
    report, findings = path.with_suffix(".json"), path.with_suffix(".csv")
    try:
        write_report(inspection.report, report)
        write_report_pdf(inspection.report, path.with_suffix(".pdf"))
        write_record(findings, inspection.plan_result.findings, inspection.not_checked, inspection.findings, inspection.profile)
    except OSError as error:
        raise InputError("desk.not_written", file=path.name, reason=error.strerror or str(error)) from error
    return report.with_suffix(".html")
