"""Cuts the large polygons of a file with native:subdivide, as a user who knows of it would: county.gpkg → tiled.gpkg."""

from __future__ import annotations

import shutil
import sys

import processing
from osgeo import gdal, ogr
from processing.core.Processing import Processing
from qgis.core import QgsApplication, QgsProcessingContext, QgsVectorLayer

from benchmarks.measuring import KINDS, MOST_NODES

_BYTES = MOST_NODES * 16 + 100


def main(source: str, target: str) -> None:
    """Copy the file, then replace each large polygon by its parts."""
    shutil.copyfile(source, target)
    gdal.UseExceptions()
    for kind in KINDS:
        large = QgsVectorLayer(f"{source}|layername={kind}|subset=length(geom) > {_BYTES}", kind, "ogr")
        parameters = {"INPUT": large, "MAX_NODES": MOST_NODES, "OUTPUT": "TEMPORARY_OUTPUT"}
        parts = processing.run("native:subdivide", parameters, context=CONTEXT)["OUTPUT"]
        _replace(target, kind, processing.run("native:multiparttosingleparts", {"INPUT": parts, "OUTPUT": "TEMPORARY_OUTPUT"}, context=CONTEXT)["OUTPUT"])


def _replace(target: str, kind: str, parts: QgsVectorLayer) -> None:
    dataset = gdal.OpenEx(target, gdal.OF_VECTOR | gdal.OF_UPDATE)
    dataset.ExecuteSQL(f"DELETE FROM {kind} WHERE length(geom) > {_BYTES}")
    layer = dataset.GetLayerByName(kind)
    layer.StartTransaction()
    for part in parts.getFeatures():
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetGeometry(ogr.ForceToMultiPolygon(ogr.CreateGeometryFromWkb(bytes(part.geometry().asWkb()))))
        layer.CreateFeature(feature)
    layer.CommitTransaction()


if __name__ == "__main__":
    application = QgsApplication([], False)
    application.initQgis()
    Processing.initialize()
    CONTEXT = QgsProcessingContext()
    main(*sys.argv[1:])
