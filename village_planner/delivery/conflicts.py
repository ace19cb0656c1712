"""The areas on control lines that villages state, from the findings of the rules that ran."""

from __future__ import annotations

import pandas as pd

from village_planner.checks import CheckResult
from village_planner.delivery.frames import Conflicts
from village_planner.plan.data import plain


def found_conflicts(result: CheckResult) -> Conflicts:
    """Areas by village from the findings of the rules that ran; None for a rule that did not."""
    return Conflicts(
        farmland_m2=_by_village(result, "NL-01", "farmland_m2"),
        basic_farmland_m2=_by_village(result, "QC-5202", None),
        redline_m2=_by_village(result, "QC-5203", None),
        basic_farmland_new_m2=_by_village(result, "QC-5202", None, only_new=True),
        redline_new_m2=_by_village(result, "QC-5203", None, only_new=True),
    )


def _by_village(result: CheckResult, rule: str, param: str | None, only_new: bool = False) -> dict[str, float] | None:
    if rule not in result.ran:
        return None
    sums: dict[str, float] = {}
    for row in result.findings[result.findings["rule"] == rule].itertuples():
        if only_new and ".retained" in row.message_code:
            continue
        value = plain(row.params.get(param) if param else row.measure)
        if not pd.isna(row.village_code) and value is not None:
            sums[str(row.village_code)] = sums.get(str(row.village_code), 0.0) + float(value)
    return sums
