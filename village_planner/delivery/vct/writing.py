"""Writes layers as one VCT file: GB18030, lines ended by CR LF, polygons by shared boundary lines or ring by ring."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any, Iterable, Iterator, Sequence, TextIO

import numpy as np
import shapely

from village_planner.base import Feedback, InputError, SilentFeedback
from village_planner.delivery.fields import is_empty
from village_planner.delivery.vct.chains import shared_chains
from village_planner.delivery.vct.document import BOUNDARY_CODE, LINE, NO_GEOMETRY, POINT, POLYGON, VctField, VctHead, VctLayer, head_entries
from village_planner.delivery.vct.rings import MIN_RING, rings_of
from village_planner.spatial.crs import CGCS2000_GEOGRAPHIC

ENCODING = "gb18030"
DECIMALS, DECIMALS_OF_DEGREES = 4, 9
"""Coordinates keep a tenth of a millimetre."""
STYLE = "unknown"
_IDS_PER_LINE = 8
_CHECK_EVERY = 1_000
_INNER_SEPARATOR = "，"


def write_vct(path: Path, head: VctHead, layers: Sequence[VctLayer], feedback: Feedback | None = None, shared: bool = True) -> None:
    """Write the file `path`; rows without a geometry stand in their table alone.

    shared: polygons by boundary lines that neighbours share (form 100, as land-use files must be), else ring by ring (form 1).
    In texts the separator becomes its full-width form and a line end a space. Raises InputError for a ring that is no area at the
    precision of the file, and where the file cannot be written; Cancelled.
    """
    try:
        with path.open("w", encoding=ENCODING, newline="\r\n") as stream:
            _Writer(stream, head, layers, feedback or SilentFeedback(), shared).write()
    except OSError as error:
        raise InputError("delivery.vector_not_written", file=path.name, reason=str(error)[:200]) from error


def plain_text(text: str, separator: str = ",") -> str:
    """The text as a row of a table can hold it: the separator in its full-width form, a space for each line end, none at both ends."""
    return " ".join(text.replace(separator, _INNER_SEPARATOR).splitlines()).strip()


class _Writer:
    def __init__(self, stream: TextIO, head: VctHead, layers: Sequence[VctLayer], feedback: Feedback, shared: bool) -> None:
        self._stream, self._head, self._layers, self._feedback, self._shared = stream, head, layers, feedback, shared
        self._decimals = DECIMALS_OF_DEGREES if head.crs == CGCS2000_GEOGRAPHIC else DECIMALS
        self._ids = itertools.count(1)
        self._objects = {number: [next(self._ids) for _ in range(len(layer.rows))] for number, layer in enumerate(layers)}

    def write(self) -> None:
        self._section("Head", (f"{name}:{value}" for name, value in head_entries(self._head, self._extent(), self._decimals).items()))
        self._section("FeatureCode", (f"{of.code},{of.title},{of.geometry},{of.table}" for of in self._layers if of.geometry != NO_GEOMETRY))
        self._section("TableStructure", self._structures())
        self._section("Point", self._of_geometry(POINT, self._points))
        boundaries = {number: list(self._polygons(number, layer)) for number, layer in enumerate(self._layers) if layer.geometry == POLYGON}
        lines = (line for parts in boundaries.values() for lines_of, _ in parts for line in lines_of)
        self._section("Line", itertools.chain(lines, self._of_geometry(LINE, self._lines)))
        self._section("Polygon", (line for parts in boundaries.values() for _, objects in parts for line in objects))
        self._section("Annotation", ())
        self._section("Attribute", self._attributes())

    def _section(self, name: str, lines: Iterable[str]) -> None:
        self._stream.write(f"{name}Begin\n")
        for number, line in enumerate(lines):
            if number % _CHECK_EVERY == 0:
                self._feedback.check()
            self._stream.write(f"{line}\n")
        self._stream.write(f"{name}End\n\n")

    def _of_geometry(self, geometry: str, make: Any) -> Iterator[str]:
        for number, layer in enumerate(self._layers):
            if layer.geometry == geometry:
                for object_id, geom in zip(self._objects[number], layer.rows["geom"]):
                    if geom is not None and not geom.is_empty:
                        yield from (str(object_id), layer.code, STYLE)
                        yield from make(geom)
                        yield "0"

    def _points(self, geom: shapely.Geometry) -> Iterator[str]:
        parts = shapely.get_coordinates(geom)
        yield from ["1"] if len(parts) == 1 else ["4", str(len(parts))]
        yield from self._pairs(parts)

    def _lines(self, geom: shapely.Geometry) -> Iterator[str]:
        yield from self._segments([shapely.get_coordinates(part) for part in shapely.get_parts(geom)])

    def _segments(self, parts: Sequence[np.ndarray]) -> Iterator[str]:
        yield "1"
        yield str(len(parts))
        for vertices in parts:
            yield from ("11", str(len(vertices)))
            yield from self._pairs(vertices)

    def _polygons(self, number: int, layer: VctLayer) -> Iterator[tuple[list[str], list[str]]]:
        """Lines of the boundaries, and lines of the objects, of one layer."""
        rows = [(object_id, geom) for object_id, geom in zip(self._objects[number], layer.rows["geom"]) if geom is not None and not geom.is_empty]
        labels = shapely.get_coordinates(shapely.point_on_surface([geom for _, geom in rows]))
        rings = [[self._in_steps(ring, layer, object_id) for ring in rings_of(geom)] for object_id, geom in rows]
        step = 10.0**self._decimals
        if not self._shared:
            for (object_id, _), label, own in zip(rows, labels, rings):
                # A direct polygon has no form of its own between its kind and its rings.
                segments = list(self._segments([ring / step for ring in own]))[1:]
                yield [], [str(object_id), layer.code, STYLE, "1", *self._pairs([label]), *segments, "0"]
            return
        chains = shared_chains([ring for own in rings for ring in own])
        ids = [next(self._ids) for _ in chains.lines]
        for line_id, vertices in zip(ids, chains.lines):
            yield [str(line_id), BOUNDARY_CODE, STYLE, *self._segments([vertices / step]), "0"], []
        refs = iter(chains.refs)
        for (object_id, _), label, own in zip(rows, labels, rings):
            numbers: list[int] = []
            for ring in range(len(own)):
                numbers += [0] if ring else []
                numbers += [ids[ref - 1] if ref > 0 else -ids[-ref - 1] for ref in next(refs)]
            listed = [",".join(map(str, numbers[at : at + _IDS_PER_LINE])) for at in range(0, len(numbers), _IDS_PER_LINE)]
            yield [], [str(object_id), layer.code, STYLE, "100", *self._pairs([label]), "21", str(len(numbers)), *listed, "0"]

    def _in_steps(self, ring: np.ndarray, layer: VctLayer, object_id: int) -> np.ndarray:
        """Vertices in whole steps of the precision, none twice in a row."""
        steps = np.rint(ring * 10.0**self._decimals).astype(np.int64)
        kept = steps[np.concatenate([[True], (np.diff(steps, axis=0) != 0).any(axis=1)])]
        if len(kept) < MIN_RING:
            raise InputError("delivery.vct_no_area", layer=layer.title, row=object_id - self._objects[self._layers.index(layer)][0] + 1)
        return kept

    def _pairs(self, vertices: Iterable[np.ndarray]) -> list[str]:
        return [f"{x:.{self._decimals}f},{y:.{self._decimals}f}" for x, y in vertices]

    def _structures(self) -> Iterator[str]:
        for layer in self._tables():
            yield f"{layer.table},{len(layer.fields)}{',NoneGeometry' if layer.geometry == NO_GEOMETRY else ''}"
            yield from (_declared(of) for of in layer.fields)
            yield "0"

    def _attributes(self) -> Iterator[str]:
        for first in self._tables():
            yield first.table
            for number, layer in enumerate(self._layers):
                if layer.table == first.table:
                    columns = [[self._value(value, of) for value in layer.rows[of.name]] for of in layer.fields]
                    yield from (self._head.separator.join(map(str, row)) for row in zip(self._objects[number], *columns))
            yield "TableEnd"

    def _tables(self) -> list[VctLayer]:
        """The first layer of each table."""
        return list({layer.table: layer for layer in reversed(self._layers)}.values())[::-1]

    def _value(self, value: Any, of: VctField) -> str:
        if is_empty(value):
            return ""
        if of.type.startswith("Int"):
            return str(int(value))
        if of.type in ("Float", "Double", "Numeric"):
            return f"{float(value):.{of.precision}f}" if of.precision else repr(float(value))
        text = str(value).replace("-", "") if of.type == "Date" else str(value)
        return plain_text(text, self._head.separator)

    def _extent(self) -> tuple[float, float, float, float]:
        geoms = [layer.rows["geom"].to_numpy(dtype=object) for layer in self._layers if layer.geometry != NO_GEOMETRY]
        bounds = shapely.total_bounds(np.concatenate(geoms)) if geoms else np.full(4, np.nan)
        low_x, low_y, high_x, high_y = (0.0 if np.isnan(value) else float(value) for value in bounds)
        return low_x, low_y, high_x, high_y


def _declared(of: VctField) -> str:
    if of.type in ("Float", "Double", "Numeric"):
        return f"{of.name},{of.type},{of.width},{of.precision}"
    return f"{of.name},{of.type},{of.width}" if of.width and not of.type.startswith("Int") else f"{of.name},{of.type}"
