"""Measures in a driven QGIS how long the main thread does not come to its event loop, step by step."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from qgis.PyQt.QtCore import QTimer

TICK_MS = 10
LOOK_S = 0.1
ROOM = "village_planner"


class Watch:
    """A timer in the event loop: the time between two of its ticks is a block. What a script itself does is not counted.

    `steps`: one entry per step with name, seconds, longest (seconds of the longest block) and where (what of ours ran in it, the
    innermost call last; empty where the block was Qt's, QGIS's or too short to look).
    """

    def __init__(self) -> None:
        self.steps: list[dict[str, Any]] = []
        self._last: float | None = None
        self._began = 0.0
        self._where = ""
        self._main = threading.get_ident()
        self._stopped = threading.Event()
        self._timer = QTimer()
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        threading.Thread(target=self._look, daemon=True).start()

    def begin(self, name: str) -> None:
        """Begin a step."""
        self._end()
        self.steps.append({"name": name, "seconds": 0.0, "longest": 0.0, "where": ""})
        self._began = self._last = time.monotonic()

    @contextmanager
    def away(self) -> Iterator[None]:
        """While the script works for itself (pictures, reading the file from outside) nothing is counted."""
        self._tick()
        self._last = None
        try:
            yield
        finally:
            self._last = time.monotonic()

    def stop(self) -> None:
        """End the last step."""
        self._end()
        self._timer.stop()
        self._stopped.set()

    def _end(self) -> None:
        if self.steps:
            self.steps[-1]["seconds"] = round(time.monotonic() - self._began, 2)

    def _tick(self) -> None:
        now = time.monotonic()
        if self._last is not None and self.steps:
            step, gap = self.steps[-1], now - self._last
            if gap > step["longest"]:
                step["longest"], step["where"] = round(gap, 3), self._where
            self._last = now
        self._where = ""

    def _look(self) -> None:
        """In a thread: what the main thread runs while it blocks; native code that holds the GIL cannot be looked into."""
        while not self._stopped.wait(LOOK_S / 2):
            last = self._last
            if last is not None and time.monotonic() - last > LOOK_S:
                self._where = _ours(sys._current_frames().get(self._main))


def _ours(frame: Any) -> str:
    calls: list[str] = []
    while frame is not None:
        code = frame.f_code
        if f"/{ROOM}/" in code.co_filename:
            calls.append(f"{code.co_filename.rsplit(f'/{ROOM}/', 1)[1]}:{frame.f_lineno} {code.co_name}")
        frame = frame.f_back
    return " → ".join(reversed(calls[:4]))
