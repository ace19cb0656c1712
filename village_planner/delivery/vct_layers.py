"""Delivered layers as a VCT file, and a package's VCT file as layers to inspect."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from village_planner.base import Feedback
from village_planner.delivery.geodata import VCT, FileContent, LayerContent, LayerField
from village_planner.delivery.vct import VctContent, VctField, VctLayer, head_for, read_vct, write_vct
from village_planner.delivery.vector import Delivered
from village_planner.spatial.crs import describe_crs
from village_planner.standards import FieldSpec, LayerSpec, Profile

PRECISION_M = 0.00005
"""Coordinates are written with four decimals."""
_GEOMETRIES = {"Point": "Point", "MultiPolygon": "Polygon", "LineString": "Line", "None": "None"}
_NOT_ODD = "delivery.vct_no_object"
"""A delivered row may have no geometry: its table alone holds it."""


def write_vct_layers(path: Path, layers: Delivered, profile: Profile, crs: int, date: str, feedback: Feedback) -> None:
    """Write all layers into the file `path`; values have been looked at before. date: ISO date of the head, of which the profile's
    `vct_head` says the rest (mark, parameters, scale).

    Raises InputError where a ring is smaller than the precision, or the file cannot be written; Cancelled.
    """
    written = [_layer(spec, rows) for spec, rows in layers.values()]
    write_vct(path, head_for(crs, date.replace("-", ""), **profile.value("vct_head")), written, feedback)


def read_vct_layers(path: Path, file: str, feedback: Feedback) -> FileContent:
    """All layers of a VCT file; file: its path in the package. A layer is named by its table. Raises InputError, Cancelled."""
    content = read_vct(path, feedback)
    layers = tuple(_content(layer, content) for layer in content.layers)
    return FileContent(file, VCT, layers, doubts=tuple(doubt for doubt in content.doubts if doubt.code != _NOT_ODD))


def _layer(spec: LayerSpec, rows: pd.DataFrame) -> VctLayer:
    return VctLayer(spec.code, spec.alias, _GEOMETRIES[spec.geometry], spec.name, tuple(_field(field) for field in spec.fields), rows)


def _field(field: FieldSpec) -> VctField:
    kinds = {"text": ("Char", field.width, 0), "int": ("Int4", 0, 0), "real": ("Float", field.width, field.precision), "date": ("Date", 8, 0)}
    return VctField(field.name, *kinds[field.type])


def _content(layer: VctLayer, content: VctContent) -> LayerContent:
    fields = tuple(LayerField(of.name, _type(of), of.width if _type(of) == "text" else 0) for of in layer.fields)
    geometry = next((name for name, own in _GEOMETRIES.items() if own == layer.geometry), layer.geometry)
    return LayerContent(layer.table, geometry, describe_crs(content.head.crs), fields, layer.rows.drop(columns="id"), (), alias=layer.title)


def _type(of: VctField) -> str:
    kind = of.type.lower()
    if kind.startswith("int"):
        return "int"
    return {"char": "text", "varchar": "text", "float": "real", "double": "real", "numeric": "real", "date": "date"}.get(kind, of.type)
