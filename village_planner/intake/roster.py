"""From the rows of a roster table to villages, hamlets and townships, every liberty noted by row."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, TypeVar

from village_planner.base import InputError, Message
from village_planner.intake import values
from village_planner.intake.codes import CodeRule, code_rule, code_text, hamlet_key, name_keys, township_code, township_keys, village_code
from village_planner.intake.headers import RowNote, Table
from village_planner.standards import Profile

COUNTS = ("households", "persons", "residents")
HAMLET_COUNTS = (*COUNTS, "homesteads", "vacant_homesteads")
_T = TypeVar("_T")


@dataclass
class Hamlet:
    """A hamlet as the roster has it; code is '' until it is numbered. made: of a village for which the roster lists none."""

    name: str
    row: int
    code: str = ""
    is_main: bool = False
    facts: dict[str, Any] = field(default_factory=dict)
    made: bool = False


@dataclass
class Village:
    """A village as the roster has it, with its hamlets in roster order; former: names and codes that it had before."""

    code: str
    name: str
    township_code: str
    township_name: str
    kind: str
    row: int
    facts: dict[str, Any] = field(default_factory=dict)
    hamlets: list[Hamlet] = field(default_factory=list)
    former: list[str] = field(default_factory=list)


@dataclass
class Roster:
    """Villages in roster order; source: file name; rows: what is said of single rows; left_out: rows without a place."""

    source: str
    villages: list[Village] = field(default_factory=list)
    rows: list[RowNote] = field(default_factory=list)
    left_out: list[RowNote] = field(default_factory=list)

    def by_code(self) -> dict[str, Village]:
        """Villages by their code; those without a code are left out."""
        return {village.code: village for village in self.villages if village.code}


def roster_of(table: Table, profile: Profile) -> Roster:
    """Return the villages and hamlets of a roster table.

    A row with a hamlet belongs to the village in the row, or above where the village cell is blank. A figure merged
    over the rows of a village is the village's own. Cells that cannot be read become null and are noted.
    Villages without a code keep code '' (see `complete_codes`).
    """
    reader = _Reader(table, profile)
    for position in range(len(table.frame)):
        reader.take(position)
    reader.finish()
    return reader.roster


def complete_codes(roster: Roster, known: Mapping[tuple[str, str], str]) -> None:
    """Give codes to villages without one, by name within the township; known: (township key, village key) → code.

    The township key may be '' where the name is unique. Villages that stay without a code move to `left_out`.
    """
    kept = []
    for village in roster.villages:
        if not village.code:
            town, key = township_keys(village.township_name)[1], name_keys(village.name)[1]
            village.code = known.get((town, key), "") or known.get(("", key), "")
            note = Message("intake.code_by_name", {"row": village.row, "village": village.name, "code": village.code})
            if village.code:
                roster.rows.append(RowNote(village.row, note))
            else:
                roster.left_out.append(RowNote(village.row, Message("intake.row_no_code", {"row": village.row, "village": village.name})))
                continue
        kept.append(village)
    roster.villages = kept


def number_hamlets(roster: Roster, rule: CodeRule) -> None:
    """Give every hamlet its code (village code + serial in roster order) and every village one main hamlet.

    A hamlet code of the roster is kept where it has that form and is free. A village without hamlets gets one of its own name.
    """
    for village in roster.villages:
        if not village.hamlets:
            place = {"place": village.facts["place"]} if "place" in village.facts else {}
            village.hamlets.append(Hamlet(village.name, village.row, is_main=True, facts=place, made=True))
        form = re.compile(re.escape(village.code) + rf"\d{{{rule.serial_digits}}}")
        given = [hamlet.code for hamlet in village.hamlets if form.fullmatch(hamlet.code)]
        free = iter(range(1, 10**rule.serial_digits))
        for hamlet in village.hamlets:
            if form.fullmatch(hamlet.code) and given.count(hamlet.code) == 1:
                continue
            stated, hamlet.code = hamlet.code, next(
                code for code in (f"{village.code}{serial:0{rule.serial_digits}d}" for serial in free) if code not in given
            )
            if stated:
                hamlet.facts["stated_code"] = stated
        mains = [hamlet for hamlet in village.hamlets if hamlet.is_main]
        for hamlet in mains[1:]:
            hamlet.is_main = False
            params = {"row": hamlet.row, "village": village.name, "hamlet": hamlet.name, "main": mains[0].name}
            roster.rows.append(RowNote(hamlet.row, Message("intake.second_main", params)))
        if not mains:
            village.hamlets[0].is_main = True


def kind_by_name(name: str, profile: Profile) -> str:
    """Return the kind of a village by the pattern that fits the longest end of its name; the first kind where none does."""
    kinds = profile.code_list("village_kind")
    written = name_keys(name)[0]
    best, length = kinds.codes[0], 0
    for row in kinds.rows:
        match = re.search(row.get("pattern", ""), written) if row.get("pattern") else None
        if match and len(match.group()) > length:
            best, length = row["code"], len(match.group())
    return best


class _Reader:
    """Walks the rows of one table from top to bottom, with the village above in mind."""

    def __init__(self, table: Table, profile: Profile) -> None:
        self.table, self.profile, self.rule = table, profile, code_rule(profile)
        self.roster = Roster(table.file)
        self._has_hamlets = table.has("hamlet")
        self._codes: dict[str, Village] = {}
        self._names: dict[tuple[str, str], Village] = {}
        self._current: Village | None = None
        self._township = ("", "")
        refused = next((match.column for match in table.matching.refused if match.field == "village_code"), None)
        self._serials = refused if table.has("township_code") and not table.has("village_code") else None
        self._is_composed = False

    def take(self, position: int) -> None:
        number = self.table.numbers[position]
        name, hamlet = (values.place_name(self.table.cell(position, column)) for column in ("village", "hamlet"))
        code = self._read(position, "village_code", lambda cell: village_code(cell, self.rule)) or self._composed_code(position)
        if not name and not code:
            if not hamlet or self._current is None:
                self._leave_out(position, number)
                return
            self._note(number, "intake.village_from_above", village=self._current.name, hamlet=hamlet)
            village, is_new = self._current, False
        else:
            village, is_new = self._village(position, number, code, name)
        self._current = village
        if hamlet or self.table.has("hamlet_code") and not values.is_blank(self.table.cell(position, "hamlet_code")):
            self._add_hamlet(position, number, village, hamlet or village.name)
        elif is_new or not self._has_hamlets:
            self._own_figures(position, number, village, is_new)
        else:
            self._own_figures(position, number, village, not any(village.facts.get(column) is not None for column in COUNTS))

    def finish(self) -> None:
        names: dict[tuple[str, str], Village] = {}
        for village in self.roster.villages:
            first = names.setdefault((village.township_code or village.township_name, village.name), village)
            if first is not village:
                self._note(village.row, "intake.name_twice", village=village.name, code=village.code, other=first.code, other_row=first.row)

    def _village(self, position: int, number: int, code: str, name: str) -> tuple[Village, bool]:
        town_code, town_name = self._township_of(position, number, code)
        key = (town_code or town_name, name)
        known = self._codes.get(code) if code else self._names.get(key)
        above = self._current
        if known is None and not code and above is not None and name == above.name and town_name in ("", above.township_name):
            known = above
        if known is not None:
            if code and name and name_keys(known.name)[1] != name_keys(name)[1]:
                self._note(number, "intake.code_two_names", code=code, village=name, other=known.name, other_row=known.row)
            return known, False
        if not name:
            name = code
            self._note(number, "intake.no_name", code=code)
        village = Village(code, name, town_code, town_name, self._kind(position, number, name), number)
        village.former = self._former(position)
        self.roster.villages.append(village)
        self._names[key] = village
        if code:
            self._codes[code] = village
        return village, True

    def _composed_code(self, position: int) -> str:
        """A code written in two columns, township and serial (370799101 and 201); '' where it is not."""
        if self._serials is None:
            return ""
        serial, digits = code_text(self.table.frame[self._serials].iat[position]), self.rule.village_digits - self.rule.township_digits
        town = self._read(position, "township_code", lambda cell: township_code(cell, self.rule)) or ""
        if not town or not serial.isdigit() or len(serial) > digits:
            return ""
        code = town + serial.zfill(digits)
        if not self._is_composed:
            self._is_composed = True
            columns = {"town": self.table.matching.columns["township_code"], "serial": self._serials}
            self._note(self.table.numbers[position], "intake.code_composed", code=code, **columns)
        return code

    def _township_of(self, position: int, number: int, code: str) -> tuple[str, str]:
        stated = self._read(position, "township_code", lambda cell: township_code(cell, self.rule)) or ""
        name = values.place_name(self.table.cell(position, "township"))
        derived = code[: self.rule.township_digits] if code else ""
        if stated and derived and stated != derived:
            self._note(number, "intake.township_differs", code=code, stated=stated, derived=derived)
        town = stated or derived
        if self.table.has("township") and not name and (not town or town == self._township[0]):
            name = self._township[1]
            town = town or self._township[0]
        self._township = (town, name)
        return town, name

    def _kind(self, position: int, number: int, name: str) -> str:
        cell = self.table.cell(position, "kind")
        if not values.is_blank(cell):
            found = self.profile.code_list("village_kind").find(values.text(cell))
            if found:
                return found
            self._note(number, "intake.kind_unknown", village=name, value=values.text(cell))
        return kind_by_name(name, self.profile)

    def _former(self, position: int) -> list[str]:
        found: list[str] = []
        for column in ("former_name", "former_code"):
            cell = self.table.cell(position, column)
            if not values.is_blank(cell):
                found += [part for part in re.split(r"[、,，;；/\s]+", values.text(cell)) if part]
        return found

    def _add_hamlet(self, position: int, number: int, village: Village, name: str) -> None:
        stated = code_text(self.table.cell(position, "hamlet_code"))
        twin = next((h for h in village.hamlets if hamlet_key(h.name) == hamlet_key(name) and h.code == stated), None)
        if twin is not None:
            self._set_aside(number, "intake.hamlet_twice", village=village.name, hamlet=name, other_row=twin.row)
            self._say_other_figures(position, number, name, twin.row, twin.facts)
            return
        hamlet = Hamlet(name, number, stated, bool(self._read(position, "is_main", values.yes_or_no)))
        for column in HAMLET_COUNTS:
            figure = self._read(position, column, values.count)
            if column in COUNTS and self.table.is_shared(position, column):
                village.facts[column] = figure
            elif not self.table.is_shared(position, column):
                hamlet.facts[column] = figure
        hamlet.facts["facts_date"] = self._read(position, "facts_date", values.date)
        hamlet.facts["note"] = values.text(self.table.cell(position, "note")) or None
        hamlet.facts["protection"], hamlet.facts["protection_note"] = self._protection(position, number, name)
        hamlet.facts["place"] = self._place(position)
        if village.facts.get("position_stated") is None:
            village.facts["position_stated"] = self._position(position, number)
        village.hamlets.append(hamlet)

    def _own_figures(self, position: int, number: int, village: Village, is_new: bool) -> None:
        if not is_new:
            self._set_aside(number, "intake.village_twice", village=village.name, code=village.code, other_row=village.row)
            self._say_other_figures(position, number, village.name, village.row, village.facts)
            return
        for column in COUNTS:
            village.facts[column] = self._read(position, column, values.count)
        village.facts["facts_date"] = self._read(position, "facts_date", values.date)
        village.facts["note"] = values.text(self.table.cell(position, "note")) or None
        village.facts["position_stated"] = self._position(position, number)
        village.facts["place"] = self._place(position)
        extra = {column: self._read(position, column, values.count) for column in HAMLET_COUNTS if column not in COUNTS}
        protection, note = self._protection(position, number, village.name)
        if not self._has_hamlets:
            facts = {**{column: village.facts[column] for column in COUNTS}, **extra, "protection": protection, "protection_note": note}
            facts |= {name: village.facts[name] for name in ("facts_date", "place")}
            village.hamlets.append(Hamlet(village.name, number, is_main=True, facts=facts, made=True))
        elif protection:
            village.facts["protection"], village.facts["protection_note"] = protection, note

    def _place(self, position: int) -> tuple[Any, Any]:
        return self.table.cell(position, "x"), self.table.cell(position, "y")

    def _say_other_figures(self, position: int, number: int, name: str, other_row: int, first: Mapping[str, Any]) -> None:
        """Of a row that is there twice: where its figures are not those that were taken, or were taken from nowhere."""
        for column in COUNTS:
            here, taken = self._read(position, column, values.count), first.get(column)
            if here is not None and here != taken:
                params = {"column": self.table.matching.columns[column], "here": here, "taken": "—" if taken is None else taken}
                self._set_aside(number, "intake.twice_other_figures", name=name, other_row=other_row, **params)

    def _position(self, position: int, number: int) -> str | None:
        cell = self.table.cell(position, "position")
        if values.is_blank(cell):
            return None
        found = self.profile.code_list("position").find(values.text(cell))
        if found is None:
            self._note(number, "intake.position_unknown", value=values.text(cell))
        return found

    def _protection(self, position: int, number: int, name: str) -> tuple[str | None, str | None]:
        cell = self.table.cell(position, "protection")
        if values.is_blank(cell) or values.text(cell) == "否":
            return None, None
        found = self.profile.code_list("protection").find(values.text(cell))
        if found is None:
            self._note(number, "intake.protection_unknown", value=values.text(cell), name=name)
        return found, values.text(cell)

    def _read(self, position: int, column: str, read: Callable[[Any], _T]) -> _T | None:
        cell = self.table.cell(position, column)
        try:
            return read(cell)
        except InputError as error:
            name = self.table.matching.columns[column]
            self._note(self.table.numbers[position], "intake.cell_unread", column=name, reason=error.message)
            return None

    def _note(self, number: int, message_code: str, /, **params: Any) -> None:
        self.roster.rows.append(RowNote(number, Message(message_code, {"row": number, **params})))

    def _set_aside(self, number: int, message_code: str, /, **params: Any) -> None:
        self.roster.left_out.append(RowNote(number, Message(message_code, {"row": number, **params})))

    def _leave_out(self, position: int, number: int) -> None:
        cells = " ".join(values.text(cell) for cell in self.table.frame.iloc[position] if not values.is_blank(cell))
        self._set_aside(number, "intake.row_no_village", text=cells[:60])
