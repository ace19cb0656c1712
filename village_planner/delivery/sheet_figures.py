"""The figures of map sheets by group and code, from the plan's accounts; and the rows of the tables that show them."""

from __future__ import annotations

from typing import Any, Mapping

import pandas as pd

from village_planner.accounts import APART, category_counts, hamlet_actions, phase_tasks, unguided_hamlets
from village_planner.accounts.decisions import UNDECIDED
from village_planner.accounts.rounding import half_up
from village_planner.accounts.sums import known_sum
from village_planner.delivery.frames import DeliverySource, counted_inside
from village_planner.plan.data import plain
from village_planner.standards import SheetTable

Figures = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Group (``category``, ``action``, ``move``, ``phase``) → code → figure → number; None where it is unknown. Areas in m², to 2 decimals."""

UNKNOWN_PHASE = "时序未定"
TOTAL = "合计"
UNKNOWN = "—"
_CATEGORY = ("villages", "households", "persons", "built_m2")
_MOVE = ("moves", "households", "persons", "cleared_m2", "built_m2")
_PHASE = ("moves", "hamlets", "villages", "households", "persons", "cleared_m2", "built_m2")
_COUNTS = ("moves", "hamlets", "villages")
_NONE = {"category": {"": "尚未分类"}, "action": {UNDECIDED: "未定", APART: "不作布局引导"}, "phase": {"": UNKNOWN_PHASE}}


def sheet_figures(source: DeliverySource) -> dict[str, dict[str, dict[str, Any]]]:
    """All groups. The code is '' for villages that lack a category and unphased moves, `total` for the moves together.

    Categories and actions that do not occur are left out; every phase of the plan is there.
    """
    data, scenario = source.data, source.scenario
    tasks = phase_tasks(data, scenario)
    inside = counted_inside(source)
    categories = _by(category_counts(data, source.profile, scenario, inside), "category", _CATEGORY)
    actions = hamlet_actions(data, scenario)
    counts = {**actions[actions != UNDECIDED].value_counts(), **unguided_hamlets(data, source.profile, scenario, inside)}
    phases = {str(year): _sums(tasks.iloc[0:0], _PHASE) for year in data.phases}
    return {
        "category": {code: row for code, row in categories.items() if row["villages"]},
        "action": {str(code): {"hamlets": int(count)} for code, count in sorted(counts.items()) if count},
        "move": {"total": _sums(tasks, _MOVE)},
        "phase": {**phases, **_by(tasks, "phase", _PHASE)},
    }


def row_names(group: str, source: DeliverySource) -> dict[str, str]:
    """Chinese names of a group's codes, in the order of the profile or the plan."""
    if group == "phase":
        phases = source.data.phase.sort_values("year")
        listed = {str(year): str(title) for year, title in zip(phases["year"], phases["title"])}
        return {**listed, **_NONE["phase"]}
    names = {row["code"]: row["name"] for row in source.profile.code_list(group).rows}
    return {**names, **_NONE[group]}


def table_rows(table: SheetTable, figures: Figures, source: DeliverySource) -> tuple[tuple[str, ...], ...]:
    """The cells of a sheet's table as texts, a row for each code that the group has, then the total where the table has one; — for an unknown figure."""
    group = figures[table.figures]
    named = [(name, group[code]) for code, name in row_names(table.figures, source).items() if code in group]
    if table.total:
        values = {column.value: [row[column.value] for _, row in named] for column in table.columns if column.value != "name"}
        named.append((TOTAL, {name: plain(known_sum(pd.Series(column, dtype="float64"))) for name, column in values.items()}))
    return tuple(tuple(name if column.value == "name" else _text(row[column.value], column.format) for column in table.columns) for name, row in named)


def _by(frame: pd.DataFrame, key: str, columns: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    groups = frame.groupby(key, dropna=False, sort=True)
    return {"" if pd.isna(code) else str(code): _sums(rows, columns) for code, rows in groups}


def _sums(frame: pd.DataFrame, columns: tuple[str, ...]) -> dict[str, Any]:
    """Sums of tasks are those of townships that have some: one without any knows that it builds nothing."""
    held = frame[frame["moves"] > 0] if "moves" in frame else frame
    return {column: _number(known_sum((frame if held.empty or column in _COUNTS else held)[column])) for column in columns}


def _number(value: Any) -> int | float | None:
    value = plain(value)
    return None if value is None else round(value, 2)


def _text(value: float | None, form: str) -> str:
    if value is None:
        return UNKNOWN
    return printed_ha(value) if form == "ha" else f"{half_up(value):.0f}"


def printed_ha(area_m2: float) -> str:
    """An area in hectares as sheets print it."""
    return f"{half_up(area_m2 / 10_000, 2):.2f}"
