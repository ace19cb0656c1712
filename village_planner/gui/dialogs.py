"""The dialogs that ask what a step needs; each gives back values, or None when the planner cancels."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QPlainTextEdit, QSpinBox, QVBoxLayout, QWidget

from village_planner.base import InputError
from village_planner.desk.sources import container_of, layers_in
from village_planner.gui.forms import CodeCombo, scrolled
from village_planner.gui.help_button import add_help
from village_planner.gui.profile_choice import ProfileChoice
from village_planner.standards import Profile

FIRST_YEAR, LAST_YEAR = 1990, 2100


class StepDialog(QDialog):
    """A form over OK and Cancel; OK is enabled when every field that is needed is filled."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(520)
        body = QWidget()
        self._form = QFormLayout(body)
        self._needed: list[Any] = []
        self._note, self._warning = WholeLabel(), WholeLabel()
        self._warning.hide()
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        # Qt's own Chinese is missing from some installations. `self.tr` would look under the name of the subclass.
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setText(QCoreApplication.translate("StepDialog", "OK"))
        self._buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(QCoreApplication.translate("StepDialog", "Cancel"))
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self._note)
        layout.addWidget(scrolled(body), 1)
        layout.addWidget(self._warning)
        layout.addWidget(self._buttons)

    def explain(self, title: str, note: str, page: str) -> None:
        """Name the dialog and say what the step does. page: of the manual (name or name#heading), for the help button."""
        self.setWindowTitle(title)
        self._note.setText(note)
        add_help(self._buttons, page)

    def warn(self, warning: str) -> None:
        """Say above the buttons, where nothing scrolls, what the planner should know before OK; '' for nothing."""
        self._warning.setText(warning)
        self._warning.setVisible(bool(warning))

    def add_text(self, title: str, value: str = "", needed: bool = False) -> QLineEdit:
        """A line of text."""
        field = QLineEdit(value)
        field.textChanged.connect(self._enable)
        return self._add(title, field, needed)

    def add_file(self, title: str, file_filter: str = "", mode: Any = QgsFileWidget.StorageMode.GetFile, needed: bool = False) -> QgsFileWidget:
        """A file or folder to choose."""
        field = QgsFileWidget()
        field.setStorageMode(mode)
        field.setFilter(file_filter)
        field.fileChanged.connect(self._enable)
        return self._add(title, field, needed)

    def add_choice(self, title: str, choices: Iterable[tuple[Any, str]], nothing: str | None = None) -> CodeCombo:
        """One of some codes."""
        field = CodeCombo()
        field.set_choices(choices, nothing)
        return self._add(title, field, False)

    def add_year(self, title: str, value: int) -> QSpinBox:
        """A year."""
        field = QSpinBox()
        field.setRange(FIRST_YEAR, LAST_YEAR)
        field.setValue(value)
        return self._add(title, field, False)

    def _add(self, title: str, field: Any, needed: bool) -> Any:
        self._form.addRow(f"{title} *" if needed else title, field)
        if needed:
            self._needed.append(field)
        self._enable()
        return field

    def _enable(self, *_: Any) -> None:
        self._ok().setEnabled(all(filled(field) for field in self._needed))

    def _ok(self) -> Any:
        return self._buttons.button(QDialogButtonBox.StandardButton.Ok)


class NewPlanDialog(StepDialog):
    """Asks for what `createplan` needs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.explain(
            self.tr("New plan"),
            self.tr(
                "The source files are only read. Columns are recognised by name and content; a report tells what was taken and what was not. "
                "Of a geodatabase (.gdb) choose any file in its folder."
            ),
            "first-plan",
        )
        tables = self.tr("Tables") + " (*.xlsx *.xls *.csv *.dbf);;" + self.tr("All files") + " (*)"
        layers = self.tr("Vector layers") + " (*.shp *.gpkg *.geojson *.json *.zip);;" + self.tr("All files") + " (*)"
        self.plan = self.add_file(self.tr("Save plan as"), self.tr("Plan file") + " (*.gpkg)", QgsFileWidget.StorageMode.SaveFile, needed=True)
        self.plan.setConfirmOverwrite(True)
        self.title = self.add_text(self.tr("Title of the plan"), needed=True)
        self.profile = self._add(self.tr("Profile"), ProfileChoice(), False)
        self.county = self.add_text(self.tr("County code"))
        self.base_year = self.add_year(self.tr("Base year"), min(2020, date.today().year))
        self.phases = self.add_text(self.tr("Target years"), "2020,2021,2022,2025,2035", needed=True)
        self.roster = self.add_file(self.tr("Village roster"), tables)
        self.other_rosters = self.add_file(self.tr("Other rosters"), tables, QgsFileWidget.StorageMode.GetMultipleFiles)
        self.villages = self.add_file(self.tr("Village polygons"), layers)
        self.townships = self.add_file(self.tr("Township polygons"), layers)
        self.patches = self.add_file(self.tr("Settlement patches"), layers)
        self.land_use = self.add_file(self.tr("or land-use layer"), layers)
        self.resize(560, 600)


class ControlDialog(StepDialog):
    """Asks for what `addcontrol` needs."""

    def __init__(self, profile: Profile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.explain(
            self.tr("Add control layer"),
            self.tr(
                "The layer is copied into the file beside the plan, transformed and repaired. "
                "Of a geodatabase (.gdb) choose any file in its folder, then the layer. "
                "A protection list and a list of facilities may also be tables."
            ),
            "tables#管控图层",
        )
        self.kind = self.add_choice(self.tr("Kind"), [(row["code"], row["name"]) for row in profile.code_list("control_kind").rows])
        self.source = self.add_file(self.tr("Source"), needed=True)
        self.source_layer = self.add_choice(self.tr("Layer in a container"), [])
        self.source_layer.setEnabled(False)
        self.source.fileChanged.connect(self._offer_layers)
        self.filter = self.add_text(self.tr("Filter"))
        self.title = self.add_text(self.tr("Title"))

    def source_text(self) -> str:
        """Path of the source with its layer."""
        layer = self.source_layer.value()
        return f"{self.source.filePath()}|layername={layer}" if layer else self.source.filePath()

    def _offer_layers(self, path: str) -> None:
        container = container_of(path)
        if container != path:
            self.source.setFilePath(container)
            return
        names = layers_in(path)
        self.source_layer.set_choices((name, name) for name in names)
        self.source_layer.setEnabled(bool(names))


class DemoDialog(StepDialog):
    """Asks where to write the demo."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.explain(
            self.tr("Demo"),
            self.tr("Writes the files of a fictitious township, makes a plan of them and opens it. Choose an empty folder."),
            "first-plan#先用示例数据走一遍",
        )
        self.folder = self.add_file(self.tr("Folder"), mode=QgsFileWidget.StorageMode.GetDirectory, needed=True)


class WholeLabel(QLabel):
    """A text of several lines that a small window does not cut: its fields scroll instead."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)

    def setText(self, text: str) -> None:
        """Show a text."""
        super().setText(text)
        self._fit()

    def resizeEvent(self, event: Any) -> None:
        """Qt calls it with every change of the width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setMinimumHeight(max(0, self.heightForWidth(self.width())))


def close_box(dialog: QDialog, page: str) -> QDialogButtonBox:
    """A row of buttons with one that closes a dialog that only shows, and Help that opens a page of the manual."""
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    box.button(QDialogButtonBox.StandardButton.Close).setText(QCoreApplication.translate("StepDialog", "Close"))
    box.rejected.connect(dialog.reject)
    add_help(box, page)
    return box


def filled(field: Any) -> bool:
    """Whether the planner has given a value."""
    if isinstance(field, QgsFileWidget):
        return bool(field.filePath().strip())
    if isinstance(field, QPlainTextEdit):
        return bool(field.toPlainText().strip())
    return bool(field.text().strip()) if isinstance(field, QLineEdit) else True


def source(field: QgsFileWidget) -> str | None:
    """The file of a field, or the geodatabase that the file lies in; None where nothing was chosen."""
    path = field.filePath().strip()
    return container_of(path) if path else None


def paths(field: QgsFileWidget) -> tuple[str, ...]:
    """The files of a field that takes several."""
    return tuple(QgsFileWidget.splitFilePaths(field.filePath())) if field.filePath().strip() else ()


def accepted(dialog: QDialog) -> bool:
    """Show a dialog until the planner answers."""
    return dialog.exec() == QDialog.DialogCode.Accepted


def years(text: str) -> tuple[int, ...]:
    """Target years separated by commas; raises InputError for what is no year."""
    parts = [part.strip() for part in text.replace("，", ",").split(",") if part.strip()]
    for part in parts:
        if not (part.isascii() and part.isdigit() and len(part) == 4):
            raise InputError("gui.bad_years", text=text, part=part)
    return tuple(int(part) for part in parts)
