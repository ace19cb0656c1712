"""The table of villages that unfolds to hamlets: model and filter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
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
ROSTER_TABLES = frozenset({"phase", "township", "village", "hamlet", "site"})
"""What rows, forms and filters are made of whole; of the other tables a row follows its own decisions and consents, and nothing else."""


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
        if touched & ROSTER_TABLES:
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

    def village(self, number: int) -> VillageRow:
        """A village by its place in the roster."""
        return self._rows[number]

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
        # `hasIndex` would ask back for both counts; the filter asks for thousands of places.
        village = parent.row() + 1 if parent.isValid() else 0
        rows = self._rows if not village else self._rows[village - 1].hamlets if parent.internalId() == 0 else ()
        return self.createIndex(row, column, village) if 0 <= row < len(rows) and 0 <= column <= CONSENT else QModelIndex()

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
        if role == SORT_ROLE:
            return row.sort[column]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.texts[column]
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
        """Put a row in its place and tell of the cells that differ: for each cell told, views and filter ask back, and every question waits for the GIL."""
        number, _ = self._at[row.code]
        before, self._rows[number] = self._rows[number], row
        self._tell(_columns_between(before, row), number, number, 0)
        if row.hamlets and (before.category is None) != (row.category is None):
            # Whether the filter for what is undecided shows a hamlet depends on its village too.
            self._tell([CATEGORY], 0, len(row.hamlets) - 1, number + 1)
        for place, (old, new) in enumerate(zip(before.hamlets, row.hamlets)):
            self._tell(_columns_between(old, new), place, place, number + 1)

    def _tell(self, columns: Sequence[int], first: int, last: int, parent: int) -> None:
        if columns:
            self.dataChanged.emit(self.createIndex(first, columns[0], parent), self.createIndex(last, columns[-1], parent))

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
            **{code: self._village_code(hamlet) for code, hamlet in zip(*_columns(moves, "code", "hamlet_code"))},
            **dict(zip(*_columns(data.consent, "code", "village_code"))),
        }

    def _village_code(self, hamlet_code: str) -> str:
        village, _ = self._at.get(hamlet_code, (None, None))
        return self._rows[village].code if village is not None else ""


def _columns_between(before: Row, after: Row) -> list[int]:
    """The columns whose cells differ."""
    pairs = zip(before.texts, after.texts, before.sort, after.sort)
    columns = {column for column, (old, new, low, high) in enumerate(pairs) if old != new or low != high}
    if (before.note, before.protected) != (after.note, after.protected):
        columns.add(NAME)
    if before.needs_decision != after.needs_decision:
        # The filter asks for it, whichever column is told.
        columns.add(CATEGORY)
    return sorted(columns)


def _columns(frame: Any, *names: str) -> list[Any]:
    return [frame[name].to_numpy(dtype=object) for name in names]


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

    def show(self, text: str, township: str, undecided_only: bool) -> None:
        """Show what has `text` in name, code or township, of one township ('' is all), or only what lacks a category or a hamlet's action."""
        wanted = text.strip().lower(), township, undecided_only
        if wanted != (self._text, self._township, self._undecided_only):
            self._text, self._township, self._undecided_only = wanted
            self.invalidateFilter()

    def filterAcceptsRow(self, row: int, parent: QModelIndex) -> bool:
        """Qt asks for each row."""
        village = self._model.village(parent.row() if parent.isValid() else row)
        if not parent.isValid():
            if self._township and village.township != self._township:
                return False
            if self._undecided_only and not village.needs_decision:
                return False
            return not self._text or self._text in village.searched or any(self._matches(hamlet) for hamlet in village.hamlets)
        hamlet = village.hamlets[row]
        if self._undecided_only and village.category is not None and not hamlet.needs_decision:
            return False
        return self._text in village.searched or self._matches(hamlet)

    def _matches(self, row: Row) -> bool:
        return self._text in row.name.lower() or self._text in row.code
