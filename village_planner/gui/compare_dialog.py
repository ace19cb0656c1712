"""Scenarios in one table, and under it the villages and hamlets for which they decide differently."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from village_planner.desk.language import local_time
from village_planner.gui.decisions import records
from village_planner.gui.dialogs import close_box
from village_planner.gui.plain_tables import fill_table, plain_table
from village_planner.standards import Profile

SIZE = (900, 600)
SPLIT = (330, 220)
M2_COLUMNS = ("cleared_m2", "built_m2", "reclaimed_m2", "base_m2", "planned_m2", "change_m2", "new_m2")


class CompareDialog(QDialog):
    """Shows `accounts.scenario_figures` and `accounts.scenario_differences`; `shown` asks to show a village or hamlet by its code."""

    shown = pyqtSignal(str)

    def __init__(self, figures: pd.DataFrame, differences: pd.DataFrame, profile: Profile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Compare scenarios"))
        self.resize(*SIZE)
        self._figures, self._profile = records(figures), profile
        self._differences = differences.to_dict("records")
        self._boxes = {row["code"]: QCheckBox(self._heading(row)) for row in self._figures}
        self.figures, self.differences = plain_table(), plain_table()
        self._count = QLabel()
        self._lay_out()
        self.differences.cellDoubleClicked.connect(self._show_place)
        for box in self._boxes.values():
            box.setChecked(True)
            box.toggled.connect(self._fill)
        self._fill()

    def _lay_out(self) -> None:
        boxes = QHBoxLayout()
        boxes.addWidget(QLabel(self.tr("Compare")))
        for box in self._boxes.values():
            boxes.addWidget(box)
        boxes.addStretch(1)
        lower = QWidget()
        lower_layout = QVBoxLayout(lower)
        lower_layout.setContentsMargins(0, 0, 0, 0)
        lower_layout.addWidget(self._count)
        lower_layout.addWidget(self.differences, 1)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(self.figures)
        splitter.addWidget(lower)
        splitter.setSizes(list(SPLIT))
        splitter.setChildrenCollapsible(False)
        buttons = close_box(self, "overview#最上面")
        layout = QVBoxLayout(self)
        layout.addLayout(boxes)
        layout.addWidget(splitter, 1)
        layout.addWidget(buttons)

    def _fill(self, *_: Any) -> None:
        chosen = [row for row in self._figures if self._boxes[row["code"]].isChecked()]
        headings = [self._heading(row) for row in chosen]
        lines = [(name, [self._figure(column, row[column]) for row in chosen]) for column, name in self._lines()]
        fill_table(self.figures, [self.tr("Figure"), *headings], [[name, *values] for name, values in lines], numbers_from=1)
        self._places = [row for row in self._differences if len({str(row[item["code"]]) for item in chosen}) > 1]
        self._count.setText(self.tr("{0} differences; a double click shows the village or hamlet").format(len(self._places)))
        heads = [self.tr("Township"), self.tr("Village"), self.tr("Hamlet"), self.tr("Item"), *headings]
        fill_table(self.differences, heads, [self._difference(row, [item["code"] for item in chosen]) for row in self._places])

    def _lines(self) -> list[tuple[str, str]]:
        categories = self._profile.code_list("category")
        names = {
            "undecided_hamlets": self.tr("Hamlets without action"), "withdrawn_villages": self.tr("Villages withdrawn as a whole"),
            "withdrawn_hamlets": self.tr("Hamlets withdrawn"), "moves": self.tr("Moves"), "households": self.tr("Households to move"),
            "persons": self.tr("Persons to move"), "cleared_m2": self.tr("Cleared by moves (m²)"), "built_m2": self.tr("Built for moves (m²)"),
            "reclaimed_m2": self.tr("Reclaimed (m²)"), "base_m2": self.tr("Land at the base (m²)"), "planned_m2": self.tr("Land planned (m²)"),
            "change_m2": self.tr("Net change of land (m²)"), "new_m2": self.tr("Newly built outside the base (m²)"),
            "finding_A": self.tr("Findings A (serious)"), "finding_B": self.tr("Findings B (important)"), "finding_C": self.tr("Findings C (minor)"),
            "checked_at": self.tr("Checked"),
        }  # fmt: skip
        villages = [(f"category_{code}", self.tr("Villages: {0}").format(categories.name(code))) for code in categories.codes]
        return [*villages, ("category_none", self.tr("Villages without category")), *names.items()]

    def _figure(self, column: str, value: Any) -> str:
        if value is None:
            return self.tr("not checked") if column.startswith("finding_") else "—"
        if column in M2_COLUMNS:
            return f"{value:,.2f}"
        return local_time(value) if column == "checked_at" else f"{value:,}"

    def _difference(self, row: dict[str, Any], codes: Sequence[str]) -> list[str]:
        items = {"category": self.tr("Category"), "action": self.tr("Action"), "moves": self.tr("Moves")}
        hamlet = row["name"] if row["kind"] == "hamlet" else ""
        return [row["township_name"], row["village_name"], hamlet, items[row["item"]], *(self._value(row["item"], row[code]) for code in codes)]

    def _value(self, item: str, value: Any) -> str:
        if item == "moves":
            return "；".join(self._move(move) for move in value) or "—"
        if value in (None, "undecided"):
            return self.tr("undecided")
        return self._profile.code_list(item).name(value)

    def _move(self, move: tuple[Any, ...]) -> str:
        kind, name, phase, households = move
        to = name or self._profile.code_list("destination_kind").name(kind)
        when = self.tr("unphased") if phase is None else str(phase)
        many = "?" if households is None else str(households)
        return self.tr("→{0} {1}, {2} households").format(to, when, many)

    def _heading(self, row: dict[str, Any]) -> str:
        return self.tr("{0} (adopted)").format(row["title"]) if row["adopted"] else str(row["title"])

    def _show_place(self, row: int, _: int) -> None:
        self.shown.emit(str(self._places[row]["code"]))
