"""Chooses the scenario that the desk shows, and copies, renames, deletes, adopts and compares scenarios."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QAction, QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from village_planner.desk.scenarios import Scenarios
from village_planner.desk.session import PlanSession
from village_planner.gui.dialogs import StepDialog, accepted
from village_planner.gui.forms import CodeCombo
from village_planner.gui.running import StepRunner
from village_planner.gui.telling import Teller

HELP = "overview#最上面"


class TitleDialog(StepDialog):
    """Asks for the name of a scenario."""

    def __init__(self, caption: str, note: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.explain(caption, note, HELP)
        self.title = self.add_text(self.tr("Name of the scenario"), title, needed=True)
        self.title.selectAll()


class ConfirmDialog(StepDialog):
    """Asks whether to go on."""

    def __init__(self, caption: str, question: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.explain(caption, question, HELP)


class ScenarioBar(QWidget):
    """A combo of the plan's scenarios with a menu beside it; `compare_wished` asks for the table."""

    compare_wished = pyqtSignal()

    def __init__(self, session: PlanSession, teller: Teller, runner: StepRunner) -> None:
        super().__init__()
        self._session, self._teller, self._runner = session, teller, runner
        self.scenarios = Scenarios(session)
        self.combo = CodeCombo()
        self.combo.setToolTip(self.tr("The scenario that all docks and the map show and edit"))
        self.combo.activated.connect(lambda _: self._do(self._choose))
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        self._actions: dict[str, QAction] = {}
        for name, caption, slot in (
            ("copy", self.tr("Copy…"), self.copy), ("rename", self.tr("Rename…"), self.rename), ("delete", self.tr("Delete…"), self.delete),
            ("adopt", self.tr("Adopt"), self.adopt), ("compare", self.tr("Compare…"), self.compare_wished.emit),
        ):
            self._actions[name] = menu.addAction(caption)
            self._actions[name].triggered.connect(lambda _=False, slot=slot: self._do(slot))
        button = QToolButton()
        button.setText(self.tr("Scenario"))
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(QLabel(self.tr("Shown scenario")))
        layout.addWidget(self.combo, 1)
        layout.addWidget(button)

    def load(self) -> None:
        """Show the scenarios of the open plan."""
        adopted = self._session.data.scenario
        self.combo.set_choices(
            (code, self.tr("{0} (adopted)").format(title) if code == adopted else title) for code, title in self.scenarios.listed()
        )
        self.combo.set_value(self._session.scenario)
        self._enable()

    def copy(self) -> None:
        """Copy the scenario that is shown, in a task; the copy is shown then."""
        note = self.tr("The copy takes over all categories, actions and moves of “{0}” and is edited on its own.").format(self._shown_title())
        dialog = TitleDialog(self.tr("Copy scenario"), note, self.scenarios.free_title(), self)
        if accepted(dialog):
            step = self.scenarios.copying(self._session.scenario, dialog.title.text())
            self._runner.start_writing(self._session, self.tr("Copy scenario"), step, lambda _: self.load(), scenario=str)

    def rename(self) -> None:
        """Rename the scenario that is shown."""
        dialog = TitleDialog(self.tr("Rename scenario"), self._shown_title(), self._shown_title(), self)
        if accepted(dialog):
            self.scenarios.rename(self._session.scenario, dialog.title.text())

    def delete(self) -> None:
        """Delete the scenario that is shown, once the planner has confirmed it."""
        question = self.tr("Delete “{0}” with all its categories, actions and moves? Undo brings it back.").format(self._shown_title())
        if accepted(ConfirmDialog(self.tr("Delete scenario"), question, self)):
            self.scenarios.delete(self._session.scenario)

    def adopt(self) -> None:
        """Make the scenario that is shown the adopted one."""
        self.scenarios.adopt(self._session.scenario)

    def action(self, name: str) -> QAction:
        """An entry of the menu: copy, rename, delete, adopt or compare."""
        return self._actions[name]

    def _choose(self) -> None:
        with self._session.turns.one_by_one():
            self._session.choose_scenario(self.combo.value())

    def _shown_title(self) -> str:
        return self.scenarios.title(self._session.scenario)

    def _enable(self) -> None:
        session, several = self._session, len(self.scenarios.listed()) > 1
        locked = self.tr("The plan is approved: scenarios are locked until a revision is opened.") if session.is_locked else ""
        is_adopted = self.tr("This scenario is the adopted one.") if session.scenario == session.data.scenario else ""
        alone = "" if several else self.tr("There is only one scenario: copy it first.")
        reasons = {"copy": locked, "rename": locked, "delete": locked or is_adopted, "adopt": locked or is_adopted, "compare": alone}
        for name, reason in reasons.items():
            self._actions[name].setEnabled(not reason)
            self._actions[name].setToolTip(reason)

    def _do(self, action: Callable[[], Any]) -> None:
        with self._teller.refusals():
            action()
        if self._session.is_open:
            self.load()
