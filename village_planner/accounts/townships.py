"""Which township a place belongs to, and pieces of ground summed by township."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from village_planner.plan.data import PlanData
from village_planner.spatial.arrays import objects


@dataclass(frozen=True)
class Ground:
    """Pieces of ground: area in m² (NaN: the engine failed) and township code (None: unknown) of each."""

    area_m2: np.ndarray
    township: np.ndarray

    def of(self, township: str) -> float:
        """What a township has of it, m²."""
        return float(np.nansum(self.area_m2[self.township == township]))

    def failed(self, township: str) -> int:
        """How many of a township's pieces have no area."""
        return int(np.isnan(self.area_m2[self.township == township]).sum())

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
        result = objects([None] * len(geoms))
        if not self._codes or len(geoms) == 0:
            return result
        points = objects(list(shapely.point_on_surface(geoms)))
        found, ground = shapely.STRtree(self._areas).query(points, predicate="intersects")
        # The first polygon in roster order wins where two share the point.
        for row, position in sorted(zip(found.tolist(), ground.tolist()), reverse=True):
            result[row] = self._codes[position]
        return result

    def of_villages(self, villages: pd.Series) -> np.ndarray:
        """Township code of each village code, None for null."""
        return objects([None if pd.isna(code) else self._township_of.get(code) for code in villages])

    def of_items(self, items: pd.DataFrame) -> np.ndarray:
        """Township of patches and sites (columns township_code, village_code, geom): stated, else of the village, else by the inner point."""
        stated = first_known(objects(list(items["township_code"])), self.of_villages(items["village_code"]))
        return first_known(stated, self.of_points(items["geom"].to_numpy()))


def are_drawn(table: pd.DataFrame) -> np.ndarray:
    """Whether each row has a geometry."""
    geoms = table["geom"].to_numpy()
    return ~(shapely.is_missing(geoms) | shapely.is_empty(geoms))


def first_known(codes: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """Each code, where it is null that of `otherwise`."""
    return objects([b if a is None or pd.isna(a) else a for a, b in zip(codes, otherwise)])
