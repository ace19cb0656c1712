"""Pictures of the 总览 dock and its dialogs, for the script that drives a real QGIS (tools/desk_script.py)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

STEPS = (
    ("consultation", "2026-01-05"), ("expert_review", "2026-02-05"), ("public_notice", "2026-03-01"), ("committee", "2026-03-31"),
    ("submitted", "2026-04-05"), ("approved", "2026-05-05"), ("published", "2026-05-20"), ("implementation", "2026-06-01"),
)  # fmt: skip
LONGEST_S = 120


def picture_overview(desk: Any, window: Any) -> None:
    """Picture the dock before the approval, scenarios beside each other, the procedure, the lock, the ledger and a revision."""
    show_overview(desk, window)
    desk.shot("10-overview")
    scroll_down(window)
    desk.shot("11-overview-figures")
    picture_dialog(desk, lambda: window.overview.wished.emit("differences"), "46-differences")
    picture_scenarios(desk, window)
    approve(window, STEPS[:2])
    picture_dialog(desk, window.plan_actions.approve, "13-approval")
    approve(window, STEPS[2:])
    show_overview(desk, window)
    desk.shot("14-overview-locked")
    window.show_classify()
    desk.settle(1)
    desk.shot("15-classify-locked")
    keep_ledger(window)
    picture_dialog(desk, window.plan_actions.keep_ledger, "16-ledger")
    show_overview(desk, window)
    desk.shot("17-overview-implementation")
    revise(window)
    picture_dialog(desk, window.plan_actions.compare_with_approval, "18-revision")
    show_overview(desk, window)
    desk.shot("19-overview-revision")


def show_overview(desk: Any, window: Any) -> None:
    """Bring the dock to the front and wait for its figures."""
    window.show_overview()
    desk.settle(1)
    desk.wait_until(lambda: not window.overview.is_waiting, LONGEST_S)
    desk.settle(0.3)


def scroll_down(window: Any) -> None:
    """Show what lies below the steps."""
    from qgis.PyQt.QtWidgets import QScrollArea

    bar = window.overview.findChild(QScrollArea).verticalScrollBar()
    bar.setValue(bar.maximum())


def picture_scenarios(desk: Any, window: Any) -> None:
    """Copy the scenario, decide some villages differently and picture the comparison."""
    from village_planner.base import SilentFeedback

    session, scenarios = window.session, window.overview.scenario_bar.scenarios
    first = session.scenario
    code, fresh = session.followed(scenarios.copying(first, scenarios.free_title()))(SilentFeedback())
    session.take(fresh, code)
    session.set_category([str(code) for code in session.data.village["code"].iloc[:3]], "05", "另一方案")
    picture_dialog(desk, window.plan_actions.compare, "12-scenarios")
    session.choose_scenario(first)


def approve(window: Any, steps: Sequence[tuple[str, str]]) -> None:
    """Take the plan through steps of the procedure."""
    for status, date in steps:
        end = "2026-03-30" if status == "public_notice" else None
        window.session.apply(
            lambda file, status=status, date=date, end=end: file.transition("示例", status, date, f"示例〔2026〕{date[5:7]}号", "通过", end_date=end)
        )


def keep_ledger(window: Any) -> None:
    """Record a year of some moves."""
    from village_planner.desk.procedure import save_ledger

    moves = window.session.data.move
    moves = moves[moves["scenario"] == window.session.data.scenario]
    rows = [{"move_code": code, "year": 2026, "households": 3, "cleared_m2": 620.0} for code in moves["code"].iloc[:4]]
    save_ledger(window.session, rows)


def revise(window: Any) -> None:
    """Open a revision and change a category, an action and a move."""
    session = window.session
    session.apply(
        lambda file: file.transition("示例", "revision", "2026-09-01", "示例〔2026〕修改1号", "同意修改", legal_ground="《城乡规划法》第四十七条"),
    )
    session.set_category([str(session.data.village["code"].iloc[0])], "03", "修改")
    move = session.data.move[session.data.move["scenario"] == session.scenario].iloc[0]
    other_phase = next(year for year in session.data.phases if year != move["phase"])
    session.save_moves([{"code": move["code"], "hamlet_code": move["hamlet_code"], "phase": other_phase}], "修改")


def picture_dialog(desk: Any, open_it: Callable[[], None], name: str, fill: Callable[[Any], None] | None = None) -> None:
    """Open a dialog, which holds up its caller, picture it from a timer, filled in by `fill`, and close it."""
    from qgis.PyQt.QtCore import QTimer
    from qgis.PyQt.QtWidgets import QApplication

    taken: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            QTimer.singleShot(300, look)
            return
        if fill is not None:
            fill(dialog)
        desk.shot(name)
        taken.append(name)
        dialog.reject()

    QTimer.singleShot(600, look)
    open_it()
    desk.wait_until(lambda: bool(taken), LONGEST_S)
    desk.settle(0.5)
