"""The steps of the work in the 总览 dock: what is done, what is missing, and links to where it is dealt with."""

from __future__ import annotations

import html
from collections.abc import Sequence

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from village_planner.base import Message
from village_planner.desk.language import text
from village_planner.desk.overview import Line, Link, WorkStep

DONE_MARK, OPEN_MARK = "✓", "●"
DONE_COLOR, OPEN_COLOR = "#2e7d32", "#d9730d"


class StepList(QWidget):
    """One row per step; `wished` tells where a link leads."""

    wished = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self._titles = {
            "roster": self.tr("Roster"), "controls": self.tr("Control layers"), "decisions": self.tr("Classification"), "moves": self.tr("Moves"),
            "consents": self.tr("Consent"), "check": self.tr("Check"), "deliver": self.tr("Package"), "procedure": self.tr("Approval"),
            "ledger": self.tr("Implementation"),
        }  # fmt: skip
        self._rows: dict[str, tuple[QLabel, QLabel, QLabel]] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(5)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(2, 1)

    def show_steps(self, steps: Sequence[WorkStep]) -> None:
        """Show the steps in their order."""
        wanted = [step.id for step in steps]
        for gone in [name for name in self._rows if name not in wanted]:
            for label in self._rows.pop(gone):
                label.deleteLater()
        for number, step in enumerate(steps):
            mark, title, said = self._row(number, step.id)
            color = DONE_COLOR if step.is_done else OPEN_COLOR
            mark.setText(f'<span style="color:{color}">{DONE_MARK if step.is_done else OPEN_MARK}</span>')
            mark.setToolTip(self.tr("nothing is missing") if step.is_done else self.tr("something is missing"))
            title.setText(f"{number + 1} {self._titles[step.id]}")
            said.setText("<br>".join(_line(line) for line in step.lines))

    def text_of(self, step: str) -> str:
        """What is said of a step, as rich text; '' for a step that is not shown."""
        return self._rows[step][2].text() if step in self._rows else ""

    def set_stale(self, stale: bool) -> None:
        """Grey the steps while newer figures are on their way."""
        for _, title, said in self._rows.values():
            title.setEnabled(not stale)
            said.setEnabled(not stale)

    def _row(self, number: int, step: str) -> tuple[QLabel, QLabel, QLabel]:
        if step not in self._rows:
            mark, title, said = QLabel(), QLabel(), QLabel()
            said.setWordWrap(True)
            said.setTextFormat(Qt.TextFormat.RichText)
            said.setTextInteractionFlags(Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard)
            said.linkActivated.connect(self.wished)
            said.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
            self._rows[step] = (mark, title, said)
            for column, label in enumerate(self._rows[step]):
                label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
                self._grid.addWidget(label, number, column)
        return self._rows[step]


def _line(line: Line) -> str:
    said = html.escape(text(line.message))
    links = "、".join(_link(link) for link in line.links)
    shown = f"{said} {links}" if links else said
    return f"<b>{shown}</b>" if line.gap and not links else shown


def _link(link: Link) -> str:
    words = text(link.words) if isinstance(link.words, Message) else link.words
    return f'<a href="{html.escape(link.to)}">{html.escape(words)}</a>'
