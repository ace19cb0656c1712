"""Settlement patches from a land-use layer: built village parcels joined where they touch, cut at village bounds, given to hamlets."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Mapping, Sequence

import numpy as np
import pandas as pd
import shapely

from village_planner.accounts.parcels import parcels_of_class
from village_planner.base import Feedback, InputError, Message
from village_planner.intake.codes import code_text
from village_planner.intake.geometry import Shapes, multi_polygon
from village_planner.intake.headers import RowNote
from village_planner.intake.joining import JoinedPatches
from village_planner.intake.land_codes import land_code_notes
from village_planner.intake.roster import Village
from village_planner.plan.schema import PatchKind
from village_planner.spatial.area import ellipsoidal_area_m2
from village_planner.spatial.arrays import polygon_parts
from village_planner.spatial.overlay import difference, overlaps
from village_planner.standards import Profile

_TOUCHING_M = 0.01  # surveys keep millimetres: what is nearer touches
_NOTE = "由地类图斑提取"
_TO_CHECK, _CHECKED, _BY_HAND = "待核对", "已核对", "人工指定"


def waits_for_check(note: str | None) -> bool:
    """Whether the note of a patch says that its hamlet is a guess that somebody has to look at."""
    return bool(note) and str(note).endswith(_TO_CHECK)


def checked_note(note: str | None, given: bool) -> str | None:
    """Return the note of a patch after somebody has looked at its hamlet; given: it went to another one. Notes of other patches stay."""
    if note is None or not note.startswith(_NOTE):
        return note
    if given:
        return f"{_NOTE}：{_BY_HAND}，{_CHECKED}"
    return note.removesuffix(_TO_CHECK) + _CHECKED if note.endswith(_TO_CHECK) else note


@dataclass
class _Piece:
    """Joined built land within one village."""

    village: Village
    geom: shapely.Geometry
    area_m2: float


def derive_patches(
    shapes: Shapes, villages: Sequence[Village], village_shapes: Mapping[str, shapely.Geometry], points: Mapping[str, shapely.Point],
    profile: Profile, crs: int, feedback: Feedback,
) -> JoinedPatches:
    """Make patches of the parcels whose class is built land (`construction_landuse`) and whose CZCSXM is the village's (`village_czcsxm`).

    village_shapes: polygons by village; the parcels of a village without one are those whose 坐落单位 names it. points: hamlet code → its
    stated place. Each piece goes to the hamlet whose point it holds, to the only hamlet of its village, else to the nearest hamlet;
    its note says which, and `待核对` where that is a guess. Without a point in the village it stays without hamlet. Pieces smaller than the
    profile's `min_patch_m2` join the piece that they touch, also over the village bounds; others are left out. All of it is told.
    Raises InputError where class or CZCSXM has no column or no parcel is built village land, Cancelled.
    """
    result = JoinedPatches()
    frame = _attributes(shapes, profile)
    result.left += [RowNote(0, note) for note in land_code_notes(frame["class_code"].tolist(), frame["built_code"].tolist(), profile)]
    built = parcels_of_class(frame, profile.value("construction_landuse"), profile.value("village_czcsxm"))
    if built.empty:
        codes = "、".join(profile.value("village_czcsxm"))
        raise InputError("intake.land_use_nothing", file=shapes.source, count=len(frame), codes=codes)
    _say_independent_industry(result, shapes, frame, profile, crs)
    pieces = _pieces(built, villages, village_shapes, crs, result, feedback)
    pieces = _without_slivers(pieces, float(profile.value("min_patch_m2")), crs, result)
    for number, piece in enumerate(pieces, 1):
        _give(piece, f"D{number:05d}", points, result)
    for village in villages:
        own = [piece.area_m2 for piece in pieces if piece.village is village]
        params = {"village": village.name, "code": village.code, "count": len(own), "area": f"{sum(own):.2f}"}
        result.rows.append(RowNote(village.row, Message("intake.derived_village" if own else "intake.derived_none", params)))
    return result


def _attributes(shapes: Shapes, profile: Profile) -> pd.DataFrame:
    table = shapes.table
    for name, field in profile.inputs["land_use"].fields.items():
        if field.required and not table.has(name):
            raise InputError("intake.column_missing", file=table.file, field=field.alias, columns="、".join(table.frame.columns) or "—")
    columns = {name: table.frame[table.matching.columns[name]].to_numpy() if table.has(name) else None for name in ("class_code", "built_code", "village_code")}
    return pd.DataFrame({**columns, "geom": shapes.geoms})


def _say_independent_industry(result: JoinedPatches, shapes: Shapes, frame: pd.DataFrame, profile: Profile, crs: int) -> None:
    """203A (independent industry of villages) counts only where the profile lists it; what is left out for that is told."""
    if "203A" in profile.value("village_czcsxm"):
        return
    left = parcels_of_class(frame, profile.value("construction_landuse"), ["203A"])
    if len(left):
        area = float(ellipsoidal_area_m2(left["geom"].to_numpy(), crs).sum())
        result.left.append(RowNote(0, Message("intake.derived_203a", {"file": shapes.source, "count": len(left), "area": f"{area:.2f}"})))


def _pieces(
    built: pd.DataFrame, villages: Sequence[Village], village_shapes: Mapping[str, shapely.Geometry], crs: int, result: JoinedPatches, feedback: Feedback
) -> list[_Piece]:
    """The built land of each village, joined where it touches, in roster order, the largest piece of a village first."""
    drawn = [village for village in villages if village_shapes.get(village.code) is not None]
    geoms = built["geom"].to_numpy()
    bounds = np.array([village_shapes[village.code] for village in drawn], dtype=object)
    pairs = overlaps(geoms, bounds, feedback)
    parts: dict[str, list[shapely.Geometry]] = defaultdict(list)
    for other, part, error in zip(pairs["other"], pairs["part"], pairs["error"]):
        if error:
            result.left.append(RowNote(0, Message("intake.derived_failed", {"village": drawn[other].name})))
        else:
            parts[drawn[other].code].append(part)
    outside = geoms if not drawn else difference(geoms, bounds, feedback)
    undrawn = {village.code for village in villages} - {village.code for village in drawn}
    digits = len(villages[0].code)
    rest: list[shapely.Geometry] = []
    for code, part in zip(built["village_code"], outside):
        if part is None or part.is_empty:
            continue
        unit = code_text(code)[:digits]
        (parts[unit] if unit in undrawn else rest).append(part)
    if rest:
        area = float(ellipsoidal_area_m2(np.array(rest, dtype=object), crs).sum())
        if area > 1:
            result.left.append(RowNote(0, Message("intake.derived_outside", {"count": len(rest), "area": f"{area:.2f}"})))
    pieces: list[_Piece] = []
    for village in villages:
        if parts[village.code]:
            joined, _ = polygon_parts(np.array([shapely.union_all(parts[village.code])], dtype=object))
            areas = ellipsoidal_area_m2(joined, crs)
            pieces += [_Piece(village, joined[row], float(areas[row])) for row in np.argsort(-areas, kind="stable")]
    return pieces


def _without_slivers(pieces: list[_Piece], least_m2: float, crs: int, result: JoinedPatches) -> list[_Piece]:
    kept = [piece for piece in pieces if piece.area_m2 >= least_m2]
    tree = shapely.STRtree([piece.geom for piece in kept])
    joined: dict[int, list[_Piece]] = defaultdict(list)
    for sliver in (piece for piece in pieces if piece.area_m2 < least_m2):
        near = tree.query(sliver.geom, predicate="dwithin", distance=_TOUCHING_M)
        params = {"village": sliver.village.name, "area": f"{sliver.area_m2:.2f}"}
        if len(near):
            into = max(near, key=lambda position: kept[position].area_m2)
            joined[into].append(sliver)
            message = Message("intake.derived_sliver_joined", {**params, "other": kept[into].village.name})
            result.rows.append(RowNote(sliver.village.row, message))
        else:
            place = sliver.geom.representative_point()
            message = Message("intake.derived_sliver_left", {**params, "x": f"{place.x:.1f}", "y": f"{place.y:.1f}"})
            result.left.append(RowNote(sliver.village.row, message))
    for position, slivers in joined.items():
        kept[position].geom = shapely.union_all([kept[position].geom, *(sliver.geom for sliver in slivers)])
        kept[position].area_m2 = float(ellipsoidal_area_m2(np.array([kept[position].geom], dtype=object), crs)[0])
    return kept


def _give(piece: _Piece, code: str, points: Mapping[str, shapely.Point], result: JoinedPatches) -> None:
    """Give a piece to a hamlet, and say in its note how."""
    hamlets = piece.village.hamlets
    placed = [hamlet for hamlet in hamlets if points.get(hamlet.code) is not None]
    distances = [float(shapely.distance(piece.geom, points[hamlet.code])) for hamlet in placed]
    held = [hamlet for hamlet, distance in zip(placed, distances) if distance == 0]
    params: dict[str, Any] = {"patch": code, "village": piece.village.name, "area": f"{piece.area_m2:.2f}"}
    row: dict[str, Any] = {"code": code, "hamlet_code": None, "kind": PatchKind.EXISTING.value, "geom": multi_polygon(piece.geom)}
    if len(hamlets) == 1:
        chosen, way, how, said = hamlets[0], "derived_only", "村内唯一居民点", ""
    elif len(held) == 1:
        chosen, way, how, said = held[0], "derived_held", "含居民点", ""
    elif held:
        chosen = max(held, key=lambda hamlet: (hamlet.is_main, hamlet.facts.get("households") or 0))
        params["hamlets"] = "、".join(hamlet.name for hamlet in held)
        way, how, said = "derived_several", f"含 {len(held)} 个居民点（{params['hamlets']}），{_TO_CHECK}", "intake.derived_several"
    elif placed:
        nearest = int(np.argmin(distances))
        chosen, params["distance"] = placed[nearest], f"{distances[nearest]:.0f}"
        way, how, said = "derived_nearest", f"最近居民点 {params['distance']} 米，{_TO_CHECK}", "intake.derived_nearest"
    else:
        row["note"] = f"{_NOTE}：村内居民点无坐标，{_TO_CHECK}"
        result.patches.append(row)
        result.left.append(RowNote(piece.village.row, Message("intake.derived_homeless", params)))
        return
    row.update(hamlet_code=chosen.code, note=f"{_NOTE}：{how}")
    result.patches.append(row)
    result.ways[way] += 1
    if said:
        result.rows.append(RowNote(chosen.row, Message(said, {**params, "hamlet": chosen.name})))
