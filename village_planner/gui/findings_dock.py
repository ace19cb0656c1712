"""The 质检 dock: findings by severity; a click goes there on the map."""

from __future__ import annotations

from typing import Any

from qgis.gui import QgsDockWidget
from qgis.PyQt.QtCore import QModelIndex, Qt
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from village_planner.base import Message
from village_planner.desk.language import local_time
from village_planner.desk.layers import PlanLayers
from village_planner.desk.mirrors import qgs_geometry
from village_planner.desk.navigation import go_to
from village_planner.desk.session import PlanSession
from village_planner.gui.finding_pane import FindingPane
from village_planner.gui.findings_model import (
    NOT_CHECKED,
    SUBJECT,
    FindingRow,
    FindingsModel,
    SeverityFilter,
    finding_rows,
    not_checked_row,
    package_rows,
)
from village_planner.gui.settle_dialogs import ask_to_settle, open_differences
from village_planner.gui.telling import Teller

MINIMUM_WIDTH = 360
COLUMN_WIDTHS = (44, 66, 92)
ROW_HEIGHT = 26
SPLIT_HEIGHTS = (330, 190)


class FindingsDock(QgsDockWidget):
    """Shows what the last check of the plan found, or what an inspection found in a package."""

    def __init__(self, session: PlanSession, layers: PlanLayers, canvas: Any, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("VillagePlannerFindings")
        self.setWindowTitle(self.tr("Findings"))
        self._session, self._layers, self._canvas, self._teller = session, layers, canvas, teller
        self._differences: dict[str, dict[str, Any]] = {}
        self.model = FindingsModel(self)
        self.filter = SeverityFilter(self.model, self)
        self._title = QLabel()
        self._title.setWordWrap(True)
        self.pane = FindingPane()
        self._boxes = {severity: QCheckBox(severity) for severity in ("A", "B", "C", NOT_CHECKED)}
        self._back = QPushButton(self.tr("Back to the plan's findings"))
        self.table = QTableView()
        self._lay_out()
        self.table.clicked.connect(self._go)
        self.table.selectionModel().currentRowChanged.connect(self._tell)
        self.pane.settle_wished.connect(self._settle)
        self._back.clicked.connect(self.show_plan)
        for severity, box in self._boxes.items():
            box.setChecked(True)
            box.toggled.connect(lambda shown, severity=severity: self._switch(severity, shown))
        for signal in (session.opened, session.closed, session.reloaded, session.findings_changed):
            signal.connect(self.show_plan)
        session.changed.connect(self._follow)
        self.show_plan()

    def show_plan(self) -> None:
        """Show the findings that the open plan holds."""
        self._back.hide()
        self._differences = {}
        if not self._session.is_open:
            self._show([], self.tr("No plan is open."))
            return
        data = self._session.data
        runs = data.check_run[data.check_run["scenario"] == self._session.scenario]
        if not len(runs):
            self._show([], self.tr("The plan has not been checked yet. Press Check in the toolbar."))
            return
        run = runs.iloc[-1]
        self._differences = open_differences(data)
        found = finding_rows(data.finding[data.finding["scenario"] == self._session.scenario], self._name_of)
        rows = [row for row in found if row.difference is None or row.difference in self._differences]
        rows += [not_checked_row(item["rule"], Message(item["code"], item["params"])) for item in run["not_checked"] or []]
        when = local_time(str(run["at"]))
        self._show(rows, self.tr("Check of {0}").format(when) if rows else self.tr("Check of {0}: nothing found.").format(when))

    def show_severity(self, severity: str) -> None:
        """Show only the plan's findings of a severity."""
        self.show_plan()
        for name, box in self._boxes.items():
            box.setChecked(name == severity)

    def show_inspection(self, inspection: Any, name: str) -> None:
        """Show what an inspection found in the package `name`."""
        self._differences = {}
        rows = package_rows(inspection.findings)
        rows += finding_rows(inspection.plan_result.findings.assign(geom=None), lambda kind, code: code)
        rows += [not_checked_row(item.rule, item.message) for item in inspection.not_checked]
        verdicts = {
            "passed": self.tr("passed"), "passed_with_findings": self.tr("passed, with findings"), "failed": self.tr("not passed"),
        }
        verdict = verdicts.get(inspection.verdict.value, inspection.verdict.value)
        self._show(rows, self.tr("Package {0}: {1}, score {2}").format(name, verdict, inspection.score))
        self._back.setVisible(self._session.is_open)

    def _lay_out(self) -> None:
        boxes = QHBoxLayout()
        for box in self._boxes.values():
            boxes.addWidget(box)
        boxes.addStretch(1)
        self.table.setModel(self.filter)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(-1, self.table.horizontalHeader().sortIndicatorOrder())
        self.table.verticalHeader().hide()
        self.table.setWordWrap(False)
        self.table.horizontalHeader().setStretchLastSection(True)
        for column, width in enumerate(COLUMN_WIDTHS):
            self.table.setColumnWidth(column, width)
        rows = self.table.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        # The sentence names its subject; the pane below tells both in full.
        self.table.setColumnHidden(SUBJECT, True)
        content = QWidget()
        content.setMinimumWidth(MINIMUM_WIDTH)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self._title)
        layout.addLayout(boxes)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.table)
        splitter.addWidget(self.pane)
        splitter.setSizes(list(SPLIT_HEIGHTS))
        layout.addWidget(splitter, 1)
        layout.addWidget(self._back)
        self.setWidget(content)

    def _show(self, rows: list[FindingRow], title: str) -> None:
        self.model.load(rows)
        self.pane.clear()
        self._title.setText(title)
        counts = self.model.counts()
        names = {"A": self.tr("A serious"), "B": self.tr("B important"), "C": self.tr("C minor"), NOT_CHECKED: self.tr("not checked")}
        for severity, box in self._boxes.items():
            box.setText(f"{names[severity]} {counts[severity]}")

    def _switch(self, severity: str, shown: bool) -> None:
        self.filter.set_shown(severity, shown)

    def _name_of(self, kind: str, code: str) -> str:
        data = self._session.data
        if kind in ("village", "hamlet", "site", "township"):
            return self._session.name_of(kind, code)
        if kind == "control":
            layer, _, number = code.partition("/")
            return f"{self._session.profile.code_list('control_kind').name(layer) or layer} {number}"
        if kind == "difference":
            difference = self._differences.get(code, {})
            return " · ".join(part for part in (difference.get("name"), difference.get("source")) if part) or code
        if kind == "county":
            return str(data.info["county_name"] or code)
        return code.split("/", 1)[-1]

    def _follow(self, change: Any) -> None:
        if "roster_difference" in change.tables and self._back.isHidden():
            self.show_plan()

    def _tell(self, index: QModelIndex, _: QModelIndex) -> None:
        if not index.isValid():
            self.pane.clear()
            return
        row = self._row(index)
        rule = self._session.profile.rule(row.rule) if self._session.is_open else None
        self.pane.show_finding(row, rule, row.difference in self._differences)

    def _settle(self) -> None:
        row = self._row(self.table.currentIndex())
        with self._teller.refusals():
            ask_to_settle(self._session, self._differences[row.difference or ""], row.sentence, self)

    def _row(self, index: QModelIndex) -> FindingRow:
        return self.model.row(self.filter.mapToSource(index).row())

    def _go(self, index: QModelIndex) -> None:
        if self._canvas is None or not self._session.is_open:
            return
        row = self._row(index)
        geometry = qgs_geometry(row.geom)
        if geometry is None:
            self._layers.zoom(self._canvas, [row.village] if row.village else [], [row.hamlet] if row.hamlet else [])
            return
        go_to(self._canvas, [geometry], self._session.data.crs)
