"""Layers of many and of large features: what is read of them, columns kept beside them, tiles, and a store that is kept open."""

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

from tests.plan.layers import META, frame, squares
from village_planner.base import PlanFileError
from village_planner.plan import LayerStore, MemoryLayers
from village_planner.plan.layer_frames import BOUNDS
from village_planner.plan.layers import COLUMNS, MEASURES
from village_planner.spatial.area import ellipsoidal_area_m2


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
