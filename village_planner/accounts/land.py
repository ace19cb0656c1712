"""Village construction land: base, cleared, newly taken, planned; and what is newly taken outside the present built land."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from village_planner.accounts.decisions import RETAINED, patch_states
from village_planner.accounts.ground import coverage, without_earlier
from village_planner.accounts.parcels import LAND_USE, each_once, parcels_near, parcels_of_class
from village_planner.accounts.townships import Ground, Townships, are_drawn, first_known
from village_planner.base import Feedback, SilentFeedback
from village_planner.plan.data import PlanData
from village_planner.plan.layers import Layers
from village_planner.plan.schema import PatchKind
from village_planner.spatial.area import ellipsoidal_area_m2
from village_planner.spatial.arrays import objects
from village_planner.spatial.overlay import difference
from village_planner.standards import Profile

PATCHES = "patches"
NOTHING = "nothing"
TOWN = "town"


def land_balance(
    data: PlanData, layers: Layers, profile: Profile, scenario: str, feedback: Feedback | None = None
) -> pd.DataFrame:
    """Balance of village construction land (村庄建设用地) of each township and of the whole plan, in m².

    base_m2: land use parcels of the profile's `construction_landuse` classes with a `village_czcsxm` code; without a
    land use layer the present patches. cleared_m2: ground of cleared patches on that base that is not built again and
    on which no patch is retained. new_m2: ground of new patches and of sites that are not in a town, outside that base.
    planned_m2 = base − cleared + new; change_m2 = planned − base (negative: reduction). Ground counts once where
    patches overlap, a parcel once that two layers hold.

    A parcel belongs to the township whose polygon (else whose villages' polygons) holds its inner point; a patch or
    site to the township of its hamlet or village, else by its inner point. Rows: every township, then the plan (kind
    `plan`, code null), which also holds what belongs to no township. The base from land use of a township without
    polygon of its own or of a village is null (NaN), its change is not. Columns: kind, code, name, base_m2, cleared_m2,
    new_m2, planned_m2, change_m2, base_source (`land_use`, `patches` or `nothing`; then all measures are null),
    unmeasured (patches and sites that the engine failed on: not in the sums). Source: rule_notes 5301.
    """
    feedback = feedback or SilentFeedback()
    source = base_source(data, layers)
    names = list(zip(data.township["code"], data.township["name"]))
    if source == NOTHING:
        rows = [("township", code, name, np.nan, np.nan, np.nan, 0) for code, name in names]
        rows.append(("plan", None, data.info["title"], np.nan, np.nan, np.nan, 0))
        return _balance_frame(rows, source)
    townships = Townships(data)
    geoms, base = _base(data, layers, profile, source, townships)
    feedback.check()
    cleared, new = _changes(data, scenario, geoms, townships, feedback)
    rows = []
    for code, name in names:
        base_m2 = base.of(code) if source == PATCHES or townships.has_ground(code) else np.nan
        rows.append(("township", code, name, base_m2, cleared.of(code), new.of(code), cleared.failed(code) + new.failed(code)))
    unmeasured = int(np.isnan([*cleared.area_m2, *new.area_m2]).sum())
    totals = [float(np.nansum(part.area_m2)) for part in (base, cleared, new)]
    rows.append(("plan", None, data.info["title"], *totals, unmeasured))
    return _balance_frame(rows, source)


def newly_taken(data: PlanData, layers: Layers, profile: Profile, feedback: Feedback | None = None) -> pd.DataFrame:
    """Newly taken land (新增占地) of each new patch and site: what lies outside the present built footprint.

    The footprint: land use parcels of the `construction_landuse` classes with a `built_czcsxm` code, and the present
    patches. Columns: kind (patch, site), code, outside_m2 (NaN where the engine failed), farmland_m2 (of that on
    `farmland_landuse`), farmland_net_m2 (net of ridges), geom (the part outside); in the order of the tables.
    farmland is NaN without a land use layer. Source: rule_notes NL-01.
    """
    return taken_by(new_items(data), data, layers, profile, feedback)[["kind", "code", "outside_m2", "farmland_m2", "farmland_net_m2", "geom"]]


def taken_by(items: pd.DataFrame, data: PlanData, layers: Layers, profile: Profile, feedback: Feedback | None = None) -> pd.DataFrame:
    """`newly_taken` of some items (columns of `new_items`), with their columns kept and geom become the part outside."""
    geoms = items["geom"].to_numpy()
    present = data.patch.loc[data.patch["kind"] != PatchKind.NEW.value, "geom"].to_numpy()
    parcels = parcels_near(layers, geoms)
    built = parcels_of_class(parcels, profile.value("construction_landuse"), profile.value("built_czcsxm"))
    outside = difference(geoms, np.concatenate([built["geom"].to_numpy(), present]), feedback)
    failed = shapely.is_missing(outside) & ~shapely.is_missing(geoms)
    farmland = parcels_of_class(parcels, profile.value("farmland_landuse"), None)
    taken = coverage(outside, farmland["geom"].to_numpy(), data.crs, farmland["deduction"].to_numpy(), feedback)
    known = layers.has(LAND_USE)
    return items.assign(
        outside_m2=np.where(failed, np.nan, ellipsoidal_area_m2(outside, data.crs)),
        farmland_m2=taken["gross_m2"] if known else np.nan,
        farmland_net_m2=taken["net_m2"] if known else np.nan,
        geom=objects(list(outside)),
    )


def base_source(data: PlanData, layers: Layers) -> str:
    """What the base of the land balance is: `land_use`, `patches` (no such layer), or `nothing`."""
    if layers.has(LAND_USE):
        return LAND_USE
    present = data.patch[data.patch["kind"] != PatchKind.NEW.value]
    return PATCHES if are_drawn(present).any() else NOTHING


def _balance_frame(rows: list[tuple], source: str) -> pd.DataFrame:
    columns = ["kind", "code", "name", "base_m2", "cleared_m2", "new_m2", "unmeasured"]
    frame = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[:3], "string"))
    frame.insert(6, "planned_m2", frame["base_m2"] - frame["cleared_m2"] + frame["new_m2"])
    frame.insert(7, "change_m2", frame["new_m2"] - frame["cleared_m2"])
    frame.insert(8, "base_source", source)
    return frame


def _base(
    data: PlanData, layers: Layers, profile: Profile, source: str, townships: Townships
) -> tuple[np.ndarray, Ground]:
    """The base as polygons and as ground."""
    if source == LAND_USE:
        parcels = parcels_of_class(layers.read(LAND_USE), profile.value("construction_landuse"), profile.value("village_czcsxm"))
        geoms = each_once(parcels)["geom"].to_numpy()
        return geoms, Ground(ellipsoidal_area_m2(geoms, data.crs), townships.of_points(geoms))
    present = data.patch[(data.patch["kind"] != PatchKind.NEW.value) & ~shapely.is_missing(data.patch["geom"].to_numpy())]
    geoms = without_earlier(present["geom"].to_numpy())
    village_of = dict(zip(data.hamlet["code"], data.hamlet["village_code"]))
    owners = first_known(townships.of_villages(present["hamlet_code"].map(village_of)), townships.of_points(geoms))
    return geoms, Ground(ellipsoidal_area_m2(geoms, data.crs), owners)


def _changes(
    data: PlanData, scenario: str, base: np.ndarray, townships: Townships, feedback: Feedback
) -> tuple[Ground, Ground]:
    """The ground of the base that is cleared and not built again, and the new ground outside the base."""
    items = new_items(data)
    items = items[~items["setting"].eq(TOWN).fillna(False)]
    new = without_earlier(items["geom"].to_numpy(), feedback)
    states = patch_states(data, scenario)
    states = states[are_drawn(states)]
    gone, kept = states[states["state"] == PatchKind.CLEARED.value], states[states["state"] == RETAINED]
    built = np.concatenate([items["geom"].to_numpy(), kept["geom"].to_numpy()])
    cleared = difference(without_earlier(gone["geom"].to_numpy(), feedback), built, feedback)
    cleared_m2 = coverage(cleared, base, data.crs, feedback=feedback)["gross_m2"].to_numpy()
    outside = difference(new, base, feedback)
    cleared_of = first_known(objects(list(gone["township_code"])), townships.of_points(gone["geom"].to_numpy()))
    new_of = townships.of_items(items)
    return (
        Ground(np.where(shapely.is_missing(cleared), np.nan, cleared_m2), cleared_of),
        Ground(np.where(shapely.is_missing(outside), np.nan, ellipsoidal_area_m2(outside, data.crs)), new_of),
    )


def new_items(data: PlanData) -> pd.DataFrame:
    """New patches and sites with a polygon: kind, code, township_code, village_code, setting (null for patches), geom."""
    village_of = dict(zip(data.hamlet["code"], data.hamlet["village_code"]))
    patches = data.patch[data.patch["kind"] == PatchKind.NEW.value]
    rows = [
        ("patch", code, None, None if pd.isna(hamlet) else village_of.get(hamlet), None, geom)
        for code, hamlet, geom in zip(patches["code"], patches["hamlet_code"], patches["geom"])
    ]
    sites = data.site[["code", "township_code", "village_code", "setting", "geom"]].itertuples(index=False)
    rows += [("site", *site) for site in sites]
    rows = [row for row in rows if row[-1] is not None and not row[-1].is_empty]
    frame = pd.DataFrame([row[:-1] for row in rows], columns=["kind", "code", "township_code", "village_code", "setting"])
    frame["geom"] = objects([row[-1] for row in rows])
    return frame.astype(dict.fromkeys(["kind", "code", "township_code", "village_code", "setting"], "string"))
