"""The dialogs that ask why findings stand, and who accepts that."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qgis.PyQt.QtCore import QDate
from qgis.PyQt.QtWidgets import QCheckBox, QDateEdit, QPlainTextEdit, QWidget

from village_planner.desk.steps import who
from village_planner.desk.waivers import Explanation
from village_planner.gui.dialogs import StepDialog
from village_planner.plan import Evidence

REASON_HEIGHT = 90
DATE_FORMAT = "yyyy-MM-dd"


class _WaiverDialog(StepDialog):
    """What both dialogs share: a person and a day."""

    def add_day(self, title: str, day: str | None = None) -> QDateEdit:
        """A day; today where none is given."""
        field = QDateEdit(QDate.fromString(day, DATE_FORMAT) if day else QDate.currentDate())
        field.setCalendarPopup(True)
        field.setDisplayFormat(DATE_FORMAT)
        return self._add(title, field, False)


class ExplainDialog(_WaiverDialog):
    """Asks for reason, person, date and evidence."""

    def __init__(self, sentences: Sequence[str], present: Explanation | None, needs_evidence: bool, parent: QWidget | None = None) -> None:
        """sentences: what the findings say. present: the explanation that is to be changed. needs_evidence: whether the rule asks for it."""
        super().__init__(parent)
        note = sentences[0] if len(sentences) == 1 else self.tr("{0} findings get the same explanation. The first: {1}").format(len(sentences), sentences[0])
        if needs_evidence:
            note += "\n" + self.tr("Without evidence this finding stays open: name the document of the prior review.")
        self.explain(self.tr("Explain findings"), note, "check#例外说明（举证）")
        self.reason = QPlainTextEdit(present.reason if present else "")
        self.reason.setMinimumHeight(REASON_HEIGHT)
        self.reason.setTabChangesFocus(True)
        self.reason.textChanged.connect(self._enable)
        self._add(self.tr("Reason"), self.reason, True)
        self.person = self.add_text(self.tr("Explained by"), present.person if present else who(), needed=True)
        self.day = self.add_day(self.tr("Date"), present.date if present else None)
        self.evidence = self.add_text(self.tr("Evidence"), (present.evidence or "") if present else "")
        self.evidence.setPlaceholderText(self.tr("Title and number of the document"))
        self.file = self.add_file(self.tr("Document"))
        self.copied = QCheckBox(self.tr("Copy into the plan file"))
        self.copied.setToolTip(self.tr("Else the document is linked, and its checksum tells when it was changed"))
        self._add("", self.copied, False)
        self.copied.setEnabled(False)
        self.file.fileChanged.connect(lambda path: self.copied.setEnabled(bool(path.strip())))
        self.resize(560, 420)

    def explanation(self) -> Explanation:
        """What stands in the fields."""
        path = self.file.filePath().strip()
        return Explanation(
            self.reason.toPlainText().strip(), self.person.text().strip(), self.day.date().toString(DATE_FORMAT), self.evidence.text().strip() or None,
            Evidence(Path(path), copied=self.copied.isChecked()) if path else None,
        )


class AcceptDialog(_WaiverDialog):
    """Asks which reviewer accepts explanations, and when."""

    def __init__(self, reasons: Sequence[str], parent: QWidget | None = None) -> None:
        """reasons: of the explanations that are accepted."""
        super().__init__(parent)
        note = reasons[0] if len(reasons) == 1 else self.tr("{0} explanations. The first: {1}").format(len(reasons), reasons[0])
        self.explain(self.tr("Accept explanations"), note, "check#例外说明（举证）")
        self.reviewer = self.add_text(self.tr("Reviewer"), who(), needed=True)
        self.day = self.add_day(self.tr("Date"))

    def answer(self) -> tuple[str, str]:
        """Reviewer and day (ISO)."""
        return self.reviewer.text().strip(), self.day.date().toString(DATE_FORMAT)
