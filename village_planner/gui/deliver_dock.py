"""The 成果 dock: what stands between the plan and its package, writing the package, and inspecting somebody's."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from qgis.core import QgsSettings
from qgis.gui import QgsDockWidget, QgsFileWidget
from qgis.PyQt.QtCore import QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from village_planner.base import Feedback
from village_planner.base.report import write_report
from village_planner.delivery.readiness import Condition, Place, State, readiness
from village_planner.desk.plan_facts import save_plan_facts
from village_planner.desk.session import PlanSession
from village_planner.gui.deliver_form import DeliverForm
from village_planner.gui.dialogs import accepted
from village_planner.gui.facts_dialog import FactsDialog
from village_planner.gui.forms import scrolled
from village_planner.gui.help_button import help_button
from village_planner.gui.inspection_page import InspectionPage
from village_planner.gui.profile_choice import ProfileChoice
from village_planner.gui.readiness_list import ReadinessList
from village_planner.gui.running import StepRunner
from village_planner.gui.status_badge import StatusBadge
from village_planner.gui.telling import Teller

MINIMUM_WIDTH = 380
PAUSE_MS = 250
WRITE, INSPECT = range(2)
_LAST_PACKAGE = "village_planner/last_package"


class DeliverDock(QgsDockWidget):
    """Two pages: write the package of the open plan, and inspect a package.

    `front_wished` asks to be shown; `findings_wished` carries keyword arguments of `FindingsDock.show_findings`; `check_wished`,
    `classify_wished` and `overview_wished` ask for what the docks of these names do; `reading_wished` carries the path of a package
    from which a plan is to be read back.
    """

    front_wished = pyqtSignal()
    findings_wished = pyqtSignal(dict)
    check_wished = pyqtSignal()
    classify_wished = pyqtSignal()
    overview_wished = pyqtSignal()
    reading_wished = pyqtSignal(str)

    def __init__(self, session: PlanSession, canvas: Any, teller: Teller, runner: StepRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("VillagePlannerDeliver")
        self.setWindowTitle(self.tr("Deliver"))
        self._session, self._teller, self._runner = session, teller, runner
        self._outdated = 0
        content = QWidget()
        self.form, self.conditions = DeliverForm(session), ReadinessList()
        self.written, self.inspected = (InspectionPage(canvas, teller, content) for _ in range(2))
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._lay_out(content)
        self._connect()
        self._load(anew=True)

    def show_write(self) -> None:
        """Show the page that writes the package of the open plan."""
        self.tabs.setCurrentIndex(WRITE)
        self._pages.setCurrentIndex(0)
        self.judge()
        self.front_wished.emit()

    def show_inspect(self) -> None:
        """Show the page that inspects a package."""
        self.tabs.setCurrentIndex(INSPECT)
        self.front_wished.emit()

    def judge(self) -> None:
        """Say anew what stands between the plan and the package that is wished."""
        if not self._session.is_open:
            return
        with self._teller.refusals():
            session = self._session
            conditions = readiness(
                session.data, session.profile, self.form.wish(), session.inside, self._outdated, session.path.parent, session.file.writable
            )
            self.conditions.show_conditions(conditions)
            counts = {state: sum(condition.state is state for condition in conditions) for state in State}
            self._summary.setText(
                self.tr("{0} stop the package, {1} will be asked about, {2} in order.").format(counts[State.STOPS], counts[State.TOLD], counts[State.OK])
            )
        self._enable()

    def set_outdated(self, rules: list[str]) -> None:
        """Take over which rules may find something else now."""
        self._outdated = len(rules)
        self._pause.start()

    def write(self) -> None:
        """Write the package that is wished, in a task; refusals say why."""
        from village_planner.delivery import write_package
        from village_planner.desk.sheets import draw_sheets

        with self._teller.refusals():
            request, alone = self.form.request(), self._session.alone

            def step(feedback: Feedback) -> Any:
                result = write_package(request, feedback, draw_sheets, alone)
                write_report(result.report, result.path.with_name(f"{result.path.name}.report.json"))
                return result, sorted(path.relative_to(result.path).as_posix() for path in result.path.rglob("*") if path.is_file())

            self._runner.start(self.tr("Write package"), step, self._show_written)

    def inspect(self, path: Path, profile: str | None = None, reference: Path | None = None) -> None:
        """Inspect a package (folder or zip) in a task. profile: id, None for the one that it names. reference: plan file with the reviewer's own layers."""
        from village_planner.delivery import inspect_package

        self._runner.start(
            self.tr("Inspect package"), lambda feedback: inspect_package(path, profile, feedback, reference),
            lambda result: self._show_inspected(result, path),
        )

    def close_down(self) -> None:
        """Leave nothing on the map."""
        self.written.leave_the_map()
        self.inspected.leave_the_map()

    def _lay_out(self, content: QWidget) -> None:
        self.tabs, self._pages = QTabWidget(), QStackedWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self._pages, self.tr("Write package"))
        self.tabs.addTab(self._inspect_page(), self.tr("Inspect package"))
        self._pages.addWidget(self._write_page())
        self._pages.addWidget(self.written)
        content.setMinimumWidth(MINIMUM_WIDTH)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(4, 4, 4, 4)
        self.tabs.setCornerWidget(help_button("deliver"))
        layout.addWidget(StatusBadge(self._session))
        layout.addWidget(self.tabs)
        self.setWidget(content)

    def _write_page(self) -> QWidget:
        self._nothing_open = QLabel(self.tr("No plan is open. Open a plan to write its package; a package can be inspected without one."))
        self._nothing_open.setWordWrap(True)
        self._summary = QLabel()
        self._summary.setWordWrap(True)
        self._mend = QPushButton(self.tr("Go and mend"))
        self._check = QPushButton(self.tr("Check all"))
        self._write = QPushButton(self.tr("Write package"))
        self._write.setDefault(True)
        buttons = QHBoxLayout()
        for button in (self._mend, self._check, self._write):
            buttons.addWidget(button)
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 4, 0, 0)
        body.setSpacing(4)
        for widget, stretch in ((self.form, 0), (QLabel(f"<b>{self.tr('Readiness')}</b>"), 0), (self._summary, 0), (self.conditions, 1)):
            body.addWidget(widget, stretch)
        body.addLayout(buttons)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._nothing_open)
        layout.addWidget(self._body, 1)
        return scrolled(page)

    def _inspect_page(self) -> QWidget:
        self.folder, self.zip, self.reference = QgsFileWidget(), QgsFileWidget(), QgsFileWidget()
        self.folder.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.zip.setFilter("ZIP (*.zip)")
        self.reference.setFilter("GeoPackage (*.gpkg)")
        self.reference.setToolTip(self.tr("A plan file with your own control layers: the plan is judged by them, not by the copies in the package"))
        self.profile = ProfileChoice(self.tr("as the package says"))
        self._inspect = QPushButton(self.tr("Inspect"))
        self._read_back = QPushButton(self.tr("Read plan from it…"))
        self._read_back.setToolTip(self.tr("Make a plan file of what this package carries"))
        buttons = QHBoxLayout()
        buttons.addWidget(self._inspect)
        buttons.addWidget(self._read_back)
        form = QFormLayout()
        form.setVerticalSpacing(4)
        for title, field in (
            (self.tr("Folder"), self.folder), (self.tr("or zip file"), self.zip), (self.tr("Profile"), self.profile),
            (self.tr("Reference (optional)"), self.reference), ("", buttons),
        ):
            form.addRow(title, field)
        self._hint = QLabel(self.tr("Choose the folder of a package, or a zip file, of this or any other program. Nothing in it is changed or run."))
        self._hint.setWordWrap(True)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addLayout(form)
        layout.addWidget(self._hint)
        layout.addWidget(self.inspected, 1)
        layout.addStretch(0)
        self.inspected.hide()
        return page

    def _connect(self) -> None:
        session = self._session
        session.closed.connect(lambda: self._load(anew=True))
        for signal, anew in ((session.opened, True), (session.reloaded, False)):
            signal.connect(partial(session.turns.run, partial(self._load, anew)))
        for signal in (session.changed, session.findings_changed, session.located, self.form.changed):
            signal.connect(lambda *_: self._pause.start())
        self._pause.timeout.connect(self._judge_where_seen)
        self.visibilityChanged.connect(lambda visible: self._pause.start() if visible else self.close_marks())
        self._runner.busy_changed.connect(self._enable)
        self.conditions.mend_wished.connect(self._go_and_mend)
        self.conditions.currentRowChanged.connect(lambda *_: self._enable())
        self._mend.clicked.connect(lambda: self._go_and_mend(self.conditions.chosen()))
        self._check.clicked.connect(self.check_wished)
        self._write.clicked.connect(self.write)
        self.written.left.connect(self.show_write)
        self.folder.fileChanged.connect(lambda path: self._chose(path, self.zip))
        self.zip.fileChanged.connect(lambda path: self._chose(path, self.folder))
        self._inspect.clicked.connect(self._inspect_chosen)
        self._read_back.clicked.connect(lambda: self.reading_wished.emit(self._chosen_package()))
        self._enable()

    def close_marks(self) -> None:
        """Take the marks of findings off the map while the dock is out of sight; the layer of an inspection stays."""
        for page in (self.written, self.inspected):
            page.marker.clear()

    def _load(self, anew: bool) -> None:
        is_open = self._session.is_open
        self._nothing_open.setVisible(not is_open)
        self._body.setVisible(is_open)
        if anew:
            self._pages.setCurrentIndex(0)
        if is_open:
            self.form.load(anew)
            self.judge()
        self._enable()

    def _judge_where_seen(self) -> None:
        if self.isVisible() and self._pages.currentIndex() == 0:
            self.judge()

    def _enable(self) -> None:
        is_free = not self._runner.is_busy
        chosen = self.conditions.chosen()
        stopped = any(condition.state is State.STOPS for condition in self.conditions.shown())
        self._write.setEnabled(is_free and self._session.is_open and not stopped)
        self._write.setToolTip(self.tr("What stands in red stops this package") if stopped else "")
        self._check.setEnabled(is_free and self._session.is_open)
        self._mend.setEnabled(chosen is not None and chosen.place is not Place.NOWHERE)
        for button in (self._inspect, self._read_back):
            button.setEnabled(is_free and bool(self._chosen_package()))

    def _go_and_mend(self, condition: Condition | None) -> None:
        if condition is None:
            return
        if condition.place is Place.FINDINGS:
            self.findings_wished.emit(dict(condition.wanted))
        elif condition.place is Place.CLASSIFY:
            self.classify_wished.emit()
        elif condition.place is Place.OVERVIEW:
            self.overview_wished.emit()
        elif condition.place is Place.FACTS:
            self.change_facts()
        elif condition.place is Place.FORM:
            self.form.folder.setFocus()

    def change_facts(self) -> None:
        """Ask for what title page, file names and metadata say of the plan."""
        with self._teller.refusals():
            dialog = FactsDialog(self._session, self)
            if accepted(dialog):
                save_plan_facts(self._session, dialog.facts())

    def _show_written(self, outcome: Any) -> None:
        result, files = outcome
        self.written.show_inspection(result.inspection, result.path, files)
        self.tabs.setCurrentIndex(WRITE)
        self._pages.setCurrentIndex(1)
        self.front_wished.emit()
        self._teller.done(self.tr("Package of {0} files: {1}").format(result.file_count, result.path.name), result.path)
        for note in result.notes:
            self._teller.warn(note)

    def _chose(self, path: str, other: QgsFileWidget) -> None:
        if path.strip() and other.filePath().strip():
            other.setFilePath("")
        self._enable()

    def _chosen_package(self) -> str:
        return (self.folder.filePath() or self.zip.filePath()).strip()

    def _inspect_chosen(self) -> None:
        with self._teller.refusals():
            path = Path(self._chosen_package())
            QgsSettings().setValue(_LAST_PACKAGE, str(path.parent))
            reference = self.reference.filePath().strip()
            self.inspect(path, self.profile.value(), Path(reference) if reference else None)

    def _show_inspected(self, inspection: Any, path: Path) -> None:
        self._hint.hide()
        self.inspected.show()
        self.inspected.show_inspection(inspection, path)
        self.show_inspect()
