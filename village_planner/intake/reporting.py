"""Building blocks of the reports of intake, and the person whose name goes into the history."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Iterable, Mapping

from village_planner.base import InputError, Message
from village_planner.base.report import Report, Section, write_report
from village_planner.intake.headers import RowNote, Table
from village_planner.intake.matching import report_rows
from village_planner.intake.requests import FieldMap
from village_planner.intake.tables import split_source
from village_planner.standards import InputSpec, Profile


def add_table(section: Section, table: Table, spec: InputSpec) -> None:
    """Say how a table was read: sheet, title rows, columns."""
    for message in (*table.notes, *report_rows(table.matching, spec, table.file)):
        section.add(message, source=table.file)


def add_rows(section: Section, source: str, rows: Iterable[RowNote]) -> None:
    """Say something of single rows, with file and row number."""
    for note in rows:
        section.add(note.message, source=source, row=note.row)


def check_field_map(field_map: FieldMap, profile: Profile, sources: Iterable[str | None]) -> None:
    """Raise InputError where a field map speaks of an input that is neither one of the profile's nor one of the files given."""
    names = [Path(split_source(source)[0]).name for source in sources if source]
    known = {*profile.inputs, *(name.lower() for name in names), *(Path(name).stem.lower() for name in names)}
    for key in field_map:
        if key not in known and Path(key).name.lower() not in known:
            raise InputError("intake.field_map_input", input=key, known="、".join([*profile.inputs, *names]))


def chosen_columns(field_map: FieldMap, spec_id: str, file: str) -> Mapping[str, str]:
    """Return the planner's own matches for a file: those under its name, else those of its kind of input."""
    by_file = {Path(key).name.lower(): columns for key, columns in field_map.items()}
    return by_file.get(file.lower()) or by_file.get(Path(file).stem.lower()) or field_map.get(spec_id) or {}


def finish(report: Report, wanted: Path | None, plan: Path, step: str) -> Path:
    """Write the report where it is wanted, else beside the plan, and return its path. Raises InputError where that fails."""
    path = Path(wanted) if wanted else plan.with_name(f"{plan.stem}.report-{step}.json")
    if path.suffix.lower() != ".json":
        path = path.with_suffix(".json")
    try:
        write_report(report, path)
    except OSError as error:
        raise InputError("intake.report_unwritable", file=path.name, detail=str(error)) from error
    return path


def person(who: str) -> str:
    """Return the person named, else the user of the machine."""
    if who:
        return who
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "—"


def title(code: str, **params: object) -> Message:
    """Return a heading of a report."""
    return Message(f"intake.{code}", params)
