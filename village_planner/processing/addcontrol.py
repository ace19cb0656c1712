"""Algorithm `addcontrol`: a control layer is imported beside the plan file."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingParameterEnum, QgsProcessingParameterString

from village_planner.processing.algorithm import PlannerAlgorithm, ProcessingFeedback, file_parameter, plan_parameter
from village_planner.processing.createplan import VECTOR_SUFFIXES
from village_planner.processing.values import field_map
from village_planner.standards import load_profile


class AddControlAlgorithm(PlannerAlgorithm):
    """Import a control layer: boundary, farmland, red line, hazard and so on."""

    def name(self) -> str:
        """Id in commands."""
        return "addcontrol"

    def displayName(self) -> str:
        """Name in the toolbox."""
        return self.tr("Add control layer")

    def shortHelpString(self) -> str:
        """Help in the dialog, with the Chinese names of the kinds."""
        kinds = load_profile().code_list("control_kind")
        listed = "\n".join(f"{row['code']}: {row['name']}" for row in kinds.rows)
        return self.tr(
            "Imports a control layer into the file beside the plan file, transformed to the plan's coordinates and repaired; what cannot "
            "be repaired is set aside and reported. A table without geometry of kind heritage is a protection list, one of kind facility a list of "
            "facilities by village, hamlet or coordinates. A layer of another place is refused. Kinds:"
        ) + f"\n\n{listed}"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameters and outputs."""
        self.addParameter(plan_parameter())
        kinds = list(load_profile().code_list("control_kind").codes)
        self.addParameter(QgsProcessingParameterEnum("KIND", self.tr("Kind"), kinds, usesStaticStrings=True))
        self.addParameter(file_parameter("SOURCE", self.tr("Source layer or table"), *VECTOR_SUFFIXES, "xlsx", "csv"))
        self.addParameter(QgsProcessingParameterString("FILTER", self.tr("Filter (SQL WHERE of the source)"), optional=True))
        self.add_optional(file_parameter("FIELD_MAP", self.tr("Field map"), "json", optional=True))
        self.addParameter(QgsProcessingParameterString("TITLE", self.tr("Title"), optional=True))
        self.add_numbers(COUNT=self.tr("Features"), REPAIRED=self.tr("Repaired"))
        self.add_files(REPORT=self.tr("Report"))

    def run_step(self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback) -> dict[str, Any]:
        """Import the layer."""
        from village_planner.intake import AddControl, add_control

        request = AddControl(
            plan=self.path(parameters, "PLAN", context),
            kind=self.parameterAsEnumString(parameters, "KIND", context),
            source=self.parameterAsString(parameters, "SOURCE", context),
            filter=self.optional_text(parameters, "FILTER", context),
            field_map=field_map(self.optional_text(parameters, "FIELD_MAP", context)),
            title=self.optional_text(parameters, "TITLE", context),
        )
        result = add_control(request, feedback)
        return {"COUNT": result.count, "REPAIRED": result.repaired, "REPORT": str(result.report_path)}
