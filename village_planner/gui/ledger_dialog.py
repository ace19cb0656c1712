"""The implementation ledger (实施台账) of the adopted scenario: what was carried out of each move in a year, against its target."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from village_planner.accounts import implementation_at, implementation_by_year
from village_planner.desk import compat
from village_planner.desk.procedure import save_ledger
from village_planner.desk.session import PlanSession
from village_planner.gui.decisions import records
from village_planner.gui.dialogs import close_box
from village_planner.gui.plain_tables import fill_table, plain_table
from village_planner.gui.telling import Teller
from village_planner.plan.ledger import ACTUALS

SIZE = (1080, 620)
FIXED_COLUMNS = 6
FIRST_YEAR, LAST_YEAR = 2000, 2100
COUNT, LARGEST_SHOWN = "households", 6


class LedgerDialog(QDialog):
    """A row per move, the actual figures of one year editable; `import_wished` asks for a table to be taken in."""

    import_wished = pyqtSignal()

    def __init__(self, session: PlanSession, teller: Teller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Implementation ledger"))
        self.resize(*SIZE)
        self._session, self._teller = session, teller
        self._loading = False
        self.year = QSpinBox()
        self.year.setRange(FIRST_YEAR, LAST_YEAR)
        self.year.setValue(date.today().year)
        self.township = QComboBox()
        self.table, self.totals = QTableWidget(), plain_table()
        self._note = QLabel()
        self._note.setWordWrap(True)
        self.save_button = QPushButton(self.tr("Save this year"))
        self.import_button = QPushButton(self.tr("Import a table…"))
        self._lay_out()
        self.load()
        self.year.valueChanged.connect(self._change_year)
        self.township.currentIndexChanged.connect(self._filter)
        self.table.itemChanged.connect(self._mark)
        self.save_button.clicked.connect(self.save)
        self.import_button.clicked.connect(self.import_wished)

    def load(self) -> None:
        """Show what the plan holds of the chosen year; what was typed and not saved is dropped."""
        data, scenario = self._session.data, self._session.data.scenario
        self._places = records(implementation_at(data, scenario, self.year.value()))
        rows = data.implementation[data.implementation["year"] == self.year.value()]
        self._stated = {row["move_code"]: row for row in records(rows)}
        self._loading = True
        try:
            self._fill()
            self._offer_townships()
        finally:
            self._loading = False
        self._show_totals()
        self._enable()

    def typed(self) -> list[dict[str, Any]]:
        """Rows of table `implementation` that differ from what the plan holds; raises ValueError with the cell's text for what is no number."""
        changed = []
        for row, place in enumerate(self._places):
            before = self._stated.get(place["move_code"], {})
            after = {name: self._cell(row, FIXED_COLUMNS + place_in_row, name) for place_in_row, name in enumerate((*ACTUALS, "note"))}
            if any(after[name] != before.get(name) for name in after):
                changed.append({"move_code": place["move_code"], "year": self.year.value(), **after})
        return changed

    def save(self, *_: Any) -> None:
        """Record what was typed as one action."""
        try:
            rows = self.typed()
        except ValueError as error:
            self._note.setText(self.tr("“{0}” is not a number. Write a count of households, or an area in m².").format(error))
            return
        with self._teller.refusals():
            if rows:
                save_ledger(self._session, rows)
            self.load()
            self._note.setText(self.tr("{0} rows of {1} saved.").format(len(rows), self.year.value()))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        for widget in (QLabel(self.tr("Year")), self.year, QLabel(self.tr("Township")), self.township, self.import_button):
            top.addWidget(widget)
        top.addStretch(1)
        top.addWidget(self.save_button)
        buttons = close_box(self, "overview#实施台账")
        self.totals.setMaximumHeight(self.fontMetrics().height() * 2 * LARGEST_SHOWN)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self.table, 3)
        layout.addWidget(QLabel(self.tr("Target against actual at the end of each year")))
        layout.addWidget(self.totals, 2)
        layout.addWidget(self._note)
        layout.addWidget(buttons)

    def _fill(self) -> None:
        headings = [
            self.tr("Township"), self.tr("Village"), self.tr("Hamlet"), self.tr("Destination"), self.tr("Phase"), self.tr("Target (households)"),
            self.tr("Households in the year"), self.tr("Cleared m²"), self.tr("Built m²"), self.tr("Reclaimed m²"), self.tr("Note"),
            self.tr("Done so far"), self.tr("Share"), self.tr("Carried over"),
        ]  # fmt: skip
        self.table.setColumnCount(len(headings))
        self.table.setHorizontalHeaderLabels(headings)
        self.table.verticalHeader().hide()
        self.table.setRowCount(len(self._places))
        kinds = self._session.profile.code_list("destination_kind")
        for row, place in enumerate(self._places):
            stated = self._stated.get(place["move_code"], {})
            cells = [
                place["township_name"], place["village_name"], place["hamlet_name"], place["destination_name"] or kinds.name(place["destination_kind"]),
                place["phase"] or self.tr("unphased"), place["target"], *(stated.get(name) for name in (*ACTUALS, "note")),
                place["done"], None if place["share"] is None else f"{place['share']:.1%}", place["carried_over"],
            ]  # fmt: skip
            for column, value in enumerate(cells):
                self._set(row, column, value, self._can_edit() and FIXED_COLUMNS <= column <= FIXED_COLUMNS + len(ACTUALS))
        self.table.resizeColumnsToContents()

    def _set(self, row: int, column: int, value: Any, editable: bool) -> None:
        item = QTableWidgetItem("" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value))
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        item.setFlags(flags | Qt.ItemFlag.ItemIsEditable if editable else flags)
        if not editable:
            item.setBackground(self.palette().alternateBase())
        if isinstance(value, (int, float)):
            item.setTextAlignment(compat.ALIGN_NUMBERS)
        self.table.setItem(row, column, item)

    def _cell(self, row: int, column: int, name: str) -> Any:
        text = self.table.item(row, column).text().strip().replace(",", "").replace("，", "")
        if not text:
            return None
        if name == "note":
            return self.table.item(row, column).text().strip()
        try:
            value = float(text)
        except ValueError as error:
            raise ValueError(text) from error
        if value < 0 or (name == COUNT and not value.is_integer()):
            raise ValueError(text)
        return int(value) if name == COUNT else value

    def _show_totals(self) -> None:
        table = implementation_by_year(self._session.data, self._session.data.scenario)
        townships = table[(table["year"] == self.year.value()) | (table["kind"] == "plan")]
        rows = [
            [str(row["year"]), row["name"], *(_shown(row[name]) for name in ("due", "households", "done")), _percent(row["share"]),
             *(_shown(row[name]) for name in ("carried_over", "cleared_m2", "built_m2", "reclaimed_m2"))]
            for row in records(townships)
        ]  # fmt: skip
        fill_table(self.totals, [
            self.tr("Year"), self.tr("Township or plan"), self.tr("Due (households)"), self.tr("Done in the year"), self.tr("Done of what was due"),
            self.tr("Share"), self.tr("Carried over"), self.tr("Cleared m²"), self.tr("Built m²"), self.tr("Reclaimed m²"),
        ], rows, numbers_from=2)  # fmt: skip

    def _offer_townships(self) -> None:
        chosen = self.township.currentText()
        self.township.blockSignals(True)
        self.township.clear()
        self.township.addItem(self.tr("All townships"))
        self.township.addItems(list(dict.fromkeys(place["township_name"] or "" for place in self._places)))
        self.township.setCurrentIndex(max(0, self.township.findText(chosen)))
        self.township.blockSignals(False)
        self._filter()

    def _filter(self, *_: Any) -> None:
        wanted = self.township.currentText() if self.township.currentIndex() > 0 else None
        for row, place in enumerate(self._places):
            self.table.setRowHidden(row, wanted is not None and place["township_name"] != wanted)

    def _change_year(self, *_: Any) -> None:
        self.load()

    def _mark(self, item: Any) -> None:
        if self._loading:
            return
        font = item.font()
        font.setBold(True)
        item.setFont(font)

    def _can_edit(self) -> bool:
        return bool(self._session.is_locked)

    def _enable(self) -> None:
        for button in (self.save_button, self.import_button):
            button.setEnabled(self._can_edit())
        reason = "" if self._can_edit() else self.tr("The ledger can be kept only once the plan is approved and while no revision is open.")
        self._note.setText(reason if self._places else self.tr("The scenario has no moves."))


def _shown(value: Any) -> str:
    return "—" if value is None or pd.isna(value) else f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"


def _percent(value: Any) -> str:
    return "—" if value is None or pd.isna(value) else f"{value:.1%}"
