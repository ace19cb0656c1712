"""What the planner does from the 总览 dock with the plan as a whole: compare scenarios, record approval steps, keep the ledger."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QFileDialog, QWidget

from village_planner.base import Feedback
from village_planner.desk.procedure import record_step
from village_planner.desk.session import PlanSession
from village_planner.gui.approval_dialog import ApprovalDialog
from village_planner.gui.dialogs import accepted
from village_planner.gui.ledger_dialog import LedgerDialog
from village_planner.gui.revision_dialog import RevisionDialog
from village_planner.gui.running import StepRunner
from village_planner.gui.telling import Teller
from village_planner.plan import PlanFile


class PlanActions(QObject):
    """Opens the dialogs; `shown` asks to show a village or hamlet by its code."""

    shown = pyqtSignal(str)

    def __init__(self, session: PlanSession, teller: Teller, runner: StepRunner, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._teller, self._runner, self._window = session, teller, runner, window

    def approve(self) -> None:
        """Ask for the next approval step and record it."""
        dialog = ApprovalDialog(self._session, self._serious(), self._window)
        if accepted(dialog):
            record_step(self._session, dialog.step())

    def compare(self) -> None:
        """Work the figures of all scenarios out in a task, then show them."""
        from village_planner.accounts import scenario_differences, scenario_figures

        session = self._session
        data, profile, path, inside = session.data, session.profile, session.path, session.inside
        codes = [str(code) for code in data.tables["scenario"]["code"]]

        def step(feedback: Feedback) -> Any:
            return scenario_figures(data, PlanFile(path).layers(), profile, codes, inside, feedback), scenario_differences(data, codes)

        self._runner.start(self.tr("Compare scenarios"), step, self._show_comparison)

    def compare_with_approval(self) -> None:
        """Read the differences from the approved state in a task, then show them."""
        from village_planner.delivery.revision import revision_table

        session = self._session
        data, profile, path = session.data, session.profile, session.path
        self._runner.start(
            self.tr("Compare with approval"), lambda feedback: revision_table(PlanFile(path).revision_report(), data, profile), self._show_revision,
        )

    def keep_ledger(self) -> None:
        """Show the implementation ledger."""
        dialog = LedgerDialog(self._session, self._teller, self._window)
        dialog.import_wished.connect(dialog.accept)
        if accepted(dialog):
            self._import_ledger()

    def _import_ledger(self) -> None:
        from village_planner.intake import Implement, implement

        tables = self.tr("Tables") + " (*.xlsx *.xls *.csv *.dbf);;" + self.tr("All files") + " (*)"
        source, _ = QFileDialog.getOpenFileName(self._window, self.tr("Import a table into the ledger"), str(self._session.path.parent), tables)
        if not source:
            return
        request = Implement(self._session.path, source)
        self._runner.start_writing(self._session, self.tr("Import the ledger"), lambda feedback: implement(request, feedback), self._show_imported)

    def _show_imported(self, result: Any) -> None:
        said = self.tr("{0} rows of the ledger taken, {1} refused.").format(result.accepted, result.rejected)
        self._teller.done(said, result.report_path.with_suffix(".html"))

    def _show_comparison(self, outcome: Any) -> None:
        from village_planner.gui.compare_dialog import CompareDialog

        figures, differences = outcome
        dialog = CompareDialog(figures, differences, self._session.profile, self._window)
        dialog.shown.connect(self.shown)
        dialog.exec()

    def _show_revision(self, table: Any) -> None:
        title = f"{self._session.data.info['title']}修改对照表"
        RevisionDialog(table, title, self._session.path.parent, self._teller, self._window).exec()

    def _serious(self) -> int | None:
        """Open A findings of the adopted scenario, None where it was never checked."""
        data = self._session.data
        if not (data.check_run["scenario"] == data.scenario).any():
            return None
        found = data.finding[(data.finding["scenario"] == data.scenario) & (data.finding["state"] == "open")]
        return int((found["severity"] == "A").sum())
