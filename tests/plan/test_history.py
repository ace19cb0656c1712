"""History, undo and redo: what was done can be taken back, also after a restart, to the last bit."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plan.conftest import HAMLETS, PHASES, VILLAGES
from tests.plan.procedure import advance
from village_planner.base import PlannerError, Refused
from village_planner.plan import PlanFile, Transaction, decisions
from village_planner.plan.schema import HISTORY_TABLES
from village_planner.spatial.blob import register_functions


def dump(plan: PlanFile) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table with history, bit by bit, fid included."""
    connection = sqlite3.connect(plan.path)
    rows = {table: connection.execute(f'SELECT * FROM "{table}" ORDER BY fid').fetchall() for table in HISTORY_TABLES}
    connection.close()
    return rows


def categorise(plan: PlanFile, village: str, category: str, label: str = "分类") -> None:
    with plan.write("张三", label) as tx:
        decisions.set_category(tx, "S1", [village], category)


def test_undo_takes_back_the_last_action_and_redo_does_it_again(plan: PlanFile) -> None:
    categorise(plan, VILLAGES[0], "01")
    categorise(plan, VILLAGES[0], "02")
    change = plan.undo("李四")
    assert change.tables == {"category": [{"scenario": "S1", "village_code": VILLAGES[0]}]}
    assert plan.read().category["category"].tolist() == ["01"]
    plan.undo("李四")
    assert plan.read().category.empty
    plan.redo("李四")
    plan.redo("李四")
    assert plan.read().category["category"].tolist() == ["02"]
    with pytest.raises(Refused):
        plan.redo("李四")


def test_undo_works_after_a_restart(plan: PlanFile) -> None:
    before = dump(plan)
    categorise(plan, VILLAGES[0], "01")
    PlanFile.open(plan.path).undo("李四")
    assert dump(plan) == before
    PlanFile.open(plan.path).redo("李四")
    assert plan.read().category["category"].tolist() == ["01"]


def test_a_new_action_ends_what_could_be_redone(plan: PlanFile) -> None:
    categorise(plan, VILLAGES[0], "01")
    plan.undo("张三")
    categorise(plan, VILLAGES[1], "01")
    with pytest.raises(Refused) as caught:
        plan.redo("张三")
    assert caught.value.message.code == "plan.nothing_to_redo"


def test_the_history_names_actions_newest_first_and_says_what_is_undone(plan: PlanFile) -> None:
    categorise(plan, VILLAGES[0], "01", "甲")
    categorise(plan, VILLAGES[0], "02", "乙")
    plan.undo("李四")
    seen = plan.history()
    assert seen["label"].tolist() == ["乙", "甲", "导入名录", "新建规划"]
    assert seen["undone"].tolist() == [True, False, False, False]
    assert seen["can_undo"].tolist() == [False, True, False, False]
    assert seen["who"].tolist() == ["张三", "张三", "张三", None]
    assert len(plan.history(limit=2)) == 2
    categorise(plan, VILLAGES[1], "03", "丙")
    assert plan.history()["undone"].tolist() == [False, True, False, False, False]


def test_the_creation_of_the_plan_cannot_be_undone(plan: PlanFile) -> None:
    plan.undo("张三")
    with pytest.raises(Refused) as caught:
        plan.undo("张三")
    assert caught.value.message.code == "plan.nothing_to_undo"
    assert plan.read().scenario == "S1"


def test_a_step_of_the_procedure_is_not_undone_nor_what_led_to_it(plan: PlanFile) -> None:
    categorise(plan, VILLAGES[0], "01")
    advance(plan, "consultation")
    with pytest.raises(Refused):
        plan.undo("张三")
    assert plan.status.value == "consultation"
    assert plan.read().category["category"].tolist() == ["01"]


def test_undo_is_refused_where_the_row_is_no_longer_as_the_action_left_it(plan: PlanFile) -> None:
    categorise(plan, VILLAGES[0], "01")
    connection = sqlite3.connect(plan.path)
    connection.execute("DROP TRIGGER vp_hist_category_u")
    connection.execute("UPDATE category SET category = '03'")
    connection.commit()
    connection.close()
    with pytest.raises(Refused) as caught:
        plan.undo("张三")
    assert caught.value.message.code == "plan.changed_since"
    assert VILLAGES[0] in str(caught.value)
    assert plan.read().category["category"].tolist() == ["03"]


def test_an_action_without_effect_leaves_no_history(plan: PlanFile) -> None:
    categorise(plan, VILLAGES[0], "01")
    before = len(plan.history())
    with plan.write("张三", "分类") as tx:
        decisions.set_category(tx, "S1", [VILLAGES[0]], "01")
    assert tx.change.tables == {}
    assert len(plan.history()) == before


def test_a_change_of_a_key_is_reported_with_both_keys(plan: PlanFile) -> None:
    with plan.write("张三", "改号") as tx:
        tx.update("site", {"code": "Z1"}, code="Z2")
    assert tx.change.tables == {"site": [{"code": "Z1"}, {"code": "Z2"}]}
    assert plan.changes(tx.change.group) == tx.change
    plan.undo("张三")
    assert plan.read().site["code"].tolist() == ["Z1"]


def test_a_documents_content_and_its_json_are_undone_to_the_last_bit(plan: PlanFile) -> None:
    row = {"code": "E1", "subject_table": "category", "subject_key": {"village_code": VILLAGES[0], "数": 0.1}, "title": "决议", "content": bytes(range(256))}
    with plan.write("张三", "附件") as tx:
        tx.insert("evidence", [row])
    before = dump(plan)
    with plan.write("张三", "附件") as tx:
        tx.update("evidence", {"code": "E1"}, content=b"\x00", subject_key={})
    plan.undo("张三")
    assert dump(plan) == before
    saved = plan.read().evidence.iloc[0]
    assert (saved["content"], saved["subject_key"]) == (row["content"], row["subject_key"])
    plan.undo("张三")
    assert plan.read().evidence.empty


_measures = st.floats(min_value=0, max_value=1e9) | st.none()
_coordinates = st.floats(min_value=-1e7, max_value=1e7)
_steps = st.lists(
    st.one_of(
        st.tuples(st.just("category"), st.sampled_from(VILLAGES), st.sampled_from(["01", "02", "03"])),
        st.tuples(st.just("clear"), st.sampled_from(VILLAGES)),
        st.tuples(st.just("action"), st.sampled_from(HAMLETS), st.sampled_from(["retain", "merge", "relocate"])),
        st.tuples(st.just("move"), st.integers(0, 4), st.sampled_from(HAMLETS), st.sampled_from([*PHASES, None]), _measures, _measures),
        st.tuples(st.just("unmove"), st.integers(0, 4)),
        st.tuples(st.just("patch"), st.integers(0, 3), _coordinates, _coordinates),
        st.tuples(st.just("unpatch"), st.integers(0, 3)),
        st.tuples(st.just("consent"), st.sampled_from(VILLAGES), st.integers(0, 500)),
        st.tuples(st.just("site"), st.sampled_from(["Z1", "Z2"]), st.text(max_size=8)),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


def _do(tx: Any, step: tuple[Any, ...]) -> None:
    kind, *values = step
    if kind == "category":
        decisions.set_category(tx, "S1", [values[0]], values[1])
    elif kind == "clear":
        decisions.clear_category(tx, "S1", [values[0]])
    elif kind == "action":
        decisions.set_action(tx, "S1", [values[0]], values[1])
    elif kind == "move":
        decisions.save_move(tx, {"code": f"M{values[0]}", "scenario": "S1", "hamlet_code": values[1], "destination_kind": "none",
                                 "phase": values[2], "cleared_m2": values[3], "built_m2": values[4], "origin": "manual"})  # fmt: skip
    elif kind == "unmove":
        decisions.delete_move(tx, f"M{values[0]}")
    elif kind == "patch":
        geom = shapely.box(values[1], values[2], values[1] + 10.1, values[2] + 10.1)
        tx.upsert("patch", [{"code": f"P{values[0]}", "kind": "new", "geom": geom}])
    elif kind == "unpatch":
        tx.delete("patch", {"code": f"P{values[0]}"})
    elif kind == "consent":
        decisions.save_consent(tx, {"village_code": values[0], "kind": "survey", "eligible": values[1]})
    elif kind == "site":
        (site,) = tx.select("site")
        tx.update("site", {"code": site["code"]}, code=values[0], name=values[1])


@contextmanager
def _stranger(plan: PlanFile) -> Iterator[Transaction]:
    """The same writes as another program makes them: without a session."""
    connection = sqlite3.connect(plan.path, isolation_level=None)
    register_functions(connection)
    connection.execute("BEGIN")
    yield Transaction(connection, 0, "")
    connection.execute("COMMIT")
    connection.close()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, _template: PlanFile) -> Path:
    path = tmp_path_factory.mktemp("filled") / "filled.gpkg"
    _template.copy_to(path)
    return path


@settings(max_examples=25, deadline=None)
@given(groups=st.lists(st.tuples(st.booleans(), _steps), min_size=1, max_size=5))
def test_undoing_everything_and_redoing_everything_gives_the_same_bits(
    filled: Path, groups: list[tuple[bool, list[tuple[Any, ...]]]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(filled, folder))
        plan = PlanFile.open(path)
        states = [dump(plan)]
        for by_a_stranger, steps in groups:
            actions = len(plan.history())
            with _stranger(plan) if by_a_stranger else plan.write("张三", "随机") as tx:
                for step in steps:
                    _do(tx, step)
            if len(plan.history()) > actions:
                states.append(dump(plan))
        for state in reversed(states[:-1]):
            plan.undo("李四")
            assert dump(plan) == state
        for state in states[1:]:
            plan.redo("李四")
            assert dump(plan) == state
        with pytest.raises(PlannerError):
            plan.redo("李四")
        assert plan.verify() == []
