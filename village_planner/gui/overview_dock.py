"""The 总览 dock: where the plan stands, what is missing, and its figures at a glance."""

from __future__ import annotations

from typing import Any

from qgis.gui import QgsCollapsibleGroupBoxBasic, QgsDockWidget
from qgis.PyQt.QtCore import QSize, pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from village_planner.base import Message
from village_planner.desk.figures import LiveFigure, Snapshot
from village_planner.desk.land_figures import LandFigures, land_figures
from village_planner.desk.language import local_time, text
from village_planner.desk.overview import SEVERITIES, Bar, Overview, overview
from village_planner.desk.session import PlanSession
from village_planner.gui.bars import BarList, ShownBar
from village_planner.gui.forms import scrolled
from village_planner.gui.help_button import help_button
from village_planner.gui.land_pane import LandPane
from village_planner.gui.running import StepRunner
from village_planner.gui.scenario_bar import ScenarioBar
from village_planner.gui.status_badge import StatusBadge
from village_planner.gui.step_list import StepList
from village_planner.gui.telling import Teller
from village_planner.gui.welcome import Welcome
from village_planner.plan.status import title as status_title

MINIMUM_WIDTH = 380
LIGHT_MS, HEAVY_MS = 150, 700
LAND_TABLES = ("plan", "scenario", "action", "move", "township", "village", "hamlet", "patch", "site", "control_layer", "quota")
SEVERITY_COLORS = {"A": "#c62828", "B": "#ef8a1d", "C": "#8d8d8d"}


class OverviewDock(QgsDockWidget):
    """Shows a sum of the scenario; `wished` carries where a link or button leads (see desk/overview.py: Link.to)."""

    wished = pyqtSignal(str)

    def __init__(self, session: PlanSession, teller: Teller, runner: StepRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("VillagePlannerOverview")
        self.setWindowTitle(self.tr("Plan"))
        self._session = session
        self.shown: Overview | None = None
        self._outdated = 0
        self.welcome = Welcome()
        self.scenario_bar = ScenarioBar(session, teller, runner)
        self.steps, self.land = StepList(), LandPane()
        self.categories, self.phases, self.findings = BarList(), BarList(), BarList()
        self._buttons: dict[str, QPushButton] = {}
        self._lay_out()
        self._light = LiveFigure(session, self.tr("Overview of the plan"), _sum_up, LIGHT_MS, parent=self)
        self._heavy = LiveFigure(session, self.tr("Land balance"), _balance, HEAVY_MS, LAND_TABLES, self)
        self._connect()
        self._show_whether_open()

    def sizeHint(self) -> QSize:
        """As wide as the other docks."""
        return QSize(MINIMUM_WIDTH + 20, 560)

    @property
    def is_waiting(self) -> bool:
        """Whether some figures that are shown are older than the plan."""
        return self._light.is_stale or self._heavy.is_stale

    def set_outdated(self, rules: list[str]) -> None:
        """Take over which rules may find something else now than at the last check."""
        self._outdated = len(rules)
        if self.shown is not None:
            self._show_findings(self.shown)

    def _lay_out(self) -> None:
        self._title, self._state, self._checked = QLabel(), QLabel(), QLabel()
        for label in (self._title, self._state, self._checked):
            label.setWordWrap(True)
        self._title.setStyleSheet("font-weight: bold;")
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(help_button("overview"))
        body = QWidget()
        sections = QVBoxLayout(body)
        sections.setContentsMargins(0, 0, 4, 0)
        for title, widgets in (
            (self.tr("Steps of the work"), [self.steps]), (self.tr("Villages by category"), [self.categories]),
            (self.tr("Households to move by phase"), [self.phases]), (self.tr("Open findings"), [self.findings, self._checked]),
            (self.tr("Village construction land"), [self.land]),
        ):
            sections.addWidget(_section(title, widgets))
        sections.addStretch(1)
        self._body = QWidget()
        layout = QVBoxLayout(self._body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._state)
        layout.addWidget(StatusBadge(self._session))
        layout.addWidget(self.scenario_bar)
        layout.addWidget(scrolled(body), 1)
        layout.addLayout(self._button_row())
        content = QWidget()
        content.setMinimumWidth(MINIMUM_WIDTH)
        outer = QVBoxLayout(content)
        outer.setContentsMargins(4, 4, 4, 4)
        outer.addWidget(self.welcome)
        outer.addWidget(self._body)
        self.setWidget(content)

    def _button_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for name, caption in (
            ("approve", self.tr("Approval steps…")), ("revision", self.tr("Compare with approval…")), ("ledger", self.tr("Ledger…")),
        ):
            self._buttons[name] = QPushButton(caption)
            self._buttons[name].clicked.connect(lambda _=False, name=name: self.wished.emit(name))
            row.addWidget(self._buttons[name])
        return row

    def _connect(self) -> None:
        session = self._session
        for signal in (session.opened, session.closed, session.reloaded):
            signal.connect(self._show_whether_open)
        session.changed.connect(self._follow)
        self._light.stale.connect(lambda: self._grey((self.steps, self.categories, self.phases, self.findings), True))
        self._light.ready.connect(self._show)
        self._light.failed.connect(lambda message: self._checked.setText(text(message)))
        self._heavy.stale.connect(lambda: self.land.set_stale(True))
        self._heavy.ready.connect(self._show_land)
        self._heavy.failed.connect(self._tell_land)
        self.steps.wished.connect(self.wished)
        self.scenario_bar.compare_wished.connect(lambda: self.wished.emit("compare"))
        self.visibilityChanged.connect(self._look)

    def _look(self, visible: bool) -> None:
        for figure in (self._light, self._heavy):
            figure.set_active(visible)

    def _show_whether_open(self) -> None:
        is_open = self._session.is_open
        self.welcome.setVisible(not is_open)
        self._body.setVisible(is_open)
        if not is_open:
            self.shown = None
            return
        self._show_head()

    def _follow(self, change: Any) -> None:
        if set(change.tables) & {"plan", "scenario", "approval_step"}:
            self._show_head()

    def _show_head(self) -> None:
        session = self._session
        self._title.setText(str(session.data.info["title"]))
        adopted = self.scenario_bar.scenarios.title(session.data.scenario)
        self._state.setText(self.tr("Status: {0}; adopted: {1}").format(text(status_title(session.status)), adopted))
        self.scenario_bar.load()
        approved = (session.data.approval_step["to_status"] == "approved").any()
        reasons = {
            "revision": "" if approved else self.tr("The plan has not been approved yet: there is nothing to compare with."),
            "ledger": "" if approved else self.tr("The ledger is kept once the plan is approved."),
        }
        for name, reason in reasons.items():
            self._buttons[name].setEnabled(not reason)
            self._buttons[name].setToolTip(reason)

    def _show(self, value: Overview) -> None:
        self.shown = value
        self.steps.show_steps(value.steps)
        unclassified = self.tr("none yet")
        self.categories.show_bars([_shown_bar(bar, bar.name or unclassified, self.tr("{0} villages")) for bar in value.categories])
        unphased = self.tr("unphased")
        self.phases.show_bars([_shown_bar(bar, bar.name or unphased, self.tr("{0} households")) for bar in value.phases])
        self._show_findings(value)
        self._grey((self.steps, self.categories, self.phases, self.findings), False)

    def _show_findings(self, value: Overview) -> None:
        names = {"A": self.tr("A serious"), "B": self.tr("B important"), "C": self.tr("C minor")}
        found = value.findings or {}
        self.findings.setVisible(value.findings is not None)
        self.findings.show_bars([ShownBar(names[s], found.get(s, 0), str(found.get(s, 0)), SEVERITY_COLORS[s]) for s in SEVERITIES])
        if value.findings is None:
            self._checked.setText(self.tr("This scenario has not been checked yet."))
            return
        said = [self.tr("Check of {0}; {1} explained").format(local_time(value.checked_at), value.excused)]
        if self._outdated:
            said.append(self.tr("The plan has changed since: {0} rules may find something else now.").format(self._outdated))
        if value.not_checked:
            said.append(self.tr("{0} rules were not checked:").format(len(value.not_checked)))
            said += [f"· {text(message)}" for message in value.not_checked]
        self._checked.setText("\n".join(said))

    def _show_land(self, value: LandFigures) -> None:
        self.land.show_balance(value.balance, [text(line) for line in (*([value.farmland] if value.farmland else ()), *value.limits)])
        self.land.set_stale(False)

    def _tell_land(self, message: Message) -> None:
        self.land.tell(text(message))

    def _grey(self, widgets: Any, stale: bool) -> None:
        for widget in widgets:
            widget.set_stale(stale)


def _sum_up(snapshot: Snapshot, _: Any) -> Overview:
    return overview(snapshot.data, snapshot.profile, snapshot.scenario, snapshot.inside)


def _balance(snapshot: Snapshot, feedback: Any) -> LandFigures:
    return land_figures(snapshot.data, snapshot.layers(), snapshot.profile, snapshot.scenario, feedback)


def _shown_bar(bar: Bar, name: str, unit: str) -> ShownBar:
    note = f"　{text(bar.note)}" if bar.note is not None else ""
    return ShownBar(name, bar.value, unit.format(bar.value) + note, bar.color, bar.done)


def _section(title: str, widgets: list[QWidget]) -> QgsCollapsibleGroupBoxBasic:
    box = QgsCollapsibleGroupBoxBasic(title)
    inner = QVBoxLayout(box)
    inner.setContentsMargins(6, 4, 4, 4)
    inner.setSpacing(3)
    for widget in widgets:
        inner.addWidget(widget)
    return box
