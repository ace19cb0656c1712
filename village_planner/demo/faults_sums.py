"""Faults of figures and wording: areas, a long way, a sum, a full site; and of the whole plan: turnover, one text for all."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from village_planner.demo.decisions import move_row
from village_planner.demo.expected import Finding, Planted
from village_planner.demo.faults_decisions import change_move, distance_m, insert_row
from village_planner.demo.faults_lines import site_on_yard
from village_planner.demo.names import COUNTY_CODE
from village_planner.demo.oracle import geodesic_area_m2
from village_planner.demo.oracle_land import accepted_moves
from village_planner.demo.roles import GATHER
from village_planner.demo.scene import Cast, Scene

_FARTHEST_M = 10_000.0
_SAME_SHARE = 0.5
_WITHIN_TERM = (2020, 2021, 2022)
_ONE_TEXT = "人口集聚、设施较全，规划作为片区中心村。"
_STAYING = (1, 3, 5, 8, 18)


def plant_sum_faults(cast: Cast, planted: Planted) -> None:
    """Plant those of one township, and what must be found, into `planted`."""
    _areas_that_differ_from_the_map(cast, planted)
    _too_much_reclaimed(cast, planted)
    _a_long_way(cast, planted)
    _stated_persons(cast, planted)
    _full_site(cast, planted)


def plant_plan_faults(scene: Scene, planted: Planted) -> None:
    """Plant those of the whole plan; after all others, since they count the rows that are taken."""
    refused = {row["village"] for row in planted.rejected}
    _built_long_before_clearing(scene.casts[0], planted, refused)
    _one_text(scene, planted, refused)


def _built_long_before_clearing(cast: Cast, planted: Planted, refused: set[str]) -> None:
    """QC-5303: an area in a wrong unit makes the first phase build more than is cleared before the term of three years ends."""
    moves = accepted_moves(cast.scene, refused)
    cleared, built = (
        {phase: sum(getattr(row, name) or 0.0 for row in moves if row.phase == phase) for phase in _WITHIN_TERM} for name in ("cleared_m2", "built_m2")
    )
    too_much = round(sum(cleared.values()) + 50_000.0, 2)
    change_move(cast, 19, cast[19].hamlets[3], built_m2=too_much)
    opened = built[_WITHIN_TERM[0]] + too_much - cleared[_WITHIN_TERM[0]]
    planted.findings.append(Finding("QC-5303", "A", ("county", COUNTY_CODE), ("phase", "2020"), opened, "m2", 0.0, 0.01))


def _one_text(scene: Scene, planted: Planted, refused: set[str]) -> None:
    """NL-04: most villages have the same grounds."""
    rows = scene.decisions
    rows[:] = [replace(row, grounds=_ONE_TEXT) if row.category == GATHER and row.village not in refused else row for row in rows]
    grounds = [row.grounds for row in rows if row.category and row.grounds and row.village not in refused]
    share = grounds.count(_ONE_TEXT) / len(grounds)
    digest = hashlib.sha1(_ONE_TEXT.encode(), usedforsecurity=False).hexdigest()[:8]
    planted.findings.append(Finding("NL-04", "C", ("county", COUNTY_CODE), ("grounds", digest), share, "share", _SAME_SHARE, 1e-9))


def _areas_that_differ_from_the_map(cast: Cast, planted: Planted) -> None:
    """QC-5304: more cleared than the hamlet has; more built at the destination than its new patch."""
    leaving = cast[7].hamlets[4]
    drawn_m2 = leaving.block.width * leaving.block.height
    change_move(cast, 7, leaving, cleared_m2=drawn_m2 + 800)
    planted.findings.append(
        Finding("QC-5304", "B", ("hamlet", leaving.code), ("sum", "cleared_m2"), drawn_m2 + 800, "m2", geodesic_area_m2(leaving.block.ring), 0.01)
    )
    target = cast[2].hamlets[0]
    patch = next(p for p in cast.scene.patches if p.village_code == cast[2].code and p.kind == "新建")
    stated = {move.hamlet: move.built_m2 or 0.0 for move in cast.roles.moves if move.village == 2}
    change_move(cast, 2, cast[2].hamlets[3], built_m2=stated[3] + 1000)
    measure = sum(stated.values()) + 1000
    planted.findings.append(
        Finding("QC-5304", "B", ("hamlet", target.code), ("sum", "built_m2"), measure, "m2", geodesic_area_m2(patch.ring or []), 0.01)
    )


def _too_much_reclaimed(cast: Cast, planted: Planted) -> None:
    """QC-7107: more land reclaimed than cleared."""
    hamlet = cast[7].hamlets[5]
    cleared_m2 = round(hamlet.block.width * hamlet.block.height, 2)
    change_move(cast, 7, hamlet, reclaimed_m2=cleared_m2 + 500)
    planted.findings.append(
        Finding(
            "QC-7107", "B", ("hamlet", hamlet.code), ("move", None), cleared_m2 + 500, "m2", cleared_m2, 1e-6,
            {"hamlet_code": hamlet.code},
        )
    )


def _a_long_way(cast: Cast, planted: Planted) -> None:
    """QC-7104: a target in the same township, but out of reach; only where the township is wide enough."""
    village = cast[24]
    hamlet = village.hamlets[2]
    target = max((cast[number].hamlets[0] for number in _STAYING), key=lambda other: distance_m(hamlet, other))
    if distance_m(hamlet, target) <= _FARTHEST_M:
        return
    insert_row(cast.scene, move_row(village, hamlet, 2035, ("并入居民点", target.code)))
    planted.findings.append(
        Finding("QC-7104", "B", ("hamlet", hamlet.code), ("hamlet", target.code), distance_m(hamlet, target), "m", _FARTHEST_M, 1.0)
    )


def _stated_persons(cast: Cast, planted: Planted) -> None:
    """QC-7108: the statistics state more persons for a village than its hamlets have."""
    village = cast[8]
    total = sum(hamlet.persons for hamlet in village.hamlets)
    cast.scene.stated_persons[village.code] = total + 25
    planted.findings.append(
        Finding("QC-7108", "B", ("village", village.code), ("sum", "persons"), float(total), "persons", float(total + 25), 1e-6)
    )


def _full_site(cast: Cast, planted: Planted) -> None:
    """NL-02: a site that gets four households more than it holds."""
    leaving = cast[13].hamlets[1:3]
    arriving = sum(hamlet.households for hamlet in leaving)
    (_, code), _ = site_on_yard(cast, 12, 90, 70, arriving - 4)
    for hamlet in leaving:
        insert_row(cast.scene, move_row(cast[13], hamlet, 2025, ("集中安置点", code or "")))
    planted.findings.append(
        Finding("NL-02", "B", ("site", code), ("phase", "2025"), float(arriving), "households", float(arriving - 4), 1e-6)
    )
