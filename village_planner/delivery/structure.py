"""Checks the layers of a package against the profile: which there are, their fields, names, coordinate systems, serials and shapes."""

from __future__ import annotations

from collections import Counter
from typing import Sequence

import numpy as np
import shapely

from village_planner.base import Message, render
from village_planner.delivery.extent import check_extent
from village_planner.delivery.fields import check_values, is_empty
from village_planner.delivery.findings import PackageFinding, place_of
from village_planner.delivery.geodata import GDB, SHP, VCT, FileContent, LayerContent, row_serial
from village_planner.delivery.sense import check_sense
from village_planner.delivery.shapefile import dbf_width
from village_planner.delivery.vector import OGR_GEOMETRIES, OGR_TYPES
from village_planner.spatial.crs import CrsKind, looks_like
from village_planner.standards import FieldSpec, LayerSpec, Profile

NOT_FOR_EDITION = "PK-03"
JUDGED_BY_PLAN = frozenset({"townships", "villages", "patches", "sites"})
"""Frames of which the plan's rule QC-4105 tells each shape that is not valid."""
_STRUCTURE = "QC-3101"
_EXAMPLES = 5
_3_DEGREE = {"either": range(4513, 4555), "with": range(4513, 4534), "without": range(4534, 4555)}
"""EPSG codes of the 3-degree zones of CGCS2000 by `zone_prefix`: whether the number of the zone stands before the eastings."""


def check_layers(content: FileContent, profile: Profile, whole: Profile, crs: int | None, county: str, is_best: bool = True) -> list[PackageFinding]:
    """All findings on the layers of one file or folder.

    profile: as the edition uses it; whole: with what the edition leaves out: a layer or field that is only there is not for this
    edition (PK-03). crs: EPSG that the manifest states, None unknown. county: county code that serials begin with, '' unknown.
    is_best: False for a further format of the same layers: its values and shapes are compared with the best one's instead.
    """
    file = content.file
    by_name = {layer.name: layer for layer in content.layers}
    findings = [PackageFinding(_STRUCTURE, file, "", doubt) for doubt in content.doubts]
    findings += _check_presence(content, by_name, profile, whole)
    known = [(spec, by_name[name]) for name, spec in profile.layers.items() if name in by_name]
    for spec, layer in known:
        findings += _check_fields(file, spec, whole.layers[spec.name], layer, content.format)
        findings += [PackageFinding(_STRUCTURE, file, spec.name, doubt) for doubt in layer.doubts]
        if content.format not in (SHP, VCT):
            findings += _check_names(file, spec, layer, content, profile)
        if is_best:
            findings += check_values(file, spec, layer.rows, profile)
            findings += check_sense(file, spec, layer.rows, profile)
            findings += _check_shapes(file, spec, layer)
    spatial = [layer for _, layer in known if layer.geometry != "None"]
    findings += _check_crs(file, spatial, crs, str(profile.value("zone_prefix")))
    findings += check_extent(file, known, profile) if is_best else []
    return findings + (_check_serials(file, known, _serial_prefix(profile, county)) if is_best else [])


def _check_presence(content: FileContent, by_name: dict[str, LayerContent], profile: Profile, whole: Profile) -> list[PackageFinding]:
    findings, file = [], content.file
    for name, spec in profile.layers.items():
        if name not in by_name and spec.required and content.format not in spec.not_in:
            findings.append(PackageFinding("QC-1201", file, name, Message("delivery.layer_missing", {"layer": name, "alias": spec.alias})))
    for name in sorted(set(by_name) - set(profile.layers)):
        if name in whole.layers:
            params = {"layer": name, "alias": whole.layers[name].alias}
            findings.append(PackageFinding(NOT_FOR_EDITION, file, name, Message("delivery.layer_not_for_edition", params)))
        else:
            findings.append(PackageFinding(_STRUCTURE, file, name, Message("delivery.layer_unknown", {"layer": name})))
    return findings


def _check_fields(file: str, spec: LayerSpec, whole: LayerSpec, content: LayerContent, format_: str) -> list[PackageFinding]:
    found = {field.name: field for field in content.fields}
    messages = []
    if content.geometry != spec.geometry:
        params = {"layer": spec.name, "found": _in_words(content.geometry), "expected": _in_words(spec.geometry)}
        messages.append(("", Message("delivery.layer_geometry", params)))
    for field in spec.fields:
        base = {"layer": spec.name, "field": field.name, "alias": field.alias}
        own = found.get(field.name)
        width = dbf_width(field) if format_ == SHP else field.width
        if own is None:
            messages.append((field.name, Message("delivery.field_missing", base)))
        elif own.type != field.type and (own.type, field.type, format_) != ("DateTime", "date", GDB):
            messages.append((field.name, Message("delivery.field_type", {**base, "found": _in_words(own.type), "expected": _in_words(field.type)})))
        elif field.type == "text" and own.width != width:
            messages.append((field.name, Message("delivery.field_width", {**base, "found": own.width, "expected": width})))
        elif format_ == SHP and field.type == "real" and own.precision != field.precision:
            messages.append((field.name, Message("delivery.field_precision", {**base, "found": own.precision, "expected": field.precision})))
    findings = [PackageFinding(_STRUCTURE, file, f"{spec.name}.{name}" if name else spec.name, message) for name, message in messages]
    left_out = {field.name: field.alias for field in whole.fields}
    for name in sorted(set(found) - {field.name for field in spec.fields}):
        if name in left_out:
            message = Message("delivery.field_not_for_edition", {"layer": spec.name, "field": name, "alias": left_out[name]})
            findings.append(PackageFinding(NOT_FOR_EDITION, file, f"{spec.name}.{name}", message))
        else:
            findings.append(PackageFinding(_STRUCTURE, file, f"{spec.name}.{name}", Message("delivery.field_unknown", {"layer": spec.name, "field": name})))
    return findings


def _check_names(file: str, spec: LayerSpec, layer: LayerContent, content: FileContent, profile: Profile) -> list[PackageFinding]:
    """Findings (QC-3101, C) on aliases and domains, one per layer and kind: a reader sees codes where names should stand."""
    found = {field.name: field for field in layer.fields}
    aliases = [f"{field.name}（{field.alias}）" for field in spec.fields if field.name in found and found[field.name].alias != field.alias]
    if layer.alias != spec.alias:
        aliases.insert(0, f"{spec.name}（{spec.alias}）")
    domains = []
    for field in spec.fields:
        if field.name in found and field.domain in profile.package.domains:
            expected = {row["code"]: row["name"] for row in profile.code_list(field.domain).rows}
            if content.domains.get(found[field.name].domain) != expected:
                domains.append(f"{field.name}（{profile.package.domains[field.domain]}）")
    findings = []
    for code, wrong in (("delivery.aliases", aliases), ("delivery.domains", domains)):
        if wrong:
            params = {"layer": spec.name, "count": len(wrong), "examples": "、".join(wrong[:_EXAMPLES])}
            findings.append(PackageFinding(_STRUCTURE, file, spec.name, Message(code, params), "C"))
    return findings


def _in_words(kind: str) -> Message | str:
    """A type of fields or geometry in the reader's language; GDAL's own name for one that no profile uses."""
    return Message(f"delivery.type.{kind.lower()}") if kind in (*OGR_TYPES, *OGR_GEOMETRIES) else kind


def _check_shapes(file: str, spec: LayerSpec, content: LayerContent) -> list[PackageFinding]:
    if "geom" not in content.rows:
        return []
    geoms = content.rows["geom"].to_numpy(dtype=object)
    present = ~shapely.is_missing(geoms)
    bad = present & (shapely.is_empty(geoms) | ~np.isfinite(shapely.bounds(geoms)).all(axis=1))
    if spec.frame not in JUDGED_BY_PLAN:
        bad |= present & ~shapely.is_valid(geoms)
    bad[list(content.unreadable)] = True
    findings = []
    for rule, code, rows in (("QC-4105", "delivery.geometry_invalid", np.flatnonzero(bad)), ("QC-4106", "delivery.curves", content.curved)):
        if len(rows):
            serials = [row_serial(spec, content, row) for row in rows[:_EXAMPLES]]
            params = {"layer": spec.name, "count": len(rows), "examples": "、".join(serials)}
            findings.append(PackageFinding(rule, file, spec.name, Message(code, params), geom=place_of(geoms, list(rows))))
    return findings


def _check_crs(file: str, contents: Sequence[LayerContent], crs: int | None, prefix: str) -> list[PackageFinding]:
    expected = crs if crs is not None else next((content.crs.epsg for content in contents if content.crs.epsg), None)
    findings = []
    for content in contents:
        info, base = content.crs, {"layer": content.name, "found": content.crs.name or "—"}
        if info.kind not in (CrsKind.CGCS2000_PROJECTED, CrsKind.CGCS2000_GEOGRAPHIC):
            findings.append(PackageFinding("QC-2201", file, content.name, Message("delivery.crs_not_cgcs2000", base)))
        elif info.epsg not in _3_DEGREE[prefix] and content.rows["geom"].notna().any():
            code = f"delivery.crs_{prefix}_prefix" if info.epsg in _3_DEGREE["either"] else "delivery.crs_not_3_degree"
            findings.append(PackageFinding("QC-2203", file, content.name, Message(code, base)))
        if expected is not None and info.epsg != expected:
            params = {**base, "found": info.epsg or "—", "expected": expected}
            findings.append(PackageFinding("QC-2204", file, content.name, Message("delivery.crs_differs", params)))
        doubt = looks_like(info, shapely.total_bounds(content.rows["geom"].to_numpy(dtype=object))) if len(content.rows) else None
        if doubt is not None:
            params = {"layer": content.name, "reason": render(doubt)}
            findings.append(PackageFinding("QC-2204", file, content.name, Message("delivery.crs_contradicted", params)))
    return findings


def _serial_prefix(profile: Profile, county: str) -> str:
    """What every identifier begins with: the county's code, which villages' codes begin with too, or nothing."""
    return county if str(profile.value("bsm_pattern")).startswith(("{county}", "{village}")) else ""


def _is_serial(value: str, field: FieldSpec, prefix: str) -> bool:
    """Whether an identifier has the digits that its field asks for; a number has no zeros before it."""
    fits = len(value) <= field.width if field.type == "int" else len(value) == field.width
    return fits and value.startswith(prefix) and value.isdigit()


def _check_serials(file: str, known: Sequence[tuple[LayerSpec, LayerContent]], prefix: str) -> list[PackageFinding]:
    serials: list[tuple[str, str]] = []
    findings = []
    for spec, content in known:
        field = next((field for field in spec.fields if field.value == "bsm"), None)
        if field is None or field.name not in content.rows:
            continue
        values = [str(value) for value in content.rows[field.name] if not is_empty(value)]
        serials += [(spec.name, value) for value in values]
        wrong = [value for value in values if not _is_serial(value, field, prefix)]
        if wrong:
            params = {"layer": spec.name, "count": len(wrong), "width": field.width, "prefix": prefix or "—", "value": wrong[0][:60]}
            findings.append(PackageFinding("QC-3302", file, spec.name, Message("delivery.bsm_malformed", params)))
    counts = Counter(value for _, value in serials)
    reported = set()
    for layer, value in serials:
        if counts[value] > 1 and value not in reported:
            reported.add(value)
            params = {"layer": layer, "value": value[:60]}
            findings.append(PackageFinding("QC-3302", file, f"{layer}:{value[:60]}", Message("delivery.bsm_twice", params)))
    return findings
