"""Figures of villages and hamlets as they stand: households, persons, homesteads, built land, and what is decided."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from village_planner.accounts.decisions import hamlet_actions
from village_planner.accounts.sums import known_sums
from village_planner.accounts.tasks import hamlet_completion
from village_planner.plan.data import PlanData, once_per_plan
from village_planner.plan.schema import WITHDRAWN, PatchKind
from village_planner.spatial.area import ellipsoidal_area_m2

_COUNTS = ("households", "persons", "residents", "homesteads", "vacant_homesteads")


@once_per_plan
def village_facts(data: PlanData) -> pd.DataFrame:
    """Figures of each village, in roster order.

    Columns: village_code, village_name, township_code, township_name, kind, hamlets (count), households, persons,
    residents, homesteads, vacant_homesteads (Int64), hollow_rate (空心率: vacant homesteads / homesteads, 0 to 1, null
    where one is unknown or there are none), area_m2 (of the polygon; null without), built_m2 (present patches; null
    without any). A count is the sum over the hamlets that state it; where none does, the village's own statement.
    """
    frame = village_counts(data)
    frame.insert(3, "township_name", _names_of(data.township, frame["township_code"]))
    frame.insert(5, "hamlets", _of(frame, data.hamlet.groupby("village_code")["code"].count()).fillna(0).astype("Int64"))
    frame["hollow_rate"] = _hollow_rate(frame)
    frame["area_m2"] = _areas(data.village["geom"], data)
    frame["built_m2"] = _of(frame, _present_built_m2(data, "village_code")).astype("float64")
    return frame


@once_per_plan
def village_counts(data: PlanData) -> pd.DataFrame:
    """What can be counted of each village without its ground, in roster order.

    Columns: village_code, village_name, township_code, kind, households, persons, residents, homesteads, vacant_homesteads (Int64). A
    count is the sum over the hamlets that state it; where none does, the village's own statement.
    """
    frame = data.village[["code", "name", "township_code", "kind"]].rename(columns={"code": "village_code", "name": "village_name"})
    sums = known_sums(data.hamlet, ["village_code"], _COUNTS)
    for column in _COUNTS:
        values = _of(frame, sums[column]).astype("Int64")
        frame[column] = values.fillna(data.village[column]) if column in data.village else values
    return frame


@once_per_plan
def hamlet_frame(data: PlanData, scenario: str) -> pd.DataFrame:
    """Every hamlet with its village, its figures and what the scenario decides for it, in roster order.

    Columns: hamlet_code, hamlet_name, is_main, village_code, village_name, township_code, township_name, households,
    persons, residents, homesteads, vacant_homesteads (Int64), hollow_rate (0 to 1), protection, protection_note,
    built_m2 (present patches; null without any), action (`undecided` without a row), withdrawn (bool), moves (count),
    moved_households, moved_persons (Int64; null where no move states it), completion_phase (Int64; NA: not withdrawn,
    or unphased), geom (point or None).
    """
    source = data.hamlet
    frame = source[["code", "name", "is_main", "village_code"]].rename(
        columns={"code": "hamlet_code", "name": "hamlet_name"}
    )
    frame["village_name"] = _names_of(data.village, frame["village_code"])
    frame["township_code"] = frame["village_code"].map(
        dict(zip(data.village["code"], data.village["township_code"]))
    ).astype("string")
    frame["township_name"] = _names_of(data.township, frame["township_code"])
    frame[list(_COUNTS)] = source[list(_COUNTS)]
    frame["hollow_rate"] = _hollow_rate(frame)
    frame[["protection", "protection_note"]] = source[["protection", "protection_note"]]
    frame["built_m2"] = _of(frame, _present_built_m2(data, "hamlet_code"), "hamlet_code").astype("float64")
    frame["action"] = hamlet_actions(data, scenario).to_numpy()
    frame["withdrawn"] = frame["action"].isin(WITHDRAWN).astype(bool)
    moves = data.move[data.move["scenario"] == scenario]
    frame["moves"] = _of(frame, moves.groupby("hamlet_code")["code"].count(), "hamlet_code").fillna(0).astype("Int64")
    sums = known_sums(moves, ["hamlet_code"], ["households", "persons"])
    for column in ("households", "persons"):
        frame[f"moved_{column}"] = _of(frame, sums[column], "hamlet_code").astype("Int64")
    completion = hamlet_completion(data, scenario).set_index("hamlet_code")["phase"]
    frame["completion_phase"] = _of(frame, completion, "hamlet_code").astype("Int64")
    frame["geom"] = source["geom"]
    return frame


def _of(frame: pd.DataFrame, values: pd.Series, key: str = "village_code") -> pd.Series:
    return frame[key].map(dict(zip(values.index, values)))


def _names_of(table: pd.DataFrame, codes: pd.Series) -> pd.Series:
    return codes.map(dict(zip(table["code"], table["name"]))).astype("string")


def _hollow_rate(frame: pd.DataFrame) -> pd.Series:
    homesteads = frame["homesteads"].astype("Float64").replace(0, pd.NA)
    return (frame["vacant_homesteads"].astype("Float64") / homesteads).astype("float64")


def _areas(geoms: pd.Series, data: PlanData) -> pd.Series:
    missing = shapely.is_missing(geoms.to_numpy())
    if missing.all():
        return pd.Series(np.nan, index=geoms.index, dtype="float64")
    areas = ellipsoidal_area_m2(geoms.to_numpy(), data.crs)
    return pd.Series(np.where(missing, np.nan, areas), index=geoms.index)


def _present_built_m2(data: PlanData, key: str) -> pd.Series:
    present = data.patch[data.patch["kind"] != PatchKind.NEW.value].copy()
    present["area_m2"] = _areas(present["geom"], data)
    present["village_code"] = present["hamlet_code"].map(dict(zip(data.hamlet["code"], data.hamlet["village_code"])))
    return present.groupby(key)["area_m2"].sum(min_count=1)
