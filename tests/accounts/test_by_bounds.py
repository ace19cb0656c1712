"""Areas that are added up without reading polygons come to what the polygons come to: parcels, control lines, coverage."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.accounts.examples import CRS, V1, box, example, features, geod_area_m2, village
from village_planner import accounts
from village_planner.accounts.line_areas import line_areas
from village_planner.accounts.parcel_table import ParcelTable
from village_planner.accounts.townships import Townships
from village_planner.plan.layers import Layers, LayerStore, MemoryLayers
from village_planner.spatial.area import ellipsoidal_area_m2
from village_planner.spatial.blob import from_blob, to_blob
from village_planner.spatial.columns import objects
from village_planner.standards import Profile

CENT = 0.01
WEST, EAST = "370799101", "370799102"
FARMLAND, REDLINE = "permanent_basic_farmland", "ecological_redline"


@pytest.fixture(params=["file", "memory", "memory without crs"])
def stored(request: pytest.FixtureRequest, tmp_path: Path):
    """Layers of one or more frames by kind, in a file or in memory."""

    def make(kind: str, *frames: pd.DataFrame) -> Layers:
        if request.param != "file":
            return MemoryLayers({kind: pd.concat(frames, ignore_index=True)}, **({"crs": CRS} if request.param == "memory" else {}))
        store = LayerStore(tmp_path / "plan.layers.gpkg", crs=CRS)
        for number, frame in enumerate(frames):
            store.add({"code": f"c{number}", "kind": kind, "title": kind, "digest": "d"}, frame.drop(columns="geom"), frame["geom"].to_numpy())
        return store

    return make


def _farmland(*geoms: object, deduction: float = 0.0) -> pd.DataFrame:
    return features(*({"class_code": "0103", "deduction": deduction, "geom": geom} for geom in geoms))


def _by_township(layers: Layers, prefix: str = "01", **tables: object) -> pd.Series:
    data = example(**tables)
    table = ParcelTable(layers, Townships(data), CRS).of_class([prefix], None)
    return table["area_m2"].groupby(table["township"].fillna("")).sum()


def test_threads_that_share_a_plan_find_the_same_townships() -> None:
    """GEOS finds a box or an index when it is first asked for it; two threads that ask at once crash, or find too little."""
    turns, rng = np.linspace(0, 2 * np.pi, 8_000, endpoint=False), np.random.default_rng(1)
    bounds = rng.uniform(0, 20_000, (10_000, 2))[:, [0, 1, 0, 1]] + [500_000, 4_000_000, 500_005, 4_000_005]
    for _ in range(4):
        rounds = [
            shapely.Polygon(np.column_stack([x, y]) + 1_990 * rng.uniform(0.95, 1, (len(turns), 1)) * np.column_stack([np.cos(turns), np.sin(turns)]))
            for x in range(502_000, 520_000, 4_000) for y in range(4_002_000, 4_020_000, 4_000)
        ]  # fmt: skip
        shared = from_blob(to_blob(objects(rounds), CRS))
        data = example(township=[{"code": f"{370799101 + number}", "name": "镇", "geom": geom} for number, geom in enumerate(shared)])
        with ThreadPoolExecutor(3) as pool:
            found = list(pool.map(Townships._compared, [Townships(data) for _ in range(3)], [bounds] * 3))
        assert all((codes == found[0][0]).all() and (certain == found[0][1]).all() for codes, certain in found)
        assert set(found[0][0]) == {*data.township["code"], None}


def test_a_parcel_on_the_border_belongs_to_the_township_of_its_inner_point(stored) -> None:
    mostly_east = box(9_990, 100, 100, 100)
    # Its bounds lie half in the west, its inner point does not.
    corner = shapely.union(box(9_500, 500, 600, 10), box(10_050, 500, 50, 500))
    sums = _by_township(stored("land_use", _farmland(box(100, 100, 50, 50), mostly_east, corner, box(30_000, 0, 10, 10))))
    assert sums[WEST] == pytest.approx(geod_area_m2(box(100, 100, 50, 50)), abs=CENT)
    assert sums[EAST] == pytest.approx(geod_area_m2(mostly_east) + geod_area_m2(corner), abs=CENT)
    assert sums[""] == pytest.approx(geod_area_m2(box(30_000, 0, 10, 10)), abs=CENT)


def test_ground_of_two_townships_goes_to_the_first_in_the_roster(stored) -> None:
    townships = [{"code": WEST, "name": "云岭镇", "geom": box(0, 0, 2_000, 1_000)}, {"code": EAST, "name": "青石镇", "geom": box(1_000, 0, 2_000, 1_000)}]
    layers = stored("land_use", _farmland(box(1_100, 100, 10, 10)))
    assert _by_township(layers, township=townships).index.tolist() == [WEST]
    assert _by_township(layers, township=townships[::-1]).index.tolist() == [EAST]


def test_a_parcel_that_two_layers_hold_counts_once_and_others_of_the_same_bounds_do_not_go(stored) -> None:
    lower = shapely.Polygon(box(0, 0, 100, 100).exterior.coords[:3])
    upper = shapely.difference(box(0, 0, 100, 100), lower)
    again = shapely.Polygon([*lower.exterior.coords[1:-1], lower.exterior.coords[0]][::-1])
    sums = _by_township(stored("land_use", _farmland(lower, upper), _farmland(again)))
    assert sums[WEST] == pytest.approx(geod_area_m2(box(0, 0, 100, 100)), abs=CENT)


def test_parcels_of_lost_zeros_are_found_in_all_batches(stored, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("village_planner.plan.layer_rows.BATCH", 2)
    frame = features(*({"class_code": code, "geom": box(100 * n, 0, 10, 10)} for n, code in enumerate(["103", None, "0103", "103"])))
    assert len(_by_township(stored("land_use", frame))) == 1
    assert _by_township(stored("land_use", frame))[WEST] == pytest.approx(geod_area_m2(box(200, 0, 10, 10)), abs=CENT)


def test_very_many_bounds_are_told_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    ragged = shapely.union(box(0, 0, 10_000, 10_000), box(9_000, 3_000, 3_000, 2_000)).difference(box(4_000, 4_000, 500, 500))
    townships = [{"code": WEST, "name": "云岭镇", "geom": ragged}, {"code": EAST, "name": "青石镇", "geom": box(11_500, 0, 8_000, 10_000)}]
    random = np.random.default_rng(4)
    low = np.column_stack([random.uniform(-500, 21_000, 4_000), random.uniform(-500, 10_500, 4_000)]) + shapely.get_coordinates(box(0, 0, 0, 0))[0]
    bounds = np.hstack([low, low + random.choice([0.0, 1.0, 60.0, 900.0], (4_000, 2))])
    ground = Townships(example(township=townships))
    codes, certain = ground.of_boxes(bounds)
    monkeypatch.setattr("village_planner.accounts.townships._FEW", len(bounds))
    compared, compared_certain = ground.of_boxes(bounds)
    np.testing.assert_array_equal(certain, compared_certain)
    assert codes[certain].tolist() == compared[certain].tolist() and {WEST, EAST, None} == set(codes[certain]) and not certain.all()


@pytest.mark.parametrize("item", ["basic_farmland_m2", "redline_m2"])
def test_a_line_is_cut_at_the_border_of_townships_and_counted_once(stored, item: str) -> None:
    across, inside, in_part = box(9_900, 0, 300, 100), box(100, 0, 100, 100), box(150, 0, 100, 100)
    kind = FARMLAND if item == "basic_farmland_m2" else REDLINE
    layers = stored(kind, _farmland(across, deduction=0.1), _farmland(inside, in_part, box(30_000, 0, 10, 10)))
    ground = line_areas(example(), layers, item)
    net = 0.9 if item == "basic_farmland_m2" else 1.0
    assert ground.of(WEST) == pytest.approx(net * geod_area_m2(box(9_900, 0, 100, 100)) + geod_area_m2(box(100, 0, 150, 100)), abs=CENT)
    assert ground.of(EAST) == pytest.approx(net * geod_area_m2(box(10_000, 0, 200, 100)), abs=CENT)
    assert ground.total() == pytest.approx(ground.of(WEST) + ground.of(EAST))


def test_a_layer_imported_twice_is_added_up_once(stored) -> None:
    frame = _farmland(box(100, 0, 100, 100), box(9_900, 0, 300, 100))
    once = line_areas(example(), MemoryLayers({FARMLAND: frame}, crs=CRS), "basic_farmland_m2")
    twice = line_areas(example(), stored(FARMLAND, frame, frame), "basic_farmland_m2")
    assert [twice.of(code) for code in (WEST, EAST)] == pytest.approx([once.of(code) for code in (WEST, EAST)], abs=CENT)


def test_a_red_line_of_very_many_vertices_is_added_up_by_tiles(stored) -> None:
    angle = np.linspace(0, 2 * np.pi, 9_000, endpoint=False)
    x, y = shapely.get_coordinates(box(10_000, 5_000, 0, 0))[0]
    large = shapely.Polygon(np.column_stack([x + 4_000 * np.cos(angle), y + 4_000 * np.sin(angle)]))
    ground = line_areas(example(), stored(REDLINE, features({"geom": large})), "redline_m2")
    assert ground.total() == pytest.approx(ellipsoidal_area_m2(objects([large]), CRS)[0], abs=CENT)
    assert ground.of(WEST) == pytest.approx(ground.of(EAST), rel=1e-3)


def test_a_township_without_polygon_has_the_ground_of_its_villages(profile: Profile, stored) -> None:
    townships = [{"code": WEST, "name": "云岭镇"}, {"code": EAST, "name": "青石镇"}]
    data = example(township=townships, village=[village(V1, geom=box(0, 0, 1_000, 1_000))])
    layers = stored("land_use", _farmland(box(10, 10, 100, 100), box(5_000, 0, 10, 10)))
    frame = accounts.cultivated_balance(data, layers, profile, "S1")
    assert frame["base_m2"].tolist()[0] == pytest.approx(geod_area_m2(box(10, 10, 100, 100)), abs=CENT)
    assert np.isnan(frame["base_m2"].iloc[1]) and frame["base_m2"].iloc[2] > frame["base_m2"].iloc[0]


squares = st.lists(st.tuples(*[st.integers(0, 12)] * 2, *[st.integers(1, 8)] * 2), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(squares, squares, st.lists(st.sampled_from([0.0, 0.1, 0.5, np.nan]), min_size=6, max_size=6))
def test_areas_without_the_ground_are_those_of_the_ground(subjects: list, others: list, deduction: list) -> None:
    ones, twos = (objects([box(*row) for row in rows]) for rows in (subjects, others))
    kcxs = np.array(deduction[: len(twos)])
    whole, quick = accounts.coverage(ones, twos, CRS, kcxs), accounts.covered_m2(ones, twos, CRS, kcxs)
    for name in ("gross_m2", "net_m2"):
        np.testing.assert_allclose(quick[name], whole[name], atol=1e-6)
    assert quick["features"].tolist() == whole["features"].tolist()
