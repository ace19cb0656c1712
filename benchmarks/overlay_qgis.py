"""The tools of QGIS: native:intersection and native:calculatevectoroverlaps. Areas are planar."""

from __future__ import annotations

import sys

import numpy as np
import processing
from processing.core.Processing import Processing
from qgis.core import Qgis, QgsApplication, QgsProcessingContext, QgsVectorLayer

from benchmarks.measuring import KINDS, PATCHES, folder, measure, patch_count


def overlay() -> np.ndarray:
    """By the tool that the fourth argument of the process names."""
    return {"intersection": _intersection, "overlaps": _overlaps}[sys.argv[4]]()


def _intersection() -> np.ndarray:
    """Layer after layer, the areas of the parts added up by patch."""
    areas = np.zeros((patch_count(), len(KINDS)))
    for column, kind in enumerate(KINDS):
        parameters = {"INPUT": _layer(PATCHES), "OVERLAY": _layer(kind), "OVERLAY_FIELDS": ["fid"], "OUTPUT": "TEMPORARY_OUTPUT"}
        for feature in _run("native:intersection", parameters).getFeatures():
            areas[feature["number"], column] += feature.geometry().area()
    return areas


def _overlaps() -> np.ndarray:
    """All layers at once: the tool gives a column of areas for each, each piece of ground counted once."""
    parameters = {"INPUT": _layer(PATCHES), "LAYERS": [_layer(kind) for kind in KINDS], "OUTPUT": "TEMPORARY_OUTPUT"}
    areas = np.zeros((patch_count(), len(KINDS)))
    for feature in _run("native:calculatevectoroverlaps", parameters).getFeatures():
        areas[feature["number"]] = [feature[f"{kind}_area"] or 0.0 for kind in KINDS]
    return areas


def _run(algorithm: str, parameters: dict[str, object]) -> QgsVectorLayer:
    return processing.run(algorithm, parameters, context=CONTEXT)["OUTPUT"]


def _layer(name: str) -> QgsVectorLayer:
    layer = QgsVectorLayer(f"{folder() / sys.argv[3]}|layername={name}", name, "ogr")
    LAYERS.append(layer)
    return layer


if __name__ == "__main__":
    application = QgsApplication([], False)
    application.initQgis()
    Processing.initialize()
    CONTEXT = QgsProcessingContext()
    LAYERS: list[QgsVectorLayer] = []
    version = getattr(Qgis, "geosVersion", lambda: "3.11")()
    measure(overlay, f"{version} (QGIS {Qgis.QGIS_VERSION.split('-')[0]})")
    LAYERS.clear()
