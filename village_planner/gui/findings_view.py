"""A list of findings with its filters and the pane that tells the chosen one whole; the 质检 and the 成果 dock both have one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from qgis.PyQt.QtCore import QModelIndex, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QShortcut,
    QSplitter,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from village_planner.checks.waivers import OPEN
from village_planner.gui.finding_pane import FindingPane
from village_planner.gui.finding_rows import NOT_CHECKED, SEVERITIES, FindingRow
from village_planner.gui.findings_model import RULE, SENTENCE, SEVERITY, STATE, SUBJECT, FindingsModel, Grouping, Wanted
from village_planner.gui.forms import CodeCombo

COLUMN_WIDTHS = {SEVERITY: 40, RULE: 64, STATE: 52}
SPLIT_HEIGHTS = (270, 250)
GROUP_INDENT = 40
SEARCH_PAUSE_MS = 200


class FindingsView(QWidget):
    """`gone_to` carries the row that the planner wants to see on the map, `chosen` the row whose pane is shown (or None)."""

    gone_to = pyqtSignal(object)
    chosen = pyqtSignal(object)

    def __init__(self, scope: QWidget, with_states: bool = True) -> None:
        """scope: the dock in which the keys work. with_states: whether rows have states, townships and villages to filter by."""
        super().__init__()
        self._with_states = with_states
        self.model = FindingsModel(self)
        self.tree = QTreeView()
        self.pane = FindingPane()
        self.boxes = {severity: QCheckBox(severity) for severity in SEVERITIES}
        self.state, self.township, self.grouping = CodeCombo(), CodeCombo(), CodeCombo()
        self.search = QLineEdit()
        self._search_pause = QTimer(self)
        self._search_pause.setSingleShot(True)
        self._search_pause.setInterval(SEARCH_PAUSE_MS)
        self._offer()
        self._lay_out()
        self._connect(scope)
        self._show_columns()

    def load(self, rows: Sequence[FindingRow], title_of: Callable[[Grouping, FindingRow], str] | None = None) -> None:
        """Show rows; the finding that was chosen stays chosen. title_of: of the group that a row belongs to."""
        current = self.model.finding(self.tree.currentIndex())
        self.model.load(rows, title_of)
        self._show_counts()
        shown = self.model.shown()
        place = next((place for place, row in enumerate(shown) if current is not None and row.key and row.key == current.key), -1)
        self.tree.setCurrentIndex(self.model.index_of(place))
        self._tell()

    def offer_townships(self, townships: Sequence[tuple[str, str]]) -> None:
        """Offer (code, name) pairs to filter by."""
        before = self.township.value()
        self.township.set_choices(townships, self.tr("All townships"))
        self.township.set_value(before)

    def show_only(self, rule: str | None = None, village: str | None = None, severity: str | None = None, state: str | None = None) -> None:
        """Set the filter to what is given, and nothing else; None shows all. state: of Wanted."""
        self.search.clear()
        self.township.set_value(None)
        self.state.set_value(state or Wanted.TO_DO.value)
        for name, box in self.boxes.items():
            box.blockSignals(True)
            box.setChecked(severity is None or name == severity)
            box.blockSignals(False)
        self._filter(rule=rule or "", village=village or "")

    def selected(self) -> list[FindingRow]:
        """The rows that are selected, in the order of the list."""
        found = [self.model.finding(index) for index in sorted(self.tree.selectionModel().selectedRows(), key=self.model.place_of)]
        return [row for row in found if row is not None]

    def step(self, by: int) -> None:
        """Go to the next (1) or previous (-1) finding, and show it on the map."""
        count = len(self.model.shown())
        if not count:
            return
        current = self.tree.currentIndex()
        place = self.model.place_of(current) + by if current.isValid() else (0 if by > 0 else count - 1)
        index = self.model.index_of(min(max(place, 0), count - 1))
        self.tree.setCurrentIndex(index)
        self.tree.scrollTo(index)
        self._go(index)

    def _offer(self) -> None:
        self.state.set_choices([
            (Wanted.TO_DO.value, self.tr("Open and not checked")), (Wanted.NEW_OR_GONE.value, self.tr("New or gone")),
            (Wanted.NEW.value, self.tr("New")), (Wanted.GONE.value, self.tr("Gone")), (Wanted.WAIVED.value, self.tr("Explained")),
            (Wanted.ACCEPTED.value, self.tr("Accepted")), (Wanted.ALL.value, self.tr("All states")),
        ])  # fmt: skip
        groupings = [(Grouping.NONE.value, self.tr("Plain list")), (Grouping.RULE.value, self.tr("By rule"))]
        if self._with_states:
            groupings.append((Grouping.VILLAGE.value, self.tr("By village")))
        self.grouping.set_choices(groupings)
        self.township.set_choices([], self.tr("All townships"))
        self.search.setPlaceholderText(self.tr("Filter by words, name or code"))
        self.search.setClearButtonEnabled(True)
        self.state.setToolTip(self.tr("New and gone: compared with the check before the last one that was asked for"))
        for box in self.boxes.values():
            box.setChecked(True)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(_row(*self.boxes.values(), None))
        if self._with_states:
            layout.addLayout(_row(self.state, self.township, self.grouping))
        self.previous, self.next = QToolButton(), QToolButton()
        for button, arrow, tip in (
            (self.previous, Qt.ArrowType.UpArrow, self.tr("Previous finding (Shift+F8)")), (self.next, Qt.ArrowType.DownArrow, self.tr("Next finding (F8)")),
        ):
            button.setArrowType(arrow)
            button.setToolTip(tip)
            button.setAutoRaise(True)
        layout.addLayout(_row(self.search, *([] if self._with_states else [self.grouping]), self.previous, self.next))
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.tree)
        splitter.addWidget(self.pane)
        splitter.setSizes(list(SPLIT_HEIGHTS))
        layout.addWidget(splitter, 1)

    def _connect(self, scope: QWidget) -> None:
        self.tree.setModel(self.model)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setUniformRowHeights(True)
        self.tree.setAlternatingRowColors(True)
        self.tree.setAllColumnsShowFocus(True)
        self.tree.clicked.connect(self._go)
        self.tree.activated.connect(self._go)
        self.tree.selectionModel().currentRowChanged.connect(lambda *_: self._tell())
        self.model.modelReset.connect(self._show_columns)
        for box in self.boxes.values():
            box.toggled.connect(lambda *_: self._filter())
        self.state.currentIndexChanged.connect(lambda *_: self._filter(rule="", village=""))
        self.township.currentIndexChanged.connect(lambda *_: self._filter())
        self.grouping.currentIndexChanged.connect(lambda *_: self.model.group(Grouping(self.grouping.value())))
        self._search_pause.timeout.connect(self._filter)
        self.search.textChanged.connect(lambda *_: self._search_pause.start())
        self.previous.clicked.connect(lambda: self.step(-1))
        self.next.clicked.connect(lambda: self.step(1))
        for keys, by in (("F8", 1), ("Shift+F8", -1)):
            shortcut = QShortcut(QKeySequence(keys), scope)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda by=by: self.step(by))

    def _filter(self, **changes: Any) -> None:
        shown = frozenset(severity for severity, box in self.boxes.items() if box.isChecked())
        self.model.show(
            severities=shown, wanted=Wanted(self.state.value()), township=self.township.value() or "", text=self.search.text(), **changes,
        )
        self._tell()

    def _show_columns(self) -> None:
        """The sentence names its subject; a list by rule does not repeat the rule."""
        grouped = self.model.grouping is not Grouping.NONE
        self.tree.setRootIsDecorated(grouped)
        says_state = any(row.is_new or row.state != OPEN for row in self.model.shown())
        for column, is_hidden in ((SUBJECT, True), (STATE, not says_state), (RULE, self.model.grouping is Grouping.RULE)):
            self.tree.setColumnHidden(column, is_hidden)
        for column, width in COLUMN_WIDTHS.items():
            self.tree.setColumnWidth(column, width + (GROUP_INDENT if column == SEVERITY and grouped else 0))
        self.tree.header().setStretchLastSection(True)
        assert SENTENCE == self.model.columnCount() - 1
        for number in range(self.model.rowCount() if grouped else 0):
            self.tree.setFirstColumnSpanned(number, QModelIndex(), True)
        if grouped:
            self.tree.expandAll()

    def _show_counts(self) -> None:
        counts = self.model.counts()
        names = {"A": self.tr("A serious"), "B": self.tr("B important"), "C": self.tr("C minor"), NOT_CHECKED: self.tr("not checked")}
        for severity, box in self.boxes.items():
            box.setText(f"{names[severity]} {counts[severity]}")

    def _tell(self) -> None:
        self.chosen.emit(self.model.finding(self.tree.currentIndex()))

    def _go(self, index: QModelIndex) -> None:
        row = self.model.finding(index)
        if row is not None:
            self.gone_to.emit(row)


def _row(*widgets: QWidget | None) -> QHBoxLayout:
    """Widgets side by side; None stretches."""
    row = QHBoxLayout()
    row.setSpacing(4)
    for widget in widgets:
        row.addStretch(1) if widget is None else row.addWidget(widget, 0 if isinstance(widget, (QCheckBox, QToolButton)) else 1)
    return row
