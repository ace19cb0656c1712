"""The survey's parcels (地类图斑): the lattice's fields with the planted plots cut out, so that the township is covered without gaps."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cached_property
from typing import Iterator, Optional

import shapely

from village_planner.demo.layout import CELLS_PER_SLOT, CELLS_PER_VILLAGE, SLOTS_PER_SIDE, Area, Ring
from village_planner.demo.names import FARM_CODE, FARM_NAME
from village_planner.demo.oracle import geodesic_area_m2
from village_planner.demo.scene import Cover, Plot, Scene
from village_planner.demo.terrain import Terrain

CLASS_NAMES = {
    "0101": "水田", "0102": "水浇地", "0103": "旱地", "0201": "果园", "0301": "乔木林地", "0305": "灌木林地", "0404": "其他草地",
    "0601": "工业用地", "0701": "城镇住宅用地", "0702": "农村宅基地", "0809": "公用设施用地", "1004": "城镇村道路用地", "1006": "农村道路",
    "1104": "坑塘水面", "1202": "设施农用地",
}
_WILD = ("0201", "0201", "0201", "0301", "0301", "0301", "0301", "0305", "0305", "0404", "0404", "1104", "1202")
_FOREST = ("0301", "0301", "0301", "0305", "0404")


@dataclass(frozen=True)
class Parcel:
    """One parcel. rings: outline, then holes; unit: code and name of the village or farm that it lies in."""

    rings: tuple[Ring, ...]
    unit_code: str
    unit_name: str
    class_code: str
    built_code: str = ""
    deduction: float = 0.0
    slope: str = ""

    @cached_property
    def area_m2(self) -> float:
        """Ellipsoidal area without the holes, m²."""
        return geodesic_area_m2(self.rings[0]) - sum(geodesic_area_m2(hole) for hole in self.rings[1:])


@dataclass(frozen=True)
class Survey:
    """The county's parcels: single ones and, of a county on a mesh, the fields of its terrain."""

    parcels: list[Parcel]
    terrain: Optional[Terrain] = None

    def __len__(self) -> int:
        """Number of parcels."""
        return len(self.parcels) + (len(self.terrain.fields) if self.terrain else 0)


def surveyed(scene: Scene, terrain: Optional[Terrain] = None) -> Survey:
    """Survey the scene: what is planted, and the fields around it, of the terrain where there is one."""
    if terrain is None:
        return Survey(parcels(scene))
    names = {village.code: village.name for village in scene.villages}
    return Survey([_planted(plot, names[plot.village_code]) for plot in scene.plots], terrain)


def parcels(scene: Scene) -> list[Parcel]:
    """Return all parcels: first the planted plots in their order, then the fields around them, village by village."""
    names = {village.code: village.name for village in scene.villages}
    found = [_planted(plot, names[plot.village_code]) for plot in scene.plots]
    cutter = _Cutter(scene.plots)
    for village in scene.villages:
        for cell in village.area.cells():
            cover = scene.covers.get((village.code, _slot_of(cell))) or _wild(scene.seed, cell, _WILD)
            found += _fields(scene, cutter, cell, village.code, village.name, cover)
    for cell in scene.farm.cells():
        found += _fields(scene, cutter, cell, FARM_CODE, FARM_NAME, _wild(scene.seed, cell, _FOREST))
    return found


def _planted(plot: Plot, name: str) -> Parcel:
    slope = "1" if plot.class_code.startswith("01") else ""
    return Parcel((plot.ring,), plot.village_code, name, plot.class_code, plot.built_code, plot.deduction, slope)


def _slot_of(cell: tuple[int, int]) -> int:
    column, row = (index % CELLS_PER_VILLAGE // CELLS_PER_SLOT for index in cell)
    return row * SLOTS_PER_SIDE + column


def _wild(seed: int, cell: tuple[int, int], classes: tuple[str, ...]) -> Cover:
    """Uncultivated land, the same for each four cells, so that woods and orchards are larger than a field."""
    column, row = (index // 2 for index in cell)
    return Cover(random.Random(f"{seed}:{column}:{row}:wild").choice(classes), 0.0, "")


class _Cutter:
    """Takes planted plots out of a field."""

    def __init__(self, plots: list[Plot]) -> None:
        self._shapes = [shapely.Polygon(plot.rect.ring) for plot in plots]
        self._tree = shapely.STRtree(self._shapes)

    def cut(self, ring: Ring) -> Iterator[tuple[Ring, ...]]:
        """Yield the rings of each piece that is left of the field."""
        field = shapely.Polygon(ring)
        near = [self._shapes[index] for index in sorted(self._tree.query(field))]
        if not near:
            yield (ring,)
            return
        rest = shapely.difference(field, shapely.union_all(near))
        for piece in shapely.get_parts(rest):
            if isinstance(piece, shapely.Polygon) and not piece.is_empty:
                piece = shapely.normalize(piece)
                yield (list(piece.exterior.coords), *(list(hole.coords) for hole in piece.interiors))


def _fields(
    scene: Scene, cutter: _Cutter, cell: tuple[int, int], code: str, name: str, cover: Cover
) -> Iterator[Parcel]:
    for rings in cutter.cut(Area(*cell, 1, 1).ring(scene.seed)):
        yield Parcel(rings, code, name, cover.class_code, "", cover.deduction, cover.slope)
