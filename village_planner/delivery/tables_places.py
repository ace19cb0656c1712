"""The printed tables of resettlement sites (集中安置点), public facilities, and what was carried out (实施台账) as frames."""

from __future__ import annotations

import pandas as pd

from village_planner.accounts import facility_coverage, ledger_rows, site_inflow
from village_planner.accounts.facilities import FACILITY, LACKING, PLANNED, PRESENT, UNKNOWN
from village_planner.delivery.frames import DeliverySource
from village_planner.delivery.naming import UNPHASED, destination_names, hectares, printed_m2
from village_planner.plan.data import plain
from village_planner.plan.schema import WITHDRAWN


def site_list(source: DeliverySource, sites: pd.DataFrame) -> pd.DataFrame:
    """One row per site: place, kind, land, capacity, and what moves in by phase, cumulative, against the capacity of that phase."""
    settings = source.profile.codes.get("delivered_setting")
    words = {row["word"]: row.get("site") or row["name"] for row in settings.rows} if settings else {}
    frame = sites.copy()
    frame["setting_name"] = [words.get(plain(setting), plain(setting)) for setting in frame["setting"]]
    frame["area_ha"] = hectares(printed_m2(frame["area_m2"]))
    frame["ready_name"] = [None if pd.isna(phase) else f"{int(phase)}年" for phase in frame["ready_phase"]]
    households = frame["capacity"].astype("Float64").replace(0, pd.NA).astype("float64")
    frame["area_per_household"] = printed_m2(frame["area_m2"]) / households
    inflow = site_inflow(source.data, source.scenario)
    for phase in source.data.phases:
        mine = inflow[inflow["phase"] == phase].set_index("site_code")
        for column in ("capacity", "cumulative"):
            frame[f"{column}_{phase}"] = pd.array([plain(mine[column].get(code)) for code in frame["site_code"]], dtype="Int64")
    last = source.data.phases[-1] if source.data.phases else None
    known = [f"{column}_{last}" for column in ("capacity", "cumulative")]
    frame["inflow"] = frame[known[1]] if last else pd.array([None] * len(frame), dtype="Int64")
    frame["spare"] = frame[known[0]] - frame[known[1]] if last else frame["inflow"]
    return frame


def facility_list(source: DeliverySource, villages: pd.DataFrame) -> pd.DataFrame:
    """B8: one row per village that stays, at least in part: who is served, and which kinds of facilities it has, is to have or lacks."""
    coverage = facility_coverage(source.data, source.layers, source.profile)
    words = {PRESENT: "有", PLANNED: "规划", LACKING: "缺", UNKNOWN: ""}
    frame = villages[~villages["action"].isin(WITHDRAWN)].copy()
    for kind, group in coverage.groupby("facility", sort=False):
        state = dict(zip(group["village_code"], group["state"]))
        frame[f"facility_{kind}"] = [words[state[code]] or None for code in frame["village_code"]]
    of_village = {code: group.set_index("facility_name")["state"] for code, group in coverage.groupby("village_code", sort=False)}
    own = [of_village[code] for code in frame["village_code"]]
    known = source.layers.has(FACILITY)
    for name in (PRESENT, PLANNED, LACKING):
        frame[f"{name}_kinds"] = pd.array([int((states == name).sum()) if known else None for states in own], dtype="Int64")
    frame["facility_note"] = [None if known else "未提供设施资料" for _ in own]
    return frame


def ledger_list(source: DeliverySource) -> pd.DataFrame:
    """One row per move and year of the ledger: target, what was done that year and so far, what is carried over, land."""
    frame = ledger_rows(source.data, source.scenario)
    moves = source.data.move[source.data.move["scenario"] == source.scenario]
    frame["destination_shown"] = frame["move_code"].map(destination_names(source.data, moves, source.profile))
    frame["phase_name"] = [UNPHASED if pd.isna(phase) else f"{int(phase)}年" for phase in frame["phase"]]
    frame["year_name"] = [f"{int(year)}年" for year in frame["year"]]
    frame["share_percent"] = 100 * frame["share"]
    for name in ("cleared", "built", "reclaimed"):
        frame[f"{name}_ha"] = hectares(printed_m2(pd.to_numeric(frame[f"{name}_m2"], errors="coerce").astype("float64")))
    return frame
