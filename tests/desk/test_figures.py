"""Figures that follow the session: nothing is made while nobody looks, and only the newest plan's value is told."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.desk.small_plan import VILLAGES
from village_planner.base import Refused
from village_planner.desk.figures import LiveFigure, Snapshot
from village_planner.desk.session import PlanSession

WAIT_MS = 10000


def decided(snapshot: Snapshot, _: Any) -> int:
    return len(snapshot.data.category)


@pytest.fixture
def told(session: PlanSession, qtbot: Any) -> tuple[LiveFigure, list[int]]:
    figure = LiveFigure(session, "数", decided, 0, {"category"})
    values: list[int] = []
    figure.ready.connect(values.append)
    return figure, values


def test_nothing_is_made_until_somebody_looks(session: PlanSession, told: tuple[LiveFigure, list[int]], qtbot: Any) -> None:
    figure, values = told
    session.set_category(VILLAGES[:2], "01", "分类")
    qtbot.wait(50)
    assert values == [] and figure.is_stale
    with qtbot.waitSignal(figure.ready, timeout=WAIT_MS):
        figure.set_active(True)
    assert values == [2] and not figure.is_stale


def test_a_change_of_other_tables_makes_nothing_stale(session: PlanSession, told: tuple[LiveFigure, list[int]], qtbot: Any) -> None:
    figure, values = told
    figure.set_active(True)
    session.save_consent({"village_code": VILLAGES[0], "kind": "survey"}, "意愿")
    assert not figure.is_stale
    with qtbot.waitSignal(figure.ready, timeout=WAIT_MS):
        session.set_category(VILLAGES[:1], "01", "分类")
    assert values == [1]


def test_a_value_of_an_older_plan_is_never_told(session: PlanSession, qtbot: Any) -> None:
    go_on, begun, values = threading.Event(), threading.Event(), []

    def slow(snapshot: Snapshot, _: Any) -> int:
        begun.set()
        go_on.wait(WAIT_MS / 1000)
        return len(snapshot.data.category)

    figure = LiveFigure(session, "数", slow, 0)
    figure.ready.connect(values.append)
    figure.set_active(True)
    session.set_category(VILLAGES[:1], "01", "分类")
    qtbot.waitUntil(begun.is_set, timeout=WAIT_MS)
    session.set_category(VILLAGES, "01", "分类")
    go_on.set()
    qtbot.waitUntil(lambda: bool(values), timeout=WAIT_MS)
    qtbot.wait(50)
    assert values == [3]


def test_what_cannot_be_made_is_told(session: PlanSession, qtbot: Any) -> None:
    def refuse(snapshot: Snapshot, _: Any) -> None:
        raise Refused("desk.no_plan")

    figure = LiveFigure(session, "数", refuse, 0)
    figure.set_active(True)
    with qtbot.waitSignal(figure.failed, timeout=WAIT_MS) as heard:
        figure.renew()
    assert heard.args[0].code == "desk.no_plan"


def test_a_closed_plan_ends_it(session: PlanSession, told: tuple[LiveFigure, list[int]], qtbot: Any) -> None:
    figure, values = told
    figure.set_active(True)
    session.set_category(VILLAGES[:1], "01", "分类")
    session.close()
    qtbot.wait(100)
    assert values == []
