"""Long work on the main thread in pieces, each in a turn of the event loop of its own, so that the window stays alive in between."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from qgis.PyQt.QtCore import QObject, QTimer


class Turns(QObject):
    """Runs pieces of work: at once as a rule, one by one in turns of the event loop where `one_by_one` was asked for."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Callable[[], None]] = deque()
        self._one_by_one = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._next)

    @contextmanager
    def one_by_one(self) -> Iterator[None]:
        """What `run` is given inside the block waits for its turn; the block itself goes on at once."""
        self._one_by_one = True
        try:
            yield
        finally:
            self._one_by_one = False

    def run(self, piece: Callable[[], None]) -> None:
        """Run a piece now, or in its turn. Pieces keep their order."""
        if self._one_by_one or self._waiting:
            self._waiting.append(piece)
            self._timer.start()
        else:
            piece()

    @property
    def is_waiting(self) -> bool:
        """Whether a piece still waits for its turn."""
        return bool(self._waiting)

    def finish(self) -> None:
        """Run all that waits now: somebody is about to build on it."""
        while self._waiting:
            self._waiting.popleft()()

    def forget(self) -> None:
        """Drop all that waits."""
        self._waiting.clear()

    def _next(self) -> None:
        try:
            if self._waiting:
                self._waiting.popleft()()
        finally:
            if self._waiting:
                self._timer.start()
