"""PlanIndex: after an edit it says what an index of the plan made anew says, whatever it had found before."""

from __future__ import annotations

from random import Random

import numpy as np

from tests.checks.test_incremental import full_plan
from tests.edits import in_memory, random_edit
from village_planner.plan.index import PlanIndex, TableIndex, edits_of, key_of

_ASKED = {
    "move": ("hamlet_code", "destination_code"), "patch": ("hamlet_code",), "hamlet": ("village_code",), "site": ("village_code",),
    "village": ("township_code",), "action": ("hamlet_code",), "consent": ("village_code",), "category": ("village_code",),
}  # fmt: skip
_DRAWN = ("patch", "site", "hamlet", "village")


def _ask(index: PlanIndex) -> None:
    """Have it find all that it finds when it is first asked."""
    for name, columns in _ASKED.items():
        table = getattr(index, name)
        for column in columns:
            table.of(column, None)
    for name in _DRAWN:
        _ = getattr(index, name).bounds


def _assert_same(one: TableIndex, other: TableIndex, columns: tuple[str, ...]) -> None:
    assert list(one) == list(other)
    for row in other:
        key = key_of(other.table, row)
        assert one.place(*key) == other.place(*key) and one.get(*key) == row
    for column in columns:
        for value in {getattr(row, column) for row in other} | {None, "gone"}:
            assert list(one.of(column, value)) == list(other.of(column, value))


def test_after_any_edits_the_index_is_that_of_the_plan() -> None:
    data, rng = full_plan(), Random(7)
    index, kinds = PlanIndex(data), set()
    for _ in range(300):
        _ask(index)
        kind, rows = random_edit(rng, index)
        after, change = in_memory(data, rows)
        index, data, fresh = index.patched(after, edits_of(after, change.tables, index)), after, PlanIndex(after)
        kinds.add(kind)
        for name in change.tables:
            _assert_same(getattr(index, name), getattr(fresh, name), _ASKED.get(name, ()))
            if name in _DRAWN:
                assert np.array_equal(getattr(index, name).bounds, getattr(fresh, name).bounds, equal_nan=True)
    assert {"shift patch", "draw patch", "drop patch", "give patch", "hamlet facts", "add move", "drop move"} <= kinds
