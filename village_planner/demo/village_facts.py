"""What the statistics office counts in a village: who is at home, what they live on, how far it is to the township's seat."""

from __future__ import annotations

import random
from dataclasses import dataclass

from village_planner.demo.flows import arrivals
from village_planner.demo.roles import UNDECIDED, WITHDRAW
from village_planner.demo.scene import Cast, Village

_INDUSTRIES = ("粮食种植", "果树种植", "蔬菜种植", "畜禽养殖", "林下经济", "乡村旅游", "水产养殖")
LABOUR = "劳务输出"
_MANY_AWAY = 0.22
_AWAY = {WITHDRAW: (0.55, 0.68), UNDECIDED: (0.41, 0.52)}
_AWAY_ELSEWHERE, _AWAY_WHERE_PEOPLE_COME = (0.08, 0.27), (0.08, 0.16)
_DETOUR = 1.15  # of a road against the straight way


@dataclass(frozen=True)
class VillageFacts:
    """Sums over the hamlets, and what the office adds.

    residents: 常住人口, the registered but those away; away: 外出务工人数; elderly: above 60; dilapidated: households in such houses; collective_income: 万元;
    income: 元 per person; arable_mu: 亩; distance_km: to the township's seat by road.
    """

    households: int
    persons: int
    homesteads: int
    vacant: int
    away: int
    residents: int
    elderly: int
    dilapidated: int
    collective_income: float
    income: int
    arable_mu: float
    distance_km: float
    industry: str

    @property
    def resident_percent(self) -> int:
        """Residents by registered persons, %."""
        return int(100 * self.residents / self.persons + 0.5)


def facts_of(cast: Cast, number: int) -> VillageFacts:
    """The facts of a village; many work elsewhere where a village is to be withdrawn or its future is open, few where it takes people in."""
    village = cast[number]
    shake = random.Random(f"{cast.scene.seed}:{village.code}:facts")
    households, persons, homesteads, vacant = (
        sum(getattr(hamlet, name) for hamlet in village.hamlets) for name in ("households", "persons", "homesteads", "vacant_homesteads")
    )
    usual = _AWAY_WHERE_PEOPLE_COME if arrivals(cast)[number] else _AWAY_ELSEWHERE
    away = round(persons * shake.uniform(*_AWAY.get(cast.category(number), usual)))
    return VillageFacts(
        households, persons, homesteads, vacant, away,
        residents=persons - away,
        elderly=round(persons * shake.uniform(0.15, 0.3)),
        dilapidated=round(households * shake.uniform(0.01, 0.08)),
        collective_income=round(shake.uniform(3, 60), 1),
        income=shake.randint(90, 260) * 100,
        arable_mu=round(persons * shake.uniform(1.0, 2.2), 1),
        distance_km=_distance_km(cast, village, shake.uniform(0.8, 9.5)),
        industry=shake.choice(_INDUSTRIES) if away < _MANY_AWAY * persons else LABOUR,
    )


def _distance_km(cast: Cast, village: Village, otherwise: float) -> float:
    """By road to the main hamlet of the town; `otherwise` where the township has none on the map."""
    if cast.roles.town is None:
        return round(otherwise, 1)
    town = cast[cast.roles.town].hamlets[0].block
    return max(round(village.hamlets[0].block.distance_m(town) * _DETOUR / 1000, 1), 0.2)
