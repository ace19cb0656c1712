"""What is selected in the table, as villages and hamlets, and in step with the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from qgis.PyQt.QtCore import QItemSelection, QItemSelectionModel, QObject, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QTreeView

from village_planner.desk.layers import PlanLayers
from village_planner.gui.village_model import VillageFilter, VillageModel


@dataclass(frozen=True)
class Selected:
    """Codes in the order of the table: the villages and the hamlets that are selected themselves."""

    villages: list[str] = field(default_factory=list)
    hamlets: list[str] = field(default_factory=list)


class TableSelection(QObject):
    """Follows the tree's selection and the map's; neither calls the other back."""

    changed = pyqtSignal()

    def __init__(self, tree: QTreeView, model: VillageModel, proxy: VillageFilter, layers: PlanLayers, parent: QObject) -> None:
        super().__init__(parent)
        self._tree, self._model, self._proxy, self._layers = tree, model, proxy, layers
        # One signal for a drag over a hundred rows.
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(0)
        self._settled.timeout.connect(self._tell)
        self._from_map = False
        tree.selectionModel().selectionChanged.connect(lambda *_: self._settled.start())
        layers.selected.connect(self._take_from_map)

    def present(self) -> Selected:
        """What is selected now."""
        selected = Selected()
        for index in self._tree.selectionModel().selectedRows():
            source = self._proxy.mapToSource(index)
            row = self._model.row_of(source)
            if row is not None:
                (selected.hamlets if source.parent().isValid() else selected.villages).append(row.code)
        return selected

    def select(self, codes: Sequence[str]) -> None:
        """Select villages and hamlets in the table, as far as the filter shows them."""
        selection = QItemSelection()
        first = None
        for code in codes:
            index = self._proxy.mapFromSource(self._model.index_of(code))
            if index.isValid():
                if index.parent().isValid():
                    self._tree.expand(index.parent())
                selection.select(index, index.siblingAtColumn(self._model.columnCount() - 1))
                first = first or index
        self._tree.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if first is not None:
            self._tree.scrollTo(first)

    def _take_from_map(self, villages: list[str], hamlets: list[str]) -> None:
        self._from_map = True
        self.select([*villages, *hamlets])
        self._settled.start()

    def _tell(self) -> None:
        if not self._from_map:
            selected = self.present()
            self._layers.select(selected.villages, selected.hamlets)
        self._from_map = False
        self.changed.emit()
