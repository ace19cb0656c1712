"""A real QGIS desktop on a virtual display loads the plugin, in Chinese, with its help, and a failing script does not leave it open."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tools import desktop

pytestmark = [
    pytest.mark.qgis,
    pytest.mark.slow,
    pytest.mark.skipif(not (shutil.which("Xvfb") and shutil.which("qgis")), reason="no QGIS desktop or no Xvfb here"),
]

TIMEOUT_S = 120
LOADS = """
import qgis.utils
from qgis.core import QgsApplication

def drive(desk):
    assert "village_planner" in qgis.utils.plugins, "the plugin is not loaded"
    assert QgsApplication.processingRegistry().providerById("villageplanner") is not None
    assert QgsApplication.locale() == "zh-Hans", QgsApplication.locale()
    assert shown_by_help(desk, qgis.utils.plugins["village_planner"].desk) == ["总览", "分类", "质检", "成果"]
    desk.shot("desk")


def shown_by_help(desk, window):
    from qgis.PyQt.QtWidgets import QToolButton
    from village_planner.gui.manual_window import ManualWindow

    pages = []
    for dock in window._docks:
        (button,) = [button for button in dock.findChildren(QToolButton) if button.text() == "?"]
        button.click()
        desk.settle(0.3)
        shown = window.main_window.findChild(ManualWindow)
        assert shown.isVisible() and shown.pages.source().isLocalFile() and shown.pages.toPlainText()
        pages.append(shown.list.currentText())
    return pages
"""
FAILS = "def drive(desk):\n    raise ValueError('no such village')\n"


def test_the_plugin_loads_in_a_chinese_desktop_and_each_dock_has_its_page_of_help(staged_plugin: Path, tmp_path: Path) -> None:
    script = tmp_path / "loads.py"
    script.write_text(LOADS, encoding="utf-8")
    assert desktop.drive(script, tmp_path / "shots", timeout_s=TIMEOUT_S) == 0
    identified = subprocess.run(["identify", "-format", "%wx%h", str(tmp_path / "shots" / "desk.png")], capture_output=True, text=True, check=True)
    assert identified.stdout == "1366x768"


def test_a_script_that_fails_ends_the_desktop_with_an_error(staged_plugin: Path, tmp_path: Path) -> None:
    script = tmp_path / "fails.py"
    script.write_text(FAILS, encoding="utf-8")
    assert desktop.drive(script, tmp_path / "shots", timeout_s=TIMEOUT_S) == 1


def test_a_profile_that_the_user_has_changed_is_kept(tmp_path: Path) -> None:
    desktop.prepare_profile(tmp_path)
    settings = next(tmp_path.rglob("QGIS3.ini"))
    settings.write_text("[locale]\nuserLocale=en\n", encoding="utf-8")
    desktop.prepare_profile(tmp_path)
    assert settings.read_text(encoding="utf-8") == "[locale]\nuserLocale=en\n"


def test_a_plugin_that_qgis_switched_off_after_a_kill_is_on_again(tmp_path: Path) -> None:
    desktop.prepare_profile(tmp_path)
    settings = next(tmp_path.rglob("QGIS3.ini"))
    settings.write_text("[PythonPlugins]\nvillage_planner=false\nwatchDog\\village_planner=true\n", encoding="utf-8")
    desktop.prepare_profile(tmp_path)
    assert settings.read_text(encoding="utf-8") == "[PythonPlugins]\nvillage_planner=true\n"
