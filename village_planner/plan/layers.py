"""Control layers (管控图层): the store X.layers.gpkg beside the plan file, and what steps know of it."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Hashable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, ContextManager, Iterable, Iterator, Mapping, Protocol, Sequence

import numpy as np
import pandas as pd

from village_planner.base import Feedback, InputError, Message, PlanFileError, PlannerError
from village_planner.plan import layer_rows
from village_planner.plan.connection import content_state, is_writable, opened, reading, transaction
from village_planner.plan.layer_frames import COLUMNS, MEASURES, empty_frame
from village_planner.plan.layer_import import Extras, append_layer, remove_layer
from village_planner.plan.layer_overlaps import overlapping
from village_planner.plan.memory_layers import MemoryLayers

__all__ = ["COLUMNS", "MEASURES", "LayerStore", "Layers", "Listed", "MemoryLayers"]

_Box = Sequence[float]
_FEW_BOUNDS = 8


@dataclass(frozen=True)
class Listed:
    """A control layer as the plan lists it; digest: of its source."""

    code: str
    kind: str
    title: str
    digest: str


class Layers(Protocol):
    """What steps know of the control layers."""

    def kinds(self) -> set[str]:
        """Kinds of which there is a layer."""

    def has(self, kind: str) -> bool:
        """Whether there is a layer of `kind`."""

    def read(
        self,
        kind: str,
        bbox: _Box | None = None,
        columns: Sequence[str] | None = None,
        *,
        near: np.ndarray | None = None,
        tiled: bool = False,
    ) -> pd.DataFrame:
        """Return the features of all layers of `kind`."""

    def batches(
        self, kind: str, columns: Sequence[str] | None = None, *, near: np.ndarray | None = None, tiled: bool = False
    ) -> Iterator[pd.DataFrame]:
        """Return them in frames of some thousand rows, each read when it is asked for."""

    def overlapping(self, kind: str) -> np.ndarray:
        """Return which of them overlap: (n, 2) of numbers as in column `feature`."""

    def opened(self) -> ContextManager[None]:
        """Keep open what is read, over the reads of a block in one thread."""


class LayerStore:
    """X.layers.gpkg. One table per layer, named by its code; rows set aside at the import lie in `<code>_aside`.

    crs: EPSG of the geometry; needed only to add layers. listed: gives the layers that the plan lists; without it all count.
    A layer counts only where its digest is the listed one: the file may be another plan's. A kind of which a listed layer
    is not there counts as absent, so that nothing is judged by half of it.
    """

    def __init__(self, path: str | Path, crs: int | None = None, listed: Callable[[], Sequence[Listed]] | None = None) -> None:
        self.path = Path(path)
        self._crs, self._listed = crs, listed
        self._known: tuple[list[tuple[str, str]], list[Listed]] | None = None
        self._seen: tuple[Hashable, dict[str, tuple[str, str | None]]] | None = None
        self._tables: dict[tuple[Any, ...], layer_rows.Table] = {}
        self._boxes: dict[tuple[Any, ...], np.ndarray | None] = {}
        self._held = threading.local()
        self._feedback: Feedback | None = None

    def as_of_now(self) -> LayerStore:
        """Return the store with the layers that are listed and there now: whoever reads many times need not ask each time."""
        store = LayerStore(self.path, self._crs, self._listed)
        store._known = self._layers()
        return store

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Once a read of the block has opened the file, keep it open in this thread: each is then some milliseconds quicker. Others may write between."""
        if getattr(self._held, "block", None) is not None:
            yield
            return
        with ExitStack() as block:
            self._held.block, self._held.connection = block, None
            try:
                yield
            finally:
                self._held.block = None

    @contextmanager
    def heeding(self, feedback: Feedback) -> Iterator[None]:
        """While the block runs, a reading of many rows raises Cancelled once the planner asked to stop."""
        self._feedback = feedback
        try:
            yield
        finally:
            self._feedback = None

    def kinds(self) -> set[str]:
        """Kinds of which there is a layer."""
        usable, lost = self._layers()
        return {kind for _, kind in usable} - {layer.kind for layer in lost}

    def has(self, kind: str) -> bool:
        """Whether there is a layer of `kind`."""
        return kind in self.kinds()

    def codes(self, kind: str) -> list[str]:
        """Codes of the layers of `kind` that are there: the names of their tables in the file."""
        return [code for code, of_kind in self._layers()[0] if of_kind == kind]

    def problems(self) -> list[Message]:
        """Return which layers the plan lists that cannot be used: the file was left behind, is damaged or another plan's."""
        lost = self._layers()[1]
        if not lost:
            return []
        titles = "、".join(layer.title for layer in lost)
        if not self.path.is_file():
            return [Message("plan.layers_file_missing", {"file": self.path.name, "titles": titles})]
        return [Message("plan.layers_not_the_plans", {"file": self.path.name, "titles": titles})]

    def read(
        self,
        kind: str,
        bbox: _Box | None = None,
        columns: Sequence[str] | None = None,
        *,
        near: np.ndarray | None = None,
        tiled: bool = False,
    ) -> pd.DataFrame:
        """Return the features of all layers of `kind`: `COLUMNS`, or `columns`, also of `MEASURES`; no layer gives no rows.

        bbox: (min x, min y, max x, max y) in the plan's CRS. near: (n, 4) of such, one or the other; only features whose
        envelope meets one of them, found in the R-tree; bounds that are no numbers meet nothing. tiled: a polygon of very
        many vertices comes in tiles, several rows with the same `feature`, after all others, and of it only the tiles that are near.
        Texts are None and measures NaN where the source said nothing. Without `geom` no geometry is read. Raises PlanFileError.
        """
        if bbox is not None and near is not None:
            raise ValueError("bbox or near, not both")
        near = near if bbox is None else np.array([bbox], dtype=float)
        frames = list(self.batches(kind, columns, near=near, tiled=tiled))
        if not frames:
            return empty_frame(tuple(columns) if columns is not None else COLUMNS)
        return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)

    def batches(
        self, kind: str, columns: Sequence[str] | None = None, *, near: np.ndarray | None = None, tiled: bool = False
    ) -> Iterator[pd.DataFrame]:
        """Return what `read` does in frames of at most 5,000 rows, each read when it is asked for; no row gives no frame.

        The file stays open until the last frame was taken or the iterator is closed, which must be in the thread that began.
        """
        wanted = tuple(columns) if columns is not None else COLUMNS
        codes = self.codes(kind) if self.has(kind) else []
        if not codes:
            return
        if near is not None and len(near) <= _FEW_BOUNDS and self._nothing_near(codes, near):
            return
        rows = layer_rows.tiled_rows if tiled else layer_rows.rows
        with self._reading() as connection:
            if near is not None:
                layer_rows.put_bounds(connection, near)
            for code in codes:
                for frame in rows(connection, self._table(connection, code), wanted, near is not None):
                    if self._feedback is not None:
                        self._feedback.check()
                    yield frame

    def overlapping(self, kind: str) -> np.ndarray:
        """Return which features of `kind` have ground in common: (n, 2) of numbers as in column `feature`. Raises PlanFileError."""
        codes = self.codes(kind) if self.has(kind) else []
        if not codes:
            return np.empty((0, 2), dtype=np.int64)
        with self._reading() as connection:
            return overlapping(connection, [self._table(connection, code) for code in codes])

    def aside(self, code: str) -> pd.DataFrame:
        """Return the rows of a layer that the import set aside: source_id, reason, extra (decoded), wkb."""
        names = ["source_id", "reason", "extra", "wkb"]
        with reading(self.path) as connection:
            rows = connection.execute(f"SELECT source_id, reason, extra, wkb FROM {layer_rows.quoted(code + '_aside')} ORDER BY fid").fetchall()
        frame = pd.DataFrame(rows, columns=names)
        frame["extra"] = [None if text is None else json.loads(text) for text in frame["extra"]]
        return frame

    def add(
        self, meta: Mapping[str, Any], frame: pd.DataFrame, geoms: np.ndarray, aside: Iterable[Mapping[str, Any]] | pd.DataFrame = (),
        *, extras: Extras = None, feedback: Feedback | None = None,
    ) -> None:
        """Append a layer; a table left behind under the same code is replaced.

        meta: `code`, `kind`, `title`, `digest` as the plan lists them, and `crs` (EPSG) where the store was opened without one.
        frame: columns source_id, name, class_code, built_code, deduction, slope, level, state, year, extra (mapping), status (`ok`, `repaired`);
        a missing column is null, a missing status `ok`. geoms: one geometry per row in the plan's CRS.
        aside: rows source_id, reason, extra, wkb. extras: gives the JSON texts of a slice of rows, instead of the column extra.
        The layer is listed only when all of it is on disk. Raises PlanFileError and Cancelled.
        """
        code, crs = str(meta["code"]), meta.get("crs") or self._crs
        if crs is None:
            raise ValueError("a layer store needs the plan's crs to add a layer")
        if len(frame) != len(geoms):
            raise ValueError("one geometry per row")
        aside_rows = aside.to_dict("records") if isinstance(aside, pd.DataFrame) else list(aside)
        self._check_writable()
        self.remove(code)
        append_layer(self.path, meta, int(crs), frame, geoms, aside_rows, extras, feedback)

    def remove(self, code: str) -> None:
        """Delete a layer and the rows set aside with it; one that is not there is no fault."""
        if self.path.is_file():
            remove_layer(self.path, code)

    def _check_writable(self) -> None:
        if not self.path.parent.is_dir():
            raise InputError("plan.no_folder", folder=str(self.path.parent))
        if not is_writable(self.path):
            raise PlanFileError("plan.read_only", file=self.path.name)

    def _layers(self) -> tuple[list[tuple[str, str]], list[Listed]]:
        """Code and kind of the layers that can be used, and the listed ones that cannot."""
        if self._known is not None:
            return self._known
        state, seen = content_state(self.path), self._seen
        if seen is None or state is None or seen[0] != state:
            seen = self._seen = state, self._found()
        found = seen[1]
        if self._listed is None:
            return [(code, kind) for code, (kind, _) in found.items()], []
        listed = self._listed()
        lost = [layer for layer in listed if found.get(layer.code) != (layer.kind, layer.digest)]
        return [(layer.code, layer.kind) for layer in listed if layer not in lost], lost

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """One read transaction, on the connection that is held open where there is one that no other reading is using."""
        block = getattr(self._held, "block", None)
        if block is not None and self._held.connection is None and self.path.is_file():
            self._held.connection = block.enter_context(opened(self.path))
            layer_rows.make_room(self._held.connection)
        held = self._held.connection if block is not None else None
        if held is None or held.in_transaction:
            with reading(self.path) as connection:
                yield connection
        else:
            with transaction(held, self.path.name):
                yield held

    def _table(self, connection: sqlite3.Connection, code: str) -> layer_rows.Table:
        key = self._file_key()
        if (code, key) not in self._tables:
            self._tables[code, key] = layer_rows.table_of(connection, code, key)
        return self._tables[code, key]

    def _nothing_near(self, codes: Sequence[str], near: np.ndarray) -> bool:
        """Whether no feature of some layers is near some bounds: told by boxes in memory, where a layer has few, as most have nothing near an edit."""
        if not self.path.is_file():
            # Whoever goes on to read says so in words.
            return False
        key = self._file_key()
        unknown = [code for code in codes if (code, key) not in self._boxes]
        if unknown:
            with self._reading() as connection:
                for code in unknown:
                    self._boxes[code, key] = layer_rows.boxes_of(connection, self._table(connection, code))
        known = [self._boxes[code, key] for code in codes]
        return all(boxes is not None and not _meet(boxes, near) for boxes in known)

    def _file_key(self) -> tuple[Any, ...]:
        """What tells the content of the file from an earlier or another one's."""
        state = self.path.stat()
        return str(self.path.absolute()), state.st_size, state.st_mtime_ns

    def _found(self) -> dict[str, tuple[str, str | None]]:
        if not self.path.is_file():
            return {}
        try:
            with reading(self.path) as connection:
                if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'layer_index'").fetchone():
                    return {}
                return {
                    code: (kind, digest) for code, kind, digest in connection.execute(
                        "SELECT code, kind, digest FROM layer_index WHERE code IN (SELECT name FROM sqlite_master) ORDER BY rowid"
                    )
                }  # fmt: skip
        except PlannerError as error:
            if error.message.code not in ("plan.not_a_plan_file", "plan.truncated"):
                raise
            return {}


def _meet(boxes: np.ndarray, near: np.ndarray) -> bool:
    """Whether any of the boxes meets any of some bounds, borders counted; no number meets nothing."""
    return any(
        bool(((boxes[:, 2] >= x0) & (boxes[:, 0] <= x1) & (boxes[:, 3] >= y0) & (boxes[:, 1] <= y1)).any())
        for x0, y0, x1, y1 in np.asarray(near, dtype=float).reshape(-1, 4).tolist()
    )
