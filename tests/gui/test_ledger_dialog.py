"""The ledger of an approved plan as a table of one year, and as an imported file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.desk.small_plan import HAMLETS
from tests.gui.conftest import Bar, Desk
from tests.plan.procedure import approve
from village_planner.desk.session import PlanSession
from village_planner.gui.ledger_dialog import FIXED_COLUMNS, LedgerDialog
from village_planner.gui.telling import Teller

DONE = FIXED_COLUMNS + 5


@pytest.fixture
def session(desk: Desk) -> PlanSession:
    return desk.session


@pytest.fixture
def open_ledger(session: PlanSession, qtbot: Any) -> Callable[[], LedgerDialog]:
    session.set_action(HAMLETS[1:3], "merge", "撤并")
    rows = [
        {"hamlet_code": hamlet, "destination_kind": "hamlet", "destination_code": HAMLETS[0], "phase": 2025, "households": households}
        for hamlet, households in zip(HAMLETS[1:3], (10, 6))
    ]
    session.save_moves(rows, "任务")

    def open_it() -> LedgerDialog:
        dialog = LedgerDialog(session, Teller(Bar()))
        qtbot.addWidget(dialog)
        dialog.year.setValue(2026)
        return dialog

    return open_it


@pytest.fixture
def ledger(open_ledger: Callable[[], LedgerDialog], session: PlanSession) -> LedgerDialog:
    approve(session.file)
    session.reload()
    return open_ledger()


def text(dialog: LedgerDialog, row: int, column: int) -> str:
    return str(dialog.table.item(row, column).text())


def test_before_the_approval_the_ledger_is_only_shown_and_says_why(open_ledger: Callable[[], LedgerDialog]) -> None:
    dialog = open_ledger()
    assert not dialog.save_button.isEnabled() and "approved" in dialog._note.text() and dialog.table.rowCount() == 2


def test_what_is_typed_is_saved_as_one_action_and_counted(ledger: LedgerDialog, session: PlanSession) -> None:
    ledger.table.item(0, FIXED_COLUMNS).setText("4")
    ledger.table.item(0, FIXED_COLUMNS + 1).setText("1,250.5")
    ledger.table.item(1, FIXED_COLUMNS).setText("6")
    ledger.save()
    saved = session.data.implementation
    assert saved["households"].tolist() == [4, 6] and saved["cleared_m2"].iloc[0] == 1250.5
    assert [text(ledger, 0, column) for column in (DONE, DONE + 1, DONE + 2)] == ["4", "40.0%", "6"]
    assert [text(ledger, 1, column) for column in (DONE, DONE + 1, DONE + 2)] == ["6", "100.0%", "0"]
    last = ledger.totals.rowCount() - 1
    assert [ledger.totals.item(last, column).text() for column in (0, 2, 3, 4, 5, 6)] == ["2026", "16", "10", "10", "62.5%", "6"]
    session.undo()
    assert session.data.implementation.empty


def test_an_emptied_row_leaves_the_ledger(ledger: LedgerDialog, session: PlanSession) -> None:
    ledger.table.item(0, FIXED_COLUMNS).setText("4")
    ledger.save()
    ledger.table.item(0, FIXED_COLUMNS).setText("")
    ledger.save()
    assert session.data.implementation.empty


def test_another_year_is_another_row(ledger: LedgerDialog, session: PlanSession) -> None:
    ledger.table.item(0, FIXED_COLUMNS).setText("4")
    ledger.save()
    ledger.year.setValue(2027)
    assert text(ledger, 0, FIXED_COLUMNS) == "" and text(ledger, 0, DONE) == "4"
    ledger.table.item(0, FIXED_COLUMNS).setText("5")
    ledger.save()
    assert sorted(session.data.implementation["year"]) == [2026, 2027] and text(ledger, 0, DONE) == "9"


@pytest.mark.parametrize("wrong", ["三户", "-1", "1.5"])
def test_what_is_no_count_is_refused_by_its_text_and_nothing_is_saved(ledger: LedgerDialog, session: PlanSession, wrong: str) -> None:
    ledger.table.item(0, FIXED_COLUMNS).setText(wrong)
    ledger.save()
    assert wrong in ledger._note.text() and session.data.implementation.empty and text(ledger, 0, FIXED_COLUMNS) == wrong


def test_only_the_figures_of_the_year_can_be_typed(ledger: LedgerDialog) -> None:
    from qgis.PyQt.QtCore import Qt

    editable = [column for column in range(ledger.table.columnCount()) if ledger.table.item(0, column).flags() & Qt.ItemFlag.ItemIsEditable]
    assert editable == list(range(FIXED_COLUMNS, FIXED_COLUMNS + 5))
