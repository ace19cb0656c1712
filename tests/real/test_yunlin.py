"""A whole county of somebody else's files through the commands: codes of eleven digits, zoning as control lines, areas worked out anew."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from osgeo import ogr, osr

from tests.real.conftest import area_m2, raw_shapes, write_csv
from village_planner.intake import AddControl, add_control
from village_planner.plan import PlanData, PlanFile

pytestmark = [pytest.mark.qgis, pytest.mark.slow]

PROFILE = Path(__file__).parents[1] / "profiles" / "yunlin"
ZONING_EPSG = 3826
HALF_M = 80.0


@dataclass(frozen=True)
class Patch:
    """A square over the edge of a zone: its village, and what it must show."""

    code: str
    kind: str
    village: str
    shape: shapely.Geometry
    farmland_m2: float
    redline_m2: float


@dataclass(frozen=True)
class County:
    """The plan after all commands, what they gave, and the patches laid into it."""

    plan: Path
    patches: list[Patch]
    outputs: dict[str, Mapping[str, Any]]

    def data(self) -> PlanData:
        return PlanFile.open(self.plan).read()

    def findings(self, rule: str) -> pd.DataFrame:
        found = self.data().finding
        return found[found["rule"] == rule]


def patches_on_edges(folder: Path) -> list[Patch]:
    """Squares over corners of farmland and red line, each wholly in one village, no two in the same."""
    zoning = folder / "zoning_tw_yunlin_epsg3826.gpkg"
    farmland, redline = ([shape for _, shape in raw_shapes(zoning, f"\"分區類\" = '{zone}'")] for zone in ("農業區", "保護區"))
    villages = raw_shapes(folder / "villages_tw_yunlin.gpkg")
    tree = shapely.STRtree([shape for _, shape in villages])
    to_degrees = pyproj.Transformer.from_crs(ZONING_EPSG, 3824, always_xy=True)
    found: list[Patch] = []
    for zone, kinds in ((redline, ["新建", "现状"]), (farmland, ["新建", "新建", "现状", "现状"])):
        for shape in zone:
            x, y = shapely.get_coordinates(shape)[0]
            square = shapely.box(x - HALF_M, y - HALF_M, x + HALF_M, y + HALF_M)
            inside = tree.query(shapely.transform(square, lambda points: np.column_stack(to_degrees.transform(*points.T))), predicate="within")
            code = villages[inside[0]][0]["VILLCODE"] if len(inside) == 1 else ""
            if code and kinds and code not in {patch.village for patch in found}:
                areas = [sum(area_m2(shapely.intersection(square, other), ZONING_EPSG) for other in shapes) for shapes in (farmland, redline)]
                found.append(Patch(f"P{len(found) + 1}", kinds.pop(0), code, square, *areas))
    return found


def write_patches(path: Path, patches: list[Patch]) -> Path:
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(ZONING_EPSG)
    dataset = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = dataset.CreateLayer("patches", srs, ogr.wkbPolygon)
    for name in ("用地编号", "用地类型"):
        layer.CreateField(ogr.FieldDefn(name, ogr.OFTString))
    for patch in patches:
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetField("用地编号", patch.code)
        feature.SetField("用地类型", patch.kind)
        feature.SetGeometry(ogr.CreateGeometryFromWkb(shapely.to_wkb(patch.shape)))
        layer.CreateFeature(feature)
    return path


def decisions(patches: list[Patch], population: Path) -> list[list[Any]]:
    """The village of the last existing patch goes into its neighbour's, with a vote; two are kept; one is not of this county."""
    leaving, staying = patches[-1].village, patches[-2].village
    head = ["行政村代码", "行政村", "村庄类别", "布局引导", "去向类型", "迁入地", "时序", "户数", "人口", "表决形式", "表决日期", "应到", "实到", "同意"]
    with population.open(encoding="utf-8-sig") as stream:
        figures = {row["村里代碼"].replace("-", ""): (row["戶數"], row["人口"]) for row in csv.DictReader(stream)}
    dashed = f"{leaving[:8]}-{leaving[8:]}"
    return [
        head, [dashed, "", "搬迁撤并类", "就近撤并", "并入居民点", f"{staying}001", 2025, *figures[leaving], "户代表会议", "2020年3月5日", 100, 80, 60],
        [staying, "", "集聚提升类", "保留", *[""] * 10], [patches[0].village, "", "特色保护类", "保留", *[""] * 10],
        ["10009990-001", "外村", "集聚提升类", "保留", *[""] * 10],
    ]


@pytest.fixture(scope="module")
def county(shared_data: Path, run: Callable[..., Mapping[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> County:
    source, folder = shared_data / "tw_yunlin", tmp_path_factory.mktemp("雲林")
    plan, zoning = folder / "雲林.gpkg", source / "zoning_tw_yunlin_epsg3826.gpkg"
    patches, population = patches_on_edges(source), source / "village_population_2021-03.csv"
    outputs = {"createplan": run(
        "createplan", PLAN=plan, PROFILE=PROFILE, TITLE="雲林縣村庄布局规划", COUNTY_CODE="10009", BASE_YEAR=2020,
        OTHER_ROSTERS=population, VILLAGES=source / "villages_tw_yunlin.gpkg",
        TOWNSHIPS=source / "townships_tw_yunlin.gpkg", PATCHES=write_patches(folder / "用地.gpkg", patches),
    )}
    outputs["addcontrol"] = run("addcontrol", PLAN=plan, KIND="permanent_basic_farmland", SOURCE=zoning, FILTER="分區類=農業區")
    add_control(AddControl(plan, "ecological_redline", str(zoning), filter="分區類 = '保護區'"))
    outputs["decide"] = run("decide", PLAN=plan, DECISIONS=write_csv(folder / "决策.csv", decisions(patches, population)))
    outputs["check"] = run("check", PLAN=plan)
    outputs["package"] = run("package", PLAN=plan, FOLDER=folder / "成果", MODE="draft", FORMATS="gpkg,xlsx")
    outputs["inspect"] = run("inspect", PACKAGE=outputs["package"]["PACKAGE"], PROFILE=PROFILE)
    return County(plan, patches, outputs)


def test_every_village_is_in_the_plan_with_its_population_and_the_profile_beside_it(county: County) -> None:
    assert county.outputs["createplan"]["VILLAGE_COUNT"] == 389 == len(county.data().village)
    assert county.data().hamlet["persons"].notna().all()
    assert PlanFile.open(county.plan).profile().value("village_code_digits") == 11
    assert dict(zip(county.data().patch["code"], county.data().patch["hamlet_code"].str[:11])) == {p.code: p.village for p in county.patches}


def test_overlaps_with_farmland_and_red_line_are_as_large_as_worked_out_from_the_source(county: County) -> None:
    leaving = county.patches[-1]
    assert len(county.patches) == 6 and all(patch.farmland_m2 + patch.redline_m2 > 10 for patch in county.patches)
    for rule, measure in (("QC-5202", "farmland_m2"), ("QC-5203", "redline_m2")):
        found = {row["subject_code"]: (row["severity"], row["measure"]) for row in county.findings(rule).to_dict("records")}
        expected = {patch.code: getattr(patch, measure) for patch in county.patches if getattr(patch, measure) > 1 and patch is not leaving}
        assert set(found) == set(expected)
        severities = {patch.code: "A" if patch.kind == "新建" else "C" for patch in county.patches if patch.code in expected}
        assert {code: severity for code, (severity, _) in found.items()} == severities
        for code, (_, area) in found.items():
            assert area == pytest.approx(expected[code], rel=2e-6, abs=0.02), (rule, code)


def test_what_is_built_and_cleared_adds_up_for_the_county(county: County) -> None:
    areas = {patch.code: area_m2(patch.shape, ZONING_EPSG) for patch in county.patches}
    base = sum(areas[patch.code] for patch in county.patches if patch.kind == "现状")
    new = sum(areas[patch.code] for patch in county.patches if patch.kind == "新建")
    found = county.findings("QC-5301").set_index("subject_kind").loc["county"]
    assert (found["measure"], found["limit_value"]) == (
        pytest.approx(base - areas[county.patches[-1].code] + new, rel=2e-6), pytest.approx(base, rel=2e-6),
    )


def test_decisions_are_taken_over_dashed_codes_and_a_village_of_nowhere_is_refused(county: County) -> None:
    assert (county.outputs["decide"]["ACCEPTED"], county.outputs["decide"]["REJECTED"]) == (3, 1)
    unclassified = set(county.data().village["code"]) - {county.patches[number].village for number in (0, -1, -2)}
    assert set(county.findings("QC-7102")["subject_code"]) == unclassified and len(unclassified) == 386
    (move,) = county.data().move.to_dict("records")
    assert (move["hamlet_code"], move["destination_code"], move["phase"]) == (
        f"{county.patches[-1].village}001", f"{county.patches[-2].village}001", 2025,
    )


def test_the_command_counts_what_it_stored(county: County) -> None:
    stored = county.data().finding["severity"].value_counts()
    assert {s: county.outputs["check"][f"COUNT_{s}"] for s in "ABC"} == {s: int(stored.get(s, 0)) for s in "ABC"}
    assert len(county.findings("QC-7101")) == county.outputs["createplan"]["DIFFERENCES"] == 4


def test_the_package_opens_and_its_inspection_finds_what_the_plan_shows(county: County) -> None:
    package = Path(county.outputs["package"]["PACKAGE"])
    manifest = json.loads(next(package.rglob("manifest.json")).read_text(encoding="utf-8"))
    assert manifest["profile_id"] == "yunlin" and "草稿" in package.name
    found = county.outputs["inspect"]
    # Control lines are delivered with it, so that the reviewer finds what the planner found.
    assert found["COUNT_A"] == county.outputs["check"]["COUNT_A"] and found["NOT_CHECKED"] >= 5
    assert set(county.data().finding["rule"]) == {"QC-4103", "QC-5202", "QC-5203", "QC-5301", "QC-7101", "QC-7102"}
