"""The frames that map sheets show: the delivered layers with the column that gives the class of each feature on the sheet."""

from __future__ import annotations

from typing import Any, Mapping

import numpy as np
import pandas as pd
import shapely

from village_planner.accounts import APART, hamlet_completion, hamlet_places, village_completion, villages_in_scope
from village_planner.accounts.decisions import UNDECIDED
from village_planner.delivery.frames import DeliverySource, counted_inside
from village_planner.plan.data import PlanData, plain
from village_planner.plan.schema import Destination
from village_planner.spatial.columns import objects

CONTROL = "control:"
OUTSIDE, CROSSING = "outside", "crossing"
"""Of a township's frames: the column of `moves` that says which come from elsewhere (drawn, not counted), and the frame of notes (`note`) on such moves."""
_CLOSING_M = 5.0
# What is smaller between the bounds of villages and of their township is a fault of drawing.
_LEAST_UNASSIGNED_M2 = 10_000.0
_DRAWN_AS_ARROWS = (Destination.HAMLET.value, Destination.SITE.value)
_NOT_LOCATED = "unlocated"
_RETAINED = "retained"


def sheet_frames(source: DeliverySource, layers: Mapping[str, pd.DataFrame], with_control_lines: bool) -> dict[str, pd.DataFrame]:
    """Frames by the names that a SheetLayer uses, each with `geom` (None where there is none).

    villages (`category_shown`: a category, `none`, `inside` the development boundary, or `other` where the kind needs none; geom: polygon,
    else the main hamlet's point), hamlets (`action`: `undecided` where one is lacking, `apart` where none is asked), patches (`state_shown`:
    that of the patch, or that action where its hamlet has none), village_borders (villages with a polygon), unassigned (ground of a township
    that no village has), sites (points), site_areas, townships, extent, all_moves (geom: the hamlet's place), moves (arrows: `phase_shown`),
    move_symbols (`kind_shown`), and ``control:<kind>`` for each kind of control layer that the plan has and some sheet shows.
    """
    data = source.data
    frames = {name: layers[name].copy() for name in ("villages", "hamlets", "patches", "sites")}
    needed = frames["hamlets"]["village_code"].isin(villages_in_scope(data, source.profile, counted_inside(source)))
    frames["hamlets"]["action"] = frames["hamlets"]["action"].fillna(needed.map({True: UNDECIDED, False: APART}))
    frames["patches"]["state_shown"] = _state_shown(frames["patches"], frames["hamlets"])
    frames["villages"]["category_shown"] = _category_shown(source, layers["villages"])
    places = hamlet_places(data)
    mains = data.hamlet.sort_values("is_main", ascending=False, kind="stable").drop_duplicates("village_code")
    seats = {village: places.get(code) for village, code in zip(mains["village_code"], mains["code"])}
    frames["villages"]["geom"] = objects([
        geom if geom is not None else seats.get(code) for code, geom in zip(frames["villages"]["village_code"], frames["villages"]["geom"])
    ])
    frames["village_borders"] = frames["villages"][[_is_area(geom) for geom in frames["villages"]["geom"]]]
    frames["site_areas"] = frames["sites"]
    # A site of a hectare is a speck on a county's sheet: a symbol stands for it.
    spots = [None if geom is None else shapely.point_on_surface(geom) for geom in frames["sites"]["geom"]]
    frames["sites"] = frames["sites"].assign(geom=objects(spots))
    frames["townships"] = _townships(data)
    frames["unassigned"] = _unassigned(data)
    frames["extent"] = _extent(frames["townships"], data)
    frames.update(_moves(layers["moves"], places))
    if with_control_lines:
        for kind in sorted(_control_kinds(source) & source.layers.kinds()):
            frames[f"{CONTROL}{kind}"] = source.layers.read(kind, columns=["geom"])
    return frames


def phase_frames(source: DeliverySource, frames: Mapping[str, pd.DataFrame], phase: int | None) -> dict[str, pd.DataFrame]:
    """The frames of one phase (None: unphased): moves, move_symbols, phase_villages, phase_hamlets, phase_hosts (hamlets that arrows lead to) and phase_sites.

    `when` is ``now`` in the phase in which a village or hamlet is completed, ``before`` later on, '' else. One hamlet of each village
    from or to which somebody moves in the phase has the village's name in `label`; in a plan without moves the villages have it. A hamlet that
    moves in several phases shows in each.
    """
    def of_phase(frame: pd.DataFrame) -> pd.DataFrame:
        own = frame["phase"].isna() if phase is None else frame["phase"].eq(phase).fillna(False)
        return frame[own.astype(bool)]

    data, scenario = source.data, source.scenario
    moves = of_phase(frames["all_moves"])
    villages, hamlets = frames["villages"].copy(), frames["hamlets"].copy()
    # Where nobody moves there is room for every name, and nothing else to be read.
    villages["label"] = None if len(frames["all_moves"]) else villages["village_name"]
    villages["when"] = _when(villages["village_code"], village_completion(data, scenario), "village_code", phase)
    hamlets["when"] = _when(hamlets["hamlet_code"], hamlet_completion(data, scenario), "hamlet_code", phase)
    hamlets.loc[hamlets["hamlet_code"].isin(moves["hamlet_code"]), "when"] = "now"
    named = (hamlets["when"] == "now") & ~hamlets[hamlets["when"] == "now"]["village_code"].duplicated().reindex(hamlets.index, fill_value=True)
    hamlets["label"] = hamlets["village_name"].where(named, None)
    arrows = of_phase(frames["moves"])
    to_hamlets = arrows.loc[arrows["destination_kind"] == Destination.HAMLET.value, "destination_code"]
    hosts = hamlets[hamlets["hamlet_code"].isin(to_hamlets)]
    unnamed = ~hosts["village_code"].isin(hamlets.loc[named, "village_code"]) & ~hosts["village_code"].duplicated()
    to_sites = {code for own in (moves, arrows) for code in own.loc[own["destination_kind"] == Destination.SITE.value, "destination_code"]}
    return {
        "all_moves": moves, "moves": arrows, "move_symbols": of_phase(frames["move_symbols"]),
        "phase_villages": villages, "phase_hamlets": hamlets[hamlets["when"] != ""],
        "phase_hosts": hosts.assign(label=hosts["village_name"].where(unnamed, None)),
        "phase_sites": frames["sites"][frames["sites"]["site_code"].isin(to_sites)],
    }


def _control_kinds(source: DeliverySource) -> set[str]:
    shown = [layer.frame for sheet in source.profile.sheets.values() for layer in sheet.layers]
    return {frame[len(CONTROL):] for frame in shown if frame.startswith(CONTROL)}


def _category_shown(source: DeliverySource, villages: pd.DataFrame) -> list[str]:
    in_scope = set(source.profile.code_list("village_kind").with_role("in_scope"))
    shown = []
    for category, kind, inside in zip(villages["category"], villages["kind"], villages["counts_inside"]):
        needs_none = "other" if kind not in in_scope else "inside" if inside else "none"
        shown.append(plain(category) or needs_none)
    return shown


def _state_shown(patches: pd.DataFrame, hamlets: pd.DataFrame) -> list[str]:
    """The state of each patch; land that stays because its hamlet has no action counts beside such hamlets, not beside those that are retained."""
    without = {code: action for code, action in zip(hamlets["hamlet_code"], hamlets["action"]) if action in (UNDECIDED, APART)}
    return [without.get(plain(code), state) if state == _RETAINED else state for code, state in zip(patches["hamlet_code"], patches["state"])]


def _townships(data: PlanData) -> pd.DataFrame:
    """Townships; one without a polygon of its own has that of its villages together."""
    geoms = []
    for code, geom in zip(data.township["code"], data.township["geom"]):
        if geom is None:
            mine = data.village["township_code"].eq(code).fillna(False).astype(bool)
            geom = _together([shape for shape in data.village.loc[mine, "geom"] if shape is not None])
        geoms.append(geom)
    return pd.DataFrame({"township_code": data.township["code"], "township_name": data.township["name"], "geom": objects(geoms)})


def _extent(townships: pd.DataFrame, data: PlanData) -> pd.DataFrame:
    shapes = [geom for geom in townships["geom"] if geom is not None] or [geom for geom in data.village["geom"] if geom is not None]
    whole = _together(shapes)
    return pd.DataFrame({"geom": objects([] if whole is None else [whole])})


def _unassigned(data: PlanData) -> pd.DataFrame:
    """`township_code` and `geom` of the ground of townships that belongs to no village; none where a village's polygon is not known."""
    townships = data.township[data.township["geom"].notna()]
    villages = shapely.make_valid(data.village["geom"].to_numpy(dtype=object))
    found = {}
    if len(villages) and all(_is_area(geom) for geom in villages):
        held = shapely.union_all(villages)
        for code, geom in zip(townships["code"], shapely.make_valid(townships["geom"].to_numpy(dtype=object))):
            left = shapely.buffer(shapely.difference(geom, held), -_CLOSING_M, join_style="mitre")
            parts = [part for part in shapely.get_parts(shapely.buffer(left, _CLOSING_M, join_style="mitre")) if part.area >= _LEAST_UNASSIGNED_M2]
            if parts:
                found[code] = shapely.multipolygons(parts)
    return pd.DataFrame({"township_code": pd.Series(list(found), dtype="string"), "geom": objects(list(found.values()))})


def _is_area(geom: Any) -> bool:
    return geom is not None and geom.area > 0


def _together(shapes: list[Any]) -> Any:
    """One area of neighbours whose bounds do not meet to the millimetre; None without any."""
    if not shapes:
        return None
    grown = shapely.union_all(shapely.buffer(np.array(shapes, dtype=object), _CLOSING_M, join_style="mitre"))
    closed = shapely.buffer(grown, -_CLOSING_M, join_style="mitre")
    return None if closed.is_empty else closed


def _moves(moves: pd.DataFrame, places: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """all_moves at their hamlet; those with a line to a hamlet or site as arrows, the others as symbols at the hamlet."""
    frame = moves.copy()
    frame["phase_shown"] = ["" if pd.isna(phase) else str(int(phase)) for phase in frame["phase"]]
    to_place = frame["destination_kind"].isin(_DRAWN_AS_ARROWS)
    drawn = to_place & frame["geom"].notna()
    others = frame[~drawn].copy()
    others["kind_shown"] = others["destination_kind"].where(~others["destination_kind"].isin(_DRAWN_AS_ARROWS), _NOT_LOCATED)
    for part in (frame, others):
        part["place"] = objects([places.get(code) for code in part["hamlet_code"]])
    return {
        "moves": frame[drawn], "move_symbols": others.assign(geom=others["place"]), "all_moves": frame.assign(geom=frame["place"]),
    }


def _when(codes: pd.Series, completion: pd.DataFrame, key: str, phase: int | None) -> list[str]:
    completed = {code: plain(year) for code, year in zip(completion[key], completion["phase"])}
    if phase is None:
        return ["" for _ in codes]
    words = []
    for code in codes:
        year = completed.get(code)
        words.append("" if year is None or year > phase else "now" if year == phase else "before")
    return words
