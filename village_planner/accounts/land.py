"""Village construction land: base, cleared, newly taken, planned; and what is newly taken outside the present built land."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Mapping

import numpy as np
import pandas as pd
import shapely

from village_planner.accounts.decisions import RETAINED, patch_states
from village_planner.accounts.ground import covered_m2, without_earlier
from village_planner.accounts.parcel_table import ParcelTable
from village_planner.accounts.parcels import LAND_USE, parcels_near, parcels_of_class
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
CLEARED, NEW = "cleared", "new"


@dataclass(frozen=True)
class Base:
    """Present village construction land. source: `land_use`, `patches` or `nothing`; by_township: m² by code; total_m2: also of no township."""

    source: str
    by_township: Mapping[str, float]
    total_m2: float


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
    townships = Townships(data)
    base = land_base(data, layers, profile, ParcelTable(layers, townships, data.crs), townships, feedback)
    items = land_items(data, layers, profile, scenario, townships, feedback) if base.source != NOTHING else None
    return balance_of(data, base, items)


def balance_of(data: PlanData, base: Base, items: pd.DataFrame | None) -> pd.DataFrame:
    """`land_balance` of what `land_base` and `land_items` give; items: None where there is no base."""
    cleared, new = (Ground(np.array([]), np.array([])) if items is None else _ground(items[items["part"] == part]) for part in (CLEARED, NEW))
    known = items is not None
    rows: list[tuple] = []
    for code, name in zip(data.township["code"], data.township["name"]):
        sums = (base.by_township.get(code, np.nan), cleared.of(code), new.of(code)) if known else (np.nan,) * 3
        rows.append(("township", code, name, *sums, cleared.failed(code) + new.failed(code)))
    totals = (base.total_m2, cleared.total(), new.total()) if known else (np.nan,) * 3
    rows.append(("plan", None, data.info["title"], *totals, int(np.isnan([*cleared.area_m2, *new.area_m2]).sum())))
    columns = ["kind", "code", "name", "base_m2", "cleared_m2", "new_m2", "unmeasured"]
    frame = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[:3], "string"))
    frame.insert(6, "planned_m2", frame["base_m2"] - frame["cleared_m2"] + frame["new_m2"])
    frame.insert(7, "change_m2", frame["new_m2"] - frame["cleared_m2"])
    frame.insert(8, "base_source", base.source)
    return frame


def land_base(
    data: PlanData, layers: Layers, profile: Profile, parcels: ParcelTable, townships: Townships, feedback: Feedback | None = None
) -> Base:
    """The base of `land_balance`; a township of which it is not known is left out."""
    source = base_source(data, layers)
    if source == NOTHING:
        return Base(source, {}, np.nan)
    if source == LAND_USE:
        chosen = parcels.of_class(profile.value("construction_landuse"), profile.value("village_czcsxm"))
        ground = Ground(chosen["area_m2"].to_numpy(), chosen["township"].to_numpy())
    else:
        ground = _present_ground(data, townships, feedback)
    known = [code for code in data.township["code"] if source == PATCHES or townships.has_ground(code)]
    return Base(source, {code: ground.of(code) for code in known}, ground.total())


def land_items(
    data: PlanData, layers: Layers, profile: Profile, scenario: str, townships: Townships, feedback: Feedback | None = None
) -> pd.DataFrame:
    """What each patch and site changes of the village construction land, each piece of ground counted once, for the first of them.

    Columns: part (`cleared`: ground of the base that a cleared patch gives back and nothing is built on again; `new`: ground
    outside the base of a new patch, or of a site that is not in a town), kind (patch, site), code, township_code,
    area_m2 (NaN where the engine failed). See `land_balance`.
    """
    feedback = feedback or SilentFeedback()
    items = new_items(data)
    items = items[~items["setting"].eq(TOWN).fillna(False)]
    states = patch_states(data, scenario)
    states = states[are_drawn(states)]
    gone, kept = states[states["state"] == PatchKind.CLEARED.value], states[states["state"] == RETAINED]
    base = base_near(data, layers, profile, np.concatenate([items["geom"].to_numpy(), gone["geom"].to_numpy()]))
    new = without_earlier(items["geom"].to_numpy(), feedback)
    built = np.concatenate([items["geom"].to_numpy(), kept["geom"].to_numpy()])
    once = without_earlier(gone["geom"].to_numpy(), feedback)
    cleared = difference(once, built, feedback)
    cleared_m2 = np.where(_failed(cleared, once), np.nan, covered_m2(cleared, base, data.crs, feedback=feedback)["gross_m2"].to_numpy())
    outside = difference(new, base, feedback)
    outside_m2 = np.where(_failed(outside, new), np.nan, ellipsoidal_area_m2(outside, data.crs))
    return pd.DataFrame({
        "part": [CLEARED] * len(gone) + [NEW] * len(items),
        "kind": ["patch"] * len(gone) + list(items["kind"]),
        "code": [*gone["code"], *items["code"]],
        "township_code": [
            *first_known(objects(list(gone["township_code"])), townships.of_points(gone["geom"].to_numpy())), *townships.of_items(items)
        ],
        "area_m2": np.concatenate([cleared_m2, outside_m2]),
    })  # fmt: skip


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
    failed = _failed(outside, geoms)
    farmland = parcels_of_class(parcels, profile.value("farmland_landuse"), None)
    kcxs, areas_m2 = farmland["deduction"].to_numpy(), farmland["geom_area_m2"].to_numpy()
    taken = covered_m2(outside, farmland["geom"].to_numpy(), data.crs, kcxs, feedback, others_area_m2=areas_m2)
    known = layers.has(LAND_USE)
    return items.assign(
        outside_m2=np.where(failed, np.nan, ellipsoidal_area_m2(outside, data.crs)),
        farmland_m2=taken["gross_m2"].to_numpy() if known else np.nan,
        farmland_net_m2=taken["net_m2"].to_numpy() if known else np.nan,
        geom=objects(list(outside)),
    )


def base_source(data: PlanData, layers: Layers) -> str:
    """What the base of the land balance is: `land_use`, `patches` (no such layer), or `nothing`."""
    if layers.has(LAND_USE):
        return LAND_USE
    return PATCHES if are_drawn(present_patches(data)).any() else NOTHING


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


def _failed(rest: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Where `difference` gave nothing although there was ground: what earlier patches cover wholly has none, and is no failure."""
    return shapely.is_missing(rest) & ~(shapely.is_missing(given) | shapely.is_empty(given))


def _ground(items: pd.DataFrame) -> Ground:
    return Ground(items["area_m2"].to_numpy(dtype=float), items["township_code"].to_numpy(dtype=object))


def present_patches(data: PlanData) -> pd.DataFrame:
    """The patches that are there at present, drawn or not."""
    return data.patch[data.patch["kind"] != PatchKind.NEW.value]


def _present_ground(data: PlanData, townships: Townships, feedback: Feedback | None) -> Ground:
    """Present patches as ground that counts once."""
    present = present_patches(data)
    present = present[~shapely.is_missing(present["geom"].to_numpy())]
    geoms = without_earlier(present["geom"].to_numpy(), feedback)
    village_of = dict(zip(data.hamlet["code"], data.hamlet["village_code"]))
    owners = first_known(townships.of_villages(present["hamlet_code"].map(village_of)), townships.of_points(geoms))
    return Ground(ellipsoidal_area_m2(geoms, data.crs), owners)


def base_near(data: PlanData, layers: Layers, profile: Profile, geoms: np.ndarray) -> np.ndarray:
    """Polygons of the base of `land_balance` around some geometries."""
    if not layers.has(LAND_USE):
        return present_patches(data)["geom"].to_numpy()
    parcels = parcels_of_class(parcels_near(layers, geoms), profile.value("construction_landuse"), profile.value("village_czcsxm"))
    return parcels["geom"].to_numpy()
