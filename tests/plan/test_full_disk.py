"""A full disk costs the action under way, never the plan, and the planner is told what is the matter."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
import shapely

from tests.plan.conftest import INFO, PHASES, VILLAGES
from village_planner.base import PlannerError
from village_planner.plan import LayerStore, PlanFile, decisions

META = {"code": "c001", "kind": "land_use", "title": "三调", "digest": "d"}


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Stands in for a full disk: the system refuses to let a file grow beyond `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("size", [0, 1024, 8192])
def test_a_write_that_finds_no_room_is_refused_and_the_plan_is_as_it_was(plan: PlanFile, size: int) -> None:
    with no_file_larger_than(size), pytest.raises(PlannerError) as caught, plan.write("张三", "分类") as tx:
        decisions.set_category(tx, "S1", VILLAGES, "01")
    assert "rollback" not in str(caught.value)
    assert plan.read().category.empty
    with plan.write("张三", "分类") as tx:
        decisions.set_category(tx, "S1", VILLAGES, "01")
    assert plan.verify() == []


@pytest.mark.parametrize("size", [0, 4096, 20_000, 100_000, 500_000])
def test_a_creation_that_finds_no_room_leaves_nothing_and_names_the_plan(tmp_path: Path, size: int) -> None:
    with no_file_larger_than(size), pytest.raises(PlannerError, match=r"\bplan\.gpkg"):
        PlanFile.create(tmp_path / "plan.gpkg", INFO, PHASES)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [0, 4096, 20_000, 60_000, 150_000])
def test_a_layer_that_finds_no_room_can_be_added_once_there_is_room(tmp_path: Path, size: int) -> None:
    store = LayerStore(tmp_path / "plan.layers.gpkg", crs=4523)
    frame = pd.DataFrame({"source_id": [str(number) for number in range(3000)]})
    geoms = shapely.box(range(3000), 0, range(1, 3001), 1)
    with no_file_larger_than(size), pytest.raises(PlannerError, match=r"plan\.layers\.gpkg"):
        store.add(META, frame, geoms)
    assert store.kinds() == set()
    store.add(META, frame, geoms)
    assert len(store.read("land_use")) == 3000
