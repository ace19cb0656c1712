"""What a revision changed, in names and words, and kept as a file of three kinds."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from tests.desk.small_plan import HAMLETS, VILLAGES, hamlet_place, make_plan
from tests.plan.procedure import approve
from village_planner.base import InputError, Refused
from village_planner.delivery.revision import HEADINGS, revision_table, write_revision
from village_planner.plan import PlanFile, decisions
from village_planner.standards import load_profile

MOVE = {"scenario": "S1", "hamlet_code": HAMLETS[1], "destination_kind": "hamlet", "destination_code": HAMLETS[0], "phase": 2025, "households": 10}


@pytest.fixture
def plan(tmp_path: Path) -> PlanFile:
    """Approved with a category, a withdrawal and its move, and open for revision."""
    plan = PlanFile.open(make_plan(tmp_path / "规划.gpkg"))
    with plan.write("测试", "决定") as tx:
        decisions.set_category(tx, "S1", VILLAGES[:1], "01", "人口集聚")
        decisions.set_action(tx, "S1", [HAMLETS[1]], "merge")
        decisions.save_move(tx, {**MOVE, "code": "M1", "origin": "imported"})
    approve(plan)
    plan.transition("张三", "revision", "2026-06-01", "修改〔2026〕1号", "同意修改", legal_ground="城乡规划法第四十七条")
    return plan


def lines(plan: PlanFile) -> list[list[str]]:
    table = revision_table(plan.revision_report(), plan.read(), load_profile())
    assert list(table.columns) == list(HEADINGS)
    return [list(map(str, row)) for row in table.itertuples(index=False)]


def test_nothing_changed_gives_no_line(plan: PlanFile) -> None:
    assert lines(plan) == []


def test_a_plan_that_was_never_approved_has_nothing_to_compare_with(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        lines(PlanFile.open(make_plan(tmp_path / "未批.gpkg")))


def test_a_changed_category_is_exactly_one_line_in_words(plan: PlanFile) -> None:
    """Worked case 10; whether a person or a file chose is no difference."""
    with plan.write("测试", "改") as tx:
        decisions.set_category(tx, "S1", VILLAGES[:1], "04", "人口集聚", origin="suggested")
    assert lines(plan) == [["村庄类别", "东乡", "甲村", "甲村", "类别", "集聚提升类", "搬迁撤并类"]]


def test_moves_that_change_come_or_go_are_told_with_the_names_of_places(plan: PlanFile) -> None:
    with plan.write("测试", "改") as tx:
        decisions.save_move(tx, {"code": "M1", "phase": 2035, "destination_kind": "site", "destination_code": "A1"})
        decisions.set_action(tx, "S1", [HAMLETS[3]], "relocate")
        decisions.save_move(tx, {**MOVE, "code": "M2", "hamlet_code": HAMLETS[3], "cleared_m2": 1234.5, "origin": "manual"})
    found = lines(plan)
    assert ["迁并任务", "东乡", "甲村", "甲湾", "迁入地", "甲庄", "东乡安置点"] in found
    assert ["迁并任务", "东乡", "甲村", "甲湾", "时序", "2025", "2035"] in found
    (added,) = [line for line in found if line[0] == "迁并任务" and line[4] == "新增"]
    assert added[1:4] == ["东乡", "乙村", "乙庄"] and "迁入地：甲庄" in added[6] and "拆旧（腾退）面积 m²：1,234.50" in added[6] and added[5] == ""
    assert any(line[0] == "布局引导" and line[4] == "新增" and "搬迁" in line[6] for line in found)


def test_a_removed_decision_says_what_it_was(plan: PlanFile) -> None:
    with plan.write("测试", "改") as tx:
        decisions.clear_action(tx, "S1", [HAMLETS[1]])
    found = lines(plan)
    assert sorted(line[0] for line in found) == ["布局引导", "迁并任务"] and all(line[4] == "删除" and line[6] == "" for line in found)
    assert any("就近撤并" in line[5] for line in found)


def test_a_redrawn_patch_is_told_by_its_areas(plan: PlanFile) -> None:
    with plan.write("测试", "改") as tx:
        tx.update("patch", {"code": "P1"}, geom=hamlet_place(1).buffer(60))
    ((_, _, village, subject, item, old, new),) = lines(plan)
    assert (village, subject, item) == ("甲村", "甲湾 P1", "图形")
    assert old.startswith("面积 2,8") and new.startswith("面积 11,")


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame([["村庄类别", "东乡", "甲村", "甲村", "理由", "=1+1", "<b>人口</b>"]], columns=list(HEADINGS), dtype="string")


def test_the_table_is_kept_as_a_workbook_in_which_no_text_is_a_formula(table: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "对照表.xlsx"
    write_revision(path, table, "测试县修改对照表")
    sheet = openpyxl.load_workbook(path).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "测试县修改对照表" and rows[1] == HEADINGS and rows[2][5] == "=1+1" and sheet["F3"].data_type == "s"


def test_the_table_is_kept_as_page_and_as_text_in_which_nothing_is_a_formula(table: pd.DataFrame, tmp_path: Path) -> None:
    page, text = tmp_path / "对照表.html", tmp_path / "对照表.csv"
    for path in (page, text):
        write_revision(path, table, "修改对照表")
    assert "&lt;b&gt;人口&lt;/b&gt;" in page.read_text(encoding="utf-8")
    with text.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [list(HEADINGS), ["'=1+1" if cell == "=1+1" else cell for cell in table.iloc[0]]]


def test_another_kind_of_file_or_a_missing_folder_is_refused(table: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="xlsx"):
        write_revision(tmp_path / "对照表.pdf", table, "修改对照表")
    with pytest.raises(InputError, match="对照表"):
        write_revision(tmp_path / "无此文件夹" / "对照表.csv", table, "修改对照表")
