"""Reading a plan back from a package (由成果包读回规划): the dialog that asks, the step, and the plan that opens then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QCheckBox, QWidget

from village_planner.desk.session import PlanSession
from village_planner.gui import dialogs
from village_planner.gui.running import StepRunner
from village_planner.gui.telling import Teller


class ReadPackageDialog(dialogs.StepDialog):
    """Asks for a package, as folder or zip, and for the plan file to write."""

    def __init__(self, package: str = "", parent: QWidget | None = None) -> None:
        """package: path that is filled in."""
        super().__init__(parent)
        self.explain(
            self.tr("Read plan from package"),
            self.tr(
                "Makes a plan file of what a package carries: a colleague's, or an approved edition. The package is only read. A report tells what "
                "it does not carry: the history, other scenarios, documents, and what its edition leaves out."
            ),
            "deliver#由成果包读回规划",
        )
        self.folder = self.add_file(self.tr("Folder of the package"), mode=QgsFileWidget.StorageMode.GetDirectory)
        self.zip = self.add_file(self.tr("or zip file"), "ZIP (*.zip)")
        self.plan = self.add_file(self.tr("Save plan as"), self.tr("Plan file") + " (*.gpkg)", QgsFileWidget.StorageMode.SaveFile, needed=True)
        self.plan.setConfirmOverwrite(True)
        self.allow_gaps = QCheckBox(self.tr("Allow gaps: also an edition that leaves out a part of the plan (public notice)"))
        self._form.addRow("", self.allow_gaps)
        (self.zip if package.lower().endswith(".zip") else self.folder).setFilePath(package)
        self._enable()

    def package(self) -> str:
        """Path of the package; '' where none is given."""
        return (self.folder.filePath() or self.zip.filePath()).strip()

    def plan_path(self) -> Path:
        """The plan file, with its suffix."""
        path = Path(self.plan.filePath())
        return path if path.suffix.lower() == ".gpkg" else path.with_name(f"{path.name}.gpkg")

    def _enable(self, *_: Any) -> None:
        super()._enable()
        if hasattr(self, "zip"):
            self._ok().setEnabled(self._ok().isEnabled() and bool(self.package()))


class PackageReading(QObject):
    """Asks for a package, reads its plan back in a task, opens the plan and says what it lacks."""

    def __init__(self, session: PlanSession, teller: Teller, runner: StepRunner, open_plan: Callable[[Path], None], window: QWidget) -> None:
        super().__init__(window)
        self._session, self._teller, self._runner, self._open_plan, self._window = session, teller, runner, open_plan, window

    def ask(self, package: str = "") -> None:
        """Ask, then read. package: path that the dialog shows first."""
        from village_planner.delivery import ReadBack, read_back

        dialog = ReadPackageDialog(package, self._window)
        if not dialogs.accepted(dialog):
            return
        plan = dialog.plan_path().absolute()
        request = ReadBack(Path(dialog.package()), plan, allow_gaps=dialog.allow_gaps.isChecked(), overwrite=plan.exists())
        if self._session.is_open and self._session.path == plan:
            self._session.require_no_edits()
            self._session.close()
        self._runner.start(self.tr("Read plan from package"), lambda feedback: read_back(request, feedback), self._show)

    def _show(self, result: Any) -> None:
        self._open_plan(result.plan)
        said = self.tr("{0} villages and {1} hamlets read back. The report tells {2} things that the package does not carry.")
        self._teller.done(said.format(result.village_count, result.hamlet_count, len(result.gaps)), result.report_path.with_suffix(".html"))
