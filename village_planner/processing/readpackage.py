"""Algorithm `readpackage`: a plan file made of what a submission package carries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingParameterBoolean, QgsProcessingParameterFileDestination, QgsProcessingParameterString

from village_planner.processing.algorithm import PlannerAlgorithm, ProcessingFeedback


class ReadPackageAlgorithm(PlannerAlgorithm):
    """Read a plan back from a package."""

    def name(self) -> str:
        """Id in commands."""
        return "readpackage"

    def displayName(self) -> str:
        """Name in the toolbox."""
        return self.tr("Read plan from package")

    def shortHelpString(self) -> str:
        """Help in the dialog."""
        return self.tr(
            "Makes a plan file (.gpkg) of what a submission package (folder or zip) carries: a colleague's draft or an approved edition. The "
            "package is only read, and refused where its vector data are not those that its manifest lists. Approval steps are entered anew, so "
            "that an approved edition gives a closed plan. The report says what the package does not carry; an edition that leaves out a part of "
            "the plan (public notice) is refused unless gaps are allowed."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameters and outputs."""
        self.addParameter(QgsProcessingParameterString("PACKAGE", self.tr("Package (folder or zip)")))
        self.addParameter(QgsProcessingParameterFileDestination("PLAN", self.tr("Plan file"), self.tr("Plan file") + " (*.gpkg)"))
        self.addParameter(QgsProcessingParameterString("PROFILE", self.tr("Profile (empty: the package's own)"), optional=True))
        self.addParameter(QgsProcessingParameterBoolean("ALLOW_GAPS", self.tr("Allow gaps: also an edition that leaves out a part of the plan"), False))
        self.addParameter(QgsProcessingParameterBoolean("OVERWRITE", self.tr("Replace an existing plan file"), False))
        self.add_numbers(VILLAGE_COUNT=self.tr("Villages"), HAMLET_COUNT=self.tr("Hamlets"), GAPS=self.tr("Gaps"))
        self.add_files(REPORT=self.tr("Report"))

    def run_step(self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback) -> dict[str, Any]:
        """Read the package and write the plan."""
        from village_planner.delivery import ReadBack, read_back

        request = ReadBack(
            package=self.path(parameters, "PACKAGE", context),
            plan=Path(self.parameterAsFileOutput(parameters, "PLAN", context)).absolute(),
            profile=self.optional_text(parameters, "PROFILE", context),
            allow_gaps=self.parameterAsBool(parameters, "ALLOW_GAPS", context),
            overwrite=self.parameterAsBool(parameters, "OVERWRITE", context),
        )
        result = read_back(request, feedback)
        return {
            "PLAN": str(result.plan),
            "VILLAGE_COUNT": result.village_count,
            "HAMLET_COUNT": result.hamlet_count,
            "GAPS": len(result.gaps),
            "REPORT": str(result.report_path),
        }
