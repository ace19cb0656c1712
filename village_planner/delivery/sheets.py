"""Map sheets (图件) as plain data: what each sheet shows, counts and says; whoever draws them needs no rule."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Mapping, Protocol, Sequence

import pandas as pd
import shapely

from village_planner.base import Feedback, InputError
from village_planner.delivery.frames import DeliverySource, layers_of
from village_planner.delivery.sheet_figures import UNKNOWN_PHASE, Figures, printed_ha, row_names, sheet_figures, table_rows
from village_planner.delivery.sheet_frames import CONTROL, OUTSIDE, phase_frames, sheet_frames
from village_planner.delivery.sheet_notes import sheet_notes
from village_planner.delivery.surroundings import BEYOND, NEIGHBOURS, lines_beyond
from village_planner.plan.data import PlanData, plain
from village_planner.spatial.crs import describe_crs
from village_planner.standards import PackageSpec, Profile, SheetClass, SheetLayer, SheetSpec

_BASE_LAYERS = ("townships", "extent")
_PHASE_CLASS = "phase_shown"
_AROUND = (
    SheetLayer(NEIGHBOURS, "界线", "fill", 1, classes=(SheetClass("", "相邻乡镇", "#f5f5f3"),), label="township_name", label_kind="neighbour"),
    SheetLayer(BEYOND, "", "line", 1, classes=(SheetClass("", "", "#000000"),), label="label", label_kind="beyond"),
)
_PLACED = ("townships", "villages", "hamlets", "patches", "sites")
_IDLE = "各期均无迁并任务，不作分期安排，图上仅表示行政村位置"
_COMING = "；另由外乡镇迁入 {0} 项"


@dataclass(frozen=True)
class SheetHeading:
    """What stands around the maps. date: ISO. draft: the sheets say 草稿. institute, secrecy (密级): '' for none.

    township: whether code and name are those of one township, whose sheets these are.
    """

    code: str
    name: str
    plan_title: str
    institute: str
    edition: str
    draft: bool
    date: str
    secrecy: str = ""
    township: bool = False


@dataclass(frozen=True)
class MapClass:
    """An entry of a legend. symbol: one of `standards.profile.SYMBOLS`; count: how many there are, None for no count."""

    code: str
    name: str
    symbol: str
    color: str
    count: int | None = None
    unit: str = ""


@dataclass(frozen=True)
class MapLayer:
    """A layer of one map: the classes that occur, and rows with the columns code (of a class), label (text or None), geom (plan's CRS, not None).

    level: the higher is drawn over the lower. label_kind: ``village``, ``township`` or ``place``; around a township ``neighbour`` (areas) and ``beyond``
    (lines whose last point, or the map's edge before it, has the label; they are not drawn).
    """

    id: str
    heading: str
    level: int
    classes: tuple[MapClass, ...]
    rows: pd.DataFrame
    label_kind: str


@dataclass(frozen=True)
class Panel:
    """One map of a sheet. title, summary: texts over it, '' for none."""

    title: str
    summary: str
    layers: tuple[MapLayer, ...]


@dataclass(frozen=True)
class PrintedTable:
    """A table on a sheet, as texts; the last row is a total where `has_total`."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    has_total: bool


@dataclass(frozen=True)
class Sheet:
    """One sheet. stem: of its file names. statement: what it says instead of tasks, '' where it has some; is_idle: whether it has nothing else to show.

    facts: what its files carry, as `sheet_files.read_sheet_figures` gives it back.
    """

    number: str
    title: str
    stem: str
    panels: tuple[Panel, ...]
    legend: tuple[tuple[str, tuple[MapClass, ...]], ...]
    tables: tuple[PrintedTable, ...]
    notes: tuple[str, ...]
    statement: str
    is_idle: bool
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SheetSource:
    """All sheets of a package, or those of one of its townships. crs: EPSG; bounds: of what they show, in it.

    townships: of the inset, None where there is one township only. inset_bounds: what the inset shows, None: the same as the sheets.
    """

    heading: SheetHeading
    crs: int
    crs_text: str
    facts_text: str
    bounds: tuple[float, float, float, float]
    townships: MapLayer | None
    sheets: tuple[Sheet, ...]
    inset_bounds: tuple[float, float, float, float] | None = None


class DrawSheets(Protocol):
    """Draws every sheet as PDF and JPG into `folder`, which exists, and returns the files in the order of the sheets.

    Raises InputError where a file cannot be written, Cancelled.
    """

    def __call__(self, source: SheetSource, folder: Path, feedback: Feedback) -> list[Path]:
        """Draw."""


def sheet_folder(spec: PackageSpec, names: Mapping[str, str]) -> str:
    """Folder of the package in which the sheets lie, with /. Raises KeyError where the profile has none."""
    for entry in spec.entries:
        if entry.kind == "sheet":
            return entry.path.format(**names).rsplit("/", 1)[0]
    raise KeyError("sheet")


def sheet_source(source: DeliverySource, heading: SheetHeading, with_control_lines: bool = True) -> SheetSource:
    """Everything that the profile's sheets show of the plan's scenario.

    with_control_lines: whether the edition may show them. Raises InputError where nothing of the plan has a geometry.
    """
    data = source.data
    frames = sheet_frames(source, layers_of(source), with_control_lines)
    if not any(len(frames[name]["geom"].dropna()) for name in _PLACED[1:]):
        raise InputError("delivery.sheets_no_geometry", title=str(data.info["title"]))
    if len(data.township) > 1:
        return sheets_of(source, heading, frames, inset_layer(source, frames))
    bounds = placed_bounds(frames)
    return replace(sheets_of(source, heading, {**frames, "townships": frames["townships"].iloc[:0]}, None), bounds=bounds)


def sheets_of(source: DeliverySource, heading: SheetHeading, frames: Mapping[str, pd.DataFrame], townships: MapLayer | None) -> SheetSource:
    """The sheets that show these frames (see `sheet_frames`), with the figures of the source. townships: of the inset."""
    data, figures = source.data, sheet_figures(source)
    return SheetSource(
        heading=heading, crs=data.crs, crs_text=_crs_text(data.crs), facts_text=_facts_text(data), bounds=placed_bounds(frames),
        townships=townships, sheets=tuple(_sheet(spec, source, heading, frames, figures) for _, spec in sorted(source.profile.sheets.items())),
    )


def placed_bounds(frames: Mapping[str, pd.DataFrame]) -> tuple[float, float, float, float]:
    """West, south, east, north of townships, villages, hamlets, patches and sites, in the plan's CRS."""
    west, south, east, north = shapely.total_bounds([geom for name in _PLACED for geom in frames[name]["geom"] if geom is not None])
    return west, south, east, north


def inset_layer(source: DeliverySource, frames: Mapping[str, pd.DataFrame]) -> MapLayer | None:
    """The townships as the inset shows them; None without any."""
    return _layer(_inset_spec(source.profile), frames, source.profile, source.data)


def sheet_stem(spec: SheetSpec, code: str, name: str) -> str:
    """Name of a sheet's files without their endings. code, name: of the county or township."""
    return f"{code}{name}{spec.number}{spec.title}"


def _sheet(spec: SheetSpec, source: DeliverySource, heading: SheetHeading, frames: Mapping[str, pd.DataFrame], figures: Figures) -> Sheet:
    data, profile = source.data, source.profile
    needed, text = spec.empty
    nothing = bool(needed) and frames[needed].empty and not _coming(frames["moves"])
    panels = [Panel("", "", _layers(spec.layers, frames, profile, data))]
    if spec.panels == "phase" and not nothing:
        panels = [_phase_panel(spec, source, frames, figures, phase) for phase in _phases(data, frames)]
    elif spec.panels == "phase":
        years = f"{min(data.phases)}—{max(data.phases)}年" if data.phases else UNKNOWN_PHASE
        panels = [Panel(years, _IDLE, _layers(spec.layers, {**frames, **phase_frames(source, frames, None)}, profile, data))]
    carried = {group: figures[group] for group in spec.figures}
    number, title = (f"{heading.code}-{spec.number}", f"{heading.name}{spec.title}") if heading.township else (spec.number, spec.title)
    facts = {
        "sheet": number, "title": title, "scenario": source.scenario, "draft": heading.draft, "edition": heading.edition, "figures": carried,
    }
    tables = [
        PrintedTable(table.title, tuple(column.heading for column in table.columns), table_rows(table, figures, source), table.total)
        for table in spec.tables if not (nothing and table.figures == "phase")
    ]
    return Sheet(
        number=number, title=title, stem=sheet_stem(spec, heading.code, heading.name),
        panels=tuple(panels), legend=_legend(spec, panels, profile, data),
        tables=tuple(tables),
        notes=sheet_notes(spec, frames, [(table.rows, table.has_total) for table in tables], nothing),
        statement=text if nothing else "", is_idle=nothing and spec.panels == "phase", facts=facts,
    )


def _phase_panel(spec: SheetSpec, source: DeliverySource, frames: Mapping[str, pd.DataFrame], figures: Figures, phase: int | None) -> Panel:
    key = "" if phase is None else str(phase)
    own = figures["phase"].get(key, {})
    summary = "本期无迁并任务"
    if own.get("moves"):
        parts = [f"{own['moves']} 项", *(f"{own[name]} {unit}" for name, unit in (("households", "户"), ("persons", "人")) if own[name] is not None)]
        hectares = [
            f"{word} {printed_ha(own[name])} 公顷" for word, name in (("拆旧", "cleared_m2"), ("建新", "built_m2")) if own[name] is not None
        ]
        summary = "任务 " + "，".join([*parts, *hectares])
    title = row_names("phase", source).get(key, UNKNOWN_PHASE)
    shown = phase_frames(source, frames, phase)
    coming = _coming(shown["moves"])
    layers = _layers(spec.layers, {**frames, **shown}, source.profile, source.data)
    return Panel(title, summary + (_COMING.format(coming) if coming else ""), layers)


def _coming(moves: pd.DataFrame) -> int:
    """How many moves come from elsewhere: a township's sheets show them and do not count them."""
    return int(moves[OUTSIDE].sum()) if OUTSIDE in moves else 0


def _phases(data: PlanData, frames: Mapping[str, pd.DataFrame]) -> list[int | None]:
    unphased = any(frames[name]["phase"].isna().any() for name in ("all_moves", "moves"))
    return [*data.phases, *([None] if unphased else [])]


def _layers(specs: Sequence[SheetLayer], frames: Mapping[str, pd.DataFrame], profile: Profile, data: PlanData) -> tuple[MapLayer, ...]:
    """The layers of a map, and around a township what lies beyond it."""
    if NEIGHBOURS in frames and any(spec.frame == "moves" for spec in specs):
        frames = {**frames, BEYOND: lines_beyond(frames["moves"])}
    made = [_layer(spec, frames, profile, data) for spec in (*specs, *_AROUND)]
    return tuple(layer for layer in made if layer is not None)


def _layer(spec: SheetLayer, frames: Mapping[str, pd.DataFrame], profile: Profile, data: PlanData) -> MapLayer | None:
    """A layer with the classes that occur; None where the plan has nothing for it."""
    frame = frames.get(spec.frame)
    if frame is None or frame.empty:
        return None
    codes = frame[spec.by].fillna("").astype(str) if spec.by else pd.Series("", index=frame.index)
    present, counts = set(codes), (codes[~frame[OUTSIDE]] if OUTSIDE in frame else codes).value_counts()
    kind = spec.unit if spec.frame not in _BASE_LAYERS and not spec.frame.startswith(CONTROL) else ""
    classes = tuple(
        MapClass(one.code, one.name, one.symbol or spec.symbol, one.color, (int(counts.get(one.code, 0)) or None) if kind else None, kind)
        for one in _classes(spec, profile, data) if one.code in present
    )
    labels = frame[spec.label] if spec.label else pd.Series(None, index=frame.index, dtype=object)
    rows = pd.DataFrame({"code": codes, "label": [plain(label) for label in labels], "geom": frame["geom"]})
    shown = pd.Series([geom is not None and not geom.is_empty for geom in frame["geom"]], index=frame.index, dtype=bool)
    known = codes.isin([one.code for one in classes])
    return MapLayer(spec.frame, spec.heading, spec.level, classes, rows[shown & known].reset_index(drop=True), spec.label_kind) if classes else None


def _classes(spec: SheetLayer, profile: Profile, data: PlanData) -> list[SheetClass]:
    listed = []
    if spec.codes:
        listed = [SheetClass(row["code"], row["name"], row.get("color") or "#999999") for row in profile.code_list(spec.codes).rows]
    if spec.by == _PHASE_CLASS:
        titles = dict(zip(data.phase["year"], data.phase["title"]))
        listed = [
            SheetClass(str(year), str(titles.get(year) or f"{year}年"), spec.colors[number % len(spec.colors)]) for number, year in enumerate(data.phases)
        ]
    return [*listed, *spec.classes]


def _legend(
    spec: SheetSpec, panels: Sequence[Panel], profile: Profile, data: PlanData
) -> tuple[tuple[str, tuple[MapClass, ...]], ...]:
    """Headings with the classes that some map of the sheet shows, in the order of the profile; without names they are left out, and headings without any."""
    groups: dict[str, list[MapClass]] = {}
    for wanted in (*spec.layers, *_AROUND):
        shown = {one.name: one for panel in panels for layer in panel.layers if layer.id == wanted.frame for one in layer.classes if one.name}
        groups.setdefault(wanted.heading, []).extend(shown[one.name] for one in _classes(wanted, profile, data) if one.name in shown)
    return tuple((heading, tuple(classes)) for heading, classes in groups.items() if classes)


def _inset_spec(profile: Profile) -> SheetLayer:
    """The townships as the inset shows them: colour and label of the first sheet that has them."""
    for spec in profile.sheets.values():
        for layer in spec.layers:
            if layer.frame == "townships":
                return layer
    return SheetLayer("townships", "", "border", 0, classes=(SheetClass("", "", "#5a3a1b"),), label="township_name", label_kind="township")


def _crs_text(epsg: int) -> str:
    crs = describe_crs(epsg)
    if crs.central_meridian_deg is None:
        return crs.name
    return f"2000国家大地坐标系，高斯-克吕格投影，中央经线{crs.central_meridian_deg:g}°"


def _facts_text(data: PlanData) -> str:
    dates = [str(date) for table in (data.village, data.hamlet) for date in table["facts_date"].dropna()]
    return max(dates) if dates else f"规划基期{data.info['base_year']}年"
