"""Where each village lies against the urban development boundary (城镇开发边界)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from village_planner.accounts.ground import coverage
from village_planner.plan.data import PlanData
from village_planner.plan.layers import Layers
from village_planner.plan.schema import PatchKind, Position
from village_planner.standards import Profile

BOUNDARY = "development_boundary"
UNKNOWN = "unknown"


def positions(data: PlanData, layers: Layers, profile: Profile) -> pd.DataFrame:
    """Position of each village, from the boundary layer and its polygon, else as stated, else unknown.

    Inside or outside from the share of the polygon inside the boundary and the profile's `boundary_touch_share`, else
    `cut`. A cut village counts by `boundary_cut_criterion`: `seat` (the main hamlet's point; without one as the
    following), `larger_share` (of its present patches, without them of its polygon; half is inside). What is unknown,
    or stated as cut without geometry to decide by, counts as outside: it then needs a category.

    Columns, in roster order: village_code, position (inside, outside, cut, unknown), counts_inside (bool),
    share_inside (0 to 1, NaN without polygon or layer), decided_by (polygon, seat, patches, stated, nothing).
    """
    villages = data.village["geom"].to_numpy()
    share = np.full(len(villages), np.nan)
    boundary = np.array([], dtype=object)
    if layers.has(BOUNDARY):
        boundary = layers.read(BOUNDARY)["geom"].to_numpy()
        share = _share_inside(villages, boundary, data.crs)
    touch = float(profile.value("boundary_touch_share"))
    by_seat = profile.value("boundary_cut_criterion") == "seat"
    rows = []
    for row, code in enumerate(data.village["code"]):
        if np.isnan(share[row]):
            rows.append((code, *_stated(data.village["position_stated"].iloc[row])))
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


def _share_inside(villages: np.ndarray, boundary: np.ndarray, crs: int) -> np.ndarray:
    """Share of each polygon inside the boundary; NaN without polygon or where a comparison failed."""
    covered = coverage(villages, boundary, crs)
    area = shapely.area(villages)
    planar = shapely.area(covered["part"].to_numpy())
    known = (area > 0) & (covered["failed"].map(len) == 0).to_numpy()
    return np.divide(np.nan_to_num(planar), area, out=np.full(len(villages), np.nan), where=known)


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
    total = np.nansum(shapely.area(patches))
    if total > 0:
        inside = coverage(patches, boundary, data.crs)["part"].to_numpy()
        return bool(np.nansum(shapely.area(inside)) >= total / 2), "patches"
    return bool(share >= 0.5), "polygon"
