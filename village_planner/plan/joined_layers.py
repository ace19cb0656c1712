"""Control layers of two sources as one: a kind comes from the first that has it."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import Iterator, Sequence

import numpy as np
import pandas as pd

from village_planner.plan.layers import Layers


class JoinedLayers:
    """Layers of which each kind is wholly the one of `first`, where that has it, else that of `others`."""

    def __init__(self, first: Layers, others: Layers) -> None:
        self._first, self._others = first, others

    def kinds(self) -> set[str]:
        """Kinds of which there is a layer."""
        return self._first.kinds() | self._others.kinds()

    def has(self, kind: str) -> bool:
        """Whether there is a layer of `kind`."""
        return self._first.has(kind) or self._others.has(kind)

    def read(
        self, kind: str, bbox: Sequence[float] | None = None, columns: Sequence[str] | None = None, *, near: np.ndarray | None = None, tiled: bool = False
    ) -> pd.DataFrame:
        """Return the features of `kind` as `LayerStore.read` does."""
        return self._of(kind).read(kind, bbox, columns, near=near, tiled=tiled)

    def batches(
        self, kind: str, columns: Sequence[str] | None = None, *, near: np.ndarray | None = None, tiled: bool = False
    ) -> Iterator[pd.DataFrame]:
        """Return the features of `kind` as `LayerStore.batches` does."""
        return self._of(kind).batches(kind, columns, near=near, tiled=tiled)

    def overlapping(self, kind: str) -> np.ndarray:
        """Return which features of `kind` overlap, as `LayerStore.overlapping` does."""
        return self._of(kind).overlapping(kind)

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Keep open what is read, over the reads of a block in one thread."""
        with ExitStack() as both:
            both.enter_context(self._first.opened())
            both.enter_context(self._others.opened())
            yield

    def _of(self, kind: str) -> Layers:
        return self._first if self._first.has(kind) else self._others
