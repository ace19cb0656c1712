"""The decisions table of the clean plan: every village classified, nine villages with hamlets that move, votes in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from village_planner.demo.scene import Consent, Decision, Scene, Village
from village_planner.demo.township import CUT, INSIDE, RED_LINED, TOWN

GATHER, SUBURBAN, PROTECT, WITHDRAW, UNDECIDED = "集聚提升类", "城郊融合类", "特色保护类", "搬迁撤并类", "暂不分类"
BASIS = "《岚桥县国土空间总体规划（2020—2035年）》"
_GROUNDS = {
    GATHER: "{0}人口集聚、设施较全，规划作为片区中心村。",
    SUBURBAN: "{0}邻近镇区，纳入城乡融合发展。",
    PROTECT: "{0}有列入名录的传统聚落，整体保护。",
    WITHDRAW: "{0}位于生态脆弱地区，交通不便，经村民表决整村搬迁。",
    UNDECIDED: "{0}近期变化不明，暂不分类，继续观察。",
}


@dataclass(frozen=True)
class _Move:
    """One move of the story; to: serial of a hamlet of the same village, `(village, serial)`, a site code, or ''."""

    village: int
    hamlet: int
    action: str
    kind: str
    to: object
    phase: int
    mode: str
    share: Optional[tuple[int, int]] = None  # households and persons of a split hamlet's part
    consent: str = "survey"
    built_m2: Optional[float] = None


_MOVES = (
    _Move(2, 3, "就近撤并", "并入居民点", 0, 2020, "就近并入中心村", consent="households", built_m2=4421.0),
    _Move(2, 4, "就近撤并", "并入居民点", 0, 2020, "就近并入中心村", consent="households", built_m2=3979.0),
    _Move(6, 0, "搬迁", "集中安置点", "AZ01", 2022, "集中安置", (70, 224)),
    _Move(6, 0, "搬迁", "城镇安置", "", 2022, "城镇安置", (30, 96), consent=""),
    _Move(6, 0, "搬迁", "货币安置", "", 2021, "货币安置", (20, 64), consent=""),
    _Move(6, 1, "搬迁", "集中安置点", "AZ01", 2022, "集中安置"),
    _Move(6, 2, "搬迁", "集中安置点", "AZ01", 2022, "集中安置"),
    _Move(7, 4, "就近撤并", "并入居民点", 0, 2021, "就近并入中心村"),
    _Move(7, 5, "就近撤并", "并入居民点", 1, 2025, "就近并入中心村"),
    _Move(9, 3, "搬迁", "集中安置点", "AZ02", 2025, "地质灾害避险搬迁"),
    _Move(13, 4, "就近撤并", "并入居民点", (12, 0), 2022, "就近并入中心村"),
    _Move(19, 3, "就近撤并", "并入居民点", 0, 2020, "就近并入中心村", consent="adults"),
    _Move(19, 4, "搬迁", "集中安置点", "AZ01", 2025, "集中安置"),
    _Move(19, 5, "搬迁", "自然消亡", "", 2035, "自然消亡/暂不实施"),
    _Move(22, 2, "搬迁", "货币安置", "", 2035, "货币安置"),
    _Move(22, 3, "搬迁", "货币安置", "", 2021, "货币安置"),
    _Move(24, 3, "搬迁", "城镇安置", "砚溪镇镇区", 2025, "城镇安置"),
)


def add_decisions(scene: Scene) -> None:
    """Add a category row for each village outside the boundary, and a row for each move after its village's row."""
    for number, village in enumerate(scene.villages):
        if number in (TOWN, INSIDE):
            continue
        moves = [move for move in _MOVES if move.village == number]
        scene.decisions.append(category_row(village, _category(number), "" if moves else "保留"))
        scene.decisions += [_row(scene, move) for move in moves]


def category_row(village: Village, category: str, action: str = "保留") -> Decision:
    """A row that classifies a village; `action` holds for all its hamlets, '' leaves them open."""
    return Decision(village.name, category=category, action=action, grounds=_GROUNDS[category].format(village.name), basis=BASIS)


def vote(households: int, date: str) -> Consent:
    """A lawful vote of household representatives: five sixths attend, nine tenths of them in favour."""
    attended = -(-households * 5 // 6)
    return Consent("户代表会议", date, households, attended, -(-attended * 9 // 10), f"村民会议决议〔{date[:4]}〕号")


def survey(households: int, date: str = "2020-03-20") -> Consent:
    """A survey (意愿调查) that most households answer."""
    attended = households - households // 10
    return Consent("意愿调查", date, households, attended, attended - attended // 8)


def _category(number: int) -> str:
    if number == 6:
        return WITHDRAW
    if number in (1, 17, *RED_LINED):
        return PROTECT
    if number in (CUT, 8, 13, 20):
        return SUBURBAN
    return UNDECIDED if number in (5, 18, 29) else GATHER


def _row(scene: Scene, move: _Move) -> Decision:
    village = scene.villages[move.village]
    hamlet = village.hamlets[move.hamlet]
    households, persons = move.share or (hamlet.households, hamlet.persons)
    area = hamlet.block.width * hamlet.block.height
    return Decision(
        village=village.name,
        hamlet=hamlet.name,
        action=move.action,
        grounds=f"{hamlet.name}户数少、居住分散，配套难以覆盖。",
        basis=BASIS,
        consent=_consent(move.consent, hamlet.households, hamlet.persons),
        destination_kind=move.kind,
        destination=_destination(scene, village, move.to),
        phase=move.phase,
        households=households,
        persons=persons,
        mode=move.mode,
        cleared_m2=round(area * households / hamlet.households, 2),
        built_m2=move.built_m2,
    )


def _consent(kind: str, households: int, persons: int) -> Optional[Consent]:
    if kind == "households":
        return vote(households, "2020-05-12")
    if kind == "adults":
        adults = persons * 4 // 5
        attended = adults // 2 + 3
        return Consent("村民会议", "2020-06-08", adults, attended, attended // 2 + 2, "村民会议决议〔2020〕号")
    return survey(households) if kind else None


def _destination(scene: Scene, village: Village, to: object) -> str:
    if isinstance(to, int):
        return village.hamlets[to].name
    if isinstance(to, tuple):
        number, serial = to
        return scene.villages[number].hamlets[serial].code
    return str(to)
