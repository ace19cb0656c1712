"""Columns of a table that are items of a code list (facts, limits): found by heading, with the unit that the heading names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Mapping

from village_planner.base import InputError, Message
from village_planner.intake import values
from village_planner.intake.headers import Table
from village_planner.intake.requests import FieldMap
from village_planner.intake.units import Unit, figure, heading_unit, must_be_said, unit_named
from village_planner.standards import CodeList, InputField, InputSpec

_WITH_UNIT = re.compile(r"(.+?)\s*[(（]([^()（）]+)[)）]")


@dataclass(frozen=True)
class Item:
    """A column that holds an item. code: of the list, or the planner's own name; unit: in which the number is kept, '' for none;
    stated: the unit of the column, None where nobody says it."""

    code: str
    name: str
    role: str
    unit: str
    column: str
    stated: Unit | None


def items_spec(identity: InputSpec, codes: CodeList, own: Mapping[str, str]) -> InputSpec:
    """Return an input spec with the identity's fields and a field for each item; own: the planner's names → heading, added to them."""
    fields = dict(identity.fields)
    for row in codes.rows:
        names = (row["name"], *(alias for alias in row.get("aliases", "").split("|") if alias), row["code"])
        fields[row["code"]] = InputField(row["code"], row["name"], names, "", False)
    for name, heading in own.items():
        if name not in fields and heading:
            fields[name] = InputField(name, name, (heading,), "", False)
    return InputSpec(identity.id, fields)


def chosen_units(field_map: FieldMap) -> tuple[dict[str, dict[str, str]], dict[str, Unit]]:
    """Take the units out of a field map's names (`cultivated_m2（亩）`): the map without them, and the units by item."""
    plain: dict[str, dict[str, str]] = {}
    units: dict[str, Unit] = {}
    for source, columns in field_map.items():
        plain[source] = {}
        for name, heading in columns.items():
            match = _WITH_UNIT.fullmatch(name)
            unit = unit_named(match.group(2)) if match else None
            if match and unit:
                name = match.group(1)
                units[name] = unit
            plain[source][name] = heading
    return plain, units


def items_of(table: Table, identity: InputSpec, codes: CodeList, units: Mapping[str, Unit]) -> list[Item]:
    """Return the items of a table in the order of its columns; units: by item, as the planner says them."""
    found = []
    for code, column in table.matching.columns.items():
        if code in identity.fields:
            continue
        row = codes.row(code) or {}
        stated = units.get(code) or heading_unit(column)
        unit = row.get("unit", "") if row else (stated.name if stated else "")
        found.append(Item(code, row.get("name", code), row.get("role", "extra"), unit, column, stated))
    return sorted(found, key=lambda item: list(table.frame.columns).index(item.column))


def unit_notes(items: list[Item]) -> list[Message]:
    """Say which columns are converted, and which name no unit although theirs must be said."""
    notes = []
    for item in items:
        target = unit_named(item.unit)
        if item.stated and target and item.stated.base == target.base and item.stated.factor != target.factor:
            params = {"column": item.column, "item": item.name, "from_unit": item.stated.name, "to_unit": item.unit}
            notes.append(Message("intake.unit_converted", params))
        elif item.stated is None and must_be_said(item.unit):
            notes.append(Message("intake.unit_of_column_unsaid", {"column": item.column, "item": item.name, "unit": item.unit}))
    return notes


def read_item(table: Table, position: int, item: Item) -> tuple[str, float | None, Message | None]:
    """Return an item's cell as written ('' for blank), as a number in the item's unit, and why it is none where it should be.

    Counts (户, 人, 宗, 个) are whole and not negative.
    """
    cell = table.frame[item.column].iat[position]
    if values.is_blank(cell):
        return "", None, None
    try:
        found = figure(cell, item.unit, item.stated)
        if found is not None and item.unit in ("户", "人", "宗", "个") and (found < 0 or not found.is_integer()):
            raise InputError("intake.no_count", value=values.text(cell))
    except InputError as error:
        # An item without a unit (主导产业) is a text where it is no number.
        return values.text(cell), None, error.message if item.unit else None
    return values.text(cell), found, None
