"""Pieces of work run at once, or one by one in turns of the event loop."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk.small_plan import VILLAGES, make_plan
from village_planner.desk.layers import PlanLayers
from village_planner.desk.opening import read_plan
from village_planner.desk.session import PlanSession
from village_planner.desk.turns import Turns


@pytest.fixture
def turns(qgis_app: Any) -> Turns:
    return Turns()


def test_as_a_rule_a_piece_runs_at_once(turns: Turns) -> None:
    done: list[int] = []
    turns.run(lambda: done.append(1))
    assert done == [1]


def test_one_by_one_pieces_wait_for_the_event_loop_and_keep_their_order(turns: Turns, qtbot: Any) -> None:
    done: list[int] = []
    with turns.one_by_one():
        for number in range(3):
            turns.run(lambda number=number: done.append(number))  # type: ignore[misc]
    turns.run(lambda: done.append(3))
    assert done == []
    qtbot.waitUntil(lambda: len(done) == 4, timeout=60000)
    assert done == [0, 1, 2, 3]


def test_what_waits_is_finished_or_forgotten_on_demand(turns: Turns, qtbot: Any) -> None:
    done: list[int] = []
    with turns.one_by_one():
        turns.run(lambda: done.append(1))
    turns.finish()
    assert done == [1]
    with turns.one_by_one():
        turns.run(lambda: done.append(2))
    turns.forget()
    qtbot.wait(20)
    assert done == [1]


def test_an_action_on_a_plan_that_is_still_being_shown_finds_it_whole(session: PlanSession, tmp_path: Any) -> None:
    layers = PlanLayers(session)
    other = read_plan(make_plan(tmp_path / "另一规划.gpkg"))
    with session.turns.one_by_one():
        session.show(other)
    assert layers.villages is None
    session.set_category(VILLAGES[:1], "04", "分类")
    shown = {feature["code"]: feature["category"] for feature in layers.villages.layer.getFeatures()}
    assert len(shown) == 3 and shown[VILLAGES[0]] == "04"


def test_a_plan_that_closes_while_it_is_shown_leaves_nothing_to_do(session: PlanSession, tmp_path: Any, qtbot: Any) -> None:
    PlanLayers(session)
    with session.turns.one_by_one():
        session.show(read_plan(make_plan(tmp_path / "另一规划.gpkg")))
    session.close()
    qtbot.wait(20)
    assert not session.is_open
