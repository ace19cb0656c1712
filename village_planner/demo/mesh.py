"""The fine lattice of the stress county: each cell cut in four, all edges bent, each shared by its neighbours to the last digit.

No edge meets another but at its ends: the bent points of an edge stay within the two triangles between the edge and the
middles of the quads beside it, and these triangles never overlap. So what is put together of quads needs no repair.
"""

from __future__ import annotations

from typing import Iterator, Sequence

import numpy as np

from village_planner.demo.layout import CELLS_PER_SLOT, Ring, node

QUADS_PER_CELL = 2  # along each side
_DIGITS = 3
_TRACK_SHARE = 0.075  # width of a field track, of a cell
_POINT_SPACING_M = 17.0
_MOST_POINTS = 9
_INSIDE = 0.7  # how far into its triangles an edge may bend
_BEND, _SHAKE = 0.07, 0.05  # of an edge's length

Step = tuple[int, int]


class Mesh:
    """Nodes and edges of the quads over the first `columns` × `rows` lattice cells; the same seed gives the same mesh.

    Quad (c, r) is the c-th from the west and r-th from the south. A side is the number of an edge as walked along its
    direction (west to east, south to north), or the complement (~) of that number against it.
    """

    def __init__(self, seed: int, columns: int, rows: int) -> None:
        """Lay it out."""
        shake = np.random.default_rng([seed, columns, rows])
        self.columns, self.rows = QUADS_PER_CELL * columns, QUADS_PER_CELL * rows
        self.nodes = np.round(_fine_nodes(_lattice(seed, columns, rows), shake), _DIGITS)
        self._across = self.columns * (self.rows + 1)  # so many edges run west to east
        start, end, heights = self._edges()
        self._start, self._end = start, end
        self.points, self.offsets = _bent(start, end, heights, shake)

    def across(self, c: np.ndarray | int, r: np.ndarray | int) -> np.ndarray | int:
        """Number of the edge from node (c, r) to its eastern neighbour."""
        return np.asarray(c) * (self.rows + 1) + r

    def upward(self, c: np.ndarray | int, r: np.ndarray | int) -> np.ndarray | int:
        """Number of the edge from node (c, r) to its northern neighbour."""
        return self._across + np.asarray(c) * self.rows + r

    def side(self, start: Step, end: Step) -> int:
        """The side between two neighbouring nodes."""
        edge = int((self.upward if start[0] == end[0] else self.across)(*min(start, end)))
        return edge if start < end else ~edge

    def outlines(self, sides: np.ndarray, owners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Closed rings along sides. owners: number of the ring of each side, 0, 1, … in order.

        Returns the coordinates (n × 2, m) and the number of the ring of each.
        """
        forward = sides >= 0
        edges = np.where(forward, sides, ~sides)
        between = self.offsets[edges + 1] - self.offsets[edges]
        first = np.cumsum(between + 1) - (between + 1)
        of = np.repeat(np.arange(len(edges)), between + 1)
        nth = np.arange(len(of)) - first[of]
        coords = np.where(forward[of, None], self._start[edges[of]], self._end[edges[of]])
        inner = np.flatnonzero(nth > 0)
        side = of[inner]
        low, high = self.offsets[edges[side]], self.offsets[edges[side] + 1]
        coords[inner] = self.points[np.where(forward[side], low + nth[inner] - 1, high - nth[inner])]
        ring = owners[of]
        starts = np.searchsorted(ring, np.arange(ring[-1] + 1))
        ends = np.append(starts[1:], len(ring))
        return np.insert(coords, ends, coords[starts], axis=0), np.insert(ring, ends, ring[starts])

    def traced(self, sides: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rings along the outlines of quads, given by all their sides: these in the order of the rings, and the ring of each.

        Outlines run clockwise, holes the other way; no ring comes to a corner twice.
        """
        outer = sides[~np.isin(sides, ~sides)]
        edges = np.where(outer >= 0, outer, ~outer)
        low = self._first_node(edges)
        high = low + np.where(edges < self._across, self.rows + 1, 1)
        start, end = np.where(outer >= 0, low, high).tolist(), np.where(outer >= 0, high, low).tolist()
        leaving: dict[int, list[int]] = {}
        for side, place in enumerate(start):
            leaving.setdefault(place, []).append(side)
        rings = [ring for place in leaving for ring in _loops(place, leaving, end)]
        return outer[np.concatenate(rings)], np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])

    def ring(self, outline: Sequence[Step]) -> Ring:
        """The closed ring along the outline of an area of lattice cells, given by lattice indices."""
        fine = [(QUADS_PER_CELL * i, QUADS_PER_CELL * j) for i, j in outline]
        steps = [step for start, end in zip(fine, fine[1:]) for step in (start, _middle(start, end))]
        return self.quad_ring([*steps, fine[-1]])

    def quad_ring(self, outline: Sequence[Step]) -> Ring:
        """The closed ring along neighbouring nodes of the mesh."""
        sides = np.array([self.side(start, end) for start, end in zip(outline, outline[1:])])
        coords, _ = self.outlines(sides, np.zeros(len(sides), int))
        return [(float(x), float(y)) for x, y in coords]

    def _first_node(self, edges: np.ndarray) -> np.ndarray:
        """Number of the node at the start of each edge, column by column."""
        upward = edges - self._across
        return np.where(upward < 0, edges, upward // self.rows * (self.rows + 1) + upward % self.rows)

    def _edges(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Start and end (n × 2) of each edge, and the two triangles that it may bend into.

        Triangles (n × 4): to the left its height in m and the share of the edge's length at which its tip stands, then
        to the right; the height is 0 at the mesh's own border and where a quad is so bent that its middle is of no use.
        """
        nodes = self.nodes
        middles = (nodes[:-1, :-1] + nodes[1:, :-1] + nodes[:-1, 1:] + nodes[1:, 1:]) / 4
        nowhere = np.full((self.columns + 2, self.rows + 2, 2), np.nan)
        nowhere[1:-1, 1:-1] = middles
        across = (nodes[:-1], nodes[1:], nowhere[1:-1, 1:], nowhere[1:-1, :-1])
        upward = (nodes[:, :-1], nodes[:, 1:], nowhere[:-1, 1:-1], nowhere[1:, 1:-1])
        start, end, left, right = (np.concatenate([a.reshape(-1, 2), b.reshape(-1, 2)]) for a, b in zip(across, upward))
        along = end - start
        length = np.hypot(*along.T)
        triangles = np.empty((len(start), 4))
        for column, (tips, sign) in enumerate(((left, 1.0), (right, -1.0))):
            to_tip = tips - start
            height = sign * (along[:, 0] * to_tip[:, 1] - along[:, 1] * to_tip[:, 0]) / length
            triangles[:, 2 * column] = np.maximum(np.nan_to_num(height), 0.0)
            triangles[:, 2 * column + 1] = np.nan_to_num((along * to_tip).sum(axis=1) / length**2, nan=0.5)
        return start, end, triangles


def _loops(place: int, leaving: dict[int, list[int]], end: list[int]) -> Iterator[list[int]]:
    """Walk on from a place as long as a side leaves it, taking what is walked out of `leaving`; yield each loop once it closes."""
    path: list[int] = []
    visited = {place: 0}
    while leaving[place]:
        path.append(leaving[place].pop())
        place = end[path[-1]]
        if place in visited:
            first = visited[place]
            yield path[first:]
            for side in path[first:-1]:
                visited.pop(end[side])
            del path[first:]
        else:
            visited[place] = len(path)


def _middle(start: Step, end: Step) -> Step:
    return (start[0] + end[0]) // 2, (start[1] + end[1]) // 2


def _lattice(seed: int, columns: int, rows: int) -> np.ndarray:
    """The lattice nodes, columns + 1 × rows + 1 × 2."""
    return np.array([[node(i, j, seed) for j in range(rows + 1)] for i in range(columns + 1)])


def _fine_nodes(coarse: np.ndarray, shake: np.random.Generator) -> np.ndarray:
    """Lattice nodes with one more on each lattice edge and one in each cell; beside the slots' borders lies a narrow track."""
    columns, rows = coarse.shape[0] - 1, coarse.shape[1] - 1
    east = _shares(shake.random((columns, rows + 1)), (np.arange(columns) % CELLS_PER_SLOT == 0)[:, None])
    north = _shares(shake.random((columns + 1, rows)), (np.arange(rows) % CELLS_PER_SLOT == 0)[None, :])
    fine = np.empty((2 * columns + 1, 2 * rows + 1, 2))
    fine[::2, ::2] = coarse
    fine[1::2, ::2] = coarse[:-1] + (coarse[1:] - coarse[:-1]) * east[..., None]
    fine[::2, 1::2] = coarse[:, :-1] + (coarse[:, 1:] - coarse[:, :-1]) * north[..., None]
    south, upper = fine[1::2, :-1:2], fine[1::2, 2::2]
    west, far = fine[:-1:2, 1::2], fine[2::2, 1::2]
    up, over = (north[:-1] + north[1:]) / 2, (east[:, :-1] + east[:, 1:]) / 2
    fine[1::2, 1::2] = (south + (upper - south) * up[..., None] + west + (far - west) * over[..., None]) / 2
    return fine


def _shares(chance: np.ndarray, is_track: np.ndarray) -> np.ndarray:
    return np.where(is_track, _TRACK_SHARE + 0.01 * chance, 0.4 + 0.2 * chance)


def _bent(start: np.ndarray, end: np.ndarray, triangles: np.ndarray, shake: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points between the ends of each edge, edge after edge, and the number of the first one of each edge (one more at the end)."""
    along = end - start
    length = np.hypot(*along.T)
    count = np.clip((length / _POINT_SPACING_M * (0.7 + 0.6 * shake.random(len(length)))).astype(int), 0, _MOST_POINTS)
    offsets = np.concatenate([[0], np.cumsum(count)])
    of = np.repeat(np.arange(len(count)), count)
    nth = np.arange(len(of)) - offsets[of]
    share = (nth + 1 + 0.3 * (shake.random(len(of)) - 0.5)) / (count[of] + 1)
    bend = _BEND * (2 * shake.random(len(length)) - 1)
    aside = length[of] * np.sin(np.pi * share) * (bend[of] + _SHAKE * (2 * shake.random(len(of)) - 1))
    left, right = (_reach(share, triangles[of, n], triangles[of, n + 1]) for n in (0, 2))
    aside = np.clip(aside, -_INSIDE * right, _INSIDE * left)
    normal = np.column_stack([-along[:, 1], along[:, 0]]) / length[:, None]
    points = start[of] + along[of] * share[:, None] + normal[of] * aside[:, None]
    return np.round(points, _DIGITS), offsets


def _reach(share: np.ndarray, height: np.ndarray, tip: np.ndarray) -> np.ndarray:
    """How far a triangle reaches above its base at a share of the base's length; tip: the share below its tip."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rising = np.where(tip > 0, share / tip, np.inf)
        falling = np.where(tip < 1, (1 - share) / (1 - tip), np.inf)
    return height * np.minimum(np.minimum(rising, falling), 1.0)

