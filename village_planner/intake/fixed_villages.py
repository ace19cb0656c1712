"""A list of villages whose category or action the superior level has fixed, as rows of table `fixed_village`."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from village_planner.base import Feedback, InputError, Message
from village_planner.intake import reporting, values
from village_planner.intake.codes import code_of, code_rule
from village_planner.intake.headers import RowNote
from village_planner.intake.limit_table import LimitTable
from village_planner.intake.opening import read_any_table
from village_planner.intake.planindex import PlanIndex
from village_planner.intake.requests import AddLimits
from village_planner.intake.subjects import find_village
from village_planner.plan import PlanData
from village_planner.plan.data import plain
from village_planner.standards import Profile


class FixedVillages(LimitTable):
    """Reads the list row by row into rows of `fixed_village`."""

    target = "fixed_village"

    def __init__(self, request: AddLimits, data: PlanData, profile: Profile, feedback: Feedback) -> None:
        spec = profile.inputs["fixed_villages"]
        reporting.check_field_map(request.field_map, profile, [request.source])
        super().__init__(read_any_table(request.source, spec, profile, request.field_map, feedback), spec)
        self._profile = profile
        columns = "、".join(self.table.frame.columns)
        if not self.table.has("village") and not self.table.has("village_code"):
            raise InputError("intake.column_missing", file=self.table.file, field=self.spec.fields["village"].alias, columns=columns)
        if not self.table.has("category") and not self.table.has("action"):
            raise InputError("intake.fixed_nothing", file=self.table.file, columns=columns)
        self._index = PlanIndex(data, code_rule(profile))
        self._others: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for other in data.tables["fixed_village"].to_dict("records"):
            if other["source"] != self.source:
                self._others[other["village_code"]].append({name: plain(value) for name, value in other.items()})
        self._taken: dict[str, tuple[dict[str, Any], int]] = {}
        for position, number in enumerate(self.table.numbers):
            self._row(position, number)

    def _row(self, position: int, number: int) -> None:
        village = find_village(self.table, position, self._index)
        faults = [village.fault] if village.fault else []
        fixed: dict[str, Any] = {}
        for name in ("category", "action"):
            cell = self.table.cell(position, name)
            codes = self._profile.code_list(name)
            fixed[name] = code_of(codes, cell)
            if fixed[name] is None and not values.is_blank(cell):
                params = {"column": self.table.matching.columns[name], "value": values.text(cell), "known": "、".join(row["name"] for row in codes.rows)}
                faults.append(Message("intake.decide_code", {"row": number, **params}))
        try:
            date = values.date(self.table.cell(position, "date"))
        except InputError as error:
            date = None
            faults.append(Message("intake.facts_row_date", {"row": number, "reason": error.message}))
        if not faults and fixed["category"] is None and fixed["action"] is None:
            faults.append(Message("intake.fixed_row_empty", {"row": number, "village": village.text}))
        if not faults and village.code in self._taken and self._taken[village.code][0] != fixed:
            faults.append(Message("intake.fixed_twice", {"row": number, "village": village.text, "other_row": self._taken[village.code][1]}))
        if faults:
            self.refused += [RowNote(number, fault) for fault in faults]
            return
        self._take(number, village.code, village.text, fixed)
        if village.note:
            self.notes.append(RowNote(number, village.note))
        more = {name: values.text(self.table.cell(position, name)) or None for name in ("document", "note")}
        self.rows.append({"source": self.source, "village_code": village.code, **fixed, "date": date, **more})

    def _take(self, number: int, code: str, name: str, fixed: dict[str, Any]) -> None:
        self.accepted.add(number)
        self._taken[code] = (fixed, number)
        for other in self._others[code]:
            for column, codes in (("category", self._profile.code_list("category")), ("action", self._profile.code_list("action"))):
                if fixed[column] and other[column] and fixed[column] != other[column]:
                    params = {"here": codes.name(fixed[column]), "there": codes.name(other[column]), "source": other["source"]}
                    self._note(number, "intake.fixed_differs", village=name, **params)
