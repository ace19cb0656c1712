"""The seat of the planner in a driven QGIS: the window, the plan file seen from outside, pictures, and who is who in the plan."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from qgis.PyQt.QtWidgets import QToolBar

from tools.desk_day import PART_VARIABLE, plan_path
from tools.desk_hands import Hands
from tools.desk_script import PLUGIN, tidy
from tools.desk_watch import Watch
from tools.desktop import SCREEN
from village_planner.demo.steps import SOURCES
from village_planner.plan import PlanFile
from village_planner.plan.data import PlanData

SETTLE_S = {"short": 0.1, "long": 0.5}
WORK_S = {"short": 60, "long": 900}


class Seat:
    """What the steps of a day share. `hands` clicks, `watch` measures; `window` is looked at, never told what to do."""

    def __init__(self, desk: Any, folder: Path, kind: str) -> None:
        from qgis.utils import plugins

        self.desk, self.folder, self.kind = desk, folder, kind
        self.sources, self.plan = folder / SOURCES, plan_path(folder)
        self.window = plugins[PLUGIN].desk
        self.hands = Hands(desk)
        self.watch = Watch()
        self.toolbar = self.hands.main.findChild(QToolBar, "VillagePlannerToolbar")
        self._number = 0
        tidy(desk)

    def finish(self, also: Any = lambda: True) -> None:
        """Wait until the step that is under way has come to its end and the docks show what it gave."""
        window = self.window
        self.desk.wait_until(lambda: window.is_settled and also(), WORK_S[self.kind])
        self.desk.settle(0.2)
        self.desk.wait_until(lambda: window.is_settled, WORK_S[self.kind])
        # Figures that are worked out in tasks grey while they wait; behind another dock they wait until somebody looks.
        self.desk.wait_until(lambda: window.overview.visibleRegion().isEmpty() or not window.overview.is_waiting, WORK_S[self.kind])

    def read(self) -> PlanData:
        """The plan file as anybody reads it from outside."""
        with self.watch.away():
            return PlanFile(self.plan).read()

    def shot(self, name: str) -> None:
        """Picture the screen under the next number."""
        self._number += 1
        assert self.hands.main.height() <= SCREEN[1], f"the window is {self.hands.main.height()} pixels high"
        with self.watch.away():
            self.desk.shot(f"{os.environ[PART_VARIABLE]}-{self._number:02}-{name}", SETTLE_S[self.kind])

    def villages(self) -> list[str]:
        """Codes of the ten villages that the planner decides, in the order of the roster."""
        return sorted(self.read().village["code"])[:10]

    def leaving(self) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
        """Village, hamlet that goes, main hamlet, of the first two decided villages with several hamlets."""
        hamlets = self.read().hamlet
        found = []
        for village in self.villages():
            own = hamlets[hamlets["village_code"] == village]
            if len(own) > 1:
                main = own.loc[own["is_main"].fillna(0).astype(bool), "code"]
                target = str(main.iloc[0]) if len(main) else str(own["code"].iloc[0])
                found.append((village, next(str(code) for code in own["code"] if code != target), target))
        return found[0], found[1]

    def name(self, table: str, code: str) -> str:
        """Name of a village or hamlet."""
        frame = getattr(self.read(), table)
        return str(frame.loc[frame["code"] == code, "name"].iloc[0])

    def one_finding(self, rule: str, hamlet: str) -> dict[str, Any]:
        """The open finding of a rule about a hamlet, its village or its move."""
        data = self.read()
        found = data.finding[data.finding["rule"] == rule]
        moves = set(data.move.loc[data.move["hamlet_code"] == hamlet, "code"])
        about = found[found["subject_code"].isin({hamlet, hamlet[:12], *moves})]
        assert len(about), found[["rule", "subject_kind", "subject_code"]].to_string()
        return dict(about.iloc[0])

    def inside(self, container: str) -> Path:
        """Any file in a geodatabase's folder, which is what QGIS's file dialog lets one choose."""
        return sorted((self.sources / container).glob("*.gdbtable"))[0]
