"""Writing shapefiles and file geodatabases with osgeo, the same bytes for the same content where the format allows."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable, Iterator, Mapping, Optional, Sequence

from osgeo import gdal, ogr, osr

from village_planner.base.errors import InputError
from village_planner.demo.gdb_fields import GdbField, GdbLayer
from village_planner.demo.layout import Ring

Rings = Sequence[Ring]
_TYPES = {"text": ogr.OFTString, "int": ogr.OFTInteger, "real": ogr.OFTReal, "date": ogr.OFTDate}
_CODE_PAGE_BYTE = 29


@dataclass(frozen=True)
class ShapeField:
    """A DBF field: name of at most 10 bytes in the file's encoding; type ``text`` or ``int``; width in bytes."""

    name: str
    type: str
    width: int


@dataclass(frozen=True)
class Feature:
    """Values by field name, and polygon rings (outline first; a single open ring is a line); None: no geometry, or it is in `wkb`."""

    values: Mapping[str, Any]
    rings: Optional[Rings]
    wkb: Optional[bytes] = None


def write_shapefile(
    path: Path, epsg: int, geometry_type: int, fields: Sequence[ShapeField], features: Iterable[Feature], encoding: str
) -> None:
    """Write a shapefile dated 2020-12-31. In GBK it gets neither a .cpg nor a code page: the reader has to find out.

    Raises InputError when the file cannot be written.
    """
    with _shape_encoding(encoding):
        source = _create("ESRI Shapefile", path)
        layer = source.CreateLayer(
            path.stem, reference(epsg), geometry_type, options=[f"ENCODING={encoding}", "DBF_DATE_LAST_UPDATE=2020-12-31"]
        )
        for field in fields:
            definition = ogr.FieldDefn(field.name, _TYPES[field.type])
            definition.SetWidth(field.width)
            layer.CreateField(definition)
        _add(layer, geometry_type, features)
        layer = source = None  # closes the files before they are touched
    if encoding == "GBK":
        path.with_suffix(".cpg").unlink(missing_ok=True)
        _forget_code_page(path.with_suffix(".dbf"))


@contextmanager
def _shape_encoding(encoding: str) -> Iterator[None]:
    """Let GDAL write shapefiles in `encoding`: QGIS leaves the option SHAPE_ENCODING empty, which outdoes ENCODING."""
    gdal.SetThreadLocalConfigOption("SHAPE_ENCODING", encoding)
    try:
        yield
    finally:
        gdal.SetThreadLocalConfigOption("SHAPE_ENCODING", None)


class Geodatabase:
    """A file geodatabase (FileGDB) that is being written; leave the with-block to close it."""

    def __init__(self, path: Path) -> None:
        """Create it. Raises InputError when that fails."""
        self._source = _create("OpenFileGDB", path)

    def __enter__(self) -> Geodatabase:
        return self

    def __exit__(self, *failure: object) -> None:
        self._source = None

    def add_layer(self, layer: GdbLayer, epsg: int, features: Iterable[Feature]) -> None:
        """Add a polygon layer with the fields and aliases of the standard; fields without a value stay null."""
        options = [f"LAYER_ALIAS={layer.alias}", "XYSCALE=100000000"]
        target = self._source.CreateLayer(layer.name, reference(epsg), ogr.wkbMultiPolygon, options=options)
        for field in layer.fields:
            target.CreateField(_definition(field))
        _add(target, ogr.wkbMultiPolygon, features)


def reference(epsg: int) -> osr.SpatialReference:
    """The CRS with x before y, as files store it."""
    found = osr.SpatialReference()
    found.ImportFromEPSG(epsg)
    found.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return found


def _definition(field: GdbField) -> ogr.FieldDefn:
    definition = ogr.FieldDefn(field.name, _TYPES[field.type])
    definition.SetAlternativeName(field.alias)
    if field.width:
        definition.SetWidth(field.width)
    return definition


def _create(driver: str, path: Path) -> Any:
    try:
        source = ogr.GetDriverByName(driver).CreateDataSource(str(path))
    except RuntimeError as error:  # QGIS and other rooms may have switched GDAL's exceptions on
        raise InputError("demo.cannot_write", file=path.name, reason=str(error)) from error
    if source is None:
        raise InputError("demo.cannot_write", file=path.name, reason=gdal.GetLastErrorMsg())
    return source


def _add(layer: Any, geometry_type: int, features: Iterable[Feature]) -> None:
    definition = layer.GetLayerDefn()
    # By index: osgeo looks a name up by asking for every field's name, which costs more than all the rest.
    index = {definition.GetFieldDefn(n).GetName(): n for n in range(definition.GetFieldCount())}
    # One feature for all, of which only what differs from the one before is set: setting costs more than writing.
    feature = ogr.Feature(definition)
    before: Mapping[str, Any] = {}
    for item in features:
        values = {name: value for name, value in item.values.items() if value is not None and value != ""}
        if item.rings is None and item.wkb is None:
            feature, before = ogr.Feature(definition), {}
        feature.SetFID(-1)
        for name in before.keys() - values.keys():
            feature.UnsetField(index[name])
        for name, value in values.items():
            if before.get(name) != value:
                feature.SetField(index[name], value)
        before = values
        if item.wkb is not None:
            feature.SetGeometryDirectly(ogr.ForceToMultiPolygon(ogr.CreateGeometryFromWkb(item.wkb)))
        elif item.rings is not None:
            feature.SetGeometryDirectly(_geometry(item.rings, geometry_type))
        _write(layer, feature)


def _write(layer: Any, feature: Any) -> None:
    try:
        failed = layer.CreateFeature(feature) != ogr.OGRERR_NONE
    except RuntimeError as error:
        raise InputError("demo.cannot_write", file=layer.GetName(), reason=str(error)) from error
    if failed:
        raise InputError("demo.cannot_write", file=layer.GetName(), reason=gdal.GetLastErrorMsg())


def _geometry(rings: Rings, geometry_type: int) -> ogr.Geometry:
    if geometry_type == ogr.wkbLineString:
        return _line(rings[0], ogr.wkbLineString)
    polygon = ogr.Geometry(ogr.wkbPolygon)
    for ring in rings:
        polygon.AddGeometryDirectly(_line(ring, ogr.wkbLinearRing))
    return ogr.ForceToMultiPolygon(polygon) if geometry_type == ogr.wkbMultiPolygon else polygon


def _line(points: Ring, kind: int) -> ogr.Geometry:
    line = ogr.Geometry(kind)
    for x, y in points:
        line.AddPoint_2D(x, y)
    return line


def _forget_code_page(dbf: Path) -> None:
    with dbf.open("r+b") as stream:
        stream.seek(_CODE_PAGE_BYTE)
        stream.write(b"\x00")
