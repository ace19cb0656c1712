"""Overlaps of a county's patches with its control layers, from the layers file and from memory."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from tests.spatial.scenes import CM_120, array, ring, scene
from village_planner.accounts.county import county_overlaps
from village_planner.base import Cancelled, SilentFeedback
from village_planner.plan import LayerStore, MemoryLayers
from village_planner.spatial.overlay import overlap_areas

KINDS = ("ecological_redline", "land_use", "hazard")
SUBJECTS, PARCELS = scene(1)
REDLINE = array(shapely.Polygon(ring(100, 100, 260, 5_000)), None, shapely.Polygon(ring(300, 300, 90, 30)))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> LayerStore:
    store = LayerStore(Path(tmp_path_factory.mktemp("county")) / "plan.layers.gpkg", crs=CM_120)
    for code, (kind, geoms) in enumerate((("land_use", PARCELS), ("ecological_redline", REDLINE))):
        store.add({"code": f"c{code}", "kind": kind, "title": kind}, pd.DataFrame(index=range(len(geoms))), geoms)
    return store


@pytest.fixture
def memory() -> MemoryLayers:
    return MemoryLayers({kind: pd.DataFrame({"geom": geoms}) for kind, geoms in (("land_use", PARCELS), ("ecological_redline", REDLINE))}, crs=CM_120)


@pytest.mark.parametrize("where", ["store", "memory"])
def test_each_kind_gives_the_areas_of_its_features(request: pytest.FixtureRequest, where: str) -> None:
    layers = request.getfixturevalue(where)
    found = county_overlaps(layers, array(*SUBJECTS, None), KINDS, CM_120)
    assert list(found.columns) == ["kind", "subject", "feature", "area_m2", "error"]
    for place, geoms in enumerate((REDLINE, PARCELS)):
        expected = overlap_areas(SUBJECTS, geoms, CM_120)
        rows = found[found["kind"] == place]
        numbers = layers.read(KINDS[place], columns=["feature"])["feature"].to_numpy()
        assert rows["subject"].tolist() == expected["subject"].tolist()
        assert rows["feature"].tolist() == numbers[expected["other"]].tolist()
        np.testing.assert_allclose(rows["area_m2"], expected["area_m2"], atol=0.01)
    assert set(found["kind"]) == {0, 1} and (found["error"] == "").all()


def test_without_layers_or_subjects_nothing_is_found(store: LayerStore) -> None:
    assert county_overlaps(MemoryLayers({}), SUBJECTS, KINDS, CM_120).empty
    assert county_overlaps(store, array(None), KINDS, CM_120).empty
    assert list(county_overlaps(store, array(), KINDS, CM_120).columns) == ["kind", "subject", "feature", "area_m2", "error"]


def test_a_cancel_closes_the_file(store: LayerStore) -> None:
    class Impatient(SilentFeedback):
        times = 0

        def is_cancelled(self) -> bool:
            self.times += 1
            return self.times > 1

    # The error holds what it came through, as one that is handed from thread to thread does.
    with pytest.raises(Cancelled) as caught:
        county_overlaps(store, SUBJECTS, KINDS, CM_120, Impatient())
    assert caught.traceback and str(store.path) not in {os.path.realpath(link) for link in Path("/proc/self/fd").iterdir()}
