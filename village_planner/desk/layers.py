"""The plan's layers in the project: one group, kept up with the session."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsLayerTreeGroup,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication, QObject, pyqtSignal

from village_planner.accounts import move_lines
from village_planner.base import Message, PlanFileError
from village_planner.desk import styles
from village_planner.desk.forms import relate, table_layer
from village_planner.desk.language import text
from village_planner.desk.mirrors import Mirror, hamlet_frame, qgs_geometry, village_frame
from village_planner.desk.navigation import go_to
from village_planner.desk.session import PlanSession
from village_planner.standards import CodeList

_log = logging.getLogger("village_planner")
GROUP_PROPERTY = "village_planner/plan"
# Outlines of whole villages would hide the map; a click in the list still flashes them.
WHOLE_UNITS = ("county", "township", "village", "difference")
_NAMED_TABLES = ("village", "hamlet", "phase")
_MOVE_TABLES = {"move", "hamlet", "site", "patch", "township"}


class PlanLayers(QObject):
    """Adds the group when a plan opens, takes it away when the plan closes, and touches nothing else in the project.

    `selected` tells codes of villages and of hamlets that the planner selected on the map; what `select` does is not told.
    """

    selected = pyqtSignal(list, list)

    def __init__(self, session: PlanSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._group: QgsLayerTreeGroup | None = None
        self.villages: Mirror | None = None
        self.hamlets: Mirror | None = None
        self._moves: Mirror | None = None
        self._findings: list[tuple[Mirror, tuple[str, ...]]] = []
        self._selecting = False
        self._controls: list[str] = []
        session.opened.connect(self.show)
        session.closed.connect(self.remove)
        session.changed.connect(self._follow)
        session.reloaded.connect(self._renew)
        session.findings_changed.connect(self._fill_findings)

    def show(self) -> None:
        """Build the group anew for the open plan."""
        self.remove()
        self._offer_choices()
        session, crs = self._session, self._session.data.crs
        title = str(session.data.info["title"])
        self._group = QgsProject.instance().layerTreeRoot().insertGroup(0, title)
        self._group.setCustomProperty(GROUP_PROPERTY, str(session.path))
        tr = QCoreApplication.translate
        self._findings = [
            (Mirror(tr("PlanLayers", "Findings (places)"), "Point", crs, _FINDING_COLUMNS), ("Point", "MultiPoint")),
            (Mirror(tr("PlanLayers", "Findings (areas)"), "MultiPolygon", crs, _FINDING_COLUMNS), ("Polygon", "MultiPolygon")),
        ]
        for mirror, _ in self._findings:
            styles.style_findings(mirror.layer)
            self._add(mirror.layer)
        self._moves = Mirror(tr("PlanLayers", "Moves"), "LineString", crs, _MOVE_COLUMNS)
        styles.style_moves(self._moves.layer, session.data.phases)
        self._add(self._moves.layer)
        self.hamlets = Mirror(tr("PlanLayers", "Hamlets"), "Point", crs, _HAMLET_COLUMNS)
        styles.style_hamlets(self.hamlets.layer, session.profile.code_list("action"))
        self._add(self.hamlets.layer)
        self._add_tables()
        self.villages = Mirror(tr("PlanLayers", "Villages by category"), "MultiPolygon", crs, _VILLAGE_COLUMNS)
        styles.style_villages(self.villages.layer, session.profile.code_list("category"))
        self._add(self.villages.layer)
        for mirror in (self.villages, self.hamlets):
            mirror.layer.selectionChanged.connect(partial(self._tell_selection, mirror))
        self.show_controls()
        self._fill()

    def _offer_choices(self) -> None:
        """The profile may name choices that an older file does not have yet."""
        file = self._session.file
        try:
            if file.writable:
                file.offer_choices()
        except PlanFileError:
            _log.info("%s is being written elsewhere; its choices stay as they are", file.path.name)

    def remove(self) -> None:
        """Take our group and its layers out of the project, also one that an earlier session has left."""
        self.villages = self.hamlets = self._moves = self._group = None
        self._findings = []
        project = QgsProject.instance()
        project.removeMapLayers([key for key, layer in project.mapLayers().items() if layer.customProperty(GROUP_PROPERTY)])
        root = project.layerTreeRoot()
        for group in root.findGroups():
            if group.customProperty(GROUP_PROPERTY):
                QgsProject.instance().removeMapLayers(group.findLayerIds())
                root.removeChildNode(group)

    def show_controls(self) -> None:
        """List the control layers in a group of their own under the plan's layers."""
        session = self._session
        self._controls = self._control_codes()
        name = QCoreApplication.translate("PlanLayers", "Control layers")
        present = self._group.findGroup(name)
        if present is not None:
            QgsProject.instance().removeMapLayers(present.findLayerIds())
            self._group.removeChildNode(present)
        group = self._group.addGroup(name)
        group.setExpanded(False)
        for row in session.data.control_layer.to_dict("records"):
            session.turns.run(partial(self._show_control, row, group))

    def _show_control(self, row: dict[str, Any], group: QgsLayerTreeGroup) -> None:
        kinds = self._session.profile.code_list("control_kind")
        layer = control_layer(self._session.file.layers_path, row, kinds)
        if layer is not None:
            self._add(layer, group).setItemVisibilityChecked(kinds.role(row["kind"]) == "line")

    def select(self, villages: Sequence[str], hamlets: Sequence[str]) -> None:
        """Select on the map what is selected in a table."""
        if self.villages is None or self.hamlets is None:
            return
        self._selecting = True
        try:
            self.villages.layer.selectByIds(self.villages.ids(villages))
            self.hamlets.layer.selectByIds(self.hamlets.ids(hamlets))
        finally:
            self._selecting = False

    def zoom(self, canvas: Any, villages: Sequence[str], hamlets: Sequence[str]) -> None:
        """Zoom the map to hamlets, or else to villages, and let them flash."""
        for mirror, codes in ((self.hamlets, hamlets), (self.villages, villages)):
            shapes = mirror.shapes(codes) if mirror is not None else []
            if shapes:
                go_to(canvas, shapes, self._session.data.crs)
                return

    def zoom_to_patches(self, canvas: Any, codes: Sequence[str]) -> None:
        """Zoom the map to patches and let them flash."""
        frame = self._session.data.patch
        shapes = [qgs_geometry(shape) for shape in frame.loc[frame["code"].isin(list(codes)), "geom"] if shape is not None]
        if shapes:
            go_to(canvas, shapes, self._session.data.crs)

    def extent(self) -> QgsRectangle:
        """Bounds of the plan in its CRS; empty without geometry."""
        bounds = QgsRectangle()
        for mirror in (self.villages, self.hamlets):
            if mirror is not None and mirror.layer.featureCount():
                bounds.combineExtentWith(mirror.layer.extent())
        return bounds

    def _tell_selection(self, mirror: Mirror, *_: Any) -> None:
        if self._selecting:
            return
        other = self.hamlets if mirror is self.villages else self.villages
        self._selecting = True
        try:
            # What was selected in the other layer before is not what the planner means now.
            other.layer.removeSelection()
        finally:
            self._selecting = False
        self.selected.emit(
            self.villages.codes(self.villages.layer.selectedFeatureIds()), self.hamlets.codes(self.hamlets.layer.selectedFeatureIds())
        )

    def _add(self, layer: QgsVectorLayer, group: QgsLayerTreeGroup | None = None) -> Any:
        QgsProject.instance().addMapLayer(layer, False)
        node = (group or self._group).addLayer(layer)
        node.setExpanded(False)
        return node

    def _add_tables(self) -> None:
        profile = self._session.profile
        site_color = (profile.code_list("patch_kind").row("site") or {}).get("color") or "#984ea3"
        makers: dict[str, Callable[[QgsVectorLayer], None]] = {
            "site": lambda layer: styles.style_sites(layer, site_color),
            "patch": lambda layer: styles.style_patches(layer, profile.code_list("patch_kind")),
            "township": styles.style_townships,
        }
        tables = {table: table_layer(self._session.path, table, profile) for table in (*makers, *_NAMED_TABLES)}
        tables = {table: layer for table, layer in tables.items() if layer.isValid()}
        for table, layer in tables.items():
            if table in makers:
                makers[table](layer)
                layer.setReadOnly(table == "township")
                layer.afterCommitChanges.connect(self._session.reload)
                self._add(layer)
            else:
                # Only the drop-down lists of the other forms need it.
                layer.setReadOnly(True)
                layer.setCustomProperty(GROUP_PROPERTY, str(self._session.path))
                QgsProject.instance().addMapLayer(layer, False)
        relate(tables, self._session.scenario)

    def _follow(self, change: Any) -> None:
        if self._group is None:
            return
        touched = set(change.tables)
        data, scenario = self._session.data, self._session.scenario
        for mirror, frame, base, decision in (
            (self.villages, village_frame, "village", "category"), (self.hamlets, hamlet_frame, "hamlet", "action"),
        ):
            if base in touched:
                mirror.fill(frame(data, scenario))
            elif decision in touched:
                mirror.patch(frame(data, scenario))
        if touched & _MOVE_TABLES:
            self._moves.fill(_moves_frame(data, scenario))

    def _renew(self) -> None:
        if self._group is None:
            return
        self._fill()
        if self._control_codes() != self._controls:
            self.show_controls()

    def _control_codes(self) -> list[str]:
        return [str(code) for code in self._session.data.control_layer["code"]]

    def _fill(self) -> None:
        if self._group is None:
            return
        for piece in (self._fill_villages, self._fill_hamlets, self._fill_moves, self._fill_findings):
            self._session.turns.run(piece)

    def _fill_villages(self) -> None:
        self.villages.fill(village_frame(self._session.data, self._session.scenario))

    def _fill_hamlets(self) -> None:
        self.hamlets.fill(hamlet_frame(self._session.data, self._session.scenario))

    def _fill_moves(self) -> None:
        self._moves.fill(_moves_frame(self._session.data, self._session.scenario))

    def _fill_findings(self) -> None:
        frame = self._session.data.finding.rename(columns={"key": "code"})
        shown = frame["state"].eq("open") & (frame["scenario"] == self._session.scenario) & ~frame["subject_kind"].isin(WHOLE_UNITS)
        frame = frame[shown].copy()
        frame["message"] = [text(Message(code, params or {})) for code, params in zip(frame["message_code"], frame["params"])]
        kinds = frame["geom"].map(lambda shape: shape.geom_type if shape is not None else "")
        for mirror, wanted in self._findings:
            mirror.fill(frame[kinds.isin(wanted)])


def control_layer(path: Path, row: Mapping[str, Any], kinds: CodeList) -> QgsVectorLayer | None:
    """A control layer (a row of table `control_layer`) as it looks on the map; None where it is not there, or has no geometry."""
    layer = QgsVectorLayer(f"{path}|layername={row['code']}", row["title"], "ogr")
    if not layer.isValid() or not layer.isSpatial():
        return None
    layer.setReadOnly(True)
    color = (kinds.row(row["kind"]) or {}).get("color") or "#999999"
    (styles.style_land_use if row["kind"] == "land_use" else styles.style_control)(layer, color)
    return layer


def plan_of_project() -> Path | None:
    """Path of the plan whose group the project holds; None where it holds none."""
    groups = QgsProject.instance().layerTreeRoot().findGroups()
    return next((Path(group.customProperty(GROUP_PROPERTY)) for group in groups if group.customProperty(GROUP_PROPERTY)), None)


def _moves_frame(data: Any, scenario: str) -> Any:
    frame = move_lines(data, scenario).rename(columns={"move_code": "code"})
    return frame.loc[frame["geom"].notna()]


_FINDING_COLUMNS = (("rule", "text"), ("severity", "text"), ("message", "text"))
_MOVE_COLUMNS = (("hamlet_code", "text"), ("phase", "int"), ("households", "int"), ("destination_kind", "text"))
_HAMLET_COLUMNS = (("name", "text"), ("village_code", "text"), ("action", "text"))
_VILLAGE_COLUMNS = (("name", "text"), ("category", "text"))
