"""Algorithm `implement`: yearly actuals are taken from a table into the ledger of an approved plan."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext

from village_planner.processing.algorithm import PlannerAlgorithm, ProcessingFeedback, file_parameter, plan_parameter
from village_planner.processing.createplan import TABLE_SUFFIXES


class ImplementAlgorithm(PlannerAlgorithm):
    """Take the implementation ledger from a table."""

    def name(self) -> str:
        """Id in commands."""
        return "implement"

    def displayName(self) -> str:
        """Name in the toolbox."""
        return self.tr("Take the implementation ledger from a table")

    def shortHelpString(self) -> str:
        """Help in the dialog."""
        return self.tr(
            "Takes what was carried out in each year (a row per move and year: village, hamlet, phase or destination where a hamlet has several "
            "moves, year, households, areas) into the ledger of an approved plan. The report gives the reason for each row that is refused."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameters and outputs."""
        self.addParameter(plan_parameter())
        self.addParameter(file_parameter("LEDGER", self.tr("Table of actual figures"), *TABLE_SUFFIXES))
        self.add_numbers(ACCEPTED=self.tr("Rows accepted"), REJECTED=self.tr("Rows rejected"))
        self.add_files(REPORT=self.tr("Report"))

    def run_step(self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback) -> dict[str, Any]:
        """Take the ledger."""
        from village_planner.intake import Implement, implement

        request = Implement(plan=self.path(parameters, "PLAN", context), ledger=self.parameterAsString(parameters, "LEDGER", context))
        result = implement(request, feedback)
        return {"ACCEPTED": result.accepted, "REJECTED": result.rejected, "REPORT": str(result.report_path)}
