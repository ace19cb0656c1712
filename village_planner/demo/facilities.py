"""Public facilities (公共服务设施) of the villages: the larger a village, the more it has, most where people come to; some of what it lacks is planned."""

from __future__ import annotations

import random

from village_planner.demo.flows import arrivals
from village_planner.demo.scene import Cast, Facility, Scene

PRESENT, PLANNED = "现状", "规划"
_LARGER_PERSONS = (320, 480)  # of a village, where the middle and the large ones begin
_KINDS = (  # type, what its name adds to the village's, shares of small, middle and large villages that have one, and of the others a plan
    ("村委会", "党群服务中心", (1.0, 1.0, 1.0), 0.0),
    ("卫生室", "卫生室", (0.55, 0.9, 1.0), 0.4),
    ("文化活动室", "综合文化活动室", (0.4, 0.7, 0.95), 0.35),
    ("健身场地", "健身广场", (0.35, 0.6, 0.9), 0.3),
    ("小学", "小学", (0.03, 0.15, 0.5), 0.0),
    ("垃圾收集点", "垃圾收集点", (0.7, 0.9, 1.0), 0.6),
    ("便民商店", "便民商店", (0.35, 0.75, 1.0), 0.2),
    ("公共厕所", "公共厕所", (0.2, 0.5, 0.85), 0.5),
    ("养老设施", "幸福院", (0.05, 0.2, 0.5), 0.35),
    ("公交站点", "公交站", (0.3, 0.5, 0.8), 0.35),
)


def add_facilities(cast: Cast) -> None:
    """Those of a township, in the main hamlets; the town has them all, and none is planned in a village from which people move away."""
    left, receiving = {move.village for move in cast.roles.moves}, arrivals(cast)
    for number, village in enumerate(cast.villages()):
        shake = random.Random(f"{cast.scene.seed}:{village.code}:facilities")
        persons = sum(hamlet.persons for hamlet in village.hamlets)
        size = len(_LARGER_PERSONS) if receiving[number] else sum(persons >= least for least in _LARGER_PERSONS)
        for kind, suffix, shares, planned in _KINDS:
            is_there, is_planned = shake.random() < shares[size], shake.random() < planned
            name = (village.code, village.hamlets[0].name, kind, village.name + suffix)
            if is_there or number == cast.roles.town:
                add_facility(cast.scene, *name, PRESENT, shake.randint(2005, 2019))
            elif is_planned and number not in left:
                add_facility(cast.scene, *name, PLANNED, shake.choice((2022, 2025)))


def add_facility(scene: Scene, village_code: str, hamlet: str, kind: str, name: str, state: str, year: int) -> Facility:
    """Add a facility; state: 现状 or 规划."""
    village = next(village for village in scene.villages if village.code == village_code)
    code, township = f"SS{len(scene.facilities) + 1:05d}", village.township.name
    facility = Facility(code, township, village_code, village.name, hamlet, name, kind, state, year)
    scene.facilities.append(facility)
    return facility
