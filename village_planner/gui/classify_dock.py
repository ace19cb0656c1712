"""The 分类 dock: the table of villages and hamlets, the buttons that decide, and the forms of what is selected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qgis.gui import QgsDockWidget
from qgis.PyQt.QtCore import QModelIndex, QSize, Qt
from qgis.PyQt.QtGui import QIcon, QKeySequence
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QShortcut,
    QSplitter,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from village_planner.base import Message, resource
from village_planner.desk.language import text
from village_planner.desk.layers import PlanLayers
from village_planner.desk.session import PlanSession
from village_planner.gui.decision_buttons import DecisionButtons
from village_planner.gui.decisions import Decisions
from village_planner.gui.details import Details
from village_planner.gui.help_button import help_button
from village_planner.gui.selection import TableSelection
from village_planner.gui.status_badge import StatusBadge
from village_planner.gui.telling import Teller
from village_planner.gui.village_model import CODE, NAME, VillageFilter, VillageModel
from village_planner.gui.welcome import Welcome

MINIMUM_WIDTH = 380
SPLIT_HEIGHTS = (340, 260)
COLUMN_WIDTHS = (98, 104, 86, 72, 44, 46, 110, 130)


class ClassifyDock(QgsDockWidget):
    """Shows the plan's villages and takes the planner's decisions."""

    def __init__(self, session: PlanSession, layers: PlanLayers, canvas: Any, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("VillagePlannerClassify")
        self.setWindowTitle(self.tr("Classify"))
        self._session, self._layers, self._canvas, self._teller = session, layers, canvas, teller
        self._decisions = Decisions(session)
        self.model = VillageModel(self)
        self.filter = VillageFilter(self.model, self)
        self.tree = QTreeView()
        self._lay_out()
        self.selection = TableSelection(self.tree, self.model, self.filter, layers, self)
        self._connect()
        self._show_whether_open()

    def sizeHint(self) -> QSize:
        """Wide enough for the columns that matter, narrow enough for a small screen."""
        return QSize(MINIMUM_WIDTH + 20, 560)

    def categorize(self, category: str) -> None:
        """Give what is selected a category."""
        with self._teller.refusals():
            self._decisions.categorize(self.selection.present(), category)

    def act(self, action: str) -> None:
        """Give what is selected an action."""
        with self._teller.refusals():
            self._decisions.act(self.selection.present(), action)

    def show_undecided(self) -> None:
        """Show all that is undecided."""
        self._show_all()
        self._undecided.setChecked(True)

    def show_places(self, codes: Sequence[str]) -> None:
        """Select villages or hamlets, whatever the table was filtered by."""
        self._show_all()
        self.selection.select(codes)

    def undo(self) -> None:
        """Take back the last action."""
        with self._teller.refusals():
            self._session.undo()

    def redo(self) -> None:
        """Do again what was undone."""
        with self._teller.refusals():
            self._session.redo()

    def _lay_out(self) -> None:
        self._search = QLineEdit()
        self._search.setPlaceholderText(self.tr("Filter by name or code"))
        self._search.setClearButtonEnabled(True)
        self._township = QComboBox()
        self._township.setMinimumContentsLength(5)
        self._undecided = QCheckBox(self.tr("Undecided"))
        self._undecided.setToolTip(self.tr("Only villages that lack a category, or the action of a hamlet"))
        self._undo_button = _tool_button("undo", self.tr("Undo (Ctrl+Z)"))
        self._redo_button = _tool_button("redo", self.tr("Redo (Ctrl+Y)"))
        top = QHBoxLayout()
        top.setSpacing(3)
        for widget, stretch in (
            (self._search, 3), (self._township, 2), (self._undecided, 0), (self._undo_button, 0), (self._redo_button, 0),
            (help_button("classify"), 0),
        ):
            top.addWidget(widget, stretch)
        self._prepare_tree()
        self._buttons = DecisionButtons(self.tree)
        self._counts = QLabel()
        self.details = Details(self._session, self._decisions)
        upper = QWidget()
        upper_layout = QVBoxLayout(upper)
        upper_layout.setContentsMargins(0, 0, 0, 0)
        upper_layout.setSpacing(3)
        upper_layout.addWidget(StatusBadge(self._session))
        upper_layout.addLayout(top)
        upper_layout.addWidget(self.tree, 1)
        upper_layout.addWidget(self._counts)
        upper_layout.addWidget(self._buttons)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(upper)
        splitter.addWidget(self.details)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setChildrenCollapsible(False)
        splitter.setSizes(list(SPLIT_HEIGHTS))
        self.welcome = Welcome()
        self._body = splitter
        content = QWidget()
        content.setMinimumWidth(MINIMUM_WIDTH)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self.welcome)
        layout.addWidget(splitter)
        self.setWidget(content)

    def _prepare_tree(self) -> None:
        self.tree.setModel(self.filter)
        self.tree.setUniformRowHeights(True)
        self.tree.setSortingEnabled(True)
        self.tree.sortByColumn(CODE, Qt.SortOrder.AscendingOrder)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setExpandsOnDoubleClick(False)
        self.tree.setIndentation(14)
        self.tree.setAlternatingRowColors(True)
        header = self.tree.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionsMovable(True)
        for column, width in enumerate(COLUMN_WIDTHS):
            self.tree.setColumnWidth(column, width)
        # The code is long and seldom read: last.
        header.moveSection(CODE, len(COLUMN_WIDTHS) - 1)

    def _connect(self) -> None:
        session = self._session
        for signal in (session.opened, session.reloaded, session.located):
            signal.connect(self._load_in_turn)
        session.closed.connect(self._show_whether_open)
        session.changed.connect(self._follow)
        self.selection.changed.connect(self._show_selected)
        self._search.textChanged.connect(self._apply_filter)
        self._township.currentIndexChanged.connect(self._apply_filter)
        self._undecided.toggled.connect(self._apply_filter)
        self.tree.doubleClicked.connect(self._zoom)
        self._buttons.category_chosen.connect(self.categorize)
        self._buttons.action_chosen.connect(self.act)
        self._undo_button.clicked.connect(self.undo)
        self._redo_button.clicked.connect(self.redo)
        for keys, slot in (("Ctrl+Z", self.undo), ("Ctrl+Y", self.redo), ("Ctrl+Shift+Z", self.redo)):
            shortcut = QShortcut(QKeySequence(keys), self.widget())
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)
        clear = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.tree)
        clear.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        for signal in (clear.activated, self._buttons.cleared):
            signal.connect(self._do(lambda *_: self._decisions.clear(self.selection.present())))
        decisions, details = self._decisions, self.details
        details.reasons.saved.connect(self._do(lambda reasons: decisions.explain(self.selection.present(), reasons)))
        details.moves.added.connect(self._do(lambda row: decisions.add_moves(self.selection.present(), row)))
        details.moves.saved.connect(self._do(decisions.change_move))
        details.moves.removed.connect(self._do(decisions.remove_move))
        for form in (details.moves, details.consents):
            form.refused.connect(self._teller.warn)
        details.consents.added.connect(self._do(lambda row: decisions.add_consent(self.selection.present(), row)))
        details.consents.saved.connect(self._do(decisions.change_consent))
        details.consents.removed.connect(self._do(decisions.remove_consent))
        details.land.given.connect(self._do(decisions.give_patches))
        details.land.confirmed.connect(self._do(decisions.confirm_patches))
        details.land.shown.connect(lambda codes: self._layers.zoom_to_patches(self._canvas, codes))

    def _do(self, action: Any) -> Any:
        def run(*arguments: Any) -> None:
            with self._teller.refusals():
                action(*arguments)

        return run

    def _load_in_turn(self) -> None:
        self._session.turns.run(self._load)

    def _load(self) -> None:
        session = self._session
        expanded = [row.code for row in self.model.villages() if self.tree.isExpanded(self._shown(row.code))]
        selected = self.selection.present()
        self.model.load(session.data, session.profile, session.scenario, session.inside)
        for code in expanded:
            self.tree.expand(self._shown(code))
        self._buttons.load(session.profile)
        self.details.load()
        self._offer_townships()
        self.selection.select([*selected.villages, *selected.hamlets])
        self.details.show_history()
        self._show_selected()
        self._show_whether_open()
        self._show_counts()
        self._lock()

    def _lock(self) -> None:
        """Switch off what an approved plan refuses, and say why."""
        locked = self._session.is_locked
        why = text(Message("desk.locked")) if locked else ""
        for widget in (self._buttons, self.details.moves, self.details.land, self.details.reasons):
            widget.setEnabled(not locked)
            widget.setToolTip(why)

    def _follow(self, change: Any) -> None:
        session = self._session
        if not self.model.follow(change, session.data, session.scenario):
            self._load_in_turn()
            return
        if {"plan", "approval_step"} & set(change.tables):
            self._lock()
        self.details.show_history()
        self._show_selected()
        self._show_counts()

    def _offer_townships(self) -> None:
        chosen = self._township.currentData()
        self._township.blockSignals(True)
        self._township.clear()
        self._township.addItem(self.tr("All townships"), "")
        townships = self._session.data.township
        for code, name in zip(townships["code"], townships["name"]):
            self._township.addItem(name, code)
        self._township.setCurrentIndex(max(0, self._township.findData(chosen)))
        self._township.blockSignals(False)
        self._apply_filter()

    def _show_all(self) -> None:
        self._search.clear()
        self._township.setCurrentIndex(0)
        self._undecided.setChecked(False)

    def _apply_filter(self, *_: Any) -> None:
        self.filter.show(self._search.text(), self._township.currentData() or "", self._undecided.isChecked())
        self._show_counts()

    def _show_selected(self) -> None:
        if self._session.is_open:
            self.details.show_selected(self.selection.present())

    def _show_counts(self) -> None:
        rows = list(self.model.villages())
        undecided = sum(row.needs_decision for row in rows)
        self._counts.setText(self.tr("{0} of {1} villages shown, {2} undecided").format(self.filter.rowCount(), len(rows), undecided))

    def _show_whether_open(self) -> None:
        self.welcome.setVisible(not self._session.is_open)
        self._body.setVisible(self._session.is_open)
        if not self._session.is_open:
            self.model.clear()

    def _zoom(self, index: QModelIndex) -> None:
        source = self.filter.mapToSource(index).siblingAtColumn(NAME)
        row = self.model.row_of(source)
        if row is not None and self._canvas is not None:
            is_hamlet = source.parent().isValid()
            self._layers.zoom(self._canvas, [] if is_hamlet else [row.code], [row.code] if is_hamlet else [])

    def _shown(self, code: str) -> QModelIndex:
        return self.filter.mapFromSource(self.model.index_of(code))


def _tool_button(icon: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(QIcon(str(resource().parent / "icons" / f"{icon}.svg")))
    button.setToolTip(tip)
    button.setAutoRaise(True)
    return button
