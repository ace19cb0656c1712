"""The pages of the manual are shown from the plugin's own folder, without a browser; where they are missing, nothing is offered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtWidgets import QDialogButtonBox, QWidget

from tools import manual as tools_manual
from village_planner.desk import help as manual
from village_planner.desk.session import PlanSession
from village_planner.gui.approval_dialog import ApprovalDialog
from village_planner.gui.dialogs import DemoDialog
from village_planner.gui.facts_dialog import FactsDialog
from village_planner.gui.help_button import help_button
from village_planner.gui.manual_window import ManualWindow, show_manual
from village_planner.gui.scenario_bar import ConfirmDialog, TitleDialog
from village_planner.gui.settle_dialogs import CommitteesDialog, SettleDialog

PAGES_NAMED = (
    "overview", "classify", "check", "deliver", "first-plan", "first-plan#先用示例数据走一遍", "tables#管控图层", "tables#村庄数据表", "overview#审批步骤",
    "overview#最上面", "overview#实施台账", "check#名录差异", "check#例外说明（举证）", "rules#qc-5202", "deliver#提交前核查",
)  # fmt: skip
"""Every page that a button of the desk names."""


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(manual, "_MANUAL", tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("manual")
    tools_manual.build(folder)
    return folder


@pytest.fixture
def owner(qtbot: Any) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def test_the_button_of_a_dock_shows_its_page(qgis_app: Any, built: Path, owner: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manual, "_MANUAL", built)
    button = help_button("overview")
    button.setParent(owner)
    button.click()
    window = owner.findChild(ManualWindow)
    assert not button.isHidden() and window.isVisible()
    assert "还缺什么" in window.pages.toPlainText() and window.list.currentText() == "总览"
    assert "离线安装" not in window.pages.toPlainText()[:40], "the bar of contents stands above the page"


def test_a_second_page_is_shown_in_the_same_window(qgis_app: Any, built: Path, owner: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manual, "_MANUAL", built)
    first = show_manual("check", owner)
    assert first is not None and show_manual("deliver", owner) is first and first.list.currentData() == "deliver"


def test_a_rule_is_shown_at_its_section(qgis_app: Any, built: Path, owner: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manual, "_MANUAL", built)
    window = show_manual("rules#qc-7105", owner)
    assert window is not None and window.pages.source().fragment() == "qc-7105"
    assert window.pages.verticalScrollBar().value() > 0
    at_top = window.pages.cursorForPosition(window.pages.rect().topLeft())
    assert "QC-7105" in at_top.block().text() or "QC-7105" in at_top.block().next().text() or "QC-7105" in at_top.block().next().next().text()


def test_a_link_within_the_manual_leads_to_its_page(qgis_app: Any, built: Path, owner: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manual, "_MANUAL", built)
    window = show_manual("index", owner)
    assert window is not None
    window.pages.setSource(window.pages.source().resolved(QUrl("rules.html#nl-02")))
    assert window.list.currentData() == "rules" and window.back.isEnabled()
    window.back.click()
    assert window.list.currentData() == "index"


@pytest.mark.parametrize("page", PAGES_NAMED)
def test_every_page_that_a_button_names_is_there_with_its_heading(built: Path, page: str) -> None:
    name, _, heading = page.partition("#")
    text = (built / f"{name}.html").read_text(encoding="utf-8")
    assert not heading or f'id="{heading}"' in text


def test_a_dialog_has_help_where_the_manual_came_along(qgis_app: Any, qtbot: Any, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manual, "_MANUAL", built)
    dialog = DemoDialog()
    qtbot.addWidget(dialog)
    button = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Help)
    button.click()
    window = dialog.findChild(ManualWindow)
    assert window.pages.source().fragment() == "先用示例数据走一遍" and dialog.result() == 0


def test_every_dialog_with_a_form_has_help(session: PlanSession, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manual, "_MANUAL", built)
    difference = {"source": "统计", "code": "1", "kind": "extra", "detail": {"codes": ["1"]}}
    for dialog in (
        FactsDialog(session), TitleDialog("复制", "", "方案二"), ConfirmDialog("删除", "？"), ApprovalDialog(session, 0),
        SettleDialog(difference, "……", session.profile), CommitteesDialog(difference["detail"], "……", session.profile),
    ):
        assert dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Help) is not None, type(dialog).__name__


def test_a_page_that_did_not_come_along_is_not_offered(qgis_app: Any, qtbot: Any, pages: Path, owner: QWidget) -> None:
    button = help_button("overview")
    qtbot.addWidget(button)
    assert button.isHidden() and show_manual("overview", owner) is None
    dialog = DemoDialog()
    qtbot.addWidget(dialog)
    assert dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Help) is None
