"""Shows the manual inside QGIS, so that help works where there is neither a network nor a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import Qt, QUrl
from qgis.PyQt.QtGui import QDesktopServices, QTextDocument
from qgis.PyQt.QtWidgets import QComboBox, QDialog, QHBoxLayout, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from village_planner.desk.help import contents, manual_url, read_page

SIZE = (980, 680)
MARGIN = 12


class _Pages(QTextBrowser):
    """Pages from the disk without their bar; what a page names that is no page, QTextBrowser finds itself."""

    def loadResource(self, kind: int, url: QUrl) -> Any:
        """Called by Qt for pages and pictures."""
        path = Path(self.source().resolved(url).toLocalFile())
        if kind == int(QTextDocument.ResourceType.HtmlResource) and path.suffix == ".html" and path.is_file():
            return read_page(path)
        return super().loadResource(kind, url)


class ManualWindow(QDialog):
    """A page with the list of all pages above it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Manual"))
        self.resize(*SIZE)
        self.pages, self.list = _Pages(), QComboBox()
        self.pages.document().setDocumentMargin(MARGIN)
        self.back = QPushButton(self.tr("Back"))
        self.browser = QPushButton(self.tr("Open in browser"))
        close = QPushButton(self.tr("Close"))
        top = QHBoxLayout()
        top.addWidget(self.list, 1)
        for button in (self.back, self.browser, close):
            button.setAutoDefault(False)
            top.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self.pages, 1)
        self.back.setEnabled(False)
        self.back.clicked.connect(self.pages.backward)
        self.browser.clicked.connect(lambda *_: QDesktopServices.openUrl(self.pages.source()))
        close.clicked.connect(self.close)
        self.pages.backwardAvailable.connect(self.back.setEnabled)
        self.pages.sourceChanged.connect(self._show_name)
        self.list.activated.connect(lambda *_: self.go(self.list.currentData()))

    def go(self, page: str) -> None:
        """Show a page, given by its name or name#heading."""
        url = manual_url(page)
        if url is not None:
            self.pages.setSource(url)

    def _show_name(self, url: QUrl) -> None:
        path = Path(url.toLocalFile())
        if not self.list.count():
            for name, title in contents(path):
                self.list.addItem(title, name)
        self.list.setCurrentIndex(self.list.findData(path.stem))


def show_manual(page: str, parent: QWidget) -> ManualWindow | None:
    """Show a page (name or name#heading) beside `parent`'s window; None where the manual was not built into the plugin.

    A dialog that waits for an answer gets a window of its own: no other would take the mouse.
    """
    if manual_url(page) is None:
        return None
    owner = parent.window()
    window = owner.findChild(ManualWindow, options=Qt.FindChildOption.FindDirectChildrenOnly) or ManualWindow(owner)
    window.go(page)
    window.show()
    window.raise_()
    return window
