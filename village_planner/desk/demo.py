"""Makes the demo plan: the steps that the demo names, run as algorithms."""

from __future__ import annotations

import json
from pathlib import Path

from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback

from village_planner.base import Cancelled, Feedback, Refused
from village_planner.base.feedback import PartFeedback
from village_planner.demo import write_demo

_PLAN_STEPS = ("createplan", "addcontrol", "addfacts", "addlimits", "decide")


def make_demo_plan(folder: Path, feedback: Feedback) -> Path:
    """Write the demo township's files into `folder`, make a plan of them with its layers and decisions, and return its path.

    Raises InputError for a folder that cannot be used, Refused where a step fails, Cancelled.
    """
    demo = write_demo(folder, feedback=PartFeedback(feedback, 0.0, 0.2))
    steps = json.loads(Path(demo.steps).read_text(encoding="utf-8"))
    steps = [step for step in steps if step["algorithm"].split(":")[1] in _PLAN_STEPS]
    for number, step in enumerate(steps):
        feedback.check()
        _run(step["algorithm"], step["parameters"], PartFeedback(feedback, 0.2 + 0.8 * number / len(steps), 0.2 + 0.8 * (number + 1) / len(steps)))
    return Path(steps[0]["parameters"]["PLAN"])


class _StepFeedback(QgsProcessingFeedback):
    def __init__(self, feedback: Feedback) -> None:
        super().__init__(False)
        self._feedback = feedback
        self.progressChanged.connect(lambda percent: feedback.progress(percent / 100))

    def isCanceled(self) -> bool:
        return self._feedback.is_cancelled()


def _run(algorithm_id: str, parameters: dict[str, object], feedback: Feedback) -> None:
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(algorithm_id)
    if algorithm is None:
        raise Refused("desk.step_refused", step=algorithm_id, reason="–")
    try:
        algorithm.run(parameters, QgsProcessingContext(), _StepFeedback(feedback), {}, False)
    except QgsProcessingException as error:
        if feedback.is_cancelled():
            raise Cancelled from None
        raise Refused("desk.step_refused", step=algorithm.displayName(), reason=str(error)) from None
