"""Pictures of what comes before a check: the welcome, the dialogs that take files, and the forms of the 分类 dock."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from tools.overview_pictures import picture_dialog

LONGEST_S = 60
SOURCES = Path("build/demo/资料")
"""Below the folder that QGIS was started in, so that no dialog shows the whole path of somebody's machine."""
GUESS = "由地类图斑提取（最近居民点 126 米），待核对"


def picture_classify(desk: Any, window: Any) -> None:
    """Picture the forms for moves, the villagers' will and land; two patches of the copy are made to look like guesses."""
    session, details = window.session, window.classify.details
    votes = session.data.consent[session.data.consent["kind"] == "meeting_households"]
    window.classify.show_places([str(votes["hamlet_code"].iloc[0])])
    details.setCurrentWidget(details.consents)
    desk.settle(1)
    details.consents._table.setCurrentCell(0, 0)
    desk.shot("40-classify-consent")
    village = str(votes["village_code"].iloc[0])
    own = session.data.hamlet.loc[session.data.hamlet["village_code"] == village, "code"]
    patches = session.data.patch[session.data.patch["hamlet_code"].isin(own)]["code"].iloc[:2]
    with session.writing("用地待核对") as writing:
        for code in patches:
            writing.update("patch", {"code": str(code)}, note=GUESS)
    window.classify.show_places([village])
    details.setCurrentWidget(details.land)
    desk.shot("41-classify-land")


def picture_imports(desk: Any, window: Any) -> None:
    """Picture the dialogs that take a control layer and a table of facts."""
    picture_dialog(desk, window.add_control, "42-control")
    picture_dialog(desk, window.import_table, "43-import-table", partial(_choose_table, desk))


def picture_start(desk: Any, window: Any) -> None:
    """Picture the dialog for a new plan, filled in, and the dock while no plan is open; the plan is closed by that."""
    picture_dialog(desk, window._new_plan, "44-new-plan", _fill_new_plan)
    window.session.close()
    window.show_overview()
    desk.settle(1)
    desk.shot("45-welcome")


def _choose_table(desk: Any, dialog: Any) -> None:
    dialog.source.setFilePath(str(SOURCES / "村情统计.xlsx"))
    desk.wait_until(lambda: dialog.columns.rowCount() > 0, LONGEST_S)


def _fill_new_plan(dialog: Any) -> None:
    dialog.plan.setFilePath("岚桥县/岚桥县.gpkg")
    dialog.title.setText("岚桥县村庄布局规划（2020—2035年）")
    dialog.county.setText("379921")
    for field, name in (
        (dialog.roster, "村庄名录.xlsx"), (dialog.other_rosters, "民政部门行政区划名录.csv"),
        (dialog.villages, "行政村.shp"), (dialog.patches, "居民点用地.shp"),
    ):  # fmt: skip
        field.setFilePath(f"资料/{name}")
