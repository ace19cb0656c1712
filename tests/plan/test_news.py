"""What changed since a snapshot is found by the history, and nothing else is read."""

from __future__ import annotations

import sqlite3

import pytest

from tests.plan.procedure import approve
from village_planner.plan import PlanFile


def test_only_the_tables_that_somebody_changed_are_read(plan: PlanFile) -> None:
    base, seen = plan.read(), plan.last_row()
    village, hamlet = base.village["code"].iloc[0], base.hamlet["code"].iloc[0]
    with plan.write("张三", "改名") as tx:
        tx.update("village", {"code": village}, name="新村")
        tx.insert("consent", [{"code": "v1", "village_code": village, "hamlet_code": hamlet, "kind": "survey"}])
        tx.delete("consent", {"code": "v1"})
    news = plan.read_news(base, seen)
    assert news.change.tables == {"village": [{"code": village}], "consent": [{"code": "v1"}]}
    assert news.data.village["name"].iloc[0] == "新村" and not (news.has_run or news.is_whole)
    changed = {name for name in base.tables if news.data.tables[name] is not base.tables[name]}
    assert changed == {"village", "consent", "check_run"} and news.seen == plan.last_row()
    assert plan.read_news(news.data, news.seen).change.tables == {}


def test_what_another_program_writes_is_news_before_it_is_sealed(plan: PlanFile) -> None:
    base, seen = plan.read(), plan.last_row()
    code = base.township["code"].iloc[0]
    with sqlite3.connect(plan.path) as connection:
        connection.execute("UPDATE plan SET institute = '设计院'")
    connection.close()
    news = plan.read_news(base, seen)
    assert set(news.change.tables) == {"plan"} and news.data.info["institute"] == "设计院"
    assert news.data.township["code"].iloc[0] == code


def test_an_approval_step_is_news_although_it_has_no_history(plan: PlanFile) -> None:
    base, seen = plan.read(), plan.last_row()
    approve(plan)
    news = plan.read_news(base, seen)
    assert len(news.change.tables["approval_step"]) == len(news.data.approval_step) == 6
    assert news.data.info["status"] == "approved"


@pytest.mark.parametrize("back", [True, False])
def test_a_file_that_was_replaced_is_read_whole(plan: PlanFile, tmp_path_factory: pytest.TempPathFactory, back: bool) -> None:
    old = tmp_path_factory.mktemp("old") / "旧.gpkg"
    plan.copy_to(old)
    with plan.write("张三", "题名") as tx:
        tx.update("plan", {"id": "plan"}, institute="设计院")
    base, seen = plan.read(), plan.last_row()
    if not back:
        base.plan["guid"] = "另一文件"
    old.replace(plan.path)
    news = plan.read_news(base, seen if back else 0)
    assert news.is_whole and news.has_run and set(news.change.tables) == set(base.tables)
    assert news.data.info["institute"] is None
