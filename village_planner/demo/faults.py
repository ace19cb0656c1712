"""The faults of FAULTS=known, planted into a clean scene; the findings they must give are worked out while planting."""

from __future__ import annotations

from village_planner.demo.decisions import GATHER, category_row
from village_planner.demo.expected import Planted
from village_planner.demo.faults_decisions import plant_decision_faults
from village_planner.demo.faults_geometry import plant_geometry_faults
from village_planner.demo.faults_tables import plant_table_faults
from village_planner.demo.layout import CELLS_PER_VILLAGE, Area, village_area
from village_planner.demo.names import NEIGHBOUR_TOWNSHIP, village_roots
from village_planner.demo.oracle_land import reduction_findings
from village_planner.demo.scene import RosterRow, Scene
from village_planner.demo.township import COLUMNS, HAMLET_COUNTS, add_farmland, add_village, committee_name

_NEIGHBOUR_HAMLETS = (2, 3)


def plant_faults(scene: Scene) -> Planted:
    """Add a neighbouring township of two villages and the known faults; return exactly what must be found."""
    _add_neighbour_township(scene)
    planted = Planted()
    plant_table_faults(scene, planted)
    plant_geometry_faults(scene, planted)
    plant_decision_faults(scene, planted)
    planted.findings += reduction_findings(scene, {row["village"] for row in planted.rejected})
    planted.findings.sort(key=lambda f: (f.rule, str(f.subject), str(f.other), str(dict(f.locator))))
    return planted


def _add_neighbour_township(scene: Scene) -> None:
    first = COLUMNS * CELLS_PER_VILLAGE
    rows = len(_NEIGHBOUR_HAMLETS) * CELLS_PER_VILLAGE
    scene.townships[NEIGHBOUR_TOWNSHIP] = Area(first, 0, CELLS_PER_VILLAGE, rows)
    roots = village_roots(len(HAMLET_COUNTS) + len(_NEIGHBOUR_HAMLETS), scene.seed)[len(HAMLET_COUNTS) :]
    for row, (root, count) in enumerate(zip(roots, _NEIGHBOUR_HAMLETS)):
        number = len(HAMLET_COUNTS) + row
        code = f"{NEIGHBOUR_TOWNSHIP.code}{201 + row:03d}"
        village = add_village(scene, NEIGHBOUR_TOWNSHIP, code, root, number, count, village_area(COLUMNS, row))
        add_farmland(scene, village, number)
        scene.decisions.append(category_row(village, GATHER))
        scene.second_roster.append(RosterRow(village.code, committee_name(village)))
