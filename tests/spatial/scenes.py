"""Polygons as a county has them: parcels that share their edges, unions of them, free shapes with holes, and shapes in parts."""

from __future__ import annotations

import numpy as np
import shapely

CM_120 = 4549
X, Y = 500_000.0, 3_500_000.0
CELL_M = 60.0


def array(*geoms: shapely.Geometry | None) -> np.ndarray:
    return np.array([*geoms, None], dtype=object)[:-1]


def box(x0: float, y0: float, x1: float, y1: float) -> shapely.Polygon:
    return shapely.box(X + x0, Y + y0, X + x1, Y + y1)


def ring(x: float, y: float, radius: float, vertices: int, waves: int = 7) -> np.ndarray:
    """Corners of a wavy ring around a place, which does not cross itself."""
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    wavy = radius * (0.8 + 0.2 * np.sin(angle * waves))
    return np.column_stack([X + x + wavy * np.cos(angle), Y + y + wavy * np.sin(angle)])


def parcels(rng: np.random.Generator, side: int = 6) -> np.ndarray:
    """Four-cornered parcels that tile a square and share their edges to the bit."""
    count = side + 1
    corners = np.stack(np.meshgrid(np.arange(count), np.arange(count), indexing="ij"), axis=-1) + rng.uniform(-0.2, 0.2, (count, count, 2))
    corners = corners * CELL_M + (X, Y)
    return array(*(
        shapely.Polygon([corners[i, j], corners[i + 1, j], corners[i + 1, j + 1], corners[i, j + 1]]) for i in range(side) for j in range(side)
    ))  # fmt: skip


def shapes(rng: np.random.Generator, count: int, vertices: int = 40) -> np.ndarray:
    """Free shapes, every other one with a hole, every third in two parts."""
    made = []
    for number in range(count):
        x, y, radius = *rng.uniform(0, 6 * CELL_M, 2), rng.uniform(20, 150)
        holes = [ring(x, y, radius * 0.3, 12)] if number % 2 else []
        shape = shapely.Polygon(ring(x, y, radius, vertices, int(rng.integers(2, 9))), holes)
        made.append(shapely.MultiPolygon([shape, shapely.Polygon(ring(x + 400, y, radius, vertices))]) if number % 3 == 0 else shape)
    return array(*made)


def scene(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Subjects: unions of parcels, single parcels and free shapes; others: parcels and free shapes."""
    rng = np.random.default_rng(seed)
    cells = parcels(rng)
    unions = [shapely.union_all(cells[rng.random(len(cells)) < share]) for share in (0.2, 0.5, 0.9)]
    return array(*unions, *cells[:3], *shapes(rng, 4)), array(*cells, *shapes(rng, 5))
