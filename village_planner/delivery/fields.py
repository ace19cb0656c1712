"""Delivered fields: plan words to codes of the standard and back, and the checks on values that writer and inspector share."""

from __future__ import annotations

import math
from typing import Any, Mapping

import pandas as pd

from village_planner.base import Message
from village_planner.delivery.findings import PackageFinding
from village_planner.plan.data import plain
from village_planner.standards import CodeList, FieldSpec, LayerSpec, Profile

_EXAMPLES = 5
_SHOWN = 60
NATURAL_KEYS = ("patch_code", "site_code", "move_code", "consent_code", "hamlet_code", "village_code", "bsm")
"""Frame columns that name a row, what is most particular first."""


def deliver(spec: LayerSpec, frame: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """The rows of a layer as they are delivered: one column per field, `geom` where the layer has geometry.

    frame: has the columns that the fields name in `value`; a field whose column is missing is null throughout.
    Values are plain Python (str, int, float, None); a word is turned into its code, one without code stays as it is.
    """
    columns: dict[str, list[Any]] = {}
    for field in spec.fields:
        values = frame[field.value] if field.value in frame.columns else [None] * len(frame)
        to_code = code_of_word(profile.codes.get(field.domain))
        columns[field.name] = [_typed(value, field, to_code) for value in values]
    rows = pd.DataFrame(columns, index=range(len(frame)), dtype=object)
    if spec.geometry != "None":
        rows["geom"] = frame["geom"].to_numpy(dtype=object) if "geom" in frame.columns else None
    return rows


def code_of_word(codes: CodeList | None) -> Mapping[str, str]:
    """Plan word → delivered code of a code list with a column `word`; empty for other lists and None."""
    return {row["word"]: row["code"] for row in codes.rows if row.get("word")} if codes else {}


def word_of_code(codes: CodeList | None) -> Mapping[str, str]:
    """Delivered code → plan word; empty for a list without the column `word` and None."""
    return {row["code"]: row["word"] for row in codes.rows if row.get("word")} if codes else {}


def check_values(file: str, spec: LayerSpec, rows: pd.DataFrame, profile: Profile) -> list[PackageFinding]:
    """Findings on the values of a layer: mandatory ones that are missing (QC-3106), codes outside their domain (QC-3104),
    values that do not fit the field's width (QC-3101). One finding per field, with the number of rows and the first ones.

    rows: as `deliver` returns them; a field whose column is missing is passed over.
    """
    findings = []
    for field in (field for field in spec.fields if field.name in rows.columns):
        values = list(rows[field.name])
        empty = [is_empty(value) for value in values]
        missing = [is_missing and demanded for is_missing, demanded in zip(empty, _demanded(field, rows))]
        findings += _finding("QC-3106", "delivery.value_missing", file, spec, field, rows, missing)
        if field.domain in profile.codes:
            allowed = set(profile.codes[field.domain].codes)
            wrong = [not is_missing and str(value) not in allowed for value, is_missing in zip(values, empty)]
            findings += _finding("QC-3104", "delivery.value_outside_domain", file, spec, field, rows, wrong)
        if field.width:
            wide = [not is_missing and value_width(value, field) > field.width for value, is_missing in zip(values, empty)]
            findings += _finding("QC-3101", "delivery.value_too_wide", file, spec, field, rows, wide)
    return findings


def is_empty(value: Any) -> bool:
    """Whether a delivered value counts as not given: null, not a number, or blank text."""
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)) or (isinstance(value, str) and not value.strip())


def shortened(text: str) -> str:
    """A text for a message: what is cut off shows as …"""
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _typed(value: Any, field: FieldSpec, to_code: Mapping[str, str]) -> Any:
    value = plain(value)
    if value is None or value == "":
        return None
    if field.type == "int":
        return int(value)
    if field.type == "real":
        return round(float(value), field.precision) + 0.0
    return to_code.get(str(value), str(value))


def _demanded(field: FieldSpec, rows: pd.DataFrame) -> list[bool]:
    if field.required == "M":
        return [True] * len(rows)
    conditions = field.when.items() if field.required == "C" else ()
    known = [(rows[other], values) for other, values in conditions if other in rows.columns]
    return [any(str(cells.iloc[row]) in values for cells, values in known) for row in range(len(rows))]


def value_width(value: Any, field: FieldSpec) -> int:
    """Characters of a text, digits of a number: width 5 and precision 2 hold 999.99."""
    if field.type == "real":
        return len(f"{abs(float(value)):.{field.precision}f}".replace(".", ""))
    return len(str(abs(value)) if field.type == "int" and isinstance(value, int) else str(value))


def _finding(
    rule: str, code: str, file: str, spec: LayerSpec, field: FieldSpec, rows: pd.DataFrame, wrong: list[bool]
) -> list[PackageFinding]:
    positions = [position for position, is_wrong in enumerate(wrong) if is_wrong]
    if not positions:
        return []
    first = rows[field.name].iloc[positions[0]]
    params = {
        "layer": spec.name, "field": field.name, "alias": field.alias, "count": len(positions), "width": field.width,
        "examples": "、".join(row_name(spec, rows, position) for position in positions[:_EXAMPLES]),
        "value": "" if is_empty(first) else shortened(str(first)),
    }
    return [PackageFinding(rule, file, f"{spec.name}.{field.name}", Message(code, params))]


def row_name(spec: LayerSpec, rows: pd.DataFrame, position: int) -> str:
    """What a reader can find a row by: its natural code, else its serial, else its number."""
    name_of = {field.value: field.name for field in spec.fields if field.name in rows.columns}
    values = [rows[name_of[key]].iloc[position] for key in NATURAL_KEYS if key in name_of]
    return next((str(value)[:40] for value in values if not is_empty(value)), f"#{position + 1}")
