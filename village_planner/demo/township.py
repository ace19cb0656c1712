"""A clean township plan: thirty villages, ninety hamlets, survey parcels and control lines that do not collide."""

from __future__ import annotations

from village_planner.demo.building import VILLAGE_BUILT, add_farm_redline, add_other_units, add_second_roster, add_village, furnish
from village_planner.demo.controls import add_controls
from village_planner.demo.layout import CELLS_PER_VILLAGE, FARM_ROWS, Area, village_area
from village_planner.demo.names import MAIN_TOWNSHIP, village_roots
from village_planner.demo.roles import PROTECT, SUBURBAN, UNDECIDED, WITHDRAW, Move, Roles, SiteRole
from village_planner.demo.scene import Cast, Scene

COLUMNS, ROWS = 6, 5
FIXED_AS_GATHERING = 3  # a village that the list from above has, and that faults let it call otherwise
NEIGHBOUR_VILLAGES = 2
_INTO, _RESETTLE = "就近撤并", "搬迁"
_HAMLET, _SITE, _TOWN, _CASH, _NONE = "并入居民点", "集中安置点", "城镇安置", "货币安置", "自然消亡"
_TOGETHER = "集中安置"

ROLES = Roles(
    hamlet_counts=(3, 4, 5, 3, 2, 1, 3, 6, 2, 4, 3, 2, 3, 5, 1, 2, 3, 4, 1, 6, 2, 3, 4, 3, 4, 2, 3, 3, 2, 1),
    town=14,
    inside=(15,),
    cut=(16,),
    red_lined=(25, 28),
    renamed=10,
    fixed={(2, 3): (20, 50, 120.0, 80.0), (2, 4): (18, 46, 120.0, 80.0), (6, 0): (120, 384, 240.0, 190.0)},
    sites=(
        SiteRole(3, 6, 250, 200, "203A", "新居安置点"),
        SiteRole(10, 6, 100, 80, VILLAGE_BUILT, "和园安置点"),
    ),
    new_patches=(2, 7),
    cleared_yards=(20,),
    hazards=((9, 3), (24, None)),
    protected=(
        (1, 0, "传统村落", "省级"), (17, 1, "历史文化名村", "国家级"), (25, 0, "特色景观旅游名村", "省级"), (28, 0, "少数民族特色村寨", "国家级"),
    ),
    categories={
        6: WITHDRAW, 1: PROTECT, 17: PROTECT, 25: PROTECT, 28: PROTECT, 16: SUBURBAN, 8: SUBURBAN, 13: SUBURBAN, 20: SUBURBAN,
        5: UNDECIDED, 18: UNDECIDED, 29: UNDECIDED,
    },
    moves=(
        Move(2, 3, _INTO, _HAMLET, 0, 2020, consent="households", built_m2=4421.0),
        Move(2, 4, _INTO, _HAMLET, 0, 2020, consent="households", built_m2=3979.0),
        Move(6, 0, _RESETTLE, _SITE, 0, 2022, _TOGETHER, (0, 7, 12)),
        Move(6, 0, _RESETTLE, _TOWN, "{seat}", 2022, _TOWN, (7, 10, 12), consent=""),
        Move(6, 0, _RESETTLE, _CASH, "", 2021, _CASH, (10, 12, 12), consent=""),
        Move(6, 1, _RESETTLE, _SITE, 0, 2022, _TOGETHER),
        Move(6, 2, _RESETTLE, _SITE, 0, 2022, _TOGETHER),
        Move(7, 4, _INTO, _HAMLET, 0, 2021),
        Move(7, 5, _INTO, _HAMLET, 1, 2025),
        Move(9, 3, _RESETTLE, _SITE, 1, 2025, "地质灾害避险搬迁"),
        Move(13, 4, _INTO, _HAMLET, (12, 0), 2022),
        Move(19, 3, _INTO, _HAMLET, 0, 2020, consent="adults"),
        Move(19, 4, _RESETTLE, _SITE, 0, 2025, _TOGETHER),
        Move(19, 5, _RESETTLE, _NONE, "", 2035, _NONE),
        Move(22, 2, _RESETTLE, _CASH, "", 2035, _CASH),
        Move(22, 3, _RESETTLE, _CASH, "", 2021, _CASH),
        Move(24, 3, _RESETTLE, _TOWN, "{seat}", 2025, _TOWN),
    ),
    bears_faults=True,
)


def build_township(seed: int) -> Scene:
    """Return the township without decisions; the same seed gives the same scene.

    Only names, figures of hamlets and the shapes of fields depend on the seed: which village plays which part does not.
    """
    scene = Scene(seed, Area(0, ROWS * CELLS_PER_VILLAGE, COLUMNS * CELLS_PER_VILLAGE, FARM_ROWS))
    scene.townships[MAIN_TOWNSHIP] = Area(0, 0, COLUMNS * CELLS_PER_VILLAGE, ROWS * CELLS_PER_VILLAGE + FARM_ROWS)
    cast = Cast(scene, MAIN_TOWNSHIP, 0, ROLES)
    scene.casts.append(cast)
    roots = village_roots(len(cast) + NEIGHBOUR_VILLAGES, seed)
    for number in range(len(cast)):
        row, column = divmod(number, COLUMNS)
        add_village(cast, number, roots[number], village_area(column, row))
    add_farm_redline(scene)
    furnish(cast)
    add_second_roster(cast)
    add_other_units(scene)
    add_controls(scene)
    return scene
