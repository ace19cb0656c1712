"""Whether map sheets say what the package's layers say (图数一致): the figures inside their files against those of the accounts."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator, Mapping

from village_planner.base import Message
from village_planner.delivery.findings import PackageFinding
from village_planner.delivery.frames import DeliverySource
from village_planner.delivery.sheet_figures import TOTAL, row_names, sheet_figures
from village_planner.delivery.sheet_files import read_sheet_figures

RULE = "NL-12"
_AREA_TOLERANCE_M2 = 1.0
_NAMES = {
    "villages": "村庄数", "hamlets": "居民点数", "moves": "任务数", "households": "户数", "persons": "人口",
    "built_m2": "用地面积（m²）", "cleared_m2": "拆旧面积（m²）",
}


def check_sheets(files: Mapping[str, Path], source: DeliverySource) -> list[PackageFinding]:
    """Findings (NL-12): sheets whose figures differ from the package's own, and those that carry none (C), which could not be compared.

    files: path in the package → file. source: the plan as the package's layers describe it. A figure that one side does not know is not compared.
    Coordinates of a package are rounded: areas may differ by 1 m².
    """
    expected = sheet_figures(source)
    findings = []
    for name, path in sorted(files.items()):
        figures = read_sheet_figures(path).get("figures")
        if not figures:
            findings.append(PackageFinding(RULE, name, "", Message("delivery.sheet_without_figures", {"file": name}), "C"))
            continue
        for group, code, figure, stated, own in _pairs(figures, expected):
            tolerance = _AREA_TOLERANCE_M2 if figure.endswith("_m2") else 0
            if abs(stated - own) > tolerance:
                row = row_names(group, source).get(code, TOTAL) if group != "move" else TOTAL
                params = {"file": name, "row": row, "figure": _NAMES.get(figure, figure), "found": f"{stated:.15g}", "expected": f"{own:.15g}"}
                findings.append(PackageFinding(RULE, name, f"{row} {_NAMES.get(figure, figure)}", Message("delivery.sheet_figure_differs", params)))
    return findings


def _pairs(figures: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[tuple[str, str, str, float, float]]:
    """Group, code, figure, what the sheet says, what the package says; a code that one side lacks counts 0 there."""
    for group, rows in figures.items():
        own = expected.get(group, {})
        for code in sorted({*rows, *own}) if group in expected else ():
            names = {*rows.get(code, {}), *own.get(code, {})} if rows else set()
            for name in sorted(names & {*_NAMES}):
                stated, computed = (side.get(code, {name: 0}).get(name) for side in (rows, own))
                if stated is not None and computed is not None:
                    yield group, code, name, float(stated), float(computed)
