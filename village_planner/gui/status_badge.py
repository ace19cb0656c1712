"""Says on top of a dock that the plan is locked, or that a revision is open."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QLabel

from village_planner.desk.language import text
from village_planner.desk.session import PlanSession
from village_planner.plan.schema import Status
from village_planner.plan.status import title

_STYLE = "QLabel {{ background: {0}; color: white; border-radius: 3px; padding: 2px 6px; }}"
LOCKED_COLOR, REVISION_COLOR = "#a33b3b", "#9a6a00"


class StatusBadge(QLabel):
    """Hidden while the plan is drafted or reviewed."""

    def __init__(self, session: PlanSession) -> None:
        super().__init__()
        self._session = session
        self.setWordWrap(True)
        self.hide()
        for signal in (session.opened, session.closed, session.reloaded):
            signal.connect(self._tell)
        session.changed.connect(self._tell)

    def _tell(self, *_: object) -> None:
        session = self._session
        locked = session.is_open and session.is_locked
        self.setVisible(locked or (session.is_open and session.status is Status.REVISION))
        if self.isHidden():
            return
        said = self.tr("{0}: the decisions are locked") if locked else self.tr("{0}: a revision is open, differences are kept on record")
        self.setText(said.format(text(title(session.status))))
        why = self.tr("The plan is approved. To change categories, actions, moves or sites, record a revision with its legal ground in the Plan dock.")
        self.setToolTip(why if locked else "")
        self.setStyleSheet(_STYLE.format(LOCKED_COLOR if locked else REVISION_COLOR))
