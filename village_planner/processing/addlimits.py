"""Algorithm `addlimits`: what the superior level has fixed is taken from a table into the plan."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingParameterEnum

from village_planner.processing.algorithm import PlannerAlgorithm, ProcessingFeedback, file_parameter, plan_parameter
from village_planner.processing.createplan import TABLE_SUFFIXES
from village_planner.processing.values import field_map
from village_planner.standards import load_profile

KINDS = ("quota", "villages")


class AddLimitsAlgorithm(PlannerAlgorithm):
    """Take limits per township and lists of villages from above."""

    def name(self) -> str:
        """Id in commands."""
        return "addlimits"

    def displayName(self) -> str:
        """Name in the toolbox."""
        return self.tr("Take limits from above")

    def shortHelpString(self) -> str:
        """Help in the dialog, with the items that are recognised."""
        listed = "\n".join(f"{row['code']}: {row['name']}" for row in load_profile().code_list("quota_item").rows)
        return self.tr(
            "Takes what the superior level has fixed: figures per township or county (kind quota, a column per item or a row per item; areas "
            "name their unit), or a list of villages with category or action (kind villages). The report gives the reason for each wrong row. Items:"
        ) + f"\n\n{listed}"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameters and outputs."""
        self.addParameter(plan_parameter())
        self.addParameter(QgsProcessingParameterEnum("KIND", self.tr("Kind"), list(KINDS), usesStaticStrings=True))
        self.addParameter(file_parameter("SOURCE", self.tr("Table of limits"), *TABLE_SUFFIXES))
        self.add_optional(file_parameter("FIELD_MAP", self.tr("Field map"), "json", optional=True))
        self.add_numbers(ACCEPTED=self.tr("Rows accepted"), REJECTED=self.tr("Rows rejected"))
        self.add_files(REPORT=self.tr("Report"))

    def run_step(self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback) -> dict[str, Any]:
        """Take the limits."""
        from village_planner.intake import AddLimits, add_limits

        request = AddLimits(
            plan=self.path(parameters, "PLAN", context),
            kind=self.parameterAsEnumString(parameters, "KIND", context),
            source=self.parameterAsString(parameters, "SOURCE", context),
            field_map=field_map(self.optional_text(parameters, "FIELD_MAP", context)),
        )
        result = add_limits(request, feedback)
        return {"ACCEPTED": result.accepted, "REJECTED": result.rejected, "REPORT": str(result.report_path)}
