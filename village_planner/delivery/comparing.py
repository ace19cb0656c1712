"""Compares the formats in which a package holds the same layers: layers, rows, values, and geometry within the format's precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from village_planner.base import Message
from village_planner.delivery import filegdb, geopackage, shapefile, vct_layers
from village_planner.delivery.fields import is_empty, shortened
from village_planner.delivery.findings import PackageFinding, place_of
from village_planner.delivery.geodata import GDB, GPKG, SHP, VCT, FileContent, LayerContent, row_serial
from village_planner.delivery.vct import plain_text
from village_planner.standards import FieldSpec, LayerSpec, Profile

RULE = "PK-05"
PRECISION_M = {GPKG: geopackage.PRECISION_M, GDB: filegdb.PRECISION_M, SHP: shapefile.PRECISION_M, VCT: vct_layers.PRECISION_M}
"""How far a coordinate of each format may lie from the plan's, in metres."""
_ROUNDING_M = 1e-9
_EXAMPLES = 5


def compare_formats(best: FileContent, other: FileContent, profile: Profile) -> list[PackageFinding]:
    """Findings (PK-05) where `other` does not hold what `best` holds; layers that the profile does not know are passed over.

    Rows are matched by serial (BSM), where it is unique in both, else by their order. Numbers agree to half a unit of the field's
    last decimal, coordinates to the precision of the two formats. Fields that one of the two lacks are told by the rule on fields.
    """
    theirs = {layer.name: layer for layer in other.layers}
    ours = {layer.name: layer for layer in best.layers}
    findings = []
    for name, spec in profile.layers.items():
        if best.format in spec.not_in or other.format in spec.not_in:
            continue
        if name in ours and name in theirs:
            for subject, message, rows in _compare_layer(spec, ours[name], theirs[name], _tolerance(best, other)):
                place = place_of(ours[name].rows["geom"], rows) if rows and "geom" in ours[name].rows else None
                said = Message(message.code, {**message.params, "best": best.format.upper()})
                findings.append(PackageFinding(RULE, other.file, subject, said, geom=place))
        elif name in ours or name in theirs:
            has, lacks = (best, other) if name in ours else (other, best)
            params = {"layer": name, "alias": spec.alias, "has": has.format.upper(), "lacks": lacks.format.upper()}
            findings.append(PackageFinding(RULE, other.file, name, Message("delivery.formats_layer", params)))
    return findings


def _tolerance(best: FileContent, other: FileContent) -> float:
    return PRECISION_M[best.format] + PRECISION_M[other.format] + _ROUNDING_M


def _compare_layer(spec: LayerSpec, ours: LayerContent, theirs: LayerContent, tolerance_m: float) -> list[tuple[str, Message, list[int]]]:
    """Subject, what is wrong with it, and the rows of `ours` that differ."""
    if len(ours.rows) != len(theirs.rows):
        params = {"layer": spec.name, "found": len(theirs.rows), "expected": len(ours.rows)}
        return [(spec.name, Message("delivery.formats_count", params), [])]
    order = _order(spec, ours, theirs)
    if order is None:
        return [(spec.name, Message("delivery.formats_serials", {"layer": spec.name}), [])]
    findings = []
    for field in spec.fields:
        if field.name in ours.rows and field.name in theirs.rows:
            values = theirs.rows[field.name].to_numpy(dtype=object)[order]
            wrong = [row for row, (one, two) in enumerate(zip(ours.rows[field.name], values)) if not _agree(field, one, two)]
            if wrong:
                first = wrong[0]
                params = {
                    "layer": spec.name, "field": field.name, "alias": field.alias, "count": len(wrong), "row": row_serial(spec, ours, first),
                    "found": _shown(values[first]), "expected": _shown(ours.rows[field.name].iloc[first]),
                }
                findings.append((f"{spec.name}.{field.name}", Message("delivery.formats_value", params), wrong))
    if "geom" in ours.rows and "geom" in theirs.rows:
        rows = _moved(ours.rows["geom"].to_numpy(dtype=object), theirs.rows["geom"].to_numpy(dtype=object)[order], tolerance_m)
        if len(rows):
            examples = "、".join(row_serial(spec, ours, row) for row in rows[:_EXAMPLES])
            params = {"layer": spec.name, "count": len(rows), "examples": examples}
            findings.append((spec.name, Message("delivery.formats_geometry", params), list(rows)))
    return findings


def _order(spec: LayerSpec, ours: LayerContent, theirs: LayerContent) -> np.ndarray | None:
    """Row of `theirs` for each row of `ours`; None where unique serials are not the same ones."""
    field = next((field.name for field in spec.fields if field.value == "bsm"), "")
    if field in ours.rows and field in theirs.rows:
        position = {str(value): row for row, value in enumerate(theirs.rows[field])}
        wanted = [str(value) for value in ours.rows[field]]
        if len(position) == len(theirs.rows) and len(set(wanted)) == len(wanted):
            return np.array([position[value] for value in wanted], dtype=int) if set(wanted) == set(position) else None
    return np.arange(len(ours.rows))


def _agree(field: FieldSpec, one: Any, two: Any) -> bool:
    if one == two:
        return True
    if is_empty(one) or is_empty(two):
        return is_empty(one) and is_empty(two)
    if field.type in ("real", "int"):
        try:
            return abs(float(one) - float(two)) <= 0.5 * 10.0 ** -field.precision + 1e-9
        except (ValueError, TypeError):
            return False
    # A VCT file has no room for its separator and for line ends within a text.
    return plain_text(str(one)) == plain_text(str(two))


def _moved(ours: np.ndarray, theirs: np.ndarray, tolerance_m: float) -> np.ndarray:
    """Rows whose geometry differs: another number of points, an envelope that lies elsewhere, or another size."""
    present = ~shapely.is_missing(ours)
    differs = present != ~shapely.is_missing(theirs)
    differs |= shapely.get_num_coordinates(ours) != shapely.get_num_coordinates(theirs)
    with np.errstate(invalid="ignore"):
        apart = np.abs(shapely.bounds(ours) - shapely.bounds(theirs)).max(axis=1) > tolerance_m
        reach = shapely.length(ours) + 1.0
        sizes = np.abs(shapely.area(ours) - shapely.area(theirs)) > reach * tolerance_m * 2
        lengths = np.abs(shapely.length(ours) - shapely.length(theirs)) > (shapely.get_num_coordinates(ours) + 1) * tolerance_m * 2
    return np.flatnonzero(differs | (present & (apart | sizes | lengths)))


def _shown(value: Any) -> str:
    return "—" if is_empty(value) else shortened(str(value))

