"""Counties of which only the official roster is known: decisions, phases, table rules and printed tables work without a polygon."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.real.conftest import records, sheets, write_csv
from village_planner.delivery import PackageRequest, inspect_package, write_package
from village_planner.intake import CreatePlan, Decide, create_plan, decide, settle_committees
from village_planner.plan import PlanData, PlanFile

pytestmark = [pytest.mark.qgis, pytest.mark.slow]

PHASES = (2022, 2025, 2030, 2035)
HEAD = [
    "行政村代码", "行政村", "村庄类别", "布局引导", "理由", "去向类型", "迁入地", "时序", "户数", "人口", "拆旧面积（亩）", "建新面积（亩）",
    "表决形式", "表决日期", "应到户数", "实到户数", "同意户数",
]
MU_PER_HECTARE = 15


def rosters(shared_data: Path, name: str) -> tuple[Path, Path]:
    folder = shared_data / "cn_village_codes"
    return folder / f"{name}_villages.csv", folder / f"{name}_streets.csv"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@dataclass(frozen=True)
class Move:
    """One move as the decisions table says it; villages by their place among those in scope."""

    village: str
    phase: int
    households: int
    persons: int
    cleared_mu: int
    built_mu: int


def decision_rows(villages: list[tuple[str, str]]) -> tuple[list[list[Any]], list[Move]]:
    """Every tenth village goes to the one before it, every twentieth in two phases, with a vote; the others are kept."""
    rows: list[list[Any]] = [HEAD]
    moves: list[Move] = []
    for number, (code, name) in enumerate(villages):
        if number % 10 != 5:
            rows.append([code, name, ("集聚提升类", "城郊融合类", "特色保护类村庄", "暂不分类")[number % 4], "保留", *[""] * 13])
            continue
        target = f"{villages[number - 1][0]}001"
        for part in range(1 + (number % 20 == 5)):
            move = Move(code, PHASES[(number // 10 + part) % 4], 10 + number % 7, 30 + number % 11, 15 + number % 5, 3)
            moves.append(move)
            figures = [f"{move.phase}年", f"{move.households}户", move.persons, move.cleared_mu, move.built_mu]
            vote = ["村民会议（户代表）", "2020.3.5", 90, 70, 60] if part == 0 else [""] * 5
            rows.append([code, name, "搬迁撤并类", "就近撤并", "空心村", "并入居民点", target, *figures, *vote])
    return rows, moves


@dataclass(frozen=True)
class County:
    """The plan after all steps, the moves that it was given, and what the commands gave."""

    plan: Path
    moves: list[Move]
    outputs: dict[str, Mapping[str, Any]]
    package: Path

    def data(self) -> PlanData:
        return PlanFile.open(self.plan).read()


@pytest.fixture(scope="module")
def linqu(shared_data: Path, run: Callable[..., Mapping[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> County:
    villages, streets = rosters(shared_data, "370724_临朐县")
    folder = tmp_path_factory.mktemp("临朐")
    plan = folder / "临朐.gpkg"
    outputs = {"createplan": run(
        "createplan", PLAN=plan, TITLE="临朐县村庄布局规划（2020—2035年）", BASE_YEAR=2020, PHASES="，".join(map(str, PHASES)), ROSTER=villages,
        TOWNSHIPS=streets,
    )}
    in_scope = [(row["code"], row["name"]) for row in rows_of(villages) if "居民委员会" not in row["name"]]
    rows, moves = decision_rows(in_scope)
    outputs["decide"] = run("decide", PLAN=plan, DECISIONS=write_csv(folder / "决策表.csv", rows, "gb18030"))
    outputs["check"] = run("check", PLAN=plan)
    package = write_package(PackageRequest(plan=plan, folder=folder, mode="draft", edition="consultation", formats=("gpkg", "xlsx"))).path
    return County(plan, moves, outputs, package)


def test_a_roster_without_polygons_becomes_a_plan_with_its_own_phases(linqu: County) -> None:
    data = linqu.data()
    assert (linqu.outputs["createplan"]["VILLAGE_COUNT"], linqu.outputs["createplan"]["DIFFERENCES"]) == (368, 1)
    assert data.phases == list(PHASES) and len(data.township) == 10
    assert (data.info["county_code"], data.info["county_name"], data.info["scope"]) == ("370724", "临朐县", "county")


def test_every_row_of_the_decisions_is_taken(linqu: County) -> None:
    data = linqu.data()
    assert linqu.outputs["decide"]["REJECTED"] == 0
    assert Counter(zip(data.move["hamlet_code"].str[:12], data.move["phase"], data.move["households"])) == Counter(
        (move.village, move.phase, move.households) for move in linqu.moves
    )
    assert len(data.consent) == len({move.village for move in linqu.moves}) and set(data.consent["date"]) == {"2020-03-05"}


def test_rules_of_tables_run_and_those_of_maps_are_told_as_not_checked(linqu: County) -> None:
    finding = linqu.data().finding
    ran = set(finding["rule"])
    (latest,) = linqu.data().tables["check_run"].to_dict("records")
    not_checked, of_maps = [item["rule"] for item in latest["not_checked"]], {"QC-5201", "QC-5202", "QC-5203", "QC-5301", "NL-01"}
    assert of_maps <= set(not_checked) and not of_maps & ran
    assert linqu.outputs["check"]["NOT_CHECKED"] == len(not_checked)
    # The 居委会 question is still open, and all grounds are one text; nothing else is wrong: every vote is lawful, every move has its target.
    assert Counter(zip(finding["rule"], finding["severity"])) == Counter({("QC-7101", "B"): 1, ("NL-04", "C"): 1, **crossings(linqu)})


def crossings(linqu: County) -> dict[tuple[str, str], int]:
    """Moves into a village that lies in another township: to be looked at."""
    data = linqu.data()
    found = {(row["hamlet_code"], row["destination_code"]) for row in data.move.to_dict("records")}
    count = sum(hamlet[:9] != target[:9] for hamlet, target in found)
    return {("QC-7104", "B"): count} if count else {}


def test_the_printed_tables_add_up_to_what_was_decided(linqu: County) -> None:
    book = sheets(linqu.package)
    moves = linqu.moves
    listed = [row for row in records(book["B1村庄名录表"]) if row["行政村代码"]]
    assert len(listed) == 368 and all(row["面积（公顷）/村域"] is None for row in listed)
    categories = Counter(row["村庄分类/类别"] for row in records(book["B2村庄分类一览表"]) if row["行政村代码"])
    assert categories["搬迁撤并类"] == len({move.village for move in moves})
    summary = records(book["B3村庄分类汇总表"])
    assert summary[-1]["搬迁撤并类/个数（个）"] == categories["搬迁撤并类"] and summary[-1]["集聚提升类/个数（个）"] == categories["集聚提升类"]
    listed_moves = records(book["B4迁并方向与时序表"])
    assert listed_moves[-1]["户数（户）"] == sum(move.households for move in moves)
    for year in PHASES:
        assert listed_moves[-1][f"{year}年任务/人"] == sum(move.persons for move in moves if move.phase == year)
    assert listed_moves[-1]["用地（公顷）/拆旧"] == pytest.approx(sum(move.cleared_mu for move in moves) / MU_PER_HECTARE, abs=0.01)


def test_phases_are_summed_by_township_and_a_hamlet_is_done_with_its_last_move(linqu: County) -> None:
    rows = records(sheets(linqu.package)["B5分期任务汇总表"])
    last = {village: max(move.phase for move in linqu.moves if move.village == village) for village in {move.village for move in linqu.moves}}
    county = [row for row in rows if row["乡镇"] and "计" in str(row["乡镇"])] or rows[-len(PHASES):]
    for year in PHASES:
        (row,) = [row for row in county if str(year) in str(row["时序"])]
        assert row["本期/户数（户）"] == sum(move.households for move in linqu.moves if move.phase == year)
        assert row["本期/完成撤并、搬迁居民点（个）"] == sum(done == year for done in last.values())
        assert row["累计/人口（人）"] == sum(move.persons for move in linqu.moves if move.phase <= year)
        cleared = sum(move.cleared_mu - move.built_mu for move in linqu.moves if move.phase <= year)
        assert row["累计/拆旧减建新（公顷）"] == pytest.approx(cleared / MU_PER_HECTARE, abs=0.01)


def test_the_package_is_inspected_with_what_the_plan_showed(linqu: County) -> None:
    inspection = inspect_package(linqu.package)
    found = Counter(inspection.plan_result.findings["rule"])
    assert found == Counter(linqu.data().finding["rule"])
    assert not (inspection.findings["severity"] == "A").any()


# 安吉 has 38 units named 居委会 and 11 named 社区 only.
@pytest.mark.parametrize(("name", "units", "committees", "farms"), [("510121_金堂县", 200, 114, 0), ("330523_安吉县", 218, 38 + 11, 1)])
def test_committees_are_one_question_and_settling_it_is_one_action(
    shared_data: Path, tmp_path: Path, name: str, units: int, committees: int, farms: int
) -> None:
    from village_planner.base import SilentFeedback
    from village_planner.desk.steps import check_plan

    villages, streets = rosters(shared_data, name)
    plan = tmp_path / "规划.gpkg"
    result = create_plan(CreatePlan(plan, f"{name[7:]}村庄布局规划", 2020, roster=str(villages), townships=str(streets)))
    (question,) = PlanFile.open(plan).read().roster_difference.to_dict("records")
    codes = question["detail"]["codes"]
    assert (result.village_count, result.differences, len(codes)) == (units, 1, committees)
    in_scope = units - committees - farms
    found = Counter(check_plan(plan, SilentFeedback()).findings["rule"])
    assert found == Counter({"QC-7101": 1, "QC-7102": in_scope})
    settle_committees(plan, {**dict.fromkeys(codes[:10], "rural_community"), **dict.fromkeys(codes[10:], "urban_community")}, "规划员")
    assert Counter(check_plan(plan, SilentFeedback()).findings["rule"]) == Counter({"QC-7102": in_scope + 10})
    table = write_csv(tmp_path / "决策.csv", [["行政村代码", "村庄类别"], *([code, "城郊融合"] for code in codes[:10])])
    assert decide(Decide(plan, str(table))).accepted == 10
    assert len(check_plan(plan, SilentFeedback()).findings) == in_scope
