"""Shapes beside each other: overlaps within a layer (QC-4101), gaps between villages (QC-4102), villages and townships (QC-4103)."""

from __future__ import annotations

from typing import Any, Iterator, NamedTuple

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from village_planner.accounts.decisions import RETAINED
from village_planner.checks.ground import NEW, Item
from village_planner.checks.land import unit_code
from village_planner.checks.planned import CLEARED, UNITS, Shapes, about_shape, broken_units, is_area, judged_shapes, owner, shapes_around, units
from village_planner.checks.rule import NAMED, Context, Finding, Outcome
from village_planner.spatial.area import ellipsoidal_area_m2
from village_planner.spatial.arrays import objects
from village_planner.spatial.nearness import within_distance
from village_planner.spatial.overlay import overlaps
from village_planner.spatial.topology import mean_width_m, uneven_ground

CLASHES = {
    frozenset((NEW,)): "same", frozenset((CLEARED,)): "same", frozenset((CLEARED, RETAINED)): "kept", frozenset((NEW, RETAINED)): "present",
}
"""What it is called where two patches of these states share ground. New on cleared ground is built again, which is no fault."""


class Clash(NamedTuple):
    """Two patches or two sites that share ground though their states do not go together.

    about: as in CLASHES; part: the common ground, None where the engine failed; twins: they are the same polygon, of one state.
    """

    item: Item
    other: Item
    about: str
    part: BaseGeometry | None
    twins: bool


def overlapping_shapes(context: Context) -> Iterator[Outcome]:
    """QC-4101: patches that share ground with a drawn one, sites with sites, villages and townships among themselves.

    Twins are left to QC-4105; overlaps of present patches are the survey's and not told.
    """
    shapes = judged_shapes(context)
    for clash in clashes(context):
        if not clash.twins:
            yield from _overlap(context, clash)
    broken = shapes.broken()
    for kind in UNITS if context.subjects.scope is None else ():
        frame = units(context, kind)
        broken += broken_units(kind, frame)
        yield from _overlapping_units(context, kind, frame[frame["valid"]].reset_index(drop=True))
    yield from context.tally("broken_shapes", "codes", broken)


def gaps_between_villages(context: Context) -> Iterator[Outcome]:
    """QC-4102: narrow or small ground that villages enclose and none of them holds; a finding per township.

    What is larger belongs to a unit that is no village: a state farm, a reservoir.
    """
    if not any(is_area(row.geom) for row in context.index.village):
        yield context.not_checked("no_boundaries")
        return
    if context.subjects.scope is not None:
        return
    villages = units(context, "village")
    yield from context.tally("broken_shapes", "codes", broken_units("village", villages))
    villages = villages[villages["valid"]].reset_index(drop=True)
    gaps = _village_gaps(context, villages)
    yield from _by_township(context, "4102.gaps", "gap", gaps, _near(context, villages, gaps), villages)


def villages_in_townships(context: Context) -> Iterator[Outcome]:
    """QC-4103: villages that reach beyond their township, and narrow or small ground of a township that no village holds."""
    if not all(any(is_area(row.geom) for row in getattr(context.index, kind)) for kind in UNITS):
        yield context.not_checked("no_boundaries")
        return
    if context.subjects.scope is not None:
        return
    villages, townships = (units(context, kind) for kind in UNITS)
    yield from context.tally("broken_shapes", "codes", [*broken_units("village", villages), *broken_units("township", townships)])
    villages, townships = (frame[frame["valid"]].reset_index(drop=True) for frame in (villages, townships))
    gaps = shapely.STRtree(_village_gaps(context, villages))
    for township in townships.itertuples(index=False):
        context.feedback.check()
        own = villages[villages["township_code"] == township.code].reset_index(drop=True)
        if len(own):
            yield from _against_township(context, township.geom, own, gaps)


def clashes(context: Context) -> list[Clash]:
    """Of `judged_shapes`: each pair once of a drawn shape and another of its kind, told of the drawn one, of two drawn ones of the first."""
    return context.shared.once(("clashes", context.subjects), lambda: list(_clashes(context, judged_shapes(context))))


def _clashes(context: Context, shapes: Shapes) -> Iterator[Clash]:
    for kind in ("patch", "site"):
        own = shapes.own(kind)
        if not len(own):
            continue
        around = shapes_around(context, kind, shapes.geoms[own])
        valid = np.flatnonzero(around.valid)
        table = context.index.patch if kind == "patch" else context.index.site
        pairs = overlaps(shapes.geoms[own], around.geoms[valid])
        for subject, place, part in zip(own[pairs["subject"].to_numpy(dtype=int)], valid[pairs["other"].to_numpy(dtype=int)], pairs["part"]):
            item = shapes.items[subject]
            other = around.items[place]
            about = CLASHES.get(frozenset((item.state, other.state)), "")
            first = not around.drawn[place] or table.place(item.code) < table.place(other.code)
            if about and first and item.code != other.code:
                twins = about == "same" and shapely.equals(item.geom, other.geom)
                yield Clash(item, other, about, part, bool(twins))


def _overlap(context: Context, clash: Clash) -> Iterator[Outcome]:
    item, other = clash.item, clash.other
    if clash.part is None:
        yield context.not_checked_of("broken_overlap", item.kind, item.code, other=other.code)
        return
    part = objects([clash.part])
    if mean_width_m(part)[0] <= context.limit("tolerance_m"):
        return
    area_m2 = float(ellipsoidal_area_m2(part, context.data.crs)[0])
    yield about_shape(
        context,
        item,
        "4101.sites" if item.kind == "site" else f"4101.{clash.about}",
        {"area_m2": area_m2},
        {"other": other.code, "other_who": owner(context, other)},
        severity=context.limit("severity_present") if clash.about == "present" else None,
        other_kind=item.kind,
        other_code=other.code,
        measure=area_m2,
        limit=0.0,
        unit="m2",
        geom=clash.part,
    )


def _overlapping_units(context: Context, kind: str, frame: pd.DataFrame) -> Iterator[Outcome]:
    pieces = _uneven(context, kind, frame)
    pieces = pieces.loc[(pieces["count"] > 1) & (mean_width_m(pieces["geom"].to_numpy()) > context.limit("tolerance_m")), "geom"].to_numpy()
    tree = shapely.STRtree(frame["geom"].to_numpy())
    holders = [np.sort(tree.query(shapely.point_on_surface(piece), predicate="intersects")) for piece in pieces]
    yield from _by_township(context, f"4101.{kind}s", kind, pieces, holders, frame, context.limit("severity_boundary"), whole=kind == "township")


def _uneven(context: Context, kind: str, valid: pd.DataFrame) -> pd.DataFrame:
    """Gaps between the units of a kind and overlaps, of which several rules tell. valid: the valid ones of `units`."""
    return context.shared.once(("uneven", kind), lambda: uneven_ground(valid["geom"].to_numpy()))


def _against_township(context: Context, township: BaseGeometry, own: pd.DataFrame, gaps: shapely.STRtree) -> Iterator[Outcome]:
    """A township's polygon against those of its villages. gaps: what QC-4102 tells."""
    pieces = uneven_ground(np.append(own["geom"].to_numpy(), township), np.append(np.ones(len(own), dtype=int), -1))
    pieces = pieces[mean_width_m(pieces["geom"].to_numpy()) > context.limit("tolerance_m")]
    beyond = pieces.loc[pieces["count"] > 0, "geom"].to_numpy()
    # Where two villages of the township overlap the count is above 0 as well, inside it: QC-4101 tells that.
    beyond = beyond[~shapely.contains(township, shapely.point_on_surface(beyond))]
    bare = _slight(context, pieces.loc[pieces["count"] < 0, "geom"].to_numpy())
    told, _ = gaps.query(shapely.point_on_surface(bare), predicate="intersects")
    bare = np.delete(bare, told)
    for about, ground in (("outside", beyond), ("bare", bare)):
        yield from _by_township(context, f"4103.{about}", about, ground, _near(context, own, ground), own)


def _village_gaps(context: Context, villages: pd.DataFrame) -> np.ndarray:
    """Two rules tell of them; they are the same where their limits are."""
    limits = tuple(context.limit(name) for name in ("tolerance_m", "max_gap_m2", "max_gap_width_m"))
    return context.shared.once(("village_gaps", limits), lambda: _gaps_of(context, villages))


def _gaps_of(context: Context, villages: pd.DataFrame) -> np.ndarray:
    pieces = _uneven(context, "village", villages)
    pieces = pieces.loc[(pieces["count"] < 1) & (mean_width_m(pieces["geom"].to_numpy()) > context.limit("tolerance_m")), "geom"].to_numpy()
    return _slight(context, pieces)


def _slight(context: Context, pieces: np.ndarray) -> np.ndarray:
    """The pieces that are too small or too narrow to be a unit of their own."""
    small = ellipsoidal_area_m2(pieces, context.data.crs) <= context.limit("max_gap_m2")
    return pieces[small | (mean_width_m(pieces) <= context.limit("max_gap_width_m"))]


def _near(context: Context, frame: pd.DataFrame, pieces: np.ndarray) -> list[np.ndarray]:
    """For each piece of ground the rows of `frame` that touch it."""
    pairs = within_distance(pieces, frame["geom"].to_numpy(), float(context.limit("tolerance_m")), context.data.crs)
    others = pairs["other"].to_numpy()
    return [others[start:end] for start, end in zip(*(np.searchsorted(pairs["row"], np.arange(len(pieces)), side) for side in ("left", "right")))]


def _by_township(
    context: Context, code: str, about: str, pieces: np.ndarray, near: list[np.ndarray], frame: pd.DataFrame, severity: str | None = None, whole: bool = False
) -> Iterator[Finding]:
    """A finding per township with all pieces of ground at it. near: rows of `frame` that each piece concerns; whole: one finding for the plan."""
    owners = frame["township_code"].to_numpy(dtype=object)
    of = np.array(["" if whole or not len(rows) else owners[rows[0]] or "" for rows in near], dtype=object)
    for township in sorted(set(of)):
        mine = np.flatnonzero(of == township)
        named = list(dict.fromkeys(name for row in mine for name in frame["name"].to_numpy()[near[row]]))
        yield _of_unit(context, code, about, township, pieces[mine], named, severity)


def _of_unit(context: Context, code: str, about: str, township: str, pieces: np.ndarray, named: list[str], severity: str | None) -> Finding:
    area_m2 = float(ellipsoidal_area_m2(pieces, context.data.crs).sum())
    info: Any = context.data.info
    return Finding(
        subject_kind="township" if township else info["scope"],
        subject_code=township or unit_code(context),
        message_code=f"checks.{code}",
        facts={"count": len(pieces), "area_m2": area_m2},
        names={"who": context.names.townships.get(township) or str(info["county_name"] or info["title"]), "named": "、".join(named[:NAMED]) or "—"},
        severity=severity,
        other_kind="boundary",
        other_code=about,
        measure=area_m2,
        limit=0.0,
        unit="m2",
        geom=shapely.union_all(pieces),
    )
