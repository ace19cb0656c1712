"""Why a village has its category and why a hamlet goes (分类理由、迁并原因), in words that the demo's own data bear out."""

from __future__ import annotations

from collections import Counter, defaultdict

from village_planner.demo.facilities import PLANNED, PRESENT
from village_planner.demo.roles import GATHER, PROTECT, SUBURBAN, UNDECIDED, WITHDRAW, Move
from village_planner.demo.scene import Cast, Facility, Hamlet
from village_planner.demo.village_facts import LABOUR, facts_of

PLAN = "《岚桥县国土空间总体规划（2020—2035年）》"
_BASES = {
    GATHER: PLAN,
    SUBURBAN: PLAN,
    PROTECT: PLAN + "、传统村落等保护名录",
    WITHDRAW: PLAN + "、村民意愿调查",
    UNDECIDED: "《关于统筹推进村庄规划工作的意见》（农规发〔2019〕1号）",
}
_VILLAGES_PER_CENTRE = 6
_SERVICES_OF_A_CENTRE, _PERSONS_OF_A_CENTRE = 6, 350
_SHOWN = (("小学", "小学"), ("卫生室", "卫生室"), ("养老设施", "幸福院"), ("便民商店", "便民商店"), ("公交站点", "公交站点"))
_DIRECTIONS = {  # what a village does that lives on this
    "粮食种植": "发展粮食规模经营", "果树种植": "发展特色林果", "蔬菜种植": "发展设施蔬菜", "畜禽养殖": "推进畜禽集中养殖",
    "林下经济": "发展林下经济", "乡村旅游": "发展休闲农业和乡村旅游", "水产养殖": "发展生态水产养殖", "劳务输出": "引导务工人员返乡创业",
}
_NEAR_KM = 3.5
_NAMED = 3  # kinds of facilities that a reason names
_STEADY, _THIN = 80, 68  # residents by registered persons, %


def category_basis(category: str) -> str:
    """Upon what a village of the category stands."""
    return _BASES[category]


def category_grounds(cast: Cast) -> list[str]:
    """Why each village of a township has its category, by number; '' within the boundary, where none is needed."""
    facilities: dict[str, list[Facility]] = defaultdict(list)
    for facility in cast.scene.facilities:
        facilities[facility.village_code].append(facility)
    own = [facilities[village.code] for village in cast.villages()]
    arriving = arrivals(cast)
    centres = _centres(cast, own, arriving)
    tellers = {SUBURBAN: _suburban, PROTECT: _protected, WITHDRAW: _withdrawn, UNDECIDED: _undecided}
    found = []
    for number in range(len(cast)):
        category = cast.category(number)
        if cast.in_town(number):
            found.append("")
        elif category != GATHER:
            found.append(tellers[category](cast, number))
        elif number in centres:
            found.append(_centre(cast, number, own[number], arriving[number]))
        else:
            found.append(_ordinary(cast, number, own[number], arriving[number]))
    return found


def move_grounds(cast: Cast, move: Move) -> str:
    """Why a hamlet goes; the same for all moves of one hamlet."""
    village = cast[move.village]
    hamlet = village.hamlets[move.hamlet]
    size = f"{hamlet.name}现有{hamlet.households}户{hamlet.persons}人"
    if cast.category(move.village) == WITHDRAW:
        return f"{village.name}整村搬迁，{size}一并安置。"
    if "灾害" in move.mode:
        return f"{hamlet.name}位于滑坡隐患区内，受地质灾害威胁，实施避险搬迁。"
    if move.kind == "自然消亡":
        return (
            f"{size}，宅基地{hamlet.homesteads}宗中空置{hamlet.vacant_homesteads}宗，规划期内不组织搬迁、不再新批宅基地，"
            "随人口自然减少逐步退出、复垦。"
        )
    if move.kind == "并入居民点":
        target = _target(cast, move)
        way = f"距{target.name}约{_metres(hamlet, target)}米，就近并入"
        if isinstance(move.to, tuple):
            way = f"距邻村{cast[move.to[0]].name}约{_metres(hamlet, target)}米，并入邻村"
        return f"{size}，规模较小，{way}以共享设施。"
    wish = {"货币安置": "农户意愿为货币补偿、自行购房", "城镇安置": f"农户意愿为到{cast.township.seat}购房安置"}.get(move.kind, "纳入集中安置")
    return f"{size}，规模较小、居住分散，设施配套难以覆盖，{wish}。"


def arrivals(cast: Cast) -> Counter[int]:
    """Households that come from other villages of the township, into sites or hamlets, by number of the village that takes them in."""
    found: Counter[int] = Counter()
    for move in cast.roles.moves:
        to = move.village
        if move.kind == "集中安置点" and isinstance(move.to, int):
            to = cast.roles.sites[move.to].village
        elif isinstance(move.to, tuple):
            to = move.to[0]
        if to != move.village:
            found[to] += move.share(cast[move.village].hamlets[move.hamlet].households)
    return found


def _centres(cast: Cast, facilities: list[list[Facility]], arriving: Counter[int]) -> set[int]:
    """One village in six, of the large and well served ones: those that take in the most households, then the largest."""
    able = [n for n in range(len(cast)) if not cast.in_town(n) and cast.category(n) == GATHER]
    able = [n for n in able if len(_kinds(facilities[n], PRESENT)) >= _SERVICES_OF_A_CENTRE]
    persons = {n: sum(hamlet.persons for hamlet in cast[n].hamlets) for n in able}
    able = [n for n in able if persons[n] >= _PERSONS_OF_A_CENTRE]
    able.sort(key=lambda n: (-arriving[n], -persons[n]))
    return set(able[: max(len(cast) // _VILLAGES_PER_CENTRE, 1)])


def _centre(cast: Cast, number: int, facilities: list[Facility], arriving: int) -> str:
    facts, kinds = facts_of(cast, number), _kinds(facilities, PRESENT)
    shown = "、".join([name for kind, name in _SHOWN if kind in kinds][:_NAMED])
    parts = [f"户籍{facts.households}户{facts.persons}人", *_beside_road(cast, number)]
    parts.append(f"有{shown}等{len(kinds)}类公共服务设施" if shown else f"有{len(kinds)}类公共服务设施")
    parts += [f"承接外村迁入{arriving}户"] if arriving else []
    return "，".join(parts) + "，规划作为中心村，辐射周边村庄。"


def _ordinary(cast: Cast, number: int, facilities: list[Facility], arriving: int) -> str:
    facts = facts_of(cast, number)
    lives_on = "以劳务输出为主要收入来源" if facts.industry == LABOUR else f"以{facts.industry}为主导产业"
    going = len({move.hamlet for move in cast.roles.moves if move.village == number})
    future = (f"承接外村迁入{arriving}户，" if arriving else "") + _planned(facilities)
    if going:
        return f"{going}个自然村迁并后，其余自然村继续存续，人口和设施向{cast[number].hamlets[0].name}集中，{future}{lives_on}。"
    if facts.resident_percent >= _STEADY:
        place = "，".join([*_beside_road(cast, number), f"户籍{facts.persons}人、常住{facts.residents}人"])
        return f"{place}，人口基本稳定，{lives_on}，{future}在原有规模基础上改造提升。"
    if facts.resident_percent >= _THIN:
        return f"常住人口占户籍的{facts.resident_percent}%，属仍将存续的一般村庄，{future}{_DIRECTIONS[facts.industry]}，有序改造提升。"
    return f"外出务工{facts.away}人，常住{facts.residents}人，村庄仍将存续，盘活空置宅基地{facts.vacant}宗，{future}不再扩大建设用地。"


def _planned(facilities: list[Facility]) -> str:
    kinds = list(_kinds(facilities, PLANNED))
    more = f"等{len(kinds)}类设施" if len(kinds) > _NAMED else ""
    return f"规划增设{'、'.join(kinds[:_NAMED])}{more}，" if kinds else ""


def _suburban(cast: Cast, number: int) -> str:
    seat, facts = cast.township.seat, facts_of(cast, number)
    place = "部分村域位于城镇开发边界内，" if number in cast.roles.cut else ""
    near = "地处近郊，" if facts.distance_km <= _NEAR_KM else ""
    return f"{place}距{seat}{facts.distance_km}公里，{near}与城镇共享基础设施和公共服务，逐步融入城镇发展。"


def _protected(cast: Cast, number: int) -> str:
    village = cast[number]
    listed = [f"{row.hamlet}列入{row.level}{row.title}名录" for row in cast.scene.protected if row.village_code == village.code]
    line = "，北部山林划入生态保护红线" if number in cast.roles.red_lined else ""
    return f"{'、'.join(listed)}{line}，整体保护村落格局和传统风貌，合理利用特色资源。"


def _withdrawn(cast: Cast, number: int) -> str:
    facts = facts_of(cast, number)
    people = f"户籍{facts.persons}人、常住{facts.residents}人，人口流失严重"
    far = f"距{cast.township.seat}{facts.distance_km}公里、配套成本高" if facts.distance_km > _NEAR_KM else f"空置宅基地{facts.vacant}宗"
    return f"{people}，{far}，经村民意愿调查拟整村搬迁。"


def _undecided(cast: Cast, number: int) -> str:
    facts = facts_of(cast, number)
    return f"常住人口占户籍的{facts.resident_percent}%，外出{facts.away}人，发展前景尚难判断，暂不分类，留待规划评估时确定。"


def _kinds(facilities: list[Facility], state: str) -> dict[str, None]:
    """Kinds of the facilities in a state, in the order of the table."""
    return dict.fromkeys(facility.kind for facility in facilities if facility.state == state)


def _beside_road(cast: Cast, number: int) -> list[str]:
    """The road that runs along the village's border, if one does."""
    border = set(cast[number].area.ring(cast.scene.seed))
    return [f"{road.name}沿线" for road in cast.scene.roads if len(border.intersection(road.rings[0])) > 1][:1]


def _target(cast: Cast, move: Move) -> Hamlet:
    number, serial = move.to if isinstance(move.to, tuple) else (move.village, int(move.to))
    return cast[number].hamlets[serial]


def _metres(hamlet: Hamlet, other: Hamlet) -> int:
    """Distance between two hamlets, to the nearest ten metres."""
    return round(hamlet.block.distance_m(other.block) / 10) * 10
