"""The table of villages that unfolds to hamlets: model and filter."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from qgis.PyQt.QtCore import QAbstractItemModel, QModelIndex, QObject, QSortFilterProxyModel, Qt
from qgis.PyQt.QtGui import QColor

from village_planner.desk import compat
from village_planner.gui.headed import Headed
from village_planner.gui.rows import Row, VillageRow, village_rows
from village_planner.plan.data import PlanData
from village_planner.standards import Profile

NAME, CODE, CATEGORY, ACTION, HOUSEHOLDS, PERSONS, MOVES, CONSENT = range(8)
SORT_ROLE = int(Qt.ItemDataRole.UserRole)
CODE_ROLE = SORT_ROLE + 1
_PROTECTED, _OUT_OF_SCOPE = QColor("#7570b3"), QColor("#8a8a8a")
_PATCHED_TABLES = {"category", "action", "move", "consent"}
_IGNORED_TABLES = {"evidence", "implementation", "waiver", "site_capacity", "patch", "roster_difference", "village_alias", "scenario"}


class VillageModel(Headed, QAbstractItemModel):
    """Villages and, under them, hamlets, of one snapshot; patched row by row as the plan changes."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[VillageRow] = []
        self._at: dict[str, tuple[int, int | None]] = {}
        self._owner: dict[str, str] = {}
        self._colors: dict[str, QColor] = {}
        self._profile: Profile | None = None
        self._inside: Collection[str] = ()
        self._headings = (
            self.tr("Name"), self.tr("Code"), self.tr("Category"), self.tr("Action"), self.tr("Households"), self.tr("Persons"),
            self.tr("Moves"), self.tr("Consent"),
        )

    def load(self, data: PlanData, profile: Profile, scenario: str, inside: Collection[str] = ()) -> None:
        """Show a whole snapshot. inside: codes of villages inside the development boundary."""
        self.beginResetModel()
        self._profile, self._inside = profile, inside
        self._rows = village_rows(data, profile, scenario, inside)
        self._at = {row.code: (number, None) for number, row in enumerate(self._rows)}
        for number, village in enumerate(self._rows):
            self._at.update({hamlet.code: (number, place) for place, hamlet in enumerate(village.hamlets)})
        self._colors = {
            row["code"]: QColor(row["color"])
            for name in ("category", "action") for row in profile.code_list(name).rows if row.get("color")
        }
        self._remember_owners(data, scenario)
        self.endResetModel()

    def clear(self) -> None:
        """Show nothing."""
        self.beginResetModel()
        self._rows, self._at, self._owner = [], {}, {}
        self.endResetModel()

    def follow(self, change: Any, data: PlanData, scenario: str) -> bool:
        """Patch the rows that a Change touches; False where it touched the roster itself, so that one must `load` again."""
        touched = {table for table, keys in change.tables.items() if keys}
        if touched - _PATCHED_TABLES - _IGNORED_TABLES:
            return False
        codes = self._villages_of(change, data, scenario)
        if codes and self._profile is not None:
            for row in village_rows(data, self._profile, scenario, self._inside, codes):
                self._replace(row)
        return True

    def row_of(self, index: QModelIndex) -> Row | None:
        """The row behind a source index."""
        if not index.isValid():
            return None
        if index.internalId() == 0:
            return self._rows[index.row()]
        return self._rows[index.internalId() - 1].hamlets[index.row()]

    def village_of(self, index: QModelIndex) -> VillageRow:
        """The village at or above a source index."""
        return self._rows[index.row() if index.internalId() == 0 else index.internalId() - 1]

    def index_of(self, code: str) -> QModelIndex:
        """The index of a village or hamlet; invalid where it is unknown."""
        if code not in self._at:
            return QModelIndex()
        village, hamlet = self._at[code]
        return self.createIndex(village, 0, 0) if hamlet is None else self.createIndex(hamlet, 0, village + 1)

    def villages(self) -> Iterable[VillageRow]:
        """All villages."""
        return iter(self._rows)

    def index(self, row: int, column: int, parent: QModelIndex = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Qt's view of the tree."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: QModelIndex = QModelIndex()) -> Any:  # noqa: B008
        """The village above a hamlet."""
        if not index.isValid() or index.internalId() == 0:
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, 0)

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Number of villages, or of hamlets of a village."""
        if not parent.isValid():
            return len(self._rows)
        return len(self._rows[parent.row()].hamlets) if parent.internalId() == 0 and parent.column() == 0 else 0

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Cells."""
        row = self.row_of(index)
        if row is None:
            return None
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return row.texts[column]
        if role == SORT_ROLE:
            return row.sort[column]
        if role == CODE_ROLE:
            return row.code
        if role == Qt.ItemDataRole.DecorationRole and column in (CATEGORY, ACTION):
            return self._colors.get((row.category if column == CATEGORY else row.action) or "")
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (HOUSEHOLDS, PERSONS):
            return compat.ALIGN_NUMBERS
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(text for text in (f"{row.name} {row.code}", row.protected, row.note, row.texts[column]) if text)
        if role == Qt.ItemDataRole.ForegroundRole and column == NAME:
            return _PROTECTED if row.protected else _OUT_OF_SCOPE if row.note else None
        return None

    def _replace(self, row: VillageRow) -> None:
        number, _ = self._at[row.code]
        self._rows[number] = row
        top = self.createIndex(number, 0, 0)
        self.dataChanged.emit(top, self.createIndex(number, CONSENT, 0))
        if row.hamlets:
            last = len(row.hamlets) - 1
            self.dataChanged.emit(self.createIndex(0, 0, number + 1), self.createIndex(last, CONSENT, number + 1))

    def _villages_of(self, change: Any, data: PlanData, scenario: str) -> set[str]:
        before = self._owner
        self._remember_owners(data, scenario)
        codes = {key["village_code"] for key in change.tables.get("category", []) if key["scenario"] == scenario}
        codes |= {self._village_code(key["hamlet_code"]) for key in change.tables.get("action", []) if key["scenario"] == scenario}
        for table in ("move", "consent"):
            for key in change.tables.get(table, []):
                codes |= {owner[key["code"]] for owner in (before, self._owner) if key["code"] in owner}
        return {code for code in codes if code in self._at}

    def _remember_owners(self, data: PlanData, scenario: str) -> None:
        """A deleted move or consent no longer says whose it was; moves of other scenarios are not shown."""
        moves = data.move[data.move["scenario"] == scenario]
        self._owner = {
            **{code: self._village_code(hamlet) for code, hamlet in zip(moves["code"], moves["hamlet_code"])},
            **dict(zip(data.consent["code"], data.consent["village_code"])),
        }

    def _village_code(self, hamlet_code: str) -> str:
        village, _ = self._at.get(hamlet_code, (None, None))
        return self._rows[village].code if village is not None else ""


class VillageFilter(QSortFilterProxyModel):
    """Filters by text, township and what is still to decide; sorts numbers as numbers."""

    def __init__(self, model: VillageModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._text = self._township = ""
        self._undecided_only = False
        self._model = model
        self.setSourceModel(model)
        self.setSortRole(SORT_ROLE)
        self.setSortLocaleAware(True)

    def set_text(self, text: str) -> None:
        """Show what has `text` in name, code or township."""
        self._text = text.strip().lower()
        self.invalidateFilter()

    def set_township(self, code: str) -> None:
        """Show one township; '' is all."""
        self._township = code
        self.invalidateFilter()

    def set_undecided_only(self, only: bool) -> None:
        """Show villages that lack a category or an action of a hamlet."""
        self._undecided_only = only
        self.invalidateFilter()

    def filterAcceptsRow(self, row: int, parent: QModelIndex) -> bool:
        """Qt asks for each row."""
        index = self._model.index(row, 0, parent)
        village = self._model.village_of(index)
        if not parent.isValid():
            if self._township and village.township != self._township:
                return False
            if self._undecided_only and not village.needs_decision:
                return False
            return self._text in village.searched or any(self._matches(hamlet) for hamlet in village.hamlets)
        hamlet = village.hamlets[row]
        if self._undecided_only and village.category is not None and not hamlet.needs_decision:
            return False
        return self._text in village.searched or self._matches(hamlet)

    def _matches(self, row: Row) -> bool:
        return self._text in row.name.lower() or self._text in row.code
