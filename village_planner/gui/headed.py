"""What the table models share: fixed headings over their columns."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QModelIndex, Qt


class Headed:
    """Gives a model the columns that `_headings` names."""

    _headings: tuple[str, ...] = ()

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Number of columns."""
        return len(self._headings)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Headings."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        return None
