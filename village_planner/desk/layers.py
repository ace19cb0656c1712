"""The plan's layers in the project: one group, kept up with the session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from village_planner.base import Message
from village_planner.desk import styles
from village_planner.desk.forms import relate, table_layer
from village_planner.desk.language import text
from village_planner.desk.mirrors import Mirror, hamlet_frame, qgs_geometry, village_frame
from village_planner.desk.navigation import go_to
from village_planner.desk.session import PlanSession
from village_planner.standards import CodeList

GROUP_PROPERTY = "village_planner/plan"
# Outlines of whole villages would hide the map; a click in the list still flashes them.
WHOLE_UNITS = ("county", "township", "village", "difference")
_SHOWN_TABLES = ("site", "patch", "township")
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
        session.findings_changed.connect(lambda: session.turns.run(self._fill_findings))

    def show(self) -> None:
        """Build the group anew for the open plan: its layers from the top to the bottom, each in its turn."""
        self.remove()
        session = self._session
        title = str(session.data.info["title"])
        self._group = QgsProject.instance().layerTreeRoot().insertGroup(0, title)
        self._group.setCustomProperty(GROUP_PROPERTY, str(session.path))
        for piece in (self._add_findings, self._add_moves, self._add_hamlets):
            session.turns.run(piece)
        tables: dict[str, QgsVectorLayer] = {}
        for table in (*_SHOWN_TABLES, *_NAMED_TABLES):
            session.turns.run(partial(self._add_table, table, tables))
        session.turns.run(partial(self._relate, tables))
        for piece in (self._add_villages, self._follow_selection, self.show_controls):
            session.turns.run(piece)
        self._fill()

    def _add_findings(self) -> None:
        tr, crs = QCoreApplication.translate, self._session.data.crs
        self._findings = [
            (Mirror(tr("PlanLayers", "Findings (places)"), "Point", crs, _FINDING_COLUMNS), ("Point", "MultiPoint")),
            (Mirror(tr("PlanLayers", "Findings (areas)"), "MultiPolygon", crs, _FINDING_COLUMNS), ("Polygon", "MultiPolygon")),
        ]
        for mirror, _ in self._findings:
            styles.style_findings(mirror.layer)
            self._add(mirror.layer)

    def _add_moves(self) -> None:
        session = self._session
        self._moves = Mirror(QCoreApplication.translate("PlanLayers", "Moves"), "LineString", session.data.crs, _MOVE_COLUMNS)
        styles.style_moves(self._moves.layer, session.data.phases)
        self._add(self._moves.layer)

    def _add_hamlets(self) -> None:
        session = self._session
        self.hamlets = Mirror(QCoreApplication.translate("PlanLayers", "Hamlets"), "Point", session.data.crs, _HAMLET_COLUMNS)
        styles.style_hamlets(self.hamlets.layer, session.profile.code_list("action"))
        self._add(self.hamlets.layer)

    def _add_villages(self) -> None:
        session = self._session
        self.villages = Mirror(QCoreApplication.translate("PlanLayers", "Villages by category"), "MultiPolygon", session.data.crs, _VILLAGE_COLUMNS)
        styles.style_villages(self.villages.layer, session.profile.code_list("category"))
        self._add(self.villages.layer)

    def _follow_selection(self) -> None:
        for mirror in filter(None, (self.villages, self.hamlets)):
            mirror.layer.selectionChanged.connect(partial(self._tell_selection, mirror))

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

    def _add_table(self, table: str, tables: dict[str, QgsVectorLayer]) -> None:
        """Open a table of the plan file and keep it in `tables`; those that are not shown serve the drop-down lists of the others' forms."""
        session, layer = self._session, table_layer(self._session.path, table, self._session.profile)
        if not layer.isValid():
            return
        tables[table] = layer
        if table not in _SHOWN_TABLES:
            layer.setReadOnly(True)
            layer.setCustomProperty(GROUP_PROPERTY, str(session.path))
            QgsProject.instance().addMapLayer(layer, False)
            return
        kinds = session.profile.code_list("patch_kind")
        if table == "site":
            styles.style_sites(layer, (kinds.row("site") or {}).get("color") or "#984ea3")
        elif table == "patch":
            styles.style_patches(layer, kinds)
        else:
            styles.style_townships(layer)
        # The lock of an approved plan makes others read-only too: desk/locking.py.
        layer.setReadOnly(table == "township")
        layer.afterCommitChanges.connect(session.reload)
        self._add(layer)

    def _relate(self, tables: dict[str, QgsVectorLayer]) -> None:
        relate(tables, self._session.scenario)

    def _follow(self, change: Any) -> None:
        if self._group is None:
            return
        touched, turns = set(change.tables), self._session.turns
        for fill, patch, base, decision in (
            (self._fill_villages, self._patch_villages, "village", "category"), (self._fill_hamlets, self._patch_hamlets, "hamlet", "action"),
        ):
            if touched & {base, decision}:
                turns.run(fill if base in touched else patch)
        if touched & _MOVE_TABLES:
            turns.run(self._fill_moves)
        turns.run(self._renew_controls)

    def _renew(self) -> None:
        if self._group is not None:
            self._fill()
            self._session.turns.run(self._renew_controls)

    def _renew_controls(self) -> None:
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

    def _patch_villages(self) -> None:
        self.villages.patch(village_frame(self._session.data, self._session.scenario))

    def _patch_hamlets(self) -> None:
        self.hamlets.patch(hamlet_frame(self._session.data, self._session.scenario))

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
