"""The QGIS entry: translation, Processing provider and desk; no logic."""

from __future__ import annotations

import os
from typing import Any

from osgeo import gdal
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QTimer
from qgis.PyQt.QtWidgets import QAction, QMessageBox

from village_planner.desk import language, log, memory, requirements

OPEN_VARIABLE = "VILLAGE_PLANNER_OPEN"


class VillagePlannerPlugin:
    """What QGIS loads: where packages are missing it says so and does nothing else."""

    def __init__(self, iface: Any) -> None:
        """iface: QgisInterface, None under qgis_process."""
        self._iface = iface
        self._provider: Any = None
        self._desk: Any = None
        self._action: QAction | None = None
        # A GeoPackage in WAL mode cannot be copied while it is open.
        gdal.SetConfigOption("OGR_SQLITE_JOURNAL", "DELETE")
        self._translators = language.translators()
        for translator in self._translators:
            QCoreApplication.installTranslator(translator)
        self._log = log.start_log()
        self._missing = requirements.missing()

    def initProcessing(self) -> None:
        """Register the algorithms; without the packages there are none."""
        if self._missing:
            QgsApplication.messageLog().logMessage(requirements.explanation(self._missing), "Village Planner")
            return
        from village_planner.processing.provider import VillagePlannerProvider

        self._provider = VillagePlannerProvider()
        QgsApplication.processingRegistry().addProvider(self._provider)

    def initGui(self) -> None:
        """Build toolbar and docks, and open the plan that the environment names."""
        self.initProcessing()
        if self._missing:
            self._action = QAction("Village Planner…", self._iface.mainWindow())
            self._action.triggered.connect(self._say_what_is_missing)
            self._iface.addPluginToMenu("Village Planner", self._action)
            QTimer.singleShot(0, self._say_what_is_missing)
            return
        from village_planner.gui.desk_window import DeskWindow

        self._desk = DeskWindow(self._iface)
        # Once QGIS has loaded the other plugins too.
        self._iface.initializationCompleted.connect(memory.settle_memory)
        plan = os.environ.get(OPEN_VARIABLE)
        if plan:
            # Before that QGIS has yet to make its first, empty project.
            self._iface.initializationCompleted.connect(lambda: self._desk.open_plan(plan))

    def unload(self) -> None:
        """Take everything away again."""
        if self._action is not None:
            self._iface.removePluginMenu("Village Planner", self._action)
        if self._desk is not None:
            self._iface.initializationCompleted.disconnect(memory.settle_memory)
            memory.release_memory()
            self._desk.close()
            self._desk = None
        if self._provider is not None:
            QgsApplication.processingRegistry().removeProvider(self._provider)
            self._provider = None
        for translator in self._translators:
            QCoreApplication.removeTranslator(translator)
        log.stop_log(self._log)

    @property
    def desk(self) -> Any:
        """The DeskWindow; None where packages are missing."""
        return self._desk

    def _say_what_is_missing(self) -> None:
        QMessageBox.warning(self._iface.mainWindow(), "Village Planner", requirements.explanation(self._missing))
