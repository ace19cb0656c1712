"""Cultivated land (耕地): what there is, what new patches and sites take of it, what is reclaimed, what there will be."""

from __future__ import annotations

import numpy as np
import pandas as pd

from village_planner.accounts.ground import usable_deduction, without_earlier
from village_planner.accounts.land import new_items, taken_by
from village_planner.accounts.parcels import LAND_USE, each_once, parcels_of_class
from village_planner.accounts.reclamation import is_to_farmland
from village_planner.accounts.townships import Ground, Townships
from village_planner.base import Feedback
from village_planner.plan.data import PlanData
from village_planner.plan.layers import Layers
from village_planner.spatial.area import ellipsoidal_area_m2, net_area_m2
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
    townships, known = Townships(data), layers.has(LAND_USE)
    base = _base(data, layers, profile, townships)
    items = new_items(data)
    once = without_earlier(items["geom"].to_numpy(), feedback)
    taken = taken_by(items.assign(geom=objects(list(once))), data, layers, profile, feedback)
    net = np.where(np.isnan(taken["outside_m2"].to_numpy(dtype=float)), np.nan, taken["farmland_net_m2"].to_numpy(dtype=float))
    ground = Ground(net, townships.of_items(items))
    back = _reclaimed(data, profile, scenario, townships)
    rows = []
    for code, name in zip(data.township["code"], data.township["name"]):
        base_m2 = base.of(code) if known and townships.has_ground(code) else np.nan
        rows.append(("township", code, name, base_m2, ground.of(code) if known else np.nan, back.of(code), ground.failed(code)))
    totals = (base.total(), ground.total()) if known else (np.nan, np.nan)
    rows.append(("plan", None, data.info["title"], *totals, back.total(), int(np.isnan(net).sum())))
    frame = pd.DataFrame(rows, columns=["kind", "code", "name", "base_m2", "taken_m2", "reclaimed_m2", "unmeasured"])
    frame = frame.astype(dict.fromkeys(["kind", "code", "name"], "string"))
    frame.insert(6, "planned_m2", frame["base_m2"] - frame["taken_m2"] + frame["reclaimed_m2"])
    frame.insert(7, "change_m2", frame["reclaimed_m2"] - frame["taken_m2"])
    return frame


def _base(data: PlanData, layers: Layers, profile: Profile, townships: Townships) -> Ground:
    parcels = each_once(parcels_of_class(layers.read(LAND_USE), profile.value("farmland_landuse"), None))
    geoms, deduction = parcels["geom"].to_numpy(), usable_deduction(parcels["deduction"].to_numpy())
    return Ground(net_area_m2(ellipsoidal_area_m2(geoms, data.crs), deduction), townships.of_points(geoms))


def _reclaimed(data: PlanData, profile: Profile, scenario: str, townships: Townships) -> Ground:
    moves = data.move[data.move["scenario"] == scenario]
    moves = moves[np.array([is_to_farmland(target, profile) for target in moves["reclaim_to"]], dtype=bool)]
    village_of = dict(zip(data.hamlet["code"], data.hamlet["village_code"]))
    areas_m2 = moves["reclaimed_m2"].fillna(0.0).to_numpy(dtype=float)
    return Ground(areas_m2, townships.of_villages(moves["hamlet_code"].map(village_of)))
