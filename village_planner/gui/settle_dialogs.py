"""The dialogs that settle a difference between rosters: one difference, or the batch of 居委会."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QAbstractItemView, QDialogButtonBox, QGridLayout, QPushButton, QTableWidget, QTableWidgetItem, QWidget

from village_planner.desk.session import PlanSession
from village_planner.gui.decisions import records
from village_planner.gui.dialogs import StepDialog, accepted
from village_planner.intake import ACCEPTABLE, BRINGS_A_VILLAGE
from village_planner.plan.data import PlanData
from village_planner.standards import Profile

BATCH = "committees"
HELP = "check#名录差异"
ACCEPTED, EXPLAINED, REJECTED = "accepted", "explained", "rejected"
BUTTONS_IN_A_ROW = 3
SHOWN_ROWS = 8


class SettleDialog(StepDialog):
    """Asks how a difference (a row of table `roster_difference`) is settled, and why."""

    def __init__(self, difference: Mapping[str, Any], sentence: str, profile: Profile, parent: QWidget | None = None) -> None:
        """sentence: what the finding says."""
        super().__init__(parent)
        self.explain(self.tr("Settle a difference between rosters"), sentence, HELP)
        ways = [(EXPLAINED, self.tr("Both stand, for this reason")), (REJECTED, self.tr("The plan's roster stands"))]
        if difference["kind"] in ACCEPTABLE:
            ways.append((ACCEPTED, self.tr("Take over what {0} says").format(difference["source"])))
        self.way = self.add_choice(self.tr("Decision"), ways)
        self.kind = self.add_choice(self.tr("Kind of the village"), _kinds(profile), self.tr("by its name"))
        self.explanation = self.add_text(self.tr("Explanation"), needed=True)
        self._brings_a_village = difference["kind"] in BRINGS_A_VILLAGE
        self.way.currentIndexChanged.connect(self._show_kind)
        self._show_kind()

    def _show_kind(self, *_: Any) -> None:
        shown = self._brings_a_village and self.way.value() == ACCEPTED
        self.kind.setVisible(shown)
        self._form.labelForField(self.kind).setVisible(shown)


class CommitteesDialog(StepDialog):
    """Asks what each 居委会 of a batch is; what gets no answer stays open."""

    def __init__(self, detail: Mapping[str, Any], sentence: str, profile: Profile, parent: QWidget | None = None) -> None:
        """detail: of the batch, with `codes` and, where known, `names`."""
        super().__init__(parent)
        self.explain(self.tr("Settle the residents' committees"), sentence, HELP)
        self._names = dict(_kinds(profile))
        codes = [str(code) for code in detail["codes"]]
        self.table = QTableWidget(len(codes), 3)
        self.table.setHorizontalHeaderLabels([self.tr("Committee"), self.tr("Code"), self.tr("Decision")])
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setStretchLastSection(True)
        for row, (code, name) in enumerate(zip(codes, detail.get("names") or codes)):
            for column, text in enumerate((name, code, "")):
                self.table.setItem(row, column, QTableWidgetItem(text))
        self.table.resizeColumnsToContents()
        self.table.setMinimumHeight(self.table.rowHeight(0) * min(len(codes) + 1, SHOWN_ROWS) + 8 if codes else 0)
        self.table.selectAll()
        self._form.addRow(self.table)
        self._form.addRow(self.tr("Set the selected to"), self._kind_buttons())
        self.explanation = self.add_text(self.tr("Explanation"))

    def answers(self) -> dict[str, str]:
        """Code → kind of the committees that were decided."""
        rows = [(self.table.item(row, 1).text(), self.table.item(row, 2).data(Qt.ItemDataRole.UserRole)) for row in range(self.table.rowCount())]
        return {code: kind for code, kind in rows if kind}

    def set_selected(self, kind: str) -> None:
        """Give the selected committees a kind."""
        for index in self.table.selectionModel().selectedRows():
            item = self.table.item(index.row(), 2)
            item.setText(self._names[kind])
            item.setData(Qt.ItemDataRole.UserRole, kind)
        self._enable()

    def _kind_buttons(self) -> QWidget:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        self.kind_buttons = {kind: QPushButton(name) for kind, name in self._names.items()}
        for number, (kind, button) in enumerate(self.kind_buttons.items()):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, kind=kind: self.set_selected(kind))
            grid.addWidget(button, *divmod(number, BUTTONS_IN_A_ROW))
        return box

    def _enable(self, *_: Any) -> None:
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(self.answers()))


def ask_to_settle(session: PlanSession, difference: Mapping[str, Any], sentence: str, parent: QWidget | None = None) -> bool:
    """Ask how an open difference (a row of table `roster_difference`) is settled and settle it; whether the planner did."""
    if difference["kind"] == BATCH:
        batch = CommitteesDialog(difference["detail"], sentence, session.profile, parent)
        if accepted(batch):
            session.settle_committees(difference["source"], batch.answers(), batch.explanation.text().strip())
            return True
        return False
    dialog = SettleDialog(difference, sentence, session.profile, parent)
    if accepted(dialog):
        session.settle(difference, dialog.way.value(), dialog.explanation.text(), dialog.kind.value())
        return True
    return False


def open_differences(data: PlanData) -> dict[str, dict[str, Any]]:
    """Rows of table `roster_difference` that nobody has settled, by the subject code of their findings."""
    frame = data.roster_difference
    return {f"{row['source']}/{row['code']}": row for row in records(frame[frame["settled"].isna()])}


def _kinds(profile: Profile) -> list[tuple[str, str]]:
    """Kinds that answer the question what a unit is."""
    return [(row["code"], row["name"]) for row in profile.code_list("village_kind").rows if row.get("role") != "ask"]
