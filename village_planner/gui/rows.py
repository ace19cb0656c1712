"""What the table of villages and hamlets shows, made from a snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from qgis.PyQt.QtCore import QCoreApplication

from village_planner.accounts import hamlet_actions, village_actions, village_counts
from village_planner.plan.data import PlanData
from village_planner.standards import Profile

_OF_MOVE = ("destination_kind", "destination_code", "destination_name", "phase")
_OF_CONSENT = ("kind", "date")
UNDECIDED = "undecided"
IN_SCOPE = "in_scope"


@dataclass
class Row:
    """One line of the table; `texts` and `sort` are parallel to the columns of the model."""

    code: str
    name: str
    category: str | None
    action: str
    texts: tuple[str, ...]
    sort: tuple[Any, ...]
    needs_decision: bool
    protected: str
    note: str = ""


@dataclass
class VillageRow(Row):
    """A village with its hamlets."""

    township: str = ""
    hamlets: list[Row] = field(default_factory=list)
    searched: str = ""


def village_rows(
    data: PlanData, profile: Profile, scenario: str, inside: Collection[str] = (), codes: Collection[str] | None = None
) -> list[VillageRow]:
    """Return the rows of the villages in `codes` (None: all) with their hamlets, in roster order.

    inside: codes of villages inside the development boundary, which need no category.
    """
    part = _part(data, codes)
    return _Builder(data, part, profile, scenario, inside).rows()


class _Builder:
    def __init__(self, data: PlanData, part: PlanData, profile: Profile, scenario: str, inside: Collection[str]) -> None:
        self._inside = inside
        self._part, self._profile = part, profile
        self._categories = profile.code_list("category")
        self._actions = profile.code_list("action")
        self._category_of = _by(part.category, scenario, "village_code", "category")
        self._action_of = dict(hamlet_actions(part, scenario).items())
        of_village = village_actions(part, scenario)
        self._of_village = dict(zip(_cells(of_village["village_code"]), _cells(of_village["action"])))
        self._moves = _grouped(part.move[part.move["scenario"] == scenario], "hamlet_code", _OF_MOVE)
        own = part.consent["hamlet_code"].notna()
        self._hamlet_consents = _grouped(part.consent[own], "hamlet_code", _OF_CONSENT)
        self._village_consents = _grouped(part.consent[~own], "village_code", _OF_CONSENT)
        self._names = {**_names(data.hamlet, part.move["destination_code"]), **_names(data.site, part.move["destination_code"])}
        self._townships = dict(zip(_cells(data.township["code"]), _cells(data.township["name"])))

    def rows(self) -> list[VillageRow]:
        hamlets: dict[str, list[Row]] = defaultdict(list)
        for record in _records(self._part.hamlet, ["code", "village_code", "name", "households", "persons", "protection"]):
            hamlets[record["village_code"]].append(self._hamlet(record))
        facts = _records(village_counts(self._part), ["village_code", "village_name", "township_code", "kind", "households", "persons"])
        return [self._village(record, hamlets[record["village_code"]]) for record in facts]

    def _hamlet(self, record: dict[str, Any]) -> Row:
        code, action = record["code"], self._action_of[record["code"]]
        moves = self._moves.get(code, [])
        texts = (
            record["name"], code, "", self._action_name(action), _shown(record["households"]), _shown(record["persons"]),
            "；".join(self._move(move) for move in moves), self._consent(self._hamlet_consents.get(code, [])),
        )
        sort = (record["name"], code, "", action, record["households"] or 0, record["persons"] or 0, texts[6], texts[7])
        protected = self._profile.code_list("protection").name(record["protection"]) if record["protection"] else ""
        return Row(code, record["name"], None, action, texts, sort, action == UNDECIDED, protected)

    def _village(self, record: dict[str, Any], hamlets: list[Row]) -> VillageRow:
        code = record["village_code"]
        category, action = self._category_of.get(code), self._of_village.get(code, UNDECIDED)
        moves = sum(len(self._moves.get(hamlet.code, [])) for hamlet in hamlets)
        short = (self._categories.row(category) or {}).get("short", "")
        texts = (
            record["village_name"], code, short, self._action_name(action), _shown(record["households"]), _shown(record["persons"]),
            QCoreApplication.translate("VillageRows", "{0} moves").format(moves) if moves else "",
            self._consent(self._village_consents.get(code, [])),
        )
        sort = (record["village_name"], code, category or "", action, record["households"] or 0, record["persons"] or 0, moves, texts[7])
        note = self._why_out_of_scope(code, record["kind"])
        needs = not note and (category is None or any(hamlet.needs_decision for hamlet in hamlets))
        township = self._townships.get(record["township_code"], "")
        return VillageRow(
            code, record["village_name"], category, action, texts, sort, needs, "", note, record["township_code"], hamlets,
            f"{record['village_name']} {code} {township}".lower(),
        )

    def _why_out_of_scope(self, code: str, kind: str) -> str:
        kinds = self._profile.code_list("village_kind")
        if kinds.role(kind) != IN_SCOPE:
            return QCoreApplication.translate("VillageRows", "{0}: not in the scope of the plan").format(kinds.name(kind))
        if code in self._inside:
            return QCoreApplication.translate("VillageRows", "Inside the development boundary: needs no category")
        return ""

    def _action_name(self, action: str) -> str:
        if action == UNDECIDED:
            return ""
        if action == "partly":
            return QCoreApplication.translate("VillageRows", "Partly withdrawn")
        return (self._actions.row(action) or {}).get("short", action)

    def _move(self, move: dict[str, Any]) -> str:
        to = self._names.get(move["destination_code"]) or move["destination_name"]
        to = to or self._profile.code_list("destination_kind").name(move["destination_kind"])
        phase = str(move["phase"]) if move["phase"] is not None else QCoreApplication.translate("VillageRows", "unphased")
        return f"→{to} {phase}"

    def _consent(self, consents: list[dict[str, Any]]) -> str:
        if not consents:
            return ""
        latest = max(consents, key=lambda consent: consent["date"] or "")
        return f"{self._profile.code_list('consent_kind').name(latest['kind'])} {latest['date'] or ''}".strip()


def _part(data: PlanData, codes: Collection[str] | None) -> PlanData:
    """The snapshot cut down to some villages."""
    if codes is None:
        return data
    wanted = list(codes)
    tables = dict(data.tables)
    tables["village"] = data.village[data.village["code"].isin(wanted)].reset_index(drop=True)
    tables["hamlet"] = data.hamlet[data.hamlet["village_code"].isin(wanted)].reset_index(drop=True)
    hamlets = tables["hamlet"]["code"]
    tables["category"] = data.category[data.category["village_code"].isin(wanted)]
    tables["action"] = data.action[data.action["hamlet_code"].isin(hamlets)]
    tables["move"] = data.move[data.move["hamlet_code"].isin(hamlets)]
    tables["consent"] = data.consent[data.consent["village_code"].isin(wanted)]
    return PlanData(tables)


def _names(frame: pd.DataFrame, codes: pd.Series) -> dict[str, str]:
    rows = frame[frame["code"].isin(codes.dropna())]
    return dict(zip(_cells(rows["code"]), _cells(rows["name"])))


def _by(frame: pd.DataFrame, scenario: str, key: str, value: str) -> dict[str, str]:
    rows = frame[frame["scenario"] == scenario]
    return dict(zip(_cells(rows[key]), _cells(rows[value])))


def _grouped(frame: pd.DataFrame, key: str, columns: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for owner, record in zip(_cells(frame[key]), _records(frame, columns)):
        groups[owner].append(record)
    return groups


def _records(frame: pd.DataFrame, columns: Sequence[str]) -> list[dict[str, Any]]:
    return [dict(zip(columns, values)) for values in zip(*(_cells(frame[column]) for column in columns))]


def _cells(column: pd.Series) -> list[Any]:
    """A column as plain values, null as None: many times faster than going through the column itself."""
    return [None if missing else value for value, missing in zip(column.to_numpy(dtype=object).tolist(), column.isna().tolist())]


def _shown(number: int | None) -> str:
    return "" if number is None else str(number)
