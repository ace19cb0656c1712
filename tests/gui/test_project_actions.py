"""The menu saves a project into the plan file and opens it again, with the plan."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsProject
from qgis.PyQt.QtWidgets import QMessageBox

from tests.desk.small_plan import make_plan
from tests.gui.fake_iface import FakeIface
from village_planner.desk.project import has_project
from village_planner.gui.desk_window import DeskWindow


@pytest.fixture
def iface(qgis_app: Any, qgis_new_project: None, qtbot: Any) -> FakeIface:
    made = FakeIface()
    qtbot.addWidget(made.window)
    return made


@pytest.fixture
def window(iface: FakeIface, tmp_path: Path) -> Iterator[DeskWindow]:
    made = DeskWindow(iface)
    made.open_plan(make_plan(tmp_path / "小规划.gpkg"))
    yield made
    made.close()


def trigger(window: DeskWindow, text: str) -> None:
    """Choose a menu entry."""
    next(action for action in window._actions if action.text() == text).trigger()


def test_the_project_is_saved_and_opened_with_the_plan(window: DeskWindow, iface: FakeIface, qtbot: Any) -> None:
    path = window.session.path
    trigger(window, "Save project into the plan file")
    assert has_project(path) and "小规划.gpkg" in iface.told()
    assert QgsProject.instance().fileName() == ""
    trigger(window, "Open the plan's project")
    assert QgsProject.instance().title() == "测试县村庄布局规划"
    qtbot.waitUntil(lambda: window.session.is_open and window.is_settled, timeout=60000)
    assert window.session.path == path


def test_an_earlier_project_is_replaced_only_when_the_planner_says_so(window: DeskWindow, monkeypatch: Any) -> None:
    trigger(window, "Save project into the plan file")
    before = window.session.path.read_bytes()
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
    trigger(window, "Save project into the plan file")
    assert window.session.path.read_bytes() == before


def test_a_plan_without_a_project_says_what_to_do(window: DeskWindow, iface: FakeIface) -> None:
    trigger(window, "Open the plan's project")
    assert window.session.is_open
    assert "no QGIS project" in iface.told() or "尚无 QGIS 工程" in iface.told()
