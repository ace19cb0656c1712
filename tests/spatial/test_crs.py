"""CRS: recognised by what it is, chosen for a plan, and doubted where the coordinates say otherwise."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from osgeo import osr

from village_planner.base.errors import InputError
from village_planner.spatial.crs import (
    CrsKind,
    describe_crs,
    looks_like,
    three_degree_zone,
    transform,
    working_crs,
    zone_from_coordinates,
)

ESRI_WKT = (
    'PROJCS["{name}",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",'
    'SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
    'PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",{easting}],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",{meridian}],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],'
    'UNIT["Meter",1.0]]'
)


@pytest.mark.parametrize("code", range(4491, 4555))
def test_every_zone_is_known_by_code_and_by_parameters(code):
    by_code = describe_crs(code)
    assert (by_code.epsg, by_code.kind) == (code, CrsKind.CGCS2000_PROJECTED)
    easting = osr.SpatialReference()
    easting.ImportFromEPSG(code)
    false_easting = easting.GetProjParm("false_easting")
    assert by_code.zone_prefix == (false_easting > 1e6)
    assert easting.GetProjParm("central_meridian") == by_code.central_meridian_deg
    nameless = describe_crs(ESRI_WKT.format(name="x", easting=false_easting, meridian=by_code.central_meridian_deg))
    same_zone = (nameless.central_meridian_deg, nameless.zone_prefix)
    assert same_zone == (by_code.central_meridian_deg, by_code.zone_prefix)
    assert nameless.epsg == code or not by_code.zone_prefix


def test_a_zone_of_a_free_meridian_is_another_crs_with_its_wkt():
    info = describe_crs(ESRI_WKT.format(name="local", easting=500000.0, meridian=116.5))
    assert (info.kind, info.epsg) == (CrsKind.OTHER, None)
    moved = transform(np.array([shapely.Point(500_000, 4e6)]), info.key, 4490)
    assert moved[0].x == pytest.approx(116.5)


@pytest.mark.parametrize("nothing", [None, "", "not a crs", osr.SpatialReference(), 'LOCAL_CS["unknown",UNIT["m",1]]'])
def test_no_crs_is_said_to_be_missing(nothing):
    assert describe_crs(nothing).kind is CrsKind.MISSING
    assert describe_crs(nothing).epsg is None


def test_geographic_and_foreign_crs_are_told_apart():
    assert describe_crs(4490).kind is CrsKind.CGCS2000_GEOGRAPHIC
    assert describe_crs("EPSG:4326").kind is CrsKind.OTHER
    assert describe_crs(4326).epsg == 4326


def test_a_plan_keeps_a_projected_cgcs2000_crs():
    assert working_crs(np.array([None], dtype=object), describe_crs(4527)) == 4527


@pytest.mark.parametrize(("longitude", "code"), [(75.2, 4534), (117.4, 4548), (118.6, 4549), (135.0, 4554)])
def test_a_plan_in_degrees_works_in_the_zone_of_its_centre(longitude, code):
    box = np.array([shapely.box(longitude - 0.1, 30, longitude + 0.1, 30.1)])
    assert working_crs(box, describe_crs(4490)) == code
    mercator = transform(box, 4490, 3857)
    assert working_crs(mercator, describe_crs(3857)) == code
    assert three_degree_zone(longitude) == code


@pytest.mark.parametrize(
    ("geometry", "crs", "code"),
    [
        (shapely.Point(9.5, 47), 4326, "spatial.crs_outside_zones"),
        (shapely.Point(120, 30), None, "spatial.crs_missing"),
        (None, 4490, "spatial.crs_no_coordinates"),
    ],
)
def test_no_working_crs_is_made_up(geometry, crs, code):
    with pytest.raises(InputError) as refusal:
        working_crs(np.array([geometry], dtype=object), describe_crs(crs))
    assert refusal.value.message.code == code


def test_transform_goes_there_and_back_and_keeps_null():
    geoms = np.array([shapely.Point(500_000, 4e6), None, shapely.box(480_000, 3e6, 481_000, 3e6 + 5)], dtype=object)
    back = transform(transform(geoms, 4549, 4490), 4490, 4549)
    assert back[1] is None
    assert shapely.equals_exact(back[[0, 2]], geoms[[0, 2]], 1e-6).all()


def test_pyproj_finds_its_data_without_any_help_from_the_environment():
    bare = {"PATH": "nowhere", "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    if "SYSTEMROOT" in os.environ:
        bare["SYSTEMROOT"] = os.environ["SYSTEMROOT"]
    code = "from village_planner.spatial.crs import transformer_between as t;x, y = t(4549, 4490).transform(500000, 4e6); assert abs(x - 120) < 1e-9, x"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], env=bare, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_unknown_crs_is_an_input_error():
    with pytest.raises(InputError):
        transform(np.array([shapely.Point(0, 0)]), "nonsense", 4490)


@pytest.mark.parametrize(
    ("crs", "bounds", "code"),
    [
        (4549, (120.1, 30, 120.2, 31), "spatial.crs_degrees_in_projected"),
        (4326, (500_000, 3e6, 501_000, 3.1e6), "spatial.crs_metres_in_geographic"),
        (4490, (500_000, 3e6, 501_000, 3.1e6), "spatial.crs_metres_in_geographic"),
        (4549, (40_500_000, 3e6, 40_501_000, 3.1e6), "spatial.crs_prefix_in_coordinates"),
        (4528, (500_000, 3e6, 501_000, 3.1e6), "spatial.crs_prefix_missing_in_coordinates"),
        (4528, (39_500_000, 3e6, 39_501_000, 3.1e6), "spatial.crs_other_zone"),
    ],
)
def test_coordinates_that_contradict_their_crs_are_pointed_out(crs, bounds, code):
    assert looks_like(describe_crs(crs), bounds).code == code


@pytest.mark.parametrize(
    ("crs", "bounds"),
    [
        (4549, (500_000, 3e6, 501_000, 3.1e6)),
        (4528, (40_500_000, 3e6, 40_501_000, 3.1e6)),
        (4490, (120, 30, 121, 31)),
        (4549, (np.nan,) * 4),
        (3857, (120, 30, 121, 31)),
        (None, (120, 30, 121, 31)),
    ],
)
def test_coordinates_that_fit_are_left_alone(crs, bounds):
    assert looks_like(describe_crs(crs), bounds) is None


@pytest.mark.parametrize(
    ("bounds", "code"),
    [
        ((120, 30, 121, 31), 4490),
        ((40_400_000, 3e6, 40_600_000, 3e6), 4528),
        ((20_400_000, 3e6, 20_600_000, 3e6), 4498),
        ((400_000, 3e6, 600_000, 3e6), None),
        ((39_900_000, 3e6, 40_100_000, 3e6), None),
        ((np.inf,) * 4, None),
    ],
)
def test_coordinates_betray_their_zone(bounds, code):
    assert zone_from_coordinates(bounds) == code
