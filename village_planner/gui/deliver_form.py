"""The form that says which package is wished: edition, mode, scenario, formats, contact, folder."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsSettings
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QCheckBox, QFormLayout, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from village_planner.delivery import FORMATS, PackageRequest, default_formats, possible_formats, required_formats
from village_planner.delivery.readiness import DRAFT, FORMAL, Wish
from village_planner.desk.session import PlanSession
from village_planner.gui.forms import CodeCombo
from village_planner.plan.schema import Status

FORMATS_IN_A_ROW = 2
_CONTACT, _FOLDER = "village_planner/contact", "village_planner/package_folder"


class DeliverForm(QWidget):
    """`changed` says that another package is wished."""

    changed = pyqtSignal()

    def __init__(self, session: PlanSession) -> None:
        super().__init__()
        self._session = session
        self.edition, self.mode, self.scenario = CodeCombo(), CodeCombo(), CodeCombo()
        self.person = QLineEdit(QgsSettings().value(_CONTACT, ""))
        self.person.setPlaceholderText(self.tr("Contact for questions, in the metadata; never in a notice edition"))
        self.folder = QgsFileWidget()
        self.folder.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.formats = {name: QCheckBox(title) for name, title in self._format_titles().items() if name in FORMATS}
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        for place, box in enumerate(self.formats.values()):
            grid.addWidget(box, place // FORMATS_IN_A_ROW, place % FORMATS_IN_A_ROW)
            box.setChecked(True)
        self.control_lines = QCheckBox(self.tr("Deliver the control lines too"))
        self.control_lines.setToolTip(self.tr("Take the tick off where control lines must not leave the office; a notice edition never has them"))
        self.control_lines.setChecked(True)
        self.mode.set_choices([(DRAFT, self.tr("Draft")), (FORMAL, self.tr("Formal"))])
        self.mode.setToolTip(self.tr("A draft is always possible and says so. A formal package is refused while a serious finding is open."))
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setVerticalSpacing(4)
        for title, field in (
            (self.tr("Edition"), self.edition), (self.tr("Mode"), self.mode), (self.tr("Scenario"), self.scenario), (self.tr("Formats"), grid),
            ("", self.control_lines), (self.tr("Contact"), self.person), (self.tr("Folder"), self.folder),
        ):
            form.addRow(title, field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)
        for combo in (self.edition, self.mode, self.scenario):
            combo.currentIndexChanged.connect(lambda *_: self.changed.emit())
        self.mode.currentIndexChanged.connect(lambda *_: self._require_formats())
        for box in (*self.formats.values(), self.control_lines):
            box.toggled.connect(lambda *_: self.changed.emit())
        self.folder.fileChanged.connect(lambda *_: self.changed.emit())

    def load(self, anew: bool) -> None:
        """Offer the editions of the profile and the scenarios. anew: for another plan, else the choices stay where they can."""
        session = self._session
        edition, scenario = (None, None) if anew else (self.edition.value(), self.scenario.value())
        editions = session.profile.package.editions
        self.edition.set_choices(editions.items())
        self.edition.set_value(edition or _edition_at(Status(session.data.info["status"]), list(editions)))
        scenarios = session.data.tables["scenario"]
        self.scenario.set_choices(zip(scenarios["code"], scenarios["title"]))
        self.scenario.set_value(scenario if scenario in set(scenarios["code"]) else session.scenario)
        if anew:
            wanted = default_formats(session.profile)
            for name, box in self.formats.items():
                box.setChecked(name in wanted)
            kept = QgsSettings().value(_FOLDER, "")
            self.folder.setFilePath(kept if kept and Path(kept).is_dir() else str(session.path.parent))
        self._require_formats()

    def wish(self) -> Wish:
        """What is wished, as the readiness wants it."""
        path = self.folder.filePath().strip()
        return Wish(self.edition.value(), self.mode.value(), self._chosen_formats(), self.scenario.value(), Path(path) if path else None)

    def request(self) -> PackageRequest:
        """What is wished, as the package wants it; contact and folder are proposed again next time."""
        wish = self.wish()
        settings = QgsSettings()
        settings.setValue(_CONTACT, self.person.text().strip())
        settings.setValue(_FOLDER, str(wish.folder or ""))
        return PackageRequest(
            plan=self._session.path, folder=wish.folder or self._session.path.parent, mode=wish.mode, edition=wish.edition,
            formats=tuple(wish.formats), scenario=wish.scenario, person=self.person.text().strip(),
            control_lines=self.control_lines.isChecked(),
        )

    def _require_formats(self) -> None:
        """Tick the formats that the profile requires in this mode, which cannot be left out, and take the tick off those that it has no place for."""
        if not self._session.is_open:
            return
        required, possible = required_formats(self._session.profile, self.mode.value()), possible_formats(self._session.profile, self._session.data)
        for name, box in self.formats.items():
            box.setEnabled(name in possible and name not in required)
            box.setChecked((box.isChecked() and name in possible) or name in required)

    def _chosen_formats(self) -> tuple[str, ...]:
        return tuple(name for name, box in self.formats.items() if box.isChecked())

    def _format_titles(self) -> dict[str, str]:
        return {
            "gpkg": "GeoPackage", "gdb": "FileGDB", "shp": "Shapefile", "vct": "VCT", "xlsx": self.tr("Tables (xlsx)"),
            "csv": self.tr("Tables as lists (csv)"), "docx": self.tr("Texts (docx)"), "pdf": self.tr("Texts as PDF"), "sheets": self.tr("Map sheets"),
            "atlas": self.tr("Map sheets of each township"),
        }


def _edition_at(status: Status, editions: list[str]) -> str | None:
    """The edition that the plan's status asks for next; the first of the profile where it does not know that one."""
    wanted = {
        Status.DRAFTING: "consultation", Status.CONSULTATION: "consultation", Status.EXPERT_REVIEW: "notice", Status.PUBLIC_NOTICE: "submission",
        Status.COMMITTEE: "approval", Status.SUBMITTED: "approval", Status.REVISION: "consultation",
    }.get(status, "final")
    return wanted if wanted in editions else (editions[0] if editions else None)
