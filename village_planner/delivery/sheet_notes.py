"""The notes of a map sheet: those of the profile, and what of its tables and legend must be explained."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from village_planner.accounts.decisions import WITHDRAWN
from village_planner.delivery.sheet_figures import UNKNOWN
from village_planner.delivery.sheet_frames import CROSSING
from village_planner.plan.data import plain
from village_planner.standards import SheetSpec

_NO_GEOMETRY = "另有{0}在规划数据中无图形，未在图上表示，已计入统计。"
_NAMED_FRAMES = (("villages", "{0} 个村"), ("hamlets", "{0} 个居民点"), ("all_moves", "{0} 项迁并任务"))
_NOT_CLASSIFIED = "统计表不含{0}的单位，共 {1} 个。"
_WHY_NOT = {"inside": "开发边界内不要求分类", "other": "不纳入分类"}
_SCATTERED, _ALL_SCATTERED = "腾退用地含不涉及居民点迁并的零星用地 {0} 块。", "腾退用地 {0} 块，均为不涉及居民点迁并的零星用地。"
_ROUNDED = "因四舍五入，面积分项之和与合计略有出入。"
_NO_VALUE = f"表中“{UNKNOWN}”表示没有或者未填报。"
_DECIMAL = re.compile(r"\d+\.\d+")


_Tables = Sequence[tuple[Sequence[Sequence[str]], bool]]
"""The printed rows of each table, and whether the last of them is a total."""


def sheet_notes(spec: SheetSpec, frames: Mapping[str, pd.DataFrame], tables: _Tables, empty: bool) -> tuple[str, ...]:
    """Notes in their order. frames: of the sheet; empty: whether it has no tasks to tell."""
    stated = spec.notes_when_empty if empty else spec.notes
    return (*stated, *_of_tables(tables), *_of_legend(spec, frames), *_missing(spec, frames), *_crossing(spec, frames))


def _of_tables(tables: _Tables) -> Iterator[str]:
    if any(has_total and not _adds_up(rows) for rows, has_total in tables):
        yield _ROUNDED
    if any(UNKNOWN in row for rows, _ in tables for row in rows):
        yield _NO_VALUE


def _adds_up(rows: Sequence[Sequence[str]]) -> bool:
    """Whether each column of numbers with decimals has the printed sum of what is printed above in its last row."""
    columns = [column for column in zip(*rows) if _DECIMAL.fullmatch(column[-1])]
    return all(_hundredths(column[-1]) == sum(map(_hundredths, column[:-1])) for column in columns)


def _hundredths(cell: str) -> int:
    return round(float(cell) * 100) if _DECIMAL.fullmatch(cell) else 0


def _of_legend(spec: SheetSpec, frames: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """What the map shows and the table or the legend's hamlets do not count."""
    for layer in spec.layers:
        if layer.by == "category_shown" and spec.tables:
            counts = frames[layer.frame][layer.by].value_counts()
            reasons = [text for code, text in _WHY_NOT.items() if counts.get(code)]
            if reasons:
                yield _NOT_CLASSIFIED.format("及".join(reasons), sum(int(counts.get(code, 0)) for code in _WHY_NOT))
        if layer.by == "state_shown":
            patches, hamlets = frames[layer.frame], frames["hamlets"]
            leaving = set(hamlets.loc[hamlets["action"].isin(WITHDRAWN), "hamlet_code"])
            cleared = patches.loc[patches["state_shown"] == "cleared", "hamlet_code"]
            scattered = sum(plain(code) not in leaving for code in cleared)
            if scattered:
                yield (_SCATTERED if scattered < len(cleared) else _ALL_SCATTERED).format(scattered)


def _missing(spec: SheetSpec, frames: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """A note on what of the sheet's subjects has no place on the map."""
    shown = {layer.frame for layer in spec.layers}
    shown |= {"all_moves"} if "moves" in shown else set()
    shown |= {"villages"} if "phase_villages" in shown else set()
    lacking = []
    for name, text in _NAMED_FRAMES:
        count = sum(geom is None or geom.is_empty for geom in frames[name]["geom"]) if name in shown else 0
        if count:
            lacking.append(text.format(count))
    if lacking:
        yield _NO_GEOMETRY.format("、".join(lacking))


def _crossing(spec: SheetSpec, frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """Notes on the moves between a township and others, on the sheets that show moves."""
    notes = frames.get(CROSSING)
    return [] if notes is None or not any(layer.frame == "moves" for layer in spec.layers) else list(notes["note"])
