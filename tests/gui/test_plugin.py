"""The plugin loads, also where packages are missing, and leaves nothing behind."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest
from osgeo import gdal
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import QDialogButtonBox, QMessageBox

from tests.gui.fake_iface import FakeIface
from village_planner.desk import language, requirements
from village_planner.gui import dialogs
from village_planner.plugin import VillagePlannerPlugin


@pytest.fixture
def iface(qgis_app: Any, qtbot: Any) -> FakeIface:
    made = FakeIface()
    qtbot.addWidget(made.window)
    return made


def test_it_registers_its_algorithms_and_takes_them_away(iface: FakeIface) -> None:
    plugin = VillagePlannerPlugin(iface)
    plugin.initGui()
    registry = QgsApplication.processingRegistry()
    assert registry.algorithmById("villageplanner:check") is not None
    plugin.unload()
    assert registry.algorithmById("villageplanner:check") is None and iface.menu == []


def test_it_keeps_geopackages_out_of_wal_mode(iface: FakeIface) -> None:
    gdal.SetConfigOption("OGR_SQLITE_JOURNAL", None)
    VillagePlannerPlugin(iface).unload()
    assert gdal.GetConfigOption("OGR_SQLITE_JOURNAL") == "DELETE"


def test_qts_own_buttons_and_ours_speak_chinese_where_qgis_does(
    iface: FakeIface, staged_plugin: Path, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    monkeypatch.setattr(language.QgsApplication, "locale", staticmethod(lambda: "zh-Hans"))
    monkeypatch.setattr(language, "_PACKAGE", staged_plugin)
    plugin = VillagePlannerPlugin(iface)
    dialog, box = dialogs.NewPlanDialog(), QDialogButtonBox(QDialogButtonBox.StandardButton.Save)
    for widget in (dialog, box):
        qtbot.addWidget(widget)
    assert [button.text() for button in dialog._buttons.buttons()] == ["确定", "取消"]
    assert "保存" in box.button(QDialogButtonBox.StandardButton.Save).text()
    plugin.unload()
    assert QCoreApplication.translate("StepDialog", "OK") == "OK"


def test_where_packages_are_missing_it_says_so_in_one_dialog(iface: FakeIface, monkeypatch: pytest.MonkeyPatch, qtbot: Any) -> None:
    shown: list[str] = []
    monkeypatch.setattr(requirements, "missing", lambda: [requirements.REQUIREMENTS[0]])
    monkeypatch.setattr(QMessageBox, "warning", lambda parent, title, text: shown.append(text))
    plugin = VillagePlannerPlugin(iface)
    plugin.initGui()
    qtbot.waitUntil(lambda: bool(shown))
    assert len(shown) == 1 and "shapely" in shown[0]
    assert plugin.desk is None and QgsApplication.processingRegistry().algorithmById("villageplanner:check") is None
    plugin.unload()
    assert iface.menu == []


def test_the_plan_of_the_environment_opens_once_qgis_is_ready(iface: FakeIface, monkeypatch: pytest.MonkeyPatch, qgis_new_project: None, tmp_path: Any) -> None:
    from tests.desk.small_plan import make_plan

    monkeypatch.setenv("VILLAGE_PLANNER_OPEN", str(make_plan(tmp_path / "小规划.gpkg")))
    plugin = VillagePlannerPlugin(iface)
    plugin.initGui()
    assert not plugin.desk.session.is_open
    iface.initializationCompleted.emit()
    assert plugin.desk.session.is_open
    plugin.unload()


def test_what_qgis_has_loaded_is_not_searched_for_garbage_while_the_plugin_is_there(iface: FakeIface) -> None:
    plugin = VillagePlannerPlugin(iface)
    plugin.initGui()
    iface.initializationCompleted.emit()
    assert gc.get_freeze_count() > 0
    plugin.unload()
    assert gc.get_freeze_count() == 0
