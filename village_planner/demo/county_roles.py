"""The stories of the county's townships: three as the township demo tells them, the others by their size, the same for each seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Optional

from village_planner.demo.building import VILLAGE_BUILT
from village_planner.demo.county_map import TOWN_NUMBER, TownshipGround
from village_planner.demo.names import COUNTY_TOWNSHIPS
from village_planner.demo.roles import PROTECT, SUBURBAN, UNDECIDED, WITHDRAW, Move, Roles, SiteRole
from village_planner.demo.township import ROLES

_AS_THE_TOWNSHIP = 3
_WITHOUT_MOVES = COUNTY_TOWNSHIPS[-1].name
_WITHOUT_SITE = (3, 11)  # positions in the county of townships whose people go to town, into villages or take cash
_TOWN_SITE = (4, 7, 9)
_SIX_WITHDRAWALS = 10  # with a site, most have five
_INTO, _RESETTLE = "就近撤并", "搬迁"
_HAMLET, _SITE, _TOWN, _CASH, _NONE = "并入居民点", "集中安置点", "城镇安置", "货币安置", "自然消亡"
_NEAR, _TOGETHER, _FROM_HAZARD = "就近并入中心村", "集中安置", "地质灾害避险搬迁"
_PLAIN = 2  # the first villages of a township have no part: faults between townships need them
_LISTS = (("传统村落", "国家级"), ("历史文化名村", "省级"), ("特色景观旅游名村", "省级"), ("传统村落", "省级"))


def county_roles(position: int, ground: TownshipGround) -> Roles:
    """Return the parts of the township at this position in the county; the same for each seed."""
    if position < _AS_THE_TOWNSHIP:
        return ROLES
    return _Story(position, ground).roles()


@dataclass
class _Story:
    """Gives out the parts of one township; `free`: villages that have none yet."""

    position: int
    ground: TownshipGround
    free: list[int] = field(default_factory=list)
    counts: dict[int, int] = field(default_factory=dict)
    categories: dict[int, str] = field(default_factory=dict)
    hazards: list[tuple[int, Optional[int]]] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    site: Optional[SiteRole] = None

    def __post_init__(self) -> None:
        self.shake = random.Random(f"county:{self.ground.name.code}")
        size = len(self.ground.villages)
        self.inside = (TOWN_NUMBER + 1,) if self.position % 2 == 0 else ()
        self.cut = (TOWN_NUMBER + 1 + len(self.inside),) if self.position % 5 else ()
        self.free = [n for n in range(_PLAIN, size) if n not in (TOWN_NUMBER, *self.inside, *self.cut)]
        self.shake.shuffle(self.free)
        self.counts = {n: self.shake.choice((2, 3, 3, 3, 4, 4, 5)) for n in range(size)}
        self.counts.update({0: 2, 1: 3, TOWN_NUMBER: 1})

    def roles(self) -> Roles:
        """All parts, each village at most one of them."""
        if self.position not in _WITHOUT_SITE and self.ground.name.name != _WITHOUT_MOVES:
            self._place_site()
        if self.ground.name.name != _WITHOUT_MOVES:
            self._withdrawals()
        red_lined = (self._take(0),) if self.position % 3 == 0 else ()
        protected = tuple((self._take(0), 0, *_LISTS[(self.position + n) % len(_LISTS)]) for n in range(self.position % 3))
        self.categories.update(dict.fromkeys(self.cut, SUBURBAN))
        self.categories.update(dict.fromkeys((*red_lined, *(part[0] for part in protected)), PROTECT))
        for category, count in ((SUBURBAN, 2), (UNDECIDED, 2 + self.position % 3)):
            self.categories.update({self._take(0): category for _ in range(count)})
        self.hazards.append((self._take(0), None))
        return Roles(
            hamlet_counts=tuple(self.counts[n] for n in sorted(self.counts)),
            town=TOWN_NUMBER, inside=self.inside, cut=self.cut, red_lined=red_lined,
            sites=(self.site,) if self.site else (), new_patches=(self._take(0),), hazards=tuple(self.hazards),
            protected=protected, categories=self.categories, moves=tuple(self.moves),
        )

    def _take(self, hamlets: int) -> int:
        """A village without a part, which gets so many hamlets; 0: as many as it has."""
        number = self.free.pop()
        if hamlets:
            self.counts[number] = hamlets
        return number

    def _take_near(self, number: int) -> int:
        """The village without a part that lies nearest."""
        here = self.ground.villages[number]
        areas = self.ground.villages
        nearest = min(self.free, key=lambda other: abs(here.i0 - areas[other].i0) + abs(here.j0 - areas[other].j0))
        self.free.remove(nearest)
        return nearest

    def _place_site(self) -> None:
        """In the town, ready early, or in a village; big enough for all that may come."""
        if self.position in _TOWN_SITE:
            self.site = SiteRole(TOWN_NUMBER, 6, 250, 180, "202", "新城安置小区", 300, 2021, "城镇安置")
        else:
            suffix = self.shake.choice(("幸福新居安置点", "惠民安置小区", "和谐家园安置点", "生态移民集中安置点"))
            self.site = SiteRole(self._take_near(TOWN_NUMBER), 6, 250, 180, VILLAGE_BUILT, suffix, 300, 2021)

    def _withdrawals(self) -> None:
        first = self._whole_village if self.site else self._merge_over_phases
        tales = [first, self._merge_small, self._hazard, self._cash_and_end, self._next_village]
        if self.position == _SIX_WITHDRAWALS or not self.site:
            tales.append(self._to_town)
        for tale in tales:
            tale()

    def _merge_small(self) -> None:
        """Two small hamlets go into their village's main one now, by a vote."""
        number = self._take(self.shake.choice((4, 5, 6)))
        vote = self.shake.choice(("households", "adults"))
        for serial in (self.counts[number] - 2, self.counts[number] - 1):
            self._add(Move(number, serial, _INTO, _HAMLET, 0, 2020, _NEAR, consent=vote))

    def _merge_over_phases(self) -> None:
        number = self._take(6)
        for serial, phase in ((3, 2021), (4, 2022), (5, 2025)):
            self._add(Move(number, serial, _INTO, _HAMLET, serial - 3, phase, _NEAR))

    def _whole_village(self) -> None:
        """The village moves as a whole; its main hamlet in parts, over three phases."""
        number = self._take(self.shake.choice((2, 3)))
        self.categories[number] = WITHDRAW
        self._add(Move(number, 0, _RESETTLE, _SITE, 0, 2021, _TOGETHER, (0, 5, 10)))
        self._add(Move(number, 0, _RESETTLE, _SITE, 0, 2022, _TOGETHER, (5, 8, 10), consent=""))
        self._add(Move(number, 0, _RESETTLE, _CASH, "", 2025, _CASH, (8, 10, 10), consent=""))
        for serial in range(1, self.counts[number]):
            self._add(Move(number, serial, _RESETTLE, _SITE, 0, 2022, _TOGETHER))

    def _hazard(self) -> None:
        number = self._take(self.shake.choice((3, 4)))
        serial = self.counts[number] - 1
        self.hazards.append((number, serial))
        if self.site:
            self._add(Move(number, serial, _RESETTLE, _SITE, 0, 2021, _FROM_HAZARD))
        else:
            self._add(Move(number, serial, _RESETTLE, _TOWN, "{town}镇区", 2021, _FROM_HAZARD))

    def _cash_and_end(self) -> None:
        number = self._take(self.shake.choice((4, 5)))
        last = self.counts[number] - 1
        self._add(Move(number, last - 1, _RESETTLE, _CASH, "", 2025, _CASH))
        self._add(Move(number, last, _RESETTLE, _NONE, "", 2035, "自然消亡/暂不实施"))

    def _next_village(self) -> None:
        number = self._take(self.shake.choice((3, 4)))
        self._add(Move(number, self.counts[number] - 1, _INTO, _HAMLET, (self._take_near(number), 0), 2022, _NEAR))

    def _to_town(self) -> None:
        number = self._take(self.shake.choice((3, 4)))
        self._add(Move(number, self.counts[number] - 1, _RESETTLE, _TOWN, "{town}镇区", self.shake.choice((2025, 2035)), _TOWN))

    def _add(self, move: Move) -> None:
        self.moves.append(move)
