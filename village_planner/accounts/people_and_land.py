"""Village construction land per person (人均村庄建设用地), at present and as planned, of villages, townships and the plan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from village_planner.accounts.decisions import hamlet_actions, patch_states, withdrawn_hamlets
from village_planner.accounts.facts import village_facts
from village_planner.accounts.ground import covered_m2, without_earlier
from village_planner.accounts.land import TOWN, base_near, base_source, land_balance, present_patches
from village_planner.accounts.parcels import LAND_USE
from village_planner.accounts.sums import known_sum
from village_planner.accounts.townships import are_drawn
from village_planner.base import Feedback
from village_planner.plan.data import PlanData, plain
from village_planner.plan.layers import Layers
from village_planner.plan.schema import WITHDRAWN, Destination, PatchKind
from village_planner.spatial.area import ellipsoidal_area_m2
from village_planner.spatial.arrays import objects
from village_planner.standards import Profile

PER_PERSON = "per_capita_m2"
_COLUMNS = ["kind", "code", "name", "township_code", "present_m2", "planned_m2", "present_persons", "planned_persons"]


def per_capita_land(
    data: PlanData, layers: Layers, profile: Profile, scenario: str, feedback: Feedback | None = None, balance: pd.DataFrame | None = None,
    villages: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Village construction land per person of each village (`village_per_capita`), each township and the whole plan.

    Columns as there, with kind `village`, `township` or `plan` (code null). Land of townships and the plan: base and
    planned land of `land_balance`. Persons: of the villages whose present land is in that base (all but `off_base`), null
    where none is known; as planned also those who move to a hamlet or rural site of another village, or to a rural site
    of none. balance, villages: what these two functions give, where the caller has it already. Source: decision 0540.
    """
    villages = village_per_capita(data, profile, scenario) if villages is None else villages
    balance = land_balance(data, layers, profile, scenario, feedback) if balance is None else balance
    within = villages[~villages["code"].isin(off_base(data, layers, profile, feedback))]
    arrived = _arrivals(data, scenario)
    elsewhere = arrived[~arrived["village_code"].isin(within["code"])]
    rows = []
    for row in balance.itertuples(index=False):
        mine, others = (frame if row.kind == "plan" else frame[frame["township_code"] == row.code] for frame in (within, elsewhere))
        present, planned = (known_sum(mine[column]) if len(mine) else 0 for column in ("present_persons", "planned_persons"))
        rows.append((row.kind, plain(row.code), row.name, plain(row.code), row.base_m2, row.planned_m2, present, planned + int(others["persons"].sum())))
    areas = _with_shares(pd.DataFrame(rows, columns=_COLUMNS), data, profile)
    return pd.concat([villages, areas], ignore_index=True)


def off_base(data: PlanData, layers: Layers, profile: Profile, feedback: Feedback | None = None) -> set[str]:
    """Codes of the villages whose present land is not in the base of `land_balance`: less than half of their present patches lies on it.

    The survey counts their land with a town (CZCSXM 201, 202). None where the base is the patches themselves; a village
    without a present patch is not among them.
    """
    if base_source(data, layers) != LAND_USE:
        return set()
    patches = present_patches(data)
    patches = patches[are_drawn(patches)]
    geoms = patches["geom"].to_numpy()
    on_base_m2 = covered_m2(geoms, base_near(data, layers, profile, geoms), data.crs, feedback=feedback)["gross_m2"].to_numpy()
    areas = pd.DataFrame({"all": ellipsoidal_area_m2(geoms, data.crs), "on_base": on_base_m2})
    sums = areas.groupby(patches["hamlet_code"].map(_village_of(data)).to_numpy()).sum()
    return set(sums.index[sums["on_base"] < sums["all"] / 2])


def village_per_capita(data: PlanData, profile: Profile, scenario: str) -> pd.DataFrame:
    """Village construction land per person of each village as drawn, in roster order.

    present_m2: present patches. planned_m2: patches that stay and new ones of its hamlets, and rural sites of the village;
    ground counts once; null where nothing was drawn. present_persons, planned_persons (Int64): the population that the
    profile's `per_capita_population` names (`persons` or `residents`); planned: of the hamlets that stay, and the persons
    of the moves to its hamlets and rural sites; null where a hamlet that stays does not state it.
    Columns: kind (`village`), code, name, township_code, those four, present_m2_per_person, planned_m2_per_person (null
    where unknown or nobody is left), limit_m2_per_person: the quota of the township, else of the county, else the
    profile's `per_capita_max_m2`, else null. Source: rule_notes 5306.
    """
    facts = village_facts(data)
    frame = facts[["village_code", "village_name", "township_code"]].set_axis(["code", "name", "township_code"], axis=1)
    frame.insert(0, "kind", "village")
    frame["present_m2"] = facts["built_m2"]
    frame["planned_m2"] = frame["code"].map(_planned_m2(data, scenario)).astype("float64")
    cleared_only = frame["planned_m2"].isna() & frame["present_m2"].notna()
    frame.loc[cleared_only, "planned_m2"] = 0.0
    frame["present_persons"] = facts[profile.value("per_capita_population")]
    frame["planned_persons"] = _planned_persons(data, facts, profile.value("per_capita_population"), scenario)
    return _with_shares(frame[_COLUMNS], data, profile)


def _with_shares(frame: pd.DataFrame, data: PlanData, profile: Profile) -> pd.DataFrame:
    quotas = data.quota[data.quota["item"] == PER_PERSON]
    limit_of, county = dict(zip(quotas["area_code"], quotas["value"])), data.info["county_code"]
    otherwise = limit_of.get(county, profile.value("per_capita_max_m2"))
    frame = frame.astype({**dict.fromkeys(["kind", "code", "name", "township_code"], "string"), "present_persons": "Int64", "planned_persons": "Int64"})
    for name in ("present", "planned"):
        persons = frame[f"{name}_persons"].astype("Float64").replace(0, pd.NA).astype("float64")
        frame[f"{name}_m2_per_person"] = frame[f"{name}_m2"].astype("float64") / persons
    limits = [limit_of.get(plain(code), otherwise) for code in frame["township_code"]]
    frame["limit_m2_per_person"] = np.array([np.nan if limit is None else limit for limit in limits], dtype=float)
    return frame


def _planned_m2(data: PlanData, scenario: str) -> pd.Series:
    """Planned ground by village code, each piece counted once."""
    patches = patch_states(data, scenario)
    patches = patches[are_drawn(patches) & (patches["state"] != PatchKind.CLEARED.value).to_numpy(dtype=bool)]
    sites = data.site[are_drawn(data.site) & ~data.site["setting"].eq(TOWN).fillna(False).to_numpy(dtype=bool)]
    geoms = objects([*patches["geom"], *sites["geom"]])
    areas_m2 = ellipsoidal_area_m2(without_earlier(geoms), data.crs)
    owners = pd.Series([*patches["village_code"], *sites["village_code"]], dtype="string")
    return pd.Series(areas_m2, dtype="float64").groupby(owners).sum()


def _planned_persons(data: PlanData, facts: pd.DataFrame, column: str, scenario: str) -> pd.Series:
    actions = hamlet_actions(data, scenario)
    goes = data.hamlet["code"].map(dict(zip(actions.index, actions))).isin(WITHDRAWN)
    known = data.hamlet[column].notna()
    stay = data.hamlet[~goes].groupby("village_code")[column].sum(min_count=0)
    untold = set(data.hamlet.loc[~goes & ~known, "village_code"])
    losing = set(data.hamlet.loc[goes, "village_code"])
    arrived = _arrivals(data, scenario).groupby("village_code")["persons"].sum()

    def staying(village: str, stated: Any) -> Any:
        if village in stay.index and village not in untold:
            return stay[village]
        # Where hamlets do not say, the village's own figure stands as long as nobody leaves.
        return stated if village not in losing else pd.NA if village in untold else 0

    own = [staying(village, stated) for village, stated in zip(facts["village_code"], facts[column])]
    persons = [pd.NA if pd.isna(count) else int(count) + int(arrived.get(village, 0)) for village, count in zip(facts["village_code"], own)]
    return pd.Series(persons, index=facts.index, dtype="Int64")


def _arrivals(data: PlanData, scenario: str) -> pd.DataFrame:
    """Persons of each move to a hamlet or rural site, with the village (null for a site of none) and township that they come to."""
    rural = data.site[~data.site["setting"].eq(TOWN).fillna(False)]
    places = pd.concat([
        data.hamlet[["code", "village_code"]].assign(kind=Destination.HAMLET.value),
        rural[["code", "village_code", "township_code"]].assign(kind=Destination.SITE.value),
    ]).astype("string")
    by_village = places["village_code"].map(dict(zip(data.village["code"], data.village["township_code"])))
    places["township_code"] = by_village.fillna(places["township_code"])
    going = data.move["hamlet_code"].isin(withdrawn_hamlets(data, scenario)) & (data.move["scenario"] == scenario) & data.move["persons"].notna()
    return data.move.loc[going, ["destination_kind", "destination_code", "persons"]].merge(
        places, left_on=["destination_kind", "destination_code"], right_on=["kind", "code"]
    )[["village_code", "township_code", "persons"]]


def _village_of(data: PlanData) -> dict[str, str]:
    return dict(zip(data.hamlet["code"], data.hamlet["village_code"]))
