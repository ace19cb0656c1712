"""The known faults: what expected.json says is measured again here with planar geometry read from the files."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
import shapely

from village_planner.demo import DemoResult
from village_planner.demo.oracle import geodesic_area_m2, rule_area_m2

RULES = {
    "QC-4101", "QC-4102", "QC-4103", "QC-4105", "QC-4107", "QC-4601", "QC-4602", "QC-4701", "QC-4702",
    "QC-5201", "QC-5202", "QC-5203", "QC-5204", "QC-5205", "QC-5301", "QC-5302", "QC-5303", "QC-5304", "QC-5305", "QC-5306",
    "QC-7101", "QC-7102", "QC-7103", "QC-7104", "QC-7105", "QC-7106", "QC-7107", "QC-7108",
    "NL-01", "NL-02", "NL-03", "NL-04", "NL-05", "NL-06", "NL-07", "NL-08", "NL-09", "NL-10", "NL-13",
}
PLANE = {"rel": 5e-7, "abs": 1e-6}
LAYER_OF = {"permanent_basic_farmland": "YJJBNTTB", "ecological_redline": "STBHHX", "development_boundary": "CZKFBJ"}


@pytest.fixture(scope="module")
def record(faulty: DemoResult) -> dict[str, Any]:
    return json.loads(faulty.expected.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def lines(faulty: DemoResult, read_vector: Callable) -> dict[str, dict[str, tuple[dict, shapely.Geometry]]]:
    return {
        kind: {values["BSM"]: (values, geom) for values, geom in read_vector(faulty.sources / "三线.gdb", layer)}
        for kind, layer in LAYER_OF.items()
    }


@pytest.fixture(scope="module")
def patches(faulty: DemoResult, read_vector: Callable) -> dict[str, tuple[dict, shapely.Geometry | None]]:
    return {values["编号"]: (values, geom) for values, geom in read_vector(faulty.sources / "居民点用地.shp", encoding="GBK")}


def on_ellipsoid_m2(geom: shapely.Geometry) -> float:
    """Planar area by the scale factor of the Gauss projection, 1 + y²/R² for areas, y from the central meridian."""
    if geom.is_empty:
        return 0.0
    return geom.area / (1 + ((geom.centroid.x - 500_000) / 6_372_000) ** 2)


def _of(record: dict[str, Any], rule: str) -> list[dict[str, Any]]:
    return [finding for finding in record["findings"] if finding["rule"] == rule]


def test_every_rule_has_a_fault(record: dict[str, Any]) -> None:
    assert {finding["rule"] for finding in record["findings"]} == RULES
    keys = [
        (f["rule"], f["subject_kind"], f["subject_code"], f["other_kind"], f["other_code"], str(f["locator"])) for f in record["findings"]
    ]
    assert len(set(keys)) == len(keys)
    assert sum(record["counts"].values()) == len(keys) and record["village_count"] == 32


def test_overlaps_of_the_three_lines_are_all_that_planar_geometry_sees(record: dict[str, Any], lines: dict) -> None:
    found = {}
    kinds = list(LAYER_OF)
    for first, second in ((kinds[0], kinds[1]), (kinds[0], kinds[2]), (kinds[1], kinds[2])):
        for a, (_, shape) in lines[first].items():
            for b, (_, other) in lines[second].items():
                area = on_ellipsoid_m2(shapely.intersection(shape, other))
                if area > 1:
                    found[f"{first}/{a}", f"{second}/{b}"] = area
    expected = {(f["subject_code"], f["other_code"]): f["measure"] for f in _of(record, "QC-5201")}
    assert expected.keys() == found.keys() and len(found) == 3
    for pair, area in found.items():
        assert expected[pair] == pytest.approx(area, **PLANE)


@pytest.mark.parametrize(("rule", "kind"), [("QC-5202", "permanent_basic_farmland"), ("QC-5203", "ecological_redline")])
def test_patches_on_lines_are_all_that_planar_geometry_sees(
    record: dict[str, Any], lines: dict, patches: dict, faulty: DemoResult, rule: str, kind: str
) -> None:
    sheet = openpyxl.load_workbook(faulty.sources / "决策.xlsx").active
    withdrawn = {row[2] for row in sheet.iter_rows(min_row=2, values_only=True) if row[4] in ("就近撤并", "搬迁")}
    found = {}
    for code, (values, geom) in patches.items():
        gone = values["类型"] == "腾退" or (values["类型"] == "现状" and values["居民点"] in withdrawn)
        if geom is None or gone:
            continue
        net = sum(
            on_ellipsoid_m2(shapely.intersection(shapely.make_valid(geom), shape)) * (1 - (line.get("KCXS") or 0))
            for line, shape in lines[kind].values()
        )
        if net > 0.1:
            found[code] = ("C" if values["类型"] == "现状" else "A", net)
    expected = {f["subject_code"]: (f["severity"], f["measure"]) for f in _of(record, rule)}
    assert expected.keys() == found.keys()
    for code, (severity, net) in found.items():
        assert expected[code] == (severity, pytest.approx(net, **PLANE))


def test_newly_taken_land_and_its_farmland_are_all_that_planar_geometry_sees(
    record: dict[str, Any], faulty: DemoResult, read_vector: Callable, patches: dict
) -> None:
    parcels = read_vector(faulty.sources / "第三次国土调查.gdb", "DLTB")
    built = shapely.union_all(
        [geom for values, geom in parcels if values["CZCSXM"]]
        + [shapely.make_valid(geom) for values, geom in patches.values() if geom is not None and values["类型"] in ("现状", "腾退")]
    )
    expected = {f["subject_code"]: f for f in _of(record, "NL-01")}
    found = set()
    for code, (values, geom) in patches.items():
        if values["类型"] not in ("新建", "集中安置点"):
            continue
        outside = shapely.difference(geom, built)
        if outside.area <= 1:
            continue
        found.add(code)
        assert expected[code]["measure"] == pytest.approx(on_ellipsoid_m2(outside), **PLANE)
        farmland = sum(on_ellipsoid_m2(shapely.intersection(outside, shape)) for row, shape in parcels if row["DLBM"].startswith("01"))
        assert expected[code]["params"]["farmland_m2"] == pytest.approx(farmland, **PLANE)
    assert found == set(expected)


def test_village_land_grows_in_one_township_alone(
    record: dict[str, Any], faulty: DemoResult, read_vector: Callable, patches: dict
) -> None:
    base: dict[str, float] = {}
    for values, geom in read_vector(faulty.sources / "第三次国土调查.gdb", "DLTB"):
        if values["CZCSXM"] == "203":
            township = values["ZLDWDM"][:9]
            base[township] = base.get(township, 0.0) + on_ellipsoid_m2(geom)
    (finding,) = _of(record, "QC-5301")
    assert (finding["subject_kind"], finding["subject_code"]) == ("township", "379921202")
    assert finding["limit"] == pytest.approx(base["379921202"], **PLANE)
    new = on_ellipsoid_m2(patches["XJ05"][1])
    cleared = finding["limit"] + new - finding["measure"]
    sheet = openpyxl.load_workbook(faulty.sources / "决策.xlsx").active
    moved = {row[2] for row in sheet.iter_rows(min_row=2, values_only=True) if row[4] == "就近撤并"}
    blocks = [on_ellipsoid_m2(g) for v, g in patches.values() if v["村代码"].startswith("379921202") and v["居民点"] in moved and v["类型"] == "现状"]
    assert cleared == pytest.approx(sum(blocks), rel=1e-4) and len(blocks) == 1
    assert finding["measure"] > finding["limit"] + 1000


def test_broken_shapes_are_as_the_record_counts_them(
    record: dict[str, Any], faulty: DemoResult, read_vector: Callable, patches: dict
) -> None:
    shapes = [geom for _, geom in patches.values()]
    assert sum(geom is None for geom in shapes) == record["set_aside"]["居民点用地.shp"] == 1
    assert sum(geom is not None and not geom.is_valid for geom in shapes) == record["repaired"]["居民点用地.shp"] == 1
    hazards = [geom for _, geom in read_vector(faulty.sources / "地质灾害隐患.shp")]
    assert sum(not geom.is_valid for geom in hazards) == record["repaired"]["地质灾害隐患.shp"] == 1


def test_a_roster_row_stands_twice(faulty: DemoResult) -> None:
    sheet = openpyxl.load_workbook(faulty.sources / "村庄名录.xlsx").active
    rows, village = [], None
    for row in sheet.iter_rows(min_row=4, max_row=sheet.max_row - 2, values_only=True):
        village = row[3] or village
        rows.append((village, row[5]))
    assert len(rows) - len(set(rows)) == 1


def test_the_oracle_agrees_with_the_national_reference(shared_standards: Any) -> None:
    import runpy

    from pyproj import Transformer

    reference = runpy.run_path(str(shared_standards / "ellipsoid_area_reference.py"))["ring_area"]
    to_degrees = Transformer.from_crs(4548, 4490, always_xy=True)
    for width, height, bound in ((4, 3, 1e-5), (240, 160, 1e-5), (1700, 1700, 1e-3)):
        x, y = 519_000.0, 4_033_000.0
        ring = [(x, y), (x, y + height), (x + width, y + height), (x + width, y), (x, y)]
        wanted = reference(ring, to_degrees, quant=False)
        assert geodesic_area_m2(ring) == pytest.approx(wanted, abs=bound)
        assert rule_area_m2(ring) == pytest.approx(wanted, abs=1e-5)
