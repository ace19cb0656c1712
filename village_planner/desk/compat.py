"""The differences of the QGIS and Qt versions that we run on (3.22 to 3.44, Qt 5 and Qt 6), in one place."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsFieldConstraints,
    QgsLabelingEngineSettings,
    QgsLabelObstacleSettings,
    QgsLayoutExporter,
    QgsLayoutItemLabel,
    QgsLayoutItemShape,
    QgsPalLayerSettings,
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProject,
    QgsRenderContext,
    QgsSymbolLayer,
    QgsTask,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QT_VERSION_STR, QLibraryInfo, QMetaType, Qt, QVariant
from qgis.PyQt.QtGui import QFontDatabase


def _scoped(scope: Any, name: str, fallback: Any, fallback_name: str) -> Any:
    """Return ``scope.name`` of newer versions, else ``fallback.fallback_name``."""
    return getattr(scope, name) if scope is not None and hasattr(scope, name) else getattr(fallback, fallback_name)


# QGIS 3.36 moved the enums of Processing into Qgis.
NO_THREADING = _scoped(getattr(Qgis, "ProcessingAlgorithmFlag", None), "NoThreading", QgsProcessingAlgorithm, "FlagNoThreading")
ADVANCED = _scoped(getattr(Qgis, "ProcessingParameterFlag", None), "Advanced", QgsProcessingParameterDefinition, "FlagAdvanced")
OPTIONAL = _scoped(getattr(Qgis, "ProcessingParameterFlag", None), "Optional", QgsProcessingParameterDefinition, "FlagOptional")
FOLDER = _scoped(getattr(Qgis, "ProcessingFileParameterBehavior", None), "Folder", QgsProcessingParameterFile, "Folder")
FILE = _scoped(getattr(Qgis, "ProcessingFileParameterBehavior", None), "File", QgsProcessingParameterFile, "File")
SOURCE_FILE = _scoped(getattr(Qgis, "ProcessingSourceType", None), "File", QgsProcessing, "TypeFile")
INTEGER = _scoped(getattr(Qgis, "ProcessingNumberParameterType", None), "Integer", QgsProcessingParameterNumber, "Integer")
ANY_GEOMETRY = _scoped(getattr(Qgis, "WkbType", None), "Unknown", QgsWkbTypes, "Unknown")
TASK_CAN_CANCEL = _scoped(getattr(QgsTask, "Flag", None), "CanCancel", QgsTask, "CanCancel")
# Older versions tell the end of every task of five seconds and more in the message bar.
_SILENT = getattr(getattr(QgsTask, "Flag", QgsTask), "Silent", None)
TASK_BEHIND_THE_SCENES = TASK_CAN_CANCEL if _SILENT is None else TASK_CAN_CANCEL | _SILENT
NOT_NULL = _scoped(getattr(QgsFieldConstraints, "Constraint", None), "ConstraintNotNull", QgsFieldConstraints, "ConstraintNotNull")
UNIQUE = _scoped(getattr(QgsFieldConstraints, "Constraint", None), "ConstraintUnique", QgsFieldConstraints, "ConstraintUnique")
NO_GEOMETRY = _scoped(getattr(Qgis, "WkbType", None), "NoGeometry", QgsWkbTypes, "NoGeometry")
POLYGON = _scoped(getattr(Qgis, "GeometryType", None), "Polygon", QgsWkbTypes, "PolygonGeometry")
POINT = _scoped(getattr(Qgis, "GeometryType", None), "Point", QgsWkbTypes, "PointGeometry")
LINE = _scoped(getattr(Qgis, "GeometryType", None), "Line", QgsWkbTypes, "LineGeometry")
# QGIS 3.26 moved the enums of labelling into Qgis, 3.22 and 3.30 those of layouts and rendering into scopes.
LABEL_HORIZONTAL = _scoped(getattr(Qgis, "LabelPlacement", None), "Horizontal", QgsPalLayerSettings, "Horizontal")
LABEL_AROUND = _scoped(getattr(Qgis, "LabelPlacement", None), "AroundPoint", QgsPalLayerSettings, "AroundPoint")
LABEL_ENGINE = _scoped(
    getattr(Qgis, "LabelPlacementEngineVersion", None), "Version2", QgsLabelingEngineSettings, "PlacementEngineVersion2"
)
LABEL_PARTIAL = _scoped(getattr(Qgis, "LabelingFlag", None), "UsePartialCandidates", QgsLabelingEngineSettings, "UsePartialCandidates")
_LABEL_PROPERTIES = getattr(QgsPalLayerSettings, "Property", None)
LABEL_ALWAYS_SHOW = _scoped(_LABEL_PROPERTIES, "AlwaysShow", QgsPalLayerSettings, "AlwaysShow")
LABEL_X = _scoped(_LABEL_PROPERTIES, "PositionX", QgsPalLayerSettings, "PositionX")
LABEL_Y = _scoped(_LABEL_PROPERTIES, "PositionY", QgsPalLayerSettings, "PositionY")
LABEL_SIZE = _scoped(_LABEL_PROPERTIES, "Size", QgsPalLayerSettings, "Size")
LABEL_COLOR = _scoped(_LABEL_PROPERTIES, "Color", QgsPalLayerSettings, "Color")
LABEL_BOLD = _scoped(_LABEL_PROPERTIES, "Bold", QgsPalLayerSettings, "Bold")
LABEL_PRIORITY = _scoped(_LABEL_PROPERTIES, "Priority", QgsPalLayerSettings, "Priority")
LABEL_DISTANCE = _scoped(_LABEL_PROPERTIES, "LabelDistance", QgsPalLayerSettings, "LabelDistance")
LABEL_OBSTACLE_WEIGHT = _scoped(_LABEL_PROPERTIES, "ObstacleFactor", QgsPalLayerSettings, "ObstacleFactor")
LABEL_LINES_CENTRED = _scoped(getattr(Qgis, "LabelMultiLineAlignment", None), "Center", QgsPalLayerSettings, "MultiCenter")
LABEL_OBSTACLE_WHOLE = _scoped(
    getattr(QgsLabelObstacleSettings, "ObstacleType", None), "PolygonWhole", QgsLabelObstacleSettings, "PolygonWhole"
)
LABEL_FONT_MODE = _scoped(getattr(QgsLayoutItemLabel, "Mode", None), "ModeFont", QgsLayoutItemLabel, "ModeFont")
EXPORTED = _scoped(getattr(QgsLayoutExporter, "ExportResult", None), "Success", QgsLayoutExporter, "Success")
_DONT_RESOLVE = _scoped(getattr(Qgis, "ProjectReadFlag", None), "DontResolveLayers", QgsProject, "FlagDontResolveLayers")
_READ_FLAGS = _scoped(Qgis, "ProjectReadFlags", QgsProject, "ReadFlags")
DONT_RESOLVE_LAYERS = _READ_FLAGS(_DONT_RESOLVE)
_SYMBOL_PROPERTIES = getattr(QgsSymbolLayer, "Property", None)
ARROW_HEAD_LENGTH = _scoped(_SYMBOL_PROPERTIES, "ArrowHeadLength", QgsSymbolLayer, "PropertyArrowHeadLength")
ARROW_HEAD_THICKNESS = _scoped(_SYMBOL_PROPERTIES, "ArrowHeadThickness", QgsSymbolLayer, "PropertyArrowHeadThickness")
RECTANGLE = _scoped(getattr(QgsLayoutItemShape, "Shape", None), "Rectangle", QgsLayoutItemShape, "Rectangle")
TEXT_AS_TEXT = _scoped(getattr(Qgis, "TextRenderFormat", None), "AlwaysText", QgsRenderContext, "TextFormatAlwaysText")
# QgsField takes QMetaType from 3.38 on; Qt 6 has no QVariant.Type.
_FIELD_TYPES = QMetaType.Type if Qgis.versionInt() >= 33800 else QVariant.Type
TEXT = _scoped(_FIELD_TYPES, "QString", _FIELD_TYPES, "String")
WHOLE = _FIELD_TYPES.Int
REAL = _FIELD_TYPES.Double
_QT6 = QT_VERSION_STR.startswith("6")
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
# Qt 5 hands a flag of a model to C++ as a number only; Qt 6 has no number for it.
ALIGN_NUMBERS = _RIGHT if _QT6 else int(_RIGHT)
# Qt 6 calls a library's folder `path`.
_QT_FOLDER = QLibraryInfo.path if _QT6 else QLibraryInfo.location
QT_TRANSLATIONS = str(_QT_FOLDER(_scoped(getattr(QLibraryInfo, "LibraryPath", None), "TranslationsPath", QLibraryInfo, "TranslationsPath")))


def font_families() -> list[str]:
    """Names of the fonts of this computer."""
    return list(QFontDatabase.families() if _QT6 else QFontDatabase().families())


def geopackage_storage() -> Any:
    """The storage of projects in GeoPackages; None where this QGIS has none."""
    return QgsApplication.projectStorageRegistry().projectStorageFromType("geopackage")
