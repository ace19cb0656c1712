"""What the vector formats of the package share: OGR's types, its settings and errors, and the writing of rows."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator, Mapping

import numpy as np
import pandas as pd
import shapely
from osgeo import gdal, ogr, osr

from village_planner.base import Feedback, InputError
from village_planner.delivery.fields import is_empty
from village_planner.standards import FieldSpec, LayerSpec

OGR_TYPES = {"text": ogr.OFTString, "int": ogr.OFTInteger, "real": ogr.OFTReal, "date": ogr.OFTDate}
OGR_GEOMETRIES = {"Point": ogr.wkbPoint, "MultiPolygon": ogr.wkbMultiPolygon, "LineString": ogr.wkbLineString, "None": ogr.wkbNone}
_CHECK_EVERY = 500
_LEAST_FREE_BYTES = 1 << 20

Delivered = Mapping[str, tuple[LayerSpec, pd.DataFrame]]
"""Layers by name: spec and rows as `fields.deliver` returns them; geometry in the package's CRS, null is kept null."""


@contextmanager
def writing_vectors(path: Path, settings: Mapping[str, str]) -> Iterator[None]:
    """GDAL writes `path` under these settings of the thread, silently; what goes wrong is an InputError with the file's name."""
    with gdal_settings(settings), quiet_gdal():
        try:
            yield
            demand(gdal.GetLastErrorType() >= gdal.CE_Failure)
        except RuntimeError as error:
            # RuntimeError: ours, and GDAL's own where somebody in the process called UseExceptions().
            if shutil.disk_usage(path.parent).free < _LEAST_FREE_BYTES:
                raise InputError("delivery.disk_full", file=path.name) from error
            raise InputError("delivery.vector_not_written", file=path.name, reason=str(error)[:200]) from error


@contextmanager
def quiet_gdal() -> Iterator[None]:
    """Keep GDAL's error texts off the console; the last error can still be asked for."""
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    gdal.ErrorReset()
    try:
        yield
    finally:
        gdal.PopErrorHandler()


@contextmanager
def gdal_settings(settings: Mapping[str, str]) -> Iterator[None]:
    """GDAL's configuration of this thread, as it was afterwards: other plugins live in the same process."""
    before = {name: gdal.GetThreadLocalConfigOption(name) for name in settings}
    for name, value in settings.items():
        gdal.SetThreadLocalConfigOption(name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            gdal.SetThreadLocalConfigOption(name, value)


@contextmanager
def created(driver: str, path: Path) -> Iterator[gdal.Dataset]:
    """A new data source that is closed at the end, also while an error's traceback still refers to it."""
    source = gdal.GetDriverByName(driver).Create(str(path), 0, 0, 0, gdal.GDT_Unknown)
    demand(source is None)
    try:
        yield source
    finally:
        _close(source)


def _close(source: gdal.Dataset) -> None:
    try:
        if hasattr(source, "Close"):
            source.Close()
        else:
            # Before GDAL 3.8 only the end of the Python object closes; this is what its OGR twin does in Destroy().
            gdal.Dataset.__swig_destroy__(source)
    finally:
        # It is freed also where GDAL raises, say because the disk is full; the end of the Python object would free it again, which crashes.
        if source.this is not None:
            source.thisown = 0


def demand(failed: int) -> None:
    """Raise RuntimeError with GDAL's last error where something failed."""
    if failed:
        raise RuntimeError(gdal.GetLastErrorMsg())


def reference(crs: int) -> osr.SpatialReference:
    """The CRS with the axes east, north."""
    system = osr.SpatialReference()
    system.ImportFromEPSG(crs)
    system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return system


def add_fields(layer: ogr.Layer, spec: LayerSpec, define: Callable[[FieldSpec], ogr.FieldDefn]) -> None:
    """Add the fields of the profile in its order."""
    for field in spec.fields:
        demand(layer.CreateField(define(field)))


def write_rows(layer: ogr.Layer, spec: LayerSpec, rows: pd.DataFrame, feedback: Feedback) -> None:
    """Append the rows; the layer's fields stand in the order of the profile. Raises RuntimeError, Cancelled."""
    definition = layer.GetLayerDefn()
    blobs = shapely.to_wkb(_geometries(spec, rows), output_dimension=2) if spec.geometry != "None" else [None] * len(rows)
    columns = [list(rows[field.name]) for field in spec.fields]
    for number, blob in enumerate(blobs):
        if number % _CHECK_EVERY == 0:
            feedback.check()
        feature = ogr.Feature(definition)
        for position, values in enumerate(columns):
            if not is_empty(values[number]):
                feature.SetField(position, values[number])
        if blob is not None:
            feature.SetGeometryDirectly(ogr.CreateGeometryFromWkb(blob))
        demand(layer.CreateFeature(feature))


def _geometries(spec: LayerSpec, rows: pd.DataFrame) -> np.ndarray:
    geoms = rows["geom"].to_numpy(dtype=object)
    if spec.geometry != "MultiPolygon":
        return geoms
    single = np.array([geom is not None and geom.geom_type == "Polygon" for geom in geoms], dtype=bool)
    result = geoms.copy()
    result[single] = [shapely.multipolygons([geom]) for geom in geoms[single]]
    return result
