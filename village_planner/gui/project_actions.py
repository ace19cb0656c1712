"""Menu entries for the QGIS project that is kept in the plan file: save one there, open it again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QMessageBox

from village_planner.desk.project import has_project, mend_project, project_uri, save_project
from village_planner.desk.session import PlanSession
from village_planner.gui.telling import Teller


class ProjectActions(QObject):
    """Saves and opens the plan's project; the planner's own project is left only by QGIS's own way of opening another."""

    def __init__(self, session: PlanSession, teller: Teller, iface: Any, open_plan: Callable[[Path, Callable[[], None]], None]) -> None:
        """open_plan: reads a plan in a task, shows it, and calls at last what it is given."""
        super().__init__(iface.mainWindow())
        self._session, self._teller, self._iface, self._open_plan = session, teller, iface, open_plan

    def save(self) -> None:
        """Put a project of the plan's layers into the plan file, after a question where one would be replaced."""
        path = self._session.path
        self._session.require_no_edits()
        if has_project(path) and not self._confirmed():
            return
        save_project(path)
        self._teller.done(self.tr("The project was saved into {0}. It opens without this plugin too, and in QField.").format(path.name))

    def open(self) -> None:
        """Open the plan's project in place of the present one, and the plan with it."""
        path = self._session.path
        self._session.require_no_edits()
        mended = mend_project(path)
        # QGIS asks for unsaved changes itself.
        if self._iface.addProject(project_uri(path)):
            said = self.tr("The files had been moved or renamed; the project now reads {0}.").format(path.name)
            self._open_plan(path, lambda: self._teller.done(said) if mended else None)

    def _confirmed(self) -> bool:
        question = self.tr("The plan file holds a project already. Replace it? What was changed in it by hand is lost.")
        answer = QMessageBox.question(self._iface.mainWindow(), self.tr("Save project into the plan file"), question)
        return bool(answer == QMessageBox.StandardButton.Yes)
