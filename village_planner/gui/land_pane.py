"""The balance of village construction land in the 总览 dock, in hectares and m²."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QGridLayout, QLabel, QWidget

from village_planner.desk import compat
from village_planner.desk.land_figures import M2_PER_HECTARE


class LandPane(QWidget):
    """Base, cleared, new, planned and change; under them what the superior plan allows."""

    def __init__(self) -> None:
        super().__init__()
        self._names = {
            "base_m2": self.tr("Base"), "cleared_m2": self.tr("− cleared"), "new_m2": self.tr("+ newly built"), "planned_m2": self.tr("= planned"),
            "change_m2": self.tr("Net change"),
        }  # fmt: skip
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(3, 1)
        self._cells: dict[str, tuple[QLabel, QLabel]] = {}
        for row, (column, name) in enumerate(self._names.items()):
            self._grid.addWidget(QLabel(name), row, 0)
            self._cells[column] = (QLabel(), QLabel())
            for place, label in enumerate(self._cells[column], 1):
                label.setAlignment(Qt.AlignmentFlag(compat.ALIGN_NUMBERS))
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self._grid.addWidget(label, row, place)
        self._note = QLabel()
        self._note.setWordWrap(True)
        self._grid.addWidget(self._note, len(self._names), 0, 1, 4)

    def show_balance(self, balance: Mapping[str, Any], limits: Sequence[str] = ()) -> None:
        """Show the row of the whole plan (a row of `accounts.land_balance`); limits: sentences on what the superior plan allows."""
        for column, (hectares, square_metres) in self._cells.items():
            value = balance[column]
            known = not pd.isna(value)
            hectares.setText(self.tr("{0} ha").format(f"{value / M2_PER_HECTARE:,.2f}") if known else "—")
            square_metres.setText(f"{value:,.2f} m²" if known else "")
        sources = {
            "land_use": self.tr("Base from the land use layer."), "patches": self.tr("Base from the present patches: there is no land use layer."),
            "nothing": self.tr("There is neither a land use layer nor a present patch: nothing to measure."),
        }
        said = [sources[balance["base_source"]], *limits]
        if balance["unmeasured"]:
            said.append(self.tr("{0} patches or sites could not be measured and are not in the sums.").format(balance["unmeasured"]))
        self._note.setText("\n".join(said))

    def tell(self, sentence: str) -> None:
        """Show a sentence in place of figures."""
        for labels in self._cells.values():
            for label in labels:
                label.setText("—")
        self._note.setText(sentence)

    def figure(self, column: str) -> str:
        """What is shown for a column of the balance."""
        return self._cells[column][0].text()

    def set_stale(self, stale: bool) -> None:
        """Grey the figures while newer ones are on their way."""
        for labels in self._cells.values():
            for label in labels:
                label.setEnabled(not stale)
