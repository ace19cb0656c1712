"""Profiles of provinces: each is packaged under its own names, codes and identifiers, and inspected by the same profile."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from docx import Document

from tests.delivery.plans import add_layers, clean_layers, plan_rows, write_plan
from village_planner.base import SilentFeedback, resource
from village_planner.delivery import PackageRequest, inspect_package, read_package, write_package
from village_planner.delivery.documents import write_document
from village_planner.delivery.frames import DeliverySource, layer_frames
from village_planner.delivery.geodata import GPKG, FileContent, LayerContent, read_vectors
from village_planner.delivery.structure import check_layers
from village_planner.delivery.tables import table_frames
from village_planner.delivery.vct_layers import write_vct_layers
from village_planner.delivery.workbook import Heading
from village_planner.plan.data import plan_data
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import Value, load_profile

LAYOUT = load_profile()


def rows_of(profile_id: str) -> dict[str, list[dict[str, Any]]]:
    """The clean plan in the codes of a profile: categories of the same role."""
    categories = load_profile(profile_id).code_list("category")
    rows = plan_rows()
    rows["plan"][0]["profile_id"] = profile_id
    for row in rows["category"]:
        row["category"] = categories.with_role(LAYOUT.code_list("category").role(row["category"]))[0]
    return rows


def packaged(folder: Path, profile_id: str) -> Path:
    """A draft package of the clean plan with control layers, in which its own profile finds nothing."""
    plan = write_plan(folder / "plan.gpkg", rows_of(profile_id))
    add_layers(plan, **clean_layers())
    written = write_package(PackageRequest(plan, folder, formats=("gpkg", "xlsx")))
    found = [*written.inspection.findings["rule"], *written.inspection.plan_result.findings["rule"]]
    assert found == [] and written.inspection.profile.id == profile_id
    return written.path


def layers_of(package: Path, profile_id: str, work: Path) -> dict[str, LayerContent]:
    """The layers of a package's GeoPackage by name."""
    file = next(package.rglob("*.gpkg"))
    work.mkdir(exist_ok=True)
    content = read_vectors(package, file.relative_to(package).as_posix(), GPKG, [], work, load_profile(profile_id).layers, SilentFeedback())
    return {layer.name: layer for layer in content.layers}


@pytest.fixture(scope="module")
def fujian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packaged(tmp_path_factory.mktemp("fujian"), "fujian-village-2021")


@pytest.fixture(scope="module")
def zhejiang(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packaged(tmp_path_factory.mktemp("zhejiang"), "zhejiang-village")


def test_a_package_of_a_province_is_clean_by_its_own_profile_and_none_of_another(fujian: Path) -> None:
    other = inspect_package(fujian, "layout-2035")
    assert {"QC-1101", "QC-1201", "QC-3101", "QC-3302"} <= set(other.findings["rule"])


def test_fujian_names_villages_kinds_and_identifiers_as_its_database_does(fujian: Path, tmp_path: Path) -> None:
    layers = layers_of(fujian, "fujian-village-2021", tmp_path / "work")
    villages, lines, land = layers["CJDCQ"].rows, layers["GKBJ"].rows, layers["JQYD"].rows
    assert not {"CZBD", "CZKFBJ", "YJJBNT", "STBHHX"} & set(layers)
    assert list(villages.columns[:8]) == ["BSM", "YSDM", "ZLDWDM", "ZLDWMC", "JSMJ", "CZLX", "MSSM", "BZ"]
    assert villages["ZLDWDM"].tolist()[0] == "3707991012010000000" and villages["CZLX"].tolist()[:2] == ["集聚提升中心", "搬迁撤并衰退"]
    assert villages["BSM"].str.len().tolist() == [20] * 4 and all(bsm.startswith(unit[:12]) for bsm, unit in zip(villages["BSM"], villages["ZLDWDM"]))
    assert sorted(zip(lines["GKBJLXDM"], lines["GKBJLXMC"])) == [("0102", "生态保护红线"), ("0202", "永久基本农田"), ("0400", "城镇空间")]
    assert set(lines["YSDM"]) == {"2003020710"} and (land["DLBM"][0], land["JQDLBM"][0], land["JQDLMC"][0]) == ("0702", "0703", "农村宅基地")
    serials = [bsm for layer in layers.values() for bsm in layer.rows["BSM"]]
    assert len(set(serials)) == len(serials)


def test_zhejiang_has_whole_numbers_for_identifiers_and_its_own_layer_of_land(zhejiang: Path, tmp_path: Path) -> None:
    layers = layers_of(zhejiang, "zhejiang-village", tmp_path / "work")
    land = layers["GHYT"]
    assert "JMDYD" not in layers and set(land.rows["YSDM"]) == {"2003020710"}
    assert next(field.type for field in land.fields if field.name == "BSM") == "int"
    assert set(zip(land.rows["YDZT"], land.rows["CJJX"].fillna(""))) == {("1", ""), ("2", "C1")}
    serials = [bsm for layer in layers.values() for bsm in layer.rows["BSM"]]
    assert sorted(serials) == list(range(1, len(serials) + 1))
    assert (zhejiang / "5.电子数据说明" / "元数据.xml").is_file() and next((zhejiang / "3.规划图形数据").glob("*.gpkg"))


def test_texts_call_the_categories_as_the_province_does(tmp_path: Path) -> None:
    profile = load_profile("fujian-village-2021")
    source = DeliverySource(plan_data(**rows_of(profile.id)), MemoryLayers({}), profile, "S1")
    tables = table_frames(source, layer_frames(source))
    for kind in ("text", "explanation"):
        write_document(kind, tmp_path / "text.docx", source, Heading("清河县村庄布局规划", "", "", "2026-03-01", "送审稿"), tables, ())
        content = "".join(paragraph.text for paragraph in Document(str(tmp_path / "text.docx")).paragraphs)
        assert "集聚提升中心村庄" in content and "列为待定村庄" in content and "集聚提升类" not in content and "村庄村庄" not in content


@pytest.mark.parametrize("province", ["fujian", "zhejiang"])
def test_the_plan_is_read_back_whatever_the_fields_are_called(province: str, request: pytest.FixtureRequest) -> None:
    data, layers = read_package(request.getfixturevalue(province))
    assert data.village["code"].tolist() == [row["code"] for row in plan_rows()["village"]]
    assert sorted(data.category["category"]) == sorted(row["category"] for row in rows_of(data.info["profile_id"])["category"])
    assert data.patch.groupby("kind").size().to_dict() == {"existing": 5}
    assert {"development_boundary", "permanent_basic_farmland", "ecological_redline", "land_use"} <= layers.kinds()
    assert set(layers.read("land_use")["class_code"]) == {"0702"}


@pytest.mark.parametrize(("profile_id", "counts"), [("layout-2035", False), ("zhejiang-village", False), ("fujian-village-2021", True)])
def test_whether_land_for_farming_facilities_is_built_land_is_the_provinces_word(profile_id: str, counts: bool) -> None:
    """用地用海 06 (三调 1202 and 1006) within a village counts as construction in Fujian's table, not in Zhejiang's."""
    prefixes = load_profile(profile_id).value("construction_landuse")
    assert "1202".startswith(tuple(prefixes)) is counts and "1006".startswith(tuple(prefixes)) is counts
    assert "0702".startswith(tuple(prefixes))


@pytest.mark.parametrize(("prefix", "said"), [("either", []), ("without", []), ("with", ["delivery.crs_with_prefix"])])
def test_whether_eastings_carry_the_number_of_their_zone_is_the_profiles_word(prefix: str, said: list[str], clean_package: Path, tmp_path: Path) -> None:
    content = FileContent("x.gpkg", GPKG, (layers_of(clean_package, "layout-2035", tmp_path / "work")["JMD"],))
    profile = replace(LAYOUT, values={**LAYOUT.values, "zone_prefix": Value(prefix, "", "测试", "proposal")})
    codes = [finding.message.code for finding in check_layers(content, profile, profile, 4547, "370799") if finding.rule == "QC-2203"]
    assert codes == said


def test_the_head_of_a_vct_file_is_the_profiles(tmp_path: Path) -> None:
    layer = LAYOUT.layers["XDZB"]
    rows = pd.DataFrame({field.name: [] for field in layer.fields}, dtype=object)
    head = Value({"mark": "CNSDTF-VCT", "parameters": "long", "scale": 5000}, "", "测试", "proposal")
    for profile in (LAYOUT, replace(LAYOUT, values={**LAYOUT.values, "vct_head": head})):
        write_vct_layers(tmp_path / f"{len(list(tmp_path.iterdir()))}.vct", {"XDZB": (layer, rows)}, profile, 4527, "2020-12-31", SilentFeedback())
    first, second = ((tmp_path / name).read_text(encoding="gb18030") for name in ("0.vct", "1.vct"))
    assert "LANDUSE-VCT" in first and "MapScale:2000" in first.replace(" ", "")
    assert "CNSDTF-VCT" in second and "MapScale:5000" in second.replace(" ", "")


@pytest.mark.parametrize(("profile_id", "m2", "share"), [("layout-2035", 1.0, 1e-6), ("zhejiang-village", 20.0, 0.02), ("fujian-village-2021", 1.0, 1e-6)])
def test_tolerances_of_areas_are_the_provinces(profile_id: str, m2: float, share: float) -> None:
    rule = load_profile(profile_id).rules["QC-3401"]
    assert (rule.values["tolerance_m2"], rule.values["tolerance_share"]) == (m2, share) and rule.severity == "B"


def copied_profile(folder: Path, **widths: int) -> Path:
    """A copy of the shipped folder under an id of its own, with other widths of fields of the layer of hamlets."""
    copy = Path(shutil.copytree(resource("profiles", "layout-2035"), folder / "own-profile"))
    head = json.loads((copy / "profile.json").read_text(encoding="utf-8"))
    (copy / "profile.json").write_text(json.dumps({**head, "id": "own-profile"}, ensure_ascii=False), encoding="utf-8")
    layer = json.loads((copy / "layers" / "JMD.json").read_text(encoding="utf-8"))
    for field in layer["fields"]:
        field.update({"width": widths[field["name"]]} if field.get("name") in widths else {})
    (copy / "layers" / "JMD.json").write_text(json.dumps(layer, ensure_ascii=False), encoding="utf-8")
    return copy


def test_writer_and_inspector_follow_a_width_that_is_changed_in_a_copy(tmp_path: Path, clean_package: Path) -> None:
    copy = copied_profile(tmp_path, JMDMC=33)
    plan = write_plan(tmp_path / "plan.gpkg", plan_rows())
    written = write_package(PackageRequest(plan, tmp_path, formats=("gpkg", "xlsx"), profile=copy))
    package = written.path
    assert "delivery.field_width" not in set(written.inspection.findings["message_code"])
    assert next(field.width for field in layers_of(package, "layout-2035", tmp_path / "work")["JMD"].fields if field.name == "JMDMC") == 33

    def widths(folder: Path, profile: object) -> list[dict[str, Any]]:
        findings = inspect_package(folder, profile).findings  # type: ignore[arg-type]
        return [dict(row.params) for row in findings.itertuples() if row.message_code == "delivery.field_width"]

    assert [(row["field"], row["found"], row["expected"]) for row in widths(package, "layout-2035")] == [("JMDMC", 33, 60)]
    assert [(row["field"], row["found"], row["expected"]) for row in widths(clean_package, str(copy))] == [("JMDMC", 60, 33)]
