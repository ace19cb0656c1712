"""What all algorithms share: refusals in the planner's words, progress and cancel, common parameters."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterFile,
    QgsProcessingParameterString,
    QgsProcessingParameterVectorDestination,
)
from qgis.PyQt.QtCore import QCoreApplication

from village_planner.base import Cancelled, Message, PlannerError
from village_planner.base.feedback import SilentFeedback
from village_planner.desk import compat
from village_planner.desk.language import text
from village_planner.desk.log import log_path
from village_planner.desk.threads import in_python_thread

_log = logging.getLogger("village_planner")
_translate = QCoreApplication.translate


class ProcessingFeedback(SilentFeedback):
    """A step's feedback, handed on to QgsProcessingFeedback."""

    def __init__(self, feedback: QgsProcessingFeedback) -> None:
        self._feedback = feedback

    def progress(self, fraction: float) -> None:
        """Show the progress bar at `fraction` (0 to 1)."""
        self._feedback.setProgress(100 * fraction)

    def say(self, message: Message) -> None:
        """Show the message in the algorithm's log."""
        self._feedback.pushInfo(text(message))

    def is_cancelled(self) -> bool:
        """Whether the planner pressed Cancel."""
        return self._feedback.isCanceled()


class PlannerAlgorithm(QgsProcessingAlgorithm):
    """Base of our algorithms: a subclass names itself and runs one step."""

    def run_step(self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback) -> dict[str, Any]:
        """Do the step and return its outputs; PlannerError and Cancelled are handled here."""
        raise NotImplementedError

    def processAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Run the step; a refusal becomes one sentence, a cancel ends without outputs."""
        try:
            return in_python_thread(lambda: self.run_step(parameters, context, ProcessingFeedback(feedback)))
        except Cancelled:
            raise QgsProcessingException(text(Message("processing.cancelled"))) from None
        except PlannerError as error:
            raise QgsProcessingException(text(error.message)) from None
        except QgsProcessingException:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a step raises, the planner gets a sentence and the log the rest
            _log.exception("%s failed", self.name())
            described = f"{type(error).__name__}: {error}"
            raise QgsProcessingException(text(Message("processing.unexpected", {"error": described, "log": str(log_path())}))) from None

    def createInstance(self) -> QgsProcessingAlgorithm:
        """A fresh copy for QGIS."""
        return type(self)()

    def tr(self, source: str) -> str:
        """Return the translation of a string of this class."""
        return _translate(type(self).__name__, source)

    def optional_text(self, parameters: dict[str, Any], name: str, context: QgsProcessingContext) -> str | None:
        """Value of a text or file parameter, None where it is empty."""
        return self.parameterAsString(parameters, name, context).strip() or None

    def path(self, parameters: dict[str, Any], name: str, context: QgsProcessingContext) -> Path:
        """Value of a file or folder parameter as an absolute path."""
        return Path(self.parameterAsString(parameters, name, context)).absolute()

    def add_optional(self, parameter: QgsProcessingParameterDefinition) -> None:
        """Add a parameter that stands under Advanced."""
        parameter.setFlags(parameter.flags() | compat.ADVANCED)
        self.addParameter(parameter)

    def add_numbers(self, **descriptions: str) -> None:
        """Declare number outputs by name and description."""
        for name, description in descriptions.items():
            self.addOutput(QgsProcessingOutputNumber(name, description))

    def add_texts(self, **descriptions: str) -> None:
        """Declare text outputs by name and description."""
        for name, description in descriptions.items():
            self.addOutput(QgsProcessingOutputString(name, description))

    def add_findings(self, **more: str) -> None:
        """Declare the wish for a file of findings, their counts by severity, and `more` number outputs by name and description."""
        description = _translate("Processing", "Findings")
        self.addParameter(QgsProcessingParameterVectorDestination("FINDINGS", description, optional=True, createByDefault=False))
        self.add_numbers(
            COUNT_A=_translate("Processing", "Severity A"), COUNT_B=_translate("Processing", "Severity B"),
            COUNT_C=_translate("Processing", "Severity C"), NOT_CHECKED=_translate("Processing", "Rules not checked"), **more,
        )

    def add_files(self, **descriptions: str) -> None:
        """Declare file outputs by name and description."""
        for name, description in descriptions.items():
            self.addOutput(QgsProcessingOutputFile(name, description))


def plan_parameter() -> QgsProcessingParameterFile:
    """PLAN: a plan file that exists."""
    return file_parameter("PLAN", _translate("Processing", "Plan file"), "gpkg")


def scenario_parameter() -> QgsProcessingParameterString:
    """SCENARIO: a scenario's code; empty is the adopted one."""
    return QgsProcessingParameterString("SCENARIO", _translate("Processing", "Scenario (empty: the adopted one)"), optional=True)


def file_parameter(name: str, description: str, *suffixes: str, optional: bool = False) -> QgsProcessingParameterFile:
    """A file that exists; `suffixes` only sort the file dialog, so that the step itself refuses in its own words."""
    patterns = " ".join(f"*.{suffix}" for suffix in suffixes)
    everything = _translate("Processing", "All files") + " (*.* *)"
    file_filter = f"{description} ({patterns});;{everything}" if suffixes else everything
    return QgsProcessingParameterFile(name, description, compat.FILE, optional=optional, fileFilter=file_filter)
