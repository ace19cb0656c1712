"""The stories of the county's townships: three as the township demo tells them, the others by their size, the same for each seed."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field, replace
from typing import Optional

from village_planner.demo.county_map import TOWN_NUMBER, TownshipGround
from village_planner.demo.layout import CELL_M, CELLS_PER_VILLAGE
from village_planner.demo.names import COUNTY_TOWNSHIPS
from village_planner.demo.roles import PLAIN, PROTECT, SUBURBAN, UNDECIDED, WITHDRAW, Move, Roles, SiteRole
from village_planner.demo.settling import VILLAGE_BUILT
from village_planner.demo.township import FIXED_AS_GATHERING, ROLES

_AS_THE_TOWNSHIP = 3
_WITHOUT_MOVES = COUNTY_TOWNSHIPS[-1].name
_WITHOUT_SITE = (3, 11)  # positions in the county of townships whose people go to town, into villages or take cash
_TOWN_SITE = (4, 7, 9)
_SIX_WITHDRAWALS = 10  # with a site, most have five
_INTO, _RESETTLE = "就近撤并", "搬迁"
_HAMLET, _SITE, _TOWN, _CASH, _NONE = "并入居民点", "集中安置点", "城镇安置", "货币安置", "自然消亡"
_TOGETHER, _FROM_HAZARD = "集中安置", "地质灾害避险搬迁"
_SUBURBAN_VILLAGES, _COUNTY_TOWN_SUBURBAN, _RURAL_SUBURBAN = 2, 5, 1  # of a town, the county town and a township without one (乡)
_NEIGHBOUR_CELLS = 1.5 * CELLS_PER_VILLAGE  # as the crow flies: villages that touch the town's
_LIST_BY_RED_LINE = ("特色景观旅游名村", "省级")
_LISTS = (("传统村落", "国家级"), ("历史文化名村", "省级"), ("特色景观旅游名村", "省级"), ("传统村落", "省级"))


@dataclass(frozen=True)
class Telling:
    """How the stories are told.

    hamlet_counts: of a village, one is drawn; rounds: how often each withdrawal happens; towns: positions of the
    townships with a town and a boundary, None: all; reach_m: how far from a site people may live, None: any way.
    """

    hamlet_counts: tuple[int, ...] = (2, 3, 3, 3, 4, 4, 5)
    rounds: int = 1
    towns: Optional[tuple[int, ...]] = None
    reach_m: Optional[float] = None


def county_roles(position: int, ground: TownshipGround, telling: Telling = Telling()) -> Roles:
    """Return the parts of the township at this position in the county; the same for each seed."""
    if position < _AS_THE_TOWNSHIP:
        return _as_the_township(ground)
    return _Story(position, ground, telling).roles()


def _as_the_township(ground: TownshipGround) -> Roles:
    """The township's own story, with those villages 城郊融合类 that lie nearest to the town on this ground."""
    categories = {number: category for number, category in ROLES.categories.items() if category != SUBURBAN or number in ROLES.cut}
    receiving = {*(site.village for site in ROLES.sites), *(move.to[0] for move in ROLES.moves if isinstance(move.to, tuple))}
    parted = {*categories, *ROLES.inside, TOWN_NUMBER, FIXED_AS_GATHERING, *receiving}
    others = [number for number in range(PLAIN, len(ground.villages)) if number not in parted and _is_beside_town(ground, number)]
    count = len(ROLES.categories) - len(categories)
    suburban = sorted(others, key=lambda number: _apart(ground, TOWN_NUMBER, number))[:count]
    return replace(ROLES, categories={**categories, **dict.fromkeys(suburban, SUBURBAN)})


def _is_beside_town(ground: TownshipGround, number: int) -> bool:
    here, town = ground.villages[number], ground.villages[TOWN_NUMBER]
    return math.hypot(here.i0 - town.i0, here.j0 - town.j0) <= _NEIGHBOUR_CELLS


def _apart(ground: TownshipGround, number: int, other: int) -> int:
    """Distance between two villages, in cells along the lattice."""
    here, there = ground.villages[number], ground.villages[other]
    return abs(here.i0 - there.i0) + abs(here.j0 - there.j0)


@dataclass
class _Story:
    """Gives out the parts of one township; `free`: villages that have none yet."""

    position: int
    ground: TownshipGround
    telling: Telling
    free: list[int] = field(default_factory=list)
    counts: dict[int, int] = field(default_factory=dict)
    categories: dict[int, str] = field(default_factory=dict)
    hazards: list[tuple[int, Optional[int]]] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    site: Optional[SiteRole] = None

    def __post_init__(self) -> None:
        self.shake = random.Random(f"county:{self.ground.name.code}")
        size = len(self.ground.villages)
        towns = self.telling.towns
        self.town = TOWN_NUMBER if towns is None or self.position in towns else None
        has_town = self.town is not None
        self.inside = (TOWN_NUMBER + 1,) if has_town and self.position % 2 == 0 else ()
        self.cut = (TOWN_NUMBER + 1 + len(self.inside),) if has_town and self.position % 5 else ()
        self.free = [n for n in range(PLAIN, size) if n not in (self.town, *self.inside, *self.cut)]
        self.shake.shuffle(self.free)
        self.counts = {n: self.shake.choice(self.telling.hamlet_counts) for n in range(size)}
        self.counts.update({0: 2, 1: 3})
        if self.town is not None:
            self.counts[self.town] = 1

    def roles(self) -> Roles:
        """All parts, each village at most one of them."""
        if self.position not in _WITHOUT_SITE and self.ground.name.name != _WITHOUT_MOVES:
            self._place_site()
        suburban = self._suburban()
        if self.ground.name.name != _WITHOUT_MOVES:
            self._withdrawals()
        red_lined = (self._take(0),) if self.position % 3 == 0 else ()
        protected = tuple((self._take(0), 0, *_LISTS[(self.position + n) % len(_LISTS)]) for n in range(self.position % 3))
        self.categories.update(dict.fromkeys(self.cut, SUBURBAN))
        protected += tuple((number, 0, *_LIST_BY_RED_LINE) for number in red_lined)
        self.categories.update(dict.fromkeys((part[0] for part in protected), PROTECT))
        self.categories.update(dict.fromkeys(suburban, SUBURBAN))
        self.categories.update({self._take(0): UNDECIDED for _ in range(2 + self.position % 3)})
        self.hazards.append((self._take(0), None))
        return Roles(
            hamlet_counts=tuple(self.counts[n] for n in sorted(self.counts)),
            town=self.town, inside=self.inside, cut=self.cut, red_lined=red_lined,
            sites=(self.site,) if self.site else (), new_patches=(self._take(0),), hazards=tuple(self.hazards),
            protected=protected, categories=self.categories, moves=tuple(self.moves),
        )

    def _take(self, hamlets: int, near_site: bool = False) -> int:
        """A village without a part, which gets so many hamlets, 0: as many as it has; where asked, within reach of the site."""
        reach_m = self.telling.reach_m
        if near_site and self.site and reach_m is not None:
            here = self.site.village
            number = next(n for n in reversed(self.free) if self._distance(here, n) * CELL_M <= reach_m)
            self.free.remove(number)
        else:
            number = self.free.pop()
        if hamlets:
            self.counts[number] = hamlets
        return number

    def _take_near(self, number: int) -> int:
        """The village without a part that lies nearest."""
        nearest = min(self.free, key=lambda other: self._distance(number, other))
        self.free.remove(nearest)
        return nearest

    def _suburban(self) -> list[int]:
        """Villages beside the town: most beside the county's own, one beside the seat of a 乡."""
        kinds = {"道": _COUNTY_TOWN_SUBURBAN, "乡": _RURAL_SUBURBAN}
        wanted = kinds.get(self.ground.name.name[-1], _SUBURBAN_VILLAGES)
        found = sorted((n for n in self.free if _is_beside_town(self.ground, n)), key=lambda n: _apart(self.ground, TOWN_NUMBER, n))[:wanted]
        for number in found:
            self.free.remove(number)
        return found

    def _distance(self, number: int, other: int) -> int:
        return _apart(self.ground, number, other)

    def _place_site(self) -> None:
        """In the town, ready early, or in a village; big enough for all that may come."""
        if self.position in _TOWN_SITE and self.town is not None:
            self.site = SiteRole(self.town, 6, 250, 180, "202", "新城安置小区", "城镇安置")
        else:
            suffix = self.shake.choice(("幸福新居安置点", "惠民安置小区", "和谐家园安置点", "生态移民集中安置点"))
            self.site = SiteRole(self._take_near(TOWN_NUMBER), 6, 250, 180, VILLAGE_BUILT, suffix)

    def _withdrawals(self) -> None:
        first = self._whole_village if self.site else self._merge_over_phases
        # While most are free, a village finds one beside it.
        tales = [self._next_village, first, self._merge_small, self._hazard, self._cash_and_end]
        if self.position == _SIX_WITHDRAWALS or not self.site:
            tales.append(self._to_town)
        for tale in tales * self.telling.rounds:
            tale()

    def _merge_small(self) -> None:
        """Two small hamlets go into their village's main one now, by a vote."""
        number = self._take(self.shake.choice((4, 5, 6)))
        vote = self.shake.choice(("households", "adults"))
        for serial in (self.counts[number] - 2, self.counts[number] - 1):
            self._add(Move(number, serial, _INTO, _HAMLET, 0, 2020, consent=vote))

    def _merge_over_phases(self) -> None:
        number = self._take(6)
        for serial, phase in ((3, 2021), (4, 2022), (5, 2025)):
            self._add(Move(number, serial, _INTO, _HAMLET, serial - 3, phase))

    def _whole_village(self) -> None:
        """The village moves as a whole; its main hamlet in parts, over three phases."""
        number = self._take(self.shake.choice((2, 3)), near_site=True)
        self.categories[number] = WITHDRAW
        self._add(Move(number, 0, _RESETTLE, _SITE, 0, 2021, _TOGETHER, (0, 5, 10)))
        self._add(Move(number, 0, _RESETTLE, _SITE, 0, 2022, _TOGETHER, (5, 8, 10), consent=""))
        self._add(Move(number, 0, _RESETTLE, _CASH, "", 2025, _CASH, (8, 10, 10), consent=""))
        for serial in range(1, self.counts[number]):
            self._add(Move(number, serial, _RESETTLE, _SITE, 0, 2022, _TOGETHER))

    def _hazard(self) -> None:
        number = self._take(self.shake.choice((3, 4)), near_site=True)
        serial = self.counts[number] - 1
        self.hazards.append((number, serial))
        if self.site:
            self._add(Move(number, serial, _RESETTLE, _SITE, 0, 2021, _FROM_HAZARD))
        else:
            self._add(Move(number, serial, _RESETTLE, _TOWN, "{seat}", 2021, _FROM_HAZARD))

    def _cash_and_end(self) -> None:
        number = self._take(self.shake.choice((4, 5)))
        last = self.counts[number] - 1
        self._add(Move(number, last - 1, _RESETTLE, _CASH, "", 2025, _CASH))
        self._add(Move(number, last, _RESETTLE, _NONE, "", 2035, _NONE))

    def _next_village(self) -> None:
        number = self._take(self.shake.choice((3, 4)))
        self._add(Move(number, self.counts[number] - 1, _INTO, _HAMLET, (self._take_near(number), 0), 2022))

    def _to_town(self) -> None:
        number = self._take(self.shake.choice((3, 4)))
        self._add(Move(number, self.counts[number] - 1, _RESETTLE, _TOWN, "{seat}", self.shake.choice((2025, 2035)), _TOWN))

    def _add(self, move: Move) -> None:
        self.moves.append(move)
