"""Findings of an inspected package as temporary layers: a reviewer has no plan open."""

from __future__ import annotations

import pandas as pd
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QCoreApplication

from village_planner.checks.waivers import OPEN
from village_planner.desk import styles
from village_planner.desk.language import text
from village_planner.desk.layers import WHOLE_UNITS
from village_planner.desk.mirrors import Mirror
from village_planner.desk.steps import finding_message

_COLUMNS = (("rule", "text"), ("severity", "text"), ("message", "text"))
_SHAPES = (("Point", ("Point", "MultiPoint")), ("MultiPolygon", ("Polygon", "MultiPolygon")))


class PackageLayer:
    """Up to two memory layers at the top of the project; a new inspection takes their place."""

    def __init__(self) -> None:
        self._ids: list[str] = []

    def show(self, name: str, findings: pd.DataFrame, of_files: pd.DataFrame, crs: int | None) -> None:
        """Show findings on the plan, with the columns of table `finding`, and on the files of an inspection, in a CRS (EPSG code).

        None, or no geometry, shows nothing.
        """
        self.remove()
        if crs is None:
            return
        shown = findings["state"].eq(OPEN) & ~findings["subject_kind"].isin(WHOLE_UNITS)
        columns = ["code", "rule", "severity", "message_code", "params", "geom"]
        own = of_files.assign(code=[f"file-{number}" for number in range(len(of_files))])
        parts = [part for part in (findings[shown].rename(columns={"key": "code"})[columns], own[columns]) if len(part)]
        if not parts:
            return
        frame = pd.concat(parts, ignore_index=True)
        frame = frame.assign(message=[text(finding_message(row)) for row in frame.to_dict("records")])
        kinds = frame["geom"].map(lambda shape: shape.geom_type if shape is not None else "")
        titles = {
            "Point": QCoreApplication.translate("PackageLayer", "Findings (places): {0}"),
            "MultiPolygon": QCoreApplication.translate("PackageLayer", "Findings (areas): {0}"),
        }
        for shape, wanted in _SHAPES:
            part = frame[kinds.isin(wanted)]
            if not len(part):
                continue
            mirror = Mirror(titles[shape].format(name), shape, crs, _COLUMNS)
            mirror.fill(part)
            styles.style_findings(mirror.layer)
            QgsProject.instance().addMapLayer(mirror.layer, False)
            QgsProject.instance().layerTreeRoot().insertLayer(0, mirror.layer).setExpanded(False)
            self._ids.append(mirror.layer.id())

    def remove(self) -> None:
        """Take the layers out of the project; those that the user took out before are no fault."""
        present = QgsProject.instance().mapLayers()
        QgsProject.instance().removeMapLayers([layer for layer in self._ids if layer in present])
        self._ids = []

    def shown(self) -> list[str]:
        """Ids of the layers."""
        return list(self._ids)
