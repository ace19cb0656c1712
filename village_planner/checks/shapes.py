"""Each shape by itself: validity (QC-4105), parts (QC-4107), slivers (QC-4601), least area (QC-4602), short edges (QC-4701), acute corners (QC-4702)."""

from __future__ import annotations

import math
import re
from typing import Iterator

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from village_planner.checks.ground import NEW
from village_planner.checks.planned import Shapes, about_shape, is_area, judged_shapes, owner, shapes_around
from village_planner.checks.rule import Context, Finding, Outcome
from village_planner.checks.topology import clashes
from village_planner.spatial.area import ellipsoidal_area_m2
from village_planner.spatial.arrays import objects, polygon_parts
from village_planner.spatial.topology import Edges, acute_corners, polygon_edges, repeated_vertices, short_edges

_PLACE = re.compile(r"\[(\S+) (\S+)\]")


def invalid_shapes(context: Context) -> Iterator[Outcome]:
    """QC-4105: patches, sites, villages and townships whose ring crosses itself or is otherwise no area; drawn ones that
    stand twice; vertices of drawn ones that are repeated.

    Import mends what it reads, so that an invalid present patch was edited since. Areas and overlaps of an invalid shape
    are not to be trusted.
    """
    shapes = judged_shapes(context)
    yield from context.without_polygon(shapes.undrawn)
    for row in np.flatnonzero(~shapes.valid):
        item = shapes.items[row]
        at, place = _fault(item.geom)
        yield about_shape(context, item, "4105.item", {"at": at}, other_kind="shape", other_code="invalid", place=place)
    yield from _invalid_units(context)
    for clash in clashes(context):
        if clash.twins:
            names = {"other": clash.other.code, "other_who": owner(context, clash.other)}
            yield about_shape(
                context, clash.item, "4105.twin", {}, names, other_kind=clash.item.kind, other_code=clash.other.code, geom=clash.item.geom
            )
    repeated = repeated_vertices(polygon_edges(shapes.geoms[shapes.own()]), context.limit("tolerance_m"))
    yield from _marked(context, shapes, "4105.vertices", repeated, other="vertices", severity=context.limit("severity_vertices"))


def several_parts(context: Context) -> Iterator[Outcome]:
    """QC-4107: drawn patches and sites of several parts. Villages and townships may have enclaves: one row each by design."""
    shapes = judged_shapes(context)
    yield from context.tally("broken_shapes", "codes", shapes.broken())
    own = shapes.own()
    for row, count in zip(own, shapely.get_num_geometries(shapes.geoms[own])):
        if count > 1:
            yield about_shape(
                context, shapes.items[row], "4107.parts", {"count": int(count)}, measure=float(count), limit=1.0, unit="parts", place=shapes.geoms[row]
            )


def slivers(context: Context) -> Iterator[Outcome]:
    """QC-4601: drawn patches and sites, or parts of them, smaller than `min_m2`; a finding each with the number of such parts."""
    shapes = judged_shapes(context)
    yield from context.tally("broken_shapes", "codes", shapes.broken())
    own = shapes.own()
    parts, of = polygon_parts(shapes.geoms[own])
    areas = ellipsoidal_area_m2(parts, context.data.crs)
    small = areas < context.limit("min_m2")
    for row in np.unique(own[of[small]]):
        mine = small & (own[of] == row)
        smallest = float(areas[mine].min())
        yield about_shape(
            context, shapes.items[row], "4601.slivers", {"count": int(mine.sum()), "area_m2": smallest}, measure=smallest,
            limit=float(context.limit("min_m2")), unit="m2", geom=shapely.union_all(parts[mine]),
        )  # fmt: skip


def below_mapping_area(context: Context) -> Iterator[Outcome]:
    """QC-4602: new patches and sites below the least area that is mapped for construction land, less a tolerance; slivers are QC-4601's."""
    shapes = judged_shapes(context)
    yield from context.tally("broken_shapes", "codes", shapes.broken())
    own = [int(row) for row in shapes.own() if shapes.items[row].state == NEW]
    least_m2, sliver_m2 = context.limit("min_construction_m2") - context.limit("tolerance_m2"), context.limit("sliver_m2")
    for row, area_m2 in zip(own, ellipsoidal_area_m2(objects([shapes.geoms[row] for row in own]), context.data.crs)):
        if sliver_m2 <= area_m2 < least_m2:
            facts = {"area_m2": float(area_m2), "least_m2": float(context.limit("min_construction_m2"))}
            yield about_shape(context, shapes.items[row], "4602.small", facts, measure=float(area_m2), limit=float(least_m2), unit="m2", geom=shapes.geoms[row])


def edges_too_short(context: Context) -> Iterator[Outcome]:
    """QC-4701: edges of drawn shapes shorter than `min_m`, but those taken over from present patches; a finding per shape."""
    shapes = judged_shapes(context)
    yield from context.tally("broken_shapes", "codes", shapes.broken())
    found = short_edges(_drawn_edges(context, shapes), context.limit("min_m"), context.limit("tolerance_m"))
    yield from _marked(context, shapes, "4701.edges", found, "length", float(context.limit("min_m")), "m")


def corners_too_acute(context: Context) -> Iterator[Outcome]:
    """QC-4702: corners of drawn shapes, spikes and notches, sharper than `min_deg`, but those taken over; a finding per shape."""
    shapes = judged_shapes(context)
    yield from context.tally("broken_shapes", "codes", shapes.broken())
    found = acute_corners(_drawn_edges(context, shapes), context.limit("min_deg"), context.limit("tolerance_m"))
    yield from _marked(context, shapes, "4702.corners", found, "degrees", float(context.limit("min_deg")), "deg")


def _invalid_units(context: Context) -> Iterator[Finding]:
    """Villages that are judged, and in a run over the whole plan townships, whose polygon is not valid."""
    villages = [("village", row.code, row.name, row.geom) for row in context.subjects.villages() if is_area(row.geom)]
    townships = [("township", row.code, row.name or "", row.geom) for row in context.index.township if is_area(row.geom)]
    known = [*villages, *(townships if context.subjects.scope is None else [])]
    for (kind, code, name, geom), valid in zip(known, shapely.is_valid(objects([row[-1] for row in known]))):
        if not valid:
            at, place = _fault(geom)
            yield Finding(
                kind, code, "checks.4105.unit", {"at": at}, {"who": name or code, "code": code}, village_code=code if kind == "village" else None,
                other_kind="shape", other_code="invalid", place=place,
            )  # fmt: skip


def _drawn_edges(context: Context, shapes: Shapes) -> Edges:
    """Edges of what is drawn and valid; owner: position among these. Those along present patches are known."""

    def edges() -> Edges:
        own = shapes.geoms[shapes.own()]
        if not len(own):
            return polygon_edges(own)
        around = shapes_around(context, "patch", own)
        return polygon_edges(own, around.geoms[~around.drawn])

    return context.shared.once(("drawn edges", context.subjects), edges)


def _marked(
    context: Context, shapes: Shapes, code: str, found: pd.DataFrame, column: str = "", limit: float | None = None, unit: str = "vertices",
    other: str | None = None, severity: str | None = None,
) -> Iterator[Finding]:
    """A finding for each drawn shape with places in `found`: how many, and the worst of them by `column` (without: their number)."""
    if found.empty:
        return
    own, owners = shapes.own(), found["owner"].to_numpy()
    places = found[["x", "y"]].to_numpy()
    values = found[column].to_numpy() if column else np.zeros(0)
    for position in np.unique(owners):
        mine = owners == position
        worst = float(values[mine].min()) if column else float(mine.sum())
        yield about_shape(
            context,
            shapes.items[own[position]],
            code,
            {"count": int(mine.sum()), **({"worst": worst, "limit": limit} if column else {})},
            severity=severity,
            other_kind="shape" if other else None,
            other_code=other,
            measure=worst,
            limit=limit,
            unit=unit,
            geom=shapely.multipoints(places[mine]),
        )


def _fault(geom: BaseGeometry) -> tuple[str, BaseGeometry]:
    """Where a shape is invalid, as GEOS tells it, in words and as a point; — and the shape itself where it does not say."""
    found = _PLACE.search(str(shapely.is_valid_reason(geom)))
    place = [float(number) for number in found.groups()] if found else [math.nan]
    if not all(map(math.isfinite, place)):
        return "—", geom
    return "{:.2f}, {:.2f}".format(*place), shapely.Point(place)
