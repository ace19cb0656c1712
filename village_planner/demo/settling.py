"""Where a hamlet's houses stand: a block of streets, or on a mesh some of its quads under a patch of any shape."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Optional

import numpy as np

from village_planner.demo.fractals import wandering_ring
from village_planner.demo.layout import Area, Rect, Ring, outline_of, planar_area_m2, rect_in
from village_planner.demo.mesh import QUADS_PER_CELL, Step
from village_planner.demo.scene import Cast, Plot

TOWN_BUILT, VILLAGE_BUILT = "202", "203"
_QUAD_M2 = 4_900.0
_MOST_QUADS = 12
_FREE_SHARE = 0.4  # of the patches whose village loses no hamlet: drawn by hand, across parcels


@dataclass(frozen=True)
class BuiltLand:
    """Built land of a hamlet: its rectangle, its outline where it is none, and its parcels; is_by_hand: these do not fill it."""

    block: Rect
    plots: list[Plot]
    outline: Optional[Ring] = None
    is_by_hand: bool = False


def built_land(cast: Cast, number: int, code: str, slot: Area, size: tuple[float, float]) -> BuiltLand:
    """Settle a hamlet of the village `number` (`code`) in a slot; size: width and height in m of its land."""
    scene = cast.scene
    built_code = TOWN_BUILT if cast.in_town(number) else VILLAGE_BUILT
    if scene.mesh is None or not cast.is_free(number):
        block = rect_in(slot, *size, scene.seed)
        return BuiltLand(block, block_parcels(code, block, built_code))
    shake = random.Random(f"{scene.seed}:{code}:{slot.i0}:{slot.j0}:built")
    quads = _quads(slot, size[0] * size[1], shake)
    scene.settled.update(quads)
    rings = [scene.mesh.quad_ring(outline_of({quad})) for quad in quads]
    plots = [Plot(code, Rect.of(ring), "0702", built_code, outline=ring) for ring in rings]
    loses_hamlets = any(move.village == number for move in cast.roles.moves)
    outline = scene.mesh.quad_ring(outline_of(set(quads)))
    is_by_hand = not loses_hamlets and shake.random() < _FREE_SHARE
    if is_by_hand:
        outline = _by_hand(outline, shake)
    return BuiltLand(Rect.of(outline), plots, outline, is_by_hand)


def block_parcels(village_code: str, block: Rect, built_code: str) -> list[Plot]:
    """A street through the middle, homesteads on both sides, public ground at one corner: together the whole block."""
    street = 6.0
    left = block.width / 2 - street / 2
    lower = block.height // 2
    right = left + street
    public_width = left // 2
    pieces = (
        (block.part(left, 0, street, block.height), "1004"),
        (block.part(0, 0, left, lower), "0702"),
        (block.part(0, lower, public_width, block.height - lower), "0809"),
        (block.part(public_width, lower, left - public_width, block.height - lower), "0702"),
        (block.part(right, 0, left, lower), "0702"),
        (block.part(right, lower, left, block.height - lower), "0702"),
    )
    homestead = "0701" if built_code == TOWN_BUILT else "0702"
    return [Plot(village_code, rect, homestead if code == "0702" else code, built_code) for rect, code in pieces]


def _quads(slot: Area, area_m2: float, shake: random.Random) -> list[Step]:
    """So many quads about the slot's middle as the area needs, row by row from any corner: connected, without holes."""
    count = min(max(round(area_m2 / _QUAD_M2), 1), _MOST_QUADS)
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    flip_c, flip_r = shake.random() < 0.5, shake.random() < 0.5
    c0 = QUADS_PER_CELL * slot.i0 + QUADS_PER_CELL * slot.columns // 2 - columns // 2
    r0 = QUADS_PER_CELL * slot.j0 + QUADS_PER_CELL * slot.rows // 2 - rows // 2
    places = [divmod(n, columns) for n in range(count)]
    return [(c0 + (columns - 1 - c if flip_c else c), r0 + (rows - 1 - r if flip_r else r)) for r, c in places]


def _by_hand(outline: Ring, shake: random.Random) -> Ring:
    """A ring of about the same area around the same place."""
    rect = Rect.of(outline)
    middle = ((rect.x0 + rect.x1) / 2, (rect.y0 + rect.y1) / 2)
    radius = math.sqrt(planar_area_m2(outline) / math.pi)
    return wandering_ring(middle, radius, shake.randint(30, 160), 0.3, np.random.default_rng(shake.getrandbits(32)))
