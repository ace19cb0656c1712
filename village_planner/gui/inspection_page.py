"""What an inspection of a package came to: verdict, counts, findings, files; for a package of ours just written and for anybody's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QListWidget, QPushButton, QTabWidget, QVBoxLayout, QWidget

from village_planner.delivery.reference import JudgedBy
from village_planner.delivery.verdict import score_reason
from village_planner.desk.export import export_inspection
from village_planner.desk.language import text
from village_planner.desk.mirrors import qgs_geometry
from village_planner.desk.navigation import go_to
from village_planner.desk.package_layer import PackageLayer
from village_planner.gui.finding_marker import FindingMarker
from village_planner.gui.finding_rows import FindingRow, finding_rows, not_checked_row, package_rows
from village_planner.gui.findings_model import Grouping
from village_planner.gui.findings_view import FindingsView
from village_planner.gui.telling import Teller

_COLORS = {"passed": "#1a7f37", "passed_with_findings": "#8a6d00", "incomplete": "#8a6d00", "failed": "#b30000"}
_LAST_FOLDER = "village_planner/last_folder"


class InspectionPage(QWidget):
    """`left` says that the planner has read it."""

    left = pyqtSignal()

    def __init__(self, canvas: Any, teller: Teller, scope: QWidget) -> None:
        """scope: the dock in which the keys work."""
        super().__init__()
        self._canvas, self._teller = canvas, teller
        self._inspection: Any = None
        self._name, self._folder = "", Path()
        self.marker = FindingMarker(canvas)
        self.layer = PackageLayer()
        self.title, self.counts, self.judged_by = QLabel(), QLabel(), QLabel()
        self.view = FindingsView(scope, with_states=False)
        self.files = QListWidget()
        self.tabs = QTabWidget()
        self._open = QPushButton(self.tr("Open folder"))
        self._save = QPushButton(self.tr("Save report…"))
        self._back = QPushButton(self.tr("Back"))
        self._lay_out()
        self.view.chosen.connect(self._tell)
        self.view.gone_to.connect(self._go)
        self._open.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder))))
        self._save.clicked.connect(self.save)
        self._back.clicked.connect(self.left)

    def show_inspection(self, inspection: Any, path: Path, written: Sequence[str] | None = None) -> None:
        """Show the inspection of the package at `path` (folder or zip). written: its files, where it was just written by us."""
        self._inspection, self._name = inspection, path.name
        self._folder = path if path.is_dir() else path.parent
        verdict = inspection.verdict.value
        words = {
            "passed": self.tr("passed"), "passed_with_findings": self.tr("passed, with findings"),
            "incomplete": self.tr("nothing found, but not everything could be checked"), "failed": self.tr("not passed"),
        }
        said = self.tr("Package {0}").format(path.name)
        if written is not None:
            said = self.tr("Package {0} is written: {1} files.").format(path.name, len(written))
        self.title.setText(f"<b>{said}</b>")
        self.counts.setText(
            f"<span style='color:{_COLORS.get(verdict, '#000000')}'><b>" + self.tr("Inspection: {0}").format(words.get(verdict, verdict)) + "</b></span> · "
            + self.tr("score {0}").format(inspection.score)
        )
        self._tell_layers(inspection.judged_by)
        self.judged_by.setVisible(written is None and inspection.judged_by is not None)
        self.counts.setToolTip(text(score_reason(inspection.profile)))
        plan = inspection.plan_result.findings
        rows = package_rows(inspection.findings) + finding_rows(plan, lambda kind, code: code.split("/", 1)[-1])
        rows += [not_checked_row(item.rule, item.message) for item in inspection.not_checked]
        self.view.load(rows, self._group_title)
        self.view.pane.clear("" if rows else self.tr("Nothing was found, and all that can be checked was checked."))
        self.files.clear()
        self.files.addItems(list(written or []))
        self.tabs.tabBar().setVisible(written is not None)
        self.tabs.setCurrentIndex(0)
        self._back.setVisible(written is not None)
        self.marker.clear()
        if written is None:
            self.layer.show(path.name, plan, inspection.findings, inspection.crs)

    def leave_the_map(self) -> None:
        """Take the layer of findings and the mark off the map."""
        self.marker.clear()
        self.layer.remove()

    def save(self) -> None:
        """Save the report (html, pdf and json) and the record of checks (csv) under a name of the reviewer's choice."""
        settings = QgsSettings()
        proposal = str(Path(settings.value(_LAST_FOLDER, "")) / self.tr("Inspection of {0}").format(Path(self._name).stem))
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Save report"), f"{proposal}.html", "HTML (*.html)")
        if not path:
            return
        settings.setValue(_LAST_FOLDER, str(Path(path).parent))
        with self._teller.refusals():
            report = export_inspection(self._inspection, Path(path))
            self._teller.done(self.tr("Report and list of findings are written: {0}").format(report.name), report)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for label in (self.title, self.counts, self.judged_by):
            label.setWordWrap(True)
            layout.addWidget(label)
        self.tabs.addTab(self.view, self.tr("Findings"))
        self.tabs.addTab(self.files, self.tr("Files"))
        self.tabs.setDocumentMode(True)
        layout.addWidget(self.tabs, 1)
        buttons = QHBoxLayout()
        for button in (self._open, self._save, self._back):
            buttons.addWidget(button)
        layout.addLayout(buttons)

    def _tell_layers(self, judged_by: JudgedBy | None) -> None:
        """Say whose control layers the plan was judged by; which they are is in the tool tip and the report."""
        if judged_by is None:
            return
        alone = self.tr("Control layers: only the package's own copies, compared with nobody's")
        with_own = self.tr("Control layers: {0} kinds of the reference, {1} of the package's own")
        self.judged_by.setText(with_own.format(len(judged_by.own), len(judged_by.brought)) if judged_by.own else alone)
        self.judged_by.setToolTip(judged_by.sentence)

    def _group_title(self, grouping: Grouping, row: FindingRow) -> str:
        rule = self._inspection.profile.rule(row.rule)
        return f"{row.rule} {rule.title}" if rule is not None else row.rule

    def _tell(self, row: FindingRow | None) -> None:
        if row is None or self._inspection is None:
            self.view.pane.clear()
            self.marker.clear()
        else:
            self.view.pane.show_finding(row, self._inspection.profile.rule(row.rule))

    def _go(self, row: FindingRow) -> None:
        crs, geometry = self._inspection.crs, qgs_geometry(row.geom)
        if self._canvas is None or crs is None:
            return
        self.marker.mark(geometry, crs, row.severity)
        if geometry is not None:
            go_to(self._canvas, [geometry], crs)
