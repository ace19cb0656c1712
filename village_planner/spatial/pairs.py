"""What the two polygons of each of many pairs have in common, with as few overlays as can be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Callable

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from village_planner.spatial.arrays import objects, polygon_parts
from village_planner.spatial.repair import repair


class Common(int, Enum):
    """What two polygons have in common."""

    NOTHING = 0
    OTHER = 1
    """The other lies inside the subject."""
    SUBJECT = 2
    """The subject lies inside the other."""
    PART = 3
    FAILED = 4


class Method(Enum):
    """How pairs are told apart that meet without one lying clear inside the other: their results are the same."""

    OVERLAY = "overlay"
    """By an overlay of each: quicker up to GEOS 3.12, where predicates that count borders cost as much."""
    PREDICATES = "predicates"
    """By predicates first, which GEOS 3.13 made quick (RelateNG): an overlay only of those that cross."""


METHOD = Method.PREDICATES if shapely.geos_version >= (3, 13, 0) else Method.OVERLAY


@dataclass(frozen=True)
class Pairs:
    """What each of n pairs has in common.

    common: (n,) values of Common. parts: (n,) the common polygon or multipolygon where it is PART, else None. errors:
    (n,) the engine's words where it is FAILED, else "".
    """

    common: np.ndarray
    parts: np.ndarray
    errors: np.ndarray


def common_ground(one: np.ndarray, other: np.ndarray, bounds: np.ndarray, other_bounds: np.ndarray, method: Method = METHOD) -> Pairs:
    """What each subject has in common with the other at the same place; ground without area is none.

    one, other: (n,) subjects and others: valid polygons and multipolygons, none null or empty. The subjects are prepared and stay so: no other
    thread may use them meanwhile; equal ones stand together. bounds, other_bounds: (n, 4) of them. A pair that the engine
    fails on is FAILED, the others go on.
    """
    pairs = Pairs(np.full(len(one), Common.NOTHING, dtype=np.int8), objects([None] * len(one)), objects([""] * len(one)))
    in_subject, in_other = _boxes_inside(bounds, other_bounds)
    shapely.prepare(one)
    undecided = np.arange(len(one))
    undecided = _settle(pairs, Common.OTHER, undecided, in_subject, lambda rows: shapely.contains_properly(one[rows], other[rows]))
    undecided = _settle(pairs, Common.NOTHING, undecided, None, lambda rows: ~shapely.intersects(one[rows], other[rows]))
    undecided = _settle(pairs, Common.SUBJECT, undecided, in_other, lambda rows: _contains_properly(other[rows], one[rows]))
    if method is Method.PREDICATES:
        undecided = _settle(pairs, Common.OTHER, undecided, in_subject, lambda rows: shapely.covers(one[rows], other[rows]))
        undecided = _settle(pairs, Common.SUBJECT, undecided, in_other, lambda rows: shapely.covered_by(one[rows], other[rows]))
        undecided = _settle(pairs, Common.NOTHING, undecided, None, lambda rows: shapely.touches(one[rows], other[rows]))
    _overlay(pairs, undecided, one, other)
    return pairs


def polygonal(geoms: np.ndarray) -> np.ndarray:
    """The polygons of each geometry, as polygon or multipolygon; empty where there are none, None for None."""
    kinds = shapely.get_type_id(geoms)
    strange = np.flatnonzero((kinds != 3) & (kinds != 6) & (kinds != -1))
    if not len(strange):
        return geoms
    result = geoms.copy()
    result[strange] = shapely.Polygon()
    parts, owner = polygon_parts(geoms[strange])
    rows, first, counts = np.unique(owner, return_index=True, return_counts=True)
    alone = counts == 1
    result[strange[rows[alone]]] = parts[first[alone]]
    several = np.flatnonzero(~alone[np.searchsorted(rows, owner)])
    if len(several):
        result[strange[rows[~alone]]] = shapely.multipolygons(parts[several], indices=np.unique(owner[several], return_inverse=True)[1])
    return result


def isolated(operation: Callable, *arrays: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """An operation on arrays of geometries, as objects; where it fails, that row alone gives None and the error's words."""
    count = len(arrays[0])
    errors = objects([""] * count)
    try:
        return np.asarray(operation(*arrays), dtype=object), errors
    except shapely.errors.GEOSException:
        results = objects([None] * count)
    for row, arguments in enumerate(zip(*arrays)):
        try:
            results[row] = operation(*arguments)
        except shapely.errors.GEOSException as error:
            errors[row] = str(error)[:200]
    return results, errors


def _boxes_inside(subject: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether the other's box lies within the subject's, and the subject's within the other's: else nothing can lie inside."""
    outwards = subject - other
    outwards[:, 2:] *= -1
    return (outwards <= 0).all(axis=1), (outwards >= 0).all(axis=1)


def _settle(
    pairs: Pairs, common: Common, undecided: np.ndarray, possible: np.ndarray | None, holds: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Set `common` for the undecided pairs that it holds for, asking only the possible ones; returns those that stay undecided.

    A predicate that the engine fails on decides nothing: the overlay will tell.
    """
    asked = undecided if possible is None else undecided[possible[undecided]]
    try:
        found = asked[holds(asked)]
    except shapely.errors.GEOSException:
        found = asked[[_holds(holds, row) for row in asked]]
    if common is not Common.NOTHING:
        pairs.common[found] = common
    is_open = np.ones(len(pairs.common), dtype=bool)
    is_open[found] = False
    return undecided[is_open[undecided]]


def _holds(holds: Callable[[np.ndarray], np.ndarray], row: int) -> bool:
    try:
        return bool(holds(np.array([row]))[0])
    except shapely.errors.GEOSException:
        return False


def _contains_properly(others: np.ndarray, subjects: np.ndarray) -> np.ndarray:
    """Whether the others contain the subjects. They are prepared as copies, since another thread may use them too."""
    copies = own(others)
    shapely.prepare(copies)
    return shapely.contains_properly(copies, subjects)


def united(polygons: np.ndarray) -> tuple[BaseGeometry | None, str]:
    """The union of some polygons, as polygon or multipolygon, mended first where that is needed; None with the engine's words where it fails."""
    try:
        return polygonal(objects([shapely.union_all(polygons)]))[0], ""
    except shapely.errors.GEOSException:
        try:
            return polygonal(objects([shapely.union_all(repair(polygons).geoms)]))[0], ""
        except shapely.errors.GEOSException as error:
            return None, str(error)[:200]


def apart(geoms: np.ndarray) -> np.ndarray:
    """The geometries with copies in the place of polygons with holes, for a thread that shares them with another.

    GEOS before 3.12 finds the box of a hole when it is first asked for it, which two threads must not do at once; those of all
    else are known once a tree or `bounds` was made of them.
    """
    rows = np.flatnonzero((shapely.get_type_id(geoms) > 3) | (shapely.get_num_interior_rings(geoms) > 0))
    result = geoms.copy()
    result[rows] = own(geoms[rows])
    return result


def own(geoms: np.ndarray) -> np.ndarray:
    """Copies of geometries that nobody else has."""
    return shapely.from_wkb(shapely.to_wkb(geoms, output_dimension=2))


def _overlay(pairs: Pairs, rows: np.ndarray, one: np.ndarray, other: np.ndarray) -> None:
    parts, errors = isolated(shapely.intersection, one[rows], other[rows])
    has_area = shapely.area(parts) > 0
    pairs.parts[rows[has_area]] = polygonal(parts[has_area])
    pairs.common[rows[has_area]] = Common.PART
    failed = errors != ""
    pairs.common[rows[failed]] = Common.FAILED
    pairs.errors[rows] = errors
