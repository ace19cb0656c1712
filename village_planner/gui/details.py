"""The forms under the table: grounds, moves, consents, land and history of what is selected."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QListWidget, QListWidgetItem, QTabWidget, QWidget

from village_planner.base import PlannerError
from village_planner.desk.language import local_time, text
from village_planner.desk.patches import patches_of
from village_planner.desk.session import PlanSession, Reasons
from village_planner.gui.consent_form import ConsentForm
from village_planner.gui.decisions import Decisions, records
from village_planner.gui.forms import scrolled
from village_planner.gui.land_form import LandForm
from village_planner.gui.moves_form import MovesForm
from village_planner.gui.reasons_form import ReasonsForm
from village_planner.gui.selection import Selected

HISTORY_SHOWN = 200


class Details(QTabWidget):
    """Shows what the plan says of the selection."""

    def __init__(self, session: PlanSession, decisions: Decisions) -> None:
        super().__init__()
        self._session, self._decisions = session, decisions
        self.reasons, self.moves, self.consents, self.land, self.history = ReasonsForm(), MovesForm(), ConsentForm(), LandForm(), QListWidget()
        self.addTab(scrolled(self.reasons), self.tr("Grounds"))
        self.addTab(self.moves, self.tr("Moves"))
        self.addTab(self.consents, self.tr("Consent"))
        self.addTab(self.land, self.tr("Land"))
        self.addTab(self.history, self.tr("History"))
        self._history_is_stale = False
        self._land_of: list[str] | None = None
        self.currentChanged.connect(self._fill_history)
        self.currentChanged.connect(self._fill_land)

    def load(self) -> None:
        """Take the choices of the forms from the open plan."""
        self.moves.load(self._session.data, self._session.profile)
        self.consents.load(self._session.profile)

    def show_selected(self, selected: Selected) -> None:
        """Fill the forms for a selection."""
        villages, hamlets = [], []
        if selected.villages or selected.hamlets:
            villages, hamlets = self._decisions.villages(selected), self._hamlets(selected)
        self._show_reasons(selected)
        self._show_moves(hamlets)
        self._show_consents(villages, selected)
        self._show_land(villages)

    def show_history(self) -> None:
        """List the last actions, newest first, once the planner looks; what is undone is struck out."""
        self._history_is_stale = True
        self._fill_history()

    def _fill_history(self, *_: Any) -> None:
        if not self._history_is_stale or self.currentWidget() is not self.history:
            return
        self._history_is_stale = False
        self.history.clear()
        try:
            entries = records(self._session.history(HISTORY_SHOWN))
        except PlannerError as error:
            self.history.addItem(text(error.message))
            self._history_is_stale = True
            return
        for entry in entries:
            who = f" · {entry['who']}" if entry["who"] else ""
            item = QListWidgetItem(f"{local_time(str(entry['at']))}{who}  {entry['label']}")
            font = item.font()
            font.setStrikeOut(bool(entry["undone"]))
            item.setFont(font)
            if entry["undone"]:
                item.setForeground(Qt.GlobalColor.gray)
                item.setToolTip(self.tr("undone"))
            self.history.addItem(item)

    def _hamlets(self, selected: Selected) -> list[str]:
        frame = self._session.data.hamlet
        return [*selected.hamlets, *frame.loc[frame["village_code"].isin(selected.villages), "code"]]

    def _show_reasons(self, selected: Selected) -> None:
        table, key, codes = ("category", "village_code", selected.villages) if selected.villages else ("action", "hamlet_code", selected.hamlets)
        if not codes:
            self.reasons.show_reasons(self.tr("Select villages or hamlets in the table or on the map."), [])
            return
        frame = getattr(self._session.data, table)
        stated = records(frame[(frame["scenario"] == self._session.scenario) & frame[key].isin(codes)])
        name = self._decisions.named("village" if table == "category" else "hamlet", codes)
        if len(stated) < len(set(codes)):
            undecided = self.tr("{0}: choose a category first.") if table == "category" else self.tr("{0}: choose an action first.")
            self.reasons.show_reasons(undecided.format(name), [])
            return
        title = self.tr("Category of {0}") if table == "category" else self.tr("Action of {0}")
        self.reasons.show_reasons(title.format(name), [Reasons(row["grounds"], row["basis"]) for row in stated])

    def _show_moves(self, hamlets: list[str]) -> None:
        frame = self._session.data.move
        moves = records(frame[(frame["scenario"] == self._session.scenario) & frame["hamlet_code"].isin(hamlets)])
        labels = {move["code"]: self._move_cells(move) for move in moves}
        rest = self._session.still_to_move(hamlets[0]) if len(hamlets) == 1 else None
        self.moves.show_moves(moves, labels, hamlets, rest)
        self._count(self.moves, self.tr("Moves"), len(moves))

    def _move_cells(self, move: dict[str, Any]) -> list[str]:
        session = self._session
        to = move["destination_name"] or ""
        if move["destination_code"]:
            to = session.name_of("site" if move["destination_kind"] == "site" else "hamlet", move["destination_code"])
        kind = session.profile.code_list("destination_kind").name(move["destination_kind"])
        shown = ["" if move[name] is None else str(move[name]) for name in ("phase", "households", "persons")]
        mode = session.profile.code_list("move_mode").name(move["mode"])
        return [session.name_of("hamlet", move["hamlet_code"]), to or kind, shown[0] or self.tr("unphased"), *shown[1:], mode]

    def _show_consents(self, villages: list[str], selected: Selected) -> None:
        frame = self._session.data.consent
        consents = records(frame[frame["village_code"].isin(villages)])
        labels = {consent["code"]: self._consent_cells(consent) for consent in consents}
        hamlets = self._session.data.hamlet
        own = hamlets[hamlets["village_code"].isin(villages)]
        scopes: dict[str, list[tuple[Any, str]]] = {village: [(None, self.tr("whole village"))] for village in villages}
        for village, code, name in zip(own["village_code"], own["code"], own["name"]):
            scopes[village].append((code, name))
        of = (villages[0], selected.hamlets[0] if len(selected.hamlets) == 1 and not selected.villages else None) if len(villages) == 1 else None
        self.consents.show_consents(consents, labels, scopes, of)
        self._count(self.consents, self.tr("Consent"), len(consents))

    def _count(self, form: QWidget, name: str, count: int) -> None:
        """Name a tab with how many there are; in a narrow dock all five have to be in sight."""
        self.setTabText(self.indexOf(form), f"{name} {count}" if count else name)

    def _consent_cells(self, consent: dict[str, Any]) -> list[str]:
        session = self._session
        of = session.name_of("hamlet", consent["hamlet_code"]) if consent["hamlet_code"] else session.name_of("village", consent["village_code"])
        counts = " / ".join("–" if consent[name] is None else str(consent[name]) for name in ("in_favour", "attended", "eligible"))
        return [of, session.profile.code_list("consent_kind").name(consent["kind"]), consent["date"] or "", counts]

    def _show_land(self, villages: list[str]) -> None:
        """Say how many patches wait for a check; they are listed once the planner looks."""
        open_ = sum(patch.to_check for patch in patches_of(self._session.data, villages)) if villages else 0
        self._count(self.land, self.tr("Land"), open_)
        self.setTabToolTip(self.indexOf(self.land), self.tr("{0} patches to check").format(open_) if open_ else "")
        self._land_of = villages
        self._fill_land()

    def _fill_land(self, *_: Any) -> None:
        if self._land_of is None or self.currentWidget() is not self.land:
            return
        session, villages = self._session, self._land_of
        self._land_of = None
        frame = session.data.hamlet[session.data.hamlet["village_code"].isin(villages)]
        kinds = {row["code"]: row["name"] for row in session.profile.code_list("patch_kind").rows}
        self.land.show_patches(patches_of(session.data, villages), list(zip(frame["code"], frame["name"])), kinds)
