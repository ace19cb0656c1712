"""The demo's reasons, lists, facilities and moves say the same of a village, as a real county's would."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

from village_planner.demo.county import build_county
from village_planner.demo.decisions import add_decisions
from village_planner.demo.facilities import PLANNED, PRESENT
from village_planner.demo.flows import arrivals
from village_planner.demo.names import COUNTY_TOWNSHIPS
from village_planner.demo.roles import GATHER, PROTECT, SUBURBAN, UNDECIDED, WITHDRAW
from village_planner.demo.scene import Cast, Decision, Scene
from village_planner.demo.village_facts import facts_of


@pytest.fixture(scope="module", params=[1, 2])
def scene(request: pytest.FixtureRequest) -> Scene:
    built = build_county(request.param)
    add_decisions(built)
    return built


def _classified(scene: Scene) -> Iterator[tuple[Cast, int, Decision]]:
    rows = {row.village: row for row in scene.decisions if row.category}
    for cast in scene.casts:
        for number, village in enumerate(cast.villages()):
            if village.name in rows:
                yield cast, number, rows[village.name]


def test_every_protected_village_stands_on_the_list_that_its_reason_names(scene: Scene) -> None:
    rows = [(cast[number], row.grounds) for cast, number, row in _classified(scene) if row.category == PROTECT]
    assert len(rows) == len(scene.protected) > 20
    for village, grounds in rows:
        (entry,) = [entry for entry in scene.protected if entry.village_code == village.code]
        assert entry.hamlet in {hamlet.name for hamlet in village.hamlets} and f"{entry.hamlet}列入{entry.level}{entry.title}名录" in grounds
    assert len({entry.title for entry in scene.protected}) == 4


def test_one_gathering_village_in_six_at_most_is_a_centre_and_each_takes_people_in_or_is_well_served(scene: Scene) -> None:
    kinds = defaultdict(set)
    for facility in scene.facilities:
        if facility.state == PRESENT:
            kinds[facility.village_code].add(facility.kind)
    centres = [(cast, number, row.grounds) for cast, number, row in _classified(scene) if row.category == GATHER and "中心村" in row.grounds]
    assert 35 <= len(centres) <= len(scene.villages) / 6
    for cast, number, grounds in centres:
        arriving = arrivals(cast)[number]
        served = kinds[cast[number].code]
        assert len(served) >= 6 and facts_of(cast, number).persons + 3 * arriving >= 350
        assert (f"承接外村迁入{arriving}户" in grounds) == bool(arriving) and f"{len(served)}类公共服务设施" in grounds
        assert ("小学" in grounds) <= ("小学" in served) and ("卫生室" in grounds) == ("卫生室" in served)


def test_figures_in_reasons_are_those_of_the_statistics(scene: Scene) -> None:
    told = Counter()
    for cast, number, row in _classified(scene):
        facts = facts_of(cast, number)
        assert facts.residents <= facts.persons
        for pattern, figure in (
            (r"户籍(?:\d+户)?(\d+)人", facts.persons), (r"常住(\d+)人", facts.residents), (r"户籍的(\d+)%", facts.resident_percent),
            (r"外出(?:务工)?(\d+)人", facts.away), (r"空置宅基地(\d+)宗", facts.vacant), (r"户籍(\d+)户", facts.households),
        ):
            for figure_told in re.findall(pattern, row.grounds):
                told[pattern] += 1
                assert int(figure_told) == figure, row.grounds
        assert facts.away == facts.persons - facts.residents
        if "人口基本稳定" in row.grounds:
            assert facts.resident_percent >= 84
    assert len(told) == 6


def test_villages_whose_future_is_open_differ_from_those_that_gather_in_each_figure_that_their_reason_names(scene: Scene) -> None:
    staying = [(facts_of(cast, n), row) for cast, n, row in _classified(scene) if row.action]
    facts = {category: [f for f, row in staying if row.category == category] for category in (UNDECIDED, GATHER)}
    assert max(f.resident_percent for f in facts[UNDECIDED]) < 60 and min(f.resident_percent for f in facts[GATHER]) > 70
    vacant = {category: [f.vacant / f.homesteads for f in found] for category, found in facts.items()}
    assert min(vacant[UNDECIDED]) >= 0.15 and max(vacant[GATHER]) <= 0.2
    assert all(f"空置宅基地{facts_of(cast, n).vacant}宗" in row.grounds for cast, n, row in _classified(scene) if row.category == UNDECIDED)


def test_reasons_tell_of_all_who_come_and_gather_people_only_where_they_go(scene: Scene) -> None:
    targets: dict[str, set[str]] = defaultdict(set)
    for row in scene.decisions:
        if row.destination_kind == "并入居民点":
            targets[row.village].add(row.destination)
    gathering = 0
    for cast, number, row in _classified(scene):
        arriving = arrivals(cast)[number]
        assert (f"承接外村迁入{arriving}户" in row.grounds) == bool(arriving) and not (arriving and "不再扩大" in row.grounds)
        for names in re.findall("人口和设施向([^，]+)集中", row.grounds):
            gathering += 1
            assert set(names.split("、")) <= targets[row.village]
    assert gathering >= 2


def test_only_moves_into_the_main_hamlet_of_a_centre_go_into_a_centre(scene: Scene) -> None:
    grounds = {row.village: row.grounds for row in scene.decisions if row.category}
    main = {hamlet.code: village for village in scene.villages for hamlet in village.hamlets[:1]}
    main_names = {village.name: village for village in main.values()}
    modes = Counter()
    for row in scene.decisions:
        if row.destination_kind != "并入居民点":
            continue
        own = main_names[row.village]
        target = main.get(row.destination) or (own if row.destination == own.hamlets[0].name else None)
        modes[row.mode] += 1
        assert (row.mode == "就近并入中心村") == (target is not None and "规划作为中心村" in grounds[target.name])
    assert set(modes) == {"就近并入中心村", "分散安置"}


def test_a_suburban_village_lies_within_three_kilometres_or_partly_inside_the_boundary_and_most_of_all_at_the_county_town(scene: Scene) -> None:
    count = Counter()
    for cast, number, row in _classified(scene):
        if row.category == SUBURBAN:
            count[cast.township.name] += 1
            near = f"距{cast.township.seat}{facts_of(cast, number).distance_km}公里，地处近郊" in row.grounds
            assert "划入城镇开发边界" in row.grounds if number in cast.roles.cut else near and facts_of(cast, number).distance_km <= 3
    assert count.most_common(1) == [("岚城街道", 6)] and len(count) == 15


def test_a_hamlet_that_is_settled_in_batches_tells_all_of_them(scene: Scene) -> None:
    batches: dict[tuple[str, str], list[Decision]] = defaultdict(list)
    for row in scene.decisions:
        if row.destination_kind:
            batches[row.village, row.hamlet].append(row)
    split = [rows for rows in batches.values() if len(rows) > 1]
    assert len(split) == 12
    for rows in split:
        (grounds,) = {row.grounds for row in rows}
        told = re.findall(r"(\d+)户(?!\d)", grounds.split("分批安置：")[1])
        assert Counter(map(int, told)) == Counter(row.households for row in rows) and all(f"{row.phase}年" in grounds for row in rows)


def test_every_reason_is_a_sentence(scene: Scene) -> None:
    grounds = [row.grounds for row in scene.decisions if row.grounds]
    assert len(grounds) > 450 and all(text.endswith("。") and "，，" not in text and "，。" not in text for text in grounds)


def test_facilities_that_a_reason_promises_are_planned_there(scene: Scene) -> None:
    planned = {(facility.village_code, facility.kind) for facility in scene.facilities if facility.state == PLANNED}
    named = [(cast[number].code, text) for cast, number, row in _classified(scene) for text in re.findall("规划增设([^，]+)", row.grounds)]
    promised = [(code, kind) for code, text in named for kind in text.split("等")[0].split("、")]
    assert len(promised) > 100 and set(promised) <= planned


def test_each_kind_of_facility_is_there_in_some_villages_and_lacking_in_others(scene: Scene) -> None:
    having = Counter(facility.kind for facility in scene.facilities if facility.state == PRESENT)
    assert having.pop("村委会") == len(scene.villages)
    assert len(having) == 9 and 60 < min(having.values()) and max(having.values()) < len(scene.villages)
    assert len({(facility.village_code, facility.kind) for facility in scene.facilities}) == len(scene.facilities)
    small = [v.code for v in scene.villages if sum(h.persons for h in v.hamlets) < 320]
    large = [v.code for v in scene.villages if sum(h.persons for h in v.hamlets) >= 480]
    count = Counter(facility.village_code for facility in scene.facilities if facility.state == PRESENT)
    assert sum(count[code] for code in large) / len(large) > sum(count[code] for code in small) / len(small) + 2


def test_people_go_to_a_seat_that_their_township_has(scene: Scene) -> None:
    seats = {name.name: name.seat for name in COUNTY_TOWNSHIPS}
    assert seats["砚溪镇"] == "砚溪镇镇区" and seats["鹤汀乡"] == "鹤汀乡集镇" and seats["岚城街道"] == "岚桥县城区"
    in_town = [row for row in scene.decisions if row.destination_kind == "城镇安置"]
    assert {row.destination for row in in_town} > {"岚桥县城区"} and all(row.destination == seats[row.township] for row in in_town)


def test_homesteads_of_moves_add_up_to_those_of_their_hamlets(scene: Scene) -> None:
    moved: Counter[tuple[str, str]] = Counter()
    for row in scene.decisions:
        if row.destination_kind:
            moved[row.village, row.hamlet] += row.homesteads
    own = {(village.name, hamlet.name): hamlet.homesteads for village in scene.villages for hamlet in village.hamlets}
    assert moved and all(own[place] == count for place, count in moved.items())


def test_a_hamlet_that_ends_by_itself_is_small_and_mostly_vacant_and_nothing_is_built_for_it(scene: Scene) -> None:
    hamlets = {(village.name, hamlet.name): hamlet for village in scene.villages for hamlet in village.hamlets}
    ending = [row for row in scene.decisions if row.destination_kind == "自然消亡"]
    assert len(ending) > 10
    for row in ending:
        hamlet = hamlets[row.village, row.hamlet]
        assert hamlet.households < 10 and hamlet.persons < 20 and hamlet.vacant_homesteads == hamlet.homesteads - hamlet.households > 6
        assert row.phase == 2035 and row.built_m2 is None and 0 < row.reclaimed_m2 < row.cleared_m2
        assert "逐户自然退出，2035年前注销宅基地" in row.grounds and f"空置{hamlet.vacant_homesteads}宗" in row.grounds


def test_a_village_that_goes_as_a_whole_votes_and_all_that_go_within_the_term_do(scene: Scene) -> None:
    whole = {row.village: row.consent for row in scene.decisions if row.category == WITHDRAW}
    households = {village.name: sum(hamlet.households for hamlet in village.hamlets) for village in scene.villages}
    assert len(whole) == 12
    for village, meeting in whole.items():
        assert meeting and meeting.kind == "户代表会议" and meeting.document and meeting.eligible == households[village]
        assert meeting.attended * 3 >= meeting.eligible * 2 and meeting.in_favour * 2 > meeting.attended
    soon = [row for row in scene.decisions if row.phase and row.phase <= 2022 and row.village not in whole]
    assert len(soon) > 30 and all(row.consent and row.consent.kind in ("户代表会议", "村民会议") and row.consent.document for row in soon)


def test_a_village_is_asked_on_one_day_and_the_county_over_some_weeks(scene: Scene) -> None:
    days: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in scene.decisions:
        if row.consent:
            days[row.village, row.consent.kind].add(row.consent.date)
    assert all(len(dates) == 1 for dates in days.values())
    dates = sorted({date for dates in days.values() for date in dates})
    assert len(dates) > 20 and dates[0] >= "2020-03-09" and dates[-1] <= "2020-06-20"
