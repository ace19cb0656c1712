"""Writes findings to the vector file or table that the user names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsField,
    QgsFields,
    QgsGeometry,
    QgsProcessingException,
    QgsProject,
    QgsVectorFileWriter,
)

from village_planner.base import Message
from village_planner.delivery.rows import csv_cell
from village_planner.desk import compat
from village_planner.desk.language import text
from village_planner.desk.steps import finding_message
from village_planner.plan.data import plain

_NUMBERS = ("measure", "limit_value")
_TEXTS = ("rule", "severity", "subject_kind", "subject_code", "village_code", "other_kind", "other_code", "unit", "state", "file", "subject", "key")


def write_wished(findings: pd.DataFrame, target: str, crs: int | None) -> dict[str, str]:
    """Write findings where the user wishes it; return the output FINDINGS, or nothing for an empty `target`."""
    if not target:
        return {}
    write_findings(findings, Path(target), crs)
    return {"FINDINGS": target}


def write_findings(findings: pd.DataFrame, path: Path, crs: int | None) -> None:
    """Write one row per finding with its sentence; geometry too where the format holds it.

    findings: columns of table `finding` or of an inspection; those that are missing are left out.
    path: the driver follows from the suffix. crs: EPSG code, None without geometry.
    Raises QgsProcessingException where the file cannot be written.
    """
    fields = _fields(findings)
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = QgsVectorFileWriter.driverForExtension(path.suffix) or "GPKG"
    options.layerName = path.stem
    options.fileEncoding = "UTF-8"
    if options.driverName == "CSV":
        # Excel in China takes a CSV without the mark for GBK.
        options.layerOptions = ["WRITE_BOM=YES"]
    reference = QgsCoordinateReferenceSystem.fromEpsgId(crs) if crs else QgsCoordinateReferenceSystem()
    geometry = compat.ANY_GEOMETRY if crs else compat.NO_GEOMETRY
    writer = QgsVectorFileWriter.create(str(path), fields, geometry, reference, QgsProject.instance().transformContext(), options)
    if writer.hasError():
        raise QgsProcessingException(text(Message("processing.not_written", {"file": str(path), "reason": writer.errorMessage()})))
    for row in findings.to_dict("records"):
        writer.addFeature(_feature(fields, row, crs is not None, csv_cell if options.driverName == "CSV" else lambda cell: cell))
    del writer


def _fields(findings: pd.DataFrame) -> QgsFields:
    fields = QgsFields()
    for name in _TEXTS:
        if name in findings.columns:
            fields.append(QgsField(name, compat.TEXT))
    for name in _NUMBERS:
        if name in findings.columns:
            fields.append(QgsField(name, compat.REAL))
    fields.append(QgsField("message", compat.TEXT))
    return fields


def _feature(fields: QgsFields, row: dict[str, Any], with_geometry: bool, kept: Callable[[Any], Any]) -> QgsFeature:
    """kept: what becomes of a cell in the wished format."""
    feature = QgsFeature(fields)
    for name in fields.names():
        value = text(finding_message(row)) if name == "message" else plain(row[name])
        feature[name] = None if value is None else kept(value)
    shape = row.get("geom")
    if shape is not None and with_geometry:
        geometry = QgsGeometry()
        geometry.fromWkb(shape.wkb)
        feature.setGeometry(geometry)
    return feature
