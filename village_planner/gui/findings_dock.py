"""The 质检 dock: runs the rules, lists what they found and what was not checked, and takes explanations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.core import QgsSettings
from qgis.gui import QgsDockWidget
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLabel, QPushButton, QShortcut, QVBoxLayout, QWidget

from village_planner.base import Feedback
from village_planner.checks import needs_evidence
from village_planner.checks.waivers import FIXED, WAIVED
from village_planner.desk import waivers
from village_planner.desk.export import export_findings
from village_planner.desk.freshness import Freshness
from village_planner.desk.language import local_time
from village_planner.desk.layers import PlanLayers
from village_planner.desk.live import LiveCheck, check_and_follow
from village_planner.desk.mirrors import qgs_geometry
from village_planner.desk.navigation import go_to
from village_planner.desk.opening import FreshNews
from village_planner.desk.session import PlanSession
from village_planner.desk.steps import SEVERITIES, CheckOutcome
from village_planner.gui.dialogs import accepted
from village_planner.gui.finding_marker import FindingMarker
from village_planner.gui.finding_rows import FindingRow, PlanRows
from village_planner.gui.findings_model import Grouping
from village_planner.gui.findings_view import FindingsView
from village_planner.gui.help_button import help_button
from village_planner.gui.running import StepRunner
from village_planner.gui.settle_dialogs import ask_to_settle
from village_planner.gui.status_badge import StatusBadge
from village_planner.gui.telling import Teller

MINIMUM_WIDTH = 380
NAMED_RULES = 4
_AUTOMATIC = "village_planner/check_automatically"
_LAST_FOLDER = "village_planner/last_folder"


class FindingsDock(QgsDockWidget):
    """Shows what the last check of the plan found; `front_wished` asks to be shown, when a check has come to its end."""

    front_wished = pyqtSignal()

    def __init__(
        self, session: PlanSession, layers: PlanLayers, canvas: Any, teller: Teller, runner: StepRunner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("VillagePlannerFindings")
        self.setWindowTitle(self.tr("Check"))
        self._session, self._layers, self._canvas, self._teller, self._runner = session, layers, canvas, teller, runner
        self._plan_rows: PlanRows | None = None
        self.marker = FindingMarker(canvas)
        self.freshness = Freshness(session, lambda: runner.is_busy, self)
        content = QWidget()
        self.view = FindingsView(content)
        self._lay_out(content)
        self._connect(content)
        self.show_plan()

    def check(self) -> None:
        """Run all rules on the shown scenario in a task."""
        self._run(self.tr("Check"), changed_only=False)

    def check_changed(self) -> None:
        """Run the rules whose findings may be out of date, in a task."""
        self._run(self.tr("Check what changed"), changed_only=True)

    def show_findings(self, rule: str | None = None, village: str | None = None, severity: str | None = None, state: str | None = None) -> None:
        """Show the findings of a rule, village or severity only; None shows all. state: of findings_model.Wanted, None: open and not checked."""
        self.view.show_only(rule, village, severity, state)

    def show_plan(self) -> None:
        """Show the findings that the open plan holds."""
        self.marker.clear()
        is_open = self._session.is_open
        self._plan_rows = PlanRows(self._session) if is_open else None
        rows = self._plan_rows.rows() if self._plan_rows is not None else []
        if is_open:
            townships = self._session.data.township
            self.view.offer_townships(list(zip(townships["code"], townships["name"])))
        self.view.load(rows, self._group_title)
        self._title.setText(self._told(rows))
        self._enable()

    def export(self) -> None:
        """Write the list of findings, and of what was not checked, to a CSV file of the planner's choice."""
        settings = QgsSettings()
        proposal = str(Path(settings.value(_LAST_FOLDER, "")) / "质检记录.csv")
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Export findings"), proposal, "CSV (*.csv)")
        if not path:
            return
        target = Path(path) if path.lower().endswith(".csv") else Path(f"{path}.csv")
        settings.setValue(_LAST_FOLDER, str(target.parent))
        with self._teller.refusals():
            count = export_findings(self._session, target)
            self._teller.done(self.tr("{0} lines written: {1}").format(count, target.name), target.parent)

    def close_down(self) -> None:
        """Leave nothing on the map."""
        self.marker.clear()

    def _lay_out(self, content: QWidget) -> None:
        self._title, self._stale = QLabel(), QLabel()
        for label in (self._title, self._stale):
            label.setWordWrap(True)
        self._stale.setStyleSheet("color: #8a4b00;")
        self._all = QPushButton(self.tr("Check all"))
        self._changed = QPushButton(self.tr("Check what changed"))
        self._changed.setToolTip(self.tr("Runs only the rules whose data have changed since they ran last; the result is that of a full check"))
        self._export = QPushButton(self.tr("Export…"))
        self._automatic = QCheckBox(self.tr("Automatic"))
        self._automatic.setToolTip(self.tr("After an edit run the quick rules again at once"))
        self._automatic.setChecked(QgsSettings().value(_AUTOMATIC, True, type=bool))
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for widget in (self._all, self._changed, self._export, self._automatic):
            buttons.addWidget(widget)
        buttons.addStretch(1)
        buttons.addWidget(help_button("check"))
        content.setMinimumWidth(MINIMUM_WIDTH)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        for item in (StatusBadge(self._session), self._title, self._stale):
            layout.addWidget(item)
        layout.addLayout(buttons)
        layout.addWidget(self.view, 1)
        self._stale.hide()
        self.setWidget(content)

    def _connect(self, content: QWidget) -> None:
        session, view, pane = self._session, self.view, self.view.pane
        session.closed.connect(self.show_plan)
        for signal in (session.opened, session.reloaded, session.findings_changed):
            signal.connect(lambda: session.turns.run(self.show_plan))
        session.changed.connect(self._follow)
        self._runner.busy_changed.connect(self._enable)
        self.freshness.told.connect(self._tell_stale)
        self.freshness.automatic = self._automatic.isChecked()
        self._automatic.toggled.connect(self._switch_automatic)
        self._all.clicked.connect(self.check)
        self._changed.clicked.connect(self.check_changed)
        self._export.clicked.connect(self.export)
        view.chosen.connect(self._tell)
        view.gone_to.connect(self._go)
        pane.settle_wished.connect(self._settle)
        pane.explain_wished.connect(self._explain)
        pane.accept_wished.connect(self._accept)
        pane.acceptance_back_wished.connect(self._do(lambda rows: waivers.take_acceptance_back(session, _keys(rows))))
        pane.remove_wished.connect(self._do(lambda rows: waivers.remove(session, _keys(rows))))
        for keys, slot in (("E", self._explain), ("Ctrl+Z", session.undo), ("Ctrl+Y", session.redo), ("Ctrl+Shift+Z", session.redo)):
            shortcut = QShortcut(QKeySequence(keys), view.tree if keys == "E" else content)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self._guarded(slot))
        self.visibilityChanged.connect(lambda visible: None if visible else self.marker.clear())

    def _run(self, name: str, changed_only: bool) -> None:
        with self._teller.refusals():
            session = self._session
            path, scenario, data = session.path, session.scenario, session.data
            live = self.freshness.lend()

            def step(feedback: Feedback) -> tuple[CheckOutcome, LiveCheck | None]:
                return check_and_follow(path, feedback, scenario, data, session.alone, live if changed_only else None, changed_only)

            self._runner.start(name, session.followed(step), self._show_check)

    def _show_check(self, done: tuple[tuple[CheckOutcome, LiveCheck | None], FreshNews | None]) -> None:
        (outcome, live), fresh = done
        self.freshness.adopt(outcome.seconds, live)
        with self._session.turns.one_by_one():
            self._session.take(fresh)
            self._session.turns.run(self.front_wished.emit)
        counts = [outcome.count(severity) for severity in SEVERITIES]
        # One line of the message bar holds no more.
        said = self.tr("{0} serious, {1} important, {2} minor; {3} not checked.").format(*counts, len(outcome.not_checked))
        if outcome.record is None:
            said += " " + self.tr("Nothing has changed.")
        elif outcome.new is not None:
            said += " " + self.tr("{0} new, {1} gone.").format(outcome.new, outcome.gone)
        self._teller.done(said)

    def _told(self, rows: list[FindingRow]) -> str:
        if self._plan_rows is None:
            return self.tr("No plan is open.")
        run = self._plan_rows.run
        if run is None:
            return self.tr("The plan has not been checked yet. Press “Check all”.")
        when = local_time(str(run["at"]))
        return self.tr("Check of {0}").format(when) if rows else self.tr("Check of {0}: nothing found.").format(when)

    def _tell_stale(self, rules: list[str]) -> None:
        is_checked = self._plan_rows is not None and self._plan_rows.run is not None
        self._stale.setVisible(bool(rules) and is_checked)
        named = "、".join(rules[:NAMED_RULES]) + ("…" if len(rules) > NAMED_RULES else "")
        self._stale.setText(self.tr("The plan has changed: the findings of {0} rules may be out of date ({1}).").format(len(rules), named))
        self._stale.setToolTip("、".join(rules))
        self._enable()

    def _enable(self) -> None:
        is_free = self._session.is_open and not self._runner.is_busy
        is_checked = self._plan_rows is not None and self._plan_rows.run is not None
        self._all.setEnabled(is_free)
        self._changed.setEnabled(is_free and is_checked)
        self._export.setEnabled(is_checked)

    def _switch_automatic(self, on: bool) -> None:
        QgsSettings().setValue(_AUTOMATIC, on)
        self.freshness.automatic = on

    def _follow(self, change: Any) -> None:
        if {"roster_difference", "evidence"} & set(change.tables):
            self.show_plan()

    def _group_title(self, grouping: Grouping, row: FindingRow) -> str:
        if grouping is Grouping.RULE:
            rule = self._session.profile.rule(row.rule)
            return f"{row.rule} {rule.title}" if rule is not None else row.rule
        if self._plan_rows is not None and (row.village or row.township):
            return self._plan_rows.name_of("village", row.village) if row.village else self._plan_rows.name_of("township", row.township or "")
        return self.tr("Whole plan")

    def _tell(self, row: FindingRow | None) -> None:
        if row is None or not self._session.is_open:
            self.view.pane.clear()
            self.marker.clear()
            return
        told = waivers.told_of(self._session, row.key) if row.key else None
        can_be_settled = self._plan_rows is not None and row.difference in self._plan_rows.differences
        self.view.pane.show_finding(row, self._session.profile.rule(row.rule), told, can_be_settled, is_kept=True)

    def _go(self, row: FindingRow) -> None:
        if self._canvas is None or not self._session.is_open:
            return
        geometry = qgs_geometry(row.geom)
        self.marker.mark(geometry, self._session.data.crs, row.severity)
        if geometry is not None:
            go_to(self._canvas, [geometry], self._session.data.crs)
        else:
            self._layers.zoom(self._canvas, [row.village] if row.village else [], [row.hamlet] if row.hamlet else [])

    def _settle(self) -> None:
        row = self.view.model.finding(self.view.tree.currentIndex())
        if row is None or self._plan_rows is None:
            return
        with self._teller.refusals():
            ask_to_settle(self._session, self._plan_rows.differences[row.difference or ""], row.sentence, self)

    def _explain(self) -> None:
        from village_planner.gui.waiver_dialogs import ExplainDialog

        settled_otherwise = self._plan_rows.differences if self._plan_rows is not None else {}
        rows = [row for row in self.view.selected() if row.key and row.state != FIXED and row.difference not in settled_otherwise]
        if not rows:
            return
        with self._teller.refusals():
            told = waivers.told_of(self._session, rows[0].key) if len(rows) == 1 else None
            wants_evidence = any(needs_evidence(row.rule) for row in rows)
            dialog = ExplainDialog([row.sentence for row in rows], told.explanation if told else None, wants_evidence, self)
            if accepted(dialog):
                waivers.explain(self._session, _keys(rows), dialog.explanation())

    def _accept(self) -> None:
        from village_planner.gui.waiver_dialogs import AcceptDialog

        rows = [row for row in self.view.selected() if row.state == WAIVED]
        told = [waivers.told_of(self._session, row.key) for row in rows]
        dialog = AcceptDialog([item.explanation.reason for item in told if item is not None] or [""], self)
        with self._teller.refusals():
            if rows and accepted(dialog):
                waivers.accept(self._session, _keys(rows), *dialog.answer())

    def _do(self, action: Callable[[list[FindingRow]], None]) -> Callable[[], None]:
        return self._guarded(lambda: action([row for row in self.view.selected() if row.key]))

    def _guarded(self, action: Callable[[], Any]) -> Callable[..., None]:
        def run(*_: Any) -> None:
            with self._teller.refusals():
                action()

        return run


def _keys(rows: list[FindingRow]) -> list[str]:
    return [row.key for row in rows]
