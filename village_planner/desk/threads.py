"""Runs what a worker thread of QGIS should do in a thread of Python's own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


def in_python_thread(work: Callable[[], Result]) -> Result:
    """Return what `work()` returns, and raise what it raises; on the main thread it simply runs.

    Python forgets a thread of QGIS's pool whenever a task ends, with all that is local to the thread. pyproj 3.7 keeps the bare address of
    its PROJ context by native thread beyond that, so that the second task on a thread would take QGIS down.
    """
    if threading.current_thread() is threading.main_thread():
        return work()
    with ThreadPoolExecutor(1, thread_name_prefix="village_planner") as executor:
        return executor.submit(work).result()
