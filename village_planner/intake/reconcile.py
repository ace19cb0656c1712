"""What another roster says differently from ours (名录核对): pairs by code, name and alias, and the differences left."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Callable, Hashable, Iterable, Mapping, Sequence

import shapely

from village_planner.base import Message, render
from village_planner.intake.codes import name_keys, township_keys
from village_planner.intake.roster import Roster, Village, kind_by_name
from village_planner.plan.data import roster_title
from village_planner.standards import Profile

BATCH = "committees"
WHOLE = "*"
_LEAST_SHARE = 0.2
_FEW = 3
_SINGLE_COMMITTEES = 10
_INSIDE_SHARE = 0.8
_MERGER_WORDS = re.compile(r"合并|并入|撤并|并村|由.*组成|原")


@dataclass
class Difference:
    """One row of `roster_difference`; settled and explanation None while the question is open."""

    source: str
    code: str
    name: str
    kind: str
    village_code: str | None
    detail: dict[str, Any]
    settled: str | None = None
    explanation: str | None = None


@dataclass
class Reconciliation:
    """What came of one comparison.

    units: how many the other roster has; pairs: our code → the other roster's unit; aliases: (our code, its code, its name) where it writes them differently;
    messages: about the roster as a whole.
    """

    source: str
    units: int
    differences: list[Difference] = field(default_factory=list)
    pairs: dict[str, Village] = field(default_factory=dict)
    aliases: list[tuple[str, str, str]] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


def reconcile(
    ours: Sequence[Village],
    other: Roster,
    profile: Profile,
    our_shapes: Mapping[str, shapely.Geometry] | None = None,
    other_shapes: Mapping[int, shapely.Geometry] | None = None,
) -> Reconciliation:
    """Compare our villages with another roster.

    our_shapes: code → polygon; other_shapes: row → polygon, in the same CRS; they only serve to see mergers.
    Farms, reservoirs and zones come out settled as explained, mergers too where a former name, a note or the location
    shows them. A roster that shares next to nothing with ours gives one difference, not hundreds.
    """
    work = _Comparison(ours, other, profile, our_shapes or {}, other_shapes or {})
    work.keep_to_our_townships()
    work.pair_by_code()
    work.pair_by_name()
    if work.is_strange():
        return work.result
    work.compare_pairs()
    work.absorb_former()
    work.explain_units()
    work.absorb_by_location()
    work.report_rest()
    return work.result


def own_committees(villages: Iterable[Village], source: str, profile: Profile) -> Difference | None:
    """Return the one question about the 居委会 of our own roster whose scope is not settled; None where there is none."""
    kinds = profile.code_list("village_kind")
    members = [village for village in villages if kinds.role(village.kind) == "ask"]
    if not members:
        return None
    detail = {"codes": [village.code for village in members], "names": [village.name for village in members], "message": "intake.diff_committees"}
    return Difference(source, BATCH, "", BATCH, None, {**detail, "count": len(members)})


class _Comparison:
    """The state of one comparison: what is still without a partner on either side."""

    def __init__(
        self,
        ours: Sequence[Village],
        other: Roster,
        profile: Profile,
        our_shapes: Mapping[str, shapely.Geometry],
        other_shapes: Mapping[int, shapely.Geometry],
    ) -> None:
        self.result = Reconciliation(other.source, len(other.villages))
        self._title = roster_title(other.source)
        self._kinds = profile.code_list("village_kind")
        self._profile = profile
        self._our_shapes, self._other_shapes = our_shapes, other_shapes
        self._ours = {village.code: village for village in ours}
        self._all_ours = dict(self._ours)
        self._left = list(other.villages)
        self._towns = {township_keys(village.township_name)[0]: township_keys(village.township_name)[1] for village in ours if village.township_name}
        self._by_name: list[tuple[Village, Village]] = []
        self._coded = sum(bool(unit.code) for unit in other.villages)
        self._size = len(other.villages)

    def keep_to_our_townships(self) -> None:
        codes = {village.township_code for village in self._ours.values() if village.township_code}
        names = set(self._towns.values())
        inside = [unit for unit in self._left if unit.code in self._ours or self._is_near(unit, codes, names)]
        outside = len(self._left) - len(inside)
        # A roster of which nothing is in our townships is a strange one, not one of other townships.
        if inside and outside:
            self.result.messages.append(Message("intake.other_townships", {"source": self.result.source, "count": outside}))
            self._left = inside
            self._size = len(inside)

    def pair_by_code(self) -> None:
        for unit in list(self._left):
            if unit.code in self._ours:
                self._pair(unit, self._ours[unit.code])

    def pair_by_name(self) -> None:
        places: tuple[Callable[[Village], Hashable], ...] = (
            lambda v: v.township_code or None, lambda v: self._town(v.township_name) or None, lambda v: "",
        )
        for place in places:
            for level in range(2 if place is places[-1] else 3):
                def key(village: Village, place: Callable[[Village], Hashable] = place, level: int = level) -> Hashable:
                    where = place(village)
                    return None if where is None else (where, name_keys(village.name)[level])

                theirs, ours = _unique(self._left, key), _unique(self._ours.values(), key)
                for shared in theirs.keys() & ours.keys():
                    self._by_name.append((theirs[shared], ours[shared]))
                    self._pair(theirs[shared], ours[shared])

    def is_strange(self) -> bool:
        """Whether the two rosters share so little that rows say nothing; then one difference says it all."""
        pairs, by_code = len(self.result.pairs), len(self.result.pairs) - len(self._by_name)
        smaller = min(len(self._all_ours), self._size)
        params = {"source": self.result.source, "ours": len(self._all_ours), "others": self._size, "pairs": pairs}
        if smaller > _FEW and pairs < _LEAST_SHARE * smaller:
            message = Message("intake.diff_strange", params)
            self.result.messages.append(message)
            self._add(WHOLE, "", "extra", None, message, codes=[unit.code or unit.name for unit in self._left])
            return True
        if self._coded and by_code == 0 and pairs > _FEW:
            message = Message("intake.diff_code_system", params)
            self.result.messages.append(message)
            self._add(WHOLE, "", "recoded", None, message, Message("intake.explained_code_system"))
            self._by_name = []
        return False

    def compare_pairs(self) -> None:
        recoded = {id(unit) for unit, _ in self._by_name}
        for code, unit in self.result.pairs.items():
            village = self._all_ours[code]
            if id(unit) in recoded:
                if unit.code:
                    params = {"village": village.name, "ours": code, "other": unit.code, "name": unit.name, "source": self._title}
                    is_known = bool({unit.code} & set(village.former) or {code} & set(unit.former))
                    explained = Message("intake.explained_former_code", {"other": unit.code}) if is_known else None
                    self._add(unit.code, unit.name, "recoded", code, Message("intake.diff_recoded_in", params), explained)
            elif name_keys(unit.name)[1] != name_keys(village.name)[1]:
                params = {"village": village.name, "code": code, "other": unit.name, "source": self._title}
                if _same_but_for_rare_characters(village.name, unit.name):
                    message, explained = Message("intake.diff_rare_character_in", params), Message("intake.explained_rare_character")
                    self._add(unit.code or code, unit.name, "renamed", code, message, explained)
                    continue
                is_known = _knows(village, unit) or _knows(unit, village)
                explained = Message("intake.explained_former_name", {"other": unit.name}) if is_known else None
                self._add(unit.code or code, unit.name, "renamed", code, Message("intake.diff_renamed_in", params), explained)

    def absorb_former(self) -> None:
        """Units that our roster (or theirs) names as former: one alone was renamed, several or one more were merged."""
        found: dict[str, list[Village]] = defaultdict(list)
        for unit in self._left:
            owner = next((v for v in self._all_ours.values() if _knows(v, unit) or _knows(unit, v)), None)
            if owner is not None:
                found[owner.code].append(unit)
        self._absorb(found, "intake.diff_merged_former")

    def explain_units(self) -> None:
        """Farms, reservoirs, zones: no villages. 居委会: a question, in one batch where they are many."""
        committees = []
        for unit in list(self._left):
            kind = unit.kind if self._kinds.role(unit.kind) == "out_of_scope" else kind_by_name(unit.name, self._profile)
            role = self._kinds.role(kind)
            if role == "out_of_scope":
                message = Message("intake.diff_not_a_village", {"name": unit.name, "kind": self._kinds.name(kind)})
                explained = Message("intake.explained_not_a_village", {"kind": self._kinds.name(kind)})
                self._add(unit.code or unit.name, unit.name, "not_a_village", None, message, explained, village_kind=kind)
                self._left.remove(unit)
            elif role == "ask" or self._kinds.role(unit.kind) == "ask":
                committees.append(unit)
                self._left.remove(unit)
        if len(committees) > _SINGLE_COMMITTEES:
            message = Message("intake.diff_other_committees", {"source": self._title, "count": len(committees)})
            rows = [_unit(unit) for unit in committees]
            self._add(BATCH, "", BATCH, None, message, codes=[unit.code or unit.name for unit in committees], units=rows)
            return
        for unit in committees:
            message = Message("intake.diff_committee", {"name": unit.name, "source": self._title})
            self._add(unit.code or unit.name, unit.name, "committee", None, message, unit=_unit(unit))

    def absorb_by_location(self) -> None:
        """Units without a partner whose land lies in one of our villages: merged into it."""
        codes = list(self._our_shapes)
        if not codes or not self._other_shapes:
            return
        tree = shapely.STRtree([self._our_shapes[code] for code in codes])
        found: dict[str, list[Village]] = defaultdict(list)
        for unit in self._left:
            shape = self._other_shapes.get(unit.row)
            if shape is None or shape.is_empty:
                continue
            for position in tree.query(shape, predicate="intersects"):
                share = shapely.intersection(shape, tree.geometries[position]).area / shape.area if shape.area else 0.0
                if share >= _INSIDE_SHARE and codes[position] in self._all_ours:
                    found[codes[position]].append(unit)
        self._absorb(found, "intake.diff_merged_location")

    def report_rest(self) -> None:
        for unit in self._left:
            message = Message("intake.diff_extra", {"name": unit.name, "code": unit.code or "—", "source": self._title})
            self._add(unit.code or unit.name, unit.name, "extra", None, message, unit=_unit(unit))
        towns = {unit.township_code for unit in (*self._left, *self.result.pairs.values())}
        for code, village in self._ours.items():
            covered = towns == {""} or village.township_code in towns
            if covered and self._kinds.role(village.kind) == "in_scope":
                message = Message("intake.diff_missing", {"village": village.name, "code": code, "source": self._title})
                self._add(code, village.name, "missing", code, message)

    def _absorb(self, found: Mapping[str, list[Village]], message_code: str) -> None:
        for code, units in found.items():
            village = self._all_ours[code]
            names, codes = "、".join(unit.name for unit in units), [unit.code or unit.name for unit in units]
            is_merger = code not in self._ours or len(units) > 1
            params = {"village": village.name, "names": names, "source": self._title}
            if is_merger:
                message = Message(message_code, params)
                self._add(codes[0], names, "merged", code, message, Message("intake.explained_merged", {"village": village.name}), codes=codes)
            else:
                message = Message("intake.diff_renamed_in", {"village": village.name, "code": code, "other": names, "source": self._title})
                is_known = message_code == "intake.diff_merged_former"
                explained = Message("intake.explained_former_name", {"other": names}) if is_known else None
                self._add(codes[0], names, "renamed", code, message, explained)
            for unit in units:
                self._pair(unit, village)

    def _pair(self, unit: Village, village: Village) -> None:
        self._left.remove(unit)
        self._ours.pop(village.code, None)
        self.result.pairs.setdefault(village.code, unit)
        code = unit.code if unit.code != village.code else ""
        name = unit.name if unit.name != village.name else ""
        if code or name:
            self.result.aliases.append((village.code, code, name))

    def _is_near(self, unit: Village, codes: set[str], names: set[str]) -> bool:
        if unit.township_code and codes:
            return unit.township_code in codes or self._town(unit.township_name) in names
        if unit.township_name and names:
            return self._town(unit.township_name) in names
        return True

    def _town(self, name: str) -> str:
        """The short name of a township; one written with county or city in front (某某县甲镇) is known by its end."""
        written, short = township_keys(name)
        return next((ours for ending, ours in self._towns.items() if written.endswith(ending)), short)

    def _add(
        self, code: str, name: str, kind: str, village: str | None, message: Message, explained: Message | None = None, **detail: Any
    ) -> None:
        """explained: which roster is followed and why, None while that is open."""
        detail = {"message": message.code, "params": dict(message.params), **detail}
        difference = Difference(self.result.source, code, name, kind, village, detail)
        if explained:
            difference.settled, difference.explanation = "explained", render(explained)
        self.result.differences.append(difference)


def _unit(unit: Village) -> dict[str, str]:
    return {"code": unit.code, "name": unit.name, "township_code": unit.township_code, "township_name": unit.township_name, "kind": unit.kind}


def _unique(villages: Iterable[Village], key: Callable[[Village], Hashable]) -> dict[Hashable, Village]:
    groups: dict[Hashable, list[Village]] = defaultdict(list)
    for village in villages:
        found = key(village)
        if found is not None:
            groups[found].append(village)
    return {found: members[0] for found, members in groups.items() if len(members) == 1}


def _knows(village: Village, unit: Village) -> bool:
    """Whether a village names a unit as its former self: in 曾用名 or 原代码, or in a note that speaks of a merger."""
    names = {name_keys(former)[1] for former in village.former}
    if name_keys(unit.name)[1] in names or (unit.code and unit.code in village.former):
        return True
    note = str(village.facts.get("note") or "")
    written = name_keys(unit.name)
    return bool(_MERGER_WORDS.search(note)) and len(written[2]) > 1 and (written[0] in note or written[1] in note)


def _same_but_for_rare_characters(one: str, other: str) -> bool:
    """Whether names differ only where one of them has a character that fonts and systems draw differently or lost.

    Rare characters of place names stand in the private use area in older systems, or became � or □ on the way.
    """
    short_one, short_other = name_keys(one)[1], name_keys(other)[1]
    if len(short_one) != len(short_other):
        return False
    differing = [pair for pair in zip(short_one, short_other) if pair[0] != pair[1]]
    return len(differing) < len(short_one) and all(any(_is_rare(character) for character in pair) for pair in differing)


def _is_rare(character: str) -> bool:
    return unicodedata.category(character) == "Co" or character in "\ufffd□?？"
