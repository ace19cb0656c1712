"""Where each village lies against the urban development boundary (城镇开发边界)."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
import shapely

from village_planner.accounts.ground import covered_m2
from village_planner.plan.data import PlanData
from village_planner.plan.layers import Layers
from village_planner.plan.schema import PatchKind, Position
from village_planner.spatial.area import ellipsoidal_area_m2
from village_planner.spatial.arrays import objects
from village_planner.standards import Profile

BOUNDARY = "development_boundary"
UNKNOWN = "unknown"


def positions(data: PlanData, layers: Layers, profile: Profile, villages: Collection[str] | None = None) -> pd.DataFrame:
    """Position of each village, or of those with some codes, from the boundary layer and its polygon, else as stated, else unknown.

    Inside or outside from the share of the polygon inside the boundary and the profile's `boundary_touch_share`, else
    `cut`. A cut village counts by `boundary_cut_criterion`: `seat` (the main hamlet's point; without one as the
    following), `larger_share` (of its present patches, without them of its polygon; half is inside). What is unknown,
    or stated as cut without geometry to decide by, counts as outside: it then needs a category.

    Columns, in roster order: village_code, position (inside, outside, cut, unknown), counts_inside (bool),
    share_inside (0 to 1, NaN without polygon or layer), decided_by (polygon, seat, patches, stated, nothing).
    """
    asked = data.village if villages is None else data.village[data.village["code"].isin(list(villages))]
    geoms = asked["geom"].to_numpy()
    share = np.full(len(geoms), np.nan)
    boundary = objects([])
    if layers.has(BOUNDARY):
        near = None if villages is None else _extents(data, asked)
        rows = layers.read(BOUNDARY, columns=("feature", "geom_area_m2", "geom"), near=near, tiled=True)
        boundary = rows["geom"].to_numpy()
        share = _share_inside(geoms, rows, data.crs)
    touch = float(profile.value("boundary_touch_share"))
    by_seat = profile.value("boundary_cut_criterion") == "seat"
    rows = []
    for row, code in enumerate(asked["code"]):
        if np.isnan(share[row]):
            rows.append((code, *_stated(asked["position_stated"].iloc[row])))
        elif share[row] < touch or share[row] > 1 - touch:
            inside = share[row] > 1 - touch
            rows.append((code, (Position.INSIDE if inside else Position.OUTSIDE).value, bool(inside), "polygon"))
        else:
            inside, decided_by = _cut_counts_inside(data, code, share[row], boundary, by_seat)
            rows.append((code, Position.CUT.value, inside, decided_by))
    frame = pd.DataFrame(rows, columns=["village_code", "position", "counts_inside", "decided_by"])
    frame = frame.astype({"village_code": "string", "position": "string", "counts_inside": bool, "decided_by": "string"})
    frame.insert(3, "share_inside", share)
    return frame


def villages_inside(data: PlanData, layers: Layers, profile: Profile) -> frozenset[str]:
    """Codes of the villages that count as inside the boundary: see `positions`."""
    found = positions(data, layers, profile)
    return frozenset(found.loc[found["counts_inside"], "village_code"])


def _extents(data: PlanData, villages: pd.DataFrame) -> np.ndarray:
    """(n, 4) bounds of all that the position of some villages rests on: their polygons, and points and patches of their hamlets."""
    hamlets = data.hamlet[data.hamlet["village_code"].isin(villages["code"])]
    patches = data.patch.loc[data.patch["hamlet_code"].isin(hamlets["code"]), "geom"]
    return shapely.bounds(np.concatenate([villages["geom"].to_numpy(), hamlets["geom"].to_numpy(), patches.to_numpy()])).reshape(-1, 4)


def _share_inside(villages: np.ndarray, boundary: pd.DataFrame, crs: int) -> np.ndarray:
    """Share of each polygon inside the boundary; NaN without polygon or where a comparison failed."""
    areas_m2, features = boundary["geom_area_m2"].to_numpy(), boundary["feature"].to_numpy()
    covered = covered_m2(villages, boundary["geom"].to_numpy(), crs, others_area_m2=areas_m2, feature=features)
    area_m2 = ellipsoidal_area_m2(villages, crs)
    known = (area_m2 > 0) & (covered["failed"].map(len) == 0).to_numpy()
    return np.divide(covered["gross_m2"].to_numpy(), area_m2, out=np.full(len(villages), np.nan), where=known)


def _stated(position: object) -> tuple[str, bool, str]:
    if pd.isna(position):
        return UNKNOWN, False, "nothing"
    return str(position), position == Position.INSIDE.value, "stated"


def _cut_counts_inside(data: PlanData, village: str, share: float, boundary: np.ndarray, by_seat: bool) -> tuple[bool, str]:
    hamlets = data.hamlet[data.hamlet["village_code"] == village]
    seat = next((geom for geom in hamlets.loc[hamlets["is_main"] == 1, "geom"] if geom is not None), None)
    if by_seat and seat is not None:
        return bool(shapely.intersects(boundary, seat).any()), "seat"
    mine = data.patch["hamlet_code"].isin(hamlets["code"]) & (data.patch["kind"] != PatchKind.NEW.value)
    patches = data.patch.loc[mine, "geom"].to_numpy()
    total_m2 = ellipsoidal_area_m2(patches, data.crs).sum()
    if total_m2 > 0:
        return bool(covered_m2(patches, boundary, data.crs)["gross_m2"].sum() >= total_m2 / 2), "patches"
    return bool(share >= 0.5), "polygon"
