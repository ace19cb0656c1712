"""A step in a task gives its outcome on the main thread: a result, a sentence, or a cancel."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest
import shapely
from qgis.core import QgsApplication, QgsProcessingAlgRunnerTask, QgsProcessingContext, QgsProcessingFeedback

from village_planner.base import Feedback, InputError
from village_planner.desk.tasks import StepTask
from village_planner.processing.algorithm import PlannerAlgorithm
from village_planner.spatial.area import ellipsoidal_area_m2


def test_the_result_arrives_on_the_main_thread(qgis_app: Any, qtbot: Any) -> None:
    threads: list[threading.Thread] = []
    task = StepTask("步骤", lambda feedback: threads.append(threading.current_thread()) or 42)
    task.signals.finished.connect(lambda result: threads.append(threading.current_thread()))
    with qtbot.waitSignal(task.signals.finished, timeout=60000) as heard:
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
    with qtbot.waitSignal(task.signals.failed, timeout=60000) as heard:
        task.start()
    assert heard.args[0].code == code


def test_a_cancel_stops_the_step(qgis_app: Any, qtbot: Any) -> None:
    def endless(feedback: Feedback) -> None:
        while True:
            feedback.check()
            time.sleep(0.01)

    task = StepTask("步骤", endless)
    with qtbot.waitSignal(task.signals.cancelled, timeout=60000):
        task.start()
        qtbot.wait(50)
        task.cancel()


def test_steps_run_in_threads_that_python_started(qgis_app: Any, qtbot: Any) -> None:
    """Areas are measured twice: pyproj 3.7 takes a thread of Qt's down at the second transformer."""
    square = np.array([shapely.box(500000, 3900000, 500010, 3900010)])
    for _ in range(2):
        task = StepTask("步骤", lambda feedback: (threading.current_thread().name, float(ellipsoidal_area_m2(square, 4548)[0])))
        with qtbot.waitSignal(task.signals.finished, timeout=60000) as heard:
            task.start()
        name, area_m2 = heard.args[0]
        assert name.startswith("village_planner")
        assert area_m2 == pytest.approx(100, abs=0.1)


def test_an_algorithm_that_the_toolbox_runs_in_a_thread_of_its_own_measures_areas_too(qgis_app: Any, qtbot: Any) -> None:
    class Measuring(PlannerAlgorithm):
        """Measures one square."""

        def name(self) -> str:
            return "measuring"

        def displayName(self) -> str:  # noqa: N802
            return "measuring"

        def initAlgorithm(self, configuration: Any = None) -> None:  # noqa: N802
            pass

        def run_step(self, parameters: Any, context: Any, feedback: Any) -> dict[str, Any]:
            square = np.array([shapely.box(500000, 3900000, 500010, 3900010)])
            return {"AREA": float(ellipsoidal_area_m2(square, 4548)[0]), "THREAD": threading.current_thread().name}

    context, feedback = QgsProcessingContext(), QgsProcessingFeedback()
    algorithm = Measuring().create()
    task = QgsProcessingAlgRunnerTask(algorithm, {}, context, feedback)
    with qtbot.waitSignal(task.executed, timeout=60000) as heard:
        QgsApplication.taskManager().addTask(task)
    succeeded, results = heard.args
    assert succeeded and results["THREAD"].startswith("village_planner")
    assert results["AREA"] == pytest.approx(100, abs=0.1)


def test_a_silent_task_that_is_cancelled_has_not_failed(qgis_app: Any, qtbot: Any) -> None:
    begun = threading.Event()

    def step(feedback: Any) -> None:
        begun.set()
        while True:
            feedback.check()
            time.sleep(0.005)

    task = StepTask("数", step, silent=True)
    ended: list[str] = []
    task.signals.finished.connect(lambda _: ended.append("finished"))
    task.signals.cancelled.connect(lambda: ended.append("cancelled"))
    task.taskTerminated.connect(lambda: ended.append("terminated"))
    task.start()
    qtbot.waitUntil(begun.is_set, timeout=60000)
    task.cancel()
    qtbot.waitUntil(lambda: bool(ended), timeout=60000)
    assert ended == ["cancelled"]
