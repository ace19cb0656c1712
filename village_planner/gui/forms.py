"""Small inputs that the forms share: nullable numbers, combos of a code list, scroll areas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QDoubleValidator, QIntValidator
from qgis.PyQt.QtWidgets import QAbstractItemView, QComboBox, QFrame, QLineEdit, QScrollArea, QTableWidget, QTableWidgetItem, QWidget

LARGEST_COUNT = 99_999_999
LARGEST_M2 = 1e10
NUMBER_WIDTH = 36
# The heading and two records.
LIST_HEIGHT = 64


class CountEdit(QLineEdit):
    """A whole number or nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.setValidator(QIntValidator(0, LARGEST_COUNT, self))
        self.setMinimumWidth(NUMBER_WIDTH)

    def value(self) -> int | None:
        """The number; None where the field is empty."""
        return int(self.text()) if self.text().strip() else None

    def set_value(self, value: int | None) -> None:
        """Show a number or nothing."""
        self.setText("" if value is None else str(value))


class AreaEdit(QLineEdit):
    """An area in m² or nothing."""

    def __init__(self) -> None:
        super().__init__()
        validator = QDoubleValidator(0, LARGEST_M2, 2, self)
        validator.setNotation(QDoubleValidator.Notation.StandardNotation)
        self.setValidator(validator)
        self.setMinimumWidth(NUMBER_WIDTH)

    def value(self) -> float | None:
        """The area; None where the field is empty."""
        text = self.text().strip().replace(",", ".")
        return float(text) if text else None

    def set_value(self, value: float | None) -> None:
        """Show an area or nothing."""
        self.setText("" if value is None else f"{value:.2f}")


class CodeCombo(QComboBox):
    """A choice of codes shown by name; None is shown as `nothing` where that is given."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumContentsLength(5)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def set_choices(self, choices: Iterable[tuple[Any, str]], nothing: str | None = None) -> None:
        """Offer (code, name) pairs, after `nothing` for None; the code that was chosen stays chosen where it is still offered."""
        chosen = self.value()
        self.blockSignals(True)
        self.clear()
        if nothing is not None:
            self.addItem(nothing, None)
        for code, name in choices:
            self.addItem(name, code)
        self.set_value(chosen)
        self.blockSignals(False)

    def value(self) -> Any:
        """The chosen code."""
        return self.currentData()

    def set_value(self, code: Any) -> None:
        """Choose a code; the first entry where it is not offered."""
        self.setCurrentIndex(max(0, self.findData(code)))


class RecordTable(QTableWidget):
    """A short read-only list of records, one selected at a time; each row keeps its record's code."""

    def __init__(self, headings: list[str]) -> None:
        super().__init__(0, len(headings))
        self.setHorizontalHeaderLabels(headings)
        self.verticalHeader().hide()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.horizontalHeader().setStretchLastSection(True)
        self.setMinimumHeight(LIST_HEIGHT)

    def show_records(self, records: list[tuple[str, list[str]]]) -> None:
        """Show (code, cells) rows; the code that was chosen stays chosen."""
        chosen = self.chosen()
        self.blockSignals(True)
        self.clearSelection()
        self.setRowCount(len(records))
        for row, (code, cells) in enumerate(records):
            for column, cell in enumerate(cells):
                item = QTableWidgetItem(cell)
                item.setToolTip(cell)
                item.setData(Qt.ItemDataRole.UserRole, code)
                self.setItem(row, column, item)
        self.resizeColumnsToContents()
        self.blockSignals(False)
        codes = [code for code, _ in records]
        self.setCurrentCell(codes.index(chosen), 0) if chosen in codes else self.setCurrentCell(-1, -1)

    def chosen(self) -> str | None:
        """Code of the chosen record."""
        item = self.item(self.currentRow(), 0)
        return item.data(Qt.ItemDataRole.UserRole) if item is not None else None


def scrolled(widget: QWidget) -> QScrollArea:
    """The widget in a frameless scroll area that only scrolls where it must."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(widget)
    return area
