"""Records the next step of the approval procedure, under the list of the steps so far."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QDate
from qgis.PyQt.QtWidgets import QCheckBox, QDateEdit, QWidget

from village_planner.desk.language import text
from village_planner.desk.procedure import ApprovalStep, next_statuses, takes_back
from village_planner.desk.session import PlanSession
from village_planner.gui.decisions import records
from village_planner.gui.dialogs import StepDialog
from village_planner.gui.forms import RecordTable
from village_planner.plan import Evidence
from village_planner.plan.schema import Status
from village_planner.plan.status import title

SIZE = (640, 560)
NOTICE_DAYS = 30
LIST_HEIGHT = 150


class ApprovalDialog(StepDialog):
    """Asks for the next step; what the procedure does not allow, the plan file refuses in words."""

    def __init__(self, session: PlanSession, serious: int | None, parent: QWidget | None = None) -> None:
        """serious: open findings of severity A of the adopted scenario, None where it was never checked."""
        super().__init__(parent)
        self._session, self._serious = session, serious
        status = session.status
        said = self.tr("The plan's status is “{0}”. A step that is recorded cannot be undone.").format(text(title(status)))
        self.explain(self.tr("Approval steps"), said, "overview#审批步骤")
        self.steps = RecordTable([self.tr("Date"), self.tr("Step"), self.tr("Document"), self.tr("Result"), self.tr("Person"), self.tr("Evidence")])
        self.steps.setMinimumHeight(LIST_HEIGHT)
        self.steps.show_records([(row["code"], self._cells(row)) for row in records(session.data.approval_step)])
        self._form.addRow(self.steps)
        self.to_status = self.add_choice(self.tr("Next step"), [(status.value, self._name(status)) for status in next_statuses(status)])
        self.date = self._add_date(self.tr("Date"))
        self.end_date = self._add_date(self.tr("Last day of the public notice"))
        self.document = self.add_text(self.tr("Document (number or name)"), needed=True)
        self.result = self.add_text(self.tr("Result"), needed=True)
        self.person = self.add_text(self.tr("Person in charge"), needed=True)
        self.legal_ground = self.add_text(self.tr("Legal ground of the revision"))
        self.evidence = self.add_file(self.tr("Evidence (file)"), self.tr("All files") + " (*)", QgsFileWidget.StorageMode.GetFile)
        self.copied = QCheckBox(self.tr("Keep a copy of the file in the plan"))
        self._form.addRow("", self.copied)
        self.to_status.currentIndexChanged.connect(self._show_fields)
        self.legal_ground.textChanged.connect(self._enable)
        self._show_fields()
        self.resize(*SIZE)

    def step(self) -> ApprovalStep:
        """What the planner stated."""
        to_status = Status(self.to_status.value())
        file = self.evidence.filePath().strip()
        return ApprovalStep(
            to_status, _iso(self.date), self.document.text().strip(), self.result.text().strip(), self.person.text().strip(),
            _iso(self.end_date) if self._has_end() else None, self.legal_ground.text().strip() if to_status is Status.REVISION else None,
            Evidence(Path(file), copied=self.copied.isChecked()) if file else None,
        )  # fmt: skip

    @property
    def warning(self) -> str:
        """What the planner should know of the chosen step."""
        return str(self._warning.text())

    def _show_fields(self, *_: Any) -> None:
        to_status = Status(self.to_status.value())
        for field, shown in ((self.end_date, self._has_end()), (self.legal_ground, to_status is Status.REVISION)):
            field.setVisible(shown)
            self._form.labelForField(field).setVisible(shown)
        entering_notice = to_status is Status.PUBLIC_NOTICE
        self._form.labelForField(self.date).setText(self.tr("First day of the public notice") if entering_notice else self.tr("Date"))
        if self._has_end():
            self._offer_end()
        self.warn(self._warned(to_status))
        self._enable()

    def _has_end(self) -> bool:
        """The last day of the notice is stated on entering it, and may be put right on leaving it."""
        to_status = Status(self.to_status.value())
        leaving = self._session.status is Status.PUBLIC_NOTICE and to_status is Status.COMMITTEE
        return to_status is Status.PUBLIC_NOTICE or leaving

    def _offer_end(self) -> None:
        notices = [row for row in records(self._session.data.approval_step) if row["to_status"] == Status.PUBLIC_NOTICE.value]
        if Status(self.to_status.value()) is Status.COMMITTEE and notices and notices[-1]["end_date"]:
            self.end_date.setDate(QDate.fromString(notices[-1]["end_date"], "yyyy-MM-dd"))
            return
        self.end_date.setDate(self.date.date().addDays(self._days() - 1))

    def _days(self) -> int:
        return int(self._session.data.info["public_notice_days"] or NOTICE_DAYS)

    def _warned(self, to_status: Status) -> str:
        said = []
        if to_status is Status.PUBLIC_NOTICE:
            said.append(self.tr("The notice lasts at least {0} days; its first and last day count.").format(self._days()))
        if to_status in (Status.SUBMITTED, Status.APPROVED) and self._serious != 0:
            unchecked = self.tr("The adopted scenario has not been checked.")
            many = self.tr("{0} serious findings (A) of the adopted scenario are open.").format(self._serious)
            said.append(unchecked if self._serious is None else many)
        if to_status is Status.APPROVED:
            said.append(self.tr("With the approval the decisions are locked and their state is kept."))
        if to_status is Status.REVISION:
            said.append(self.tr("A revision unlocks the decisions; the approved state stays, and every difference from it is reported."))
        if takes_back(self._session.status, to_status):
            said.append(self.tr("The plan goes back to drafting; the steps so far stay on record."))
        return "\n".join(said)

    def _name(self, status: Status) -> str:
        back = takes_back(self._session.status, status)
        return self.tr("back to drafting (退回修改)") if back else text(title(status))

    def _cells(self, row: dict[str, Any]) -> list[str]:
        until = self.tr(" to {0}").format(row["end_date"]) if row["end_date"] else ""
        kept = self._session.data.evidence
        mine = kept[(kept["subject_table"] == "approval_step") & (kept["subject_key"].map(lambda key: (key or {}).get("code")) == row["code"])]
        step = text(title(Status(row["to_status"])))
        step = f"{step}（{row['legal_ground']}）" if row["legal_ground"] else step
        return [f"{row['date']}{until}", step, row["document"], row["result"], row["person"], "、".join(map(str, mine["title"]))]

    def _add_date(self, caption: str) -> QDateEdit:
        field = QDateEdit(QDate.currentDate())
        field.setCalendarPopup(True)
        field.setDisplayFormat("yyyy-MM-dd")
        return self._add(caption, field, False)

    def _enable(self, *_: Any) -> None:
        super()._enable()
        if hasattr(self, "legal_ground") and Status(self.to_status.value()) is Status.REVISION and not self.legal_ground.text().strip():
            self._ok().setEnabled(False)


def _iso(field: QDateEdit) -> str:
    return str(field.date().toString("yyyy-MM-dd"))
