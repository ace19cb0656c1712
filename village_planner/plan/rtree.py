"""Fills an empty SQLite R-tree from bounds at once, packed, instead of row by row."""

from __future__ import annotations

import math
import sqlite3
from typing import Sequence

import numpy as np

# Layout of the shadow tables: SQLite documentation, The SQLite R*Tree Module, section 6 (and rtree.c): a node is a
# blob of a fixed size with two big-endian shorts (depth, of the root alone; number of cells) and, from the fourth
# byte, its cells: the row's or child's number, then minx, maxx, miny, maxy in single precision.
_CELL = np.dtype([("id", ">i8"), ("box", ">f4", (4,))])
_HEAD_BYTES = 4
_ROOT = 1
_ROWS = 20_000


def fill_rtree(connection: sqlite3.Connection, table: str, ids: Sequence[int] | np.ndarray, bounds: np.ndarray) -> None:
    """Put boxes into the empty R-tree `table` (id, minx, maxx, miny, maxy) of two dimensions.

    ids: int; bounds: (n, 4) of min x, min y, max x, max y, as `shapely.bounds` gives them; a box that is not finite
    has no row. Boxes are packed by sorting and tiling (STR), which searches faster than what single insertions leave.
    Where SQLite does not let its shadow tables be written (defensive mode), the rows are inserted one by one.
    """
    bounds = np.asarray(bounds, dtype=float).reshape(-1, 4)
    finite = np.isfinite(bounds).all(axis=1)
    ids, boxes = np.asarray(ids, dtype=np.int64)[finite], bounds[finite][:, [0, 2, 1, 3]]
    if len(ids) == 0:
        return
    connection.execute("SAVEPOINT fill_rtree")
    try:
        _write_nodes(connection, table, ids, boxes)
    except sqlite3.DatabaseError:
        connection.execute("ROLLBACK TO fill_rtree")
        rows = ((number, *box) for number, box in zip(ids.tolist(), boxes.tolist()))
        connection.executemany(f'INSERT INTO "{table}" VALUES (?, ?, ?, ?, ?)', rows)
    connection.execute("RELEASE fill_rtree")


def _write_nodes(connection: sqlite3.Connection, table: str, ids: np.ndarray, boxes: np.ndarray) -> None:
    size = int(connection.execute(f'SELECT length(data) FROM "{table}_node" WHERE nodeno = {_ROOT}').fetchone()[0])
    capacity = (size - _HEAD_BYTES) // _CELL.itemsize
    cells = np.empty(len(ids), dtype=_CELL)
    cells["id"], cells["box"] = ids, _single(boxes)
    following, depth, is_leaf = _ROOT + 1, 0, True
    while True:
        groups = _packed(cells, capacity)
        numbers = np.arange(following, following + len(groups)) if len(groups) > 1 else np.array([_ROOT])
        _link(connection, f"{table}_rowid" if is_leaf else f"{table}_parent", groups, numbers)
        if len(groups) == 1:
            break
        _insert(connection, table, [(int(number), _node(group, size, 0)) for number, group in zip(numbers, groups)])
        above = np.empty(len(groups), dtype=_CELL)
        above["id"] = numbers
        above["box"] = [_around(group["box"]) for group in groups]
        cells, following, depth, is_leaf = above, following + len(groups), depth + 1, False
    connection.execute(f'UPDATE "{table}_node" SET data = ? WHERE nodeno = {_ROOT}', (_node(groups[0], size, depth),))


def _single(boxes: np.ndarray) -> np.ndarray:
    """Boxes in single precision that hold the boxes in double precision."""
    rounded = boxes.astype(np.float32)
    for column, wrong, direction in ((0, np.greater, -np.inf), (1, np.less, np.inf), (2, np.greater, -np.inf), (3, np.less, np.inf)):
        is_wrong = wrong(rounded[:, column].astype(float), boxes[:, column])
        rounded[is_wrong, column] = np.nextafter(rounded[is_wrong, column], np.float32(direction))
    return rounded


def _packed(cells: np.ndarray, capacity: int) -> list[np.ndarray]:
    """Groups of cells that lie together: upright strips, each cut across; as even as can be."""
    count = math.ceil(len(cells) / capacity)
    strips = math.ceil(math.sqrt(count))
    middle = cells["box"].astype(float)
    order = np.argsort(middle[:, 0] + middle[:, 1], kind="stable")
    groups: list[np.ndarray] = []
    for strip in np.array_split(order, strips):
        strip = strip[np.argsort(middle[strip, 2] + middle[strip, 3], kind="stable")]
        groups += [cells[part] for part in np.array_split(strip, math.ceil(len(strip) / capacity)) if len(part)]
    return groups


def _around(boxes: np.ndarray) -> np.ndarray:
    return np.array([boxes[:, 0].min(), boxes[:, 1].max(), boxes[:, 2].min(), boxes[:, 3].max()])


def _node(cells: np.ndarray, size: int, depth: int) -> bytes:
    head = depth.to_bytes(2, "big") + len(cells).to_bytes(2, "big")
    return (head + cells.tobytes()).ljust(size, b"\0")


def _insert(connection: sqlite3.Connection, table: str, nodes: list[tuple[int, bytes]]) -> None:
    connection.executemany(f'INSERT INTO "{table}_node" VALUES (?, ?)', nodes)


def _link(connection: sqlite3.Connection, table: str, groups: list[np.ndarray], numbers: np.ndarray) -> None:
    """The node that each row (of leaves) or node (of the level below) lies in; the root has no entry of its own."""
    members = np.concatenate([group["id"] for group in groups]).astype(np.int64)
    node_of = np.repeat(numbers, [len(group) for group in groups])
    order = np.argsort(members, kind="stable")
    for start in range(0, len(order), _ROWS):
        part = order[start : start + _ROWS]
        connection.executemany(f'INSERT INTO "{table}" VALUES (?, ?)', zip(members[part].tolist(), node_of[part].tolist()))
