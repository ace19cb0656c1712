"""Toolbar and docks in the QGIS window, and the steps that the planner starts from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from qgis.core import QgsProject, QgsSettings
from qgis.PyQt.QtCore import QObject, Qt
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction, QFileDialog

from village_planner.base import resource
from village_planner.desk.demo import make_demo_plan
from village_planner.desk.help import manual_url
from village_planner.desk.layers import PlanLayers, plan_of_project
from village_planner.desk.locking import LayerLock
from village_planner.desk.navigation import show
from village_planner.desk.opening import ReadPlan, read_plan
from village_planner.desk.session import PlanSession
from village_planner.gui import dialogs
from village_planner.gui.classify_dock import ClassifyDock
from village_planner.gui.deliver_dock import DeliverDock
from village_planner.gui.findings_dock import FindingsDock
from village_planner.gui.leads import Leads
from village_planner.gui.manual_window import show_manual
from village_planner.gui.overview_dock import OverviewDock
from village_planner.gui.package_reading import PackageReading
from village_planner.gui.plan_actions import PlanActions
from village_planner.gui.project_actions import ProjectActions
from village_planner.gui.running import StepRunner
from village_planner.gui.table_dialog import FACTS, TableDialog
from village_planner.gui.telling import Teller, title

_LAST_FOLDER = "village_planner/last_folder"
_WELCOMED = "village_planner/welcomed"
EXTENT_MARGIN = 1.08


class DeskWindow(QObject):
    """What the plugin adds to the QGIS window."""

    def __init__(self, iface: Any) -> None:
        super().__init__(iface.mainWindow())
        self._iface = iface
        canvas = iface.mapCanvas()
        self.session = PlanSession(canvas, self)
        self.layers = PlanLayers(self.session, self)
        self._lock = LayerLock(self.session, self)
        self.main_window = iface.mainWindow()
        self._teller = Teller(iface.messageBar())
        self._runner = StepRunner(iface.messageBar(), self._teller, self)
        self.overview = OverviewDock(self.session, self._teller, self._runner, self.main_window)
        self.classify = ClassifyDock(self.session, self.layers, canvas, self._teller, self.main_window)
        self.findings = FindingsDock(self.session, self.layers, canvas, self._teller, self._runner, self.main_window)
        self.delivery = DeliverDock(self.session, canvas, self._teller, self._runner, self.main_window)
        self._docks = (self.overview, self.classify, self.findings, self.delivery)
        self.plan_actions = PlanActions(self.session, self._teller, self._runner, self.main_window)
        self.project_actions = ProjectActions(self.session, self._teller, iface, self._read_in_task)
        self._leads = Leads(self, self._teller, self._runner)
        self._package_reading = PackageReading(self.session, self._teller, self._runner, self.open_in_task, self.main_window)
        self._toolbar = iface.addToolBar(title())
        self._toolbar.setObjectName("VillagePlannerToolbar")
        self._toolbar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._actions: list[QAction] = []
        self._need_plan: list[QAction] = []
        self._projects = 0
        self._add_actions()
        for dock in self._docks:
            iface.addTabifiedDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock, [], False)
        for dock in self._docks:
            dock.hide()
        for welcome in (self.overview.welcome, self.classify.welcome):
            for wish, slot in (
                (welcome.new_wished, self._new_plan), (welcome.open_wished, self._choose_plan), (welcome.demo_wished, self._demo),
                (welcome.package_wished, self._package_reading.ask),
            ):
                wish.connect(partial(self._guarded, slot))
        self.overview.wished.connect(lambda to: self._guarded(partial(self._leads.follow, to)))
        self.plan_actions.shown.connect(lambda code: self._leads.show_places([code]))
        self._connect_docks()
        self.session.opened.connect(self._enable)
        self.session.closed.connect(self._enable)
        self._runner.busy_changed.connect(self._enable)
        self._lock.told.connect(self._teller.refuse)
        iface.currentLayerChanged.connect(self._lock.turn_to)
        QgsProject.instance().cleared.connect(self._leave_project)
        QgsProject.instance().readProject.connect(self._reopen)
        self._enable()
        if not QgsSettings().value(_WELCOMED, False, type=bool):
            QgsSettings().setValue(_WELCOMED, True)
            self.overview.show()

    def close(self) -> None:
        """Take everything out of the QGIS window."""
        self._runner.close_down()
        QgsProject.instance().cleared.disconnect(self._leave_project)
        QgsProject.instance().readProject.disconnect(self._reopen)
        self._iface.currentLayerChanged.disconnect(self._lock.turn_to)
        self._lock.stop()
        self.session.close()
        self.findings.close_down()
        self.delivery.close_down()
        for action in self._actions:
            self._iface.removePluginMenu(title(), action)
        for dock in self._docks:
            self._iface.removeDockWidget(dock)
            dock.deleteLater()
        self._toolbar.deleteLater()
        self.deleteLater()

    @property
    def is_settled(self) -> bool:
        """Whether no step is under way and all that the last one gave is shown."""
        return not self._runner.is_busy and not self.session.turns.is_waiting

    def open_plan(self, path: str | Path) -> None:
        """Open a plan file, show its layers and the docks; the present plan stays open when that is refused."""
        with self._teller.refusals():
            self.session.require_no_edits()
            self.session.open(Path(path))
            self._show_plan()

    def open_in_task(self, path: str | Path) -> None:
        """As `open_plan`, but read in a task and shown piece by piece, so that the window stays alive; for the plans of a county."""
        self._read_in_task(Path(path), self._show_plan)

    def _read_in_task(self, path: Path, then: Callable[[], None]) -> None:
        """Read a plan in a task, show it piece by piece, and at last call `then`."""
        self.session.require_no_edits()
        project = self._projects

        def show(read: ReadPlan) -> None:
            if project != self._projects:
                # The planner has turned to another project meanwhile.
                return
            self.session.require_no_edits()
            with self.session.turns.one_by_one():
                self.session.show(read)
                self.session.turns.run(then)

        self._runner.start(self.tr("Open plan"), lambda feedback: read_plan(path), show)

    def _show_plan(self) -> None:
        self.zoom_to_plan()
        self._iface.setActiveLayer(self.layers.villages.layer)
        self._tabify(self._docks)
        for dock in self._docks:
            dock.show()
        self._show_dock(self._docks[0])

    def show_overview(self) -> None:
        """Bring the 总览 dock to the front."""
        self._show_dock(self.overview)

    def show_classify(self) -> None:
        """Bring the 分类 dock to the front."""
        self._show_dock(self.classify)

    def show_findings(self, **wanted: str | None) -> None:
        """Bring the 质检 dock to the front; wanted: which findings to show, as for `FindingsDock.show_findings`, nothing for those shown."""
        if wanted:
            self.findings.show_findings(**wanted)
        self._show_dock(self.findings)

    def deliver(self) -> None:
        """Bring the 成果 dock to the front, with what stands between the plan and its package."""
        self.delivery.show_write()

    def show_selected(self, layer: Any) -> None:
        """Make a layer the active one and zoom to what is selected in it."""
        self._iface.setActiveLayer(layer)
        self._iface.mapCanvas().zoomToSelected(layer)

    def check(self) -> None:
        """Check the open plan in a task and show the findings."""
        self.findings.check()

    def _connect_docks(self) -> None:
        """What the docks 质检 and 成果 ask of the others."""
        findings, delivery = self.findings, self.delivery
        findings.front_wished.connect(self.show_findings)
        for dock in (self.overview, delivery):
            findings.freshness.told.connect(dock.set_outdated)
        delivery.front_wished.connect(lambda: self._show_dock(delivery))
        delivery.check_wished.connect(self.check)
        delivery.classify_wished.connect(lambda: self._leads.follow("undecided"))
        delivery.overview_wished.connect(self.show_overview)
        delivery.reading_wished.connect(lambda package: self._guarded(partial(self._package_reading.ask, package)))
        delivery.findings_wished.connect(lambda wanted: self.show_findings(**wanted))

    def _add_actions(self) -> None:
        self._add("new", self.tr("New plan…"), self._new_plan)
        self._add("open", self.tr("Open plan…"), self._choose_plan)
        self._add("icon", self.tr("Demo…"), self._demo)
        self._toolbar.addSeparator()
        self._add("overview", self.tr("Plan"), self.show_overview)
        self._add("classify", self.tr("Classify"), self.show_classify)
        self._need_plan.append(self._add("control", self.tr("Add control layer…"), self.add_control))
        self._need_plan.append(self._add("table", self.tr("Import table…"), self.import_table))
        self._need_plan.append(self._add("check", self.tr("Check"), self.check))
        self._need_plan.append(self._add("package", self.tr("Deliver"), self.deliver))
        self._toolbar.addSeparator()
        self._add("inspect", self.tr("Inspect package…"), self.delivery.show_inspect)
        self._add("open", self.tr("Read plan from package…"), self._package_reading.ask, in_toolbar=False)
        self._need_plan.append(self._add("project", self.tr("Save project into the plan file"), self.project_actions.save, in_toolbar=False))
        self._need_plan.append(self._add("project", self.tr("Open the plan's project"), self.project_actions.open, in_toolbar=False))
        if manual_url("index") is not None:
            self._add("help", self.tr("Manual"), lambda: show_manual("index", self.main_window), in_toolbar=False)

    def _add(self, icon: str, text: str, slot: Callable[[], Any], in_toolbar: bool = True) -> QAction:
        action = QAction(QIcon(str(resource().parent / "icons" / f"{icon}.svg")), text, self.main_window)
        action.triggered.connect(lambda *_: self._guarded(slot))
        if in_toolbar:
            self._toolbar.addAction(action)
        self._iface.addPluginToMenu(title(), action)
        self._actions.append(action)
        return action

    def _guarded(self, slot: Callable[[], Any]) -> None:
        with self._teller.refusals():
            slot()

    def _enable(self) -> None:
        for action in self._actions:
            action.setEnabled(not self._runner.is_busy and (self.session.is_open or action not in self._need_plan))

    def _choose_plan(self) -> None:
        settings = QgsSettings()
        title, plan_file = self.tr("Open plan"), self.tr("Plan file") + " (*.gpkg)"
        path, _ = QFileDialog.getOpenFileName(self.main_window, title, settings.value(_LAST_FOLDER, ""), plan_file)
        if path:
            settings.setValue(_LAST_FOLDER, str(Path(path).parent))
            self.open_in_task(path)

    def _new_plan(self) -> None:
        from village_planner.intake import CreatePlan, create_plan

        dialog = dialogs.NewPlanDialog(self.main_window)
        if not dialogs.accepted(dialog):
            return
        path = Path(dialog.plan.filePath())
        request = CreatePlan(
            plan=path if path.suffix.lower() == ".gpkg" else path.with_name(f"{path.name}.gpkg"),
            title=dialog.title.text().strip(), base_year=dialog.base_year.value(), profile=dialog.profile.value(),
            county_code=dialog.county.text().strip() or None, phases=dialogs.years(dialog.phases.text()),
            roster=dialog.roster.filePath() or None, other_rosters=dialogs.paths(dialog.other_rosters),
            villages=dialogs.source(dialog.villages), townships=dialogs.source(dialog.townships),
            patches=dialogs.source(dialog.patches), land_use=dialogs.source(dialog.land_use), overwrite=path.exists(),
        )
        if self.session.is_open and self.session.path == request.plan.absolute():
            self.session.require_no_edits()
            self.session.close()
        self._runner.start(self.tr("New plan"), lambda feedback: create_plan(request, feedback), self._show_created)

    def _show_created(self, result: Any) -> None:
        self.open_in_task(result.plan)
        said = self.tr("{0} villages, {1} roster differences to settle. The report tells row by row what was taken.")
        self._teller.done(said.format(result.village_count, result.differences), result.report_path.with_suffix(".html"))

    def _demo(self) -> None:
        dialog = dialogs.DemoDialog(self.main_window)
        if dialogs.accepted(dialog):
            folder = Path(dialog.folder.filePath())
            self._runner.start(self.tr("Demo"), lambda feedback: make_demo_plan(folder, feedback), self.open_in_task)

    def add_control(self, kind: str | None = None) -> None:
        """Ask for a control layer and import it; kind: what it is expected to be."""
        from village_planner.intake import AddControl, add_control

        dialog = dialogs.ControlDialog(self.session.profile, self.main_window)
        dialog.kind.set_value(kind)
        if not dialogs.accepted(dialog):
            return
        request = AddControl(
            plan=self.session.path, kind=dialog.kind.value(), source=dialog.source_text(), filter=dialog.filter.text().strip() or None,
            title=dialog.title.text().strip() or None,
        )
        self._runner.start_writing(self.session, self.tr("Add control layer"), lambda feedback: add_control(request, feedback), self._show_control)

    def import_table(self, kind: str = FACTS) -> None:
        """Ask for a table of facts or limits from above and take it; kind: what the dialog offers first."""
        dialog = TableDialog(self.session.profile, kind, self._iface.mainWindow())
        if dialogs.accepted(dialog):
            self._runner.start_writing(self.session, self.tr("Import table"), dialog.step(self.session.path), self._show_taken)

    def _show_taken(self, result: Any) -> None:
        said = self.tr("{0} rows taken, {1} not taken. The report gives the reasons.")
        self._teller.done(said.format(result.accepted, result.rejected), result.report_path.with_suffix(".html"))

    def _show_control(self, result: Any) -> None:
        said = self.tr("{0} features taken, {1} repaired, {2} set aside.")
        self._teller.done(said.format(result.count, result.repaired, result.set_aside), result.report_path.with_suffix(".html"))

    def _show_dock(self, dock: Any) -> None:
        if not self.main_window.tabifiedDockWidgets(dock):
            self._tabify([other for other in self._docks if other is dock or not other.isHidden()])
        dock.show()
        dock.raise_()

    def _tabify(self, docks: Sequence[Any]) -> None:
        """Put docks behind each other, in the order of the work: QGIS forgets the tabs of docks that were hidden.

        Before they are shown: one above the other for a moment, they would make the window higher than the screen.
        """
        tabbed = [dock for dock in docks if not dock.isFloating()]
        for left, right in zip(tabbed, tabbed[1:]):
            self.main_window.tabifyDockWidget(left, right)

    def _leave_project(self) -> None:
        self._projects += 1
        self.session.close()

    def _reopen(self) -> None:
        """A project that was saved with a plan's layers opens that plan again: what mirrors it is not saved."""
        path = plan_of_project()
        if path is None or not path.is_file():
            return
        self._runner.when_free(partial(self.open_in_task, path))

    def zoom_to_plan(self) -> None:
        """Show the whole plan on the map."""
        extent = self.layers.extent()
        if not extent.isEmpty():
            show(self._iface.mapCanvas(), extent, self.session.data.crs, EXTENT_MARGIN)
