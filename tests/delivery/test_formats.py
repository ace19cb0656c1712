"""FileGDB, shapefiles and GeoPackage of one package hold the same: fields, domains, aliases, rows, coordinates; and an inspector finds where not."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any, Iterator

import numpy as np
import pandas as pd
import pytest
import shapely
from osgeo import gdal, ogr

from tests.delivery.conftest import without_office
from tests.delivery.drawing import draw_small
from tests.delivery.plans import add_layers, box, clean_layers, plan_rows, write_plan
from village_planner import checks
from village_planner.base import InputError, Message, SilentFeedback, render
from village_planner.delivery import PackageRequest, inspect_package, read_package, write_package
from village_planner.delivery.comparing import PRECISION_M, compare_formats
from village_planner.delivery.filegdb import is_repeatable
from village_planner.delivery.geodata import GDB, GPKG, SHP, VCT, FileContent, read_vectors
from village_planner.delivery.manifest import read_manifest, write_manifest
from village_planner.delivery.vct_layers import read_vct_layers
from village_planner.plan import PlanFile
from village_planner.standards import Profile, load_profile

VECTORS = (GPKG, GDB, SHP)


def place(package: Path, format_: str) -> Path:
    """The file or folder of a format."""
    return next(path for path in (package / "4矢量数据").iterdir() if path.name.lower().endswith(f".{format_}" if format_ != SHP else "shp"))


def contents(package: Path, format_: str, work: Path) -> FileContent:
    """What a format of the package holds, as the inspector reads it."""
    own = place(package, format_)
    if format_ == VCT:
        return read_vct_layers(own, own.relative_to(package).as_posix(), SilentFeedback())
    members = [path.relative_to(package).as_posix() for path in own.iterdir()] if own.is_dir() else []
    work.mkdir(exist_ok=True)
    return read_vectors(package, own.relative_to(package).as_posix(), format_, members, work, load_profile().layers, SilentFeedback())


def digests(package: Path) -> dict[str, str]:
    """SHA-256 of each file by path."""
    return {path.relative_to(package).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in package.rglob("*") if path.is_file()}


def sentences(package: Path) -> list[str]:
    """Rule and words of every finding on the package."""
    return [f"{row.rule} {render(Message(row.message_code, row.params))}" for row in inspect_package(package).findings.itertuples()]


def listed_anew(package: Path) -> None:
    """Write the manifest again, so that only the damage itself is found."""
    manifest = read_manifest(package)
    assert manifest is not None
    write_manifest(package, manifest)


@pytest.mark.parametrize("format_", VECTORS)
def test_fields_rows_and_coordinates_come_back_as_the_profile_and_the_plan_have_them(
    formal_package: Path, tmp_path: Path, profile: Profile, format_: str
) -> None:
    found = {layer.name: layer for layer in contents(formal_package, format_, tmp_path / format_).layers}
    expected = {layer.name: layer for layer in contents(formal_package, GPKG, tmp_path / "gpkg").layers}
    assert set(found) == {name for name in expected if format_ not in profile.layers[name].not_in}
    for name, layer in found.items():
        assert [field.name for field in layer.fields] == [field.name for field in profile.layers[name].fields]
        assert len(layer.rows) == len(expected[name].rows)
        if "geom" in layer.rows:
            pairs = [(a, b) for a, b in zip(expected[name].rows["geom"], layer.rows["geom"]) if a is not None]
            assert all(a.hausdorff_distance(b) <= PRECISION_M[format_] * 1.5 + 1e-9 for a, b in pairs)
            assert [a is None for a in expected[name].rows["geom"]] == [b is None for b in layer.rows["geom"]]


@pytest.mark.parametrize("format_", [GPKG, GDB])
def test_aliases_and_coded_domains_are_those_of_the_profile(formal_package: Path, tmp_path: Path, profile: Profile, format_: str) -> None:
    content = contents(formal_package, format_, tmp_path / "work")
    for layer in content.layers:
        spec = profile.layers[layer.name]
        assert layer.alias == spec.alias
        assert [field.alias for field in layer.fields] == [field.alias for field in spec.fields]
        for field, own in zip(spec.fields, layer.fields):
            domain = profile.package.domains.get(field.domain, "")
            assert own.domain == domain
            assert not domain or content.domains[domain] == {row["code"]: row["name"] for row in profile.code_list(field.domain).rows}


def test_the_filegdb_has_feature_datasets_object_ids_and_mandatory_fields_that_may_not_be_null(formal_package: Path) -> None:
    source = gdal.OpenEx(str(place(formal_package, GDB)))
    root = source.GetRootGroup()
    assert {name: set(root.OpenGroup(name).GetVectorLayerNames()) for name in root.GetGroupNames()} == {
        "MBNGH": {"CZBD", "JMD", "JMDYD", "AZD", "CZQBGX"}, "JQXZ": {"JQYD"}, "KZX": {"CZKFBJ", "YJJBNT", "STBHHX"},
    }
    layer = source.GetLayerByName("CZBD")
    definition = layer.GetLayerDefn()
    assert layer.GetFIDColumn() == "OBJECTID"
    assert not definition.GetFieldDefn(definition.GetFieldIndex("XZQMC")).IsNullable()
    assert definition.GetFieldDefn(definition.GetFieldIndex("BZ")).IsNullable()


def test_coordinates_with_many_decimals_keep_within_the_stated_grid_of_the_filegdb(tmp_path: Path) -> None:
    rows = plan_rows()
    rows["hamlet"][0]["geom"] = shapely.Point(500_500.123456789012, 3_990_500.987654321098)
    package = write_package(PackageRequest(write_plan(tmp_path / "plan.gpkg", rows), tmp_path, formats=("gpkg", "gdb", "shp", "vct", "xlsx"))).path
    for format_ in (*VECTORS, VCT):
        layer = next(layer for layer in contents(package, format_, tmp_path / f"w{format_}").layers if layer.name == "JMD")
        found = layer.rows["geom"].iloc[0]
        assert abs(found.x - 500_500.123456789012) <= PRECISION_M[format_] and abs(found.y - 3_990_500.987654321098) <= PRECISION_M[format_]


def test_shapefiles_are_gb18030_also_after_qgis_has_left_the_encoding_empty(tmp_path: Path) -> None:
    rows = plan_rows()
    rows["village"][0]["name"] = "王家㐀𠮷村"
    gdal.SetConfigOption("SHAPE_ENCODING", "")
    try:
        package = write_package(PackageRequest(write_plan(tmp_path / "plan.gpkg", rows), tmp_path, formats=("gpkg", "shp", "xlsx"))).path
    finally:
        gdal.SetConfigOption("SHAPE_ENCODING", None)
    folder = place(package, SHP)
    assert "王家㐀𠮷村".encode("gb18030") in (folder / "CZBD.dbf").read_bytes()
    assert {path.read_text() for path in folder.glob("*.cpg")} == {"GB18030"}
    assert (folder / "CMBJ.dbf").is_file() and not (folder / "CMBJ.shp").exists()
    assert "王家㐀𠮷村" in set(contents(package, SHP, tmp_path / "work").layers[3].rows["XZQMC"]) | {
        name for layer in contents(package, SHP, tmp_path / "work").layers if layer.name == "CZBD" for name in layer.rows["XZQMC"]
    }
    assert inspect_package(package).findings.empty


def test_short_names_are_unique_and_fit_a_dbase_table(profile: Profile) -> None:
    for spec in profile.layers.values():
        names = [field.dbf_name.upper() for field in spec.fields]
        assert len(set(names)) == len(names)
        assert all(len(name.encode("gb18030")) <= 10 for name in names)


def test_the_same_plan_gives_the_same_files_but_for_the_ids_inside_the_filegdb(formal_package: Path, tmp_path: Path) -> None:
    plan = write_plan(tmp_path / "plan.gpkg", plan_rows())
    add_layers(plan, **clean_layers())
    again = write_package(PackageRequest(plan, tmp_path, mode="formal", formats=without_office()), draw=draw_small).path
    one, two = digests(formal_package), digests(again)
    assert set(one) == set(two)
    differing = {path for path in one if one[path] != two[path]}
    assert all(path == "manifest.json" or (".gdb/" in path and not is_repeatable(path)) for path in differing)
    manifests = [read_manifest(path) for path in (formal_package, again)]
    assert manifests[0] and manifests[1] and manifests[0].content_sha256 == manifests[1].content_sha256 != ""


@pytest.mark.parametrize(("format_", "count", "words"), [("gdb", 61, "FileGDB"), ("vct", 61, "VCT"), ("shp", 128, "SHP")])
def test_a_text_that_a_format_would_cut_is_refused_with_its_layer_field_and_village(tmp_path: Path, format_: str, count: int, words: str) -> None:
    rows = plan_rows()
    if format_ != "shp":
        rows["hamlet"][1]["name"] = "庄" * count
    else:
        rows["category"][1].update(grounds="空" * count, basis=None)
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(InputError) as refused:
        write_package(PackageRequest(write_plan(tmp_path / "plan.gpkg", rows), folder, formats=("gpkg", format_, "xlsx")))
    sentence = render(refused.value.message)
    assert words in sentence
    assert all(word in sentence for word in (("居民点名称", "王家庄村") if format_ != "shp" else ("分类依据", "256 字节", "254")))
    assert list(folder.iterdir()) == []


def test_a_layer_that_is_too_big_for_a_shapefile_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("village_planner.delivery.shapefile._MAX_BYTES", 1_000)
    with pytest.raises(InputError) as refused:
        write_package(PackageRequest(write_plan(tmp_path / "plan.gpkg", plan_rows()), tmp_path, formats=("gpkg", "shp", "xlsx")))
    assert "2 GB" in render(refused.value.message)


def _changed(layer: ogr.Layer, field: str, value: Any) -> None:
    feature = layer.GetNextFeature()
    feature.SetField(field, value)
    layer.SetFeature(feature)


def damage(package: Path, format_: str, kind: str) -> None:
    """Change one thing in one format."""
    own = place(package, format_)
    source = gdal.OpenEx(str(own / "CZBD.shp" if format_ == SHP else own), gdal.OF_VECTOR | gdal.OF_UPDATE)
    layer = source.GetLayerByName("CZBD")
    if kind == "value":
        _changed(layer, "HJRK", 7)
    elif kind == "row":
        layer.DeleteFeature(layer.GetNextFeature().GetFID())
    else:
        feature = layer.GetNextFeature()
        moved = shapely.from_wkb(bytes(feature.GetGeometryRef().ExportToWkb()))
        feature.SetGeometry(ogr.CreateGeometryFromWkb(shapely.to_wkb(shapely.transform(moved, lambda xy: xy + 0.001))))
        layer.SetFeature(feature)
    del layer
    source.FlushCache()


@pytest.mark.parametrize("format_", [GDB, SHP])
@pytest.mark.parametrize(("kind", "words"), [("value", "户籍人口"), ("row", "行"), ("geometry", "图形")])
def test_a_format_that_holds_something_else_is_found(formal_copy: Path, format_: str, kind: str, words: str) -> None:
    damage(formal_copy, format_, kind)
    listed_anew(formal_copy)
    found = sentences(formal_copy)
    assert len(found) == 1 and found[0].startswith("PK-05") and words in found[0]


def test_a_damaged_geopackage_leaves_the_plan_to_be_read_from_the_filegdb(formal_copy: Path) -> None:
    path = place(formal_copy, GPKG)
    path.write_bytes(path.read_bytes()[:5_000])
    listed_anew(formal_copy)
    inspection = inspect_package(formal_copy)
    assert set(inspection.findings["rule"]) == {"QC-1103"}
    assert {"QC-5202", "QC-7104"} <= set(inspection.plan_result.ran)
    data, layers = read_package(formal_copy)
    assert len(data.village) == 4 and layers.has("land_use")


def _truncated(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.glob("*.gdbtable")):
        if path.stat().st_size > 200:
            yield path


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_truncated_filegdb_is_a_finding_and_no_crash(formal_copy: Path, share: float) -> None:
    for path in _truncated(place(formal_copy, GDB)):
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    listed_anew(formal_copy)
    assert any(sentence.startswith(("QC-1103", "PK-05", "QC-1201")) for sentence in sentences(formal_copy))


@pytest.mark.parametrize(("stated", "words"), [("UTF-8", "实际为"), (None, "缺少"), ("garbage", "实际为")])
def test_a_code_page_file_that_is_wrong_is_told_and_the_texts_are_read_all_the_same(formal_copy: Path, stated: str | None, words: str) -> None:
    path = place(formal_copy, SHP) / "CZBD.cpg"
    path.unlink() if stated is None else path.write_text(stated)
    listed_anew(formal_copy)
    found = sentences(formal_copy)
    assert len(found) == 1 and found[0].startswith("QC-3101") and words in found[0] and "GB18030" in found[0]


def test_a_package_of_a_filegdb_alone_from_another_program_is_inspected(formal_package: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "他人成果"
    shutil.copytree(place(formal_package, GDB), foreign / "数据.gdb")
    inspection = inspect_package(foreign)
    assert "QC-7104" in inspection.plan_result.ran and len(inspection.findings)
    assert not {"QC-3101", "QC-3104", "QC-3106", "QC-3302", "QC-1201"} & set(inspection.findings["rule"])


def test_a_link_inside_a_filegdb_is_not_followed(formal_copy: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.gdbtable"
    secret.write_bytes(b"x")
    (place(formal_copy, GDB) / "a00000099.gdbtable").symlink_to(secret)
    assert any(sentence.startswith("PK-02") for sentence in sentences(formal_copy))


def test_the_precision_of_each_format_stands_in_the_metadata(formal_package: Path) -> None:
    text = (formal_package / "5数据说明" / "元数据.xml").read_text(encoding="utf-8")
    assert "1e-8 m" in text and "GeoPackage、FileGDB、SHP、VCT、XLSX、CSV、DOCX、PDF、JPG" in text


def test_a_vct_file_holds_every_layer_that_the_geopackage_holds(formal_package: Path, tmp_path: Path) -> None:
    best, other = contents(formal_package, GPKG, tmp_path / "work"), contents(formal_package, VCT, tmp_path / "work")
    assert [layer.name for layer in other.layers if layer.geometry != "None"] == [layer.name for layer in best.layers if layer.geometry != "None"]
    assert {layer.name: len(layer.rows) for layer in other.layers} == {layer.name: len(layer.rows) for layer in best.layers}
    assert compare_formats(best, other, load_profile()) == []


@pytest.mark.parametrize(("old", "new", "rule", "words"), [
    ("AZDRL,5,", "AZDRL,4,", "QC-1103", "第"), ("东河安置点,1", "东河点,1", "PK-05", "AZDMC"), ("\n500500.0000,", "\n500500.0010,", "PK-05", "JMD"),
    ("XZQMC,Char,", "XZQMC,Char,1", "QC-3101", "XZQMC"), ("BZ,Char", "BEIZHU,Char", "QC-3101", "BEIZHU"),
])  # fmt: skip
def test_damage_to_a_vct_file_is_found(formal_copy: Path, old: str, new: str, rule: str, words: str) -> None:
    path = place(formal_copy, VCT)
    text = path.read_bytes().decode("gb18030")
    damaged = text.replace(old, new, 1)
    assert damaged != text
    path.write_bytes(damaged.encode("gb18030"))
    listed_anew(formal_copy)
    assert any(sentence.startswith(rule) and words in sentence for sentence in sentences(formal_copy))


def test_commas_and_line_ends_in_texts_are_no_difference_between_formats(tmp_path: Path) -> None:
    rows = plan_rows()
    rows["village"][0]["note"] = " 甲,乙\n丙 "
    package = write_package(PackageRequest(write_plan(tmp_path / "plan.gpkg", rows), tmp_path, formats=("gpkg", "vct", "xlsx"))).path
    assert inspect_package(package).findings.empty


def test_facts_limits_and_fixed_villages_come_back_from_the_package(tmp_path: Path) -> None:
    path = write_plan(tmp_path / "plan.gpkg", plan_rows())
    with PlanFile.open(path).write("测试", "数据") as tx:
        tx.insert("fact", [{"subject_kind": "village", "subject_code": "370799101201", "item": "income", "value": "3.5", "number": 3.5, "unit": "万元",
                            "source": "表.xlsx", "date": "2020-12-31"}])
        tx.insert("quota", [{"area_code": "370799101", "item": "construction_m2", "value": 90_000.5, "source": "指标.xlsx"}])
        tx.insert("fixed_village", [{"source": "名单.xlsx", "village_code": "370799101202", "category": "04", "action": "relocate"}])
    package = write_package(PackageRequest(path, tmp_path, formats=("gpkg", "gdb", "shp", "xlsx")))
    assert package.inspection.findings.empty
    data, _ = read_package(package.path)
    assert data.fact[["subject_kind", "item", "number"]].values.tolist() == [["village", "income", 3.5]]
    assert data.quota["value"].tolist() == [90_000.5]
    assert data.fixed_village[["category", "action"]].values.tolist() == [["04", "relocate"]]
    assert {"NL-09", "NL-10"} <= set(package.inspection.plan_result.ran)


def test_faults_of_shapes_have_the_same_keys_and_digests_in_the_package_as_in_the_plan(tmp_path: Path) -> None:
    rows = plan_rows()
    v1, v2 = "370799101201", "370799101202"
    two = shapely.multipolygons([box(100, 2_000, 40, 40), box(200, 2_000, 2, 3)])
    rows["patch"] += [
        {"code": "X1", "hamlet_code": f"{v1}001", "kind": "new", "geom": two},
        {"code": "X2", "hamlet_code": None, "kind": "new", "geom": shapely.multipolygons([box(130, 2_030, 20, 4)])},
        {"code": "X3", "hamlet_code": f"{v1}001", "kind": "cleared", "geom": shapely.multipolygons([box(440, 460, 20, 1.5)])},
        {"code": "X4", "hamlet_code": f"{v2}001", "kind": "cleared", "geom": shapely.multipolygons([box(2_440, 460, 20, 1.5)])},
    ]
    rows["village"][0]["geom"] = box(0, 0, 2_010, 3_900)
    path = write_plan(tmp_path / "plan.gpkg", rows)
    rules = [rule.id for rule in checks.RULES if rule.id.startswith("QC-4")]
    plan = PlanFile.open(path)
    ours = checks.run(plan.read(), plan.layers(), plan.profile(), rules)
    assert {"QC-4101", "QC-4107", "QC-4601", "QC-4602", "QC-4701"} == set(ours.findings["rule"])
    package = write_package(PackageRequest(path, tmp_path, formats=("gpkg", "xlsx")))
    theirs = package.inspection.plan_result.findings
    columns = ["rule", "severity", "key", "digest"]
    assert theirs[theirs["rule"].isin(rules)][columns].sort_values("key").values.tolist() == ours.findings[columns].sort_values("key").values.tolist()


def test_the_farmland_balance_is_the_same_in_the_package_as_in_the_plan(tmp_path: Path) -> None:
    rows = plan_rows()
    rows["patch"].append({"code": "X1", "hamlet_code": "370799101201001", "kind": "new", "geom": shapely.multipolygons([box(100, 2_000, 300, 200)])})
    path = write_plan(tmp_path / "plan.gpkg", rows)
    fields = pd.DataFrame({
        "source_id": ["1", "2", "3"], "class_code": ["0101", "0103", "0103"], "deduction": [0.05, 0.2, 0.2], "slope": ["1", "5", "3"],
        "level": ["4", "9", None],
    })
    shapes = np.array([box(0, 1_900, 500, 500), box(600, 860, 300, 100), box(1_500, 3_000, 100, 100)], dtype=object)
    opened = PlanFile.open(path)
    opened.layers().add({"code": "c001", "kind": "land_use", "title": "三调", "digest": "0"}, fields, shapes)
    with opened.write("测试", "图层") as tx:
        tx.insert("control_layer", [{"code": "c001", "kind": "land_use", "title": "三调", "source": "x.gpkg", "imported_at": "2026-03-01", "features": 3,
                                     "repaired": 0, "set_aside": 0, "digest": "0"}])
    ours = checks.run(opened.read(), opened.layers(), opened.profile(), ["NL-13"])
    assert set(ours.findings["other_code"]) == {"amount", "paddy", "slope", "level", "steep"}
    package = write_package(PackageRequest(path, tmp_path, formats=("gpkg", "xlsx")))
    inspected = package.inspection.plan_result
    theirs = inspected.findings[inspected.findings["rule"] == "NL-13"]
    assert theirs[["key", "digest"]].sort_values("key").values.tolist() == ours.findings[["key", "digest"]].sort_values("key").values.tolist()
    assert "NL-13" in inspected.ran and len(read_package(package.path)[1].read("land_use")) == 2
