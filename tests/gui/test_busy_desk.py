"""While a full check runs the window lives: the map pans, the table scrolls, a decision is on disk, and no block lasts."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsProject
from qgis.gui import QgsLayerTreeMapCanvasBridge

from tests.gui.fake_iface import FakeIface
from tools.desk_busy import BusyPlanner
from tools.desk_watch import Watch
from village_planner.base import SilentFeedback
from village_planner.desk.steps import find_faults
from village_planner.gui.desk_window import DeskWindow
from village_planner.plan import PlanFile

LONGEST_BLOCK_S = 0.2
PATIENCE_MS = 300_000


@pytest.mark.alone
def test_the_planner_works_on_while_a_full_check_runs(
    window: DeskWindow, iface: FakeIface, demo_plan: Path, tmp_path: Path, qtbot: Any
) -> None:
    for file in (demo_plan, PlanFile(demo_plan).layers_path):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    bridge = QgsLayerTreeMapCanvasBridge(QgsProject.instance().layerTreeRoot(), iface.canvas)
    window.open_plan(tmp_path / demo_plan.name)
    window.show_classify()
    before = len(window.session.history())
    watch, planner = Watch(tmp_path / "blocks.txt"), BusyPlanner(window, iface.canvas)
    watch.begin("check")
    window.check()
    qtbot.waitUntil(lambda: window.is_settled and min(planner.done.values()) > 0, timeout=PATIENCE_MS)
    planner.stop()
    watch.stop()
    del bridge
    assert planner.refused == []
    assert len(window.session.data.check_run) and len(window.session.history()) == before + planner.done["decisions"]
    (step,) = watch.steps
    told = (tmp_path / "blocks.txt").read_text(encoding="utf-8") if (tmp_path / "blocks.txt").exists() else ""
    # The window is judged, not the machine, which may let any thread wait: what counts is what the main thread computes.
    # How long the window stands still by the clock is measured by `make desk-busy`.
    assert max(step["computed"], default=0.0) <= LONGEST_BLOCK_S, f"{step}\n{told}"


class AskedOften(SilentFeedback):
    """Remembers the longest time, as the process computed it, in which nobody asked whether the planner had cancelled."""

    def __init__(self) -> None:
        self._asked, self.longest = time.process_time(), 0.0

    def is_cancelled(self) -> bool:
        now = time.process_time()
        self.longest, self._asked = max(self.longest, now - self._asked), now
        return False


@pytest.mark.alone
def test_a_full_check_hears_of_a_cancel_at_once(demo_plan: Path) -> None:
    data, longest = PlanFile(demo_plan).read(), []
    # What the machine does beside us makes one run slower, hardly all of them at the same place.
    for _ in range(3):
        feedback = AskedOften()
        assert find_faults(demo_plan, feedback, snapshot=data).record is not None
        longest.append(feedback.longest)
    assert min(longest) <= LONGEST_BLOCK_S, longest


@pytest.mark.alone
def test_a_block_is_seen_with_what_ran_in_it(qgis_app: Any, qtbot: Any, tmp_path: Path) -> None:
    watch = Watch(tmp_path / "blocks.txt")
    watch.begin("work")
    qtbot.wait(50)
    end = time.thread_time() + 0.3
    while time.thread_time() < end:
        pass
    qtbot.wait(50)
    watch.stop()
    (step,) = watch.steps
    assert step["longest"] >= 0.3 and step["own"] > LONGEST_BLOCK_S
    assert "MainThread" in (tmp_path / "blocks.txt").read_text(encoding="utf-8")
