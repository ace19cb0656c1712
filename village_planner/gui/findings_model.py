"""The list of findings, of the plan or of an inspected package."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, QObject, QSortFilterProxyModel, Qt
from qgis.PyQt.QtGui import QColor

from village_planner.base import Message
from village_planner.checks.waivers import OPEN
from village_planner.desk.language import text
from village_planner.desk.steps import finding_message
from village_planner.desk.styles import SEVERITY_COLORS
from village_planner.gui.headed import Headed
from village_planner.plan.data import plain

SEVERITY, RULE, SUBJECT, SENTENCE = range(4)
NOT_CHECKED = "–"
_COLORS = {severity: QColor(color) for severity, color in SEVERITY_COLORS.items()}


@dataclass(frozen=True)
class FindingRow:
    """One line: severity (`–` for a rule that was not checked), rule, subject, sentence; geometry and codes to go there.

    difference: subject code where the finding is about a difference between rosters. measure and limit in `unit`; null is none.
    """

    severity: str
    rule: str
    subject: str
    sentence: str
    geom: Any = None
    village: str | None = None
    hamlet: str | None = None
    other: str = ""
    measure: float | None = None
    limit: float | None = None
    unit: str | None = None
    difference: str | None = None


class FindingsModel(Headed, QAbstractTableModel):
    """Findings in the order of severity."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[FindingRow] = []
        self._headings = (self.tr("Severity"), self.tr("Rule"), self.tr("Subject"), self.tr("Finding"))

    def load(self, rows: list[FindingRow]) -> None:
        """Show rows."""
        self.beginResetModel()
        self._rows = sorted(rows, key=lambda row: ("ABC" + NOT_CHECKED).find(row.severity))
        self.endResetModel()

    def row(self, number: int) -> FindingRow:
        """The row at a source position."""
        return self._rows[number]

    def counts(self) -> Counter[str]:
        """Number of rows by severity."""
        return Counter(row.severity for row in self._rows)

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Number of findings."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Cells."""
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (row.severity, row.rule, row.subject, row.sentence)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.sentence
        if role == Qt.ItemDataRole.DecorationRole and index.column() == SEVERITY:
            return _COLORS.get(row.severity)
        return None


class SeverityFilter(QSortFilterProxyModel):
    """Shows the severities that are switched on."""

    def __init__(self, model: FindingsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hidden: set[str] = set()
        self._model = model
        self.setSourceModel(model)

    def set_shown(self, severity: str, shown: bool) -> None:
        """Switch a severity on or off."""
        (self._hidden.discard if shown else self._hidden.add)(severity)
        self.invalidateFilter()

    def filterAcceptsRow(self, row: int, parent: QModelIndex) -> bool:
        """Qt asks for each row."""
        return self._model.row(row).severity not in self._hidden


def finding_rows(findings: pd.DataFrame, name_of: Callable[[str, str], str]) -> list[FindingRow]:
    """Rows of findings with the columns of table `finding`; excused ones are left out. name_of: (kind, code) → name."""
    rows = []
    for finding in findings.to_dict("records"):
        if finding.get("state", OPEN) != OPEN:
            continue
        kind, code = finding["subject_kind"], finding["subject_code"]
        village, other = plain(finding.get("village_code")), plain(finding.get("other_code"))
        rows.append(
            FindingRow(
                finding["severity"], finding["rule"], name_of(kind, code), text(finding_message(finding)), finding.get("geom"),
                code if kind == "village" else village, code if kind == "hamlet" else None,
                other=name_of(finding["other_kind"], other) if other else "",
                measure=plain(finding.get("measure")), limit=plain(finding.get("limit_value")), unit=plain(finding.get("unit")),
                difference=code if kind == "difference" else None,
            )
        )
    return rows


def package_rows(findings: pd.DataFrame) -> list[FindingRow]:
    """Rows of an inspection's findings on files."""
    return [
        FindingRow(row["severity"], row["rule"], " · ".join(part for part in (row["file"], row["subject"]) if part), text(finding_message(row)))
        for row in findings.to_dict("records")
    ]


def not_checked_row(rule: str, message: Message) -> FindingRow:
    """A row for a rule that could not run: it has not passed."""
    return FindingRow(NOT_CHECKED, rule, "", text(message))
