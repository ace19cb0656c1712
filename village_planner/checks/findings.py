"""Findings as a table: the key that stays, the digest that changes, and comparing two runs."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from village_planner.checks.rule import Finding
from village_planner.checks.waivers import EXCUSED, OPEN
from village_planner.plan.data import typed_frame
from village_planner.plan.schema import BY_NAME
from village_planner.spatial.arrays import objects
from village_planner.standards import RuleSetting

_DECIMALS_OF_MEASURES = 2
_DECIMALS_OF_METRES = 3


@dataclass(frozen=True)
class Comparison:
    """Keys of findings in two runs; `changed` are those of `same` whose digest differs."""

    new: tuple[str, ...]
    gone: tuple[str, ...]
    same: tuple[str, ...]
    changed: tuple[str, ...]


def findings_frame(rows: Iterable[tuple[RuleSetting, Finding]]) -> pd.DataFrame:
    """Findings as a table with the columns of plan table `finding` without scenario, state, run and since, and geom."""
    found = list(rows)
    shapes = _geometry_bytes([finding.geom for _, finding in found])
    return records_frame([_record(setting, finding, shape) for (setting, finding), shape in zip(found, shapes)])


def records_frame(records: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """What `finding_record` gives as a table, see `findings_frame`."""
    table = BY_NAME["finding"]
    names = [*table.names, "geom"]
    frame = typed_frame(table, {name: [record.get(name) for record in records] for name in names})
    return frame.drop(columns=["scenario", "state", "run", "since"])


def finding_record(setting: RuleSetting, finding: Finding) -> dict[str, Any]:
    """One finding as a row of the plan's table, without scenario, state, run and since."""
    return _record(setting, finding, _geometry_bytes([finding.geom])[0])


def finding_key(rule: str, subject_kind: str, subject_code: str, other_kind: str | None, other_code: str | None) -> str:
    """The identity of a finding over runs: who, with whom, by which rule (SHA-1 in hex)."""
    text = "|".join([rule, subject_kind, subject_code, other_kind or "", other_code or ""])
    return hashlib.sha1(text.encode("utf-8"), usedforsecurity=False).hexdigest()


def verdict_counts(findings: pd.DataFrame) -> dict[str, int]:
    """How many findings are open per severity (`A`, `B`, `C`), and how many are `waived` (accepted ones included).

    Without a column state every finding is open.
    """
    states = findings["state"] if "state" in findings else pd.Series(OPEN, index=findings.index)
    counts = {severity: int((states.eq(OPEN) & findings["severity"].eq(severity)).sum()) for severity in "ABC"}
    return {**counts, "waived": int(states.isin(EXCUSED).sum())}


def compare(previous: pd.DataFrame, now: pd.DataFrame) -> Comparison:
    """Which findings are new, gone, or in both runs, each in the order of its run."""
    before, after = dict(zip(previous["key"], previous["digest"])), dict(zip(now["key"], now["digest"]))
    same = tuple(key for key in after if key in before)
    return Comparison(
        new=tuple(key for key in after if key not in before),
        gone=tuple(key for key in before if key not in after),
        same=same,
        changed=tuple(key for key in same if before[key] != after[key]),
    )


def _record(setting: RuleSetting, finding: Finding, shape: bytes) -> dict[str, Any]:
    return {
        "key": finding_key(setting.id, finding.subject_kind, finding.subject_code, finding.other_kind, finding.other_code),
        "rule": setting.id,
        "severity": finding.severity or setting.severity,
        "subject_kind": finding.subject_kind,
        "subject_code": finding.subject_code,
        "village_code": finding.village_code,
        "other_kind": finding.other_kind,
        "other_code": finding.other_code,
        "measure": finding.measure,
        "limit_value": finding.limit,
        "unit": finding.unit,
        "message_code": finding.message_code,
        "params": {**_rounded(finding.names), **_rounded(finding.facts)},
        "digest": _digest(finding, shape),
        "geom": finding.geom if finding.geom is not None else finding.place,
    }


def _digest(finding: Finding, shape: bytes) -> str:
    """Hash of what was found, with the bytes of its ground; who is meant by which name, and where it is shown, is no part of it."""
    content = [
        finding.message_code,
        finding.other_kind,
        finding.other_code,
        None if finding.measure is None else _decimal(finding.measure),
        _rounded(finding.facts),
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha1(text.encode("utf-8") + shape, usedforsecurity=False).hexdigest()


def _decimal(value: float) -> str:
    # "-0.00" and "0.00" are the same finding.
    return f"{round(float(value), _DECIMALS_OF_MEASURES) + 0.0:.{_DECIMALS_OF_MEASURES}f}"


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(inner) for inner in value]
    if isinstance(value, np.generic):
        value = value.item()
    return round(value, _DECIMALS_OF_MEASURES) + 0.0 if isinstance(value, float) else value


def _geometry_bytes(geoms: Sequence[BaseGeometry | None]) -> list[bytes]:
    """Each geometry as bytes that do not depend on where its rings begin, to the millimetre; none for null."""
    rounded = shapely.transform(objects(geoms), lambda xy: np.round(xy, _DECIMALS_OF_METRES) + 0.0)
    return [shape or b"" for shape in shapely.to_wkb(shapely.normalize(rounded), byte_order=1)]
