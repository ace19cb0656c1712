"""The dialog that imports a table: what its columns are taken for, corrected by the planner, and nothing more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from tests.desk.small_plan import VILLAGES, make_plan
from village_planner.base import SilentFeedback
from village_planner.gui.table_dialog import CELLS, FIELD, HEADING, UNIT, TableDialog
from village_planner.plan import PlanFile
from village_planner.standards import load_profile


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return make_plan(tmp_path / "小规划.gpkg")


@pytest.fixture
def dialog(qgis_app: Any, qtbot: Any, tmp_path: Path) -> Callable[..., TableDialog]:
    def shown(rows: list[list[Any]], kind: str = "facts", name: str = "数据.xlsx") -> TableDialog:
        book = Workbook()
        for row in rows:
            book.active.append(row)
        book.save(tmp_path / name)
        made = TableDialog(load_profile(), kind)
        qtbot.addWidget(made)
        made.source.setFilePath(str(tmp_path / name))
        qtbot.waitUntil(lambda: made.columns.rowCount() == len(rows[0]), timeout=10_000)
        return made

    return shown


def row_of(dialog: TableDialog, heading: str) -> int:
    return next(row for row in range(dialog.columns.rowCount()) if dialog.columns.item(row, HEADING).text() == heading)


def test_columns_are_recognised_and_shown_with_their_first_cells(dialog: Callable[..., TableDialog]) -> None:
    made = dialog([["行政村代码", "危房", "耕地面积（亩）", "信号塔"], [VILLAGES[0], 3, 30, 1], [VILLAGES[0], 4, 40, 2]])
    shown = {made.columns.item(row, HEADING).text(): made.columns.cellWidget(row, FIELD).value() for row in range(made.columns.rowCount())}
    assert shown == {"行政村代码": "village_code", "危房": "dilapidated_houses", "耕地面积（亩）": "cultivated_m2", "信号塔": None}
    row = row_of(made, "耕地面积（亩）")
    assert made.columns.item(row, CELLS).text() == "30、40" and made.columns.cellWidget(row, UNIT).value() == "亩"


def test_what_the_planner_chooses_is_taken_and_nothing_else(dialog: Callable[..., TableDialog], plan: Path) -> None:
    made = dialog([["行政村代码", "危房", "耕地", "信号塔"], [VILLAGES[0], 3, 30, 1]])
    made.columns.cellWidget(row_of(made, "危房"), FIELD).set_value(None)
    made.columns.cellWidget(row_of(made, "信号塔"), FIELD).set_value("")
    made.columns.cellWidget(row_of(made, "耕地"), UNIT).set_value("亩")
    made.level.set_value("village")
    made.date.setText("2021-12-31")
    result = made.step(plan)(SilentFeedback())
    facts = PlanFile.open(plan).read().fact
    assert result.accepted == 1 and dict(zip(facts["item"], facts["number"])) == {"信号塔": 1.0, "cultivated_m2": 20_000.0}
    assert set(facts["date"]) == {"2021-12-31"}


def test_a_field_chosen_twice_keeps_the_dialog_open(dialog: Callable[..., TableDialog]) -> None:
    made = dialog([["行政村代码", "危房", "信号塔"], [VILLAGES[0], 3, 1]])
    made.columns.cellWidget(row_of(made, "信号塔"), FIELD).set_value("dilapidated_houses")
    made.show()
    made.accept()
    assert made.isVisible() and "危房户数" in made._said.text()


def test_a_list_fixed_from_above_is_taken_by_the_same_dialog(dialog: Callable[..., TableDialog], plan: Path) -> None:
    made = dialog([["行政村代码", "村庄分类"], [VILLAGES[0], "集聚提升类"]], kind="villages", name="名单.xlsx")
    assert made.columns.isColumnHidden(UNIT) and not made.level.isVisibleTo(made)
    assert made.step(plan)(SilentFeedback()).accepted == 1
    assert PlanFile.open(plan).read().tables["fixed_village"]["category"].tolist() == ["01"]


def test_a_table_that_cannot_be_read_is_said_in_the_dialog(qgis_app: Any, qtbot: Any, tmp_path: Path) -> None:
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04 no workbook")
    made = TableDialog(load_profile())
    qtbot.addWidget(made)
    made.source.setFilePath(str(broken))
    qtbot.waitUntil(lambda: "坏.xlsx" in made._said.text(), timeout=10_000)
    assert made.columns.rowCount() == 0


def test_the_desk_takes_a_table_and_says_how_many_rows(
    qgis_app: Any, qgis_new_project: None, qtbot: Any, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.gui.fake_iface import FakeIface
    from village_planner.gui import dialogs
    from village_planner.gui.desk_window import DeskWindow

    (tmp_path / "危房.csv").write_text(f"行政村代码,危房\n{VILLAGES[0]},3\n没有,1\n", encoding="utf-8")
    iface = FakeIface()
    qtbot.addWidget(iface.window)
    window = DeskWindow(iface)
    window.open_plan(plan)

    def filled(dialog: TableDialog) -> bool:
        dialog.source.setFilePath(str(tmp_path / "危房.csv"))
        qtbot.waitUntil(lambda: dialog.columns.rowCount() == 2, timeout=10_000)
        return True

    monkeypatch.setattr(dialogs, "accepted", filled)
    window.import_table()
    qtbot.waitUntil(lambda: window.is_settled, timeout=20_000)
    assert "1" in iface.told() and window.session.data.fact["item"].tolist() == ["dilapidated_houses"]
    window.close()


@pytest.mark.parametrize("make", [lambda: TableDialog(load_profile()), lambda: TableDialog(load_profile(), "quota")])
def test_the_dialog_fits_a_small_screen(qgis_app: Any, qtbot: Any, make: Callable[[], TableDialog]) -> None:
    made = make()
    qtbot.addWidget(made)
    assert made.width() <= 800 and made.height() <= 600 and made.minimumSizeHint().height() <= 600
