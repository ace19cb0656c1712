"""Algorithm `createplan`: a user's rosters and layers become a plan file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from village_planner.desk import compat
from village_planner.processing.algorithm import PlannerAlgorithm, ProcessingFeedback, file_parameter
from village_planner.processing.values import field_map, phases

TABLE_SUFFIXES = ("xlsx", "xls", "csv", "dbf", "ods")
VECTOR_SUFFIXES = ("shp", "gpkg", "geojson", "zip", "gdbtable")
DEFAULT_PROFILE = "layout-2035"
DEFAULT_PHASES = "2020,2021,2022,2025,2035"


class CreatePlanAlgorithm(PlannerAlgorithm):
    """Create a plan file from rosters and polygon layers."""

    def name(self) -> str:
        """Id in commands."""
        return "createplan"

    def displayName(self) -> str:
        """Name in the toolbox."""
        return self.tr("Create plan")

    def shortHelpString(self) -> str:
        """Help in the dialog."""
        return self.tr(
            "Creates a plan file (.gpkg) from a village roster and from layers of villages, townships and settlement patches; without "
            "patches, built village land of a land-use layer becomes patches, each given to the hamlet that it holds or the nearest, for checking. Columns are "
            "recognised by name and content. Other rosters are compared with the first; every difference is kept for settlement. "
            "The report says row by row what was changed, joined or left over. The source files are not changed. A layer inside a "
            "container is named as path|layername=name."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameters and outputs."""
        self.addParameter(QgsProcessingParameterFileDestination("PLAN", self.tr("Plan file"), self.tr("Plan file") + " (*.gpkg)"))
        self.addParameter(QgsProcessingParameterString("PROFILE", self.tr("Profile"), DEFAULT_PROFILE))
        self.addParameter(QgsProcessingParameterString("TITLE", self.tr("Title of the plan")))
        self.addParameter(QgsProcessingParameterString("COUNTY_CODE", self.tr("County code (6 digits)"), optional=True))
        self.addParameter(QgsProcessingParameterString("INSTITUTE", self.tr("Institute that makes the plan"), optional=True))
        self.addParameter(QgsProcessingParameterNumber("BASE_YEAR", self.tr("Base year"), compat.INTEGER))
        self.addParameter(QgsProcessingParameterString("PHASES", self.tr("Target years, separated by commas"), DEFAULT_PHASES))
        self.addParameter(file_parameter("ROSTER", self.tr("Village roster"), *TABLE_SUFFIXES, optional=True))
        self.addParameter(
            QgsProcessingParameterMultipleLayers("OTHER_ROSTERS", self.tr("Other rosters to compare"), compat.SOURCE_FILE, optional=True)
        )
        self.addParameter(file_parameter("VILLAGES", self.tr("Village polygons"), *VECTOR_SUFFIXES, optional=True))
        self.addParameter(file_parameter("TOWNSHIPS", self.tr("Township polygons"), *VECTOR_SUFFIXES, optional=True))
        self.addParameter(file_parameter("PATCHES", self.tr("Settlement patches"), *VECTOR_SUFFIXES, optional=True))
        self.addParameter(file_parameter("LAND_USE", self.tr("Land-use layer, for patches where there is no patch layer"), *VECTOR_SUFFIXES, optional=True))
        self.add_optional(file_parameter("FIELD_MAP", self.tr("Field map"), "json", optional=True))
        self.addParameter(QgsProcessingParameterBoolean("OVERWRITE", self.tr("Replace an existing plan file"), False))
        self.add_numbers(VILLAGE_COUNT=self.tr("Villages"), DIFFERENCES=self.tr("Roster differences"))
        self.add_files(REPORT=self.tr("Report"))

    def run_step(self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback) -> dict[str, Any]:
        """Create the plan."""
        from village_planner.intake import CreatePlan, create_plan

        request = CreatePlan(
            plan=Path(self.parameterAsFileOutput(parameters, "PLAN", context)).absolute(),
            profile=self.parameterAsString(parameters, "PROFILE", context),
            title=self.parameterAsString(parameters, "TITLE", context),
            county_code=self.optional_text(parameters, "COUNTY_CODE", context),
            institute=self.optional_text(parameters, "INSTITUTE", context),
            base_year=self.parameterAsInt(parameters, "BASE_YEAR", context),
            phases=phases(self.parameterAsString(parameters, "PHASES", context)),
            roster=self.optional_text(parameters, "ROSTER", context),
            other_rosters=tuple(path for path in self.parameterAsFileList(parameters, "OTHER_ROSTERS", context) if path),
            villages=self.optional_text(parameters, "VILLAGES", context),
            townships=self.optional_text(parameters, "TOWNSHIPS", context),
            patches=self.optional_text(parameters, "PATCHES", context),
            land_use=self.optional_text(parameters, "LAND_USE", context),
            field_map=field_map(self.optional_text(parameters, "FIELD_MAP", context)),
            overwrite=self.parameterAsBool(parameters, "OVERWRITE", context),
        )
        result = create_plan(request, feedback)
        return {
            "PLAN": str(result.plan),
            "VILLAGE_COUNT": result.village_count,
            "DIFFERENCES": result.differences,
            "REPORT": str(result.report_path),
        }
