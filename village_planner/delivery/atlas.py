"""The atlas (图册): the profile's map sheets once more for each township, what the inspector expects of it, and the figures that it holds them against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from village_planner.base import Message
from village_planner.delivery.findings import PackageFinding
from village_planner.delivery.frames import DeliverySource, layers_of, positions_of
from village_planner.delivery.naming import safe_name
from village_planner.delivery.sheet_checks import check_sheets
from village_planner.delivery.sheet_frames import CONTROL, CROSSING, OUTSIDE, sheet_frames
from village_planner.delivery.sheets import MapClass, MapLayer, SheetHeading, SheetSource, inset_layer, placed_bounds, sheet_stem, sheets_of
from village_planner.delivery.surroundings import BEYOND, NEIGHBOURS, NOTE, places_beyond, with_margin
from village_planner.plan.data import PlanData, plain

_SUFFIXES = (".jpg", ".pdf")
_OWN = MapClass("own", "本乡镇", "fill", "#fdd49e")
_FROM, _TO = "另有 {0} 项任务由外乡镇迁入（{1}），不计入本图图例和统计。", "本乡镇有 {0} 项任务迁往外乡镇（{1}），计入本图图例和统计。"
_EDGE_M = 5.0


def atlas_townships(data: PlanData) -> list[str]:
    """Codes of the townships that get sheets, in order: those with a village of which something is drawn."""
    village, hamlet, patch = data.village, data.hamlet, data.patch
    placed = hamlet["geom"].notna() | hamlet["code"].isin(patch.loc[patch["geom"].notna(), "hamlet_code"].dropna())
    shown = village["geom"].notna() | village["code"].isin(hamlet.loc[placed, "village_code"])
    return sorted(str(code) for code in data.township.loc[data.township["code"].isin(village.loc[shown, "township_code"]), "code"])


def has_atlas(data: PlanData) -> bool:
    """Whether an atlas would show more than the sheets of the plan do."""
    return len(atlas_townships(data)) > 1


def townships_left_out(data: PlanData) -> list[str]:
    """Names of the townships with villages of which nothing is drawn, so that they get no sheets."""
    drawn = set(atlas_townships(data))
    held = {plain(code) for code in data.village["township_code"]} - drawn
    return [str(name) for code, name in zip(data.township["code"], data.township["name"]) if code in held]


def atlas_sources(source: DeliverySource, heading: SheetHeading, with_control_lines: bool) -> Iterator[tuple[str, SheetSource]]:
    """The name of each township's folder and its sheets, in the order of `atlas_townships`. heading: of the plan's own sheets."""
    frames = sheet_frames(source, layers_of(source), with_control_lines)
    inset = inset_layer(source, frames)
    for code in atlas_townships(source.data):
        own = township_source(source, code)
        name = _file_name(own.data.township["name"].iloc[0])
        shown = _township_frames(frames, code, dict(zip(source.data.township["code"], source.data.township["name"])))
        sheets = sheets_of(own, replace(heading, code=_file_name(code), name=name, township=True), shown, _marked(inset, frames["townships"], code))
        yield f"{_file_name(code)}{name}", replace(sheets, bounds=with_margin(sheets.bounds), inset_bounds=placed_bounds(frames))


def township_source(source: DeliverySource, code: str) -> DeliverySource:
    """The plan as if it had one township only: that with its villages and hamlets, what is decided for these, and the moves out of them.

    Tables that sheets do not count are left as they are.
    """
    data = source.data
    villages = data.village[data.village["township_code"].eq(code).fillna(False).astype(bool)]
    hamlets = data.hamlet[data.hamlet["village_code"].isin(villages["code"])]
    tables = {
        "township": data.township[data.township["code"].eq(code)], "village": villages, "hamlet": hamlets,
        "patch": data.patch[data.patch["hamlet_code"].isin(hamlets["code"])], "move": data.move[data.move["hamlet_code"].isin(hamlets["code"])],
        "action": data.action[data.action["hamlet_code"].isin(hamlets["code"])],
        "category": data.category[data.category["village_code"].isin(villages["code"])],
    }
    own = replace(source, data=PlanData({**data.tables, **{name: frame.reset_index(drop=True) for name, frame in tables.items()}}))
    place = positions_of(source)
    own.made["positions"] = place[place["village_code"].isin(villages["code"])]
    return own


def atlas_files(source: DeliverySource, folder: str) -> dict[str, list[str]]:
    """Paths of an atlas's files by code of township. folder: of the package, in which the atlas lies."""
    paths = {}
    for code, name in zip(source.data.township["code"], source.data.township["name"]):
        own = _file_name(code), _file_name(name)
        stems = [sheet_stem(spec, *own) for _, spec in sorted(source.profile.sheets.items())]
        paths[str(code)] = [f"{folder}/{''.join(own)}/{stem}{suffix}" for stem in stems for suffix in _SUFFIXES]
    return {code: paths[code] for code in atlas_townships(source.data)}


def check_atlas_files(folder: str, files: Sequence[str], source: DeliverySource, stated: bool) -> list[PackageFinding]:
    """Findings (QC-1101) on sheets of an atlas that are missing, and on files that are none of its sheets.

    files: of the package's atlas. stated: whether the manifest says that there is one; without it nothing is missed.
    """
    expected = {path for paths in atlas_files(source, folder).values() for path in paths}
    missing, unknown = sorted(expected - {*files}) if stated else [], sorted({*files} - expected)
    return [
        *(PackageFinding("QC-1101", path, "", Message("delivery.file_missing", {"path": path})) for path in missing),
        *(PackageFinding("QC-1101", path, "", Message("delivery.file_unknown", {"path": path})) for path in unknown),
    ]


def check_township(files: Mapping[str, Path], source: DeliverySource, code: str) -> list[PackageFinding]:
    """Findings of `check_sheets` on the sheets of one township. files: path in the package → file; source: of the whole package."""
    return check_sheets(files, township_source(source, code))


def _township_frames(frames: Mapping[str, pd.DataFrame], code: str, names: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """What of a plan's frames one township's sheets show: its own, the other townships, moves that begin or end in it, and control lines that reach into it.

    A patch or site that belongs to no village is where it lies.
    """
    own = {name: frames[name][_is(frames[name]["township_code"], code)] for name in ("townships", "villages", "village_borders", "unassigned", "hamlets")}
    area = [geom for geom in (*own["townships"]["geom"], *own["villages"]["geom"]) if geom is not None]
    tree = shapely.STRtree(area)
    for name in ("patches", "sites"):
        frame = frames[name]
        loose = np.array(frame["township_code"].isna(), dtype=bool)
        loose[loose] = [geom is not None and len(tree.query(shapely.point_on_surface(geom), predicate="intersects")) > 0 for geom in frame.loc[loose, "geom"]]
        own[name] = frame[_is(frame["township_code"], code) | loose]
    own["site_areas"] = frames["site_areas"][frames["site_areas"]["site_code"].isin(own["sites"]["site_code"])]
    own["extent"] = frames["extent"].iloc[:0]
    own[NEIGHBOURS] = frames["townships"][~_is(frames["townships"]["township_code"], code)]
    # The title says it, and every name needs room.
    own["townships"] = own["townships"].assign(township_name=None)
    of_place = {
        place: plain(township) for frame, key in (("hamlets", "hamlet_code"), ("sites", "site_code"))
        for place, township in zip(frames[frame][key], frames[frame]["township_code"])
    }
    for name in ("all_moves", "moves", "move_symbols"):
        moves = frames[name]
        begins = np.array([of_place.get(hamlet) == code for hamlet in moves["hamlet_code"]], dtype=bool)
        ends = np.array([of_place.get(plain(place)) == code for place in moves["destination_code"]], dtype=bool)
        own[name] = moves[begins]
        if name == "moves":
            shown = moves[begins | ends]
            origins, ways = ([names.get(of_place.get(plain(place)) or "", "") for place in shown[key]] for key in ("hamlet_code", "destination_code"))
            own[name] = shown.assign(**{OUTSIDE: ~begins[begins | ends], BEYOND: places_beyond(shown, begins[begins | ends], origins, ways)})
        if name == "all_moves":
            coming = [names.get(of_place.get(hamlet) or "", "") for hamlet in moves.loc[ends & ~begins, "hamlet_code"]]
            going = [of_place.get(plain(place)) for place in moves.loc[begins & ~ends, "destination_code"]]
            own[CROSSING] = _notes(coming, [names.get(township, "") for township in going if township])
    ground = _ground(own)
    for name in (name for name in frames if name.startswith(CONTROL)):
        own[name] = frames[name][shapely.intersects(frames[name]["geom"].to_numpy(dtype=object), ground)]
    return own


def _ground(own: Mapping[str, pd.DataFrame]) -> shapely.Geometry:
    """The ground of a township without its edge, where that of its neighbours would meet it; around its places where no bounds are known."""
    areas = [geom for name in ("townships", "villages") for geom in own[name]["geom"] if geom is not None and geom.area]
    # Each by itself: a union of bounds that a planner has not mended yet may fail.
    ground = shapely.union_all(shapely.buffer(areas, -_EDGE_M)) if areas else shapely.box(*placed_bounds(own))
    shapely.prepare(ground)
    return ground


def _notes(coming: Sequence[str], going: Sequence[str]) -> pd.DataFrame:
    """Notes on moves into a township and out of it. coming, going: the other township's name for each move."""
    notes = []
    for text, others in ((_FROM, coming), (_TO, going)):
        counts = pd.Series(others, dtype=object).value_counts(sort=False)
        if len(counts):
            notes.append(text.format(len(others), "、".join(f"{name} {count} 项" for name, count in counts.items())))
    notes += [NOTE] if notes else []
    return pd.DataFrame({"note": pd.Series(notes, dtype=object)})


def _marked(inset: MapLayer | None, townships: pd.DataFrame, code: str) -> MapLayer | None:
    """The inset with one township in a colour of its own."""
    if inset is None:
        return None
    own = list(townships.loc[_is(townships["township_code"], code), "geom"])
    codes = [_OWN.code if any(geom is one for one in own) else old for old, geom in zip(inset.rows["code"], inset.rows["geom"])]
    return replace(inset, classes=(*inset.classes, _OWN), rows=inset.rows.assign(code=codes))


def _is(codes: pd.Series, code: str) -> np.ndarray:
    return codes.eq(code).fillna(False).to_numpy(dtype=bool)


def _file_name(text: Any) -> str:
    """As it stands in names, whatever blanks a format keeps at its ends."""
    return safe_name(text).strip(" .")
