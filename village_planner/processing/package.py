"""Algorithm `package`: the submission package of a plan."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
    QgsProcessingParameterString,
)

from village_planner.base.report import write_report
from village_planner.desk import compat
from village_planner.processing.algorithm import PlannerAlgorithm, ProcessingFeedback, plan_parameter, scenario_parameter
from village_planner.processing.values import listed, make_folder

MODES = ("draft", "formal")
DEFAULT_EDITION = "consultation"


class PackageAlgorithm(PlannerAlgorithm):
    """Write the submission package."""

    def name(self) -> str:
        """Id in commands."""
        return "package"

    def displayName(self) -> str:
        """Name in the toolbox."""
        return self.tr("Write package")

    def shortHelpString(self) -> str:
        """Help in the dialog."""
        return self.tr(
            "Writes the submission package into a folder: layers as GeoPackage, FileGDB, shapefiles and VCT, tables, texts, map sheets, attachments, "
            "metadata, manifest (formats: gpkg, gdb, shp, vct, xlsx, csv, docx, pdf, sheets, atlas; csv: the tables as lists; "
            "pdf: the texts by LibreOffice, where it is installed; atlas: the map sheets of each township). A draft is always possible and says so; "
            "a formal edition is refused while a finding of severity A is open or a step that it needs is not on record. "
            "The folder changes only when everything succeeded."
        )

    def flags(self) -> Any:
        """Layouts render on the main thread only."""
        return super().flags() | compat.NO_THREADING

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameters and outputs."""
        self.addParameter(plan_parameter())
        self.addParameter(QgsProcessingParameterFile("FOLDER", self.tr("Folder to write to"), compat.FOLDER))
        self.addParameter(
            QgsProcessingParameterEnum("MODE", self.tr("Mode"), list(MODES), defaultValue=MODES[0], usesStaticStrings=True)
        )
        self.addParameter(QgsProcessingParameterString("EDITION", self.tr("Edition"), DEFAULT_EDITION, optional=True))
        self.addParameter(QgsProcessingParameterString(
            "FORMATS", self.tr("Formats, separated by commas (empty: all that the profile requires)"), "", optional=True
        ))
        self.addParameter(scenario_parameter())
        self.addParameter(QgsProcessingParameterBoolean("CONTROL_LINES", self.tr("Deliver the control lines, where the edition may"), True))
        self.add_files(PACKAGE=self.tr("Package"), REPORT=self.tr("Report"))
        self.add_numbers(FILE_COUNT=self.tr("Files"))

    def run_step(self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback) -> dict[str, Any]:
        """Write the package."""
        from village_planner.delivery import PackageRequest, write_package
        from village_planner.desk.sheets import draw_sheets

        request = PackageRequest(
            plan=self.path(parameters, "PLAN", context),
            folder=self.path(parameters, "FOLDER", context),
            mode=self.parameterAsEnumString(parameters, "MODE", context),
            edition=self.parameterAsString(parameters, "EDITION", context) or DEFAULT_EDITION,
            formats=tuple(listed(self.parameterAsString(parameters, "FORMATS", context))) or None,
            scenario=self.optional_text(parameters, "SCENARIO", context),
            control_lines=self.parameterAsBool(parameters, "CONTROL_LINES", context),
        )
        make_folder(request.folder)
        result = write_package(request, feedback, draw_sheets)
        for note in result.notes:
            feedback.say(note)
        # Beside the package: inside it would be a file that the standard does not know.
        report = result.path.with_name(f"{result.path.name}.report.json")
        write_report(result.report, report)
        return {"PACKAGE": str(result.path), "FILE_COUNT": result.file_count, "REPORT": str(report)}
