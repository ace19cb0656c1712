"""The button that opens a dock's page of the manual."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import QToolButton

from village_planner.desk.help import manual_page, open_manual


def help_button(page: str) -> QToolButton:
    """A button with a question mark for a page of the manual; hidden where the manual was not built into the plugin."""
    button = QToolButton()
    button.setText("?")
    button.setAutoRaise(True)
    button.setToolTip(QCoreApplication.translate("HelpButton", "Help: this page of the manual"))
    button.clicked.connect(lambda: open_manual(page))
    if manual_page(page) is None:
        button.hide()
    return button
