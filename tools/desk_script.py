"""Drives a real QGIS for the pictures: the demo plan with the 分类 dock, deciding, moves, and the findings of a check."""

from __future__ import annotations

from typing import Any

from tools.delivery_pictures import picture_check, picture_delivery
from tools.intake_pictures import picture_classify, picture_imports, picture_start
from tools.overview_pictures import picture_overview

PLUGIN = "village_planner"


def drive(desk: Any) -> None:
    """Picture the desk before and after a check; `desk` is what tools/inside_qgis.py offers."""
    from qgis.utils import plugins

    window = plugins[PLUGIN].desk
    desk.wait_until(lambda: window.session.is_open)
    tidy(desk)
    forget_findings(window)
    window.zoom_to_plan()
    window.show_classify()
    desk.settle(2)
    desk.shot("1-desk-before-check")
    show_hamlet_with_moves(window)
    desk.shot("2-classify-moves")
    scroll_forms(window)
    desk.shot("2-classify-move-land")
    window.classify.categorize("01")
    window.classify.details.setCurrentIndex(0)
    desk.shot("3-classify-decided")
    window.classify.undo()
    window.classify.details.setCurrentWidget(window.classify.details.history)
    desk.shot("4-classify-undone")
    picture_classify(desk, window)
    picture_imports(desk, window)
    window.check()
    desk.wait_until(lambda: window.is_settled, 120)
    desk.settle(1)
    desk.shot("5-desk-after-check")
    window.findings.view.step(1)
    desk.settle(1)
    desk.shot("6-finding-zoomed")
    picture_check(desk, window)
    picture_delivery(desk, window)
    picture_overview(desk, window)
    picture_start(desk, window)


def tidy(desk: Any) -> None:
    """Hide what a planner at a small screen would hide: the browser panel and spare toolbars stay away from the map."""
    from qgis.PyQt.QtWidgets import QDockWidget, QToolBar

    main = desk.iface.mainWindow()
    for dock in main.findChildren(QDockWidget):
        if dock.objectName() == "Browser":
            dock.hide()
    for toolbar in main.findChildren(QToolBar):
        if toolbar.objectName() not in ("mFileToolBar", "mMapNavToolBar", "mSelectionToolBar", "mAttributesToolBar", "VillagePlannerToolbar"):
            toolbar.hide()


def forget_findings(window: Any) -> None:
    """Take the findings of the demo's own check out of this copy of the plan."""
    session = window.session
    for run in session.data.check_run.to_dict("records"):
        session.file.store_findings({**run, "not_checked": []}, session.data.finding.iloc[:0])
    session.reload()


def show_hamlet_with_moves(window: Any) -> None:
    """Select the first hamlet that has a move, and show its moves."""
    moves = window.session.data.move
    if len(moves):
        window.classify.selection.select([str(moves["hamlet_code"].iloc[0])])
        window.classify.details.setCurrentIndex(1)


def scroll_forms(window: Any) -> None:
    """Show the end of the form below the list of moves: cleared, built and reclaimed land."""
    from qgis.PyQt.QtWidgets import QScrollArea

    for area in window.classify.details.currentWidget().findChildren(QScrollArea):
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
