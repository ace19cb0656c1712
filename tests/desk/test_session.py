"""The session writes each action once, tells what changed, and refuses while a layer is being edited."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from qgis.core import QgsProject, QgsVectorLayer

from tests.desk.small_plan import HAMLETS, VILLAGES, new_plan, village_shape
from village_planner.base import PlanFileError, Refused
from village_planner.base.feedback import SilentFeedback
from village_planner.desk.session import PlanSession, Reasons
from village_planner.desk.steps import check_plan
from village_planner.plan import PlanFile


def categories(session: PlanSession) -> dict[str, str]:
    frame = session.data.category
    return dict(zip(frame["village_code"], frame["category"]))


def actions(session: PlanSession) -> dict[str, str]:
    frame = session.data.action
    return dict(zip(frame["hamlet_code"], frame["action"]))


def test_a_category_for_many_is_one_undo_step(session: PlanSession, qtbot: Any) -> None:
    with qtbot.waitSignal(session.changed) as heard:
        session.set_category(VILLAGES[:2], "01", "分类")
    assert set(heard.args[0].tables) == {"category"}
    assert categories(session) == {VILLAGES[0]: "01", VILLAGES[1]: "01"}
    session.undo()
    assert categories(session) == {}
    session.redo()
    assert len(categories(session)) == 2


def test_what_is_shown_is_on_disk(session: PlanSession) -> None:
    session.set_action(HAMLETS[:1], "merge", "撤并")
    assert list(PlanFile.open(session.path).read().action["hamlet_code"]) == [HAMLETS[0]]


def test_a_new_category_keeps_the_stated_grounds(session: PlanSession) -> None:
    session.set_category(VILLAGES[:1], "01", "分类")
    session.explain_categories(VILLAGES[:1], Reasons("人口集聚", "总体规划"), "理由")
    session.set_category(VILLAGES[:1], "02", "改分类")
    row = session.data.category.iloc[0]
    assert (row["category"], row["grounds"], row["basis"]) == ("02", "人口集聚", "总体规划")


def test_grounds_without_a_category_are_refused_by_name(session: PlanSession) -> None:
    with pytest.raises(Refused, match="乙村"):
        session.explain_categories(VILLAGES[1:2], Reasons("理由"), "理由")


def test_retaining_a_hamlet_drops_its_moves(session: PlanSession) -> None:
    session.set_action([HAMLETS[1]], "merge", "撤并")
    session.save_moves([{"hamlet_code": HAMLETS[1], "destination_kind": "hamlet", "destination_code": HAMLETS[0], "phase": 2025}], "任务")
    assert len(session.data.move) == 1
    session.set_action([HAMLETS[1]], "retain", "保留")
    assert len(session.data.move) == 0
    session.undo()
    assert len(session.data.move) == 1 and actions(session)[HAMLETS[1]] == "merge"


def test_writing_is_refused_while_a_layer_of_the_plan_is_in_edit_mode(session: PlanSession) -> None:
    layer = QgsVectorLayer(f"{session.path}|layername=patch", "用地", "ogr")
    QgsProject.instance().addMapLayer(layer)
    layer.startEditing()
    with pytest.raises(Refused, match="用地"):
        session.set_category(VILLAGES[:1], "01", "分类")
    assert categories(session) == {}
    layer.rollBack()
    session.set_category(VILLAGES[:1], "01", "分类")
    assert categories(session) == {VILLAGES[0]: "01"}


def test_a_plan_that_cannot_be_opened_leaves_the_present_one_open(session: PlanSession, tmp_path: Path) -> None:
    before = session.path
    with pytest.raises(Exception, match="无此|no such|not|missing"):
        session.open(tmp_path / "无此规划.gpkg")
    assert session.path == before


def test_an_approved_plan_refuses_decisions_but_takes_consents(session: PlanSession) -> None:
    for status in ("consultation", "expert_review"):
        session.file.transition("测试", status, "2021-01-01", "文号", "同意")
    session.file.transition("测试", "public_notice", "2021-01-01", "文号", "同意", end_date="2021-02-15")
    for status in ("committee", "submitted", "approved"):
        session.file.transition("测试", status, "2021-03-01", "文号", "同意")
    session.reload()
    assert session.is_locked
    with pytest.raises(Refused):
        session.set_category(VILLAGES[:1], "01", "分类")
    session.save_consent({"village_code": VILLAGES[0], "kind": "survey", "date": "2021-04-01"}, "意愿")
    assert len(session.data.consent) == 1


def test_a_layer_of_a_table_that_was_written_shows_it_at_once(session: PlanSession) -> None:
    layer = QgsVectorLayer(f"{session.path}|layername=site", "安置点", "ogr")
    QgsProject.instance().addMapLayer(layer)
    assert layer.featureCount() == 1
    with session.writing("安置点") as tx:
        tx.insert("site", [{"code": "A2", "name": "西镇安置点", "setting": "town", "geom": village_shape(2)}])
    assert layer.featureCount() == 2
    assert list(session.data.site["code"]) == ["A1", "A2"]


def test_a_decision_leaves_the_frames_that_it_did_not_touch(session: PlanSession) -> None:
    before = session.data.hamlet
    session.set_category(VILLAGES[:1], "01", "分类")
    assert session.data.hamlet is before


def test_what_another_program_writes_is_noticed(session: PlanSession, qtbot: Any) -> None:
    with qtbot.waitSignal(session.changed, timeout=60000) as heard:
        with PlanFile.open(session.path).write("别人", "改名") as tx:
            tx.update("village", {"code": VILLAGES[0]}, name="甲新村")
    assert heard.args[0].tables == {"village": [{"code": VILLAGES[0]}]}
    assert session.name_of("village", VILLAGES[0]) == "甲新村"


def test_what_we_write_is_not_taken_for_another_programs(session: PlanSession, qtbot: Any) -> None:
    taken: list[Any] = []
    session.changed.connect(taken.append)
    # The file's watcher hears of our write too, and looks whose it was when this timer ends.
    with qtbot.waitSignal(session._strangers.timeout, timeout=60000):
        session.set_category(VILLAGES[:1], "01", "分类")
    assert [change.tables for change in taken] == [{"category": [{"scenario": "S1", "village_code": VILLAGES[0]}]}]
    assert categories(session) == {VILLAGES[0]: "01"}


def test_what_another_program_wrote_just_before_us_is_taken_with_ours(session: PlanSession) -> None:
    with PlanFile.open(session.path).write("别人", "改名") as tx:
        tx.update("village", {"code": VILLAGES[0]}, name="甲新村")
    session.set_category(VILLAGES[:1], "01", "分类")
    assert session.name_of("village", VILLAGES[0]) == "甲新村"


def test_another_plan_in_the_place_of_the_open_one_is_read_whole(session: PlanSession, tmp_path: Path, qtbot: Any) -> None:
    other = new_plan(tmp_path / "另一规划.gpkg")
    with PlanFile.open(other).write("别人", "改名") as tx:
        tx.update("village", {"code": VILLAGES[0]}, name="甲新村")
    other.replace(session.path)
    with qtbot.waitSignal(session.reloaded):
        session.reload()
    assert session.name_of("village", VILLAGES[0]) == "甲新村"


def test_a_check_of_another_program_is_all_that_is_read_of_it(session: PlanSession, qtbot: Any) -> None:
    before = session.data
    check_plan(session.path, SilentFeedback())
    with qtbot.waitSignal(session.findings_changed), qtbot.assertNotEmitted(session.changed):
        session.reload()
    assert len(session.data.check_run) == 1
    assert {name for name in before.tables if session.data.tables[name] is not before.tables[name]} == {"check_run", "finding"}


def test_villages_with_different_grounds_keep_them_when_they_get_one_category(session: PlanSession) -> None:
    session.set_category(VILLAGES, "01", "分类")
    session.explain_categories(VILLAGES[:1], Reasons("人口集聚"), "理由")
    session.explain_categories(VILLAGES[1:2], Reasons("靠近县城", "总体规划"), "理由")
    session.set_category(VILLAGES, "02", "改分类")
    rows = session.data.category.set_index("village_code")
    assert set(rows["category"]) == {"02"}
    assert [None if value is pd.NA else value for value in rows.loc[list(VILLAGES), "grounds"]] == ["人口集聚", "靠近县城", None]
    session.undo()
    assert set(session.data.category["category"]) == {"01"}



def test_the_desk_does_not_stand_still_while_another_program_writes_the_plan(session: PlanSession) -> None:
    connection = sqlite3.connect(session.path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    start = time.monotonic()
    with pytest.raises(PlanFileError) as caught:
        session.set_category(VILLAGES[:1], "01", "分类")
    assert time.monotonic() - start < 1
    assert caught.value.message.code == "plan.file_busy"
    connection.close()
    session.set_category(VILLAGES[:1], "01", "分类")
    assert categories(session) == {VILLAGES[0]: "01"}


def test_an_action_waits_for_a_task_of_ours_that_holds_the_file_for_a_moment(session: PlanSession) -> None:
    held, may_go = threading.Event(), threading.Event()

    def task() -> None:
        with session.alone():
            connection = sqlite3.connect(session.path, isolation_level=None)
            connection.execute("BEGIN IMMEDIATE")
            held.set()
            may_go.wait(0.5)
            connection.execute("ROLLBACK")
            connection.close()

    thread = threading.Thread(target=task)
    thread.start()
    held.wait()
    session.set_category(VILLAGES[:1], "01", "分类")
    may_go.set()
    thread.join()
    assert categories(session) == {VILLAGES[0]: "01"}


def test_a_check_of_the_desk_does_not_read_the_plan_file_again(session: PlanSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlanFile, "read", lambda _: pytest.fail("the plan was read"))
    outcome = check_plan(session.path, SilentFeedback(), snapshot=session.data, alone=session.alone)
    session.reload()
    assert len(outcome.findings) and len(session.data.finding) == len(outcome.findings)
