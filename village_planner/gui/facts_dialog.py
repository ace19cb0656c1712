"""The dialog for what title page, file names and metadata say of the plan."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QWidget

from village_planner.desk.plan_facts import plan_facts
from village_planner.desk.session import PlanSession
from village_planner.gui.dialogs import StepDialog


class FactsDialog(StepDialog):
    """Asks for title, county, institute and secrecy mark."""

    def __init__(self, session: PlanSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        note = self.tr("They stand on the title page and the map sheets, in the file names and in the metadata.")
        self.explain(self.tr("Plan particulars"), note, "deliver#提交前核查")
        present = plan_facts(session)
        self._fields = {
            "title": self.add_text(self.tr("Title of the plan"), present["title"], needed=True),
            "county_code": self.add_text(self.tr("County code"), present["county_code"]),
            "county_name": self.add_text(self.tr("County"), present["county_name"]),
            "institute": self.add_text(self.tr("Institute"), present["institute"]),
            "secrecy": self.add_text(self.tr("Secrecy mark"), present["secrecy"]),
        }
        self._fields["county_code"].setMaxLength(6)

    def facts(self) -> dict[str, str]:
        """What stands in the fields."""
        return {name: field.text() for name, field in self._fields.items()}
