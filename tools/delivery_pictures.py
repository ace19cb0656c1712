"""Pictures of the docks 质检 and 成果 and their dialogs, for the script that drives a real QGIS (tools/desk_script.py)."""

from __future__ import annotations

import os
import shutil
from typing import Any

from tools.overview_pictures import picture_dialog

LONGEST_S = 180
WAITING_S = 15


def picture_check(desk: Any, window: Any) -> None:
    """Picture the findings plain and grouped, one explained and accepted, what is out of date, and what is new or gone."""
    dock, view = window.findings, window.findings.view
    window.show_findings(severity=None)
    choose(desk, view, lambda row: row.geom is not None and row.geom.geom_type.endswith("Polygon"))
    desk.shot("20-check-hatched")
    for grouping in ("rule", "village"):
        view.grouping.set_value(grouping)
        desk.shot(f"21-check-by-{grouping}")
    view.grouping.set_value("none")
    protected = choose(desk, view, lambda row: row.rule == "QC-7106") or choose(desk, view, lambda row: bool(row.key))
    picture_dialog(desk, view.pane.explain.click, "22-check-explain")
    explain(window, protected.key)
    window.show_findings(severity=None, state="all")
    choose(desk, view, lambda row: row.key == protected.key)
    desk.shot("23-check-explained")
    picture_dialog(desk, view.pane.accept.click, "24-check-accept")
    dock._automatic.setChecked(False)
    window.session.set_category([str(window.session.data.village["code"].iloc[0])], "01", "分类")
    window.session.delete_moves([str(window.session.data.move["code"].iloc[0])], "删除任务")
    desk.wait_until(lambda: not dock._stale.isHidden(), WAITING_S)
    window.show_findings(severity=None)
    desk.shot("25-check-out-of-date")
    dock.check_changed()
    desk.wait_until(lambda: window.is_settled, LONGEST_S)
    window.show_findings(severity=None, state="new_or_gone")
    choose(desk, view, lambda row: row.state == "fixed")
    desk.shot("26-check-new-or-gone")
    window.show_findings(severity="–")
    desk.shot("27-check-not-checked")


def picture_delivery(desk: Any, window: Any) -> None:
    """Picture the readiness of a draft and of a formal package, a written package, and the inspection of it."""
    dock = window.delivery
    folder = window.session.path.parent / "成果"
    folder.mkdir()
    try:
        window.deliver()
        # The whole path of somebody's machine says nothing in a manual.
        dock.form.folder.setFilePath(os.path.relpath(folder))
        dock.form.mode.set_value("formal")
        desk.settle(1)
        desk.shot("30-deliver-formal")
        picture_dialog(desk, dock.change_facts, "30-deliver-particulars")
        dock.form.mode.set_value("draft")
        for name, box in dock.form.formats.items():
            box.setChecked(name in ("gpkg", "xlsx", "docx", "sheets"))
        desk.settle(1)
        desk.shot("31-deliver-draft")
        dock.write()
        desk.settle(0.3)
        desk.shot("32-deliver-writing")
        desk.wait_until(lambda: window.is_settled, LONGEST_S)
        desk.shot("33-deliver-written")
        dock.written.tabs.setCurrentIndex(1)
        desk.shot("34-deliver-files")
        package = next(path for path in folder.iterdir() if path.is_dir())
        dock.show_inspect()
        desk.shot("35-inspect")
        dock.folder.setFilePath(str(package))
        dock._inspect.click()
        desk.wait_until(lambda: window.is_settled, LONGEST_S)
        choose(desk, dock.inspected.view, lambda row: row.geom is not None)
        desk.shot("36-inspected")
        dock.close_down()
    finally:
        shutil.rmtree(folder)


def choose(desk: Any, view: Any, wanted: Any) -> Any:
    """Choose the first row that is wanted and go there; returns it, None where there is none."""
    shown = view.model.shown()
    place = next((place for place, row in enumerate(shown) if wanted(row)), None)
    if place is None:
        return None
    index = view.model.index_of(place)
    view.tree.setCurrentIndex(index)
    view.tree.clicked.emit(index)
    desk.settle(1)
    return shown[place]


def explain(window: Any, key: str) -> None:
    """Explain a finding as a planner would."""
    from village_planner.desk import waivers
    from village_planner.desk.waivers import Explanation

    reason = "已履行前置审查程序，专家组同意撤并，原址建筑整体保护。"
    waivers.explain(window.session, [key], Explanation(reason, "示例", waivers.today(), "前置审查意见〔2026〕1号"))
