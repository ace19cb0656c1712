"""What the table of villages and hamlets shows, made from a snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from qgis.PyQt.QtCore import QCoreApplication

from village_planner.accounts import hamlet_actions, village_actions, village_facts
from village_planner.plan.data import PlanData, empty_frame, plain
from village_planner.plan.schema import BY_NAME
from village_planner.standards import Profile

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
        self._of_village = village_actions(part, scenario).set_index("village_code")["action"].to_dict()
        self._moves = _grouped(part.move[part.move["scenario"] == scenario], "hamlet_code")
        own = part.consent["hamlet_code"].notna()
        self._hamlet_consents = _grouped(part.consent[own], "hamlet_code")
        self._village_consents = _grouped(part.consent[~own], "village_code")
        self._names = {**dict(zip(data.hamlet["code"], data.hamlet["name"])), **dict(zip(data.site["code"], data.site["name"]))}
        self._townships = dict(zip(data.township["code"], data.township["name"]))

    def rows(self) -> list[VillageRow]:
        hamlets: dict[str, list[Row]] = defaultdict(list)
        for record in _records(self._part.hamlet, ["code", "village_code", "name", "households", "persons", "protection"]):
            hamlets[record["village_code"]].append(self._hamlet(record))
        facts = _records(village_facts(self._part), ["village_code", "village_name", "township_code", "kind", "households", "persons"])
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
    """The snapshot without geometry, cut down to some villages."""
    tables = dict(data.tables)
    if codes is not None:
        wanted = list(codes)
        tables["village"] = data.village[data.village["code"].isin(wanted)].reset_index(drop=True)
        tables["hamlet"] = data.hamlet[data.hamlet["village_code"].isin(wanted)].reset_index(drop=True)
        hamlets = tables["hamlet"]["code"]
        tables["category"] = data.category[data.category["village_code"].isin(wanted)]
        tables["action"] = data.action[data.action["hamlet_code"].isin(hamlets)]
        tables["move"] = data.move[data.move["hamlet_code"].isin(hamlets)]
        tables["consent"] = data.consent[data.consent["village_code"].isin(wanted)]
    for name in ("village", "hamlet"):
        tables[name] = tables[name].assign(geom=None)
    tables["patch"] = empty_frame(BY_NAME["patch"])
    return PlanData(tables)


def _by(frame: pd.DataFrame, scenario: str, key: str, value: str) -> dict[str, str]:
    rows = frame[frame["scenario"] == scenario]
    return dict(zip(rows[key], rows[value]))


def _grouped(frame: pd.DataFrame, key: str) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in _records(frame, list(frame.columns)):
        groups[record[key]].append(record)
    return groups


def _records(frame: pd.DataFrame, columns: list[str]) -> list[dict[str, Any]]:
    cells = [[plain(value) for value in frame[column].to_numpy(dtype=object)] for column in columns]
    return [dict(zip(columns, values)) for values in zip(*cells)]


def _shown(number: int | None) -> str:
    return "" if number is None else str(number)
