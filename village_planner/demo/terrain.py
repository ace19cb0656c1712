"""The land of the stress county around what is planted: survey parcels, basic farmland parcel by parcel, and the large red lines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from village_planner.demo.big_lines import BigLine, line_along_parcels, wandering_lines
from village_planner.demo.fields import Fields, classified, fields_of
from village_planner.demo.names import FARM_CODE
from village_planner.demo.oracle_arrays import rule_areas_m2
from village_planner.demo.scene import Hamlet, Scene
from village_planner.demo.tiling import cut_out, tiles_of

OPENING_M = 12.0
_LEAST_PIECE_M2 = 100.0


@dataclass(frozen=True)
class Terrain:
    """What is laid on the mesh.

    fields: parcels but the planted ones; farmland: pieces of basic farmland; along_parcels: the red line around woods,
    a piece for each parcel; red_lines: the features of the large ones, that one first; tiles: of the wandering ones.
    """

    fields: Fields
    farmland: Fields
    along_parcels: Fields
    red_lines: list[BigLine]
    tiles: np.ndarray

    @cached_property
    def field_areas_m2(self) -> np.ndarray:
        """Ellipsoidal area of each field, m²."""
        return rule_areas_m2(self.fields.shapes)

    @cached_property
    def farmland_areas_m2(self) -> np.ndarray:
        """Ellipsoidal area of each piece of basic farmland, gross, m²."""
        return rule_areas_m2(self.farmland.shapes)


def lay(scene: Scene, unopened: frozenset[str], in_red_line: frozenset[str]) -> Terrain:
    """Lay out the land around all that the scene has by now.

    unopened, in_red_line: codes of hamlets whose patch has no opening in the basic farmland, or one in the wandering
    red lines that is too small for it.
    """
    obstacles, narrow = _obstacles(scene, in_red_line)
    wandering = wandering_lines(scene, obstacles, narrow)
    tiles = tiles_of(np.array([line.shape for line in wandering], object))
    fields = fields_of(scene)
    fields = classified(scene, fields, _middles_in(fields.shapes, tiles))
    along, rows = line_along_parcels(scene, fields, (obstacles, tiles))
    plots = np.array([shapely.Polygon(plot.ring) for plot in scene.plots if plot.outline is None], object)
    openings = [_opening(hamlet) for village in scene.villages for hamlet in village.hamlets if hamlet.code not in unopened]
    farmland = _in_pieces(fields.taken(_basic(fields)), np.concatenate([openings, plots, tiles]), _LEAST_PIECE_M2)
    return Terrain(_in_pieces(fields, plots, 0.0), farmland, fields.taken(rows), [along, *wandering], tiles)


def _obstacles(scene: Scene, in_red_line: frozenset[str]) -> tuple[np.ndarray, np.ndarray]:
    """Polygons that red lines open around: all that is built or planted; and which of them the opening is too small for."""
    hamlets = {(village.code, hamlet.name): hamlet for village in scene.villages for hamlet in village.hamlets}
    shapes, narrow = [], []
    for patch in scene.patches:
        if patch.ring is not None:
            hamlet = hamlets.get((patch.village_code, patch.hamlet_name))
            shapes.append(_whole(shapely.Polygon(patch.ring)))
            narrow.append(patch.kind == "现状" and hamlet is not None and hamlet.code in in_red_line)
    others = [line.rings[0] for line in (*scene.farmland, *scene.redline, *scene.boundary)]
    others += [plot.ring for plot in scene.plots if plot.outline is None and plot.class_code == "0601"]
    shapes += [shapely.Polygon(ring) for ring in others]
    return np.array(shapes, object), np.array([*narrow, *[False] * len(others)])


def _whole(shape: shapely.Polygon) -> shapely.Polygon:
    """A patch whose ring crosses itself, by the box around it."""
    return shape if shape.is_valid else shapely.box(*shape.bounds)


def _opening(hamlet: Hamlet) -> shapely.Polygon:
    if hamlet.outline is None:
        return shapely.Polygon(hamlet.block.grown(OPENING_M).ring)
    return shapely.buffer(shapely.Polygon(hamlet.outline), OPENING_M, quad_segs=2)


def _middles_in(shapes: np.ndarray, tiles: np.ndarray) -> np.ndarray:
    """Whether the middle of each shape's bounds lies on one of the tiles."""
    bounds = shapely.bounds(shapes)
    middles = shapely.points((bounds[:, :2] + bounds[:, 2:]) / 2)
    found = np.zeros(len(shapes), bool)
    found[shapely.STRtree(tiles).query(middles, predicate="intersects")[0]] = True
    return found


def _basic(fields: Fields) -> np.ndarray:
    """Rows of the basic farmland: cultivated fields, so many that they are half of all, spread evenly."""
    rows = np.flatnonzero(np.char.startswith(fields.class_code, "01"))
    wanted = min(len(fields) // 2, len(rows))
    return rows[np.arange(wanted) * len(rows) // max(wanted, 1)]


def _in_pieces(fields: Fields, openings: np.ndarray, least_m2: float) -> Fields:
    """The fields without the openings, each piece of more than `least_m2` (in the plane) that is left as one of its own."""
    parts, rows = shapely.get_parts(cut_out(fields.shapes, openings), return_index=True)
    kept = (shapely.get_type_id(parts) == 3) & (shapely.area(parts) > least_m2)
    return fields.taken(rows[kept]).reshaped(parts[kept])


def land_by_township(scene: Scene, terrain: Terrain) -> dict[str, dict[str, float]]:
    """Areas that the limits from above speak of, m², by item and township code: cultivated and basic farmland net of ridges, red line."""
    township = np.array([*(village.code[:9] for village in scene.villages), FARM_CODE[:9]])  # NO_VILLAGE is the last
    fields, farmland, along = terrain.fields, terrain.farmland, terrain.along_parcels
    is_cultivated = np.char.startswith(fields.class_code, "01")
    red_line = _sums(township[along.village], rule_areas_m2(along.shapes))
    for name, ground in scene.townships.items():
        parts = shapely.intersection(terrain.tiles, shapely.Polygon(scene.ring(ground)))
        red_line[name.code] = red_line.get(name.code, 0.0) + float(rule_areas_m2(parts).sum())
    return {
        "cultivated_m2": _sums(township[fields.village], terrain.field_areas_m2 * (1 - fields.deduction) * is_cultivated),
        "basic_farmland_m2": _sums(township[farmland.village], terrain.farmland_areas_m2 * (1 - farmland.deduction)),
        "redline_m2": red_line,
    }


def _sums(codes: np.ndarray, areas_m2: np.ndarray) -> dict[str, float]:
    names, place = np.unique(codes, return_inverse=True)
    return {str(name): float(area) for name, area in zip(names, np.bincount(place, weights=areas_m2))}
