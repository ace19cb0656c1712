"""Algorithm `inspect`: someone's package is inspected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterString,
)

from village_planner.processing.algorithm import PlannerAlgorithm, ProcessingFeedback, file_parameter


class InspectAlgorithm(PlannerAlgorithm):
    """Inspect a package: tree, files, layers, fields, values, manifest, and the rules on what it holds."""

    def name(self) -> str:
        """Id in commands."""
        return "inspect"

    def displayName(self) -> str:
        """Name in the toolbox."""
        return self.tr("Inspect package")

    def shortHelpString(self) -> str:
        """Help in the dialog."""
        return self.tr(
            "Inspects a submission package (folder or zip), also one that this program did not write: its tree, whether "
            "files open, layers, fields, mandatory values, manifest, and the plan rules on what it holds: by the control layers "
            "of the reference, where one is given, else by the package's own copies. Nothing in the package is executed or changed."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameters and outputs."""
        self.addParameter(QgsProcessingParameterString("PACKAGE", self.tr("Package (folder or zip)")))
        self.addParameter(QgsProcessingParameterString("PROFILE", self.tr("Profile (empty: the package's own)"), optional=True))
        self.addParameter(file_parameter("REFERENCE", self.tr("Reference: plan file with the reviewer's own control layers"), "gpkg", optional=True))
        self.addParameter(
            QgsProcessingParameterFileDestination("REPORT", self.tr("Report"), "JSON (*.json)", optional=True, createByDefault=False)
        )
        self.add_findings(SCORE=self.tr("Score"))
        self.add_texts(VERDICT=self.tr("Verdict"))

    def run_step(self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: ProcessingFeedback) -> dict[str, Any]:
        """Inspect and write what is wished."""
        import pandas as pd

        from village_planner.delivery import inspect_package
        from village_planner.desk.export import export_inspection
        from village_planner.processing.findings import write_wished

        package = self.path(parameters, "PACKAGE", context)
        reference = self.path(parameters, "REFERENCE", context) if self.optional_text(parameters, "REFERENCE", context) else None
        inspection = inspect_package(package, self.optional_text(parameters, "PROFILE", context), feedback, reference)
        results: dict[str, Any] = {f"COUNT_{severity}": int(inspection.counts.get(severity, 0)) for severity in "ABC"}
        results.update(NOT_CHECKED=len(inspection.not_checked), SCORE=inspection.score, VERDICT=inspection.verdict.value)
        report = self.parameterAsFileOutput(parameters, "REPORT", context)
        if report:
            export_inspection(inspection, Path(report))
            results["REPORT"] = report
        findings = pd.concat([inspection.findings, inspection.plan_result.findings], ignore_index=True)
        return {**results, **write_wished(findings, self.parameterAsOutputLayer(parameters, "FINDINGS", context), inspection.crs)}
