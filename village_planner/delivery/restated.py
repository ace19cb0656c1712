"""Compares what a layer states of others (names beside codes, sums and counts) with what those layers themselves give."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

import pandas as pd

from village_planner.base import Message
from village_planner.delivery.fields import deliver, is_empty, row_name, shortened
from village_planner.delivery.findings import PackageFinding, place_of
from village_planner.delivery.frames import DeliverySource, layers_of
from village_planner.delivery.geodata import LayerContent
from village_planner.standards import FieldSpec, LayerSpec, Profile, RuleSetting

UNITS, NAMES, SUMS, FIGURES = "QC-3301", "QC-3303", "QC-3403", "QC-6101"
RULES = (UNITS, NAMES, SUMS, FIGURES)
_RULES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "villages": {
        UNITS: ("village_name", "township_name"), SUMS: ("present_m2", "planned_m2"),
        FIGURES: (
            "hamlet_count", "residents", "vacant_homesteads", "hollow_percent", "action", "mode", "destination_code", "destination_name", "phase",
            "in_favour_percent", "meeting_date",
            "planned_m2_per_person",
        ),
    },
    "hamlets": {UNITS: ("village_name",), SUMS: ("present_m2", "planned_m2")},
    "patches": {UNITS: ("village_code", "village_name"), NAMES: ("hamlet_name",)},
    "sites": {UNITS: ("township_name", "village_name"), FIGURES: ("capacity",)},
    "moves": {UNITS: ("village_code", "village_name"), NAMES: ("hamlet_name", "destination_name"), FIGURES: ("distance_m",)},
    "consents": {UNITS: ("village_name",), NAMES: ("hamlet_name",)},
}
"""Frame → rule → columns that other layers, or the layer's own shapes, give as well. Households and persons of villages are QC-7108's."""
_KEYS = {
    "villages": "village_code", "hamlets": "hamlet_code", "patches": "patch_code", "sites": "site_code", "moves": "move_code", "consents": "consent_code",
}
_OF_ROUNDED = 0.02
"""How far a quotient or distance of rounded numbers may be off."""


def check_restated(file: str, contents: Sequence[LayerContent], source: DeliverySource) -> list[PackageFinding]:
    """One finding per field whose values are not those that the package's other layers give: names of units (QC-3301), names beside other
    codes (QC-3303), sums of areas (QC-3403), counts and other figures (QC-6101).

    source: the plan as these layers describe it. A value that is missing, or that the layers cannot give, is not compared.
    """
    frames = layers_of(source)
    by_name = {content.name: content for content in contents}
    findings = []
    for name, spec in source.profile.layers.items():
        if spec.frame in _RULES and name in by_name:
            findings += _check_layer(file, spec, by_name[name], frames[spec.frame], source.profile)
    return findings


def _check_layer(file: str, spec: LayerSpec, content: LayerContent, frame: pd.DataFrame, profile: Profile) -> list[PackageFinding]:
    rule_of = {column: rule for rule, columns in _RULES[spec.frame].items() for column in columns}
    key = next((field.name for field in spec.fields if field.value == _KEYS[spec.frame] and field.name in content.rows), None)
    if key is None:
        return []
    own = deliver(spec, frame, profile)
    position = {str(code): row for row, code in enumerate(own[key])}
    findings = []
    for field in (field for field in spec.fields if field.value in rule_of and field.name in content.rows):
        rule, wanted, setting = rule_of[field.value], list(own[field.name]), profile.rule(rule_of[field.value])
        pairs = [(value, wanted[position[str(code)]]) for code, value in zip(content.rows[key], content.rows[field.name]) if str(code) in position]
        rows = [row for row, code in enumerate(content.rows[key]) if str(code) in position]
        wrong = [number for number, (stated, expected) in enumerate(pairs) if not _agree(field, stated, expected, setting)]
        if wrong:
            stated, expected = pairs[wrong[0]]
            params = {
                "layer": spec.name, "field": field.name, "alias": field.alias, "count": len(wrong), "row": row_name(spec, content.rows, rows[wrong[0]]),
                "stated": shortened(str(stated)), "expected": shortened(str(expected)),
            }
            place = place_of(content.rows["geom"], [rows[number] for number in wrong]) if "geom" in content.rows else None
            findings.append(PackageFinding(rule, file, f"{spec.name}.{field.name}", Message("delivery.restated", params), geom=place))
    return findings


def _agree(field: FieldSpec, stated: Any, expected: Any, setting: RuleSetting | None) -> bool:
    if is_empty(stated) or is_empty(expected):
        return True
    if field.type in ("int", "real"):
        try:
            apart = abs(float(stated) - float(expected))
        except (ValueError, TypeError):
            return False
        return apart <= _allowed(field, float(expected), setting) + 1e-9
    return str(stated).strip() == str(expected).strip()


def _allowed(field: FieldSpec, expected: float, setting: RuleSetting | None) -> float:
    """In the field's unit: of areas the rule's `tolerance_m2` and `tolerance_share`, of other reals what rounding makes, of whole numbers nothing."""
    if field.type == "int":
        return 0.0
    if field.value.endswith("_m2") and setting is not None:
        values = setting.values
        return max(float(values.get("tolerance_m2", 0.0)), float(values.get("tolerance_share", 0.0)) * abs(expected))
    return max(_OF_ROUNDED, 10.0**-field.precision)
