"""What a table of facts or limits holds before it is taken: its columns with first cells, and what each is taken for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

from village_planner.base import Feedback, InputError, SilentFeedback
from village_planner.intake import values
from village_planner.intake.items import items_of, items_spec
from village_planner.intake.opening import read_any_table, table_name
from village_planner.intake.requests import FieldMap
from village_planner.intake.units import must_be_said, units_like
from village_planner.standards import CodeList, InputSpec, Profile

_SHOWN_CELLS = 3
_INPUTS = {"facts": "facts", "quota": "quota", "villages": "fixed_villages"}
_ITEMS = {"facts": "fact_item", "quota": "quota_item"}


@dataclass(frozen=True)
class PreviewColumn:
    """A column: its heading, first cells as text, the field that it is taken for (None: none), and the unit that it names ('': none)."""

    heading: str
    cells: tuple[str, ...]
    field: str | None = None
    unit: str = ""


@dataclass(frozen=True)
class PreviewField:
    """A field that a column may be: id, Chinese name, and the units in which it may be stated, the usual one first (empty: none to choose).

    must_be_said: a figure means nothing until somebody states its unit.
    """

    id: str
    name: str
    units: tuple[str, ...] = ()
    must_be_said: bool = False


@dataclass(frozen=True)
class TablePreview:
    """A table before it is taken. source: as it will be called; takes_own: whether columns may be kept under their own heading."""

    source: str
    row_count: int
    columns: tuple[PreviewColumn, ...]
    fields: tuple[PreviewField, ...]
    takes_own: bool


def preview_table(kind: str, source: str, profile: Profile, feedback: Feedback | None = None) -> TablePreview:
    """Read a table as `add_facts` (kind `facts`) or `add_limits` (`quota`, `villages`) would. Raises InputError where it cannot be read."""
    identity = profile.inputs[_INPUTS[kind]]
    codes = profile.code_list(_ITEMS[kind]) if kind in _ITEMS else CodeList("", ())
    table = read_any_table(source, items_spec(identity, codes, {}), profile, {}, feedback or SilentFeedback())
    items = {item.column: item for item in items_of(table, identity, codes, {})}
    fields = {column: field for field, column in table.matching.columns.items()}
    columns = []
    for heading in table.frame.columns:
        item = items.get(heading)
        filled = [values.text(cell) for cell in table.frame[heading] if not values.is_blank(cell)]
        stated = item.stated.name if item is not None and item.stated is not None else ""
        columns.append(PreviewColumn(heading, tuple(filled[:_SHOWN_CELLS]), fields.get(heading), stated))
    return TablePreview(table_name(table), len(table.numbers), tuple(columns), _fields(identity, codes), kind == "facts")


def chosen_map(kind: str, preview: TablePreview, chosen: Sequence[tuple[str, str | None, str]]) -> FieldMap:
    """Return the field map of what a planner has chosen: heading, field ('' keeps the column under its heading, None leaves it out), unit.

    A field that no column was chosen for is said to be in none, so that nothing is taken but what was shown. Raises InputError where two
    columns were chosen for one field.
    """
    columns: dict[str, str] = {}
    names = {field.id: field.name for field in preview.fields}
    first: dict[str, str] = {}
    for heading, field, unit in chosen:
        if field is not None:
            name = field or heading
            if first.setdefault(name, heading) != heading:
                raise InputError("intake.field_chosen_twice", field=names.get(name, name), one=first[name], other=heading)
            columns[f"{name}（{unit}）" if unit else name] = heading
    taken = {field for _, field, _ in chosen}
    columns.update({field.id: "" for field in preview.fields if field.id not in taken})
    return {_INPUTS[kind]: columns}


def _fields(identity: InputSpec, codes: CodeList) -> tuple[PreviewField, ...]:
    own = [PreviewField(field.id, field.alias) for field in identity.fields.values()]
    return (*own, *(PreviewField(row["code"], row["name"], units_like(row.get("unit", "")), must_be_said(row.get("unit", ""))) for row in codes.rows))
