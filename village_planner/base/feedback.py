"""How long work reports progress and hears of a cancel, without knowing who listens."""

from __future__ import annotations

import logging
from typing import Protocol

from village_planner.base.errors import Cancelled
from village_planner.base.messages import Message

_log = logging.getLogger("village_planner")


class Feedback(Protocol):
    """Progress out, cancel in. Faces adapt QgsFeedback or QgsTask to it."""

    def progress(self, fraction: float) -> None:
        """Report how much of the work is done, 0 to 1."""

    def say(self, message: Message) -> None:
        """Tell the planner something worth knowing; the work goes on."""

    def is_cancelled(self) -> bool:
        """Whether the planner asked to stop."""

    def check(self) -> None:
        """Raise Cancelled when the planner asked to stop."""


class SilentFeedback:
    """Feedback for tests and callers that do not listen; messages go to the log."""

    def progress(self, fraction: float) -> None:
        """Ignore the progress."""

    def say(self, message: Message) -> None:
        """Write the message to the log."""
        _log.info("%s", message)

    def is_cancelled(self) -> bool:
        """Never cancelled."""
        return False

    def check(self) -> None:
        """Raise Cancelled when a subclass says that it is cancelled."""
        if self.is_cancelled():
            raise Cancelled


class PartFeedback(SilentFeedback):
    """A share of another feedback: its 0..1 is the parent's `start`..`stop`."""

    def __init__(self, parent: Feedback, start: float, stop: float) -> None:
        self._parent, self._start, self._stop = parent, start, stop

    def progress(self, fraction: float) -> None:
        """Pass the progress on, scaled to this part's share."""
        self._parent.progress(self._start + (self._stop - self._start) * fraction)

    def say(self, message: Message) -> None:
        """Pass the message on."""
        self._parent.say(message)

    def is_cancelled(self) -> bool:
        """Cancelled when the parent is."""
        return self._parent.is_cancelled()


class QuietFeedback(SilentFeedback):
    """Feedback of work in the middle of other work: only the cancel counts."""

    def __init__(self, parent: Feedback) -> None:
        self._parent = parent

    def is_cancelled(self) -> bool:
        """Cancelled when the parent is."""
        return self._parent.is_cancelled()
