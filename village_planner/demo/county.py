"""A clean county plan: 岚桥县 with fifteen townships and four hundred villages on one lattice."""

from __future__ import annotations

from village_planner.demo.building import add_farm_redline, add_other_units, add_second_roster, add_village, furnish
from village_planner.demo.controls import add_controls
from village_planner.demo.county_map import COUNTY_LETTERS, COUNTY_MAP, grounds_of
from village_planner.demo.county_roles import county_roles
from village_planner.demo.names import COUNTY_TOWNSHIPS, county_roots
from village_planner.demo.scene import Cast, Scene


def build_county(seed: int) -> Scene:
    """Return the county without decisions; the same seed gives the same scene.

    As in the township, names, figures of hamlets and the shapes of fields depend on the seed, the story does not.
    """
    grounds, farm = grounds_of(COUNTY_MAP, COUNTY_LETTERS, COUNTY_TOWNSHIPS)
    scene = Scene(seed, farm)
    roots = county_roots(sum(len(ground.villages) for ground in grounds), seed)
    for position, ground in enumerate(grounds):
        scene.townships[ground.name] = ground.ground
        cast = Cast(scene, ground.name, len(scene.villages), county_roles(position, ground))
        scene.casts.append(cast)
        for number, area in enumerate(ground.villages):
            add_village(cast, number, roots[len(scene.villages)], area)
    add_farm_redline(scene)
    for cast in scene.casts:
        furnish(cast)
        add_second_roster(cast)
    add_other_units(scene)
    add_controls(scene)
    return scene
