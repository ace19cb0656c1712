"""Which township a place belongs to, and pieces of ground summed by township."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import shapely

from village_planner.plan.data import PlanData
from village_planner.spatial.arrays import objects
from village_planner.spatial.pairs import own

_UNDECIDED = -1
_CELLS = 128
_MARGIN_M = 1e-3
_FEW = 2_000


@dataclass(frozen=True)
class Ground:
    """Pieces of ground: area in m² (NaN: the engine failed) and township code (None: unknown) of each."""

    area_m2: np.ndarray
    township: np.ndarray

    def of(self, township: str) -> float:
        """What a township has of it, m²."""
        return float(self._by_township["area_m2"].get(township, 0.0))

    def failed(self, township: str) -> int:
        """How many of a township's pieces have no area."""
        return int(self._by_township["failed"].get(township, 0))

    @cached_property
    def _by_township(self) -> pd.DataFrame:
        areas_m2 = np.asarray(self.area_m2, dtype=float)
        pieces = pd.DataFrame({"township": objects(list(self.township)), "area_m2": areas_m2, "failed": np.isnan(areas_m2)})
        return pieces.groupby("township").sum()

    def total(self) -> float:
        """All of it, also what belongs to no township, m²."""
        return float(np.nansum(self.area_m2))


class Townships:
    """Which township a place belongs to: by its own polygon, a township without one by those of its villages."""

    def __init__(self, data: PlanData) -> None:
        self._township_of = dict(zip(data.village["code"], data.village["township_code"]))
        own = data.township[are_drawn(data.township)]
        villages = data.village[are_drawn(data.village) & ~data.village["township_code"].isin(own["code"]).to_numpy(dtype=bool)]
        villages = villages[villages["township_code"].notna()]
        self._areas = np.concatenate([own["geom"].to_numpy(), villages["geom"].to_numpy()])
        self._codes = [str(code) for code in [*own["code"], *villages["township_code"]]]

    def has_ground(self, code: str) -> bool:
        """Whether a township has a polygon, its own or of one of its villages."""
        return code in self._codes

    def ground(self) -> tuple[np.ndarray, np.ndarray]:
        """The polygons and the township code of each."""
        return self._areas, objects(self._codes)

    def of_points(self, geoms: np.ndarray) -> np.ndarray:
        """Code of the township whose ground holds each geometry's inner point, None where there is none."""
        points = shapely.point_on_surface(np.asarray(geoms, dtype=object))
        # Asked from the side of the ground: it is prepared once and has many vertices, the points are many.
        ground, found = shapely.STRtree(points).query(self._areas, predicate="intersects")
        return objects([*self._codes, None])[_first(len(points), found, ground, len(self._codes))]

    def of_boxes(self, bounds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Code of the township that holds any point within each of (n, 4) bounds, None for none; and whether that is the same for all its points."""
        bounds = np.asarray(bounds, dtype=float).reshape(-1, 4)
        if len(bounds) <= _FEW or not self._codes:
            return self._compared(bounds)
        owner = self._grid.owners(bounds)
        known = owner != _UNDECIDED
        codes, certain = objects([*self._codes, None])[owner], known.copy()
        codes[~known], certain[~known] = self._compared(bounds[~known])
        return codes, certain

    def _compared(self, bounds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """`of_boxes` by comparing each box with the ground."""
        first, certain = _holders(self._areas, shapely.box(*bounds.T))
        return objects([*self._codes, None])[first], certain

    @cached_property
    def _grid(self) -> _Grid:
        return _Grid(self._areas)

    def of_villages(self, villages: pd.Series) -> np.ndarray:
        """Township code of each village code, None for null."""
        return objects([None if pd.isna(code) else self._township_of.get(code) for code in villages])

    def of_items(self, items: pd.DataFrame) -> np.ndarray:
        """Township of patches and sites (columns township_code, village_code, geom): stated, else of the village, else by the inner point."""
        stated = first_known(objects(list(items["township_code"])), self.of_villages(items["village_code"]))
        return first_known(stated, self.of_points(items["geom"].to_numpy()))


class _Grid:
    """Square cells over some ground, with the one polygon that each lies wholly in: most boxes are told by the cells of their corners."""

    def __init__(self, areas: np.ndarray) -> None:
        low_x, low_y, high_x, high_y = shapely.total_bounds(areas)
        self._corner, self._size = np.array([low_x, low_y]), max(high_x - low_x, high_y - low_y) / _CELLS
        steps = np.arange(_CELLS)
        x, y = (self._corner[axis] + steps * self._size for axis in (0, 1))
        low = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
        cells = shapely.box(*(low - _MARGIN_M).T, *(low + self._size + _MARGIN_M).T)
        first, certain = _holders(areas, cells)
        # Around the cells is no ground.
        self._owner = np.full((_CELLS + 2, _CELLS + 2), len(areas))
        self._owner[1:-1, 1:-1] = np.where(certain, first, _UNDECIDED).reshape(_CELLS, _CELLS)

    def owners(self, bounds: np.ndarray) -> np.ndarray:
        """Position of the polygon that holds each of (n, 4) bounds, how many there are where none does, or `_UNDECIDED`."""
        with np.errstate(invalid="ignore"):
            cell = np.floor((bounds.reshape(-1, 2, 2) - self._corner) / self._size)
        cell = np.clip(np.nan_to_num(cell), -1, _CELLS).astype(np.int64) + 1
        (x0, y0), (x1, y1) = cell[:, 0].T, cell[:, 1].T
        owner = self._owner[x0, y0]
        same = (self._owner[x0, y1] == owner) & (self._owner[x1, y0] == owner) & (self._owner[x1, y1] == owner)
        small = (x1 - x0 <= 1) & (y1 - y0 <= 1) & np.isfinite(bounds).all(axis=1)
        return np.where(same & small, owner, _UNDECIDED)


def _holders(areas: np.ndarray, boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Position of the first polygon that meets each box (how many there are: none); and whether it is the only one, and the box wholly in it, or none."""
    ground, found = shapely.STRtree(boxes).query(areas)
    # The plan's own polygons are other threads' too, and what is prepared serves one thread only.
    areas = own(areas)
    shapely.prepare(areas)
    inside = shapely.contains_properly(areas[ground], boxes[found])
    meets = inside.copy()
    meets[~inside] = shapely.intersects(areas[ground[~inside]], boxes[found[~inside]])
    met, held = np.bincount(found[meets], minlength=len(boxes)), np.bincount(found[inside], minlength=len(boxes))
    return _first(len(boxes), found[meets], ground[meets], len(areas)), (met == 0) | ((met == 1) & (held == 1))


def _first(count: int, found: np.ndarray, ground: np.ndarray, none: int) -> np.ndarray:
    """The first polygon in roster order by position, of pairs of position and polygon; `none` where there is none."""
    first = np.full(count, none)
    np.minimum.at(first, found, ground)
    return first


def are_drawn(table: pd.DataFrame) -> np.ndarray:
    """Whether each row has a geometry."""
    geoms = table["geom"].to_numpy()
    return ~(shapely.is_missing(geoms) | shapely.is_empty(geoms))


def first_known(codes: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """Each code, where it is null that of `otherwise`."""
    return objects([b if a is None or pd.isna(a) else a for a, b in zip(codes, otherwise)])
