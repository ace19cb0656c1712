"""The demo's reasons, lists, facilities and moves say the same of a village, as a real county's would."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

from village_planner.demo.county import build_county
from village_planner.demo.decisions import add_decisions
from village_planner.demo.facilities import PLANNED, PRESENT
from village_planner.demo.names import COUNTY_TOWNSHIPS
from village_planner.demo.reasons import arrivals
from village_planner.demo.roles import GATHER, PROTECT, UNDECIDED
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
        assert len(served) >= 6 and facts_of(cast, number).persons >= 350
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
        if "人口基本稳定" in row.grounds:
            assert facts.resident_percent >= 80
        if row.category == UNDECIDED:
            assert facts.resident_percent < 75
    assert len(told) == 6


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
        assert "不组织搬迁" in row.grounds and f"空置{hamlet.vacant_homesteads}宗" in row.grounds


def test_a_village_is_asked_on_one_day_and_the_county_over_some_weeks(scene: Scene) -> None:
    days: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in scene.decisions:
        if row.consent:
            days[row.village, row.consent.kind].add(row.consent.date)
    assert all(len(dates) == 1 for dates in days.values())
    dates = sorted({date for dates in days.values() for date in dates})
    assert len(dates) > 20 and dates[0] >= "2020-03-09" and dates[-1] <= "2020-06-20"
