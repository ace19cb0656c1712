"""Which findings may be out of date after an edit, and the quick rules that the desk runs again by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication, QObject, QTimer, pyqtSignal

from village_planner import checks
from village_planner.base import Feedback, PlannerError
from village_planner.desk.live import LiveCheck, LostTrack, quick_of
from village_planner.desk.opening import FreshNews
from village_planner.desk.session import PlanSession
from village_planner.desk.steps import CheckOutcome, find_faults, store
from village_planner.desk.tasks import StepTask
from village_planner.plan import PlanFile
from village_planner.plan.runs import known_digests, last_run

PAUSE_MS = 400


_log = logging.getLogger("village_planner")


@dataclass(frozen=True)
class Looked:
    """What was seen of the rules: the ids of those whose findings may be out of date, and what the quick ones found anew (or None)."""

    outdated: tuple[str, ...]
    outcome: CheckOutcome | None


class Freshness(QObject):
    """Watches the session; `told` says anew which rules are out of date after each edit, undo, import and check.

    After a check of all rules a `LiveCheck` goes on from it: each edit is followed at once, and rules that have to run whole wait for
    a pause. Without one, or where it has lost track, digests of what rules read tell which are out of date; the quick ones run in a pause.
    `automatic`: whether anything runs by itself; its findings go on with the last run.
    """

    told = pyqtSignal(list)

    def __init__(self, session: PlanSession, is_busy: Callable[[], bool], parent: QObject | None = None) -> None:
        """is_busy: whether a step is under way that will store findings itself."""
        super().__init__(parent)
        self._session, self._is_busy = session, is_busy
        self.automatic = True
        self._seconds: dict[str, float] = {}
        self._task: StepTask | None = None
        self._again = False
        self._live: LiveCheck | None = None
        # What was changed since the plan that `_live`, or the check that is under way, has seen; None: nobody will ask for it.
        self._changes: list[Any] | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._look)
        session.changed.connect(self._follow)
        session.closed.connect(self._stop)
        for signal in (session.opened, session.reloaded):
            signal.connect(self._begin_anew)
        session.findings_changed.connect(self._notice_run)

    def lend(self) -> LiveCheck | None:
        """A check of the session's present plan begins. Returns the live checker of just this plan, the caller's until `adopt`; None without one."""
        live, changes = self._live, self._changes or []
        is_fresh = self._task is None and not any(checks.rules_reading(change.tables) for change in changes)
        if live is None or not is_fresh or live.scenario != self._session.scenario:
            live, changes = None, []
        self._live, self._changes = None, changes
        return live

    def adopt(self, seconds: Mapping[str, float], live: LiveCheck | None) -> None:
        """The check has come to its end. seconds: by rule, how long it took. live: goes on from there; None where it ran only some rules."""
        self._seconds.update(seconds)
        self._live = live
        self._changes = None if live is None else self._changes

    @property
    def is_live(self) -> bool:
        """Whether edits are followed at once."""
        return self._live is not None

    def _follow(self, change: Any) -> None:
        if self._changes is not None:
            self._changes.append(change)
        if not checks.rules_reading(change.tables):
            return
        if self._live is not None and self.automatic and not self._is_busy():
            self._pause.stop()
            self._keep_up()
        else:
            self._pause.start()

    def _begin_anew(self) -> None:
        self._live = self._changes = None
        self._pause.start()

    def _notice_run(self) -> None:
        run = last_run(self._session.data, self._session.scenario)
        if self._live is not None and (run is None or run["code"] != self._live.run):
            # Somebody else has checked.
            self._live = self._changes = None
        self._pause.start()

    def _keep_up(self) -> None:
        """Follow the edits so far; those that come meanwhile are followed afterwards."""
        session, live = self._session, self._live
        if self._task is not None or live is None:
            return
        data, changes, self._changes = session.data, self._changes or [], []
        if live.scenario != session.scenario:
            self._begin_anew()
            return
        self._go_on(live, lambda _: live.follow(data, changes))

    def _catch_up(self, live: LiveCheck) -> None:
        """In a pause, look at what waits and is quick."""
        quick = quick_of(live.outdated, {**self._seconds, **live.seconds})
        if quick or live.is_behind:
            self._go_on(live, lambda feedback: live.catch_up(feedback, quick))
        else:
            self.told.emit(live.outdated)

    def _go_on(self, live: LiveCheck, step: Callable[[Feedback], Any]) -> None:
        file = self._session.file

        def run(feedback: Feedback) -> bool:
            try:
                step(feedback)
                return True
            except (LostTrack, PlannerError):
                _log.info("the findings are followed no longer", exc_info=True)
                return False

        self._start(self._session.followed(run), lambda done: self._gone_on(live, file, done))

    def _gone_on(self, live: LiveCheck, file: PlanFile, done: tuple[bool, FreshNews | None] | None) -> None:
        self._task, session = None, self._session
        if not session.is_open or session.file is not file or live is not self._live:
            self._pause.start()
            return
        if done is None or not done[0]:
            self._begin_anew()
            return
        with session.turns.one_by_one():
            session.take(done[1])
        if self._live is live and self._changes:
            self._keep_up()
        elif self._live is live:
            outdated = live.outdated
            session.turns.run(lambda: self.told.emit(outdated))
            self._pause.start()

    def _stop(self) -> None:
        self._pause.stop()
        self._again = False
        self._live = self._changes = None
        if self._task is not None:
            # What it finds is of a plan that is closed.
            self._task.signals.blockSignals(True)
            self._task.cancel()
            self._task = None

    def _look(self) -> None:
        session = self._session
        if not session.is_open or last_run(session.data, session.scenario) is None:
            self.told.emit([])
            return
        if self._task is not None:
            self._again = True
            return
        if self._live is not None and self.automatic and not self._is_busy():
            if self._changes:
                self._keep_up()
            else:
                self._catch_up(self._live)
            return
        if self._live is None and not self._is_busy():
            # The check that wanted to know of the changes was cancelled.
            self._changes = None
        file, data, profile, scenario = session.file, session.data, session.profile, session.scenario
        automatic, seconds = self.automatic and not self._is_busy(), dict(self._seconds)

        def step(feedback: Feedback) -> Looked:
            digests = checks.input_digests(data, PlanFile(file.path).layers(), profile, scenario)
            outdated = checks.outdated(digests, known_digests(last_run(data, scenario)))
            quick = quick_of(outdated, seconds) if automatic else []
            if not quick:
                return Looked(tuple(outdated), None)
            outcome = find_faults(file.path, feedback, scenario, quick, goes_on=True, snapshot=data)
            return Looked(tuple(rule for rule in outdated if rule not in quick), outcome)

        self._start(step, lambda looked: self._end(looked, file))

    def _end(self, looked: Looked | None, file: PlanFile) -> None:
        self._task = None
        session = self._session
        if self._again:
            # The plan has changed meanwhile: what was seen is of the past.
            self._again = False
            self._pause.start()
            return
        if looked is None or not session.is_open or session.file is not file:
            return
        record = looked.outcome.record if looked.outcome is not None else None
        if record is None or self._is_busy():
            self.told.emit(list(looked.outdated))
            return
        self._seconds.update(looked.outcome.seconds)

        def keep(_: Feedback) -> None:
            with session.alone():
                store(file.path, record)

        self._start(session.followed(keep), lambda done: self._kept(looked, file, done))

    def _kept(self, looked: Looked, file: PlanFile, done: tuple[None, FreshNews | None] | None) -> None:
        self._task = None
        session = self._session
        if done is not None and session.is_open and session.file is file:
            with session.turns.one_by_one():
                session.take(done[1])
                session.turns.run(lambda: self.told.emit(list(looked.outdated)))
        if self._again:
            self._again = False
            self._pause.start()

    def _start(self, step: Callable[[Feedback], Any], end: Callable[[Any], None]) -> None:
        self._task = StepTask(QCoreApplication.translate("Freshness", "Look for findings that are out of date"), step, silent=True)
        self._task.signals.finished.connect(end)
        self._task.signals.failed.connect(lambda message: end(None))
        self._task.signals.cancelled.connect(lambda: end(None))
        self._task.start()
