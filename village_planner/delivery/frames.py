"""The delivered layers as frames: what the plan and its figures say, in plan words, one row per feature in the order of natural keys."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Mapping

import numpy as np
import pandas as pd
import shapely

from village_planner.accounts import (
    hamlet_frame,
    move_lines,
    patch_states,
    positions,
    village_actions,
    village_completion,
    village_facts,
    village_per_capita,
    withdrawn_hamlets,
)
from village_planner.delivery.control import control_frames
from village_planner.delivery.naming import destination_names, favour_percent, join_texts, latest_meetings
from village_planner.plan.data import PlanData, plain
from village_planner.plan.layers import Layers
from village_planner.plan.schema import BY_NAME
from village_planner.spatial.area import area_by_rule_m2
from village_planner.standards import Profile

_TABLES = {"aliases": "village_alias", "facts": "fact", "quotas": "quota", "fixed_villages": "fixed_village"}
"""Frames that are a table of the plan as it is, in the order of its keys."""


@dataclass(frozen=True)
class Conflicts:
    """Land of patches and sites on control lines, in m² by village code; None where the rule could not run.

    farmland_m2: newly taken. The others: of what stays and what is new together, and `_new_` of new patches and sites alone.
    """

    farmland_m2: Mapping[str, float] | None = None
    basic_farmland_m2: Mapping[str, float] | None = None
    redline_m2: Mapping[str, float] | None = None
    basic_farmland_new_m2: Mapping[str, float] | None = None
    redline_new_m2: Mapping[str, float] | None = None


@dataclass(frozen=True)
class DeliverySource:
    """Everything that layers and tables are made from: one plan, one scenario of it, its control layers, one profile.

    made: keeps what is dear to make and asked for several times.
    """

    data: PlanData
    layers: Layers
    profile: Profile
    scenario: str
    conflicts: Conflicts = field(default_factory=Conflicts)
    made: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)


def layer_frames(source: DeliverySource) -> dict[str, pd.DataFrame]:
    """Frames by the names that LayerSpec.frame uses: townships, villages, aliases, hamlets, patches, sites, site_capacities, moves, ledger_entries, consents,
    differences, rosters, waivers, steps, facts, quotas, fixed_villages, and those of the control layers that the profile delivers.

    Columns: those that the profile's fields name in `value`, and `geom` in the plan's CRS (None where there is none).
    """
    makers = {
        "townships": _townships, "villages": _villages, "hamlets": _hamlets, "patches": _patches, "sites": _sites, "site_capacities": _site_capacities,
        "moves": _moves, "ledger_entries": _ledger_entries, "consents": _consents, "differences": _differences, "waivers": _waivers, "steps": _steps,
        "rosters": lambda of: of.data.roster_source,
    }
    frames = {name: make(source).reset_index(drop=True) for name, make in makers.items()}
    frames.update({name: _whole_table(source.data, table) for name, table in _TABLES.items()})
    return {**frames, **control_frames(source.data, source.layers, source.profile)}


def layers_of(source: DeliverySource) -> dict[str, pd.DataFrame]:
    """The `layer_frames` of a source, made once for it: copy before changing."""
    if "layers" not in source.made:
        source.made["layers"] = layer_frames(source)
    return source.made["layers"]


def counted_inside(source: DeliverySource) -> frozenset[str]:
    """Codes of the villages that count as inside the development boundary, which need no category."""
    place = positions_of(source)
    return frozenset(place.loc[place["counts_inside"], "village_code"])


def positions_of(source: DeliverySource) -> pd.DataFrame:
    """Where each village lies against the development boundary (`accounts.positions`), reckoned once for a source: not to be changed."""
    if "positions" not in source.made:
        source.made["positions"] = positions(source.data, source.layers, source.profile)
    place: pd.DataFrame = source.made["positions"]
    return place


def county_code(data: PlanData) -> str:
    """The county's code: as the plan states it, else the first six digits of the first village; '' without villages."""
    stated = data.info["county_code"]
    if stated:
        return str(stated)
    return str(data.village["code"].min())[:6] if len(data.village) else ""


def _townships(source: DeliverySource) -> pd.DataFrame:
    """The townships that have a polygon: ground that belongs to no village is known by it."""
    frame = source.data.township.rename(columns={"code": "township_code", "name": "township_name"})
    frame = frame[np.array([geom is not None and not geom.is_empty for geom in frame["geom"]], dtype=bool)].copy()
    frame["area_m2"] = _areas(frame["geom"], source)
    return frame.sort_values("township_code")


def _villages(source: DeliverySource) -> pd.DataFrame:
    data, profile = source.data, source.profile
    frame = village_facts(data).rename(columns={"hamlets": "hamlet_count"})
    by_code = frame["village_code"]
    frame["level"] = "village"
    categories = _rows(data.category, source.scenario)
    chosen = _column(categories, "village_code", "category")
    frame["category"] = by_code.map(chosen)
    frame["category_name"] = [profile.code_list("category").name(plain(code)) or None for code in frame["category"]]
    grounds = {row.village_code: join_texts(row.grounds, row.basis) for row in categories.itertuples()}
    frame["category_grounds"] = by_code.map(grounds)
    frame["category_basis"] = by_code.map(_column(categories, "village_code", "basis"))
    place = positions_of(source).set_index("village_code")
    known = by_code.map(place["position"]).replace("unknown", pd.NA)
    frame["position"] = known
    frame["counts_inside"] = by_code.map(place["counts_inside"]).astype(int)
    frame["action"] = by_code.map(village_actions(data, source.scenario).set_index("village_code")["action"])
    frame["hollow_percent"] = frame["hollow_rate"] * 100
    frame["present_m2"] = frame["built_m2"]
    frame["planned_m2"] = by_code.map(_planned_by_village(source))
    remain = by_code.map(village_per_capita(data, profile, source.scenario).set_index("code")["planned_persons"])
    frame["planned_m2_per_person"] = (frame["planned_m2"] / remain.astype("Float64").replace(0, pd.NA)).astype("float64")
    for column in ("farmland_m2", "basic_farmland_m2", "redline_m2"):
        measured = getattr(source.conflicts, column)
        frame[column] = np.nan if measured is None else [float(measured.get(code, 0.0)) for code in by_code]
    struck = _struck(source)
    frame["hazard"] = [None if struck is None else int(code in struck) for code in by_code]
    frame["hazard_stays"] = [None if struck is None else int(struck.get(code, False)) for code in by_code]
    _add_withdrawal(frame, source)
    meetings = latest_meetings(data)
    frame["meeting_date"] = by_code.map({code: plain(row["date"]) for code, row in meetings.items()})
    frame["meeting_document"] = by_code.map({code: plain(row["document"]) for code, row in meetings.items()})
    frame["in_favour_percent"] = by_code.map({code: favour_percent(row) for code, row in meetings.items()})
    frame[["note", "facts_date"]] = data.village[["note", "facts_date"]]
    frame["geom"] = data.village["geom"]
    return frame.sort_values("village_code")


def _add_withdrawal(frame: pd.DataFrame, source: DeliverySource) -> None:
    """Mode, destination and phase of villages that are wholly withdrawn: those of the main hamlet's first move, in one phase of the largest."""
    completed = village_completion(source.data, source.scenario).set_index("village_code")["phase"]
    moves = _rows(source.data.move, source.scenario).sort_values(["phase", "households", "code"], ascending=[True, False, True], na_position="last")
    names = destination_names(source.data, moves, source.profile)
    moves["destination_shown"] = [names.get(code) for code in moves["code"]]
    hamlets = source.data.hamlet.sort_values(["is_main", "code"], ascending=[False, True])
    withdrawn = hamlets[hamlets["village_code"].isin(completed.index)]
    firsts = withdrawn.merge(moves.drop_duplicates("hamlet_code"), left_on="code", right_on="hamlet_code").drop_duplicates("village_code")
    for column, of in (("mode", "mode"), ("destination_code", "destination_code"), ("destination_name", "destination_shown")):
        frame[column] = frame["village_code"].map(_column(firsts, "village_code", of))
    frame["phase"] = frame["village_code"].map(completed).astype("Int64")


def _hamlets(source: DeliverySource) -> pd.DataFrame:
    data = source.data
    frame = hamlet_frame(data, source.scenario)
    frame["action"] = frame["action"].replace("undecided", pd.NA)
    rows = _rows(data.action, source.scenario)
    frame["action_grounds"] = frame["hamlet_code"].map({r.hamlet_code: join_texts(r.grounds, r.basis) for r in rows.itertuples()})
    frame["action_basis"] = frame["hamlet_code"].map(_column(rows, "hamlet_code", "basis"))
    frame["hollow_percent"] = frame["hollow_rate"] * 100
    frame["present_m2"] = frame["built_m2"]
    patches = _patches(source)
    frame["planned_m2"] = frame["hamlet_code"].map(patches[patches["state"] != "cleared"].groupby("hamlet_code")["area_m2"].sum())
    stays = frame["present_m2"].notna() & frame["planned_m2"].isna()
    frame.loc[stays, "planned_m2"] = 0.0
    frame[["note", "facts_date"]] = data.hamlet[["note", "facts_date"]]
    return frame.sort_values("hamlet_code")


def _patches(source: DeliverySource) -> pd.DataFrame:
    data = source.data
    frame = patch_states(data, source.scenario).rename(columns={"code": "patch_code"})
    frame["village_name"] = frame["village_code"].map(_column(data.village, "code", "name"))
    frame["hamlet_name"] = frame["hamlet_code"].map(_column(data.hamlet, "code", "name"))
    frame["area_m2"] = _areas(frame["geom"], source)
    frame["note"] = data.patch["note"]
    return frame.sort_values("patch_code")


def _sites(source: DeliverySource) -> pd.DataFrame:
    data = source.data
    frame = data.site.rename(columns={"code": "site_code", "name": "site_name"}).copy()
    frame["village_name"] = frame["village_code"].map(_column(data.village, "code", "name"))
    of_village = frame["village_code"].map(_column(data.village, "code", "township_code"))
    frame["township_code"] = frame["township_code"].fillna(of_village)
    frame["township_name"] = frame["township_code"].map(_column(data.township, "code", "name"))
    capacities = data.site_capacity.sort_values("phase").groupby("site_code")["households"].last()
    frame["capacity"] = frame["site_code"].map(capacities).astype("Int64")
    frame["area_m2"] = _areas(frame["geom"], source)
    return frame.sort_values("site_code")


def _site_capacities(source: DeliverySource) -> pd.DataFrame:
    return source.data.site_capacity.sort_values(["site_code", "phase"])


def _moves(source: DeliverySource) -> pd.DataFrame:
    data = source.data
    rows = _rows(data.move, source.scenario)
    frame = rows.rename(columns={"code": "move_code", "destination_name": "destination_stated"}).copy()
    frame["village_code"] = frame["hamlet_code"].map(_column(data.hamlet, "code", "village_code"))
    frame["village_name"] = frame["village_code"].map(_column(data.village, "code", "name"))
    frame["hamlet_name"] = frame["hamlet_code"].map(_column(data.hamlet, "code", "name"))
    frame["destination_name"] = frame["move_code"].map(destination_names(data, rows, source.profile))
    lines = move_lines(data, source.scenario).set_index("move_code")
    frame["distance_m"] = frame["move_code"].map(lines["length_m"])
    frame["geom"] = [lines["geom"].get(code) for code in frame["move_code"]]
    return frame.sort_values(["hamlet_code", "phase", "move_code"], na_position="last")


def _consents(source: DeliverySource) -> pd.DataFrame:
    data = source.data
    frame = data.consent.rename(columns={"code": "consent_code"}).copy()
    frame["village_name"] = frame["village_code"].map(_column(data.village, "code", "name"))
    frame["hamlet_name"] = frame["hamlet_code"].map(_column(data.hamlet, "code", "name"))
    return frame.sort_values(["village_code", "hamlet_code", "date", "consent_code"], na_position="first")


def _differences(source: DeliverySource) -> pd.DataFrame:
    frame = source.data.roster_difference.copy()
    frame["detail"] = [
        None if plain(detail) is None else json.dumps(detail, ensure_ascii=False, sort_keys=True) for detail in frame["detail"]
    ]
    return frame.sort_values(["source", "code"])


def _waivers(source: DeliverySource) -> pd.DataFrame:
    return source.data.waiver.sort_values("finding_key")


def _steps(source: DeliverySource) -> pd.DataFrame:
    """The approval steps in the order in which they were recorded, numbered from 1: each begins where the one before it ended."""
    return source.data.approval_step.assign(number=range(1, len(source.data.approval_step) + 1))


def _ledger_entries(source: DeliverySource) -> pd.DataFrame:
    """What was carried out of the scenario's moves, by move and year."""
    moves = _rows(source.data.move, source.scenario)["code"]
    frame = source.data.implementation
    return frame[frame["move_code"].isin(moves)].sort_values(["move_code", "year"])


def _whole_table(data: PlanData, table: str) -> pd.DataFrame:
    return data.tables[table].sort_values(list(BY_NAME[table].key)).reset_index(drop=True)


def _rows(table: pd.DataFrame, scenario: str) -> pd.DataFrame:
    return table[table["scenario"] == scenario]


def _column(table: pd.DataFrame, key: str, value: str) -> dict[str, Any]:
    return {code: plain(cell) for code, cell in zip(table[key], table[value])}


def _areas(geoms: pd.Series, source: DeliverySource) -> np.ndarray:
    """m² of each geometry by the profile's rule; null where there is none."""
    areas_m2 = area_by_rule_m2(geoms.to_numpy(dtype=object), source.data.crs, source.profile.value("area_rule"))
    return np.where(geoms.isna(), np.nan, areas_m2)


def _planned_by_village(source: DeliverySource) -> pd.Series:
    """Planned built land in m²: patches that stay or are new, and rural sites; null where the village has no patch and no site."""
    patches, sites = _patches(source), _sites(source)
    patches["kept_m2"] = patches["area_m2"].where(patches["state"] != "cleared", 0.0)
    rural = sites[sites["setting"] == "rural"].rename(columns={"area_m2": "kept_m2"})
    both = pd.concat([patches[["village_code", "kept_m2"]], rural[["village_code", "kept_m2"]]])
    return both.groupby("village_code")["kept_m2"].sum(min_count=1)


def _struck(source: DeliverySource) -> dict[str, bool] | None:
    """Villages of which a hamlet's point or patch meets a hazard area: whether one that stays or is new does; None without such a layer."""
    if not source.layers.has("hazard"):
        return None
    hazards = np.array([geom for geom in source.layers.read("hazard")["geom"] if geom is not None], dtype=object)
    hamlets, patches = source.data.hamlet, patch_states(source.data, source.scenario)
    gone = set(withdrawn_hamlets(source.data, source.scenario))
    owners = [*hamlets["village_code"], *patches["village_code"]]
    stays = [*(code not in gone for code in hamlets["code"]), *(state != "cleared" for state in patches["state"])]
    places = np.array([*hamlets["geom"], *patches["geom"]], dtype=object)
    struck: dict[str, bool] = {}
    for position in shapely.STRtree(hazards).query(places, predicate="intersects")[0]:
        struck[owners[position]] = struck.get(owners[position], False) or stays[position]
    return struck
