"""Forms of the plan's tables in QGIS and QField: Chinese names, drop-down lists, limits and defaults from the schema and the profile."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qgis.core import QgsDefaultValue, QgsEditorWidgetSetup, QgsValueMapFieldFormatter, QgsVectorLayer

from village_planner.desk import compat
from village_planner.plan.choices import OPEN_COLUMNS, choices, limits
from village_planner.plan.schema import BY_NAME, Column, Role, Table
from village_planner.standards import Profile

EDITABLE = tuple(
    name for name, table in BY_NAME.items()
    if table.role in (Role.BASE, Role.DECISION, Role.RECORD, Role.LEDGER) and name not in ("control_layer", "roster_source", "phase", "evidence")
)
"""Tables that a planner may edit in a form; the others are written by the program alone."""
NEW_CODES = {"patch": "P", "site": "AZ", "move": "M", "consent": "C"}
"""Tables whose new rows get a code of their own, unique over copies of the plan, and the letter that it begins with."""

_NOTHING = "（无）"
_NAMES = {
    "township": "name", "village": "name", "hamlet": "name", "site": "name", "scenario": "title", "phase": "title", "move": "code",
    "approval_step": "code",
}
_LONG_TEXTS = frozenset({"note", "grounds", "basis", "explanation", "reason", "protection_note", "evidence", "detail"})
_FIXED = frozenset({"origin", "compared_at", "settled_at", "settled_by", "accepted_at", "accepted_by", "finding_key", "finding_digest", "digest", "detail"})
_DEFAULTS = {("patch", "kind"): "'new'", ("site", "setting"): "'rural'", ("hamlet", "is_main"): "0", ("village", "kind"): "'village'"}
# A hamlet of the village that the patch belongs to, or one near by; without a shape every hamlet.
_HAMLETS_OF_PATCH = (
    "coalesce(\"village_code\" = left(current_value('hamlet_code'), length(\"village_code\")), false) "
    "OR coalesce(distance($geometry, @current_geometry) < 3000, true)"
)
_FILTERS = {("patch", "hamlet_code"): _HAMLETS_OF_PATCH}
_LIMITS_OF_ROWS = {
    ("consent", "attended"): ('"attended" IS NULL OR "eligible" IS NULL OR "attended" <= "eligible"', "实到不能多于应到"),
    ("consent", "in_favour"): ('"in_favour" IS NULL OR "attended" IS NULL OR "in_favour" <= "attended"', "同意不能多于实到"),
    ("hamlet", "vacant_homesteads"): (
        '"vacant_homesteads" IS NULL OR "homesteads" IS NULL OR "vacant_homesteads" <= "homesteads"', "空置宅基地不能多于宅基地宗数",
    ),
}


def table_layer(path: Path, table: str, profile: Profile) -> QgsVectorLayer:
    """A table of the plan file as a layer with its form; drop-down lists of other tables' rows come with `relate`."""
    spec = BY_NAME[table]
    layer = QgsVectorLayer(f"{path}|layername={table}", spec.alias, "ogr")
    if not layer.isValid():
        return layer
    offered = choices(profile)
    for column in spec.columns:
        index = layer.fields().indexOf(column.name)
        if index < 0:
            continue
        layer.setFieldAlias(index, column.alias)
        values = offered.get((table, column.name), {})
        if values and (table, column.name) not in OPEN_COLUMNS:
            listed = [{name: int(value) if column.type == "int" else value} for value, name in values.items()]
            if not column.required:
                # Else a choice that was made by mistake could not be taken back.
                listed.insert(0, {_NOTHING: QgsValueMapFieldFormatter.NULL_VALUE})
            layer.setEditorWidgetSetup(index, QgsEditorWidgetSetup("ValueMap", {"map": listed}))
        else:
            _set_widget(layer, index, column)
        _constrain(layer, index, spec, column)
    fid = layer.fields().indexOf("fid")
    if fid >= 0:
        layer.setEditorWidgetSetup(fid, QgsEditorWidgetSetup("Hidden", {}))
    _set_defaults(layer, spec)
    if "name" in spec.names or "title" in spec.names:
        layer.setDisplayExpression('"name"' if "name" in spec.names else '"title"')
    layer.setReadOnly(table not in EDITABLE)
    return layer


def relate(layers: Mapping[str, QgsVectorLayer], scenario: str) -> None:
    """Let columns that refer to other tables offer their rows by name, among layers by table; new decisions belong to `scenario`."""
    for table, layer in layers.items():
        for column in BY_NAME[table].columns:
            target, _, key = column.references.partition(".")
            index = layer.fields().indexOf(column.name)
            if index < 0 or target not in layers or target == table:
                continue
            other = layers[target]
            layer.setEditorWidgetSetup(index, QgsEditorWidgetSetup("ValueRelation", {
                "Layer": other.id(), "LayerName": other.name(), "LayerSource": other.publicSource(), "LayerProviderName": "ogr", "Key": key,
                "Value": _NAMES[target], "AllowNull": not column.required, "AllowMulti": False, "OrderByValue": target != "phase", "UseCompleter": False,
                "FilterExpression": _FILTERS.get((table, column.name), ""),
            }))
            if target == "scenario":
                layer.setDefaultValueDefinition(index, QgsDefaultValue(f"'{scenario}'"))


def _set_widget(layer: QgsVectorLayer, index: int, column: Column) -> None:
    kind = "TextEdit"
    config: dict[str, Any] = {"IsMultiline": column.name in _LONG_TEXTS, "UseHtml": False}
    if column.type == "date":
        kind = "DateTime"
        config = {"field_format": "yyyy-MM-dd", "display_format": "yyyy-MM-dd", "calendar_popup": True, "allow_null": True, "field_iso_format": False}
    elif column.type == "blob":
        kind, config = "Hidden", {}
    layer.setEditorWidgetSetup(index, QgsEditorWidgetSetup(kind, config))


def _constrain(layer: QgsVectorLayer, index: int, table: Table, column: Column) -> None:
    if column.required:
        layer.setFieldConstraint(index, compat.NOT_NULL)
    if (column.name,) == table.key:
        layer.setFieldConstraint(index, compat.UNIQUE)
    expression, text = _LIMITS_OF_ROWS.get((table.name, column.name), ("", ""))
    bounds = limits(column)
    if bounds:
        # QGIS 3.22 knows no BETWEEN.
        own = f'"{column.name}" IS NULL OR ("{column.name}" >= {bounds[0]} AND "{column.name}" <= {bounds[1]})'
        expression = f"({own}) AND ({expression})" if expression else own
        text = "；".join(filter(None, (f"{column.alias}须为 {bounds[0]}—{bounds[1]} 的整数", text)))
    elif column.type == "real" and column.name.endswith("_m2"):
        expression, text = f'"{column.name}" IS NULL OR "{column.name}" >= 0', f"{column.alias}不能为负"
    if expression:
        layer.setConstraintExpression(index, expression, text)


def _set_defaults(layer: QgsVectorLayer, table: Table) -> None:
    """Codes of new rows, usual values, and what the program alone may write."""
    form = layer.editFormConfig()
    for column in table.columns:
        index = layer.fields().indexOf(column.name)
        default: Any = _DEFAULTS.get((table.name, column.name))
        if column.name == "origin":
            default = "'manual'"
        if column.name == "code" and table.name in NEW_CODES:
            default = f"'{NEW_CODES[table.name]}' || replace(uuid('WithoutBraces'), '-', '')"
        if default is not None:
            layer.setDefaultValueDefinition(index, QgsDefaultValue(default))
        if column.name in _FIXED or (column.name == "code" and table.name in NEW_CODES):
            form.setReadOnly(index, True)
    layer.setEditFormConfig(form)
