"""The hamlets and sites that a move may go to, as texts to complete."""

from __future__ import annotations

from qgis.PyQt.QtCore import QStringListModel, Qt
from qgis.PyQt.QtWidgets import QCompleter, QLineEdit

from village_planner.base import InputError
from village_planner.plan.data import PlanData
from village_planner.plan.schema import Destination

POPUP_WIDTH = 330
CODED = (Destination.HAMLET.value, Destination.SITE.value)
NAMED = (Destination.TOWN.value, Destination.OUTSIDE.value)


class DestinationEdit(QLineEdit):
    """A hamlet or site found by a part of its name or code, or the free name of a town; nothing for the other kinds."""

    def __init__(self) -> None:
        super().__init__()
        self._labels: dict[str, dict[str, str]] = {kind: {} for kind in CODED}
        self._kind = Destination.HAMLET.value
        self._texts = QStringListModel(self)
        completer = QCompleter(self._texts, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer)
        # As wide as the field it would cut the names.
        completer.popup().setMinimumWidth(POPUP_WIDTH)

    def load(self, data: PlanData) -> None:
        """Offer the hamlets and sites of a snapshot."""
        village_names = dict(zip(data.village["code"], data.village["name"]))
        hamlets = zip(data.hamlet["code"], data.hamlet["name"], data.hamlet["village_code"])
        self._labels[Destination.HAMLET.value] = {f"{village_names.get(owner, '')} · {name} {code}": code for code, name, owner in hamlets}
        self._labels[Destination.SITE.value] = {f"{name} {code}": code for code, name in zip(data.site["code"], data.site["name"])}
        self.set_kind(self._kind)

    def set_kind(self, kind: str) -> None:
        """Offer what fits a kind of destination."""
        self._kind = kind
        self._texts.setStringList(list(self._labels.get(kind, {})))
        self.setEnabled(kind in CODED or kind in NAMED)
        placeholders = {kind: self.tr("part of a name or code") for kind in CODED}
        placeholders.update({kind: self.tr("name of the place") for kind in NAMED})
        self.setPlaceholderText(placeholders.get(kind, ""))

    def show_destination(self, code: str | None, name: str | None) -> None:
        """Show the destination of a move."""
        labels = {code_: label for label, code_ in self._labels.get(self._kind, {}).items()}
        self.setText(labels.get(code or "", code or "") if self._kind in CODED else name or "")
        self.setToolTip(self.text())
        self.setCursorPosition(0)

    def destination(self) -> dict[str, str | None]:
        """destination_code and destination_name of what stands here; raises InputError for what the plan does not have."""
        text = self.text().strip()
        if self._kind not in CODED:
            return {"destination_code": None, "destination_name": text or None if self._kind in NAMED else None}
        if not text:
            return {"destination_code": None, "destination_name": None}
        labels = self._labels[self._kind]
        found = labels.get(text) or _only([code for label, code in labels.items() if text.lower() in label.lower()])
        if found is None:
            raise InputError("desk.unknown_destination", text=text)
        return {"destination_code": found, "destination_name": None}


def _only(codes: list[str]) -> str | None:
    return codes[0] if len(codes) == 1 else None
