"""Which findings may be out of date after an edit, and the quick rules that the desk runs again by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from qgis.PyQt.QtCore import QCoreApplication, QObject, QTimer, pyqtSignal

from village_planner import checks
from village_planner.base import Feedback, PlannerError
from village_planner.desk.session import PlanSession
from village_planner.desk.steps import CheckOutcome, find_faults
from village_planner.desk.tasks import StepTask
from village_planner.plan import PlanFile
from village_planner.plan.runs import known_digests, last_run

PAUSE_MS = 400
QUICK_S = 1.0
"""All that the desk runs by itself after an edit takes no longer, as far as it has measured."""
_log = logging.getLogger("village_planner")


@dataclass(frozen=True)
class Looked:
    """What was seen of the rules: the ids of those whose findings may be out of date, and what the quick ones found anew (or None)."""

    outdated: tuple[str, ...]
    outcome: CheckOutcome | None


class Freshness(QObject):
    """Watches the session; `told` says anew which rules are out of date after each edit, undo, import and check.

    `automatic`: whether quick rules are run again after an edit; their findings go on with the last run.
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
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._look)
        session.changed.connect(self._follow)
        for signal in (session.opened, session.reloaded, session.findings_changed):
            signal.connect(self._pause.start)

    def learn(self, seconds: Mapping[str, float]) -> None:
        """How long rules took in a check; what is not known is taken for slow where it compares with control layers."""
        self._seconds.update(seconds)

    def _follow(self, change: object) -> None:
        if checks.rules_reading(getattr(change, "tables", ())):
            self._pause.start()

    def _look(self) -> None:
        session = self._session
        if not session.is_open or last_run(session.data, session.scenario) is None:
            self.told.emit([])
            return
        if self._task is not None:
            self._again = True
            return
        file, data, profile, scenario = session.file, session.data, session.profile, session.scenario
        automatic, seconds = self.automatic and not self._is_busy(), dict(self._seconds)

        def step(feedback: Feedback) -> Looked:
            digests = checks.input_digests(data, PlanFile(file.path).layers(), profile, scenario)
            outdated = checks.outdated(digests, known_digests(last_run(data, scenario)))
            quick = _quick(outdated, seconds) if automatic else []
            if not quick:
                return Looked(tuple(outdated), None)
            outcome = find_faults(file.path, feedback, scenario, quick, goes_on=True, snapshot=data)
            return Looked(tuple(rule for rule in outdated if rule not in quick), outcome)

        self._task = StepTask(QCoreApplication.translate("Freshness", "Look for findings that are out of date"), step)
        self._task.signals.finished.connect(lambda looked: self._end(looked, file))
        self._task.signals.failed.connect(lambda message: self._end(None, file))
        self._task.signals.cancelled.connect(lambda: self._end(None, file))
        self._task.start()

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
        if looked.outcome is not None and looked.outcome.record is not None and not self._is_busy():
            self.learn(looked.outcome.seconds)
            record = looked.outcome.record
            try:
                session.file.store_findings(record.run, record.findings, record.checked)
            except PlannerError:
                _log.info("the findings of an automatic check could not be kept", exc_info=True)
                return
            session.refresh_findings()
        self.told.emit(list(looked.outdated))


def _quick(rules: list[str], seconds: Mapping[str, float]) -> list[str]:
    """Those of some rules that together take no longer than a moment, the quickest first."""
    known = [(seconds.get(rule, 0.0 if checks.without_layers([rule]) else QUICK_S), rule) for rule in rules]
    spent, quick = 0.0, []
    for needed, rule in sorted(known):
        spent += needed
        if spent < QUICK_S:
            quick.append(rule)
    return quick
