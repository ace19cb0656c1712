"""Algorithm `demo`: source files of a fictitious township or county."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingParameterEnum, QgsProcessingParameterFile, QgsProcessingParameterNumber

from village_planner.desk import compat
from village_planner.processing.algorithm import PlannerAlgorithm, ProcessingFeedback

SIZES = ("township", "county", "stress")
FAULTS = ("known", "none")


class DemoAlgorithm(PlannerAlgorithm):
    """Write the demo's source files, what a check must find in them, and the steps to run."""

    def name(self) -> str:
        """Id in commands."""
        return "demo"

    def displayName(self) -> str:
        """Name in the toolbox."""
        return self.tr("Write demo data")

    def shortHelpString(self) -> str:
        """Help in the dialog."""
        return self.tr(
            "Writes the source files of a fictitious township or county as planners have them: rosters, village and patch polygons, "
            "land use, control lines, decisions. With known faults it also writes what a check must find."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameters and outputs."""
        self.addParameter(QgsProcessingParameterFile("FOLDER", self.tr("Folder to write to"), compat.FOLDER))
        self.addParameter(
            QgsProcessingParameterEnum("SIZE", self.tr("Size"), list(SIZES), defaultValue=SIZES[0], usesStaticStrings=True)
        )
        self.addParameter(
            QgsProcessingParameterEnum("FAULTS", self.tr("Planted faults"), list(FAULTS), defaultValue=FAULTS[0], usesStaticStrings=True)
        )
        self.addParameter(QgsProcessingParameterNumber("SEED", self.tr("Seed"), compat.INTEGER, 1))
        self.add_files(
            SOURCES=self.tr("Folder of the source files"), EXPECTED=self.tr("What a check must find"), STEPS=self.tr("Steps to run")
        )

    def run_step(self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback) -> dict[str, Any]:
        """Write the files."""
        from village_planner.demo import write_demo

        result = write_demo(
            self.path(parameters, "FOLDER", context),
            self.parameterAsEnumString(parameters, "SIZE", context),
            self.parameterAsEnumString(parameters, "FAULTS", context),
            self.parameterAsInt(parameters, "SEED", context),
            feedback,
        )
        return {"SOURCES": str(result.sources), "EXPECTED": str(result.expected), "STEPS": str(result.steps)}
