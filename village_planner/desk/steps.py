"""Steps that join several rooms, for tasks and algorithms alike; each takes a path and opens its own connection."""

from __future__ import annotations

import getpass
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pandas as pd

from village_planner import checks
from village_planner.base import Feedback, Message
from village_planner.plan import PlanFile

SEVERITIES = ("A", "B", "C")
EXCUSED = ("waived", "accepted")


@dataclass(frozen=True)
class CheckOutcome:
    """What a check of a plan found.

    findings: columns of table `finding` and `geom`, in the plan's CRS (`crs`, an EPSG code).
    not_checked: one message per rule that could not run.
    """

    findings: pd.DataFrame
    not_checked: tuple[Message, ...]
    crs: int

    def count(self, severity: str) -> int:
        """Number of findings of a severity that no waiver excuses."""
        return int(((self.findings["severity"] == severity) & ~self._excused()).sum())

    @property
    def waived(self) -> int:
        """Number of findings that a waiver excuses."""
        return int(self._excused().sum())

    def _excused(self) -> pd.Series:
        return self.findings["state"].isin(EXCUSED)


def check_plan(path: Path, feedback: Feedback, scenario: str | None = None, rules: Sequence[str] | None = None) -> CheckOutcome:
    """Run the rules on the plan file at `path`, store the findings in it and return them.

    scenario: code, None for the adopted one. rules: ids, None for all.
    Raises PlanFileError where the file cannot be used, InputError for an unknown scenario, Cancelled.
    """
    plan = PlanFile.open(path)
    data = plan.read()
    chosen = scenario or data.scenario
    profile = plan.profile()
    layers = plan.layers()
    for problem in layers.problems():
        feedback.say(problem)
    result = checks.run(data, layers, profile, rules=list(rules) if rules else None, scenario=chosen, feedback=feedback)
    findings = checks.apply_waivers(result.findings, data.waiver)
    run = {
        "code": f"R{uuid.uuid4().hex}",
        "at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "who": who(),
        "scenario": chosen,
        "rules": list(result.ran),
        "not_checked": [{"rule": item.rule, "code": item.message.code, "params": dict(item.message.params)} for item in result.not_checked],
    }
    plan.store_findings(run, findings)
    return CheckOutcome(findings, tuple(item.message for item in result.not_checked), data.crs)


def who() -> str:
    """Name of the person at this computer, as history shows it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "?"


def finding_message(row: Any) -> Message:
    """The sentence of a finding (a row with `message_code` and `params`)."""
    return Message(row["message_code"], row["params"] or {})
