"""implement: a table of what was carried out in each year goes into the ledger of an approved plan, row by row."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Callable

import pandas as pd

from village_planner.accounts import move_places
from village_planner.base import Feedback, InputError, Message, Refused, SilentFeedback, render
from village_planner.base.report import Report, Section
from village_planner.intake import reporting, values
from village_planner.intake.codes import code_of, code_rule
from village_planner.intake.headers import Table
from village_planner.intake.opening import read_any_table
from village_planner.intake.planindex import PlanIndex
from village_planner.intake.requests import Implement, TakeResult
from village_planner.intake.subjects import find_hamlet, find_village
from village_planner.plan import PlanData, PlanFile
from village_planner.plan.data import plain
from village_planner.plan.ledger import ACTUALS, save_actuals
from village_planner.plan.schema import LOCKED, Status
from village_planner.plan.status import title as status_title
from village_planner.standards import Profile, load_profile

_AREAS = ("cleared_m2", "built_m2", "reclaimed_m2")


@dataclass
class ActualRow:
    """One row of the table: the move and year that it means, and the figures that it states; faults say why it is wrong."""

    number: int
    move: str = ""
    year: int = 0
    figures: dict[str, Any] = field(default_factory=dict)
    faults: list[Message] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)


def implement(request: Implement, feedback: Feedback | None = None) -> TakeResult:
    """Take a table of yearly actuals into the ledger of the adopted scenario as one action; each row is taken or refused by itself.

    A row names its move by code, or by village and hamlet and, where the hamlet has several moves, by phase or destination. A cell that
    is left empty says nothing: what the ledger holds of it stays. Two rows for one move and year are refused both.
    Raises Refused before the approval and while a revision is open, InputError where the table cannot serve.
    """
    feedback = feedback or SilentFeedback()
    plan = PlanFile.open(request.plan)
    if plan.status not in LOCKED:
        raise Refused("intake.implement_not_approved", status=status_title(Status(plan.status)))
    data = plan.read()
    profile = load_profile(request.profile) if request.profile else plan.profile()
    reporting.check_field_map(request.field_map, profile, [request.ledger])
    table = read_any_table(request.ledger, profile.inputs["implementation"], profile, request.field_map, feedback)
    _demand(table, profile)
    rows = _Reader(table, data, profile).rows()
    feedback.progress(0.5)
    feedback.check()
    good = [row for row in rows if not row.faults]
    report = Report(reporting.title("report_implement"))
    _say(report, table, rows, data, profile)
    if good:
        label = render(Message("intake.label_implement", {"file": table.file}))
        with plan.write(reporting.person(request.who), label) as tx:
            save_actuals(tx, [{"move_code": row.move, "year": row.year, **row.figures} for row in good])
    report.figures.update({
        "采纳行数": len(good), "退回行数": len(rows) - len(good), "年度": "、".join(map(str, sorted({row.year for row in good}))), "方案": data.scenario,
    })  # fmt: skip
    path = reporting.finish(report, request.report, plan.path, "implement")
    feedback.progress(1.0)
    return TakeResult(len(good), len(rows) - len(good), report, path)


def _demand(table: Table, profile: Profile) -> None:
    spec, columns = profile.inputs["implementation"], "、".join(table.frame.columns)
    named = any(table.has(name) for name in ("move_code", "village", "village_code", "hamlet_code"))
    for missing, name in ((not named, "village"), (not table.has("year"), "year"), (not any(map(table.has, ACTUALS)), "households")):
        if missing:
            raise InputError("intake.column_missing", file=table.file, field=spec.fields[name].alias, columns=columns)


class _Reader:
    """Reads the rows of one table against the moves of the adopted scenario."""

    def __init__(self, table: Table, data: PlanData, profile: Profile) -> None:
        self._table, self._data, self._profile = table, data, profile
        self._index = PlanIndex(data, code_rule(profile))
        self._moves = move_places(data, data.scenario)
        self._first_year = int(data.info["base_year"])
        self._units = {name: values.area_unit_m2(table.matching.columns[name]) or 1.0 for name in _AREAS if table.has(name)}

    def rows(self) -> list[ActualRow]:
        """All rows, those that contradict each other with a fault."""
        rows = [self._row(position) for position in range(len(self._table.frame))]
        same: dict[tuple[str, int], list[ActualRow]] = defaultdict(list)
        for row in rows:
            if row.move and row.year:
                same[row.move, row.year].append(row)
        for group in same.values():
            numbers = "、".join(str(row.number) for row in group)
            for row in group if len(group) > 1 else ():
                row.faults.append(Message("intake.implement_twice", {"row": row.number, "rows": numbers, "year": row.year}))
        return rows

    def _row(self, position: int) -> ActualRow:
        row = ActualRow(self._table.numbers[position])
        row.move = self._move(position, row)
        row.year = self._read(position, row, "year", values.year) or 0
        if not row.year and not row.faults:
            row.faults.append(Message("intake.implement_no_year", {"row": row.number}))
        if row.year and row.year < self._first_year:
            row.faults.append(Message("intake.implement_early_year", {"row": row.number, "year": row.year, "base": self._first_year}))
        readers: dict[str, Callable[[Any], Any]] = {"households": values.count}
        readers |= {name: partial(values.area_m2, unit_m2=unit) for name, unit in self._units.items()}
        for name, read in readers.items():
            if self._table.has(name) and (value := self._read(position, row, name, read)) is not None:
                row.figures[name] = value
        if not row.figures and not row.faults:
            row.faults.append(Message("intake.implement_nothing", {"row": row.number}))
        note = values.text(self._table.cell(position, "note"))
        if not values.is_blank(note):
            row.figures["note"] = note
        return row

    def _move(self, position: int, row: ActualRow) -> str:
        """Code of the move that a row means; '' with a fault where that is not clear."""
        code = values.text(self._table.cell(position, "move_code"))
        if not values.is_blank(code):
            if code in set(self._moves["move_code"]):
                return code
            row.faults.append(Message("intake.implement_unknown_move", {"row": row.number, "move": code}))
            return ""
        village = find_village(self._table, position, self._index)
        hamlet = find_hamlet(self._table, position, village, self._index)
        for fault in (village.fault if not hamlet.code else None, hamlet.fault):
            if fault is not None:
                row.faults.append(fault)
                return ""
        row.notes += [village.note] if village.note else []
        found = self._moves[self._moves["hamlet_code"] == hamlet.code] if hamlet.code else self._moves[self._moves["village_code"] == village.code]
        where = hamlet.text or village.text
        if not len(found):
            row.faults.append(Message("intake.implement_no_move", {"row": row.number, "place": where}))
            return ""
        return self._one_of(found, position, row, where)

    def _one_of(self, found: pd.DataFrame, position: int, row: ActualRow, where: str) -> str:
        """The one move of several that phase and destination leave over."""
        moves = "；".join(self._words(move) for move in found.to_dict("records"))
        phase = self._read(position, row, "phase", values.year)
        if phase is not None:
            found = found[(found["phase"] == phase).fillna(False).astype(bool)]
        kind = code_of(self._profile.code_list("destination_kind"), self._table.cell(position, "destination_kind"))
        if kind is not None:
            found = found[found["destination_kind"] == kind]
        to = values.text(self._table.cell(position, "destination"))
        if not values.is_blank(to):
            names = found["destination_name"].fillna("")
            kinds = found["destination_kind"].map(self._profile.code_list("destination_kind").name)
            found = found[[to in (name, word) or (bool(name) and to.endswith(f"/{name}")) for name, word in zip(names, kinds)]]
        if len(found) == 1:
            return str(found["move_code"].iloc[0])
        if not row.faults:
            code = "intake.implement_several" if len(found) else "intake.implement_none_fits"
            row.faults.append(Message(code, {"row": row.number, "place": where, "moves": moves}))
        return ""

    def _words(self, move: dict[str, Any]) -> str:
        to = plain(move["destination_name"]) or self._profile.code_list("destination_kind").name(move["destination_kind"])
        phase = plain(move["phase"])
        return f"{move['hamlet_name']}→{to} {phase if phase is not None else '未定时序'}"

    def _read(self, position: int, row: ActualRow, name: str, read: Callable[[Any], Any]) -> Any:
        try:
            return read(self._table.cell(position, name))
        except InputError as error:
            column = self._table.matching.columns[name]
            row.faults.append(Message("intake.decide_cell", {"row": row.number, "column": column, "reason": error.message}))
            return None


def _say(report: Report, table: Table, rows: list[ActualRow], data: PlanData, profile: Profile) -> None:
    files, taken, refused = (report.section(reporting.title(code)) for code in ("section_files", "section_taken", "section_refused"))
    reporting.add_table(files, table, profile.inputs["implementation"])
    reporting.add_rows(files, table.file, table.set_aside)
    for row in rows:
        for fault in row.faults:
            refused.add(fault, source=table.file, row=row.number)
    _say_taken(taken, table.file, [row for row in rows if not row.faults], data)


def _say_taken(section: Section, file: str, rows: list[ActualRow], data: PlanData) -> None:
    """One line per row; and where it replaces other figures, or more was done than planned."""
    places = {place["move_code"]: place for place in move_places(data, data.scenario).to_dict("records")}
    before = {(move, int(year)): index for index, (move, year) in enumerate(zip(data.implementation["move_code"], data.implementation["year"]))}
    done: dict[str, int] = defaultdict(int)
    for move, households, year in zip(*(data.implementation[name] for name in ("move_code", "households", "year"))):
        if not pd.isna(households) and not any(row.move == move and row.year == year and "households" in row.figures for row in rows):
            done[move] += int(households)
    for row in sorted(rows, key=lambda row: row.year):
        place = places[row.move]
        params = {"hamlet": f"{place['village_name']}/{place['hamlet_name']}", "year": row.year}
        section.add(Message("intake.implement_taken", params), source=file, row=row.number)
        if (row.move, row.year) in before:
            old = data.implementation.iloc[before[row.move, row.year]]
            if any(not pd.isna(old[name]) and old[name] != value for name, value in row.figures.items()):
                section.add(Message("intake.implement_replaced", params), source=file, row=row.number)
        done[row.move] += row.figures.get("households", 0)
        target = plain(place["target"])
        if target is not None and done[row.move] > target:
            section.add(Message("intake.implement_more", {**params, "done": done[row.move], "target": target}), source=file, row=row.number)
        for note in row.notes:
            section.add(note, source=file, row=row.number)
