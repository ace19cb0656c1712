"""A table of limits per township or county, wide (a column per item) or long (a row per item), as rows of table `quota`."""

from __future__ import annotations

import re
from pathlib import Path

from village_planner.base import Feedback, InputError
from village_planner.intake import reporting, values
from village_planner.intake.base_figures import outdates
from village_planner.intake.codes import code_rule, code_text, township_code, township_keys
from village_planner.intake.items import Item, chosen_units, items_of, items_spec, read_item, unit_notes
from village_planner.intake.limit_table import LimitTable
from village_planner.intake.opening import read_any_table
from village_planner.intake.requests import AddLimits
from village_planner.intake.tables import split_source
from village_planner.intake.units import figure, heading_unit, unit_named
from village_planner.plan import PlanData
from village_planner.plan.data import plain
from village_planner.standards import Profile

_COUNTY_DIGITS = 6
_COUNTY_WORD = re.compile(r"(全[县县區区市旗]|[县县區区市]级)(合计|总计|小计)?")


class Quotas(LimitTable):
    """Reads the table row by row into rows of `quota`."""

    target = "quota"

    def __init__(self, request: AddLimits, data: PlanData, profile: Profile, feedback: Feedback) -> None:
        self._data, self._profile, self._rule = data, profile, code_rule(profile)
        self._codes = profile.code_list("quota_item")
        identity = profile.inputs["quota"]
        field_map, units = chosen_units(request.field_map)
        reporting.check_field_map(field_map, profile, [request.source])
        chosen = reporting.chosen_columns(field_map, "quota", Path(split_source(request.source)[0]).name)
        spec = items_spec(identity, self._codes, {})
        unknown = [name for name in chosen if name not in spec.fields]
        if unknown:
            raise InputError("intake.limits_item", item="、".join(unknown), known="、".join(row["name"] for row in self._codes.rows))
        super().__init__(read_any_table(request.source, spec, profile, field_map, feedback), spec)
        self._items = items_of(self.table, identity, self._codes, units)
        self._is_long = self.table.has("item") and self.table.has("value")
        self.file_notes = [] if self._is_long else unit_notes(self._items)
        self._demand()
        self._present = {
            (area, item): (value, plain(date), source) for area, item, value, date, source in zip(
                *(data.tables["quota"][name] for name in ("area_code", "item", "value", "date", "source"))
            )
        }
        self._taken: dict[tuple[str, str], tuple[float, int]] = {}
        for position in range(len(self.table.frame)):
            self._row(position)

    def _demand(self) -> None:
        columns = "、".join(self.table.frame.columns)
        if not self.table.has("area") and not self.table.has("area_code"):
            raise InputError("intake.column_missing", file=self.table.file, field=self.spec.fields["area"].alias, columns=columns)
        if not self._is_long and not self._items:
            raise InputError("intake.limits_no_item", file=self.table.file, columns=columns, known="、".join(row["name"] for row in self._codes.rows))

    def _row(self, position: int) -> None:
        number = self.table.numbers[position]
        area = self._area(position, number)
        if area is None:
            return
        try:
            date = values.date(self.table.cell(position, "date"))
        except InputError as error:
            self._refuse(number, "intake.facts_row_date", reason=error.message)
            return
        document = values.text(self.table.cell(position, "document")) or None
        found = [self._long(position, number)] if self._is_long else [self._wide(position, number, item) for item in self._items]
        for item, value in (pair for pair in found if pair is not None):
            self._take(number, area, item, value, date, document)

    def _area(self, position: int, number: int) -> str | None:
        """Code of the township or the county that a row speaks of; a county code or the county's name is the county."""
        name, cell = values.text(self.table.cell(position, "area")), self.table.cell(position, "area_code")
        county, county_name = (str(self._data.info[key] or "") for key in ("county_code", "county_name"))
        townships = dict(zip(self._data.township["code"], self._data.township["name"]))
        code = code_text(cell)
        if code:
            if code[:_COUNTY_DIGITS] == county and not code[_COUNTY_DIGITS:].strip("0"):
                return county
            try:
                code = township_code(cell, self._rule)
            except InputError:
                code = ""
            if code in townships:
                return code
        if name and county and (_COUNTY_WORD.fullmatch(re.sub(r"\s", "", name)) or (county_name and name in (county_name, county_name[:-1]))):
            return county
        same = [town for town, written in townships.items() if name and (written == name or township_keys(written) == township_keys(name))]
        same = same or [town for town, written in townships.items() if name and township_keys(written)[1] == township_keys(name)[1]]
        if len(same) == 1:
            return same[0]
        known = "、".join([*townships.values(), *([county_name] if county_name else [])])
        self._refuse(number, "intake.limits_areas" if same else "intake.limits_no_area", area=name or code or "—", known=known)
        return None

    def _wide(self, position: int, number: int, item: Item) -> tuple[str, float] | None:
        value, found, reason = read_item(self.table, position, item)
        if reason is not None:
            self._refuse(number, "intake.limits_cell", column=item.column, reason=reason)
        return None if not value or found is None else (item.code, found)

    def _long(self, position: int, number: int) -> tuple[str, float] | None:
        written = values.text(self.table.cell(position, "item"))
        bare = re.sub(r"[（(].*?[）)]", "", written)
        code = self._codes.find(written) or self._codes.find(bare)
        if code is None:
            self._refuse(number, "intake.limits_item", item=written or "—", known="、".join(row["name"] for row in self._codes.rows))
            return None
        stated = unit_named(values.text(self.table.cell(position, "unit"))) or heading_unit(written) or heading_unit(self.table.matching.columns["value"])
        try:
            found = figure(self.table.cell(position, "value"), (self._codes.row(code) or {})["unit"], stated)
        except InputError as error:
            self._refuse(number, "intake.limits_cell", column=self.table.matching.columns["value"], reason=error.message)
            return None
        if found is None:
            self._refuse(number, "intake.limits_no_value", item=written)
        return None if found is None else (code, found)

    def _take(self, number: int, area: str, item: str, value: float, date: str | None, document: str | None) -> None:
        name = self._codes.name(item)
        params = {"area": area, "item": name, "value": f"{value:g}", "unit": (self._codes.row(item) or {})["unit"]}
        if (area, item) in self._taken:
            other, row = self._taken[area, item]
            if other != value:
                self._refuse(number, "intake.limits_twice", other=f"{other:g}", other_row=row, **params)
            return
        old = self._present.get((area, item))
        if old is not None and old[0] != value and old[2] != self.source:
            newer = outdates(date, old[1])
            said = {**params, "old": f"{old[0]:g}", "old_source": old[2], "old_date": old[1] or "—", "date": date or "—"}
            if not newer:
                self._refuse(number, "intake.limits_older" if newer is False else "intake.limits_contradict", **said)
                return
            self._note(number, "intake.limits_replaced", **said)
        self._taken[area, item] = (value, number)
        self.accepted.add(number)
        self._note(number, "intake.limits_taken", **params)
        self.rows.append({"area_code": area, "item": item, "value": value, "source": self.source, "date": date, "document": document})
