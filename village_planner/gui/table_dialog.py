"""The dialog that imports a table of facts or limits: which column is what, with the first cells, to be corrected by the planner."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableWidget, QTableWidgetItem, QWidget

from village_planner.base import Feedback, PlannerError
from village_planner.desk.language import text
from village_planner.desk.sources import layers_in
from village_planner.desk.tasks import StepTask
from village_planner.gui.dialogs import StepDialog
from village_planner.gui.forms import CodeCombo
from village_planner.standards import Profile

FACTS, QUOTA, VILLAGES = "facts", "quota", "villages"
HEADING, CELLS, FIELD, UNIT = range(4)
UNDER_ITS_HEADING = ""
COLUMN_WIDTHS = {HEADING: 170, CELLS: 170, FIELD: 170}
SIZE = (720, 600)
SHOWN_ROWS = 7


class TableDialog(StepDialog):
    """Asks for the table, what it holds, and what its columns are."""

    def __init__(self, profile: Profile, kind: str = FACTS, parent: QWidget | None = None) -> None:
        """kind: what is offered first."""
        super().__init__(parent)
        self._profile = profile
        self._preview: Any = None
        self._wanted: tuple[str, str] | None = None
        self.explain(
            self.tr("Import table"),
            self.tr(
                "Choose what each column is; the first cells help. Nothing is taken but what is chosen here, and every figure keeps its source "
                "and date. A report tells what was taken, what was converted and what contradicts."
            ),
            "tables#村庄数据表",
        )
        kinds = [(FACTS, self.tr("Facts of villages and hamlets")), (QUOTA, self.tr("Limits per township or county")),
                 (VILLAGES, self.tr("List of villages fixed from above"))]  # fmt: skip
        self.kind = self.add_choice(self.tr("The table holds"), kinds)
        self.kind.set_value(kind)
        self.source = self.add_file(self.tr("Table"), self.tr("Tables") + " (*.xlsx *.xls *.csv *.dbf);;" + self.tr("All files") + " (*)", needed=True)
        self.sheet = self.add_choice(self.tr("Sheet"), [])
        self.level = self.add_choice(
            self.tr("Each row is"), [("village", self.tr("a village")), ("hamlet", self.tr("a hamlet"))], self.tr("as the row says")
        )
        self.date = self.add_text(self.tr("Date of the figures"))
        self.date.setPlaceholderText(self.tr("YYYY-MM-DD, where the rows state none"))
        self.columns = _columns_table([self.tr("Column of the table"), self.tr("First cells"), self.tr("is"), self.tr("Unit")])
        self._said = QLabel()
        self._said.setWordWrap(True)
        self._form.addRow(self._said)
        self._form.addRow(self.columns)
        self.source.fileChanged.connect(self._offer_sheets)
        self.sheet.currentIndexChanged.connect(self._read)
        self.kind.currentIndexChanged.connect(self._read)
        self.resize(*SIZE)
        self._show_fields()

    def source_text(self) -> str:
        """Path of the table with its sheet."""
        path, sheet = self.source.filePath().strip(), self.sheet.value()
        return f"{path}|layername={sheet}" if sheet else path

    def step(self, plan: Path) -> Callable[[Feedback], Any]:
        """The step that takes the table as the dialog shows it; gives a TakeResult."""
        from village_planner.intake import AddFacts, AddLimits, add_facts, add_limits, chosen_map

        kind, source = self.kind.value(), self.source_text()
        field_map = chosen_map(kind, self._preview, self._chosen()) if self._preview is not None else {}
        if kind == FACTS:
            facts = AddFacts(plan, source, self.level.value(), field_map, self.date.text().strip() or None)
            return lambda feedback: add_facts(facts, feedback)
        limits = AddLimits(plan, kind, source, field_map)
        return lambda feedback: add_limits(limits, feedback)

    def accept(self) -> None:
        """Close unless what was chosen contradicts itself: then say so, and let the planner go on."""
        from village_planner.intake import chosen_map

        try:
            if self._preview is not None:
                chosen_map(self.kind.value(), self._preview, self._chosen())
        except PlannerError as error:
            self._said.setText(text(error.message))
            return
        super().accept()

    def _chosen(self) -> list[tuple[str, str | None, str]]:
        rows = []
        for row in range(self.columns.rowCount()):
            unit = self.columns.cellWidget(row, UNIT)
            rows.append((self.columns.item(row, HEADING).text(), self.columns.cellWidget(row, FIELD).value(), unit.value() or "" if unit else ""))
        return rows

    def _offer_sheets(self, path: str) -> None:
        names = layers_in(path.strip())
        self.sheet.set_choices([(name, name) for name in names], self.tr("the one that fits best") if names else None)
        self.sheet.setEnabled(bool(names))
        self._read()

    def _read(self, *_: Any) -> None:
        """Read the table in a task; what comes of an earlier choice is dropped."""
        from village_planner.intake import preview_table

        self._show_fields()
        self._preview, self._wanted = None, (self.kind.value(), self.source_text())
        self.columns.setRowCount(0)
        if not Path(self.source.filePath().strip()).is_file():
            self._said.setText("")
            return
        self._said.setText(self.tr("The table is being read…"))
        wanted, profile = self._wanted, self._profile
        task = StepTask(self.tr("Read table"), lambda feedback: preview_table(*wanted, profile, feedback))
        task.signals.finished.connect(lambda preview: self._show(preview) if self._wanted == wanted else None)
        task.signals.failed.connect(lambda message: self._said.setText(text(message)) if self._wanted == wanted else None)
        task.start()

    def _show_fields(self) -> None:
        for field in (self.level, self.date):
            shown = self.kind.value() == FACTS
            field.setVisible(shown)
            self._form.labelForField(field).setVisible(shown)
        self.columns.setColumnHidden(UNIT, self.kind.value() == VILLAGES)

    def _show(self, preview: Any) -> None:
        self._preview = preview
        self._said.setText(self.tr("{0}: {1} rows").format(preview.source, preview.row_count))
        self.columns.setRowCount(len(preview.columns))
        choices = [(field.id, field.name) for field in preview.fields]
        if preview.takes_own:
            choices.insert(0, (UNDER_ITS_HEADING, self.tr("kept under its heading")))
        for row, column in enumerate(preview.columns):
            for place, shown in ((HEADING, column.heading), (CELLS, "、".join(column.cells))):
                item = QTableWidgetItem(shown)
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                item.setToolTip(shown)
                self.columns.setItem(row, place, item)
            field = CodeCombo()
            field.set_choices(choices, self.tr("not taken"))
            field.set_value(column.field)
            self.columns.setCellWidget(row, FIELD, field)
            field.currentIndexChanged.connect(lambda _, row=row, unit=column.unit: self._offer_units(row, unit))
            self._offer_units(row, column.unit)

    def _offer_units(self, row: int, stated: str) -> None:
        """Units of the item that a column is; the one that its heading names is chosen."""
        chosen = self.columns.cellWidget(row, FIELD).value()
        field = next((field for field in self._preview.fields if field.id == chosen and field.units), None)
        if field is None:
            self.columns.removeCellWidget(row, UNIT)
            return
        combo = CodeCombo()
        combo.set_choices([(unit, unit) for unit in field.units], self.tr("not stated") if field.must_be_said else None)
        combo.set_value(stated if stated in field.units else None)
        self.columns.setCellWidget(row, UNIT, combo)


def _columns_table(headings: list[str]) -> QTableWidget:
    table = QTableWidget(0, len(headings))
    table.setHorizontalHeaderLabels(headings)
    table.verticalHeader().hide()
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    for column, width in COLUMN_WIDTHS.items():
        table.setColumnWidth(column, width)
    table.horizontalHeader().setSectionResizeMode(UNIT, QHeaderView.ResizeMode.Stretch)
    table.setMinimumHeight(SHOWN_ROWS * table.verticalHeader().defaultSectionSize())
    return table
