"""Delivered fields: plan words to codes of the standard and back, and the checks on values that writer and inspector share."""

from __future__ import annotations

import math
from typing import Any, Collection, Mapping, Sequence

import pandas as pd

from village_planner.base import Message
from village_planner.delivery.findings import PackageFinding, place_of
from village_planner.plan.data import plain
from village_planner.standards import CodeList, FieldSpec, LayerSpec, Profile

_EXAMPLES = 5
_SHOWN = 60
NATURAL_KEYS = ("patch_code", "site_code", "move_code", "consent_code", "hamlet_code", "village_code", "bsm")
"""Frame columns that name a row, what is most particular first."""
_NO_CODE = "-"
"""The code of a word for which the standard has none: the field stays empty."""
CODE_DIGITS = {"village_code": "village_code_digits", "township_code": "township_code_digits"}
"""The value of the profile that says how many digits a code has, where a field fills it up."""


def deliver(spec: LayerSpec, frame: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """The rows of a layer as they are delivered: one column per field, `geom` where the layer has geometry.

    frame: has the columns that the fields name in `value`; a field whose column is missing is null throughout.
    Values are plain Python (str, int, float, None); a word is turned into its code, or the code's name where the field shows names; one without
    code stays as it is. A land use code that its parcel's system cannot turn into one of the field's system is null: a human has to decide.
    """
    columns: dict[str, list[Any]] = {}
    for field in spec.fields:
        values = list(frame[field.value]) if field.value in frame.columns else [None] * len(frame)
        if field.system:
            values = _in_system(values, frame["built_code"] if "built_code" in frame.columns else None, field.system, profile)
        shown = _shown_as(field, profile)
        columns[field.name] = [_typed(value, field, shown) for value in values]
    rows = pd.DataFrame(columns, index=range(len(frame)), dtype=object)
    if spec.geometry != "None":
        rows["geom"] = frame["geom"].to_numpy(dtype=object) if "geom" in frame.columns else None
    return rows


def kept_fields(spec: LayerSpec, profile: Profile, present: Collection[str]) -> dict[str, FieldSpec]:
    """The field of each value from which a plan can be read back: one that is present, with codes rather than names, with a code for every word
    rather than for some, and none that was turned into another classification."""

    def loses(field: FieldSpec) -> tuple[bool, bool, bool]:
        codes = profile.codes.get(field.domain)
        return field.name not in present, codes is not None and _NO_CODE in codes.codes, field.shows == "name"

    kept: dict[str, FieldSpec] = {}
    for field in sorted(spec.fields, key=loses):
        if not field.system:
            kept.setdefault(field.value, field)
    return kept


def kept_value(field: FieldSpec, value: Any, profile: Profile) -> Any:
    """A delivered value without what fills it up."""
    digits = CODE_DIGITS.get(field.value) if field.pad else None
    return str(value)[: int(profile.value(digits))] if digits and not is_empty(value) else value


def words_of(field: FieldSpec, profile: Profile) -> Mapping[str, str]:
    """Delivered code, or name where the field shows names → plan word, or code of a list without words."""
    codes = profile.codes.get(field.domain)
    if codes is None or field.shows != "name":
        return word_of_code(codes)
    return {row["name"]: row.get("word") or row["code"] for row in codes.rows}


def _shown_as(field: FieldSpec, profile: Profile) -> Mapping[str, str]:
    """Plan word → what the field shows of it."""
    if field.shows != "name":
        return code_of_word(profile.codes.get(field.domain))
    rows = profile.system(field.system).codes.rows if field.system else profile.code_list(field.domain).rows
    return {row.get("word") or row["code"]: row["name"] for row in rows}


def _in_system(values: Sequence[Any], built: Sequence[Any] | None, system: str, profile: Profile) -> list[str | None]:
    """Land use codes of the plan in another system; null where there is not just one."""
    own = profile.land_use_system
    crosswalk = profile.crosswalk(own.id, system)
    turned: list[str | None] = []
    for row, value in enumerate(values):
        code = "" if is_empty(value) else str(value)
        found = crosswalk.single(own.code(code), str(plain(built[row]) or "") if built is not None else None) if code in own else None
        turned.append(found.code if found else None)
    return turned


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
        findings += rows_finding("QC-3106", "delivery.value_missing", file, spec, field, rows, missing)
        allowed = _allowed(field, profile)
        if allowed:
            wrong = [not is_missing and str(value) not in allowed for value, is_missing in zip(values, empty)]
            findings += rows_finding("QC-3104", "delivery.value_outside_domain", file, spec, field, rows, wrong)
        if field.width:
            wide = [not is_missing and value_width(value, field) > field.width for value, is_missing in zip(values, empty)]
            findings += rows_finding("QC-3101", "delivery.value_too_wide", file, spec, field, rows, wide)
    return findings


def _allowed(field: FieldSpec, profile: Profile) -> set[str]:
    """What may stand in a field of codes; empty for any other field."""
    if field.domain not in profile.codes and not field.system:
        return set()
    codes = profile.system(field.system).codes if field.system else profile.codes[field.domain]
    return {row["name"] for row in codes.rows} if field.shows == "name" else set(codes.codes) - {_NO_CODE}


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
    text = to_code.get(str(value), str(value))
    if text == _NO_CODE:
        return None
    return text.ljust(field.width, field.pad) if field.pad else text


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


def rows_finding(
    rule: str, code: str, file: str, spec: LayerSpec, field: FieldSpec, rows: pd.DataFrame, wrong: Sequence[bool], **more: Any
) -> list[PackageFinding]:
    """One finding on a field in the rows that are `wrong`, none where no row is.

    The message gets layer, field, alias, count, width, examples (what the first rows are called), value (of the first), and `more`.
    """
    positions = [position for position, is_wrong in enumerate(wrong) if is_wrong]
    if not positions:
        return []
    first = rows[field.name].iloc[positions[0]]
    params = {
        "layer": spec.name, "field": field.name, "alias": field.alias, "count": len(positions), "width": field.width,
        "examples": "、".join(row_name(spec, rows, position) for position in positions[:_EXAMPLES]),
        "value": "" if is_empty(first) else shortened(str(first)), **more,
    }
    place = place_of(rows["geom"], positions) if "geom" in rows.columns else None
    return [PackageFinding(rule, file, f"{spec.name}.{field.name}", Message(code, params), geom=place)]


def row_name(spec: LayerSpec, rows: pd.DataFrame, position: int) -> str:
    """What a reader can find a row by: its natural code, else its serial, else its number."""
    name_of = {field.value: field.name for field in spec.fields if field.name in rows.columns}
    values = [rows[name_of[key]].iloc[position] for key in NATURAL_KEYS if key in name_of]
    return next((str(value)[:40] for value in values if not is_empty(value)), f"#{position + 1}")
