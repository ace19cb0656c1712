"""Algorithm `check`: the rules run on a plan file."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingParameterString

from village_planner.processing.algorithm import PlannerAlgorithm, ProcessingFeedback, plan_parameter, scenario_parameter
from village_planner.processing.values import listed


class CheckAlgorithm(PlannerAlgorithm):
    """Run the rules on the plan and keep the findings in it."""

    def name(self) -> str:
        """Id in commands."""
        return "check"

    def displayName(self) -> str:
        """Name in the toolbox."""
        return self.tr("Check plan")

    def shortHelpString(self) -> str:
        """Help in the dialog."""
        return self.tr(
            "Runs the rules on the plan, stores the findings in the plan file and, on wish, writes them to a vector file or a CSV table. "
            "A rule whose layer is missing is reported as not checked, never as passed. Counts leave out findings that a waiver excuses."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameters and outputs."""
        self.addParameter(plan_parameter())
        self.addParameter(scenario_parameter())
        self.addParameter(QgsProcessingParameterString("RULES", self.tr("Rules, separated by commas (empty: all)"), optional=True))
        self.add_findings(WAIVED=self.tr("Waived"))

    def run_step(self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback) -> dict[str, Any]:
        """Check, store, write."""
        from village_planner.desk.steps import SEVERITIES, check_plan
        from village_planner.processing.findings import write_wished

        rules = self.optional_text(parameters, "RULES", context)
        outcome = check_plan(
            self.path(parameters, "PLAN", context),
            feedback,
            scenario=self.optional_text(parameters, "SCENARIO", context),
            rules=listed(rules) if rules else None,
        )
        for message in outcome.not_checked:
            feedback.say(message)
        counts = {f"COUNT_{severity}": outcome.count(severity) for severity in SEVERITIES}
        written = write_wished(outcome.findings, self.parameterAsOutputLayer(parameters, "FINDINGS", context), outcome.crs)
        return {**counts, "WAIVED": outcome.waived, "NOT_CHECKED": len(outcome.not_checked), **written}
