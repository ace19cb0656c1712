"""Where the links of the 总览 dock lead: into another dock, a dialog, or to a place on the map."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.PyQt.QtCore import QObject

from village_planner.base import Feedback, Refused
from village_planner.desk.language import text
from village_planner.desk.overview import villages_of_guesses
from village_planner.desk.steps import finding_message
from village_planner.gui.differences_dialog import DifferencesDialog
from village_planner.gui.finding_rows import NOT_CHECKED
from village_planner.gui.running import StepRunner
from village_planner.gui.telling import Teller
from village_planner.plan.schema import BY_NAME

DIFFERENCES_RULE = "QC-7101"
_LOOSE_PATCHES = "\"hamlet_code\" IS NULL AND \"kind\" = 'existing'"


class Leads(QObject):
    """Follows a link for the desk window, whose docks and actions it calls."""

    def __init__(self, window: Any, teller: Teller, runner: StepRunner) -> None:
        super().__init__(window)
        self._window, self._teller, self._runner = window, teller, runner
        plan = window.plan_actions
        self._ways: dict[str, Callable[[], None]] = {
            "differences": self._settle, "undecided": self._classify, "check": window.check, "not_checked": lambda: window.show_findings(severity=NOT_CHECKED),
            "deliver": window.deliver, "approve": plan.approve, "revision": plan.compare_with_approval, "ledger": plan.keep_ledger,
            "compare": plan.compare, "patches": self._show_loose_patches, "guessed": self._show_guesses,
        }  # fmt: skip

    def follow(self, to: str) -> None:
        """Go where `to` leads: see `desk.overview.Link`."""
        way, _, detail = to.partition(":")
        if way == "control":
            self._window.add_control(detail)
        elif way == "import":
            self._window.import_table(detail)
        elif way == "select":
            self.show_places(list(getattr(self._window.overview.shown.work, detail)))
        elif way == "findings":
            self._window.show_findings(severity=detail)
        else:
            self._ways[way]()

    def show_places(self, codes: list[str]) -> None:
        """Select villages or hamlets in the 分类 dock, whatever it was filtered by."""
        self._window.show_classify()
        self._window.classify.show_places(codes)

    def _classify(self) -> None:
        self._window.show_classify()
        self._window.classify.show_undecided()

    def _settle(self) -> None:
        from village_planner import checks
        from village_planner.plan import MemoryLayers

        session, window = self._window.session, self._window
        data, profile = session.data, session.profile

        def step(feedback: Feedback) -> dict[str, str]:
            found = checks.run(data, MemoryLayers({}), profile, rules=[DIFFERENCES_RULE], scenario=session.scenario, feedback=feedback).findings
            return {row["subject_code"]: text(finding_message(row)) for row in found.to_dict("records")}

        def show(sentences: dict[str, str]) -> None:
            DifferencesDialog(session, sentences, self._teller, window.main_window).exec()

        self._runner.start(self.tr("Differences between rosters"), step, show)

    def _show_guesses(self) -> None:
        self.show_places(villages_of_guesses(self._window.session.data))
        details = self._window.classify.details
        details.setCurrentWidget(details.land)

    def _show_loose_patches(self) -> None:
        layer = next((layer for layer in self._window.session.plan_layers() if layer.name() == BY_NAME["patch"].alias), None)
        if layer is None:
            raise Refused("desk.no_layer", layer=BY_NAME["patch"].alias)
        layer.selectByExpression(_LOOSE_PATCHES)
        self._window.show_selected(layer)
