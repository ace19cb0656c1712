"""Overlaps of somebody else's polygons are those of plain intersections, pair by pair; `make bench` compares the stress county with geopandas and PostGIS."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from osgeo import ogr

from tests.real.conftest import area_m2
from village_planner.spatial.area import ellipsoidal_area_m2
from village_planner.spatial.crs import transform
from village_planner.spatial.overlay import overlap_areas, overlaps
from village_planner.spatial.repair import repair
from village_planner.spatial.tiles import is_large

ZONE = 4548
LONGITUDE_SHIFT_DEG = 108.0
"""Liechtenstein moved into China, where the zones of CGCS2000 lie."""
PAIRS_BY_PYPROJ = 20


def polygons(path: Path, layer: str, where: str | None = None) -> np.ndarray:
    """Geometries of a layer as they are stored."""
    if not path.exists():
        pytest.skip(f"{path.name} is not there")
    dataset = ogr.Open(str(path))
    source = dataset.GetLayerByName(layer)
    source.SetAttributeFilter(where)
    return np.array([shapely.from_wkb(bytes(feature.GetGeometryRef().ExportToWkb())) for feature in source])


def plainly(subjects: np.ndarray, others: np.ndarray) -> pd.DataFrame:
    """Every pair by an intersection of its own: subject, other, part; what only touches is none."""
    subject, other = shapely.STRtree(others).query(subjects)
    part = shapely.intersection(subjects[subject], others[other])
    frame = pd.DataFrame({"subject": subject, "other": other, "part": part})
    return frame[shapely.area(part) > 0].sort_values(["subject", "other"], ignore_index=True)


def assert_agree(subjects: np.ndarray, others: np.ndarray) -> pd.DataFrame:
    """Our areas are those of the plain pairs to 1e-6, or to 0.1 cm² where engines leave slivers along common edges; some of them by pyproj alone.

    Where the border of a tile cuts a long edge of a large polygon it has two chords (decision 0280): there to 2 dm².
    """
    ours, plain = overlap_areas(subjects, others, ZONE), plainly(subjects, others)
    assert (ours["error"] == "").all()
    both = plain.merge(ours, on=["subject", "other"], how="outer")
    parts = both["part"].astype(object).where(both["part"].notna(), None)
    found, expected = both["area_m2"].fillna(0.0).to_numpy(), ellipsoidal_area_m2(parts.to_numpy(), ZONE)
    in_tiles = is_large(subjects)[both["subject"]] | is_large(others)[both["other"]]
    for rows, least_m2 in ((~in_tiles, 1e-5), (in_tiles, 0.02)):
        np.testing.assert_allclose(found[rows], expected[rows], rtol=1e-6, atol=least_m2)
    some = np.arange(0, len(both), len(both) // PAIRS_BY_PYPROJ)
    by_pyproj = [0.0 if part is None else area_m2(part, ZONE) for part in parts.iloc[some]]
    # The rule takes chords where pyproj takes geodesics.
    np.testing.assert_allclose(expected[some], by_pyproj, rtol=2e-6, atol=0.02)
    return plain


def assert_same_ground(subjects: np.ndarray, others: np.ndarray) -> None:
    """In the plane, where an edge has no chord, our common ground is as large as that of the plain pairs to 1e-9."""
    ours, plain = overlaps(subjects, others), plainly(subjects, others)
    both = plain.merge(ours, on=["subject", "other"], how="outer", suffixes=("", "_ours"))
    one, other = (both[name].astype(object).where(both[name].notna(), None).to_numpy() for name in ("part_ours", "part"))
    np.testing.assert_allclose(np.nan_to_num(shapely.area(one)), np.nan_to_num(shapely.area(other)), rtol=1e-9, atol=1e-5)


@pytest.fixture(scope="module")
def yunlin(shared_data: Path) -> tuple[np.ndarray, np.ndarray]:
    """Villages and zoning polygons of a county in the zone of 117°E, as valid polygons."""
    folder = shared_data / "tw_yunlin"
    villages = polygons(folder / "villages_tw_yunlin.gpkg", "villages")
    zoning = polygons(folder / "zoning_tw_yunlin_epsg3826.gpkg", "zoning")
    return repair(transform(villages, 3824, ZONE)).geoms, repair(transform(zoning, 3826, ZONE)).geoms


@pytest.fixture(scope="module")
def liechtenstein(shared_data: Path) -> tuple[np.ndarray, np.ndarray]:
    """Land use and buildings of a country."""
    file = shared_data / "osm_liechtenstein" / "liechtenstein.gpkg"
    found = []
    for where in ("landuse IS NOT NULL OR natural IS NOT NULL", "building IS NOT NULL AND osm_way_id % 4 = 0"):
        moved = shapely.transform(polygons(file, "multipolygons", where), lambda xy: xy + [LONGITUDE_SHIFT_DEG, 0.0])
        found.append(transform(moved, 4490, ZONE))
    return found[0], found[1]


def test_villages_on_zoning_of_yunlin_are_as_plain_intersections_have_it(yunlin: tuple[np.ndarray, np.ndarray]) -> None:
    assert len(assert_agree(*yunlin)) > 5_000
    assert_same_ground(*yunlin)


def test_buildings_on_land_use_of_liechtenstein_are_as_plain_intersections_have_it(liechtenstein: tuple[np.ndarray, np.ndarray]) -> None:
    land, buildings = (repair(geoms).geoms for geoms in liechtenstein)
    assert len(assert_agree(land, buildings)) > 2_000


def test_invalid_land_use_of_liechtenstein_is_named_and_hides_no_other_pair(liechtenstein: tuple[np.ndarray, np.ndarray]) -> None:
    land, buildings = liechtenstein
    land = np.concatenate([land[~shapely.is_valid(land)], land[shapely.is_valid(land)][:200]])
    invalid = ~shapely.is_valid(land)
    assert invalid.any()
    ours, plain = overlap_areas(land, buildings, ZONE), plainly(land[~invalid], buildings)
    sound = ours[ours["error"] == ""]
    assert not invalid[sound["subject"]].any() and invalid[ours.loc[ours["error"] != "", "subject"]].all()
    assert list(zip(np.flatnonzero(~invalid)[plain["subject"]], plain["other"])) == list(zip(sound["subject"], sound["other"]))
