"""Faults of decisions: villages without a category, moves without target or phase, chains, votes, protection, sums."""

from __future__ import annotations

from dataclasses import replace
from typing import Optional

from village_planner.demo.decisions import STAYS, category_row, move_row, survey, vote
from village_planner.demo.expected import Finding, Party, Planted
from village_planner.demo.reasons import PLAN
from village_planner.demo.roles import WITHDRAW
from village_planner.demo.scene import Cast, Consent, Decision, Hamlet, Scene, Village

TOWN_MOVE = ("城镇安置", "")
_LIMIT_PERSONS = 6.0


def plant_decision_faults(cast: Cast, neighbour: Cast, planted: Planted) -> None:
    """Plant all of them, and what must be found, into `planted`."""
    _classes(cast, planted)
    _incomplete_moves(cast, planted)
    _targets(cast, neighbour, planted)
    _votes(cast, planted)
    _protected_hamlet(cast, planted)
    _sums(cast, planted)
    # Moves that are planted here state no cleared land to compare with the patches (QC-5304).
    planted.not_checked.append("QC-5304")


def _classes(cast: Cast, planted: Planted) -> None:
    """QC-7102: a village forgotten, and two whose rows are refused; rows of an unknown village are refused too."""
    scene, nowhere = cast.scene, f"{cast.township.name[:2]}乌有村"
    forgotten, wrong_hamlet, wrong_class = cast[26], cast[11], cast[21]
    scene.decisions[:] = [row for row in scene.decisions if row.village not in (forgotten.name, wrong_class.name)]
    scene.decisions.append(category_row(wrong_class, WITHDRAW, "区位较好，重点发展。", ""))
    scene.decisions[-1] = replace(scene.decisions[-1], category="重点发展类")
    insert_row(scene, move_row(wrong_hamlet, wrong_hamlet.hamlets[1], 2025, TOWN_MOVE, hamlet_name="无此自然村"))
    scene.decisions.append(Decision(cast.township.name, nowhere, category="集聚提升类", action="保留", grounds="名称填写有误。", basis=PLAN))
    for village in (forgotten, wrong_hamlet, wrong_class):
        planted.findings.append(Finding("QC-7102", "A", ("village", village.code)))
    planted.rejected += [
        {"village": wrong_hamlet.name, "rows": 2, "wrong_rows": 1},
        {"village": wrong_class.name, "rows": 1, "wrong_rows": 1},
        {"village": nowhere, "rows": 1, "wrong_rows": 1},
    ]


def _incomplete_moves(cast: Cast, planted: Planted) -> None:
    """QC-7103: no move; a move without target; an unphased move; a village to withdraw of which nothing is withdrawn."""
    scene, village = cast.scene, cast[27]
    nowhere, unphased = village.hamlets[2], village.hamlets[1]
    insert_row(scene, Decision(cast.township.name, village.name, nowhere.name, action="就近撤并", grounds="去向待定。", basis=PLAN))
    planted.findings.append(Finding("QC-7103", "A", _hamlet(nowhere)))
    insert_row(scene, move_row(village, unphased, None, ("并入居民点", village.hamlets[0].name)))
    planted.findings.append(Finding("QC-7103", "B", _hamlet(unphased), ("move", None), locator={"hamlet_code": unphased.code}))

    targetless = cast[28].hamlets[1]
    insert_row(scene, move_row(cast[28], targetless, 2035, ("并入居民点", "")))
    planted.findings.append(Finding("QC-7103", "A", _hamlet(targetless), ("move", None), locator={"hamlet_code": targetless.code}))

    kept = cast[29]
    scene.decisions[:] = [row for row in scene.decisions if row.village != kept.name]
    scene.decisions.append(category_row(kept, WITHDRAW, "人口外流，拟整村搬迁。"))
    planted.findings.append(Finding("QC-7103", "A", ("village", kept.code)))


def _targets(cast: Cast, neighbour: Cast, planted: Planted) -> None:
    """QC-7104: a target that is withdrawn itself, a target in another township with the distance, a move out of the county."""
    scene, village = cast.scene, cast[0]
    first, second = village.hamlets[1], village.hamlets[2]
    insert_row(scene, move_row(village, first, 2025, ("并入居民点", second.name)))
    insert_row(scene, move_row(village, second, 2035, ("并入居民点", village.hamlets[0].name)))
    planted.findings.append(Finding("QC-7104", "A", _hamlet(first), _hamlet(second)))

    away, target = neighbour[1].hamlets[1], cast[5].hamlets[0]
    insert_row(scene, move_row(neighbour[1], away, 2035, ("并入居民点", target.code)))
    planted.findings.append(Finding("QC-7104", "B", _hamlet(away), _hamlet(target), distance_m(away, target), "m", tolerance=1.0))

    leaving = cast[22].hamlets[2]
    for n, row in enumerate(scene.decisions):
        if row.village == cast[22].name and row.hamlet == leaving.name:
            scene.decisions[n] = replace(row, destination_kind="县外安置", destination="外县投亲", mode="分散安置")
    planted.findings.append(Finding("QC-7104", "B", _hamlet(leaving), ("outside", "外县投亲")))


def _votes(cast: Cast, planted: Planted) -> None:
    """QC-7105: too few attend; no vote; no survey; more attend than may; a vote after the phase."""
    scene, poor = cast.scene, cast[10].hamlets[2]
    poor_vote = Consent("户代表会议", "2020-04-18", 30, 19, 19, "户代表会议决议〔2020〕1号")
    insert_row(scene, _to_main(cast[10], poor, 2020, poor_vote))
    planted.findings.append(replace(_vote_finding(poor, "2020-04-18"), measure=19 / 30, limit=2 / 3, unit="share", tolerance=1e-9))

    silent = cast[12].hamlets[2]
    insert_row(scene, _to_main(cast[12], silent, 2020, None))
    planted.findings.append(Finding("QC-7105", "A", _hamlet(silent)))

    unasked = cast[17].hamlets[2]
    insert_row(scene, _to_main(cast[17], unasked, 2025, None))
    planted.findings.append(Finding("QC-7105", "B", _hamlet(unasked)))

    crowded = cast[20].hamlets[1]
    insert_row(scene, _to_main(cast[20], crowded, 2025, Consent("意愿调查", "2020-03-20", 20, 25, 15)))
    locator = {"hamlet_code": crowded.code, "date": "2020-03-20"}
    planted.findings.append(Finding("QC-7105", "A", ("consent", None), locator=locator))

    late = cast[23].hamlets[1]
    insert_row(scene, _to_main(cast[23], late, 2020, vote(late.households, "2021-03-01")))
    planted.findings.append(_vote_finding(late, "2021-03-01"))


def _protected_hamlet(cast: Cast, planted: Planted) -> None:
    """QC-7106: a hamlet on the list is withdrawn."""
    scene, village = cast.scene, cast[17]
    listed = next(h for h in village.hamlets if h.name in {p.hamlet for p in scene.protected if p.village_code == village.code})
    insert_row(scene, _to_main(village, listed, 2025, survey(listed.households)))
    planted.findings.append(Finding("QC-7106", "A", _hamlet(listed)))


def _sums(cast: Cast, planted: Planted) -> None:
    """QC-7108: households and persons that do not add up, and more persons to a household than can be."""
    fewer = cast[19].hamlets[4]
    change_move(cast, 19, fewer, households=fewer.households - 3)
    planted.findings.append(_sum_finding(fewer, "households", fewer.households - 3, fewer.households))
    more = cast[24].hamlets[3]
    change_move(cast, 24, more, persons=more.persons + 5)
    planted.findings.append(_sum_finding(more, "persons", more.persons + 5, more.persons))

    village = cast[22]
    crowded = replace(village.hamlets[2], persons=village.hamlets[2].households * 7)
    hamlets = tuple(crowded if h.code == crowded.code else h for h in village.hamlets)
    cast.change(22, hamlets=hamlets)
    change_move(cast, 22, crowded, persons=crowded.persons)
    planted.findings.append(
        Finding(
            "QC-7108", "C", _hamlet(crowded), ("move", None), 7.0, "persons/household", _LIMIT_PERSONS, 1e-6,
            {"hamlet_code": crowded.code},
        )
    )


def _sum_finding(hamlet: Hamlet, what: str, measured: int, stated: int) -> Finding:
    return Finding("QC-7108", "A", _hamlet(hamlet), ("sum", what), float(measured), what, float(stated), 1e-6)


def _vote_finding(hamlet: Hamlet, date: str) -> Finding:
    return Finding("QC-7105", "A", _hamlet(hamlet), ("consent", None), locator={"hamlet_code": hamlet.code, "date": date})


def _hamlet(hamlet: Hamlet) -> Party:
    return "hamlet", hamlet.code


def distance_m(first: Hamlet, second: Hamlet) -> float:
    """Straight distance between the middles of two hamlets, m."""
    return first.block.distance_m(second.block)


def _to_main(village: Village, hamlet: Hamlet, phase: int, consent: Optional[Consent]) -> Decision:
    return replace(move_row(village, hamlet, phase, ("并入居民点", village.hamlets[0].name)), consent=consent)


def insert_row(scene: Scene, row: Decision) -> None:
    """Put a row below its village's rows; the village's own row no longer retains all hamlets, nor another row this one."""
    scene.decisions[:] = [old for old in scene.decisions if (old.village, old.hamlet, old.action) != (row.village, row.hamlet, STAYS)]
    found = [n for n, old in enumerate(scene.decisions) if old.village == row.village]
    for n in found:
        if not scene.decisions[n].hamlet:
            scene.decisions[n] = replace(scene.decisions[n], action="")
    scene.decisions.insert(found[-1] + 1, row)


def change_move(cast: Cast, number: int, hamlet: Hamlet, **values: Optional[float]) -> None:
    """Replace values of the row of a hamlet's only move."""
    village = cast[number].name
    for n, row in enumerate(cast.scene.decisions):
        if row.village == village and row.hamlet == hamlet.name:
            cast.scene.decisions[n] = replace(row, **values)  # type: ignore[arg-type]
