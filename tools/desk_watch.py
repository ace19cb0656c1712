"""Measures in a driven QGIS how long the main thread does not come to its event loop, step by step."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QTimer

TICK_MS = 10
LOOK_S = 0.1
NOTED_S = 0.05
ROOM = "village_planner"
_QUEUES = "/proc/self/task/{0}/schedstat"


class Watch:
    """A timer in the event loop: the time between two of its ticks is a block. What a script itself does is not counted.

    `steps`: one entry per step with name, seconds, longest (seconds of the longest block), own (of the longest once the time is taken
    off in which the machine let our threads wait for a processor, and at least what the main thread itself computed: on a busy machine
    too little rather than too much), owns (own of every block that was looked into, the longest first), computed (seconds that the main
    thread itself computed in each block in which it did a twentieth of a second or more, the most first) and where (what of ours ran in
    the longest, the innermost call last; empty where the block was Qt's, QGIS's or too short to look).
    """

    def __init__(self, record: Path | None = None) -> None:
        """record: file for what every thread ran in each block that lasts; a look of a block that native code makes comes after it."""
        self.steps: list[dict[str, Any]] = []
        self._last: float | None = None
        self._began = 0.0
        self._where = ""
        self._main = threading.get_ident()
        self._queued, self._computed = _queued(), time.thread_time()
        self._stolen = _stolen_s()
        self._record = record
        self._stopped = threading.Event()
        self._timer = QTimer()
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        threading.Thread(target=self._look, daemon=True).start()

    def begin(self, name: str) -> None:
        """Begin a step."""
        self._end()
        self.steps.append({"name": name, "seconds": 0.0, "longest": 0.0, "own": 0.0, "owns": [], "computed": [], "where": ""})
        self._began = self._last = time.monotonic()
        self._queued, self._computed = _queued(), time.thread_time()

    @contextmanager
    def away(self) -> Iterator[None]:
        """While the script works for itself (pictures, reading the file from outside) nothing is counted."""
        self._tick()
        self._last = None
        try:
            yield
        finally:
            self._last = time.monotonic()
            self._queued, self._computed = _queued(), time.thread_time()

    def stop(self) -> None:
        """End the last step."""
        self._end()
        self._timer.stop()
        self._stopped.set()

    def _end(self) -> None:
        if self.steps:
            self.steps[-1]["seconds"] = round(time.monotonic() - self._began, 2)

    def _tick(self) -> None:
        now, computed, queued = time.monotonic(), time.thread_time(), _queued()
        if self._last is not None and self.steps:
            step, gap = self.steps[-1], now - self._last
            stolen = _stolen_s()
            own = max(gap - _waited(self._queued, queued) - (stolen - self._stolen), computed - self._computed)
            self._stolen = stolen
            if gap > step["longest"]:
                step["longest"], step["where"] = round(gap, 3), self._where
            step["own"] = max(step["own"], round(own, 3))
            if computed - self._computed >= NOTED_S:
                step["computed"] = sorted([*step["computed"], round(computed - self._computed, 3)], reverse=True)
            if gap > LOOK_S:
                step["owns"] = sorted([*step["owns"], round(own, 3)], reverse=True)
                self._write([f"{gap:.3f} s, {own:.3f} s of our own, {computed - self._computed:.3f} s of the main thread's, in {step['name']}", ""])
            self._last = now
        self._queued, self._computed = queued, computed
        self._where = ""

    def _look(self) -> None:
        """In a thread: what runs while the main thread blocks. Native code that holds the GIL is seen when it lets go, as a late look."""
        woken = time.monotonic()
        while not self._stopped.wait(LOOK_S / 4):
            late, woken = time.monotonic() - woken - LOOK_S / 4, time.monotonic()
            last = self._last
            if last is None or max(late, time.monotonic() - last) < LOOK_S:
                continue
            frames = sys._current_frames()
            self._where = _ours(frames.get(self._main))
            names = {thread.ident: thread.name for thread in threading.enumerate()}
            calls = {names.get(number, "?"): _ours(frame) or _innermost(frame) for number, frame in frames.items()}
            self._write([f"  look {1000 * late:.0f} ms late"] + [f"    {name}: {where}" for name, where in calls.items() if "_look" not in where])

    def _write(self, lines: list[str]) -> None:
        if self._record is not None:
            with self._record.open("a", encoding="utf-8") as record:
                record.write("\n".join([*lines, ""]))


def _queued() -> dict[int, int]:
    """By thread of Python: nanoseconds that it has waited for a processor so far; empty where the system does not tell."""
    waited: dict[int, int] = {}
    for thread in threading.enumerate():
        try:
            with open(_QUEUES.format(thread.native_id), encoding="ascii") as counts:
                waited[thread.native_id or 0] = int(counts.read().split()[1])
        except (OSError, IndexError):
            continue
    return waited


def _stolen_s() -> float:
    """Seconds that the host has kept a processor from this machine; 0 where the system does not tell."""
    try:
        with open("/proc/stat", encoding="ascii") as counts:
            return int(counts.readline().split()[8]) / (os.cpu_count() or 1) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError):
        return 0.0


def _waited(before: dict[int, int], after: dict[int, int]) -> float:
    """Seconds that the main thread waited for a processor, and the one of the others that waited longest: it may have held the GIL."""
    main = threading.main_thread().native_id
    waits = {number: (value - before.get(number, value)) / 1e9 for number, value in after.items()}
    return waits.pop(main or 0, 0.0) + max(waits.values(), default=0.0)


def _ours(frame: Any) -> str:
    calls: list[str] = []
    while frame is not None:
        code = frame.f_code
        if f"/{ROOM}/" in code.co_filename:
            calls.append(f"{code.co_filename.rsplit(f'/{ROOM}/', 1)[1]}:{frame.f_lineno} {code.co_name}")
        frame = frame.f_back
    return " → ".join(reversed(calls[:4]))


def _innermost(frame: Any) -> str:
    return f"{frame.f_code.co_filename.rsplit('/', 1)[-1]}:{frame.f_lineno} {frame.f_code.co_name}" if frame is not None else ""
