"""Every difference of the plan from its last approved state, as a table that can be kept as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from qgis.PyQt.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from village_planner.gui.dialogs import close_box
from village_planner.gui.plain_tables import fill_table, plain_table
from village_planner.gui.telling import Teller

SIZE = (980, 560)
WIDEST = 260


class RevisionDialog(QDialog):
    """Shows a table of `delivery.revision.revision_table` and writes it where the planner wants it."""

    def __init__(self, table: pd.DataFrame, title: str, folder: Path, teller: Teller, parent: QWidget | None = None) -> None:
        """title: heading of what is written. folder: where the file dialog begins."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Differences from the approved state"))
        self.resize(*SIZE)
        self._frame, self._title, self._folder, self._teller = table, title, folder, teller
        self.table = plain_table()
        fill_table(self.table, list(table.columns), [[str(cell) for cell in row] for row in table.itertuples(index=False)])
        for column in range(self.table.columnCount() - 1):
            self.table.setColumnWidth(column, min(WIDEST, self.table.columnWidth(column)))
        self.table.setWordWrap(True)
        self.table.resizeRowsToContents()
        self.note = QLabel(
            self.tr("{0} differences from the approved state.").format(len(table)) if len(table) else self.tr("Nothing differs from the approved state.")
        )
        keep = QPushButton(self.tr("Save as…"))
        keep.setEnabled(len(table) > 0)
        keep.clicked.connect(self._ask_where)
        buttons = close_box(self, "overview#审批步骤")
        buttons.addButton(keep, QDialogButtonBox.ButtonRole.ActionRole)
        layout = QVBoxLayout(self)
        layout.addWidget(self.note)
        layout.addWidget(self.table, 1)
        layout.addWidget(buttons)

    def save(self, path: Path) -> None:
        """Write the table; says so, or why it could not."""
        from village_planner.delivery.revision import write_revision

        with self._teller.refusals():
            write_revision(path, self._frame, self._title)
            self._teller.done(self.tr("Saved: {0}").format(path.name), path)

    def _ask_where(self, *_: Any) -> None:
        kinds = {".xlsx": "Excel (*.xlsx)", ".html": "HTML (*.html)", ".csv": "CSV (*.csv)"}
        suggested = str(self._folder / f"{self._title}.xlsx")
        chosen, kind = QFileDialog.getSaveFileName(self, self.tr("Save as…"), suggested, ";;".join(kinds.values()))
        if chosen:
            path = Path(chosen)
            suffix = next(suffix for suffix, words in kinds.items() if words == kind) if kind in kinds.values() else ".xlsx"
            self.save(path if path.suffix.lower() in kinds else path.with_name(path.name + suffix))
