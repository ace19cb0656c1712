"""Farmland balance (耕地占补平衡): what new building takes of cultivated land, what moves reclaim to it, and how good each is."""

from __future__ import annotations

from typing import Any, Mapping

import numpy as np
import pandas as pd
import shapely

from village_planner.accounts.decisions import patch_states
from village_planner.accounts.ground import counted_once, usable_deduction, without_earlier
from village_planner.accounts.land import new_items, newly_taken
from village_planner.accounts.parcels import LAND_USE, class_codes, parcels_of_class
from village_planner.accounts.reclamation import is_to_farmland
from village_planner.accounts.townships import Townships, are_drawn
from village_planner.base import Feedback
from village_planner.plan.data import PlanData, plain
from village_planner.plan.layers import Layers
from village_planner.plan.schema import Destination, PatchKind
from village_planner.spatial.area import ellipsoidal_area_m2, net_area_m2
from village_planner.spatial.nearness import within_distance
from village_planner.spatial.overlay import overlaps
from village_planner.standards import Profile

TAKEN, RECLAIMED, UNDIRECTED = "taken", "reclaimed", "undirected"
_KEYS = ["kind", "code", "hamlet_code", "township_code", "phase", "class_code", "slope", "level"]
_READ = ("class_code", "built_code", "deduction", "slope", "level", "geom")


def farmland_entries(
    data: PlanData, layers: Layers, profile: Profile, scenario: str, reach_m: float, taken: pd.DataFrame | None = None,
    townships: Townships | None = None, feedback: Feedback | None = None,
) -> pd.DataFrame:
    """The entries of the farmland balance, one per patch, site or move and quality of the land.

    side: `taken`: cultivated land (the profile's `farmland_landuse`) under a new patch or site outside the present built
    footprint, net of ridges, ground counted once; `reclaimed`: what a move of the scenario states as reclaimed to cultivated
    land (`is_to_farmland`); `undirected`: what a move states as reclaimed without saying to what.
    kind (patch, site, move), code, hamlet_code (of patches and moves), township_code (of a move: that of the hamlet that goes),
    phase (Int64; of a patch the first in which somebody moves to its hamlet, of a site when it is ready; null: not known).
    class_code: DLBM; of reclaimed land the class that the direction names (`reclaim_classes`), null where it names none.
    slope (GDPDJB, 1 to 5) and level (等别, 1 the best to 15), numbers, NaN where not known: of reclaimed land those of the largest part of the
    cultivated land within `reach_m` of the hamlet's patches that are cleared, since ground that was built on has none of its own.
    area_m2: m². Without a land use layer nothing is known to be taken.

    taken: as of `newly_taken`, where the caller has it. Source: 土地管理法, 占用耕地补偿; how quality is taken from the surroundings is our proposal.
    """
    townships = Townships(data) if townships is None else townships
    taken = newly_taken(data, layers, profile, feedback) if taken is None else taken
    parts = [_taken(data, layers, profile, scenario, taken, townships, feedback), _reclaimed(data, layers, profile, scenario, reach_m, townships)]
    return pd.concat([part for part in parts if len(part)] or [parts[0]], ignore_index=True)[["side", *_KEYS, "area_m2"]]


def farmland_balance(data: PlanData, entries: pd.DataFrame, paddy: list[str]) -> pd.DataFrame:
    """Sums of `farmland_entries` of each township, then of the plan (kind `plan`, code null), in m².

    paddy: prefixes of paddy fields (水田). Columns: kind, code, name, taken_m2, reclaimed_m2, undirected_m2, paddy_taken_m2,
    paddy_reclaimed_m2, classless_m2 (reclaimed to a class that is not named), and for `slope` and `level` each: `<q>_taken`,
    `<q>_reclaimed` (means by area over what is known, NaN without), `<q>_unknown_m2` (entries of both sides of which it is not known).
    """
    areas: list[tuple[str, Any, Any]] = [("township", code, name) for code, name in zip(data.township["code"], data.township["name"])]
    rows = []
    for kind, code, name in [*areas, ("plan", None, data.info["title"])]:
        rows.append({"kind": kind, "code": code, "name": name, **_sums(entries if kind == "plan" else entries[entries["township_code"] == code], paddy)})
    return pd.DataFrame(rows).astype({"kind": "string", "code": "string", "name": "string"})


def reclaimed_ground(data: PlanData, profile: Profile) -> np.ndarray:
    """Polygons of the patches of hamlets of which a move, of any scenario, reclaims ground to cultivated land."""
    goes = {code for code, to in zip(data.move["hamlet_code"], data.move["reclaim_to"]) if is_to_farmland(to, profile)}
    patches = data.patch[data.patch["hamlet_code"].isin(goes) & data.patch["kind"].ne(PatchKind.NEW.value).fillna(True)]
    return patches.loc[are_drawn(patches), "geom"].to_numpy()


def _sums(entries: pd.DataFrame, paddy: list[str]) -> dict[str, float]:
    sides = {side: entries[entries["side"] == side] for side in (TAKEN, RECLAIMED, UNDIRECTED)}
    found = {f"{side}_m2": float(rows["area_m2"].sum()) for side, rows in sides.items()}
    for side in (TAKEN, RECLAIMED):
        wet = sides[side]["class_code"].fillna("").str.startswith(tuple(paddy)).astype(bool)
        found[f"paddy_{side}_m2"] = float(sides[side].loc[wet, "area_m2"].sum())
    found["classless_m2"] = float(sides[RECLAIMED].loc[sides[RECLAIMED]["class_code"].isna(), "area_m2"].sum())
    for quality in ("slope", "level"):
        found[f"{quality}_unknown_m2"] = 0.0
        for side in (TAKEN, RECLAIMED):
            known = sides[side][sides[side][quality].notna()]
            area_m2 = float(known["area_m2"].sum())
            found[f"{quality}_{side}"] = float((known[quality] * known["area_m2"]).sum()) / area_m2 if area_m2 > 0 else np.nan
            found[f"{quality}_unknown_m2"] += found[f"{side}_m2"] - area_m2
    return found


def _taken(
    data: PlanData, layers: Layers, profile: Profile, scenario: str, taken: pd.DataFrame, townships: Townships, feedback: Feedback | None
) -> pd.DataFrame:
    items = new_items(data)
    on_farmland = (taken["farmland_m2"] > 0).to_numpy()
    ground = without_earlier(taken.loc[on_farmland, "geom"].to_numpy(), feedback)
    owners = pd.DataFrame({"kind": items["kind"], "code": items["code"], "township_code": townships.of_items(items)})[on_farmland].reset_index(drop=True)
    hamlet_of = {code: plain(hamlet) for code, hamlet in zip(data.patch["code"], data.patch["hamlet_code"])}
    owners["hamlet_code"] = [hamlet_of.get(code) if kind == "patch" else None for kind, code in zip(owners["kind"], owners["code"])]
    phases = _phases(data, scenario)
    owners["phase"] = pd.array([phases.get((kind, hamlet if kind == "patch" else code)) for kind, code, hamlet in
                                zip(owners["kind"], owners["code"], owners["hamlet_code"])], dtype="Int64")
    parcels = _farmland_near(layers, profile, shapely.bounds(ground))
    pairs = overlaps(ground, parcels["geom"].to_numpy(), feedback)
    pairs["deduction"] = usable_deduction(parcels["deduction"].to_numpy())[pairs["other"].to_numpy(dtype=int)]
    pairs = counted_once(pairs[pairs["error"] == ""])
    pairs["area_m2"] = net_area_m2(ellipsoidal_area_m2(pairs["part"].to_numpy(), data.crs), pairs["deduction"].to_numpy())
    rows = [owners.iloc[pairs["subject"].to_numpy(dtype=int)], parcels.iloc[pairs["other"].to_numpy(dtype=int)][["class_code", "slope", "level"]]]
    frame = pd.concat([part.reset_index(drop=True) for part in rows], axis=1).assign(area_m2=pairs["area_m2"].to_numpy(), side=TAKEN)
    return frame.groupby(["side", *_KEYS], dropna=False, sort=False, as_index=False)["area_m2"].sum() if len(frame) else frame


def _reclaimed(data: PlanData, layers: Layers, profile: Profile, scenario: str, reach_m: float, townships: Townships) -> pd.DataFrame:
    moves = data.move[(data.move["scenario"] == scenario) & (data.move["reclaimed_m2"] > 0)]
    directions = [str(plain(to) or "").strip() for to in moves["reclaim_to"]]
    sides = [RECLAIMED if is_to_farmland(to, profile) else "" if to else UNDIRECTED for to in directions]
    classes = [next((code for word, code in profile.value("reclaim_classes") if word in to), None) for to in directions]
    villages = moves["hamlet_code"].map(dict(zip(data.hamlet["code"], data.hamlet["village_code"])))
    chosen = [side == RECLAIMED for side in sides]
    quality = _quality_around(data, layers, profile, scenario, set(moves.loc[chosen, "hamlet_code"]), reach_m)
    frame = pd.DataFrame({
        "side": sides, "kind": "move", "code": list(moves["code"]), "hamlet_code": list(moves["hamlet_code"]),
        "township_code": townships.of_villages(villages), "phase": moves["phase"].astype("Int64").to_numpy(), "class_code": classes,
        "slope": [quality.get(code, (np.nan, np.nan))[0] for code in moves["hamlet_code"]],
        "level": [quality.get(code, (np.nan, np.nan))[1] for code in moves["hamlet_code"]], "area_m2": moves["reclaimed_m2"].to_numpy(dtype=float),
    })  # fmt: skip
    frame["phase"] = frame["phase"].astype("Int64")
    return frame[frame["side"] != ""].reset_index(drop=True)


def _quality_around(
    data: PlanData, layers: Layers, profile: Profile, scenario: str, hamlets: set[str], reach_m: float
) -> Mapping[str, tuple[float, float]]:
    """Slope class and level of the cultivated land around the cleared patches of some hamlets, by hamlet: of the largest part of it."""
    states = patch_states(data, scenario)
    states = states[are_drawn(states) & states["state"].eq(PatchKind.CLEARED.value).to_numpy(dtype=bool) & states["hamlet_code"].isin(hamlets)]
    geoms = states["geom"].to_numpy()
    parcels = _farmland_near(layers, profile, shapely.bounds(geoms) + [-reach_m, -reach_m, reach_m, reach_m])
    pairs = within_distance(geoms, parcels["geom"].to_numpy(), reach_m, data.crs)
    near = pd.DataFrame({"hamlet_code": states["hamlet_code"].to_numpy(dtype=object)[pairs["row"]], "parcel": pairs["other"]}).drop_duplicates()
    near = near.assign(area=shapely.area(parcels["geom"].to_numpy()[near["parcel"]]), slope=parcels["slope"].to_numpy()[near["parcel"]],
                       level=parcels["level"].to_numpy()[near["parcel"]])  # fmt: skip
    slopes, levels = (_prevailing(near, quality) for quality in ("slope", "level"))
    return {code: (slopes.get(code, np.nan), levels.get(code, np.nan)) for code in slopes.keys() | levels.keys()}


def _prevailing(near: pd.DataFrame, quality: str) -> dict[str, float]:
    """By hamlet, the quality of the largest part of the land near it that states one; of equal parts the lower."""
    sums = near[near[quality].notna()].groupby(["hamlet_code", quality], as_index=False)["area"].sum()
    first = sums.sort_values(["area", quality], ascending=[False, True]).drop_duplicates("hamlet_code")
    return {str(code): float(value) for code, value in zip(first["hamlet_code"], first[quality])}


def _farmland_near(layers: Layers, profile: Profile, bounds: np.ndarray) -> pd.DataFrame:
    """Cultivated parcels near some bounds (n, 4): class_code as the survey writes it, deduction, slope and level as numbers, geom."""
    parcels = parcels_of_class(layers.read(LAND_USE, columns=_READ, near=bounds), profile.value("farmland_landuse"), None).reset_index(drop=True)
    return parcels.assign(
        class_code=pd.array(class_codes(parcels["class_code"]), dtype="string"), slope=_numbers(parcels["slope"]), level=_numbers(parcels["level"]),
    )


def _numbers(texts: pd.Series) -> np.ndarray:
    """The number that each text begins with (2, 2级, 6等); NaN without, and for 0, which stands for nothing."""
    found = pd.to_numeric(texts.astype("string").str.extract(r"^\s*(\d+(?:\.\d+)?)", expand=False), errors="coerce").astype("float64")
    return np.where(found > 0, found, np.nan)


def _phases(data: PlanData, scenario: str) -> dict[tuple[str, Any], int]:
    """When land is taken, by (`patch`, hamlet) and (`site`, code): when a site is ready, else the first phase in which somebody moves there."""
    moves = data.move[(data.move["scenario"] == scenario) & data.move["phase"].notna()]
    found: dict[tuple[str, Any], int] = {}
    for kind, code, phase in zip(moves["destination_kind"], moves["destination_code"], moves["phase"]):
        kind = plain(kind)
        key = ("site" if kind == Destination.SITE.value else "patch" if kind == Destination.HAMLET.value else "", plain(code))
        found[key] = min(found.get(key, int(phase)), int(phase))
    ready = zip(data.site["code"], data.site["ready_phase"])
    return {**found, **{("site", code): int(phase) for code, phase in ready if not pd.isna(phase)}}
