"""Memory layers that show the snapshot: what is drawn never holds a lock on the plan file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import shapely
from qgis.core import QgsFeature, QgsFeatureRequest, QgsField, QgsFields, QgsGeometry, QgsVectorLayer

from village_planner.desk import compat
from village_planner.plan.data import PlanData, plain

_TYPES = {"text": compat.TEXT, "int": compat.WHOLE}


class Mirror:
    """A memory layer with one feature per row of a frame, patched where rows differ.

    The frame's column `code` is the key, `geom` a shapely geometry or None.
    """

    def __init__(self, name: str, geometry: str, crs: int, columns: Sequence[tuple[str, str]]) -> None:
        """geometry: ``Point``, ``LineString`` or ``MultiPolygon``. columns: name and type (``text`` or ``int``), without `code`."""
        self.layer = QgsVectorLayer(f"{geometry}?crs=EPSG:{crs}", name, "memory")
        # QGIS would ask on exit whether to save it.
        self.layer.setCustomProperty("skipMemoryLayersCheck", 1)
        self._columns = (("code", "text"), *columns)
        self.layer.dataProvider().addAttributes([QgsField(column, _TYPES[kind]) for column, kind in self._columns])
        self.layer.updateFields()
        self.layer.setReadOnly(True)
        self._ids: dict[str, int] = {}
        self._codes: dict[int, str] = {}
        self._shown: dict[str, tuple[Any, ...]] = {}

    def fill(self, frame: pd.DataFrame) -> None:
        """Show the rows of `frame` and nothing else."""
        self.layer.dataProvider().truncate()
        rows = self._rows(frame)
        shapes = frame["geom"].to_numpy(dtype=object)
        drawn = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        fields, blobs = self.layer.fields(), shapely.to_wkb(shapes)
        features = [_feature(fields, values, blob if shown else None) for values, blob, shown in zip(rows.values(), blobs, drawn)]
        _, added = self.layer.dataProvider().addFeatures(features)
        self._ids = {code: feature.id() for code, feature in zip(rows, added)}
        self._codes = {number: code for code, number in self._ids.items()}
        self._shown = rows
        self.layer.updateExtents()
        self.layer.triggerRepaint()

    def patch(self, frame: pd.DataFrame) -> int:
        """Change the attributes of rows that differ, the set of rows being the same; returns how many did."""
        rows = self._rows(frame)
        if rows.keys() != self._shown.keys():
            self.fill(frame)
            return len(rows)
        differing = {code: values for code, values in rows.items() if values != self._shown[code]}
        if differing:
            self.layer.dataProvider().changeAttributeValues(
                {self._ids[code]: dict(enumerate(values)) for code, values in differing.items()}
            )
            self._shown = rows
            self.layer.triggerRepaint()
        return len(differing)

    def ids(self, codes: Iterable[str]) -> list[int]:
        """Feature ids of codes; unknown codes are left out."""
        return [self._ids[code] for code in codes if code in self._ids]

    def codes(self, ids: Iterable[int]) -> list[str]:
        """Codes of feature ids."""
        return [self._codes[number] for number in ids if number in self._codes]

    def shapes(self, codes: Iterable[str]) -> list[QgsGeometry]:
        """Geometries of codes; unknown codes and features without geometry are left out."""
        request = QgsFeatureRequest().setFilterFids(self.ids(codes))
        return [feature.geometry() for feature in self.layer.getFeatures(request) if feature.hasGeometry()]

    def _rows(self, frame: pd.DataFrame) -> dict[str, tuple[Any, ...]]:
        columns = [[plain(value) for value in frame[name].to_numpy(dtype=object)] for name, _ in self._columns]
        return {values[0]: values for values in zip(*columns)}


def _feature(fields: QgsFields, values: tuple[Any, ...], wkb: bytes | None) -> QgsFeature:
    feature = QgsFeature(fields)
    feature.setAttributes(list(values))
    if wkb is not None:
        geometry = QgsGeometry()
        geometry.fromWkb(wkb)
        feature.setGeometry(geometry)
    return feature


def qgs_geometry(shape: Any) -> QgsGeometry | None:
    """A shapely geometry as QgsGeometry; None stays None."""
    if shape is None or shape.is_empty:
        return None
    geometry = QgsGeometry()
    geometry.fromWkb(shape.wkb)
    return geometry


def village_frame(data: PlanData, scenario: str) -> pd.DataFrame:
    """Villages with their category: code, name, category (null: none), geom."""
    rows = data.category[data.category["scenario"] == scenario]
    frame = data.village[["code", "name", "geom"]].copy()
    frame["category"] = frame["code"].map(dict(zip(rows["village_code"].to_numpy(dtype=object), rows["category"].to_numpy(dtype=object))))
    return frame


def hamlet_frame(data: PlanData, scenario: str) -> pd.DataFrame:
    """Hamlets with their action: code, name, village_code, action (null: undecided), geom."""
    rows = data.action[data.action["scenario"] == scenario]
    frame = data.hamlet[["code", "name", "village_code", "geom"]].copy()
    frame["action"] = frame["code"].map(dict(zip(rows["hamlet_code"].to_numpy(dtype=object), rows["action"].to_numpy(dtype=object))))
    return frame
