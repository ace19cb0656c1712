"""Tables that are only read: made, and filled from rows of text."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem

from village_planner.desk import compat

ROW_HEIGHT, CELL_MARGIN = 24, 14

def plain_table() -> QTableWidget:
    """A table that nobody edits, rows selected as a whole."""
    table = QTableWidget()
    table.verticalHeader().hide()
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    table.setAlternatingRowColors(True)
    table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
    return table


def fill_table(table: QTableWidget, headings: Sequence[str], rows: Sequence[Sequence[str]], numbers_from: int | None = None) -> None:
    """Show rows of text under headings. numbers_from: first column of numbers, which stand to the right."""
    table.clear()
    table.setColumnCount(len(headings))
    table.setRowCount(len(rows))
    table.setHorizontalHeaderLabels(list(headings))
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            item = QTableWidgetItem(cell)
            item.setToolTip(cell)
            if numbers_from is not None and column >= numbers_from:
                item.setTextAlignment(compat.ALIGN_NUMBERS)
            table.setItem(number, column, item)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    table.resizeColumnsToContents()
    for column in range(table.columnCount()):
        table.setColumnWidth(column, table.columnWidth(column) + CELL_MARGIN)
    # Numbers at the far end of a stretched column are hard to read.
    header.setStretchLastSection(numbers_from is None)
