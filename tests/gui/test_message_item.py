"""A sentence on the message bar can be read whole, however long it is."""

from __future__ import annotations

from typing import Any

import pytest
from qgis.core import Qgis
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtWidgets import QTextBrowser, QVBoxLayout, QWidget

from village_planner.base import Refused
from village_planner.gui.message_item import LINES
from village_planner.gui.telling import Teller

SENTENCE = "规划已批复，村庄类别、布局引导和迁并任务不能修改：请先在总览中登记一次修改，并写明法定依据。"


@pytest.fixture
def bar(qgis_app: Any, qtbot: Any) -> QgsMessageBar:
    """A message bar over an empty map, in a window of a small screen."""
    window = QWidget()
    layout = QVBoxLayout(window)
    made = QgsMessageBar()
    layout.addWidget(made)
    layout.addStretch(1)
    window.resize(700, 400)
    qtbot.addWidget(window)
    window.show()
    made.window_ = window
    return made


def hidden_pixels(bar: QgsMessageBar) -> int:
    """How much of the newest message's text is out of sight."""
    browser = bar.currentItem().findChild(QTextBrowser)
    return int(browser.document().size().height()) - browser.viewport().height()


@pytest.mark.parametrize("times", [1, 2])
def test_a_refusal_of_several_lines_is_shown_whole(bar: QgsMessageBar, qtbot: Any, times: int) -> None:
    with Teller(bar).refusals():
        raise Refused("desk.no_scenario", scenario=SENTENCE * times)
    qtbot.waitUntil(lambda: hidden_pixels(bar) <= 1, timeout=60000)
    assert SENTENCE in bar.currentItem().text()


def test_a_sentence_of_a_few_words_takes_one_line(bar: QgsMessageBar, qtbot: Any) -> None:
    Teller(bar).done("已生成")
    qtbot.wait(50)
    browser = bar.currentItem().findChild(QTextBrowser)
    assert browser.height() < 2.5 * browser.fontMetrics().lineSpacing()


def test_it_grows_when_the_window_becomes_narrower(bar: QgsMessageBar, qtbot: Any) -> None:
    Teller(bar).done(SENTENCE)
    qtbot.wait(50)
    before = bar.height()
    bar.window_.resize(450, 400)
    qtbot.waitUntil(lambda: bar.height() > before and hidden_pixels(bar) <= 1, timeout=60000)


def test_a_report_of_an_error_does_not_cover_the_map(bar: QgsMessageBar, qtbot: Any) -> None:
    Teller(bar)._push(SENTENCE * 40, Qgis.MessageLevel.Warning, 0)
    qtbot.wait(50)
    browser = bar.currentItem().findChild(QTextBrowser)
    assert browser.height() <= (LINES + 1) * browser.fontMetrics().lineSpacing() and browser.verticalScrollBar().maximum() > 0
