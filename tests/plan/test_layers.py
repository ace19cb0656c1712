"""Control layers: the store beside the plan, and the same face over frames in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from tests.plan.conftest import INFO, PHASES
from tests.plan.layers import META, ROW, frame, squares
from village_planner.base import PlanFileError, PlannerError
from village_planner.plan import LayerStore, MemoryLayers, PlanFile
from village_planner.plan.layers import COLUMNS


def test_a_store_without_a_file_has_nothing(store: LayerStore) -> None:
    assert store.kinds() == set()
    assert not store.has("land_use")
    assert store.read("land_use").empty
    assert tuple(store.read("land_use").columns) == COLUMNS


def test_a_layer_is_read_back_exactly(store: LayerStore) -> None:
    geoms = squares(3)
    store.add(META, frame(3, class_code=["0101", None, "1004"], deduction=[0.1, np.nan, 0.0], extra=[{"名": 1}, None, {}]), geoms)
    read = store.read("land_use")
    assert store.kinds() == {"land_use"} and store.has("land_use")
    assert read["layer"].tolist() == ["c001"] * 3
    assert read["class_code"].tolist() == ["0101", None, "1004"]
    assert read["deduction"].dtype == float
    assert np.array_equal(read["deduction"], [0.1, np.nan, 0.0], equal_nan=True)
    assert shapely.equals_exact(read["geom"].to_numpy(), geoms, 0).all()


def test_several_layers_of_a_kind_are_read_as_one(store: LayerStore) -> None:
    store.add(META, frame(2), squares(2))
    store.add({**META, "code": "c002"}, frame(3), squares(3))
    store.add({"code": "c003", "kind": "hazard", "title": "地灾"}, frame(1), squares(1))
    assert store.read("land_use")["layer"].tolist() == ["c001"] * 2 + ["c002"] * 3
    assert store.codes("land_use") == ["c001", "c002"]
    assert store.kinds() == {"land_use", "hazard"}


def test_a_box_finds_what_comes_near_it(store: LayerStore) -> None:
    store.add(META, frame(50), squares(50))
    assert store.read("land_use", bbox=(205, 5, 405, 6))["source_id"].tolist() == ["2", "3", "4"]
    assert store.read("land_use", bbox=(0, 5000, 10, 6000)).empty


def test_only_the_columns_that_are_asked_for_are_read(store: LayerStore) -> None:
    store.add(META, frame(2), squares(2))
    assert store.read("land_use", columns=["source_id", "layer"]).to_dict("records") == [
        {"source_id": "0", "layer": "c001"}, {"source_id": "1", "layer": "c001"},
    ]  # fmt: skip


def test_more_rows_than_a_batch_come_whole(store: LayerStore) -> None:
    store.add(META, frame(12_001), squares(12_001))
    read = store.read("land_use")
    assert read["source_id"].tolist() == [str(n) for n in range(12_001)]
    assert read["geom"].iloc[-1].bounds == (1_200_000, 0, 1_200_010, 10)


def test_a_null_geometry_and_rows_set_aside_are_kept(store: LayerStore) -> None:
    geoms = squares(2)
    geoms[1] = None
    store.add(META, frame(2), geoms, [{"source_id": "9", "reason": "自相交", "extra": {"a": "乙"}, "wkb": b"\x01"}])
    assert store.read("land_use")["geom"].tolist() == [geoms[0], None]
    assert store.aside("c001").to_dict("records") == [{"source_id": "9", "reason": "自相交", "extra": {"a": "乙"}, "wkb": b"\x01"}]


def test_a_layer_added_again_replaces_what_was_left_and_a_removed_one_is_gone(store: LayerStore) -> None:
    store.add(META, frame(5), squares(5))
    store.add(META, frame(2), squares(2))
    assert len(store.read("land_use")) == 2
    store.remove("c001")
    store.remove("c009")
    assert store.kinds() == set()


def test_a_layer_whose_import_broke_off_is_not_listed(store: LayerStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise PlanFileError("plan.disk_full", file="x")

    store.add({**META, "code": "c000"}, frame(1), squares(1))
    with monkeypatch.context() as patch, pytest.raises(PlanFileError):
        patch.setattr("village_planner.plan.layer_import._append_aside", broken)
        store.add(META, frame(5), squares(5))
    assert store.codes("land_use") == ["c000"]
    store.add(META, frame(5), squares(5))
    assert len(store.read("land_use")) == 6


def test_the_plan_shows_only_layers_that_it_lists(tmp_path: Path) -> None:
    plan = PlanFile.create(tmp_path / "plan.gpkg", INFO, PHASES)
    plan.layers().add(META, frame(2), squares(2))
    assert plan.layers().kinds() == set()
    listed(plan, ROW)
    assert plan.layers().kinds() == {"land_use"}
    plan.undo("张三")
    assert plan.layers().kinds() == set()
    assert plan.layers_path.name == "plan.layers.gpkg"


def listed(plan: PlanFile, *rows: dict[str, Any]) -> None:
    with plan.write("张三", "导入管控图层") as tx:
        tx.insert("control_layer", rows)


def problems(plan: PlanFile) -> list[str]:
    return [message.code for message in plan.layers().problems()]


def test_a_store_that_is_asked_often_sees_at_once_what_was_added_elsewhere(tmp_path: Path) -> None:
    plan = PlanFile.create(tmp_path / "plan.gpkg", INFO, PHASES)
    store, seen = plan.layers(), []
    for code in ("c001", "c002"):
        elsewhere = PlanFile.open(plan.path)
        elsewhere.layers().add({**META, "code": code, "kind": f"kind of {code}"}, frame(2), squares(2))
        seen.append(store.kinds())
        listed(elsewhere, {**ROW, "code": code, "kind": f"kind of {code}"})
        seen.append(store.kinds())
    assert seen == [set(), {"kind of c001"}, {"kind of c001"}, {"kind of c001", "kind of c002"}]


def test_a_store_as_of_now_does_not_ask_the_plan_again(tmp_path: Path) -> None:
    plan = PlanFile.create(tmp_path / "plan.gpkg", INFO, PHASES)
    plan.layers().add(META, frame(2), squares(2))
    before, asked = plan.layers().as_of_now(), plan.layers()
    listed(plan, ROW)
    after = plan.layers().as_of_now()
    assert (before.kinds(), asked.kinds(), after.kinds()) == (set(), {"land_use"}, {"land_use"})
    plan.path.unlink()
    assert len(after.read("land_use")) == 2 and after.codes("land_use") == ["c001"] and after.problems() == []


def test_layers_that_the_plan_lists_but_that_were_left_behind_are_named(tmp_path: Path) -> None:
    plan = PlanFile.create(tmp_path / "plan.gpkg", INFO, PHASES)
    plan.layers().add(META, frame(2), squares(2))
    listed(plan, ROW)
    assert plan.layers().problems() == []
    plan.layers_path.rename(tmp_path / "elsewhere.gpkg")
    assert problems(plan) == ["plan.layers_file_missing"]
    assert "三调" in str(plan.layers().problems()[0])
    assert plan.layers().kinds() == set()
    assert plan.layers().read("land_use").empty


def test_a_layers_file_of_another_plan_is_not_taken_for_this_ones(tmp_path: Path) -> None:
    plan, other = (PlanFile.create(tmp_path / name, INFO, PHASES) for name in ("plan.gpkg", "other.gpkg"))
    other.layers().add({**META, "digest": "another source"}, frame(5), squares(5))
    listed(plan, ROW)
    other.layers_path.rename(plan.layers_path)
    assert problems(plan) == ["plan.layers_not_the_plans"]
    assert not plan.layers().has("land_use")
    assert plan.layers().read("land_use").empty


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a zip" * 99])
def test_a_layers_file_that_is_none_is_named(tmp_path: Path, content: bytes) -> None:
    plan = PlanFile.create(tmp_path / "plan.gpkg", INFO, PHASES)
    listed(plan, ROW)
    plan.layers_path.write_bytes(content)
    assert problems(plan) == ["plan.layers_not_the_plans"]
    assert plan.layers().kinds() == set()


def test_a_kind_counts_as_absent_while_one_of_its_layers_is_not_there(tmp_path: Path) -> None:
    plan = PlanFile.create(tmp_path / "plan.gpkg", INFO, PHASES)
    plan.layers().add(META, frame(2), squares(2))
    listed(plan, ROW, {**ROW, "code": "c002", "title": "三调补充"}, {**ROW, "code": "c003", "kind": "hazard"})
    plan.layers().add({**META, "code": "c003", "kind": "hazard"}, frame(1), squares(1))
    assert plan.layers().kinds() == {"hazard"}
    assert plan.layers().codes("land_use") == ["c001"]
    assert plan.layers().read("land_use").empty
    assert "三调补充" in str(plan.layers().problems()[0])


def test_memory_layers_show_the_same_face(store: LayerStore) -> None:
    content = frame(4, class_code=["01", None, "03", "04"], deduction=[0.5, None, 0.1, 0.2])
    store.add({**META, "code": "land_use"}, content, squares(4))
    memory = MemoryLayers({"land_use": content.assign(geom=squares(4))})
    assert memory.kinds() == store.kinds()
    for box in (None, (105, 5, 305, 6)):
        for columns in (None, ["source_id", "geom"]):
            pd.testing.assert_frame_equal(memory.read("land_use", box, columns), store.read("land_use", box, columns))
    pd.testing.assert_frame_equal(memory.read("hazard"), store.read("hazard"))


def test_a_read_only_folder_and_a_broken_file_refuse_a_layer_in_words(store: LayerStore) -> None:
    folder = store.path.parent
    folder.chmod(0o555)
    try:
        with pytest.raises(PlanFileError) as caught:
            store.add(META, frame(1), squares(1))
        assert caught.value.message.code == "plan.read_only"
    finally:
        folder.chmod(0o755)
    with pytest.raises(PlanFileError) as caught:
        store.add({**META, "crs": 999999}, frame(1), squares(1))
    assert caught.value.message.code == "plan.cannot_create"
    store.add(META, frame(1), squares(1))
    assert len(store.read("land_use")) == 1


def test_nothing_is_added_to_a_layer_file_that_is_none(store: LayerStore) -> None:
    store.path.write_text("不是数据库" * 500)
    with pytest.raises(PlannerError, match=r"plan\.layers\.gpkg"):
        store.add(META, frame(1), squares(1))
    assert store.path.read_text() == "不是数据库" * 500
