"""decide: a table of categories, actions, moves and votes goes into a scenario, a village's rows together or not at all."""

from __future__ import annotations

from typing import Any, Sequence

from village_planner.base import Feedback, InputError, Message, SilentFeedback, render
from village_planner.base.report import Report
from village_planner.intake import reporting
from village_planner.intake.codes import code_rule
from village_planner.intake.decision_rows import DecisionRow, complete_village, decision_rows, distinct_moves
from village_planner.intake.headers import Table
from village_planner.intake.opening import read_any_table
from village_planner.intake.planindex import PlanIndex
from village_planner.intake.requests import Decide, DecideResult
from village_planner.intake.taking import take
from village_planner.intake.values import area_unit_m2
from village_planner.plan import PlanData, PlanFile
from village_planner.standards import Profile, load_profile


def decide(request: Decide, feedback: Feedback | None = None) -> DecideResult:
    """Take a decisions table into a scenario as one action of the history.

    The rows of a village are taken together; where one is wrong, it is refused with its reasons and the village's others are held back.
    What the table says of a village replaces what the scenario had: its category where the table has one, its actions and moves where the
    table has any; a move to the same destination keeps its code. Votes are added, or brought up to date where they stand there already.
    ACCEPTED and REJECTED count rows of the table.
    Raises InputError where table or scenario cannot serve, Refused where the plan is closed.
    """
    feedback = feedback or SilentFeedback()
    plan = PlanFile.open(request.plan)
    data = plan.read()
    profile = load_profile(request.profile) if request.profile else plan.profile()
    reporting.check_field_map(request.field_map, profile, [request.decisions])
    scenario = _scenario(data, request.scenario)
    table = _read(request, profile, feedback)
    report = Report(reporting.title("report_decide"))
    files, taken, refused = (report.section(reporting.title(code)) for code in ("section_files", "section_taken", "section_refused"))
    _say_table(table, profile, report)
    index = PlanIndex(data, code_rule(profile))
    rows = decision_rows(table, index, profile)
    feedback.progress(0.4)
    feedback.check()
    groups = _by_village(rows)
    accepted: list[tuple[list[DecisionRow], list[dict[str, Any]]]] = []
    for group in groups:
        complete_village(group, index)
        moves = distinct_moves(group, index)
        wrong = [row for row in group if row.faults]
        if wrong:
            _say_refused(refused, table.file, group, wrong)
        else:
            accepted.append((group, moves))
    feedback.check()
    if accepted:
        label = render(Message("intake.label_decide", {"file": table.file}))
        with plan.write(reporting.person(request.who), label) as tx:
            for group, moves in accepted:
                take(tx, scenario, data, group, moves)
        for group, moves in accepted:
            _say_taken(taken, table.file, scenario, data, group, moves)
    count = sum(len(group) for group, _ in accepted)
    report.figures.update({
        "采纳行数": count, "退回行数": len(rows) - count, "采纳村数": len(accepted), "退回村数": len(groups) - len(accepted), "方案": scenario,
    })
    path = reporting.finish(report, request.report, plan.path, "decide")
    feedback.progress(1.0)
    return DecideResult(count, len(rows) - count, len(accepted), report, path)


def _scenario(data: PlanData, wanted: str | None) -> str:
    if not wanted:
        return data.scenario
    for code, title in zip(data.tables["scenario"]["code"], data.tables["scenario"]["title"]):
        if wanted in (code, title):
            return str(code)
    known = "、".join(f"{code} {title}" for code, title in zip(data.tables["scenario"]["code"], data.tables["scenario"]["title"]))
    raise InputError("intake.no_scenario", scenario=wanted, known=known)


def _read(request: Decide, profile: Profile, feedback: Feedback) -> Table:
    spec = profile.inputs["decisions"]
    table = read_any_table(request.decisions, spec, profile, request.field_map, feedback)
    if not table.has("village") and not table.has("village_code"):
        raise InputError("intake.column_missing", file=table.file, field=spec.fields["village"].alias, columns="、".join(table.frame.columns))
    if not table.has("category") and not table.has("action") and not table.has("consent_kind"):
        raise InputError("intake.decide_nothing", file=table.file, columns="、".join(table.frame.columns))
    return table


def _say_table(table: Table, profile: Profile, report: Report) -> None:
    files = report.sections[0]
    reporting.add_table(files, table, profile.inputs["decisions"])
    reporting.add_rows(files, table.file, table.set_aside)
    for name in ("cleared_m2", "built_m2", "reclaimed_m2"):
        heading = table.matching.columns.get(name)
        unit = area_unit_m2(heading) if heading else None
        if heading and unit not in (None, 1.0):
            files.add(Message("intake.unit_of_column", {"column": heading, "factor": f"{unit:.2f}"}), source=table.file)


def _by_village(rows: Sequence[DecisionRow]) -> list[list[DecisionRow]]:
    groups: dict[str, list[DecisionRow]] = {}
    for row in rows:
        groups.setdefault(row.village or f"?{row.village_text}", []).append(row)
    return list(groups.values())


def _say_refused(section: Any, file: str, group: Sequence[DecisionRow], wrong: Sequence[DecisionRow]) -> None:
    numbers = "、".join(str(row.number) for row in wrong)
    for row in group:
        for fault in row.faults:
            section.add(fault, source=file, row=row.number, village=row.village_text, code=row.village)
        if not row.faults:
            message = Message("intake.decide_held_back", {"row": row.number, "village": row.village_text, "wrong": numbers})
            section.add(message, source=file, row=row.number, village=row.village_text, code=row.village)


def _say_taken(section: Any, file: str, scenario: str, data: PlanData, group: Sequence[DecisionRow], moves: Sequence[dict[str, Any]]) -> None:
    village = group[0].village
    own = set(data.hamlet.loc[data.hamlet["village_code"] == village, "code"])
    actions, old_moves = data.tables["action"], data.tables["move"]
    before = {
        "category": int(((data.category["scenario"] == scenario) & (data.category["village_code"] == village)).sum()) if any(r.category for r in group) else 0,
        "actions": int(((actions["scenario"] == scenario) & actions["hamlet_code"].isin(own)).sum()) if any(r.action for r in group) else 0,
        "moves": int(((old_moves["scenario"] == scenario) & old_moves["hamlet_code"].isin(own)).sum()) if any(r.action for r in group) else 0,
    }
    params = {"village": group[0].village_text, "rows": len(group), "moves": len(moves)}
    section.add(Message("intake.decide_taken", params), source=file, row=group[0].number, village=group[0].village_text, code=village)
    if any(before.values()):
        section.add(Message("intake.decide_replaced", {"village": group[0].village_text, **before}), source=file, row=group[0].number)
    for row in group:
        for note in row.notes:
            section.add(note, source=file, row=row.number)
