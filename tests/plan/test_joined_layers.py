"""Layers of two sources as one: a kind is wholly that of the first source which has it."""

from __future__ import annotations

from tests.plan.layers import frame, squares
from village_planner.plan import LayerStore, MemoryLayers
from village_planner.plan.joined_layers import JoinedLayers


def held(count: int) -> MemoryLayers:
    return MemoryLayers({"land_use": frame(count).assign(geom=squares(count))})


def test_a_kind_comes_wholly_from_the_first_that_has_it(store: LayerStore) -> None:
    store.add({"code": "c001", "kind": "ecological_redline", "title": "红线", "digest": "d"}, frame(2), squares(2))
    joined = JoinedLayers(store, JoinedLayers(held(3), MemoryLayers({"land_use": frame(5), "ecological_redline": frame(7)})))
    assert joined.kinds() == {"ecological_redline", "land_use"} and joined.has("land_use") and not joined.has("hazard")
    with joined.opened():
        assert [len(joined.read(kind)) for kind in ("ecological_redline", "land_use", "hazard")] == [2, 3, 0]
        assert sum(map(len, joined.batches("land_use"))) == 3
    assert len(joined.read("ecological_redline", bbox=(0, 0, 50, 50))) == 1
    assert joined.overlapping("ecological_redline").shape == (0, 2)
