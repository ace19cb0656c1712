"""Figures that follow the session: made anew in a task after each change, so that the main thread stays free."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from village_planner.base import Feedback, Message
from village_planner.desk.session import PlanSession
from village_planner.desk.tasks import StepTask
from village_planner.plan import LayerStore, PlanData, PlanFile
from village_planner.standards import Profile


@dataclass(frozen=True)
class Snapshot:
    """The plan at a moment, for a task. inside: codes of villages inside the development boundary."""

    path: Path
    data: PlanData
    profile: Profile
    scenario: str
    inside: frozenset[str]

    def layers(self) -> LayerStore:
        """The plan's control layers, read with a connection of the task's own."""
        return PlanFile(self.path).layers()


class LiveFigure(QObject):
    """One figure, or a set of them, that is made from snapshots.

    `stale` is emitted when what is shown no longer holds, `ready` with the new value, `failed` with a Message. While nobody looks
    (`set_active`) nothing is made. A change that comes while a task runs cancels it: only the newest snapshot's value is told.
    """

    stale = pyqtSignal()
    ready = pyqtSignal(object)
    failed = pyqtSignal(object)

    def __init__(
        self, session: PlanSession, title: str, make: Callable[[Snapshot, Feedback], Any], delay_ms: int,
        tables: Collection[str] | None = None, parent: QObject | None = None,
    ) -> None:
        """tables: those that the figure is made of, None for all. delay_ms: how long it waits for further changes."""
        super().__init__(parent)
        self._session, self._title, self._make, self._tables = session, title, make, tables
        self._active = self._is_stale = False
        self._task: StepTask | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(delay_ms)
        self._timer.timeout.connect(self._start)
        for signal in (session.opened, session.reloaded, session.located, session.findings_changed):
            signal.connect(self.renew)
        session.closed.connect(self.stop)
        session.changed.connect(self._follow)

    @property
    def is_stale(self) -> bool:
        """Whether what is shown no longer holds, and newer figures are on their way or wait until somebody looks."""
        return self._is_stale

    def set_active(self, active: bool) -> None:
        """Say whether somebody looks; what has become stale meanwhile is made as soon as somebody does."""
        self._active = active
        if active and self._is_stale and self._session.is_open:
            self._timer.start()

    def renew(self) -> None:
        """Make the figure anew, soon."""
        self._drop_task()
        self._is_stale = True
        self.stale.emit()
        if self._active:
            self._timer.start()

    def stop(self) -> None:
        """Forget what is under way."""
        self._timer.stop()
        self._drop_task()

    def _follow(self, change: Any) -> None:
        if self._tables is None or set(change.tables) & set(self._tables):
            self.renew()

    def _drop_task(self) -> None:
        if self._task is not None:
            # Its value, should it still come, is of an older plan.
            self._task.signals.blockSignals(True)
            self._task.cancel()
            self._task = None

    def _start(self) -> None:
        session = self._session
        if not session.is_open:
            return
        self._drop_task()
        make = self._make
        snapshot = Snapshot(session.path, session.data, session.profile, session.scenario, session.inside)
        task = StepTask(self._title, lambda feedback: make(snapshot, feedback), silent=True)
        task.signals.finished.connect(self._take)
        task.signals.failed.connect(self._fail)
        task.signals.cancelled.connect(self._forget)
        self._task = task
        task.start()

    def _take(self, value: Any) -> None:
        self._task, self._is_stale = None, False
        self.ready.emit(value)

    def _fail(self, message: Message) -> None:
        self._task, self._is_stale = None, False
        self.failed.emit(message)

    def _forget(self) -> None:
        self._task = None
