"""Shared boundary lines: rings of many polygons cut where boundaries part, each piece once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Chains:
    """lines: vertices of each line, (n, 2). refs: for each ring the numbers of its lines from 1, in its order, negative against their direction."""

    lines: list[np.ndarray]
    refs: list[list[int]]


def shared_chains(rings: list[np.ndarray]) -> Chains:
    """Cut closed rings into lines that neighbours share.

    rings: (n, 2) arrays of coordinates in whole steps of the file's precision, first vertex equal to the last, at least four; no
    vertex follows itself. Boundaries are shared where they have the same vertices: a vertex that only one of two neighbours
    has parts them, and no vertex is added or moved. A ring that shares nothing is one line; where it starts is not kept.
    """
    if not rings:
        return Chains([], [])
    sizes = np.array([len(ring) - 1 for ring in rings])
    ends = np.cumsum(sizes)
    starts = ends - sizes
    points = np.concatenate([ring[:-1] for ring in rings])
    distinct, vertex = np.unique(points, axis=0, return_inverse=True)
    vertex = vertex.reshape(-1)
    following = np.arange(1, len(vertex) + 1)
    following[ends - 1] = starts
    edge = _edges(vertex, vertex[following], len(distinct))
    is_node = _degrees(vertex, vertex[following], edge, len(distinct)) != 2
    lines: list[np.ndarray] = []
    known: dict[int, tuple[int, int, int]] = {}
    refs = []
    for start, stop in zip(starts, ends):
        own, own_edges = vertex[start:stop], edge[start:stop]
        refs.append([_numbered(part, edges, lines, known, distinct) for part, edges in _parts(own, own_edges, is_node[own])])
    return Chains(lines, refs)


def _edges(first: np.ndarray, second: np.ndarray, vertices: int) -> np.ndarray:
    """Number of the undirected edge from each vertex to the next."""
    _, numbers = np.unique(np.minimum(first, second) * np.int64(vertices) + np.maximum(first, second), return_inverse=True)
    return numbers.reshape(-1)


def _degrees(first: np.ndarray, second: np.ndarray, edge: np.ndarray, vertices: int) -> np.ndarray:
    """How many different edges meet at each vertex."""
    _, once = np.unique(edge, return_index=True)
    return np.bincount(first[once], minlength=vertices) + np.bincount(second[once], minlength=vertices)


def _parts(own: np.ndarray, edges: np.ndarray, nodes: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """A ring's vertices and edges from node to node; without a node from its first vertex in the order of all, so that both sides agree."""
    cuts = np.flatnonzero(nodes)
    first = int(cuts[0]) if len(cuts) else int(np.argmin(own))
    turned, turned_edges = np.roll(own, -first), np.roll(edges, -first)
    turned = np.append(turned, turned[0])
    bounds = [*(cuts - first if len(cuts) else [0]), len(own)]
    return [(turned[low : high + 1], turned_edges[low:high]) for low, high in zip(bounds, bounds[1:])]


def _numbered(part: np.ndarray, edges: np.ndarray, lines: list[np.ndarray], known: dict[int, tuple[int, int, int]], distinct: np.ndarray) -> int:
    # An edge belongs to one line alone, so the least edge names it; its first two vertices tell the direction.
    name = int(edges.min())
    number, begins, goes_on = known.setdefault(name, (len(lines) + 1, int(part[0]), int(part[1])))
    if number > len(lines):
        lines.append(distinct[part])
    return number if (begins, goes_on) == (int(part[0]), int(part[1])) else -number
