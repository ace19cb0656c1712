"""Whether delivered values fit the formats that would cut or bend them in silence: asked before anything is written."""

from __future__ import annotations

from typing import Any, Iterator

from village_planner.base import InputError
from village_planner.delivery.fields import is_empty, row_name, shortened, value_width
from village_planner.delivery.geodata import GDB, SHP, VCT
from village_planner.delivery.shapefile import MAX_TEXT_BYTES, dbf_width, text_bytes
from village_planner.delivery.vector import Delivered
from village_planner.standards import FieldSpec, LayerSpec

_LARGEST_INT = 2**31 - 1
_NAMED = 5
_NAMES = {GDB: "FileGDB", SHP: "SHP", VCT: "VCT"}


def refuse_unfitting(layers: Delivered, formats: tuple[str, ...]) -> None:
    """Raise InputError for the first field with values that a FileGDB, shapefiles or a VCT file cannot hold, naming layer, field, row and village.

    A FileGDB and a VCT file hold texts up to the field's width and whole numbers of 32 bits; a dBASE table what fits the field's bytes.
    """
    for format_ in (name for name in (GDB, SHP, VCT) if name in formats):
        for spec, rows in layers.values():
            if format_ in spec.not_in:
                continue
            for field in spec.fields:
                wrong = list(_unfitting(field, list(rows[field.name]), format_))
                if wrong:
                    raise _refusal(spec, field, rows, wrong, format_)


def _unfitting(field: FieldSpec, values: list[Any], format_: str) -> Iterator[tuple[int, int, int]]:
    """Row, size and limit of each value that does not fit: characters or digits; bytes of a text in a dBASE table."""
    for row, value in enumerate(values):
        if is_empty(value) or field.type == "date":
            continue
        if field.type == "text" and format_ == SHP:
            size, limit = text_bytes(str(value)), dbf_width(field)
        else:
            size, limit = value_width(value, field), field.width or MAX_TEXT_BYTES
        if size > limit or (field.type == "int" and abs(int(value)) > _LARGEST_INT):
            yield row, size, limit


def _refusal(spec: LayerSpec, field: FieldSpec, rows: Any, wrong: list[tuple[int, int, int]], format_: str) -> InputError:
    row, size, limit = wrong[0]
    params = {
        "format": _NAMES[format_], "layer": spec.name, "layer_alias": spec.alias, "field": field.name, "alias": field.alias,
        "count": len(wrong), "rows": "、".join(_named(spec, rows, number) for number, _, _ in wrong[:_NAMED]),
        "value": shortened(str(rows[field.name].iloc[row])), "size": size, "limit": limit,
    }
    return InputError(f"delivery.unfitting_{'bytes' if format_ == SHP and field.type == 'text' else 'width'}", **params)


def _named(spec: LayerSpec, rows: Any, row: int) -> str:
    """The row's natural code, with its village where the layer names one."""
    name = next((field.name for field in spec.fields if field.value == "village_name"), None)
    village = None if name is None else rows[name].iloc[row]
    code = row_name(spec, rows, row)
    return code if is_empty(village) else f"{village}（{code}）"
