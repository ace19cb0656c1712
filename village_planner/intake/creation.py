"""What createplan gathers before it writes: sources read, polygons joined, rosters compared, and the report of it all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely

from village_planner.base import Feedback, InputError, Message, render
from village_planner.base.report import Report
from village_planner.intake import reporting
from village_planner.intake.codes import CodeRule, code_rule, name_keys, township_keys, village_code
from village_planner.intake.derived_patches import derive_patches
from village_planner.intake.geometry import (
    Shapes,
    layer_names,
    layer_table,
    open_source,
    pick_layer,
    plan_crs,
    refuse_unusable,
    source_name,
    to_plan,
    to_plan_any,
)
from village_planner.intake.hamlets import crs_of_places, hamlets_from_patches, stated_places
from village_planner.intake.headers import Table, read_table
from village_planner.intake.joining import (
    Joined,
    JoinedPatches,
    VillageFinder,
    VillageIndex,
    hamlet_points,
    join_patches,
    join_townships,
    join_villages,
    township_cells,
)
from village_planner.intake.outside import told_outside
from village_planner.intake.reconcile import Difference, Reconciliation, own_committees, reconcile
from village_planner.intake.requests import CreatePlan
from village_planner.intake.roster import COUNTS, Roster, Village, complete_codes, number_hamlets, roster_of
from village_planner.intake.tables import is_table_file, split_source
from village_planner.spatial.crs import CGCS2000_GEOGRAPHIC
from village_planner.spatial.reading import SourceLayer
from village_planner.standards import Profile


@dataclass
class _Layer:
    """A vector source: as read, then with columns matched, then in the plan's CRS."""

    source: SourceLayer
    table: Table
    shapes: Shapes | None = None


@dataclass
class Creation:
    """Everything between the sources and the plan file."""

    request: CreatePlan
    profile: Profile
    feedback: Feedback
    report: Report = field(default_factory=lambda: Report(reporting.title("report_createplan")))
    roster: Roster = field(default_factory=lambda: Roster(""))
    townships: dict[str, str] = field(default_factory=dict)
    villages_joined: Joined = field(default_factory=Joined)
    townships_joined: Joined = field(default_factory=Joined)
    patches: JoinedPatches = field(default_factory=JoinedPatches)
    points: dict[str, shapely.Point] = field(default_factory=dict)
    comparisons: list[Reconciliation] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    figure_sources: dict[str, str] = field(default_factory=dict)  # villages whose figures are another roster's
    crs: int = CGCS2000_GEOGRAPHIC

    def __post_init__(self) -> None:
        self.rule: CodeRule = code_rule(self.profile)
        self._layers: dict[str, _Layer] = {}
        self._others: list[tuple[Roster, _Layer | None]] = []
        self._roster_layer: _Layer | None = None
        self._township_table: Table | None = None
        self.phases = tuple(sorted(set(self.request.phases or self.profile.value("phases"))))
        self._files, self._rows, self._left, self._shapes, self._joins, self._differences = (
            self.report.section(reporting.title(code))
            for code in ("section_files", "section_rows", "section_left", "section_geometry", "section_joins", "section_differences")
        )

    @property
    def open_differences(self) -> int:
        return sum(difference.settled is None for difference in self.differences)

    def read_sources(self) -> None:
        """Read every file before anything is made of it, so that a file that cannot serve is said at once."""
        request = self.request
        # A patch layer says itself which hamlet a patch is of: land use only serves where there is none.
        land_use = None if request.patches else request.land_use
        if request.patches and request.land_use:
            self._files.add(Message("intake.land_use_not_needed", {"file": Path(split_source(request.land_use)[0]).name}))
        for role, path in (("villages", self._village_source()), ("patches", request.patches), ("land_use", land_use)):
            if path:
                self._layers[role] = self._read_layer(path, role)
                self.feedback.check()
        if request.townships:
            self._read_townships(request.townships)
        self.roster = self._read_own_roster()
        self.feedback.progress(0.3)
        for path in request.other_rosters:
            self.feedback.check()
            self._others.append(self._read_other(path))

    def build(self) -> None:
        self._choose_crs()
        for layer in (*self._layers.values(), *(layer for layer in (self._roster_layer, *(layer for _, layer in self._others)) if layer)):
            self.feedback.check()
            self._bring_to_plan(layer)
        self._judge_places()
        complete_codes(self.roster, self._known_codes())
        if not self.roster.villages:
            raise InputError("intake.no_village_with_code", file=self.roster.source, digits=self.rule.village_digits)
        finder = self._join_villages()
        if "patches" in self._layers:
            self.roster.rows += hamlets_from_patches(_shapes(self._layers["patches"]), finder)
        number_hamlets(self.roster, self.rule)
        self._name_townships()
        reporting.add_rows(self._rows, self.roster.source, self.roster.rows)
        reporting.add_rows(self._left, self.roster.source, self.roster.left_out)
        self._join(finder)
        self.feedback.check()
        self._compare()
        self._figures()

    def _village_source(self) -> str | None:
        """The village polygons: as given, else those of a roster that is a polygon layer."""
        roster = self.request.roster
        if self.request.villages or not roster or is_table_file(roster):
            return self.request.villages
        info, _ = pick_layer(roster, layer_names(self.profile, "roster"), with_geometry=False)
        is_polygons = "Polygon" in info.geometry_type or info.geometry_type.startswith("Unknown")
        return f"{split_source(roster)[0]}|layername={info.layer}" if is_polygons else None

    def _read_layer(self, path: str, role: str) -> _Layer:
        source, notes = open_source(path, layer_names(self.profile, role), self.feedback)
        if len(source.frame) == 0:
            raise InputError("intake.layer_empty", file=source_name(Path(source.path).name, source.layer))
        spec = self.profile.inputs[role]
        table = layer_table(source, spec, self.rule, reporting.chosen_columns(self.request.field_map, role, Path(source.path).name))
        for note in notes:
            self._files.add(note, source=table.file)
        reporting.add_table(self._files, table, spec)
        return _Layer(source, table)

    def _read_townships(self, path: str) -> None:
        spec = self.profile.inputs["townships"]
        if is_table_file(path):
            chosen = reporting.chosen_columns(self.request.field_map, "townships", Path(path).name)
            self._township_table = read_table(path, spec, self.rule, chosen, self.feedback)
            reporting.add_table(self._files, self._township_table, spec)
        else:
            self._layers["townships"] = self._read_layer(path, "townships")
            self._township_table = self._layers["townships"].table

    def _read_own_roster(self) -> Roster:
        spec = self.profile.inputs["roster"]
        if self.request.roster:
            table, self._roster_layer = self._roster_table(self.request.roster)
        elif "villages" in self._layers:
            source = self._layers["villages"].source
            chosen = reporting.chosen_columns(self.request.field_map, "villages", Path(source.path).name)
            known = {name: column for name, column in chosen.items() if name in spec.fields}
            table = layer_table(source, spec, self.rule, known)
            self._files.add(Message("intake.roster_from_villages", {"file": table.file}), source=table.file)
        else:
            raise InputError("intake.no_roster")
        reporting.add_rows(self._left, table.file, table.set_aside)
        return roster_of(table, self.profile)

    def _read_other(self, path: str) -> tuple[Roster, _Layer | None]:
        table, layer = self._roster_table(path)
        reporting.add_rows(self._left, table.file, table.set_aside)
        other = roster_of(table, self.profile)
        taken = {self.roster.source, *(roster.source for roster, _ in self._others)}
        number = 2
        while other.source in taken:
            other.source = f"{table.file} ({number})"
            number += 1
        reporting.add_rows(self._rows, other.source, other.rows)
        reporting.add_rows(self._left, other.source, other.left_out)
        return other, layer

    def _roster_table(self, path: str) -> tuple[Table, _Layer | None]:
        spec = self.profile.inputs["roster"]
        file = Path(split_source(path)[0]).name
        chosen = reporting.chosen_columns(self.request.field_map, "roster", file)
        if is_table_file(path):
            table, layer = read_table(path, spec, self.rule, chosen, self.feedback), None
        else:
            source, notes = open_source(path, layer_names(self.profile, "roster"), self.feedback, with_geometry=False)
            if len(source.frame) == 0:
                raise InputError("intake.layer_empty", file=source_name(Path(source.path).name, source.layer))
            table = layer_table(source, spec, self.rule, chosen)
            if not table.has("village"):
                raise InputError("intake.column_missing", file=table.file, field=spec.fields["village"].alias, columns="、".join(table.frame.columns) or "—")
            layer = _Layer(source, table) if np.any(~shapely.is_missing(source.geoms)) else None
            for note in notes:
                self._files.add(note, source=table.file)
        reporting.add_table(self._files, table, spec)
        return table, layer

    def _choose_crs(self) -> None:
        order = [self._layers[role].source for role in ("villages", "patches", "land_use", "townships") if role in self._layers]
        order += [layer.source for layer in (self._roster_layer, *(layer for _, layer in self._others)) if layer]
        found = plan_crs(order) or crs_of_places(self.roster.villages)
        self.crs = found or CGCS2000_GEOGRAPHIC
        self._shapes.add(Message("intake.plan_crs" if found else "intake.no_geometry", {"epsg": self.crs}))

    def _bring_to_plan(self, layer: _Layer) -> None:
        # A roster may be a layer of points.
        layer.shapes = (to_plan_any if layer is self._roster_layer else to_plan)(layer.source, layer.table, self.crs)
        for note in layer.shapes.notes:
            self._shapes.add(note, source=layer.table.file)
        reporting.add_rows(self._shapes, layer.table.file, layer.shapes.rows)
        for role in ("patches", "land_use"):
            if layer is self._layers.get(role):
                refuse_unusable(layer.shapes, Message(f"intake.use_{role}", {}))

    def _judge_places(self) -> None:
        """Refuse patches and land use that lie nowhere near the villages and townships, and tell what lies partly elsewhere."""
        drawn = [self._layers[role].shapes for role in ("villages", "townships") if role in self._layers]
        for shapes in (self._layers[role].shapes for role in ("patches", "land_use") if role in self._layers):
            if drawn and shapes is not None:
                outside = told_outside(shapes.geoms, np.concatenate([around.geoms for around in drawn if around]), self.crs, shapes.source)
                if outside is not None:
                    self._shapes.add(outside, source=shapes.source)

    def _known_codes(self) -> dict[tuple[str, str], str]:
        """Codes by township and name from the village polygons and the other rosters, where each name has one."""
        found: dict[tuple[str, str], set[str]] = {}
        units = [village for other, _ in self._others for village in other.villages]
        if "villages" in self._layers:
            units += _villages_of(self._layers["villages"].table, self.rule)
        for unit in units:
            if unit.code:
                for town in {"", township_keys(unit.township_name)[1]}:
                    found.setdefault((town, name_keys(unit.name)[1]), set()).add(unit.code)
        return {key: next(iter(codes)) for key, codes in found.items() if len(codes) == 1}

    def _name_townships(self) -> None:
        names = {}
        if self._township_table is not None:
            for position in range(len(self._township_table.frame)):
                code, name = township_cells(self._township_table, position, self.rule)
                if code and name:
                    names[code] = name
        stated: dict[str, Counter[str]] = {}
        for village in self.roster.villages:
            village.township_code = village.township_code or village.code[: self.rule.township_digits]
            if village.township_name:
                stated.setdefault(village.township_code, Counter())[village.township_name] += 1
        for code in dict.fromkeys(village.township_code for village in self.roster.villages):
            used = [name for name, _ in stated.get(code, Counter()).most_common()]
            self.townships[code] = names.get(code) or (used[0] if used else code)
            if len(used) > 1:
                self._rows.add(Message("intake.township_names", {"code": code, "names": "、".join(used), "used": self.townships[code]}))
            elif not used and code not in names:
                self._rows.add(Message("intake.township_unnamed", {"code": code}))
        for village in self.roster.villages:
            village.township_name = self.townships[village.township_code]

    def _join_villages(self) -> VillageFinder:
        index = VillageIndex(self.roster.villages, self.rule)
        if "villages" in self._layers:
            self.villages_joined = join_villages(_shapes(self._layers["villages"]), index)
        return VillageFinder(index, self.villages_joined.shapes)

    def _join(self, finder: VillageFinder) -> None:
        if "villages" in self._layers:
            self._say_join(self.villages_joined, _shapes(self._layers["villages"]), "intake.join_villages")
            for village in self.roster.villages:
                if village.code not in self.villages_joined.shapes:
                    message = Message("intake.village_no_polygon", {"village": village.name, "code": village.code})
                    self._left.add(message, source=self.roster.source, row=village.row)
        if "townships" in self._layers:
            self.townships_joined = join_townships(_shapes(self._layers["townships"]), self.townships, self.rule)
            self._say_join(self.townships_joined, _shapes(self._layers["townships"]), "intake.join_townships")
        stated = self._stated_places()
        if "patches" in self._layers:
            shapes = _shapes(self._layers["patches"])
            self.patches = join_patches(shapes, finder, self.profile, self.phases)
            self._say_join(self.patches, shapes, "intake.join_patches")
        elif "land_use" in self._layers:
            shapes = _shapes(self._layers["land_use"])
            self.patches = derive_patches(shapes, self.roster.villages, self.villages_joined.shapes, stated, self.profile, self.crs, self.feedback)
            self._say_join(self.patches, shapes, "intake.join_land_use")
        self.points = {**hamlet_points(self.roster.villages, self.patches.existing, self.villages_joined.shapes), **stated}

    def _stated_places(self) -> dict[str, shapely.Point]:
        """Where the roster itself puts hamlets: by its features, else by its columns of coordinates."""
        features = {}
        if self._roster_layer is not None and "villages" not in self._layers:
            shapes = _shapes(self._roster_layer)
            features = {number: geom for number, geom in zip(shapes.table.numbers, shapes.geoms) if geom is not None}
        found, faults = stated_places(self.roster.villages, features, self.crs)
        if found:
            self._joins.add(Message("intake.places_stated", {"count": len(found)}), source=self.roster.source)
        reporting.add_rows(self._rows, self.roster.source, faults)
        return found

    def _say_join(self, joined: Joined | JoinedPatches, shapes: Shapes, code: str) -> None:
        ways = "、".join(f"{render(Message(f'intake.way_{way}'))} {count}" for way, count in joined.ways.items())
        self._joins.add(Message(code, {"file": shapes.source, "ways": ways or "0"}), source=shapes.source)
        reporting.add_rows(self._joins, shapes.source, joined.rows)
        reporting.add_rows(self._left, shapes.source, joined.left)

    def _compare(self) -> None:
        for other, layer in self._others:
            shapes = {}
            if layer is not None and layer.shapes is not None:
                shapes = {number: geom for number, geom in zip(layer.table.numbers, layer.shapes.geoms) if geom is not None}
            comparison = reconcile(self.roster.villages, other, self.profile, self.villages_joined.shapes, shapes)
            self.comparisons.append(comparison)
            params = {"source": other.source, "units": len(other.villages), "pairs": len(comparison.pairs), "rows": len(comparison.differences)}
            self._differences.add(Message("intake.compared", params), source=other.source)
            for message in comparison.messages:
                self._differences.add(message, source=other.source)
                self.feedback.say(message)
            self.differences += comparison.differences
            self._take_figures(comparison)
        committees = own_committees(self.roster.villages, self.roster.source, self.profile)
        if committees:
            self.differences.append(committees)
        _make_unique(self.differences)
        for difference in self.differences:
            message = Message(difference.detail["message"], {**difference.detail.get("params", {}), "count": difference.detail.get("count", 0)})
            state = Message("intake.settled_explained" if difference.settled else "intake.settled_open")
            self._differences.add(message, source=difference.source, kind=difference.kind, difference=difference.code, settled=render(state))

    def _take_figures(self, comparison: Reconciliation) -> None:
        """Households and persons that our roster has nowhere are taken from another roster's paired units, and said so."""
        ours, taken = self.roster.by_code(), 0
        for code, unit in comparison.pairs.items():
            village, figures = ours[code], _figures_of(unit)
            if figures and not _figures_of(village):
                (village.hamlets[0] if len(village.hamlets) == 1 else village).facts.update(figures)
                self.figure_sources[code] = comparison.source
                taken += 1
        if taken:
            message = Message("intake.figures_taken", {"source": comparison.source, "count": taken})
            self._joins.add(message, source=comparison.source)

    def _figures(self) -> None:
        self.report.figures.update({
            "乡镇": len(self.townships), "行政村": len(self.roster.villages),
            "居民点": sum(len(village.hamlets) for village in self.roster.villages), "居民点用地": len(self.patches.patches),
            "集中安置点": len(self.patches.sites), "名录差异": len(self.differences), "待处理差异": self.open_differences,
            "未落实的行": len(self._left.rows), "坐标系": f"EPSG:{self.crs}",
        })


def _figures_of(village: Village) -> dict[str, int]:
    """What a roster says of a village's households and persons: its own figures, else the sums of its hamlets; nothing where it is silent."""
    found = {}
    for name in COUNTS:
        of_hamlets = [hamlet.facts[name] for hamlet in village.hamlets if hamlet.facts.get(name) is not None]
        own = village.facts.get(name)
        if own is not None or of_hamlets:
            found[name] = own if own is not None else sum(of_hamlets)
    return found


def _make_unique(differences: list[Difference]) -> None:
    """Give differences of one source that would share a key (same name, no code) a number."""
    taken: set[tuple[str, str]] = set()
    for difference in differences:
        base, number = difference.code, 2
        while (difference.source, difference.code) in taken:
            difference.code = f"{base} ({number})"
            number += 1
        taken.add((difference.source, difference.code))


def _villages_of(table: Table, rule: CodeRule) -> list[Village]:
    found = []
    for position, number in enumerate(table.numbers):
        try:
            code = village_code(table.cell(position, "village_code"), rule)
        except InputError:
            continue
        name, town = (str(table.cell(position, column) or "") for column in ("village", "township"))
        if code and name:
            found.append(Village(code, name, "", town, "", number))
    return found


def _shapes(layer: _Layer) -> Shapes:
    if layer.shapes is None:
        raise ValueError("the layer is not in the plan's CRS yet")
    return layer.shapes
