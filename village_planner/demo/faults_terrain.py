"""Faults of the stress county's land: hundreds of present patches that basic farmland or a wandering red line does not open around."""

from __future__ import annotations

from typing import Iterator

import numpy as np
import shapely

from village_planner.demo.expected import Planted, area_finding
from village_planner.demo.faults_geometry import FARMLAND, REDLINE
from village_planner.demo.oracle_arrays import rule_areas_m2
from village_planner.demo.oracle_land import withdrawn_hamlets
from village_planner.demo.scene import Hamlet, Scene
from village_planner.demo.terrain import Terrain, lay

_LEAST_M2 = 0.1
_NOBODY: frozenset[str] = frozenset()


def lay_clean(scene: Scene) -> Terrain:
    """Lay out the land without a fault: where a patch has no opening, farmland shares its edges and does not lie under it."""
    return lay(scene, _touched(scene), _NOBODY)


def lay_with_faults(scene: Scene, planted: Planted) -> Terrain:
    """Lay it out with too few openings, and add what must be found of patches that stay."""
    gone = withdrawn_hamlets(scene, {row["village"] for row in planted.rejected})
    staying = [hamlet for hamlet in _on_mesh(scene) if hamlet.code not in gone]
    unopened = [hamlet for hamlet in staying if hamlet.is_by_hand][::2]
    in_red_line = staying[1::4]
    terrain = lay(scene, _touched(scene) | {h.code for h in unopened}, frozenset(h.code for h in in_red_line))
    patch_of = {(patch.village_code, patch.hamlet_name): patch.code for patch in scene.patches if patch.kind == "现状"}
    for hamlet, gross_m2, net_m2 in _covered(unopened, terrain.farmland.shapes, terrain.farmland.deduction):
        subject = ("patch", patch_of[hamlet.code[:12], hamlet.name])
        planted.findings.append(area_finding("QC-5202", "C", subject, FARMLAND, net_m2, {"gross_m2": gross_m2}))
    for hamlet, gross_m2, _ in _covered(in_red_line, terrain.tiles, np.zeros(len(terrain.tiles))):
        subject = ("patch", patch_of[hamlet.code[:12], hamlet.name])
        planted.findings.append(area_finding("QC-5203", "C", subject, REDLINE, gross_m2))
    return terrain


def _on_mesh(scene: Scene) -> list[Hamlet]:
    return [hamlet for village in scene.villages for hamlet in village.hamlets if hamlet.outline is not None]


def _touched(scene: Scene) -> frozenset[str]:
    """Every second hamlet whose patch follows the edges of parcels: these may be basic farmland up to the edge."""
    return frozenset(hamlet.code for hamlet in [h for h in _on_mesh(scene) if not h.is_by_hand][::2])


def _covered(hamlets: list[Hamlet], shapes: np.ndarray, deduction: np.ndarray) -> Iterator[tuple[Hamlet, float, float]]:
    """The hamlets whose patch lies on shapes that do not overlap each other, with the area gross and net, m²."""
    patches = np.array([shapely.Polygon(hamlet.outline) for hamlet in hamlets], object)
    patch, shape = shapely.STRtree(shapes).query(patches, predicate="intersects")
    areas_m2 = rule_areas_m2(shapely.intersection(patches[patch], shapes[shape]))
    gross = np.bincount(patch, weights=areas_m2, minlength=len(hamlets))
    net = np.bincount(patch, weights=areas_m2 * (1 - deduction[shape]), minlength=len(hamlets))
    return ((hamlet, float(a), float(b)) for hamlet, a, b in zip(hamlets, gross, net) if a > _LEAST_M2)
