"""Large polygons cut into tiles, so that a small one need not be compared with all their vertices."""

from __future__ import annotations

import numpy as np
import shapely

_MOST_VERTICES = 500
_SMALLEST_M = 2.0


def tiles_of(shapes: np.ndarray) -> np.ndarray:
    """The polygons of all shapes in tiles of few vertices; together the tiles cover what the shapes cover."""
    done: list[shapely.Geometry] = []
    open_ones = [(part, part.bounds) for part in shapely.get_parts(shapes)]
    while open_ones:
        polygon, (x0, y0, x1, y1) = open_ones.pop()
        if shapely.get_num_coordinates(polygon) <= _MOST_VERTICES or max(x1 - x0, y1 - y0) < _SMALLEST_M:
            done.append(polygon)
            continue
        middle_x, middle_y = (x0 + x1) / 2, (y0 + y1) / 2
        wide = x1 - x0 > y1 - y0
        halves = ((x0, y0, middle_x, y1), (middle_x, y0, x1, y1)) if wide else ((x0, y0, x1, middle_y), (x0, middle_y, x1, y1))
        for half in halves:
            parts = shapely.get_parts(shapely.clip_by_rect(polygon, *half))
            open_ones += [(part, half) for part in parts if part.geom_type == "Polygon" and not part.is_empty]
    return np.array(done, object)


def cut_out(shapes: np.ndarray, openings: np.ndarray) -> np.ndarray:
    """Each polygon without what the openings (small polygons or tiles) cover of it; an empty one where nothing is left."""
    if not len(openings):
        return shapes
    row, opening = shapely.STRtree(openings).query(shapes, predicate="intersects")
    order = np.argsort(row, kind="stable")
    touched, first = np.unique(row[order], return_index=True)
    groups = np.split(opening[order], first[1:]) if len(touched) else []
    united = np.array([openings[group[0]] if len(group) == 1 else shapely.union_all(openings[group]) for group in groups], object)
    result = shapes.copy()
    result[touched] = shapely.difference(shapes[touched], united)
    return result
