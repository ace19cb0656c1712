"""Findings as the lists show them: of the open plan, or of a package that was inspected."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import pandas as pd
from qgis.PyQt.QtCore import QCoreApplication

from village_planner.base import Message
from village_planner.checks.waivers import DIED, FIXED, HOLDS, LACKS_EVIDENCE, NO_WAIVER, OPEN, waiver_fates
from village_planner.desk.language import local_time, text
from village_planner.desk.session import PlanSession
from village_planner.desk.steps import finding_message
from village_planner.gui.settle_dialogs import open_differences
from village_planner.plan.data import PlanData, plain
from village_planner.plan.runs import last_run

NOT_CHECKED = "–"
SEVERITIES = ("A", "B", "C", NOT_CHECKED)
_translate = QCoreApplication.translate


@dataclass(frozen=True)
class FindingRow:
    """One line: severity (`–` for a rule that was not checked), rule, subject, sentence; geometry and codes to go there.

    state: of table `finding`; fate: of checks.waiver_fates. is_new: found in the last run for the first time. since: when it was
    found first, '' where that is not known. difference: subject code where the finding is about a difference between rosters.
    measure and limit in `unit`; null is none. key: '' for what is not kept in the plan.
    """

    severity: str
    rule: str
    subject: str
    sentence: str
    geom: Any = None
    village: str | None = None
    hamlet: str | None = None
    township: str | None = None
    other: str = ""
    measure: float | None = None
    limit: float | None = None
    unit: str | None = None
    difference: str | None = None
    key: str = ""
    state: str = OPEN
    fate: str = NO_WAIVER
    is_new: bool = False
    since: str = ""
    searched: str = ""

    @property
    def is_finding(self) -> bool:
        """Whether it is a finding, and not a rule that was not checked."""
        return self.severity != NOT_CHECKED


class PlanRows:
    """Makes the rows of the open plan's shown scenario."""

    def __init__(self, session: PlanSession) -> None:
        self._session = session
        self._data: PlanData = session.data
        self.run = last_run(session.data, session.scenario)
        self.differences = open_differences(session.data)
        runs = self._data.check_run[self._data.check_run["scenario"] == session.scenario]
        self._moments = {code: local_time(str(at)) for code, at in zip(runs["code"], runs["at"])}
        self._names = {
            kind: dict(zip(frame["code"], frame["name"]))
            for kind, frame in ((kind, self._data.tables[kind]) for kind in ("village", "hamlet", "site", "township"))
        }
        self._township_of = dict(zip(self._data.village["code"], self._data.village["township_code"]))

    def rows(self) -> list[FindingRow]:
        """Findings, but those of differences that are settled meanwhile, and what was not checked."""
        if self.run is None:
            return []
        finding = self._data.finding[self._data.finding["scenario"] == self._session.scenario]
        found = finding_rows(finding, self.name_of, self._data.waiver, self._moments if len(self._moments) > 1 else {}, self.run["code"], self._township)
        rows = [row for row in found if row.difference is None or row.difference in self.differences or row.state == FIXED]
        return rows + [not_checked_row(item["rule"], Message(item["code"], item["params"])) for item in self.run["not_checked"] or []]

    def name_of(self, kind: str, code: str) -> str:
        """What a subject of a finding is called."""
        if kind in self._names:
            return str(self._names[kind].get(code, code))
        if kind == "control":
            layer, _, number = code.partition("/")
            return f"{self._session.profile.code_list('control_kind').name(layer) or layer} {number}"
        if kind == "difference":
            difference = self.differences.get(code, {})
            return " · ".join(part for part in (difference.get("name"), difference.get("source")) if part) or code
        if kind == "county":
            return str(self._data.info["county_name"] or code)
        return code.split("/", 1)[-1]

    def _township(self, kind: str, code: str, village: str | None) -> str | None:
        if kind == "township":
            return code
        return plain(self._township_of.get(village)) if village else None


def finding_rows(
    findings: pd.DataFrame, name_of: Callable[[str, str], str], waivers: pd.DataFrame | None = None, moments: dict[str, str] | None = None,
    run: str | None = None, township_of: Callable[[str, str, str | None], str | None] = lambda *_: None,
) -> list[FindingRow]:
    """Rows of findings with the columns of table `finding`.

    name_of: (kind, code) → name. waivers: table `waiver`. moments: run → when it was, empty where there is no earlier one to compare with.
    run: code of the last run. township_of: (kind, code, village) → township.
    """
    fates = waiver_fates(findings, waivers) if waivers is not None else [NO_WAIVER] * len(findings)
    rows = []
    for finding, fate in zip(findings.to_dict("records"), fates):
        kind, code = finding["subject_kind"], finding["subject_code"]
        village, other, since = (plain(finding.get(name)) for name in ("village_code", "other_code", "since"))
        village = code if kind == "village" else village
        subject, sentence = name_of(kind, code), text(finding_message(finding))
        rows.append(
            FindingRow(
                finding["severity"], finding["rule"], subject, sentence, finding.get("geom"), village, code if kind == "hamlet" else None,
                township_of(kind, code, village), name_of(finding["other_kind"], other) if other else "",
                plain(finding.get("measure")), plain(finding.get("limit_value")), plain(finding.get("unit")),
                code if kind == "difference" else None, finding["key"], plain(finding.get("state")) or OPEN, fate,
                bool(moments) and since == run, (moments or {}).get(since, ""), f"{subject} {sentence} {code} {finding['rule']}".lower(),
            )
        )
    return rows


def package_rows(findings: pd.DataFrame) -> list[FindingRow]:
    """Rows of an inspection's findings on files."""
    rows = []
    for row in findings.to_dict("records"):
        subject, sentence = " · ".join(part for part in (row["file"], row["subject"]) if part), text(finding_message(row))
        rows.append(FindingRow(row["severity"], row["rule"], subject, sentence, row.get("geom"), searched=f"{subject} {sentence} {row['rule']}".lower()))
    return rows


def not_checked_row(rule: str, message: Message) -> FindingRow:
    """A row for a rule that could not run: it has not passed."""
    sentence = text(message)
    return FindingRow(NOT_CHECKED, rule, "", sentence, searched=f"{sentence} {rule}".lower())


def state_name(row: FindingRow) -> str:
    """The state of a finding in the planner's words."""
    names = {
        "open": _translate("FindingRows", "open"), "waived": _translate("FindingRows", "explained"),
        "accepted": _translate("FindingRows", "accepted"), FIXED: _translate("FindingRows", "gone"),
    }
    return names.get(row.state, row.state) if row.is_finding else _translate("FindingRows", "not checked")


def fate_sentence(row: FindingRow) -> str:
    """What to say of an explanation that does not excuse; empty where there is nothing to say."""
    if row.state == FIXED or row.fate in (NO_WAIVER, HOLDS):
        return ""
    if row.fate == DIED:
        return _translate("FindingRows", "Its explanation no longer holds: what it explained has changed. Explain it again, or mend it.")
    assert row.fate == LACKS_EVIDENCE
    return _translate("FindingRows", "Its explanation does not excuse it yet: this rule asks for evidence. Add the document that proves it.")


def severity_counts(rows: Collection[FindingRow]) -> dict[str, int]:
    """Open findings by severity, and how much was not checked."""
    counts = dict.fromkeys(SEVERITIES, 0)
    for row in rows:
        if row.state == OPEN:
            counts[row.severity] = counts.get(row.severity, 0) + 1
    return counts
