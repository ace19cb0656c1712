"""Marks the hamlets of a protection list (传统村落、历史文化名村 …): by hamlet code, village and hamlet name, or village alone."""

from __future__ import annotations

from typing import Any

from village_planner.base import Feedback, InputError, Message, render
from village_planner.base.report import Report
from village_planner.intake import reporting, values
from village_planner.intake.codes import code_rule, code_text
from village_planner.intake.headers import RowNote, Table
from village_planner.intake.opening import read_any_table
from village_planner.intake.planindex import PlanIndex
from village_planner.intake.requests import AddControl, ControlResult
from village_planner.plan import PlanFile
from village_planner.standards import Profile


def mark_protected(request: AddControl, plan: PlanFile, profile: Profile, feedback: Feedback) -> ControlResult:
    """Set protection and its note on the hamlets that a table lists; rows that fit no hamlet are reported and change nothing.

    A row with a village only marks its main hamlet, which the report says. A hamlet that was marked before takes the new entry.
    Raises InputError where the table has neither a kind of protection nor a village.
    """
    table = _read(request, profile, feedback)
    spec = profile.inputs["protection_list"]
    report = Report(reporting.title("report_protection"))
    files, rows, left = (report.section(reporting.title(code)) for code in ("section_files", "section_rows", "section_left"))
    reporting.add_table(files, table, spec)
    reporting.add_rows(left, table.file, table.set_aside)
    marks, notes, unmatched = _marks(table, PlanIndex(plan.read(), code_rule(profile)), profile)
    reporting.add_rows(rows, table.file, notes)
    reporting.add_rows(left, table.file, unmatched)
    feedback.progress(0.7)
    feedback.check()
    if not marks:
        raise InputError("intake.protection_none", file=table.file, count=len(unmatched))
    label = render(Message("intake.label_protection", {"file": table.file}))
    with plan.write(reporting.person(request.who), label) as tx:
        for code, entry in marks.items():
            tx.update("hamlet", {"code": code}, **entry)
    report.figures.update({"标记的居民点": len(marks), "未对应的行": len(unmatched)})
    path = reporting.finish(report, request.report, plan.path, "addcontrol-heritage")
    feedback.progress(1.0)
    return ControlResult("", len(marks), 0, len(unmatched), report, path)


def _read(request: AddControl, profile: Profile, feedback: Feedback) -> Table:
    table = read_any_table(request.source, profile.inputs["protection_list"], profile, request.field_map, feedback)
    if not any(table.has(field) for field in ("village_code", "village", "hamlet_code", "hamlet")) or not table.has("protection"):
        raise InputError("intake.protection_columns", file=table.file, columns="、".join(table.frame.columns))
    return table


def _marks(table: Table, index: PlanIndex, profile: Profile) -> tuple[dict[str, dict[str, Any]], list[RowNote], list[RowNote]]:
    marks: dict[str, dict[str, Any]] = {}
    notes: list[RowNote] = []
    left: list[RowNote] = []
    for position, number in enumerate(table.numbers):
        cells = {name: table.cell(position, name) for name in ("village_code", "village", "township", "hamlet", "hamlet_code")}
        name = " ".join(values.text(cells[column]) for column in ("village", "hamlet") if values.text(cells[column]))
        code, message = _hamlet(cells, index, number, name)
        if message is not None:
            (left if code is None else notes).append(RowNote(number, message))
        kind_text = values.text(table.cell(position, "protection"))
        kind = _kind(kind_text, profile)
        if code is None:
            continue
        if kind is None:
            left.append(RowNote(number, Message("intake.protection_kind", {"row": number, "name": name, "value": kind_text})))
            continue
        if code in marks:
            notes.append(RowNote(number, Message("intake.protection_twice", {"row": number, "name": name})))
        parts = [kind_text, values.text(table.cell(position, "level")), values.text(table.cell(position, "note"))]
        earlier = marks[code]["protection_note"].split("；") if code in marks else []
        marks[code] = {"protection": marks[code]["protection"] if code in marks else kind,
                       "protection_note": "；".join(dict.fromkeys([*earlier, *(part for part in parts if part)]))}
    return marks, notes, left


def _hamlet(cells: dict[str, Any], index: PlanIndex, number: int, name: str) -> tuple[str | None, Message | None]:
    hamlet = index.hamlet_by_code(code_text(cells["hamlet_code"]))
    if hamlet:
        return hamlet, None
    villages = index.villages(cells["village_code"], values.text(cells["village"]), values.text(cells["township"]))
    params = {"row": number, "name": name or values.text(cells["village_code"])}
    if len(villages) != 1:
        return None, Message("intake.protection_no_village" if not villages else "intake.protection_villages", {**params, "count": len(villages)})
    wanted = values.text(cells["hamlet"])
    if not wanted:
        main = index.main_hamlet(villages[0])
        return main, Message("intake.protection_main", {**params, "hamlet": index.hamlet_name(main)})
    found = index.hamlets(villages[0], wanted)
    if len(found) != 1:
        return None, Message("intake.protection_no_hamlet", {**params, "hamlets": index.hamlet_names(villages[0])})
    return found[0], None


def _kind(text: str, profile: Profile) -> str | None:
    kinds = profile.code_list("protection")
    if found := kinds.find(text):
        return found
    # Lists write the grade or the batch with the kind: 第五批中国传统村落.
    named = [row["code"] for row in kinds.rows if row["name"] in text]
    return named[0] if len(named) == 1 else None
