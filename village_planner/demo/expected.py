"""What the program must find in the demo, in the words of the findings table, and its record in expected.json."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Mapping, Optional

from village_planner.demo.scene import Scene

TOLERANCE_M2 = 0.01
Party = tuple[Optional[str], Optional[str]]
NOBODY: Party = (None, None)


@dataclass(frozen=True)
class Finding:
    """A finding that the check must give.

    subject, other: kind and code; a code that only the plan knows (of a move or consent) is None, and `locator` holds
    columns of its row. measure: in `unit`, right within `tolerance`; None: not compared. params: more figures, m².
    """

    rule: str
    severity: str
    subject: Party
    other: Party = NOBODY
    measure: Optional[float] = None
    unit: Optional[str] = None
    limit: Optional[float] = None
    tolerance: Optional[float] = None
    locator: Mapping[str, Any] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The finding as expected.json has it."""
        return {
            "rule": self.rule, "severity": self.severity,
            "subject_kind": self.subject[0], "subject_code": self.subject[1],
            "other_kind": self.other[0], "other_code": self.other[1],
            "measure": self.measure, "limit": self.limit, "unit": self.unit, "tolerance": self.tolerance,
            "locator": dict(self.locator) or None, "params": dict(self.params),
        }


@dataclass
class Planted:
    """All that was planted, gathered while the faults are put into the scene.

    differences: open roster differences; explained: those that settle themselves; rejected: villages whose decision
    rows are refused; repaired, set_aside: features by source file; not_checked: rules that cannot run.
    """

    findings: list[Finding] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)
    differences: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    repaired: Counter[str] = field(default_factory=Counter)
    set_aside: Counter[str] = field(default_factory=Counter)


def area_finding(
    rule: str, severity: str, subject: Party, other: Party, area_m2: float, params: Optional[Mapping[str, float]] = None
) -> Finding:
    """A finding whose measure is an area in m²."""
    return Finding(rule, severity, subject, other, area_m2, "m2", tolerance=TOLERANCE_M2, params=params or {})


def expected_record(scene: Scene, planted: Planted, parcel_count: int) -> dict[str, Any]:
    """Return the content of expected.json; findings as `Finding.as_json`, counts of the open ones by severity."""
    ordered = sorted(planted.findings, key=lambda f: (f.rule, str(f.subject), str(f.other), str(dict(f.locator))))
    findings = [finding.as_json() for finding in ordered]
    return {
        "village_count": len(scene.villages),
        "hamlet_count": sum(len(village.hamlets) for village in scene.villages),
        "parcel_count": parcel_count,
        "counts": {severity: sum(f["severity"] == severity for f in findings) for severity in "ABC"},
        "findings": findings,
        "not_checked": list(dict.fromkeys(planted.not_checked)),
        "differences": list(planted.differences),
        "rejected": list(planted.rejected),
        "repaired": dict(planted.repaired),
        "set_aside": dict(planted.set_aside),
    }
