"""The pane below the list of findings: everything about the chosen one."""

from __future__ import annotations

from html import escape

from qgis.PyQt.QtCore import QCoreApplication, pyqtSignal
from qgis.PyQt.QtWidgets import QPushButton, QTextBrowser, QVBoxLayout, QWidget

from village_planner.gui.findings_model import FindingRow
from village_planner.standards.profile import RuleSetting

LEAST_HEIGHT = 120


class FindingPane(QWidget):
    """Shows a finding whole; `settle_wished` asks to settle the difference between rosters that it is about."""

    settle_wished = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.text = QTextBrowser()
        self.text.setMinimumHeight(LEAST_HEIGHT)
        self.text.document().setDocumentMargin(3)
        self.settle = QPushButton(self.tr("Settle the difference…"))
        self.settle.clicked.connect(self.settle_wished)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.settle)
        self.clear()

    def clear(self) -> None:
        """Show that nothing is chosen."""
        self.text.setPlainText(self.tr("Choose a finding to read it whole; the map goes there."))
        self.settle.hide()

    def show_finding(self, row: FindingRow, rule: RuleSetting | None, can_be_settled: bool) -> None:
        """Show a finding. rule: what the profile says of its rule, None where it does not know it."""
        lines = [
            (self.tr("Subject"), row.subject), (self.tr("Against"), row.other),
            (self.tr("Measured"), quantity(row.measure, row.unit)), (self.tr("Limit"), quantity(row.limit, row.unit)),
            (self.tr("Basis"), rule.basis if rule else ""),
        ]
        cells = "".join(
            f"<tr><td style='color:#666'>{escape(title)}&nbsp;&nbsp;</td><td>{escape(value)}</td></tr>" for title, value in lines if value
        )
        heading = " ".join(part for part in (row.severity, row.rule, rule.title if rule else "") if part)
        self.text.setHtml(f"<b>{escape(heading)}</b><p style='margin:4px 0'>{escape(row.sentence)}</p><table>{cells}</table>")
        self.settle.setVisible(can_be_settled)


def quantity(value: float | None, unit: str | None) -> str:
    """A measure with its unit in words; empty where there is none."""
    if value is None:
        return ""
    if unit == "share":
        return f"{100 * value:,.1f} %"
    names = {
        "m2": "m²", "m": "m",
        "m2/household": QCoreApplication.translate("FindingPane", "m² per household"),
        "m2/person": QCoreApplication.translate("FindingPane", "m² per person"),
        "households": QCoreApplication.translate("FindingPane", "households"),
        "persons": QCoreApplication.translate("FindingPane", "persons"),
        "persons/household": QCoreApplication.translate("FindingPane", "persons per household"),
    }
    number = f"{value:,.0f}" if unit in ("households", "persons") else f"{value:,.2f}"
    return f"{number} {names.get(unit or '', unit or '')}".strip()
