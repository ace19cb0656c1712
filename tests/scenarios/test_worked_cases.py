"""The worked cases: numbers worked by hand that must come out through the public functions."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely

from tests.accounts.examples import (
    CRS,
    TOWNSHIP,
    V1,
    V2,
    action,
    box,
    category,
    example,
    features,
    geod_area_m2,
    hamlet,
    move,
    point,
    village,
)
from village_planner import accounts, checks
from village_planner.base import Refused
from village_planner.intake import CreatePlan, create_plan
from village_planner.plan import PlanFile, decisions
from village_planner.plan.data import PlanData
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import Profile, load_profile

H1, H2, H3, H4, H5 = (hamlet(serial)["code"] for serial in range(1, 6))
FARMLAND = "permanent_basic_farmland"
HECTARE_M2 = 10_000.0


@pytest.fixture(scope="module")
def profile() -> Profile:
    return load_profile()


@pytest.fixture
def found(profile: Profile) -> Callable[..., pd.DataFrame]:
    """Findings of some rules on a plan."""

    def find(data: PlanData, *rules: str, layers: dict[str, pd.DataFrame] | None = None) -> pd.DataFrame:
        result = checks.run(data, MemoryLayers(layers or {}), profile, list(rules))
        assert result.ran == list(rules)
        return result.findings

    return find


def _sized(x: float, area_m2: float) -> shapely.Polygon:
    """A rectangle 100 m high that has this area on the ellipsoid to better than 0.005 m²."""
    width = area_m2 / 100
    for _ in range(3):
        width *= area_m2 / geod_area_m2(box(x, 0, width, 100))
    return box(x, 0, width, 100)


def test_case_1_part_of_a_village(profile: Profile, found: Callable) -> None:
    data = example(
        village=[village(position_stated="outside")],
        hamlet=[hamlet(1), hamlet(2, households=20, persons=50), hamlet(3, households=18, persons=46), hamlet(4), hamlet(5)],
        category=[category(V1, "01")],
        action=[action(code, "retain") for code in (H1, H4, H5)] + [action(H2), action(H3)],
        move=[
            move("M1", H2, target=H1, phase=2025, households=20, persons=50, cleared_m2=1.00 * HECTARE_M2, built_m2=0.44 * HECTARE_M2),
            move("M2", H3, target=H1, phase=2025, households=18, persons=46, cleared_m2=0.92 * HECTARE_M2, built_m2=0.40 * HECTARE_M2),
        ],
        consent=[{"code": "C1", "village_code": V1, "kind": "survey"}],
    )
    assert accounts.village_actions(data, "S1")["action"].tolist() == ["partly"]
    assert accounts.category_counts(data, profile, "S1").query("category == '01'")["villages"].tolist() == [1, 0]
    assert accounts.village_completion(data, "S1").empty
    assert accounts.hamlet_completion(data, "S1")["hamlet_code"].tolist() == [H2, H3]
    assert len(accounts.move_lines(data, "S1")) == 2
    tasks = accounts.phase_tasks(data, "S1").set_index(["township_code", "phase"]).loc[("370799101", 2025)]
    assert tasks[["hamlets", "villages", "households", "persons"]].tolist() == [2, 0, 38, 96]
    assert tasks["net_m2"] == pytest.approx(-1.08 * HECTARE_M2)
    assert found(data, "QC-7102", "QC-7103", "QC-7104", "QC-7105", "QC-7106", "QC-7108").empty


def _write_roster(path: Path, rows: list[tuple[str, str]], *more: tuple[str, str, str]) -> str:
    """A roster as CSV; `more` rows have a former name too."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["行政村代码", "行政村", "乡镇", "曾用名"])
        writer.writerows([[code, name, "云岭镇", ""] for code, name in rows])
        writer.writerows([[code, name, "云岭镇", former] for code, name, former in more])
    return str(path)


def _villages(count: int) -> list[tuple[str, str]]:
    signs = "甲乙丙丁戊己庚辛壬癸"
    places = ["山", "河", "沟", "坡", "湾"]
    return [(f"370799101{201 + n}", f"{signs[n % 10]}{places[n // 10]}村村民委员会") for n in range(count)]


def _create(tmp_path: Path, roster: str, *others: str) -> tuple[PlanFile, pd.DataFrame]:
    request = CreatePlan(tmp_path / "plan.gpkg", "示例", 2020, roster=roster, other_rosters=others)
    plan = PlanFile.open(create_plan(request).plan)
    return plan, plan.read().roster_difference


def test_case_2_rosters_that_disagree(tmp_path: Path, found: Callable) -> None:
    names = _villages(40)
    ours = _write_roster(tmp_path / "民政.csv", names[:39], (*names[39], "东岭村、西岭村"))
    committee = ("370799101001", "新苑社区居民委员会")
    statistics = _write_roster(tmp_path / "统计.csv", [*names, committee])
    survey = _write_roster(tmp_path / "三调.csv", [
        *names[:39], ("370799101298", "东岭村"), ("370799101299", "西岭村"), ("370799101401", "国营东山林场"), ("370799101501", "龙潭水库"),
    ])
    plan, differences = _create(tmp_path, ours, statistics, survey)
    assert len(plan.read().village) == 40
    assert sorted(zip(differences["source"], differences["kind"])) == sorted([
        ("统计.csv", "committee"), ("三调.csv", "not_a_village"), ("三调.csv", "not_a_village"), ("三调.csv", "merged"),
    ])
    assert differences.loc[differences["source"] == "三调.csv", "settled"].tolist() == ["explained"] * 3
    assert found(plan.read(), "QC-7101")["subject_code"].tolist() == [f"统计.csv/{committee[0]}"]

    for settled, count in (("rejected", 40), ("accepted", 41)):
        with plan.write("甲", "处理名录差异") as tx:
            tx.update("roster_difference", {"source": "统计.csv", "code": committee[0]}, settled=settled)
            if settled == "accepted":
                tx.insert("village", [{"code": committee[0], "name": committee[1], "township_code": "370799101", "kind": "rural_community"}])
        assert len(plan.read().village) == count
        assert found(plan.read(), "QC-7101").empty


def test_case_3_a_suburban_county_asks_once(tmp_path: Path, found: Callable) -> None:
    units = [(f"37079910{1 + n // 50}{201 + n % 50}", f"第{n}村村民委员会" if n >= 114 else f"第{n}社区居民委员会") for n in range(200)]
    plan, differences = _create(tmp_path, _write_roster(tmp_path / "名录.csv", units))
    data = plan.read()
    assert len(data.village) == 200
    assert differences["kind"].tolist() == ["committees"]
    findings = found(data, "QC-7101")
    assert findings["severity"].tolist() == ["B"]
    assert findings["params"].iloc[0]["count"] == 114
    assert len(found(data, "QC-7102")) == 86


@pytest.mark.parametrize(
    ("kind", "eligible", "attended", "in_favour", "is_lawful"),
    [
        ("meeting_households", 300, 201, 101, True),
        ("meeting_households", 300, 199, 199, False),
        ("meeting_adults", 601, 300, 300, False),
        ("meeting_adults", 601, 301, 151, True),
        ("meeting_adults", 601, 301, 150, False),
    ],
)
def test_case_4_votes(
    profile: Profile, found: Callable, kind: str, eligible: int, attended: int, in_favour: int, is_lawful: bool
) -> None:
    assert (checks.vote_fault(kind, eligible, attended, in_favour, profile) is None) == is_lawful
    vote = {"eligible": eligible, "attended": attended, "in_favour": in_favour, "date": "2020-05-01"}
    data = example(
        info={"current_phase": 2020},
        village=[village()],
        hamlet=[hamlet(1), hamlet(2)],
        action=[action(H2)],
        move=[move("M1", H2, "cash", phase=2020)],
        consent=[{"code": "C1", "village_code": V1, "kind": kind, **vote}],
    )
    assert found(data, "QC-7105")["severity"].tolist() == ([] if is_lawful else ["A"])


def test_case_5_a_split_hamlet(found: Callable) -> None:
    data = example(
        village=[village()],
        hamlet=[hamlet(1), hamlet(2, households=120, geom=point(100, 100))],
        site=[{"code": "Z1", "name": "安置点", "setting": "rural", "village_code": V1, "geom": box(900, 0, 100, 100)}],
        action=[action(H2, "relocate")],
        move=[
            move("M1", H2, "site", "Z1", phase=2022, households=70),
            move("M2", H2, "town", phase=2022, households=30, destination_name="云岭镇镇区"),
            move("M3", H2, "cash", phase=2022, households=20),
        ],
    )
    lines = accounts.move_lines(data, "S1")
    assert len(lines) == 3
    assert sum(geom is not None for geom in lines["geom"]) == 2
    tasks = accounts.phase_tasks(data, "S1").query("phase == 2022").iloc[0]
    assert (tasks["moves"], tasks["hamlets"], tasks["households"]) == (3, 1, 120)
    assert found(data, "QC-7103", "QC-7104", "QC-7108").empty


@pytest.mark.parametrize(("first", "second", "expected"), [(90, 60, []), (105, 45, [("Z1", "2022", 5)])])
def test_case_6_capacity_by_phase(found: Callable, first: int, second: int, expected: list[tuple]) -> None:
    data = example(
        village=[village()],
        hamlet=[hamlet(1), hamlet(2), hamlet(3)],
        site=[{"code": "Z1", "name": "安置点", "setting": "rural"}],
        site_capacity=[{"site_code": "Z1", "phase": 2022, "households": 100}, {"site_code": "Z1", "phase": 2025, "households": 160}],
        move=[move("M1", H2, "site", "Z1", phase=2022, households=first), move("M2", H3, "site", "Z1", phase=2025, households=second)],
    )
    findings = found(data, "NL-02")
    excess = (findings["measure"] - findings["limit_value"]).tolist()
    assert list(zip(findings["subject_code"], findings["other_code"], excess)) == expected


def test_case_7_reduced_yet_newly_taken(profile: Profile, found: Callable) -> None:
    cleared, kept = _sized(0, 8 * HECTARE_M2), _sized(2_000, 92 * HECTARE_M2)
    new_on_farmland, new_elsewhere = _sized(15_000, 2.4 * HECTARE_M2), _sized(18_000, 3.6 * HECTARE_M2)
    new = shapely.union(new_on_farmland, new_elsewhere)
    built = {"class_code": "0702", "built_code": "203"}
    layers = {"land_use": features({**built, "geom": cleared}, {**built, "geom": kept}, {"class_code": "0103", "geom": new_on_farmland})}
    data = example(
        township=[{**TOWNSHIP, "geom": box(-100, -100, 30_000, 1_000)}],
        village=[village()],
        hamlet=[hamlet(1), hamlet(2)],
        action=[action(H1, "retain"), action(H2)],
        patch=[
            {"code": "P1", "hamlet_code": H2, "kind": "existing", "geom": cleared},
            {"code": "P2", "hamlet_code": H1, "kind": "existing", "geom": kept},
            {"code": "P3", "hamlet_code": H1, "kind": "new", "geom": new},
        ],
    )
    balance = accounts.land_balance(data, MemoryLayers(layers), profile, "S1").iloc[-1]
    assert balance["base_m2"] == pytest.approx(100 * HECTARE_M2, abs=0.05)
    assert balance["planned_m2"] == pytest.approx(98 * HECTARE_M2, abs=0.05)
    findings = found(data, "QC-5301", "NL-01", layers=layers)
    assert findings[["rule", "subject_code"]].to_numpy().tolist() == [["NL-01", "P3"]]
    assert findings["measure"].iloc[0] == pytest.approx(6 * HECTARE_M2, abs=0.05)
    assert findings["params"].iloc[0]["farmland_m2"] == pytest.approx(2.4 * HECTARE_M2, abs=0.05)
    lacking = found(data, "NL-13", layers=layers)
    assert lacking[["subject_kind", "other_code", "measure"]].to_numpy().tolist()[0] == ["county", "amount", 0.0]
    assert lacking["limit_value"].iloc[0] == pytest.approx(2.4 * HECTARE_M2, abs=0.05)


def test_case_8_build_first_clear_later(profile: Profile, found: Callable) -> None:
    data = example(
        village=[village()],
        hamlet=[hamlet(1), hamlet(2)],
        action=[action(H2)],
        move=[
            move("M1", H2, "cash", phase=2021, cleared_m2=12 * HECTARE_M2, built_m2=15 * HECTARE_M2),
            move("M2", H2, "cash", phase=2022, cleared_m2=20 * HECTARE_M2, built_m2=10 * HECTARE_M2),
        ],
    )
    table = accounts.turnover(data, profile, "S1").set_index("phase")
    assert table["cumulative_m2"].iloc[-1] == pytest.approx(-7 * HECTARE_M2)
    assert table.loc[2021, "excess_m2"] == pytest.approx(3 * HECTARE_M2)
    assert table.loc[2021, ["due", "settled"]].tolist() == [2024, 2022]
    assert found(data, "QC-5303").empty


def test_case_9_old_and_new_on_basic_farmland(found: Callable) -> None:
    outer = box(1_000, 0, 400, 400)
    opening = box(1_100, 100, 100, 80)
    data = example(
        village=[village()],
        hamlet=[hamlet(1)],
        action=[action(H1, "retain")],
        patch=[
            {"code": "P1", "hamlet_code": H1, "kind": "existing", "geom": box(0, 0, 50, 50)},
            {"code": "P2", "hamlet_code": H1, "kind": "existing", "geom": opening},
        ],
        site=[{"code": "Z1", "name": "安置点", "setting": "rural", "village_code": V1, "geom": box(100, 0, 50, 50)}],
    )
    farmland = features(
        {"geom": box(46, 47, 10, 10)}, {"geom": box(146, 47, 10, 10)}, {"geom": shapely.difference(outer, opening)}
    )
    layers = {FARMLAND: farmland, "ecological_redline": features({"geom": box(1_120, 120, 50, 40)})}
    findings = found(data, "QC-5201", "QC-5202", layers=layers)
    assert findings[["rule", "severity", "subject_code"]].to_numpy().tolist() == [["QC-5202", "C", "P1"], ["QC-5202", "A", "Z1"]]
    assert findings["measure"].tolist() == [pytest.approx(12, abs=0.05)] * 2


def _approved_plan(path: Path) -> PlanFile:
    """A plan of one village that went the whole way to its implementation."""
    info: dict[str, Any] = {"title": "示例", "profile_id": "layout-2035", "profile_version": "0.1", "base_year": 2020, "crs": CRS}
    plan = PlanFile.create(path, info, [2020, 2021, 2022, 2025, 2035])
    with plan.write("甲", "录入") as tx:
        tx.insert("township", [{"code": TOWNSHIP["code"], "name": TOWNSHIP["name"]}])
        tx.insert("village", [village(), village(V2, "北沟村")])
        tx.insert("hamlet", [hamlet(1), hamlet(2, households=60), hamlet(1, V2)])
        decisions.set_category(tx, "S1", [V1, V2], "01")
        decisions.set_action(tx, "S1", [H2], "merge")
        decisions.save_move(tx, move("M1", H2, target=H1, phase=2022, households=60))
    for status, date in (("consultation", "2020-12-01"), ("expert_review", "2021-01-01"), ("public_notice", "2021-03-01")):
        plan.transition("甲", status, date, "文号", "通过")
    return plan


def test_case_10_after_approval(tmp_path: Path) -> None:
    plan = _approved_plan(tmp_path / "plan.gpkg")
    with pytest.raises(Refused):
        plan.transition("甲", "committee", "2021-03-31", "文号", "通过", end_date="2021-03-25")
    plan.transition("甲", "committee", "2021-03-31", "文号", "通过", end_date="2021-03-30")
    for status, date in (("submitted", "2021-04-05"), ("approved", "2021-05-01"), ("published", "2021-05-15"), ("implementation", "2021-06-01")):
        plan.transition("甲", status, date, "文号", "通过")
    approved = plan.state_hash()

    with plan.write("甲", "实施台账") as tx:
        tx.insert("implementation", [{"move_code": "M1", "year": 2021, "households": 11}, {"move_code": "M1", "year": 2022, "households": 30}])
    progress = accounts.implementation_by_phase(plan.read(), "S1").iloc[0]
    assert progress[["phase", "target", "done", "carried_over"]].tolist() == [2022, 60, 41, 19]
    assert round(100 * progress["share"], 1) == 68.3
    assert plan.state_hash() == approved
    assert plan.verify() == []

    with pytest.raises(Refused), plan.write("甲", "改类别") as tx:
        decisions.set_category(tx, "S1", [V1], "02")
    assert plan.state_hash() == approved
    plan.transition("甲", "revision", "2023-01-10", "文号", "同意", legal_ground="县级国土空间总体规划修改")
    with plan.write("甲", "改类别") as tx:
        decisions.set_category(tx, "S1", [V1], "02")
    report = plan.revision_report()
    assert report[["table", "column", "old", "new"]].to_numpy().tolist() == [["category", "category", "01", "02"]]
    assert report["key"].iloc[0] == {"scenario": "S1", "village_code": V1}
