"""A message on QGIS's message bar whose whole sentence can be read: QGIS itself shows one line of it."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtWidgets import QTextBrowser

LINES = 6
"""As many lines a message may cover the map with; what is longer scrolls."""
_STYLE = "* {{ background-color: rgba(0, 0, 0, 0); min-height: {0}px; max-height: {0}px; }}"


def create_message(bar: Any, title: str, sentence: str) -> Any:
    """A message for `bar` (QgsMessageBar), not yet pushed, as high as its sentence needs it at the width that the bar has."""
    item = bar.createMessage(title, sentence)
    browser = item.findChild(QTextBrowser)
    if browser is not None:
        layout = browser.document().documentLayout()
        layout.documentSizeChanged.connect(lambda size: _fit(browser, size.height()))
        _fit(browser, layout.documentSize().height())
    return item


def _fit(browser: QTextBrowser, height: float) -> None:
    most = LINES * browser.fontMetrics().lineSpacing() + 2 * browser.document().documentMargin()
    style = _STYLE.format(round(min(height, most)))
    if style != browser.styleSheet():
        browser.setStyleSheet(style)
