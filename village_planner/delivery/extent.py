"""Whether what a plan draws lies where its villages and townships lie (QC-2204)."""

from __future__ import annotations

from typing import Sequence

import numpy as np
import shapely

from village_planner.base import Message
from village_planner.delivery.findings import PackageFinding, place_of
from village_planner.delivery.geodata import LayerContent, row_serial
from village_planner.standards import LayerSpec, Profile

RULE = "QC-2204"
_UNITS, _DRAWN = ("townships", "villages"), ("hamlets", "patches", "sites", "moves")
_EXAMPLES = 5


def check_extent(file: str, known: Sequence[tuple[LayerSpec, LayerContent]], profile: Profile) -> list[PackageFinding]:
    """One finding per layer with features beyond the extent of villages and townships by more than the rule's `reach_m`.

    Layers in another CRS than the villages are passed over, as is a package without their polygons: other rules say so.
    """
    setting = profile.rule(RULE)
    units = [content for spec, content in known if spec.frame in _UNITS and "geom" in content.rows]
    if setting is None or "reach_m" not in setting.values or not units:
        return []
    crs = units[0].crs
    bounds = np.vstack([shapely.bounds(content.rows["geom"].to_numpy(dtype=object)) for content in units if content.crs.key == crs.key])
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if not len(bounds) or crs.central_meridian_deg is None:
        return []
    reach = float(setting.values["reach_m"])
    least, most = bounds[:, :2].min(axis=0) - reach, bounds[:, 2:].max(axis=0) + reach
    findings = []
    for spec, content in known:
        if spec.frame not in _DRAWN or "geom" not in content.rows or content.crs.key != crs.key:
            continue
        own = shapely.bounds(content.rows["geom"].to_numpy(dtype=object))
        with np.errstate(invalid="ignore"):
            rows = np.flatnonzero((own[:, :2] < least).any(axis=1) | (own[:, 2:] > most).any(axis=1))
        if len(rows):
            examples = "、".join(row_serial(spec, content, row) for row in rows[:_EXAMPLES])
            params = {"layer": spec.name, "count": len(rows), "reach": f"{reach:g}", "examples": examples}
            findings.append(PackageFinding(RULE, file, spec.name, Message("delivery.beyond_extent", params), geom=place_of(content.rows["geom"], list(rows))))
    return findings
