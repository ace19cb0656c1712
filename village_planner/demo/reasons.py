"""Why a village has its category (分类理由), in words that the demo's own data bear out."""

from __future__ import annotations

from collections import defaultdict

from village_planner.demo.facilities import PLANNED, PRESENT
from village_planner.demo.flows import HAMLET, arrivals, gathered
from village_planner.demo.roles import GATHER, PROTECT, SUBURBAN, UNDECIDED, WITHDRAW
from village_planner.demo.scene import Cast, Facility
from village_planner.demo.village_facts import LABOUR, facts_of

PLAN = "《岚桥县国土空间总体规划（2020—2035年）》"
_BASES = {
    GATHER: PLAN,
    SUBURBAN: PLAN,
    PROTECT: PLAN + "、传统村落等保护名录",
    WITHDRAW: PLAN + "、村民意愿调查、户代表会议决议",
    UNDECIDED: "《关于统筹推进村庄规划工作的意见》（农规发〔2019〕1号）",
}
_SHOWN = (("小学", "小学"), ("卫生室", "卫生室"), ("养老设施", "幸福院"), ("便民商店", "便民商店"), ("公交站点", "公交站点"))
_DIRECTIONS = {  # what a village does that lives on this
    "粮食种植": "发展粮食规模经营", "果树种植": "发展特色林果", "蔬菜种植": "发展设施蔬菜", "畜禽养殖": "推进畜禽集中养殖",
    "林下经济": "发展林下经济", "乡村旅游": "发展休闲农业和乡村旅游", "水产养殖": "发展生态水产养殖", "劳务输出": "引导务工人员返乡创业",
}
_VILLAGES_PER_CENTRE = 6
_SERVICES_OF_A_CENTRE, _PERSONS_OF_A_CENTRE, _PERSONS_PER_HOUSEHOLD = 6, 350, 3
_NEAR_KM, _FAR_KM = 3.0, 3.5
_NAMED = 3  # kinds of facilities that a reason names
_STEADY, _THIN = 84, 77  # residents by registered persons, %


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
    central = centres(cast)
    tellers = {SUBURBAN: _suburban, PROTECT: _protected, WITHDRAW: _withdrawn, UNDECIDED: _undecided}
    found = []
    for number in range(len(cast)):
        category = cast.category(number)
        if cast.in_town(number):
            found.append("")
        elif category != GATHER:
            found.append(tellers[category](cast, number))
        elif number in central:
            found.append(_centre(cast, number, own[number], arriving[number]))
        else:
            found.append(_ordinary(cast, number, own[number], arriving[number]))
    return found


def centres(cast: Cast) -> set[int]:
    """One village in six, of the large and well served ones: those that take in the most households, then those that gather their own, then the largest."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for facility in cast.scene.facilities:
        if facility.state == PRESENT:
            kinds[facility.village_code].add(facility.kind)
    arriving, own = arrivals(cast), gathered(cast)
    persons = {
        n: sum(hamlet.persons for hamlet in village.hamlets) + arriving[n] * _PERSONS_PER_HOUSEHOLD for n, village in enumerate(cast.villages())
    }
    able = [
        n for n in persons
        if not cast.in_town(n) and cast.category(n) == GATHER
        and persons[n] >= _PERSONS_OF_A_CENTRE and len(kinds[cast[n].code]) >= _SERVICES_OF_A_CENTRE
    ]
    able.sort(key=lambda n: (-arriving[n], -own[n], -persons[n]))
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
    gone = {move.hamlet for move in cast.roles.moves if move.village == number}
    future = (f"承接外村迁入{arriving}户，" if arriving else "") + _planned(facilities)
    if gone:
        return f"{len(gone)}个自然村迁并后，其余自然村继续存续，{_gathering(cast, number)}{future}{lives_on}。"
    if facts.resident_percent >= _STEADY:
        place = "，".join([*_beside_road(cast, number), f"户籍{facts.persons}人、常住{facts.residents}人"])
        return f"{place}，人口基本稳定，{lives_on}，{future}在原有规模基础上改造提升。"
    if facts.resident_percent >= _THIN:
        return f"常住人口占户籍的{facts.resident_percent}%，属仍将存续的一般村庄，{future}{_DIRECTIONS[facts.industry]}，有序改造提升。"
    return f"外出务工{facts.away}人，常住{facts.residents}人，村庄仍将存续，盘活空置宅基地{facts.vacant}宗，{future}不再扩大建设用地。"


def _gathering(cast: Cast, number: int) -> str:
    """Where people and facilities of a village gather: hamlets of its own that its moves go to; '' where they all leave it."""
    serials = {move.to for move in cast.roles.moves if move.village == number and move.kind == HAMLET and isinstance(move.to, int)}
    names = "、".join(cast[number].hamlets[serial].name for serial in sorted(serials))
    return f"人口和设施向{names}集中，" if names else ""


def _planned(facilities: list[Facility]) -> str:
    kinds = list(_kinds(facilities, PLANNED))
    more = f"等{len(kinds)}类设施" if len(kinds) > _NAMED else ""
    return f"规划增设{'、'.join(kinds[:_NAMED])}{more}，" if kinds else ""


def _suburban(cast: Cast, number: int) -> str:
    seat, facts = cast.township.seat, facts_of(cast, number)
    place = f"距{seat}{facts.distance_km}公里，地处近郊，与城镇" if facts.distance_km <= _NEAR_KM else f"临近{seat}，与城镇"
    if number in cast.roles.cut:
        place = f"部分村域划入城镇开发边界，与{seat}连片发展，"
    return f"{place}共享基础设施和公共服务，逐步融入城镇发展。"


def _protected(cast: Cast, number: int) -> str:
    village = cast[number]
    listed = [f"{row.hamlet}列入{row.level}{row.title}名录" for row in cast.scene.protected if row.village_code == village.code]
    line = "，北部山林划入生态保护红线" if number in cast.roles.red_lined else ""
    return f"{'、'.join(listed)}{line}，整体保护村落格局和传统风貌，合理利用特色资源。"


def _withdrawn(cast: Cast, number: int) -> str:
    facts = facts_of(cast, number)
    people = f"户籍{facts.persons}人、常住{facts.residents}人，人口流失严重"
    far = f"距{cast.township.seat}{facts.distance_km}公里、配套成本高" if facts.distance_km > _FAR_KM else f"空置宅基地{facts.vacant}宗"
    return f"{people}，{far}，经户代表会议表决同意整村搬迁。"


def _undecided(cast: Cast, number: int) -> str:
    facts = facts_of(cast, number)
    away = f"外出务工{facts.away}人，空置宅基地{facts.vacant}宗"
    return f"常住人口仅占户籍的{facts.resident_percent}%，{away}，发展前景尚难判断，暂不分类，留待规划评估时确定。"


def _kinds(facilities: list[Facility], state: str) -> dict[str, None]:
    """Kinds of the facilities in a state, in the order of the table."""
    return dict.fromkeys(facility.kind for facility in facilities if facility.state == state)


def _beside_road(cast: Cast, number: int) -> list[str]:
    """The road that runs along the village's border, if one does."""
    border = set(cast[number].area.ring(cast.scene.seed))
    return [f"{road.name}沿线" for road in cast.scene.roads if len(border.intersection(road.rings[0])) > 1][:1]
