"""Runs a step in a QgsTask: progress and cancel, and the outcome handed over on the main thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from qgis.core import QgsApplication, QgsTask
from qgis.PyQt.QtCore import QObject, pyqtSignal

from village_planner.base import Cancelled, Feedback, Message, PlannerError
from village_planner.base.feedback import SilentFeedback
from village_planner.desk import compat
from village_planner.desk.log import log_path
from village_planner.desk.threads import in_python_thread

_log = logging.getLogger("village_planner")


class TaskSignals(QObject):
    """What a step tells the main thread; `failed` carries a Message, `finished` the step's result."""

    progressed = pyqtSignal(float)
    said = pyqtSignal(object)
    finished = pyqtSignal(object)
    failed = pyqtSignal(object)
    cancelled = pyqtSignal()


class TaskFeedback(SilentFeedback):
    """A step's feedback, handed on to its task."""

    def __init__(self, task: StepTask) -> None:
        self._task = task

    def progress(self, fraction: float) -> None:
        """Show the progress (0 to 1) in the task bar and in the desk."""
        self._task.setProgress(100 * fraction)

    def say(self, message: Message) -> None:
        """Hand the message to the main thread."""
        self._task.signals.said.emit(message)

    def is_cancelled(self) -> bool:
        """Whether the planner cancelled the task."""
        return bool(self._task.isCanceled())


class StepTask(QgsTask):
    """One step under way. Connect to `signals` before `start`; the step gets a path, never a connection."""

    def __init__(self, title: str, step: Callable[[Feedback], Any], silent: bool = False) -> None:
        """silent: nobody asked for it, so QGIS does not announce its end."""
        super().__init__(title, compat.TASK_BEHIND_THE_SCENES if silent else compat.TASK_CAN_CANCEL)
        self.signals = TaskSignals()
        self._step = step
        self._result: Any = None
        self._message: Message | None = None
        self._was_cancelled, self._silent = False, silent
        self.progressChanged.connect(lambda percent: self.signals.progressed.emit(percent / 100))

    def start(self) -> None:
        """Put the task into QGIS's queue and keep it alive until it has ended."""
        _running.add(self)
        QgsApplication.taskManager().addTask(self)

    def run(self) -> bool:
        """Called by QGIS in a worker thread."""
        try:
            self._result = in_python_thread(lambda: self._step(TaskFeedback(self)))
            return True
        except Cancelled:
            self._was_cancelled = True
            # QGIS 3.22 would tell that the task failed, although something newer only took its place.
            return self._silent
        except PlannerError as error:
            self._message = error.message
        except Exception as error:  # noqa: BLE001 - an exception that leaves a QgsTask takes QGIS down with it
            _log.exception("%s failed", self.description())
            self._message = Message("desk.unexpected", {"error": f"{type(error).__name__}: {error}", "log": str(log_path())})
        return False

    def finished(self, succeeded: bool) -> None:
        """Called by QGIS on the main thread."""
        _running.discard(self)
        if succeeded and not self._was_cancelled:
            self.signals.finished.emit(self._result)
        elif self._message is not None:
            self.signals.failed.emit(self._message)
        else:
            self.signals.cancelled.emit()


_running: set[StepTask] = set()
