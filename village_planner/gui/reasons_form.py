"""The form for grounds and basis of what is decided."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QFormLayout, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from village_planner.desk.session import Reasons

GROUNDS_HEIGHT = 64


class ReasonsForm(QWidget):
    """Shows what the selected villages or hamlets have in common and hands over what the planner writes."""

    saved = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        form = QFormLayout()
        self._subject = QLabel()
        self._subject.setWordWrap(True)
        self._grounds = QPlainTextEdit()
        self._grounds.setMaximumHeight(GROUNDS_HEIGHT)
        self._grounds.setTabChangesFocus(True)
        self._basis = QLineEdit()
        self._save = QPushButton(self.tr("Save grounds"))
        self._save.clicked.connect(lambda: self.saved.emit(self.reasons()))
        layout.addWidget(self._subject)
        layout.addLayout(form)
        layout.addStretch(1)
        form.addRow(self.tr("Grounds"), self._grounds)
        form.addRow(self.tr("Basis"), self._basis)
        form.addRow("", self._save)

    def show_reasons(self, subject: str, stated: list[Reasons]) -> None:
        """Show whose reasons these are; where several differ the field is empty and says so."""
        self._subject.setText(subject)
        self._save.setEnabled(bool(stated))
        for name, field in (("grounds", self._grounds), ("basis", self._basis)):
            values = {getattr(reasons, name) or "" for reasons in stated}
            common = values.pop() if len(values) == 1 else ""
            _set_text(field, common)
            field.setPlaceholderText(self.tr("several values") if values and not common else "")
            field.setEnabled(bool(stated))

    def reasons(self) -> Reasons:
        """What stands in the form."""
        return Reasons(self._grounds.toPlainText().strip() or None, self._basis.text().strip() or None)


def _set_text(field: Any, text: str) -> None:
    field.setPlainText(text) if isinstance(field, QPlainTextEdit) else field.setText(text)
