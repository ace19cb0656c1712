"""A QGIS window as small as the desk needs it."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProject
from qgis.gui import QgsMapCanvas, QgsMessageBar
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QMainWindow, QToolBar


class FakeIface(QObject):
    """What of QgisInterface the plugin calls."""

    initializationCompleted = pyqtSignal()  # noqa: N815
    currentLayerChanged = pyqtSignal(object)  # noqa: N815

    def __init__(self) -> None:
        super().__init__()
        self.window = QMainWindow()
        self.canvas = QgsMapCanvas(self.window)
        self.window.setCentralWidget(self.canvas)
        self.bar = QgsMessageBar(self.window)
        self.menu: list[Any] = []
        self.active: Any = None

    def mainWindow(self) -> QMainWindow:  # noqa: N802
        return self.window

    def mapCanvas(self) -> QgsMapCanvas:  # noqa: N802
        return self.canvas

    def messageBar(self) -> QgsMessageBar:  # noqa: N802
        return self.bar

    def addToolBar(self, name: str) -> QToolBar:  # noqa: N802
        return self.window.addToolBar(name)

    def addTabifiedDockWidget(self, area: Any, dock: Any, others: list[str], raise_tab: bool) -> None:  # noqa: N802
        self.window.addDockWidget(area, dock)

    def removeDockWidget(self, dock: Any) -> None:  # noqa: N802
        self.window.removeDockWidget(dock)

    def addPluginToMenu(self, name: str, action: Any) -> None:  # noqa: N802
        self.menu.append(action)

    def removePluginMenu(self, name: str, action: Any) -> None:  # noqa: N802
        self.menu.remove(action)

    def addProject(self, uri: str) -> bool:  # noqa: N802
        """Open a project, as QGIS does after its question about unsaved changes."""
        return bool(QgsProject.instance().read(uri))

    def setActiveLayer(self, layer: Any) -> None:  # noqa: N802
        self.active = layer
        self.currentLayerChanged.emit(layer)

    def told(self) -> str:
        """Text of the newest message."""
        item = self.bar.currentItem()
        return item.text() if item is not None else ""
