"""Algorithm `decide`: a table of decisions is taken into the plan."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext

from village_planner.processing.algorithm import PlannerAlgorithm, ProcessingFeedback, file_parameter, plan_parameter, scenario_parameter
from village_planner.processing.createplan import TABLE_SUFFIXES


class DecideAlgorithm(PlannerAlgorithm):
    """Take categories, actions, moves and consents from a table."""

    def name(self) -> str:
        """Id in commands."""
        return "decide"

    def displayName(self) -> str:
        """Name in the toolbox."""
        return self.tr("Take decisions from a table")

    def shortHelpString(self) -> str:
        """Help in the dialog."""
        return self.tr(
            "Takes categories, actions, moves and consents from a table (one row per hamlet, several rows for several moves). The rows of "
            "a village are taken together or refused together; the report gives the reason for each wrong row."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameters and outputs."""
        self.addParameter(plan_parameter())
        self.addParameter(file_parameter("DECISIONS", self.tr("Table of decisions"), *TABLE_SUFFIXES))
        self.addParameter(scenario_parameter())
        self.add_numbers(ACCEPTED=self.tr("Rows accepted"), REJECTED=self.tr("Rows rejected"))
        self.add_files(REPORT=self.tr("Report"))

    def run_step(self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback) -> dict[str, Any]:
        """Take the decisions."""
        from village_planner.intake import Decide, decide

        request = Decide(
            plan=self.path(parameters, "PLAN", context),
            decisions=self.parameterAsString(parameters, "DECISIONS", context),
            scenario=self.optional_text(parameters, "SCENARIO", context),
        )
        result = decide(request, feedback)
        return {"ACCEPTED": result.accepted, "REJECTED": result.rejected, "REPORT": str(result.report_path)}
