"""decide: a village's rows together or not at all, each wrong row with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.intake.conftest import box
from village_planner.base import InputError, PlannerError
from village_planner.intake import CreatePlan, Decide, DecideResult, create_plan, decide
from village_planner.plan import PlanData, PlanFile

TOWN = "370799101"
HEAD = ["行政村", "自然村", "村庄类别", "布局引导", "迁入去向类型", "迁入地", "时序", "户数", "人口"]


@pytest.fixture
def plan(tmp_path: Path, workbook: Callable[..., Path], polygons: Callable[..., Path]) -> Path:
    """Three villages: the first with three hamlets, one site."""
    rows = [["乡镇", "行政村代码", "行政村", "自然村", "户数", "人口"]]
    for serial, village, hamlet, households, persons in (
        (201, "东山村", "东山", 80, 250), (201, "东山村", "西坡", 20, 50), (201, "东山村", "北洼", 18, 46), (202, "西河村", "西河", 120, 380),
        (203, "南岗村", "南岗", 40, 120), (203, "南岗村", "下岗", 10, 30),
    ):
        rows.append(["甲镇", f"{TOWN}{serial}", village, hamlet, households, persons])
    values = {"编号": "AZ01", "村代码": f"{TOWN}202", "类型": "集中安置点", "安置点": "西河新村", "安置户数": 100, "建成期": 2022}
    site = polygons([(values, box(0, 0))], name="用地.gpkg")
    roster = workbook(rows, name="名录.xlsx")
    return create_plan(CreatePlan(plan=tmp_path / "规划.gpkg", title="甲镇规划", base_year=2020, roster=str(roster), patches=str(site))).plan


@pytest.fixture
def take(plan: Path, workbook: Callable[..., Path]) -> Callable[..., DecideResult]:
    def run(rows: list[list[object]], head: list[str] = HEAD, **more: object) -> DecideResult:
        return decide(Decide(plan, str(workbook([head, *rows], name="决策.xlsx")), **more))  # type: ignore[arg-type]

    return run


def read(plan: Path) -> PlanData:
    return PlanFile.open(plan).read()


def refused(result: DecideResult) -> list[str]:
    return [row.code for row in result.report.sections[2].rows]


def test_part_of_a_village_goes_into_its_own_main_hamlet(plan: Path, take: Callable[..., DecideResult]) -> None:
    """Case 1: two hamlets of 38 households and 96 persons."""
    result = take([
        ["东山村", None, "集聚提升类", "保留", None, None, None, None, None], ["东山村", "西坡", None, "就近撤并", "并入居民点", "东山", 2021, 20, 50],
        ["东山村", "北洼", None, "就近撤并", "并入居民点", "东山", "2021年", "18户", 46],
    ])
    data = read(plan)
    assert (result.accepted, result.rejected, result.villages) == (3, 0, 1)
    assert data.category[["village_code", "category", "origin"]].to_numpy().tolist() == [[f"{TOWN}201", "01", "imported"]]
    assert dict(zip(data.action["hamlet_code"], data.action["action"])) == {f"{TOWN}201001": "retain", f"{TOWN}201002": "merge", f"{TOWN}201003": "merge"}
    assert data.move["households"].sum() == 38 and data.move["persons"].sum() == 96
    assert set(data.move["destination_code"]) == {f"{TOWN}201001"} and set(data.move["phase"]) == {2021}


def test_a_split_hamlet_gets_three_moves(plan: Path, take: Callable[..., DecideResult]) -> None:
    """Case 5: 120 households, 70 to a site, 30 to town, 20 in cash."""
    take([
        ["西河村", "西河", "搬迁撤并类", "搬迁", "集中安置点", "西河新村", 2022, 70, 220], ["西河村", "西河", None, None, "城镇安置", "镇区", 2022, 30, 100],
        ["西河村", "西河", None, None, "货币安置", None, 2021, 20, 60],
    ])
    data = read(plan)
    assert data.move["households"].tolist() == [70, 30, 20]
    assert data.move["destination_kind"].tolist() == ["site", "town", "cash"]
    assert data.move["destination_code"].astype(object).where(data.move["destination_code"].notna(), None).tolist() == ["AZ01", None, None]
    assert len(data.action) == 1


def test_a_wrong_row_holds_back_its_village_and_no_other(plan: Path, take: Callable[..., DecideResult]) -> None:
    result = take([
        ["东山村", None, "集聚提升类", None, None, None, None, None, None], ["东山村", "没有的", None, "搬迁", "货币安置", None, 2021, "38%", 50],
        ["西河村", None, "城郊融合类", "保留", None, None, None, None, None],
    ])
    data = read(plan)
    assert (result.accepted, result.rejected) == (1, 2)
    assert data.category["village_code"].tolist() == [f"{TOWN}202"]
    assert sorted(refused(result)) == ["intake.decide_cell", "intake.decide_held_back", "intake.decide_unknown_hamlet"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["无名村", None, "集聚提升类", None, None, None, None, None, None], "intake.decide_unknown_village"),
        (["东山村", None, "重点发展类", None, None, None, None, None, None], "intake.decide_code"),
        (["东山村", "西坡", None, "搬迁", "集中安置点", "没有的点", 2021, 20, 50], "intake.decide_unknown_site"),
        (["东山村", "西坡", None, "就近撤并", "并入居民点", "没有的", 2021, 20, 50], "intake.decide_unknown_target"),
        (["东山村", "西坡", None, "搬迁", "货币安置", None, 2024, 20, 50], "intake.decide_phase"),
        (["东山村", "西坡", None, "搬迁", "货币安置", None, "近期", 20, 50], "intake.decide_cell"),
        (["东山村", "西坡", None, "搬迁", "货币安置", None, 2021, "二十", 50], "intake.decide_cell"),
        (["东山村", "西坡", None, None, "货币安置", None, 2021, 20, 50], "intake.decide_move_no_action"),
        (["东山村", "西坡", None, "保留", "货币安置", None, 2021, 20, 50], "intake.decide_move_retained"),
        (["东山村", "西坡", None, "搬迁", None, "不知道的地方", 2021, 20, 50], "intake.decide_destination_kind"),
        (["东山村", None, None, "搬迁", "货币安置", None, 2021, 999, None], "intake.decide_share_out"),
        ([None, None, "集聚提升类", None, None, None, None, None, None], "intake.decide_no_village"),
    ],
)
def test_each_kind_of_wrong_row_has_its_reason(plan: Path, take: Callable[..., DecideResult], row: list[object], code: str) -> None:
    result = take([row])
    assert (result.accepted, result.rejected) == (0, 1)
    assert code in refused(result)
    data = read(plan)
    assert data.category.empty and data.action.empty and data.move.empty


def test_contradictions_within_a_village_are_refused(take: Callable[..., DecideResult]) -> None:
    assert refused(take([["东山村", None, "集聚提升类", *[None] * 6], ["东山村", None, "城郊融合类", *[None] * 6]])) == ["intake.decide_two_categories"] * 2
    assert refused(take([["东山村", "西坡", None, "搬迁", *[None] * 5], ["东山村", "西坡", None, "保留", *[None] * 5]])) == ["intake.decide_two_actions"] * 2


@pytest.mark.parametrize("written", ["04", 4, "4", "搬迁撤并类", "搬迁撤并", "撤并", "withdraw"])
def test_categories_are_read_as_code_name_or_short(plan: Path, take: Callable[..., DecideResult], written: object) -> None:
    assert take([["东山村", None, written, *[None] * 6]]).accepted == 1
    assert read(plan).category["category"].tolist() == ["04"]


@pytest.mark.parametrize(("destination", "target"), [
    ("东山", f"{TOWN}201001"), ("南岗村/下岗", f"{TOWN}203002"), ("甲镇/南岗村/下岗", f"{TOWN}203002"), (f"{TOWN}203002", f"{TOWN}203002"),
    ("南岗村", f"{TOWN}203001"),
])
def test_a_destination_is_a_code_a_hamlet_of_the_village_or_a_path(plan: Path, take: Callable[..., DecideResult], destination: str, target: str) -> None:
    result = take([["东山村", "西坡", None, "merge", "hamlet", destination, 2021, 20, 50]])
    assert read(plan).move["destination_code"].tolist() == [target]
    said = [row.code for row in result.report.sections[1].rows]
    assert ("intake.decide_main_hamlet" in said) == (destination == "南岗村")


def test_villages_are_named_by_code_float_or_name(plan: Path, take: Callable[..., DecideResult]) -> None:
    result = take([[float(f"{TOWN}201"), None, "01", *[None] * 6], [f"{TOWN}202", None, "01", *[None] * 6], ["南岗村委会", None, "01", *[None] * 6]])
    assert result.accepted == 3
    assert len(read(plan).category) == 3


def test_an_action_without_a_hamlet_holds_for_all_and_shares_out_by_the_roster(plan: Path, take: Callable[..., DecideResult]) -> None:
    take([["南岗村", None, "搬迁撤并类", "搬迁", "集中安置点", "AZ01", 2025, 50, None]])
    data = read(plan)
    assert data.action["action"].tolist() == ["relocate"] * 2
    assert data.move["households"].tolist() == [40, 10] and data.move["persons"].tolist() == [120, 30]


def test_the_table_replaces_what_the_scenario_had_for_its_villages(plan: Path, take: Callable[..., DecideResult]) -> None:
    take([["东山村", "西坡", "集聚提升类", "搬迁", "货币安置", None, 2021, 20, 50], ["西河村", None, "集聚提升类", "保留", *[None] * 5]])
    result = take([["东山村", "北洼", "城郊融合类", "搬迁", "货币安置", None, 2025, 18, 46]])
    data = read(plan)
    assert dict(zip(data.category["village_code"], data.category["category"])) == {f"{TOWN}201": "02", f"{TOWN}202": "01"}
    assert data.move[["hamlet_code", "phase"]].to_numpy().tolist() == [[f"{TOWN}201003", 2025]]
    assert "intake.decide_replaced" in [row.code for row in result.report.sections[1].rows]


def test_a_table_of_categories_only_leaves_actions_and_moves(plan: Path, take: Callable[..., DecideResult]) -> None:
    take([["东山村", "西坡", "集聚提升类", "搬迁", "货币安置", None, 2021, 20, 50]])
    take([["东山村", None, "城郊融合类", *[None] * 6]])
    data = read(plan)
    assert data.category["category"].tolist() == ["02"] and len(data.move) == 1


def test_the_whole_table_is_one_undo_step_named_by_its_file(plan: Path, take: Callable[..., DecideResult]) -> None:
    take([["东山村", None, "01", "保留", *[None] * 5], ["西河村", None, "01", "保留", *[None] * 5]], who="王")
    opened = PlanFile.open(plan)
    last = opened.history(1).iloc[0]
    assert last["who"] == "王" and "决策.xlsx" in last["label"]
    opened.undo("王")
    assert opened.read().category.empty and opened.read().action.empty


def test_votes_are_recorded_once(plan: Path, take: Callable[..., DecideResult]) -> None:
    head = [*HEAD, "表决形式", "表决日期", "应到", "实到", "同意", "决议文件"]
    vote = ["户代表会议", dt.datetime(2021, 3, 5), "1,300", 201, 101, "〔2021〕1号"]
    rows = [["东山村", "西坡", None, "搬迁", "货币安置", None, 2021, 10, 25, *vote], ["东山村", "西坡", None, "搬迁", "城镇安置", "镇区", 2021, 10, 25, *vote]]
    take(rows, head)
    take(rows, head)
    consent = read(plan).consent
    assert consent[["kind", "date", "eligible", "attended", "in_favour"]].to_numpy().tolist() == [["meeting_households", "2021-03-05", 1300, 201, 101]]
    assert refused(take([["西河村", None, "01", *[None] * 6, None, "2021-03-05", 3, 3, 3, None]], head)) == ["intake.decide_consent_kind"]


def test_areas_in_hectares_and_mu_come_into_square_metres(plan: Path, take: Callable[..., DecideResult]) -> None:
    take([["东山村", "西坡", None, "搬迁", "货币安置", None, 2021, 20, 50, 1.92, "3亩"]], [*HEAD, "拆旧面积（公顷）", "建新面积"])
    move = read(plan).move.iloc[0]
    assert move["cleared_m2"] == pytest.approx(19_200) and move["built_m2"] == pytest.approx(2000)


def test_the_direction_of_reclaimed_land_is_taken_over(plan: Path, take: Callable[..., DecideResult]) -> None:
    head = [*HEAD, "复垦面积（亩）", "复垦方向"]
    where = ["东山村", "西坡", None, "搬迁"]
    take([[*where, "货币安置", None, 2021, 20, 50, 3, " 水田 "], [*where, "城镇安置", "镇区", 2021, 0, 0, 3, None]], head)
    moves = read(plan).move
    assert moves["reclaim_to"].fillna("").tolist() == ["水田", ""] and moves["reclaimed_m2"].tolist() == pytest.approx([2000, 2000])


def test_a_scenario_is_found_by_code_or_title_or_refused(plan: Path, take: Callable[..., DecideResult]) -> None:
    opened = PlanFile.open(plan)
    with opened.write("王", "方案") as tx:
        tx.insert("scenario", [{"code": "S2", "title": "方案二"}])
    take([["东山村", None, "01", *[None] * 6]], scenario="方案二")
    assert read(plan).category["scenario"].tolist() == ["S2"]
    with pytest.raises(InputError) as caught:
        take([["东山村", None, "01", *[None] * 6]], scenario="S9")
    assert caught.value.message.code == "intake.no_scenario"


def test_a_table_without_decisions_is_refused(take: Callable[..., DecideResult]) -> None:
    with pytest.raises(InputError) as caught:
        take([["东山村", 3]], ["行政村", "户数"])
    assert caught.value.message.code == "intake.decide_nothing"


def test_an_approved_plan_takes_no_decisions(plan: Path, take: Callable[..., DecideResult]) -> None:
    opened = PlanFile.open(plan)
    steps = [("consultation", {}), ("expert_review", {}), ("public_notice", {}), ("committee", {"end_date": "2021-03-30"}), ("submitted", {}), ("approved", {})]
    for status, more in steps:
        opened.transition("王", status, "2021-03-01" if status == "public_notice" else "2021-04-01", "文号", "通过", **more)
    with pytest.raises(PlannerError):
        take([["东山村", None, "01", *[None] * 6]])
    assert read(plan).category.empty


def test_a_table_may_name_villages_by_code_alone(plan: Path, take: Callable[..., DecideResult]) -> None:
    result = take([[f"{TOWN}201", "集聚提升类"], [f"{TOWN}203", None]], ["行政村代码", "村庄类别"])
    assert result.accepted == 2
    assert read(plan).category["village_code"].tolist() == [f"{TOWN}201"]
    assert "intake.decide_row_empty" in [row.code for row in result.report.sections[1].rows]
    with pytest.raises(InputError) as caught:
        take([["集聚提升类"]], ["村庄类别"])
    assert caught.value.message.code == "intake.column_missing"


def test_a_villagewide_row_leaves_what_other_rows_name(plan: Path, take: Callable[..., DecideResult]) -> None:
    take([["东山村", None, None, "保留", *[None] * 5], ["东山村", "西坡", None, "搬迁", "货币安置", None, 2021, 20, 50]])
    assert dict(zip(read(plan).action["hamlet_code"], read(plan).action["action"])) == {
        f"{TOWN}201001": "retain", f"{TOWN}201002": "relocate", f"{TOWN}201003": "retain",
    }


def test_a_code_and_a_name_of_different_villages_are_refused(plan: Path, take: Callable[..., DecideResult]) -> None:
    head = ["行政村代码", "行政村", "村庄类别"]
    result = take([[f"{TOWN}201", "西河村", "01"], [f"{TOWN}203", "南岗村民委员会", "01"], [f"{TOWN}202", "曾经的村名", "01"]], head)
    assert refused(result) == ["intake.decide_code_and_name"]
    assert sorted(read(plan).category["village_code"]) == [f"{TOWN}202", f"{TOWN}203"]


MOVED = [["东山村", "西坡", None, "就近撤并", "并入居民点", "东山", 2021, 12, None], ["东山村", "西坡", None, "就近撤并", "并入居民点", "东山", 2025, 8, None],
         ["东山村", "北洼", None, "搬迁", "集中安置点", "西河新村", 2022, 18, None]]


def moves(plan: Path) -> dict[tuple[str, int], str]:
    frame = read(plan).move
    return dict(zip(zip(frame["hamlet_code"].str[-3:], frame["phase"]), frame["code"]))


def test_a_table_taken_again_keeps_the_codes_of_its_moves(plan: Path, take: Callable[..., DecideResult]) -> None:
    take(MOVED)
    first = moves(plan)
    take(list(reversed(MOVED)))
    assert moves(plan) == first and len(first) == 3


def test_a_move_that_changes_its_phase_or_figures_is_the_same_and_another_destination_is_another(
    plan: Path, take: Callable[..., DecideResult]
) -> None:
    take(MOVED)
    first = moves(plan)
    take([MOVED[0], [*MOVED[1][:6], 2035, 7, 20], [*MOVED[2][:5], "西河新村", 2022, 18, None]])
    changed = moves(plan)
    assert changed[("002", 2021)] == first[("002", 2021)] and changed[("002", 2035)] == first[("002", 2025)]
    assert changed[("003", 2022)] == first[("003", 2022)]
    take([*MOVED[:2], ["东山村", "北洼", None, "搬迁", "货币安置", None, 2022, 18, None]])
    assert moves(plan)[("003", 2022)] not in first.values() and len(read(plan).move) == 3


def test_what_the_table_no_longer_says_goes(plan: Path, take: Callable[..., DecideResult]) -> None:
    take(MOVED)
    take(MOVED[:1])
    assert list(moves(plan)) == [("002", 2021)]
    assert dict(zip(read(plan).action["hamlet_code"].str[-3:], read(plan).action["action"])) == {"002": "merge"}


def test_a_vote_given_again_keeps_its_code_and_takes_what_is_new(plan: Path, take: Callable[..., DecideResult]) -> None:
    head = ["行政村", "表决形式", "表决日期", "应到", "实到", "同意", "决议文件"]
    row = ["西河村", "户代表会议", "2021-03-05", 120, 100, 90, "村民决议〔2021〕3号"]
    take([row], head)
    code = read(plan).consent["code"].tolist()
    take([row, row], head)
    take([["西河村", "户代表会议", "2021/3/5", 120, 101, None, None]], head)
    after = read(plan).consent
    assert after["code"].tolist() == code
    assert after[["attended", "in_favour", "document"]].to_numpy().tolist() == [[101, 90, "村民决议〔2021〕3号"]]
    take([["西河村", "户代表会议", "2021-04-01", 120, 101, 95, None]], head)
    assert len(read(plan).consent) == 2


@pytest.mark.parametrize("written", ["搬迁撤并类村庄", "搬迁撤并类（第四类）", "搬迁 撤并", "０４", 4, "4.0", "搬迁撤并"])
def test_a_category_is_known_in_its_long_and_short_forms(plan: Path, take: Callable[..., DecideResult], written: object) -> None:
    assert take([["西河村", None, written, *[None] * 6]]).rejected == 0
    assert read(plan).category["category"].tolist() == ["04"]


def test_a_row_that_repeats_another_counts_once(plan: Path, take: Callable[..., DecideResult]) -> None:
    result = take([MOVED[0], MOVED[0], MOVED[1]])
    assert (result.accepted, len(read(plan).move)) == (3, 2)
    assert [row.code for row in result.report.sections[1].rows].count("intake.decide_move_again") == 1


def test_a_code_that_the_plan_does_not_know_is_said_where_the_name_decides(plan: Path, take: Callable[..., DecideResult]) -> None:
    head = ["行政村代码", "行政村", "村庄类别"]
    result = take([["370799999201", "西河村", "01"], [f"{TOWN}201", "东山村", "01"]], head)
    assert result.accepted == 2
    assert [row.params["code"] for row in result.report.sections[1].rows if row.code == "intake.decide_by_name"] == ["370799999201"]
