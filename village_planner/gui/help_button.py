"""Buttons that open a page of the manual: the question mark of a dock, and Help in a dialog."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import QDialogButtonBox, QToolButton

from village_planner.desk.help import manual_url
from village_planner.gui.manual_window import show_manual


def help_button(page: str) -> QToolButton:
    """A button with a question mark for a page of the manual; hidden where the manual was not built into the plugin."""
    button = QToolButton()
    button.setText("?")
    button.setAutoRaise(True)
    button.setToolTip(QCoreApplication.translate("HelpButton", "Help: this page of the manual"))
    button.clicked.connect(lambda: show_manual(page, button))
    if manual_url(page) is None:
        button.hide()
    return button


def add_help(buttons: QDialogButtonBox, page: str) -> None:
    """Give a dialog a button for a page (name or name#heading); none where the manual was not built into the plugin."""
    if manual_url(page) is None:
        return
    button = buttons.addButton(QDialogButtonBox.StandardButton.Help)
    button.setText(QCoreApplication.translate("HelpButton", "Help"))
    button.setAutoDefault(False)
    button.clicked.connect(lambda *_: show_manual(page, button))
