"""A clean plan of a county as large as they come: eight hundred villages whose land follows the edges of one fine mesh."""

from __future__ import annotations

from typing import Mapping, Sequence

from village_planner.demo.building import add_farm_redline, add_other_units, add_second_roster, add_village, furnish
from village_planner.demo.controls import add_controls
from village_planner.demo.county_map import grounds_of
from village_planner.demo.county_roles import Telling, county_roles
from village_planner.demo.layout import CELLS_PER_VILLAGE
from village_planner.demo.mesh import Mesh
from village_planner.demo.names import STRESS_TOWNSHIPS, TownshipName, county_roots
from village_planner.demo.scene import Cast, Fineness, Scene

_MAP = (
    ".........ooooooookkkkk..............",
    ".......rrroooooookkkkkk.............",
    "......rrrroooooookkkkkki............",
    ".....rrrrroooooookkkkkiiii..........",
    "...rrrrrrrrooooookkkkiiiiiiiimm.....",
    "..rrrrrrrrrooooookkkiiiiiiiimmmmmm..",
    "###rrrrrrrroooooqqqkiiiiiiiimmmmmmmm",
    "#cccrrrrrrrgoqqqqqqqiiiiiiiimmmmmmmm",
    "cccccrrrggggqqqqqqqqeeiiiiiimmmmmmmm",
    "ccccccgggggggqqqqqqeeeeiiiibmmmmmmmm",
    "cccccggggggggqqqqqqeeeeeebbbbmmmmmmm",
    "cccccggggggggqqqqqqeeeeebbbbbbffffff",
    ".ccccggggggggqqqqqqeeeeebbbbbbffffff",
    ".ccjjjgggggggpqqqqeeeeebbbbbbbffffff",
    "..jjjjjjggggppppqhhheeebbbbbbbffffff",
    "..jjjjjjjgppppppphhhhhhbbbbbbbffffff",
    "..jjjjjjjjppppppphhhhhhhbbbbbfffffff",
    "...jjjjjjjppppppphhhhhhhbbbbbffffff.",
    "...jjjjjjjppppppphhhhhhhhlllllffff..",
    "...jjjjjjpppppppphhhhhhhllllllllf...",
    "....jjjaaapppppphhhhhhhnllllllll....",
    "....aaaaaaaddddddhhnnnnnllllllll....",
    "....aaaaaaadddddddnnnnnnnlllllll....",
    "....aaaaaaadddddddnnnnnnnllllll.....",
    "....aaaaaaadddddddnnnnnnnnllll......",
    ".....aaaaaadddddddnnnnnnnnl.........",
    ".....aaaaaadddddddnnnnnnn...........",
    "......aaaaadddddddnnnn..............",
)
_LETTERS = "ckeabdfghijlmnopqr"
_TELLING = Telling(hamlet_counts=(2, 3, 4, 4, 4, 4, 5, 5), rounds=2, towns=(3, 7), reach_m=8_000.0)


def build_stress(seed: int) -> Scene:
    """Return the county without decisions; the same seed gives the same scene.

    The parcels, the basic farmland and the large red lines follow once faults are planted: `terrain.lay`.
    """
    return build_on_mesh(seed, _MAP, dict(zip(_LETTERS, enumerate(STRESS_TOWNSHIPS))), Fineness())


def build_on_mesh(seed: int, map_rows: Sequence[str], townships: Mapping[str, tuple[int, TownshipName]], fineness: Fineness) -> Scene:
    """A county on a mesh by its map (`county_map.grounds_of`).

    townships: by the letter on the map, the position in the county whose story it tells (0 to 2: as the township demo,
    with thirty villages) and its name.
    """
    letters, names = "".join(townships), [name for _, name in townships.values()]
    grounds, farm = grounds_of(map_rows, letters, names)
    mesh = Mesh(seed, CELLS_PER_VILLAGE * max(map(len, map_rows)), CELLS_PER_VILLAGE * len(map_rows))
    scene = Scene(seed, farm, mesh=mesh, fineness=fineness)
    roots = county_roots(sum(len(ground.villages) for ground in grounds), seed)
    for (position, _), ground in zip(townships.values(), grounds):
        scene.townships[ground.name] = ground.ground
        cast = Cast(scene, ground.name, len(scene.villages), county_roles(position, ground, _TELLING))
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
