"""The decisions table of the clean plan: every village outside the boundary classified, hamlets that move, votes in order."""

from __future__ import annotations

from typing import Optional

from village_planner.demo.layout import Rect
from village_planner.demo.roles import GATHER, PROTECT, SUBURBAN, UNDECIDED, WITHDRAW, Move
from village_planner.demo.scene import Cast, Consent, Decision, Hamlet, Scene, Village

BASIS = "《岚桥县国土空间总体规划（2020—2035年）》"
_RECLAIMED_SHARE = 0.85
_RECLAIM_TO = "旱地"
_SITE = "集中安置点"
STAYS = "保留"
_GROUNDS = {
    GATHER: "{0}人口集聚、设施较全，规划作为片区中心村。",
    SUBURBAN: "{0}邻近镇区，纳入城乡融合发展。",
    PROTECT: "{0}有列入名录的传统聚落，整体保护。",
    WITHDRAW: "{0}位于生态脆弱地区，交通不便，入户调查后拟整村搬迁。",
    UNDECIDED: "{0}近期变化不明，暂不分类，继续观察。",
}


def add_decisions(scene: Scene) -> None:
    """Add a category row for each village outside the boundary, and below it a row for each move and each hamlet that stays."""
    for cast in scene.casts:
        built = _built_at_sites(cast)
        for number, village in enumerate(cast.villages()):
            if cast.in_town(number):
                continue
            moves = [move for move in cast.roles.moves if move.village == number]
            scene.decisions.append(category_row(village, cast.category(number), "" if moves else STAYS))
            scene.decisions += [_row(cast, move, built) for move in moves]
            moved = {move.hamlet for move in moves}
            staying = [hamlet for serial, hamlet in enumerate(village.hamlets) if moves and serial not in moved]
            scene.decisions += [Decision(cast.township.name, village.name, hamlet.name, action=STAYS) for hamlet in staying]


def category_row(village: Village, category: str, action: str = STAYS) -> Decision:
    """A row that classifies a village; `action` holds for all its hamlets, '' leaves them open."""
    grounds = _GROUNDS[category].format(village.name)
    return Decision(village.township.name, village.name, category=category, action=action, grounds=grounds, basis=BASIS)


def vote(households: int, date: str) -> Consent:
    """A lawful vote of household representatives: five sixths attend, nine tenths of them in favour."""
    attended = -(-households * 5 // 6)
    return Consent("户代表会议", date, households, attended, -(-attended * 9 // 10), f"户代表会议决议〔{date[:4]}〕1号")


def survey(households: int, date: str = "2020-03-20") -> Consent:
    """A survey (意愿调查) that most households answer."""
    attended = households - households // 10
    return Consent("意愿调查", date, households, attended, attended - attended // 8)


def share_of(hamlet: Hamlet, part: tuple[int, int, int]) -> tuple[int, int]:
    """Households and persons of a move that takes the part (from, to, of) of a hamlet; consecutive parts add up to the whole."""
    start, end, whole = part
    households, persons = (total * end // whole - total * start // whole for total in (hamlet.households, hamlet.persons))
    return households, persons


def move_row(
    village: Village, hamlet: Hamlet, phase: Optional[int], destination: tuple[str, str], *, hamlet_name: Optional[str] = None
) -> Decision:
    """A whole and lawful move of all households with a survey, to be broken by the caller."""
    return Decision(
        township=village.township.name, village=village.name, hamlet=hamlet_name or hamlet.name,
        action="就近撤并" if destination[0] == "并入居民点" else "搬迁",
        grounds=f"{hamlet.name}户数少、居住分散，配套难以覆盖。", basis=BASIS, consent=survey(hamlet.households),
        destination_kind=destination[0], destination=destination[1], phase=phase, households=hamlet.households,
        persons=hamlet.persons, mode={"并入居民点": "就近并入中心村", "集中安置点": "集中安置"}.get(destination[0], "城镇安置"),
        cleared_m2=round(hamlet.area_m2, 2),
    )


def _built_at_sites(cast: Cast) -> dict[int, float]:
    """What a household that moves to a site has built there, m²: the site's ground by all who come, by number of the site."""
    ground = {patch.code: Rect.of(patch.ring) for patch in cast.scene.patches if patch.ring and patch.code in cast.sites}
    found = {}
    for number, code in enumerate(cast.sites):
        coming = [move for move in cast.roles.moves if move.kind == _SITE and move.to == number]
        households = sum(share_of(cast[move.village].hamlets[move.hamlet], move.part)[0] for move in coming)
        found[number] = ground[code].width * ground[code].height / households if households else 0.0
    return found


def _row(cast: Cast, move: Move, built: dict[int, float]) -> Decision:
    village = cast[move.village]
    hamlet = village.hamlets[move.hamlet]
    households, persons = share_of(hamlet, move.part)
    area = hamlet.area_m2
    return Decision(
        township=cast.township.name,
        village=village.name,
        hamlet=hamlet.name,
        action=move.action,
        grounds=f"{hamlet.name}{'受地质灾害威胁' if '灾害' in (move.mode or '') else '户数少、居住分散，配套难以覆盖'}。",
        basis=BASIS,
        consent=_consent(move.consent, hamlet.households, hamlet.persons),
        destination_kind=move.kind,
        destination=_destination(cast, village, move),
        phase=move.phase,
        households=households,
        persons=persons,
        mode=move.mode,
        cleared_m2=round(area * households / hamlet.households, 2),
        built_m2=round(built[move.to] * households, 2) if move.kind == _SITE and isinstance(move.to, int) else move.built_m2,
        reclaimed_m2=None if move.kind == "自然消亡" else round(area * households / hamlet.households * _RECLAIMED_SHARE, 2),
        reclaim_to="" if move.kind == "自然消亡" else _RECLAIM_TO,
    )


def _consent(kind: str, households: int, persons: int) -> Optional[Consent]:
    if kind == "households":
        return vote(households, "2020-05-12")
    if kind == "adults":
        adults = persons * 4 // 5
        attended = adults // 2 + 3
        return Consent("村民会议", "2020-06-08", adults, attended, attended // 2 + 2, "村民会议决议〔2020〕1号")
    return survey(households) if kind else None


def _destination(cast: Cast, village: Village, move: Move) -> str:
    if isinstance(move.to, int):
        return cast.sites[move.to] if move.kind == _SITE else village.hamlets[move.to].name
    if isinstance(move.to, tuple):
        number, serial = move.to
        return cast[number].hamlets[serial].code
    return move.to.format(town=cast.township.name)
