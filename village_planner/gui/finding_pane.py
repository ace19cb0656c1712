"""The pane below the list of findings: everything about the chosen one, and what can be done about it."""

from __future__ import annotations

from html import escape

from qgis.PyQt.QtCore import QCoreApplication, pyqtSignal
from qgis.PyQt.QtWidgets import QGridLayout, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from village_planner.checks.waivers import DIED, FIXED, HOLDS
from village_planner.desk.help import manual_url
from village_planner.desk.waivers import Told
from village_planner.gui.finding_rows import FindingRow, fate_sentence, state_name
from village_planner.gui.manual_window import show_manual
from village_planner.standards.profile import RuleSetting
from village_planner.standards.provenance import certainty

LEAST_HEIGHT = 110
BUTTONS_IN_A_ROW = 3


class FindingPane(QWidget):
    """Shows a finding whole; its signals say what the planner or the reviewer wishes to do about it."""

    settle_wished = pyqtSignal()
    explain_wished = pyqtSignal()
    accept_wished = pyqtSignal()
    acceptance_back_wished = pyqtSignal()
    remove_wished = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.text = QTextBrowser()
        self.text.setMinimumHeight(LEAST_HEIGHT)
        self.text.document().setDocumentMargin(3)
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(lambda url: show_manual(url.toString(), self))
        self.settle = self._button(self.tr("Settle the difference…"), self.settle_wished)
        self.explain = self._button(self.tr("Explain…"), self.explain_wished, self.tr("Say why the finding stands, with evidence (key E)"))
        self.accept = self._button(self.tr("Accept…"), self.accept_wished, self.tr("As reviewer, accept the explanation"))
        self.acceptance_back = self._button(self.tr("Take acceptance back"), self.acceptance_back_wished)
        self.remove = self._button(self.tr("Take explanation back"), self.remove_wished)
        self._grid = QGridLayout()
        self._grid.setSpacing(3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.text, 1)
        layout.addLayout(self._grid)
        self.clear()

    def clear(self, sentence: str = "") -> None:
        """Show that nothing is chosen, or a sentence of what to do."""
        self.text.setPlainText(sentence or self.tr("Choose a finding to read it whole; the map goes there."))
        self._offer()

    def show_finding(self, row: FindingRow, rule: RuleSetting | None, told: Told | None = None, can_be_settled: bool = False, is_kept: bool = False) -> None:
        """Show a finding.

        rule: what the profile says of its rule, None where it does not know it. told: its explanation. is_kept: whether it is the
        open plan's, so that it can be explained.
        """
        lines = [
            *(_explanation_lines(told) if told is not None else []), (self.tr("Subject"), row.subject), (self.tr("Against"), row.other),
            (self.tr("Measured"), quantity(row.measure, row.unit)), (self.tr("Limit"), quantity(row.limit, row.unit)),
            (self.tr("State"), state_name(row) if is_kept else ""),
            (self.tr("Found first"), row.since + (self.tr(" (new)") if row.is_new else "")),
            (self.tr("Basis"), rule.basis if rule else ""), (self.tr("Rule is"), _certainty(rule) if rule else ""),
        ]
        cells = "".join(
            f"<tr><td style='color:#666;white-space:nowrap'>{escape(title)}&nbsp;&nbsp;</td><td>{escape(value)}</td></tr>"
            for title, value in lines if value
        )
        heading = " ".join(part for part in (row.severity, row.rule, rule.title if rule else "") if part)
        page = f"rules#{row.rule.lower()}"
        if rule is not None and manual_url(page) is not None:
            help_ = QCoreApplication.translate("FindingPane", "about this rule")
            link = f"&nbsp; <a href='{page}'>{escape(help_)}</a>"
        else:
            link = ""
        fate = fate_sentence(row)
        warning = f"<p style='margin:4px 0;color:#b30000'>{escape(fate)}</p>" if fate else ""
        self.text.setHtml(f"<b>{escape(heading)}</b>{link}<p style='margin:4px 0'>{escape(row.sentence)}</p>{warning}<table>{cells}</table>")
        stands = is_kept and row.is_finding and row.state != FIXED
        self.explain.setText(self.tr("Change explanation…") if told is not None and told.fate != DIED else self.tr("Explain…"))
        self._offer(
            (self.settle, can_be_settled), (self.explain, stands and not can_be_settled),
            (self.accept, stands and told is not None and told.fate == HOLDS and told.accepted_by is None),
            (self.acceptance_back, stands and told is not None and told.accepted_by is not None), (self.remove, stands and told is not None),
        )

    def _offer(self, *buttons: tuple[QPushButton, bool]) -> None:
        while self._grid.count():
            self._grid.takeAt(0)
        shown = [button for button, wanted in buttons if wanted]
        for button in (self.settle, self.explain, self.accept, self.acceptance_back, self.remove):
            button.setVisible(button in shown)
        for place, button in enumerate(shown):
            self._grid.addWidget(button, place // BUTTONS_IN_A_ROW, place % BUTTONS_IN_A_ROW)

    def _button(self, caption: str, wish: pyqtSignal, tip: str = "") -> QPushButton:
        button = QPushButton(caption, self)
        button.setToolTip(tip)
        button.clicked.connect(lambda *_: wish.emit())
        button.hide()
        return button


def _certainty(rule: RuleSetting) -> str:
    """How sure the rule's setting in the profile is: a planner may not take a proposal for a demand."""
    translate = QCoreApplication.translate
    words = {
        "sourced": translate("FindingPane", "from a public source"), "memory": translate("FindingPane", "remembered, to be checked against the text"),
        "proposal": translate("FindingPane", "a proposal of this program"),
    }  # fmt: skip
    return words[certainty(rule.confidence)]


def _explanation_lines(told: Told) -> list[tuple[str, str]]:
    translate = QCoreApplication.translate
    states = {
        "copied": translate("FindingPane", "copied into the plan file"), "same": translate("FindingPane", "linked"),
        "changed": translate("FindingPane", "linked, but the file has changed since"), "gone": translate("FindingPane", "linked, but the file is gone"),
        "unread": translate("FindingPane", "linked, but the file cannot be read"),
    }
    said = told.explanation
    accepted = f"{told.accepted_by} {told.accepted_at or ''}".strip() if told.accepted_by else ""
    return [
        (translate("FindingPane", "Reason"), said.reason), (translate("FindingPane", "Explained by"), f"{said.person} {said.date}"),
        (translate("FindingPane", "Evidence"), said.evidence or ""),
        *((translate("FindingPane", "Document"), f"{title}（{states.get(state, state)}）") for _, title, state in told.documents),
        (translate("FindingPane", "Accepted by"), accepted),
    ]


def quantity(value: float | None, unit: str | None) -> str:
    """A measure with its unit in words; empty where there is none."""
    if value is None:
        return ""
    if unit == "share":
        return f"{100 * value:,.1f} %"
    translate = QCoreApplication.translate
    names = {
        "m2": "m²", "m": "m", "households": translate("FindingPane", "households"), "persons": translate("FindingPane", "persons"),
        "villages": translate("FindingPane", "villages"), "persons/household": translate("FindingPane", "persons per household"),
        "m2/person": translate("FindingPane", "m² per person"), "m2/household": translate("FindingPane", "m² per household"),
        "deg": "°", "parts": translate("FindingPane", "parts"), "vertices": translate("FindingPane", "vertices"),
        "class": "",
    }
    number = f"{value:,.0f}" if unit in ("households", "persons", "villages", "parts", "vertices") else f"{value:,.2f}"
    return f"{number} {names.get(unit or '', unit or '')}".strip()
