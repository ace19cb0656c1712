"""The record of what the program must find in the demo, in the words of the findings table."""

from __future__ import annotations

from typing import Any

from village_planner.demo.faults import Planted
from village_planner.demo.scene import Scene


def expected_record(scene: Scene, planted: Planted, parcel_count: int) -> dict[str, Any]:
    """Return the content of expected.json.

    A finding whose subject or other party has a code that only the plan knows (move, consent) has null there and a
    `locator` with the columns of its row. A `measure` is in `unit`, right within `tolerance`; null: not compared.
    """
    findings = [finding.as_json() for finding in planted.findings]
    return {
        "village_count": len(scene.villages),
        "hamlet_count": sum(len(village.hamlets) for village in scene.villages),
        "parcel_count": parcel_count,
        "counts": {severity: sum(f["severity"] == severity for f in findings) for severity in "ABC"},
        "findings": findings,
        "not_checked": list(planted.not_checked),
        "differences": list(planted.differences),
        "rejected": list(planted.rejected),
        "repaired": dict(planted.repaired),
        "set_aside": dict(planted.set_aside),
    }
