"""Algorithm `addfacts`: figures of villages and hamlets from a planner's table are taken into the plan."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingParameterEnum, QgsProcessingParameterString

from village_planner.processing.algorithm import PlannerAlgorithm, ProcessingFeedback, file_parameter, plan_parameter
from village_planner.processing.createplan import TABLE_SUFFIXES
from village_planner.processing.values import field_map
from village_planner.standards import load_profile

LEVELS = ("village", "hamlet")


class AddFactsAlgorithm(PlannerAlgorithm):
    """Take households, homesteads, incomes and whatever else a table states."""

    def name(self) -> str:
        """Id in commands."""
        return "addfacts"

    def displayName(self) -> str:
        """Name in the toolbox."""
        return self.tr("Take facts from a table")

    def shortHelpString(self) -> str:
        """Help in the dialog, with the items that are recognised."""
        listed = "\n".join(f"{row['code']}: {row['name']}" for row in load_profile().code_list("fact_item").rows)
        return self.tr(
            "Takes figures of villages and hamlets from any table and keeps each with its source and date. Basic figures replace what the plan "
            "holds where they are newer; contradictions are reported. Other columns are taken when the field map names them. Items:"
        ) + f"\n\n{listed}"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameters and outputs."""
        self.addParameter(plan_parameter())
        self.addParameter(file_parameter("SOURCE", self.tr("Table of facts"), *TABLE_SUFFIXES))
        self.addParameter(QgsProcessingParameterEnum("LEVEL", self.tr("Units of the rows"), list(LEVELS), optional=True, usesStaticStrings=True))
        self.add_optional(file_parameter("FIELD_MAP", self.tr("Field map"), "json", optional=True))
        self.addParameter(QgsProcessingParameterString("DATE", self.tr("Date of the figures (YYYY-MM-DD)"), optional=True))
        self.add_numbers(ACCEPTED=self.tr("Rows accepted"), REJECTED=self.tr("Rows rejected"))
        self.add_files(REPORT=self.tr("Report"))

    def run_step(self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback) -> dict[str, Any]:
        """Take the facts."""
        from village_planner.intake import AddFacts, add_facts

        request = AddFacts(
            plan=self.path(parameters, "PLAN", context),
            source=self.parameterAsString(parameters, "SOURCE", context),
            level=self.parameterAsEnumString(parameters, "LEVEL", context) or None,
            field_map=field_map(self.optional_text(parameters, "FIELD_MAP", context)),
            date=self.optional_text(parameters, "DATE", context),
        )
        result = add_facts(request, feedback)
        return {"ACCEPTED": result.accepted, "REJECTED": result.rejected, "REPORT": str(result.report_path)}
