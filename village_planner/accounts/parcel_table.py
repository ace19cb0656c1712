"""All land use parcels by what is stored of them: classes and areas without their polygons, and the township of each."""

from __future__ import annotations

from functools import cached_property
from typing import Iterable, Sequence

import numpy as np
import pandas as pd
import shapely

from village_planner.accounts.parcels import LAND_USE, Codes, are_of_class, same_bounds
from village_planner.accounts.townships import Townships
from village_planner.plan.layer_frames import BOUNDS
from village_planner.plan.layers import Layers
from village_planner.spatial.area import ellipsoidal_area_m2
from village_planner.spatial.arrays import objects

_NUMBERS = ("feature", "deduction", "area_m2", *BOUNDS)


class ParcelTable:
    """The parcels of the land use layers; what is asked for is read once and kept."""

    def __init__(self, layers: Layers, townships: Townships, crs: int) -> None:
        self._layers, self._townships, self._crs = layers, townships, crs

    def of_class(self, prefixes: Sequence[str], built_codes: Iterable[str] | None) -> pd.DataFrame:
        """The parcels of some classes (as `parcels.are_of_class`), each once: a layer may have been imported twice.

        Columns: feature, deduction, area_m2 (gross), township (code of the one that holds the inner point, None for none).
        """
        frame, classes, built = self._all
        chosen = frame[are_of_class(classes, built, prefixes, built_codes) & frame["min_x"].notna().to_numpy()]
        chosen = self._measured(self._each_once(chosen))
        return chosen.assign(township=self._township_of(chosen)).drop(columns=[*BOUNDS])

    @cached_property
    def _all(self) -> tuple[pd.DataFrame, Codes, Codes]:
        frames, classes, built = [], [], []
        for batch in self._layers.batches(LAND_USE, (*_NUMBERS, "class_code", "built_code")):
            frames.append(batch[list(_NUMBERS)])
            classes.append(Codes.of(batch["class_code"]))
            built.append(Codes.of(batch["built_code"]))
        nothing = pd.DataFrame({name: np.array([], dtype=np.int64 if name == "feature" else float) for name in _NUMBERS})
        return pd.concat(frames or [nothing], ignore_index=True), Codes.joined(classes), Codes.joined(built)

    def _each_once(self, parcels: pd.DataFrame) -> pd.DataFrame:
        again = np.flatnonzero(same_bounds(parcels[[*BOUNDS]].to_numpy()))
        shapes = pd.Series(shapely.to_wkb(shapely.normalize(self._geometry(parcels.iloc[again]))), dtype=object)
        return parcels.drop(index=parcels.index[again[shapes.duplicated().to_numpy()]])

    def _measured(self, parcels: pd.DataFrame) -> pd.DataFrame:
        """The parcels with the area of those of which the layer does not say it."""
        unknown = parcels["area_m2"].isna().to_numpy()
        if not unknown.any():
            return parcels
        areas_m2 = parcels["area_m2"].to_numpy(copy=True)
        areas_m2[unknown] = ellipsoidal_area_m2(self._geometry(parcels[unknown]), self._crs)
        return parcels.assign(area_m2=areas_m2)

    def _township_of(self, parcels: pd.DataFrame) -> np.ndarray:
        codes, certain = self._townships.of_boxes(parcels[[*BOUNDS]].to_numpy())
        codes[~certain] = self._townships.of_points(self._geometry(parcels[~certain]))
        return codes

    def _geometry(self, parcels: pd.DataFrame) -> np.ndarray:
        """The polygons of some parcels."""
        if parcels.empty:
            return objects([])
        low, high = parcels[[*BOUNDS[:2]]].to_numpy(), parcels[[*BOUNDS[2:]]].to_numpy()
        # Around their middles there is little else.
        middle = (low + high) / 2
        found = self._layers.read(LAND_USE, columns=("feature", "geom"), near=np.hstack([middle, middle]))
        return found.set_index("feature")["geom"].loc[parcels["feature"]].to_numpy()
