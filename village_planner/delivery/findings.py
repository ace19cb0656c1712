"""A finding about a package: which rule, in which file, about what, in which words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Iterable, Sequence

import numpy as np
import pandas as pd
import shapely

from village_planner.base import Message
from village_planner.standards import Profile

COLUMNS = ("rule", "severity", "file", "subject", "message_code", "params", "geom")
_MOST_SHAPES = 500


@dataclass(frozen=True)
class PackageFinding:
    """One thing that the inspection of a package found.

    file: path inside the package with /, '' for the package as a whole. subject: layer, field, sheet or member, '' for the file.
    severity: '' for that of the rule in the profile. geom: where it is, in the CRS of the layers, None where it has no place.
    """

    rule: str
    file: str
    subject: str
    message: Message
    severity: str = ""
    geom: Any = None


def place_of(geoms: Any, rows: Sequence[int]) -> Any:
    """Where rows of a layer lie: one geometry of all their polygons, else of their points; a line counts by its middle.

    geoms: shapely or None, by position. None where no row has a shape; of very many rows the first ones.
    """
    shapes = np.asarray(geoms, dtype=object)[list(rows)[:_MOST_SHAPES]]
    shapes = shapely.get_parts(shapes[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)])
    kinds = shapely.get_dimensions(shapes)
    if (kinds == 2).any():
        return shapely.multipolygons(shapes[kinds == 2])
    middles = np.where(kinds == 1, shapely.line_interpolate_point(np.where(kinds == 1, shapes, None), 0.5, normalized=True), shapes)
    return shapely.multipoints(middles[kinds >= 0]) if (kinds >= 0).any() else None


def placed_in(findings: Iterable[PackageFinding], strange: Collection[str]) -> list[PackageFinding]:
    """The findings, without place where they are about one of the layers `strange`, whose coordinates are others."""
    return [replace(one, geom=None) if one.subject.replace(":", ".").split(".")[0] in strange else one for one in findings]


def findings_frame(findings: Iterable[PackageFinding], profile: Profile) -> pd.DataFrame:
    """Findings as a frame with COLUMNS, in a fixed order; those of rules that the profile switches off are left out.

    A rule that the profile does not know is kept with severity A: a province's profile cannot silence it by forgetting it.
    """
    rows = []
    for finding in findings:
        rule = profile.rule(finding.rule)
        if rule is not None and not rule.on:
            continue
        severity = finding.severity or (rule.severity if rule is not None else "A")
        rows.append((finding.rule, severity, finding.file, finding.subject, finding.message.code, dict(finding.message.params), finding.geom))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.sort_values(["severity", "rule", "file", "subject"], kind="stable", ignore_index=True)
