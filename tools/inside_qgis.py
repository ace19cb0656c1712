"""Runs inside a QGIS that `tools.desktop.drive` started: hands the desktop to a script, pictures it, and quits QGIS."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import QEvent, QPoint, QTimer
from qgis.PyQt.QtWidgets import QApplication, QDockWidget, QWidget
from qgis.utils import iface

from tools.desktop import SCREEN, SCRIPT_VARIABLE, SHOTS_VARIABLE

START_MS = 1500
RENDER_TIMEOUT_S = 30
PARTS = "parts.json"
TABS_HEIGHT = 29


class Desk:
    """The desktop as a driving script sees it."""

    def __init__(self, qgis_interface: Any, shots: Path) -> None:
        self.iface = qgis_interface
        self.shots = shots
        self._parts: dict[str, list[int]] = {}

    def settle(self, seconds: float = 0.5) -> None:
        """Let QGIS work on its events for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            QgsApplication.processEvents()
            # A script runs inside one turn of the event loop; what is to be deleted would stay in sight until it ends.
            QgsApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            time.sleep(0.01)

    def wait_until(self, condition: Callable[[], bool], timeout_s: float = 60) -> None:
        """Let QGIS work until `condition()` holds; raises TimeoutError when it does not within the time."""
        end = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"not reached within {timeout_s} s")
            self.settle(0.1)

    def shot(self, name: str, settle_s: float = 0.5) -> Path:
        """Picture the whole screen into `<name>.png` once the map is drawn and has settled; returns the path."""
        canvas = self.iface.mapCanvas()
        self.settle(settle_s)
        self.wait_until(lambda: not canvas.isDrawing(), RENDER_TIMEOUT_S)
        self.settle(settle_s)
        path = self.shots / f"{name}.png"
        subprocess.run(["import", "-window", "root", str(path)], check=True)
        self._keep_part(name)
        return path

    def _keep_part(self, name: str) -> None:
        """Note in parts.json what a reader would look at in the picture: the dialog, else our dock: left, top, width, height."""
        part = QApplication.activeModalWidget() or _front_dock(self.iface.mainWindow())
        if part is None:
            return
        corner = part.mapToGlobal(QPoint(0, 0))
        height = part.height() + (TABS_HEIGHT if isinstance(part, QDockWidget) else 0)
        self._parts[name] = [corner.x(), corner.y(), part.width(), height]
        (self.shots / PARTS).write_text(json.dumps(self._parts, indent=1), encoding="utf-8")


def _front_dock(window: QWidget) -> QDockWidget | None:
    """The plugin's dock whose tab is in front."""
    docks = [dock for dock in window.findChildren(QDockWidget) if dock.objectName().startswith("VillagePlanner")]
    return next((dock for dock in docks if not dock.visibleRegion().isEmpty()), None)


def main() -> None:
    """Run the script's `drive(desk)` and quit: exit code 0 when it came through, 1 with the traceback on stderr when not."""
    exit_code = 1
    try:
        window = iface.mainWindow()
        # No window manager on the virtual display: nobody else gives the window its size.
        window.setGeometry(0, 0, *SCREEN)
        script = runpy.run_path(os.environ[SCRIPT_VARIABLE])
        script["drive"](Desk(iface, Path(os.environ[SHOTS_VARIABLE])))
        exit_code = 0
    except Exception:  # noqa: BLE001 - whatever failed, QGIS must not stay open
        traceback.print_exc(file=sys.stderr)
    QgsProject.instance().setDirty(False)
    QgsApplication.exit(exit_code)


QTimer.singleShot(START_MS, main)
