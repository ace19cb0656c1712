"""Checks on delivered values that need no other layer: ranges, code beside name, digits of codes, and what only cultivated land may state."""

from __future__ import annotations

import fnmatch
from typing import Any, Mapping, Sequence

import numpy as np
import pandas as pd

from village_planner.accounts.parcels import LAND_USE, Codes, are_of_class
from village_planner.delivery.fields import CODE_DIGITS, is_empty, rows_finding
from village_planner.delivery.findings import PackageFinding
from village_planner.standards import FieldSpec, LayerSpec, Profile

RANGES, NAMES, DIGITS, CULTIVATED, BUILT = "QC-3105", "QC-3303", "QC-3305", "QC-3306", "QC-3308"
_OF_CULTIVATED = ("deduction", "slope", "level")


def check_sense(file: str, spec: LayerSpec, rows: pd.DataFrame, profile: Profile) -> list[PackageFinding]:
    """Findings, one per field: numbers beyond their range (QC-3105), names and feature codes that do not go with their code (QC-3303),
    codes of units with other than the profile's digits (QC-3305), deduction, slope and level of land that is not cultivated (QC-3306), and codes of town
    and village (CZCSXM) that do not go with their class of land (QC-3308).

    rows: one column per field as the file has it; a field that is missing and an empty value are passed over.
    """
    fields = [field for field in spec.fields if field.name in rows.columns]
    findings = []
    for field in fields:
        findings += _check_range(file, spec, field, rows, profile)
        findings += _check_digits(file, spec, field, rows, profile)
        if field.value == "ysdm":
            wrong = [not is_empty(value) and str(value) != spec.code for value in rows[field.name]]
            findings += rows_finding(NAMES, "delivery.feature_code", file, spec, field, rows, wrong, expected=spec.code)
    for code in fields:
        name = next((field for field in fields if code.domain in profile.codes and field.value == f"{code.value}_name"), None)
        if name is not None:
            findings += _check_name(file, spec, code, name, rows, profile)
    return findings + (_check_land(file, spec, fields, rows, profile) if LAND_USE in spec.kinds else [])


def _check_range(file: str, spec: LayerSpec, field: FieldSpec, rows: pd.DataFrame, profile: Profile) -> list[PackageFinding]:
    """The first pattern of the rule's `ranges` that fits the field's frame column gives its bounds; null is no bound."""
    setting = profile.rule(RANGES)
    ranges: Mapping[str, Sequence[Any]] = setting.values.get("ranges", {}) if setting else {}
    bounds = next((ranges[pattern] for pattern in ranges if fnmatch.fnmatchcase(field.value, pattern)), None)
    if field.type not in ("int", "real") or bounds is None:
        return []
    least, most = bounds
    numbers = pd.to_numeric(rows[field.name], errors="coerce")
    wrong = pd.Series(False, index=rows.index)
    if least is not None:
        wrong |= numbers < least
    if most is not None:
        wrong |= numbers > most
    shown = {"least": "—" if least is None else f"{least:g}", "most": "—" if most is None else f"{most:g}"}
    return rows_finding(RANGES, "delivery.value_outside_range", file, spec, field, rows, list(wrong), **shown)


def _check_digits(file: str, spec: LayerSpec, field: FieldSpec, rows: pd.DataFrame, profile: Profile) -> list[PackageFinding]:
    if field.value not in CODE_DIGITS:
        return []
    digits = field.width if field.pad else int(profile.value(CODE_DIGITS[field.value]))
    wrong = [not is_empty(value) and len(str(value)) != digits for value in rows[field.name]]
    return rows_finding(DIGITS, "delivery.code_digits", file, spec, field, rows, wrong, digits=digits)


def _check_name(file: str, spec: LayerSpec, code: FieldSpec, name: FieldSpec, rows: pd.DataFrame, profile: Profile) -> list[PackageFinding]:
    """A code that is not in its list is QC-3104's, a name that is missing QC-3106's."""
    names = {row["code"]: row["name"] for row in profile.code_list(code.domain).rows}
    pairs = [(names.get(str(one)), other) for one, other in zip(rows[code.name], rows[name.name])]
    wrong = [wanted is not None and not is_empty(stated) and str(stated).strip() != wanted for wanted, stated in pairs]
    expected = next((wanted for (wanted, _), is_wrong in zip(pairs, wrong) if is_wrong), "")
    return rows_finding(NAMES, "delivery.name_of_code", file, spec, name, rows, wrong, expected=expected, code_field=code.name)


def _check_land(file: str, spec: LayerSpec, fields: Sequence[FieldSpec], rows: pd.DataFrame, profile: Profile) -> list[PackageFinding]:
    names = {field.value: field.name for field in fields if not field.system}
    if not {"class_code", "built_code"} <= set(names):
        return []
    codes = Codes.of(rows[names["class_code"]]), Codes.of(rows[names["built_code"]])
    findings = _check_built(file, spec, next(field for field in fields if field.value == "built_code"), rows, codes, profile)
    cultivated = are_of_class(*codes, profile.value("farmland_landuse"), None)
    for field in (field for field in fields if field.value in _OF_CULTIVATED):
        stated = [not is_empty(value) and str(value).strip() not in ("0", "0.0", "/") for value in rows[field.name]]
        wrong = [is_stated and not is_own for is_stated, is_own in zip(stated, cultivated)]
        findings += rows_finding(CULTIVATED, "delivery.only_cultivated", file, spec, field, rows, wrong)
    return findings


def _check_built(
    file: str, spec: LayerSpec, field: FieldSpec, rows: pd.DataFrame, codes: tuple[Codes, Codes], profile: Profile
) -> list[PackageFinding]:
    """The rule's `stated`: classes that must have a code of town and village; `only`: the codes that a class may have. Classes are those of its `system`."""
    setting = profile.rule(BUILT)
    if setting is None or setting.values.get("system") != profile.land_use_system.id:
        return []
    empty = np.array([is_empty(value) for value in rows[field.name]], dtype=bool)
    findings = rows_finding(BUILT, "delivery.built_code_missing", file, spec, field, rows, list(are_of_class(*codes, setting.values["stated"], None) & empty))
    for prefix, allowed in setting.values["only"].items():
        wrong = are_of_class(*codes, [prefix], None) & ~are_of_class(*codes, [prefix], allowed) & ~empty
        findings += rows_finding(BUILT, "delivery.built_code_of_class", file, spec, field, rows, list(wrong), land_class=prefix, expected="、".join(allowed))
    return findings
