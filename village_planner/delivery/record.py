"""The record of checks (质检记录) that a package carries: findings of the plan, of the package, and what was not checked."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Sequence

import pandas as pd

from village_planner.base import Message, render
from village_planner.checks import NotChecked
from village_planner.delivery.rows import csv_cell
from village_planner.plan.data import plain
from village_planner.standards import Profile

_HEADINGS = ("序号", "检查对象", "规则", "规则名称", "等级", "对象", "相关对象", "实测值", "限值", "单位", "问题", "状态")
STATES = {"open": "未解决", "waived": "已举证", "accepted": "已认可", "fixed": "已整改"}
"""States of findings in Chinese."""


def write_record(path: Path, plan: pd.DataFrame, not_checked: Sequence[NotChecked], package: pd.DataFrame | None, profile: Profile) -> None:
    """Write the record as CSV (UTF-8 with byte order mark, so that spreadsheets show Chinese).

    plan: findings with state; package: findings of the inspection or None; no cell begins like a formula. Raises OSError.
    """
    rows = [*_plan_rows(plan, profile), *(_package_rows(package, profile) if package is not None else []), *_unchecked_rows(not_checked, profile)]
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(_HEADINGS)
        for number, row in enumerate(rows, 1):
            writer.writerow([number, *map(csv_cell, row)])


def _plan_rows(findings: pd.DataFrame, profile: Profile) -> list[list[Any]]:
    ordered = findings.sort_values(["severity", "rule", "subject_kind", "subject_code"], kind="stable")
    return [
        [
            "规划", row.rule, _title(row.rule, profile), row.severity, f"{row.subject_kind}:{row.subject_code}",
            f"{row.other_kind}:{row.other_code}" if plain(row.other_code) else None, _number(row.measure), _number(row.limit_value), plain(row.unit),
            render(Message(row.message_code, row.params)), STATES.get(str(row.state), str(row.state)),
        ]
        for row in ordered.itertuples()
    ]


def _package_rows(findings: pd.DataFrame, profile: Profile) -> list[list[Any]]:
    return [
        [
            "成果包", row.rule, _title(row.rule, profile), row.severity, row.subject or row.file, None, None, None, None,
            render(Message(row.message_code, row.params)), STATES["open"],
        ]
        for row in findings.itertuples()
    ]


def _unchecked_rows(notes: Sequence[NotChecked], profile: Profile) -> list[list[Any]]:
    return [["规划", note.rule, _title(note.rule, profile), "未检查", None, None, None, None, None, render(note.message), None] for note in notes]


def _title(rule_id: str, profile: Profile) -> str:
    rule = profile.rule(rule_id)
    return rule.title if rule else ""


def _number(value: Any) -> float | None:
    value = plain(value)
    return None if value is None else round(float(value), 2)
