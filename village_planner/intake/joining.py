"""Joins polygons to villages and hamlets: by code, by name, by location; every way and every leftover is reported."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any, Iterable, Mapping, Sequence

import numpy as np
import shapely

from village_planner.base import InputError, Message
from village_planner.intake import values
from village_planner.intake.codes import CodeRule, code_rule, code_text, hamlet_key, name_keys, township_code, township_keys, village_code
from village_planner.intake.geometry import Shapes, multi_polygon
from village_planner.intake.headers import RowNote, Table
from village_planner.intake.roster import Hamlet, Village
from village_planner.standards import Profile

_NEAR_M = 100.0
_PLAIN_WAYS = ("hamlet_code", "code+hamlet_name", "code+only_hamlet")  # what needs no word for each row


@dataclass
class Joined:
    """Polygons by code, how many were joined in which way, and what is said of rows (left: rows that found no place)."""

    shapes: dict[str, shapely.Geometry] = field(default_factory=dict)
    ways: Counter[str] = field(default_factory=Counter)
    rows: list[RowNote] = field(default_factory=list)
    left: list[RowNote] = field(default_factory=list)


@dataclass
class JoinedPatches:
    """Rows for the tables patch, site and site_capacity; existing: hamlet code → its existing patches."""

    patches: list[dict[str, Any]] = field(default_factory=list)
    sites: list[dict[str, Any]] = field(default_factory=list)
    capacities: list[dict[str, Any]] = field(default_factory=list)
    ways: Counter[str] = field(default_factory=Counter)
    rows: list[RowNote] = field(default_factory=list)
    left: list[RowNote] = field(default_factory=list)

    @property
    def existing(self) -> dict[str, list[shapely.Geometry]]:
        """Present polygons by hamlet."""
        found: dict[str, list[shapely.Geometry]] = defaultdict(list)
        for patch in self.patches:
            if patch["kind"] != "new" and patch["hamlet_code"] and patch["geom"] is not None:
                found[patch["hamlet_code"]].append(patch["geom"])
        return found


class VillageIndex:
    """Finds a village by code, by former code, or by name within a township."""

    def __init__(self, villages: Sequence[Village], rule: CodeRule) -> None:
        self.by_code = {village.code: village for village in villages}
        self._rule = rule
        self._former = {former: village for village in villages for former in village.former}
        self._names: dict[tuple[str, str], list[Village]] = defaultdict(list)
        for village in villages:
            for name in (village.name, *village.former):
                for key in dict.fromkeys(name_keys(name)):
                    towns = {"", village.township_code, township_keys(village.township_name)[1]}
                    for town in towns:
                        if village not in self._names[(town, key)]:
                            self._names[(town, key)].append(village)

    def of_code(self, value: Any) -> Village | None:
        """Return the village of a code cell; None for blank, unreadable or unknown."""
        try:
            code = village_code(value, self._rule)
        except InputError:
            code = code_text(value) if not isinstance(value, str) else value.strip()
        return self.by_code.get(code) or self._former.get(code)

    def of_name(self, name: str, township: str = "") -> Village | None:
        """Return the only village of a name, within a township (code or name; '' for the whole county); None for none or several."""
        return next(iter(found), None) if len(found := self.all_of_name(name, township)) == 1 else None

    def all_of_name(self, name: str, township: str = "") -> list[Village]:
        """Return all villages that a name may mean, by its strictest form that any has."""
        town = township if township in ("", *self._codes()) else township_keys(township)[1]
        if not values.text(name):
            return []
        return next((found for key in name_keys(name) if (found := self._names.get((town, key), []))), [])

    def _codes(self) -> set[str]:
        return {village.township_code for village in self.by_code.values()}


class VillageFinder:
    """Finds the village of a patch: by code, by name, else by the village polygon that holds it."""

    def __init__(self, index: VillageIndex, village_shapes: Mapping[str, shapely.Geometry]) -> None:
        self.index = index
        self._codes = list(village_shapes)
        self._tree = shapely.STRtree(list(village_shapes.values()))

    def village(self, shapes: Shapes, position: int) -> tuple[Village | None, str]:
        """Return the village of a feature and the way it was found; None where it is not."""
        cells = {name: shapes.table.cell(position, name) for name in ("village_code", "village", "township_code", "township")}
        village, way = _village_of(cells, self.index)
        if village is None and self._codes:
            inside = self._tree.query(shapely.point_on_surface(shapes.geoms[position]), predicate="within")
            if len(inside):
                return self.index.by_code[self._codes[int(inside[0])]], "location"
        return village, way


def join_villages(shapes: Shapes, index: VillageIndex) -> Joined:
    """Join village polygons by code, then by unique name within the township; several polygons of one village are united."""
    joined = Joined()
    parts: dict[str, list[shapely.Geometry]] = defaultdict(list)
    for position, number in enumerate(shapes.table.numbers):
        cells = {name: shapes.table.cell(position, name) for name in ("village_code", "village", "township_code", "township")}
        name = values.text(cells["village"])
        village, way = _village_of(cells, index)
        params = {"file": shapes.source, "row": number, "name": name or values.text(cells["village_code"])}
        if village is None:
            joined.left.append(RowNote(number, Message("intake.polygon_left", params)))
            continue
        joined.ways[way] += 1
        if way == "name":
            joined.rows.append(RowNote(number, Message("intake.polygon_by_name", {**params, "village": village.name, "code": village.code})))
        elif name and name_keys(name)[1] != name_keys(village.name)[1] and name not in village.former:
            joined.rows.append(RowNote(number, Message("intake.polygon_name_differs", {**params, "village": village.name, "code": village.code})))
        if shapes.geoms[position] is None:
            continue
        if parts[village.code]:
            joined.rows.append(RowNote(number, Message("intake.polygon_again", {**params, "village": village.name})))
        parts[village.code].append(shapes.geoms[position])
    joined.shapes = _united(parts)
    return joined


def join_townships(shapes: Shapes, names: Mapping[str, str], rule: CodeRule) -> Joined:
    """Join township polygons by code, then by name; names: township code → name."""
    joined = Joined()
    by_name = {township_keys(name)[1]: code for code, name in names.items() if name}
    parts: dict[str, list[shapely.Geometry]] = defaultdict(list)
    for position, number in enumerate(shapes.table.numbers):
        code, name = township_cells(shapes.table, position, rule)
        way = "code" if code in names else "name"
        code = code if code in names else by_name.get(township_keys(name)[1], "")
        if not code:
            params = {"file": shapes.source, "row": number, "name": name}
            joined.left.append(RowNote(number, Message("intake.township_left", params)))
        elif shapes.geoms[position] is not None:
            joined.ways[way] += 1
            parts[code].append(shapes.geoms[position])
    joined.shapes = _united(parts)
    return joined


def township_cells(table: Table, position: int, rule: CodeRule) -> tuple[str, str]:
    """Return code and name of a township in a row; '' where blank or unreadable."""
    name = values.text(table.cell(position, "township"))
    try:
        return township_code(table.cell(position, "township_code"), rule), name
    except InputError:
        return "", name


def join_patches(shapes: Shapes, finder: VillageFinder, profile: Profile, phases: Sequence[int]) -> JoinedPatches:
    """Join patches to hamlets; rows whose kind is 集中安置点 become sites.

    The village comes by code, by name, or from the village polygon that holds the patch; the hamlet by code, by name within
    the village, as the only one, or from the nearest patch of the same village within 100 m; else a hamlet of the name that the patch states
    is made, and told. A patch that states no name stays without.
    """
    return _PatchJoin(shapes, finder, profile, phases).run()


class _PatchJoin:
    def __init__(self, shapes: Shapes, finder: VillageFinder, profile: Profile, phases: Sequence[int]) -> None:
        self._shapes, self._finder, self._profile, self._phases = shapes, finder, profile, sorted(phases)
        self._taken: set[str] = set()
        self._result = JoinedPatches()
        self._homeless: list[tuple[dict[str, Any], Village, int, str]] = []
        self._placed: dict[str, list[tuple[shapely.Geometry, str]]] = defaultdict(list)
        self._by_hamlet_code = {}
        for village in finder.index.by_code.values():
            for hamlet in village.hamlets:
                self._by_hamlet_code[hamlet.code] = (village, hamlet)
                stated = hamlet.facts.get("stated_code")
                if stated:
                    self._by_hamlet_code.setdefault(stated, (village, hamlet))

    def run(self) -> JoinedPatches:
        for position, number in enumerate(self._shapes.table.numbers):
            if self._shapes.geoms[position] is None:
                continue
            kind = self._kind(position, number)
            if kind == "site":
                self._site(position, number)
            else:
                self._patch(position, number, kind)
        # Against the roster's own hamlets only: what is made on the way must not draw other names to it.
        placed = {code: list(patches) for code, patches in self._placed.items()}
        for row, village, number, name in self._homeless:
            self._by_nearest(row, village, number, name, placed.get(village.code, []))
        return self._result

    def _patch(self, position: int, number: int, kind: str) -> None:
        row: dict[str, Any] = {
            "code": self._code(position, number, "P"), "hamlet_code": None, "kind": kind, "note": None,
            "geom": multi_polygon(self._shapes.geoms[position]),
        }
        self._result.patches.append(row)
        known = self._by_hamlet_code.get(code_text(self._cell(position, "hamlet_code")))
        name = values.text(self._cell(position, "hamlet"))
        if known is not None:
            self._place(row, known[1], "hamlet_code", number)
            return
        village, way = self._finder.village(self._shapes, position)
        if village is None:
            self._leave(number, "intake.patch_no_village", row, name)
            return
        hamlet = _hamlet_of(name, village)
        if hamlet is not None:
            self._place(row, hamlet, f"{way}+hamlet_name", number)
        elif len(village.hamlets) == 1:
            if name and hamlet_key(name) != hamlet_key(village.name):
                self._say(number, "intake.patch_only_hamlet", row, village=village.name, name=name)
            self._place(row, village.hamlets[0], f"{way}+only_hamlet", number)
        else:
            self._homeless.append((row, village, number, name))

    def _by_nearest(
        self, row: dict[str, Any], village: Village, number: int, name: str, placed: Sequence[tuple[shapely.Geometry, str]]
    ) -> None:
        distances = shapely.distance(row["geom"], np.array([shape for shape, _ in placed], dtype=object)) if placed else np.zeros(0)
        if len(distances) and distances.min() <= _NEAR_M:
            code = placed[int(distances.argmin())][1]
            row["hamlet_code"] = code
            self._result.ways["nearest"] += 1
            hamlet = self._by_hamlet_code[code][1].name
            self._say(number, "intake.patch_nearest", row, village=village.name, name=name, hamlet=hamlet, distance=f"{distances.min():.0f}")
        elif name:
            made = _hamlet_of(name, village) or self._made(village, name, number)
            self._place(row, made, "made", number)
        else:
            self._leave(number, "intake.patch_no_hamlet", row, name, village=village.name)

    def _made(self, village: Village, name: str, number: int) -> Hamlet:
        """A hamlet that the roster lacks and a patch names."""
        taken = {hamlet.code for hamlet in village.hamlets}
        digits = code_rule(self._profile).serial_digits
        codes = (f"{village.code}{serial:0{digits}d}" for serial in range(1, 10**digits))
        hamlet = Hamlet(values.place_name(name), village.row, next(code for code in codes if code not in taken))
        village.hamlets.append(hamlet)
        self._by_hamlet_code[hamlet.code] = (village, hamlet)
        self._say(number, "intake.hamlet_made", {"code": hamlet.code}, village=village.name, hamlet=hamlet.name)
        return hamlet

    def _site(self, position: int, number: int) -> None:
        code = self._code(position, number, "S")
        names = (values.text(self._cell(position, column)) for column in ("site", "hamlet"))
        name = next((found for found in names if found), code)
        village, _ = self._finder.village(self._shapes, position)
        setting = values.text(self._cell(position, "setting"))
        is_town = any(word in setting for word in ("城", "镇", "鎮", "town"))
        ready = self._ready(position, number, name)
        self._result.sites.append({
            "code": code, "name": name, "setting": "town" if is_town else "rural", "ready_phase": ready, "note": None,
            "village_code": village.code if village else None, "township_code": village.township_code if village else None,
            "geom": multi_polygon(self._shapes.geoms[position]),
        })
        self._result.ways["site"] += 1
        capacity = self._number(position, number, "capacity", values.count)
        if capacity is not None:
            later = [phase for phase in self._phases if ready is None or phase >= ready]
            self._result.capacities += [{"site_code": code, "phase": phase, "households": capacity} for phase in later]
        if village is None:
            self._say(number, "intake.site_no_village", {"code": code}, name=name)

    def _ready(self, position: int, number: int, name: str) -> int | None:
        year = self._number(position, number, "ready_phase", values.year)
        if year in self._phases or not year:
            return year or None
        later = next((phase for phase in self._phases if phase >= year), None)
        self._say(number, "intake.site_phase", {"code": name}, year=year, phase=later or "—")
        return later

    def _kind(self, position: int, number: int) -> str:
        cell = self._cell(position, "kind")
        if values.is_blank(cell):
            return "existing"
        found = self._profile.code_list("patch_kind").find(values.text(cell))
        if found is None:
            self._say(number, "intake.patch_kind_unknown", {"code": number}, value=values.text(cell))
        return found or "existing"

    def _code(self, position: int, number: int, letter: str) -> str:
        stated = values.text(self._cell(position, "patch"))
        code = stated if stated and stated not in self._taken else f"{letter}{number:05d}"
        while code in self._taken:
            code += "a"
        if stated and code != stated:
            self._say(number, "intake.patch_code_twice", {"code": stated}, new=code)
        self._taken.add(code)
        return code

    def _number(self, position: int, number: int, column: str, read: Any) -> int | None:
        try:
            found = read(self._cell(position, column))
        except InputError as error:
            name = self._shapes.table.matching.columns[column]
            self._result.rows.append(RowNote(number, Message("intake.cell_unread", {"row": number, "column": name, "reason": error.message})))
            return None
        # Shapefiles have no null numbers everywhere: 0 stands for "not filled in".
        return found or None

    def _cell(self, position: int, column: str) -> Any:
        return self._shapes.table.cell(position, column)

    def _place(self, row: dict[str, Any], hamlet: Hamlet, way: str, number: int) -> None:
        row["hamlet_code"] = hamlet.code
        self._result.ways[way] += 1
        village = self._by_hamlet_code[hamlet.code][0]
        if way not in _PLAIN_WAYS:
            self._say(number, "intake.patch_joined", row, village=village.name, hamlet=hamlet.name, way=Message(f"intake.way_{way}"))
        self._placed[village.code].append((row["geom"], hamlet.code))

    def _say(self, number: int, message_code: str, row: Mapping[str, Any], /, **params: Any) -> None:
        self._result.rows.append(RowNote(number, Message(message_code, {"row": number, "patch": row["code"], **params})))

    def _leave(self, number: int, message_code: str, row: Mapping[str, Any], name: str, /, **params: Any) -> None:
        self._result.ways["left"] += 1
        self._result.left.append(RowNote(number, Message(message_code, {"row": number, "patch": row["code"], "name": name or "—", **params})))


def hamlet_points(
    villages: Iterable[Village], existing: Mapping[str, list[shapely.Geometry]], shapes: Mapping[str, shapely.Geometry]
) -> dict[str, shapely.Point]:
    """Return a point for hamlets: inside its largest present patch; for a main hamlet without one, inside the village polygon."""
    points = {}
    for village in villages:
        for hamlet in village.hamlets:
            patches = existing.get(hamlet.code)
            if patches:
                points[hamlet.code] = max(patches, key=lambda shape: shape.area).representative_point()
            elif hamlet.is_main and shapes.get(village.code) is not None:
                points[hamlet.code] = shapes[village.code].representative_point()
    return points


def _village_of(cells: Mapping[str, Any], index: VillageIndex) -> tuple[Village | None, str]:
    village = None if values.is_blank(cells["village_code"]) else index.of_code(cells["village_code"])
    if village is not None:
        return village, "code"
    name = values.text(cells["village"])
    for township in (code_text(cells["township_code"]) if cells["township_code"] else "", values.text(cells["township"]), ""):
        found = index.of_name(name, township) if name else None
        if found is not None:
            return found, "name"
        if name and township and index.all_of_name(name, township):
            return None, ""
    return None, ""


def _hamlet_of(name: str, village: Village) -> Hamlet | None:
    if not name:
        return None
    found = [hamlet for hamlet in village.hamlets if hamlet.name == name] or [
        hamlet for hamlet in village.hamlets if hamlet_key(hamlet.name) == hamlet_key(name)
    ]
    return found[0] if len(found) == 1 else None


def _united(parts: Mapping[str, list[shapely.Geometry]]) -> dict[str, shapely.Geometry]:
    return {code: multi_polygon(shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)) for code, shapes in parts.items() if shapes}
