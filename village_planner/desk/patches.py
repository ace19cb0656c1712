"""The patches of villages for the desk: whose they are, which of them wait for a check, and giving them to another hamlet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from village_planner.desk.session import PlanSession
from village_planner.intake import checked_note, waits_for_check
from village_planner.plan.data import PlanData, plain
from village_planner.plan.schema import PatchKind
from village_planner.spatial.area import ellipsoidal_area_m2


@dataclass(frozen=True)
class Patch:
    """One patch; hamlet: its code, None where it has none yet; to_check: its assignment is a guess; area_m2: ellipsoidal, None without a polygon."""

    code: str
    hamlet: str | None
    kind: str
    note: str
    to_check: bool
    area_m2: float | None


def patches_of(data: PlanData, villages: Sequence[str]) -> list[Patch]:
    """Return the patches of the villages' hamlets, and those without hamlet whose inner point lies in one of the villages; to be checked first."""
    own = set(data.hamlet.loc[data.hamlet["village_code"].isin(list(villages)), "code"])
    homeless = data.patch["hamlet_code"].isna().to_numpy(dtype=bool)
    chosen = data.patch["hamlet_code"].isin(own).to_numpy(dtype=bool)
    polygons = data.village.loc[data.village["code"].isin(list(villages)), "geom"].to_numpy()
    polygons = polygons[~shapely.is_missing(polygons)]
    if homeless.any() and len(polygons):
        points = shapely.point_on_surface(data.patch["geom"].to_numpy()[homeless])
        chosen[homeless] = [bool(shapely.intersects(polygons, point).any()) for point in points]
    frame = data.patch[chosen]
    geoms = frame["geom"].to_numpy()
    areas = ellipsoidal_area_m2(geoms, data.crs) if len(frame) else np.zeros(0)
    found = [
        Patch(code, plain(hamlet), kind, plain(note) or "", hamlet_is_open(hamlet, note), None if geom is None else float(area))
        for code, hamlet, kind, note, area, geom in zip(frame["code"], frame["hamlet_code"], frame["kind"], frame["note"], areas, geoms)
    ]
    return sorted(found, key=lambda patch: not patch.to_check)


def hamlet_is_open(hamlet: object, note: object) -> bool:
    """Whether somebody has to look to which hamlet a patch belongs."""
    return plain(hamlet) is None or waits_for_check(plain(note))


def give_patches(session: PlanSession, codes: Sequence[str], hamlet: str | None, label: str) -> None:
    """Give patches to a hamlet, or confirm them where they are (None); their notes say that somebody has looked. One undo step.

    A hamlet that had no place of its own, or only its village's inner point, now stands in the largest of them.
    """
    data = session.data
    chosen = data.patch[data.patch["code"].isin(list(codes))]
    with session.writing(label) as tx:
        for code, note in zip(chosen["code"], chosen["note"]):
            given = {} if hamlet is None else {"hamlet_code": hamlet}
            tx.update("patch", {"code": code}, note=checked_note(plain(note), given=hamlet is not None), **given)
        shapes = [shape for shape, kind in zip(chosen["geom"], chosen["kind"]) if shape is not None and kind != PatchKind.NEW.value]
        if hamlet is not None and shapes and not _has_own_place(data, hamlet):
            tx.update("hamlet", {"code": hamlet}, geom=max(shapes, key=lambda shape: shape.area).representative_point())


def _has_own_place(data: PlanData, hamlet: str) -> bool:
    row = data.hamlet[data.hamlet["code"] == hamlet].iloc[0]
    village = data.village.loc[data.village["code"] == row["village_code"], "geom"].iloc[0]
    inner = None if village is None else village.representative_point()
    return row["geom"] is not None and not (inner is not None and shapely.equals_exact(row["geom"], inner, 1e-3))
