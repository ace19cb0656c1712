"""What the 分类 dock does with what is selected: one session call, one undo step and one label in the history each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication

from village_planner.base import Refused
from village_planner.desk.patches import give_patches
from village_planner.desk.session import PlanSession, Reasons
from village_planner.gui.selection import Selected
from village_planner.plan.data import plain

_translate = QCoreApplication.translate


class Decisions:
    """The planner's actions on a selection; all raise Refused where nothing fitting is selected."""

    def __init__(self, session: PlanSession) -> None:
        self._session = session

    def categorize(self, selected: Selected, category: str) -> None:
        """Give the selected villages, and those of selected hamlets, a category."""
        villages = self.villages(selected)
        name = self._session.profile.code_list("category").name(category)
        self._session.set_category(villages, category, self._label("village", villages, name))

    def act(self, selected: Selected, action: str) -> None:
        """Give the selected hamlets, and all hamlets of selected villages, an action."""
        hamlets = self.hamlets(selected)
        name = self._session.profile.code_list("action").name(action)
        self._session.set_action(hamlets, action, self._label("hamlet", hamlets, name))

    def clear(self, selected: Selected) -> None:
        """Take back what is decided: categories where villages are selected, else the actions of the selected hamlets."""
        if selected.villages:
            text = _translate("Decisions", "category cleared")
            self._session.clear_category(selected.villages, self._label("village", selected.villages, text))
        else:
            hamlets = self.hamlets(selected)
            self._session.clear_action(hamlets, self._label("hamlet", hamlets, _translate("Decisions", "action cleared")))

    def explain(self, selected: Selected, reasons: Reasons) -> None:
        """State grounds and basis: of the categories where villages are selected, else of the hamlets' actions."""
        text = _translate("Decisions", "grounds")
        if selected.villages:
            self._session.explain_categories(selected.villages, reasons, self._label("village", selected.villages, text))
        else:
            hamlets = self.hamlets(selected)
            self._session.explain_actions(hamlets, reasons, self._label("hamlet", hamlets, text))

    def add_moves(self, selected: Selected, row: dict[str, Any]) -> None:
        """Add the move to each selected hamlet; empty households and persons are those that no move takes yet."""
        hamlets = self.hamlets(selected)
        rows = []
        for code in hamlets:
            stated = {name: value for name, value in row.items() if value is not None}
            rows.append({"hamlet_code": code, **row, **self._session.still_to_move(code), **stated})
        self._session.save_moves(rows, self._label("hamlet", hamlets, _translate("Decisions", "move added")))

    def change_move(self, code: str, row: dict[str, Any]) -> None:
        """Change a move."""
        hamlet = self._owner("move", code, "hamlet_code")
        self._session.save_moves(
            [{"code": code, "hamlet_code": hamlet, **row}], self._label("hamlet", [hamlet], _translate("Decisions", "move changed"))
        )

    def remove_move(self, code: str) -> None:
        """Remove a move."""
        hamlet = self._owner("move", code, "hamlet_code")
        self._session.delete_moves([code], self._label("hamlet", [hamlet], _translate("Decisions", "move removed")))

    def add_consent(self, selected: Selected, row: dict[str, Any]) -> None:
        """Record the villagers' will of the first selected village or hamlet."""
        village = self.villages(selected)[0]
        self._session.save_consent(
            {"village_code": village, **row}, self._label("village", [village], _translate("Decisions", "consent recorded"))
        )

    def change_consent(self, code: str, row: dict[str, Any]) -> None:
        """Change a record of the villagers' will."""
        village = self._owner("consent", code, "village_code")
        label = self._label("village", [village], _translate("Decisions", "consent changed"))
        self._session.save_consent({"code": code, "village_code": village, **row}, label)

    def remove_consent(self, code: str) -> None:
        """Remove a record of the villagers' will."""
        village = self._owner("consent", code, "village_code")
        self._session.delete_consent(code, self._label("village", [village], _translate("Decisions", "consent removed")))

    def give_patches(self, codes: Sequence[str], hamlet: str) -> None:
        """Give patches to a hamlet."""
        give_patches(self._session, _some(list(codes)), hamlet, self._label("hamlet", [hamlet], _translate("Decisions", "patches given")))

    def confirm_patches(self, codes: Sequence[str]) -> None:
        """Say that patches belong where they are."""
        label = _translate("Decisions", "{0} patches checked").format(len(codes))
        give_patches(self._session, _some(list(codes)), None, label)

    def villages(self, selected: Selected) -> list[str]:
        """The selected villages and those of selected hamlets."""
        of_hamlets = self._session.data.hamlet.set_index("code")["village_code"]
        codes = list(dict.fromkeys([*selected.villages, *(str(of_hamlets[code]) for code in selected.hamlets)]))
        return _some(codes)

    def hamlets(self, selected: Selected) -> list[str]:
        """The selected hamlets and all hamlets of the selected villages."""
        frame = self._session.data.hamlet
        of_villages = frame.loc[frame["village_code"].isin(selected.villages), "code"]
        return _some(list(dict.fromkeys([*selected.hamlets, *map(str, of_villages)])))

    def named(self, table: str, codes: Sequence[str]) -> str:
        """The first name, and how many more there are."""
        first = self._session.name_of(table, codes[0])
        if len(codes) == 1:
            return first
        return _translate("Decisions", "{0} and {1} more").format(first, len(codes) - 1)

    def _label(self, table: str, codes: Sequence[str], what: str) -> str:
        return _translate("Decisions", "{0}: {1}").format(self.named(table, codes), what)

    def _owner(self, table: str, code: str, column: str) -> str:
        frame = getattr(self._session.data, table)
        return str(frame.loc[frame["code"] == code, column].iloc[0])


def records(frame: Any) -> list[dict[str, Any]]:
    """Rows of a snapshot's frame as plain values."""
    cells: Iterable[tuple[Any, ...]] = zip(*([plain(value) for value in frame[column].to_numpy(dtype=object)] for column in frame.columns))
    return [dict(zip(frame.columns, values)) for values in cells]


def _some(codes: list[str]) -> list[str]:
    if not codes:
        raise Refused("desk.nothing_selected")
    return codes
