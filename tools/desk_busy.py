"""A planner who works on while a full check runs: pans the map, scrolls the table, decides; used by a test and by `make desk-busy`."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QTimer

from village_planner.base import PlannerError

STEP_MS = 40
STEPS_TO_PAN, STEPS_TO_SCROLL, STEPS_TO_DECIDE = 8, 2, 25
PANS_TO_CUT = 5
"""A planner waits for the map as a rule, and at times pans on while it is still being drawn."""
PAN = 0.15
SCROLL_ROWS = 3
CATEGORIES = ("01", "02", "03", "05")


class BusyPlanner:
    """Works the desk window from a timer until it is stopped; `done` counts what came about, by kind, `refused` holds why a decision did not."""

    def __init__(self, window: Any, canvas: Any) -> None:
        """window: gui.desk_window.DeskWindow with an open plan. canvas: QgsMapCanvas that shows it."""
        self._window, self._canvas = window, canvas
        self._number = self._wished = 0
        self.done = {"pans": 0, "drawn": 0, "scrolls": 0, "decisions": 0}
        self.refused: list[str] = []
        self._villages = [str(code) for code in window.session.data.village["code"]]
        canvas.renderComplete.connect(self._count_drawn)
        self._timer = QTimer()
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self._step)
        self._timer.start()

    def stop(self) -> None:
        """Lean back."""
        self._timer.stop()
        self._canvas.renderComplete.disconnect(self._count_drawn)

    def _count_drawn(self, *_: Any) -> None:
        self.done["drawn"] += 1

    def _step(self) -> None:
        self._number += 1
        if self._number % STEPS_TO_PAN == 0:
            self._pan()
        if self._number % STEPS_TO_SCROLL == 0:
            self._scroll()
        if self._number % STEPS_TO_DECIDE == 0:
            self._decide()

    def _pan(self) -> None:
        """Move the map to the right and back again."""
        canvas = self._canvas
        self._wished += 1
        if canvas.isDrawing() and self._wished % PANS_TO_CUT:
            return
        extent, side = canvas.extent(), 1 if self.done["pans"] % 8 < 4 else -1
        center = extent.center()
        center.setX(center.x() + side * PAN * extent.width())
        canvas.setCenter(center)
        canvas.refresh()
        self.done["pans"] += 1

    def _scroll(self) -> None:
        bar = self._window.classify.tree.verticalScrollBar()
        bar.setValue(bar.value() + SCROLL_ROWS if bar.value() < bar.maximum() else bar.minimum())
        self.done["scrolls"] += 1

    def _decide(self) -> None:
        number = self.done["decisions"]
        village, category = self._villages[number % len(self._villages)], CATEGORIES[number % len(CATEGORIES)]
        try:
            self._window.session.set_category([village], category, f"{village}: {category}")
            self.done["decisions"] += 1
        except PlannerError as error:
            self.refused.append(str(error))
