"""Layers of an approved plan cannot be edited, so that QGIS does not let the planner work on what the file will refuse."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from village_planner.base import Message
from village_planner.desk.forms import EDITABLE
from village_planner.desk.layer_sources import layer_source, resolved
from village_planner.desk.session import PlanSession
from village_planner.plan.schema import BY_NAME, LOCKED_TABLES


class LayerLock(QObject):
    """Makes the project's layers of the plan's decisions read-only from the approval on, and editable again with a revision.

    `told` carries the Message why, once for each layer that the planner turns to.
    """

    told = pyqtSignal(object)

    def __init__(self, session: PlanSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._explained: set[str] = set()
        for signal in (session.opened, session.changed, session.reloaded):
            signal.connect(self._apply)
        QgsProject.instance().layersAdded.connect(self._apply)

    def stop(self) -> None:
        """Look after no layer any more."""
        QgsProject.instance().layersAdded.disconnect(self._apply)

    def turn_to(self, layer: Any) -> None:
        """The planner has made a layer the active one."""
        table = self._locked_table(layer)
        if table is not None and layer.readOnly() and layer.id() not in self._explained:
            self._explained.add(layer.id())
            self.told.emit(Message("plan.locked", {"table": BY_NAME[table].alias}))

    def _apply(self, *_: Any) -> None:
        session = self._session
        if not session.is_open:
            return
        if not session.is_locked:
            self._explained.clear()
        for layer in session.plan_layers():
            table = layer_source(layer)[1]
            if table in LOCKED_TABLES and table in EDITABLE and layer.readOnly() != session.is_locked:
                layer.setReadOnly(session.is_locked)

    def _locked_table(self, layer: Any) -> str | None:
        session = self._session
        if not session.is_open or not session.is_locked:
            return None
        path, table = layer_source(layer)
        return table if path == resolved(session.path) and table in LOCKED_TABLES else None
