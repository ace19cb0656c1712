"""A finding about a package: which rule, in which file, about what, in which words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable

import pandas as pd

from village_planner.base import Message
from village_planner.standards import Profile

COLUMNS = ("rule", "severity", "file", "subject", "message_code", "params")


@dataclass(frozen=True)
class PackageFinding:
    """One thing that the inspection of a package found.

    file: path inside the package with /, '' for the package as a whole. subject: layer, field, sheet or member, '' for the file.
    severity: '' for that of the rule in the profile.
    """

    rule: str
    file: str
    subject: str
    message: Message
    severity: str = ""


def findings_frame(findings: Iterable[PackageFinding], profile: Profile) -> pd.DataFrame:
    """Findings as a frame with COLUMNS, in a fixed order; those of rules that the profile switches off are left out.

    A rule that the profile does not know is kept with severity A: a province's profile cannot silence it by forgetting it.
    """
    rows = []
    for finding in findings:
        rule = profile.rule(finding.rule)
        if rule is not None and not rule.on:
            continue
        severity = finding.severity or (rule.severity if rule is not None else "A")
        rows.append((finding.rule, severity, finding.file, finding.subject, finding.message.code, dict(finding.message.params)))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.sort_values(["severity", "rule", "file", "subject"], kind="stable", ignore_index=True)
