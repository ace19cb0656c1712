"""Work in a few threads at once, each with its own share, that stops within a fifth of a second of a cancel."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from threading import Event
from typing import Any, Callable, Generator, Iterable, Iterator, NamedTuple

from village_planner.base.errors import Cancelled
from village_planner.base.feedback import Feedback

LANES = min(2, os.cpu_count() or 1)
"""How many threads work at once, beside the one that asks."""

_PATIENCE_S = 0.05
_AHEAD = 4


class Task(NamedTuple):
    """A piece of work. lane: tasks of one lane are done one after the other, in order. work: calls what it is given now and then, which raises Cancelled."""

    lane: int
    work: Callable[[Callable[[], None]], Any]


def in_lanes(tasks: Iterable[Task], lanes: int, feedback: Feedback) -> Iterator[Any]:
    """The results of the tasks in their order.

    tasks: taken as they are needed, in the thread that asks, so that making one may read a file while others are worked on;
    never more than a few ahead. lanes: 1 does all of it in the thread that asks. Feedback hears from that thread only.
    Raises Cancelled, and what a task raises; no task is at work any more when this ends, however it ends, and `tasks` is closed.
    """
    with closed(tasks):
        if lanes > 1:
            yield from _in_threads(tasks, lanes, feedback)
            return
        for task in tasks:
            feedback.check()
            yield task.work(feedback.check)


@contextmanager
def closed(items: Iterable[Any]) -> Iterator[None]:
    """Close a generator at the end of the block, in the thread that is there: what it has open may not be closed by another."""
    try:
        yield
    finally:
        if isinstance(items, Generator):
            items.close()


def _in_threads(tasks: Iterable[Task], lanes: int, feedback: Feedback) -> Iterator[Any]:
    stopped = Event()
    waiting: deque[Future] = deque()

    def check() -> None:
        if stopped.is_set():
            raise Cancelled

    def stop() -> None:
        stopped.set()
        for future in waiting:
            future.cancel()

    with ExitStack() as stack:
        pools = [stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="overlay")) for _ in range(lanes)]
        stack.callback(stop)
        for task in tasks:
            feedback.check()
            waiting.append(pools[task.lane % lanes].submit(task.work, check))
            while waiting and (len(waiting) > _AHEAD * lanes or waiting[0].done()):
                yield _result(waiting[0], feedback)
                waiting.popleft()
        while waiting:
            yield _result(waiting[0], feedback)
            waiting.popleft()


def _result(future: Future, feedback: Feedback) -> Any:
    while not wait([future], timeout=_PATIENCE_S).done:
        feedback.check()
    return future.result()
