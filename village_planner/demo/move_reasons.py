"""Why a hamlet goes (迁并原因) and how (安置方式): the same reason for all moves of one hamlet."""

from __future__ import annotations

from collections import defaultdict

from village_planner.demo.flows import HAMLET, SITE, households_of
from village_planner.demo.roles import WITHDRAW, Move
from village_planner.demo.scene import Cast, Hamlet

_INTO_CENTRE, _SCATTERED = "就近并入中心村", "分散安置"


def move_mode(cast: Cast, move: Move, centres: set[int]) -> str:
    """How the households of a move are settled: into a centre (中心村) only where the main hamlet of one takes them in."""
    if move.kind != HAMLET:
        return move.mode
    number, serial = move.to if isinstance(move.to, tuple) else (move.village, move.to)
    return _INTO_CENTRE if number in centres and serial == 0 else _SCATTERED


def move_grounds(cast: Cast, move: Move) -> str:
    """Why a hamlet goes."""
    village = cast[move.village]
    hamlet = village.hamlets[move.hamlet]
    size = f"{hamlet.name}现有{hamlet.households}户{hamlet.persons}人"
    if cast.category(move.village) == WITHDRAW:
        return f"{village.name}整村搬迁，{size}{_batches(cast, move)}。"
    if "灾害" in move.mode:
        return f"{hamlet.name}位于滑坡隐患区内，受地质灾害威胁，实施避险搬迁。"
    if move.kind == "自然消亡":
        return (
            f"{size}，宅基地{hamlet.homesteads}宗中空置{hamlet.vacant_homesteads}宗，不集中组织搬迁，规划期内逐户自然退出，"
            f"{move.phase}年前注销宅基地、复垦土地。"
        )
    if move.kind == HAMLET:
        target = _target(cast, move)
        way = f"距{target.name}约{_metres(hamlet, target)}米，就近并入"
        if isinstance(move.to, tuple):
            way = f"距邻村{cast[move.to[0]].name}约{_metres(hamlet, target)}米，并入邻村"
        return f"{size}，规模较小，{way}以共享设施。"
    wish = {"货币安置": "农户意愿为货币补偿、自行购房", "城镇安置": f"农户意愿为到{cast.township.seat}购房安置"}.get(move.kind, "纳入集中安置")
    return f"{size}，规模较小、居住分散，设施配套难以覆盖，{wish}。"


def _batches(cast: Cast, move: Move) -> str:
    """How the hamlet of a move is settled: as one, or in batches, year by year with the households of each."""
    moves = [other for other in cast.roles.moves if (other.village, other.hamlet) == (move.village, move.hamlet)]
    if len(moves) == 1:
        return f"于{move.phase}年全部{_way(cast, move)}"
    by_year: dict[int, list[str]] = defaultdict(list)
    for other in sorted(moves, key=lambda other: other.phase):
        by_year[other.phase].append(f"{_way(cast, other)}{households_of(cast, other)}户")
    return "分批安置：" + "，".join(f"{year}年{'、'.join(batch)}" for year, batch in by_year.items())


def _way(cast: Cast, move: Move) -> str:
    return f"迁入{site_name(cast, int(move.to))}" if move.kind == SITE and isinstance(move.to, int) else move.kind


def site_name(cast: Cast, site: int) -> str:
    """Name of a site of the township."""
    role = cast.roles.sites[site]
    return cast[role.village].hamlets[0].name + role.suffix


def _target(cast: Cast, move: Move) -> Hamlet:
    number, serial = move.to if isinstance(move.to, tuple) else (move.village, int(move.to))
    return cast[number].hamlets[serial]


def _metres(hamlet: Hamlet, other: Hamlet) -> int:
    """Distance between two hamlets, to the nearest ten metres."""
    return round(hamlet.block.distance_m(other.block) / 10) * 10
