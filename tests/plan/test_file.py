"""Creating, opening, reading and writing a plan file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import shapely

from tests.plan.conftest import HAMLETS, INFO, PHASES, VILLAGES
from village_planner.base import InputError, Refused
from village_planner.plan import PlanFile, Transaction


def test_a_new_plan_is_drafting_and_has_its_phases_and_an_adopted_scenario(tmp_path: Path) -> None:
    data = PlanFile.create(tmp_path / "a.gpkg", INFO, [2035, 2020]).read()
    assert data.phases == [2020, 2035]
    assert (data.info["status"], data.info["public_notice_days"], data.crs) == ("drafting", 30, 4523)
    assert data.scenario == "S1"
    assert data.tables["scenario"]["title"].tolist() == ["方案一"]


def test_what_was_written_is_read_back_exactly(plan: PlanFile) -> None:
    data = plan.read()
    assert data.village["code"].tolist() == VILLAGES
    assert data.hamlet["households"].tolist() == [10, 11, 12, 13, 14, 15]
    assert data.patch["geom"][1].equals_exact(shapely.MultiPolygon([shapely.Point(100.1, 7.3).buffer(31.7)]), 0)
    assert data.village["persons"].isna().all()


def test_an_existing_file_is_not_overwritten_unless_asked(plan: PlanFile) -> None:
    with pytest.raises(InputError):
        PlanFile.create(plan.path, INFO, PHASES)
    PlanFile.create(plan.path, INFO, PHASES, overwrite=True)
    assert PlanFile.open(plan.path).read().village.empty


def test_an_action_that_fails_writes_nothing_at_all(plan: PlanFile) -> None:
    with pytest.raises(Refused), plan.write("张三", "两步") as tx:
        tx.update("hamlet", {"code": HAMLETS[0]}, households=99)
        tx.insert("site_capacity", [{"site_code": "无此点", "phase": 2025, "households": 5}])
    assert plan.read().hamlet["households"][0] == 10
    assert plan.history()["label"].tolist() == ["导入名录", "新建规划"]


def test_only_the_tables_that_a_change_touched_are_read_anew(plan: PlanFile) -> None:
    before = plan.read()
    with plan.write("张三", "改名") as tx:
        tx.update("hamlet", {"code": HAMLETS[0]}, name="新庄")
    after = plan.read_changed(before, tx.change)
    assert after.hamlet["name"][0] == "新庄"
    assert before.hamlet["name"][0] == "庄0"
    assert after.patch is before.patch


def content(tx: Transaction) -> None:
    tx.insert("township", [{"code": "370799101", "name": "样例镇", "geom": shapely.box(0, 0, 10, 10)}])


def test_what_a_plan_starts_with_belongs_to_its_creation_and_cannot_be_undone(tmp_path: Path) -> None:
    plan = PlanFile.create(tmp_path / "a.gpkg", INFO, PHASES, content=content, who="张三", label="新建：名录.xlsx")
    assert plan.history()[["who", "label", "can_undo"]].to_numpy().tolist() == [["张三", "新建：名录.xlsx", False]]
    with plan.write("张三", "改名") as tx:
        tx.update("township", {"code": "370799101"}, name="新镇")
    plan.undo("张三")
    with pytest.raises(Refused) as caught:
        plan.undo("张三")
    assert caught.value.message.code == "plan.nothing_to_undo"
    township = PlanFile.open(plan.path).read().township
    assert (township["name"].tolist(), township["geom"][0].area) == (["样例镇"], 100)
    assert plan.verify() == []


def test_geometry_that_a_plan_starts_with_is_in_the_plans_coordinates(tmp_path: Path) -> None:
    plan = PlanFile.create(tmp_path / "a.gpkg", INFO, PHASES, content=content)
    connection = sqlite3.connect(plan.path)
    assert int.from_bytes(connection.execute("SELECT geom FROM township").fetchone()[0][4:8], "little") == 4523
    connection.close()


def test_a_creation_that_fails_half_way_leaves_an_earlier_plan_as_it_was(plan: PlanFile) -> None:
    def failing(tx: Transaction) -> None:
        content(tx)
        raise KeyboardInterrupt

    before = plan.path.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        PlanFile.create(plan.path, INFO, PHASES, overwrite=True, content=failing)
    assert plan.path.read_bytes() == before
    assert [path.name for path in plan.path.parent.iterdir()] == ["plan.gpkg"]
