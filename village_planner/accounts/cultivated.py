"""Cultivated land (耕地保有量): what there is by the survey, what new building takes, what moves reclaim."""

from __future__ import annotations

import numpy as np
import pandas as pd

from village_planner.accounts.ground import usable_deduction, without_earlier
from village_planner.accounts.land import Base, new_items, newly_taken, taken_by
from village_planner.accounts.parcel_table import ParcelTable
from village_planner.accounts.parcels import LAND_USE
from village_planner.accounts.reclamation import is_to_farmland
from village_planner.accounts.townships import Ground, Townships
from village_planner.base import Feedback
from village_planner.plan.data import PlanData
from village_planner.plan.excerpts import excerpt_codes
from village_planner.plan.layers import Layers
from village_planner.spatial.area import net_area_m2
from village_planner.spatial.arrays import objects
from village_planner.standards import Profile


def cultivated_balance(
    data: PlanData, layers: Layers, profile: Profile, scenario: str, feedback: Feedback | None = None
) -> pd.DataFrame:
    """Balance of cultivated land (耕地保有量) of each township and of the whole plan, net of ridges, in m².

    base_m2: land use parcels of the profile's `farmland_landuse` classes, net (area × (1 − KCXS)), each in the township
    that holds its inner point. taken_m2: net cultivated land under new patches and sites (also those in a town) outside
    the present built footprint; ground counts once. reclaimed_m2: reclaimed by the scenario's moves to cultivated land
    (`is_to_farmland`), in the township of the hamlet that goes. planned_m2 = base − taken + reclaimed; change_m2.

    Rows: every township, then the plan (kind `plan`, code null) with what belongs to no township. Columns: kind, code,
    name, base_m2, taken_m2, reclaimed_m2, planned_m2, change_m2, unmeasured (items that the engine failed on). Base,
    taken and what follows are null without a land use layer, the base of a township without polygons is null.
    Source: qc_rules 5302; 三调 图斑地类面积.
    """
    townships = Townships(data)
    base = cultivated_base(data, layers, profile, ParcelTable(layers, townships, data.crs), townships)
    taken = taken_farmland(data, layers, profile, newly_taken(data, layers, profile, feedback), townships, feedback)
    return cultivated_of(data, profile, scenario, base, taken, townships)


def cultivated_of(data: PlanData, profile: Profile, scenario: str, base: Base, taken: pd.DataFrame, townships: Townships) -> pd.DataFrame:
    """`cultivated_balance` of what `cultivated_base` and `taken_farmland` give."""
    known = base.source == LAND_USE
    ground = Ground(taken["area_m2"].to_numpy(dtype=float), taken["township_code"].to_numpy(dtype=object))
    back = _reclaimed(data, profile, scenario, townships)
    rows = []
    for code, name in zip(data.township["code"], data.township["name"]):
        taken_m2 = ground.of(code) if known else np.nan
        rows.append(("township", code, name, base.by_township.get(code, np.nan), taken_m2, back.of(code), ground.failed(code)))
    totals = (base.total_m2, ground.total() if known else np.nan, back.total())
    rows.append(("plan", None, data.info["title"], *totals, int(np.isnan(ground.area_m2).sum())))
    frame = pd.DataFrame(rows, columns=["kind", "code", "name", "base_m2", "taken_m2", "reclaimed_m2", "unmeasured"])
    frame = frame.astype(dict.fromkeys(["kind", "code", "name"], "string"))
    frame.insert(6, "planned_m2", frame["base_m2"] - frame["taken_m2"] + frame["reclaimed_m2"])
    frame.insert(7, "change_m2", frame["reclaimed_m2"] - frame["taken_m2"])
    return frame


def cultivated_base(data: PlanData, layers: Layers, profile: Profile, parcels: ParcelTable, townships: Townships) -> Base:
    """The base of `cultivated_balance`; a township of which it is not known is left out. source: `land_use` or `nothing`.

    Of an excerpt of the land use layer, as a package holds it, no base can be told.
    """
    if not layers.has(LAND_USE) or excerpt_codes(data.control_layer, LAND_USE):
        return Base("nothing", {}, np.nan)
    chosen = parcels.of_class(profile.value("farmland_landuse"), None)
    net_m2 = net_area_m2(chosen["area_m2"].to_numpy(), usable_deduction(chosen["deduction"].to_numpy()))
    ground = Ground(net_m2, chosen["township"].to_numpy())
    return Base(LAND_USE, {code: ground.of(code) for code in data.township["code"] if townships.has_ground(code)}, ground.total())


def taken_farmland(
    data: PlanData, layers: Layers, profile: Profile, taken: pd.DataFrame, townships: Townships, feedback: Feedback | None = None
) -> pd.DataFrame:
    """What each new patch and site takes of cultivated land, net, each piece of ground counted once, for the first of them.

    taken: as of `newly_taken`. Columns: kind (patch, site), code, township_code, area_m2 (NaN where the engine failed).
    """
    items = new_items(data)
    geoms = items["geom"].to_numpy()
    once = without_earlier(geoms, feedback)
    net_m2, outside_m2 = (taken[name].to_numpy(dtype=float, copy=True) for name in ("farmland_net_m2", "outside_m2"))
    cut = np.array([a is not b for a, b in zip(once, geoms)], dtype=bool)
    if cut.any():
        again = taken_by(items[cut].assign(geom=objects(list(once[cut]))), data, layers, profile, feedback)
        net_m2[cut], outside_m2[cut] = again["farmland_net_m2"], again["outside_m2"]
    net_m2[np.isnan(outside_m2)] = np.nan
    return pd.DataFrame({"kind": list(items["kind"]), "code": list(items["code"]), "township_code": townships.of_items(items), "area_m2": net_m2})


def _reclaimed(data: PlanData, profile: Profile, scenario: str, townships: Townships) -> Ground:
    moves = data.move[data.move["scenario"] == scenario]
    moves = moves[np.array([is_to_farmland(target, profile) for target in moves["reclaim_to"]], dtype=bool)]
    village_of = dict(zip(data.hamlet["code"], data.hamlet["village_code"]))
    areas_m2 = moves["reclaimed_m2"].fillna(0.0).to_numpy(dtype=float)
    return Ground(areas_m2, townships.of_villages(moves["hamlet_code"].map(village_of)))
