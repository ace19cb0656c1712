"""A step in a task gives its outcome on the main thread: a result, a sentence, or a cancel."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from village_planner.base import Feedback, InputError
from village_planner.desk.tasks import StepTask


def test_the_result_arrives_on_the_main_thread(qgis_app: Any, qtbot: Any) -> None:
    threads: list[threading.Thread] = []
    task = StepTask("步骤", lambda feedback: threads.append(threading.current_thread()) or 42)
    task.signals.finished.connect(lambda result: threads.append(threading.current_thread()))
    with qtbot.waitSignal(task.signals.finished, timeout=5000) as heard:
        task.start()
    assert heard.args == [42]
    assert threads[0] is not threading.main_thread() and threads[1] is threading.main_thread()


@pytest.mark.parametrize(
    ("error", "code"), [(InputError("plan.missing", file="a.gpkg"), "plan.missing"), (ZeroDivisionError(), "desk.unexpected")]
)
def test_a_failure_arrives_as_a_message(qgis_app: Any, qtbot: Any, error: Exception, code: str) -> None:
    def fail(feedback: Feedback) -> None:
        raise error

    task = StepTask("步骤", fail)
    with qtbot.waitSignal(task.signals.failed, timeout=5000) as heard:
        task.start()
    assert heard.args[0].code == code


def test_a_cancel_stops_the_step(qgis_app: Any, qtbot: Any) -> None:
    def endless(feedback: Feedback) -> None:
        while True:
            feedback.check()
            time.sleep(0.01)

    task = StepTask("步骤", endless)
    with qtbot.waitSignal(task.signals.cancelled, timeout=5000):
        task.start()
        qtbot.wait(50)
        task.cancel()
