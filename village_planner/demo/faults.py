"""The faults of FAULTS=known, planted into a clean scene; the findings they must give are worked out while planting."""

from __future__ import annotations

from village_planner.demo.building import add_farmland, add_village, committee_name
from village_planner.demo.decisions import category_row
from village_planner.demo.expected import Planted
from village_planner.demo.faults_decisions import plant_decision_faults
from village_planner.demo.faults_farmland import plant_farmland_faults
from village_planner.demo.faults_geometry import plant_geometry_faults
from village_planner.demo.faults_lines import plant_line_faults
from village_planner.demo.faults_shapes import plant_outer_boundary_fault, plant_shape_faults
from village_planner.demo.faults_sums import plant_plan_faults, plant_sum_faults
from village_planner.demo.faults_tables import plant_table_faults
from village_planner.demo.layout import CELLS_PER_VILLAGE, Area, village_area
from village_planner.demo.names import NEIGHBOUR_TOWNSHIP, village_roots
from village_planner.demo.oracle_farmland import farmland_findings
from village_planner.demo.oracle_land import reduction_findings
from village_planner.demo.roles import GATHER, Roles
from village_planner.demo.scene import Cast, RosterRow, Scene
from village_planner.demo.township import COLUMNS

_NEIGHBOUR = Roles(hamlet_counts=(2, 3))


def plant_faults(scene: Scene) -> Planted:
    """Plant the known faults into each township that has the parts for them; return exactly what must be found.

    Faults that take two townships fall on a neighbour: each gets its own, and a scene of one township two villages more.
    """
    casts = [cast for cast in scene.casts if cast.roles.bears_faults]
    others = [cast for cast in scene.casts if not cast.roles.bears_faults] or [_add_neighbour_township(scene)]
    planted = Planted()
    for cast, neighbour in zip(casts, reversed(others)):
        plant_table_faults(cast, planted)
        plant_geometry_faults(cast, neighbour, planted)
        plant_decision_faults(cast, neighbour, planted)
        plant_line_faults(cast, planted)
        plant_sum_faults(cast, planted)
    for cast in casts[: len(others)]:
        plant_shape_faults(cast, planted)
        plant_farmland_faults(cast, planted)
    plant_outer_boundary_fault(scene, planted)
    plant_plan_faults(scene, planted)
    refused = {row["village"] for row in planted.rejected}
    planted.findings += [*reduction_findings(scene, refused), *farmland_findings(scene, refused)]
    return planted


def _add_neighbour_township(scene: Scene) -> Cast:
    first, count = COLUMNS * CELLS_PER_VILLAGE, len(_NEIGHBOUR.hamlet_counts)
    scene.townships[NEIGHBOUR_TOWNSHIP] = Area(first, 0, CELLS_PER_VILLAGE, count * CELLS_PER_VILLAGE)
    cast = Cast(scene, NEIGHBOUR_TOWNSHIP, len(scene.villages), _NEIGHBOUR)
    scene.casts.append(cast)
    roots = village_roots(len(scene.villages) + count, scene.seed)[len(scene.villages) :]
    for number, root in enumerate(roots):
        village = add_village(cast, number, root, village_area(COLUMNS, number))
        add_farmland(cast, number)
        scene.decisions.append(category_row(village, GATHER, f"{village.name}人口基本稳定，属仍将存续的一般村庄。"))
        scene.second_roster.append(RosterRow(village.code, committee_name(village)))
    return cast
