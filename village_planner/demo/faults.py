"""The faults of FAULTS=known: each is planted as a simple shape or row, and says exactly what must be found because of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Optional

from village_planner.demo.scene import Scene


@dataclass(frozen=True)
class Expected:
    """A finding that the check must give. locator: columns of the subject's or other party's row where its code is not known."""

    rule: str
    severity: str
    subject: tuple[str, Optional[str]]
    other: tuple[Optional[str], Optional[str]] = (None, None)
    measure: Optional[float] = None
    unit: Optional[str] = None
    tolerance: Optional[float] = None
    locator: Optional[Mapping[str, Any]] = None
    params: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The finding as expected.json has it."""
        return {
            "rule": self.rule, "severity": self.severity,
            "subject_kind": self.subject[0], "subject_code": self.subject[1],
            "other_kind": self.other[0], "other_code": self.other[1],
            "measure": self.measure, "unit": self.unit, "tolerance": self.tolerance,
            "locator": dict(self.locator) if self.locator else None, "params": dict(self.params),
        }


@dataclass
class Planted:
    """All that was planted, gathered while the faults are put into the scene."""

    findings: list[Expected] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)
    differences: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    repaired: dict[str, int] = field(default_factory=dict)
    set_aside: dict[str, int] = field(default_factory=dict)


def plant_faults(scene: Scene) -> Planted:
    """Put the known faults into the scene and return what must be found."""
    return Planted()
