"""The choice of a profile (成果标准): one that ships, or a folder of one's own; and which parts of it are proposals."""

from __future__ import annotations

from html import escape
from pathlib import Path

from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QHBoxLayout, QMessageBox, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from village_planner.base import PlannerError, render
from village_planner.gui.forms import CodeCombo
from village_planner.standards import Profile, load_profile, profile_ids
from village_planner.standards.provenance import CERTAINTIES, certainties, statements

_COLORS = {"sourced": "#1a7f37", "memory": "#9a6700", "proposal": "#b35900"}


class ProfileChoice(QWidget):
    """A combo box of profiles with a button for a folder of one's own, and one that tells what the chosen profile stands on.

    nothing: what stands for None, the profile that something else names; without it there is always one.
    """

    def __init__(self, nothing: str | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.combo = CodeCombo()
        self.combo.set_choices([(name, load_profile(name).title) for name in profile_ids()], nothing)
        self.combo.set_value(None if nothing is not None else "layout-2035")
        self.folder, self.about = QPushButton(self.tr("Folder…")), QPushButton("i")
        self.folder.setToolTip(self.tr("Choose the folder of a profile of your own"))
        self.about.setToolTip(self.tr("What of this profile has a public source, and what is a proposal"))
        self.about.setMaximumWidth(28)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget, stretch in ((self.combo, 1), (self.folder, 0), (self.about, 0)):
            layout.addWidget(widget, stretch)
        self.folder.clicked.connect(lambda *_: self._choose_folder())
        self.about.clicked.connect(lambda *_: self._tell())
        self.combo.currentIndexChanged.connect(lambda *_: self._enable())
        self._enable()

    def value(self) -> str | None:
        """Id of a profile that ships, path of a folder, or None."""
        chosen = self.combo.value()
        return None if chosen is None else str(chosen)

    def offer_folder(self, folder: Path) -> None:
        """Offer and choose the profile of a folder. Raises InputError where it is none or a wrong one; the choice is then as before."""
        title = load_profile(folder).title
        if self.combo.findData(str(folder)) < 0:
            self.combo.addItem(f"{title}（{folder.name}）", str(folder))
        self.combo.set_value(str(folder))

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, self.tr("Folder of a profile (it holds profile.json)"))
        if not path:
            return
        try:
            self.offer_folder(Path(path))
        except PlannerError as error:
            QMessageBox.warning(self, self.tr("Profile"), render(error.message))

    def _enable(self) -> None:
        self.about.setEnabled(self.value() is not None)
        self.combo.setToolTip(self.combo.currentText())

    def _tell(self) -> None:
        dialog = ProvenanceDialog(load_profile(self.value() or ""), self)
        dialog.exec()


class ProvenanceDialog(QDialog):
    """Lists what a profile states, with source and certainty: proposals first."""

    def __init__(self, profile: Profile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(profile.title)
        self.text = QTextBrowser()
        self.text.setHtml(provenance_html(profile))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(self.tr("Close"))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.text, 1)
        layout.addWidget(buttons)
        self.resize(860, 620)


def provenance_html(profile: Profile) -> str:
    """The page of a profile: the counts, then a table for each certainty, what is least sure first."""
    parts = _part_names()
    counts = certainties(profile)
    found = statements(profile)
    words = {word: profile.texts.get(word, word) for word in CERTAINTIES}
    head = "　".join(f"<span style='color:{_COLORS[word]}'>{escape(words[word])}</span> {counts[word]}" for word in CERTAINTIES)
    lineage = " ← ".join(profile.lineage)
    page = [f"<h3>{escape(profile.title)}</h3><p>{escape(profile.id)} {escape(profile.version)}　{escape(lineage)}</p><p>{head}</p>"]
    for word in reversed(CERTAINTIES):
        cells = [(parts[one.part], one.id, one.title, one.value, one.source) for one in found if one.certainty == word]
        rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in cells)
        page.append(f"<h4 style='color:{_COLORS[word]}'>{escape(words[word])}（{counts[word]}）</h4>")
        page.append(f"<table border='1' cellspacing='0' cellpadding='3'>{rows}</table>")
    return "".join(page)


def _part_names() -> dict[str, str]:
    translate = QCoreApplication.translate
    return {
        "value": translate("ProfileChoice", "Value"), "rule": translate("ProfileChoice", "Rule"), "layer": translate("ProfileChoice", "Layer"),
        "field": translate("ProfileChoice", "Field"), "code": translate("ProfileChoice", "Code"), "table": translate("ProfileChoice", "Table"),
        "sheet": translate("ProfileChoice", "Map sheet"), "package": translate("ProfileChoice", "Package"),
    }  # fmt: skip
