"""Control layers held as frames in memory, with the face of the layer store: for packages under inspection and tests."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
import shapely

from village_planner.plan.data import plain
from village_planner.plan.layer_frames import BOUNDS, COLUMNS, MEASURES, NUMBER_BITS, areas_m2, as_frame, empty_frame
from village_planner.plan.layer_rows import meeting
from village_planner.spatial.arrays import objects
from village_planner.spatial.self_overlap import self_overlaps
from village_planner.spatial.tiles import tiled


class MemoryLayers:
    """Layers held as frames by kind; missing columns of `COLUMNS` are null.

    crs: EPSG of the geometry, for the areas; without it they are null. Areas that a frame states are not believed.
    """

    def __init__(self, frames: Mapping[str, pd.DataFrame], crs: int | None = None) -> None:
        self._frames = {kind: _complete(kind, frame) for kind, frame in frames.items()}
        self._crs = crs
        self._measured: dict[str, pd.DataFrame] = {}
        self._tiled: dict[str, pd.DataFrame] = {}
        self._overlapping: dict[str, np.ndarray] = {}

    def kinds(self) -> set[str]:
        """Kinds of which there is a layer."""
        return set(self._frames)

    def has(self, kind: str) -> bool:
        """Whether there is a layer of `kind`."""
        return kind in self._frames

    def read(
        self,
        kind: str,
        bbox: Sequence[float] | None = None,
        columns: Sequence[str] | None = None,
        *,
        near: np.ndarray | None = None,
        tiled: bool = False,
    ) -> pd.DataFrame:
        """Return the features of `kind` as `LayerStore.read` does."""
        return self._chosen(kind, (*(columns if columns is not None else COLUMNS),), near if bbox is None else np.array([bbox]), tiled)

    def batches(
        self, kind: str, columns: Sequence[str] | None = None, *, near: np.ndarray | None = None, tiled: bool = False
    ) -> Iterator[pd.DataFrame]:
        """Return the features of `kind` as `LayerStore.batches` does."""
        frame = self.read(kind, columns=columns, near=near, tiled=tiled)
        if len(frame):
            yield frame

    def overlapping(self, kind: str) -> np.ndarray:
        """Return which features of `kind` overlap, as `LayerStore.overlapping` does."""
        if kind not in self._overlapping:
            geoms = self._frames[kind]["geom"].to_numpy() if kind in self._frames else objects([])
            self._overlapping[kind] = self_overlaps(geoms) + self._first_number(kind)
        return self._overlapping[kind]

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Do as `LayerStore.opened`; there is nothing to open."""
        yield

    def _chosen(self, kind: str, wanted: tuple[str, ...], near: np.ndarray | None, as_tiles: bool) -> pd.DataFrame:
        if kind not in self._frames:
            return empty_frame(wanted)
        frame = self._in_tiles(kind) if as_tiles else self._with_measures(kind) if set(wanted) & set(MEASURES) else self._frames[kind]
        if near is not None:
            frame = frame.iloc[meeting(shapely.bounds(frame["geom"].to_numpy()), np.asarray(near, dtype=float).reshape(-1, 4))]
        return frame[list(wanted)].reset_index(drop=True)

    def _with_measures(self, kind: str) -> pd.DataFrame:
        if kind not in self._measured:
            frame = self._frames[kind]
            area = areas_m2(frame["geom"].to_numpy(), self._crs)
            numbers = np.arange(len(frame), dtype=np.int64) + self._first_number(kind)
            self._measured[kind] = _with_bounds(frame.assign(feature=numbers, area_m2=area, geom_area_m2=area))
        return self._measured[kind]

    def _first_number(self, kind: str) -> int:
        return list(self._frames).index(kind) << NUMBER_BITS if kind in self._frames else 0

    def _in_tiles(self, kind: str) -> pd.DataFrame:
        if kind not in self._tiled:
            frame = self._with_measures(kind)
            geoms, owner = tiled(frame["geom"].to_numpy())
            is_tile = np.bincount(owner, minlength=len(frame))[owner] > 1
            # As in the layers file, the tiles come last.
            order = np.argsort(is_tile, kind="stable")
            rows = frame.iloc[owner].assign(geom=geoms)
            rows.loc[is_tile, "geom_area_m2"] = areas_m2(geoms[is_tile], self._crs)
            self._tiled[kind] = _with_bounds(rows.iloc[order].reset_index(drop=True))
        return self._tiled[kind]


def _with_bounds(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**dict(zip(BOUNDS, shapely.bounds(frame["geom"].to_numpy(dtype=object)).reshape(-1, 4).T)))


def _complete(kind: str, frame: pd.DataFrame) -> pd.DataFrame:
    columns: dict[str, Sequence[Any]] = {name: [None] * len(frame) for name in COLUMNS}
    columns["layer"] = [kind] * len(frame)
    for name in COLUMNS:
        if name in frame.columns:
            columns[name] = objects(list(frame[name])) if name == "geom" else [plain(value) for value in frame[name]]
    return as_frame(columns, COLUMNS)
