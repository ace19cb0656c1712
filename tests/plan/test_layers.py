"""Control layers: the store beside the plan, and the same face over frames in memory."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from osgeo import gdal

from tests.plan.conftest import INFO, PHASES
from village_planner.base import PlanFileError, PlannerError
from village_planner.plan import LayerStore, MemoryLayers, PlanFile
from village_planner.plan.layer_frames import BOUNDS
from village_planner.plan.layers import COLUMNS, MEASURES
from village_planner.spatial.area import ellipsoidal_area_m2

META = {"code": "c001", "kind": "land_use", "title": "三调", "digest": "d1"}
ROW = {**META, "source": "a.shp", "imported_at": "2026-11-21", "features": 2, "repaired": 0, "set_aside": 0}


def squares(count: int) -> np.ndarray:
    """Squares of 10 m, 100 m apart."""
    at = np.arange(count) * 100.0
    return shapely.box(at, 0, at + 10, 10)


def frame(count: int, **columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"source_id": [str(n) for n in range(count)], **columns}, index=range(count))


@pytest.fixture
def store(tmp_path: Path) -> LayerStore:
    return LayerStore(tmp_path / "plan.layers.gpkg", crs=4523)


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


def round_shape(x: float, y: float, radius: float, vertices: int) -> shapely.Polygon:
    """A polygon with a wavy border and a hole."""
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    rough = radius * (0.9 + 0.1 * np.sin(angle * 41))
    hole = np.column_stack([x + radius / 2 * np.cos(angle[::9]), y + radius / 2 * np.sin(angle[::9])])
    return shapely.Polygon(np.column_stack([x + rough * np.cos(angle), y + rough * np.sin(angle)]), [hole])


EAST, NORTH = 35_500_000.0, 3_500_000.0


@pytest.fixture
def red_lines() -> np.ndarray:
    """Two polygons of very many vertices and three of few, one without geometry between them."""
    large = [round_shape(EAST + 5_000 * n, NORTH, 2_000, 9_000) for n in range(2)]
    small = shapely.box(EAST, NORTH, EAST + 10, NORTH + 10)
    return np.array([small, large[0], None, shapely.MultiPolygon([large[1]]), shapely.Point(EAST, NORTH)], dtype=object)


@pytest.fixture
def of_an_earlier_version(store: LayerStore, red_lines: np.ndarray) -> LayerStore:
    """A store whose file was written before there were tiles and areas."""
    store.add(META, frame(5), red_lines)
    with sqlite3.connect(store.path) as connection:
        connection.executescript('DROP TABLE c001_tiles; DROP TABLE "rtree_c001_tiles_geom"; ALTER TABLE c001 DROP COLUMN area_m2')
    return store


ALL = [*COLUMNS, *MEASURES]


def test_only_what_meets_one_of_many_bounds_is_read(store: LayerStore) -> None:
    store.add(META, frame(50), squares(50))
    near = np.array([[405, 5, 406, 6], [210, 0, 300, 10], [202, 2, 203, 3], [np.nan] * 4, [0, 50, 5_000, 60]])
    assert store.read("land_use", near=near)["source_id"].tolist() == ["2", "3", "4"]
    assert store.read("land_use", near=near[3:]).empty and store.read("land_use", near=np.empty((0, 4))).empty
    with pytest.raises(ValueError, match="not both"):
        store.read("land_use", (0, 0, 1, 1), near=near)


def test_nothing_near_is_told_of_the_layer_as_it_is_now(store: LayerStore, red_lines: np.ndarray) -> None:
    far, wanted = np.array([[5_000.0, 0.0, 5_010.0, 10.0]]), ("feature", "geom")
    store.add(META, frame(3), squares(3))
    assert store.read("land_use", columns=wanted, near=far).empty
    assert tuple(store.read("land_use", columns=wanted, near=far).columns) == wanted
    assert len(store.read("land_use", columns=wanted, near=np.array([[200.0, 10.0, 205.0, 20.0]]))) == 1
    store.remove("c001")
    store.add(META, frame(3), shapely.transform(squares(3), lambda points: points + [5_000.0, 0.0]))
    assert len(store.read("land_use", columns=wanted, near=far)) == 1
    store.add({**META, "code": "c002", "kind": "ecological_redline"}, frame(len(red_lines)), red_lines)
    for number in range(4):
        box = shapely.bounds(red_lines[:1]) + np.array([-1, -1, 1, 1]) * 1e5 * (number % 2)
        few, many = (store.read("ecological_redline", columns=wanted, near=np.repeat(box, count, axis=0), tiled=number > 1) for count in (1, 9))
        assert few["feature"].tolist() == many["feature"].tolist() and len(few)


def test_a_file_that_went_away_is_told_also_where_nothing_may_be_near(store: LayerStore) -> None:
    store.add(META, frame(3), squares(3))
    held = store.as_of_now()
    store.path.unlink()
    with pytest.raises(PlanFileError):
        held.read("land_use", near=np.array([[5_000.0, 0.0, 5_010.0, 10.0]]))


def test_areas_and_classes_are_read_without_geometry(store: LayerStore, monkeypatch: pytest.MonkeyPatch) -> None:
    geoms = shapely.transform(squares(3), lambda xy: xy + (EAST, NORTH))
    store.add(META, frame(3, class_code=["0101", "0101", "1004"]), geoms)
    monkeypatch.setattr("village_planner.plan.layer_rows.from_blob", lambda _: pytest.fail("geometry was read"))
    read = store.read("land_use", columns=["class_code", "area_m2", *BOUNDS])
    np.testing.assert_array_equal(read[list(BOUNDS)].to_numpy(), shapely.bounds(geoms))
    np.testing.assert_array_equal(read["area_m2"], ellipsoidal_area_m2(geoms, 4523))
    assert read.groupby("class_code")["area_m2"].sum()["0101"] == pytest.approx(200, rel=0.01)


@pytest.mark.parametrize("tiled", [False, True])
def test_columns_kept_beside_a_layer_say_what_its_rows_say(store: LayerStore, red_lines: np.ndarray, tiled: bool) -> None:
    classes, deduction = ["0101", None, "", "0702 ", "0101"], [0.1, np.nan, 0.0, 1.0, np.nan]
    store.add(META, frame(5, class_code=classes, built_code=["203", *[None] * 4], deduction=deduction), red_lines)
    wanted = ["feature", "class_code", "built_code", "deduction", "area_m2", "geom_area_m2", *BOUNDS]
    kept = store.read("land_use", columns=wanted, tiled=tiled)
    with sqlite3.connect(store.path) as connection:
        # As in a file of an earlier version.
        connection.execute("DROP TABLE c001_columns")
    pd.testing.assert_frame_equal(kept, store.read("land_use", columns=wanted, tiled=tiled))
    assert set(kept["class_code"]) == set(classes) and kept["area_m2"].gt(1e6).any() and kept["min_x"].isna().sum() == 1


def test_a_feature_keeps_its_number_in_every_reading(store: LayerStore, red_lines: np.ndarray) -> None:
    store.add(META, frame(5), red_lines)
    store.add({**META, "code": "c002"}, frame(3), squares(3))
    whole = store.read("land_use", columns=["feature", "source_id", "layer"])
    assert whole["feature"].dtype == np.int64 and whole["feature"].is_unique and len(whole) == 8
    store.remove("c001")
    again = store.read("land_use", columns=["feature", "source_id", "layer"])
    pd.testing.assert_frame_equal(again, whole[5:].reset_index(drop=True))


@pytest.mark.parametrize("kind_of_store", ["file", "earlier file", "memory"])
def test_large_polygons_come_in_tiles_that_make_them_up(request: pytest.FixtureRequest, red_lines: np.ndarray, store: LayerStore, kind_of_store: str) -> None:
    layers: Any = store
    if kind_of_store == "memory":
        layers = MemoryLayers({"land_use": frame(5).assign(geom=red_lines)}, crs=4523)
    elif kind_of_store == "earlier file":
        layers = request.getfixturevalue("of_an_earlier_version")
    else:
        store.add(META, frame(5), red_lines)
    tiles, whole = layers.read("land_use", columns=ALL, tiled=True), layers.read("land_use", columns=ALL).set_index("feature")
    for rows in (tiles, whole):
        np.testing.assert_array_equal(rows[list(BOUNDS)].to_numpy(), shapely.bounds(rows["geom"].to_numpy()))
    counts = tiles["feature"].value_counts()
    assert set(counts.index) == set(whole.index)
    assert [counts[number] > 8 for number in whole.index] == [False, True, False, True, False]
    assert shapely.get_num_coordinates(tiles["geom"].to_numpy()).max() <= 1_000
    for number, rows in tiles.groupby("feature"):
        feature = whole.loc[number]
        assert rows["source_id"].unique().tolist() == [feature["source_id"]]
        assert rows["area_m2"].unique().tolist() == [pytest.approx(feature["area_m2"], rel=1e-9)]
        assert rows["geom_area_m2"].sum() == pytest.approx(feature["area_m2"], rel=1e-9)
        assert np.nansum(shapely.area(rows["geom"].to_numpy())) == pytest.approx(np.nan_to_num(shapely.area(feature["geom"])), rel=1e-9)
    assert whole["area_m2"].tolist() == pytest.approx(ellipsoidal_area_m2(red_lines, 4523).tolist(), rel=1e-12)
    assert np.isfinite(whole["area_m2"]).all() and (whole["geom_area_m2"] == whole["area_m2"]).all()


@pytest.mark.parametrize("earlier", [False, True])
def test_of_a_large_polygon_only_the_tiles_come_that_are_near(store: LayerStore, red_lines: np.ndarray, request: pytest.FixtureRequest, earlier: bool) -> None:
    if earlier:
        request.getfixturevalue("of_an_earlier_version")
    else:
        store.add(META, frame(5), red_lines)
    near = np.array([[EAST + 1_600, NORTH, EAST + 1_700, NORTH + 10]])
    rows = store.read("land_use", near=near, tiled=True)
    every = store.read("land_use", tiled=True)
    assert set(rows["source_id"]) == {"1"} and 0 < len(rows) < 5 < len(every)
    assert shapely.intersects(shapely.box(*near[0]), rows["geom"].to_numpy()).any()


def test_a_store_is_read_from_a_read_only_disk(store: LayerStore, red_lines: np.ndarray) -> None:
    store.add(META, frame(5), red_lines)
    everywhere = np.array([[EAST - 9e3, NORTH - 9e3, EAST + 9e3, NORTH + 9e3]])
    store.path.chmod(0o444)
    store.path.parent.chmod(0o555)
    try:
        before = store.path.stat().st_mtime_ns
        assert len(store.read("land_use", near=everywhere, tiled=True)) > 10
        assert store.path.stat().st_mtime_ns == before and [path.name for path in store.path.parent.iterdir()] == [store.path.name]
    finally:
        store.path.parent.chmod(0o755)


def test_features_that_overlap_are_known_within_a_layer_and_between_layers(store: LayerStore) -> None:
    kind = "ecological_redline"
    squares_ = [shapely.box(x, 0, x + 10, 10) for x in (0, 5, 10, 40)]
    store.add({**META, "kind": kind}, frame(4), np.array(squares_, dtype=object))
    store.add({**META, "kind": kind, "code": "c002"}, frame(1), np.array([shapely.box(38, 0, 42, 10)], dtype=object))
    numbers = dict(zip(*store.read(kind, columns=["source_id", "feature"]).iloc[:4].T.to_numpy()))
    other = store.read(kind, columns=["feature"])["feature"].iloc[4]
    pairs = [[numbers["0"], numbers["1"]], [numbers["1"], numbers["2"]], [numbers["3"], other]]
    assert store.overlapping(kind).tolist() == pairs
    with sqlite3.connect(store.path) as connection:
        connection.execute("DROP TABLE c001_overlaps")
    assert store.overlapping(kind).tolist() == pairs
    assert store.overlapping("land_use").shape == (0, 2)
    store.remove("c001")
    assert store.overlapping(kind).tolist() == []


def test_tiles_go_with_their_layer(store: LayerStore, red_lines: np.ndarray) -> None:
    store.add(META, frame(5), red_lines)
    store.add(META, frame(2), squares(2))
    assert len(store.read("land_use", tiled=True)) == 2
    store.remove("c001")
    with sqlite3.connect(store.path) as connection:
        assert not connection.execute("SELECT name FROM sqlite_master WHERE name LIKE '%c001%'").fetchall()


def test_other_programs_see_layers_but_no_tiles(store: LayerStore, red_lines: np.ndarray) -> None:
    store.add(META, frame(5), red_lines)
    dataset = gdal.OpenEx(str(store.path), gdal.OF_VECTOR)
    assert [dataset.GetLayer(n).GetName() for n in range(dataset.GetLayerCount())] == ["c001", "c001_aside"]


def test_batches_are_the_features_in_their_order(store: LayerStore) -> None:
    store.add(META, frame(12_001), squares(12_001))
    batches = list(store.batches("land_use", ["source_id", "geom"], near=np.array([[0, 0, 1e7, 1]])))
    assert [len(batch) for batch in batches] == [5_000, 5_000, 2_001]
    assert pd.concat(batches)["source_id"].tolist() == [str(n) for n in range(12_001)]


def test_in_a_plan_of_degrees_areas_are_those_of_the_ground(tmp_path: Path) -> None:
    store = LayerStore(tmp_path / "plan.layers.gpkg", crs=4490)
    geoms = shapely.box([105.0, 105.1], 30.0, [105.01, 105.11], 30.01)
    store.add(META, frame(2), geoms)
    np.testing.assert_array_equal(store.read("land_use", columns=["area_m2"])["area_m2"], ellipsoidal_area_m2(geoms, 4490))


def test_a_store_that_is_kept_open_reads_the_same(store: LayerStore, red_lines: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add(META, frame(5), red_lines)
    near = np.array([[EAST + 1_600, NORTH, EAST + 1_700, NORTH + 10]])
    expected = [store.read("land_use", columns=ALL, near=near, tiled=True), store.read("land_use")]
    now = store.as_of_now()
    with now.opened(), now.opened():
        monkeypatch.setattr("village_planner.plan.layers.reading", lambda _: pytest.fail("the file was opened again"))
        for _ in range(2):
            pd.testing.assert_frame_equal(now.read("land_use", columns=ALL, near=near, tiled=True), expected[0])
            pd.testing.assert_frame_equal(now.read("land_use"), expected[1])
            assert now.overlapping("land_use").tolist() == []
        monkeypatch.undo()
        # Two readings at once, and one in another thread, do not disturb each other.
        with ThreadPoolExecutor(1) as pool:
            for batch in now.batches("land_use", near=near):
                pd.testing.assert_frame_equal(now.read("land_use"), expected[1])
                pd.testing.assert_frame_equal(pool.submit(now.read, "land_use").result(), expected[1])
                assert len(batch) == 1


def test_others_may_write_while_a_store_is_kept_open(store: LayerStore) -> None:
    store.add(META, frame(2), squares(2))
    with store.opened():
        assert len(store.read("land_use")) == 2
        LayerStore(store.path, crs=4523).add({**META, "code": "c002"}, frame(3), squares(3))
        assert len(store.read("land_use")) == 5


def test_a_damaged_file_that_is_kept_open_is_named(store: LayerStore) -> None:
    store.add(META, frame(2), squares(2))
    now = store.as_of_now()
    with now.opened():
        with sqlite3.connect(store.path) as connection:
            connection.execute("DROP TABLE c001")
        with pytest.raises(PlanFileError, match="plan.layers.gpkg"):
            now.read("land_use")
