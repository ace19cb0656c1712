"""Runs one step at a time with a progress bar and a cancel button in the message bar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.core import Qgis
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QProgressBar, QPushButton

from village_planner.base import Feedback, Message
from village_planner.desk.language import text
from village_planner.desk.session import PlanSession
from village_planner.desk.tasks import StepTask
from village_planner.gui.message_item import create_message
from village_planner.gui.telling import Teller, title

PROGRESS_WIDTH = 160


class StepRunner(QObject):
    """Shows a step's progress, and what came of it; what it gives goes to a function on the main thread."""

    busy_changed = pyqtSignal()

    def __init__(self, bar: Any, teller: Teller, parent: QObject) -> None:
        super().__init__(parent)
        self._bar, self._teller = bar, teller
        self._task: StepTask | None = None
        self._item: Any = None
        self._waiting: list[Callable[[], None]] = []

    @property
    def is_busy(self) -> bool:
        """Whether a step is under way."""
        return self._task is not None

    def start(self, name: str, step: Callable[[Feedback], Any], on_result: Callable[[Any], None]) -> None:
        """Run a step in a task."""
        task = StepTask(name, step)
        self._task = task
        progress = QProgressBar()
        progress.setFixedWidth(PROGRESS_WIDTH)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.clicked.connect(task.cancel)
        self._item = create_message(self._bar, title(), self.tr("{0} is running…").format(name))
        self._item.layout().addWidget(progress)
        self._item.layout().addWidget(cancel)
        self._bar.pushWidget(self._item, Qgis.MessageLevel.Info)
        signals = task.signals
        signals.progressed.connect(lambda fraction: progress.setValue(round(100 * fraction)))
        item = self._item
        signals.said.connect(lambda message: item.setText(text(message)))
        signals.finished.connect(lambda result: self._end(lambda: on_result(result)))
        signals.failed.connect(lambda message: self._end(lambda: self._teller.warn(message)))
        signals.cancelled.connect(lambda: self._end(lambda: self._teller.warn(Message("desk.cancelled", {"step": name}))))
        self.busy_changed.emit()
        task.start()

    def start_writing(
        self, session: PlanSession, name: str, step: Callable[[Feedback], Any], on_result: Callable[[Any], None], scenario: Callable[[Any], str] | None = None
    ) -> None:
        """Run a step that writes the open plan's file; what it changed is read in the task too, and shown before `on_result` is called.

        scenario: which one to show from now on, by the step's result. Raises Refused while a layer of the plan is in edit mode.
        """
        session.require_no_edits()

        def show(done: Any) -> None:
            result, fresh = done
            with session.turns.one_by_one():
                session.take(fresh, scenario(result) if scenario is not None else None)
            on_result(result)

        self.start(name, session.followed(step), show)

    def when_free(self, then: Callable[[], None]) -> None:
        """Call `then` now, or once the step that is under way has come to its end."""
        if self.is_busy:
            self._waiting.append(then)
        else:
            with self._teller.refusals():
                then()

    def cancel(self) -> None:
        """Cancel the step that is under way."""
        if self._task is not None:
            self._task.cancel()

    def close_down(self) -> None:
        """Cancel the step that is under way and tell nobody: the window goes."""
        self._waiting.clear()
        if self._task is not None:
            self._task.signals.blockSignals(True)
            self._task.cancel()
            self._task = None

    def _end(self, then: Callable[[], None]) -> None:
        self._task = None
        self._bar.popWidget(self._item)
        self._item = None
        self.busy_changed.emit()
        with self._teller.refusals():
            then()
        while self._waiting and not self.is_busy:
            self.when_free(self._waiting.pop(0))
