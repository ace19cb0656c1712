"""The fields of a county on a mesh: the quads of each lattice cell put together to parcels, field tracks along the slots' borders."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely

from village_planner.demo.layout import CELLS_PER_SLOT, CELLS_PER_VILLAGE, SLOTS_PER_SIDE, outline_of
from village_planner.demo.mesh import QUADS_PER_CELL, Mesh, Step
from village_planner.demo.scene import Cover, Scene

NO_VILLAGE = -1
TRACK = "1006"
_BATCH = 20_000
_TRACK_VILLAGES = 6  # so many villages share one net of tracks where the survey has not cut it at their borders
_SW, _SE, _NW, _NE = (0, 0), (1, 0), (0, 1), (1, 1)
_QUADS = (_SW, _SE, _NW, _NE)
_CUTS: tuple[tuple[tuple[tuple[Step, ...], ...], ...], ...] = (  # into four, three, two, one
    (((_SW,), (_SE,), (_NW,), (_NE,)),),
    (
        ((_SW, _SE), (_NW,), (_NE,)), ((_NW, _NE), (_SW,), (_SE,)), ((_SW, _NW), (_SE,), (_NE,)), ((_SE, _NE), (_SW,), (_NW,)),
    ),
    (((_SW, _SE), (_NW, _NE)), ((_SW, _NW), (_SE, _NE)), ((_SW, _SE, _NW), (_NE,)), ((_SE, _NE, _NW), (_SW,))),
    ((_QUADS,),),
)


@dataclass(frozen=True)
class Fields:
    """Parcels as columns of the same length, village by village.

    shapes: polygons; village: position in the scene, NO_VILLAGE: the state farm; slot: of the village, NO_VILLAGE: a
    track or the farm; class_code: DLBM; deduction: KCXS, 0 off cultivated land; slope: GDPDJB or ''.
    sides, owner: sides on the mesh of all parcels that are not cut, and the parcel of each.
    """

    shapes: np.ndarray
    village: np.ndarray
    slot: np.ndarray
    class_code: np.ndarray
    deduction: np.ndarray
    slope: np.ndarray
    sides: np.ndarray
    owner: np.ndarray

    def __len__(self) -> int:
        """Number of parcels."""
        return len(self.shapes)

    def taken(self, rows: np.ndarray) -> Fields:
        """The parcels of these rows, in this order, without their sides."""
        columns = {name: getattr(self, name)[rows] for name in ("shapes", "village", "slot", "class_code", "deduction", "slope")}
        return Fields(**columns, sides=np.zeros(0, int), owner=np.zeros(0, int))

    def reshaped(self, shapes: np.ndarray) -> Fields:
        """The same parcels with other shapes."""
        return replace(self, shapes=shapes, sides=np.zeros(0, int), owner=np.zeros(0, int))


def fields_of(scene: Scene) -> Fields:
    """Lay out all fields but the built quads, uncut by what is planted, and without class: `classified` tells what grows there."""
    mesh = scene.mesh
    assert mesh is not None
    owner_of = _villages(scene)
    parcels = _Parcels(mesh)
    chance = np.random.default_rng([scene.seed, 1]).random((2, *owner_of.shape))
    _cut_cells(scene, owner_of, chance, parcels)
    shapes, village, slot, sides, owner = parcels.columns()
    tracks, track_village = _tracks(scene, owner_of)
    count = len(shapes) + len(tracks)
    return Fields(
        np.concatenate([shapes, tracks]), np.concatenate([village, track_village]), np.concatenate([slot, np.full(len(tracks), NO_VILLAGE)]),
        np.full(count, "", "<U4"), np.zeros(count), np.full(count, "", "<U1"), sides, owner,
    )


def classified(scene: Scene, fields: Fields, woods: np.ndarray) -> Fields:
    """The fields with what grows on them. woods: rows where trees grow whatever the slot has."""
    kinds = sorted({(cover.class_code, cover.deduction, cover.slope) for cover in scene.covers.values()})
    number = {kind: place for place, kind in enumerate(kinds)}
    grid = np.full((len(scene.villages) + 1, SLOTS_PER_SIDE**2 + 1), -1)
    place = {village.code: row for row, village in enumerate(scene.villages)}
    for (code, slot), cover in scene.covers.items():
        grid[place[code], slot] = number[cover.class_code, cover.deduction, cover.slope]
    cover_of = grid[fields.village, fields.slot]  # NO_VILLAGE, the last row and column, has none
    wild, between = np.random.default_rng([scene.seed, 2]).random((2, len(fields)))
    cover_of[woods | (between < _WILD_SHARE)] = -1
    class_code = np.where(fields.village == NO_VILLAGE, _drawn(_FOREST, wild), _drawn(_WILD, wild))
    class_code[woods] = _drawn(_FOREST, wild)[woods]
    class_code[(fields.slot == NO_VILLAGE) & (fields.village != NO_VILLAGE)] = TRACK
    covers = [Cover(*kind) for kind in kinds] or [Cover("", 0.0, "")]
    grown = cover_of >= 0
    class_code = np.where(grown, np.array([c.class_code for c in covers])[cover_of], class_code)
    deduction = np.where(grown, np.array([c.deduction for c in covers])[cover_of], 0.0)
    return replace(fields, class_code=class_code, deduction=deduction, slope=np.where(grown, np.array([c.slope for c in covers])[cover_of], ""))


_WILD_SHARE = 0.07  # of the parcels between the fields
_WILD = ("0201", "0201", "0201", "0301", "0301", "0301", "0301", "0305", "0305", "0404", "0404", "1104", "1202")
_FOREST = ("0301", "0301", "0301", "0305", "0404")


def _drawn(codes: tuple[str, ...], chance: np.ndarray) -> np.ndarray:
    return np.array(codes)[(chance * len(codes)).astype(int)]


def _villages(scene: Scene) -> np.ndarray:
    """Position of the village of each lattice cell, columns × rows; NO_VILLAGE: the farm; less: nobody's."""
    assert scene.mesh is not None
    cells = np.full((scene.mesh.columns // QUADS_PER_CELL, scene.mesh.rows // QUADS_PER_CELL), NO_VILLAGE - 1)
    for number, village in enumerate(scene.villages):
        area = village.area
        cells[area.i0 : area.i0 + area.columns, area.j0 : area.j0 + area.rows] = number
    for cell in scene.farm.cells():
        cells[cell] = NO_VILLAGE
    return cells


def _cut_cells(scene: Scene, owner_of: np.ndarray, chance: np.ndarray, parcels: _Parcels) -> None:
    """Cut each cell into one to four parcels; built quads and tracks are left out, and cells with built quads cut into four."""
    columns, rows = owner_of.shape
    four, three, two = np.cumsum(scene.fineness.cut)
    kind = np.searchsorted([four, three, two], chance[0], side="right")
    is_built = np.zeros((QUADS_PER_CELL * columns, QUADS_PER_CELL * rows), bool)
    is_built[tuple(np.array(sorted(scene.settled), int).reshape(-1, 2).T)] = True
    kind[is_built.reshape(columns, QUADS_PER_CELL, rows, QUADS_PER_CELL).any(axis=(1, 3))] = 0
    kind[owner_of == NO_VILLAGE] = 3
    variant = (chance[1] * np.array([len(cuts) for cuts in _CUTS])[kind]).astype(int)
    in_village = owner_of >= 0
    along = in_village & (np.arange(columns) % CELLS_PER_SLOT == 0)[:, None]  # a track on the cell's western side
    below = in_village & (np.arange(rows) % CELLS_PER_SLOT == 0)[None, :]  # on its southern side
    for number, cuts in enumerate(_CUTS):
        for place, pieces in enumerate(cuts):
            chosen = (kind == number) & (variant == place) & (owner_of >= NO_VILLAGE)
            for has_west in (False, True):
                for has_south in (False, True):
                    cells = np.argwhere(chosen & (along == has_west) & (below == has_south))
                    _add_pieces(is_built, owner_of, cells, _without_tracks(pieces, has_west, has_south), parcels)


def _without_tracks(pieces: tuple[tuple[Step, ...], ...], has_west: bool, has_south: bool) -> list[tuple[Step, ...]]:
    left = [tuple(q for q in piece if not (has_west and q[0] == 0) and not (has_south and q[1] == 0)) for piece in pieces]
    return [piece for piece in left if piece]


def _add_pieces(is_built: np.ndarray, owner_of: np.ndarray, cells: np.ndarray, pieces: list[tuple[Step, ...]], parcels: _Parcels) -> None:
    if not len(cells):
        return
    village = owner_of[cells[:, 0], cells[:, 1]]
    column, row = (cells[:, n] % CELLS_PER_VILLAGE // CELLS_PER_SLOT for n in (0, 1))
    slot = np.where(village == NO_VILLAGE, NO_VILLAGE, row * SLOTS_PER_SIDE + column)
    for piece in pieces:
        is_free = ~is_built[tuple((QUADS_PER_CELL * cells + np.array(piece[0])).T)]  # built quads are pieces of their own
        parcels.add(cells[is_free], piece, village[is_free], slot[is_free])


class _Parcels:
    """Gathers parcels as sides on the mesh, and makes polygons of them in the order of villages and places."""

    def __init__(self, mesh: Mesh) -> None:
        self._mesh = mesh
        self._parts: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []

    def add(self, cells: np.ndarray, piece: tuple[Step, ...], village: np.ndarray, slot: np.ndarray) -> None:
        """The same piece of each cell."""
        outline = outline_of(set(piece))
        base = QUADS_PER_CELL * cells
        sides = [self._side(base, start, end) for start, end in zip(outline, outline[1:])]
        order = base[:, 0] * (self._mesh.rows + 1) + base[:, 1] + piece[0][0] * (self._mesh.rows + 1) + piece[0][1]
        self._parts.append((np.column_stack(sides), village, slot, order))

    def columns(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Shapes, village, slot, and the sides of all with the parcel of each."""
        village, slot, order = (np.concatenate([part[n] for part in self._parts]) for n in (1, 2, 3))
        counts = np.concatenate([np.full(len(part[0]), part[0].shape[1]) for part in self._parts])
        sides = np.concatenate([part[0].ravel() for part in self._parts])
        first = np.cumsum(counts) - counts
        rows = np.lexsort((order, village))
        taken = counts[rows]
        owner = np.repeat(np.arange(len(rows)), taken)
        within = np.arange(taken.sum()) - np.repeat(np.cumsum(taken) - taken, taken)
        sides = sides[np.repeat(first[rows], taken) + within]
        return polygons_along(self._mesh, sides, owner), village[rows], slot[rows], sides, owner

    def _side(self, base: np.ndarray, start: Step, end: Step) -> np.ndarray:
        low = base + np.array(min(start, end))
        edge = self._mesh.upward(*low.T) if start[0] == end[0] else self._mesh.across(*low.T)
        return np.asarray(edge if start < end else ~np.asarray(edge))


def polygons_along(mesh: Mesh, sides: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """Polygons without holes along the sides of each owner 0, 1, … in order."""
    count = int(owner[-1]) + 1 if len(owner) else 0
    shapes = np.empty(count, object)
    for start in range(0, count, _BATCH):
        low, high = np.searchsorted(owner, (start, start + _BATCH))
        coords, ring = mesh.outlines(sides[low:high], owner[low:high] - start)
        shapes[start : start + _BATCH] = shapely.polygons(shapely.linearrings(coords, indices=ring))
    return shapes


def _tracks(scene: Scene, owner_of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The nets of field tracks and the village of each; in every second township one net for several villages."""
    mesh = scene.mesh
    assert mesh is not None
    nets, village = [], []
    for position, cast in enumerate(scene.casts):
        together = _TRACK_VILLAGES if position % 2 else 1
        for start in range(0, len(cast), together):
            members = range(cast.first + start, cast.first + min(start + together, len(cast)))
            parts = _net(mesh, _track_sides(mesh, np.argwhere(np.isin(owner_of, members))))
            nets += parts
            village += [members[0]] * len(parts)
    return np.array(nets, object), np.array(village, int)


def _net(mesh: Mesh, sides: np.ndarray) -> list[shapely.Polygon]:
    """The polygons of quads with these sides."""
    coords, owner = mesh.outlines(*mesh.traced(sides))
    rings = shapely.linearrings(coords, indices=owner)
    is_hole = shapely.is_ccw(rings)
    outlines, holes = shapely.polygons(rings[~is_hole]), rings[is_hole]
    hole, outline = shapely.STRtree(outlines).query(holes, predicate="covered_by")
    return [shapely.Polygon(shape.exterior, holes[hole[outline == number]]) for number, shape in enumerate(outlines)]


def _track_sides(mesh: Mesh, cells: np.ndarray) -> np.ndarray:
    """The sides of all quads of tracks in these cells."""
    quads = np.concatenate([QUADS_PER_CELL * cells + np.array(quad) for quad in _QUADS])
    spacing = QUADS_PER_CELL * CELLS_PER_SLOT
    c, r = quads[(quads % spacing == 0).any(axis=1)].T
    sides = np.column_stack([mesh.upward(c, r), mesh.across(c, r + 1), ~np.asarray(mesh.upward(c + 1, r)), ~np.asarray(mesh.across(c, r))])
    return sides.ravel()
