"""Village construction land per person (人均村庄建设用地), at present and as planned, of villages, townships and the plan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from village_planner.accounts.decisions import hamlet_actions, patch_states
from village_planner.accounts.facts import village_facts
from village_planner.accounts.ground import without_earlier
from village_planner.accounts.land import TOWN, land_balance
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
    planned land of `land_balance`; persons: the sum over their villages, null where none is known. balance, villages: what
    these two functions give, where the caller has it already.
    """
    villages = village_per_capita(data, profile, scenario) if villages is None else villages
    rows = []
    for row in (land_balance(data, layers, profile, scenario, feedback) if balance is None else balance).itertuples(index=False):
        is_plan = row.kind == "plan"
        mine = villages if is_plan else villages[villages["township_code"] == row.code]
        persons = (known_sum(mine[column]) for column in ("present_persons", "planned_persons"))
        rows.append((row.kind, plain(row.code), row.name, plain(row.code), row.base_m2, row.planned_m2, *persons))
    areas = _with_shares(pd.DataFrame(rows, columns=_COLUMNS), data, profile)
    return pd.concat([villages, areas], ignore_index=True)


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
    village_of = dict(zip(data.hamlet["code"], data.hamlet["village_code"]))
    stay = data.hamlet[~goes].groupby("village_code")[column].sum(min_count=0)
    untold = set(data.hamlet.loc[~goes & ~known, "village_code"])
    losing = set(data.hamlet.loc[goes, "village_code"])
    arrived = _arrivals(data, set(data.hamlet.loc[goes, "code"]), village_of, scenario)

    def staying(village: str, stated: Any) -> Any:
        if village in stay.index and village not in untold:
            return stay[village]
        # Where hamlets do not say, the village's own figure stands as long as nobody leaves.
        return stated if village not in losing else pd.NA if village in untold else 0

    own = [staying(village, stated) for village, stated in zip(facts["village_code"], facts[column])]
    persons = [pd.NA if pd.isna(count) else int(count) + arrived.get(village, 0) for village, count in zip(facts["village_code"], own)]
    return pd.Series(persons, index=facts.index, dtype="Int64")


def _arrivals(data: PlanData, going: set[str], village_of: dict[str, str], scenario: str) -> dict[str, int]:
    """Persons who move to the hamlets and rural sites of each village."""
    rural = data.site[~data.site["setting"].eq(TOWN).fillna(False)]
    site_village = dict(zip(rural["code"], rural["village_code"]))
    by_kind = {Destination.HAMLET.value: village_of, Destination.SITE.value: site_village}
    moves = data.move[(data.move["scenario"] == scenario) & data.move["hamlet_code"].isin(going)]
    arrived: dict[str, int] = {}
    for kind, target, persons in zip(moves["destination_kind"], moves["destination_code"], moves["persons"]):
        village = plain(by_kind.get(plain(kind), {}).get(plain(target)))
        if village is not None and not pd.isna(persons):
            arrived[village] = arrived.get(village, 0) + int(persons)
    return arrived
