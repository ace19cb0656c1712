"""addfacts: figures of villages and hamlets from any table, each kept with its source and date; basic figures move with the newest."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Sequence

from village_planner.base import Feedback, InputError, Message, SilentFeedback, render
from village_planner.base.report import Report, Section
from village_planner.intake import reporting, values
from village_planner.intake.base_figures import BaseFigures
from village_planner.intake.codes import code_rule
from village_planner.intake.fact_rows import LEVELS, FactRow, fact_rows
from village_planner.intake.headers import Table
from village_planner.intake.items import chosen_units, items_of, items_spec, unit_notes
from village_planner.intake.opening import read_any_table, table_name
from village_planner.intake.planindex import PlanIndex
from village_planner.intake.requests import AddFacts, TakeResult
from village_planner.intake.tables import split_source
from village_planner.intake.units import Unit
from village_planner.plan import PlanFile
from village_planner.standards import InputSpec, Profile, load_profile


def add_facts(request: AddFacts, feedback: Feedback | None = None) -> TakeResult:
    """Take a table's figures into `fact` and its basic ones (role `base`) into the columns of villages and hamlets.

    Every figure is kept under its source with the date that the row, else the request, states. A basic figure replaces what the plan
    holds where it is newer or the plan holds none; an older one is only kept; where two sources of one date differ, or nobody says a date,
    the plan's stays and the report says both. The same source read again replaces what it said before.
    ACCEPTED and REJECTED count rows. Raises InputError where the table cannot serve.
    """
    feedback = feedback or SilentFeedback()
    plan = PlanFile.open(request.plan)
    profile = load_profile(request.profile) if request.profile else plan.profile()
    table, spec, units = _read(request, profile, feedback)
    codes = profile.code_list("fact_item")
    items = items_of(table, profile.inputs["facts"], codes, units)
    report = Report(reporting.title("report_addfacts"))
    files, taken, changed, refused = (report.section(reporting.title(f"section_{name}")) for name in ("files", "taken", "figures", "refused"))
    _say_table(files, table, spec, unit_notes(items))
    if not items:
        raise InputError("intake.facts_no_item", file=table.file, columns="、".join(table.frame.columns), known="、".join(row["name"] for row in codes.rows))
    data = plan.read()
    rows = fact_rows(table, items, PlanIndex(data, code_rule(profile)), request.level, _date(request.date))
    feedback.progress(0.5)
    feedback.check()
    good = [row for row in rows if not row.faults]
    for row in rows:
        for fault in row.faults:
            refused.add(fault, source=table.file, row=row.number)
    figures = BaseFigures(data, profile, table_name(table))
    for row in good:
        figures.take(row)
    if good:
        label = render(Message("intake.label_facts", {"file": table_name(table)}))
        with plan.write(reporting.person(request.who), label) as tx:
            tx.upsert("fact", [fact for row in good for fact in row.facts(figures.source)])
            for (kind, code), columns in figures.changes.items():
                tx.update(kind, {"code": code}, **columns)
    _say_taken(taken, table, good)
    for message, row_number in figures.messages:
        changed.add(message, source=table.file, row=row_number)
    report.figures.update({
        "采纳行数": len(good), "退回行数": len(rows) - len(good), "数据项": len(items), "数值": sum(len(row.cells) for row in good),
        "更新的户数人口宅基地": figures.updated, "未更新的矛盾": figures.contradictions, "来源": figures.source,
    })
    path = reporting.finish(report, request.report, plan.path, "addfacts")
    feedback.progress(1.0)
    return TakeResult(len(good), len(rows) - len(good), report, path)


def _read(request: AddFacts, profile: Profile, feedback: Feedback) -> tuple[Table, InputSpec, dict[str, Unit]]:
    if request.level not in (None, *LEVELS):
        raise InputError("intake.facts_level", level=request.level, known="、".join(LEVELS))
    field_map, units = chosen_units(request.field_map)
    reporting.check_field_map(field_map, profile, [request.source])
    own = reporting.chosen_columns(field_map, "facts", Path(split_source(request.source)[0]).name)
    spec = items_spec(profile.inputs["facts"], profile.code_list("fact_item"), own)
    table = read_any_table(request.source, spec, profile, field_map, feedback)
    if not any(table.has(name) for name in ("village_code", "village", "hamlet_code")):
        raise InputError("intake.column_missing", file=table.file, field=spec.fields["village"].alias, columns="、".join(table.frame.columns))
    return table, spec, units


def _date(stated: str | None) -> str | None:
    try:
        return values.date(stated)
    except InputError as error:
        raise InputError("intake.facts_date", reason=error.message) from error


def _say_table(section: Section, table: Table, spec: InputSpec, notes: Sequence[Message]) -> None:
    reporting.add_table(section, table, spec)
    reporting.add_rows(section, table.file, table.set_aside)
    for note in notes:
        section.add(note, source=table.file)


def _say_taken(section: Section, table: Table, rows: Sequence[FactRow]) -> None:
    """One line per item with its count, then what is to be said of single rows."""
    counts = Counter(cell.item.name for row in rows for cell in row.cells)
    for name, count in counts.items():
        section.add(Message("intake.facts_item_taken", {"item": name, "count": count}), source=table.file)
    for row in rows:
        for note in row.notes:
            section.add(note, source=table.file, row=row.number)
