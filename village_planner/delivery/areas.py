"""Stated areas of delivered polygons against their ellipsoidal area (QC-3401)."""

from __future__ import annotations

from typing import Iterable, Mapping

import numpy as np
import pandas as pd

from village_planner.base import Message
from village_planner.checks import NotChecked
from village_planner.delivery.findings import PackageFinding, place_of
from village_planner.delivery.geodata import LayerContent, row_serial
from village_planner.spatial.area import area_by_rule_m2
from village_planner.spatial.crs import CrsKind
from village_planner.standards import LayerSpec, Profile

RULE = "QC-3401"
_AREA = "area_m2"
_USABLE = (CrsKind.CGCS2000_PROJECTED, CrsKind.CGCS2000_GEOGRAPHIC)


def check_areas(file: str, contents: Iterable[LayerContent], profile: Profile) -> tuple[list[PackageFinding], list[NotChecked]]:
    """A finding per polygon layer whose area field differs from the area on the ellipsoid, and notes on layers that cannot be measured.

    A difference counts beyond `tolerance_m2` and beyond `tolerance_share` of the area: of large polygons the rounding of
    coordinates and seconds alone makes more than a square metre. Rows without a stated area or without polygon are QC-3106's and QC-4105's.
    """
    setting = profile.rule(RULE)
    findings: list[PackageFinding] = []
    notes: list[NotChecked] = []
    if setting is None or not setting.on:
        return findings, notes
    for content in contents:
        spec = profile.layers.get(content.name)
        field = next((field for field in spec.fields if field.value == _AREA), None) if spec and spec.geometry == "MultiPolygon" else None
        if spec is None or field is None or field.name not in content.rows or "geom" not in content.rows or content.rows.empty:
            continue
        if content.crs.kind not in _USABLE or content.crs.epsg is None:
            notes.append(NotChecked(RULE, Message("delivery.not_checked.areas", {"layer": spec.name})))
            continue
        measured = area_by_rule_m2(content.rows["geom"].to_numpy(dtype=object), content.crs.epsg, profile.value("area_rule"))
        findings += _differences(file, spec, content, (field.name, field.alias), measured, setting.values)
    return findings, notes


def _differences(
    file: str, spec: LayerSpec, content: LayerContent, named: tuple[str, str], measured: np.ndarray, limits: Mapping[str, float]
) -> list[PackageFinding]:
    field, alias = named
    stated = pd.to_numeric(content.rows[field], errors="coerce").to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        apart = np.abs(stated - measured)
        wrong = (measured > 0) & (apart > np.maximum(limits["tolerance_m2"], limits["tolerance_share"] * measured))
    if not wrong.any():
        return []
    worst = int(np.argmax(np.where(wrong, apart, -1.0)))
    params = {
        "layer": spec.name, "field": field, "alias": alias, "count": int(wrong.sum()), "serial": row_serial(spec, content, worst),
        "stated": float(stated[worst]), "measured": float(measured[worst]),
    }
    place = place_of(content.rows["geom"], list(np.flatnonzero(wrong)))
    return [PackageFinding(RULE, file, f"{spec.name}.{field}", Message("delivery.area_differs", params), geom=place)]
