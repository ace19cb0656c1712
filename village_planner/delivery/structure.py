"""Checks the layers of a package against the profile: which there are, their fields, names, coordinate systems, serials and shapes."""

from __future__ import annotations

from collections import Counter
from typing import Sequence

import numpy as np
import shapely

from village_planner.base import Message, render
from village_planner.delivery.fields import check_values, is_empty
from village_planner.delivery.findings import PackageFinding
from village_planner.delivery.geodata import GDB, SHP, FileContent, LayerContent, row_serial
from village_planner.delivery.shapefile import dbf_width
from village_planner.delivery.vector import OGR_GEOMETRIES, OGR_TYPES
from village_planner.spatial.crs import CrsKind, looks_like
from village_planner.standards import LayerSpec, Profile

NOT_FOR_EDITION = "PK-03"
_STRUCTURE = "QC-3101"
_EXAMPLES = 5
_3_DEGREE = range(4513, 4555)


def check_layers(content: FileContent, profile: Profile, whole: Profile, crs: int | None, county: str, is_best: bool = True) -> list[PackageFinding]:
    """All findings on the layers of one file or folder.

    profile: as the edition uses it; whole: with what the edition leaves out: a layer or field that is only there is not for this
    edition (PK-03). crs: EPSG that the manifest states, None unknown. county: county code that serials begin with, '' unknown.
    is_best: False for a further format of the same layers: its values and shapes are compared with the best one's instead.
    """
    file = content.file
    by_name = {layer.name: layer for layer in content.layers}
    findings = _check_presence(content, by_name, profile, whole)
    known = [(spec, by_name[name]) for name, spec in profile.layers.items() if name in by_name]
    for spec, layer in known:
        findings += _check_fields(file, spec, whole.layers[spec.name], layer, content.format)
        findings += [PackageFinding(_STRUCTURE, file, spec.name, doubt) for doubt in layer.doubts]
        if content.format != SHP:
            findings += _check_names(file, spec, layer, content, profile)
        if is_best:
            findings += check_values(file, spec, layer.rows, profile)
            findings += _check_shapes(file, spec, layer)
    spatial = [layer for _, layer in known if layer.geometry != "None"]
    findings += _check_crs(file, spatial, crs)
    return findings + (_check_serials(file, known, county) if is_best else [])


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
    bad = present & (shapely.is_empty(geoms) | ~shapely.is_valid(geoms) | ~np.isfinite(shapely.bounds(geoms)).all(axis=1))
    bad[list(content.unreadable)] = True
    rows = np.flatnonzero(bad)
    if len(rows) == 0:
        return []
    serials = [row_serial(spec, content, row) for row in rows[:_EXAMPLES]]
    params = {"layer": spec.name, "count": len(rows), "examples": "、".join(serials)}
    return [PackageFinding("QC-4105", file, spec.name, Message("delivery.geometry_invalid", params))]


def _check_crs(file: str, contents: Sequence[LayerContent], crs: int | None) -> list[PackageFinding]:
    expected = crs if crs is not None else next((content.crs.epsg for content in contents if content.crs.epsg), None)
    findings = []
    for content in contents:
        info, base = content.crs, {"layer": content.name, "found": content.crs.name or "—"}
        if info.kind not in (CrsKind.CGCS2000_PROJECTED, CrsKind.CGCS2000_GEOGRAPHIC):
            findings.append(PackageFinding("QC-2201", file, content.name, Message("delivery.crs_not_cgcs2000", base)))
        elif info.epsg not in _3_DEGREE and content.rows["geom"].notna().any():
            findings.append(PackageFinding("QC-2203", file, content.name, Message("delivery.crs_not_3_degree", base)))
        if expected is not None and info.epsg != expected:
            params = {**base, "found": info.epsg or "—", "expected": expected}
            findings.append(PackageFinding("QC-2204", file, content.name, Message("delivery.crs_differs", params)))
        doubt = looks_like(info, shapely.total_bounds(content.rows["geom"].to_numpy(dtype=object))) if len(content.rows) else None
        if doubt is not None:
            params = {"layer": content.name, "reason": render(doubt)}
            findings.append(PackageFinding("QC-2204", file, content.name, Message("delivery.crs_contradicted", params)))
    return findings


def _check_serials(file: str, known: Sequence[tuple[LayerSpec, LayerContent]], county: str) -> list[PackageFinding]:
    serials: list[tuple[str, str]] = []
    findings = []
    for spec, content in known:
        field = next((field for field in spec.fields if field.value == "bsm"), None)
        if field is None or field.name not in content.rows:
            continue
        values = [str(value) for value in content.rows[field.name] if not is_empty(value)]
        serials += [(spec.name, value) for value in values]
        wrong = [value for value in values if len(value) != field.width or not value.startswith(county) or not value.isdigit()]
        if wrong:
            params = {"layer": spec.name, "count": len(wrong), "width": field.width, "prefix": county or "—", "value": wrong[0][:60]}
            findings.append(PackageFinding("QC-3302", file, spec.name, Message("delivery.bsm_malformed", params)))
    counts = Counter(value for _, value in serials)
    reported = set()
    for layer, value in serials:
        if counts[value] > 1 and value not in reported:
            reported.add(value)
            params = {"layer": layer, "value": value[:60]}
            findings.append(PackageFinding("QC-3302", file, f"{layer}:{value[:60]}", Message("delivery.bsm_twice", params)))
    return findings
