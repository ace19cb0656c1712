"""The list of findings as a model: filtered, in the order of severity, plain or grouped by rule or by village."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from qgis.PyQt.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt
from qgis.PyQt.QtGui import QBrush, QColor, QFont

from village_planner.checks.waivers import FIXED, OPEN
from village_planner.desk.styles import SEVERITY_COLORS
from village_planner.gui.finding_rows import NOT_CHECKED, SEVERITIES, FindingRow, severity_counts, state_name
from village_planner.gui.headed import Headed

SEVERITY, RULE, SUBJECT, STATE, SENTENCE = range(5)
_COLORS = {severity: QColor(color) for severity, color in SEVERITY_COLORS.items()}
_GREY = QBrush(QColor("#8a8a8a"))
_TOP = 0


class Grouping(str, Enum):
    """How the list is grouped."""

    NONE = "none"
    RULE = "rule"
    VILLAGE = "village"


class Wanted(str, Enum):
    """Which states the list shows; `to_do` is what is open and what was not checked."""

    TO_DO = "to_do"
    NEW = "new"
    GONE = "gone"
    NEW_OR_GONE = "new_or_gone"
    WAIVED = "waived"
    ACCEPTED = "accepted"
    ALL = "all"


@dataclass(frozen=True)
class Filter:
    """What is shown. township, village, rule: codes, '' for all. text: a part of subject, sentence, code or rule."""

    severities: frozenset[str] = frozenset(SEVERITIES)
    wanted: Wanted = Wanted.TO_DO
    township: str = ""
    village: str = ""
    rule: str = ""
    text: str = ""

    def shows(self, row: FindingRow) -> bool:
        """Whether a row is shown."""
        return (
            row.severity in self.severities and _has_state(row, self.wanted) and (not self.township or row.township == self.township)
            and (not self.village or row.village == self.village) and (not self.rule or row.rule == self.rule)
            and all(word in row.searched for word in self.text.lower().split())
        )  # fmt: skip


@dataclass
class _Group:
    title: str
    rows: list[FindingRow] = field(default_factory=list)


class FindingsModel(Headed, QAbstractItemModel):
    """Rows that a filter shows; an index of a row in a group carries the group's number + 1."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[FindingRow] = []
        self._shown: list[FindingRow] = []
        self._groups: list[_Group] = []
        self.filter = Filter()
        self.grouping = Grouping.NONE
        self._title_of: Callable[[Grouping, FindingRow], str] = lambda grouping, row: row.rule
        self._headings = (self.tr("Severity"), self.tr("Rule"), self.tr("Subject"), self.tr("State"), self.tr("Finding"))

    def load(self, rows: Sequence[FindingRow], title_of: Callable[[Grouping, FindingRow], str] | None = None) -> None:
        """Hold rows. title_of: the title of the group that a row belongs to."""
        # What was not checked stands before the minor findings: it is no less than a finding.
        order = {severity: place for place, severity in enumerate(("A", "–", "B", "C"))}
        self._all = sorted(rows, key=lambda row: (order.get(row.severity, len(order)), row.state == FIXED))
        if title_of is not None:
            self._title_of = title_of
        self._arrange()

    def show(self, **changes: Any) -> None:
        """Change fields of the filter."""
        self.filter = replace(self.filter, **changes)
        self._arrange()

    def group(self, grouping: Grouping) -> None:
        """Group the rows otherwise."""
        self.grouping = grouping
        self._arrange()

    def rows(self) -> list[FindingRow]:
        """All rows, shown or not."""
        return self._all

    def shown(self) -> list[FindingRow]:
        """The rows that the filter shows, in the order of the list."""
        return [row for group in self._groups for row in group.rows] if self._groups else self._shown

    def counts(self) -> dict[str, int]:
        """Open findings by severity, and how much was not checked, shown or not."""
        return severity_counts(self._all)

    def finding(self, index: QModelIndex) -> FindingRow | None:
        """The row at an index; None for a group or no index."""
        if not index.isValid():
            return None
        if not self._groups:
            return self._shown[index.row()]
        return self._groups[index.internalId() - 1].rows[index.row()] if index.internalId() != _TOP else None

    def index_of(self, place: int) -> QModelIndex:
        """The index of the row at a place in `shown()`; invalid where there is none."""
        if place < 0:
            return QModelIndex()
        if not self._groups:
            return self.index(place, 0) if place < len(self._shown) else QModelIndex()
        for number, group in enumerate(self._groups):
            if place < len(group.rows):
                return self.index(place, 0, self.index(number, 0))
            place -= len(group.rows)
        return QModelIndex()

    def place_of(self, index: QModelIndex) -> int:
        """The place in `shown()` of the row at an index; of a group that of its first row, -1 for no index."""
        if not index.isValid():
            return -1
        if not self._groups:
            return index.row()
        number = index.row() if index.internalId() == _TOP else index.internalId() - 1
        before = sum(len(group.rows) for group in self._groups[:number])
        return before - 1 if index.internalId() == _TOP else before + index.row()

    def index(self, row: int, column: int, parent: QModelIndex = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Qt asks for each place."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else _TOP)

    def parent(self, index: QModelIndex) -> QModelIndex:  # type: ignore[override]
        """The group of a row."""
        if not index.isValid() or index.internalId() == _TOP:
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, _TOP)

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Number of groups or of rows."""
        if not parent.isValid():
            return len(self._groups) if self._groups else len(self._shown)
        is_group = bool(self._groups) and parent.internalId() == _TOP and parent.column() == 0
        return len(self._groups[parent.row()].rows) if is_group else 0

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Cells."""
        row = self.finding(index)
        if row is None:
            return self._group_data(index, role)
        if role == Qt.ItemDataRole.DisplayRole:
            severity = row.severity if row.is_finding else self.tr("unchecked")
            return (severity, row.rule, row.subject, self._state(row), row.sentence)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.sentence
        if role == Qt.ItemDataRole.DecorationRole and index.column() == SEVERITY and row.state != FIXED:
            return _COLORS.get(row.severity)
        if role == Qt.ItemDataRole.ForegroundRole and row.state != OPEN:
            return _GREY
        if role == Qt.ItemDataRole.FontRole and row.state == FIXED:
            font = QFont()
            font.setStrikeOut(True)
            return font
        return None

    def _state(self, row: FindingRow) -> str:
        return self.tr("new") if row.is_new and row.state == OPEN else "" if row.state == OPEN else state_name(row)

    def _group_data(self, index: QModelIndex, role: int) -> Any:
        if index.column() != 0 or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.FontRole):
            return None
        if role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setBold(True)
            return font
        group = self._groups[index.row()]
        counts = severity_counts(group.rows)
        names = {**dict(zip(SEVERITIES, SEVERITIES)), NOT_CHECKED: self.tr("unchecked")}
        shown = " ".join(f"{names[severity]} {counts[severity]}" for severity in SEVERITIES if counts[severity])
        return f"{group.title}（{shown or len(group.rows)}）"

    def _arrange(self) -> None:
        self.beginResetModel()
        self._shown = [row for row in self._all if self.filter.shows(row)]
        groups: dict[str, _Group] = {}
        if self.grouping is not Grouping.NONE:
            for row in self._shown:
                title = self._title_of(self.grouping, row)
                groups.setdefault(title, _Group(title)).rows.append(row)
        # By severity of their first row, as the rows themselves; by rule in the order of the ids within one severity.
        self._groups = list(groups.values())
        self.endResetModel()


def _has_state(row: FindingRow, wanted: Wanted) -> bool:
    if wanted is Wanted.ALL:
        return True
    if wanted is Wanted.TO_DO:
        return row.state == OPEN
    if wanted in (Wanted.WAIVED, Wanted.ACCEPTED):
        return row.state == wanted.value
    is_new, is_gone = row.is_new and row.state != FIXED, row.state == FIXED
    return {Wanted.NEW: is_new, Wanted.GONE: is_gone, Wanted.NEW_OR_GONE: is_new or is_gone}[wanted]
