"""The pages of the manual are opened from the plugin's own folder; where they are missing, nothing is offered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QDesktopServices

from village_planner.desk import help as manual
from village_planner.gui.help_button import help_button


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(manual, "_MANUAL", tmp_path)
    return tmp_path


def test_a_page_opens_from_the_disk(qgis_app: Any, qtbot: Any, pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (pages / "overview.html").write_text("<h1>总览</h1>", encoding="utf-8")
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or True)
    button = help_button("overview")
    qtbot.addWidget(button)
    button.click()
    assert opened == [str(pages / "overview.html")] and not button.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)


def test_a_page_that_did_not_come_along_is_not_offered(qgis_app: Any, qtbot: Any, pages: Path) -> None:
    button = help_button("overview")
    qtbot.addWidget(button)
    assert button.isHidden() and not manual.open_manual("overview")
